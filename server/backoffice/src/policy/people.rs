//! What may be done about members of staff.

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
