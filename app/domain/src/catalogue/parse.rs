//! From TOML to fields; what they may say together is [`super::check`]'s.

use super::check::{CatalogueRule, check_combinations, check_field, check_filter, check_pairs, reserved};
use super::{CatalogueError, Class, CopyRule, ExportRule, Field, Kind, Label, StepUpTier, forbidden_column};
use crate::id::{FieldName, PurposeName};
use crate::mask::MaskRule;
use crate::strict_toml::{self, At, Fault, Table};

impl From<At<Fault>> for CatalogueError {
    fn from(fault: At<Fault>) -> Self {
        Self { line: fault.line, rule: CatalogueRule::File(fault.it) }
    }
}

impl From<At<CatalogueRule>> for CatalogueError {
    fn from(broken: At<CatalogueRule>) -> Self {
        Self { line: broken.line, rule: broken.it }
    }
}

/// What a file says.
pub(super) struct Parsed {
    pub fields: Vec<Field>,
    pub combinations: Vec<Vec<FieldName>>,
    pub export_window: Option<FieldName>,
    pub export_product: Option<FieldName>,
}

pub(super) fn parse(text: &str) -> Result<Parsed, CatalogueError> {
    let mut root = strict_toml::parse(text)?;
    let combinations = root.text_lists("combinations")?;
    let export_window = field_name(&mut root, "export_window")?;
    let export_product = field_name(&mut root, "export_product")?;
    let tables = root.tables("field")?;
    root.finish()?;
    if tables.is_empty() {
        return Err(At { line: 1, it: CatalogueRule::NoField }.into());
    }
    let mut fields: Vec<Field> = Vec::with_capacity(tables.len());
    let mut lines = Vec::with_capacity(tables.len());
    for mut table in tables {
        let field = field(&mut table)?;
        if fields.iter().any(|earlier| earlier.name == field.name) {
            return Err(At { line: table.line_of("name"), it: CatalogueRule::DuplicateName }.into());
        }
        if field.section.is_some() && fields.iter().any(|earlier| earlier.section == field.section) {
            return Err(At { line: table.line_of("section"), it: CatalogueRule::DuplicateSection }.into());
        }
        check_field(&field, &table)?;
        lines.push(table.line_of("pairs_with"));
        fields.push(field);
    }
    check_pairs(&fields, &lines)?;
    let combinations = combinations
        .into_iter()
        .map(|combination| {
            let names =
                combination.it.into_iter().map(|name| name.parse(|name| FieldName::parse(name).ok(), Fault::BadName));
            Ok(At { line: combination.line, it: names.collect::<Result<Vec<_>, _>>()? })
        })
        .collect::<Result<Vec<At<Vec<At<FieldName>>>>, At<Fault>>>()?;
    check_combinations(&fields, &combinations)?;
    let combinations =
        combinations.into_iter().map(|names| names.it.into_iter().map(|name| name.it).collect()).collect();
    let export_window = check_filter(&fields, export_window, Kind::Date, CatalogueRule::BadExportWindow)?;
    let export_product = check_filter(&fields, export_product, Kind::Code, CatalogueRule::BadExportProduct)?;
    Ok(Parsed { fields, combinations, export_window, export_product })
}

fn field(table: &mut Table) -> Result<Field, CatalogueError> {
    let name = table.required("name")?.parse(|text| FieldName::parse(text).ok(), Fault::BadName)?;
    if forbidden_column(name.it.as_str()) {
        return Err(At { line: name.line, it: CatalogueRule::NeverStored }.into());
    }
    if reserved(&name.it) {
        return Err(At { line: name.line, it: CatalogueRule::ReservedName }.into());
    }
    let section = if table.has("section") { Some(words(table, "section")?) } else { None };
    let label = label(table)?;
    let kind = table.required("kind")?;
    let kind_line = kind.line;
    let kind = kind_named(&kind.it).map_err(|it| At { line: kind_line, it })?;
    let class = match table.text("class")? {
        None => return Err(At { line: table.line(), it: CatalogueRule::NoClass }.into()),
        Some(class) => class.parse(|text| class_named(text), Fault::UnknownWord)?.it,
    };
    let mask = match table.text("mask")? {
        None => kind.default_mask(class),
        Some(rule) => rule.parse(|text| rule_named(text), Fault::UnknownWord)?.it,
    };
    let strong_key = match table.text("key")? {
        None => false,
        Some(key) => key.parse(|text| (text == "strong").then_some(()), Fault::UnknownWord).map(|_| true)?,
    };
    let pairs_with = field_name(table, "pairs_with")?.map(|name| name.it);
    let reveal = table
        .texts("reveal")?
        .into_iter()
        .map(|purpose| Ok(purpose.parse(|text| PurposeName::parse(text).ok(), Fault::BadName)?.it))
        .collect::<Result<Vec<_>, At<Fault>>>()?;
    let step_up = match table.text("step_up")? {
        None => None,
        Some(tier) => Some(tier.parse(|text| tier_named(text), Fault::UnknownWord)?.it),
    };
    let export = table.required("export")?.parse(|text| export_named(text), Fault::UnknownWord)?.it;
    let copy = match table.text("copy")? {
        None => CopyRule::Blocked,
        Some(copy) => copy.parse(|text| copy_named(text), Fault::UnknownWord)?.it,
    };
    let many = table.flag("many")?;
    table.finish()?;
    let name = name.it;
    Ok(Field { name, section, label, kind, class, mask, strong_key, many, pairs_with, reveal, step_up, export, copy })
}

/// The name of another field, if one stands there.
fn field_name(table: &mut Table, key: &str) -> Result<Option<At<FieldName>>, At<Fault>> {
    table.text(key)?.map(|name| name.parse(|text| FieldName::parse(text).ok(), Fault::BadName)).transpose()
}

/// `label = { zh = "…", en = "…" }`.
pub(crate) fn label(table: &mut Table) -> Result<Label, At<Fault>> {
    words(table, "label")
}

/// Words in both languages under that key.
fn words(table: &mut Table, key: &str) -> Result<Label, At<Fault>> {
    let mut label = table.table(key)?;
    let both = Label { zh: label.required("zh")?.it, en: label.required("en")?.it };
    label.finish()?;
    Ok(both)
}

fn kind_named(text: &str) -> Result<Kind, CatalogueRule> {
    if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == text) {
        return Ok(kind);
    }
    Err(match text {
        "image" | "media" | "photo" | "audio" | "video" | "flows" | "transactions" | "credit_report" => {
            CatalogueRule::UnsupportedKind
        }
        "biometric" | "chip" => CatalogueRule::NeverStored,
        _ if forbidden_column(text) => CatalogueRule::NeverStored,
        _ => CatalogueRule::UnknownKind,
    })
}

fn class_named(text: &str) -> Option<Class> {
    match text {
        "C1" => Some(Class::C1),
        "C2" => Some(Class::C2),
        "C3" => Some(Class::C3),
        _ => None,
    }
}

fn rule_named(text: &str) -> Option<MaskRule> {
    MaskRule::ALL.into_iter().find(|rule| rule.name() == text)
}

fn tier_named(text: &str) -> Option<StepUpTier> {
    match text {
        "window" => Some(StepUpTier::Window),
        "act" => Some(StepUpTier::Act),
        "act+person" => Some(StepUpTier::ActAndPerson),
        _ => None,
    }
}

fn export_named(text: &str) -> Option<ExportRule> {
    match text {
        "mask" => Some(ExportRule::Mask),
        "token" => Some(ExportRule::Token),
        "plain" => Some(ExportRule::Plain),
        "never" => Some(ExportRule::Never),
        _ => None,
    }
}

fn copy_named(text: &str) -> Option<CopyRule> {
    match text {
        "blocked" => Some(CopyRule::Blocked),
        "audited" => Some(CopyRule::Audited),
        _ => None,
    }
}
