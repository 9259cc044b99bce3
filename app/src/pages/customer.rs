//! One customer: a dense list of masks, and a button beside each that may be revealed.

use crate::context::PageContext;
use crate::islands::reveal::{About, Reason, Reveal, button_id};
use crate::lang::{Lang, text};
use crate::ui::budget::BudgetLeft;
use crate::ui::case::{CaseFacts, CloseCase, address_of_search};
use crate::ui::label::in_language;
use crate::ui::masked::MaskedValue;
use crate::ui::problems::Problems;
use crate::ui::revealed_lately::RevealedLatelyStrip;
use crate::ui::why::{ClassBadge, Unlock, Why, WhyMasked, id_of_why};
use crate::ui::wrong_person::WrongPerson;
use domain::catalogue::{Class, CopyRule, Field, Label, StepUpTier};
use domain::desk::{CaseView, Desk, DeskError, Left, MaskedField, RevealedLately};
use domain::id::{CaseId, Handle};
use domain::mask::MaskRule;
use leptos::prelude::*;

/// Items of one field beyond these are folded away: a customer with thirty cards has a card, not a scroll.
const ITEMS: usize = 5;

/// What it shows.
pub struct Shows {
    case: CaseView,
    purpose: Option<Label>,
    customer: Handle,
    parts: Vec<Part>,
    /// How often values of this customer were revealed.
    lately: RevealedLately,
    /// What is left of the budgets.
    left: Vec<Left>,
    /// Who looks, for the watermark.
    viewer: String,
}

/// One part of the card: the fields from one heading of the catalogue to the next.
struct Part {
    heading: Option<Label>,
    facts: Vec<Fact>,
}

/// One field with its items.
struct Fact {
    name: String,
    label: Label,
    class: Class,
    rule: MaskRule,
    step_up: Option<StepUpTier>,
    items: Vec<MaskedField>,
    /// Reasons that permit a reveal under the case's purpose: code, words, whether it asks for a note. Empty:
    /// it is not revealed.
    reasons: Vec<(String, Label, bool)>,
    /// Whether a revealed value may be copied.
    copy: bool,
    /// Purposes for which it is revealed.
    purposes: Vec<Label>,
}

/// The first view binds the case to this customer.
pub async fn load(desk: &dyn Desk, case: CaseId, customer: Handle) -> Result<Shows, DeskError> {
    let view = desk.view(case, customer).await?;
    let case = desk.case(case).await?;
    let mut parts: Vec<Part> = Vec::new();
    for field in desk.catalogue().fields() {
        let fact = Fact {
            name: field.name.to_string(),
            label: field.label.clone(),
            class: field.class,
            rule: field.mask,
            step_up: field.step_up,
            items: view.fields.iter().filter(|item| item.field == field.name).cloned().collect(),
            reasons: reasons(desk, &case, field),
            purposes: field
                .reveal
                .iter()
                .filter_map(|name| desk.purposes().get(name))
                .map(|one| one.label.clone())
                .collect(),
            copy: field.copy == CopyRule::Audited,
        };
        match parts.last_mut() {
            Some(part) if field.section.is_none() => part.facts.push(fact),
            _ => parts.push(Part { heading: field.section.clone(), facts: vec![fact] }),
        }
    }
    let lately = desk.revealed_lately(case.id, customer).await?;
    let staff = desk.staff();
    Ok(Shows {
        purpose: desk.purposes().get(&case.purpose).map(|purpose| purpose.label.clone()),
        customer,
        parts,
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
    let parts = shows.parts.iter().enumerate().map(|(place, one)| part(place, one, shows, context));
    view! {
        <Problems lang form=context.form.clone() labels=Vec::new() request=context.request/>
        <div class="section-head">
            <h1>{text!(lang, card.title)}</h1>
            <p class="chip">{text!(lang, card.masked)}</p>
            <p class="lead">{text!(lang, card.lead)}</p>
        </div>
        <section class="case" aria-label=text!(lang, case.case)>
            <CaseFacts lang case=shows.case.clone() label=shows.purpose.clone()/>
            <CloseCase lang case=shows.case.clone()/>
        </section>
        <RevealedLatelyStrip lang lately=shows.lately/>
        <BudgetLeft lang left=shows.left.clone()/>
        <noscript><p class="notice">{text!(lang, card.noscript)}</p></noscript>
        <div class="card-parts">{parts.collect_view()}</div>
        <div class="after">
            <a href=address_of_search(shows.case.id)>{text!(lang, card.other)}</a>
            <WrongPerson lang case=shows.case.clone()/>
            <p class="fine">{text!(lang, case.close_lead)}</p>
        </div>
    }
    .into_any()
}

/// One part of the card.
fn part(place: usize, part: &Part, shows: &Shows, context: &PageContext) -> AnyView {
    let heading = format!("part-{place}");
    let words = match &part.heading {
        Some(label) => in_language(label, context.lang).to_owned(),
        None => text!(context.lang, card.title),
    };
    let rows = part.facts.iter().map(|fact| row(fact, shows, context)).collect_view();
    let whys = part.facts.iter().filter_map(|fact| why(fact, shows, context)).collect_view();
    view! {
        <section class="part" aria-labelledby=heading.clone()>
            <h2 id=heading.clone()>{words}</h2>
            <dl class="facts">{rows}</dl>
            {whys}
        </section>
    }
    .into_any()
}

fn row(fact: &Fact, shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let label = in_language(&fact.label, lang).to_owned();
    let item = |item: &MaskedField| {
        let about = about(fact, item, shows, context);
        let number = (fact.items.len() > 1).then(|| view! { <span class="item-no">{item.item.get()}</span> });
        view! {
            {number}
            <MaskedValue mask=item.mask.clone()/>
            {about.map(|about| view! { <Reveal about/> })}
        }
    };
    let (first, rest) = fact.items.split_at(fact.items.len().min(ITEMS));
    let none = fact.items.is_empty().then(|| view! { <dd class="none">{text!(lang, card.no_value)}</dd> });
    let more = (!rest.is_empty()).then(|| {
        view! {
            <dd class="more">
                <details>
                    <summary>{text!(lang, card.more, count = rest.len())}</summary>
                    <ul>{rest.iter().map(|one| view! { <li>{item(one)}</li> }).collect_view()}</ul>
                </details>
            </dd>
        }
    });
    view! {
        <div class="fact">
            <dt>
                <span>{label.clone()}</span>
                <ClassBadge lang class=fact.class label why=is_masked(fact).then(|| id_of_why(&fact.name))/>
            </dt>
            {first.iter().map(|one| view! { <dd>{item(one)}</dd> }).collect_view()}
            {more}
            {none}
        </div>
    }
    .into_any()
}

/// Whether there is anything behind a mask to explain.
fn is_masked(fact: &Fact) -> bool {
    fact.rule != MaskRule::Visible && !fact.items.is_empty()
}

/// The popover beside a masked field.
fn why(fact: &Fact, shows: &Shows, context: &PageContext) -> Option<AnyView> {
    let lang = context.lang;
    let unlock = match (fact.reasons.is_empty(), fact.purposes.is_empty()) {
        (false, _) => Unlock::Reasons(fact.reasons.iter().map(|(_, words, _)| words.clone()).collect(), fact.step_up),
        (true, false) => Unlock::OtherPurposes(fact.purposes.clone()),
        (true, true) => Unlock::Never,
    };
    let button = match fact.items.as_slice() {
        [only] => about(fact, only, shows, context).map(|about| button_id(&about.field, about.item)),
        _ => None,
    };
    let why = WhyMasked {
        field: fact.name.clone(),
        label: in_language(&fact.label, lang).to_owned(),
        class: fact.class,
        rule: fact.rule,
        unlock,
        button,
    };
    is_masked(fact).then(|| view! { <Why lang why/> }.into_any())
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
