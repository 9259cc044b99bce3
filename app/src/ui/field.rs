//! One labelled input with its hint and what is wrong with it.

use crate::context::FormState;
use crate::lang::Lang;
use crate::words;
use leptos::prelude::*;

/// What is typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Input {
    /// A line.
    #[default]
    Text,
    /// Several lines.
    Lines,
    /// A date.
    Date,
    /// A line of digits.
    Digits,
    /// Six digits; never given back.
    Code,
    /// Never given back.
    Password,
}

/// The id that an error summary links to.
pub fn id_of(name: &str) -> String {
    format!("field-{name}")
}

/// As the inside of a text area: Leptos writes that as it is, so `</textarea>` in it would end it, and the
/// parser takes a first line break for markup.
fn as_text(value: &str) -> String {
    format!("\n{}", value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

/// Label, hint, fault and input, tied together for those who do not see them side by side.
#[component]
pub fn Field(
    lang: Lang,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] hint: String,
    /// Instead of one hint, one for each choice of another field; the style sheet shows the one that fits.
    #[prop(optional)]
    hints: Vec<String>,
    form: FormState,
    #[prop(optional)] input: Input,
    #[prop(default = true)] required: bool,
    /// Where typing begins.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let id = id_of(&name);
    let fault = form.fault(&name).map(|fault| words::fault_about(lang, &label, fault));
    let (hint_id, fault_id) = (format!("{id}-hint"), format!("{id}-fault"));
    let described: Vec<String> =
        [(!hint.is_empty() || !hints.is_empty()).then(|| hint_id.clone()), fault.as_ref().map(|_| fault_id.clone())]
            .into_iter()
            .flatten()
            .collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    let invalid = fault.as_ref().map(|_| "true");
    let must = required.then_some("true");
    let value = form.value(&name);
    let control = match input {
        Input::Lines => view! {
            <textarea id=id.clone() name=name rows="2" maxlength="500" autocomplete="off" aria-required=must aria-invalid=invalid
                aria-describedby=described
                inner_html=as_text(&value)></textarea>
        }
        .into_any(),
        Input::Text | Input::Date | Input::Digits => {
            let kind = if input == Input::Date { "date" } else { "text" };
            let mode = (input == Input::Digits).then_some("numeric");
            view! {
                <input id=id.clone() name=name type=kind value=value inputmode=mode autocomplete="off"
                    spellcheck="false" autocapitalize="off" autofocus=first aria-required=must aria-invalid=invalid
                    aria-describedby=described/>
            }
            .into_any()
        }
        Input::Code => view! {
            <input id=id.clone() name=name type="text" class="code" inputmode="numeric" autocomplete="off"
                autofocus=first aria-required=must aria-invalid=invalid aria-describedby=described/>
        }
        .into_any(),
        Input::Password => view! {
            <input id=id.clone() name=name type="password" autocomplete="off" aria-required=must aria-invalid=invalid
                aria-describedby=described/>
        }
        .into_any(),
    };
    let class = if fault.is_some() { "field faulty" } else { "field" };
    view! {
        <div class=class>
            <label for=id>{label}</label>
            {fault.map(|words| view! { <p class="fault" id=fault_id>{words}</p> })}
            {control}
            {match (hint.is_empty(), hints.is_empty()) {
                (false, _) => Some(view! { <p class="hint" id=hint_id>{hint}</p> }.into_any()),
                (true, false) => {
                    let hints = hints.into_iter().map(|hint| view! { <span>{hint}</span> }).collect_view();
                    Some(view! { <p class="hint by-choice" id=hint_id>{hints}</p> }.into_any())
                }
                (true, true) => None,
            }}
        </div>
    }
}

/// The same for a choice out of a few.
#[component]
pub fn Choice(
    lang: Lang,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    form: FormState,
    /// Shown first; chooses nothing.
    #[prop(into)]
    none: String,
    /// What is sent, and its words.
    options: Vec<(String, String)>,
    /// Where typing begins.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let id = id_of(&name);
    let fault = form.fault(&name).map(|fault| words::fault_about(lang, &label, fault));
    let fault_id = format!("{id}-fault");
    let described = fault.as_ref().map(|_| fault_id.clone());
    let invalid = fault.as_ref().map(|_| "true");
    let chosen = form.value(&name);
    let options = options.into_iter().map(|(value, words)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{words}</option> }
    });
    let class = if fault.is_some() { "field faulty" } else { "field" };
    view! {
        <div class=class>
            <label for=id.clone()>{label}</label>
            {fault.map(|words| view! { <p class="fault" id=fault_id>{words}</p> })}
            <select id=id name=name autocomplete="off" autofocus=first aria-required="true" aria-invalid=invalid
                aria-describedby=described>
                <option value="">{none}</option>
                {options.collect_view()}
            </select>
        </div>
    }
}
