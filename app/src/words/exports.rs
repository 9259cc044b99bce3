//! The closed lists of exports, in words.

use crate::lang::{Lang, text};
use domain::audit::event::EndingName;
use domain::desk::{ExportState, RecipientState};
use domain::export::{Basis, Channel, ExportFormat, Form, RecipientKind};

/// As what a field leaves.
pub fn form(lang: Lang, form: Form) -> String {
    match form {
        Form::Mask => text!(lang, export_word.mask),
        Form::Token => text!(lang, export_word.token),
        Form::Plain => text!(lang, export_word.plain),
    }
}

/// A field and as what it leaves.
pub fn field_as(lang: Lang, field: &str, as_what: Form) -> String {
    text!(lang, export_word.field_as, field = field, form = form(lang, as_what))
}

/// How a file is written.
pub fn format(lang: Lang, format: ExportFormat) -> String {
    match format {
        ExportFormat::Csv => text!(lang, export_word.csv),
        ExportFormat::Xlsx => text!(lang, export_word.xlsx),
    }
}

/// The ground in law.
pub fn basis(lang: Lang, basis: Basis) -> String {
    match basis {
        Basis::Consent => text!(lang, export_word.consent),
        Basis::Contract => text!(lang, export_word.contract),
        Basis::LegalDuty => text!(lang, export_word.legal_duty),
        Basis::Emergency => text!(lang, export_word.emergency),
        Basis::Published => text!(lang, export_word.published),
        Basis::OtherLaw => text!(lang, export_word.other_law),
    }
}

/// What a recipient is to the bank.
pub fn kind(lang: Lang, kind: RecipientKind) -> String {
    match kind {
        RecipientKind::Internal => text!(lang, export_word.internal),
        RecipientKind::Group => text!(lang, export_word.group),
        RecipientKind::ThirdParty => text!(lang, export_word.third_party),
        RecipientKind::Authority => text!(lang, export_word.authority),
    }
}

/// A way by which data may leave.
pub fn channel(lang: Lang, channel: Channel) -> String {
    match channel {
        Channel::Export => text!(lang, export_word.channel_export),
        Channel::LogBundle => text!(lang, export_word.channel_log_bundle),
        Channel::Backup => text!(lang, export_word.channel_backup),
        Channel::Browser => text!(lang, export_word.channel_browser),
    }
}

/// What a check of it found.
pub fn sound(lang: Lang, sound: bool) -> String {
    if sound { text!(lang, export_word.sound) } else { text!(lang, export_word.unsound) }
}

/// How far a request is.
pub fn state(lang: Lang, state: ExportState) -> String {
    match state {
        ExportState::Draft => text!(lang, export_word.draft),
        ExportState::Submitted => text!(lang, export_word.submitted),
        ExportState::Approved => text!(lang, export_word.approved),
        ExportState::Rejected => text!(lang, export_word.rejected),
        ExportState::Expired => text!(lang, export_word.expired),
        ExportState::Withdrawn => text!(lang, export_word.withdrawn),
        ExportState::Queued => text!(lang, export_word.queued),
        ExportState::Running => text!(lang, export_word.running),
        ExportState::Failed => text!(lang, export_word.failed),
        ExportState::Generated => text!(lang, export_word.generated),
        ExportState::Downloaded => text!(lang, export_word.downloaded),
        ExportState::Destroyed => text!(lang, export_word.destroyed),
    }
}

/// How far a recipient is.
pub fn recipient(lang: Lang, state: RecipientState) -> String {
    match state {
        RecipientState::Waiting => text!(lang, export_word.recipient_waiting),
        RecipientState::Confirmed => text!(lang, export_word.recipient_confirmed),
        RecipientState::Rejected => text!(lang, export_word.recipient_rejected),
        RecipientState::Expired => text!(lang, export_word.recipient_expired),
        RecipientState::Ended => text!(lang, export_word.recipient_ended),
        RecipientState::AssessmentOver => text!(lang, export_word.recipient_assessment_over),
    }
}

/// Why a file is no more.
pub fn ending(lang: Lang, ending: EndingName) -> String {
    match ending {
        EndingName::Downloaded => text!(lang, export_word.ending_downloaded),
        EndingName::Expired => text!(lang, export_word.ending_expired),
        EndingName::Withdrawn => text!(lang, export_word.ending_withdrawn),
        EndingName::Failed => text!(lang, export_word.ending_failed),
        EndingName::Revoked => text!(lang, export_word.ending_revoked),
        EndingName::Absent => text!(lang, export_word.ending_absent),
    }
}

/// What somebody voted.
pub fn vote(lang: Lang, approved: bool) -> String {
    if approved { text!(lang, export_word.approved_vote) } else { text!(lang, export_word.rejected_vote) }
}

/// A count as people read it: 1,240.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::ALL;

    #[test]
    fn a_count_is_grouped_as_people_read_it() {
        for (n, read) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_240, "1,240"), (1_000_000, "1,000,000")] {
            assert_eq!(number(n), read);
        }
    }

    #[test]
    fn e2_every_state_of_a_request_has_words_of_its_own_in_both_languages() {
        let states = [
            ExportState::Draft,
            ExportState::Submitted,
            ExportState::Approved,
            ExportState::Rejected,
            ExportState::Expired,
            ExportState::Withdrawn,
            ExportState::Queued,
            ExportState::Running,
            ExportState::Failed,
            ExportState::Generated,
            ExportState::Downloaded,
            ExportState::Destroyed,
        ];
        for lang in ALL {
            let mut told: Vec<String> = states.iter().map(|one| state(lang, *one)).collect();
            told.sort();
            told.dedup();
            assert_eq!(told.len(), states.len());
        }
    }
}
