use super::*;
use crate::audit::event::FactorName;
use crate::audit::fingerprint::Fingerprint;
use crate::catalogue::Catalogue;
use crate::clock::Timestamp;
use crate::code::{Code, Fault};
use crate::id::{BranchNo, CustomerId, ExportId, FieldName, PersonNo, PurposeName, RecipientId};

fn party(person: &str, unit: &str) -> Party {
    Party { person: PersonNo::parse(person).unwrap(), unit: BranchNo::parse(unit).unwrap() }
}

const DIGEST: ExportDigest = ExportDigest::from_bytes([7; 32]);
const NOW: Timestamp = Timestamp::from_millis(1_795_335_330_123);

fn vote(person: &str, unit: &str, approved: bool) -> Vote {
    Vote { by: party(person, unit), approved, digest: DIGEST }
}

fn submitted(votes: Vec<Vote>) -> Submitted {
    Submitted {
        requester: party("P1001", "0101"),
        digest: DIGEST,
        needed: 2,
        factor: FactorName::Totp,
        expires: NOW.plus(REQUEST_LIFE),
        votes,
    }
}

fn refusal(asked: &Submitted, vote: Vote) -> Option<Code> {
    asked.cast(vote, NOW, 0, 10).err()
}

#[test]
fn e2_nobody_decides_their_own_export_by_whichever_login() {
    assert_eq!(refusal(&submitted(vec![]), vote("P1001", "HQA", true)), Some(Code::OwnExport));
    assert_eq!(refusal(&submitted(vec![]), vote("P1001", "HQA", false)), Some(Code::OwnExport));
}

#[test]
fn e2_two_people_of_two_other_units_decide_each_once() {
    let one = submitted(vec![vote("P2001", "HQA", true)]);
    assert_eq!(refusal(&one, vote("P2001", "HQA", true)), Some(Code::AlreadyVoted));
    assert_eq!(refusal(&one, vote("P2003", "HQA", true)), Some(Code::SameUnit));
    assert_eq!(refusal(&one, vote("P2004", "0101", true)), Some(Code::SameUnit));
    assert_eq!(refusal(&one, vote("P2002", "HQB", true)), None);
    assert_eq!(one.approved(NOW).err(), Some(Code::ExportState));
    let both = submitted(vec![vote("P2001", "HQA", true), vote("P2002", "HQB", true)]);
    assert_eq!(refusal(&both, vote("P2009", "HQC", true)), Some(Code::ExportState));
    assert!(both.approved(NOW).is_ok());
}

#[test]
fn e2_one_rejection_ends_it() {
    let asked = submitted(vec![vote("P2001", "HQA", true), vote("P2002", "HQB", false)]);
    assert_eq!(refusal(&asked, vote("P2009", "HQC", true)), Some(Code::ExportState));
    assert_eq!(asked.approved(NOW).err(), Some(Code::ExportState));
}

#[test]
fn e2_votes_that_were_written_by_other_hands_are_counted_anew() {
    for wrong in [vote("P1001", "HQA", true), vote("P2002", "0101", true), vote("P2001", "HQB", true)] {
        let asked = submitted(vec![vote("P2001", "HQA", true), wrong]);
        assert_eq!(asked.approved(NOW).err(), Some(Code::ExportChanged));
    }
    let mut other = vote("P2002", "HQB", true);
    other.digest = ExportDigest::from_bytes([8; 32]);
    assert_eq!(submitted(vec![vote("P2001", "HQA", true), other]).approved(NOW).err(), Some(Code::ExportChanged));
}

#[test]
fn e3_a_vote_is_for_the_bytes_that_were_read() {
    let mut other = vote("P2001", "HQA", true);
    other.digest = ExportDigest::from_bytes([8; 32]);
    assert_eq!(refusal(&submitted(vec![]), other), Some(Code::ExportChanged));
}

#[test]
fn e2_what_waited_too_long_is_neither_voted_on_nor_run() {
    let mut old = submitted(vec![]);
    old.expires = NOW;
    assert_eq!(refusal(&old, vote("P2001", "HQA", true)), Some(Code::ExportExpired));
    let mut old = submitted(vec![vote("P2001", "HQA", true), vote("P2002", "HQB", true)]);
    old.expires = NOW;
    assert_eq!(old.approved(NOW).err(), Some(Code::ExportExpired));
}

#[test]
fn abuse_5_a_pair_that_decides_together_too_often_rotates_but_may_still_say_no() {
    let asked = submitted(vec![]);
    assert!(asked.cast(vote("P2001", "HQA", true), NOW, 9, 10).is_ok());
    assert_eq!(asked.cast(vote("P2001", "HQA", true), NOW, 10, 10).err(), Some(Code::PairTooOften));
    assert!(asked.cast(vote("P2001", "HQA", false), NOW, 10, 10).is_ok());
}

#[test]
fn e3_e6_only_what_was_approved_is_released_and_only_while_people_answer_for_it() {
    let approved = || submitted(vec![vote("P2001", "HQA", true), vote("P2002", "HQB", true)]).approved(NOW).unwrap();
    let rows = |last: u8| {
        let mut hasher = RowsHasher::default();
        hasher.push(CustomerId::from_bytes([1; 16]));
        hasher.push(CustomerId::from_bytes([last; 16]));
        hasher.finish()
    };
    let here = Standing { requester: true, approvers: true };
    assert_eq!(approved().release(DIGEST, rows(2), rows(2), here).unwrap().rows().count, 2);
    let other = ExportDigest::from_bytes([8; 32]);
    assert_eq!(approved().release(other, rows(2), rows(2), here).err(), Some(Code::ExportChanged));
    assert_eq!(approved().release(DIGEST, rows(2), rows(3), here).err(), Some(Code::ExportChanged));
    let gone = Standing { requester: false, approvers: true };
    assert_eq!(approved().release(DIGEST, rows(2), rows(2), gone).err(), Some(Code::RequesterGone));
    let gone = Standing { requester: true, approvers: false };
    assert_eq!(approved().release(DIGEST, rows(2), rows(2), gone).err(), Some(Code::ApproverGone));
}

fn chosen(fields: &[(&str, &str, &str)]) -> Vec<(FieldName, String, String)> {
    fields.iter().map(|(name, form, why)| (FieldName::parse(name).unwrap(), (*form).into(), (*why).into())).collect()
}

const WHY: &str = "the regulator's template asks for it";

#[test]
fn e4_fields_leave_as_the_catalogue_lets_them_and_c3_never() {
    let catalogue = Catalogue::shipped().unwrap();
    let ask = |fields: &[(&str, &str, &str)]| Asked::parse(&catalogue, &chosen(fields));
    let fault = |field: &str, code: &str| Err(vec![Fault::new(field, code)]);
    assert_eq!(ask(&[]), fault("fields", "none_chosen"));
    assert_eq!(ask(&[("shoe_size", "mask", WHY)]), fault("form_shoe_size", "unknown"));
    assert_eq!(ask(&[("card_expiry", "mask", WHY)]), fault("form_card_expiry", "never_exported"));
    assert_eq!(ask(&[("id_no", "plain", WHY)]), fault("form_id_no", "form_refused"));
    assert_eq!(ask(&[("id_no", "token", WHY)]), fault("form_id_no", "form_refused"));
    assert_eq!(ask(&[("id_no", "whole", WHY)]), fault("form_id_no", "form_refused"));
    assert_eq!(ask(&[("id_no", "mask", "aaaa")]), fault("why_id_no", "note_filler"));
    assert_eq!(ask(&[("id_no", "mask", "for 13800138000 to call")]), fault("why_id_no", "note_number"));
    assert_eq!(ask(&[("id_no", "mask", WHY), ("id_no", "mask", WHY)]), fault("fields", "repeated"));
    let both = ask(&[("card_expiry", "plain", WHY), ("id_no", "plain", WHY)]).unwrap_err();
    assert_eq!(both.len(), 2);
    let asked = ask(&[("card_no", "plain", WHY), ("name", "mask", WHY), ("gender", "plain", WHY)]).unwrap();
    let names: Vec<_> = asked.fields().iter().map(|one| one.field.as_str()).collect();
    assert_eq!(names, ["name", "gender", "card_no"]);
    assert_eq!(asked.weight(&catalogue), Weight::Opened);
    assert_eq!(asked.opened(&catalogue).map(|field| field.name.as_str()).collect::<Vec<_>>(), ["card_no"]);
    assert_eq!(ask(&[("card_no", "token", WHY)]).unwrap().weight(&catalogue), Weight::Masked);
    assert_eq!(ask(&[("gender", "plain", WHY)]).unwrap().weight(&catalogue), Weight::Visible);
}

#[test]
fn e2_c2_in_whatever_form_takes_two_approvers() {
    assert_eq!([Weight::Visible, Weight::Masked, Weight::Opened].map(Weight::votes), [1, 2, 2]);
}

#[test]
fn e1_a_window_is_ninety_two_days_at_most_and_of_the_calendar() {
    let day = |text: &str| Day::parse(text).unwrap();
    assert!(Window::new(day("2026-01-01"), day("2026-01-01")).is_ok());
    assert!(Window::new(day("2026-01-01"), day("2026-04-02")).is_ok());
    assert_eq!(Window::new(day("2026-01-01"), day("2026-04-03")), Err(BadWindow::TooLong));
    assert_eq!(Window::new(day("2026-01-02"), day("2026-01-01")), Err(BadWindow::Backwards));
    for bad in ["", "2026-02-30", "2026-1-01", "20260101", "2026-01-01T00:00", "*"] {
        assert_eq!(Day::parse(bad), None, "{bad}");
    }
}

#[test]
fn e1_caps_hold_for_one_request_and_for_thirty_days() {
    let caps = Caps { rows_month: 60_000, ..Caps::default() };
    assert_eq!(caps.permits(Weight::Opened, 1_000, 0), Ok(()));
    assert_eq!(caps.permits(Weight::Opened, 1_001, 0), Err(Code::RowCap));
    assert_eq!(caps.permits(Weight::Masked, 50_000, 10_000), Ok(()));
    assert_eq!(caps.permits(Weight::Masked, 50_000, 10_001), Err(Code::PeriodCap));
    assert_eq!(caps.permits(Weight::Visible, u64::MAX, u64::MAX), Err(Code::RowCap));
}

fn frozen() -> Frozen {
    let catalogue = Catalogue::shipped().unwrap();
    let window = Window::new(Day::parse("2026-01-01").unwrap(), Day::parse("2026-03-31").unwrap()).unwrap();
    Frozen {
        v: Frozen::VERSION,
        id: ExportId::from_bytes([1; 16]),
        created: NOW,
        person: PersonNo::parse("P1001").unwrap(),
        unit: BranchNo::parse("0101").unwrap(),
        selection: Selection::Opened { branch: BranchNo::parse("0101").unwrap(), window, product: None },
        rows: RowsHasher::default().finish(),
        fields: Asked::parse(&catalogue, &chosen(&[("name", "mask", WHY)])).unwrap(),
        votes: 2,
        purpose: PurposeName::parse("complaint").unwrap(),
        recipient: RecipientId::from_bytes([2; 16]),
        key: Fingerprint::from_bytes([3; 32]),
        intended_use: "quarterly report to the regulator".into(),
        basis: Basis::LegalDuty,
        impact_assessment: Some("PIA-2026-0007".into()),
        retention_days: 90,
        format: ExportFormat::Csv,
        policy: Fingerprint::from_bytes([4; 32]),
    }
}

#[test]
fn e3_a_frozen_request_has_one_spelling_and_every_part_of_it_counts() {
    let plain = frozen();
    let bytes = plain.encode();
    assert_eq!(Frozen::decode(&bytes), Some(plain.clone()));
    let spaced = String::from_utf8(bytes.clone()).unwrap().replace("\"v\":1", "\"v\": 1");
    assert_eq!(Frozen::decode(spaced.as_bytes()), None);
    let alterations: [fn(&mut Frozen); 15] = [
        |one| one.votes = 1,
        |one| one.id = ExportId::from_bytes([9; 16]),
        |one| one.created = NOW.plus(DRAFT_LIFE),
        |one| one.person = PersonNo::parse("P1002").unwrap(),
        |one| one.unit = BranchNo::parse("0102").unwrap(),
        |one| one.selection = Selection::Cases { cases: vec![] },
        |one| one.rows.count += 1,
        |one| one.purpose = PurposeName::parse("aml").unwrap(),
        |one| one.recipient = RecipientId::from_bytes([9; 16]),
        |one| one.key = Fingerprint::from_bytes([9; 32]),
        |one| one.intended_use.push('!'),
        |one| one.basis = Basis::Consent,
        |one| one.impact_assessment = None,
        |one| one.retention_days = 91,
        |one| one.format = ExportFormat::Xlsx,
    ];
    for alter in alterations {
        let mut altered = frozen();
        alter(&mut altered);
        assert_ne!(ExportDigest::of(&altered.encode()), ExportDigest::of(&bytes));
    }
    let short = ExportDigest::of(&bytes).short();
    assert!(ExportDigest::of(&bytes).to_string().starts_with(&short.replace(' ', "")), "{short}");
    assert_eq!(short.len(), 19);
}

#[test]
fn e3_rows_are_the_same_rows_in_the_same_number() {
    let of = |ids: &[u8]| {
        let mut hasher = RowsHasher::default();
        ids.iter().for_each(|id| hasher.push(CustomerId::from_bytes([*id; 16])));
        hasher.finish()
    };
    assert_eq!(of(&[1, 2]), of(&[1, 2]));
    assert_ne!(of(&[1, 2]), of(&[1, 3]));
    assert_ne!(of(&[1, 2]), of(&[1]));
    assert_ne!(of(&[1, 2]).digest, of(&[2, 1]).digest);
}

#[test]
fn e2_a_factor_is_bound_to_the_step_the_person_the_session_and_every_bit_of_the_request() {
    let person = PersonNo::parse("P1001").unwrap();
    let other = PersonNo::parse("P1002").unwrap();
    let lineage = crate::id::Lineage::from_bytes;
    let act = |operation, person, of: u8, export: u8, digest: u8| {
        ExportAct {
            operation,
            person,
            lineage: lineage([of; 16]),
            export: ExportId::from_bytes([export; 16]),
            digest: ExportDigest::from_bytes([digest; 32]),
        }
        .digest()
    };
    let vote = |approve, note| {
        DeciderAct {
            person: &person,
            lineage: lineage([1; 16]),
            export: ExportId::from_bytes([1; 16]),
            digest: ExportDigest::from_bytes([1; 32]),
            approve,
            note,
        }
        .digest()
    };
    let digests = [
        act("submit", &person, 1, 1, 1),
        act("generate", &person, 1, 1, 1),
        act("download", &person, 1, 1, 1),
        act("submit", &other, 1, 1, 1),
        act("submit", &person, 2, 1, 1),
        act("submit", &person, 1, 2, 1),
        act("submit", &person, 1, 1, 2),
        vote(true, "as agreed"),
        vote(false, "as agreed"),
        vote(true, "as agreed!"),
    ];
    for (i, a) in digests.iter().enumerate() {
        for (j, b) in digests.iter().enumerate() {
            assert_eq!(a == b, i == j, "{i} and {j}");
        }
    }
}
