//! One customer: a dense list of masks, and a button beside each that may be revealed.

use crate::context::PageContext;
use crate::islands::reveal::{About, Reason, Reveal};
use crate::lang::{Lang, text};
use crate::ui::budget::BudgetLeft;
use crate::ui::case::{CaseFacts, CloseCase, address_of_search};
use crate::ui::label::{class_words, in_language};
use crate::ui::masked::MaskedValue;
use crate::ui::problems::Problems;
use crate::ui::revealed_lately::RevealedLatelyStrip;
use crate::ui::wrong_person::WrongPerson;
use domain::catalogue::{Class, CopyRule, Field, Label, StepUpTier};
use domain::desk::{CaseView, Desk, DeskError, Left, MaskedField, RevealedLately};
use domain::id::{CaseId, Handle};
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    case: CaseView,
    purpose: Option<Label>,
    customer: Handle,
    sections: Vec<Section>,
    lately: RevealedLately,
    /// What is left of the budgets.
    left: Vec<Left>,
    /// Who looks, for the watermark.
    viewer: String,
}

/// Fields under one heading of the catalogue's; the first may have none.
struct Section {
    heading: Option<Label>,
    facts: Vec<Fact>,
}

/// One field with its items.
struct Fact {
    name: String,
    label: Label,
    class: Class,
    items: Vec<MaskedField>,
    /// Reasons that permit a reveal under the case's purpose: code, words, whether it asks for a note. Empty:
    /// it is not revealed.
    reasons: Vec<(String, Label, bool)>,
    /// Whether a revealed value may be copied.
    copy: bool,
}

/// The first view binds the case to this customer.
pub async fn load(desk: &dyn Desk, case: CaseId, customer: Handle) -> Result<Shows, DeskError> {
    let view = desk.view(case, customer).await?;
    let case = desk.case(case).await?;
    let mut sections: Vec<Section> = Vec::new();
    for field in desk.catalogue().fields() {
        let fact = Fact {
            name: field.name.to_string(),
            label: field.label.clone(),
            class: field.class,
            items: view.fields.iter().filter(|item| item.field == field.name).cloned().collect(),
            reasons: reasons(desk, &case, field),
            copy: field.copy == CopyRule::Audited,
        };
        match sections.last_mut() {
            Some(section) if field.section.is_none() => section.facts.push(fact),
            _ => sections.push(Section { heading: field.section.clone(), facts: vec![fact] }),
        }
    }
    let lately = desk.revealed_lately(case.id, customer).await?;
    let staff = desk.staff();
    Ok(Shows {
        purpose: desk.purposes().get(&case.purpose).map(|purpose| purpose.label.clone()),
        customer,
        sections,
        lately,
        left: desk.budget_left(Some(&case.purpose)).await?,
        viewer: format!("{} {}", staff.staff_no, staff.name),
        case,
    })
}

/// The reasons for which this field may be revealed. The emergency's is not offered: its alert and its
/// review (V6) are not there yet, and without them it would be a reason like another.
fn reasons(desk: &dyn Desk, case: &CaseView, field: &Field) -> Vec<(String, Label, bool)> {
    let purposes = desk.purposes();
    let Some(purpose) = purposes.get(&case.purpose) else {
        return Vec::new();
    };
    purposes
        .reasons_of(purpose)
        .filter(|reason| !reason.break_glass && purposes.permits(&case.purpose, &reason.code, field).is_ok())
        .map(|reason| {
            let note = reason.note_required || field.step_up == Some(StepUpTier::ActAndPerson);
            (reason.code.to_string(), reason.label.clone(), note)
        })
        .collect()
}

/// The card.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let sections = shows.sections.iter().map(|section| group(section, shows, context));
    view! {
        <Problems lang form=context.form.clone() labels=Vec::new() request=context.request/>
        <div class="section-head">
            <h1>{text!(lang, card.title)}</h1>
            <p class="chip">{text!(lang, card.masked)}</p>
        </div>
        <section class="case" aria-label=text!(lang, case.case)><CaseFacts lang case=shows.case.clone() label=shows.purpose.clone()/></section>
        <p class="lead">{text!(lang, card.lead)}</p>
        <RevealedLatelyStrip lang lately=shows.lately/>
        <BudgetLeft lang left=shows.left.clone()/>
        <noscript><p class="notice">{text!(lang, card.noscript)}</p></noscript>
        <section aria-labelledby="facts">
            <h2 id="facts" class="visually-hidden">{text!(lang, card.facts)}</h2>
            {sections.collect_view()}
        </section>
        <div class="after">
            <a href=address_of_search(shows.case.id)>{text!(lang, card.other)}</a>
            <WrongPerson lang case=shows.case.clone()/>
            <p class="fine">{text!(lang, case.close_lead)}</p>
            <CloseCase lang case=shows.case.clone()/>
        </div>
    }
    .into_any()
}

fn group(section: &Section, shows: &Shows, context: &PageContext) -> AnyView {
    let heading = section.heading.as_ref().map(|heading| {
        view! { <h3 class="facts-heading">{in_language(heading, context.lang).to_owned()}</h3> }
    });
    let facts = section.facts.iter().map(|fact| row(fact, shows, context));
    view! {
        {heading}
        <dl class="facts">{facts.collect_view()}</dl>
    }
    .into_any()
}

fn row(fact: &Fact, shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let label = in_language(&fact.label, lang).to_owned();
    let class = class_words(fact.class, lang);
    let items = fact.items.iter().map(|item| {
        let mask = view! { <MaskedValue mask=item.mask.clone()/> };
        let about = about(fact, item, shows, context);
        let reveal = about.map(|about| view! { <Reveal about/> });
        view! { <dd>{mask}{reveal}</dd> }
    });
    let none = fact.items.is_empty().then(|| view! { <dd class="none">{text!(lang, card.no_value)}</dd> });
    view! {
        <div class="fact">
            <dt>
                {label}
                <span class=format!("class {}", class.short.to_lowercase()) title=class.long.clone()>
                    <span aria-hidden="true">{class.short}</span>
                    <span class="visually-hidden">{class.long.clone()}</span>
                </span>
            </dt>
            {items.collect_view()}
            {none}
        </div>
    }
    .into_any()
}

/// What the island is told: ids and words.
fn about(fact: &Fact, item: &MaskedField, shows: &Shows, context: &PageContext) -> Option<About> {
    let lang = context.lang;
    (!fact.reasons.is_empty()).then(|| About {
        case: shows.case.id.to_string(),
        customer: shows.customer.to_string(),
        field: fact.name.clone(),
        item: item.item.get(),
        label: item_label(fact, item, lang),
        reasons: fact.reasons.iter().map(|reason| in_words(reason, lang)).collect(),
        copy: fact.copy,
        viewer: shows.viewer.clone(),
        demo: context.demo.is_some(),
        lang,
    })
}

fn in_words((code, words, note): &(String, Label, bool), lang: Lang) -> Reason {
    Reason { code: code.clone(), words: in_language(words, lang).to_owned(), note: *note }
}

/// With its number, where there are several.
fn item_label(fact: &Fact, item: &MaskedField, lang: Lang) -> String {
    let label = in_language(&fact.label, lang);
    if fact.items.len() > 1 { text!(lang, card.item, label = label, item = item.item) } else { label.to_owned() }
}
