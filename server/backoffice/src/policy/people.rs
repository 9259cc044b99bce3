//! What may be done about members of staff.

use super::{Permission, Question};

macro_rules! permissions {
    ($($(#[doc = $doc:literal])* $name:ident $action:literal;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub struct $name;

        impl Permission for $name {
            type On<'a> = ();
            const ACTION: &'static str = $action;
            fn question((): &()) -> Question {
                Question { branch: None, context: Vec::new() }
            }
        }
    )*};
}

permissions! {
    /// Seeing who is signed in, and ending their sessions.
    EndSessions "endSessions";
    /// Seeing who there is.
    ListStaff "listStaff";
    /// Proposing a change, and taking the link that it gives.
    ProposeStaffChange "proposeStaffChange";
    /// Deciding what another person proposed.
    DecideStaffChange "decideStaffChange";
    /// Taking every right away at once.
    SuspendStaff "suspendStaff";
    /// Letting in again whom ten failures locked out.
    UnlockStaff "unlockStaff";
    /// Certifying that others still need exactly the rights that they have.
    CertifyStaff "certifyStaff";
}
