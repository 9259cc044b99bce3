//! One event as a line of a list: words only, made on the server, so that a live tail shows what a page
//! would.

use crate::lang::{Lang, text};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Done.
    Plain,
    /// Refused.
    Refused,
    /// A supervisor should know at once.
    Alert,
    /// Not what was written.
    Broken,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Tone::Plain => "plain-line",
            Tone::Refused => "refused",
            Tone::Alert => "alert",
            Tone::Broken => "broken",
        }
    }
}

/// One event in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The entry's number.
    pub seq: u64,
    /// When, for machines; empty if it cannot be read.
    pub at: String,
    /// When, as the bank's clocks show it.
    pub time: String,
    /// Why: the reason, or the purpose.
    pub reason: String,
    /// What it is called.
    pub what: String,
    /// Who, by name.
    pub who: String,
    /// Who, by number.
    pub staff_no: String,
    /// The customer's internal id.
    pub customer: String,
    /// The field, and which item.
    pub field: String,
    /// How it ended.
    pub outcome: String,
    /// How it looks.
    pub tone: Tone,
}

/// The end of an id, which tells two apart: the beginning of a UUIDv7 is its time.
pub fn short(id: &str) -> String {
    let digits: Vec<char> = id.chars().filter(|c| *c != '-').collect();
    format!("…{}", digits[digits.len().saturating_sub(8)..].iter().collect::<String>())
}

/// A row of a table of events: time, reason, what, who, customer, field, outcome.
pub fn row(line: Line) -> AnyView {
    let address = format!("/supervise/events/{}", line.seq);
    let customer = (!line.customer.is_empty()).then(|| {
        let address = format!("/supervise/events?customer={}", line.customer);
        view! { <a href=address title=line.customer.clone()><code>{short(&line.customer)}</code></a> }
    });
    let name = format!("{} #{}", line.what, line.seq);
    view! {
        <tr class=line.tone.class()>
            <td class="time"><time datetime=line.at>{line.time}</time></td>
            <td class="reason">{line.reason}</td>
            <td class="what"><a href=address aria-label=name>{line.what}</a></td>
            <td class="who">{line.who} " " <span class="staff-no">{line.staff_no}</span></td>
            <td>{customer}</td>
            <td>{line.field}</td>
            <td class="outcome">{line.outcome}</td>
        </tr>
    }
    .into_any()
}

/// The head of such a table.
pub fn head(lang: Lang) -> AnyView {
    let names = [
        text!(lang, log.time),
        text!(lang, log.reason),
        text!(lang, log.what),
        text!(lang, log.who),
        text!(lang, log.of_whom),
        text!(lang, log.field),
        text!(lang, log.outcome),
    ];
    let names = names.map(|name| view! { <th scope="col">{name}</th> });
    view! { <thead><tr>{names.collect_view()}</tr></thead> }.into_any()
}
