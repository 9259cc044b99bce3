//! Who acts in this request: a person as their record stood when the request came in.

use crate::audit::Verdict;
use crate::policy::Allowed;
use crate::store::refusals::{self, Flood};
use crate::store::{WriteTx, sessions};
use crate::system::new_id;
use domain::audit::event::{ActorStamp, AuditEvent, Decision, Details, DeviceTag, Endpoint, Kind, SourceName};
use domain::code::Code;
use domain::desk::DeskError;
use domain::id::{BranchNo, EventId, Lineage, RequestId, StaffId};
use domain::role::Role;
use sessions::SessionRow;
use std::net::IpAddr;

/// Identical refusals of one session that are each an event in one minute; more are counted (A10).
const REFUSALS_A_MINUTE: i64 = 20;

/// The request itself, as events name it.
#[derive(Clone, Debug)]
pub struct RequestStamp {
    /// As its answer names it.
    pub request: RequestId,
    /// The route.
    pub endpoint: Endpoint,
    /// Where it came from, as the trusted hop saw it.
    pub address: Option<IpAddr>,
    /// A short digest of the browser's name for itself.
    pub device: Option<DeviceTag>,
}

/// A signed-in person in one request.
#[derive(Clone, Debug)]
pub struct Actor {
    stamp: ActorStamp,
    request: RequestStamp,
}

impl Actor {
    pub(crate) fn new(session: SessionRow, request: RequestStamp) -> Self {
        let staff = session.staff;
        let stamp = ActorStamp {
            staff: staff.id,
            staff_no: staff.staff_no,
            person: staff.person,
            name: staff.name,
            role: staff.role,
            unit: staff.unit,
            version: staff.version,
            lineage: session.lineage,
        };
        Self { stamp, request }
    }

    /// As events have it.
    pub fn stamp(&self) -> &ActorStamp {
        &self.stamp
    }
    /// The request that they act in.
    pub(crate) fn request(&self) -> &RequestStamp {
        &self.request
    }
    /// The login.
    pub fn staff(&self) -> StaffId {
        self.stamp.staff
    }
    /// The job.
    pub fn role(&self) -> Role {
        self.stamp.role
    }
    /// Branch or department.
    pub fn unit(&self) -> &BranchNo {
        &self.stamp.unit
    }
    /// The session, from sign-in to sign-out.
    pub fn lineage(&self) -> Lineage {
        self.stamp.lineage
    }

    /// Whether what the permission was based on still holds, read inside the act: session, person, policy.
    pub(crate) async fn still<P>(&self, allowed: &Allowed<P>, tx: &mut WriteTx<'_>) -> sqlx::Result<Result<(), Code>> {
        let now = tx.now();
        let (policy, standing) = sessions::standing(tx.conn(), self.lineage(), now).await?;
        if policy.as_ref() != Some(allowed.policy().as_bytes()) {
            return Ok(Err(Code::Changed));
        }
        Ok(self.stands(standing))
    }

    /// Whether the session lives and the person is who they were, read inside the act.
    pub(crate) async fn still_here(&self, tx: &mut WriteTx<'_>) -> sqlx::Result<Result<(), Code>> {
        let now = tx.now();
        let (_, standing) = sessions::standing(tx.conn(), self.lineage(), now).await?;
        Ok(self.stands(standing))
    }

    /// The same of what was read: the version of the staff record, and whether it serves.
    pub(crate) fn stands(&self, standing: Option<(i64, bool)>) -> Result<(), Code> {
        match standing {
            Some((version, true)) if version == self.stamp.version => Ok(()),
            Some((_, true)) => Err(Code::Changed),
            _ => Err(Code::SignedOut),
        }
    }

    /// An event of this person's in this request.
    pub(crate) fn event(&self, tx: &WriteTx<'_>, kind: Kind, code: Option<Code>, details: Details) -> AuditEvent {
        let details = self.request.fill(kind, details);
        event(tx, kind, code, Some(self.stamp.clone()), Some(&self.request), details)
    }

    /// The refusal of an act: an event, or, beyond twenty alike in a minute, one more in a count (A10).
    /// What the act wrote before it stays.
    pub(crate) async fn refuse<F>(
        &self,
        tx: &mut WriteTx<'_>,
        kind: Kind,
        error: DeskError,
        details: Details,
    ) -> sqlx::Result<Verdict<F>> {
        let event = self.event(tx, kind, Some(error.code()), details);
        if let Some(error) = too_many_alike(tx, &event).await? {
            return Ok(Verdict::Unrecorded { error });
        }
        Ok(Verdict::Kept { event, error })
    }
}

/// Counts a refusal of a session's; what to answer, if there were twenty like it in this minute (A10).
pub(crate) async fn too_many_alike(tx: &mut WriteTx<'_>, refusal: &AuditEvent) -> sqlx::Result<Option<DeskError>> {
    let (Some(actor), Some(endpoint), Some(code)) = (&refusal.actor, &refusal.endpoint, refusal.code) else {
        return Ok(None);
    };
    let source = format!("{} {} {code}", actor.lineage, endpoint.as_str());
    let mut counting = refusal.clone();
    counting.kind = Kind::RefusalsCounted;
    let Details { address, device, .. } = &refusal.details;
    counting.details = Details { address: *address, device: device.clone(), ..Details::default() };
    if !flooded(tx, &source, REFUSALS_A_MINUTE, &counting).await? {
        return Ok(None);
    }
    let retry_after = (60 - tx.now().seconds().rem_euclid(60)) as u32;
    Ok(Some(DeskError::Wait { code: Code::TooManyRefusals, retry_after }))
}

/// Counts a refusal of `source`; `true` if it is one of too many in this minute, to be told by the
/// counting event alone.
pub(crate) async fn flooded(
    tx: &mut WriteTx<'_>,
    source: &str,
    free: i64,
    counting: &AuditEvent,
) -> sqlx::Result<bool> {
    let minute = tx.now().seconds().div_euclid(60);
    let template = counting.encode().map_err(|error| sqlx::Error::Encode(error.into()))?;
    let flood = Flood { source, minute, free, template: &template };
    Ok(refusals::count(tx.conn(), &flood).await? > free)
}

impl RequestStamp {
    /// Adds address and device where the kind was reviewed to hold them.
    pub(crate) fn fill(&self, kind: Kind, mut details: Details) -> Details {
        use domain::audit::event::Slot;
        if kind.slots().contains(&Slot::Address) {
            details.address = self.address;
        }
        if kind.slots().contains(&Slot::Device) {
            details.device = self.device.clone();
        }
        details
    }
}

/// An event at the transaction's time, under a new id.
pub(crate) fn event(
    tx: &WriteTx<'_>,
    kind: Kind,
    code: Option<Code>,
    actor: Option<ActorStamp>,
    request: Option<&RequestStamp>,
    details: Details,
) -> AuditEvent {
    AuditEvent {
        id: EventId::from_bytes(new_id(tx.now(), tx.entropy())),
        time: tx.now(),
        kind,
        decision: if code.is_some() { Decision::Refused } else { Decision::Allowed },
        code,
        actor,
        request: request.map(|stamp| stamp.request),
        endpoint: request.map(|stamp| stamp.endpoint.clone()),
        app: SourceName::of_version(env!("CARGO_PKG_VERSION")),
        details,
    }
}
