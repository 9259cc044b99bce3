//! Who is sitting there: password or an identity provider's word, second factor, session.

mod actor;
mod delay;
mod factor;
mod own_act;
mod passkey;
mod passkey_sign_in;
mod password;
mod sign_in;
mod sso;
mod step_up;
mod totp;
mod turnstile;

pub use actor::{Actor, RequestStamp};
pub(crate) use actor::{event, flooded, too_many_alike};
pub(crate) use delay::is_locked;
pub(crate) use factor::{Given, code_of as code_of_unproven, methods};
pub(crate) use own_act::factor as own_factor;
pub use passkey::RelyingParty;
pub(crate) use passkey::{OwnPasskey, Owner};
pub use password::{PasswordError, check_strength, hash_password};
pub(crate) use password::{fault_of as password_fault, hash_aside, verify as verify_password};
pub(crate) use sign_in::count_failure;
pub use sign_in::{SignedIn, TryToken};
pub use sso::AskedProvider;
pub(crate) use step_up::{AnswerChallenge, code_of};
pub(crate) use totp::{STEP, matching_step, well_formed};
pub use totp::{code_at, next_step};
pub use turnstile::Turn;
pub(crate) use turnstile::Turnstile;
