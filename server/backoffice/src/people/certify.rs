//! Recertification: whose rights lapse soon, and certifying them, person by person (issue 4, U7).

use super::entry;
use super::factor::factor;
use crate::audit::{Act, Verdict};
use crate::auth::Actor;
use crate::desk::StaffDesk;
use crate::policy::{Allowed, CertifyStaff, Standing};
use crate::store::certifications::NewCertification;
use crate::store::staff::StaffRow;
use crate::store::staff_admin::EntryRow;
use crate::store::{WriteTx, certifications, staff_admin};
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::certification::{AT_ONCE, Certification, Certified, CertifiedRight, Looked};
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{Certify, DeskError, DueEntry, DueList, Recertify, Told};
use domain::id::StaffId;

const KIND: Kind = Kind::StaffCertified;

#[async_trait::async_trait]
impl Recertify for StaffDesk {
    async fn due(&self) -> Result<DueList, DeskError> {
        self.may::<CertifyStaff>(Kind::RequestRefused, Details::default()).await?;
        let rows = staff_admin::entries(&self.office.db, None).await.map_err(|_| Code::LogUnavailable)?;
        let by = self.now.plus(self.office.settings.recertify_notice);
        let mut due: Vec<EntryRow> =
            rows.into_iter().filter(|row| row.staff.serves(self.now) && row.staff.certified_until <= by).collect();
        // Those of one moment stay by number.
        due.sort_by_key(|row| row.staff.certified_until);
        let count = due.len();
        due.truncate(AT_ONCE);
        Ok(DueList {
            due: due.into_iter().map(|row| self.due_entry(row)).collect(),
            count,
            notice_days: days(self.office.settings.recertify_notice),
            until: self.now.plus(self.office.settings.recertify),
        })
    }

    async fn certify_staff(&self, form: Certify) -> Result<(), DeskError> {
        let allowed = self.may::<CertifyStaff>(KIND, Details::default()).await?;
        // A lapse that nobody noticed yet is told before anybody is certified.
        self.office.sweep_lapses().await?;
        self.permitted().await;
        let (life, period) = (self.office.settings.challenge_life, self.office.settings.recertify);
        let act = CertifyList { actor: self.actor.clone(), allowed, form, life, period };
        self.office.ledger.act(act).await?.into_fact();
        Ok(())
    }
}

impl StaffDesk {
    fn due_entry(&self, row: EntryRow) -> DueEntry {
        let staff = &row.staff;
        let looked = Looked { staff_no: staff.staff_no.clone(), version: staff.version, until: staff.certified_until };
        let standing = Standing { staff_no: &staff.staff_no, role: staff.role, unit: &staff.unit };
        let powers = self.office.policy().powers(None, Some(standing), &self.office.catalogue, &self.office.purposes);
        DueEntry {
            may: powers.into_iter().filter(|power| power.after).map(|power| power.verb).collect(),
            own: staff.person == self.actor.stamp().person,
            looked,
            entry: entry(row, self.now),
        }
    }

    /// What this person should know of dates: their own, and, if they may certify, that of others.
    pub(super) async fn told_of_dates(&self) -> Result<Vec<Told>, DeskError> {
        let unavailable = |_| Code::LogUnavailable;
        let notice = self.office.settings.recertify_notice;
        let by = self.now.plus(notice);
        let until = certifications::until(&self.office.db, self.actor.staff()).await.map_err(unavailable)?;
        let mut told: Vec<Told> =
            until.filter(|until| *until <= by).map(|until| Told::CertifiedUntil { until }).into_iter().collect();
        if self.office.policy().decide::<CertifyStaff>(&self.actor, &()).is_ok() {
            let person = &self.actor.stamp().person;
            let count = certifications::count_due(&self.office.db, person, self.now, by).await.map_err(unavailable)?;
            told.extend((count > 0).then_some(Told::Lapsing { count, days: days(notice) }));
        }
        Ok(told)
    }
}

const fn days(span: Span) -> i64 {
    span.whole_seconds() / (24 * 60 * 60)
}

/// Certifies a list: all of it, or nobody.
struct CertifyList {
    actor: Actor,
    allowed: Allowed<CertifyStaff>,
    form: Certify,
    /// How long a challenge lives.
    life: Span,
    /// How long a certification lasts.
    period: Span,
}

/// Whoever is not certified, told in the refusal if there is such a record.
struct Unfit(Option<StaffRow>, Code);

#[async_trait::async_trait]
impl Act for CertifyList {
    type Fact = ();
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let mut details = self.details();
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, KIND, code.into(), details).await;
        }
        let list = match self.found(tx).await? {
            Ok(list) => list,
            Err(Unfit(row, code)) => {
                details.subject_staff = row.map(|row| row.staff_no);
                return self.actor.refuse(tx, KIND, code.into(), details).await;
            }
        };
        details.certified = Some(list.iter().map(|(_, one)| right(one)).collect());
        let digest = {
            let (stamp, list): (_, Vec<Certified>) =
                (self.actor.stamp(), list.iter().map(|(_, one)| one.clone()).collect());
            let policy = *self.allowed.policy().as_bytes();
            Certification { person: &stamp.person, lineage: stamp.lineage, list: &list, policy }.digest()
        };
        details.act = Some(Fingerprint::from_bytes(*digest.as_bytes()));
        let given = (digest, self.form.challenge);
        if let Some(error) = factor(tx, &self.actor, given, self.life, &mut details).await? {
            return self.actor.refuse(tx, KIND, error, details).await;
        }
        let (at, until) = (tx.now(), tx.now().plus(self.period));
        for (staff, one) in &list {
            let new = NewCertification {
                staff: *staff,
                role: one.role,
                unit: &one.unit,
                version: one.looked.version,
                by: Some((self.actor.staff(), &self.actor.stamp().person)),
                at,
                until,
            };
            certifications::certify(tx.conn(), &new).await?;
        }
        details.certified_until = Some(until);
        Ok(Verdict::Done { event: self.actor.event(tx, KIND, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, KIND, Some(error.code()), self.details())
    }
}

impl CertifyList {
    fn details(&self) -> Details {
        Details { policy: Some(self.allowed.policy()), ..Details::default() }
    }

    /// Each record of the list, if it is still the one that stood on the page.
    async fn found(&self, tx: &mut WriteTx<'_>) -> sqlx::Result<Result<Vec<(StaffId, Certified)>, Unfit>> {
        let mut list = Vec::with_capacity(self.form.ticked.list().len());
        for looked in self.form.ticked.list() {
            // A number that nobody has may be anything that was typed: it stands in no event.
            let Some(row) = staff_admin::find(tx.conn(), &looked.staff_no).await? else {
                return Ok(Err(Unfit(None, Code::NotFound)));
            };
            if let Some(code) = self.unfit(tx, &row, looked) {
                return Ok(Err(Unfit(Some(row), code)));
            }
            let StaffRow { id, person, name, role, unit, .. } = row;
            list.push((id, Certified { looked: looked.clone(), person, name, role, unit }));
        }
        Ok(Ok(list))
    }

    /// By person, whatever the login; and what lapsed or was suspended takes two to come back.
    fn unfit(&self, tx: &WriteTx<'_>, row: &StaffRow, looked: &Looked) -> Option<Code> {
        if row.person == self.actor.stamp().person {
            return Some(Code::OwnChange);
        }
        if (row.version, row.certified_until) != (looked.version, looked.until) {
            return Some(Code::Changed);
        }
        (!row.serves(tx.now())).then_some(Code::ChangeUnfit)
    }
}

fn right(one: &Certified) -> CertifiedRight {
    CertifiedRight { staff_no: one.looked.staff_no.clone(), role: one.role, unit: one.unit.clone() }
}
