//! Pages as the server draws them, read as a browser without JavaScript would.
#![expect(clippy::unwrap_used, reason = "a test says what went wrong by falling over")]

mod desk;

use app::context::{DemoSlip, FormState, PageContext};
use app::lang::Lang;
use app::page::Page;
use desk::FakeDesk;
use domain::clock::Timestamp;
use domain::code::{Code, Fault};
use domain::id::RequestId;
use domain::role::Role;
use http::{Response, header};
use std::sync::Arc;

fn context(role: Option<Role>, lang: Lang) -> PageContext {
    PageContext {
        desk: role.map(|role| Arc::new(FakeDesk::of(role)) as Arc<dyn domain::desk::Desk>),
        lang,
        demo: None,
        form: FormState::default(),
        request: RequestId::from_bytes([7; 16]),
        now: Timestamp::from_millis(1_795_335_330_123),
    }
}

async fn text(response: Response<axum::body::Body>) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn page(page: Page, context: PageContext) -> (u16, String) {
    let response = app::render(page, context).await;
    (response.status().as_u16(), text(response).await)
}

/// Each `<island …>` tag with its properties.
fn islands(html: &str) -> Vec<&str> {
    html.split("<leptos-island").skip(1).map(|rest| rest.split('>').next().unwrap()).collect()
}

#[tokio::test]
async fn u6_every_page_forbids_what_it_does_not_bring_and_is_never_kept() {
    for wanted in [Page::SignIn, Page::Home, desk::card(), Page::Refusal(Code::NotFound)] {
        let response = app::render(wanted.clone(), context(Some(Role::Operator), Lang::en)).await;
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'nonce-"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && policy.contains("object-src 'none'"), "{policy}");
        let html = text(response).await;
        assert!(!html.contains(" style=") && !html.contains(" onclick="), "{wanted:?}");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
        for script in html.split("<script").skip(1) {
            assert!(script.split('>').next().unwrap().contains(nonce), "{wanted:?}");
        }
    }
}

#[tokio::test]
async fn m1_a_card_holds_masks_and_an_island_holds_ids_and_words() {
    let (status, html) = page(desk::card(), context(Some(Role::Operator), Lang::en)).await;
    assert_eq!(status, 200);
    assert!(html.contains("138****5678") && html.contains("Mobile"), "{html}");
    assert!(!html.contains("__RESOLVED_RESOURCES["), "nothing that was fetched is serialised into the page");
    let islands = islands(&html);
    assert!(islands.iter().any(|island| island.contains("id_no")), "{islands:?}");
    for island in islands {
        assert!(!island.contains("****"), "{island}");
    }
}

#[tokio::test]
async fn v2_only_fields_that_the_purpose_reveals_have_a_button() {
    let (_, html) = page(desk::card(), context(Some(Role::Operator), Lang::en)).await;
    assert!(html.contains("Reveal Mobile 1") && html.contains("Reveal Mobile 2"));
    for never in ["Reveal Customer number", "Reveal Branch", "Reveal Card expiry"] {
        assert!(!html.contains(never), "{never}");
    }
}

#[tokio::test]
async fn v4_a_card_without_javascript_says_what_is_missing() {
    let (_, html) = page(desk::card(), context(Some(Role::Operator), Lang::zh)).await;
    let noscript = html.split("<noscript>").nth(1).unwrap().split("</noscript>").next().unwrap();
    assert!(noscript.contains("JavaScript"), "{noscript}");
    assert!(html.contains("<html lang=\"zh-CN\">"));
}

#[tokio::test]
async fn a_page_without_islands_loads_no_module() {
    for wanted in [Page::SignIn, Page::Home, Page::Customers { case: None, result: None }] {
        let (_, html) = page(wanted, context(Some(Role::Operator), Lang::en)).await;
        assert!(!html.contains("grille.wasm"), "{html}");
    }
    let (_, html) = page(desk::card(), context(Some(Role::Operator), Lang::en)).await;
    assert!(html.contains("/pkg/grille.wasm") && html.contains("/pkg/grille.js"));
}

#[tokio::test]
async fn only_operators_see_customers_and_the_try_is_recorded() {
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Operator) {
        for wanted in [Page::Customers { case: None, result: None }, desk::card()] {
            let desk = Arc::new(FakeDesk::of(role));
            let context = PageContext { desk: Some(desk.clone()), ..context(None, Lang::en) };
            assert_eq!(page(wanted, context).await.0, 403);
            assert_eq!(desk.refusals(), [Code::NotPermitted]);
        }
        assert_eq!(page(Page::Home, context(Some(role), Lang::en)).await.0, 200);
    }
}

#[tokio::test]
async fn without_a_session_a_page_leads_to_sign_in() {
    let response = app::render(Page::Home, context(None, Lang::en)).await;
    assert_eq!((response.status().as_u16(), response.headers()[header::LOCATION].to_str().unwrap()), (303, "/sign-in"));
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_and_leads_to_each_field() {
    let mut context = context(Some(Role::Operator), Lang::en);
    context.form.values.insert("ticket".into(), "CS-\"1\"<b>".into());
    context.form.values.insert("purpose".into(), "complaint".into());
    context.form.faults = vec![Fault::new("ticket", "ticket_form"), Fault::new("id_no", "wrong_check_digit")];
    let (status, html) = page(Page::Customers { case: None, result: None }, context).await;
    assert_eq!(status, 422);
    assert!(html.contains("value=\"CS-&quot;1&quot;&lt;b>\"") || html.contains("CS-&quot;1&quot;&lt;b&gt;"), "{html}");
    assert!(html.contains("<option value=\"complaint\" selected"));
    assert!(html.contains("<title>Problem: Find a customer · Grille</title>"));
    for name in ["ticket", "id_no"] {
        assert!(html.contains(&format!("href=\"#field-{name}\"")) && html.contains(&format!("id=\"field-{name}\"")));
    }
    let sentence = "Ticket number: this is not written as tickets of this purpose are.";
    assert_eq!(html.matches(sentence).count(), 2, "in the summary and at the field, in the same words");
    assert!(html.find("class=\"problems\"") < html.find("<h1"));
}

#[tokio::test]
async fn a_password_and_a_code_never_come_back() {
    for (wanted, name) in [(Page::SignIn, "password"), (Page::Verify, "code")] {
        let mut context = context(None, Lang::en);
        context.form.values.insert(name.into(), "typed-secret".into());
        context.form.code = Some(Code::SignInFailed);
        let (status, html) = page(wanted, context).await;
        assert_eq!(status, 401);
        assert!(!html.contains("typed-secret"));
    }
}

#[tokio::test]
async fn q3_q6_a_search_shows_rows_or_says_why_there_are_none() {
    for (result, words) in
        [(desk::FOUND, "Customers found: 1"), (desk::NONE, "No customer found"), (desk::MANY, "Too many customers")]
    {
        let wanted = Page::Customers { case: None, result: Some(result) };
        let (status, html) = page(wanted, context(Some(Role::Operator), Lang::en)).await;
        assert_eq!(status, 200);
        assert!(html.contains(words), "{html}");
        assert_eq!(html.contains("/customers/03030303030303030303030303030303?case="), result == desk::FOUND);
    }
}

#[tokio::test]
async fn the_demonstration_says_so_on_every_page_and_prints_its_slip_before_signing_in_only() {
    for (wanted, slip) in [(Page::SignIn, true), (Page::Verify, true), (Page::Home, false), (desk::card(), false)] {
        let demo = Some(DemoSlip { password: "Grille-demo-2026".into(), ..DemoSlip::default() });
        let (_, html) = page(wanted, PageContext { demo, ..context(Some(Role::Operator), Lang::en) }).await;
        assert!(html.contains("every person and number here is invented"));
        assert_eq!(html.contains("Grille-demo-2026"), slip);
    }
}

#[tokio::test]
async fn a_refusal_has_its_status_its_sentence_and_the_request() {
    for code in Code::ALL {
        let (status, html) = page(Page::Refusal(*code), context(Some(Role::Operator), Lang::en)).await;
        assert_eq!(status, code.status());
        assert!(html.contains("07070707-0707-0707-0707-070707070707"), "{html}");
    }
}

#[tokio::test]
async fn u2_everyone_sees_their_passkeys_and_revokes_them_by_a_plain_form() {
    for role in Role::ALL {
        let (status, html) = page(Page::Me, context(Some(role), Lang::zh)).await;
        assert_eq!(status, 200);
        assert!(html.contains("密钥&lt;4") && !html.contains("密钥<4"), "a name is text");
        assert_eq!(html.matches("action=\"/me/passkeys/revoke\"").count(), 2);
        assert!(html.contains("value=\"04040404-0404-0404-0404-040404040404\""));
        assert_eq!(html.matches("可能已被复制").count(), 1, "one is suspended");
        let noscript = html.split("<noscript>").nth(1).unwrap().split("</noscript>").next().unwrap();
        assert!(noscript.contains("JavaScript"), "{noscript}");
        assert!(html.contains("href=\"/me\" aria-current=\"page\""), "in the menu");
    }
    assert_eq!(page(Page::Me, context(None, Lang::zh)).await.0, 303);
}
