//! Samples are valid, nobody's, and the same for the same seed.

use super::*;
use domain::catalogue::Catalogue;
use domain::id::FieldName;
use domain::normalise::normalise;
use std::collections::HashSet;

fn rows(count: u64, seed: u64) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    write(count, seed, Columns::Catalogue, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    text.split_terminator("\r\n").map(|line| line.split(',').map(String::from).collect()).collect()
}

#[test]
fn every_sample_is_what_its_field_takes_check_digits_included() {
    let catalogue = Catalogue::shipped().unwrap();
    let rows = rows(3000, 7);
    let header = &rows[0];
    for row in &rows[1..] {
        assert_eq!(row.len(), header.len());
        for (name, cell) in header.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
            let stem = name.strip_suffix("_2").or(name.strip_suffix("_3")).unwrap_or(name);
            let field = catalogue.field(&FieldName::parse(stem).unwrap()).unwrap();
            let normal = normalise(field.kind, cell).unwrap_or_else(|bad| panic!("{name}: {bad}"));
            assert_eq!(normal.expose_to_vault(), cell, "{name}");
        }
    }
}

#[test]
fn no_sample_has_an_id_number_that_could_be_anyones_nor_two_the_same_key() {
    let rows = rows(20_000, 7);
    let column = |name: &str| rows[0].iter().position(|header| header == name).unwrap();
    let all = |names: &[&str]| -> Vec<&String> {
        let cells = names.iter().flat_map(|name| rows[1..].iter().map(|row| &row[column(name)]));
        cells.filter(|cell| !cell.is_empty()).collect()
    };
    assert!(all(&["id_no"]).iter().all(|id| id.starts_with("9901") || id.starts_with("9903")));
    for names in [
        &["customer_no"][..],
        &["id_no"],
        &["mobile", "mobile_2", "mobile_3"],
        &["card_no", "card_no_2", "card_no_3"],
        &["account_no", "account_no_2", "account_no_3"],
    ] {
        let cells = all(names);
        assert_eq!(cells.iter().collect::<HashSet<_>>().len(), cells.len(), "{names:?}");
    }
    assert!(all(&["card_no_3"]).len() > 500 && all(&["card_no_2"]).iter().any(|card| card.len() == 19));
}

#[test]
fn half_the_samples_are_of_each_branch_and_names_are_of_all_kinds() {
    let rows = rows(2000, 1);
    let column = |name: &str| rows[0].iter().position(|header| header == name).unwrap();
    let of = |branch: &str| rows[1..].iter().filter(|row| row[column("branch")] == branch).count();
    assert_eq!((of("0101"), of("0102")), (1000, 1000));
    let names: Vec<_> = rows[1..].iter().map(|row| &row[column("name")]).collect();
    assert!(names.iter().filter(|name| name.contains('·')).count() > 50);
    assert!(names.iter().filter(|name| name.is_ascii()).count() > 50);
}

#[test]
fn a_seed_and_a_place_make_one_customer_and_the_first_five_are_the_guests() {
    assert_eq!(rows(50, 1), rows(50, 1));
    assert_eq!(rows(50, 1)[..], rows(80, 1)[..51]);
    assert_ne!(rows(50, 1)[10], rows(50, 2)[10]);
    for (row, guest) in rows(9, 3)[1..].iter().zip(GUESTS) {
        assert_eq!([&row[0], &row[1], &row[2]], [guest.customer_no, guest.name, guest.id_no]);
        assert!(row.contains(&guest.mobile.to_owned()) && row.contains(&guest.card_no.to_owned()));
    }
    let mut out = Vec::new();
    write(6, 1, Columns::WithFlags, &mut out).unwrap();
    let flags: Vec<_> =
        String::from_utf8(out).unwrap().lines().map(|line| line.rsplit(',').next().unwrap().to_owned()).collect();
    assert_eq!(flags, ["flagged", "0", "0", "0", "0", "1", "0"]);
    assert!(write(MOST + 1, 1, Columns::Catalogue, &mut Vec::new()).is_err());
}

#[test]
fn samples_have_something_in_each_field_of_the_catalogue_and_often_nothing() {
    let catalogue = Catalogue::shipped().unwrap();
    let rows = rows(2000, 1);
    for field in catalogue.fields() {
        let at = rows[0].iter().position(|header| *header == field.name.as_str());
        let at = at.unwrap_or_else(|| panic!("{} has no column", field.name));
        let filled = rows[1..].iter().filter(|row| !row[at].is_empty()).count();
        assert!(filled > 20, "{}: {filled}", field.name);
    }
    let claims = rows[0].iter().position(|header| header == "claim_amount").unwrap();
    assert!(rows[1..].iter().filter(|row| row[claims].is_empty()).count() > 1000);
}

#[test]
fn a_samples_gender_is_what_its_id_number_says() {
    let rows = rows(500, 1);
    let column = |name: &str| rows[0].iter().position(|header| header == name).unwrap();
    let (id_no, gender) = (column("id_no"), column("gender"));
    for row in &rows[1..] {
        let odd = row[id_no].as_bytes()[16] % 2 == 1;
        assert_eq!(row[gender], if odd { "男" } else { "女" });
    }
}
