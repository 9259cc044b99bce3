//! What a person should know when they come home: their proposals, and their factor.

use crate::lang::{Lang, text};
use crate::ui::time::local;
use crate::words;
use domain::desk::{LinkState, Told};
use domain::staff_change::ChangeKind;
use leptos::prelude::*;

/// Nothing, or a list.
pub fn view(told: &[Told], lang: Lang) -> Option<AnyView> {
    (!told.is_empty()).then(|| {
        view! {
            <section class="notice" aria-labelledby="told">
                <h2 id="told">{text!(lang, people.told)}</h2>
                <ul>{told.iter().map(|one| line(one, lang)).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

fn line(told: &Told, lang: Lang) -> AnyView {
    match told {
        Told::FailedBefore { count, since } => {
            view! { <li>{text!(lang, people.told_failed, count = count, at = local(*since))}</li> }.into_any()
        }
        Told::PasswordChanged { at } => {
            view! { <li>{text!(lang, people.told_password, at = local(*at))}</li> }.into_any()
        }
        Told::FactorReset { change, staff_no, proposed_by, confirmed_by, at, frozen_until } => {
            let factor = match change {
                ChangeKind::ResetPassword => text!(lang, people.told_the_password),
                _ => text!(lang, people.told_the_factor),
            };
            let what = text!(
                lang,
                people.told_reset,
                factor = factor,
                no = staff_no,
                at = local(*at),
                by = proposed_by,
                second = confirmed_by
            );
            let frozen = frozen_until.map(|until| text!(lang, people.told_frozen, at = local(until)));
            view! { <li>{what} " " {frozen}</li> }.into_any()
        }
        Told::SecondLogin { staff_no, proposed_by, confirmed_by, at } => {
            let what =
                text!(lang, people.told_login, no = staff_no, at = local(*at), by = proposed_by, second = confirmed_by);
            view! { <li>{what}</li> }.into_any()
        }
        Told::Decided { proposal, change, staff_no, confirmed, by, at, link } => {
            let change = words::people::change(lang, *change);
            let what = if *confirmed {
                text!(lang, people.told_confirmed, no = staff_no, change = change, by = by, at = local(*at))
            } else {
                text!(lang, people.told_rejected, no = staff_no, change = change, by = by, at = local(*at))
            };
            let next = match link {
                Some(LinkState::Waiting) => text!(lang, people.show_link),
                Some(other) => words::people::link(lang, *other),
                None => text!(lang, people.look),
            };
            view! { <li>{what} " " <a href=format!("/admin/proposals/{proposal}")>{next}</a></li> }.into_any()
        }
        Told::Waiting { count } => {
            let what = text!(lang, people.told_waiting, count = count);
            view! { <li><a href="/admin/proposals">{what}</a></li> }.into_any()
        }
        Told::CertifiedUntil { until } => {
            view! { <li>{text!(lang, recertify.told_own, until = local(*until))}</li> }.into_any()
        }
        Told::Lapsing { count, days } => {
            let what = text!(lang, recertify.told_due, count = count, days = days);
            view! { <li><a href="/admin/recertification">{what}</a></li> }.into_any()
        }
        Told::ExportsWait { count } => {
            let what = text!(lang, exports.told_waiting, count = count);
            view! { <li><a href="/approvals">{what}</a></li> }.into_any()
        }
        Told::OwnExport { export, state, at, until } => {
            let what = text!(lang, exports.told_own, state = words::exports::state(lang, *state), at = local(*at));
            let until = until.map(|until| text!(lang, exports.told_until, at = local(until)));
            let look = text!(lang, people.look);
            view! { <li>{what} " " {until} " " <a href=format!("/exports/{export}")>{look}</a></li> }.into_any()
        }
    }
}
