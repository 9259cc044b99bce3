//! A token of an export finds its customer as any strong key does: in a case, of the branch, recorded, counted (E4, Q2–Q7).

use crate::customers::Customer;
use crate::office::TestOffice;
use crate::people::Person;
use backoffice::Settings;
use backoffice::store::statement::sql;
use domain::audit::event::{AuditEvent, Kind, OutcomeName};
use domain::budget::Limits;
use domain::code::Code;
use domain::desk::Found;
use domain::id::FieldName;
use domain::normalise::export_token;
use domain::search::EXPORT_TOKEN;

const TOKEN: &str = "tk_abcdefghijklmnopqrstuvwx27";
const ANOTHER: &str = "9000000000000003";

impl TestOffice {
    /// Keeps a token for a customer, as an export leaves it.
    async fn keep_token(&self, token: &str, customer: &Customer) {
        let field = FieldName::parse(EXPORT_TOKEN).unwrap();
        let digest = self.office.index().digest(&field, &export_token(token).unwrap()).unwrap();
        let insert = sql("INSERT INTO vault_index (field, digest, customer) VALUES ('export_token', $1, $2)");
        let insert = insert.bind(&digest.as_bytes()[..]).bind(&customer.id.as_bytes()[..]);
        insert.execute(&mut self.intruder().await).await.unwrap();
    }
}

#[tokio::test]
async fn e4_a_token_finds_its_customer_in_a_case_and_the_log_says_by_what_alone() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    house.keep_token(TOKEN, &customer).await;
    let case = seat.open("complaint").await;
    for typed in [TOKEN, " TK_ABCDEFGHIJKLMNOPQRSTUVWX27\t"] {
        let Found::Found { customers } = seat.search(case, EXPORT_TOKEN, typed).await.unwrap() else { panic!() };
        assert_eq!(customers.len(), 1);
        let event = house.last().await;
        assert_eq!((event.kind, event.details.outcome), (Kind::CustomerSearched, Some(OutcomeName::Found)));
        assert_eq!(event.details.key.as_ref().unwrap().as_str(), EXPORT_TOKEN);
        assert!(!String::from_utf8(event.encode().unwrap()).unwrap().contains("abcdefghijklmnopqrstuvwx27"));
        let handle = seat.find(case, &customer).await;
        assert_eq!(customers[0].id, handle, "the handle that any other key gives in this case");
    }
}

/// An event but for what is its own.
fn alike(mut event: AuditEvent) -> AuditEvent {
    event.id = domain::id::EventId::from_bytes([0; 16]);
    event.request = None;
    event
}

#[tokio::test]
async fn q6_a_token_of_nobody_of_another_branch_or_of_a_hidden_customer_looks_alike() {
    let (house, seat) = TestOffice::with_operator().await;
    let (elsewhere, hidden) = (Customer::number(2, "0102"), Customer::number(3, "0101"));
    for customer in [&elsewhere, &hidden] {
        house.keep(customer).await;
    }
    house.keep_token(TOKEN, &elsewhere).await;
    house.keep_token(ANOTHER, &hidden).await;
    house.meddle("UPDATE customer SET hidden = 1 WHERE branch = '0101'").await.unwrap();
    // A case that searches the whole bank by a full ID number does not by a token.
    for purpose in ["complaint", "aml"] {
        let case = seat.open(purpose).await;
        let mut seen = Vec::new();
        for token in ["9000000000000011", TOKEN, ANOTHER] {
            let found = seat.search(case, EXPORT_TOKEN, token).await.unwrap();
            let event = alike(house.last().await);
            assert_eq!((event.kind, event.details.outcome), (Kind::CustomerSearched, Some(OutcomeName::None)));
            seen.push((serde_json::to_string(&found).unwrap(), event.encode().unwrap()));
        }
        assert!(seen.iter().all(|one| one == &seen[0]), "{purpose}");
    }
    let other = house.seat(Person::operator_elsewhere()).await;
    let case = other.open("complaint").await;
    assert!(matches!(other.search(case, EXPORT_TOKEN, TOKEN).await.unwrap(), Found::Found { .. }));
}

#[tokio::test]
async fn q4_who_tries_tokens_spends_the_budget_of_misses_and_then_a_token_that_would_find_is_refused_too() {
    let mut budgets = Limits::NONE;
    budgets.person.misses_hour = 2;
    let house = TestOffice::with(Settings { budgets, ..Settings::default() }).await;
    let seat = house.seat(Person::operator()).await;
    let customer = house.customer().await;
    house.keep_token(TOKEN, &customer).await;
    let case = seat.open("complaint").await;
    for token in ["9000000000000011", "9000000000000029"] {
        seat.search(case, EXPORT_TOKEN, token).await.unwrap();
    }
    for token in [TOKEN, "9000000000000037"] {
        let refused = seat.search(case, EXPORT_TOKEN, token).await.unwrap_err();
        assert_eq!(refused.code(), Code::BudgetSpent);
        house.last_is_refusal(Kind::CustomerSearched, Code::BudgetSpent).await;
    }
}

#[tokio::test]
async fn q1_without_an_open_case_a_token_finds_nobody() {
    let (house, seat) = TestOffice::with_operator().await;
    let customer = house.customer().await;
    house.keep_token(TOKEN, &customer).await;
    let case = seat.open("complaint").await;
    seat.desk().await.close_case(case).await.unwrap();
    assert_eq!(seat.search(case, EXPORT_TOKEN, TOKEN).await.err(), Some(Code::CaseClosed.into()));
    let event = house.last_is_refusal(Kind::CustomerSearched, Code::CaseClosed).await;
    assert_eq!(event.details.key.unwrap().as_str(), EXPORT_TOKEN);
}
