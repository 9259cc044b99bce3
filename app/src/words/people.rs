//! Staff administration in words.

use crate::lang::{Lang, text};
use domain::desk::{LinkState, ProposalState, StaffState, Verb};
use domain::staff_change::ChangeKind;

/// What is proposed.
pub fn change(lang: Lang, change: ChangeKind) -> String {
    match change {
        ChangeKind::Invite => text!(lang, people.change_invite),
        ChangeKind::Reinstate => text!(lang, people.change_reinstate),
        ChangeKind::Move => text!(lang, people.change_move),
        ChangeKind::ResetFactor => text!(lang, people.change_reset_factor),
        ChangeKind::ResetPassword => text!(lang, people.change_reset_password),
    }
}

/// What was decided.
pub fn decided(lang: Lang, confirmed: bool) -> String {
    if confirmed { text!(lang, people.confirmed) } else { text!(lang, people.rejected) }
}

/// Whether somebody may sign in.
pub fn state(lang: Lang, state: StaffState) -> String {
    match state {
        StaffState::Active => text!(lang, people.active),
        StaffState::Locked => text!(lang, people.locked),
        StaffState::Suspended => text!(lang, people.suspended),
        StaffState::Lapsed => text!(lang, people.lapsed),
    }
}

/// Where a proposal stands.
pub fn proposal(lang: Lang, state: ProposalState) -> String {
    match state {
        ProposalState::Waiting => text!(lang, people.waiting),
        ProposalState::Expired => text!(lang, people.expired),
        ProposalState::Confirmed => text!(lang, people.confirmed),
        ProposalState::Rejected => text!(lang, people.rejected),
    }
}

/// Where its link stands.
pub fn link(lang: Lang, link: LinkState) -> String {
    match link {
        LinkState::Waiting => text!(lang, people.link_waiting),
        LinkState::Taken => text!(lang, people.link_taken),
        LinkState::Used => text!(lang, people.link_used),
        LinkState::Expired => text!(lang, people.link_expired),
    }
}

/// What a policy may permit.
pub fn verb(lang: Lang, verb: Verb) -> String {
    match verb {
        Verb::OpenCase => text!(lang, power.open_case),
        Verb::CloseCase => text!(lang, power.close_case),
        Verb::ReopenCase => text!(lang, power.reopen_case),
        Verb::SearchCustomers => text!(lang, power.search_customers),
        Verb::ViewCustomer => text!(lang, power.view_customer),
        Verb::RevealField => text!(lang, power.reveal_field),
        Verb::ReadLog => text!(lang, power.read_log),
        Verb::VerifyLog => text!(lang, power.verify_log),
        Verb::ReadEntries => text!(lang, power.read_entries),
        Verb::EndSessions => text!(lang, power.end_sessions),
        Verb::ListStaff => text!(lang, power.list_staff),
        Verb::ProposeStaffChange => text!(lang, power.propose_staff_change),
        Verb::DecideStaffChange => text!(lang, power.decide_staff_change),
        Verb::SuspendStaff => text!(lang, power.suspend_staff),
        Verb::UnlockStaff => text!(lang, power.unlock_staff),
        Verb::CertifyStaff => text!(lang, power.certify_staff),
        Verb::ProposeRecipient => text!(lang, power.propose_recipient),
        Verb::DecideRecipient => text!(lang, power.decide_recipient),
        Verb::EndRecipient => text!(lang, power.end_recipient),
        Verb::RequestExport => text!(lang, power.request_export),
        Verb::DecideExport => text!(lang, power.decide_export),
        Verb::ReadExports => text!(lang, power.read_exports),
        Verb::CheckChannels => text!(lang, power.check_channels),
    }
}
