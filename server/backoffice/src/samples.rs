//! `sample-customers`: synthetic customers as CSV, the same for the same seed, as many as wanted.
//!
//! Nobody's data: ID numbers are of regions 9903xx, which GB/T 2260 does not assign (its provinces are 11 to 65,
//! 71, 81, 82; a foreigner's permit begins with 9 and one of these); cards have the prefixes 999901 and 999902 of
//! no issuer; mobile prefix 154 was never given out; passports begin with X; mail goes to example.com (RFC 2606).
//! Check digits are right. The first five are the demo's [`guests`](crate::guests).

mod circumstances;
pub(crate) mod names;
pub(crate) mod numbers;
mod person;

use crate::guests::GUESTS;
use person::Person;
use std::io::{self, Write};

/// More cannot be told apart by their mobile numbers.
pub const MOST: u64 = 30_000_000;

/// Catalogue names; those of [`circumstances`] follow.
const HEADER: &str = "customer_no,name,id_no,passport_no,mobile,mobile_2,mobile_3,email,card_no,card_no_2,card_no_3,\
card_expiry,card_expiry_2,card_expiry_3,account_no,account_no_2,account_no_3,address,employer,birth_date,balance,branch,opened_on";

/// Which columns are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Fields of the catalogue.
    Catalogue,
    /// And import's own `flagged`, for the demo.
    WithFlags,
}

/// Writes a header and `count` customers. Each row depends on the seed and its place alone.
pub fn write(count: u64, seed: u64, columns: Columns, out: &mut impl Write) -> io::Result<()> {
    if count > MOST {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "more customers than there are numbers to give them"));
    }
    let with_flags = columns == Columns::WithFlags;
    out.write_all(HEADER.as_bytes())?;
    out.write_all(b",")?;
    out.write_all(circumstances::HEADER.as_bytes())?;
    out.write_all(if with_flags { b",flagged\r\n" } else { b"\r\n" })?;
    let mut line = String::with_capacity(1024);
    for index in 0..count {
        let guest = usize::try_from(index).ok().and_then(|at| GUESTS.get(at));
        let person = Person::of(seed, index, branch(index), guest);
        line.clear();
        person.write(&mut line);
        circumstances::write(seed, index, person.id_no(), &mut line);
        if with_flags {
            line.push_str(if guest.is_some_and(|guest| guest.flagged) { ",1" } else { ",0" });
        }
        line.push_str("\r\n");
        out.write_all(line.as_bytes())?;
    }
    out.flush()
}

/// Half and half: four of five guests are of 0101, so the three after them are of 0102, and then turn by turn.
fn branch(index: u64) -> &'static str {
    match index {
        5..=7 => "0102",
        _ if index.is_multiple_of(2) => "0101",
        _ => "0102",
    }
}

#[cfg(test)]
mod tests;
