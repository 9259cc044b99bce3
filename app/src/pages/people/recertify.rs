//! Recertification: whose rights lapse soon, each to be looked at and ticked by hand.

use super::seen;
use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::field::{Field, Input, id_of};
use crate::ui::passkey::PasskeyAct;
use crate::ui::problems::Problems;
use crate::ui::time::{Time, local};
use crate::words;
use domain::certification::AT_ONCE;
use domain::desk::{Desk, DeskError, DueEntry, DueList};
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    list: DueList,
    /// Whether the reader has a passkey that serves.
    passkey: bool,
}

/// Those who are due; the desk refuses those who are no administrator, and records that they asked.
pub async fn load(desk: &dyn Desk) -> Result<Shows, DeskError> {
    let list = desk.due().await?;
    Ok(Shows { list, passkey: desk.passkeys().await?.iter().any(|one| !one.suspended) })
}

/// A form with a tick for each person, and the code that it takes. There is no tick for all of them.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, form, list) = (context.lang, &context.form, &shows.list);
    let labels =
        vec![("ticks".to_owned(), text!(lang, recertify.ticks)), ("code".to_owned(), text!(lang, recertify.code))];
    let lead = text!(lang, recertify.lead, days = list.notice_days, until = local(list.until));
    let more = (list.count > list.due.len())
        .then(|| view! { <p class="notice">{text!(lang, recertify.more, count = list.count, most = AT_ONCE)}</p> });
    let by_passkey = shows.passkey.then(|| {
        view! {
            <PasskeyAct
                lang
                endpoint="/api/admin/staff/certify"
                choice=""
                then="/admin/recertification".to_owned()
                words=text!(lang, recertify.certify_by_passkey)
            />
        }
    });
    let body = if list.due.is_empty() {
        view! { <p class="empty">{text!(lang, recertify.nobody)}</p> }.into_any()
    } else {
        view! {
            <form method="post" action="/admin/recertification" autocomplete="off">
                {table(list, context)}
                <div class="narrow">
                    <p>{text!(lang, recertify.code_lead)}</p>
                    {by_passkey}
                    <Field lang name="code" label=text!(lang, recertify.code) form=form.clone() input=Input::Code/>
                    <div class="actions">
                        <button type="submit" class="primary">{text!(lang, recertify.certify)}</button>
                    </div>
                </div>
            </form>
        }
        .into_any()
    };
    view! {
        <Problems lang form=form.clone() labels request=context.request/>
        <h1>{text!(lang, recertify.title)}</h1>
        <p class="lead">{lead}</p>
        {more}
        {body}
    }
    .into_any()
}

fn table(list: &DueList, context: &PageContext) -> AnyView {
    let lang = context.lang;
    view! {
        <table class="sessions recertify" id=id_of("ticks") tabindex="-1">
            <thead>
                <tr>
                    <th scope="col">{text!(lang, recertify.tick)}</th>
                    <th scope="col">{text!(lang, people.name)}</th>
                    <th scope="col">{text!(lang, people.role)}</th>
                    <th scope="col">{text!(lang, people.unit)}</th>
                    <th scope="col">{text!(lang, people.seen)}</th>
                    <th scope="col">{text!(lang, people.certified_until)}</th>
                    <th scope="col">{text!(lang, recertify.may)}</th>
                </tr>
            </thead>
            <tbody>{list.due.iter().map(|due| row(due, context)).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(due: &DueEntry, context: &PageContext) -> AnyView {
    let (lang, entry) = (context.lang, &due.entry);
    let no = entry.staff_no.to_string();
    let tick = if due.own {
        view! { <span class="fine">{text!(lang, recertify.own)}</span> }.into_any()
    } else {
        let (name, value) = (format!("tick_{no}"), due.looked.to_string());
        // What was ticked before is so still, if the record is.
        let checked = context.form.value(&name) == value;
        let label = text!(lang, recertify.tick_named, name = entry.name, no = no);
        view! { <input type="checkbox" name=name value=value checked=checked aria-label=label/> }.into_any()
    };
    let mut may: Vec<String> = due.may.iter().map(|verb| words::people::verb(lang, *verb)).collect();
    may.dedup();
    let may = match may.is_empty() {
        true => text!(lang, recertify.nothing),
        false => may.join(match lang {
            Lang::zh => "、",
            Lang::en => ", ",
        }),
    };
    view! {
        <tr>
            <td>{tick}</td>
            <th scope="row">{entry.name.clone()} " " <a href=format!("/admin/staff/{no}")>{no.clone()}</a></th>
            <td class="role">{words::role(lang, entry.role)}</td>
            <td>{entry.unit.to_string()}</td>
            <td>{seen(entry, lang)}</td>
            <td><Time at=entry.certified_until/></td>
            <td class="may">{may}</td>
        </tr>
    }
    .into_any()
}
