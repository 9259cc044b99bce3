//! The one codec for requests: URL-encoded forms, read strictly. What does not parse is told by a code and
//! a name of ours; nothing that was sent comes back.

use domain::code::Fault;

/// A form's pairs, each name once, no NUL, valid UTF-8.
#[derive(Debug, Default)]
pub struct Form {
    pairs: Vec<(String, String)>,
    faults: Vec<Fault>,
}

/// Why bytes are no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadForm {
    /// Not UTF-8 after decoding.
    #[error("invalid_utf8")]
    Utf8,
    /// A NUL.
    #[error("nul")]
    Nul,
    /// A `%` that is not followed by two hexadecimal digits.
    #[error("bad_escape")]
    Escape,
    /// The same name twice.
    #[error("repeated_parameter")]
    Repeated,
}

impl Form {
    /// Parses `application/x-www-form-urlencoded` bytes (WHATWG URL §5.1, but strict).
    pub fn parse(bytes: &[u8]) -> Result<Self, BadForm> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            if pairs.iter().any(|(known, _)| *known == name) {
                return Err(BadForm::Repeated);
            }
            pairs.push((name, value));
        }
        Ok(Self { pairs, faults: Vec::new() })
    }

    /// The pairs of a form that was read before, to be read again.
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        Self { pairs, faults: Vec::new() }
    }

    /// Takes a value out, as it was sent.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.pairs.iter().position(|(known, _)| known == name)?;
        Some(self.pairs.swap_remove(at).1)
    }

    /// Takes out every value whose name begins so, with its name: one a tick.
    pub fn take_all(&mut self, prefix: &str) -> Vec<(String, String)> {
        self.pairs.extract_if(.., |(name, _)| name.starts_with(prefix)).collect()
    }

    /// Looks at a value, which stays to be taken.
    pub fn peek(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Takes a value that must be there.
    pub fn text(&mut self, name: &str) -> String {
        self.take(name).unwrap_or_else(|| {
            self.faults.push(Fault::new(name, "missing"));
            String::new()
        })
    }

    /// Takes and parses a value that must be there; the fault is noted, and told with all others.
    pub fn parsed<T, E>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        match self.take(name) {
            None => {
                self.faults.push(Fault::new(name, "missing"));
                None
            }
            Some(text) => self.note(name, parse(&text)),
        }
    }

    /// Takes and parses a value that may be left out or empty.
    pub fn optional<T, E>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let text = self.take(name).filter(|text| !text.is_empty())?;
        self.note(name, parse(&text))
    }

    fn note<T, E>(&mut self, name: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|_| self.faults.push(Fault::new(name, "malformed"))).ok()
    }

    /// What is wrong so far, whatever is left.
    pub fn faults_so_far(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.faults)
    }

    /// What is left, for an endpoint whose names the catalogue gives.
    pub fn rest(&mut self) -> Vec<(String, String)> {
        std::mem::take(&mut self.pairs)
    }

    /// What is wrong so far: every fault noted, and whether anything is left that nobody took. The name of
    /// an unknown parameter is not told back: it is what was sent.
    pub fn faults(&mut self) -> Vec<Fault> {
        if !self.pairs.is_empty() {
            self.faults.push(Fault::new("", "unknown_parameter"));
        }
        std::mem::take(&mut self.faults)
    }
}

fn decode(bytes: &[u8]) -> Result<String, BadForm> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().ok_or(BadForm::Escape)?, rest.next().ok_or(BadForm::Escape)?];
                let text = std::str::from_utf8(&digits).map_err(|_| BadForm::Escape)?;
                let escaped = digits.iter().all(u8::is_ascii_hexdigit).then(|| u8::from_str_radix(text, 16));
                escaped.ok_or(BadForm::Escape)?.map_err(|_| BadForm::Escape)?
            }
            other => other,
        });
    }
    if decoded.contains(&0) {
        return Err(BadForm::Nul);
    }
    String::from_utf8(decoded).map_err(|_| BadForm::Utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_whole_or_not_at_all() {
        let mut form = Form::parse("a=1&b=%E7%8E%8B+x&c=".as_bytes()).unwrap();
        assert_eq!(form.take("b").as_deref(), Some("王 x"));
        assert_eq!(form.text("a"), "1");
        assert_eq!(form.text("c"), "");
        assert_eq!(form.faults(), []);
        for (bytes, error) in [
            (&b"a=1&a=2"[..], BadForm::Repeated),
            (b"a=%ff", BadForm::Utf8),
            (b"a=\xff", BadForm::Utf8),
            (b"a=%00", BadForm::Nul),
            (b"a=%0", BadForm::Escape),
            (b"a=%+1", BadForm::Escape),
            (b"a=%zz", BadForm::Escape),
        ] {
            assert_eq!(Form::parse(bytes).err(), Some(error), "{bytes:?}");
        }
    }

    #[test]
    fn every_fault_is_told_at_once_and_no_value_with_it() {
        let mut form = Form::parse(b"item=x&surprise=4711").unwrap();
        form.parsed("item", |text| text.parse::<u8>());
        form.text("field");
        let faults = form.faults();
        let told: Vec<_> = faults.iter().map(|fault| (fault.field.as_str(), fault.code.as_str())).collect();
        assert_eq!(told, [("item", "malformed"), ("field", "missing"), ("", "unknown_parameter")]);
    }
}
