//! Codes and names of the rules, in words.

pub mod exports;
pub mod happened;
pub mod log;
pub mod people;

use crate::lang::{Lang, text};
use domain::code::{Code, Fault};
use domain::role::Role;

/// What happened, and what to do. A new code does not compile until both languages have words for it.
pub fn sentence(lang: Lang, code: Code) -> String {
    match code {
        Code::SignedOut => text!(lang, code.signed_out),
        Code::SignInFailed => text!(lang, code.sign_in_failed),
        Code::PasswordsOff => text!(lang, code.passwords_off),
        Code::SsoUnavailable => text!(lang, code.sso_unavailable),
        Code::NotPermitted => text!(lang, code.not_permitted),
        Code::StepUpRequired => text!(lang, code.step_up_required),
        Code::SecondPersonRequired => text!(lang, code.second_person_required),
        Code::CodeWrong => text!(lang, code.code_wrong),
        Code::ChallengeUnknown => text!(lang, code.challenge_unknown),
        Code::ChallengeExpired => text!(lang, code.challenge_expired),
        Code::ChallengeSpent => text!(lang, code.challenge_spent),
        Code::ChallengeDead => text!(lang, code.challenge_dead),
        Code::ChallengeOtherAct => text!(lang, code.challenge_other_act),
        Code::ChallengeUnanswered => text!(lang, code.challenge_unanswered),
        Code::PasskeyWrong => text!(lang, code.passkey_wrong),
        Code::PasskeyNotVerified => text!(lang, code.passkey_not_verified),
        Code::PasskeyForeignOrigin => text!(lang, code.passkey_foreign_origin),
        Code::PasskeyCopied => text!(lang, code.passkey_copied),
        Code::PasswordWrong => text!(lang, code.password_wrong),
        Code::PasskeyNone => text!(lang, code.passkey_none),
        Code::NoticeUnacknowledged => text!(lang, code.notice_unacknowledged),
        Code::OwnProposal => text!(lang, code.own_proposal),
        Code::ProposerGone => text!(lang, code.proposer_gone),
        Code::OwnChange => text!(lang, code.own_change),
        Code::RevealFrozen => text!(lang, code.reveal_frozen),
        Code::LinkInvalid => text!(lang, code.link_invalid),
        Code::AlreadyDecided => text!(lang, code.already_decided),
        Code::ProposalExpired => text!(lang, code.proposal_expired),
        Code::ProposalWaiting => text!(lang, code.proposal_waiting),
        Code::LastAdministrators => text!(lang, code.last_administrators),
        Code::ChangeUnfit => text!(lang, code.change_unfit),
        Code::RoleConflict => text!(lang, code.role_conflict),
        Code::LinkTaken => text!(lang, code.link_taken),
        Code::ForeignOrigin => text!(lang, code.foreign_origin),
        Code::NotFound => text!(lang, code.not_found),
        Code::CopyBlocked => text!(lang, code.copy_blocked),
        Code::MethodNotAllowed => text!(lang, code.method_not_allowed),
        Code::NotAcceptable => text!(lang, code.not_acceptable),
        Code::CaseClosed => text!(lang, code.case_closed),
        Code::CaseLimit => text!(lang, code.case_limit),
        Code::CaseBoundElsewhere => text!(lang, code.case_bound_elsewhere),
        Code::CaseNotBound => text!(lang, code.case_not_bound),
        Code::PasskeyLimit => text!(lang, code.passkey_limit),
        Code::PasskeyKnown => text!(lang, code.passkey_known),
        Code::VerificationRunning => text!(lang, code.verification_running),
        Code::TailLimit => text!(lang, code.tail_limit),
        Code::Changed => text!(lang, code.changed),
        Code::RevealOver => text!(lang, code.reveal_over),
        Code::MoreSpent => text!(lang, code.more_spent),
        Code::CopySpent => text!(lang, code.copy_spent),
        Code::RatingSpent => text!(lang, code.rating_spent),
        Code::BodyTooSlow => text!(lang, code.body_too_slow),
        Code::BodyTooLarge => text!(lang, code.body_too_large),
        Code::NotAForm => text!(lang, code.not_a_form),
        Code::ForeignHost => text!(lang, code.foreign_host),
        Code::ForeignPeer => text!(lang, code.foreign_peer),
        Code::Invalid => text!(lang, code.invalid),
        Code::NoteNamesCustomer => text!(lang, code.note_names_customer),
        Code::CodeUsed => text!(lang, code.code_used),
        Code::FactorLocked => text!(lang, code.factor_locked),
        Code::BudgetSpent => text!(lang, code.budget_spent),
        Code::TooManyRefusals => text!(lang, code.too_many_refusals),
        Code::Busy => text!(lang, code.busy),
        Code::VaultKeyMissing => text!(lang, code.vault_key_missing),
        Code::IndexKeyMissing => text!(lang, code.index_key_missing),
        Code::StaffKeyMissing => text!(lang, code.staff_key_missing),
        Code::PasskeysUnavailable => text!(lang, code.passkeys_unavailable),
        Code::LogKeyMissing => text!(lang, code.log_key_missing),
        Code::LogUnavailable => text!(lang, code.log_unavailable),
        Code::LogIncomplete => text!(lang, code.log_incomplete),
        Code::ClockBehind => text!(lang, code.clock_behind),
        Code::ValueUnreadable => text!(lang, code.value_unreadable),
        Code::OwnExport => text!(lang, code.own_export),
        Code::SameUnit => text!(lang, code.same_unit),
        Code::PairTooOften => text!(lang, code.pair_too_often),
        Code::SameFactor => text!(lang, code.same_factor),
        Code::RecipientResting => text!(lang, code.recipient_resting),
        Code::AlreadyVoted => text!(lang, code.already_voted),
        Code::ExportState => text!(lang, code.export_state),
        Code::ExportExpired => text!(lang, code.export_expired),
        Code::ExportChanged => text!(lang, code.export_changed),
        Code::RequesterGone => text!(lang, code.requester_gone),
        Code::ApproverGone => text!(lang, code.approver_gone),
        Code::RecipientUnfit => text!(lang, code.recipient_unfit),
        Code::FileGone => text!(lang, code.file_gone),
        Code::NothingSelected => text!(lang, code.nothing_selected),
        Code::RowCap => text!(lang, code.row_cap),
        Code::PeriodCap => text!(lang, code.period_cap),
        Code::ExportLimit => text!(lang, code.export_limit),
    }
}

/// When another try makes sense, in the unit that one would say it in.
pub fn wait(lang: Lang, seconds: u32) -> String {
    match seconds {
        0..120 => text!(lang, reveal.wait, seconds = seconds),
        120..7200 => text!(lang, budget.wait_minutes, minutes = seconds.div_ceil(60)),
        7200.. => text!(lang, budget.wait_hours, hours = seconds.div_ceil(3600)),
    }
}

/// The heading that goes with a code.
pub fn heading(lang: Lang, code: Code) -> String {
    match code.status() {
        401 => text!(lang, refusal.signed_out),
        403 => text!(lang, refusal.not_permitted),
        404 => text!(lang, refusal.not_found),
        429 => text!(lang, refusal.wait),
        503 => text!(lang, refusal.unavailable),
        _ => text!(lang, refusal.refused),
    }
}

/// A job's name.
pub fn role(lang: Lang, role: Role) -> String {
    match role {
        Role::Operator => text!(lang, role.operator),
        Role::Approver => text!(lang, role.approver),
        Role::Supervisor => text!(lang, role.supervisor),
        Role::Admin => text!(lang, role.admin),
        Role::Auditor => text!(lang, role.auditor),
    }
}

/// What can be wrong with a value, as far as we have words for it.
pub const FAULTS: [&str; 39] = [
    "password_same",
    "password_differs",
    "required",
    "unknown",
    "ticket_form",
    "six_digits",
    "not_of_this_purpose_and_field",
    "search_empty",
    "search_wildcard",
    "search_list",
    "search_key_weak",
    "search_key_unknown",
    "search_key_repeated",
    "key_malformed",
    "empty",
    "too_long",
    "control_character",
    "wrong_length",
    "wrong_check_digit",
    "not_a_date",
    "not_digits",
    "bad_form",
    "looks_masked",
    "note_too_short",
    "note_too_long",
    "note_control_character",
    "note_filler",
    "note_repeated",
    "note_number",
    "note_email",
    "note_names_customer",
    "missing",
    "malformed",
    "unknown_parameter",
    "repeated_parameter",
    "invalid_utf8",
    "nul",
    "bad_escape",
    "note_of_decision",
];

/// What is wrong with one value. A code that we have no words for gets the form's own sentence.
pub fn fault(lang: Lang, fault: &Fault) -> String {
    match fault.code.as_str() {
        "required" => text!(lang, fault.required),
        "unknown" => text!(lang, fault.unknown),
        "ticket_form" => text!(lang, fault.ticket_form),
        "six_digits" => text!(lang, fault.six_digits),
        "not_of_this_purpose_and_field" => text!(lang, fault.not_of_this_purpose_and_field),
        "search_empty" => text!(lang, fault.search_empty),
        "search_wildcard" => text!(lang, fault.search_wildcard),
        "search_list" => text!(lang, fault.search_list),
        "search_key_weak" => text!(lang, fault.search_key_weak),
        "search_key_unknown" => text!(lang, fault.search_key_unknown),
        "search_key_repeated" => text!(lang, fault.search_key_repeated),
        "key_malformed" => text!(lang, fault.key_malformed),
        "empty" => text!(lang, fault.empty),
        "too_long" => text!(lang, fault.too_long),
        "control_character" => text!(lang, fault.control_character),
        "wrong_length" => text!(lang, fault.wrong_length),
        "wrong_check_digit" => text!(lang, fault.wrong_check_digit),
        "not_a_date" => text!(lang, fault.not_a_date),
        "not_digits" => text!(lang, fault.not_digits),
        "bad_form" => text!(lang, fault.bad_form),
        "looks_masked" => text!(lang, fault.looks_masked),
        "note_too_short" => text!(lang, fault.note_too_short),
        "note_too_long" => text!(lang, fault.note_too_long),
        "note_control_character" => text!(lang, fault.note_control_character),
        "note_filler" => text!(lang, fault.note_filler),
        "note_repeated" => text!(lang, fault.note_repeated),
        "note_number" => text!(lang, fault.note_number),
        "note_email" => text!(lang, fault.note_email),
        "note_names_customer" => text!(lang, fault.note_names_customer),
        "password_short" => text!(lang, fault.password_short),
        "password_long" => text!(lang, fault.password_long),
        "password_keys" => text!(lang, fault.password_keys),
        "password_repeats" => text!(lang, fault.password_repeats),
        "password_common" => text!(lang, fault.password_common),
        "password_sequence" => text!(lang, fault.password_sequence),
        "password_dates" => text!(lang, fault.password_dates),
        "password_word" => text!(lang, fault.password_word),
        "password_names" => text!(lang, fault.password_names),
        "password_guessable" => text!(lang, fault.password_guessable),
        "password_same" => text!(lang, fault.password_same),
        "password_differs" => text!(lang, fault.password_differs),
        "note_of_decision" => text!(lang, fault.note_of_decision),
        "nobody_ticked" => text!(lang, fault.nobody_ticked),
        "too_many_ticked" => text!(lang, fault.too_many_ticked),
        "never_exported" => text!(lang, fault.never_exported),
        "form_refused" => text!(lang, fault.form_refused),
        "none_chosen" => text!(lang, fault.none_chosen),
        "repeated" => text!(lang, fault.repeated),
        "backwards" => text!(lang, fault.backwards),
        "window_too_long" => text!(lang, fault.window_too_long),
        "either_or" => text!(lang, fault.either_or),
        "nothing_chosen" => text!(lang, fault.nothing_chosen),
        "too_many" => text!(lang, fault.too_many),
        "not_yours" => text!(lang, fault.not_yours),
        "retention_range" => text!(lang, fault.retention_range),
        "due_range" => text!(lang, fault.due_range),
        "past" => text!(lang, fault.past),
        "key_secret" => text!(lang, fault.key_secret),
        "key_unsupported" => text!(lang, fault.key_unsupported),
        "missing" => text!(lang, fault.missing),
        "malformed" => text!(lang, fault.malformed),
        "unknown_parameter" => text!(lang, fault.unknown_parameter),
        "repeated_parameter" => text!(lang, fault.repeated_parameter),
        "invalid_utf8" => text!(lang, fault.invalid_utf8),
        "nul" => text!(lang, fault.nul),
        "bad_escape" => text!(lang, fault.bad_escape),
        _ => sentence(lang, Code::Invalid),
    }
}

/// The same with the value's name before it: in these words at the field and in the summary above.
pub fn fault_about(lang: Lang, label: &str, about: &Fault) -> String {
    text!(lang, fault.about, label = label, words = fault(lang, about))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang;

    #[test]
    fn every_code_has_a_sentence_of_its_own_in_both_languages() {
        for lang in lang::ALL {
            let mut sentences: Vec<String> = Code::ALL.iter().map(|code| sentence(lang, *code)).collect();
            assert!(sentences.iter().all(|sentence| sentence.chars().count() > 9), "{sentences:?}");
            sentences.sort();
            sentences.dedup();
            assert_eq!(sentences.len(), Code::ALL.len());
        }
        for code in Code::ALL {
            assert_ne!(sentence(Lang::zh, *code), sentence(Lang::en, *code));
        }
    }

    /// The rules' own lists of what can be wrong with a value.
    #[test]
    fn every_fault_of_the_rules_has_words() {
        use domain::normalise::BadValue;
        use domain::note::BadNote;
        use domain::search::SearchRefusal;
        let values = [
            BadValue::Empty,
            BadValue::TooLong,
            BadValue::ControlCharacter,
            BadValue::WrongLength,
            BadValue::WrongCheckDigit,
            BadValue::NotADate,
            BadValue::NotDigits,
            BadValue::BadForm,
            BadValue::LooksMasked,
        ];
        let notes = [
            BadNote::TooShort,
            BadNote::TooLong,
            BadNote::ControlCharacter,
            BadNote::Filler,
            BadNote::Repeated,
            BadNote::Number,
            BadNote::Email,
        ];
        let searches = [
            SearchRefusal::Empty,
            SearchRefusal::Wildcard,
            SearchRefusal::List,
            SearchRefusal::KeyWeak,
            SearchRefusal::KeyUnknown,
            SearchRefusal::KeyRepeated,
        ];
        let edge = ["missing", "malformed", "unknown_parameter", "repeated_parameter", "invalid_utf8", "nul"];
        for code in values
            .iter()
            .map(|bad| bad.code())
            .chain(notes.iter().map(|bad| bad.code()))
            .chain(searches.iter().map(SearchRefusal::code))
            .chain(edge)
        {
            for lang in lang::ALL {
                let words = fault(lang, &Fault::new("x", code));
                assert_ne!(words, sentence(lang, Code::Invalid), "{code}");
                assert!(FAULTS.contains(&code), "{code} is not told to the browser");
            }
        }
    }

    #[test]
    fn q4_a_wait_is_told_in_the_unit_that_one_would_say_it_in() {
        for (seconds, words) in [
            (1, "Try again in 1 s."),
            (119, "Try again in 119 s."),
            (120, "Try again in 2 minutes."),
            (3541, "Try again in 60 minutes."),
            (7200, "Try again in 2 hours."),
            (86_401, "Try again in 25 hours."),
        ] {
            assert_eq!(wait(Lang::en, seconds), words);
        }
    }
}
