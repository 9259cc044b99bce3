//! Who would gain what: the policy engine is asked, before a change and after it, about everything that it may
//! permit (U7). There is no table of roles beside the policies.

use super::exports::{
    CheckChannels, DecideExport, DecideRecipient, EndRecipient, ExportQuestion, ProposeRecipient, ReadExports,
    RequestExport,
};
use super::people::{
    CertifyStaff, DecideStaffChange, EndSessions, ListStaff, ProposeStaffChange, SuspendStaff, UnlockStaff,
};
use super::{
    CloseCase, OpenCase, Permission, Policy, Question, ReadEntries, ReadLog, ReopenCase, RevealField, RevealQuestion,
    SearchCustomers, SearchQuestion, VerifyLog, ViewCustomer, ViewQuestion,
};
use domain::catalogue::Catalogue;
use domain::desk::{Power, Verb};
use domain::export::Weight;
use domain::id::{BranchNo, StaffNo};
use domain::purpose::Purposes;
use domain::role::Role;

/// What the policies see of a member of staff.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The login.
    pub staff_no: &'a StaffNo,
    /// The job.
    pub role: Role,
    /// Branch or department.
    pub unit: &'a BranchNo,
}

impl Policy {
    /// Everything that is permitted before or after, by action and, where customers are concerned, by branch.
    /// No standing is that of somebody who may not sign in.
    pub fn powers(
        &self,
        before: Option<Standing<'_>>,
        after: Option<Standing<'_>>,
        catalogue: &Catalogue,
        purposes: &Purposes,
    ) -> Vec<Power> {
        let mut units: Vec<&BranchNo> = [before, after].iter().flatten().map(|standing| standing.unit).collect();
        units.dedup();
        let mut powers = Vec::new();
        for verb in Verb::ALL {
            let places: Vec<Option<&BranchNo>> = match verb {
                Verb::ViewCustomer | Verb::RevealField => units.iter().copied().map(Some).collect(),
                _ => vec![None],
            };
            for unit in places {
                let may = |standing: Option<Standing<'_>>| {
                    standing.is_some_and(|standing| self.ever_permits(&standing, verb, unit, catalogue, purposes))
                };
                let power = Power { verb, unit: unit.cloned(), before: may(before), after: may(after) };
                if power.before || power.after {
                    powers.push(power);
                }
            }
        }
        powers
    }

    /// Whether there is a purpose, and of a reveal a field that the catalogue gives it, for which this is permitted.
    fn ever_permits(
        &self,
        standing: &Standing<'_>,
        verb: Verb,
        unit: Option<&BranchNo>,
        catalogue: &Catalogue,
        purposes: &Purposes,
    ) -> bool {
        let own = unit.unwrap_or(standing.unit);
        match verb {
            Verb::OpenCase => self.asks::<OpenCase>(standing, [()]),
            Verb::CloseCase => self.asks::<CloseCase>(standing, [()]),
            Verb::ReopenCase => self.asks::<ReopenCase>(standing, [()]),
            Verb::SearchCustomers => self.asks::<SearchCustomers>(
                standing,
                purposes
                    .purposes()
                    .iter()
                    .flat_map(|one| [false, true].map(|bank_wide| SearchQuestion { purpose: &one.name, bank_wide })),
            ),
            Verb::ViewCustomer => self.asks::<ViewCustomer>(
                standing,
                purposes.purposes().iter().map(|one| ViewQuestion {
                    branch: own,
                    purpose: &one.name,
                    bank_wide: false,
                }),
            ),
            Verb::RevealField => self.asks::<RevealField>(
                standing,
                catalogue.fields().iter().flat_map(|field| {
                    field.reveal.iter().filter_map(|purpose| purposes.get(purpose)).flat_map(move |purpose| {
                        let (branch, bank_wide, purpose_name) = (own, false, &purpose.name);
                        purpose.reasons.iter().map(move |reason| RevealQuestion {
                            branch,
                            purpose: purpose_name,
                            reason,
                            field,
                            bank_wide,
                        })
                    })
                }),
            ),
            Verb::ReadLog => self.asks::<ReadLog>(standing, [()]),
            Verb::VerifyLog => self.asks::<VerifyLog>(standing, [()]),
            Verb::ReadEntries => self.asks::<ReadEntries>(standing, [()]),
            Verb::EndSessions => self.asks::<EndSessions>(standing, [()]),
            Verb::ListStaff => self.asks::<ListStaff>(standing, [()]),
            Verb::ProposeStaffChange => self.asks::<ProposeStaffChange>(standing, [()]),
            Verb::DecideStaffChange => self.asks::<DecideStaffChange>(standing, [()]),
            Verb::SuspendStaff => self.asks::<SuspendStaff>(standing, [()]),
            Verb::UnlockStaff => self.asks::<UnlockStaff>(standing, [()]),
            Verb::CertifyStaff => self.asks::<CertifyStaff>(standing, [()]),
            Verb::ProposeRecipient => self.asks::<ProposeRecipient>(standing, [()]),
            Verb::DecideRecipient => self.asks::<DecideRecipient>(standing, [()]),
            Verb::EndRecipient => self.asks::<EndRecipient>(standing, [()]),
            Verb::RequestExport => self.asks::<RequestExport>(
                standing,
                purposes.purposes().iter().flat_map(|one| {
                    [Weight::Visible, Weight::Masked, Weight::Opened]
                        .map(|weight| ExportQuestion { purpose: &one.name, weight })
                }),
            ),
            Verb::DecideExport => self.asks::<DecideExport>(standing, [()]),
            Verb::ReadExports => self.asks::<ReadExports>(standing, [()]),
            Verb::CheckChannels => self.asks::<CheckChannels>(standing, [()]),
        }
    }

    fn asks<'a, P: Permission>(&self, standing: &Standing<'_>, on: impl IntoIterator<Item = P::On<'a>>) -> bool {
        let question = |one: P::On<'a>| -> Question { P::question(&one) };
        on.into_iter().any(|one| self.permits(standing, P::ACTION, question(one)).unwrap_or(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::SHIPPED;
    use crate::policy::memo::Asked;
    use cedar_policy::{Entities, Entity};
    use domain::id::PurposeName;

    #[test]
    fn u7_every_action_of_the_schema_has_its_verb_and_no_other_has() {
        let policy = Policy::parse(SHIPPED, &[]).unwrap();
        let mut there: Vec<String> = policy.schema.actions().map(|action| action.id().unescaped().to_owned()).collect();
        let verbs = Verb::ALL.map(|verb| serde_json::to_value(verb).unwrap().as_str().unwrap().to_owned());
        let mut told = verbs.to_vec();
        there.sort();
        told.sort();
        assert_eq!(told, there);
    }

    #[test]
    fn u7_gains_and_losses_are_the_engines() {
        let shipped = Policy::parse(SHIPPED, &[]).unwrap();
        let (catalogue, purposes) = (Catalogue::shipped().unwrap(), Purposes::shipped().unwrap());
        let no = StaffNo::parse("op1001").unwrap();
        let (here, there) = (BranchNo::parse("0101").unwrap(), BranchNo::parse("0102").unwrap());
        let standing = |role, unit| Some(Standing { staff_no: &no, role, unit });
        let tell = |policy: &Policy, before, after| -> Vec<(Verb, Option<String>, bool, bool)> {
            let powers = policy.powers(before, after, &catalogue, &purposes);
            let told =
                powers.into_iter().map(|one| (one.verb, one.unit.map(|no| no.to_string()), one.before, one.after));
            told.filter(|(.., before, after)| before != after).collect()
        };
        let moved = tell(&shipped, standing(Role::Operator, &here), standing(Role::Operator, &there));
        let at = |no: &str| Some(no.to_owned());
        assert_eq!(
            moved,
            [
                (Verb::ViewCustomer, at("0101"), true, false),
                (Verb::ViewCustomer, at("0102"), false, true),
                (Verb::RevealField, at("0101"), true, false),
                (Verb::RevealField, at("0102"), false, true),
            ]
        );
        let invited = tell(&shipped, None, standing(Role::Auditor, &here));
        let gained: Vec<Verb> = invited.iter().map(|(verb, ..)| *verb).collect();
        assert_eq!(gained, [Verb::ReadLog, Verb::VerifyLog, Verb::ReadEntries, Verb::ReadExports]);
        // A bank that forbids its auditors something is told so by the same page.
        let text = format!("{SHIPPED}\nforbid (principal, action == Action::\"readEntries\", resource);");
        let stricter = Policy::parse(&text, &[]).unwrap();
        let gained = tell(&stricter, None, standing(Role::Auditor, &here));
        assert_eq!(
            gained.iter().map(|(verb, ..)| *verb).collect::<Vec<_>>(),
            [Verb::ReadLog, Verb::VerifyLog, Verb::ReadExports]
        );
        // What is given through the whole bank alone is given too.
        let wide = "permit (principal, action == Action::\"searchCustomers\", resource) \
            when { principal.role == \"auditor\" && context.bank_wide };";
        let wider = Policy::parse(&format!("{SHIPPED}\n{wide}"), &[]).unwrap();
        let gained = tell(&wider, None, standing(Role::Auditor, &here));
        assert!(gained.iter().any(|(verb, ..)| *verb == Verb::SearchCustomers), "{gained:?}");
    }

    #[test]
    fn u7_what_a_policy_is_asked_about_is_as_the_schema_says() {
        let policy = Policy::parse(SHIPPED, &[]).unwrap();
        let (staff_no, unit) = (StaffNo::parse("op5123").unwrap(), BranchNo::parse("0101").unwrap());
        let who = Standing { staff_no: &staff_no, role: Role::Operator, unit: &unit };
        let purpose = PurposeName::parse("complaint").unwrap();
        let card = ViewCustomer::question(&ViewQuestion { branch: &unit, purpose: &purpose, bank_wide: false });
        for (action, question) in [("viewCustomer", card), ("readLog", ReadLog::question(&()))] {
            let (_, [who, what, _]) = policy.request(&Asked::of(&who, action, question)).unwrap();
            Entities::from_entities([who, what], Some(&policy.schema)).unwrap();
        }
        let stranger = Entity::new_no_attrs("Staff::\"op5123\"".parse().unwrap(), Default::default());
        Entities::from_entities([stranger], Some(&policy.schema)).unwrap_err();
    }
}
