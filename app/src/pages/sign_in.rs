//! The first factor.

use crate::context::PageContext;
use crate::lang::text;
use crate::ui::demo_slip::DemoSlipView;
use crate::ui::field::{Field, Input};
use crate::ui::next_page::NextPage;
use crate::ui::problems::Problems;
use crate::ui::sso::Sso;
use crate::ui::time::local;
use domain::desk::Ended;
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
        {context.ended.map(|why| ended(why, context))}
        <h1>{text!(lang, sign_in.title)}</h1>
        {context.sso.clone().map(|offer| view! { <Sso lang offer form=form.clone()/> })}
        {passwords(context).then(|| by_password(context))}
        {context.demo.clone().map(|slip| view! { <DemoSlipView lang slip/> })}
    }
    .into_any()
}

/// Whether a password is taken.
fn passwords(context: &PageContext) -> bool {
    context.sso.as_ref().is_none_or(|offer| !offer.only)
}

fn by_password(context: &PageContext) -> AnyView {
    let (lang, form) = (context.lang, &context.form);
    view! {
        <form class="narrow" method="post" action="/sign-in" autocomplete="off">
            <NextPage form=form.clone()/>
            <Field
                lang
                name="staff_no"
                label=text!(lang, sign_in.staff_no)
                form=form.clone()
                first=!form.refused() && context.sso.is_none()
            />
            <Field lang name="password" label=text!(lang, sign_in.password) form=form.clone() input=Input::Password/>
            <div class="actions"><button type="submit" class="primary">{text!(lang, sign_in.submit)}</button></div>
        </form>
    }
    .into_any()
}

/// Why one is here, and that nothing is lost.
fn ended(why: Ended, context: &PageContext) -> AnyView {
    let lang = context.lang;
    let words = match why {
        Ended::Idle { minutes } => text!(lang, ended.idle, minutes = minutes),
        Ended::Age { hours } => text!(lang, ended.age, hours = hours),
        Ended::Elsewhere { at } => text!(lang, ended.elsewhere, at = local(at)),
        Ended::ByAdmin => text!(lang, ended.by_admin),
        Ended::Suspended => text!(lang, ended.suspended),
        Ended::Lapsed => text!(lang, ended.lapsed),
        Ended::Otherwise => text!(lang, ended.other),
    };
    let back = (!context.form.value("next").is_empty()).then(|| text!(lang, ended.back));
    view! {
        <div class="notice" role="status">
            <p><strong>{text!(lang, ended.title)}</strong></p>
            <p>{words} " " {back}</p>
        </div>
    }
    .into_any()
}
