//! The second factor.

use crate::context::PageContext;
use crate::lang::text;
use crate::page::Page;
use crate::render::to_notice;
use crate::ui::demo_slip::DemoSlipView;
use crate::ui::field::{Field, Input};
use crate::ui::next_page::NextPage;
use crate::ui::passkey::PasskeySignIn;
use crate::ui::problems::Problems;
use leptos::prelude::*;

/// One code.
pub fn view(context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    // parsed once more, since the browser's half goes there by itself
    let next = to_notice(&Page::parse(&form.value("next")).unwrap_or(Page::Home));
    let labels = vec![("code".to_owned(), text!(lang, verify.code))];
    view! {
        <Problems lang form=form.clone() labels request=context.request/>
        <h1>{text!(lang, verify.title)}</h1>
        <p class="lead">{text!(lang, verify.lead)}</p>
        <PasskeySignIn lang next/>
        <form class="narrow" method="post" action="/sign-in/verify" autocomplete="off">
            <NextPage form=form.clone()/>
            <Field
                lang
                name="code"
                label=text!(lang, verify.code)
                hint=text!(lang, verify.once)
                form=form.clone()
                input=Input::Code
                first=!form.refused()
            />
            <div class="actions">
                <button type="submit" class="primary">{text!(lang, verify.submit)}</button>
                <a href="/sign-in">{text!(lang, verify.restart)}</a>
            </div>
        </form>
        {context.demo.clone().map(|slip| view! { <DemoSlipView lang slip/> })}
    }
    .into_any()
}
