//! What work lacks, as whoever asks for readiness is told (O3).

use crate::office::TestOffice;
use backoffice::Lack;
use backoffice::store::Db;
use backoffice::vault::KeyKind;
use domain::clock::Span;

/// What is missing now: an answer is a second old at most.
async fn missing(house: &TestOffice) -> Vec<Lack> {
    house.wait(Span::seconds(1));
    house.office.missing().await
}

#[tokio::test]
async fn o3_nothing_is_missing_until_something_is_and_then_that_alone() {
    let house = TestOffice::empty().await;
    assert_eq!(missing(&house).await, []);
    for (kind, lack) in [
        (KeyKind::Vault, Lack::VaultKey),
        (KeyKind::Index, Lack::IndexKey),
        (KeyKind::Staff, Lack::StaffKey),
        (KeyKind::Log, Lack::LogKey),
    ] {
        house.take_key(kind);
        assert_eq!(missing(&house).await, [lack]);
        assert!(lack.leaves_masks());
        house.return_key(kind);
        assert_eq!(missing(&house).await, []);
    }
    house.wait(Span::minutes(-10));
    assert_eq!(missing(&house).await, [Lack::ClockBehind]);
}

#[tokio::test]
async fn o3_an_instance_whose_policy_is_not_in_force_says_so() {
    let house = TestOffice::empty().await;
    let neighbour = house.neighbour().await;
    let other = format!("{}\n// another\n", backoffice::policy::SHIPPED);
    neighbour.office.load_policy(&other).await.unwrap();
    assert_eq!(missing(&house).await, [Lack::Policy]);
    assert_eq!(missing(&neighbour).await, []);
    house.office.load_policy(&other).await.unwrap();
    assert_eq!(missing(&house).await, []);
}

#[tokio::test]
async fn o3_an_answer_is_kept_for_a_second_and_no_longer() {
    let house = TestOffice::empty().await;
    assert_eq!(missing(&house).await, []);
    house.take_key(KeyKind::Vault);
    assert_eq!(house.office.missing().await, []);
    assert_eq!(missing(&house).await, [Lack::VaultKey]);
}

#[tokio::test]
async fn o3_a_database_that_says_nothing_is_missing_and_keeps_nobody_waiting() {
    let house = TestOffice::empty().await;
    let Db::Sqlite(pool) = house.office.db() else { return };
    // Whoever holds all connections keeps others from asking; they would wait for ten seconds.
    let mut held = Vec::new();
    while let Some(one) = pool.try_acquire() {
        held.push(one);
    }
    for _ in held.len()..8 {
        held.push(pool.acquire().await.unwrap());
    }
    let asked = tokio::time::timeout(std::time::Duration::from_secs(8), missing(&house)).await;
    assert_eq!(asked.expect("an answer in time"), [Lack::Database]);
    drop(held);
    assert_eq!(missing(&house).await, []);
}
