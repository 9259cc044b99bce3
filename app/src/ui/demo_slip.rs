//! What a newcomer to the demonstration needs: who may sign in, with which code, and whom to look for.

use crate::context::DemoSlip;
use crate::lang::{Lang, text};
use crate::words;
use leptos::prelude::*;

/// Printed on the sign-in pages of a demonstration, and nowhere else.
#[component]
pub fn DemoSlipView(lang: Lang, slip: DemoSlip) -> impl IntoView {
    let staff = slip.staff.into_iter().map(|person| {
        let when = match person.seconds {
            0 => text!(lang, demo.ready),
            seconds => text!(lang, demo.in_seconds, seconds = seconds),
        };
        view! {
            <tr>
                <th scope="row">{person.staff_no}</th>
                <td>{words::role(lang, person.role)}</td>
                <td>{person.unit}</td>
                <td><code>{person.code}</code> " " <span class="fine">{when}</span></td>
            </tr>
        }
    });
    let guests = slip.guests.into_iter().map(|guest| {
        view! {
            <tr>
                <th scope="row">{guest.name}</th>
                <td><code>{guest.id_no}</code></td>
                <td><code>{guest.mobile}</code></td>
                <td><code>{guest.card_no}</code></td>
                <td>{guest.branch}</td>
                <td><code>{guest.ticket}</code></td>
                <td><code>{guest.purpose}</code></td>
            </tr>
        }
    });
    let heads = |words: Vec<String>| words.into_iter().map(|word| view! { <th scope="col">{word}</th> }).collect_view();
    view! {
        <details class="demo-slip" open>
            <summary>{text!(lang, demo.title)}</summary>
            <p>{text!(lang, demo.password)} " " <code>{slip.password}</code></p>
            <table>
                <caption>{text!(lang, demo.staff)}</caption>
                <thead>
                    <tr>
                        {heads(vec![
                            text!(lang, demo.staff_no),
                            text!(lang, demo.role),
                            text!(lang, demo.unit),
                            text!(lang, demo.code),
                        ])}
                    </tr>
                </thead>
                <tbody>{staff.collect_view()}</tbody>
            </table>
            <p class="fine">{text!(lang, demo.guests_lead)}</p>
            <table>
                <caption>{text!(lang, demo.guests)}</caption>
                <thead>
                    <tr>
                        {heads(vec![
                            text!(lang, demo.name),
                            text!(lang, demo.id_no),
                            text!(lang, demo.mobile),
                            text!(lang, demo.card_no),
                            text!(lang, demo.branch),
                            text!(lang, demo.ticket),
                            text!(lang, demo.purpose),
                        ])}
                    </tr>
                </thead>
                <tbody>{guests.collect_view()}</tbody>
            </table>
        </details>
    }
}
