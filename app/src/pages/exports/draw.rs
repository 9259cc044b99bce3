//! Asking for an export: whose data, which fields, to whom, why. No value and no mask is shown here.

mod what;

use crate::context::{FormState, PageContext};
use crate::lang::{Lang, text};
use crate::ui::field::{Choice, Field, Input, id_of};
use crate::ui::label::in_language;
use crate::ui::problems::Problems;
use crate::ui::time::{Time, local};
use crate::words;
use crate::words::exports::number;
use domain::catalogue::Label;
use domain::desk::{Desk, DeskError, ExportOptions, RecipientState, RecipientView};
use domain::export::{Basis, ExportFormat};
use leptos::prelude::*;
use what::{Part, parts};

/// What it shows.
pub struct Shows {
    options: ExportOptions,
    parts: Vec<Part>,
    /// Name and label of each purpose.
    purposes: Vec<(String, Label)>,
}

/// What may be chosen; the desk refuses those who may ask for nothing, and records that they asked.
pub async fn load(desk: &dyn Desk) -> Result<Shows, DeskError> {
    let options = desk.export_options().await?;
    let purposes = desk.purposes().purposes().iter().map(|one| (one.name.to_string(), one.label.clone())).collect();
    Ok(Shows { options, parts: parts(desk.catalogue()), purposes })
}

/// One form in four parts.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    view! {
        <Problems lang form=form.clone() labels=labels(shows, lang) request=context.request/>
        <h1>{text!(lang, exports.new_title)}</h1>
        <p class="lead">{text!(lang, exports.new_lead)}</p>
        <form class="draw" method="post" action="/exports/new" autocomplete="off">
            {who(shows, form, lang)}
            {what::view(&shows.parts, form, lang)}
            {whom(shows, form, lang)}
            {why(shows, form, lang)}
            <p>{caps(&shows.options, lang)}</p>
            <div class="actions">
                <button type="submit" class="primary">{text!(lang, exports.draw)}</button>
                <span class="fine">{text!(lang, exports.draw_lead)}</span>
            </div>
        </form>
    }
    .into_any()
}

fn labels(shows: &Shows, lang: Lang) -> Vec<(String, String)> {
    let own = [
        ("selection", text!(lang, exports.selection)),
        ("cases", text!(lang, exports.cases)),
        ("from", text!(lang, exports.from)),
        ("to", text!(lang, exports.to)),
        ("product", text!(lang, exports.product)),
        ("fields", text!(lang, exports.fields)),
        ("purpose", text!(lang, exports.purpose)),
        ("recipient", text!(lang, exports.recipient)),
        ("intended_use", text!(lang, exports.intended_use)),
        ("basis", text!(lang, exports.basis)),
        ("impact_assessment", text!(lang, exports.impact_assessment)),
        ("retention_days", text!(lang, exports.retention_days)),
        ("format", text!(lang, exports.format)),
    ];
    let own = own.into_iter().map(|(name, label)| (name.to_owned(), label));
    own.chain(what::labels(&shows.parts, lang)).collect()
}

fn who(shows: &Shows, form: &FormState, lang: Lang) -> AnyView {
    let purpose = |name: &str| {
        let known = shows.purposes.iter().find(|(known, _)| known == name);
        known.map_or_else(|| name.to_owned(), |(_, label)| in_language(label, lang).to_owned())
    };
    let cases = shows.options.cases.iter().map(|case| {
        let name = format!("case_{}", case.case_id);
        let checked = !form.value(&name).is_empty();
        view! {
            <li>
                <label>
                    <input type="checkbox" name=name value="on" checked=checked/>
                    <span><code class="ticket">{case.ticket.clone()}</code> " " {purpose(case.purpose.as_str())} " " <Time at=case.opened/></span>
                </label>
            </li>
        }
    });
    let none = shows.options.cases.is_empty().then(|| view! { <p class="empty">{text!(lang, exports.no_cases)}</p> });
    let fault = |name: &str, label: String| {
        form.fault(name).map(|fault| view! { <p class="fault">{words::fault_about(lang, &label, fault)}</p> })
    };
    view! {
        <fieldset id=id_of("selection") tabindex="-1">
            <legend>{text!(lang, exports.who)}</legend>
            <p class="hint">{text!(lang, exports.who_lead)}</p>
            {fault("selection", text!(lang, exports.selection))}
            <div class="halves">
                <div id=id_of("cases") tabindex="-1" role="group" aria-labelledby="by-cases">
                    <h2 id="by-cases">{text!(lang, exports.by_cases)}</h2>
                    {fault("cases", text!(lang, exports.cases))}
                    {none}
                    <ul class="case-ticks">{cases.collect_view()}</ul>
                </div>
                <div role="group" aria-labelledby="by-window">
                    <h2 id="by-window">{text!(lang, exports.by_window)}</h2>
                    <div class="fields">
                        <Field lang name="from" label=text!(lang, exports.from) hint=text!(lang, exports.window_hint)
                            form=form.clone() input=Input::Date required=false/>
                        <Field lang name="to" label=text!(lang, exports.to) form=form.clone() input=Input::Date required=false/>
                        <Field lang name="product" label=text!(lang, exports.product)
                            hint=text!(lang, exports.product_hint) form=form.clone() required=false/>
                    </div>
                </div>
            </div>
        </fieldset>
    }
    .into_any()
}

fn whom(shows: &Shows, form: &FormState, lang: Lang) -> AnyView {
    let chosen = form.value("recipient");
    let fault = form.fault("recipient").map(|fault| words::fault_about(lang, &text!(lang, exports.recipient), fault));
    let invalid = fault.as_ref().map(|_| "true");
    let described = fault.as_ref().map(|_| "recipient-fault");
    let options = shows.options.recipients.iter().map(|one| {
        let (words, unfit) = recipient_words(one, lang);
        let id = one.recipient_id.to_string();
        let selected = id == chosen;
        view! { <option value=id selected=selected disabled=unfit>{words}</option> }
    });
    view! {
        <fieldset>
            <legend>{text!(lang, exports.whom)}</legend>
            <div class="field">
                <label for=id_of("recipient")>{text!(lang, exports.recipient)}</label>
                {fault.map(|words| view! { <p class="fault" id="recipient-fault">{words}</p> })}
                <select id=id_of("recipient") name="recipient" autocomplete="off" aria-required="true"
                    aria-invalid=invalid aria-describedby=described>
                    <option value="">{text!(lang, exports.choose)}</option>
                    {options.collect_view()}
                </select>
                <p class="hint"><a href="/recipients">{text!(lang, exports.recipients_link)}</a> " · " <a href="/recipients/new">{text!(lang, exports.register_recipient)}</a></p>
            </div>
        </fieldset>
    }
    .into_any()
}

/// What stands in the list, and whether it cannot be chosen: then why.
fn recipient_words(one: &RecipientView, lang: Lang) -> (String, bool) {
    match (one.state, one.rests_until) {
        (RecipientState::Confirmed, None) => {
            (format!("{} · {}", one.name, words::exports::kind(lang, one.kind)), false)
        }
        (RecipientState::Confirmed, Some(until)) => {
            (text!(lang, exports.resting, name = one.name, at = local(until)), true)
        }
        (
            state @ (RecipientState::Waiting
            | RecipientState::Rejected
            | RecipientState::Expired
            | RecipientState::Ended
            | RecipientState::AssessmentOver),
            _,
        ) => (text!(lang, exports.unfit, name = one.name, state = words::exports::recipient(lang, state)), true),
    }
}

fn why(shows: &Shows, form: &FormState, lang: Lang) -> AnyView {
    let purposes =
        shows.purposes.iter().map(|(name, label)| (name.clone(), in_language(label, lang).to_owned())).collect();
    let bases = Basis::ALL.iter().map(|one| (one.as_str().to_owned(), words::exports::basis(lang, *one))).collect();
    let formats =
        ExportFormat::ALL.iter().map(|one| (one.as_str().to_owned(), words::exports::format(lang, *one))).collect();
    let choose = text!(lang, exports.choose);
    view! {
        <fieldset>
            <legend>{text!(lang, exports.why_title)}</legend>
            <div class="fields">
                <Choice lang name="purpose" label=text!(lang, exports.purpose) form=form.clone() none=choose.clone() options=purposes/>
                <Choice lang name="basis" label=text!(lang, exports.basis) form=form.clone() none=choose.clone() options=bases/>
                <Choice lang name="format" label=text!(lang, exports.format) form=form.clone() none=choose options=formats/>
            </div>
            <Field lang name="intended_use" label=text!(lang, exports.intended_use) form=form.clone() input=Input::Lines/>
            <div class="fields">
                <Field lang name="impact_assessment" label=text!(lang, exports.impact_assessment)
                    hint=text!(lang, exports.impact_hint) form=form.clone() required=false/>
                <Field lang name="retention_days" label=text!(lang, exports.retention_days) form=form.clone() input=Input::Digits/>
            </div>
        </fieldset>
    }
    .into_any()
}

fn caps(options: &ExportOptions, lang: Lang) -> String {
    let caps = &options.caps;
    text!(
        lang,
        exports.caps,
        opened = number(caps.rows_opened),
        masked = number(caps.rows_masked),
        visible = number(caps.rows_visible),
        month = number(caps.rows_month),
        used = number(options.rows_in_period)
    )
}
