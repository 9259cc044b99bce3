//! One form that opens a case and searches; and what a search found.

use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::bank_wide::{self, BankWide};
use crate::ui::budget::BudgetLeft;
use crate::ui::case::{CaseFacts, CloseCase, OpenCaseFields};
use crate::ui::field::{Field, Input, id_of};
use crate::ui::found::FoundView;
use crate::ui::label::{in_language, label};
use crate::ui::problems::Problems;
use crate::words;
use domain::catalogue::{Catalogue, Kind, Label};
use domain::desk::{CaseView, Desk, DeskError, Found, Left};
use domain::id::{CaseId, ResultId};
use domain::purpose::Identified;
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    /// The open case to search in; without one the form opens one.
    case: Option<(CaseView, Option<Label>)>,
    /// What a search before the redirect found.
    found: Option<Found>,
    /// Purposes to choose from: name, words.
    purposes: Vec<(String, Label)>,
    /// Fields of which one exact value is a search.
    strong: Vec<Key>,
    /// Fields that are a search together.
    together: Vec<Vec<Key>>,
    /// Keys by which the case searches every branch.
    bank_wide: Vec<Label>,
    /// What is left of the budgets.
    left: Vec<Left>,
    /// Fields of a result's row, by name.
    catalogue: Catalogue,
}

/// One field to search by.
#[derive(Clone)]
struct Key {
    name: String,
    label: Label,
    input: Input,
}

/// The case and the kept result that the address names. The result's own case goes before the
/// address's.
pub async fn load(desk: &dyn Desk, case: Option<CaseId>, result: Option<ResultId>) -> Result<Shows, DeskError> {
    let kept = match result {
        Some(result) => Some(desk.kept(result).await?),
        None => None,
    };
    let case = match kept.as_ref().map(|(case, _)| *case).or(case) {
        Some(case) => Some(desk.case(case).await?),
        None => None,
    };
    let catalogue = desk.catalogue();
    let key = |name: &domain::id::FieldName| {
        catalogue.field(name).map(|field| Key {
            name: field.name.to_string(),
            label: field.label.clone(),
            input: if field.kind == Kind::Date { Input::Date } else { Input::Text },
        })
    };
    let purposes = desk.purposes();
    let left = desk.budget_left(case.as_ref().map(|case| &case.purpose)).await?;
    Ok(Shows {
        left,
        bank_wide: case.as_ref().map(|case| bank_wide::keys(case, purposes, catalogue)).unwrap_or_default(),
        case: case.map(|case| {
            let label = purposes.get(&case.purpose).map(|purpose| purpose.label.clone());
            (case, label)
        }),
        found: kept.map(|(_, found)| found),
        purposes: purposes.purposes().iter().map(|purpose| (purpose.name.to_string(), purpose.label.clone())).collect(),
        strong: catalogue
            .fields()
            .iter()
            .filter(|field| field.strong_key)
            .filter_map(|field| key(&field.name))
            .collect(),
        together: catalogue.combinations().iter().map(|set| set.iter().filter_map(key).collect()).collect(),
        catalogue: catalogue.clone(),
    })
}

/// With the ticket, if there is a case.
pub fn title(shows: &Shows, lang: Lang) -> String {
    match &shows.case {
        Some((case, _)) => text!(lang, search.title_case, ticket = case.ticket),
        None => text!(lang, search.title),
    }
}

/// Result first, then the form to search (again).
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    let keys = shows.strong.iter().chain(shows.together.iter().flatten());
    let mut labels: Vec<(String, String)> =
        keys.map(|key| (key.name.clone(), in_language(&key.label, lang).to_owned())).collect();
    labels.extend([
        ("purpose".to_owned(), text!(lang, case.purpose)),
        ("ticket".to_owned(), text!(lang, case.ticket)),
        ("identified".to_owned(), text!(lang, case.identified)),
        ("note".to_owned(), text!(lang, case.note)),
        ("case_id".to_owned(), text!(lang, case.case)),
        ("search".to_owned(), text!(lang, search.who)),
    ]);
    let (reset, submit) = match &shows.case {
        Some((case, _)) => (format!("/customers?case={}", case.id), text!(lang, search.submit)),
        None => ("/customers".to_owned(), text!(lang, search.submit_open)),
    };
    let found = shows.found.clone().map(|found| {
        let case = shows.case.as_ref().map(|(case, _)| case.id);
        view! { <FoundView lang found case catalogue=shows.catalogue.clone()/> }
    });
    view! {
        <Problems lang form=form.clone() labels request=context.request/>
        <h1>{title(shows, lang)}</h1>
        {shows.case.clone().map(|(case, label)| view! { <section class="case" aria-label=text!(lang, case.case)><CaseFacts lang case label/></section> })}
        {found}
        <BudgetLeft lang left=shows.left.clone()/>
        <BankWide lang keys=shows.bank_wide.clone()/>
        <form class="query" method="post" action="/customers" autocomplete="off">
            {case_part(shows, context)}
            {key_part(shows, context)}
            <div class="actions">
                <button type="submit" class="primary">{submit}</button>
                <a class="button" href=reset>{text!(lang, search.reset)}</a>
                <p class="fine">{text!(lang, search.recorded)}</p>
            </div>
        </form>
        {shows
            .case
            .clone()
            .map(|(case, _)| {
                view! {
                    <div class="after">
                        <CloseCase lang case/>
                        <a href="/customers">{text!(lang, case.another)}</a>
                    </div>
                }
            })}
    }
    .into_any()
}

fn case_part(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    if let Some((case, _)) = &shows.case {
        return view! { <input type="hidden" name="case_id" value=case.id.to_string()/> }.into_any();
    }
    let purposes: Vec<_> =
        shows.purposes.iter().map(|(name, words)| (name.clone(), in_language(words, lang).to_owned())).collect();
    let identified = Identified::ALL.map(|way| (way.name().to_owned(), label(way, lang)));
    view! {
        <OpenCaseFields
            lang
            form=context.form.clone()
            purposes
            identified=identified.to_vec()
        />
    }
    .into_any()
}

fn key_part(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    let field = |key: &Key| {
        let label = in_language(&key.label, lang).to_owned();
        view! { <Field lang name=key.name.clone() label form=form.clone() input=key.input required=false/> }
    };
    let together = shows.together.iter().map(|set| {
        view! {
            <p class="or">{text!(lang, search.or)}</p>
            <div class="fields">{set.iter().map(field).collect_view()}</div>
        }
    });
    // what is wrong with the search as a whole, not with one of its keys
    let legend = text!(lang, search.who);
    let fault = form.fault("search").map(|fault| words::fault_about(lang, &legend, fault));
    let class = fault.as_ref().map(|_| "faulty");
    view! {
        <fieldset id=id_of("search") tabindex="-1" class=class>
            <legend>{legend}</legend>
            {fault.map(|words| view! { <p class="fault">{words}</p> })}
            <p class="or">{text!(lang, search.lead)}</p>
            <div class="fields">{shows.strong.iter().map(field).collect_view()}</div>
            {together.collect_view()}
        </fieldset>
    }
    .into_any()
}
