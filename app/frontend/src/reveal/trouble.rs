//! Why the last try did not go through, and what to do, in the words that the server printed.

use super::dialog::Dialog;
use crate::page::{copy_of, fault, filled, within, words};
use crate::wire::Refusal;
use web_sys::{Element, HtmlElement};

impl Dialog {
    /// Nothing is wrong, or no longer.
    pub(super) fn clear_trouble(&self) {
        self.wait.stop();
        if let Some(room) = self.part::<Element>(".reveal-problem") {
            room.set_text_content(None);
        }
    }

    /// Says why something did not go through. Whatever was typed stays.
    pub(super) fn complain(&self, refusal: &Refusal) {
        let told: Vec<String> =
            refusal.faults.iter().map(|one| fault(&one.code, &format!("reveal-{}", one.field))).collect();
        let sentence = if told.is_empty() {
            words(&format!("code.{}", refusal.code)).or_else(|| words("unreachable")).unwrap_or_default()
        } else {
            told.join(" ")
        };
        self.say_trouble(&sentence, refusal);
    }

    /// The same in a sentence of its own, and what else belongs to the refusal.
    pub(super) fn say_trouble(&self, sentence: &str, refusal: &Refusal) {
        self.clear_trouble();
        let Some((room, trouble)) = self.part::<Element>(".reveal-problem").zip(copy_of::<Element>("reveal-trouble"))
        else {
            return;
        };
        let part = |selector: &str| within::<Element>(&trouble, selector);
        if let Some(place) = part(".sentence") {
            place.set_text_content(Some(sentence));
        }
        // there is a way back that loses nothing
        if let Some(place) = part(".sign-in-again").filter(|_| refusal.code != "signed_out") {
            place.remove();
        }
        match (&refusal.request_id, part(".request code"), part(".request")) {
            (Some(id), Some(place), _) => place.set_text_content(Some(id)),
            (_, _, Some(place)) => place.remove(),
            (_, _, None) => (),
        }
        let _ = room.append_child(&trouble);
        self.count_wait(refusal.retry_after);
    }

    fn count_wait(&self, seconds: Option<u32>) {
        let Some((place, seconds)) = self.part::<HtmlElement>(".wait").zip(seconds) else { return };
        self.wait.start(seconds, move |left| {
            place.set_hidden(left == 0);
            place.set_text_content(Some(&wait_words(left)));
        });
    }
}

/// In the unit that one would say it in; as `app::words::wait`.
fn wait_words(seconds: u32) -> String {
    let (name, unit, count) = match seconds {
        0..120 => ("wait_seconds", "seconds", seconds),
        120..7200 => ("wait_minutes", "minutes", seconds.div_ceil(60)),
        7200.. => ("wait_hours", "hours", seconds.div_ceil(3600)),
    };
    filled(&words(name).unwrap_or_default(), unit, &count.to_string())
}
