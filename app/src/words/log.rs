//! The log in words: what each kind of event is called, and why something was refused, as told to those who
//! read about it and not to those who were refused.

use crate::lang::{Lang, text};
use domain::audit::event::{AttemptName, Kind, SsoName};
use domain::code::Code;

/// What an event of this kind is called.
pub fn kind(lang: Lang, kind: Kind) -> String {
    match kind {
        Kind::ServerStarted => text!(lang, log_kind.server_started),
        Kind::PolicyLoaded => text!(lang, log_kind.policy_loaded),
        Kind::StaffCreated => text!(lang, log_kind.staff_created),
        Kind::StaffSuspended => text!(lang, log_kind.staff_suspended),
        Kind::SignedIn => text!(lang, log_kind.signed_in),
        Kind::SignInFailuresCounted => text!(lang, log_kind.sign_in_failures_counted),
        Kind::SignedOut => text!(lang, log_kind.signed_out),
        Kind::SessionEnded => text!(lang, log_kind.session_ended),
        Kind::CaseOpened => text!(lang, log_kind.case_opened),
        Kind::CaseClosed => text!(lang, log_kind.case_closed),
        Kind::CustomerSearched => text!(lang, log_kind.customer_searched),
        Kind::CustomerViewed => text!(lang, log_kind.customer_viewed),
        Kind::FieldRevealed => text!(lang, log_kind.field_revealed),
        Kind::StepUp => text!(lang, log_kind.step_up),
        Kind::PasskeyEnrolled => text!(lang, log_kind.passkey_enrolled),
        Kind::PasskeyRevoked => text!(lang, log_kind.passkey_revoked),
        Kind::RequestRefused => text!(lang, log_kind.request_refused),
        Kind::RefusalsCounted => text!(lang, log_kind.refusals_counted),
        Kind::LogRead => text!(lang, log_kind.log_read),
        Kind::LogReadClosed => text!(lang, log_kind.log_read_closed),
        Kind::LogEventRead => text!(lang, log_kind.log_event_read),
        Kind::LogOverviewRead => text!(lang, log_kind.log_overview_read),
        Kind::LogVerified => text!(lang, log_kind.log_verified),
        Kind::RevealExtended => text!(lang, log_kind.reveal_extended),
        Kind::ValueCopied => text!(lang, log_kind.value_copied),
        Kind::CopyAttempted => text!(lang, log_kind.copy_attempted),
        Kind::RevealRated => text!(lang, log_kind.reveal_rated),
        Kind::LogExported => text!(lang, log_kind.log_exported),
        Kind::CaseReopened => text!(lang, log_kind.case_reopened),
        Kind::BankSearched => text!(lang, log_kind.bank_searched),
        Kind::RemaskBegun => text!(lang, log_kind.remask_begun),
        Kind::CustomersRemasked => text!(lang, log_kind.customers_remasked),
        Kind::RemaskEnded => text!(lang, log_kind.remask_ended),
        Kind::CustomersImported => text!(lang, log_kind.customers_imported),
    }
}

/// What was done, with `{names}` for the details; [`super::happened`] fills them in.
pub fn did(lang: Lang, kind: Kind) -> String {
    match kind {
        Kind::ServerStarted => text!(lang, log_did.server_started),
        Kind::PolicyLoaded => text!(lang, log_did.policy_loaded),
        Kind::StaffCreated => text!(lang, log_did.staff_created),
        Kind::StaffSuspended => text!(lang, log_did.staff_suspended),
        Kind::SignedIn => text!(lang, log_did.signed_in),
        Kind::SignInFailuresCounted => text!(lang, log_did.sign_in_failures_counted),
        Kind::SignedOut => text!(lang, log_did.signed_out),
        Kind::SessionEnded => text!(lang, log_did.session_ended),
        Kind::CaseOpened => text!(lang, log_did.case_opened),
        Kind::CaseClosed => text!(lang, log_did.case_closed),
        Kind::CustomerSearched => text!(lang, log_did.customer_searched),
        Kind::CustomerViewed => text!(lang, log_did.customer_viewed),
        Kind::FieldRevealed => text!(lang, log_did.field_revealed),
        Kind::StepUp => text!(lang, log_did.step_up),
        Kind::PasskeyEnrolled => text!(lang, log_did.passkey_enrolled),
        Kind::PasskeyRevoked => text!(lang, log_did.passkey_revoked),
        Kind::RequestRefused => text!(lang, log_did.request_refused),
        Kind::RefusalsCounted => text!(lang, log_did.refusals_counted),
        Kind::LogRead => text!(lang, log_did.log_read),
        Kind::LogReadClosed => text!(lang, log_did.log_read_closed),
        Kind::LogEventRead => text!(lang, log_did.log_event_read),
        Kind::LogOverviewRead => text!(lang, log_did.log_overview_read),
        Kind::LogVerified => text!(lang, log_did.log_verified),
        Kind::RevealExtended => text!(lang, log_did.reveal_extended),
        Kind::ValueCopied => text!(lang, log_did.value_copied),
        Kind::CopyAttempted => text!(lang, log_did.copy_attempted),
        Kind::RevealRated => text!(lang, log_did.reveal_rated),
        Kind::LogExported => text!(lang, log_did.log_exported),
        Kind::CaseReopened => text!(lang, log_did.case_reopened),
        Kind::BankSearched => text!(lang, log_did.bank_searched),
        Kind::RemaskBegun => text!(lang, log_did.remask_begun),
        Kind::CustomersRemasked => text!(lang, log_did.customers_remasked),
        Kind::RemaskEnded => text!(lang, log_did.remask_ended),
        Kind::CustomersImported => text!(lang, log_did.customers_imported),
    }
}

/// Why not, in a few words.
pub fn why(lang: Lang, code: Code) -> String {
    match code {
        Code::SignedOut => text!(lang, log_why.signed_out),
        Code::SignInFailed => text!(lang, log_why.sign_in_failed),
        Code::NotPermitted => text!(lang, log_why.not_permitted),
        Code::StepUpRequired => text!(lang, log_why.step_up_required),
        Code::SecondPersonRequired => text!(lang, log_why.second_person_required),
        Code::CodeWrong => text!(lang, log_why.code_wrong),
        Code::ChallengeUnknown => text!(lang, log_why.challenge_unknown),
        Code::ChallengeExpired => text!(lang, log_why.challenge_expired),
        Code::ChallengeSpent => text!(lang, log_why.challenge_spent),
        Code::ChallengeDead => text!(lang, log_why.challenge_dead),
        Code::ChallengeOtherAct => text!(lang, log_why.challenge_other_act),
        Code::ChallengeUnanswered => text!(lang, log_why.challenge_unanswered),
        Code::PasskeyWrong => text!(lang, log_why.passkey_wrong),
        Code::PasskeyNotVerified => text!(lang, log_why.passkey_not_verified),
        Code::PasskeyForeignOrigin => text!(lang, log_why.passkey_foreign_origin),
        Code::PasskeyCopied => text!(lang, log_why.passkey_copied),
        Code::PasskeyNone => text!(lang, log_why.passkey_none),
        Code::PasskeyLimit => text!(lang, log_why.passkey_limit),
        Code::PasskeyKnown => text!(lang, log_why.passkey_known),
        Code::PasskeysUnavailable => text!(lang, log_why.passkeys_unavailable),
        Code::PasswordsOff => text!(lang, log_why.passwords_off),
        Code::SsoUnavailable => text!(lang, log_why.sso_unavailable),
        Code::ForeignOrigin => text!(lang, log_why.foreign_origin),
        Code::NotFound => text!(lang, log_why.not_found),
        Code::MethodNotAllowed => text!(lang, log_why.method_not_allowed),
        Code::NotAcceptable => text!(lang, log_why.not_acceptable),
        Code::CaseClosed => text!(lang, log_why.case_closed),
        Code::CaseLimit => text!(lang, log_why.case_limit),
        Code::CaseBoundElsewhere => text!(lang, log_why.case_bound_elsewhere),
        Code::CaseNotBound => text!(lang, log_why.case_not_bound),
        Code::VerificationRunning => text!(lang, log_why.verification_running),
        Code::TailLimit => text!(lang, log_why.tail_limit),
        Code::CopyBlocked => text!(lang, log_why.copy_blocked),
        Code::RevealOver => text!(lang, log_why.reveal_over),
        Code::MoreSpent => text!(lang, log_why.more_spent),
        Code::CopySpent => text!(lang, log_why.copy_spent),
        Code::RatingSpent => text!(lang, log_why.rating_spent),
        Code::BudgetSpent => text!(lang, log_why.budget_spent),
        Code::Changed => text!(lang, log_why.changed),
        Code::BodyTooSlow => text!(lang, log_why.body_too_slow),
        Code::BodyTooLarge => text!(lang, log_why.body_too_large),
        Code::NotAForm => text!(lang, log_why.not_a_form),
        Code::ForeignHost => text!(lang, log_why.foreign_host),
        Code::ForeignPeer => text!(lang, log_why.foreign_peer),
        Code::Invalid => text!(lang, log_why.invalid),
        Code::NoteNamesCustomer => text!(lang, log_why.note_names_customer),
        Code::CodeUsed => text!(lang, log_why.code_used),
        Code::FactorLocked => text!(lang, log_why.factor_locked),
        Code::TooManyRefusals => text!(lang, log_why.too_many_refusals),
        Code::Busy => text!(lang, log_why.busy),
        Code::VaultKeyMissing => text!(lang, log_why.vault_key_missing),
        Code::IndexKeyMissing => text!(lang, log_why.index_key_missing),
        Code::StaffKeyMissing => text!(lang, log_why.staff_key_missing),
        Code::LogKeyMissing => text!(lang, log_why.log_key_missing),
        Code::LogUnavailable => text!(lang, log_why.log_unavailable),
        Code::ClockBehind => text!(lang, log_why.clock_behind),
        Code::ValueUnreadable => text!(lang, log_why.value_unreadable),
    }
}

/// What was tried with a value on the screen.
pub fn attempt(lang: Lang, attempt: AttemptName) -> String {
    match attempt {
        AttemptName::Copy => text!(lang, log_attempt.copy),
        AttemptName::Cut => text!(lang, log_attempt.cut),
        AttemptName::Select => text!(lang, log_attempt.select),
        AttemptName::Print => text!(lang, log_attempt.print),
        AttemptName::Drag => text!(lang, log_attempt.drag),
        AttemptName::ContextMenu => text!(lang, log_attempt.context_menu),
        AttemptName::ScreenshotKey => text!(lang, log_attempt.screenshot_key),
    }
}

/// What came of an identity provider's word.
pub fn sso(lang: Lang, sso: SsoName) -> String {
    match sso {
        SsoName::Vouched => text!(lang, log_sso.vouched),
        SsoName::State => text!(lang, log_sso.state),
        SsoName::Replayed => text!(lang, log_sso.replayed),
        SsoName::Denied => text!(lang, log_sso.denied),
        SsoName::Code => text!(lang, log_sso.code),
        SsoName::Unreachable => text!(lang, log_sso.unreachable),
        SsoName::Malformed => text!(lang, log_sso.malformed),
        SsoName::Algorithm => text!(lang, log_sso.algorithm),
        SsoName::Signature => text!(lang, log_sso.signature),
        SsoName::Issuer => text!(lang, log_sso.issuer),
        SsoName::Audience => text!(lang, log_sso.audience),
        SsoName::Nonce => text!(lang, log_sso.nonce),
        SsoName::Expired => text!(lang, log_sso.expired),
        SsoName::AuthTime => text!(lang, log_sso.auth_time),
        SsoName::Claim => text!(lang, log_sso.claim),
        SsoName::Unknown => text!(lang, log_sso.unknown),
        SsoName::Suspended => text!(lang, log_sso.suspended),
        SsoName::Locked => text!(lang, log_sso.locked),
    }
}

/// Whether a look was needed.
pub fn yes_or_no(lang: Lang, yes: bool) -> String {
    if yes { text!(lang, log_attempt.yes) } else { text!(lang, log_attempt.no) }
}
