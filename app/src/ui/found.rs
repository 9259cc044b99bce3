//! What a search found.

use super::label::in_language;
use super::masked::MaskedValue;
use crate::lang::{Lang, text};
use domain::catalogue::{Catalogue, Field, Kind};
use domain::desk::{CustomerView, Found};
use domain::id::CaseId;
use domain::mask::Masked;
use leptos::prelude::*;

/// Kinds by which one tells two customers apart; a row shows these, the card shows the rest.
const TELLING: [Kind; 5] = [Kind::PersonName, Kind::IdCard, Kind::Mobile, Kind::Date, Kind::Pan];
/// Columns that fit a teller's screen.
const COLUMNS: usize = 5;

/// Rows, or why there are none.
#[component]
pub fn FoundView(lang: Lang, found: Found, case: Option<CaseId>, catalogue: Catalogue) -> impl IntoView {
    let one = matches!(&found, Found::Found { customers } if customers.len() == 1);
    let content = match found {
        Found::Found { customers } => rows(lang, &customers, case, &catalogue),
        Found::None { .. } => empty(text!(lang, search.none_title), text!(lang, search.none)),
        Found::TooMany { .. } => empty(text!(lang, search.too_many_title), text!(lang, search.too_many)),
    };
    view! {
        <section class="results" aria-labelledby="results" tabindex="-1" autofocus=!one>
            <h2 id="results" class="visually-hidden">{text!(lang, search.results)}</h2>
            {content}
        </section>
    }
}

fn empty(title: String, words: String) -> AnyView {
    view! { <div class="empty"><h3>{title}</h3><p>{words}</p></div> }.into_any()
}

fn rows(lang: Lang, customers: &[CustomerView], case: Option<CaseId>, catalogue: &Catalogue) -> AnyView {
    let columns: Vec<&Field> =
        catalogue.fields().iter().filter(|field| TELLING.contains(&field.kind)).take(COLUMNS).collect();
    let head = columns.iter().map(|field| view! { <th scope="col">{in_language(&field.label, lang).to_owned()}</th> });
    // the way to the only one is one key: its link has the focus
    let one = customers.len() == 1;
    let rows = customers.iter().map(|customer| {
        let cells = columns
            .iter()
            .map(|field| view! { <td>{mask(customer, field).map(|mask| view! { <MaskedValue mask/> })}</td> });
        let name = columns
            .iter()
            .find(|field| field.kind == Kind::PersonName)
            .and_then(|field| mask(customer, field))
            .map(|mask| mask.as_str().to_owned())
            .unwrap_or_default();
        let address = match case {
            Some(case) => format!("/customers/{}?case={case}", customer.id),
            None => format!("/customers/{}", customer.id),
        };
        view! {
            <tr>
                {cells.collect_view()}
                <td class="open">
                    <a class="primary" href=address autofocus=one aria-describedby="found" aria-label=text!(lang, search.open_card_named, name = name)>
                        {text!(lang, search.open_card)}
                    </a>
                </td>
            </tr>
        }
    });
    view! {
        <p class="count" id="found">{text!(lang, search.found, count = customers.len())}</p>
        <table>
            <thead><tr>{head.collect_view()}<td></td></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// The first item's.
fn mask(customer: &CustomerView, field: &Field) -> Option<Masked> {
    customer.fields.iter().find(|item| item.field == field.name).map(|item| item.mask.clone())
}
