//! One's own password: when it was set, and the form that sets another.

use super::Shows;
use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::ui::field::{Field, Input};
use crate::ui::passkey::PasskeyAct;
use crate::ui::time::Time;
use leptos::prelude::*;

/// The names of the form's questions, for the summary of what is wrong.
pub fn labels(lang: Lang) -> Vec<(String, String)> {
    [
        ("current_password", text!(lang, password.current)),
        ("new_password", text!(lang, password.new)),
        ("new_again", text!(lang, password.again)),
        ("code", text!(lang, password.code)),
    ]
    .into_iter()
    .map(|(name, label)| (name.to_owned(), label))
    .collect()
}

/// The present one, the new one twice, and a second factor for just this.
pub fn view(shows: &Shows, context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    let set = shows.password_set.map(|at| view! { <p>{text!(lang, password.set)} " " <Time at/></p> });
    let by_passkey = shows.passkeys.iter().any(|one| !one.suspended).then(|| {
        view! {
            <PasskeyAct lang endpoint="/api/password/change" choice="" then="/me".to_owned() words=text!(lang, password.by_passkey)/>
        }
    });
    let password = |name: &'static str, label: String, hint: String| {
        view! { <Field lang name=name label=label hint=hint form=form.clone() input=Input::Password/> }
    };
    view! {
        <section aria-labelledby="password">
            <h2 id="password">{text!(lang, password.title)}</h2>
            <p class="lead">{text!(lang, password.lead)}</p>
            {set}
            <form class="narrow" method="post" action="/me/password" autocomplete="off">
                {password("current_password", text!(lang, password.current), String::new())}
                {password("new_password", text!(lang, password.new), text!(lang, enrol.password_hint))}
                {password("new_again", text!(lang, password.again), String::new())}
                {by_passkey}
                <Field lang name="code" label=text!(lang, password.code) form=form.clone() input=Input::Code required=false/>
                <div class="actions"><button type="submit">{text!(lang, password.change)}</button></div>
            </form>
        </section>
    }
    .into_any()
}
