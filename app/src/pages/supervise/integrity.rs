//! Whether the log is known to be whole, and how to find out oneself (S7).

use super::parts::Pill;
use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::problems::Problems;
use crate::ui::time::Moment;
use crate::words::happened::verdict_words;
use domain::audit::event::VerdictName;
use domain::desk::{Desk, DeskError, Integrity};
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    integrity: Integrity,
}

/// Head, verification, audit.
pub async fn load(desk: &dyn Desk) -> Result<Shows, DeskError> {
    Ok(Shows { integrity: desk.integrity().await? })
}

/// Five panels.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, integrity) = (context.lang, &shows.integrity);
    view! {
        <Problems lang form=context.form.clone() labels=Vec::new() request=context.request/>
        <div class="section-head"><h1>{text!(lang, log.integrity)}</h1><Pill lang integrity=integrity.clone()/></div>
        <div class="columns">
            {checkpoint(integrity, lang)} {verification(integrity, lang)} {audit(integrity, lang)}
            <section class="panel" aria-labelledby="witness">
                <h2 id="witness">{text!(lang, log.witness)}</h2>
                <p class="notice">{text!(lang, log.witness_none)}</p>
            </section>
        </div>
        {yourself(integrity, lang)}
    }
    .into_any()
}

fn checkpoint(integrity: &Integrity, lang: Lang) -> AnyView {
    let body = match &integrity.checkpoint {
        None => view! { <p>{text!(lang, log.no_checkpoint)}</p> }.into_any(),
        Some(checkpoint) => {
            let (class, signed) = match checkpoint.signed {
                Some(true) => ("good", text!(lang, log.signed_yes)),
                Some(false) => ("bad", text!(lang, log.signed_no)),
                None => ("", text!(lang, log.signed_unknown)),
            };
            let uncovered = integrity.size.saturating_sub(checkpoint.size);
            let uncovered = (uncovered > 0)
                .then(|| view! { <p class="notice">{text!(lang, log.uncovered, count = uncovered)}</p> });
            view! {
                {uncovered}
                <dl class="pairs">
                    <div><dt>{text!(lang, log.size)}</dt><dd>{checkpoint.size}</dd></div>
                    <div><dt>{text!(lang, log.root)}</dt><dd><code>{checkpoint.root.to_string()}</code></dd></div>
                    <div><dt>{text!(lang, log.age)}</dt><dd><Moment at=checkpoint.at/></dd></div>
                    <div><dt>{text!(lang, log.signature)}</dt><dd class=class>{signed}</dd></div>
                </dl>
            }
            .into_any()
        }
    };
    view! {
        <section class="panel" aria-labelledby="checkpoint">
            <h2 id="checkpoint">{text!(lang, log.last_checkpoint)}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn verification(integrity: &Integrity, lang: Lang) -> AnyView {
    let last = match &integrity.verified {
        None => view! { <p>{text!(lang, log.full_none)}</p> }.into_any(),
        Some(last) => {
            let class = match last.verdict {
                VerdictName::Whole => "good",
                VerdictName::NotWhole => "bad",
            };
            let first = last.first.map(|seq| {
                let address = format!("/supervise/events/{seq}");
                view! { <div><dt>{text!(lang, log.first_wrong)}</dt><dd><a href=address>{seq}</a></dd></div> }
            });
            view! {
                <dl class="pairs">
                    <div><dt>{text!(lang, log.result)}</dt><dd class=class>{verdict_words(lang, last.verdict)}</dd></div>
                    <div><dt>{text!(lang, log.size)}</dt><dd>{last.size}</dd></div>
                    <div><dt>{text!(lang, log.findings)}</dt><dd>{last.findings}</dd></div>
                    {first}
                    <div><dt>{text!(lang, log.time)}</dt><dd><Moment at=last.at/></dd></div>
                    <div><dt>{text!(lang, log.took)}</dt><dd>{text!(lang, log.ms, ms = last.took_ms)}</dd></div>
                </dl>
            }
            .into_any()
        }
    };
    let running =
        integrity.running.then(|| view! { <p class="notice" role="status">{text!(lang, log.full_running)}</p> });
    view! {
        <section class="panel" aria-labelledby="full">
            <h2 id="full">{text!(lang, log.full)}</h2>
            {running}
            {last}
            <form method="post" action="/supervise/integrity/verify">
                <button type="submit" class="primary">{text!(lang, log.run)}</button>
            </form>
            <p class="fine">{text!(lang, log.run_lead)}</p>
        </section>
    }
    .into_any()
}

fn audit(integrity: &Integrity, lang: Lang) -> AnyView {
    let days = integrity.days_without_audit().unwrap_or(0);
    let words = match integrity.audited {
        Some(_) => text!(lang, log.audit_days, days = days),
        None => text!(lang, log.audit_never, days = days),
    };
    let due = days >= Integrity::AUDIT_DAYS;
    let due_words = due.then(|| view! { <p class="bad">{text!(lang, log.audit_due)}</p> });
    view! {
        <section class="panel" aria-labelledby="audit" class:due=due>
            <h2 id="audit">{text!(lang, log.audit)}</h2>
            <p>{words}</p>
            {due_words}
        </section>
    }
    .into_any()
}

/// Commands, word for word.
fn yourself(integrity: &Integrity, lang: Lang) -> AnyView {
    const COMMANDS: &str = "grille audit checkpoint > checkpoint.$(date +%F)\n\
        grille audit verify\n\
        grille audit verify --checkpoint checkpoint.2026-11-22\n\
        curl --cookie \"$COOKIE\" $GRILLE/log/checkpoint\n\
        curl --cookie \"$COOKIE\" $GRILLE/log/tile/0/000";
    let key = integrity.vkey.clone().unwrap_or_else(|| text!(lang, log.signed_unknown));
    view! {
        <section class="panel" aria-labelledby="yourself">
            <h2 id="yourself">{text!(lang, log.yourself)}</h2>
            <p>{text!(lang, log.yourself_lead)}</p>
            <p>{text!(lang, log.vkey)} ": " <code class="key">{key}</code></p>
            <pre tabindex="0" aria-label=text!(lang, log.yourself)>{COMMANDS}</pre>
        </section>
    }
    .into_any()
}
