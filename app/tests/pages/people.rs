//! Staff administration as its pages show it.

use crate::desk::people::{ABOUT_ME, OWN_PROPOSAL, PROPOSAL};
use crate::{context, page};
use app::lang::{ALL, Lang};
use app::page::{EnrolOnce, NewFactor, Page};
use domain::id::StaffNo;
use domain::role::Role;
use domain::staff_change::ChangeKind;

fn person() -> Page {
    Page::Person(StaffNo::parse("op1002").unwrap())
}

fn enrol(change: ChangeKind) -> Page {
    Page::Enrol(EnrolOnce {
        token: "dG9rZW4".to_owned().into(),
        change,
        factor: (change != ChangeKind::ResetPassword).then(|| NewFactor {
            secret: "GEZDGNBVGY3TQOJQ".to_owned().into(),
            uri: "otpauth://totp/Grille?secret=GEZDGNBVGY3TQOJQ".to_owned().into(),
            sealed: "c2VhbGVk".to_owned(),
        }),
    })
}

#[tokio::test]
async fn u7_a_proposal_shows_gains_and_losses_and_a_form_to_others_alone() {
    for (id, decides) in [(PROPOSAL, true), (OWN_PROPOSAL, false), (ABOUT_ME, false)] {
        for lang in ALL {
            let (status, html) = page(Page::Proposal(id), context(Some(Role::Admin), lang)).await;
            assert_eq!(status, 200);
            assert_eq!(html.contains("value=\"confirm\""), decides, "{html}");
        }
    }
    let (_, html) = page(Page::Proposal(PROPOSAL), context(Some(Role::Admin), Lang::en)).await;
    for told in [
        "See masked customers",
        "0101",
        "0102",
        "<strong>loses</strong>",
        "<strong>gains</strong>",
        "<strong>keeps</strong>",
    ] {
        assert!(html.contains(told), "{told}: {html}");
    }
}

#[tokio::test]
async fn u7_staff_pages_escape_what_they_show() {
    for lang in ALL {
        for wanted in
            [Page::Staff, person(), Page::Proposals, Page::Proposal(PROPOSAL), Page::Recertification, Page::Home]
        {
            let (status, html) = page(wanted.clone(), context(Some(Role::Admin), lang)).await;
            assert_eq!(status, 200, "{wanted:?}");
            assert!(!html.contains("周<宁>"), "{wanted:?}: {html}");
        }
    }
}

/// Whether the one box on the page is ticked.
fn is_ticked(html: &str) -> bool {
    let tick = html.split("<input type=\"checkbox\"").nth(1).unwrap();
    tick.split('>').next().unwrap().contains(" checked")
}

#[tokio::test]
async fn u7_each_is_ticked_by_hand_but_oneself_and_nobody_before() {
    let (status, html) = page(Page::Recertification, context(Some(Role::Admin), Lang::en)).await;
    assert_eq!(status, 200);
    assert_eq!(html.matches("type=\"checkbox\"").count(), 1, "none for oneself, none for all: {html}");
    assert!(html.contains("name=\"tick_op1002\" value=\"op1002:3:1796335300000\""), "{html}");
    assert!(!is_ticked(&html), "{html}");
    for told in
        ["Open cases, See masked customers", "yourself: another certifies you", "60 people are due", "2026-12-04"]
    {
        assert!(html.contains(told), "{told}: {html}");
    }
    let mut again = context(Some(Role::Admin), Lang::en);
    let ticked = |looked: &str| [("tick_op1002".to_owned(), looked.to_owned())].into_iter().collect();
    again.form.values = ticked("op1002:3:1796335300000");
    assert!(is_ticked(&page(Page::Recertification, again).await.1), "what was ticked is so still");
    let mut changed = context(Some(Role::Admin), Lang::en);
    changed.form.values = ticked("op1002:2:1796335300000");
    assert!(!is_ticked(&page(Page::Recertification, changed).await.1), "unless the record is another");
}

#[tokio::test]
async fn u7_home_says_until_when_ones_rights_last_and_to_administrators_who_is_due() {
    let (_, html) = page(Page::Home, context(Some(Role::Operator), Lang::en)).await;
    assert!(html.contains("Your rights are certified until 2026-12-04") && !html.contains("/admin/recertification"));
    let (_, html) = page(Page::Home, context(Some(Role::Admin), Lang::en)).await;
    assert!(html.contains("Rights that lapse within 14 days: 3") && html.contains("href=\"/admin/recertification\""));
}

#[tokio::test]
async fn u4_whoever_opens_a_link_sees_the_secret_and_not_whose_it_is() {
    let (status, html) = page(enrol(ChangeKind::Invite), context(None, Lang::en)).await;
    assert_eq!(status, 200);
    assert!(html.contains("GEZD GNBV GY3T QOJQ") && html.contains("otpauth://totp/Grille?secret="), "{html}");
    assert!(html.contains("New password") && html.contains("action=\"/enrol/dG9rZW4\""));
    let (_, html) = page(enrol(ChangeKind::ResetFactor), context(None, Lang::en)).await;
    assert!(html.contains("Your present password") && !html.contains("New password"));
    let (_, html) = page(enrol(ChangeKind::ResetPassword), context(None, Lang::en)).await;
    assert!(html.contains("New password") && html.contains("as before") && !html.contains("otpauth"));
    assert!(!format!("{:?}", enrol(ChangeKind::Invite)).contains("GEZD"), "no log line holds it");
}
