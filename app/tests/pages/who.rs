//! Sessions and passkeys on the pages: one's own, and who is signed in.

use super::{context, desk, page, seen};
use app::context::PageContext;
use app::lang::Lang;
use app::page::Page;
use domain::clock::Timestamp;
use domain::code::Code;
use domain::desk::Ended;
use domain::role::Role;
use http::header;

#[tokio::test]
async fn u5_who_comes_with_an_ended_session_is_told_why_and_led_back_through_both_forms() {
    for (why, words) in [
        (Ended::Idle { minutes: 15 }, "after 15 minutes without activity"),
        (Ended::Age { hours: 8 }, "after 8 hours"),
        (Ended::Elsewhere { at: Timestamp::from_millis(1_795_335_330_123) }, "elsewhere at 2026-11-22 16:15, and one"),
        (Ended::ByAdmin, "An administrator ended your session"),
        (Ended::Suspended, "Your access is suspended"),
        (Ended::Otherwise, "ended: you signed out."),
    ] {
        let context = PageContext { ended: Some(why), ..context(None, Lang::en) };
        let (status, html) = page(Page::SignIn, context).await;
        assert!(status == 200 && html.contains(words), "{html}");
    }
    for wanted in [Page::SignIn, Page::Verify] {
        let mut context = context(None, Lang::zh);
        context.form.values.insert("next".into(), "/customers".into());
        let (_, html) = page(wanted, context).await;
        assert!(html.contains("type=\"hidden\" name=\"next\" value=\"/customers\""), "{html}");
        assert!(html.contains("?next=/customers\""), "the language switch keeps it: {html}");
    }
}

#[tokio::test]
async fn u5_ones_own_sessions_say_how_each_ended_and_what_lives_can_be_ended() {
    let (status, html) = page(Page::Me, context(Some(Role::Auditor), Lang::en)).await;
    assert_eq!(status, 200);
    for words in ["This one", "Signed out", "a sign-in elsewhere", "by an administrator", "not used", "too old"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert_eq!(html.matches("action=\"/me/sessions/end\"").count(), 1, "what is over has no button");
    assert!(html.contains("192.0.2.7") && html.contains("06060606-0606-0606-0606-060606060606"));
}

#[tokio::test]
async fn u5_administrators_see_who_is_signed_in_and_others_do_not() {
    let (status, html) = page(Page::AdminSessions, context(Some(Role::Admin), Lang::zh)).await;
    assert_eq!(status, 200);
    assert_eq!(html.matches("action=\"/admin/sessions/end\"").count(), 2);
    assert!(html.contains("周&lt;宁&gt;") && !html.contains("周<宁"), "a name is text: {html}");
    assert!(html.contains("href=\"/admin/sessions\" aria-current=\"page\""), "in the menu");
    for role in [Role::Operator, Role::Approver, Role::Supervisor, Role::Auditor] {
        let (status, html) = page(Page::AdminSessions, context(Some(role), Lang::zh)).await;
        assert_eq!(status, 403);
        assert!(!html.contains("op1002") && !html.contains("href=\"/admin/sessions\""), "{html}");
    }
}

#[tokio::test]
async fn u5_every_page_of_a_signed_in_person_says_when_the_session_ends() {
    for wanted in [Page::Home, Page::Me, desk::card(), Page::Refusal(Code::NotFound)] {
        let (_, html) = page(wanted, context(Some(Role::Operator), Lang::en)).await;
        let dialogs = html.split("<dialog").skip(1).map(|rest| rest.split('>').next().unwrap());
        let notice = dialogs.clone().find(|tag| tag.contains("class=\"idle\"")).unwrap();
        for data in ["data-idle-seconds=\"890\"", "data-absolute-seconds=\"28000\"", "data-notice-seconds=\"60\""] {
            assert!(notice.contains(data), "{notice}");
        }
        assert!(!notice.contains(" open"), "it opens when the end is near");
    }
    let (_, html) = page(Page::SignIn, context(None, Lang::en)).await;
    assert!(!html.contains("data-idle-seconds"), "nobody is signed in");
}

#[tokio::test]
async fn u2_everyone_sees_their_passkeys_and_revokes_them_by_a_plain_form() {
    for role in Role::ALL {
        let (status, html) = page(Page::Me, context(Some(role), Lang::zh)).await;
        assert_eq!(status, 200);
        assert!(html.contains("密钥&lt;4") && !html.contains("密钥<4"), "a name is text");
        assert_eq!(html.matches("action=\"/me/passkeys/revoke\"").count(), 2);
        assert!(html.contains("value=\"04040404-0404-0404-0404-040404040404\""));
        assert_eq!(seen(&html).matches("可能已被复制").count(), 1, "one is suspended");
        let noscript = html.split("<noscript>").nth(1).unwrap().split("</noscript>").next().unwrap();
        assert!(noscript.contains("JavaScript"), "{noscript}");
        assert!(html.contains("href=\"/me\" aria-current=\"page\""), "in the menu");
    }
    assert_eq!(page(Page::Me, context(None, Lang::zh)).await.0, 303);
}

#[tokio::test]
async fn u5_the_notice_of_secrecy_names_the_law_and_what_is_acknowledged_and_leads_on() {
    for (lang, law) in
        [(Lang::zh, "《中华人民共和国个人信息保护法》"), (Lang::en, "Personal Information Protection Law")]
    {
        let mut context = context(Some(Role::Operator), lang);
        context.form.values.insert("next".into(), "/customers".into());
        let (status, html) = page(Page::Notice, context).await;
        assert!(status == 200 && html.contains(law), "{html}");
        let digest = domain::notice::Notice::shipped().unwrap().digest();
        assert!(html.contains(&format!("name=\"notice\" value=\"{digest}\"")), "{html}");
        assert!(html.contains("name=\"next\" value=\"/customers\"") && html.contains("/notice?next=/customers"));
        assert!(html.contains("op1001 王芳") && html.contains("action=\"/sign-out\""), "who, and the way out");
        assert!(!html.contains("href=\"/customers\""), "nothing else before it");
    }
    let response = app::render(Page::Notice, context(None, Lang::en)).await;
    assert_eq!(response.headers()[header::LOCATION], "/sign-in");
}
