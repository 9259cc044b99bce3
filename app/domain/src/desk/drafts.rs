//! Unsent words of one's own: kept for half an hour, so that an ended session takes none along.

use super::DeskError;

/// Where unsent words belong: one draft a person and place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftPlace {
    /// The note of the case that is being opened.
    CaseNote,
}

impl DraftPlace {
    /// Every place.
    pub const ALL: [DraftPlace; 1] = [DraftPlace::CaseNote];

    /// Its word in a request and in storage.
    pub const fn name(self) -> &'static str {
        match self {
            DraftPlace::CaseNote => "case_note",
        }
    }

    /// The place of that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.name() == text)
    }
}

/// Unsent words: anything that someone typed, a customer's data too. No `Debug`, no `Display`.
///
/// ```compile_fail
/// fn print(draft: &domain::desk::Draft) { println!("{draft:?}") }
/// ```
pub struct Draft(zeroize::Zeroizing<String>);

/// Longer than a note may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too long")]
pub struct DraftTooLong;

/// As many characters as a note may have.
const MAX_CHARS: usize = 500;

impl Draft {
    /// Takes what was typed as it is: it is no note yet.
    ///
    /// # Errors
    /// [`DraftTooLong`] beyond 500 characters; a line break is one, however it was sent.
    pub fn parse(text: &str) -> Result<Self, DraftTooLong> {
        let text = text.replace("\r\n", "\n");
        if text.chars().count() > MAX_CHARS { Err(DraftTooLong) } else { Ok(Self(text.into())) }
    }
    /// The words, for the form that they go back to.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

/// Drafts of the person at the desk; nobody else's are ever reached.
#[async_trait::async_trait]
pub trait Drafts {
    /// Keeps a draft for 30 minutes in place of the one before; an empty one forgets.
    async fn keep_draft(&self, place: DraftPlace, draft: Draft) -> Result<(), DeskError>;
    /// The draft that is kept there.
    async fn draft(&self, place: DraftPlace) -> Result<Option<Draft>, DeskError>;
    /// Forgets it.
    async fn forget_draft(&self, place: DraftPlace) -> Result<(), DeskError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_as_long_as_a_note_may_be() {
        assert_eq!(Draft::parse(&"说".repeat(500)).map(|draft| draft.as_str().chars().count()), Ok(500));
        assert!(Draft::parse(&"\r\n".repeat(500)).is_ok());
        assert_eq!(Draft::parse(&"a".repeat(501)).err(), Some(DraftTooLong));
        assert!(Draft::parse(" \n").is_ok_and(|draft| draft.is_empty()));
        assert_eq!(DraftPlace::parse("elsewhere"), None);
    }
}
