//! Before a session ends unused, whoever sits there is asked; when it has ended the page goes, and all on it.

use crate::clock::Countdown;
use crate::page::{all, data, find, hear, load_again, within};
use crate::wire;
use serde::Deserialize;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlDialogElement};

/// How long the session goes on, seconds; see `domain::desk::SessionLeft`.
#[derive(Clone, Copy, Deserialize)]
struct Left {
    idle_seconds: u32,
    absolute_seconds: u32,
    notice_seconds: u32,
}

impl Left {
    /// At least one: a second that has begun is not over, and a page that is asked for in it would begin another round.
    fn seconds(self) -> u32 {
        self.idle_seconds.min(self.absolute_seconds).max(1)
    }
}

/// How long to wait for a server that does not answer, seconds.
const PATIENCE: u32 = 5;

struct Idle {
    notice: HtmlDialogElement,
    countdown: Countdown,
    /// Whether the notice was opened in this round, though it may be shut again.
    told: Cell<bool>,
}

/// Brings the closed dialog of every page that needs somebody signed in to life.
pub fn start() {
    let Some(notice) = find("dialog.idle").and_then(|found| found.dyn_into::<HtmlDialogElement>().ok()) else { return };
    let seconds = |name: &str| data(&notice, name).parse::<u32>().ok();
    let (Some(idle_seconds), Some(absolute_seconds), Some(notice_seconds)) =
        (seconds("idle-seconds"), seconds("absolute-seconds"), seconds("notice-seconds"))
    else {
        return;
    };
    let stay = within::<Element>(&notice, "[data-stay]");
    let idle = Rc::new(Idle { notice, countdown: Countdown::default(), told: Cell::new(false) });
    idle.arm(Left { idle_seconds, absolute_seconds, notice_seconds });
    if let Some(stay) = stay {
        hear(&stay, "click", move |_| idle.ask("/api/session/stay"));
    }
}

impl Idle {
    /// Counts from what is left. Where the notice is due already, the server has just been asked.
    fn arm(self: &Rc<Self>, left: Left) {
        self.told.set(left.seconds() <= left.notice_seconds);
        let here = Rc::downgrade(self);
        self.countdown.start(left.seconds(), move |seconds| {
            if let Some(here) = here.upgrade() {
                here.tick(seconds, left);
            }
        });
    }

    fn tick(self: &Rc<Self>, seconds: u32, left: Left) {
        if let Some(place) = within::<Element>(&self.notice, "[data-left]") {
            place.set_text_content(Some(&seconds.to_string()));
        }
        // Another page of the same session may have made it last: the server knows, and is asked without that
        // making it last.
        if seconds == 0 || seconds <= left.notice_seconds && !self.told.replace(true) {
            self.ask("/api/session/status");
        }
    }

    /// Asks how long the session goes on, and goes by the answer.
    fn ask(self: &Rc<Self>, path: &'static str) {
        let here = self.clone();
        spawn_local(async move {
            match wire::post::<Left>(path, &[]).await {
                Ok(left) if left.seconds() > left.notice_seconds => {
                    here.notice.close();
                    here.arm(left);
                }
                Ok(left) => {
                    here.arm(left);
                    here.tell(left.idle_seconds <= left.absolute_seconds);
                }
                // What is on this page is no longer for whoever sits there.
                Err(refusal) if refusal.code == "signed_out" => load_again(),
                // No answer, or none just now, is no end yet; and to load the page would be a sign of life.
                Err(_) => {
                    here.tell(true);
                    if here.countdown.left() == 0 {
                        here.arm(Left { idle_seconds: PATIENCE, absolute_seconds: PATIENCE, notice_seconds: PATIENCE });
                    }
                }
            }
        });
    }

    /// Opens the notice: the session ends unused, or of old age.
    fn tell(&self, unused: bool) {
        let reason = if unused { "idle" } else { "absolute" };
        for sentence in all("dialog.idle [data-when]") {
            sentence.set_hidden(data(&sentence, "when") != reason);
        }
        if !self.notice.open() {
            let _ = self.notice.show_modal();
        }
    }
}
