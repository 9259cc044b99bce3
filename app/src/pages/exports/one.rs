//! One request, the same page for whoever asks and whoever decides: first a sentence, then all of it (E3).

mod shown;

use super::{compared, decide, steps};
use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::pages::Step;
use crate::ui::label::in_language;
use crate::ui::passkey::PasskeyWords;
use crate::ui::problems::Problems;
use crate::words;
use crate::words::exports::{field_as, number};
use domain::catalogue::Label;
use domain::desk::{Desk, DeskError, ExportView};
use domain::id::ExportId;
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    pub(super) export: ExportView,
    /// What the bank calls its fields, in their order.
    pub(super) fields: Vec<Label>,
    purpose: Option<Label>,
    /// Whether the reader has a passkey that serves.
    pub(super) passkey: bool,
}

impl Shows {
    /// What the page is called.
    pub fn title(&self, lang: Lang) -> String {
        text!(lang, exports.one_title, recipient = self.export.entry.recipient)
    }

    /// Where one came from: one's own, or what waits for one's vote.
    pub fn section(&self, lang: Lang) -> Step {
        if self.export.entry.own {
            (text!(lang, exports.title), Some("/exports"))
        } else {
            (text!(lang, exports.approvals), Some("/approvals"))
        }
    }

    /// A field as the bank calls it, by its place in the request.
    pub(super) fn field(&self, at: usize, lang: Lang) -> String {
        self.fields.get(at).map_or_else(String::new, |label| in_language(label, lang).to_owned())
    }

    fn purpose(&self, lang: Lang) -> String {
        self.purpose
            .as_ref()
            .map_or_else(|| self.export.entry.purpose.to_string(), |label| in_language(label, lang).to_owned())
    }
}

/// The request; the desk refuses whom it does not concern, and records who may decide it and looks.
pub async fn load(desk: &dyn Desk, export: ExportId) -> Result<Shows, DeskError> {
    let export = desk.export(export).await?;
    let label = |name: &domain::id::FieldName| {
        let known = desk.catalogue().field(name).map(|field| field.label.clone());
        known.unwrap_or_else(|| Label { zh: name.to_string(), en: name.to_string() })
    };
    Ok(Shows {
        fields: export.fields.iter().map(|asked| label(&asked.field)).collect(),
        purpose: desk.purposes().get(&export.entry.purpose).map(|purpose| purpose.label.clone()),
        passkey: desk.passkeys().await?.iter().any(|one| !one.suspended),
        export,
    })
}

/// The sentence, the digest, what there is to do, and then all that the digest is of.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, export) = (context.lang, &shows.export);
    let labels = vec![("note".to_owned(), text!(lang, exports.note)), ("code".to_owned(), text!(lang, exports.code))];
    let compared = compared::sentences(lang, export.entry.rows, &export.usual);
    let compared = compared.into_iter().map(|words| view! { <li>{words}</li> });
    view! {
        <Problems lang form=context.form.clone() labels request=context.request/>
        <div class="section-head">
            <h1>{shows.title(lang)}</h1>
            {super::state_chip(export.entry.state, lang)}
        </div>
        <p class="sentence">{summary(shows, lang)}</p>
        {digest(export, lang)}
        {steps::line(export, lang)}
        <div class="columns">
            {shown::facts(shows, shows.purpose(lang), lang)}
            <div>
                {shown::histogram(export, lang)}
                <section class="panel" aria-labelledby="usual">
                    <h2 id="usual">{text!(lang, exports.usual, who = export.entry.requester)}</h2>
                    <ul>{compared.collect_view()}</ul>
                </section>
            </div>
        </div>
        {shown::fields(shows, lang)}
        {shown::sample(shows, lang)}
        {decide::votes(export, lang)}
        {if export.entry.own { steps::next(shows, context) } else { decide::view(shows, context) }}
        <PasskeyWords lang/>
    }
    .into_any()
}

/// All of it in one sentence.
fn summary(shows: &Shows, lang: Lang) -> String {
    let export = &shows.export;
    let scope = export.fields.iter().enumerate().map(|(at, asked)| field_as(lang, &shows.field(at, lang), asked.form));
    text!(
        lang,
        exports.summary,
        who = export.entry.requester,
        unit = export.entry.unit,
        rows = number(export.entry.rows),
        scope = scope.collect::<Vec<_>>().join(&text!(lang, export_word.and)),
        recipient = export.to.name,
        kind = words::exports::kind(lang, export.to.kind),
        format = words::exports::format(lang, export.format),
        purpose = shows.purpose(lang),
        days = export.retention_days
    )
}

fn digest(export: &ExportView, lang: Lang) -> AnyView {
    view! {
        <section class="digest" aria-labelledby="digest">
            <h2 id="digest">{text!(lang, exports.digest)}</h2>
            <p class="big"><code translate="no">{export.short.clone()}</code></p>
            <p class="fine">{text!(lang, exports.digest_lead)}</p>
            <details>
                <summary>{text!(lang, exports.digest_full)}</summary>
                <p><code translate="no">{export.digest.to_string()}</code></p>
            </details>
        </section>
    }
    .into_any()
}
