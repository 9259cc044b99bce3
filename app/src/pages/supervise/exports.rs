//! The register of what left the bank (JR/T 0171 6.1.4.2 i), assessments that are due, and checks of the ways out
//! (6.1.4.2 g).

use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::pages::exports::state_chip;
use crate::ui::field::{Choice, Field, Input, id_of};
use crate::ui::label::in_language;
use crate::ui::problems::Problems;
use crate::ui::time::{Time, local};
use crate::words;
use crate::words::exports::{field_as, number};
use domain::catalogue::Label;
use domain::clock::Timestamp;
use domain::desk::{ChannelView, Desk, DeskError, ExportRegister, RecipientView, RegisterEntry};
use domain::export::Channel;
use domain::role::Role;
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    register: ExportRegister,
    /// What the bank calls the fields and the purpose of each export.
    names: Vec<(Vec<Label>, Option<Label>)>,
    /// Whether the reader records checks.
    checks: bool,
}

/// All of it; the desk records that it was read.
pub async fn load(desk: &dyn Desk) -> Result<Shows, DeskError> {
    let register = desk.export_register().await?;
    let names = |one: &RegisterEntry| {
        let fields = one.scope.iter().map(|(name, _)| {
            let known = desk.catalogue().field(name).map(|field| field.label.clone());
            known.unwrap_or_else(|| Label { zh: name.to_string(), en: name.to_string() })
        });
        let purpose = desk.purposes().get(&one.entry.purpose).map(|purpose| purpose.label.clone());
        (fields.collect(), purpose)
    };
    let names = register.exports.iter().map(names).collect();
    Ok(Shows { register, names, checks: desk.staff().role == Role::Supervisor })
}

/// Three lists, and the form to record a check.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    let labels = [
        ("channel", text!(lang, register.channel)),
        ("sound", text!(lang, register.found)),
        ("note", text!(lang, register.note)),
        ("due_days", text!(lang, register.due_days)),
    ];
    let labels = labels.into_iter().map(|(name, label)| (name.to_owned(), label)).collect();
    view! {
        <Problems lang form=form.clone() labels request=context.request/>
        <h1>{text!(lang, register.title)}</h1>
        <p class="lead">{text!(lang, register.lead)}</p>
        {exports(shows, lang)}
        {recipients(&shows.register.recipients, context.now, lang)}
        {channels(&shows.register.channels, lang)}
        {shows.checks.then(|| check(context))}
    }
    .into_any()
}

fn exports(shows: &Shows, lang: Lang) -> AnyView {
    let rows = shows.register.exports.iter().zip(&shows.names).map(|(one, (fields, purpose))| {
        let purpose =
            purpose.as_ref().map_or_else(|| one.entry.purpose.to_string(), |label| in_language(label, lang).to_owned());
        row(one, fields, purpose, lang)
    });
    let body = if shows.register.exports.is_empty() {
        view! { <p class="empty">{text!(lang, register.none)}</p> }.into_any()
    } else {
        view! {
            <table class="sessions register">
                <thead>
                    <tr>
                        <th scope="col">{text!(lang, register.date)}</th>
                        <th scope="col">{text!(lang, exports.requester)}</th>
                        <th scope="col" class="figure">{text!(lang, register.size)}</th>
                        <th scope="col">{text!(lang, exports.purpose)}</th>
                        <th scope="col">{text!(lang, register.scope)}</th>
                        <th scope="col">{text!(lang, exports.recipient)}</th>
                        <th scope="col">{text!(lang, register.intended)}</th>
                        <th scope="col">{text!(lang, register.file)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="exports">
            <h2 id="exports">{text!(lang, register.exports)}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn row(one: &RegisterEntry, fields: &[Label], purpose: String, lang: Lang) -> AnyView {
    let scope = fields.iter().zip(&one.scope).map(|(label, (_, form))| field_as(lang, in_language(label, lang), *form));
    let scope = scope.collect::<Vec<_>>().join(&text!(lang, export_word.and));
    let fate = [
        one.downloaded.map(|at| text!(lang, register.downloaded, at = local(at))),
        one.destroyed.map(|at| text!(lang, register.destroyed, at = local(at))),
        one.bytes.map(|bytes| text!(lang, exports.bytes, n = number(bytes))),
    ];
    let fate = fate.into_iter().flatten().map(|words| view! { <li>{words}</li> });
    let hash = one.sha256.map(|hash| view! { <li><code class="hash">{hash.to_string()}</code></li> });
    let kept = format!(
        "{} · {}: {}",
        words::exports::basis(lang, one.basis),
        text!(lang, exports.retention_days),
        one.retention_days
    );
    view! {
        <tr>
            <th scope="row"><Time at=one.entry.created/></th>
            <td>{format!("{} · {}", one.entry.requester, one.entry.unit)}</td>
            <td class="figure">{number(one.entry.rows)}</td>
            <td>{purpose}</td>
            <td>{scope}</td>
            <td>{one.entry.recipient.clone()}</td>
            <td>{one.intended_use.clone()} <p class="fine">{kept}</p></td>
            <td>
                {state_chip(one.entry.state, lang)}
                <ul>{fate.collect_view()} {hash} <li>{text!(lang, exports.digest)} " " <code>{one.short.clone()}</code></li></ul>
            </td>
        </tr>
    }
    .into_any()
}

fn recipients(all: &[RecipientView], now: Timestamp, lang: Lang) -> AnyView {
    let rows = all.iter().map(|one| {
        let (style, due) = if one.assessed_until <= now {
            ("bad", text!(lang, register.over, at = local(one.assessed_until)))
        } else {
            ("", text!(lang, register.due, at = local(one.assessed_until)))
        };
        view! {
            <tr>
                <th scope="row"><a href=format!("/recipients/{}", one.recipient_id)>{one.name.clone()}</a></th>
                <td>{words::exports::kind(lang, one.kind)}</td>
                <td>{one.assessment.clone()}</td>
                <td class=style>{due}</td>
                <td>{one.commitment.clone()}</td>
                <td>{words::exports::recipient(lang, one.state)}</td>
            </tr>
        }
    });
    view! {
        <section aria-labelledby="recipients">
            <h2 id="recipients">{text!(lang, register.recipients)}</h2>
            <table class="sessions">
                <thead>
                    <tr>
                        <th scope="col">{text!(lang, recipients.name)}</th>
                        <th scope="col">{text!(lang, recipients.kind)}</th>
                        <th scope="col">{text!(lang, recipients.assessment)}</th>
                        <th scope="col">{text!(lang, recipients.assessed_until)}</th>
                        <th scope="col">{text!(lang, recipients.commitment)}</th>
                        <th scope="col">{text!(lang, recipients.state)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn channels(all: &[ChannelView], lang: Lang) -> AnyView {
    let rows = all.iter().map(|one| {
        let last = one.last.as_ref().map(|check| {
            let found = words::exports::sound(lang, check.sound);
            view! { {format!("{found} · {} · ", check.by)} <Time at=check.at/> <p class="fine">{check.note.clone()}</p> }
        });
        let (style, next) = match (one.due, one.overdue) {
            (None, _) => ("bad", text!(lang, register.never)),
            (Some(due), true) => ("bad", text!(lang, register.overdue, at = local(due))),
            (Some(due), false) => ("", text!(lang, register.due, at = local(due))),
        };
        view! {
            <tr>
                <th scope="row">{words::exports::channel(lang, one.channel)}</th>
                <td>{last}</td>
                <td class=style>{next}</td>
            </tr>
        }
    });
    view! {
        <section aria-labelledby="channels">
            <h2 id="channels">{text!(lang, register.channels)}</h2>
            <table class="sessions">
                <thead>
                    <tr>
                        <th scope="col">{text!(lang, register.channel)}</th>
                        <th scope="col">{text!(lang, register.last)}</th>
                        <th scope="col">{text!(lang, register.next)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn check(context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    let channels =
        Channel::ALL.iter().map(|one| (one.as_str().to_owned(), words::exports::channel(lang, *one))).collect();
    let chosen = form.value("sound");
    let radio = |value: &'static str, sound: bool| {
        let checked = chosen == value;
        view! { <label><input type="radio" name="sound" value=value checked=checked/> {words::exports::sound(lang, sound)}</label> }
    };
    let fault = form.fault("sound").map(|fault| {
        view! { <p class="fault">{words::fault_about(lang, &text!(lang, register.found), fault)}</p> }
    });
    view! {
        <section aria-labelledby="check">
            <h2 id="check">{text!(lang, register.check)}</h2>
            <form class="narrow" method="post" action="/supervise/exports/check" autocomplete="off">
                <Choice lang name="channel" label=text!(lang, register.channel) form=form.clone()
                    none=text!(lang, exports.choose) options=channels/>
                <fieldset class="choice" id=id_of("sound") tabindex="-1">
                    <legend>{text!(lang, register.found)}</legend>
                    {fault}
                    {radio("yes", true)} {radio("no", false)}
                </fieldset>
                <Field lang name="note" label=text!(lang, register.note) form=form.clone() input=Input::Lines/>
                <Field lang name="due_days" label=text!(lang, register.due_days) form=form.clone() input=Input::Digits/>
                <div class="actions"><button type="submit" class="primary">{text!(lang, register.record)}</button></div>
            </form>
        </section>
    }
    .into_any()
}
