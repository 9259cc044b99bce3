//! The supervisor's pages.

use super::{context, desk, page, told_to_the_browser};
use app::lang::Lang;
use app::page::Page;
use app::words::log;
use domain::audit::event::{Kind, SsoName};
use domain::code::{Code, Fault};
use domain::desk::{At, EventsAsk, Filters};
use domain::role::Role;
use std::sync::Arc;

fn events() -> Page {
    Page::Events(EventsAsk { filters: Filters::default(), at: At::Newest, limit: 50, query: None })
}

#[tokio::test]
async fn s1_the_log_is_shown_to_supervisors_and_auditors_alone() {
    for role in Role::ALL {
        let may = matches!(role, Role::Supervisor | Role::Auditor);
        for wanted in [Page::Supervise, events(), Page::Event(9), Page::Integrity] {
            let (status, html) = page(wanted.clone(), context(Some(role), Lang::en)).await;
            assert_eq!(status, if may { 200 } else { 403 }, "{role:?} {wanted:?}");
            assert_eq!(html.contains("href=\"/supervise/events\""), may, "{role:?} {wanted:?}");
        }
    }
}

#[tokio::test]
async fn s1_an_event_page_has_the_reason_first_and_one_sentence() {
    for (lang, reason, sentence) in [
        (
            Lang::en,
            "<h1>Handling a complaint",
            "王芳 (op1001) revealed “Mobile 2” of customer …07070707, ticket CS-2026-000123; confirmed with a code 3 s before.",
        ),
        (
            Lang::zh,
            "<h1>处理客户投诉",
            "王芳（op1001）查看客户 …07070707 的“手机号码 2”明文，工单 CS-2026-000123；3 秒前以动态验证码认证。",
        ),
    ] {
        let (status, html) = page(Page::Event(9), context(Some(Role::Supervisor), lang)).await;
        assert_eq!(status, 200);
        assert!(html.contains(reason) && html.contains(sentence), "{html}");
        assert!(html.contains("details.factor_age_ms") && html.contains("datetime=\"2026-11-22T08:15:30.123Z\""));
    }
}

#[tokio::test]
async fn a4_an_altered_entry_is_an_alarm_on_its_page_and_in_the_list() {
    let (_, html) = page(Page::Event(7), context(Some(Role::Supervisor), Lang::en)).await;
    assert!(html.contains("role=\"alert\"") && html.contains("This entry fails verification"), "{html}");
    let (_, html) = page(events(), context(Some(Role::Supervisor), Lang::en)).await;
    assert!(html.contains("class=\"broken\"") && html.contains("Altered"), "{html}");
    let (_, html) = page(Page::Event(9), context(Some(Role::Supervisor), Lang::en)).await;
    assert!(!html.contains("This entry fails verification") && html.contains("in checkpoint 10"));
}

#[tokio::test]
async fn s1_filters_that_do_not_fit_are_told_at_their_boxes_and_nothing_is_listed() {
    let mut refused = context(Some(Role::Supervisor), Lang::en);
    refused.form.values.insert("staff_no".into(), "O'1".into());
    refused.form.faults = vec![Fault::new("staff_no", "malformed")];
    let (status, html) = page(events(), refused).await;
    assert_eq!(status, 422);
    assert!(html.contains("href=\"#field-staff_no\"") && html.contains("value=\"O&#x27;1\"") || html.contains("O'1"));
    assert!(!html.contains("<table"), "{html}");
}

#[tokio::test]
async fn s1_pages_and_quick_filters_are_plain_links_and_the_tail_is_told_an_address() {
    let (_, html) = page(events(), context(Some(Role::Auditor), Lang::en)).await;
    for link in ["before=7&amp;query=05050505050505050505050505050505", "decision=refused", "alert=true", "miss=true"] {
        assert!(html.contains(link) || html.contains(&link.replace("&amp;", "&")), "{link} in {html}");
    }
    let told = told_to_the_browser(&html, "data-tail");
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("/supervise/events/tail?after=9") && !told[0].contains("op1001"), "{told:?}");
}

#[tokio::test]
async fn s7_half_a_year_without_an_audit_is_red_and_no_witness_is_said_so() {
    let (_, html) = page(Page::Integrity, context(Some(Role::Auditor), Lang::en)).await;
    assert!(html.contains("began 184 days ago") && html.contains("an audit is due"), "{html}");
    assert!(html.contains("No witness is configured") && html.contains("grille audit verify --checkpoint"));
}

#[test]
fn s1_every_kind_and_code_has_words_of_its_own_in_both_languages() {
    for lang in [Lang::zh, Lang::en] {
        let mut names: Vec<String> = Kind::ALL.iter().map(|kind| log::kind(lang, *kind)).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), Kind::ALL.len());
    }
    for kind in Kind::ALL {
        assert_ne!(log::did(Lang::zh, *kind), log::did(Lang::en, *kind));
    }
    for code in Code::ALL {
        assert_ne!(log::why(Lang::zh, *code), log::why(Lang::en, *code));
    }
}

#[tokio::test]
async fn s1_every_kind_makes_a_sentence_without_a_hole() {
    use app::words::happened::Names;
    let desk = Arc::new(desk::FakeDesk::of(Role::Supervisor)) as Arc<dyn domain::desk::Desk>;
    for lang in [Lang::zh, Lang::en] {
        let names = Names::of(&*desk, lang);
        for kind in Kind::ALL {
            let sentence = names.sentence(&desk::audit::event(*kind));
            assert!(!sentence.contains(['{', '}']) && sentence.chars().count() > 5, "{sentence}");
        }
    }
}

#[tokio::test]
async fn u9_a_sign_in_by_a_provider_says_so_and_a_refusal_says_why_in_both_languages() {
    use app::words::happened::Names;
    let desk = Arc::new(desk::FakeDesk::of(Role::Supervisor)) as Arc<dyn domain::desk::Desk>;
    let mut event = desk::audit::event(Kind::SignedIn);
    let mut told = std::collections::BTreeSet::new();
    for sso in SsoName::ALL {
        event.details.sso = Some(sso);
        told.extend([Lang::zh, Lang::en].map(|lang| Names::of(&*desk, lang).sentence(&event)));
        assert_eq!(serde_json::to_value(sso).unwrap(), sso.as_str());
    }
    assert_eq!(told.len(), 2 * SsoName::ALL.len(), "{told:?}");
}
