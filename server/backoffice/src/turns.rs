//! A form that is sent twice is done once: a double click opens one case and spends one search.

use crate::audit::{Housekeeping, unaudited};
use crate::desk::StaffDesk;
use crate::store::{WriteTx, turns};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{DeskError, FormSent, Once, Turn};
use domain::id::Lineage;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long a form's answer is remembered, as long as what a search kept.
const LIFE: Span = Span::minutes(15);
/// How often, and how many times, a repeat looks whether the first is done.
const LOOKS: (Duration, u32) = (Duration::from_millis(50), 100);

#[async_trait::async_trait]
impl Once for StaffDesk {
    async fn take_turn(&self, form: FormSent) -> Result<Turn, DeskError> {
        let lineage = self.actor.lineage();
        for _ in 0..LOOKS.1 {
            let taken = Arc::new(AtomicBool::new(false));
            let take = Take { lineage, form, taken: taken.clone() };
            unaudited(&self.office.ledger, "a form's turn: what the form does is recorded", take).await?;
            if taken.load(Ordering::Acquire) {
                return Ok(Turn::First);
            }
            match turns::read(&self.office.db, lineage, form).await.map_err(|_| Code::LogUnavailable)? {
                Some(Some(led_to)) => return Ok(Turn::Again(led_to)),
                // the first is being done, in this process or another
                Some(None) => tokio::time::sleep(LOOKS.0).await,
                // the first was refused: this one may try
                None => (),
            }
        }
        Err(Code::Busy.into())
    }

    async fn end_turn(&self, form: FormSent, led_to: Option<&str>) -> Result<(), DeskError> {
        let end = End { lineage: self.actor.lineage(), form, led_to: led_to.map(str::to_owned) };
        Ok(unaudited(&self.office.ledger, "a form's turn: what the form does is recorded", end).await?)
    }
}

struct Take {
    lineage: Lineage,
    form: FormSent,
    taken: Arc<AtomicBool>,
}

#[async_trait::async_trait]
impl Housekeeping for Take {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        let expires = tx.now().plus(LIFE);
        let taken = turns::take(tx.conn(), self.lineage, self.form, expires).await?;
        self.taken.store(taken, Ordering::Release);
        Ok(())
    }
}

struct End {
    lineage: Lineage,
    form: FormSent,
    led_to: Option<String>,
}

#[async_trait::async_trait]
impl Housekeeping for End {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        turns::end(tx.conn(), self.lineage, self.form, self.led_to.as_deref()).await
    }
}
