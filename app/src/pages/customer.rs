//! One customer: a dense list of masks, and a button beside each that may be revealed.

use crate::context::PageContext;
use crate::islands::reveal::{About, Reveal, button_id};
use crate::lang::{Lang, text};
use crate::ui::case::{CaseFacts, CloseCase, address_of_search};
use crate::ui::label::in_language;
use crate::ui::masked::MaskedValue;
use crate::ui::problems::Problems;
use crate::ui::section::Section;
use crate::ui::why::{ClassBadge, Unlock, Why, WhyMasked, id_of_why};
use domain::catalogue::{Class, Field, Label, StepUpTier};
use domain::desk::{CaseView, Desk, DeskError, MaskedField};
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
    facts: Vec<Fact>,
    /// Who looks, for the watermark.
    viewer: String,
}

/// One field with its items.
struct Fact {
    name: String,
    label: Label,
    section: Section,
    class: Class,
    rule: MaskRule,
    step_up: Option<StepUpTier>,
    items: Vec<MaskedField>,
    /// Reasons that permit a reveal under the case's purpose: code, words. Empty: it is not revealed.
    reasons: Vec<(String, Label)>,
    /// Purposes for which it is revealed.
    purposes: Vec<Label>,
}

/// The first view binds the case to this customer.
pub async fn load(desk: &dyn Desk, case: CaseId, customer: Handle) -> Result<Shows, DeskError> {
    let view = desk.view(case, customer).await?;
    let case = desk.case(case).await?;
    let facts = desk.catalogue().fields().iter().map(|field| Fact {
        name: field.name.to_string(),
        label: field.label.clone(),
        section: Section::of(field.kind, field.class),
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
    });
    let staff = desk.staff();
    Ok(Shows {
        purpose: desk.purposes().get(&case.purpose).map(|purpose| purpose.label.clone()),
        customer,
        facts: facts.collect(),
        viewer: format!("{} {}", staff.staff_no, staff.name),
        case,
    })
}

/// The reasons for which this field may be revealed. The emergency's is not offered: its alert and its
/// review (V6) are not there yet, and without them it would be a reason like another.
fn reasons(desk: &dyn Desk, case: &CaseView, field: &Field) -> Vec<(String, Label)> {
    let purposes = desk.purposes();
    let Some(purpose) = purposes.get(&case.purpose) else {
        return Vec::new();
    };
    purposes
        .reasons_of(purpose)
        .filter(|reason| !reason.break_glass && purposes.permits(&case.purpose, &reason.code, field).is_ok())
        .map(|reason| (reason.code.to_string(), reason.label.clone()))
        .collect()
}

/// The card.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let sections = Section::ALL.into_iter().filter_map(|section| part(section, shows, context));
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
        <noscript><p class="notice">{text!(lang, card.noscript)}</p></noscript>
        <div class="card-parts">{sections.collect_view()}</div>
        <div class="after">
            <a href=address_of_search(shows.case.id)>{text!(lang, card.other)}</a>
            <p class="fine">{text!(lang, case.close_lead)}</p>
        </div>
    }
    .into_any()
}

/// One part of the card; none if no field belongs there.
fn part(section: Section, shows: &Shows, context: &PageContext) -> Option<AnyView> {
    let facts: Vec<&Fact> = shows.facts.iter().filter(|fact| fact.section == section).collect();
    if facts.is_empty() {
        return None;
    }
    let heading = format!("part-{}", section.name());
    let rows = facts.iter().map(|fact| row(fact, shows, context)).collect_view();
    let whys = facts.iter().filter_map(|fact| why(fact, shows, context)).collect_view();
    let whole = view! {
        <section class="part" aria-labelledby=heading.clone()>
            <h2 id=heading.clone()>{section.heading(context.lang)}</h2>
            <dl class="facts">{rows}</dl>
            {whys}
        </section>
    };
    Some(whole.into_any())
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
        (false, _) => Unlock::Reasons(fact.reasons.iter().map(|(_, words)| words.clone()).collect(), fact.step_up),
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
        reasons: fact.reasons.iter().map(|(code, words)| (code.clone(), in_language(words, lang).to_owned())).collect(),
        viewer: shows.viewer.clone(),
        demo: context.demo.is_some(),
        lang,
    })
}

/// With its number, where there are several.
fn item_label(fact: &Fact, item: &MaskedField, lang: Lang) -> String {
    let label = in_language(&fact.label, lang);
    if fact.items.len() > 1 { text!(lang, card.item, label = label, item = item.item) } else { label.to_owned() }
}
