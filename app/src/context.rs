//! What a page is drawn from.

use crate::lang::Lang;
use domain::clock::Timestamp;
use domain::code::{Code, Fault};
use domain::desk::{Desk, Ended};
use domain::id::RequestId;
use domain::role::Role;
use std::collections::BTreeMap;
use std::sync::Arc;

/// All that the server tells a page.
#[derive(Clone)]
pub struct PageContext {
    /// Of whoever is signed in.
    pub desk: Option<Arc<dyn Desk>>,
    /// In which language; see [`crate::lang::choose`].
    pub lang: Lang,
    /// Set in a demonstration, on every page.
    pub demo: Option<DemoSlip>,
    /// What came back with a form that was refused; empty otherwise.
    pub form: FormState,
    /// The other way to sign in, where there is one (U9).
    pub sso: Option<SsoOffer>,
    /// Why whoever sent an old session's cookie must sign in again.
    pub ended: Option<Ended>,
    /// Which request this answers.
    pub request: RequestId,
    /// When.
    pub now: Timestamp,
}

/// Single sign-on, as the sign-in page offers it.
#[derive(Clone, Debug)]
pub struct SsoOffer {
    /// What the bank calls it.
    pub name: String,
    /// Whether it is the only way.
    pub only: bool,
    /// Whether the provider did not answer when it was last asked.
    pub down: bool,
}

/// A refused form, to be shown again with what was typed.
#[derive(Clone, Debug, Default)]
pub struct FormState {
    /// What was typed, by the form's names. Never a password or a code.
    pub values: BTreeMap<String, String>,
    /// What is wrong with which of them.
    pub faults: Vec<Fault>,
    /// Why the whole was refused, where it is not for one of the values.
    pub code: Option<Code>,
    /// Seconds until another try makes sense.
    pub retry_after: Option<u32>,
}

impl FormState {
    /// What was typed under that name.
    pub fn value(&self, name: &str) -> String {
        self.values.get(name).cloned().unwrap_or_default()
    }
    /// Whether there is anything to complain about.
    pub fn refused(&self) -> bool {
        self.code.is_some() || !self.faults.is_empty()
    }
    /// The first fault of that name.
    pub fn fault(&self, name: &str) -> Option<&Fault> {
        self.faults.iter().find(|fault| fault.field == name)
    }
}

/// What a demonstration prints on the sign-in pages.
#[derive(Clone, Debug, Default)]
pub struct DemoSlip {
    /// Everyone's.
    pub password: String,
    /// Who may sign in.
    pub staff: Vec<DemoStaff>,
    /// Whom to look for. Compiled in, never read from the vault (M1's only exception).
    pub guests: Vec<DemoGuest>,
}

/// One member of the demonstration's staff.
#[derive(Clone, Debug)]
pub struct DemoStaff {
    /// `op1001`
    pub staff_no: String,
    /// Their job.
    pub role: Role,
    /// Branch or department.
    pub unit: String,
    /// The next code that works.
    pub code: String,
    /// In how many seconds it does.
    pub seconds: u32,
}

/// One invented customer.
#[derive(Clone, Debug)]
pub struct DemoGuest {
    /// Their name, in full.
    pub name: String,
    /// Their ID number, in full.
    pub id_no: String,
    /// Their mobile number, in full.
    pub mobile: String,
    /// Their card number, in full.
    pub card_no: String,
    /// Where they are a customer.
    pub branch: String,
    /// A ticket that opens a case for them.
    pub ticket: String,
    /// The purpose that the ticket fits, by its name in `purposes.toml`.
    pub purpose: String,
}
