//! The desk of one person in one request: the port of `domain::desk`, and how its refusals are recorded.

use crate::audit::{Act, ActError, Verdict};
use crate::auth::{Actor, AnswerChallenge, Given, RequestStamp, matching_step, well_formed};
use crate::backoffice::BackOffice;
use crate::hooks::Place;
use crate::store::sessions::SessionRow;
use crate::store::{WriteTx, session_ends, staff};
use crate::system::random;
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::catalogue::Catalogue;
use domain::clock::Timestamp;
use domain::code::{Code, Fault};
use domain::desk::{
    CaseView, CustomerView, Desk, DeskError, EndedBy, Found, Keep, OpenCase, RevealForm, Searched, Seen, SessionEnd,
    SessionLeft, SessionToken, Shown, StaffView,
};
use domain::id::{CaseId, Challenge, Handle, ResultId};
use domain::purpose::Purposes;
use domain::search::GuardedSearch;
use std::sync::Arc;

pub(crate) struct StaffDesk {
    pub(crate) office: Arc<BackOffice>,
    pub(crate) actor: Actor,
    /// The time of this request: never before any event in the log (A6).
    pub(crate) now: Timestamp,
    /// How long the session goes on from there.
    pub(crate) left: SessionLeft,
    /// Whether the notice of secrecy was acknowledged in it.
    pub(crate) acknowledged: bool,
    view: StaffView,
}

impl StaffDesk {
    /// The desk of a session that lives.
    pub(crate) fn new(office: Arc<BackOffice>, session: SessionRow, request: RequestStamp, now: Timestamp) -> Self {
        let left = office.left(&session, now);
        let acknowledged = session.notice == Some(*office.notice.digest().as_bytes());
        let actor = Actor::new(session, request);
        let stamp = actor.stamp();
        let view = StaffView {
            staff_no: stamp.staff_no.clone(),
            name: stamp.name.as_str().into(),
            role: stamp.role,
            unit: stamp.unit.clone(),
        };
        Self { office, actor, now, left, acknowledged, view }
    }

    /// The policy has said yes; a test may step in before the act begins.
    pub(crate) async fn permitted(&self) {
        self.office.hooks.at(Place::PermittedNotActed).await;
    }

    /// Records a refusal that came before any act, and gives back what to answer: the error itself, or
    /// another, if the record could not be written (A10).
    pub(crate) async fn refused_as(&self, kind: Kind, details: Details, error: DeskError) -> DeskError {
        if matches!(error, DeskError::Refused(Code::LogUnavailable | Code::Busy)) {
            return error;
        }
        let act = Refusal { actor: self.actor.clone(), kind, details, error };
        match self.office.ledger.act(act).await {
            Err(ActError::Refused(error)) => error,
            Err(ActError::Unavailable(code)) => code.into(),
            Ok(_) => Code::LogUnavailable.into(),
        }
    }

    async fn answer_challenge(&self, challenge: Challenge, code: &str) -> Result<SessionToken, DeskError> {
        if !well_formed(code) {
            let error = DeskError::Invalid(vec![Fault::new("code", "six_digits")]);
            return Err(self.refused_as(Kind::StepUp, Details::default(), error).await);
        }
        let record = staff::by_id(&self.office.db, self.actor.staff()).await.map_err(|_| Code::LogUnavailable)?;
        let (row, secrets) = record.ok_or(Code::SignedOut)?;
        let seed = match self.office.staff_vault.open(&row.person, &secrets.totp_sealed) {
            Ok(seed) => seed,
            Err(error) => {
                return Err(self.refused_as(Kind::StepUp, Details::default(), error.code().into()).await);
            }
        };
        let given = Given::Totp(matching_step(seed.bytes(), code, self.office.clock.now()));
        self.answer_by(challenge, given).await
    }

    /// Has a factor answer a challenge, whatever it proves.
    pub(crate) async fn answer_by(&self, challenge: Challenge, given: Given) -> Result<SessionToken, DeskError> {
        let token = SessionToken::from_bytes(random(&*self.office.entropy));
        let act = AnswerChallenge { actor: self.actor.clone(), challenge, given, session_hash: token.hash() };
        self.office.ledger.act(act).await?.into_fact();
        Ok(token)
    }
}

#[async_trait::async_trait]
impl Desk for StaffDesk {
    fn staff(&self) -> &StaffView {
        &self.view
    }
    fn catalogue(&self) -> &Catalogue {
        &self.office.catalogue
    }
    fn purposes(&self) -> &Purposes {
        &self.office.purposes
    }
    async fn cases(&self) -> Result<Vec<CaseView>, DeskError> {
        self.open_cases().await
    }
    async fn case(&self, case: CaseId) -> Result<CaseView, DeskError> {
        match self.one_case(case).await {
            Err(error) => Err(self.refused(Seen { case: Some(case), ..Seen::default() }, error).await),
            found => found,
        }
    }
    async fn open_case(&self, form: OpenCase) -> Result<CaseId, DeskError> {
        self.begin_case(form).await
    }
    async fn close_case(&self, case: CaseId) -> Result<(), DeskError> {
        self.end_case(case).await
    }
    async fn search(&self, case: CaseId, search: GuardedSearch, keep: Keep) -> Result<Searched, DeskError> {
        self.find(case, search, keep).await
    }
    async fn kept(&self, result: ResultId) -> Result<(CaseId, Found), DeskError> {
        match self.kept_result(result).await {
            Err(error) => Err(self.refused(Seen::default(), error).await),
            kept => kept,
        }
    }
    async fn view(&self, case: CaseId, customer: Handle) -> Result<CustomerView, DeskError> {
        self.card(case, customer).await
    }
    async fn reveal(&self, form: RevealForm) -> Result<Shown, DeskError> {
        self.show(form).await
    }
    async fn step_up_totp(&self, challenge: Challenge, code: &str) -> Result<SessionToken, DeskError> {
        self.answer_challenge(challenge, code).await
    }
    async fn sign_out(&self) -> Result<(), DeskError> {
        self.close_readings_of(self.actor.lineage()).await;
        self.office.ledger.act(SignOut { actor: self.actor.clone() }).await?.into_fact();
        Ok(())
    }
    async fn refused(&self, seen: Seen, error: DeskError) -> DeskError {
        let details =
            Details { case: seen.case, field: seen.field, item: seen.item, reason: seen.reason, ..Details::default() };
        self.refused_as(Kind::RequestRefused, details, error).await
    }
}

/// A refusal that came before any act.
struct Refusal {
    actor: Actor,
    kind: Kind,
    details: Details,
    error: DeskError,
}

#[async_trait::async_trait]
impl Act for Refusal {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        self.actor.refuse(tx, self.kind, self.error.clone(), self.details.clone()).await
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, self.kind, Some(error.code()), self.details.clone())
    }
}

struct SignOut {
    actor: Actor,
}

#[async_trait::async_trait]
impl Act for SignOut {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let end = SessionEnd { ended: tx.now(), ended_by: EndedBy::SignOut };
        session_ends::end(tx.conn(), self.actor.lineage(), end).await?;
        Ok(Verdict::Done { event: self.actor.event(tx, Kind::SignedOut, None, Details::default()), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, Kind::SignedOut, Some(error.code()), Details::default())
    }
}
