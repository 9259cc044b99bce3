//! What an act in a case rests on, and whether it still holds: asked inside the act, of one reading.

use crate::auth::Actor;
use crate::policy::Allowed;
use crate::store::WriteTx;
use crate::store::cases::CaseRow;
use crate::store::customers::Among;
use crate::store::grounds::{self, GroundsOf, GroundsRow};
use domain::clock::Timestamp;
use domain::code::Code;
use domain::id::{CaseId, CustomerId};

/// As they were read.
pub(crate) struct Grounds(GroundsRow);

impl Grounds {
    /// Reads those of this person in this case; about this customer, if one is known yet.
    pub(crate) async fn read(
        tx: &mut WriteTx<'_>,
        actor: &Actor,
        case: CaseId,
        customer: Option<(CustomerId, bool)>,
    ) -> sqlx::Result<Self> {
        let now = tx.now();
        let of = GroundsOf {
            lineage: actor.lineage(),
            staff: actor.staff(),
            person: &actor.stamp().person,
            case,
            customer: customer.map(|(customer, _)| customer),
            among: Among::of(customer.is_some_and(|(_, bank_wide)| bank_wide), actor.unit()),
        };
        Ok(Self(grounds::read(tx.conn(), &of, now).await?))
    }

    /// Whether what the permission was based on still holds: policy, session, person.
    pub(crate) fn still<P>(&self, actor: &Actor, allowed: &Allowed<P>) -> Result<(), Code> {
        if self.0.policy.as_ref() != Some(allowed.policy().as_bytes()) {
            return Err(Code::Changed);
        }
        actor.stands(self.0.standing)
    }

    /// The case, if it is this person's and open.
    pub(crate) fn open_case(&self) -> Result<&CaseRow, Code> {
        match &self.0.case {
            None => Err(Code::NotFound),
            Some(row) if row.closed => Err(Code::CaseClosed),
            Some(row) => Ok(row),
        }
    }

    /// Whether the customer is where this person may see them (Q6).
    pub(crate) fn visible(&self) -> bool {
        self.0.visible
    }

    /// Until when this person reveals nothing.
    pub(crate) fn frozen_until(&self) -> Timestamp {
        self.0.frozen_until
    }
}
