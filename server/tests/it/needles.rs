//! Looks for texts in bytes, however they might be written there.

use aho_corasick::{AhoCorasick, MatchKind};
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

/// Below this a written-over form is short enough to be met by chance among ciphertext.
const LONG_ENOUGH: usize = 8;

/// Texts to look for, each in every form that it might have.
pub struct Needles {
    automaton: AhoCorasick,
    names: Vec<String>,
}

impl Needles {
    pub fn new(texts: &[String]) -> Self {
        let mut names = Vec::new();
        let mut patterns = Vec::new();
        for text in texts {
            for (form, pattern) in forms(text) {
                names.push(format!("{text} in {form}"));
                patterns.push(pattern);
            }
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(patterns).expect("an automaton");
        Self { automaton, names }
    }

    /// What is found, each once, with its form.
    pub fn found_in(&self, bytes: &[u8]) -> Vec<&str> {
        let mut found: Vec<&str> = self
            .automaton
            .find_overlapping_iter(bytes)
            .map(|hit| self.names[hit.pattern().as_usize()].as_str())
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// A text as it might stand somewhere: what it is called, and its bytes.
fn forms(text: &str) -> Vec<(String, Vec<u8>)> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let mut forms = vec![
        ("UTF-8".to_owned(), text.as_bytes().to_vec()),
        ("UTF-16LE".to_owned(), little.clone()),
        ("UTF-16BE".to_owned(), big.clone()),
    ];
    if !text.is_ascii() {
        let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
        forms.push(("JSON escapes".to_owned(), escaped.into_bytes()));
        let percent: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        forms.push(("percent escapes".to_owned(), percent.into_bytes()));
    }
    if text.len() < LONG_ENOUGH {
        return forms;
    }
    for (name, bytes) in [("UTF-8", text.as_bytes()), ("UTF-16LE", &little), ("UTF-16BE", &big)] {
        forms.push((format!("hex of {name}"), HEXLOWER.encode(bytes).into_bytes()));
        forms.push((format!("HEX of {name}"), HEXUPPER.encode(bytes).into_bytes()));
        for before in 0..3 {
            for (alphabet, encoding) in [("base64", BASE64_NOPAD), ("base64url", BASE64URL_NOPAD)] {
                let whole = encoding.encode(&[vec![0; before], bytes.to_vec()].concat());
                // Signs that hold bits of the bytes before or after depend on these; the others do not.
                let start = (before * 8).div_ceil(6);
                let end = (before + bytes.len()) * 8 / 6;
                forms.push((format!("{alphabet} of {name} after {before}"), whole.as_bytes()[start..end].to_vec()));
            }
        }
    }
    forms
}

#[test]
fn the_search_finds_what_is_planted_in_every_form() {
    let texts = ["990101198804123012".to_owned(), "林小满住在这里".to_owned(), "06/29".to_owned()];
    let needles = Needles::new(&texts);
    assert!(needles.found_in(b"nothing of the kind 990101198804123013").is_empty());
    for text in &texts {
        for (form, pattern) in forms(text) {
            let planted = [b"some bytes before ".as_slice(), &pattern, b" and after"].concat();
            let found = needles.found_in(&planted);
            assert!(found.contains(&format!("{text} in {form}").as_str()), "{text} in {form}: {found:?}");
        }
    }
}

/// Not by the search's own encoder: a value in the middle of something that was encoded as a whole.
#[test]
fn the_search_finds_a_value_inside_an_encoded_whole() {
    let needles = Needles::new(&["990101198804123012".to_owned()]);
    for before in ["", "{", "{\"", "{\"id_no\":\""] {
        let whole = format!("{before}990101198804123012\",\"and\":\"more\"}}");
        let wide: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for encoded in [
            BASE64_NOPAD.encode(whole.as_bytes()),
            BASE64URL_NOPAD.encode(whole.as_bytes()),
            HEXLOWER.encode(whole.as_bytes()),
            HEXUPPER.encode(whole.as_bytes()),
            BASE64_NOPAD.encode(&wide),
            HEXLOWER.encode(&wide),
        ] {
            assert!(!needles.found_in(encoded.as_bytes()).is_empty(), "{encoded}");
        }
        assert!(!needles.found_in(&wide).is_empty());
    }
}
