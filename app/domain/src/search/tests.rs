use super::*;
use proptest::prelude::*;

fn search(pairs: &[(&str, &str)]) -> Result<GuardedSearch, SearchRefusal> {
    let pairs: Vec<(String, String)> = pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    GuardedSearch::parse(&Catalogue::shipped().unwrap(), &pairs)
}

#[track_caller]
fn refused(pairs: &[(&str, &str)], code: &str) {
    assert_eq!(search(pairs).map(|_| ()).unwrap_err().code(), code, "{pairs:?}");
}

#[track_caller]
fn finds(pairs: &[(&str, &str)], kind: &str, keys: &[&str], whole_bank: bool) {
    let search = search(pairs).map_err(|why| why.code()).unwrap();
    let found: Vec<&str> = search.keys().iter().map(|(_, value)| value.expose_to_vault()).collect();
    assert_eq!((search.kind_name(), &found[..], search.may_search_whole_bank()), (kind, keys, whole_bank));
}

const ID: &str = "11010519491231002X";

#[test]
fn q2_one_strong_key_is_a_search() {
    finds(&[("id_no", " 110105491231002 ")], "id_no", &[ID], true);
    finds(&[("mobile", "+86 138-1234-5678")], "mobile", &["13812345678"], false);
    finds(&[("card_no", "4111 1111 1111 1111")], "card_no", &["4111111111111111"], true);
    finds(&[("account_no", "6222 0200")], "account_no", &["62220200"], true);
    finds(&[("customer_no", "c-7f3a")], "customer_no", &["C-7F3A"], false);
    finds(&[("id_no", ID), ("mobile", ""), ("card_no", " \u{3000}\u{200B}")], "id_no", &[ID], true);
}

#[test]
fn q2_an_allowed_combination_is_a_search_in_any_order() {
    let keys = ["john smith", "1990-01-02", "0101"];
    for pairs in [
        [("name", "John SMITH"), ("birth_date", "19900102"), ("branch", "0101")],
        [("branch", "０１０１"), ("birth_date", "1990/1/2"), ("name", "john  smith")],
    ] {
        finds(&pairs, "name+birth_date+branch", &keys, false);
    }
}

#[test]
fn e4_a_token_of_an_export_is_one_strong_key_of_the_branch() {
    let token = "tk_abcdefghijklmnopqrstuvwx27";
    finds(&[("export_token", " TK_ABCDEFGHIJKLMNOPQRSTUVWX27 ")], "export_token", &[token], false);
    finds(&[("export_token", "9000 0000-0000 0003")], "export_token", &["9000000000000003"], false);
    finds(&[("export_token", "９００００"), ("id_no", "")], "export_token", &["90000"], false);
}

#[test]
fn q2_half_a_token_a_pattern_a_list_or_a_token_with_another_key_is_refused() {
    let whole = "tk_abcdefghijklmnopqrstuvwx27";
    for value in ["tk_*", "tk_abc_", "tk_%", "9000*", "9_00", "_k_", "tk_tk_", "全部"] {
        refused(&[("export_token", value)], "search_wildcard");
    }
    refused(&[("export_token", "90000,90001")], "search_list");
    refused(&[("export_token", " ")], "search_empty");
    refused(&[("export_token", whole), ("id_no", ID)], "search_key_weak");
    refused(&[("export_token", whole), ("export_token", whole)], "search_key_repeated");
    for (value, why) in [
        ("tk_abc", BadValue::WrongLength),
        ("9000", BadValue::WrongLength),
        ("tk_abcdefghijklmnopqrstuvwx21", BadValue::BadForm),
        ("abcdefghijklmnopqrstuvwx27", BadValue::BadForm),
        ("tk", BadValue::BadForm),
        ("9000••••0000", BadValue::LooksMasked),
    ] {
        let field = FieldName::parse(EXPORT_TOKEN).unwrap();
        let found = search(&[("export_token", value)]).map(|_| ());
        assert_eq!(found, Err(SearchRefusal::Malformed { field, why }), "{value}");
    }
}

#[test]
fn q2_an_empty_search_is_refused() {
    refused(&[], "search_empty");
    refused(&[("id_no", "")], "search_empty");
    refused(&[("id_no", "  "), ("name", "\u{200B}")], "search_empty");
}

#[test]
fn q2_a_pattern_prefix_range_or_all_is_refused() {
    for value in [
        "*",
        "1101*",
        "%",
        "1101%",
        "1101_",
        "1101?",
        "１１０１＊",
        "％",
        "1..9",
        "1~9",
        ">1",
        "all",
        "ALL",
        "全部",
        "^1",
        "1…",
    ] {
        refused(&[("id_no", value)], "search_wildcard");
    }
    for value in ["1101", "110105194912310", "尾号1234"] {
        refused(&[("id_no", value)], "key_malformed");
    }
    refused(&[("name", "王%"), ("birth_date", "1990-01-02"), ("branch", "0101")], "search_wildcard");
    refused(&[("name", "王芳"), ("birth_date", "1990-01-01~1990-12-31"), ("branch", "0101")], "search_wildcard");
    refused(&[("name", "王芳"), ("birth_date", "1990"), ("branch", "0101")], "key_malformed");
}

#[test]
fn q2_a_list_of_keys_is_refused() {
    for value in [
        "13812345678,13912345678",
        "13812345678;13912345678",
        "13812345678\n13912345678",
        "13812345678、13912345678",
        "13812345678，13912345678",
        "13812345678|13912345678",
    ] {
        refused(&[("mobile", value)], "search_list");
    }
    refused(&[("mobile", "13812345678 13912345678")], "key_malformed");
}

#[test]
fn q2_other_sets_of_keys_are_refused() {
    for pairs in [
        &[("name", "王芳")][..],
        &[("branch", "0101")],
        &[("name", "王芳"), ("birth_date", "1990-01-02")],
        &[("name", "王芳"), ("birth_date", "1990-01-02"), ("branch", "")],
        &[("name", "王芳"), ("birth_date", "1990-01-02"), ("branch", "0101"), ("opened_on", "2020-01-01")],
        &[("id_no", ID), ("mobile", "13812345678")],
        &[("id_no", ID), ("branch", "0101")],
        &[("address", "北京")],
        &[("balance", "1")],
        &[("passport_no", "E12345678")],
        &[("card_expiry", "08/27")],
    ] {
        refused(pairs, "search_key_weak");
    }
}

#[test]
fn q2_unknown_and_repeated_names_are_refused_even_if_blank() {
    for name in ["page", "sort", "limit", "offset", "all", "q", "", "ID_NO", "card_no_2", "id_no ", "密码"] {
        refused(&[("id_no", ID), (name, "")], "search_key_unknown");
    }
    refused(&[("id_no", ID), ("id_no", ID)], "search_key_repeated");
    refused(&[("id_no", ID), ("id_no", "")], "search_key_repeated");
}

#[test]
fn q2_a_malformed_key_names_its_field_and_the_reason() {
    for (name, value, why) in [
        ("id_no", "110105194912310021", BadValue::WrongCheckDigit),
        ("card_no", "4111111111111112", BadValue::WrongCheckDigit),
        ("mobile", "1381234567", BadValue::WrongLength),
        ("mobile", "••••", BadValue::LooksMasked),
    ] {
        let field = FieldName::parse(name).unwrap();
        assert_eq!(search(&[(name, value)]).map(|_| ()), Err(SearchRefusal::Malformed { field, why }));
    }
}

#[test]
fn q2_a_bank_may_search_by_mail_with_an_underscore() {
    let catalogue = crate::catalogue::SHIPPED.replace("kind = \"email\"\n", "kind = \"email\"\nkey = \"strong\"\n");
    let catalogue = Catalogue::parse(&catalogue).unwrap();
    let by = |value: &str| GuardedSearch::parse(&catalogue, &[("email".to_owned(), value.to_owned())]).map(|_| ());
    assert_eq!(by("zhang_san@qq.com"), Ok(()));
    assert_eq!(by("*@qq.com"), Err(SearchRefusal::Wildcard));
}

proptest! {
    #[test]
    fn q2_whatever_is_typed_a_search_has_one_strong_key_or_a_whole_combination(
        pairs in prop::collection::vec(
            (
                prop::sample::select(vec!["id_no", "mobile", "name", "birth_date", "branch", "customer_no", "address", "page", EXPORT_TOKEN]),
                prop::sample::select(vec!["", " ", "*", "%", "王芳", "1990-01-02", "0101", ID, "13812345678", "a,b", "C-1", "\u{202E}", "9000000000000003", "tk_abcdefghijklmnopqrstuvwx27"]),
            ),
            0..5,
        ),
    ) {
        if let Ok(search) = search(&pairs) {
            let combination = search.kind_name() == "name+birth_date+branch" && search.keys().len() == 3;
            let strong = ["id_no", "mobile", "customer_no", EXPORT_TOKEN].contains(&search.kind_name());
            let strong = strong && search.keys().len() == 1;
            prop_assert!(combination || strong);
        }
    }

    #[test]
    fn q2_parsing_is_total(name in "id_no|name|\\PC{0,9}", value in "\\PC{0,40}|[\\s\\S]{0,20}") {
        let _ = search(&[(&name, &value)]).map(|_| ());
    }
}
