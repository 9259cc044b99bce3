//! How far long work is: a bar on a terminal, plain lines elsewhere, nothing for machines.

use super::warn;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};

/// So many things apart are the plain lines.
const APART: u64 = 10_000;

/// Progress of one piece of work, told on standard error.
pub struct Progress {
    of: &'static str,
    bar: Option<ProgressBar>,
    lines: bool,
    told: AtomicU64,
}

impl Progress {
    /// Of these things: `rows`, `entries`.
    pub fn of(of: &'static str, json: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = (terminal && !json).then(ProgressBar::new_spinner);
        Self { of, bar, lines: !terminal && !json, told: AtomicU64::new(0) }
    }

    /// So many are done, of so many if that is known.
    pub fn show(&self, done: u64, all: Option<u64>) {
        self.show_bytes(done, done, all);
    }

    /// So many are done, and the bar stands at a place of its own: bytes of a file.
    pub fn show_bytes(&self, done: u64, at: u64, length: Option<u64>) {
        if let Some(bar) = &self.bar {
            if bar.length() != length {
                let template = if length.is_some() { "{bar:40} {percent}% {msg} {eta}" } else { "{spinner} {msg}" };
                bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
                bar.set_length(length.unwrap_or(0));
            }
            bar.set_position(at);
            bar.set_message(format!("{done} {}", self.of));
        } else if self.lines && done / APART > self.told.load(Ordering::Relaxed) / APART {
            warn(format_args!("{done} {}", self.of));
            self.told.store(done, Ordering::Relaxed);
        }
    }

    /// Clears the bar.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
