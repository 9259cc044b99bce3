//! One form that opens a case and searches; and what a search found.

use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::bank_wide::{self, BankWide};
use crate::ui::budget::BudgetLeft;
use crate::ui::case::{CaseFacts, CloseCase, OpenCaseFields, address_of_search};
use crate::ui::field::{Field, Input, id_of};
use crate::ui::found::FoundView;
use crate::ui::label::{in_language, label};
use crate::ui::problems::Problems;
use crate::ui::time::day;
use crate::words;
use domain::catalogue::{Catalogue, Kind, Label};
use domain::desk::{CaseView, Desk, DeskError, Draft, DraftPlace, Found, Left};
use domain::id::{CaseId, ResultId};
use domain::purpose::{Identified, Purpose};
use domain::search::EXPORT_TOKEN;
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    /// The open case to search in; without one the form opens one.
    case: Option<(CaseView, Option<Label>)>,
    /// What a search before the redirect found.
    found: Option<Found>,
    /// Open cases to go on in instead.
    open: Vec<(CaseView, Option<Label>)>,
    /// Purposes to choose from.
    purposes: Vec<Purpose>,
    /// A note that was typed and never sent.
    draft: Option<Draft>,
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
    let purposes = desk.purposes();
    let named = |case: CaseView| {
        let label = purposes.get(&case.purpose).map(|purpose| purpose.label.clone());
        (case, label)
    };
    let (open, draft) = match &case {
        Some(_) => (Vec::new(), None),
        // a draft that cannot be read is no reason not to open a case
        None => (desk.cases().await?, desk.draft(DraftPlace::CaseNote).await.unwrap_or_default()),
    };
    let catalogue = desk.catalogue();
    let key = |name: &domain::id::FieldName| {
        catalogue.field(name).map(|field| Key {
            name: field.name.to_string(),
            label: field.label.clone(),
            input: match field.kind {
                Kind::Date => Input::Date,
                Kind::Mobile | Kind::Pan | Kind::AccountNo => Input::Digits,
                _ => Input::Text,
            },
        })
    };
    let left = desk.budget_left(case.as_ref().map(|case| &case.purpose)).await?;
    let bank_wide = case.as_ref().map(|case| bank_wide::keys(case, purposes, catalogue)).unwrap_or_default();
    let mut strong: Vec<_> = catalogue.fields().iter().filter(|field| field.strong_key).collect();
    strong.sort_by_key(|field| asked_for(field.kind));
    let mut strong: Vec<_> = strong.iter().filter_map(|field| key(&field.name)).collect();
    strong.push(export_token());
    Ok(Shows {
        left,
        bank_wide,
        case: case.map(named),
        found: kept.map(|(_, found)| found),
        open: open.into_iter().map(named).collect(),
        purposes: purposes.purposes().to_vec(),
        draft,
        strong,
        together: catalogue.combinations().iter().map(|set| set.iter().filter_map(key).collect()).collect(),
        catalogue: catalogue.clone(),
    })
}

/// What a customer has at hand stands first, so that most searches take no Tab.
const fn asked_for(kind: Kind) -> u8 {
    match kind {
        Kind::IdCard => 0,
        Kind::Mobile => 1,
        Kind::Pan => 2,
        Kind::AccountNo => 3,
        _ => 4,
    }
}

/// What stands in a file that left the bank: no field of any catalogue, and last, since few ever need it (E4).
fn export_token() -> Key {
    let [zh, en] = [Lang::zh, Lang::en].map(|lang| text!(lang, search.export_token));
    Key { name: EXPORT_TOKEN.to_owned(), label: Label { zh, en }, input: Input::Text }
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
        {shows.case.clone().map(|(case, label)| view! {
            <section class="case" aria-label=text!(lang, case.case)>
                <CaseFacts lang case=case.clone() label/>
                <CloseCase lang case/>
            </section>
        })}
        {go_on(shows, context)}
        {found}
        <BudgetLeft lang left=shows.left.clone()/>
        <BankWide lang keys=shows.bank_wide.clone()/>
        <form class="query" method="post" action="/customers" autocomplete="off">
            <input type="hidden" name="once" value=context.request.to_string()/>
            {case_part(shows, context)}
            {key_part(shows, context)}
            <div class="actions">
                <button type="submit" class="primary">{submit}</button>
                <a class="button" href=reset>{text!(lang, search.reset)}</a>
                <p class="fine">{text!(lang, search.recorded)}</p>
            </div>
        </form>
        {shows.case.is_some().then(|| view! {
            <div class="after"><a href="/customers">{text!(lang, case.another)}</a></div>
        })}
    }
    .into_any()
}

/// Open cases, of which one may be the right one.
fn go_on(shows: &Shows, context: &PageContext) -> Option<AnyView> {
    let lang = context.lang;
    let cases = shows.open.iter().map(|(case, label)| {
        let purpose = label.as_ref().map(|label| in_language(label, lang).to_owned());
        let address = match case.customer {
            Some(customer) => format!("/customers/{customer}?case={}", case.id),
            None => address_of_search(case.id),
        };
        view! { <li><a href=address><code>{case.ticket.clone()}</code> " " {purpose}</a></li> }
    });
    let list = || {
        view! {
            <nav class="go-on" aria-labelledby="go-on">
                <h2 id="go-on">{text!(lang, case.go_on)}</h2>
                <ul>{cases.collect_view()}</ul>
            </nav>
        }
        .into_any()
    };
    (!shows.open.is_empty()).then(list)
}

fn case_part(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    if let Some((case, _)) = &shows.case {
        return view! { <input type="hidden" name="case_id" value=case.id.to_string()/> }.into_any();
    }
    let options = |purpose: &Purpose| (purpose.name.to_string(), in_language(&purpose.label, lang).to_owned());
    let identified = Identified::ALL.map(|way| (way.name().to_owned(), label(way, lang)));
    let today = day(context.now);
    let ticket = |purpose: &Purpose| text!(lang, case.purpose_ticket, example = purpose.ticket_example(today));
    let any = shows.purposes.first().map(|purpose| purpose.ticket_example(today)).unwrap_or_default();
    let tickets = std::iter::once(text!(lang, case.ticket_any, example = any)).chain(shows.purposes.iter().map(ticket));
    let mut form = context.form.clone();
    let restored = shows.draft.as_ref().filter(|_| !form.values.contains_key("note"));
    if let Some(draft) = restored {
        form.values.insert("note".to_owned(), draft.as_str().to_owned());
    }
    view! {
        <OpenCaseFields
            lang
            form
            purposes=shows.purposes.iter().map(options).collect()
            identified=identified.to_vec()
            tickets=tickets.collect()
            restored=restored.is_some()
        />
    }
    .into_any()
}

fn key_part(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    // inside a case nothing else is asked
    let begin = shows.case.is_some() && shows.found.is_none() && !form.refused();
    let field = |key: &Key, first: bool| {
        let label = in_language(&key.label, lang).to_owned();
        view! { <Field lang name=key.name.clone() label form=form.clone() input=key.input required=false first/> }
    };
    let together = shows.together.iter().map(|set| {
        view! {
            <p class="or">{text!(lang, search.together)}</p>
            <div class="fields">{set.iter().map(|key| field(key, false)).collect_view()}</div>
        }
    });
    let strong = shows.strong.iter().enumerate().map(|(at, key)| field(key, begin && at == 0));
    // what is wrong with the search as a whole, not with one of its keys
    let legend = text!(lang, search.who);
    let fault = form.fault("search").map(|fault| words::fault_about(lang, &legend, fault));
    let class = fault.as_ref().map(|_| "faulty");
    view! {
        <fieldset id=id_of("search") tabindex="-1" class=class>
            <legend>{legend}</legend>
            {fault.map(|words| view! { <p class="fault">{words}</p> })}
            <p class="or">{text!(lang, search.any_one)}</p>
            <div class="fields keys">{strong.collect_view()}</div>
            {together.collect_view()}
        </fieldset>
    }
    .into_any()
}
