//! The notice of secrecy: what everyone acknowledges once a session, before anything else.
//!
//! A bank puts its own words in `notice.toml`. The log names what was acknowledged by a digest of them, so that
//! it can be said which words somebody saw; changed words are asked for anew.

use crate::audit::fingerprint::Fingerprint;
use crate::strict_toml::{self, At, Fault, Table};

/// More paragraphs are not read.
const PARAGRAPHS: usize = 12;
/// Nor longer ones.
const CHARACTERS: usize = 600;

/// The words, in both languages.
#[derive(Clone, Debug)]
pub struct Notice {
    zh: Vec<String>,
    en: Vec<String>,
    digest: Fingerprint,
}

/// What is wrong with the file, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {rule}")]
pub struct NoticeError {
    /// The line, from 1.
    pub line: usize,
    /// The rule.
    pub rule: NoticeRule,
}

/// What words must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NoticeRule {
    /// The file itself.
    #[error("{0}")]
    File(Fault),
    /// A paragraph, or their number.
    #[error(
        "1 to {PARAGRAPHS} paragraphs of 1 to {CHARACTERS} characters in each language, without control characters"
    )]
    Words,
}

impl From<At<Fault>> for NoticeError {
    fn from(fault: At<Fault>) -> Self {
        Self { line: fault.line, rule: NoticeRule::File(fault.it) }
    }
}

impl Notice {
    /// Reads `notice.toml`.
    ///
    /// # Errors
    /// The first line that is wrong and the rule that it breaks.
    pub fn parse(text: &str) -> Result<Self, NoticeError> {
        let mut root = strict_toml::parse(text)?;
        let (zh, en) = (words(&mut root, "zh")?, words(&mut root, "en")?);
        root.finish()?;
        let parts = [zh.join("\n"), en.join("\n")];
        let digest = Fingerprint::of("grille notice v1", &parts.each_ref().map(|part| part.as_bytes()));
        Ok(Self { zh, en, digest })
    }

    /// The words that Grille ships.
    ///
    /// # Errors
    /// None that a test has not seen.
    pub fn shipped() -> Result<Self, NoticeError> {
        Self::parse(include_str!("../notice.toml"))
    }

    /// In Chinese, a paragraph each.
    pub fn zh(&self) -> &[String] {
        &self.zh
    }
    /// In English.
    pub fn en(&self) -> &[String] {
        &self.en
    }
    /// What names these words in forms and in the log.
    pub fn digest(&self) -> Fingerprint {
        self.digest
    }
}

fn words(root: &mut Table, language: &str) -> Result<Vec<String>, NoticeError> {
    let line = root.line_of(language);
    let paragraphs = root.texts(language)?;
    if paragraphs.is_empty() || paragraphs.len() > PARAGRAPHS {
        return Err(NoticeError { line, rule: NoticeRule::Words });
    }
    let fits = |text: &str| {
        !text.trim().is_empty() && text.chars().count() <= CHARACTERS && !text.chars().any(char::is_control)
    };
    match paragraphs.iter().find(|paragraph| !fits(&paragraph.it)) {
        Some(wrong) => Err(NoticeError { line: wrong.line, rule: NoticeRule::Words }),
        None => Ok(paragraphs.into_iter().map(|paragraph| paragraph.it).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_words_name_the_law_in_both_languages() {
        let notice = Notice::shipped().unwrap();
        assert!(notice.zh().concat().contains("《中华人民共和国个人信息保护法》"));
        assert!(notice.en().concat().contains("Personal Information Protection Law"));
        assert_eq!(notice.zh().len(), notice.en().len());
    }

    #[test]
    fn other_words_have_another_digest_and_the_same_ones_the_same() {
        let digest = |text: &str| Notice::parse(text).unwrap().digest();
        let one = digest("zh = ['守密']\nen = ['keep it']");
        assert_eq!(one, digest("# a comment\nen = [\"keep it\"]\nzh = [\"守密\"]"));
        for other in
            ["zh = ['守密。']\nen = ['keep it']", "zh = ['守密']\nen = ['keep', 'it']", "zh = ['守']\nen = ['密']"]
        {
            assert_ne!(one, digest(other));
        }
    }

    #[test]
    fn words_that_are_none_are_refused_with_their_line() {
        let long = format!("zh = ['{}']\nen = ['x']", "密".repeat(CHARACTERS + 1));
        let many = format!("zh = ['x']\nen = [{}]", "'x',".repeat(PARAGRAPHS + 1));
        for (text, line) in [
            ("zh = ['x']", 1),
            ("zh = ['x']\nen = []", 2),
            ("zh = ['x']\nen = ['x', ' ']", 2),
            ("zh = ['x']\nen = [\"a\\u0007b\"]", 2),
            ("zh = ['x']\nen = ['x']\nde = ['x']", 3),
            ("zh = 'x'\nen = ['x']", 1),
            (long.as_str(), 1),
            (many.as_str(), 2),
            ("zh = [", 1),
        ] {
            assert_eq!(Notice::parse(text).unwrap_err().line, line, "{text}");
        }
    }
}
