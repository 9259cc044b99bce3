//! Certifying an administrator on the machine itself, so that a bank whose administrators all lapsed is not locked
//! out for ever. Nothing else is certified there, and nobody whom an administrator suspended comes back by it.

use crate::audit::{Act, Verdict};
use crate::auth::event;
use crate::backoffice::BackOffice;
use crate::store::certifications::NewCertification;
use crate::store::staff::{self, StaffRow};
use crate::store::{WriteTx, certifications, session_ends, staff_admin};
use domain::audit::event::{AuditEvent, Details, Kind, SourceName};
use domain::certification::CertifiedRight;
use domain::clock::{Span, Timestamp};
use domain::code::Code;
use domain::desk::{DeskError, EndedBy, SessionEnd};
use domain::id::StaffNo;
use domain::role::Role;

const KIND: Kind = Kind::StaffCertified;
/// So many administrators besides are enough to reinstate anybody in the browser.
const ENOUGH: i64 = 2;

impl BackOffice {
    /// Certifies an administrator, lapsed or not; until when. `os_user` is who ran the command.
    ///
    /// `change_unfit` for anybody else and for whom an administrator suspended; `second_person_required` while two
    /// other people serve as administrators, who can do it themselves.
    pub async fn certify(&self, staff_no: &StaffNo, os_user: Option<SourceName>) -> Result<Timestamp, DeskError> {
        let found = staff::by_number(&self.db, staff_no).await.map_err(|_| Code::LogUnavailable)?;
        let (row, _) = found.ok_or(Code::NotFound)?;
        // What lapsed is told before somebody is let in again.
        self.sweep_lapses().await?;
        let act = CertifyHere { staff_no: row.staff_no, os_user, period: self.settings.recertify };
        Ok(self.ledger.act(act).await?.into_fact())
    }
}

struct CertifyHere {
    staff_no: StaffNo,
    os_user: Option<SourceName>,
    period: Span,
}

#[async_trait::async_trait]
impl Act for CertifyHere {
    type Fact = Timestamp;
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<Timestamp>> {
        let (now, until) = (tx.now(), tx.now().plus(self.period));
        let found = staff_admin::find(tx.conn(), &self.staff_no).await?;
        let row = match self.fit(tx, found).await? {
            Ok(row) => row,
            Err(code) => return Ok(self.refuse(tx, code)),
        };
        let mut version = row.version;
        if !row.serves(now) {
            // A session from before the lapse does not live again.
            let open = session_ends::open_of(tx.conn(), &row.person).await?;
            if let Some(open) = open.filter(|open| open.staff.id == row.id) {
                let end = SessionEnd { ended: now, ended_by: EndedBy::Admin };
                session_ends::end(tx.conn(), open.lineage, end).await?;
            }
            if !staff_admin::place(tx.conn(), row.id, version, row.role, &row.unit).await? {
                return Ok(self.refuse(tx, Code::Changed));
            }
            version += 1;
        }
        let new =
            NewCertification { staff: row.id, role: row.role, unit: &row.unit, version, by: None, at: now, until };
        certifications::certify(tx.conn(), &new).await?;
        let StaffRow { staff_no, role, unit, .. } = row;
        let details = Details {
            certified: Some(vec![CertifiedRight { staff_no, role, unit }]),
            certified_until: Some(until),
            ..self.details()
        };
        Ok(Verdict::Done { event: event(tx, KIND, None, None, None, details), fact: until })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        event(tx, KIND, Some(error.code()), None, None, self.details())
    }
}

impl CertifyHere {
    fn details(&self) -> Details {
        let subject_staff = Some(self.staff_no.clone());
        Details { subject_staff, os_user: self.os_user.clone(), ..Details::default() }
    }

    fn refuse(&self, tx: &WriteTx<'_>, code: Code) -> Verdict<Timestamp> {
        let event = event(tx, KIND, Some(code), None, None, self.details());
        Verdict::Refused { event, error: code.into() }
    }

    async fn fit(&self, tx: &mut WriteTx<'_>, found: Option<StaffRow>) -> sqlx::Result<Result<StaffRow, Code>> {
        let now = tx.now();
        let Some(row) = found else { return Ok(Err(Code::NotFound)) };
        if row.role != Role::Admin || !(row.serves(now) || row.has_lapsed(now)) {
            return Ok(Err(Code::ChangeUnfit));
        }
        if certifications::other_admins(tx.conn(), &row.person, now).await? >= ENOUGH {
            return Ok(Err(Code::SecondPersonRequired));
        }
        // Roles exclude each other, whatever was confirmed since.
        let conflict = staff_admin::has_another_role(tx.conn(), &row.person, &row.staff_no, row.role).await?;
        Ok(if conflict { Err(Code::RoleConflict) } else { Ok(row) })
    }
}
