//! Masks made anew: recorded first, by one catalogue, and nothing but masks comes out (M2, M5, V3).

use crate::customers::Customer;
use crate::office::TestOffice;
use backoffice::remask::{RemaskError, Remasked};
use backoffice::store::row::Row;
use backoffice::store::statement::sql;
use backoffice::vault::KeyKind;
use domain::audit::event::{Kind, SourceName};
use domain::code::Code;
use domain::desk::DeskError;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Masks by customer, as they are stored.
async fn stored(house: &TestOffice) -> BTreeMap<Vec<u8>, String> {
    let rows = sql("SELECT customer, masks FROM customer_mask").fetch_all(&mut house.intruder().await).await.unwrap();
    rows.iter().map(|row| (row.try_get(0).unwrap(), row.try_get(1).unwrap())).collect()
}

async fn house_of(customers: u32) -> Arc<TestOffice> {
    let house = TestOffice::empty().await;
    for n in 0..customers {
        house.keep(&Customer::number(n, "0101")).await;
    }
    house
}

async fn remask(house: &TestOffice) -> Result<Remasked, RemaskError> {
    house.office.remask(SourceName::parse("root"), |_, _| ()).await
}

/// Masks as an earlier rule would have made them.
const OLDER: &str = "UPDATE customer_mask SET masks = replace(masks, '****', '*9**') WHERE customer < x'70707070707070707070707000000002'";

#[tokio::test]
async fn m2_masks_of_an_older_rule_are_made_anew_and_the_others_stay_untouched() {
    let house = house_of(5).await;
    remask(&house).await.unwrap();
    let should = stored(&house).await;
    assert_eq!(should.len(), 5);
    house.meddle(OLDER).await.unwrap();
    assert_ne!(stored(&house).await, should);
    let before = house.size().await;
    let done = remask(&house).await.unwrap();
    assert_eq!(done, Remasked { changed: 2, unchanged: 3, unreadable: 0 });
    assert_eq!(stored(&house).await, should);
    let events = house.events().await;
    let kinds: Vec<Kind> = events[before..].iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [Kind::RemaskBegun, Kind::CustomersRemasked, Kind::RemaskEnded]);
    let end = &events[before + 2].details;
    assert_eq!((end.changed, end.unchanged, end.rejected), (Some(2), Some(3), Some(0)));
    assert_eq!(end.os_user, SourceName::parse("root"));
    assert!(events[before..].iter().all(|event| event.details.policy.is_some()));
    assert_eq!(remask(&house).await.unwrap(), Remasked { changed: 0, unchanged: 5, unreadable: 0 }, "again is safe");
    house.whole().await;
}

#[tokio::test]
async fn e1_an_older_database_gets_what_exports_choose_by() {
    let house = TestOffice::empty().await;
    for (n, day) in [(0, "2026-01-31"), (1, "2026-02-01"), (2, "2026-02-02")] {
        let mut customer = Customer::number(n, "0101");
        customer.values.push(("opened_on", 1, day.to_owned()));
        customer.values.push(("product", 1, "SAV".to_owned()));
        house.keep(&customer).await;
    }
    house.keep(&Customer::number(3, "0101")).await;
    remask(&house).await.unwrap();
    let masks = stored(&house).await;
    house
        .meddle("UPDATE customer SET opened_on = NULL, product = NULL WHERE id < x'70707070707070707070707000000002'")
        .await
        .unwrap();
    let done = remask(&house).await.unwrap();
    assert_eq!(done, Remasked { changed: 2, unchanged: 2, unreadable: 0 });
    let chosen = sql("SELECT opened_on, product FROM customer ORDER BY id");
    let rows = chosen.fetch_all(&mut house.intruder().await).await.unwrap();
    let text = |row: &Row, at: usize| row.try_get::<Option<String>>(at).unwrap();
    let rows: Vec<_> = rows.iter().map(|row| (text(row, 0), text(row, 1))).collect();
    let of = |day: &str| (Some(day.to_owned()), Some("SAV".to_owned()));
    assert_eq!(rows, [of("2026-01-31"), of("2026-02-01"), of("2026-02-02"), (None, None)]);
    assert_eq!(stored(&house).await, masks, "the masks are as they were");
    assert_eq!(remask(&house).await.unwrap(), Remasked { changed: 0, unchanged: 4, unreadable: 0 });
    house.whole().await;
}

#[tokio::test]
async fn l0_without_the_vault_key_or_a_signed_log_nothing_is_opened_and_the_try_is_recorded() {
    let house = house_of(3).await;
    house.meddle(OLDER).await.unwrap();
    let older = stored(&house).await;
    for (key, code) in [(KeyKind::Vault, Code::VaultKeyMissing), (KeyKind::Log, Code::LogKeyMissing)] {
        house.take_key(key);
        let refused = remask(&house).await.unwrap_err();
        assert!(matches!(refused, RemaskError::NotRecorded(DeskError::Refused(told)) if told == code), "{refused}");
        house.last_is_refusal(Kind::RemaskBegun, code).await;
        house.return_key(key);
    }
    assert_eq!(stored(&house).await, older);
}

#[tokio::test]
async fn m3_a_customer_who_cannot_be_opened_is_counted_and_keeps_the_old_masks() {
    let house = house_of(3).await;
    remask(&house).await.unwrap();
    house.meddle(OLDER).await.unwrap();
    let older = stored(&house).await;
    let sql = "UPDATE vault_customer SET sealed = CAST(sealed || x'00' AS BLOB) \
        WHERE customer = x'70707070707070707070707000000000'";
    house.meddle(sql).await.unwrap();
    let done = remask(&house).await.unwrap();
    assert_eq!(done.unreadable, 1, "{done:?}");
    assert_eq!(done.changed + done.unchanged, 2);
    let first = older.keys().next().unwrap();
    assert_eq!(stored(&house).await[first], older[first]);
}
