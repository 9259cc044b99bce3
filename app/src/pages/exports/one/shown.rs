//! What a request's page shows of it: facts, fields, classes, and a sample as masks.

use super::Shows;
use crate::lang::{Lang, text};
use crate::ui::label::class_words;
use crate::ui::masked::MaskedValue;
use crate::ui::time::Time;
use crate::words;
use crate::words::exports::number;
use domain::desk::ExportView;
use domain::export::Selection;
use leptos::prelude::*;

/// Scope, recipient, ground, retention, dates.
pub fn facts(shows: &Shows, purpose: String, lang: Lang) -> AnyView {
    let (export, entry) = (&shows.export, &shows.export.entry);
    let assessment = export.impact_assessment.clone().map(|number| {
        view! { <div><dt>{text!(lang, exports.impact_assessment)}</dt><dd>{number}</dd></div> }
    });
    let waits = entry.expires.map(|at| {
        view! { <div><dt>{text!(lang, exports.waits_until)}</dt><dd><Time at/></dd></div> }
    });
    let file = export.run.as_ref().and_then(|run| Some((run.bytes?, run.sha256?))).map(|(bytes, sha256)| {
        view! {
            <div><dt>{text!(lang, exports.file_size)}</dt><dd>{text!(lang, exports.bytes, n = number(bytes))}</dd></div>
            <div><dt>{text!(lang, exports.file_hash)}</dt><dd><code>{sha256.to_string()}</code></dd></div>
        }
    });
    view! {
        <section class="panel" aria-labelledby="facts">
            <h2 id="facts">{text!(lang, exports.facts)}</h2>
            <dl class="pairs">
                <div><dt>{text!(lang, exports.scope)}</dt><dd>{scope(export, lang)}</dd></div>
                <div><dt>{text!(lang, exports.rows)}</dt><dd>{number(entry.rows)}</dd></div>
                <div><dt>{text!(lang, exports.requester)}</dt><dd>{format!("{} · {}", entry.requester, entry.unit)}</dd></div>
                <div><dt>{text!(lang, exports.purpose)}</dt><dd>{purpose}</dd></div>
                <div>
                    <dt>{text!(lang, exports.recipient)}</dt>
                    <dd>
                        <a href=format!("/recipients/{}", export.to.recipient_id)>{export.to.name.clone()}</a>
                        " · " {words::exports::kind(lang, export.to.kind)}
                        " · " {words::exports::recipient(lang, export.to.state)}
                    </dd>
                </div>
                <div><dt>{text!(lang, recipients.fingerprint)}</dt><dd><code translate="no">{export.to.fingerprint.clone()}</code></dd></div>
                <div><dt>{text!(lang, exports.intended_use)}</dt><dd>{export.intended_use.clone()}</dd></div>
                <div><dt>{text!(lang, exports.basis)}</dt><dd>{words::exports::basis(lang, export.basis)}</dd></div>
                {assessment}
                <div><dt>{text!(lang, exports.retention_days)}</dt><dd>{export.retention_days}</dd></div>
                <div><dt>{text!(lang, exports.format)}</dt><dd>{words::exports::format(lang, export.format)}</dd></div>
                <div><dt>{text!(lang, exports.created)}</dt><dd><Time at=entry.created/></dd></div>
                {waits}
                {file}
            </dl>
        </section>
    }
    .into_any()
}

fn scope(export: &ExportView, lang: Lang) -> String {
    match &export.selection {
        Selection::Cases { cases } => {
            let tickets = export.tickets.join(&text!(lang, export_word.and));
            text!(lang, exports.scope_cases, count = cases.len(), tickets = tickets)
        }
        Selection::Opened { branch, window, product } => {
            let (from, to) = (window.from().as_str(), window.to().as_str());
            let window = text!(lang, exports.scope_window, branch = branch, from = from, to = to);
            match product {
                Some(product) => {
                    let product = text!(lang, exports.scope_product, product = product);
                    [window, product].join(&text!(lang, export_word.and))
                }
                None => window,
            }
        }
    }
}

/// How many fields of each class leave in each form, with bars beside the numbers.
pub fn histogram(export: &ExportView, lang: Lang) -> AnyView {
    let most = export.histogram.iter().map(|(.., count)| *count).max().unwrap_or(1).max(1);
    let rows = export.histogram.iter().map(|(class, form, count)| {
        let words = class_words(*class, lang);
        let bar = format!("share tenths-{}", (count * 10).div_ceil(most));
        view! {
            <tr>
                <th scope="row">{words.long}</th>
                <td>{words::exports::form(lang, *form)}</td>
                <td class="figure">{*count}</td>
                <td aria-hidden="true"><span class=bar></span></td>
            </tr>
        }
    });
    view! {
        <section class="panel" aria-labelledby="histogram">
            <h2 id="histogram">{text!(lang, exports.histogram)}</h2>
            <table class="histogram">
                <thead>
                    <tr>
                        <th scope="col">{text!(lang, exports.class)}</th>
                        <th scope="col">{text!(lang, exports.form)}</th>
                        <th scope="col" class="figure">{text!(lang, exports.histogram_count)}</th>
                        <td aria-hidden="true"></td>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}

/// Each field, as what it leaves, and why.
pub fn fields(shows: &Shows, lang: Lang) -> AnyView {
    let rows = shows.export.fields.iter().enumerate().map(|(at, asked)| {
        view! {
            <tr>
                <th scope="row">{shows.field(at, lang)}</th>
                <td>{words::exports::form(lang, asked.form)}</td>
                <td>{asked.why.clone()}</td>
            </tr>
        }
    });
    view! {
        <section aria-labelledby="what">
            <h2 id="what">{text!(lang, exports.what)}</h2>
            <table class="sessions">
                <thead>
                    <tr>
                        <th scope="col">{text!(lang, exports.field)}</th>
                        <th scope="col">{text!(lang, exports.form)}</th>
                        <th scope="col">{text!(lang, exports.why)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}

/// Some rows as every screen shows them; a wide one is scrolled in its own frame.
pub fn sample(shows: &Shows, lang: Lang) -> AnyView {
    let export = &shows.export;
    let body = if export.sample.is_empty() {
        view! { <p class="empty">{text!(lang, exports.sample_none)}</p> }.into_any()
    } else {
        let heads = (0..export.fields.len()).map(|at| view! { <th scope="col">{shows.field(at, lang)}</th> });
        let rows = export.sample.iter().map(|row| {
            let cells = row.iter().map(|items| {
                let none = items.is_empty().then(|| text!(lang, exports.no_value));
                let items = items.iter().map(|mask| view! { <MaskedValue mask=mask.clone()/> " " });
                view! { <td>{none} {items.collect_view()}</td> }
            });
            view! { <tr>{cells.collect_view()}</tr> }
        });
        view! {
            <div class="wide" tabindex="0" role="group" aria-labelledby="sample">
                <table class="sessions">
                    <thead><tr>{heads.collect_view()}</tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let lead = text!(lang, exports.sample_lead, count = export.sample.len(), rows = number(export.entry.rows));
    view! {
        <section aria-labelledby="sample">
            <h2 id="sample">{text!(lang, exports.sample)}</h2>
            <p class="fine">{lead}</p>
            {body}
        </section>
    }
    .into_any()
}
