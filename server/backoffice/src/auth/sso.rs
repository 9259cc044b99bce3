//! Signing in by an identity provider's word instead of a password (U9): what one browser asked, what the answer
//! is worth, and how a refusal is told. The second factor stays ours, and so does everything after it. The
//! protocol itself is the server's: see `server/src/sso.rs`.

use super::actor::{RequestStamp, event, flooded};
use super::delay;
use super::sign_in::{KeepTry, TryToken, unavailable};
use super::turnstile::Turn;
use crate::audit::{Act, Housekeeping, Verdict, unaudited};
use crate::backoffice::BackOffice;
use crate::store::{WriteTx, sso, staff};
use crate::system::random;
use data_encoding::BASE64URL_NOPAD;
use domain::audit::event::{AuditEvent, Details, Kind, SsoName};
use domain::clock::{Span, Timestamp};
use domain::code::Code;
use domain::desk::{DeskError, SessionToken};
use domain::id::StaffNo;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// How long someone may be at the provider.
const ASKED_LIFE: Span = Span::minutes(10);
/// Refusals of one cause in a minute that are each an event; more are counted (A10).
const TOLD_A_MINUTE: i64 = 10;

/// What one browser asked the provider. All of it is made of the browser's cookie under the staff key, so nothing
/// is stored for someone who only begins, and nobody can make one up or make one last.
pub struct AskedProvider {
    cookie: Zeroizing<String>,
    since: Timestamp,
    next: String,
    state: String,
    nonce: String,
    verifier: Zeroizing<String>,
    answer: [u8; 32],
}

impl AskedProvider {
    /// The cookie's text.
    pub fn cookie_text(&self) -> &str {
        &self.cookie
    }
    /// When.
    pub fn since(&self) -> Timestamp {
        self.since
    }
    /// The page to go on to; whoever reads it parses it anew.
    pub fn next(&self) -> &str {
        &self.next
    }
    /// Goes to the provider and comes back (RFC 6749 10.12).
    pub fn state(&self) -> &str {
        &self.state
    }
    /// Comes back inside the token (OpenID Connect Core 3.1.2.1).
    pub fn nonce(&self) -> &str {
        &self.nonce
    }
    /// Is shown when the code is redeemed (RFC 7636).
    pub fn verifier(&self) -> &str {
        &self.verifier
    }
    /// Whether that is its state.
    pub fn is_state(&self, sent: &str) -> bool {
        self.state.as_bytes().ct_eq(sent.as_bytes()).into()
    }
}

impl BackOffice {
    /// Begins to ask; `next` is where to go on afterwards.
    pub fn ask_provider(&self, next: &str) -> Result<AskedProvider, DeskError> {
        let since = self.clock.now();
        let secret: Zeroizing<[u8; 32]> = Zeroizing::new(random(&*self.entropy));
        let (secret, next_text) = (BASE64URL_NOPAD.encode(&*secret), BASE64URL_NOPAD.encode(next.as_bytes()));
        let cookie = Zeroizing::new(format!("{secret}.{}.{next_text}", since.millis()));
        self.derived(cookie, since, next.to_owned()).ok_or_else(|| Code::StaffKeyMissing.into())
    }

    /// What the browser with this cookie asked, if it was in the last minutes.
    pub fn asked_provider(&self, cookie: &str) -> Option<AskedProvider> {
        let mut parts = cookie.split('.');
        let (_, since, next, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else { return None };
        let since = Timestamp::from_millis(since.parse().ok()?);
        let now = self.clock.now();
        let next = String::from_utf8(BASE64URL_NOPAD.decode(next.as_bytes()).ok()?).ok()?;
        let live = since <= now && now < since.plus(ASKED_LIFE);
        // A time that was altered makes another state than the one that went to the provider.
        live.then(|| self.derived(Zeroizing::new(cookie.to_owned()), since, next))?
    }

    fn derived(&self, cookie: Zeroizing<String>, since: Timestamp, next: String) -> Option<AskedProvider> {
        let tag = |what: &[u8]| self.staff_vault.tag(&[what, cookie.as_bytes()]).ok();
        let text = |what: &[u8]| tag(what).map(|tag| BASE64URL_NOPAD.encode(&tag));
        let (state, nonce) = (text(b"sso state")?, text(b"sso nonce")?);
        let (verifier, answer) = (Zeroizing::new(text(b"sso verifier")?), tag(b"sso answer")?);
        Some(AskedProvider { cookie, since, next, state, nonce, verifier, answer })
    }

    /// Waits for a turn to ask the provider something, unless too many do.
    pub async fn turn_at_provider(&self, request: &RequestStamp) -> Result<Turn<'_>, DeskError> {
        match self.at_provider.enter(request.address).await {
            Ok(turn) => Ok(turn),
            Err(code) => Err(self.turned_away(code, request).await),
        }
    }

    /// The first factor: the provider's word, verified, that this is whoever has that number. The try that comes
    /// back is a password's; the second factor looks at everything again.
    pub async fn vouched(
        &self,
        asked: &AskedProvider,
        staff_no: &StaffNo,
        request: &RequestStamp,
    ) -> Result<TryToken, DeskError> {
        let Some((row, secrets)) = staff::by_number(&self.db, staff_no).await.map_err(unavailable)? else {
            return Err(self.refuse_vouched(SsoName::Unknown, None, request).await);
        };
        let now = self.clock.now();
        self.notice_lapse(&row, now).await;
        let why = match (row.serves(now), delay::locked(&secrets, now)) {
            (false, _) => Some(SsoName::Suspended),
            (true, true) => Some(SsoName::Locked),
            (true, false) => None,
        };
        if let Some(why) = why {
            return Err(self.refuse_vouched(why, Some(row.staff_no), request).await);
        }
        let token = SessionToken::from_bytes(random(&*self.entropy));
        let decoy = self.staff_vault.tag(&[b"number typed", row.staff_no.as_str().as_bytes()]).ok();
        let keep = KeepTry { token_hash: token.hash(), staff: Some(row.id), password_ok: true, sso: true, decoy };
        let first = Arc::new(AtomicBool::new(false));
        let expires = asked.since.plus(ASKED_LIFE);
        let take = TakeAnswer { answer: asked.answer, expires, keep, first: first.clone() };
        unaudited(&self.ledger, "a provider vouched; what comes of it is recorded at the second factor", take).await?;
        if first.load(Ordering::Acquire) {
            return Ok(token);
        }
        let why = if self.clock.now() < expires { SsoName::Replayed } else { SsoName::State };
        Err(self.refuse_vouched(why, Some(row.staff_no), request).await)
    }

    /// Answers for a word that is worth nothing. The cause stands in the log alone, and nothing of what was sent.
    pub async fn not_vouched(&self, why: SsoName, request: &RequestStamp) -> DeskError {
        self.refuse_vouched(why, None, request).await
    }

    async fn refuse_vouched(&self, why: SsoName, subject: Option<StaffNo>, request: &RequestStamp) -> DeskError {
        let code = if why == SsoName::Unreachable { Code::SsoUnavailable } else { Code::SignInFailed };
        let act = NotVouched { why, subject, code, request: request.clone() };
        self.ledger.act(act).await.map_or_else(DeskError::from, |_| code.into())
    }
}

/// Uses the answer up and keeps the try, or neither.
struct TakeAnswer {
    answer: [u8; 32],
    expires: Timestamp,
    keep: KeepTry,
    first: Arc<AtomicBool>,
}

#[async_trait::async_trait]
impl Housekeeping for TakeAnswer {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        let now = tx.now();
        // By the log's time, which forgets and believes alike: a clock that went back reopens nothing (A6).
        let first = now < self.expires && sso::take(tx.conn(), &self.answer, self.expires, now).await?;
        if first {
            self.keep.apply(tx).await?;
        }
        self.first.store(first, Ordering::Release);
        Ok(())
    }
}

/// It counts toward no lock and against no address: nothing can be guessed here, and any page elsewhere could
/// send a browser to such an address.
struct NotVouched {
    why: SsoName,
    subject: Option<StaffNo>,
    code: Code,
    request: RequestStamp,
}

#[async_trait::async_trait]
impl Act for NotVouched {
    type Fact = std::convert::Infallible;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<Self::Fact>> {
        let error = self.code.into();
        let counting = self.event(tx, Kind::SignInFailuresCounted, self.code);
        let subject = self.subject.as_ref().map_or("", StaffNo::as_str);
        let source = format!("sign-in by sso {} {subject}", self.why.as_str());
        if flooded(tx, &source, TOLD_A_MINUTE, &counting).await? {
            return Ok(Verdict::Unrecorded { error });
        }
        Ok(Verdict::Kept { event: self.event(tx, Kind::SignedIn, self.code), error })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.event(tx, Kind::SignedIn, error.code())
    }
}

impl NotVouched {
    fn event(&self, tx: &WriteTx<'_>, kind: Kind, code: Code) -> AuditEvent {
        let details = Details { sso: Some(self.why), subject_staff: self.subject.clone(), ..Details::default() };
        let details = self.request.fill(kind, details);
        event(tx, kind, Some(code), None, Some(&self.request), details)
    }
}
