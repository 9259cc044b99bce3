//! Receipts: proof that an event is durably in the log. No receipt, no plaintext.

/// Proof that the event of `E` is committed at sequence number [`Receipt::seq`]. Only the writer makes
/// one, after the COMMIT that holds the event:
///
/// ```compile_fail
/// fn forge<E>(fact: E) -> backoffice::audit::Receipt<E> { backoffice::audit::Receipt { seq: 0, fact } }
/// ```
/// It is good once, so it cannot be copied:
///
/// ```compile_fail
/// fn twice<E>(receipt: backoffice::audit::Receipt<E>) -> (backoffice::audit::Receipt<E>, backoffice::audit::Receipt<E>) {
///     (receipt.clone(), receipt)
/// }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Receipt<E> {
    seq: u64,
    fact: E,
}

impl<E> Receipt<E> {
    /// The writer's own; see the module `writer`.
    pub(super) fn issue(seq: u64, fact: E) -> Self {
        Self { seq, fact }
    }
    /// The event's place in the log.
    pub fn seq(&self) -> u64 {
        self.seq
    }
    /// What the event says happened.
    pub fn fact(&self) -> &E {
        &self.fact
    }
    /// Gives up the receipt for what it says.
    pub fn into_fact(self) -> E {
        self.fact
    }
}
