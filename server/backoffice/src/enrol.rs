//! Setting factors of one's own by a one-time link (U4). Nobody is signed in: the link, the staff number and,
//! at a reset, the password say who it is. Whatever is wrong with any of them is one answer, and recorded.

use crate::audit::{Act, Verdict};
use crate::auth::{
    RequestStamp, event, flooded, hash_aside, matching_step, password_fault, verify_password, well_formed,
};
use crate::backoffice::BackOffice;
use crate::people::{about, answerable, record_of, still_good};
use crate::store::staff::NewStaff;
use crate::store::staff_changes::{self, ChangeRow};
use crate::store::{WriteTx, enrol_links, session_ends, staff, staff_admin};
use crate::system::{new_id, random};
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::clock::{Span, Timestamp};
use domain::code::{Code, Fault};
use domain::desk::{DeskError, EndedBy, EnrolToken, SessionEnd};
use domain::id::{ProposalId, StaffId, StaffNo};
use domain::staff_change::{ChangeKind, FREEZE};
use zeroize::Zeroizing;

/// Refusals of links in one minute that are each an event; more are counted (A10).
const REFUSALS_A_MINUTE: i64 = 10;

/// Openings of one link in one minute; more are refused, and counted.
const OPENINGS_A_MINUTE: i64 = 20;

/// What whoever opens a link is shown: the new secret, for their authenticator.
pub struct LinkShown {
    /// Whether a password is chosen, or the one they have is asked for.
    pub change: ChangeKind,
    /// In base32, to be typed.
    pub secret: Zeroizing<String>,
    /// The same as a URI, which authenticators take (Key URI format). It names no person.
    pub uri: Zeroizing<String>,
}

/// What sets factors.
pub struct UseLink {
    /// The link's secret; none if it is not of its form.
    pub token: Option<EnrolToken>,
    /// The login, as typed. The link does not tell it.
    pub staff_no: String,
    /// The new password; at a reset the one that they have.
    pub password: Zeroizing<String>,
    /// A code of the new secret.
    pub code: Zeroizing<String>,
}

impl BackOffice {
    /// Opens a link: its secret, once the opening is recorded.
    pub async fn open_link(&self, token: Option<&EnrolToken>, request: RequestStamp) -> Result<LinkShown, DeskError> {
        let found = self.link_of(token).await?;
        let (proposal, sealed) = found.unzip();
        let row = self.ledger.act(Open { proposal, request }).await?.into_fact();
        let seed = self.staff_vault.open(&row.change.person, &sealed.unwrap_or_default());
        let seed = seed.map_err(|error| DeskError::Refused(error.code()))?;
        let secret = Zeroizing::new(data_encoding::BASE32_NOPAD.encode(seed.bytes()));
        let uri = Zeroizing::new(format!(
            "otpauth://totp/Grille?secret={}&issuer=Grille&algorithm=SHA1&digits=6&period=30",
            secret.as_str()
        ));
        Ok(LinkShown { change: row.change.kind, secret, uri })
    }

    /// Sets the factors, and uses the link up.
    pub async fn use_link(&self, form: UseLink, request: RequestStamp) -> Result<(), DeskError> {
        if !well_formed(&form.code) {
            return Err(DeskError::Invalid(vec![Fault::new("code", "six_digits")]));
        }
        let Some((proposal, sealed)) = self.link_of(form.token.as_ref()).await? else {
            return Err(self.no_link(request).await);
        };
        let row = staff_changes::read(&self.db, proposal).await.map_err(|_| Code::LogUnavailable)?;
        let row = row.ok_or(Code::LogUnavailable)?;
        // A dead link answers nothing: it would tell by a weak password whose it was.
        let mine = answerable(&row, self.clock.now())
            && StaffNo::parse(&form.staff_no).is_ok_and(|typed| typed == row.change.staff_no);
        let password = match row.change.kind {
            // Whoever has the link alone learns nothing of whose it is.
            ChangeKind::Invite if mine => Password::New(self.new_password(&form, &row, &request).await?),
            ChangeKind::ResetFactor if mine => Password::Known(self.knows_password(&form, &row, &request).await?),
            ChangeKind::Invite | ChangeKind::ResetFactor | ChangeKind::Reinstate | ChangeKind::Move => {
                Password::Known(false)
            }
        };
        let seed = self.staff_vault.open(&row.change.person, &sealed);
        let step = matching_step(seed.map_err(|error| error.code())?.bytes(), &form.code, self.clock.now());
        let period = self.settings.recertify;
        let act = Use { proposal, request, password, step, totp_sealed: sealed, period };
        self.ledger.act(act).await?.into_fact();
        Ok(())
    }

    async fn link_of(&self, token: Option<&EnrolToken>) -> Result<Option<(ProposalId, Vec<u8>)>, DeskError> {
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
        let known = verify_password(form.password.clone(), stored).await;
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
            Some(row) => still_good(row, record_of(tx, row).await?.as_ref(), tx.now()),
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
        if !still_good(&row, found.as_ref(), tx.now()) {
            return refuse(tx, kind, &self.request, Code::LinkInvalid, details).await;
        }
        if matches!(self.password, Password::Known(false)) {
            enrol_links::count_try(tx.conn(), row.id).await?;
            return refuse(tx, kind, &self.request, Code::LinkInvalid, details).await;
        }
        let Some(step) = self.step else {
            return refuse(tx, kind, &self.request, Code::CodeWrong, details).await;
        };
        // The conditional writes decide, not what was read.
        let now = tx.now();
        let done = enrol_links::spend(tx.conn(), row.id, now).await?
            && match &self.password {
                Password::New(hash) => self.enter(tx, &row, hash, step).await?,
                Password::Known(_) => self.replace(tx, &row, found.map(|found| found.id), step).await?,
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

    /// Replaces the second factor: the old one is dead, passkeys are, and so is whatever session there is.
    async fn replace(
        &self,
        tx: &mut WriteTx<'_>,
        row: &ChangeRow,
        staff: Option<StaffId>,
        step: i64,
    ) -> sqlx::Result<bool> {
        let (now, person) = (tx.now(), &row.change.person);
        let Some(staff) = staff else { return Ok(false) };
        if !staff_admin::reseed(tx.conn(), staff, row.version, &self.totp_sealed).await?
            || !staff::accept_totp_step(tx.conn(), staff, step).await?
        {
            return Ok(false);
        }
        staff_admin::revoke_passkeys(tx.conn(), person).await?;
        staff_admin::freeze(tx.conn(), person, now.plus(FREEZE)).await?;
        staff::set_failures(tx.conn(), staff, 0, now, Timestamp::from_millis(0)).await?;
        if let Some(open) = session_ends::open_of(tx.conn(), person).await? {
            let end = SessionEnd { ended: now, ended_by: EndedBy::Admin };
            session_ends::end(tx.conn(), open.lineage, end).await?;
        }
        Ok(true)
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
    if flooded(tx, "one-time link", REFUSALS_A_MINUTE, &counting).await? {
        return Ok(Verdict::Unrecorded { error });
    }
    let details = request.fill(kind, details);
    Ok(Verdict::Kept { event: event(tx, kind, Some(code), None, Some(request), details), error })
}
