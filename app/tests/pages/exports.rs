//! Exports as their pages show them.

use crate::desk::exports::{BY_PASSKEY, CONFIRMED, OVER, RESTING, SAME_UNIT, STATES, WAITING, in_state};
use crate::{context, page, seen, told_to_the_browser};
use app::lang::{ALL, Lang};
use app::page::Page;
use domain::code::{Code, Fault};
use domain::desk::ExportState;
use domain::role::Role;

async fn drawn(wanted: Page, role: Role, lang: Lang) -> String {
    let (status, html) = page(wanted.clone(), context(Some(role), lang)).await;
    assert_eq!(status, 200, "{wanted:?}");
    html
}

#[tokio::test]
async fn e2_each_state_of_a_request_has_the_one_form_that_moves_it_on() {
    for state in STATES {
        let html = drawn(Page::Export(in_state(state)), Role::Operator, Lang::en).await;
        let next = match state {
            ExportState::Draft => Some("/exports/submit"),
            ExportState::Approved => Some("/exports/generate"),
            ExportState::Generated => Some("/exports/download"),
            _ => None,
        };
        for action in ["/exports/submit", "/exports/generate", "/exports/download"] {
            assert_eq!(html.contains(&format!("action=\"{action}\"")), next == Some(action), "{state:?} {action}");
        }
        let live = !matches!(
            state,
            ExportState::Rejected
                | ExportState::Expired
                | ExportState::Withdrawn
                | ExportState::Failed
                | ExportState::Downloaded
                | ExportState::Destroyed
        );
        assert_eq!(html.contains("action=\"/exports/withdraw\""), live, "{state:?}");
        assert!(!html.contains("action=\"/exports/decide\""), "nobody votes on their own: {state:?}");
        let moving = matches!(state, ExportState::Queued | ExportState::Running);
        assert_eq!(html.contains("data-progress="), moving, "{state:?}");
    }
}

#[tokio::test]
async fn e3_one_sentence_and_the_digest_come_before_all_else() {
    for (lang, sentence) in [
        (
            Lang::en,
            "op1001 of 0101 asks to send 1,240 customers’ Name (masked), Mobile (masked), Card number (token) to",
        ),
        (Lang::zh, "0101 的 op1001 申请向某某&lt;监管&gt;局（监管、司法等有权机关）提供 1,240 位客户的姓名（脱敏）"),
    ] {
        let html = drawn(Page::Export(in_state(ExportState::Submitted)), Role::Approver, lang).await;
        let at = |words: &str| html.find(words).unwrap_or_else(|| panic!("{words}: {html}"));
        assert!(at(sentence) < at("class=\"big\"") && at("class=\"big\"") < at("id=\"facts\""));
        assert!(html.contains("138****5678") && html.contains("PIA-2026-0007") && html.contains("SAV-01"));
    }
}

#[tokio::test]
async fn e3_an_approver_finds_reject_chosen_the_digest_in_the_form_and_the_comparison_in_words() {
    let html = drawn(Page::Export(in_state(ExportState::Submitted)), Role::Approver, Lang::en).await;
    let radio = |value: &str| {
        let tag = html.split("<input").find(|tag| tag.contains(&format!("value=\"{value}\""))).unwrap();
        tag.split('>').next().unwrap().contains(" checked")
    };
    assert!(radio("reject") && !radio("approve"), "{html}");
    assert!(html.contains("name=\"digest\"") && html.contains("data-passkey-act=\"/api/exports/{decision}\""));
    for told in [
        "12 times the usual size",
        "Larger than any of them",
        "first one to this recipient",
        "Needs 2 approvals, each from another unit, none from 0101; has 1.",
        "4 min",
        "class=\"share tenths-10\"",
        "class=\"share tenths-5\"",
    ] {
        assert!(html.contains(told), "{told}: {html}");
    }
}

#[tokio::test]
async fn e2_whoever_may_not_vote_is_told_why_instead_of_a_form() {
    let html = drawn(Page::Export(SAME_UNIT), Role::Approver, Lang::en).await;
    assert!(!html.contains("action=\"/exports/decide\""), "{html}");
    let visible = seen(&html);
    assert!(visible.contains("You may not vote on this") && visible.contains("of another unit"), "{visible}");
}

#[tokio::test]
async fn e2_a_vote_that_was_refused_keeps_what_was_chosen_and_typed() {
    let mut again = context(Some(Role::Approver), Lang::en);
    again.form.values.insert("decision".into(), "approve".into());
    again.form.values.insert("note".into(), "as agreed".into());
    again.form.values.insert("code".into(), "123456".into());
    again.form.code = Some(Code::CodeWrong);
    let (status, html) = page(Page::Export(in_state(ExportState::Submitted)), again).await;
    assert_eq!(status, 403);
    let approve = html.split("<input").find(|tag| tag.contains("value=\"approve\"")).unwrap();
    assert!(approve.split('>').next().unwrap().contains(" checked") && html.contains("\nas agreed</textarea>"));
    assert!(!html.contains("123456"));
}

#[tokio::test]
async fn e5_a_file_is_fetched_by_the_other_kind_of_factor_and_the_page_offers_no_other() {
    let html = drawn(Page::Export(BY_PASSKEY), Role::Operator, Lang::en).await;
    assert!(html.contains("name=\"code\"") && !html.contains("data-passkey-act"), "{html}");
    let html = drawn(Page::Export(in_state(ExportState::Generated)), Role::Operator, Lang::en).await;
    assert!(!html.contains("name=\"code\""), "{html}");
    assert!(
        html.contains("data-passkey-act=\"/api/exports/download\"") && html.contains("name=\"challenge\" value=\"\"")
    );
    assert!(html.contains("A passkey needs JavaScript"));
}

#[tokio::test]
async fn e6_progress_is_plain_without_a_script_and_tells_the_browser_an_id_and_words() {
    for lang in ALL {
        let html = drawn(Page::Export(in_state(ExportState::Running)), Role::Operator, lang).await;
        assert!(html.contains("<progress max=\"1240\" value=\"310\""), "{html}");
        let noscript = html.split("data-progress=").nth(1).unwrap().split("<noscript>").nth(1).unwrap();
        assert!(noscript.starts_with("<p>"), "{noscript}");
        let told = told_to_the_browser(&html, "data-progress");
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("08080808-0808-0808-0808-080808080808"), "{told:?}");
        let status = told_to_the_browser(&html, "role=\"status\"");
        assert!(status.iter().any(|tag| tag.contains("{done}") && tag.contains("{rows}")), "{status:?}");
    }
    let html = drawn(Page::Export(in_state(ExportState::Failed)), Role::Operator, Lang::en).await;
    assert!(seen(&html).contains("no longer what was approved"), "{html}");
}

#[tokio::test]
async fn e4_what_never_leaves_has_no_control_and_every_other_field_its_permitted_forms() {
    let html = drawn(Page::NewExport, Role::Operator, Lang::en).await;
    let select = |field: &str| {
        let all = html.split(&format!("name=\"form_{field}\"")).nth(1)?;
        Some(all.split("</select>").next().unwrap().to_owned())
    };
    let (name, card) = (select("name").unwrap(), select("card_no").unwrap());
    assert!(name.contains("value=\"mask\"") && !name.contains("value=\"plain\"") && !name.contains("value=\"token\""));
    assert!(card.find("value=\"token\"") < card.find("value=\"mask\""), "the closest first: {card}");
    let catalogue = domain::catalogue::Catalogue::shipped().unwrap();
    for field in catalogue.fields() {
        let leaves =
            field.class != domain::catalogue::Class::C3 && field.export != domain::catalogue::ExportRule::Never;
        assert_eq!(select(field.name.as_str()).is_some(), leaves, "{}", field.name);
        assert_eq!(html.contains(&format!("name=\"why_{}\"", field.name)), leaves, "{}", field.name);
    }
    assert!(html.contains("never leave the bank"), "{html}");
}

#[tokio::test]
async fn e1_a_recipient_that_rests_or_is_over_cannot_be_chosen_and_says_why() {
    let html = drawn(Page::NewExport, Role::Operator, Lang::en).await;
    let option = |id: &str| html.split("<option").find(|tag| tag.contains(id)).unwrap().to_owned();
    assert!(!option(&CONFIRMED.to_string()).contains("disabled"));
    let resting = option(&RESTING.to_string());
    assert!(resting.contains("disabled") && resting.contains("from 2026-11-28"), "{resting}");
    let over = option(&OVER.to_string());
    assert!(over.contains("disabled") && over.contains("assessment over"), "{over}");
}

#[tokio::test]
async fn e1_a_refused_request_keeps_all_that_was_typed_and_leads_to_each_field() {
    let mut again = context(Some(Role::Operator), Lang::en);
    let case = "case_02020202-0202-0202-0202-020202020202";
    for (name, value) in [
        ("form_card_no", "plain"),
        ("why_card_no", "\"because\""),
        (case, "on"),
        ("purpose", "complaint"),
        ("recipient", &CONFIRMED.to_string()),
        ("intended_use", "report <b>"),
    ] {
        again.form.values.insert(name.into(), value.into());
    }
    again.form.faults = [("why_card_no", "note_too_short"), ("form_name", "form_refused"), ("fields", "none_chosen")]
        .map(|(field, code)| Fault::new(field, code))
        .to_vec();
    again.form.faults.push(Fault::new("to", "window_too_long"));
    let (status, html) = page(Page::NewExport, again).await;
    assert_eq!(status, 422);
    for name in ["why_card_no", "form_name", "fields", "to"] {
        assert!(html.contains(&format!("href=\"#field-{name}\"")), "{name}: {html}");
        assert_eq!(html.matches(&format!("id=\"field-{name}\"")).count(), 1, "{name}");
    }
    assert!(html.contains("<option value=\"plain\" selected"), "{html}");
    assert!(html.contains("&quot;because&quot;") && html.contains("report &lt;b&gt;"));
    let tick = html.split("<input").find(|tag| tag.contains(case)).unwrap();
    assert!(tick.split('>').next().unwrap().contains(" checked"), "{tick}");
    assert!(html.contains("92 days at most."), "{html}");
}

#[tokio::test]
async fn e1_a_fingerprint_is_there_to_be_compared_and_a_second_person_decides() {
    let html = drawn(Page::Recipient(WAITING), Role::Approver, Lang::en).await;
    assert!(html.contains("0a1b 2c3d 4e5f 6071") && html.contains("name=\"channel\""), "{html}");
    assert!(html.contains("data-passkey-act=\"/api/recipients/{decision}\""));
    for (id, role) in [(WAITING, Role::Operator), (WAITING, Role::Supervisor), (CONFIRMED, Role::Approver)] {
        let html = drawn(Page::Recipient(id), role, Lang::en).await;
        assert!(!html.contains("action=\"/recipients/decide\""), "{id} {role:?}");
        assert!(html.contains("action=\"/recipients/end\""), "{id} {role:?}");
    }
    let html = drawn(Page::Recipient(CONFIRMED), Role::Auditor, Lang::en).await;
    assert!(!html.contains("action=\"/recipients/end\"") && html.contains("回拨总机"));
}

#[tokio::test]
async fn e5_the_register_tells_six_items_and_says_in_words_what_is_overdue() {
    for (lang, over, never) in
        [(Lang::en, "over since 2026-11-19", "never checked: due now"), (Lang::zh, "已于 2026-11-19", "从未检查")]
    {
        let html = drawn(Page::ExportRegister, Role::Supervisor, lang).await;
        for told in ["1,240", "季度&lt;监管&gt;报表", "88,123", "0909090909", over, never] {
            assert!(html.contains(told), "{told}: {html}");
        }
        assert!(html.contains("action=\"/supervise/exports/check\""));
        let html = drawn(Page::ExportRegister, Role::Auditor, lang).await;
        assert!(!html.contains("action=\"/supervise/exports/check\""), "auditors change nothing");
    }
}

#[tokio::test]
async fn e1_others_are_refused_and_offered_nothing() {
    for (wanted, may) in [
        (Page::Exports, &[Role::Operator][..]),
        (Page::NewExport, &[Role::Operator]),
        (Page::Approvals, &[Role::Approver]),
        (Page::NewRecipient, &[Role::Operator]),
        (Page::Recipients, &[Role::Operator, Role::Approver, Role::Supervisor, Role::Auditor]),
        (Page::ExportRegister, &[Role::Supervisor, Role::Auditor]),
    ] {
        for role in Role::ALL {
            let (status, html) = page(wanted.clone(), context(Some(role), Lang::en)).await;
            assert_eq!(status, if may.contains(&role) { 200 } else { 403 }, "{role:?} {wanted:?}");
            let entry = html.contains(&format!("<li><a href=\"{}\"", wanted.path()));
            let listed = may.contains(&role) && wanted != Page::NewExport && wanted != Page::NewRecipient;
            assert_eq!(entry, listed, "{role:?} {wanted:?}: the menu has what one may");
        }
    }
}

#[tokio::test]
async fn e3_what_people_typed_stays_text_and_pages_bring_no_style_of_their_own() {
    let mut pages = vec![
        (Page::Exports, Role::Operator),
        (Page::NewExport, Role::Operator),
        (Page::Approvals, Role::Approver),
        (Page::Recipients, Role::Operator),
        (Page::Recipient(WAITING), Role::Approver),
        (Page::NewRecipient, Role::Operator),
        (Page::ExportRegister, Role::Supervisor),
    ];
    for state in STATES {
        pages.extend([Role::Operator, Role::Approver].map(|role| (Page::Export(in_state(state)), role)));
    }
    for (wanted, role) in pages {
        for lang in ALL {
            let html = drawn(wanted.clone(), role, lang).await;
            for typed in ["<监管>", "<年度>", "周<宁>", "<抽查>"] {
                assert!(!html.contains(typed), "{wanted:?} {typed}");
            }
            assert!(!html.contains(" style=") && !html.contains(" onclick="), "{wanted:?}");
            let mut ids: Vec<&str> = html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
            let all = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), all, "{wanted:?}: each id stands once");
        }
    }
}
