use super::*;
use crate::id::CustomerId;

fn event(kind: Kind) -> AuditEvent {
    AuditEvent {
        id: EventId::from_bytes([1; 16]),
        time: Timestamp::from_millis(1_795_335_330_123),
        kind,
        decision: Decision::Allowed,
        code: None,
        actor: None,
        request: None,
        endpoint: Endpoint::parse("/api/customers/reveal"),
        app: SourceName::parse("0.1.0").unwrap(),
        details: Details::default(),
    }
}

#[test]
fn a1_an_event_has_one_spelling() {
    let bytes = event(Kind::SignedOut).encode().unwrap();
    assert_eq!(bytes[0], VERSION);
    assert_eq!(
        std::str::from_utf8(&bytes[1..]).unwrap(),
        r#"{"id":"01010101-0101-0101-0101-010101010101","time":1795335330123,"kind":"signed_out","decision":"allowed","endpoint":"/api/customers/reveal","app":"0.1.0","details":{}}"#
    );
    assert_eq!(AuditEvent::decode(&bytes).unwrap(), event(Kind::SignedOut));
    let spaced = String::from_utf8(bytes.clone()).unwrap().replace("\"id\":", "\"id\": ");
    assert_eq!(AuditEvent::decode(spaced.as_bytes()), Err(BadEvent::Malformed));
    let mut other_version = bytes;
    other_version[0] = 2;
    assert_eq!(AuditEvent::decode(&other_version), Err(BadEvent::Malformed));
}

#[test]
fn a5_a_detail_that_its_kind_was_not_reviewed_for_has_no_bytes() {
    let mut wrong = event(Kind::SignedOut);
    wrong.details.customer = Some(CustomerId::from_bytes([7; 16]));
    assert_eq!(wrong.encode(), Err(BadEvent::Unreviewed(Slot::Customer)));
}

#[test]
fn a10_a_refusal_says_why_and_only_a_refusal_does() {
    let mut refused = event(Kind::SignedOut);
    refused.decision = Decision::Refused;
    assert_eq!(refused.encode(), Err(BadEvent::Undecided));
    refused.code = Some(Code::NotFound);
    assert!(refused.encode().is_ok());
    refused.decision = Decision::Allowed;
    assert_eq!(refused.encode(), Err(BadEvent::Undecided));
}
