//! A form that is sent twice is done once.

use super::{DeskError, SessionToken};
use sha2::{Digest, Sha256};

/// One form as it was sent: who sent which drawing of it, with what in it. The same drawing with other words
/// in it is another, or someone who searched in a second window would be shown the first one's customer.
///
/// The session's secret is part of it and stored nowhere, so that what was typed cannot be guessed from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormSent([u8; 32]);

impl FormSent {
    /// Of a session and the pairs of the form, its token among them.
    pub fn of<'a>(session: &SessionToken, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut digest = Sha256::new_with_prefix(b"grille form v1");
        digest.update(zeroize::Zeroizing::new(session.cookie_text()).as_bytes());
        for (name, value) in pairs {
            for part in [name, value] {
                digest.update((part.len() as u64).to_be_bytes());
                digest.update(part);
            }
        }
        Self(digest.finalize().into())
    }
    /// What storage keeps.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Whose turn it is to do what a form asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The form comes for the first time: do it, then say how it ended.
    First,
    /// It was done: this is the address that the first answer led to.
    Again(String),
}

/// Forms sent twice, by a double click or a reload.
#[async_trait::async_trait]
pub trait Once {
    /// Takes the form's turn in this session. While another request has it, waits for that one's end.
    async fn take_turn(&self, form: FormSent) -> Result<Turn, DeskError>;
    /// Ends the turn: with the address that its repeats are led to for 15 minutes; without one, the form
    /// may come again.
    async fn end_turn(&self, form: FormSent, led_to: Option<&str>) -> Result<(), DeskError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q1_a_form_with_other_words_or_of_another_session_is_another_form() {
        let (one, other) = (SessionToken::from_bytes([1; 32]), SessionToken::from_bytes([2; 32]));
        let form = |session, pairs: &[(&'static str, &'static str)]| FormSent::of(session, pairs.iter().copied());
        let sent = form(&one, &[("once", "1"), ("id_no", "23")]);
        assert_eq!(sent, form(&one, &[("once", "1"), ("id_no", "23")]));
        for pairs in [&[("once", "1"), ("id_no", "24")][..], &[("once", "2"), ("id_no", "23")], &[("once", "1id_no23")]]
        {
            assert_ne!(sent, form(&one, pairs));
        }
        assert_ne!(sent, form(&other, &[("once", "1"), ("id_no", "23")]));
    }
}
