//! Who is sitting there: password or an identity provider's word, second factor, session.

mod actor;
mod delay;
mod factor;
mod passkey;
mod passkey_sign_in;
mod password;
mod sign_in;
mod sso;
mod step_up;
mod totp;
mod turnstile;

pub use actor::{Actor, RequestStamp};
pub(crate) use actor::{event, too_many_alike};
pub(crate) use factor::{Given, code_of as code_of_unproven, methods};
pub use passkey::RelyingParty;
pub(crate) use passkey::{OwnPasskey, Owner};
pub use password::{PasswordError, check_strength, hash_password};
pub use sign_in::{SignedIn, TryToken};
pub use sso::AskedProvider;
pub(crate) use step_up::{AnswerChallenge, code_of};
pub use totp::{code_at, next_step};
pub(crate) use totp::{matching_step, well_formed};
pub use turnstile::Turn;
pub(crate) use turnstile::Turnstile;
