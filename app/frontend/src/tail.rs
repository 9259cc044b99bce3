//! The live tail: lines as the server tells them, newest first.

use crate::page::{all, copy_of, data, fill_all, hear, ready, within};
use gloo_events::EventListener;
use js_sys::{JSON, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use web_sys::{Element, EventSource, HtmlElement, MessageEvent};

/// Lines that are kept on the screen.
const KEPT: u32 = 50;

/// Where following is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Off,
    On,
    Ended,
    Failed,
}

/// A stream of the server's, and who hears it.
struct Stream {
    source: EventSource,
    _heard: [EventListener; 3],
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// A button that follows the log under the page's filters.
struct Tail {
    room: HtmlElement,
    stream: RefCell<Option<Stream>>,
}

/// Brings `data-tail` to life: it holds the stream's address.
pub fn start() {
    for room in all("[data-tail]") {
        let Some(button) = within::<HtmlElement>(&room, "button") else { continue };
        let tail = Rc::new(Tail { room, stream: RefCell::default() });
        ready(&tail.room);
        hear(
            &button,
            "click",
            move |_| {
                if tail.stream.borrow().is_some() { tail.stop(Stage::Off) } else { tail.follow() }
            },
        );
    }
}

impl Tail {
    fn follow(self: &Rc<Self>) {
        let Ok(source) = EventSource::new(&data(&self.room, "tail")) else { return self.stop(Stage::Failed) };
        let hear = |name: &'static str, heard: fn(&Rc<Self>, &MessageEvent)| {
            let tail = self.clone();
            EventListener::new(&source, name, move |event| heard(&tail, event.unchecked_ref()))
        };
        let heard = [
            hear("line", |tail, message| tail.tell(message)),
            hear("end", |tail, _| tail.stop(Stage::Ended)),
            // Once it was on, it ended; trying again is the reader's to decide, since each try is recorded.
            hear("error", |tail, _| tail.stop(if tail.lines() > 0 { Stage::Ended } else { Stage::Failed })),
        ];
        self.stream.replace(Some(Stream { source, _heard: heard }));
        self.say(Stage::On);
    }

    fn stop(&self, stage: Stage) {
        let stream = self.stream.take();
        // it may be one of its listeners that is running: it goes when that is done
        wasm_bindgen_futures::spawn_local(async move { drop(stream) });
        self.say(stage);
    }

    fn lines(&self) -> u32 {
        within::<Element>(&self.room, "tbody").map_or(0, |lines| lines.child_element_count())
    }

    /// Says where following is.
    fn say(&self, stage: Stage) {
        let on = stage == Stage::On;
        if let Some(button) = within::<HtmlElement>(&self.room, "button") {
            let _ = button.set_attribute("aria-pressed", if on { "true" } else { "false" });
            button.set_text_content(Some(&data(&button, if on { "stop" } else { "start" })));
        }
        if let Some(status) = within::<HtmlElement>(&self.room, "[role=status]") {
            let words = match stage {
                Stage::On if self.lines() == 0 => data(&status, "wait"),
                Stage::Off | Stage::On => String::new(),
                Stage::Ended => data(&status, "ended"),
                Stage::Failed => data(&status, "failed"),
            };
            status.set_text_content(Some(&words));
        }
    }

    /// Puts a line on top.
    fn tell(&self, message: &MessageEvent) {
        let told = message.data().as_string().and_then(|text| JSON::parse(&text).ok());
        let (Some(told), Some(row)) = (told, copy_of::<Element>("live-line").and_then(|part| within(&part, "tr")))
        else {
            return;
        };
        fill(&row, &told);
        let lines = within::<Element>(&self.room, "tbody");
        if let Some((table, lines)) = within::<HtmlElement>(&self.room, "table").zip(lines) {
            let _ = lines.prepend_with_node_1(&row);
            while lines.child_element_count() > KEPT
                && let Some(last) = lines.last_element_child()
            {
                last.remove();
            }
            table.set_hidden(false);
        }
        self.say(Stage::On);
    }
}

/// Puts an `app::line::Line` into its row.
fn fill(row: &Element, told: &JsValue) {
    let text = |name: &str| Reflect::get(told, &name.into()).ok().and_then(|text| text.as_string()).unwrap_or_default();
    fill_all(row, &|printed: &str| match printed
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        Some((before, (name, after))) => format!("{before}{}{after}", text(name)),
        None => printed.to_owned(),
    });
    row.set_class_name(&text("tone"));
    if let Some(nobody) = within::<Element>(row, "[data-of='']") {
        nobody.remove();
    }
}
