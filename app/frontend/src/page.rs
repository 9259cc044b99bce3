//! The page as the server drew it: found, cloned, filled. Nothing is ever written into it as markup.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventTarget, HtmlElement, HtmlTemplateElement, Node};

pub use gloo_utils::{document, window};

/// The first element that fits.
pub fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// All that fit.
pub fn all(selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}

/// The first one that fits within an element, as what it is.
pub fn within<T: JsCast>(element: &Element, selector: &str) -> Option<T> {
    element.query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// The element that an event is about, or the one around it that fits.
pub fn around(event: &Event, selector: &str) -> Option<HtmlElement> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok().flatten()?.dyn_into().ok()
}

/// What the server printed for us at an element: `data-{name}`, or nothing.
pub fn data(element: &Element, name: &str) -> String {
    element.get_attribute(&format!("data-{name}")).unwrap_or_default()
}

/// A new copy of the one element in the template of that id.
pub fn copy_of<T: JsCast>(template: &str) -> Option<T> {
    let template: HtmlTemplateElement = document().get_element_by_id(template)?.dyn_into().ok()?;
    let element = template.content().first_element_child()?;
    element.clone_node_with_deep(true).ok()?.dyn_into().ok()
}

/// What the server printed under a name, for us to say.
pub fn words(name: &str) -> Option<String> {
    let printed: HtmlTemplateElement = find("#words")?.dyn_into().ok()?;
    let all = printed.content().children();
    (0..all.length()).filter_map(|at| all.item(at)).find(|one| data(one, "name") == name)?.text_content()
}

/// What is wrong with one answer, by the name that its question has on the screen.
pub fn fault(code: &str, id: &str) -> String {
    let told = words(&format!("fault.{code}")).or_else(|| words("code.invalid")).unwrap_or_default();
    match find(&format!("label[for={id}]")).and_then(|label| label.text_content()) {
        Some(label) => filled(&filled(&words("about").unwrap_or_default(), "label", &label), "words", &told),
        None => told,
    }
}

/// Shows a copy of a part in a room, in place of what was there.
pub fn show(room: &Element, part: &str) {
    if let Some(part) = copy_of::<Element>(part) {
        room.set_text_content(None);
        let _ = room.append_child(&part);
    }
}

/// Says at the buttons in a room whether something is under way.
pub fn show_busy(room: &Element, busy: bool) {
    let Ok(buttons) = room.query_selector_all("[data-idle]") else { return };
    for button in (0..buttons.length()).filter_map(|at| buttons.get(at)?.dyn_into::<Element>().ok()) {
        let _ = button.set_attribute("aria-disabled", if busy { "true" } else { "false" });
        button.set_text_content(Some(&data(&button, if busy { "busy" } else { "idle" })));
    }
}

/// Says what the server printed for this place, with one value put in.
pub fn say_with(element: &Element, name: &str, value: &str) {
    element.set_text_content(Some(&filled(&data(element, "text"), name, value)));
}

/// Puts a value into `{name}`.
pub fn filled(words: &str, name: &str, value: &str) -> String {
    words.replace(&format!("{{{name}}}"), value)
}

/// Changes each text under a node, and each attribute's: what is printed between braces into what is told.
pub fn fill_all(node: &Node, put_in: &impl Fn(&str) -> String) {
    if let Some(element) = node.dyn_ref::<Element>() {
        let attributes = element.attributes();
        for attribute in (0..attributes.length()).filter_map(|at| attributes.item(at)) {
            attribute.set_value(&put_in(&attribute.value()));
        }
    } else if let Some(text) = node.node_value() {
        node.set_node_value(Some(&put_in(&text)));
    }
    let children = node.child_nodes();
    (0..children.length()).filter_map(|at| children.get(at)).for_each(|child| fill_all(&child, put_in));
}

/// Says that an element's verb works; until then the style sheet hides what would do nothing.
pub fn ready(element: &Element) {
    // an attribute of that name can be set on any element
    let _ = element.set_attribute("data-ready", "");
}

/// Hears an event of the target, or one that rises to it, as long as the page lives.
pub fn hear(target: &EventTarget, name: &'static str, heard: impl FnMut(&Event) + 'static) {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(target, name, options, heard).forget();
}

/// Hears an event anywhere in the page before anything in the page does, also one that does not rise.
pub fn hear_first(name: &'static str, heard: impl FnMut(&Event) + 'static) {
    let mut options = EventListenerOptions::run_in_capture_phase();
    options.passive = false;
    EventListener::new_with_options(&window(), name, options, heard).forget();
}

/// Loads the page anew: by its address, since a reload could send a form twice; without its fragment, since going to
/// the same one goes nowhere.
pub fn load_again() {
    let location = window().location();
    let address = location.pathname().and_then(|path| Ok(path + &location.search()?));
    drop(address.and_then(|address| location.replace(&address)));
}
