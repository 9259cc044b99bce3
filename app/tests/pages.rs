//! Pages as the server draws them, read as a browser without JavaScript would.
#![expect(clippy::unwrap_used, reason = "a test says what went wrong by falling over")]

mod desk;
#[path = "pages/exports.rs"]
mod exports;
#[path = "pages/people.rs"]
mod people;
#[path = "pages/supervise.rs"]
mod supervise;
#[path = "pages/who.rs"]
mod who;

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
        ended: None,
        sso: None,
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

/// What a reader sees: a template is no part of the document.
fn seen(html: &str) -> String {
    let rest = |part: &str| part.split_once("</template>").map(|(_, rest)| rest.to_owned()).unwrap();
    let mut parts = html.split("<template");
    let first = parts.next().unwrap().to_owned();
    first + &parts.map(rest).collect::<String>()
}

/// Each tag that the browser's half takes something from, whole.
fn told_to_the_browser<'a>(html: &'a str, mark: &str) -> Vec<&'a str> {
    html.split('<').filter(|tag| tag.contains(mark)).map(|tag| tag.split('>').next().unwrap()).collect()
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
async fn m1_a_card_holds_masks_and_the_browsers_half_is_told_names_and_words() {
    let (status, html) = page(desk::card(), context(Some(Role::Operator), Lang::en)).await;
    assert_eq!(status, 200);
    assert!(html.contains("138****5678") && html.contains("Mobile"), "{html}");
    assert!(!html.contains("__RESOLVED_RESOURCES["), "nothing that was fetched is serialised into the page");
    let told = told_to_the_browser(&html, " data-");
    assert!(told.iter().any(|tag| tag.contains("data-field=\"id_no\"")), "{told:?}");
    for tag in told {
        assert!(!tag.contains("****"), "{tag}");
    }
    let words = html.split("<template").skip(1).map(|rest| rest.split("</template>").next().unwrap());
    assert!(words.clone().count() > 5 && words.into_iter().all(|part| !part.contains("****")));
}

#[tokio::test]
async fn a_card_stands_under_the_catalogues_headings_in_its_order() {
    let (_, html) = page(desk::card(), context(Some(Role::Operator), Lang::en)).await;
    let at = |words: &str| html.find(words).unwrap_or_else(|| panic!("{words} is not there"));
    assert!(at(">Identity</h2>") < at("Customer number") && at("Customer number") < at(">Contact</h2>"));
    assert!(at(">Contact</h2>") < at("Reveal Mobile 1") && at("Reveal Mobile 1") < at(">Cards and accounts</h2>"));
    let (_, html) = page(desk::card(), context(Some(Role::Operator), Lang::zh)).await;
    assert!(html.contains(">身份信息</h2>") && html.contains(">卡与账户</h2>"));
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
async fn v4_what_may_be_copied_and_what_asks_for_a_note_is_told_at_the_button_and_nothing_else() {
    let (_, html) = page(desk::card(), context(Some(Role::Operator), Lang::en)).await;
    let about = |field: &str| {
        let buttons = told_to_the_browser(&html, "reveal-open");
        let button = buttons.into_iter().find(|tag| tag.contains(&format!("data-field=\"{field}\"")));
        button.unwrap_or_else(|| panic!("{field}: {html}"))
    };
    assert!(about("mobile").contains("data-copy=\"true\""), "{}", about("mobile"));
    assert!(about("id_no").contains("data-copy=\"false\""));
    assert!(about("id_no").contains("data-notes=\"\""), "{}", about("id_no"));
}

#[tokio::test]
async fn v4_a_card_tells_how_often_it_was_looked_behind_and_by_nobody() {
    let (_, html) = page(desk::card(), context(Some(Role::Operator), Lang::en)).await;
    let strip = html.split("class=\"lately\"").nth(1).unwrap().split("</p>").next().unwrap();
    assert!(strip.contains("Values revealed in the last 30 days: 3."), "{strip}");
    assert!(strip.contains("2026-11-22 14:46") && !strip.contains("op1001"), "{strip}");
    let (_, html) = page(desk::card(), context(Some(Role::Operator), Lang::zh)).await;
    assert!(html.contains("近 30 天内查看明文 3 次"), "{html}");
}

#[tokio::test]
async fn v4_a_card_without_javascript_says_what_is_missing() {
    let (_, html) = page(desk::card(), context(Some(Role::Operator), Lang::zh)).await;
    let noscript = html.split("<noscript>").nth(1).unwrap().split("</noscript>").next().unwrap();
    assert!(noscript.contains("JavaScript"), "{noscript}");
    assert!(html.contains("<html lang=\"zh-CN\">"));
}

#[tokio::test]
async fn a_page_without_verbs_loads_no_module() {
    let (_, html) = page(Page::SignIn, context(None, Lang::en)).await;
    assert!(!html.contains("/pkg/start.js"), "{html}");
    // the end of a session is told on every page of somebody signed in
    for wanted in [Page::Verify, Page::Home, desk::card()] {
        let (_, html) = page(wanted, context(Some(Role::Operator), Lang::en)).await;
        assert!(html.contains("/pkg/start.js") && html.contains("/pkg/grille.js"));
    }
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
    let case = domain::id::CaseId::from_bytes([1; 16]);
    for (wanted, to) in [
        (Page::Home, "/sign-in"),
        (Page::Customers { case: None, result: None }, "/sign-in?next=/customers"),
        (
            Page::Customers { case: Some(case), result: None },
            "/sign-in?next=/customers%3Fcase%3D01010101-0101-0101-0101-010101010101",
        ),
    ] {
        let response = app::render(wanted, context(None, Lang::en)).await;
        assert_eq!((response.status().as_u16(), response.headers()[header::LOCATION].to_str().unwrap()), (303, to));
    }
}

#[tokio::test]
async fn a_note_that_was_never_sent_is_in_the_form_again_unless_another_was_sent() {
    let form = Page::Customers { case: None, result: None };
    let (_, html) = page(form.clone(), context(Some(Role::Operator), Lang::en)).await;
    assert!(
        html.contains("\ntyped before the session ended</textarea>") && html.contains("Your unsent note"),
        "{html}"
    );
    let mut context = context(Some(Role::Operator), Lang::en);
    context.form.values.insert("note".into(), "sent and refused".into());
    context.form.values.insert("mobile".into(), "\"><script>".into());
    context.form.code = Some(Code::CaseLimit);
    let (_, html) = page(form, context).await;
    assert!(html.contains("\nsent and refused</textarea>") && !html.contains("Your unsent note"));
    assert!(!html.contains("\"><script>"), "what was typed stays text: {html}");
}

#[tokio::test]
async fn what_was_typed_into_a_note_never_ends_its_text_area() {
    let mut context = context(Some(Role::Operator), Lang::en);
    context.form.values.insert("note".into(), "</textarea><script>alert(1)</script>".into());
    let (_, html) = page(Page::Customers { case: None, result: None }, context).await;
    assert!(!html.contains("</textarea><script>"), "{html}");
    assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)"), "{html}");
}

#[tokio::test]
async fn the_form_shows_a_ticket_for_each_purpose_and_goes_by_the_hand_of_a_teller() {
    let (_, html) = page(Page::Customers { case: None, result: None }, context(Some(Role::Operator), Lang::en)).await;
    assert!(html.contains("e.g. Q-20261122-1<") && html.contains("e.g. AB-2026-1234<"), "{html}");
    let at = |name: &str| html.find(&format!("name=\"{name}\"")).unwrap();
    let order = ["purpose", "identified", "ticket", "note", "id_no", "mobile", "card_no", "account_no", "customer_no"];
    assert!(order.is_sorted_by_key(|name| at(name)), "the order of Tab is the order of work");
    let once = html.split("name=\"once\" value=\"").nth(1).unwrap();
    assert!(once.starts_with("07070707-0707-0707-0707-070707070707"), "each drawing has its own token");
}

#[tokio::test]
async fn m6_each_masked_field_says_why_without_a_script_and_what_unlocks_it() {
    let (_, html) = page(desk::card(), context(Some(Role::Operator), Lang::en)).await;
    let why = |field: &str| {
        let all = html.split(&format!("id=\"why-{field}\"")).nth(1).unwrap_or_else(|| panic!("{field}: {html}"));
        all.split("</dl>").next().unwrap().to_owned()
    };
    for field in ["name", "id_no", "mobile", "card_no", "card_expiry", "balance"] {
        assert!(html.contains(&format!("popovertarget=\"why-{field}\"")), "{field}");
        assert!(why(field).contains("popover") && why(field).contains("Mask</dt>"), "{field}");
    }
    assert!(why("id_no").contains("A new code for each reveal") && why("id_no").contains("Handling a complaint"));
    assert!(why("name").contains("One code in the last five minutes"));
    assert!(
        why("card_expiry").contains("Not for the purpose of this case") && why("card_expiry").contains("Fraud case")
    );
    assert!(!html.contains("why-customer_no"), "what is not masked is not explained");
    for lang in [Lang::zh, Lang::en] {
        assert_eq!(page(desk::card(), context(Some(Role::Operator), lang)).await.0, 200);
    }
}

#[tokio::test]
async fn a_customer_of_thirty_cards_an_endless_name_and_any_script_keeps_the_card_in_shape() {
    let desk = Arc::new(FakeDesk::of(Role::Operator).with(desk::crowded()));
    let (status, html) = page(desk::card(), PageContext { desk: Some(desk), ..context(None, Lang::en) }).await;
    assert_eq!(status, 200);
    assert!(html.contains("25 more"), "five cards are open, the rest is folded: {html}");
    assert_eq!(html.matches("aria-label=\"Reveal Card number ").count(), 30, "each may be revealed");
    let bdi = html.matches("<bdi ").count();
    assert_eq!(bdi, desk::crowded().fields.len(), "each mask is kept apart from what stands around it");
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
async fn q4_a_page_tells_what_is_left_quietly_and_what_is_spent_plainly() {
    for wanted in [Page::Customers { case: None, result: None }, desk::card()] {
        let (_, html) = page(wanted.clone(), context(Some(Role::Operator), Lang::en)).await;
        let (loud, quiet): (Vec<&str>, Vec<&str>) =
            html.split("class=\"").partition(|part| part.starts_with("notice") && part.contains("within an hour"));
        assert!(quiet.concat().contains("Searches: 58 more within an hour"), "{wanted:?}");
        assert!(!html.contains("Searches that find nobody"), "enough is left of it: {wanted:?}");
        assert!(loud[0].contains("Customers: 3 more within an hour"), "{wanted:?}");
        let spent = "Reveals: you have used up what you may do within an hour. It opens again at 2026-11-22 17:00";
        assert!(loud[1].contains(spent), "{wanted:?}");
    }
    let (_, html) = page(desk::card(), context(Some(Role::Operator), Lang::zh)).await;
    assert!(html.contains("查看明文：您在 1 小时内的额度已用完，2026-11-22 17:00（北京时间）起恢复"), "{html}");
}

#[tokio::test]
async fn q1_a_card_offers_the_way_out_of_another_persons_card_without_a_script() {
    let (_, html) = page(desk::card(), context(Some(Role::Operator), Lang::zh)).await;
    assert!(html.contains("action=\"/cases/wrong-person\"") && html.contains("找错人了"), "{html}");
}
