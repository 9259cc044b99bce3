//! One sample customer.

use super::names;
use super::numbers::{Dice, id_check, luhn, shuffled};
use crate::guests::Guest;
use domain::clock::{Span, Timestamp};
use std::fmt::Write;

/// Ages, days: births from 1945 to early 2005.
const BIRTHDAYS: u64 = 22_000;
const FIRST_BIRTHDAY: Timestamp = Timestamp::from_millis(0).minus(Span::days(9131));
/// Numbers of one day's births in one region, and how many regions there are.
const OF_A_DAY: u64 = 999;
const REGIONS: u64 = 20;

/// A row, before it is text.
pub struct Person {
    customer_no: String,
    name: String,
    id_no: String,
    passport_no: String,
    mobiles: [String; 3],
    email: String,
    cards: [String; 3],
    expiries: [String; 3],
    accounts: [String; 3],
    address: String,
    employer: String,
    birth_date: String,
    balance: String,
    branch: &'static str,
    opened_on: String,
}

impl Person {
    /// The customer in that place of that seed's file.
    pub fn of(seed: u64, index: u64, branch: &'static str, guest: Option<&Guest>) -> Self {
        let mut dice = Dice::of(seed, index);
        let (born, id_no) = identity(seed, index);
        let cards = 1 + dice.below(3).min(dice.below(3));
        let accounts = 1 + dice.below(3).min(dice.below(3));
        let mobiles = 1 + dice.below(3).min(dice.below(3));
        let mut person = Self {
            customer_no: format!("C{:09}", shuffled(seed, index, 1_000_000_000)),
            name: names::name(&mut dice),
            id_no,
            passport_no: if dice.below(10) == 0 {
                format!("X{:08}", shuffled(seed, index, 100_000_000))
            } else {
                String::new()
            },
            mobiles: items(mobiles, |k| format!("154{:08}", shuffled(seed, 3 * index + k, 100_000_000))),
            email: if dice.below(10) < 7 {
                format!("u{}@example.com", shuffled(seed, index, 1_000_000_000))
            } else {
                String::new()
            },
            cards: items(cards, |k| card(seed, 3 * index + k, k)),
            expiries: items(cards, |_| format!("{:02}/{}", 1 + dice.below(12), 27 + dice.below(8))),
            accounts: items(accounts, |k| format!("{branch}88{:010}", shuffled(seed, 3 * index + k, 1_000_000_000))),
            address: names::address(&mut dice),
            employer: names::employer(&mut dice),
            birth_date: day(born),
            balance: format!("{}.{:02}", dice.below(2_000_000) >> dice.below(12), dice.below(100)),
            branch,
            opened_on: day(Timestamp::from_millis(1_104_537_600_000).plus(Span::days(dice.below(7_500) as i64))),
        };
        if let Some(guest) = guest {
            person.become_guest(guest);
        }
        person
    }

    /// Their ID number.
    pub fn id_no(&self) -> &str {
        &self.id_no
    }

    fn become_guest(&mut self, guest: &Guest) {
        self.customer_no = guest.customer_no.into();
        self.name = guest.name.into();
        self.id_no = guest.id_no.into();
        self.birth_date = [guest.id_no.get(6..10), guest.id_no.get(10..12), guest.id_no.get(12..14)]
            .map(Option::unwrap_or_default)
            .join("-");
        self.mobiles[0] = guest.mobile.into();
        self.cards[0] = guest.card_no.into();
        self.branch = guest.branch;
    }

    /// Cells in the header's order. None holds a comma, a quote or a line end.
    pub fn write(&self, line: &mut String) {
        let cells = [&self.customer_no, &self.name, &self.id_no, &self.passport_no].into_iter();
        let cells = cells.chain(&self.mobiles).chain([&self.email]).chain(&self.cards).chain(&self.expiries);
        let cells = cells.chain(&self.accounts).chain([&self.address, &self.employer, &self.birth_date, &self.balance]);
        for cell in cells {
            line.push_str(cell);
            line.push(',');
        }
        line.push_str(self.branch);
        line.push(',');
        line.push_str(&self.opened_on);
    }
}

/// So many of three; the others are empty.
fn items(count: u64, mut make: impl FnMut(u64) -> String) -> [String; 3] {
    [0, 1, 2].map(|k| if k < count { make(k) } else { String::new() })
}

/// Somebody's ID number, who is no row of the file.
pub fn id_number(seed: u64, index: u64) -> String {
    identity(seed, index).1
}

/// Birthday and ID number, another for each index.
fn identity(seed: u64, index: u64) -> (Timestamp, String) {
    let number = shuffled(seed, index, BIRTHDAYS * OF_A_DAY * REGIONS);
    let born = FIRST_BIRTHDAY.plus(Span::days((number % BIRTHDAYS) as i64));
    let of_day = number / BIRTHDAYS % OF_A_DAY + 1;
    let region = number / BIRTHDAYS / OF_A_DAY + 1;
    let (year, month, date, ..) = born.civil();
    let mut id_no = format!("9903{region:02}{year:04}{month:02}{date:02}{of_day:03}");
    id_no.push(id_check(&id_no));
    (born, id_no)
}

/// Sixteen digits for a first card, sixteen or nineteen for others.
fn card(seed: u64, number: u64, k: u64) -> String {
    let unique = shuffled(seed, number, 1_000_000_000);
    let mut card = match k {
        1 => format!("999902{:03}{unique:09}", unique % 997),
        _ => format!("999901{unique:09}"),
    };
    let check = luhn(&card);
    // Writing to a String cannot fail.
    write!(card, "{check}").unwrap_or_default();
    card
}

fn day(time: Timestamp) -> String {
    let (year, month, date, ..) = time.civil();
    format!("{year:04}-{month:02}-{date:02}")
}
