//! Names of things. One newtype each, private inside, made only by parsing or by the back office's
//! id source, so that a staff id cannot stand where a customer id is wanted.
//!
//! ```compile_fail
//! use domain::id::{CustomerId, StaffId};
//! fn look_up(_: CustomerId) {}
//! fn wrong(staff: StaffId) { look_up(staff) }
//! ```

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The text was not of the form that this id has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed id")]
pub struct BadId;

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Parses the hyphenated lower-case form, and nothing else.
            pub fn parse(text: &str) -> Result<Self, BadId> {
                let id = Uuid::try_parse(text).map_err(|_| BadId)?;
                let mut spelling = Uuid::encode_buffer();
                (id.as_hyphenated().encode_lower(&mut spelling) == text).then_some(Self(id)).ok_or(BadId)
            }
            /// From the sixteen bytes that storage keeps.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self { Self(Uuid::from_bytes(bytes)) }
            /// The sixteen bytes that storage keeps.
            pub const fn as_bytes(&self) -> &[u8; 16] { self.0.as_bytes() }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.as_hyphenated().fmt(f) }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                crate::spelled::spelled(d, Self::parse)
            }
        }
    )*};
}

uuid_ids! {
    /// One login of one person.
    StaffId;
    /// A customer inside the server and in the log; never sent to an operator (Q8).
    CustomerId;
    /// A case.
    CaseId;
    /// An audit event.
    EventId;
    /// One import run.
    BatchId;
    /// A request as its answer and its log lines name it.
    RequestId;
    /// From sign-in to sign-out, surviving rotation of the cookie (V2).
    Lineage;
    /// A note's body, kept beside the log.
    NoteId;
    /// One passkey of one person.
    PasskeyId;
    /// A proposed change to a member of staff.
    ProposalId;
    /// A request for an export.
    ExportId;
    /// To whom exports go.
    RecipientId;
    /// One check of one way by which data may leave.
    CheckId;
}

macro_rules! random_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub struct $name([u8; 16]);

        impl $name {
            /// From sixteen random bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self { Self(bytes) }
            /// The sixteen bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] { &self.0 }
            /// Parses 32 lower-case hexadecimal digits, and nothing else.
            pub fn parse(text: &str) -> Result<Self, BadId> {
                let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).map_err(|_| BadId)?;
                Ok(Self(bytes.try_into().map_err(|_| BadId)?))
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.collect_str(self) }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                crate::spelled::spelled(d, Self::parse)
            }
        }
    )*};
}

random_ids! {
    /// A customer outside the server: 128 random bits, good for one case and one person (Q8).
    Handle;
    /// A step-up that waits for its factor (V2).
    Challenge;
    /// The kept outcome of one plain-form search (DESIGN §4, Weight).
    ResultId;
    /// One query of the log, its pages included: good for one session and the same filters (A7).
    ReadingId;
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident $max:literal $ok:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// Parses the name, or says no.
            pub fn parse(text: &str) -> Result<Self, BadId> {
                let ok: fn(u8) -> bool = $ok;
                (!text.is_empty() && text.len() <= $max && text.bytes().all(ok))
                    .then(|| Self(text.into()))
                    .ok_or(BadId)
            }
            /// As text.
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.0) }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                crate::spelled::spelled(d, Self::parse)
            }
        }
    )*};
}

names! {
    /// A staff number as typed at sign-in: `op1001`.
    StaffNo 32 |b| b.is_ascii_lowercase() || b.is_ascii_digit();
    /// The unique HR number of a person; duties are checked on it, not on the login.
    PersonNo 32 |b| b.is_ascii_alphanumeric() || b == b'-';
    /// A branch: `0101`.
    BranchNo 16 |b| b.is_ascii_alphanumeric() || b == b'-';
    /// A field's name in the catalogue: `id_no`.
    FieldName 32 |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    /// A purpose's name in `purposes.toml`: `complaint`.
    PurposeName 32 |b| b.is_ascii_lowercase() || b == b'_';
    /// A reason's code in `purposes.toml`: `CUST_CALLBACK`.
    ReasonCode 32 |b| b.is_ascii_uppercase() || b == b'_';
}

/// Which of a field's items: 1…n, stable for life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Item(u8);

impl Item {
    /// The first item; what `item` means where a request leaves it out.
    pub const FIRST: Item = Item(1);
    /// An item number, 1 to 99.
    pub fn new(number: u8) -> Result<Self, BadId> {
        (1..=99).contains(&number).then_some(Self(number)).ok_or(BadId)
    }
    /// Parses a decimal without sign or leading zero.
    pub fn parse(text: &str) -> Result<Self, BadId> {
        let number: u8 = text.parse().map_err(|_| BadId)?;
        (number.to_string() == text).then_some(()).ok_or(BadId)?;
        Self::new(number)
    }
    /// As a number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl std::fmt::Display for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::new(u8::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(CustomerId::parse(id).unwrap().to_string(), id);
        for bad in ["", "42", &id.to_uppercase(), &id.replace('-', ""), &format!("{{{id}}}")] {
            assert_eq!(CustomerId::parse(bad), Err(BadId), "{bad}");
        }
    }

    #[test]
    fn a_handle_is_32_lower_case_hex_digits() {
        let text = "00112233445566778899aabbccddeeff";
        assert_eq!(Handle::parse(text).unwrap().to_string(), text);
        for bad in ["", "00", &text.to_uppercase(), &text[1..], "zz112233445566778899aabbccddeeff"] {
            assert_eq!(Handle::parse(bad), Err(BadId), "{bad}");
        }
    }

    #[test]
    fn an_item_is_1_to_99_without_leading_zero_or_sign() {
        assert_eq!(Item::parse("7").unwrap().get(), 7);
        for bad in ["", "0", "01", "+1", "-1", "100", "1.0", "１"] {
            assert_eq!(Item::parse(bad), Err(BadId), "{bad}");
        }
    }
}
