//! A form that is sent twice is done once.

use super::DeskError;
use crate::id::RequestId;

/// What a form's token says. The token is the id of the request that drew the form: each drawing is
/// another.
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
    async fn take_turn(&self, form: RequestId) -> Result<Turn, DeskError>;
    /// Ends the turn: with the address that its repeats are led to for 15 minutes; without one, the form
    /// may come again.
    async fn end_turn(&self, form: RequestId, led_to: Option<&str>) -> Result<(), DeskError>;
}
