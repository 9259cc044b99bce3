//! *Wrong person*: the card that was opened is not the customer's who is meant (Q1).

use super::DeskError;
use crate::id::CaseId;

/// The part of the desk that corrects whom a case is about.
#[async_trait::async_trait]
pub trait WrongPerson {
    /// Closes a bound case and opens one under the same purpose, ticket and note, bound to nobody; gives
    /// back the new case.
    async fn wrong_person(&self, case: CaseId) -> Result<CaseId, DeskError>;
}
