use super::*;
use CatalogueRule as Rule;

/// A sound field, by whose side a broken one stands.
const SOUND: &str = "[[field]]\nname = \"customer_no\"\nlabel = { zh = \"客户号\", en = \"Customer\" }\nkind = \"code\"\nclass = \"C1\"\nexport = \"plain\"\n";

/// A field of the given lines with name and label, beginning at line 7.
fn with(lines: &str) -> String {
    format!("{SOUND}[[field]]\nname = \"x\"\nlabel = {{ zh = \"某\", en = \"X\" }}\n{lines}\n")
}

#[track_caller]
fn refused(text: &str, line: usize, rule: Rule) {
    let error = Catalogue::parse(text).map(|_| ()).unwrap_err();
    assert_eq!((error.line, error.rule), (line, rule), "{text}");
}

fn name(text: &str) -> FieldName {
    FieldName::parse(text).unwrap()
}

#[test]
fn the_shipped_catalogue_holds_what_the_design_says() {
    let shipped = Catalogue::shipped().unwrap();
    let names: Vec<&str> = shipped.fields().iter().map(|field| field.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "customer_no",
            "name",
            "id_no",
            "passport_no",
            "permit_no",
            "other_id_no",
            "birth_date",
            "gender",
            "nationality",
            "ethnicity",
            "marital_status",
            "occupation",
            "mobile",
            "landline",
            "email",
            "address",
            "employer",
            "work_address",
            "card_no",
            "card_expiry",
            "account_no",
            "securities_account_no",
            "insurance_account_no",
            "payment_token",
            "login_name",
            "balance",
            "branch",
            "opened_on",
            "product",
            "credit_limit",
            "loan_balance",
            "annual_income",
            "real_estate_value",
            "vehicle_value",
            "tax_paid",
            "policy_amount",
            "claim_amount",
            "spouse_name",
            "spouse_id_no",
            "contact_name",
            "contact_mobile",
            "risk_level",
            "preference",
        ]
    );
    let strong: Vec<&str> =
        shipped.fields().iter().filter(|field| field.strong_key).map(|field| field.name.as_str()).collect();
    assert_eq!(strong, ["customer_no", "id_no", "mobile", "card_no", "account_no"]);
    assert_eq!(shipped.combinations(), [vec![name("name"), name("birth_date"), name("branch")]]);
    assert_eq!(shipped.export_window().unwrap().name, name("opened_on"));
    assert_eq!(shipped.export_product().unwrap().name, name("product"));
    assert_eq!(shipped.text_hash_source(), SHIPPED.as_bytes());
    let expiry = shipped.field(&name("card_expiry")).unwrap();
    assert_eq!(
        (expiry.class, expiry.export, expiry.step_up),
        (Class::C3, ExportRule::Never, Some(StepUpTier::ActAndPerson))
    );
    assert_eq!(expiry.pairs_with, Some(name("card_no")));
    assert!(shipped.field(&name("pin")).is_none());
}

#[test]
fn the_shipped_fields_stand_under_headings_and_each_has_class_and_mask_of_the_standard() {
    let shipped = Catalogue::shipped().unwrap();
    let headings: Vec<&str> =
        shipped.fields().iter().filter_map(|field| field.section.as_ref()).map(|label| label.en.as_str()).collect();
    let wanted = ["Identity", "Contact", "Cards and accounts", "Credit and means", "Family and contacts", "Tags"];
    assert_eq!(headings, wanted);
    assert!(shipped.fields()[0].section.is_some(), "no field stands before the first heading");
    for field in shipped.fields() {
        let hidden = field.mask == MaskRule::Hidden;
        match field.kind {
            Kind::Amount => assert!(hidden && field.class == Class::C2, "{}", field.name),
            Kind::Text if field.class == Class::C2 => assert!(hidden, "{}", field.name),
            _ => {}
        }
        assert_eq!(field.mask == MaskRule::Visible, field.class == Class::C1 && !hidden, "{}", field.name);
    }
    let ethnicity = shipped.field(&name("ethnicity")).unwrap();
    assert_eq!(
        (ethnicity.class, ethnicity.mask, ethnicity.step_up),
        (Class::C1, MaskRule::Hidden, Some(StepUpTier::Window))
    );
    assert!(!ethnicity.revealable_for(&PurposeName::parse("counter").unwrap()));
}

#[test]
fn a_section_begins_once_and_has_words_in_both_languages() {
    let begins = |words: &str| with(&format!("section = {words}\nkind = \"code\"\nclass = \"C1\"\nexport = \"plain\""));
    let heading = "{ zh = \"联系\", en = \"Contact\" }";
    let parsed = Catalogue::parse(&begins(heading)).unwrap();
    assert_eq!(parsed.fields()[0].section, None);
    assert_eq!(parsed.fields()[1].section.as_ref().unwrap().en, "Contact");
    refused(&begins("\"Contact\""), 10, Rule::File(Fault::WrongType));
    refused(&begins("{ zh = \"联系\" }"), 10, Rule::File(Fault::MissingKey));
    refused(&begins("{ zh = \"联系\", en = \" \" }"), 10, Rule::File(Fault::Empty));
    let again = begins(heading) + &begins(heading).replace(SOUND, "").replace("\"x\"", "\"y\"");
    refused(&again, 17, Rule::DuplicateSection);
}

#[test]
fn m3_an_unclassified_field_is_refused() {
    refused(&with("kind = \"code\"\nexport = \"plain\""), 7, Rule::NoClass);
}

#[test]
fn m4_c3_data_is_refused_by_name_kind_and_class() {
    for forbidden in ["pin", "cvv2", "track_2", "login_password", "fingerprint"] {
        refused(&with("").replace("\"x\"", &format!("\"{forbidden}\"")), 8, Rule::NeverStored);
    }
    for forbidden in ["pin", "password", "biometric", "cvn"] {
        refused(&with(&format!("kind = \"{forbidden}\"")), 10, Rule::NeverStored);
    }
    let c3 = "kind = \"text\"\nclass = \"C3\"\nexport = \"never\"\n";
    refused(&with(c3), 11, Rule::C3Stored);
    let error = Catalogue::parse(&with(&format!("{c3}reveal = [\"counter\"]\nstep_up = \"act\""))).unwrap_err();
    assert_eq!(error.to_string(), "line 13: a C3 field may not be revealable (M4)");
}

#[test]
fn m4_a_card_expiry_takes_two_people_and_never_leaves() {
    let expiry =
        "kind = \"card_expiry\"\nclass = \"C3\"\nexport = \"never\"\nreveal = [\"fraud\"]\nstep_up = \"act+person\"\n";
    assert!(Catalogue::parse(&with(expiry)).is_ok());
    refused(&with(&expiry.replace("never", "mask")), 12, Rule::C3Exported);
    refused(&with(&expiry.replace("act+person", "act")), 14, Rule::C3NeedsSecondPerson);
    refused(&with(&expiry.replace("C3", "C2")), 11, Rule::ClassTooLow);
    refused(&with(&format!("{expiry}copy = \"audited\"")), 15, Rule::CopyOfUnrevealed);
    refused(&with(&format!("{expiry}key = \"strong\"")), 15, Rule::WeakKey);
    for pair in ["customer_no", "nothing"] {
        refused(&with(&format!("{expiry}pairs_with = \"{pair}\"")), 15, Rule::BadPair);
    }
}

#[test]
fn v8_only_a_card_expiry_pairs_with_a_card() {
    let text = format!("{SHIPPED}pairs_with = \"card_no\"\n");
    refused(&text, SHIPPED.lines().count() + 1, Rule::BadPair);
}

#[test]
fn m6_a_mask_may_be_stricter_than_its_kinds_and_never_more_open() {
    let pan = |mask: &str| with(&format!("kind = \"pan\"\nclass = \"C2\"\nexport = \"token\"\nmask = \"{mask}\""));
    for mask in ["pan", "last4", "hidden"] {
        assert!(Catalogue::parse(&pan(mask)).is_ok(), "{mask}");
    }
    for mask in ["visible", "mobile", "person_name"] {
        refused(&pan(mask), 13, Rule::MaskTooOpen);
    }
    refused(&pan("none"), 13, Rule::File(Fault::UnknownWord));
    refused(&with("kind = \"code\"\nclass = \"C2\"\nexport = \"mask\"\nmask = \"visible\""), 13, Rule::MaskTooOpen);
}

#[test]
fn q2_only_what_names_one_person_is_a_key() {
    for kind in ["amount", "person_name", "address", "landline"] {
        let text = with(&format!("kind = \"{kind}\"\nclass = \"C2\"\nexport = \"mask\"\nkey = \"strong\""));
        refused(&text, 13, Rule::WeakKey);
    }
    refused(
        &with("kind = \"code\"\nclass = \"C1\"\nexport = \"plain\"\nkey = \"weak\""),
        13,
        Rule::File(Fault::UnknownWord),
    );
}

#[test]
fn q2_a_combination_is_three_fields_that_can_be_compared() {
    let combined = |names: &str| SHIPPED.replace("[[\"name\", \"birth_date\", \"branch\"]]", names);
    let line = 1 + SHIPPED.lines().position(|line| line.starts_with("combinations")).unwrap();
    for (names, rule) in [
        ("[[\"name\", \"birth_date\", \"nothing\"]]", Rule::CombinationUnknown),
        ("[[\"name\", \"birth_date\", \"balance\"]]", Rule::CombinationKind),
        ("[[\"name\", \"birth_date\", \"id_no\"]]", Rule::CombinationKind),
        ("[[\"name\", \"birth_date\"]]", Rule::CombinationTooWide),
        ("[[\"name\", \"name\", \"birth_date\"]]", Rule::CombinationTooWide),
        ("[[\"name\", \"name\", \"birth_date\", \"branch\"]]", Rule::CombinationTooWide),
        ("[[\"name\", \"branch\", \"opened_on\"]]", Rule::CombinationTooWide),
        ("[[\"name\",\"birth_date\",\"branch\"],[\"branch\",\"name\",\"birth_date\"]]", Rule::DuplicateCombination),
        ("[[]]", Rule::File(Fault::Empty)),
        ("[\"name\"]", Rule::File(Fault::WrongType)),
    ] {
        refused(&combined(names), line, rule);
    }
}

#[test]
fn e1_an_export_chooses_by_a_day_and_a_product_that_every_screen_shows() {
    let at = 1 + SHIPPED.lines().position(|line| line.starts_with("export_window")).unwrap();
    for (window, product, line, rule) in [
        ("birth_date", "product", at, Rule::BadExportWindow),
        ("branch", "product", at, Rule::BadExportWindow),
        ("nothing", "product", at, Rule::BadExportWindow),
        ("Opened", "product", at, Rule::File(Fault::BadName)),
        ("opened_on", "payment_token", at + 1, Rule::BadExportProduct),
        ("opened_on", "gender", at + 1, Rule::BadExportProduct),
        ("opened_on", "nothing", at + 1, Rule::BadExportProduct),
    ] {
        let text = SHIPPED.replace("export_window = \"opened_on\"", &format!("export_window = \"{window}\""));
        refused(&text.replace("export_product = \"product\"", &format!("export_product = \"{product}\"")), line, rule);
    }
    let hidden = with("kind = \"code\"\nclass = \"C1\"\nmask = \"hidden\"\nexport = \"mask\"");
    refused(&format!("export_product = \"x\"\n{hidden}"), 1, Rule::BadExportProduct);
    let left_out = Catalogue::parse(SOUND).unwrap();
    assert!(left_out.export_window().is_none() && left_out.export_product().is_none());
}

#[test]
fn v2_a_reveal_has_a_tier_that_fits_its_field() {
    let mobile = "kind = \"mobile\"\nclass = \"C2\"\nexport = \"mask\"\n";
    refused(&with(&format!("{mobile}reveal = [\"counter\"]")), 13, Rule::NoStepUp);
    refused(&with(&format!("{mobile}step_up = \"act\"")), 13, Rule::IdleStepUp);
    refused(&with(&format!("{mobile}reveal = false\nstep_up = \"act\"")), 14, Rule::IdleStepUp);
    refused(&with(&format!("{mobile}reveal = [\"counter\"]\nstep_up = \"window\"")), 14, Rule::StepUpTooWeak);
    refused(&with(&format!("{mobile}reveal = [\"aml\", \"aml\"]\nstep_up = \"act\"")), 13, Rule::DuplicatePurpose);
    refused(&with(&format!("{mobile}reveal = []")), 13, Rule::File(Fault::Empty));
    refused(&with(&format!("{mobile}copy = \"audited\"")), 13, Rule::CopyOfUnrevealed);
    let visible = "kind = \"code\"\nclass = \"C1\"\nexport = \"plain\"\nreveal = [\"counter\"]\nstep_up = \"window\"";
    refused(&with(visible), 13, Rule::VisibleRevealable);
}

#[test]
fn e4_cards_leave_as_tokens_and_nothing_unseen_leaves_in_clear() {
    let of = |kind: &str, export: &str| with(&format!("kind = \"{kind}\"\nclass = \"C2\"\nexport = \"{export}\""));
    refused(&of("pan", "plain"), 12, Rule::PlainNumberExported);
    refused(&of("mobile", "token"), 12, Rule::TokenOfOther);
    refused(&of("mobile", "plain"), 12, Rule::PlainButNeverRevealed);
    refused(&of("mobile", "always"), 12, Rule::File(Fault::UnknownWord));
}

#[test]
fn a_field_of_too_low_a_class_or_an_unknown_kind_is_refused() {
    refused(&with("kind = \"id_card\"\nclass = \"C1\"\nexport = \"mask\""), 11, Rule::ClassTooLow);
    refused(&with("kind = \"id_card\"\nclass = \"C4\"\nexport = \"mask\""), 11, Rule::File(Fault::UnknownWord));
    for kind in ["image", "media", "flows", "credit_report"] {
        refused(&with(&format!("kind = \"{kind}\"")), 10, Rule::UnsupportedKind);
    }
    refused(&with("kind = \"shoe_size\""), 10, Rule::UnknownKind);
}

#[test]
fn a_catalogue_is_read_strictly_with_the_line_of_what_is_wrong() {
    refused("", 1, Rule::NoField);
    refused(&format!("{SOUND}{SOUND}"), 8, Rule::DuplicateName);
    refused(&format!("{SOUND}colour = \"red\""), 7, Rule::File(Fault::UnknownKey));
    refused(&format!("extra = 1\n{SOUND}"), 1, Rule::File(Fault::UnknownKey));
    refused(&format!("{SOUND}class = \"C2\""), 7, Rule::File(Fault::Syntax));
    refused(&format!("{SOUND}many = \"yes\""), 7, Rule::File(Fault::WrongType));
    refused(&SOUND.replace("export = \"plain\"\n", ""), 1, Rule::File(Fault::MissingKey));
    refused(&SOUND.replace(", en = \"Customer\"", ""), 3, Rule::File(Fault::MissingKey));
    refused(&SOUND.replace("Customer", " "), 3, Rule::File(Fault::Empty));
    refused(&SOUND.replace("customer_no", "客户"), 2, Rule::File(Fault::BadName));
    for taken in ["case_id", "page", "card_no_2", "export_token"] {
        refused(&SOUND.replace("customer_no", taken), 2, Rule::ReservedName);
    }
}

#[test]
fn m4_a_column_of_authentication_data_is_known_by_its_name() {
    for header in [
        "pin",
        "PIN",
        "Pin",
        "card_pin",
        "cardPin",
        "ATM PIN",
        "pin_2",
        "CVV",
        "cvv2",
        "cvn",
        "CVN2",
        "CVC2",
        "track1",
        "Track 2",
        "track_data",
        "track",
        "password",
        "Login-Password",
        "passwd",
        "query_pwd",
        "fingerprint",
        "face",
        "face_id",
        "faceImage",
        "iris",
        "otp",
        "密码",
        "交易密码",
        "磁道2",
        "指纹",
        "人脸图像",
        "声纹",
        "ｐｉｎ",
        "短信验证码",
    ] {
        assert!(forbidden_column(header), "{header}");
    }
    for header in [
        "",
        "name",
        "id_no",
        "card_no",
        "card_no_2",
        "card_expiry",
        "shipping",
        "spinning",
        "interface",
        "surface",
        "passport_no",
        "opened_on",
        "compass",
        "有效期",
        "姓名",
        "tracking",
    ] {
        assert!(!forbidden_column(header), "{header}");
    }
    for field in Catalogue::shipped().unwrap().fields() {
        assert!(!forbidden_column(field.name.as_str()));
    }
}

proptest::proptest! {
    #[test]
    fn a_catalogue_is_read_or_refused_whatever_it_is(text in "\\PC{0,200}|(\\[\\[field\\]\\]\n)?([a-z_]{1,8} = (\"[a-zC1-3]{0,9}\"|\\[\"x\"\\]|1|true)\n){0,9}") {
        let _ = Catalogue::parse(&text).map(|_| ());
        let _ = forbidden_column(&text);
    }
}
