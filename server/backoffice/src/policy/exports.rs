//! What may be done about exports, and about those to whom files go.

use super::{Permission, Question, text};
use domain::export::Weight;
use domain::id::PurposeName;

permissions! {
    /// Entering to whom files might go.
    ProposeRecipient "proposeRecipient";
    /// Confirming or rejecting whom another entered.
    DecideRecipient "decideRecipient";
    /// Ending a recipient.
    EndRecipient "endRecipient";
    /// Voting on another's request.
    DecideExport "decideExport";
    /// Reading the registers.
    ReadExports "readExports";
    /// Recording that a way out was checked.
    CheckChannels "checkChannels";
}

/// Drawing up a request, and every step of one's own.
#[derive(Debug)]
pub struct RequestExport;

/// What a request is about.
#[derive(Clone, Copy, Debug)]
pub struct ExportQuestion<'a> {
    /// Why data leaves.
    pub purpose: &'a PurposeName,
    /// How openly.
    pub weight: Weight,
}

impl Permission for RequestExport {
    type On<'a> = ExportQuestion<'a>;
    const ACTION: &'static str = "requestExport";
    fn question(on: &ExportQuestion<'_>) -> Question {
        let weight = match on.weight {
            Weight::Visible => "visible",
            Weight::Masked => "masked",
            Weight::Opened => "opened",
        };
        Question { branch: None, context: vec![text("purpose", on.purpose.as_str()), text("weight", weight)] }
    }
}
