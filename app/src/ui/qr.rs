//! A QR code (ISO/IEC 18004) as one path of an SVG: no image to fetch, none to be left in a cache.

use leptos::prelude::*;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;
use zeroize::Zeroizing;

/// The quiet zone that readers need around it, in modules.
const QUIET: usize = 4;

/// The code of `text`; none if it is longer than one holds. `name` tells those who do not see it what it is.
pub fn view(text: &str, name: String) -> Option<AnyView> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let side = code.width() + 2 * QUIET;
    let path = dark(&code);
    Some(
        view! {
            <svg class="qr" role="img" aria-label=name viewBox=format!("0 0 {side} {side}")>
                <path d=path.to_string()></path>
            </svg>
        }
        .into_any(),
    )
}

/// A line of the path for each run of dark modules. It is the text itself to whoever reads it, so it is wiped.
fn dark(code: &QrCode) -> Zeroizing<String> {
    let mut path = Zeroizing::new(String::new());
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                let (left, top, long) = (x + QUIET, y + QUIET, run.len());
                // Writing to a string does not fail.
                let _ = write!(path, "M{left} {top}h{long}v1h-{long}z");
            }
            x += run.len();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_drawn_where_it_stands_and_no_light_one() {
        let code = QrCode::with_error_correction_level("otpauth://totp/Grille?secret=GEZDGNBV", EcLevel::M).unwrap();
        let mut drawn = vec![Color::Light; code.width() * code.width()];
        for line in dark(&code).split('z').filter(|line| !line.is_empty()) {
            let numbers: Vec<usize> =
                line.split(|sign: char| !sign.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
            let [left, top, long, 1, same] = numbers[..] else { panic!("{line}") };
            assert_eq!(long, same, "the line goes back as far");
            let at = (top - QUIET) * code.width() + (left - QUIET);
            drawn[at..at + long].fill(Color::Dark);
        }
        assert_eq!(drawn, code.to_colors());
    }

    #[test]
    fn a_text_that_is_too_long_for_a_code_has_none() {
        assert!(view(&"x".repeat(3_000), String::new()).is_none());
    }
}
