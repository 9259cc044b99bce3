//! Staff as `init` and `demo` enter them, and as the command line suspends anyone and certifies administrators.
//! All else that is done about staff is in [`crate::enrol`] and `crate::people`.

mod certify;

use crate::audit::{Act, ActError, Verdict};
use crate::auth::{PasswordError, check_strength, event, hash_password};
use crate::backoffice::BackOffice;
use crate::store::WriteTx;
use crate::store::staff::{self, NewStaff, StaffRow};
use crate::system::{new_id, random};
use domain::audit::event::{AuditEvent, Details, Kind, PersonName, SourceName};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::{BranchNo, PersonNo, StaffId, StaffNo};
use domain::role::Role;

/// Who is to be entered.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// The login.
    pub staff_no: StaffNo,
    /// The person.
    pub person: PersonNo,
    /// As colleagues know them.
    pub name: PersonName,
    /// Their job.
    pub role: Role,
    /// Branch or department.
    pub unit: BranchNo,
}

/// Why nobody was entered.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The password may not be set.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The ledger or a key says no.
    #[error(transparent)]
    Refused(#[from] DeskError),
}

impl BackOffice {
    /// Enters a member of staff with these factors; `false` if the number is taken, and then nothing is
    /// changed.
    pub async fn enrol(&self, who: Enrolment, password: &str, totp_seed: &[u8]) -> Result<bool, EnrolError> {
        check_strength(password, &[who.staff_no.as_str(), who.name.as_str()])?;
        let salt: [u8; 16] = random(&*self.entropy);
        let password_hash = hash_password(password, &salt)?;
        let sealed = self.staff_vault.seal(&who.person, totp_seed);
        let totp_sealed = sealed.map_err(|error| DeskError::Refused(error.code()))?;
        match self.ledger.act(Enrol { who, password_hash, totp_sealed, period: self.settings.recertify }).await {
            Ok(_) => Ok(true),
            Err(ActError::Refused(_)) => Ok(false),
            Err(error) => Err(DeskError::from(error).into()),
        }
    }

    /// Every member of staff: for the command line, the administrators and the demo.
    pub async fn all_staff(&self) -> Result<Vec<StaffRow>, DeskError> {
        Ok(staff::all(&self.db).await.map_err(|_| Code::LogUnavailable)?)
    }

    /// Takes a person's rights away, from the next request and the next act on (U5).
    /// `os_user` is who ran the command that did it.
    pub async fn suspend(&self, staff_no: &StaffNo, os_user: Option<SourceName>) -> Result<(), DeskError> {
        let found = staff::by_number(&self.db, staff_no).await.map_err(|_| Code::LogUnavailable)?;
        let (row, _) = found.ok_or(Code::NotFound)?;
        self.ledger.act(Suspend { staff: row.id, staff_no: row.staff_no, os_user }).await?.into_fact();
        Ok(())
    }
}

struct Enrol {
    who: Enrolment,
    password_hash: String,
    totp_sealed: Vec<u8>,
    /// How long somebody who was just entered is certified.
    period: Span,
}

#[async_trait::async_trait]
impl Act for Enrol {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let created = tx.now();
        let id = StaffId::from_bytes(new_id(created, tx.entropy()));
        let Enrolment { staff_no, person, name, role, unit } = &self.who;
        let new = NewStaff {
            id,
            staff_no,
            person,
            name,
            role: *role,
            unit,
            password_hash: &self.password_hash,
            totp_sealed: &self.totp_sealed,
            created,
            certified_until: created.plus(self.period),
        };
        if !staff::insert(tx.conn(), &new).await? {
            return Ok(Verdict::Unrecorded { error: Code::NotFound.into() });
        }
        Ok(Verdict::Done { event: self.event(tx, None), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.event(tx, Some(error.code()))
    }
}

impl Enrol {
    fn event(&self, tx: &WriteTx<'_>, code: Option<Code>) -> AuditEvent {
        let details = Details {
            subject_staff: Some(self.who.staff_no.clone()),
            subject_role: Some(self.who.role),
            ..Details::default()
        };
        event(tx, Kind::StaffCreated, code, None, None, details)
    }
}

struct Suspend {
    staff: StaffId,
    staff_no: StaffNo,
    os_user: Option<SourceName>,
}

#[async_trait::async_trait]
impl Act for Suspend {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        if !staff::suspend(tx.conn(), self.staff).await? {
            let event = self.event(tx, Some(Code::NotFound));
            return Ok(Verdict::Refused { event, error: Code::NotFound.into() });
        }
        Ok(Verdict::Done { event: self.event(tx, None), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.event(tx, Some(error.code()))
    }
}

impl Suspend {
    fn event(&self, tx: &WriteTx<'_>, code: Option<Code>) -> AuditEvent {
        let subject_staff = Some(self.staff_no.clone());
        let details = Details { subject_staff, os_user: self.os_user.clone(), ..Details::default() };
        event(tx, Kind::StaffSuspended, code, None, None, details)
    }
}
