//! What a person should know when they come home: their proposals, and their factor.

use crate::lang::{Lang, text};
use crate::ui::time::local;
use crate::words;
use domain::desk::{LinkState, Notice};
use leptos::prelude::*;

/// Nothing, or a list.
pub fn view(notices: &[Notice], lang: Lang) -> Option<AnyView> {
    (!notices.is_empty()).then(|| {
        view! {
            <section class="notice" aria-labelledby="notices">
                <h2 id="notices">{text!(lang, people.notices)}</h2>
                <ul>{notices.iter().map(|notice| line(notice, lang)).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

fn line(notice: &Notice, lang: Lang) -> AnyView {
    match notice {
        Notice::FactorReset { staff_no, proposed_by, confirmed_by, at, frozen_until } => {
            let told = text!(
                lang,
                people.notice_reset,
                no = staff_no,
                at = local(*at),
                by = proposed_by,
                second = confirmed_by
            );
            let frozen = frozen_until.map(|until| text!(lang, people.notice_frozen, at = local(until)));
            view! { <li>{told} " " {frozen}</li> }.into_any()
        }
        Notice::Decided { proposal, change, staff_no, confirmed, by, at, link } => {
            let change = words::people::change(lang, *change);
            let told = if *confirmed {
                text!(lang, people.notice_confirmed, no = staff_no, change = change, by = by, at = local(*at))
            } else {
                text!(lang, people.notice_rejected, no = staff_no, change = change, by = by, at = local(*at))
            };
            let next = match link {
                Some(LinkState::Waiting) => text!(lang, people.show_link),
                Some(other) => words::people::link(lang, *other),
                None => text!(lang, people.look),
            };
            view! { <li>{told} " " <a href=format!("/admin/proposals/{proposal}")>{next}</a></li> }.into_any()
        }
        Notice::Waiting { count } => {
            let told = text!(lang, people.notice_waiting, count = count);
            view! { <li><a href="/admin/proposals">{told}</a></li> }.into_any()
        }
    }
}
