//! Signing in: a password, then a second factor, and one answer for whatever was wrong (U2, U3).

use super::actor::{Actor, RequestStamp, event, flooded};
use super::factor::{Given, NotAccepted, alert_of};
use super::{delay, password, totp};
use crate::audit::{Act, ActError, Housekeeping, Verdict, unaudited};
use crate::backoffice::{BackOffice, Settings};
use crate::sessions::make_room;
use crate::store::sessions::{Failed, NewSession, SessionRow, TryRow};
use crate::store::staff::{Secrets, StaffRow};
use crate::store::{WriteTx, sessions, staff};
use crate::system::random;
use domain::audit::event::{AuditEvent, Details, Kind, SsoName};
use domain::clock::{Span, Timestamp};
use domain::code::Code;
use domain::desk::{DeskError, SessionToken, StaffView};
use domain::id::{Lineage, StaffId, StaffNo};
use zeroize::Zeroizing;

/// How long the second factor may take.
const TRY_LIFE: Span = Span::minutes(5);
/// Failures in [`LOCK`] that lock for as long (U3; PCI DSS 8.3.4).
pub(super) const FAILURES: i64 = 10;
/// How long ten failures lock.
pub(super) const LOCK: Span = Span::minutes(30);

/// Names a sign-in between its two factors; a cookie's secret, like a session's.
pub type TryToken = SessionToken;

/// A session that has begun.
pub struct SignedIn {
    /// The cookie's secret.
    pub token: SessionToken,
    /// Whose it is.
    pub staff: StaffView,
}

impl BackOffice {
    /// The first factor. Whatever was typed, a try comes back, and the same work was done; unless too many
    /// wait for that work, which says nothing of the number either.
    pub async fn sign_in(
        &self,
        staff_no: &str,
        password: Zeroizing<String>,
        request: &RequestStamp,
    ) -> Result<TryToken, DeskError> {
        if !self.settings.passwords {
            return Err(self.turned_away(Code::PasswordsOff, request).await);
        }
        let turn = match self.turnstile.enter(request.address).await {
            Ok(turn) => turn,
            Err(code) => return Err(self.turned_away(code, request).await),
        };
        let known = match StaffNo::parse(staff_no) {
            Ok(staff_no) => staff::by_number(&self.db, &staff_no).await.map_err(unavailable)?,
            Err(_) => None,
        };
        let (id, stored) = known.map(|(row, secrets)| (row.id, secrets.password_hash)).unzip();
        let verified = password::verify(password, stored.clone()).await;
        drop(turn);
        let Ok(password_ok) = verified else { return Err(self.turned_away(Code::Busy, request).await) };
        let token = SessionToken::from_bytes(random(&*self.entropy));
        // Without the staff key there is no second factor either, and none is named.
        let decoy = self.staff_vault.tag(&[b"number typed", staff_no.as_bytes()]).ok();
        let keep = KeepTry { token_hash: token.hash(), staff: id, password_ok, sso: false, decoy };
        unaudited(&self.ledger, "a password was tried; what comes of it is recorded at the second factor", keep)
            .await?;
        Ok(token)
    }

    /// Answers for a first factor that is not looked at, and counts it.
    pub(super) async fn turned_away(&self, code: Code, request: &RequestStamp) -> DeskError {
        let act = TurnedAway { code, request: request.clone() };
        self.ledger.act(act).await.map_or_else(DeskError::from, |_| code.into())
    }

    /// The second factor: a session, or one refusal that does not tell its cause.
    pub async fn verify_totp(
        &self,
        token: Option<&TryToken>,
        code: &str,
        request: RequestStamp,
    ) -> Result<SignedIn, DeskError> {
        let (tried, record) = self.tried(token).await?;
        let given = Given::Totp(self.step_of(record.as_ref(), code)?);
        self.second_factor(token, tried, record.map(|(row, _)| row), given, request).await
    }

    /// The sign-in that this cookie names, and whose it is.
    pub(super) async fn tried(
        &self,
        token: Option<&TryToken>,
    ) -> Result<(Option<TryRow>, Option<(StaffRow, Secrets)>), DeskError> {
        self.keys.key(crate::vault::KeyKind::Staff).map_err(|_| Code::StaffKeyMissing)?;
        let tried = match token {
            Some(token) => sessions::read_try(&self.db, &token.hash()).await.map_err(unavailable)?,
            None => None,
        };
        let record = match tried.and_then(|row| row.staff) {
            Some(id) => staff::by_id(&self.db, id).await.map_err(unavailable)?,
            None => None,
        };
        Ok((tried, record))
    }

    /// Begins the session, if both factors are right.
    pub(super) async fn second_factor(
        &self,
        token: Option<&TryToken>,
        tried: Option<TryRow>,
        staff: Option<StaffRow>,
        given: Given,
        request: RequestStamp,
    ) -> Result<SignedIn, DeskError> {
        if let Some(row) = &staff {
            self.notice_lapse(row, self.clock.now()).await;
        }
        let session = SessionToken::from_bytes(random(&*self.entropy));
        let act = SignIn {
            token_hash: token.map(SessionToken::hash).unwrap_or_default(),
            tried,
            staff,
            given,
            session_hash: session.hash(),
            lineage: Lineage::from_bytes(crate::system::new_id(self.clock.now(), &*self.entropy)),
            request,
            settings: self.settings,
        };
        let staff = self.ledger.act(act).await?.into_fact();
        Ok(SignedIn { token: session, staff })
    }

    /// The step that the code fits. For nobody, the same work against a seed that nobody has.
    fn step_of(&self, record: Option<&(StaffRow, Secrets)>, code: &str) -> Result<Option<i64>, DeskError> {
        let now = self.clock.now();
        Ok(match record {
            Some((row, secrets)) => {
                let seed = self.staff_vault.open(&row.person, &secrets.totp_sealed).map_err(|error| error.code())?;
                totp::matching_step(seed.bytes(), code, now)
            }
            None => totp::matching_step(&[0; 20], code, now).filter(|_| false),
        })
    }

    /// What a person's authenticator must show next to be accepted: for the demo's slip alone.
    pub async fn next_codes(&self) -> Result<Vec<(StaffRow, String, i64)>, DeskError> {
        let now = self.clock.now();
        let mut codes = Vec::new();
        for row in staff::all(&self.db).await.map_err(unavailable)? {
            codes.push(self.next_code(row.id, now).await?);
        }
        Ok(codes.into_iter().flatten().collect())
    }

    /// The same for one person.
    pub async fn next_code(
        &self,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<Option<(StaffRow, String, i64)>, DeskError> {
        let Some((row, secrets)) = staff::by_id(&self.db, staff).await.map_err(unavailable)? else {
            return Ok(None);
        };
        let seed = self.staff_vault.open(&row.person, &secrets.totp_sealed).map_err(|error| error.code())?;
        let (step, wait) = totp::next_step(secrets.totp_step, now);
        Ok(totp::code_at(seed.bytes(), step).map(|code| (row, code, wait)))
    }
}

pub(super) fn unavailable(error: sqlx::Error) -> DeskError {
    tracing::error!(%error, "the database did not answer");
    Code::LogUnavailable.into()
}

/// A first factor was given, and waits for the second.
pub(super) struct KeepTry {
    pub token_hash: [u8; 32],
    pub staff: Option<StaffId>,
    pub password_ok: bool,
    pub sso: bool,
    pub decoy: Option<[u8; 32]>,
}

#[async_trait::async_trait]
impl Housekeeping for KeepTry {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        let now = tx.now();
        let Self { staff, password_ok, sso, decoy, .. } = *self;
        let row = TryRow { staff, password_ok, sso, expires: now.plus(TRY_LIFE), decoy };
        sessions::insert_try(tx.conn(), &self.token_hash, &row, now).await
    }
}

struct SignIn {
    token_hash: [u8; 32],
    tried: Option<TryRow>,
    staff: Option<StaffRow>,
    given: Given,
    session_hash: [u8; 32],
    lineage: Lineage,
    request: RequestStamp,
    settings: Settings,
}

#[async_trait::async_trait]
impl Act for SignIn {
    type Fact = StaffView;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<StaffView>> {
        let now = tx.now();
        let crowded = delay::crowded(tx, &self.request, self.settings.address_failures).await?;
        let Some((tried, seen)) = self.tried.zip(self.staff.clone()) else {
            return self.refuse_unknown(tx, crowded).await;
        };
        let Some((row, secrets)) = staff::by_id_in(tx.conn(), seen.id).await? else {
            return self.refuse_unknown(tx, crowded).await;
        };
        // Locked, delayed, or from where too many failed: all the same.
        let unseen = secrets.locked_until > now || crowded;
        let good = tried.password_ok && row.serves(now) && !unseen && tried.expires > now;
        // A try serves once. What was signed for one that is gone, sent again, accuses no passkey.
        if !good || !sessions::has_try(tx.conn(), &self.token_hash).await? {
            return self.refuse_known(tx, &row, &secrets, unseen, crowded, Code::SignInFailed).await;
        }
        match self.given.accept(tx, &row, &secrets).await? {
            Ok(()) if sessions::take_try(tx.conn(), &self.token_hash).await? => self.begin(tx, row, &secrets).await,
            // For a code its cause is not recorded: mistyped is the usual one.
            Err(NotAccepted::Wrong(code)) if matches!(self.given, Given::Passkey(_)) => {
                self.refuse_known(tx, &row, &secrets, unseen, crowded, code).await
            }
            Ok(()) | Err(NotAccepted::Wrong(_) | NotAccepted::Wait { .. }) => {
                self.refuse_known(tx, &row, &secrets, unseen, crowded, Code::SignInFailed).await
            }
        }
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.failure(tx, Kind::SignedIn, error.code(), self.staff.as_ref())
    }
}

impl SignIn {
    async fn begin(&self, tx: &mut WriteTx<'_>, row: StaffRow, secrets: &Secrets) -> sqlx::Result<Verdict<StaffView>> {
        let now = tx.now();
        staff::set_failures(tx.conn(), row.id, 0, now, Timestamp::from_millis(0)).await?;
        let mut details = Details { session: make_room(tx, &row.person, &self.settings).await?, ..Details::default() };
        let new = NewSession {
            token_hash: &self.session_hash,
            lineage: self.lineage,
            staff: &row,
            address: self.request.address,
            device: self.request.device.as_ref(),
            failed: Failed { count: secrets.failures, since: secrets.failures_since },
            now,
        };
        sessions::insert(tx.conn(), &new).await?;
        let view = StaffView {
            staff_no: row.staff_no.clone(),
            name: row.name.as_str().into(),
            role: row.role,
            unit: row.unit.clone(),
        };
        let session = SessionRow { lineage: self.lineage, staff: row, started: now, seen: now, notice: None };
        let actor = Actor::new(session, self.request.clone());
        self.given.tell(&mut details);
        details.sso = self.vouched();
        Ok(Verdict::Done { event: actor.event(tx, Kind::SignedIn, None, details), fact: view })
    }

    /// Whether the first factor was a provider's word.
    fn vouched(&self) -> Option<SsoName> {
        self.tried.filter(|tried| tried.sso).map(|_| SsoName::Vouched)
    }

    /// Counts the failure, delays the next try, locks with the tenth, and records each of the first ten; what
    /// is tried at a closed door is counted by the minute (A10). `why` stands in the log alone.
    async fn refuse_known(
        &self,
        tx: &mut WriteTx<'_>,
        row: &StaffRow,
        secrets: &Secrets,
        unseen: bool,
        crowded: bool,
        why: Code,
    ) -> sqlx::Result<Verdict<StaffView>> {
        let error = DeskError::Refused(Code::SignInFailed);
        let closes = self.closes_address(tx, crowded).await?;
        if !unseen {
            count_failure(tx, row.id, secrets).await?;
        } else if !closes {
            let counting = self.failure(tx, Kind::SignInFailuresCounted, Code::SignInFailed, Some(row));
            flooded(tx, &format!("sign-in {}", row.staff_no), 0, &counting).await?;
            return Ok(Verdict::Unrecorded { error });
        }
        Ok(Verdict::Kept { event: self.failure(tx, Kind::SignedIn, why, Some(row)), error })
    }

    /// A number that nobody has, or no try at all: counted by the minute, all in one, but for the failure that
    /// closes an address.
    async fn refuse_unknown(&self, tx: &mut WriteTx<'_>, crowded: bool) -> sqlx::Result<Verdict<StaffView>> {
        let error = DeskError::Refused(Code::SignInFailed);
        if self.closes_address(tx, crowded).await? {
            return Ok(Verdict::Kept { event: self.failure(tx, Kind::SignedIn, Code::SignInFailed, None), error });
        }
        let counting = self.failure(tx, Kind::SignInFailuresCounted, Code::SignInFailed, None);
        flooded(tx, "sign-in of nobody", 0, &counting).await?;
        Ok(Verdict::Unrecorded { error })
    }

    /// Counts the failure against its address, unless that is closed; whether it is the one that closes it.
    async fn closes_address(&self, tx: &mut WriteTx<'_>, crowded: bool) -> sqlx::Result<bool> {
        Ok(!crowded && delay::count(tx, &self.request, self.settings.address_failures).await?)
    }

    fn failure(&self, tx: &WriteTx<'_>, kind: Kind, code: Code, staff: Option<&StaffRow>) -> AuditEvent {
        let subject_staff = staff.map(|row| row.staff_no.clone());
        let mut details = Details { subject_staff, ..Details::default() };
        details.sso = self.vouched().filter(|_| kind == Kind::SignedIn);
        if kind == Kind::SignedIn && matches!(self.given, Given::Passkey(_)) {
            self.given.tell(&mut details);
            details.alert = alert_of(code);
        }
        let details = self.request.fill(kind, details);
        event(tx, kind, Some(code), None, Some(&self.request), details)
    }
}

/// A first factor that was not looked at, since too many waited or none is taken: counted by the minute, all in
/// one of each cause (A10).
struct TurnedAway {
    code: Code,
    request: RequestStamp,
}

#[async_trait::async_trait]
impl Act for TurnedAway {
    type Fact = std::convert::Infallible;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<Self::Fact>> {
        let error = self.code.into();
        let counting = self.barred(tx, &error);
        flooded(tx, &format!("sign-in turned away: {}", self.code), 0, &counting).await?;
        Ok(Verdict::Unrecorded { error })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        event(tx, Kind::SignInFailuresCounted, Some(error.code()), None, Some(&self.request), Details::default())
    }
}

/// One more failure of this person's factors: each closes sign-in for a while, the tenth within half an hour
/// sign-in and step-up for half an hour.
pub(crate) async fn count_failure(tx: &mut WriteTx<'_>, staff: StaffId, secrets: &Secrets) -> sqlx::Result<()> {
    let now = tx.now();
    // A lock that ran out, or half an hour without one, begins the count anew.
    let goes_on = (1..FAILURES).contains(&secrets.failures) && now.since(secrets.failures_since) < LOCK;
    let (failures, since) = if goes_on { (secrets.failures + 1, secrets.failures_since) } else { (1, now) };
    staff::set_failures(tx.conn(), staff, failures, since, now.plus(delay::after(failures))).await
}

impl From<ActError> for Code {
    fn from(error: ActError) -> Self {
        DeskError::from(error).code()
    }
}
