//! Where a request stands, and what its requester does next: submit, have the file made, fetch it, take it back.

use super::one::Shows;
use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::field::{Field, Input};
use crate::ui::passkey::PasskeyAct;
use crate::ui::time::local;
use crate::words;
use crate::words::exports::number;
use domain::desk::{ExportState, ExportView, RunView};
use leptos::prelude::*;

/// How many steps are behind a request in that state.
const fn done(state: ExportState) -> usize {
    match state {
        ExportState::Draft => 0,
        ExportState::Submitted | ExportState::Rejected | ExportState::Expired | ExportState::Withdrawn => 1,
        ExportState::Approved | ExportState::Queued | ExportState::Running | ExportState::Failed => 2,
        ExportState::Generated => 3,
        ExportState::Downloaded => 4,
        ExportState::Destroyed => 5,
    }
}

/// The steps, those behind it marked in words too.
pub fn line(export: &ExportView, lang: Lang) -> AnyView {
    let behind = done(export.entry.state);
    let steps = [
        text!(lang, exports.step_draft),
        text!(lang, exports.step_votes),
        text!(lang, exports.step_file),
        text!(lang, exports.step_fetch),
        text!(lang, exports.step_gone),
    ];
    let steps = steps.into_iter().enumerate().map(|(at, name)| {
        let mark = (at < behind).then(|| view! { <span class="fine">{text!(lang, exports.step_done)}</span> });
        let here = (at == behind).then_some("step");
        let style = if at < behind { "done" } else { "" };
        view! { <li class=style aria-current=here>{name} " " {mark}</li> }
    });
    view! {
        <section aria-labelledby="steps">
            <h2 id="steps" class="visually-hidden">{text!(lang, exports.steps)}</h2>
            <ol class="steps">{steps.collect_view()}</ol>
        </section>
    }
    .into_any()
}

/// What the requester may do now.
pub fn next(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let run = shows.export.run.as_ref();
    let step = match shows.export.entry.state {
        ExportState::Draft => submit(shows, context),
        ExportState::Submitted => ().into_any(),
        ExportState::Approved => generate(shows, context),
        ExportState::Queued | ExportState::Running => progress(shows, run, lang),
        ExportState::Generated => download(shows, context),
        ExportState::Failed => {
            let why = run.and_then(|run| run.code).map(|code| view! { <p>{words::sentence(lang, code)}</p> });
            return view! {
                <section class="notice" aria-labelledby="failed">
                    <h2 id="failed">{text!(lang, exports.failed)}</h2>
                    {why}
                </section>
            }
            .into_any();
        }
        ExportState::Rejected
        | ExportState::Expired
        | ExportState::Withdrawn
        | ExportState::Downloaded
        | ExportState::Destroyed => return ().into_any(),
    };
    view! { {step} {withdraw(&shows.export, lang)} }.into_any()
}

/// A step that takes a second factor: by code, or by passkey.
struct Act {
    id: &'static str,
    action: &'static str,
    endpoint: &'static str,
    title: String,
    lead: String,
    by_passkey: String,
}

impl Act {
    fn view(self, shows: &Shows, context: &PageContext, more: Option<AnyView>) -> AnyView {
        let (lang, export) = (context.lang, shows.export.entry.export_id);
        let passkey = shows.passkey.then(|| {
            view! {
                <PasskeyAct lang endpoint=self.endpoint choice="" then=format!("/exports/{export}") words=self.by_passkey/>
            }
        });
        view! {
            <section aria-labelledby=self.id>
                <h2 id=self.id>{self.title.clone()}</h2>
                <p class="lead">{self.lead}</p>
                {more}
                <form class="narrow" method="post" action=self.action autocomplete="off">
                    <input type="hidden" name="export_id" value=export.to_string()/>
                    {passkey}
                    <Field lang name="code" label=text!(lang, exports.code) form=context.form.clone() input=Input::Code/>
                    <div class="actions"><button type="submit" class="primary">{self.title}</button></div>
                </form>
            </section>
        }
        .into_any()
    }
}

fn submit(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let none = (!shows.passkey).then(|| no_passkey(lang));
    let act = Act {
        id: "submit",
        action: "/exports/submit",
        endpoint: "/api/exports/submit",
        title: text!(lang, exports.submit),
        lead: text!(lang, exports.submit_lead),
        by_passkey: text!(lang, exports.submit_passkey),
    };
    act.view(shows, context, none)
}

fn no_passkey(lang: Lang) -> AnyView {
    view! {
        <p class="notice">{text!(lang, exports.no_passkey)} " " <a href="/me">{text!(lang, exports.add_passkey)}</a></p>
    }
    .into_any()
}

fn generate(shows: &Shows, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let act = Act {
        id: "generate",
        action: "/exports/generate",
        endpoint: "/api/exports/generate",
        title: text!(lang, exports.generate),
        lead: text!(lang, exports.generate_lead),
        by_passkey: text!(lang, exports.generate_passkey),
    };
    act.view(shows, context, None)
}

/// How far its making is: drawn by the server, moved by the browser's half, and plain on reload without one.
fn progress(shows: &Shows, run: Option<&RunView>, lang: Lang) -> AnyView {
    let (done, rows) = run.map_or((0, shows.export.entry.rows), |run| (run.rows_done, run.rows));
    let export = shows.export.entry.export_id.to_string();
    view! {
        <section aria-labelledby="progress" data-progress=export>
            <h2 id="progress">{text!(lang, exports.progress)}</h2>
            <progress max=rows.max(1).to_string() value=done.to_string() aria-labelledby="progress"></progress>
            <p role="status" data-text=text!(lang, exports.progress_text)>
                {text!(lang, exports.progress_text, done = number(done), rows = number(rows))}
            </p>
            <noscript><p>{text!(lang, exports.progress_noscript)}</p></noscript>
        </section>
    }
    .into_any()
}

/// The one kind of factor that serves, and only that one (JR/T 0171 6.1.4.2 f).
fn download(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, export) = (context.lang, &shows.export);
    let run_until = export.run.as_ref().and_then(|run| run.expires);
    let until = run_until.or(export.entry.expires).map_or_else(String::new, local);
    let by_code = export.submitted_by_passkey == Some(true);
    let kind = match (by_code, shows.passkey) {
        (true, _) => view! { <p>{text!(lang, exports.download_code)}</p> }.into_any(),
        (false, true) => view! { <p>{text!(lang, exports.download_by_passkey)}</p> }.into_any(),
        (false, false) => no_passkey(lang),
    };
    let factor = match (by_code, shows.passkey) {
        (true, _) => view! {
            <Field lang name="code" label=text!(lang, exports.code) form=context.form.clone() input=Input::Code/>
            <div class="actions"><button type="submit" class="primary">{text!(lang, exports.download)}</button></div>
        }
        .into_any(),
        // Nowhere to go then: the answered challenge is sent by the form itself, and its answer is the file.
        (false, true) => view! {
            <input type="hidden" name="challenge" value=""/>
            <PasskeyAct lang endpoint="/api/exports/download" choice="" then=String::new()
                words=text!(lang, exports.download_passkey) alone=true/>
            <noscript><p>{text!(lang, exports.download_noscript)}</p></noscript>
        }
        .into_any(),
        (false, false) => ().into_any(),
    };
    view! {
        <section aria-labelledby="download">
            <h2 id="download">{text!(lang, exports.download)}</h2>
            <p class="lead">{text!(lang, exports.download_lead, at = until)}</p>
            {kind}
            <form class="narrow" method="post" action="/exports/download" autocomplete="off">
                <input type="hidden" name="export_id" value=export.entry.export_id.to_string()/>
                {factor}
            </form>
            <p class="fine">{text!(lang, exports.download_after)}</p>
        </section>
    }
    .into_any()
}

fn withdraw(export: &ExportView, lang: Lang) -> AnyView {
    view! {
        <details class="withdraw">
            <summary>{text!(lang, exports.withdraw)}</summary>
            <p>{text!(lang, exports.withdraw_lead)}</p>
            <form method="post" action="/exports/withdraw">
                <input type="hidden" name="export_id" value=export.entry.export_id.to_string()/>
                <button type="submit">{text!(lang, exports.withdraw)}</button>
            </form>
        </details>
    }
    .into_any()
}
