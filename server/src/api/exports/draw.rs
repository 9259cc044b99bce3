//! The form of a request: three of its names are made of ids and of the catalogue's names.

use crate::form::Form;
use domain::code::Fault;
use domain::desk::DrawExport;
use domain::id::{CaseId, FieldName};

/// How the name of a ticked case begins; its id follows.
const CASE: &str = "case_";
/// How the name of a chosen form begins; the field's name follows.
const FORM: &str = "form_";
/// The same of its reason.
const WHY: &str = "why_";

/// A request, as a form gives it, and what is wrong with it. Whether it may be is the back office's to say: which
/// fields and forms there are, which purposes, which recipients.
pub(crate) fn draw_form(form: &mut Form) -> Result<DrawExport, Vec<Fault>> {
    let (cases, forms, whys) = (form.take_all(CASE), form.take_all(FORM), form.take_all(WHY));
    let mut asked = DrawExport {
        cases: Vec::new(),
        fields: Vec::new(),
        from: form.take("from").unwrap_or_default(),
        to: form.take("to").unwrap_or_default(),
        product: form.take("product").unwrap_or_default(),
        purpose: form.text("purpose"),
        recipient: form.text("recipient"),
        intended_use: form.text("intended_use"),
        basis: form.text("basis"),
        impact_assessment: form.take("impact_assessment").unwrap_or_default(),
        retention_days: form.text("retention_days"),
        format: form.text("format"),
    };
    let mut faults = form.faults();
    for (name, ticked) in &cases {
        match CaseId::parse(name.strip_prefix(CASE).unwrap_or_default()) {
            Ok(case) if ticked == "on" => asked.cases.push(case),
            Ok(_) | Err(_) => faults.push(Fault::new("cases", "malformed")),
        }
    }
    for (name, chosen) in forms.iter().filter(|(_, chosen)| is_chosen(chosen)) {
        let Some(field) = field(name, FORM) else {
            faults.push(Fault::new("fields", "malformed"));
            continue;
        };
        let why = whys.iter().find(|(name, _)| name.strip_prefix(WHY) == Some(field.as_str()));
        asked.fields.push((field, chosen.clone(), why.map(|(_, why)| why.clone()).unwrap_or_default()));
    }
    for (name, why) in &whys {
        let Some(field) = field(name, WHY) else {
            faults.push(Fault::new("fields", "malformed"));
            continue;
        };
        // A reason without a form is a choice that somebody forgot.
        if !why.trim().is_empty() && asked.fields.iter().all(|(known, ..)| *known != field) {
            faults.push(Fault::new(&format!("{FORM}{field}"), "missing"));
        }
    }
    if faults.is_empty() { Ok(asked) } else { Err(faults) }
}

fn is_chosen(form: &str) -> bool {
    !form.is_empty() && form != "none"
}

fn field(name: &str, prefix: &str) -> Option<FieldName> {
    FieldName::parse(name.strip_prefix(prefix)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: &str = "purpose=complaint&recipient=r&intended_use=u&basis=consent&retention_days=9&format=csv";

    fn parsed(text: &str) -> Result<DrawExport, Vec<(String, String)>> {
        let mut form = Form::parse(format!("{REST}&{text}").as_bytes()).unwrap();
        draw_form(&mut form).map_err(|all| all.into_iter().map(|one| (one.field, one.code)).collect())
    }

    #[test]
    fn e1_cases_and_fields_are_named_by_ids_and_names_alone() {
        let case = "01890a5d-ac96-774b-bcce-b302099a8057";
        let asked = parsed(&format!("case_{case}=on&form_name=mask&why_name=a+report&form_card_no=none&why_card_no="));
        let asked = asked.unwrap();
        assert_eq!(asked.cases, [CaseId::parse(case).unwrap()]);
        let fields: Vec<_> =
            asked.fields.iter().map(|(name, form, why)| (name.as_str(), &form[..], &why[..])).collect();
        assert_eq!(fields, [("name", "mask", "a report")]);
    }

    #[test]
    fn e1_whatever_else_is_made_of_those_names_is_refused_and_not_told_back() {
        for (text, field, code) in [
            ("case_1=on", "cases", "malformed"),
            ("case_01890a5d-ac96-774b-bcce-b302099a8057=yes", "cases", "malformed"),
            ("case_id=01890a5d-ac96-774b-bcce-b302099a8057", "cases", "malformed"),
            ("form_%3Cb%3E=mask", "fields", "malformed"),
            ("why_%3Cb%3E=x", "fields", "malformed"),
            ("why_name=a+report", "form_name", "missing"),
            ("rows=all", "", "unknown_parameter"),
        ] {
            assert_eq!(parsed(text).unwrap_err(), [(field.to_owned(), code.to_owned())], "{text}");
        }
    }

    #[test]
    fn e1_every_field_of_the_catalogue_with_a_reason_fits_in_one_form() {
        let why = "%E7%9B%91%E7%AE%A1%E6%8A%A5%E9%80%81%E5%B9%B4%E5%BA%A6%E7%BB%9F%E8%AE%A1%E9%9C%80%E8%A6%81";
        let catalogue = domain::catalogue::Catalogue::shipped().unwrap();
        let all = catalogue.fields().iter().map(|field| format!("form_{0}=mask&why_{0}={why}", field.name));
        let body = format!("{REST}&{}", all.collect::<Vec<_>>().join("&"));
        assert!(body.len() < 16 * 1024, "{}", body.len());
    }
}
