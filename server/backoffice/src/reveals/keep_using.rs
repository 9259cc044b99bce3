//! Keeping a value in use: longer on the screen, or copied out of it (V4).

use super::after::Past;
use crate::audit::{Act, Verdict};
use crate::auth::Actor;
use crate::store::customers::Among;
use crate::store::{WriteTx, cases, customers, reveals, sessions};
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::DeskError;

/// The screen counts from when the value arrived, the server from when it was recorded; and a request takes
/// its time.
const GRACE: Span = Span::seconds(5);

/// What keeps a value in use. Each once a reveal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    More,
    Copy,
}

impl Use {
    pub(super) const fn kind(self) -> Kind {
        match self {
            Use::More => Kind::RevealExtended,
            Use::Copy => Kind::ValueCopied,
        }
    }
    const fn word(self) -> &'static str {
        match self {
            Use::More => "more",
            Use::Copy => "copied",
        }
    }
    const fn spent(self) -> Code {
        match self {
            Use::More => Code::MoreSpent,
            Use::Copy => Code::CopySpent,
        }
    }
}

/// Keeps a value on the screen, or lets it leave: while all that the reveal was permitted for still holds.
pub(super) struct KeepUsing {
    pub actor: Actor,
    pub past: Past,
    pub what: Use,
    /// How long a value is shown.
    pub seconds: Span,
}

#[async_trait::async_trait]
impl Act for KeepUsing {
    type Fact = ();
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let (kind, now) = (self.what.kind(), tx.now());
        let details = Details { policy: Some(self.past.policy), ..self.past.details() };
        if let Some(code) = self.no_longer(tx).await? {
            return self.actor.refuse(tx, kind, code.into(), details).await;
        }
        // The row decides, not what was read.
        if reveals::count(tx.conn(), self.past.seq, self.what.word(), now).await? > 1 {
            return self.actor.refuse(tx, kind, self.what.spent().into(), details).await;
        }
        Ok(Verdict::Done { event: self.actor.event(tx, kind, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, self.what.kind(), Some(error.code()), self.past.details())
    }
}

impl KeepUsing {
    /// What changed since the value was shown, if anything did.
    async fn no_longer(&self, tx: &mut WriteTx<'_>) -> sqlx::Result<Option<Code>> {
        let past = &self.past;
        if let Err(code) = self.actor.still_here(tx).await? {
            return Ok(Some(code));
        }
        let policy = sessions::policy_hash(tx.conn()).await?;
        if policy.as_ref() != Some(past.policy.as_bytes()) || self.actor.stamp().version != past.version {
            return Ok(Some(Code::Changed));
        }
        match cases::of_staff_in(tx.conn(), past.case, self.actor.staff()).await? {
            None => return Ok(Some(Code::NotFound)),
            Some(row) if row.closed => return Ok(Some(Code::CaseClosed)),
            Some(row) if row.customer != Some(past.customer) => return Ok(Some(Code::Changed)),
            Some(_) => (),
        }
        let bank_wide = cases::found_bank_wide(tx.conn(), past.case, past.customer).await?;
        let among = Among::of(bank_wide, self.actor.unit());
        if !customers::is_visible(tx.conn(), past.customer, among).await? {
            return Ok(Some(Code::NotFound));
        }
        let mut end = past.time.plus(self.seconds).plus(GRACE);
        if self.what == Use::Copy && reveals::was(tx.conn(), past.seq, Use::More.word()).await? {
            end = end.plus(self.seconds);
        }
        Ok((tx.now() > end).then_some(Code::RevealOver))
    }
}
