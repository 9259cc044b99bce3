//! What of a customer leaves: fields, each as a mask, a token or in clear, each with its reason.

use super::{Form, Weight};
use crate::catalogue::{Catalogue, Class, Field};
use crate::code::Fault;
use crate::id::FieldName;
use crate::mask::MaskRule;
use crate::note::{BadNote, Note};
use serde::{Deserialize, Serialize};

/// One field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedField {
    /// Which.
    pub field: FieldName,
    /// As what.
    pub form: Form,
    /// Why it is needed.
    pub why: String,
}

/// The fields of a request, in the catalogue's order: one at least, each once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Asked(Vec<AskedField>);

/// Why a field cannot be asked for. Never holds what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAsked {
    /// The catalogue has no such field.
    #[error("unknown")]
    Unknown,
    /// The catalogue never lets it leave: C3, or the bank says so (M4, E4).
    #[error("never_exported")]
    Never,
    /// It does not leave in this form.
    #[error("form_refused")]
    Form,
    /// The reason does not do.
    #[error("{}", .0.code())]
    Why(#[from] BadNote),
}

impl Asked {
    /// Reads what was chosen: name, form and reason of each field. Every fault is told at once, under `form_NAME`
    /// and `why_NAME`; none chosen is a fault of `fields`.
    ///
    /// # Errors
    /// The faults.
    pub fn parse(catalogue: &Catalogue, chosen: &[(FieldName, String, String)]) -> Result<Self, Vec<Fault>> {
        let mut fields = Vec::with_capacity(chosen.len());
        let mut faults = Vec::new();
        for (name, form, why) in chosen {
            match one(catalogue, name, form, why) {
                Ok(field) => fields.push(field),
                Err(fault @ BadAsked::Why(_)) => faults.push(Fault::new(&format!("why_{name}"), &fault.to_string())),
                Err(fault) => faults.push(Fault::new(&format!("form_{name}"), &fault.to_string())),
            }
        }
        if fields.is_empty() && faults.is_empty() {
            faults.push(Fault::new("fields", "none_chosen"));
        }
        let place = |name: &FieldName| catalogue.fields().iter().position(|field| field.name == *name);
        fields.sort_by_key(|asked| place(&asked.field));
        if fields.windows(2).any(|pair| pair[0].field == pair[1].field) {
            faults.push(Fault::new("fields", "repeated"));
        }
        if faults.is_empty() { Ok(Self(fields)) } else { Err(faults) }
    }

    /// Each, in the catalogue's order.
    pub fn fields(&self) -> &[AskedField] {
        &self.0
    }

    /// The fields whose values must be opened: in clear, and not clear on every screen anyway.
    pub fn opened<'a>(&'a self, catalogue: &'a Catalogue) -> impl Iterator<Item = &'a Field> {
        self.0
            .iter()
            .filter(|asked| asked.form == Form::Plain)
            .filter_map(|asked| catalogue.field(&asked.field))
            .filter(|field| field.mask != MaskRule::Visible)
    }

    /// How heavy the request is, by its most open field.
    pub fn weight(&self, catalogue: &Catalogue) -> Weight {
        let class = |asked: &AskedField| catalogue.field(&asked.field).map_or(Class::C3, |field| field.class);
        if self.opened(catalogue).next().is_some() {
            Weight::Opened
        } else if self.0.iter().any(|asked| class(asked) > Class::C1) {
            Weight::Masked
        } else {
            Weight::Visible
        }
    }

    /// How many fields of each class leave in each form, in the order of class and form.
    pub fn histogram(&self, catalogue: &Catalogue) -> Vec<(Class, Form, usize)> {
        let mut counts: Vec<(Class, Form, usize)> = Vec::new();
        for asked in &self.0 {
            let Some(field) = catalogue.field(&asked.field) else { continue };
            match counts.iter_mut().find(|(class, form, _)| (*class, *form) == (field.class, asked.form)) {
                Some((.., count)) => *count += 1,
                None => counts.push((field.class, asked.form, 1)),
            }
        }
        counts.sort_by_key(|(class, form, _)| (*class, *form));
        counts
    }
}

fn one(catalogue: &Catalogue, name: &FieldName, form: &str, why: &str) -> Result<AskedField, BadAsked> {
    let field = catalogue.field(name).ok_or(BadAsked::Unknown)?;
    let forms = if field.class == Class::C3 { &[] } else { Form::of(field.export) };
    if forms.is_empty() {
        return Err(BadAsked::Never);
    }
    let form = Form::parse(form).filter(|form| forms.contains(form)).ok_or(BadAsked::Form)?;
    let why = Note::parse(why, "", &[])?;
    Ok(AskedField { field: name.clone(), form, why: why.as_str().to_owned() })
}
