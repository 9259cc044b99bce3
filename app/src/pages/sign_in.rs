//! The first factor.

use crate::context::PageContext;
use crate::lang::text;
use crate::ui::demo_slip::DemoSlipView;
use crate::ui::field::{Field, Input};
use crate::ui::problems::Problems;
use leptos::prelude::*;

/// Number and password. Whatever was wrong is told after the second factor, and not which (U2).
pub fn view(context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    let labels = vec![
        ("staff_no".to_owned(), text!(lang, sign_in.staff_no)),
        ("password".to_owned(), text!(lang, sign_in.password)),
    ];
    view! {
        <Problems lang form=form.clone() labels request=context.request/>
        <h1>{text!(lang, sign_in.title)}</h1>
        <form class="narrow" method="post" action="/sign-in" autocomplete="off">
            <Field lang name="staff_no" label=text!(lang, sign_in.staff_no) form=form.clone()/>
            <Field lang name="password" label=text!(lang, sign_in.password) form=form.clone() input=Input::Password/>
            <div class="actions"><button type="submit" class="primary">{text!(lang, sign_in.submit)}</button></div>
        </form>
        {context.demo.clone().map(|slip| view! { <DemoSlipView lang slip/> })}
    }
    .into_any()
}
