//! Setting factors of one's own by a one-time link (U4). Nobody is signed in: the link, the staff number and,
//! at a reset, the password say who it is. Whatever is wrong with any of them is one answer, and recorded.

mod set;

use crate::audit::{Act, Verdict};
use crate::auth::{
    RequestStamp, event, flooded, hash_aside, matching_step, password_fault, verify_password, well_formed,
};
use crate::backoffice::BackOffice;
use crate::people::{about, answerable, eyes_are_open, record_of, still_good};
use crate::store::staff::NewStaff;
use crate::store::staff_changes::{self, ChangeRow};
use crate::store::{WriteTx, enrol_links, staff, staff_admin};
use crate::system::{new_id, random};
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::clock::Span;
use domain::code::{Code, Fault};
use domain::desk::{DeskError, EnrolToken};
use domain::id::{PersonNo, ProposalId, StaffId, StaffNo};
use domain::staff_change::ChangeKind;
use zeroize::Zeroizing;

/// Refusals of links in one minute that are each an event; more are counted (A10).
const REFUSALS_A_MINUTE: i64 = 10;

/// Openings of one link in one minute; more are refused, and counted.
const OPENINGS_A_MINUTE: i64 = 20;

/// What whoever opens a link is shown: the new secret, for their authenticator.
pub struct LinkShown {
    /// Whether a password is chosen, or the one they have is asked for.
    pub change: ChangeKind,
    /// None where the second factor that they have stays.
    pub factor: Option<NewFactor>,
}

/// A new second factor.
pub struct NewFactor {
    /// In base32, to be typed.
    pub secret: Zeroizing<String>,
    /// The same as a URI, which authenticators take (Key URI format). It names no person.
    pub uri: Zeroizing<String>,
    /// The same sealed, to come back with the code: nothing of it is kept here, so what whoever opened the link
    /// before saw is worth nothing.
    pub sealed: String,
}

/// What sets factors.
pub struct UseLink {
    /// The link's secret; none if it is not of its form.
    pub token: Option<EnrolToken>,
    /// The login, as typed. The link does not tell it.
    pub staff_no: String,
    /// The new password; at a reset the one that they have.
    pub password: Zeroizing<String>,
    /// The new secret, sealed as it was shown; nothing where the one that they have stays.
    pub factor: String,
    /// A code of the new secret; of the one that they have, where that stays.
    pub code: Zeroizing<String>,
}

impl BackOffice {
    /// Opens a link: a secret made for this opening, once that is recorded; after a refused form the one that came
    /// back with it, since it is in an authenticator already.
    pub async fn open_link(
        &self,
        token: Option<&EnrolToken>,
        again: Option<&str>,
        request: RequestStamp,
    ) -> Result<LinkShown, DeskError> {
        let proposal = self.link_of(token).await?;
        let row = self.ledger.act(Open { proposal, request }).await?.into_fact();
        let (change, person) = (row.change.kind, &row.change.person);
        if change == ChangeKind::ResetPassword {
            return Ok(LinkShown { change, factor: None });
        }
        let (seed, sealed) = match again.and_then(|sealed| self.unsealed(person, sealed)) {
            Some(known) => known,
            None => {
                let seed = Zeroizing::new(random::<20>(&*self.entropy).to_vec());
                let sealed = self.staff_vault.seal(person, &seed).map_err(|error| DeskError::Refused(error.code()))?;
                (seed, sealed)
            }
        };
        let secret = Zeroizing::new(data_encoding::BASE32_NOPAD.encode(&seed));
        let uri = Zeroizing::new(format!(
            "otpauth://totp/Grille?secret={}&issuer=Grille&algorithm=SHA1&digits=6&period=30",
            secret.as_str()
        ));
        let sealed = data_encoding::BASE64URL_NOPAD.encode(&sealed);
        Ok(LinkShown { change, factor: Some(NewFactor { secret, uri, sealed }) })
    }

    /// A secret that was sealed for this person, and its seal.
    fn unsealed(&self, person: &PersonNo, sealed: &str) -> Option<(Zeroizing<Vec<u8>>, Vec<u8>)> {
        let sealed = data_encoding::BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let seed = self.staff_vault.open(person, &sealed).ok()?;
        Some((Zeroizing::new(seed.bytes().to_vec()), sealed))
    }

    /// Sets the factors, and uses the link up.
    pub async fn use_link(&self, form: UseLink, request: RequestStamp) -> Result<(), DeskError> {
        if !well_formed(&form.code) {
            return Err(DeskError::Invalid(vec![Fault::new("code", "six_digits")]));
        }
        let Some(proposal) = self.link_of(form.token.as_ref()).await? else {
            return Err(self.no_link(request).await);
        };
        let row = staff_changes::read(&self.db, proposal).await.map_err(|_| Code::LogUnavailable)?;
        let row = row.ok_or(Code::LogUnavailable)?;
        // A dead link answers nothing: it would tell by a weak password whose it was.
        let mine = answerable(&row, self.clock.now())
            && StaffNo::parse(&form.staff_no).is_ok_and(|typed| typed == row.change.staff_no);
        let password = match row.change.kind {
            // Whoever has the link alone learns nothing of whose it is.
            ChangeKind::Invite | ChangeKind::ResetPassword if mine => {
                Password::New(self.new_password(&form, &row, &request).await?)
            }
            ChangeKind::ResetFactor if mine => Password::Known(self.knows_password(&form, &row, &request).await?),
            ChangeKind::Invite
            | ChangeKind::ResetFactor
            | ChangeKind::ResetPassword
            | ChangeKind::Reinstate
            | ChangeKind::Move => Password::Known(false),
        };
        let sealed = match row.change.kind {
            ChangeKind::ResetPassword => self.present_factor(&row).await?,
            _ => self.unsealed(&row.change.person, &form.factor).map(|(_, sealed)| sealed),
        };
        // Without a secret there is no code of it.
        let sealed = sealed.unwrap_or_default();
        let step = match self.staff_vault.open(&row.change.person, &sealed) {
            Ok(seed) => matching_step(seed.bytes(), &form.code, self.clock.now()),
            Err(_) if sealed.is_empty() => None,
            Err(error) => return Err(error.code().into()),
        };
        let period = self.settings.recertify;
        let act = Use { proposal, request, password, step, totp_sealed: sealed, period };
        self.ledger.act(act).await?.into_fact();
        Ok(())
    }

    /// The second factor that stays, sealed.
    async fn present_factor(&self, row: &ChangeRow) -> Result<Option<Vec<u8>>, DeskError> {
        let record = staff::by_number(&self.db, &row.change.staff_no).await.map_err(|_| Code::LogUnavailable)?;
        Ok(record.map(|(_, secrets)| secrets.totp_sealed))
    }

    async fn link_of(&self, token: Option<&EnrolToken>) -> Result<Option<ProposalId>, DeskError> {
        let Some(token) = token else { return Ok(None) };
        Ok(enrol_links::by_token(&self.db, &token.hash()).await.map_err(|_| Code::LogUnavailable)?)
    }

    async fn no_link(&self, request: RequestStamp) -> DeskError {
        match self.ledger.act(Open { proposal: None, request }).await {
            Err(error) => error.into(),
            Ok(_) => Code::LinkInvalid.into(),
        }
    }

    /// The hash of a password that may be set (U1), or why it may not.
    async fn new_password(&self, form: &UseLink, row: &ChangeRow, request: &RequestStamp) -> Result<String, DeskError> {
        let change = &row.change;
        let known = [change.staff_no.as_str(), change.name.as_str(), change.person.as_str(), "grille"];
        if let Some(why) = password_fault(&form.password, &known) {
            return Err(DeskError::Invalid(vec![Fault::new("password", why)]));
        }
        let turn = self.turnstile.enter(request.address).await?;
        let hashed = hash_aside(form.password.clone(), random(&*self.entropy)).await;
        drop(turn);
        Ok(hashed.map_err(|_| Code::Busy)?)
    }

    /// Whether the password is the one that they have: a link alone is not enough to become somebody.
    async fn knows_password(&self, form: &UseLink, row: &ChangeRow, request: &RequestStamp) -> Result<bool, DeskError> {
        let record = staff::by_number(&self.db, &row.change.staff_no).await.map_err(|_| Code::LogUnavailable)?;
        let turn = self.turnstile.enter(request.address).await?;
        let stored = record.map(|(_, secrets)| secrets.password_hash);
        let known = verify_password(form.password.clone(), stored).await.map_err(|_| Code::Busy)?;
        drop(turn);
        Ok(known)
    }
}

/// Opening a link. Without a proposal there is none: the refusal of whatever was sent instead.
struct Open {
    proposal: Option<ProposalId>,
    request: RequestStamp,
}

#[async_trait::async_trait]
impl Act for Open {
    type Fact = ChangeRow;
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<ChangeRow>> {
        let kind = Kind::EnrolLinkOpened;
        let row = link_row(tx, self.proposal).await?;
        let details = row.as_ref().map(told).unwrap_or_default();
        let good = match &row {
            Some(row) => {
                still_good(row, record_of(tx, row).await?.as_ref(), tx.now()) && eyes_are_open(tx, row).await?
            }
            None => false,
        };
        let Some(row) = row.filter(|_| good) else {
            return refuse(tx, kind, &self.request, Code::LinkInvalid, details).await;
        };
        let counting = self.request.fill(Kind::RefusalsCounted, Details::default());
        let code = Code::TooManyRefusals;
        let counting = event(tx, Kind::RefusalsCounted, Some(code), None, Some(&self.request), counting);
        if flooded(tx, &format!("one-time link {}", row.id), OPENINGS_A_MINUTE, &counting).await? {
            return Ok(Verdict::Unrecorded { error: code.into() });
        }
        let details = self.request.fill(kind, details);
        Ok(Verdict::Done { event: event(tx, kind, None, None, Some(&self.request), details), fact: row })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        let details = self.request.fill(Kind::EnrolLinkOpened, Details::default());
        event(tx, Kind::EnrolLinkOpened, Some(error.code()), None, Some(&self.request), details)
    }
}

/// What came of the password.
enum Password {
    /// A new one's hash.
    New(String),
    /// Whether it is the one that they have.
    Known(bool),
}

/// Setting factors.
struct Use {
    proposal: ProposalId,
    request: RequestStamp,
    password: Password,
    step: Option<i64>,
    totp_sealed: Vec<u8>,
    /// How long somebody who was just invited is certified: two have just looked.
    period: Span,
}

#[async_trait::async_trait]
impl Act for Use {
    type Fact = ();
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let kind = Kind::EnrolLinkUsed;
        let Some(row) = link_row(tx, Some(self.proposal)).await? else {
            return refuse(tx, kind, &self.request, Code::LinkInvalid, Details::default()).await;
        };
        let found = record_of(tx, &row).await?;
        let details = told(&row);
        if !still_good(&row, found.as_ref(), tx.now()) || !eyes_are_open(tx, &row).await? {
            return refuse(tx, kind, &self.request, Code::LinkInvalid, details).await;
        }
        if matches!(self.password, Password::Known(false)) {
            enrol_links::count_try(tx.conn(), row.id).await?;
            return refuse(tx, kind, &self.request, Code::LinkInvalid, details).await;
        }
        let Some(step) = self.step else {
            // The new secret's code is nothing to guess: it stands on the page. The present one's is.
            if row.change.kind == ChangeKind::ResetPassword {
                enrol_links::count_try(tx.conn(), row.id).await?;
            }
            return refuse(tx, kind, &self.request, Code::CodeWrong, details).await;
        };
        // The conditional writes decide, not what was read.
        let now = tx.now();
        let done = enrol_links::spend(tx.conn(), row.id, now).await?
            && match (&self.password, found.map(|found| found.id)) {
                (Password::New(hash), None) => self.enter(tx, &row, hash, step).await?,
                (Password::New(hash), Some(staff)) => set::password(tx, &row, staff, hash, step).await?,
                (Password::Known(_), Some(staff)) => set::factor(tx, &row, staff, &self.totp_sealed, step).await?,
                (Password::Known(_), None) => false,
            };
        let details = self.request.fill(kind, Details { tries: details.tries, ..about(row.id, &row.change) });
        if !done {
            let event = event(tx, kind, Some(Code::LinkInvalid), None, Some(&self.request), details);
            return Ok(Verdict::Refused { event, error: Code::LinkInvalid.into() });
        }
        Ok(Verdict::Done { event: event(tx, kind, None, None, Some(&self.request), details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        let details = self.request.fill(Kind::EnrolLinkUsed, Details::default());
        event(tx, Kind::EnrolLinkUsed, Some(error.code()), None, Some(&self.request), details)
    }
}

impl Use {
    /// Enters the invited person, active from now on.
    async fn enter(&self, tx: &mut WriteTx<'_>, row: &ChangeRow, hash: &str, step: i64) -> sqlx::Result<bool> {
        let (created, change) = (tx.now(), &row.change);
        let id = StaffId::from_bytes(new_id(created, tx.entropy()));
        // Roles exclude each other, whatever was confirmed since.
        if staff_admin::has_another_role(tx.conn(), &change.person, &change.staff_no, change.role).await? {
            return Ok(false);
        }
        // Four eyes are told apart by this number.
        if staff_admin::is_spelled_otherwise(tx.conn(), &change.person).await? {
            return Ok(false);
        }
        // Somebody who is there already gets new factors by this: as carefully as by a reset (U4).
        if staff_admin::is_known(tx.conn(), &change.person).await? {
            set::begin_anew(tx, row).await?;
        }
        let new = NewStaff {
            id,
            staff_no: &change.staff_no,
            person: &change.person,
            name: &change.name,
            role: change.role,
            unit: &change.unit,
            password_hash: hash,
            totp_sealed: &self.totp_sealed,
            created,
            certified_until: created.plus(self.period),
        };
        // A second login is no way around a freeze of the first.
        let frozen = staff_admin::frozen_until(tx.conn(), &change.person).await?;
        let entered = staff::insert(tx.conn(), &new).await? && staff::accept_totp_step(tx.conn(), id, step).await?;
        staff_admin::freeze(tx.conn(), &change.person, frozen).await?;
        Ok(entered)
    }
}

async fn link_row(tx: &mut WriteTx<'_>, proposal: Option<ProposalId>) -> sqlx::Result<Option<ChangeRow>> {
    match proposal {
        Some(proposal) => staff_changes::find(tx.conn(), proposal).await,
        None => Ok(None),
    }
}

/// What an event about a link says of it.
fn told(row: &ChangeRow) -> Details {
    Details {
        proposal: Some(row.id),
        change: Some(row.change.kind),
        subject_staff: Some(row.change.staff_no.clone()),
        tries: row.link.and_then(|link| u8::try_from(link.tries).ok()),
        ..Details::default()
    }
}

/// One answer, an event each, and beyond ten in a minute one event for all of them (A10).
async fn refuse<F>(
    tx: &mut WriteTx<'_>,
    kind: Kind,
    request: &RequestStamp,
    code: Code,
    details: Details,
) -> sqlx::Result<Verdict<F>> {
    let error = DeskError::Refused(code);
    let counting = request.fill(Kind::RefusalsCounted, Details::default());
    let counting = event(tx, Kind::RefusalsCounted, Some(code), None, Some(request), counting);
    // What is tried at a link that there is, is bounded by itself: strangers do not talk it out of the log.
    let source = details.proposal.map_or_else(|| "one-time link".into(), |id| format!("one-time link refused {id}"));
    if flooded(tx, &source, REFUSALS_A_MINUTE, &counting).await? {
        return Ok(Verdict::Unrecorded { error });
    }
    let details = request.fill(kind, details);
    Ok(Verdict::Kept { event: event(tx, kind, Some(code), None, Some(request), details), error })
}
