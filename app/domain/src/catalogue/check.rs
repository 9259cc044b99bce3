//! What a catalogue may not say, each with the clause that forbids it.

use super::{Class, CopyRule, ExportRule, Fault, Field, Kind, StepUpTier};
use crate::id::FieldName;
use crate::mask::MaskRule;
use crate::strict_toml::{At, Table};

/// The rule that a line of a catalogue breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CatalogueRule {
    /// The file itself.
    #[error("{0}")]
    File(Fault),
    /// Nothing in it.
    #[error("a catalogue needs a field")]
    NoField,
    /// Two fields of one name.
    #[error("two fields have this name")]
    DuplicateName,
    /// Two headings of the same words.
    #[error("this section has begun before: put its fields together")]
    DuplicateSection,
    /// A name that requests or mappings use for something else.
    #[error("this name is taken by a request or by the further items of a field")]
    ReservedName,
    /// PIN, CVN, track, password, biometrics.
    #[error("C3 data has nowhere to be stored (M4, JR/T 0171 6.1.4.1 a)")]
    NeverStored,
    /// A kind that nobody knows.
    #[error("unknown kind")]
    UnknownKind,
    /// Images, media, flows, credit reports.
    #[error("this kind is not supported")]
    UnsupportedKind,
    /// No class.
    #[error("a field without a class (M3)")]
    NoClass,
    /// A class below what the kind has by the standard.
    #[error("a field of this kind has a higher class (JR/T 0171 4.2)")]
    ClassTooLow,
    /// A C3 field that may be revealed.
    #[error("a C3 field may not be revealable (M4)")]
    C3Revealable,
    /// A C3 field other than the card expiry.
    #[error("of C3 data only the card expiry may be stored (M4)")]
    C3Stored,
    /// A C3 field in an export.
    #[error("a C3 field may never be exported (M4, E4)")]
    C3Exported,
    /// A card expiry that one person alone may see.
    #[error("revealing the card expiry takes step_up = \"act+person\" (V2)")]
    C3NeedsSecondPerson,
    /// A mask that the kind does not have, or that shows more than its default.
    #[error("this mask is not the kind's default or a stricter one (M6)")]
    MaskTooOpen,
    /// A search key of which one value names many people, or which cannot be compared.
    #[error("a field of this kind or class may not be a search key (Q2)")]
    WeakKey,
    /// A reveal without a tier.
    #[error("a field that may be revealed needs step_up (V2)")]
    NoStepUp,
    /// A tier without a reveal.
    #[error("step_up on a field that may not be revealed")]
    IdleStepUp,
    /// Numbers and contacts in the window tier.
    #[error("numbers and contacts take a fresh step-up: step_up = \"act\" (V2)")]
    StepUpTooWeak,
    /// A reveal of what is shown anyway.
    #[error("a visible field has nothing to reveal")]
    VisibleRevealable,
    /// The same purpose twice.
    #[error("a purpose stands twice")]
    DuplicatePurpose,
    /// A card or account number that leaves in clear.
    #[error("cards and accounts leave as tokens (E4, JR/T 0171 6.1.4.2 c)")]
    PlainNumberExported,
    /// A token of what is no card or account.
    #[error("only cards and accounts have tokens (E4)")]
    TokenOfOther,
    /// A masked export of what has no sensible mask, or a clear one of what is not visible to its reader.
    #[error("a field that may never be revealed may not be exported in clear (E1)")]
    PlainButNeverRevealed,
    /// A copy of what may not be revealed, or of C3.
    #[error("copy = \"audited\" on a field that may not be revealed or is C3 (V4)")]
    CopyOfUnrevealed,
    /// A pair of which one half is missing or of another shape.
    #[error("pairs_with must join a card expiry with a card number, both of them many or neither (V8)")]
    BadPair,
    /// A combination of a field that is not there.
    #[error("a combination of an unknown field (Q2)")]
    CombinationUnknown,
    /// A combination of what cannot be compared exactly, or of a strong key.
    #[error("a field that cannot be part of a combination (Q2)")]
    CombinationKind,
    /// A combination that would find too many.
    #[error("a combination needs three different fields, two of them C2 (Q2, JR/T 0171 6.1.4.1 d)")]
    CombinationTooWide,
    /// The same combination twice.
    #[error("this combination stands twice")]
    DuplicateCombination,
    /// A window of exports over what is no plain day.
    #[error("export_window names a field of kind date: C1, visible, one item (E1)")]
    BadExportWindow,
    /// A product that is no plain code.
    #[error("export_product names a field of kind code: C1, visible, one item (E1)")]
    BadExportProduct,
}

/// Parameters of requests, among which search keys stand by their names.
const PARAMETERS: [&str; 18] = [
    "all",
    "candidate",
    "case_id",
    "challenge",
    "customer_id",
    crate::search::EXPORT_TOKEN,
    "field",
    "id",
    "item",
    "limit",
    "note",
    "offset",
    "page",
    "purpose",
    "reason",
    "sort",
    "ticket",
    "handle",
];

/// Whether the name is taken: by a parameter, or by the columns of further items, `card_no_2`.
pub(super) fn reserved(name: &FieldName) -> bool {
    let further_item = |(_, number): (&str, &str)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    PARAMETERS.contains(&name.as_str()) || name.as_str().rsplit_once('_').is_some_and(further_item)
}

/// What a field may not say by itself.
pub(super) fn check_field(field: &Field, table: &Table) -> Result<(), At<CatalogueRule>> {
    use CatalogueRule as Rule;
    let card = matches!(field.kind, Kind::Pan | Kind::AccountNo);
    let visible = field.mask == MaskRule::Visible;
    let reveal = field.revealable();
    let c3 = field.class == Class::C3;
    let twice = (1..field.reveal.len()).any(|at| field.reveal[..at].contains(&field.reveal[at]));
    let needs_act = field.kind.takes_a_fresh_step_up() && field.step_up == Some(StepUpTier::Window);
    // Gravest first: the first that holds is the one that is named.
    let rules = [
        (c3 && field.kind != Kind::CardExpiry && reveal, "reveal", Rule::C3Revealable),
        (c3 && field.kind != Kind::CardExpiry, "class", Rule::C3Stored),
        (field.class < field.kind.lowest_class(), "class", Rule::ClassTooLow),
        (c3 && field.export != ExportRule::Never, "export", Rule::C3Exported),
        (c3 && reveal && field.step_up != Some(StepUpTier::ActAndPerson), "step_up", Rule::C3NeedsSecondPerson),
        (!field.kind.permits_mask(field.class, field.mask), "mask", Rule::MaskTooOpen),
        (field.strong_key && (c3 || !field.kind.may_be_strong_key()), "key", Rule::WeakKey),
        (visible && reveal, "reveal", Rule::VisibleRevealable),
        (twice, "reveal", Rule::DuplicatePurpose),
        (reveal && field.step_up.is_none(), "reveal", Rule::NoStepUp),
        (!reveal && field.step_up.is_some(), "step_up", Rule::IdleStepUp),
        (needs_act, "step_up", Rule::StepUpTooWeak),
        (card && field.export == ExportRule::Plain, "export", Rule::PlainNumberExported),
        (!card && field.export == ExportRule::Token, "export", Rule::TokenOfOther),
        (!visible && !reveal && field.export == ExportRule::Plain, "export", Rule::PlainButNeverRevealed),
        (field.copy == CopyRule::Audited && (c3 || !reveal), "copy", Rule::CopyOfUnrevealed),
    ];
    match rules.into_iter().find(|(broken, ..)| *broken) {
        Some((_, key, it)) => Err(At { line: table.line_of(key), it }),
        None => Ok(()),
    }
}

/// A card's expiry belongs to the card of the same item number, or two cards' data could be told apart wrongly.
pub(super) fn check_pairs(fields: &[Field], lines: &[usize]) -> Result<(), At<CatalogueRule>> {
    for (field, &line) in fields.iter().zip(lines) {
        let Some(name) = &field.pairs_with else { continue };
        let other = fields.iter().find(|other| other.name == *name);
        let fits = other
            .is_some_and(|other| field.kind == Kind::CardExpiry && other.kind == Kind::Pan && other.many == field.many);
        if !fits {
            return Err(At { line, it: CatalogueRule::BadPair });
        }
    }
    Ok(())
}

/// What chooses customers for an export stands open beside them, so it must be what every screen shows (M5).
pub(super) fn check_filter(
    fields: &[Field],
    name: Option<At<FieldName>>,
    kind: Kind,
    broken: CatalogueRule,
) -> Result<Option<FieldName>, At<CatalogueRule>> {
    let Some(name) = name else { return Ok(None) };
    let open = |field: &&Field| {
        field.kind == kind && field.class == Class::C1 && field.mask == MaskRule::Visible && !field.many
    };
    match fields.iter().find(|field| field.name == name.it).filter(open) {
        Some(_) => Ok(Some(name.it)),
        None => Err(At { line: name.line, it: broken }),
    }
}

/// What combinations may not be.
pub(super) fn check_combinations(
    fields: &[Field],
    combinations: &[At<Vec<At<FieldName>>>],
) -> Result<(), At<CatalogueRule>> {
    let mut seen: Vec<Vec<&FieldName>> = Vec::new();
    for combination in combinations {
        let mut names: Vec<&FieldName> = Vec::new();
        let mut sensitive = 0;
        for name in &combination.it {
            let Some(field) = fields.iter().find(|field| field.name == name.it) else {
                return Err(At { line: name.line, it: CatalogueRule::CombinationUnknown });
            };
            if field.strong_key || field.many || !field.kind.may_be_combined() {
                return Err(At { line: name.line, it: CatalogueRule::CombinationKind });
            }
            sensitive += usize::from(field.class >= Class::C2);
            names.push(&field.name);
        }
        names.sort();
        let parts = names.len();
        names.dedup();
        if names.len() < 3 || names.len() < parts || sensitive < 2 {
            return Err(At { line: combination.line, it: CatalogueRule::CombinationTooWide });
        }
        if seen.contains(&names) {
            return Err(At { line: combination.line, it: CatalogueRule::DuplicateCombination });
        }
        seen.push(names);
    }
    Ok(())
}
