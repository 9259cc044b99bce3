use super::*;
use proptest::prelude::*;

const TICKET: &str = "CS-2026-00012345";

fn parse(text: &str) -> Result<String, BadNote> {
    Note::parse(text, TICKET, &[]).map(|note| note.as_str().to_owned())
}

#[track_caller]
fn candidates(text: &str) -> Vec<String> {
    let note = Note::parse(text, TICKET, &[]).map_err(|why| why.code()).unwrap();
    note.name_candidates().iter().map(|name| name.expose_to_vault().to_owned()).collect()
}

#[test]
fn v2n_a_note_that_says_something_is_taken_as_written() {
    for note in [
        "客户来电核实转账失败原因",
        "核实挂失申请人身份",
        "Customer reports a lost card, checking the delivery address",
        "第一行说明来意\n第二行说明经过",
        "工单 CS-2026-00012345 转来，客户要求更正手机号码",
        "工单00012345转来，客户要求更正手机号码",
        "来电时间 14:30，等候 3 次，共 12345 元",
        "  前后空格不算正文  ",
    ] {
        assert_eq!(parse(note).as_deref(), Ok(note.trim()), "{note}");
    }
    assert_eq!(parse("第一行说明\r\n第二行经过").as_deref(), Ok("第一行说明\n第二行经过"));
}

#[test]
fn v2n_a_note_has_four_to_five_hundred_characters_and_no_control_characters() {
    let sentence = "客户来电核实转账失败原因。";
    for (note, why) in [
        ("", BadNote::TooShort),
        ("  a b ", BadNote::TooShort),
        ("核实中", BadNote::TooShort),
        ("\u{FDFA}", BadNote::TooShort),
        ("\u{200B}\u{200B}\u{200B}核实\u{200B}", BadNote::TooShort),
        (&sentence.repeat(39), BadNote::TooLong),
        (&" ".repeat(9000), BadNote::TooLong),
        ("客户来电\t核实转账", BadNote::ControlCharacter),
        ("客户来电\u{1b}[2J核实", BadNote::ControlCharacter),
    ] {
        assert_eq!(parse(note), Err(why), "{note:?}");
    }
}

#[test]
fn v2n_filler_is_refused() {
    for note in [
        "....",
        "aaaa",
        "哈哈哈哈",
        "abababab",
        "客户客户客户",
        "工作需要",
        "工作需要。",
        "因工作需要",
        "业务需要查询",
        "ＡＡＡＡ",
        "work need",
        "needed for work",
        "business need",
        "test test",
        "Test, testing",
        "asdf asdf",
        "n/a n/a",
        "1234",
        "----!!",
        "查看客户信息",
        "核实核实核实",
        "核实中核实中",
        "工 作 需 要",
    ] {
        assert_eq!(parse(note), Err(BadNote::Filler), "{note}");
    }
}

#[test]
fn v2n_a_note_like_an_earlier_one_is_refused() {
    let earlier = "客户来电核实转账失败原因，工单 3 号";
    for note in [
        earlier,
        "客户来电核实转账失败原因，工单 7 号",
        "客户来电，核实转账失败原因 工单号",
        "客户来电核实转账失败原因，工单号码",
    ] {
        assert!(matches!(Note::parse(note, TICKET, &["别的", earlier]), Err(BadNote::Repeated)), "{note}");
    }
    for note in ["客户来电投诉短信未到", "核实转账失败"] {
        assert!(Note::parse(note, TICKET, &["别的", earlier]).is_ok(), "{note}");
    }
}

#[test]
fn v2n_six_digits_in_a_row_are_refused_however_written() {
    for note in [
        "客户手机13812345678请回电",
        "客户手机 138-1234-5678 请回电",
        "客户手机 138 1234 5678 请回电",
        "客户手机１３８１２３４５６７８请回电",
        "尾数 123456 的卡片丢失",
        "尾数 12 34 56 的卡片丢失",
        "尾数 12–34–56 的卡片丢失",
        "尾数一二三四五六的卡片丢失",
        "生日 1990-01-02 核实身份",
        "卡号 ١٢٣٤٥٦ 丢失补办",
        "尾数①②③④⑤⑥的卡片丢失",
        "工单 CS-2026-00012346 转来更正",
        "工单 CS-2026-00012345 1 转来更正",
    ] {
        assert_eq!(parse(note), Err(BadNote::Number), "{note}");
    }
    assert!(parse("尾数 12345 的卡片丢失").is_ok());
}

#[test]
fn v2n_an_email_is_refused() {
    for note in [
        "回复到 zhang@qq.com 即可",
        "回复到 zhang＠qq．com 即可",
        "回复到 zhang @ qq.com 即可",
        "回复到张三@例子.中国即可",
    ] {
        assert_eq!(parse(note), Err(BadNote::Email), "{note}");
    }
    assert!(parse("@ 前台同事转来的客户投诉").is_ok());
}

#[test]
fn v2n_a_name_in_a_note_is_among_its_candidates() {
    for (note, name) in [
        ("客户王芳来电核实转账", "王芳"),
        ("客户王 芳来电核实转账", "王芳"),
        ("客户王-芳来电核实转账", "王芳"),
        ("欧阳娜娜来电核实转账", "欧阳娜娜"),
        ("核实𠮷野家五来电内容", "𠮷野家"),
        ("客户阿卜杜拉·买买提来电投诉", "阿卜杜拉·买买提"),
        ("客户阿卜杜拉•买买提来电投诉", "阿卜杜拉·买买提"),
        ("Mr. John Ronald SMITH called about a card", "john ronald smith"),
        ("caller Smith, John asks for a new card", "john smith"),
        ("caller Jean-Paul asks for a new card", "jean-paul"),
        ("客户John Smith来电投诉短信", "john smith"),
        ("client O'Neil asks for a new card", "o'neil"),
    ] {
        assert!(candidates(note).iter().any(|candidate| candidate == name), "{note}: {:?}", candidates(note));
    }
}

#[test]
fn v2n_candidates_are_few_and_each_stands_once() {
    let han: String = (0..500).filter_map(|at| char::from_u32(0x4E10 + at * 7)).collect();
    let names = candidates(&han);
    assert_eq!(names.len(), 499 + 498 + 497 + 496);
    let dotted: String = han
        .chars()
        .enumerate()
        .flat_map(|(at, c)| [c].into_iter().chain((at % 4 == 0).then_some('·')))
        .take(500)
        .collect();
    assert!(candidates(&dotted).len() <= 4000);
    let mut names = candidates("客户王芳来电，王芳再次来电");
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn v2n_a_note_is_a_repetition_of_itself_whatever_folds_away_in_it() {
    for text in ["\u{3164}B\u{8a0} A", "\u{3164}\u{ffda}\u{13000}\u{ddf}\u{1f6f0}", "\u{3164}客户询问账单"] {
        if Note::parse(text, TICKET, &[]).is_ok() {
            assert_eq!(Note::parse(text, TICKET, &[text]).err(), Some(BadNote::Repeated), "{text:?}");
        }
    }
    assert!(Note::parse("\u{3164}客户询问账单", TICKET, &[]).is_ok());
}

proptest! {
    #[test]
    fn v2n_a_note_is_read_or_refused_whatever_it_is(text in "\\PC{0,80}|[\\s\\S]{0,40}|[王芳a-c·.@1-3 ]{0,60}", earlier in "\\PC{0,30}") {
        if let Ok(note) = Note::parse(&text, TICKET, &[&earlier]) {
            prop_assert!(note.as_str().chars().count() >= 4);
            prop_assert!(note.name_candidates().len() <= 4000);
            prop_assert!(Note::parse(&text, TICKET, &[note.as_str()]).is_err());
        }
    }
}
