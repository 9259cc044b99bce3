//! Named places where a test may step in between, so that a race is forced and not slept for.

/// A place in the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The policy permitted; the act has not begun.
    PermittedNotActed,
    /// The event is durable; the value is not open yet.
    RecordedNotOpened,
}

/// What happens at those places: nothing, but in a test.
#[async_trait::async_trait]
pub trait Hooks: Send + Sync {
    /// The code has reached `place`.
    async fn at(&self, place: Place);
}

/// Nothing happens.
#[derive(Clone, Copy, Debug)]
pub struct NoHooks;

#[async_trait::async_trait]
impl Hooks for NoHooks {
    async fn at(&self, _: Place) {}
}
