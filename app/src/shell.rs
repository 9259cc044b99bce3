//! What is around every page.

use crate::context::PageContext;
use crate::lang::{self, Lang, text};
use crate::page::Page;
use crate::pages::Content;
use crate::render::to_sign_in;
use crate::ui::idle;
use crate::ui::time::local;
use crate::ui::trail::Trail;
use crate::words;
use domain::desk::StaffView;
use domain::role::Role;
use http::{HeaderValue, header};
use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// The whole document.
pub fn document(content: &Content, context: &PageContext, path: &str) -> AnyView {
    guard();
    let lang = context.lang;
    let title = content.title(lang);
    let tab = if context.form.refused() { text!(lang, app.problem_title, title = &title) } else { title };
    // a page without a verb needs nothing of the browser's half
    let scripts = content.has_verbs(context.desk.is_some() && !content.is_way_in()).then(scripts);
    let html_lang = match lang {
        Lang::zh => "zh-CN",
        Lang::en => "en",
    };
    let body = match context.desk.as_ref() {
        Some(desk) if !content.is_way_in() => signed_in(content, context, desk.staff(), path),
        _ => way_in(content, context, path),
    };
    view! {
        <!DOCTYPE html>
        <html lang=html_lang>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <title>{format!("{tab} · Grille")}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href="/pkg/grille.css"/>
                {scripts}
            </head>
            <body>
                <a class="skip" href="#main">{text!(lang, app.skip)}</a>
                {demo_banner(context)}
                {body}
            </body>
        </html>
    }
    .into_any()
}

/// The browser's half. Its second file is asked for at once, since the first names it only when it has come; so could the
/// third be, but a browser without JavaScript complains of what it fetched in vain.
fn scripts() -> AnyView {
    view! {
        <link rel="modulepreload" href="/pkg/grille.js"/>
        <script r#type="module" src="/pkg/start.js" nonce=use_nonce()></script>
    }
    .into_any()
}

/// On every page of a demonstration, so that no picture of one is taken for the real thing.
fn demo_banner(context: &PageContext) -> Option<AnyView> {
    let lang = context.lang;
    context.demo.as_ref().map(|_| {
        view! { <aside class="demo-banner" aria-label=text!(lang, demo.title)>{text!(lang, demo.banner)}</aside> }
            .into_any()
    })
}

/// Says what the browser may load: our own files, and the one script that carries this answer's nonce.
fn guard() {
    let Some((nonce, response)) = use_nonce().zip(use_context::<leptos_axum::ResponseOptions>()) else {
        return;
    };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data:; connect-src 'self'; font-src 'self'; object-src 'none'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Before anybody is signed in: the bars on one side, the form on the other.
fn way_in(content: &Content, context: &PageContext, path: &str) -> AnyView {
    let lang = context.lang;
    view! {
        <div class="way-in">
            <header class="gate">
                <p class="brand">{text!(lang, app.name)}</p>
                <p class="motto">{text!(lang, app.tagline)}</p>
                <p>{text!(lang, sign_in.lead)}</p>
                <p class="law">{text!(lang, sign_in.law)}</p>
                {language(lang, &with_next(path, context))}
            </header>
            <main id="main" tabindex="-1">{content.view(context)}</main>
        </div>
    }
    .into_any()
}

/// The way back is kept when the language changes.
fn with_next(path: &str, context: &PageContext) -> String {
    match Page::parse(&context.form.value("next")) {
        Some(page) => to_sign_in(&page).replace("/sign-in", path),
        None => path.to_owned(),
    }
}

/// Menu at the side, trail above, page below.
fn signed_in(content: &Content, context: &PageContext, staff: &StaffView, path: &str) -> AnyView {
    let lang = context.lang;
    let mut entries = vec![("/", text!(lang, home.title))];
    if staff.role == Role::Operator {
        entries.push(("/customers", text!(lang, search.title)));
        entries.push(("/exports", text!(lang, exports.title)));
    }
    if matches!(staff.role, Role::Supervisor | Role::Auditor) {
        entries.extend([
            ("/supervise", text!(lang, log.title)),
            ("/supervise/events", text!(lang, log.events)),
            ("/supervise/integrity", text!(lang, log.integrity)),
            ("/supervise/exports", text!(lang, register.title)),
        ]);
    }
    if staff.role == Role::Approver {
        entries.push(("/approvals", text!(lang, exports.approvals)));
    }
    if matches!(staff.role, Role::Operator | Role::Approver | Role::Supervisor | Role::Auditor) {
        entries.push(("/recipients", text!(lang, recipients.title)));
    }
    if staff.role == Role::Admin {
        entries.push(("/admin/staff", text!(lang, people.title)));
        entries.push(("/admin/proposals", text!(lang, people.proposals)));
        entries.push(("/admin/recertification", text!(lang, recertify.title)));
        entries.push(("/admin/sessions", text!(lang, sessions.admin_title)));
    }
    entries.push(("/me", text!(lang, me.title)));
    let here = path.split('?').next().unwrap_or_default().to_owned();
    let entries = entries.into_iter().map(|(address, name)| {
        // a card belongs to the search that led to it
        let current = match address {
            _ if address == here => Some("page"),
            "/" | "/supervise" => None,
            section => here.starts_with(section).then_some("true"),
        };
        view! { <li><a href=address aria-current=current>{name}</a></li> }
    });
    view! {
        <div class="frame">
            <header class="side">
                <p class="brand">{text!(lang, app.name)}</p>
                <nav aria-label=text!(lang, app.menu)><ul>{entries.collect_view()}</ul></nav>
                <div class="whoami">
                    <p class="visually-hidden">{text!(lang, app.signed_in_as)}</p>
                    <p class="name">{staff.name.clone()}</p>
                    <p>{format!("{} · {} · {}", staff.staff_no, words::role(lang, staff.role), staff.unit)}</p>
                    <form method="post" action="/sign-out">
                        <button type="submit">{text!(lang, app.sign_out)}</button>
                    </form>
                </div>
            </header>
            <div class="work">
                <div class="bar"><Trail lang steps=content.trail(lang)/>{language(lang, path)}</div>
                <main id="main" tabindex="-1">{content.view(context)}</main>
            </div>
        </div>
        {context.desk.as_ref().map(|desk| idle::view(desk.session(), lang))}
        {print_mark(context, staff)}
    }
    .into_any()
}

/// Who printed the page and when it was drawn, all over the paper and nowhere on the screen (JR/T 0171
/// 6.1.3 c). Without a script the page knows no later time.
fn print_mark(context: &PageContext, staff: &StaffView) -> AnyView {
    /// Enough to cover a sheet.
    const TILES: usize = 18;
    let who = format!("{} {}", staff.staff_no, staff.name);
    let mark = text!(context.lang, print.mark, who = who, at = local(context.now));
    view! {
        <div class="print-mark" aria-hidden="true">
            {(0..TILES).map(|_| view! { <span>{mark.clone()}</span> }).collect_view()}
        </div>
    }
    .into_any()
}

/// A plain form, so that it works without JavaScript.
fn language(current: Lang, path: &str) -> AnyView {
    let other = lang::ALL.into_iter().filter(|lang| *lang != current).map(|lang| {
        let own_name = match lang {
            Lang::zh => "中文",
            Lang::en => "English",
        };
        view! { <button type="submit" name="language" value=lang::name(lang) lang=lang::name(lang)>{own_name}</button> }
    });
    view! {
        <form class="language" method="post" action="/language" aria-label=text!(current, app.language)>
            <input type="hidden" name="back" value=path.to_owned()/>
            {other.collect_view()}
        </form>
    }
    .into_any()
}
