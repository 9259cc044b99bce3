//! What work lacks, as whoever asks for readiness is told, and what whoever watches the process is (O3).

use crate::filled::Fill;
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
    let Db::Sqlite(readers) = house.office.db() else { return };
    // Whoever holds all connections keeps others from asking; they would wait for ten seconds.
    let mut held = Vec::new();
    for _ in 0..8 {
        held.push(readers.take().await.unwrap());
    }
    let asked = tokio::time::timeout(std::time::Duration::from_secs(8), missing(&house)).await;
    assert_eq!(asked.expect("an answer in time"), [Lack::Database]);
    drop(held);
    assert_eq!(missing(&house).await, []);
}

#[tokio::test]
async fn o3_whoever_reads_much_leaves_half_of_the_readers_to_those_who_read_little() {
    let house = TestOffice::empty().await;
    let Db::Sqlite(readers) = house.office.db() else { return };
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(readers.take_long().await.unwrap());
    }
    let moment = std::time::Duration::from_millis(50);
    assert!(tokio::time::timeout(moment, readers.take_long()).await.is_err(), "a fifth waits");
    let answered = tokio::time::timeout(std::time::Duration::from_secs(8), missing(&house)).await;
    assert_eq!(answered.expect("an answer in time"), []);
    held.pop();
    assert!(readers.take_long().await.is_ok());
}

#[tokio::test]
async fn o3_sizes_and_ages_are_told_and_what_is_not_known_is_no_number() {
    let (house, _seat) = TestOffice::with_operator().await;
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _here = metrics::set_default_local_recorder(&recorder);
    let told = |name: &str| {
        let text = handle.render();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned));
        line.unwrap_or_else(|| panic!("{name}: {text}"))
    };
    let size = house.size().await.to_string();
    house.wait(Span::seconds(90));
    house.office.take_vitals().await;
    assert_eq!(told("grille_log_entries"), size);
    assert_eq!(told("grille_sessions"), "1");
    assert_eq!(told("grille_exports{for=\"making\"}"), "0");
    assert_eq!(told("grille_exports{for=\"fetching\"}"), "0");
    assert_eq!(told("grille_checkpoint_age_seconds"), "90");
    assert_eq!(told("grille_verification_age_seconds"), "NaN");
    house.office.prove_log().await.unwrap();
    // What is written without the key is covered by no signature yet.
    house.take_key(KeyKind::Log);
    house.wait(Span::minutes(20));
    house.office.ledger().act(Fill(1)).await.unwrap_err();
    house.office.take_vitals().await;
    assert_eq!(told("grille_verification_age_seconds"), "1200");
    assert_eq!(told("grille_verification_whole"), "1");
    assert_eq!(told("grille_checkpoint_age_seconds"), "1200");
    assert_eq!(told("grille_sessions"), "0", "idle for longer than sessions are");
}
