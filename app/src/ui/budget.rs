//! What is left of the budgets (Q4): a quiet line while there is enough, plain words when there is not.

use super::time::local;
use crate::lang::{Lang, text};
use domain::budget::{Counter, Scope, Window};
use domain::desk::Left;
use leptos::prelude::*;

/// Below one in so many, what is left is said louder.
const LOW: u32 = 5;

/// Each counter that matters now.
#[component]
pub fn BudgetLeft(lang: Lang, left: Vec<Left>) -> impl IntoView {
    let (loud, quiet): (Vec<Left>, Vec<Left>) = left.into_iter().partition(|left| left.left < left.limit.div_ceil(LOW));
    let quiet: Vec<_> = quiet.into_iter().filter(|left| everyday(left.counter)).collect();
    let loud = loud.into_iter().map(|left| {
        let words = left.opens.map_or_else(|| more(lang, &left), |opens| spent(lang, &left, local(opens)));
        view! { <p class="notice">{words}</p> }
    });
    let items = quiet.iter().map(|left| view! { <li>{more(lang, left)}</li> }).collect_view();
    let quiet =
        (!quiet.is_empty()).then(|| view! { <ul class="budget" aria-label=text!(lang, budget.title)>{items}</ul> });
    view! { {loud.collect_view()} {quiet} }
}

/// The others are told when they run low.
const fn everyday(counter: Counter) -> bool {
    match counter {
        Counter::Searches | Counter::Customers | Counter::Reveals => true,
        Counter::Misses | Counter::BankWideSearches => false,
    }
}

fn more(lang: Lang, left: &Left) -> String {
    let (what, window) = (name(lang, left.counter), window(lang, left.window));
    text!(lang, budget.more, what = what, left = left.left, window = window)
}

fn spent(lang: Lang, left: &Left, time: String) -> String {
    let (what, window) = (name(lang, left.counter), window(lang, left.window));
    match left.scope {
        Scope::Person => text!(lang, budget.spent_person, what = what, window = window, time = time),
        Scope::Branch => text!(lang, budget.spent_branch, what = what, window = window, time = time),
        Scope::Purpose => text!(lang, budget.spent_purpose, what = what, window = window, time = time),
    }
}

fn name(lang: Lang, counter: Counter) -> String {
    match counter {
        Counter::Searches => text!(lang, budget.searches),
        Counter::Misses => text!(lang, budget.misses),
        Counter::Customers => text!(lang, budget.customers),
        Counter::Reveals => text!(lang, budget.reveals),
        Counter::BankWideSearches => text!(lang, budget.bank_wide_searches),
    }
}

fn window(lang: Lang, window: Window) -> String {
    match window {
        Window::Hour => text!(lang, budget.hour),
        Window::Day => text!(lang, budget.day),
        Window::Month => text!(lang, budget.month),
    }
}
