//! Why anyone may look: purposes, their tickets and reasons, as a bank's `purposes.toml` has them (Q1).

mod parse;
mod pattern;

use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogue, Fault, Field, Label};
use crate::id::{FieldName, PurposeName, ReasonCode};
use pattern::Pattern;

/// How the customer of a case was identified (Q1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identified {
    /// Their document was seen.
    DocumentSeen,
    /// They were called back at a number known before.
    KnownNumberCalledBack,
    /// They answered the questions.
    QuestionsPassed,
    /// The customer has no part in it.
    NotApplicable,
}

impl Identified {
    /// All four.
    pub const ALL: [Identified; 4] = [
        Identified::DocumentSeen,
        Identified::KnownNumberCalledBack,
        Identified::QuestionsPassed,
        Identified::NotApplicable,
    ];

    /// Its word in a request.
    pub const fn name(self) -> &'static str {
        match self {
            Identified::DocumentSeen => "document_seen",
            Identified::KnownNumberCalledBack => "known_number_called_back",
            Identified::QuestionsPassed => "questions_passed",
            Identified::NotApplicable => "not_applicable",
        }
    }

    /// The one of that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|identified| identified.name() == text)
    }
}

/// When a purpose searches customers of every branch (DESIGN §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BankWide {
    /// Never.
    Never,
    /// If the customer's document was seen: they stand at the counter.
    DocumentSeen,
    /// Always.
    Always,
}

/// Which fields a reason reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Any that may be revealed.
    Any,
    /// These.
    Fields(Vec<FieldName>),
}

/// A reason: a code that says why, and what it reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Its code in requests and events.
    pub code: ReasonCode,
    /// What a screen calls it.
    pub label: Label,
    /// The fields that may be revealed for it.
    pub reach: Reach,
    /// Whether a reveal for it needs a note of its own (V2n).
    pub note_required: bool,
    /// Whether it is the emergency's: with any purpose, any field that may be revealed at all (V6).
    pub break_glass: bool,
}

/// A purpose.
#[derive(Clone, Debug)]
pub struct Purpose {
    /// Its name in requests and events.
    pub name: PurposeName,
    /// What a screen calls it.
    pub label: Label,
    /// Its own reasons; the emergency's goes with any.
    pub reasons: Vec<ReasonCode>,
    /// When it searches the whole bank.
    pub bank_wide: BankWide,
    ticket: Pattern,
}

impl Purpose {
    /// Whether a case of this purpose, its customer so identified, searches every branch.
    pub fn searches_whole_bank(&self, identified: Identified) -> bool {
        match self.bank_wide {
            BankWide::Never => false,
            BankWide::DocumentSeen => identified == Identified::DocumentSeen,
            BankWide::Always => true,
        }
    }
    /// The pattern of its tickets as the file has it, for a form's `pattern`.
    pub fn ticket_pattern(&self) -> &str {
        self.ticket.source()
    }
    /// A ticket of this purpose as one might be written on that day (year, month, day).
    pub fn ticket_example(&self, day: (i64, u8, u8)) -> String {
        self.ticket.example(day)
    }
}

/// A ticket number that fits its purpose.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct TicketRef(String);

/// The ticket is not written as this purpose's tickets are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a ticket of this purpose")]
pub struct BadTicket;

impl TicketRef {
    /// Parses a ticket of this purpose, white space around it dropped.
    ///
    /// # Errors
    /// [`BadTicket`] if it does not fit.
    pub fn parse(purpose: &Purpose, text: &str) -> Result<Self, BadTicket> {
        let text = text.trim();
        if purpose.ticket.matches(text) { Ok(Self(text.to_owned())) } else { Err(BadTicket) }
    }
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for TicketRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a reason does not do. The same whoever the customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ReasonRefusal {
    /// No such purpose or reason, or a reason of another purpose.
    #[error("not a reason of this purpose")]
    NotOfThisPurpose,
    /// The field is never revealed, or not for this purpose and reason.
    #[error("the reason does not reach this field")]
    FieldNotReached,
}

/// A bank's purposes and reasons.
#[derive(Clone, Debug)]
pub struct Purposes {
    purposes: Vec<Purpose>,
    reasons: Vec<Reason>,
    lines: parse::Lines,
    source: String,
}

impl Purposes {
    /// Reads `purposes.toml`.
    ///
    /// # Errors
    /// The first line that is wrong and the rule that it breaks.
    pub fn parse(text: &str) -> Result<Self, PurposesError> {
        let (purposes, reasons, lines) = parse::parse(text)?;
        Ok(Self { purposes, reasons, lines, source: text.to_owned() })
    }

    /// The purposes that Grille ships.
    ///
    /// # Errors
    /// None that a test has not seen.
    pub fn shipped() -> Result<Self, PurposesError> {
        Self::parse(SHIPPED)
    }

    /// Every purpose, in the order of the file.
    pub fn purposes(&self) -> &[Purpose] {
        &self.purposes
    }
    /// The purpose of that name.
    pub fn get(&self, name: &PurposeName) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.name == *name)
    }
    /// The reason of that code.
    pub fn reason(&self, code: &ReasonCode) -> Option<&Reason> {
        self.reasons.iter().find(|reason| reason.code == *code)
    }
    /// The reasons that a case of this purpose may give, the emergency's last.
    pub fn reasons_of<'a>(&'a self, purpose: &'a Purpose) -> impl Iterator<Item = &'a Reason> {
        let own = purpose.reasons.iter().filter_map(|code| self.reason(code));
        own.chain(self.reasons.iter().filter(|reason| reason.break_glass))
    }
    /// The bytes that were parsed; part of the policy hash of every event (U7).
    pub fn text_hash_source(&self) -> &[u8] {
        self.source.as_bytes()
    }

    /// Whether a case of this purpose may reveal the field for this reason (V2, V6).
    ///
    /// # Errors
    /// Which half does not fit.
    pub fn permits(&self, purpose: &PurposeName, code: &ReasonCode, field: &Field) -> Result<&Reason, ReasonRefusal> {
        let purpose = self.get(purpose).ok_or(ReasonRefusal::NotOfThisPurpose)?;
        let reason =
            self.reasons_of(purpose).find(|reason| reason.code == *code).ok_or(ReasonRefusal::NotOfThisPurpose)?;
        if reaches(purpose, reason, field) { Ok(reason) } else { Err(ReasonRefusal::FieldNotReached) }
    }

    /// Refuses purposes that say something else than the catalogue: fields that are not there or never
    /// revealed, purposes that do not exist, permissions that no reason can use.
    ///
    /// # Errors
    /// The first contradiction; its line is of `purposes.toml`, or 0 where the catalogue's is the wrong half.
    pub fn check(&self, catalogue: &Catalogue) -> Result<(), PurposesError> {
        parse::check(self, catalogue)
    }
}

fn reaches(purpose: &Purpose, reason: &Reason, field: &Field) -> bool {
    let listed = match &reason.reach {
        Reach::Any => true,
        Reach::Fields(names) => names.contains(&field.name),
    };
    listed && field.revealable() && (reason.break_glass || field.revealable_for(&purpose.name))
}

/// Where purposes contradict themselves or the catalogue. Holds nothing of the file's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {rule}")]
pub struct PurposesError {
    /// The line, from 1.
    pub line: usize,
    /// The rule.
    pub rule: PurposesRule,
}

/// The rule that a line breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PurposesRule {
    /// The file itself.
    #[error("{0}")]
    File(Fault),
    /// Nothing in it.
    #[error("at least one purpose is needed (Q1)")]
    NoPurpose,
    /// Two of one name.
    #[error("this name or code stands twice")]
    Duplicate,
    /// A pattern that this file cannot have.
    #[error("a ticket pattern is ^…$ of literals, [A-Z], \\d, {{m}} and {{m,n}}, and matches nothing empty (Q1)")]
    BadPattern,
    /// A purpose gives a reason that is not described.
    #[error("a reason that is not described")]
    UnknownReason,
    /// A reason that no purpose gives.
    #[error("a reason that no purpose gives")]
    IdleReason,
    /// No emergency reason, or two of them.
    #[error("exactly one reason is break_glass; it reaches \"any\", needs a note and stands in no purpose (V6, V2n)")]
    BreakGlass,
    /// A reason reaches a field that is not in the catalogue.
    #[error("a field that the catalogue does not have")]
    UnknownField,
    /// A reason reaches a field that its purposes may not reveal.
    #[error("the catalogue lets none of this reason's purposes reveal this field")]
    FieldNotRevealable,
    /// The catalogue names a purpose that is not here.
    #[error("the catalogue names a purpose that is not here")]
    UnknownPurpose,
    /// The catalogue lets a purpose reveal a field that none of its reasons reaches.
    #[error("the catalogue lets a purpose reveal a field that none of its reasons reaches")]
    IdlePermission,
}

/// The shipped file's text, for `grille init` to write out.
pub const SHIPPED: &str = include_str!("../purposes.toml");

#[cfg(test)]
mod tests;
