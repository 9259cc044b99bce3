use super::*;
use crate::catalogue::{Class, Kind};
use crate::normalise::normalise;
use proptest::prelude::*;

fn default_mask(kind: Kind, raw: &str) -> String {
    mask(kind.default_mask(Class::C2), &normalise(kind, raw).unwrap()).to_string()
}

#[test]
fn m6_each_kind_is_masked_as_the_standards_brief_says() {
    for (kind, raw, masked) in [
        (Kind::Pan, "4111 1111 1111 1111", "411111******1111"),
        (Kind::Pan, "6222020000000000000", "622202*********0000"),
        (Kind::Pan, "378282246310005", "***********0005"),
        (Kind::Pan, "4222222222222", "*********2222"),
        (Kind::AccountNo, "123456789012345", "***********2345"),
        (Kind::AccountNo, "123456789", "******789"),
        (Kind::AccountNo, "123456", "****56"),
        (Kind::AccountNo, "12345", "••••"),
        (Kind::IdCard, "11010519491231002x", "1****************X"),
        (Kind::IdCard, "110105491231002", "1****************X"),
        (Kind::IdCard, "810000199408230021", "*****************1"),
        (Kind::Passport, "E12345678", "E******78"),
        (Kind::Passport, "E1234567", "E******7"),
        (Kind::Passport, "E1234", "••••"),
        (Kind::Permit, "H12345678", "H******78"),
        (Kind::Permit, "H1234567802", "H******78**"),
        (Kind::Permit, "HA1234567", "HA*****67"),
        (Kind::OtherId, "A1234567", "A******7"),
        (Kind::OtherId, "A1234", "••••"),
        (Kind::Mobile, "0086 13812345678", "+86 138****5678"),
        (Kind::Mobile, "+852 91234567", "+852 ******67"),
        (Kind::Mobile, "+14155550123", "+1 ********23"),
        (Kind::Landline, "010-12345678", "010-******78"),
        (Kind::Landline, "0755-1234567-102", "0755-*****67-***"),
        (Kind::Landline, "400-123-4567", "400-*****67"),
        (Kind::Landline, "1234567", "*****67"),
        (Kind::PersonName, "王芳", "*芳"),
        (Kind::PersonName, "王小芳", "**芳"),
        (Kind::PersonName, "王", "*"),
        (Kind::PersonName, "欧阳娜", "**娜"),
        (Kind::PersonName, "欧阳娜娜", "***娜"),
        (Kind::PersonName, "阿卜杜拉·买买提", "****·**提"),
        (Kind::PersonName, "威廉·一", "**·*"),
        (Kind::PersonName, "王𠮷", "*𠮷"),
        (Kind::PersonName, "John Ronald Smith", "J*** R*** S***"),
        (Kind::PersonName, "Li Na", "* *"),
        (Kind::PersonName, "张Tom", "***"),
        (Kind::PersonName, "Jean·Paul", "J***·P***"),
        (Kind::Address, "广东省深圳市南山区科技园1号", "广东省深圳市****"),
        (Kind::Address, "广东深圳市南山区", "广东省深圳市****"),
        (Kind::Address, "北京市海淀区中关村大街1号", "北京市****"),
        (Kind::Address, "四川省凉山彝族自治州西昌市", "四川省凉山彝族自治州****"),
        (Kind::Address, "广东省天河区城市花园", "广东省****"),
        (Kind::Address, "浙江省菜市口大街", "浙江省****"),
        (Kind::Address, "浙江省门市部一楼", "浙江省****"),
        (Kind::Address, "深圳市南山区", "••••"),
        (Kind::Address, "10 Downing Street", "••••"),
        (Kind::Email, "zhangsan@qq.com", "z***@qq.com"),
        (Kind::Email, "zs@qq.com", "***@qq.com"),
        (Kind::Email, "me@zhangsan.com", "***@***.com"),
        (Kind::Email, "zhang@san@zhangsan.cn", "z***@***.cn"),
        (Kind::Amount, "1234.5", "••••"),
        (Kind::CardExpiry, "08/27", "**/**"),
        (Kind::Date, "1990-01-02", "••••"),
        (Kind::Text, "某某公司", "••••"),
        (Kind::Code, "0101", "••••"),
    ] {
        assert_eq!(default_mask(kind, raw), masked, "{kind:?} {raw}");
    }
}

#[test]
fn m6_a_stricter_rule_shows_less() {
    for (rule, text, masked) in [
        (MaskRule::NameStrict, "王芳", "**"),
        (MaskRule::NameStrict, "王小芳", "**芳"),
        (MaskRule::Last4, "4111111111111111", "************1111"),
        (MaskRule::Last2, "13812345678", "*********78"),
        (MaskRule::Hidden, "王芳", "••••"),
    ] {
        assert_eq!(mask_text(rule, text), masked);
    }
}

#[test]
fn m1_a_visible_field_is_printed_without_control_characters() {
    assert_eq!(mask_text(MaskRule::Visible, "01\u{7}01"), "0101");
}

#[test]
fn m3_what_cannot_be_parsed_is_hidden_whole() {
    for (rule, text) in [
        (MaskRule::Email, "no at sign"),
        (MaskRule::Address, "somewhere"),
        (MaskRule::Permit, "H1"),
        (MaskRule::Mobile, "123"),
        (MaskRule::Landline, "1-2-3-4-5"),
        (MaskRule::PersonName, "·"),
        (MaskRule::PersonName, ""),
    ] {
        assert_eq!(mask_text(rule, text), HIDDEN, "{rule:?} {text}");
    }
    assert_eq!(Masked::hidden().as_str(), HIDDEN);
}

#[test]
fn m4_a_card_expiry_shows_not_even_its_month() {
    assert_eq!(mask_text(MaskRule::CardExpiry, "08/27"), mask_text(MaskRule::CardExpiry, "12/31"));
}

#[test]
fn m5_one_value_has_one_mask() {
    for kind in [
        (Kind::Mobile, ["13812345678", "+86 138-1234-5678", "008613812345678"]),
        (Kind::IdCard, ["110105491231002", "11010519491231002x", "１１０１０５１９４９１２３１００２X"]),
        (Kind::PersonName, ["王 芳", "王芳", "王　芳"]),
        (Kind::Pan, ["4111111111111111", "4111-1111-1111-1111", "4111 1111 1111 1111"]),
    ] {
        let (kind, spellings) = kind;
        let [first, second, third] = spellings.map(|raw| default_mask(kind, raw));
        assert!(first == second && second == third, "{kind:?}");
    }
}

#[test]
fn m7_a_mask_is_known_when_seen() {
    for masked in ["*芳", "＊芳", "••••", "138****5678", "**/**", "●", "a •", "王•"] {
        assert!(looks_masked(masked), "{masked}");
    }
    for value in ["", "王芳", "阿卜杜拉•买买提", "阿卜杜拉·买买提", "+86 13812345678", "a@b.c", "3#楼"]
    {
        assert!(!looks_masked(value), "{value}");
    }
}

#[test]
fn m6_ten_thousand_characters_are_masked_too() {
    for text in ["王".repeat(10_000), "\u{301}".repeat(10_000), "a ".repeat(5_000), "\u{202E}\u{200D}".repeat(5_000)] {
        for rule in MaskRule::ALL.into_iter().filter(|&rule| rule != MaskRule::Visible) {
            assert!(shown(&mask_text(rule, &text)) <= at_most(rule, &text), "{rule:?}");
        }
    }
}

/// Characters of a mask that come from the value.
fn shown(mask: &str) -> usize {
    mask.graphemes(true).filter(|g| !matches!(*g, "*" | "•" | "·" | " " | "@" | "/" | "-" | "+" | ".")).count()
}

/// What the rule may show: fixed numbers, and for names, addresses and mail hosts what they are made of.
fn at_most(rule: MaskRule, text: &str) -> usize {
    let words = text.split([' ', '·']).count();
    match rule {
        MaskRule::Visible => usize::MAX,
        MaskRule::Hidden | MaskRule::CardExpiry => 0,
        MaskRule::PersonName | MaskRule::NameStrict => words.max(1),
        MaskRule::OtherId | MaskRule::IdCard | MaskRule::Last2 => 2,
        MaskRule::Passport => 3,
        MaskRule::Permit | MaskRule::AccountNo | MaskRule::Last4 => 4,
        MaskRule::Mobile => 9,
        MaskRule::Landline => 6,
        MaskRule::Pan => 10,
        MaskRule::Email => 1 + text.rsplit_once('@').map_or(0, |(_, host)| host.graphemes(true).count()),
        MaskRule::Address => 8 + 11,
    }
}

/// Texts that look like values, texts that look like attacks, and anything.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        "[\\s\\S]{0,30}",
        "\\PC{0,30}",
        "[\\u{4E00}-\\u{4FFF}· ]{0,12}",
        "[A-Za-z· .]{0,24}",
        "[0-9]{0,24}",
        "\\+?[0-9-]{0,18}",
        "[HM][A-Z]?[0-9]{0,11}",
        "[a-z.]{0,6}@(qq\\.com|[a-z@.]{0,9})",
        "(广东省|北京|新疆)[\\u{4E00}-\\u{4E20}市区州盟]{0,9}",
        "[\\u{200B}-\\u{200F}\\u{202A}-\\u{202E}\\u{300}-\\u{30F}\\u{5D0}-\\u{5EA}*•]{0,20}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn m6_a_mask_is_total_shows_no_more_than_its_rule_and_never_its_value(text in texts(), rule in 0..MaskRule::ALL.len()) {
        let rule = MaskRule::ALL[rule];
        let masked = mask_text(rule, &text);
        prop_assert!(!masked.chars().any(char::is_control));
        if rule != MaskRule::Visible {
            prop_assert!(looks_masked(&masked), "{masked}");
            prop_assert!(looks_masked(&text) || masked != text);
            prop_assert!(shown(&masked) <= at_most(rule, &text), "{masked}");
            let twice = mask_text(rule, &masked);
            prop_assert!(shown(&twice) <= shown(&masked), "{masked} {twice}");
        }
    }

    #[test]
    fn m7_a_mask_can_never_be_written_back(text in texts(), kind in 0..Kind::ALL.len(), into in 0..Kind::ALL.len()) {
        let (kind, into) = (Kind::ALL[kind], Kind::ALL[into]);
        if let Ok(value) = normalise(kind, &text) {
            for class in [Class::C1, Class::C2] {
                for rule in MaskRule::ALL {
                    if rule != MaskRule::Visible && kind.permits_mask(class, rule) {
                        prop_assert!(normalise(into, mask(rule, &value).as_str()).is_err());
                    }
                }
            }
        }
    }
}
