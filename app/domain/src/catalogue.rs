//! What a customer is: fields, kinds, classes, keys and rules.

mod kind;

pub use kind::{Class, CopyRule, ExportRule, Kind, StepUpTier};
