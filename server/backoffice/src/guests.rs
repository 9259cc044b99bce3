//! Five fixed customers of the demo, compiled in: the terminal, a slip on the sign-in page and `docs/demo.md`
//! tell them in full, so that a newcomer has someone to look for. They are nobody: the region 9901xx of their
//! ID numbers is not assigned by GB/T 2260, no issuer has the card prefix 999900, and mobile prefix 161 was
//! never given out. The vault is never asked for them (M1's only exception).

use serde::Serialize;

/// A customer whom the demo tells in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Guest {
    /// The customer number in the sample file.
    pub customer_no: &'static str,
    /// Their name.
    pub name: &'static str,
    /// ID number, check digit right.
    pub id_no: &'static str,
    /// Mobile.
    pub mobile: &'static str,
    /// First card, check digit right.
    pub card_no: &'static str,
    /// Where the account is kept.
    pub branch: &'static str,
    /// A purpose to open a case with.
    pub purpose: &'static str,
    /// A ticket that fits it.
    pub ticket: &'static str,
    /// How the customer is identified, in that story.
    pub identified: &'static str,
    /// Whether a reveal takes a second person (V5). Told here, for a newcomer to try; never by a screen.
    pub flagged: bool,
}

/// Three of branch 0101, one of 0102, and one of 0101 who is flagged.
pub const GUESTS: [Guest; 5] = [
    Guest {
        customer_no: "G00000101",
        name: "林小满",
        id_no: "990101198804123012",
        mobile: "16100000101",
        card_no: "9999000000000012",
        branch: "0101",
        purpose: "counter",
        ticket: "Q-20261122-7",
        identified: "document_seen",
        flagged: false,
    },
    Guest {
        customer_no: "G00000102",
        name: "阿依古丽·买买提",
        id_no: "990101199511234020",
        mobile: "16100000102",
        card_no: "9999000000000020",
        branch: "0101",
        purpose: "callback",
        ticket: "CB-2026-000102",
        identified: "known_number_called_back",
        flagged: false,
    },
    Guest {
        customer_no: "G00000103",
        name: "Maria Lund Sample",
        id_no: "990101197602291232",
        mobile: "16100000103",
        card_no: "9999000000000038",
        branch: "0101",
        purpose: "complaint",
        ticket: "CO-2026-000103",
        identified: "questions_passed",
        flagged: false,
    },
    Guest {
        customer_no: "G00000201",
        name: "周立春",
        id_no: "990102199208155043",
        mobile: "16100000201",
        card_no: "9999000000000000046",
        branch: "0102",
        purpose: "counter",
        ticket: "Q-20261122-21",
        identified: "document_seen",
        flagged: false,
    },
    Guest {
        customer_no: "G00000104",
        name: "沈惊蛰",
        id_no: "99010119690101605X",
        mobile: "16100000104",
        card_no: "9999000000000053",
        branch: "0101",
        purpose: "fraud",
        ticket: "FR-2026-000104",
        identified: "not_applicable",
        flagged: true,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use domain::catalogue::Catalogue;
    use domain::id::{FieldName, PurposeName};
    use domain::normalise::normalise;
    use domain::purpose::{Identified, Purposes, TicketRef};

    #[test]
    fn every_guest_is_valid_normal_and_of_an_id_region_that_is_not_assigned() {
        let catalogue = Catalogue::shipped().unwrap();
        for guest in GUESTS {
            let fields = [
                ("customer_no", guest.customer_no),
                ("name", guest.name),
                ("id_no", guest.id_no),
                ("mobile", guest.mobile),
                ("card_no", guest.card_no),
                ("branch", guest.branch),
            ];
            for (name, value) in fields {
                let field = catalogue.field(&FieldName::parse(name).unwrap()).unwrap();
                let normal =
                    normalise(field.kind, value).unwrap_or_else(|bad| panic!("{name} of {}: {bad}", guest.name));
                assert_eq!(normal.expose_to_vault(), value, "{name}");
            }
            // GB/T 2260 assigns provinces 11 to 65, 71, 81 and 82; foreigners' permits begin with 9 and one of those.
            assert!(guest.id_no.starts_with("9901"));
        }
    }

    #[test]
    fn q1_every_guest_has_a_ticket_that_fits_the_purpose_told_with_it() {
        let purposes = Purposes::shipped().unwrap();
        for guest in GUESTS {
            let purpose = purposes.get(&PurposeName::parse(guest.purpose).unwrap()).unwrap();
            assert!(TicketRef::parse(purpose, guest.ticket).is_ok(), "{}", guest.ticket);
            assert!(Identified::parse(guest.identified).is_some(), "{}", guest.identified);
        }
    }

    #[test]
    fn three_guests_are_of_0101_one_of_0102_and_one_of_0101_is_flagged() {
        let count =
            |branch, flagged| GUESTS.iter().filter(|guest| (guest.branch, guest.flagged) == (branch, flagged)).count();
        assert_eq!((count("0101", false), count("0102", false), count("0101", true)), (3, 1, 1));
    }
}
