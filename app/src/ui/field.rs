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
    /// Six digits; never given back.
    Code,
    /// Never given back.
    Password,
}

/// The id that an error summary links to.
pub fn id_of(name: &str) -> String {
    format!("field-{name}")
}

/// Label, hint, fault and input, tied together for those who do not see them side by side.
#[component]
pub fn Field(
    lang: Lang,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] hint: String,
    form: FormState,
    #[prop(optional)] input: Input,
    #[prop(default = true)] required: bool,
) -> impl IntoView {
    let id = id_of(&name);
    let fault = form.fault(&name).map(|fault| words::fault_about(lang, &label, fault));
    let (hint_id, fault_id) = (format!("{id}-hint"), format!("{id}-fault"));
    let described: Vec<String> =
        [(!hint.is_empty()).then(|| hint_id.clone()), fault.as_ref().map(|_| fault_id.clone())]
            .into_iter()
            .flatten()
            .collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    let invalid = fault.as_ref().map(|_| "true");
    let must = required.then_some("true");
    let value = form.value(&name);
    let control = match input {
        Input::Lines => view! {
            <textarea id=id.clone() name=name rows="2" autocomplete="off" aria-required=must aria-invalid=invalid
                aria-describedby=described>{value}</textarea>
        }
        .into_any(),
        Input::Text | Input::Date => {
            let kind = if input == Input::Date { "date" } else { "text" };
            view! {
                <input id=id.clone() name=name type=kind value=value autocomplete="off" spellcheck="false"
                    autocapitalize="off" aria-required=must aria-invalid=invalid aria-describedby=described/>
            }
            .into_any()
        }
        Input::Code => view! {
            <input id=id.clone() name=name type="text" class="code" inputmode="numeric" autocomplete="off"
                aria-required=must aria-invalid=invalid aria-describedby=described/>
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
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
            {fault.map(|words| view! { <p class="fault" id=fault_id>{words}</p> })}
            {control}
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
            <select id=id name=name autocomplete="off" aria-required="true" aria-invalid=invalid aria-describedby=described>
                <option value="">{none}</option>
                {options.collect_view()}
            </select>
        </div>
    }
}
