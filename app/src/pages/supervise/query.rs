//! The query bar: a GET form, so that Back works and an address is a reading that can be passed on.

use super::address;
use crate::context::FormState;
use crate::lang::{Lang, text};
use crate::ui::field::id_of;
use crate::ui::label::in_language;
use crate::words;
use domain::audit::event::{Decision, Kind};
use domain::desk::{At, Desk, Filters};
use leptos::prelude::*;

/// What may be chosen: sent, and its words.
pub struct Choices {
    purposes: Vec<(String, String)>,
    fields: Vec<(String, String)>,
}

impl Choices {
    /// The bank's own purposes and fields.
    pub fn of(desk: &dyn Desk, lang: Lang) -> Self {
        let purposes = desk.purposes().purposes().iter();
        let fields = desk.catalogue().fields().iter();
        Self {
            purposes: purposes.map(|it| (it.name.to_string(), in_language(&it.label, lang).to_owned())).collect(),
            fields: fields.map(|it| (it.name.to_string(), in_language(&it.label, lang).to_owned())).collect(),
        }
    }
}

/// Names of the boxes, for a summary of what is wrong.
pub fn labels(lang: Lang) -> Vec<(String, String)> {
    let all = [
        ("staff_no", text!(lang, log.staff_no)),
        ("customer", text!(lang, log.customer)),
        ("purpose", text!(lang, log.purpose)),
        ("field", text!(lang, log.field)),
        ("decision", text!(lang, log.decision)),
        ("kind", text!(lang, log.kind)),
        ("from", text!(lang, log.from)),
        ("to", text!(lang, log.to)),
    ];
    all.map(|(name, label)| (name.to_owned(), label)).to_vec()
}

/// The filters that one press sets.
pub fn quick(filters: &Filters, lang: Lang) -> AnyView {
    let none = Filters::default;
    let chips = [
        (text!(lang, log.chip_all), none()),
        (text!(lang, log.chip_refused), Filters { decision: Some(Decision::Refused), ..none() }),
        (text!(lang, log.chip_alerts), Filters { alert: true, ..none() }),
        (text!(lang, log.chip_reveals), Filters { kind: Some(Kind::FieldRevealed), ..none() }),
        (text!(lang, log.chip_misses), Filters { miss: true, ..none() }),
    ];
    let chips = chips.map(|(words, chosen)| {
        let current = (chosen == *filters).then_some("true");
        view! { <li><a class="quick" href=address::address(&chosen, At::Newest, None) aria-current=current>{words}</a></li> }
    });
    view! { <nav aria-label=text!(lang, log.quick)><ul class="quick-filters">{chips.collect_view()}</ul></nav> }
        .into_any()
}

/// The bar, as it was asked; or, refused, as it was typed.
pub fn bar(choices: &Choices, filters: &Filters, form: &FormState, lang: Lang) -> AnyView {
    let mut shown = form.clone();
    if !form.refused() {
        shown.values = address::pairs(filters).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    }
    let labels = labels(lang);
    let label = |name: &str| labels.iter().find(|(known, _)| known == name).map_or("", |(_, label)| label).to_owned();
    let input = |name: &'static str, kind: &'static str| {
        let (id, label) = (id_of(name), label(name));
        let fault = shown.fault(name).map(|fault| words::fault_about(lang, &label, fault));
        let fault_id = format!("{id}-fault");
        let (described, invalid) = (fault.as_ref().map(|_| fault_id.clone()), fault.as_ref().map(|_| "true"));
        let fault = fault.map(|words| view! { <p class="fault" id=fault_id>{words}</p> });
        view! {
            <div class="field" class:faulty=invalid.is_some()>
                <label for=id.clone()>{label}</label>
                {fault}
                <input id=id name=name type=kind value=shown.value(name) autocomplete="off" spellcheck="false"
                    aria-invalid=invalid aria-describedby=described/>
            </div>
        }
    };
    let select = |name: &'static str, options: &[(String, String)]| {
        let (id, label, chosen) = (id_of(name), label(name), shown.value(name));
        let options = options.iter().cloned().map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        });
        view! {
            <div class="field">
                <label for=id.clone()>{label}</label>
                <select id=id name=name autocomplete="off">
                    <option value="">{text!(lang, log.any)}</option>
                    {options.collect_view()}
                </select>
            </div>
        }
    };
    let tick = |name: &'static str, words: String| {
        let (id, checked) = (id_of(name), shown.value(name) == "true");
        view! {
            <div class="tick">
                <input id=id.clone() name=name type="checkbox" value="true" checked=checked/>
                <label for=id>{words}</label>
            </div>
        }
    };
    let kinds: Vec<_> =
        Kind::ALL.iter().map(|kind| (kind.as_str().to_owned(), words::log::kind(lang, *kind))).collect();
    let decisions = [
        (Decision::Allowed.as_str().to_owned(), text!(lang, log.allowed)),
        (Decision::Refused.as_str().to_owned(), text!(lang, log.refused)),
    ];
    view! {
        <form class="log-query" method="get" action="/supervise/events" aria-label=text!(lang, log.filters)>
            <div class="fields">
                {input("staff_no", "text")} {select("kind", &kinds)} {select("decision", &decisions)}
                {select("purpose", &choices.purposes)} {select("field", &choices.fields)} {input("customer", "text")}
                {input("from", "datetime-local")} {input("to", "datetime-local")}
                <div class="ticks">
                    {tick("alert", text!(lang, log.alert))} {tick("miss", text!(lang, log.miss))}
                    {tick("own", text!(lang, log.own))}
                </div>
            </div>
            <div class="actions">
                <button type="submit" class="primary">{text!(lang, log.search)}</button>
                <a class="button" href="/supervise/events">{text!(lang, log.reset)}</a>
                <p class="fine">{text!(lang, log.recorded)}</p>
            </div>
        </form>
    }
    .into_any()
}
