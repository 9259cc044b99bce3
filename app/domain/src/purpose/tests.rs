use super::*;
use PurposesRule as Rule;

fn name(text: &str) -> PurposeName {
    PurposeName::parse(text).unwrap()
}

fn code(text: &str) -> ReasonCode {
    ReasonCode::parse(text).unwrap()
}

fn permits(purpose: &str, reason: &str, field: &str) -> Result<(), ReasonRefusal> {
    let catalogue = Catalogue::shipped().unwrap();
    let field = catalogue.field(&FieldName::parse(field).unwrap()).unwrap();
    Purposes::shipped().unwrap().permits(&name(purpose), &code(reason), field).map(|_| ())
}

/// The line of the shipped file on which `text` first stands.
fn line_of(text: &str) -> usize {
    1 + SHIPPED.lines().position(|line| line.contains(text)).unwrap()
}

#[track_caller]
fn refused(from: &str, to: &str, line: usize, rule: Rule) {
    assert!(SHIPPED.contains(from));
    let error = Purposes::parse(&SHIPPED.replacen(from, to, 1)).map(|_| ()).unwrap_err();
    assert_eq!((error.line, error.rule), (line, rule), "{from} -> {to}");
}

#[test]
fn q1_the_shipped_purposes_are_those_of_the_design_and_fit_the_catalogue() {
    let shipped = Purposes::shipped().unwrap();
    let names: Vec<&str> = shipped.purposes().iter().map(|purpose| purpose.name.as_str()).collect();
    assert_eq!(names, ["counter", "callback", "complaint", "fraud", "aml", "judicial", "data_fix", "dsar"]);
    for (purpose, reason) in [
        ("counter", "COUNTER_SERVICE"),
        ("callback", "CUST_CALLBACK"),
        ("complaint", "COMPLAINT"),
        ("fraud", "FRAUD_CASE"),
        ("aml", "AML_EDD"),
        ("judicial", "JUDICIAL"),
        ("data_fix", "DATA_FIX"),
        ("dsar", "DSAR"),
    ] {
        let purpose = shipped.get(&name(purpose)).unwrap();
        let codes: Vec<&str> = shipped.reasons_of(purpose).map(|reason| reason.code.as_str()).collect();
        assert_eq!(codes, [reason, "BREAK_GLASS"]);
    }
    assert_eq!(shipped.check(&Catalogue::shipped().unwrap()), Ok(()));
    assert_eq!(shipped.text_hash_source(), SHIPPED.as_bytes());
    for (reason, required) in [("JUDICIAL", true), ("BREAK_GLASS", true), ("DSAR", false)] {
        assert_eq!(shipped.reason(&code(reason)).unwrap().note_required, required);
    }
}

#[test]
fn q1_a_ticket_fits_its_purpose() {
    let shipped = Purposes::shipped().unwrap();
    let (counter, fraud) = (shipped.get(&name("counter")).unwrap(), shipped.get(&name("fraud")).unwrap());
    assert_eq!(TicketRef::parse(counter, " Q-20261122-7 ").unwrap().as_str(), "Q-20261122-7");
    assert!(TicketRef::parse(fraud, "FR-2026-0001").is_ok());
    for (purpose, text) in [(counter, "FR-2026-0001"), (fraud, "Q-20261122-7"), (fraud, ""), (fraud, "FR-2026-0001; x")]
    {
        assert_eq!(TicketRef::parse(purpose, text), Err(BadTicket), "{text}");
    }
}

#[test]
fn q1_identified_is_one_of_four_words() {
    for identified in Identified::ALL {
        assert_eq!(Identified::parse(identified.name()), Some(identified));
        assert_eq!(serde_json::to_value(identified).unwrap(), identified.name());
    }
    assert_eq!(Identified::parse("yes"), None);
}

#[test]
fn a_customer_at_the_counter_is_found_in_every_branch() {
    let shipped = Purposes::shipped().unwrap();
    for (purpose, identified, whole) in [
        ("counter", Identified::DocumentSeen, true),
        ("counter", Identified::QuestionsPassed, false),
        ("callback", Identified::DocumentSeen, false),
        ("judicial", Identified::NotApplicable, true),
    ] {
        assert_eq!(shipped.get(&name(purpose)).unwrap().searches_whole_bank(identified), whole, "{purpose}");
    }
}

#[test]
fn v2_a_reason_reaches_its_fields_and_no_other() {
    use ReasonRefusal::{FieldNotReached, NotOfThisPurpose};
    for (purpose, reason, field, expected) in [
        ("callback", "CUST_CALLBACK", "mobile", Ok(())),
        ("callback", "CUST_CALLBACK", "id_no", Err(FieldNotReached)),
        ("callback", "COMPLAINT", "mobile", Err(NotOfThisPurpose)),
        ("complaint", "COMPLAINT", "card_no", Ok(())),
        ("complaint", "COMPLAINT", "card_expiry", Err(FieldNotReached)),
        ("counter", "COUNTER_SERVICE", "card_expiry", Ok(())),
        ("counter", "COUNTER_SERVICE", "branch", Err(FieldNotReached)),
        ("nothing", "DSAR", "name", Err(NotOfThisPurpose)),
        ("dsar", "NOTHING", "name", Err(NotOfThisPurpose)),
    ] {
        assert_eq!(permits(purpose, reason, field), expected, "{purpose} {reason} {field}");
    }
}

#[test]
fn v6_break_glass_reaches_what_may_be_revealed_at_all() {
    assert_eq!(permits("callback", "BREAK_GLASS", "id_no"), Ok(()));
    assert_eq!(permits("callback", "BREAK_GLASS", "branch"), Err(ReasonRefusal::FieldNotReached));
}

#[test]
fn purposes_are_read_strictly_with_the_line_of_what_is_wrong() {
    let callback = line_of("\"callback\"");
    refused("name = \"callback\"", "name = \"counter\"", callback, Rule::Duplicate);
    refused("name = \"callback\"", "name = \"Callback\"", callback, Rule::File(Fault::BadName));
    refused(r"^Q-\d{8}-\d{1,4}$", r"^Q-\d+$", line_of("ticket = '^Q"), Rule::BadPattern);
    refused("[\"CUST_CALLBACK\"]", "[\"NOTHING\"]", line_of("[\"CUST_CALLBACK\"]"), Rule::UnknownReason);
    refused("[\"CUST_CALLBACK\"]", "[\"BREAK_GLASS\"]", line_of("[\"CUST_CALLBACK\"]"), Rule::BreakGlass);
    refused("[\"CUST_CALLBACK\"]", "[\"DSAR\", \"DSAR\"]", line_of("[\"CUST_CALLBACK\"]"), Rule::Duplicate);
    refused("[\"CUST_CALLBACK\"]", "[\"DSAR\"]", line_of("code = \"CUST_CALLBACK\"") - 1, Rule::IdleReason);
    refused(
        "code = \"CUST_CALLBACK\"",
        "code = \"COUNTER_SERVICE\"",
        line_of("code = \"CUST_CALLBACK\""),
        Rule::Duplicate,
    );
    refused("break_glass = true", "", 1, Rule::BreakGlass);
    refused(
        "note_required = true\nbreak_glass",
        "break_glass",
        line_of("code = \"BREAK_GLASS\"") - 1,
        Rule::BreakGlass,
    );
    refused(
        "bank_wide = \"always\"",
        "bank_wide = \"yes\"",
        line_of("bank_wide = \"always\""),
        Rule::File(Fault::UnknownWord),
    );
    refused("fields = \"any\"", "fields = \"all\"", line_of("fields = \"any\""), Rule::File(Fault::UnknownWord));
    refused("fields = \"any\"", "", line_of("code = \"COUNTER_SERVICE\"") - 1, Rule::File(Fault::MissingKey));
    refused(
        "fields = \"any\"",
        "colour = 1\nfields = \"any\"",
        line_of("fields = \"any\""),
        Rule::File(Fault::UnknownKey),
    );
    assert_eq!(Purposes::parse("").map(|_| ()).unwrap_err(), PurposesError { line: 1, rule: Rule::NoPurpose });
}

#[test]
fn purposes_and_catalogue_may_not_contradict_each_other() {
    let shipped = || (SHIPPED.to_owned(), crate::catalogue::SHIPPED.to_owned());
    let check = |(purposes, catalogue): (String, String)| {
        Purposes::parse(&purposes).unwrap().check(&Catalogue::parse(&catalogue).unwrap())
    };
    let callback = "fields = [\"name\", \"mobile\", \"landline\", \"email\"]";
    for (field, rule) in
        [("nothing", Rule::UnknownField), ("branch", Rule::FieldNotRevealable), ("id_no", Rule::FieldNotRevealable)]
    {
        let (purposes, catalogue) = shipped();
        let purposes = purposes
            .replace(callback, &format!("fields = [\"name\", \"{field}\", \"mobile\", \"landline\", \"email\"]"));
        assert_eq!(check((purposes, catalogue)), Err(PurposesError { line: line_of(callback), rule }));
    }
    let (purposes, catalogue) = shipped();
    let catalogue = catalogue.replacen("\"callback\"", "\"marketing\"", 1);
    assert_eq!(
        check((purposes.replacen(callback, "fields = [\"mobile\", \"landline\", \"email\"]", 1), catalogue)),
        Err(PurposesError { line: 0, rule: Rule::UnknownPurpose })
    );
    let (purposes, catalogue) = shipped();
    let purposes = purposes.replace(callback, "fields = [\"name\", \"mobile\", \"landline\"]");
    assert_eq!(check((purposes, catalogue)), Err(PurposesError { line: 0, rule: Rule::IdlePermission }));
}
