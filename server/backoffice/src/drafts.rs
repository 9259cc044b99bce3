//! Unsent words: sealed for whoever typed them, given back to nobody else, forgotten after half an hour.
//!
//! What was typed may be anything, so it is sealed like a staff secret. It is no act of the bank's: no
//! event names it, and the note that comes of it is recorded when its case opens.

use crate::audit::{Housekeeping, unaudited};
use crate::backoffice::BackOffice;
use crate::desk::StaffDesk;
use crate::policy;
use crate::sessions::over;
use crate::store::drafts::{self, NewDraft};
use crate::store::{WriteTx, sessions, turns};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{DeskError, Draft, DraftPlace, Drafts, Ended, EndedBy, SessionToken};
use domain::id::PersonNo;

/// How long a draft is kept.
const LIFE: Span = Span::minutes(30);
/// For how long after its last request an expired session still names whose words those are: a working day.
const NAMES: Span = Span::minutes(12 * 60);

#[async_trait::async_trait]
impl Drafts for StaffDesk {
    async fn keep_draft(&self, place: DraftPlace, draft: Draft) -> Result<(), DeskError> {
        self.may_write()?;
        self.office.keep_draft(&self.actor.stamp().person, place, &draft).await
    }

    async fn draft(&self, place: DraftPlace) -> Result<Option<Draft>, DeskError> {
        let person = &self.actor.stamp().person;
        let sealed = drafts::read(&self.office.db, person, place.name(), self.now).await;
        let Some(sealed) = sealed.map_err(|_| Code::LogUnavailable)? else { return Ok(None) };
        let opened = self.office.staff_vault.open_draft(person, place.name(), &sealed);
        Ok(Draft::parse(&opened.map_err(|error| error.code())?).ok())
    }

    async fn forget_draft(&self, place: DraftPlace) -> Result<(), DeskError> {
        self.may_write()?;
        let forget = Forget { person: self.actor.stamp().person.clone(), place };
        Ok(unaudited(&self.office.ledger, "draft", forget).await?)
    }
}

impl StaffDesk {
    /// The words are those of a case's note: whoever may open no case has none to keep.
    fn may_write(&self) -> Result<(), DeskError> {
        self.office.policy().decide::<policy::OpenCase>(&self.actor, &()).map(drop).map_err(DeskError::from)
    }
}

impl BackOffice {
    async fn keep_draft(&self, person: &PersonNo, place: DraftPlace, draft: &Draft) -> Result<(), DeskError> {
        let person = person.clone();
        if draft.is_empty() {
            return Ok(unaudited(&self.ledger, "draft", Forget { person, place }).await?);
        }
        let sealed = self.staff_vault.seal_draft(&person, place.name(), draft.as_str());
        let sealed = sealed.map_err(|error| error.code())?;
        Ok(unaudited(&self.ledger, "draft", Keep { person, place, sealed }).await?)
    }

    /// Why the session of that cookie is no more; `None` if it lives, or never was.
    pub async fn ended(&self, token: &SessionToken) -> Option<Ended> {
        self.lapsed(token).await.map(|(_, why)| why)
    }

    /// Keeps what came with an expired cookie, for the person whose session it was. A session that was ended
    /// on purpose names nobody, nor does one of someone suspended.
    pub async fn keep_draft_of_lapsed(
        &self,
        token: &SessionToken,
        place: DraftPlace,
        draft: &Draft,
    ) -> Result<(), DeskError> {
        match self.lapsed(token).await {
            Some((Some(person), Ended::Idle { .. } | Ended::Age { .. })) => {
                self.keep_draft(&person, place, draft).await
            }
            Some(_) | None => Ok(()),
        }
    }

    async fn lapsed(&self, token: &SessionToken) -> Option<(Option<PersonNo>, Ended)> {
        let (session, end, latest) = sessions::ever_by_token(&self.db, &token.hash()).await.ok().flatten()?;
        let now = self.clock.now().max(latest);
        let end = end.or_else(|| over(&session, now, &self.settings));
        let why = match end.map(|end| (end.ended_by, end.ended)) {
            Some((EndedBy::SignOut, _)) => Ended::Otherwise,
            Some((EndedBy::SignIn, at)) => Ended::Elsewhere { at },
            Some((EndedBy::Admin, _)) => Ended::ByAdmin,
            Some((EndedBy::Age, _)) => Ended::Age { hours: self.settings.session_absolute.whole_seconds() / 3600 },
            Some((EndedBy::Idle, _)) => Ended::Idle { minutes: self.settings.session_idle.whole_seconds() / 60 },
            None if session.staff.has_lapsed(now) => Ended::Lapsed,
            None if !session.staff.active => Ended::Suspended,
            None => return None,
        };
        let named = session.staff.serves(now) && now.since(session.seen) < NAMES;
        Some((named.then_some(session.staff.person), why))
    }

    /// Forgets drafts and forms whose time is over. Run it every minute.
    pub async fn purge_drafts(&self) -> Result<(), DeskError> {
        Ok(unaudited(&self.ledger, "draft", Purge).await?)
    }
}

struct Keep {
    person: PersonNo,
    place: DraftPlace,
    sealed: Vec<u8>,
}

#[async_trait::async_trait]
impl Housekeeping for Keep {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        let expires = tx.now().plus(LIFE);
        let new = NewDraft { person: &self.person, place: self.place.name(), sealed: &self.sealed, expires };
        drafts::keep(tx.conn(), &new).await
    }
}

struct Forget {
    person: PersonNo,
    place: DraftPlace,
}

#[async_trait::async_trait]
impl Housekeeping for Forget {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        drafts::forget(tx.conn(), &self.person, self.place.name()).await
    }
}

struct Purge;

#[async_trait::async_trait]
impl Housekeeping for Purge {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        let now = tx.now();
        drafts::purge(tx.conn(), now).await?;
        turns::purge(tx.conn(), now).await
    }
}
