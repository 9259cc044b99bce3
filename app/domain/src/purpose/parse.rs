//! From TOML to purposes and reasons, and what the two files must agree on.

use super::pattern::Pattern;
use super::{BankWide, Purpose, Purposes, PurposesError, PurposesRule, Reach, Reason, reaches};
use crate::catalogue::Catalogue;
use crate::id::{FieldName, PurposeName, ReasonCode};
use crate::strict_toml::{self, At, Fault, Table};

impl From<At<Fault>> for PurposesError {
    fn from(fault: At<Fault>) -> Self {
        Self { line: fault.line, rule: PurposesRule::File(fault.it) }
    }
}

/// For each reason, the line of each of its fields; asked again when the catalogue is known.
pub(super) type Lines = Vec<(usize, Vec<usize>)>;

const fn broken<T>(line: usize, rule: PurposesRule) -> Result<T, PurposesError> {
    Err(PurposesError { line, rule })
}

pub(super) fn parse(text: &str) -> Result<(Vec<Purpose>, Vec<Reason>, Lines), PurposesError> {
    let mut root = strict_toml::parse(text)?;
    let (purpose_tables, reason_tables) = (root.tables("purpose")?, root.tables("reason")?);
    root.finish()?;
    if purpose_tables.is_empty() {
        return broken(1, PurposesRule::NoPurpose);
    }
    let (mut reasons, mut lines): (Vec<Reason>, Lines) = (Vec::new(), Vec::new());
    for mut table in reason_tables {
        let (reason, fields) = reason(&mut table)?;
        if reasons.iter().any(|earlier| earlier.code == reason.code) {
            return broken(table.line_of("code"), PurposesRule::Duplicate);
        }
        if reason.break_glass && (reason.reach != Reach::Any || !reason.note_required) {
            return broken(table.line(), PurposesRule::BreakGlass);
        }
        lines.push((table.line(), fields));
        reasons.push(reason);
    }
    if reasons.iter().filter(|reason| reason.break_glass).count() != 1 {
        return broken(1, PurposesRule::BreakGlass);
    }
    let mut purposes: Vec<Purpose> = Vec::new();
    for mut table in purpose_tables {
        let purpose = purpose(&mut table, &reasons)?;
        if purposes.iter().any(|earlier| earlier.name == purpose.name) {
            return broken(table.line_of("name"), PurposesRule::Duplicate);
        }
        purposes.push(purpose);
    }
    for (reason, (line, _)) in reasons.iter().zip(&lines) {
        if !reason.break_glass && !purposes.iter().any(|purpose| purpose.reasons.contains(&reason.code)) {
            return broken(*line, PurposesRule::IdleReason);
        }
    }
    Ok((purposes, reasons, lines))
}

fn reason(table: &mut Table) -> Result<(Reason, Vec<usize>), PurposesError> {
    let code = table.required("code")?.parse(|text| ReasonCode::parse(text).ok(), Fault::BadName)?.it;
    let label = crate::catalogue::label(table)?;
    let (reach, lines) = if table.any("fields")? {
        (Reach::Any, Vec::new())
    } else {
        let mut names = Vec::new();
        let mut lines = Vec::new();
        for name in table.texts("fields")? {
            let name = name.parse(|text| FieldName::parse(text).ok(), Fault::BadName)?;
            if names.contains(&name.it) {
                return broken(name.line, PurposesRule::Duplicate);
            }
            names.push(name.it);
            lines.push(name.line);
        }
        if names.is_empty() {
            return broken(table.line(), PurposesRule::File(Fault::MissingKey));
        }
        (Reach::Fields(names), lines)
    };
    let (note_required, break_glass) = (table.flag("note_required")?, table.flag("break_glass")?);
    table.finish()?;
    Ok((Reason { code, label, reach, note_required, break_glass }, lines))
}

fn purpose(table: &mut Table, reasons: &[Reason]) -> Result<Purpose, PurposesError> {
    let name = table.required("name")?.parse(|text| PurposeName::parse(text).ok(), Fault::BadName)?.it;
    let label = crate::catalogue::label(table)?;
    let source = table.required("ticket")?;
    let Some(ticket) = Pattern::parse(&source.it) else {
        return broken(source.line, PurposesRule::BadPattern);
    };
    let bank_wide = match table.text("bank_wide")? {
        None => BankWide::Never,
        Some(word) => word.parse(|text| bank_wide_named(text), Fault::UnknownWord)?.it,
    };
    let mut codes = Vec::new();
    for code in table.texts("reasons")? {
        let code = code.parse(|text| ReasonCode::parse(text).ok(), Fault::BadName)?;
        match reasons.iter().find(|reason| reason.code == code.it) {
            None => return broken(code.line, PurposesRule::UnknownReason),
            Some(reason) if reason.break_glass => return broken(code.line, PurposesRule::BreakGlass),
            Some(_) if codes.contains(&code.it) => return broken(code.line, PurposesRule::Duplicate),
            Some(_) => codes.push(code.it),
        }
    }
    if codes.is_empty() {
        return broken(table.line(), PurposesRule::File(Fault::MissingKey));
    }
    table.finish()?;
    Ok(Purpose { name, label, reasons: codes, bank_wide, ticket })
}

fn bank_wide_named(text: &str) -> Option<BankWide> {
    match text {
        "never" => Some(BankWide::Never),
        "document_seen" => Some(BankWide::DocumentSeen),
        "always" => Some(BankWide::Always),
        _ => None,
    }
}

pub(super) fn check(purposes: &Purposes, catalogue: &Catalogue) -> Result<(), PurposesError> {
    for (reason, (_, lines)) in purposes.reasons.iter().zip(&purposes.lines) {
        let Reach::Fields(names) = &reason.reach else { continue };
        for (name, &line) in names.iter().zip(lines) {
            let Some(field) = catalogue.field(name) else {
                return broken(line, PurposesRule::UnknownField);
            };
            let given_by = |purpose: &&Purpose| purpose.reasons.contains(&reason.code);
            if !purposes.purposes.iter().filter(given_by).any(|purpose| reaches(purpose, reason, field)) {
                return broken(line, PurposesRule::FieldNotRevealable);
            }
        }
    }
    for field in catalogue.fields() {
        for name in &field.reveal {
            let Some(purpose) = purposes.get(name) else {
                return broken(0, PurposesRule::UnknownPurpose);
            };
            let usable =
                |code: &ReasonCode| purposes.reason(code).is_some_and(|reason| reaches(purpose, reason, field));
            if !purpose.reasons.iter().any(usable) {
                return broken(0, PurposesRule::IdlePermission);
            }
        }
    }
    Ok(())
}
