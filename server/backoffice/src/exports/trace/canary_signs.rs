//! The canaries of one copy, made again: the signs by which each is known.

use super::seen::{Seen, Sign, Sort, whole};
use crate::exports::canaries::{MIDDLE, TAIL, invented};
use crate::exports::copy::is_opened;
use crate::exports::marks::{Marks, canaries, digits};
use domain::catalogue::Field;
use domain::export::Form;
use std::collections::{HashMap, HashSet};

/// Items of a field that are made again; a fourth card is rare.
const ITEMS: usize = 3;

/// An item of a field of a canary. Two signs may be of one: a card's mask shows its issuer or does not.
type Slot = (u32, u16);

/// Signs, and whose they are.
pub(super) struct CanarySigns {
    owners: HashMap<Sign, Vec<Slot>>,
    per_canary: HashMap<Sort, usize>,
    count: u32,
}

impl CanarySigns {
    /// Of the canaries of a copy of so many customers.
    pub(super) fn of(marks: &Marks, columns: &[(&Field, Form)], rows: u64) -> Self {
        // 150 at most.
        let count = canaries(rows) as u32;
        let mut owners: HashMap<Sign, Vec<Slot>> = HashMap::new();
        let mut per_canary: HashMap<Sort, usize> = HashMap::new();
        let slots = columns.iter().flat_map(|column| (0..ITEMS).map(move |place| (column, place)));
        for (slot, ((field, form), place)) in (0..).zip(slots) {
            for canary in 0..count {
                for sign in signs_of(marks.seed(canary.into(), &field.name, place), field, *form) {
                    *per_canary.entry(sign.0).or_default() += usize::from(canary == 0);
                    owners.entry(sign).or_default().push((canary, slot));
                }
            }
        }
        Self { owners, per_canary, count }
    }

    /// How many signs of this sort one canary has.
    pub(super) fn of_sort(&self, sort: Sort) -> usize {
        self.per_canary.get(&sort).copied().unwrap_or_default()
    }

    /// Of each canary, how many of its items stand together in one row, where most do.
    pub(super) fn best_rows(&self, seen: &Seen) -> Vec<usize> {
        let mut best = vec![0; self.count as usize];
        let mut slots: HashSet<Slot> = HashSet::new();
        let mut together: HashMap<u32, usize> = HashMap::new();
        for row in &seen.signs {
            slots.clear();
            together.clear();
            slots.extend(row.iter().filter_map(|sign| self.owners.get(sign)).flatten());
            for (canary, _) in &slots {
                *together.entry(*canary).or_default() += 1;
            }
            for (canary, items) in &together {
                if let Some(most) = best.get_mut(*canary as usize) {
                    *most = (*most).max(*items);
                }
            }
        }
        best
    }
}

/// The signs of one item, as `canaries::row` makes it.
fn signs_of(seed: u128, field: &Field, form: Form) -> Vec<Sign> {
    let from_key = digits(seed);
    let number = |part: Option<&str>| part.and_then(|part| part.parse().ok());
    match form {
        // Found as tokens are.
        Form::Token => Vec::new(),
        Form::Plain if is_opened(field, form) => match invented(field.kind, seed) {
            Some(text) => vec![(Sort::Whole, whole(&text))],
            None => number(from_key.get(MIDDLE)).map(|middle| (Sort::Middle, middle)).into_iter().collect(),
        },
        Form::Mask | Form::Plain => {
            let Some(tail) = number(from_key.get(from_key.len() - TAIL..)) else { return Vec::new() };
            Sort::of_mask(field).iter().map(|sort| (*sort, tail)).collect()
        }
    }
}
