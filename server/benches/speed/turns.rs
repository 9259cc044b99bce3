//! Figures that are taken in turns: the disk stalls now and then, for whoever has its turn.

use crate::client::Client;
use crate::counter::{Rate, count, median};
use crate::floors::{Caller, Floors};
use crate::office::Office;
use crate::say;
use crate::tellers::{Act, Teller};
use std::time::Duration;

/// How often each has its turn.
const TURNS: u32 = 5;

/// One crowd's figures, each taken in turns with its floor; ours by the floor, of the median turns.
pub async fn beside_floors(
    office: &Office,
    floors: &Floors,
    clients: usize,
    seconds: Duration,
) -> anyhow::Result<[(&'static str, f64); 3]> {
    let mut crowd = office.crowd(clients).await?;
    let turn = seconds / TURNS;
    let mut rates: [Vec<Rate>; 5] = Default::default();
    for _ in 0..TURNS {
        let [f1, reveals, f2, searches, views] = &mut rates;
        f1.push(floor(floors, "/append", clients, turn).await?);
        reveals.push(act(&mut crowd, Act::Reveal, turn).await?);
        f2.push(floor(floors, "/select-and-append", clients, turn).await?);
        searches.push(act(&mut crowd, Act::Search, turn).await?);
        views.push(act(&mut crowd, Act::View, turn).await?);
    }
    let tell = |name: &str, rates: Vec<Rate>| {
        let rate = median(rates);
        say(format_args!("{name:<9} {clients:>2} clients  {rate}"));
        rate.per_second
    };
    let [f1, reveals, f2, searches, views] = rates;
    let (f1, reveals) = (tell("floor F1", f1), tell("reveal", reveals));
    let (f2, searches, views) = (tell("floor F2", f2), tell("search", searches), tell("view", views));
    Ok([("reveal", reveals / f1), ("search", searches / f2), ("view", views / f2)])
}

/// Each act's cost in the one office by its cost in the other, of the median turns.
pub async fn beside_each_other(
    offices: [(&str, &Office); 2],
    clients: usize,
    seconds: Duration,
) -> anyhow::Result<[(&'static str, f64); 3]> {
    let mut crowds = [offices[0].1.crowd(clients).await?, offices[1].1.crowd(clients).await?];
    let mut ratios = [("", 0.0); 3];
    for (one, ratio) in Act::ALL.into_iter().zip(&mut ratios) {
        let mut rates: [Vec<Rate>; 2] = Default::default();
        for _ in 0..TURNS {
            for (crowd, rates) in crowds.iter_mut().zip(&mut rates) {
                rates.push(act(crowd, one, seconds / TURNS).await?);
            }
        }
        let name = one.as_str();
        let [mine, others] = rates.map(median);
        say(format_args!("{name:<9} {clients:>2} clients  {mine}  {}", offices[0].0));
        say(format_args!("{name:<9} {clients:>2} clients  {others}  {}", offices[1].0));
        *ratio = (name, others.per_second / mine.per_second);
    }
    Ok(ratios)
}

async fn act(crowd: &mut Vec<Teller>, act: Act, turn: Duration) -> anyhow::Result<Rate> {
    let all = std::mem::take(crowd);
    let (rate, back) = count(all, turn, move |one: &mut Teller, nth| Box::pin(one.does(act, nth))).await?;
    *crowd = back;
    Ok(rate)
}

async fn floor(floors: &Floors, path: &'static str, clients: usize, turn: Duration) -> anyhow::Result<Rate> {
    let mut crowd = Vec::new();
    for _ in 0..clients {
        crowd.push(Caller::new(Client::connect(floors.addr).await?, path, floors.keys));
    }
    let (rate, _) = count(crowd, turn, |one, nth| Box::pin(one.call(nth))).await?;
    Ok(rate)
}
