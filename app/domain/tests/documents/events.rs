//! `docs/events.md` is made here. A new kind or detail fails this test until someone has read what it will
//! say about a customer for ever, and put the new text in place (A5).

use domain::audit::event::{
    ActorStamp, AuditEvent, Decision, Details, Endpoint, Kind, PersonName, Slot, SourceName, VERSION,
};
use domain::clock::Timestamp;
use domain::code::Code;
use domain::id::{BranchNo, EventId, Lineage, PersonNo, RequestId, StaffId, StaffNo};
use domain::role::Role;
use std::fmt::Write;

/// Members that every event may have, in their order.
const EVENT: [(&str, &str); 10] = [
    ("id", "The event's own id, a UUIDv7."),
    ("time", "When, by the server's clock: UTC, milliseconds. Order is the sequence number, not this."),
    ("kind", "What happened: one of the kinds below."),
    ("decision", "`allowed` or `refused`."),
    ("code", "Why it was refused; there if and only if it was."),
    ("actor", "Who, if anyone was signed in."),
    ("request", "The request, as its answer's `x-request-id` names it."),
    ("endpoint", "The route, from the router's own list; never the address that was sent."),
    ("app", "Version of Grille."),
    ("details", "What the kind was reviewed to hold, and nothing else."),
];

/// Members of `actor`, as they were at that moment.
const ACTOR: [(&str, &str); 8] = [
    ("staff", "The login's internal id."),
    ("staff_no", "Its number."),
    ("person", "The person: duties are checked on the person, not the login."),
    ("name", "The name, as colleagues know it."),
    ("role", "The role."),
    ("unit", "The branch or department."),
    ("version", "Version of the staff record that was read."),
    ("lineage", "The session from sign-in to sign-out; never the cookie."),
];

/// What the types can hold. A type that is not here fails the test.
const TYPES: [(&str, &str); 48] = [
    ("BatchId", "a UUIDv7"),
    ("CaseId", "a UUIDv7"),
    ("CustomerId", "a UUIDv7; it names a customer to the bank alone"),
    ("AlertName", "small letters, digits, `_` and `.`; 64 bytes at most"),
    ("AttemptName", "`copy`, `cut`, `select`, `print`, `drag`, `context_menu` or `screenshot_key`"),
    ("BranchNo", "a branch or department"),
    ("ChangeKind", "`invite`, `reinstate`, `move`, `reset_factor` or `reset_password`"),
    ("Decision", "`allowed` or `refused`"),
    ("DeviceTag", "sixteen hexadecimal digits"),
    ("EventId", "a UUIDv7"),
    ("FactorName", "`totp` or `passkey`"),
    ("Basis", "`consent`, `contract`, `legal_duty`, `emergency`, `published` or `other_law`"),
    ("Channel", "`export`, `log_bundle`, `backup` or `browser`"),
    ("CheckId", "a UUIDv7"),
    ("EndingName", "`downloaded`, `expired`, `withdrawn`, `failed`, `revoked` or `absent`"),
    ("ExportFormat", "`csv` or `xlsx`"),
    ("ExportId", "a UUIDv7"),
    ("RecipientId", "a UUIDv7"),
    ("RecipientKind", "`internal`, `group`, `third_party` or `authority`"),
    ("Vec<(FieldName, Form)>", "fields of the catalogue, each with `mask`, `token` or `plain`"),
    ("u16", "a whole number"),
    ("u32", "a whole number"),
    ("FieldName", "a field of the catalogue"),
    (
        "Fingerprint",
        "a SHA-256, 64 hexadecimal digits; of a policy, an act, a notice or a salted note, never of a value",
    ),
    ("Identified", "`document_seen`, `known_number_called_back`, `questions_passed` or `not_applicable`"),
    ("Item", "1 to 99"),
    ("Kind", "one of the kinds above"),
    ("KeyName", "names of catalogue fields, joined by `+`"),
    ("Lineage", "a UUIDv7; a session from sign-in to its end, never the cookie"),
    ("OutcomeName", "`found`, `none` or `too_many`"),
    ("PasskeyId", "a UUIDv7; a passkey's row, not its credential"),
    ("PersonNo", "a member of staff's HR number"),
    ("ProposalId", "a UUIDv7"),
    ("PurposeName", "a purpose of `purposes.toml`"),
    ("ReasonCode", "a reason of `purposes.toml`"),
    ("Role", "`operator`, `approver`, `supervisor`, `admin` or `auditor`"),
    ("SourceName", "letters, digits, `-`, `_`, `.`; 64 bytes at most"),
    ("StaffNo", "a staff number"),
    ("Timestamp", "UTC milliseconds since 1970"),
    ("TicketText", "a ticket that matched its purpose's pattern"),
    (
        "SsoName",
        "`vouched`, `state`, `replayed`, `denied`, `code`, `unreachable`, `malformed`, `algorithm`, `signature`, `issuer`, `audience`, `nonce`, `expired`, `auth_time`, `claim`, `unknown`, `suspended` or `locked`",
    ),
    ("VerdictName", "`whole` or `not_whole`"),
    ("Vec<CertifiedRight>", "at most 50, each `staff_no`, `role` and `unit`"),
    ("bool", "`true` or `false`"),
    ("i64", "a whole number"),
    ("std::net::IpAddr", "an IP address"),
    ("u64", "a whole number"),
    ("u8", "a whole number, 255 at most"),
];

const INTRODUCTION: &str = "\
# Events

*Made from `app/domain/src/audit/event.rs` by the test in `app/domain/tests/documents/events.rs`. Do not edit: change
the code, run the test, read the difference.*

This is everything that Grille's log can say. There is no member for a customer's value, for a digest of one, for a
secret or for free text, so none can get in: an event of a kind that holds a detail not listed for it has no bytes
(`a5_a_detail_that_its_kind_was_not_reviewed_for_has_no_bytes`).
";

/// An event with every member there is. A new member of either struct does not compile here until it is given,
/// and then fails the test until it is described above.
fn full() -> AuditEvent {
    AuditEvent {
        id: EventId::from_bytes([1; 16]),
        time: Timestamp::from_millis(0),
        kind: Kind::SignedOut,
        decision: Decision::Refused,
        code: Some(Code::NotFound),
        actor: Some(ActorStamp {
            staff: StaffId::from_bytes([2; 16]),
            staff_no: StaffNo::parse("op1001").unwrap(),
            person: PersonNo::parse("P-op1001").unwrap(),
            name: PersonName::parse("Lin Xiao").unwrap(),
            role: Role::Operator,
            unit: BranchNo::parse("0101").unwrap(),
            version: 1,
            lineage: Lineage::from_bytes([3; 16]),
        }),
        request: Some(RequestId::from_bytes([4; 16])),
        endpoint: Endpoint::parse("/api/sign_out"),
        app: SourceName::parse("0.1.0").unwrap(),
        details: Details::default(),
    }
}

/// Names of a JSON object's members in the order of its text.
fn members(object: &str) -> Vec<String> {
    let mut depth = 0;
    let mut names = Vec::new();
    for (at, c) in object.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ':' if depth == 1 && object[..at].ends_with('"') => {
                let name = object[..at - 1].rsplit('"').next().unwrap();
                names.push(name.to_owned());
            }
            _ => (),
        }
    }
    names
}

fn table(text: &mut String, head: &str, rows: impl IntoIterator<Item = (String, String)>) {
    let columns = head.matches('|').count() - 1;
    writeln!(text, "\n{head}\n|{}", " --- |".repeat(columns)).unwrap();
    for (first, rest) in rows {
        writeln!(text, "| `{first}` | {rest} |").unwrap();
    }
}

fn made() -> String {
    let own = |(name, about): &(&str, &str)| ((*name).to_owned(), (*about).to_owned());
    let mut text = INTRODUCTION.to_owned();
    writeln!(text, "\n## Every event\n\nThe bytes of a leaf are the version byte `{VERSION:02x}`, then JSON without white space, members in this").unwrap();
    writeln!(text, "order, absent ones left out. They are written once, hashed as they are, and verified as they lie.")
        .unwrap();
    table(&mut text, "| Member | Says |", EVENT.iter().map(own));
    writeln!(text, "\n## `actor`").unwrap();
    table(&mut text, "| Member | Says |", ACTOR.iter().map(own));
    writeln!(text, "\n## Kinds").unwrap();
    let kinds = Kind::ALL.iter().map(|kind| {
        let details: Vec<String> = kind.slots().iter().map(|slot| format!("`{}`", slot.as_str())).collect();
        (kind.as_str().to_owned(), format!("{} | {}", kind.about().trim(), details.join(", ")))
    });
    table(&mut text, "| Kind | Says | Details it may hold |", kinds);
    writeln!(text, "\n## Details").unwrap();
    let details = Slot::ALL.iter().map(|slot| {
        let form = TYPES.iter().find(|(name, _)| *name == slot.type_name());
        let form = form.unwrap_or_else(|| panic!("what can a {} hold? Say it in TYPES", slot.type_name())).1;
        (slot.as_str().to_owned(), format!("{} | {form}", slot.about().trim()))
    });
    table(&mut text, "| Detail | Says | Its form |", details);
    writeln!(
        text,
        "\n## Codes\n\nWhy something was refused: the same word in the log, and on the wire with its status."
    )
    .unwrap();
    let codes =
        Code::ALL.iter().map(|code| (code.as_str().to_owned(), format!("{} | {}", code.status(), code.about().trim())));
    table(&mut text, "| Code | Status | Says |", codes);
    text
}

#[test]
fn a5_every_member_of_an_event_is_described() {
    let json = String::from_utf8(full().encode().unwrap()[1..].to_vec()).unwrap();
    assert_eq!(members(&json), EVENT.map(|(name, _)| name));
    let actor = &json[json.find("\"actor\":").unwrap() + 8..];
    assert_eq!(members(&actor[..=actor.find('}').unwrap()]), ACTOR.map(|(name, _)| name));
}

#[test]
fn a5_docs_events_md_is_what_the_code_says() {
    let there = std::fs::read_to_string(crate::root().join("docs/events.md")).unwrap_or_default();
    let made = made();
    if there != made {
        let new = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("events.md");
        std::fs::write(&new, made).unwrap();
        panic!(
            "docs/events.md is not what the code says. Read the difference as an auditor would, and if every new word \
             may stand in the log for ever: cp {} docs/events.md",
            new.display()
        );
    }
}
