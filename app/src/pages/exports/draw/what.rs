//! Which fields leave, as what, and why: the catalogue's headings and its order.

use crate::context::FormState;
use crate::lang::{Lang, text};
use crate::ui::field::id_of;
use crate::ui::label::in_language;
use crate::ui::why::ClassBadge;
use crate::words;
use domain::catalogue::{Catalogue, Class, Label};
use domain::export::Form;
use leptos::prelude::*;

/// The fields from one heading of the catalogue to the next.
pub struct Part {
    heading: Option<Label>,
    fields: Vec<Choosable>,
}

/// One field, and the forms in which it may leave; none: never.
struct Choosable {
    name: String,
    label: Label,
    class: Class,
    forms: &'static [Form],
}

/// The catalogue's fields. C3 never leaves, whatever the catalogue says (E4).
pub fn parts(catalogue: &Catalogue) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for field in catalogue.fields() {
        let one = Choosable {
            name: field.name.to_string(),
            label: field.label.clone(),
            class: field.class,
            forms: if field.class == Class::C3 { &[] } else { Form::of(field.export) },
        };
        match parts.last_mut() {
            Some(part) if field.section.is_none() => part.fields.push(one),
            _ => parts.push(Part { heading: field.section.clone(), fields: vec![one] }),
        }
    }
    parts
}

/// What the error summary calls each control.
pub fn labels(parts: &[Part], lang: Lang) -> Vec<(String, String)> {
    let fields = parts.iter().flat_map(|part| &part.fields);
    let names = fields.flat_map(|one| {
        let label = in_language(&one.label, lang);
        [
            (format!("form_{}", one.name), text!(lang, exports.form_of, field = label)),
            (format!("why_{}", one.name), text!(lang, exports.why_of, field = label)),
        ]
    });
    names.collect()
}

/// A table for each heading, and a sentence on what never leaves.
pub fn view(parts: &[Part], form: &FormState, lang: Lang) -> AnyView {
    let fault = form.fault("fields").map(|fault| {
        view! { <p class="fault">{words::fault_about(lang, &text!(lang, exports.fields), fault)}</p> }
    });
    let never: Vec<&str> = parts
        .iter()
        .flat_map(|part| &part.fields)
        .filter(|one| one.forms.is_empty())
        .map(|one| in_language(&one.label, lang))
        .collect();
    let never = (!never.is_empty()).then(|| {
        let fields = never.join(&text!(lang, export_word.and));
        view! { <p class="fine">{text!(lang, exports.never_lead, fields = fields)}</p> }
    });
    let tables = parts.iter().filter(|part| part.fields.iter().any(|one| !one.forms.is_empty()));
    view! {
        <fieldset id=id_of("fields") tabindex="-1">
            <legend>{text!(lang, exports.what)}</legend>
            <p class="hint">{text!(lang, exports.what_lead)}</p>
            {fault}
            <div class="parts">{tables.map(|part| table(part, form, lang)).collect_view()}</div>
            {never}
        </fieldset>
    }
    .into_any()
}

fn table(part: &Part, form: &FormState, lang: Lang) -> AnyView {
    let heading = part.heading.as_ref().map(|label| in_language(label, lang).to_owned());
    let rows = part.fields.iter().filter(|one| !one.forms.is_empty()).map(|one| row(one, form, lang));
    view! {
        <table class="choosing">
            <caption>{heading}</caption>
            <thead>
                <tr>
                    <th scope="col">{text!(lang, exports.field)}</th>
                    <th scope="col">{text!(lang, exports.class)}</th>
                    <th scope="col">{text!(lang, exports.form)}</th>
                    <th scope="col">{text!(lang, exports.why)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(one: &Choosable, form: &FormState, lang: Lang) -> AnyView {
    let label = in_language(&one.label, lang).to_owned();
    let (form_name, why_name) = (format!("form_{}", one.name), format!("why_{}", one.name));
    let chosen = form.value(&form_name);
    let options = one.forms.iter().map(|as_what| {
        let selected = as_what.as_str() == chosen;
        view! { <option value=as_what.as_str() selected=selected>{words::exports::form(lang, *as_what)}</option> }
    });
    let form_fault = Fault::of(form, &form_name, &text!(lang, exports.form_of, field = label), lang);
    let why_fault = Fault::of(form, &why_name, &text!(lang, exports.why_of, field = label), lang);
    view! {
        <tr>
            <th scope="row">{label.clone()}</th>
            <td><ClassBadge lang class=one.class label=label.clone() why=None/></td>
            <td>
                {form_fault.words()}
                <select id=id_of(&form_name) name=form_name autocomplete="off" aria-invalid=form_fault.invalid()
                    aria-label=text!(lang, exports.form_of, field = label) aria-describedby=form_fault.id()>
                    <option value="">{text!(lang, exports.not_chosen)}</option>
                    {options.collect_view()}
                </select>
            </td>
            <td>
                {why_fault.words()}
                <input id=id_of(&why_name) name=why_name type="text" maxlength="200" value=form.value(&format!("why_{}", one.name))
                    autocomplete="off" aria-invalid=why_fault.invalid()
                    aria-label=text!(lang, exports.why_of, field = label) aria-describedby=why_fault.id()/>
            </td>
        </tr>
    }
    .into_any()
}

/// What is wrong with one control, if anything is.
struct Fault(Option<(String, String)>);

impl Fault {
    fn of(form: &FormState, name: &str, label: &str, lang: Lang) -> Self {
        Self(form.fault(name).map(|fault| (format!("{name}-fault"), words::fault_about(lang, label, fault))))
    }
    fn words(&self) -> Option<AnyView> {
        self.0.clone().map(|(id, words)| view! { <p class="fault" id=id>{words}</p> }.into_any())
    }
    fn invalid(&self) -> Option<&'static str> {
        self.0.as_ref().map(|_| "true")
    }
    fn id(&self) -> Option<String> {
        self.0.as_ref().map(|(id, _)| id.clone())
    }
}
