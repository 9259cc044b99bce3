//! The endpoints (DESIGN §3): POST, form in, JSON out. Listed with their parameters in `docs/api.md`, which
//! a test compares with the router.

pub mod audit;
pub mod cases;
pub mod customers;
pub mod drafts;
pub mod enrol;
pub mod exports;
pub mod notice;
pub mod passkeys;
pub mod password;
pub mod people;
pub mod recertify;
pub mod recipients;
pub mod reveals;
pub mod sessions;
pub mod sign_in;

use domain::code::Fault;
use domain::desk::DeskError;
use domain::search::SearchRefusal;
pub(crate) use enrol::use_form;
pub(crate) use people::{decide_form, path_of, propose_form};
pub(crate) use recertify::{TICK, certify_form};

/// A refused search as the wire tells it: which key and why, never what was typed.
pub fn search_error(refusal: &SearchRefusal) -> DeskError {
    DeskError::Invalid(vec![match refusal {
        SearchRefusal::Malformed { field, why } => Fault::new(field.as_str(), why.code()),
        other => Fault::new("search", other.code()),
    }])
}
