//! A cell of a CSV file that no spreadsheet takes for a formula (E4; OWASP, *CSV Injection*).

use zeroize::Zeroizing;

/// What makes a spreadsheet calculate, in both widths.
fn begins_a_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\t' | '\r' | '\n')
}

/// What a spreadsheet may pass over before it: white space, quotation marks, what cannot be seen.
fn is_passed_over(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '＂' | '＇' | '`')
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether a spreadsheet might calculate the cell.
fn is_formula(cell: &str) -> bool {
    let mut rest = cell.chars();
    loop {
        match rest.next() {
            Some(c) if begins_a_formula(c) => return true,
            Some(c) if is_passed_over(c) => (),
            Some(_) | None => return false,
        }
    }
}

/// The cell as it may be written: with `'` in front where it might be a formula.
pub(super) fn safe(cell: &str) -> Option<Zeroizing<String>> {
    is_formula(cell).then(|| Zeroizing::new(format!("'{cell}")))
}

/// The cell as it was before [`safe`], for whoever reads a file back.
pub(crate) fn undone(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(cell: &str) -> String {
        safe(cell).map_or_else(|| cell.to_owned(), |safe| safe.to_string())
    }

    #[test]
    fn e4_a_formula_is_never_a_cell() {
        for lead in ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"] {
            for before in ["", " ", "\"", "' ", "\u{feff}", "\u{200b}\u{a0}", "\u{0}", "“", "\u{2060}  "] {
                let cell = format!("{before}{lead}1+1");
                assert!(written(&cell).starts_with('\''), "{cell:?}");
                assert_eq!(undone(&written(&cell)), cell);
            }
        }
    }

    #[test]
    fn e4_what_is_no_formula_stays_as_it_is() {
        for cell in ["", "王小芳", "622202******1234", "a=b", "2026-01-31", "1-2", "'tis", "O'Brien", "  x", "*芳"]
        {
            assert_eq!(written(cell), cell);
            assert_eq!(undone(cell), cell);
        }
    }

    proptest! {
        #[test]
        fn e4_no_text_at_all_begins_a_formula_and_each_comes_back(cell in "\\PC{0,3}[=+@\\-\\t\\r\\n＝＋－＠ '\"\u{200b}]{0,4}\\PC{0,8}") {
            let out = written(&cell);
            // Whatever stands first, once what is passed over is gone, is the apostrophe or is harmless.
            let first = out.chars().find(|c| *c == '\'' || !is_passed_over(*c) || begins_a_formula(*c));
            prop_assert!(first.is_none_or(|c| !begins_a_formula(c)), "{:?}", out);
            prop_assert_eq!(undone(&out), &cell);
        }
    }
}
