//! What may be done with the log itself.

permissions! {
    /// Reading events and proofs.
    ReadLog "readLog";
    /// Holding the log against its hashes and signature.
    VerifyLog "verifyLog";
    /// Taking bundles of whole entries away.
    ReadEntries "readEntries";
}
