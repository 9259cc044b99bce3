//! The notice of secrecy: after signing in, before anything else.

use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::next_page::NextPage;
use crate::ui::problems::Problems;
use domain::desk::Desk;
use leptos::prelude::*;

/// What it shows.
pub struct Shows {
    zh: Vec<String>,
    en: Vec<String>,
    digest: String,
    who: String,
}

/// The words as they are now.
pub fn load(desk: &dyn Desk) -> Shows {
    let (notice, staff) = (desk.notice(), desk.staff());
    Shows {
        zh: notice.zh().to_vec(),
        en: notice.en().to_vec(),
        digest: notice.digest().to_string(),
        who: format!("{} {}", staff.staff_no, staff.name),
    }
}

/// The paragraphs, and one button.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    let words = match lang {
        Lang::zh => &shows.zh,
        Lang::en => &shows.en,
    };
    view! {
        <Problems lang form=form.clone() labels=Vec::new() request=context.request/>
        // focused, so that it is read first and the button is one key away
        <h1 tabindex="-1" autofocus>{text!(lang, notice.title)}</h1>
        <div class="secrecy">{words.iter().map(|words| view! { <p>{words.clone()}</p> }).collect_view()}</div>
        <p>{text!(lang, app.signed_in_as)} " " <strong>{shows.who.clone()}</strong></p>
        <form class="narrow" method="post" action="/notice">
            <NextPage form=form.clone()/>
            <input type="hidden" name="notice" value=shows.digest.clone()/>
            <div class="actions">
                <button type="submit" class="primary">{text!(lang, notice.acknowledge)}</button>
            </div>
        </form>
        <form method="post" action="/sign-out"><button type="submit">{text!(lang, app.sign_out)}</button></form>
    }
    .into_any()
}
