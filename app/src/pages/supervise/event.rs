//! One entry: the reason first, then what happened, what vouches for it, and what stands around it.

use super::parts::{Pill, table};
use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::line::Line;
use crate::ui::label::label as identified_words;
use crate::ui::problems::Problems;
use crate::ui::time::Moment;
use crate::words;
use crate::words::happened::Names;
use domain::audit::event::AuditEvent;
use domain::desk::{Desk, DeskError, EventDetail, EventRow};
use leptos::prelude::*;
use serde_json::Value;

/// What it shows.
pub struct Shows {
    detail: EventDetail,
    /// The reason, or, without one, what the event is called.
    heading: String,
    sentence: String,
    facts: Vec<(String, String)>,
    /// Where the name of a fact leads to.
    customer: Option<String>,
    near: Vec<(String, Vec<Line>)>,
}

impl Shows {
    /// The reason comes first.
    pub fn title(&self, _: Lang) -> String {
        self.heading.clone()
    }
    /// The entry's number.
    pub fn seq(&self) -> u64 {
        self.detail.row.seq
    }
}

/// The entry, its proof, its neighbours.
pub async fn load(desk: &dyn Desk, seq: u64, context: &PageContext) -> Result<Shows, DeskError> {
    let lang = context.lang;
    let detail = desk.event(seq).await?;
    let names = Names::of(desk, lang);
    let lines = |rows: &[EventRow]| -> Vec<Line> { rows.iter().map(|row| names.line(row)).collect() };
    let near = vec![
        (text!(lang, log.near_case), lines(&detail.of_case)),
        (text!(lang, log.near_customer), lines(&detail.of_customer)),
        (text!(lang, log.near_session), lines(&detail.of_session)),
    ];
    let (heading, sentence, facts) = match &detail.row.event {
        Some(event) => {
            let reason = Some(names.reason(event)).filter(|reason| !reason.is_empty());
            let heading = reason.unwrap_or_else(|| words::log::kind(lang, event.kind));
            (heading, names.sentence(event), facts(event, &names, lang))
        }
        None => (text!(lang, log.no_event), text!(lang, log.no_event_lead), Vec::new()),
    };
    let customer = detail.row.event.as_ref().and_then(|event| event.details.customer).map(|id| id.to_string());
    Ok(Shows { detail, heading, sentence, facts, customer, near })
}

/// What one asks first about an act.
fn facts(event: &AuditEvent, names: &Names<'_>, lang: Lang) -> Vec<(String, String)> {
    let details = &event.details;
    let actor = event.actor.as_ref();
    let purpose = Some(names.purpose(event)).filter(|words| !words.is_empty());
    let field = Some(names.field_and_item(event)).filter(|words| !words.is_empty());
    let all = [
        (text!(lang, log.who), Some(names.who(event))),
        (text!(lang, log.role), actor.map(|actor| format!("{} · {}", words::role(lang, actor.role), actor.unit))),
        (text!(lang, log.what), Some(words::log::kind(lang, event.kind))),
        (text!(lang, log.purpose), purpose),
        (text!(lang, log.ticket), details.ticket.as_ref().map(|ticket| ticket.as_str().to_owned())),
        (text!(lang, log.identified), details.identified.map(|way| identified_words(way, lang))),
        (text!(lang, log.field), field),
        (text!(lang, log.case), details.case.map(|case| case.to_string())),
        (text!(lang, log.session), actor.map(|actor| actor.lineage.to_string())),
        (text!(lang, log.address), details.address.map(|address| address.to_string())),
        (text!(lang, log.alert_name), details.alert.as_ref().map(|alert| alert.as_str().to_owned())),
    ];
    all.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
}

/// All of it.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let detail = &shows.detail;
    let time = detail.row.event.as_ref().map(|event| {
        view! { <p class="fine"><Moment at=event.time/> " " {text!(lang, app.time_zone)} " · #" {detail.row.seq}</p> }
    });
    let alarm = (!detail.check.whole()).then(|| {
        view! { <div class="problems" role="alert"><h2>{text!(lang, log.broken_long)}</h2><p>{text!(lang, log.alarm)}</p></div> }
    });
    let facts = shows.facts.iter().cloned().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
    let customer = shows.customer.clone().map(|id| {
        let address = format!("/supervise/events?customer={id}");
        view! { <div><dt>{text!(lang, log.of_whom)}</dt><dd><a href=address><code>{id}</code></a></dd></div> }
    });
    let near = shows.near.iter().filter(|(_, lines)| !lines.is_empty()).map(|(title, lines)| {
        view! { <section class="list"><h2>{title.clone()}</h2>{table(lang, title, lines)}</section> }
    });
    view! {
        <Problems lang form=context.form.clone() labels=Vec::new() request=context.request/>
        {alarm}
        <div class="section-head"><h1>{shows.heading.clone()}</h1><Pill lang integrity=detail.integrity.clone()/></div>
        <p class="sentence">{shows.sentence.clone()}</p>
        {time}
        <div class="columns">
            <section class="panel" aria-labelledby="context">
                <h2 id="context">{text!(lang, log.context)}</h2>
                <dl class="pairs">{facts.collect_view()} {customer}</dl>
            </section>
            {proof(detail, lang)}
        </div>
        {near.collect_view()}
        {detail.row.event.as_ref().map(|event| raw(event, lang))}
    }
    .into_any()
}

fn proof(detail: &EventDetail, lang: Lang) -> AnyView {
    let check = &detail.check;
    let words = |looked: Option<bool>| match looked {
        Some(true) => ("good", text!(lang, log.yes)),
        Some(false) => ("bad", text!(lang, log.no)),
        None => ("", text!(lang, log.unknown)),
    };
    let checks = [
        (text!(lang, log.check_event), Some(check.event)),
        (text!(lang, log.check_leaf), Some(check.leaf_hash)),
        (text!(lang, log.check_columns), Some(check.columns)),
        (text!(lang, log.check_tree), check.in_tree),
        (text!(lang, log.check_signature), check.signature),
    ];
    let checks = checks.into_iter().map(|(name, looked)| {
        let (class, words) = words(looked);
        view! { <div><dt>{name}</dt><dd class=class>{words}</dd></div> }
    });
    let lead = match check.in_tree {
        Some(true) => text!(lang, log.proof_in, size = check.checkpoint),
        Some(false) => text!(lang, log.proof_bad),
        None => text!(lang, log.proof_wait),
    };
    let hashes = detail.proof.as_ref().map(|proof| {
        let hashes = proof.inclusion.hashes.iter().map(|hash| view! { <li><code>{hash.to_string()}</code></li> });
        view! {
            <details>
                <summary>{text!(lang, log.hashes)}</summary>
                <p class="fine">{text!(lang, log.proof_lead)}</p>
                <p>{text!(lang, log.leaf_hash)} ": " <code>{proof.leaf_hash.to_string()}</code></p>
                <ol class="hashes">{hashes.collect_view()}</ol>
                <pre tabindex="0" aria-label=text!(lang, log.last_checkpoint)>{proof.checkpoint.clone()}</pre>
            </details>
        }
    });
    let address = format!("/supervise/events/{}/verify", check.seq);
    view! {
        <section class="panel" aria-labelledby="proof">
            <h2 id="proof">{text!(lang, log.proof)}</h2>
            <p>{lead}</p>
            <dl class="pairs checks">{checks.collect_view()}</dl>
            {hashes}
            <form method="post" action=address><button type="submit">{text!(lang, log.verify)}</button></form>
        </section>
    }
    .into_any()
}

/// Every member of the event, as its bytes have it. It holds no free text (A5).
fn raw(event: &AuditEvent, lang: Lang) -> AnyView {
    let mut members = Vec::new();
    if let Ok(value) = serde_json::to_value(event) {
        flatten("", &value, &mut members);
    }
    let members = members.into_iter().map(|(name, value)| {
        view! { <div><dt><code>{name}</code></dt><dd><code>{value}</code></dd></div> }
    });
    view! {
        <details class="raw">
            <summary>{text!(lang, log.raw)}</summary>
            <dl class="pairs">{members.collect_view()}</dl>
        </details>
    }
    .into_any()
}

fn flatten(name: &str, value: &Value, members: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (inner, value) in map {
                let name = if name.is_empty() { inner.clone() } else { format!("{name}.{inner}") };
                flatten(&name, value, members);
            }
        }
        Value::String(text) => members.push((name.to_owned(), text.clone())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            members.push((name.to_owned(), value.to_string()));
        }
    }
}
