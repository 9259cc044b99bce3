//! Why something was refused: one closed list, the same on the wire and in the log.
//!
//! A code never holds what was typed. The screens turn it into a sentence in the reader's language.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident $text:literal $status:literal;)*) => {
        /// A refusal's code and, by [`Code::status`], the HTTP status that carries it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Code {$(
            $(#[doc = $doc])*
            #[serde(rename = $text)]
            $name,
        )*}

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &[Code] = &[$(Code::$name),*];
            /// As it stands on the wire and in the log.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }
            /// In words, for `docs/events.md`.
            pub const fn about(self) -> &'static str {
                match self { $(Code::$name => concat!($($doc),*),)* }
            }
            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 {
                match self { $(Code::$name => $status,)* }
            }
        }
    };
}

codes! {
    /// Nobody is signed in here, or no longer.
    SignedOut "signed_out" 401;
    /// Something was wrong at sign-in; which part is not told (U2).
    SignInFailed "sign_in_failed" 401;
    /// No password is taken here: one signs in by single sign-on (U9).
    PasswordsOff "passwords_off" 403;
    /// The role, the branch or the policy says no.
    NotPermitted "not_permitted" 403;
    /// Ask again with a second factor bound to this act (V2).
    StepUpRequired "step_up_required" 403;
    /// Ask again with a second person (V2, V5, V8).
    SecondPersonRequired "second_person_required" 403;
    /// The second factor's code is not right.
    CodeWrong "code_wrong" 403;
    /// The challenge is not one that waits for a factor.
    ChallengeUnknown "challenge_unknown" 403;
    /// The challenge's two minutes are over.
    ChallengeExpired "challenge_expired" 403;
    /// The challenge was used.
    ChallengeSpent "challenge_spent" 403;
    /// The challenge died after three wrong codes.
    ChallengeDead "challenge_dead" 403;
    /// The challenge was made for another act.
    ChallengeOtherAct "challenge_other_act" 403;
    /// No factor has answered the challenge yet.
    ChallengeUnanswered "challenge_unanswered" 403;
    /// The passkey is not one of this person's, or its signature is not right.
    PasskeyWrong "passkey_wrong" 403;
    /// The authenticator did not verify its user: no PIN, no fingerprint (U2).
    PasskeyNotVerified "passkey_not_verified" 403;
    /// The passkey was asked for by another site than this.
    PasskeyForeignOrigin "passkey_foreign_origin" 403;
    /// The passkey counted backwards, as a copy does: it is suspended.
    PasskeyCopied "passkey_copied" 403;
    /// The present password is not that.
    PasswordWrong "password_wrong" 403;
    /// This person has no passkey that serves.
    PasskeyNone "passkey_none" 403;
    /// The notice of secrecy is not acknowledged in this session yet: it comes before anything else.
    NoticeUnacknowledged "notice_unacknowledged" 403;
    /// One's own proposal, by whichever login: another person decides it.
    OwnProposal "own_proposal" 403;
    /// The proposal is about whoever would decide it.
    OwnChange "own_change" 403;
    /// One's own export, by whichever login: others decide it (E2).
    OwnExport "own_export" 403;
    /// Whoever decides must be of another unit than who asked, and than who decided before (E1, E2).
    SameUnit "same_unit" 403;
    /// This pair of people decided together too often of late: another approver must (abuse case 5).
    PairTooOften "pair_too_often" 403;
    /// What was submitted by one kind of second factor is fetched by the other (JR/T 0171 6.1.4.2 f).
    SameFactor "same_factor" 403;
    /// Whoever entered a recipient neither asks for nor approves an export to it for seven days (E1).
    RecipientResting "recipient_resting" 403;
    /// A factor was reset, so nothing is revealed for a day (U4).
    RevealFrozen "reveal_frozen" 403;
    /// The request did not come from Grille's own page (U6).
    ForeignOrigin "foreign_origin" 403;
    /// Not there, or not yours: one answer (Q6).
    NotFound "not_found" 404;
    /// The one-time link is no link, not theirs, too old or used: one answer.
    LinkInvalid "link_invalid" 404;
    /// The catalogue does not let this field be copied (V4).
    CopyBlocked "copy_blocked" 403;
    /// This address takes another method.
    MethodNotAllowed "method_not_allowed" 405;
    /// A value is not sent to a page (V4).
    NotAcceptable "not_acceptable" 406;
    /// The body did not come in time.
    BodyTooSlow "body_too_slow" 408;
    /// The case is closed.
    CaseClosed "case_closed" 409;
    /// Five cases are open (Q1).
    CaseLimit "case_limit" 409;
    /// The case belongs to another customer (Q1).
    CaseBoundElsewhere "case_bound_elsewhere" 409;
    /// The case has no customer yet: view one first (V2).
    CaseNotBound "case_not_bound" 409;
    /// Five passkeys are there: revoke one first.
    PasskeyLimit "passkey_limit" 409;
    /// This credential was enrolled before.
    PasskeyKnown "passkey_known" 409;
    /// This person voted already.
    AlreadyVoted "already_voted" 409;
    /// The export is at another step than this act belongs to.
    ExportState "export_state" 409;
    /// The export waited too long.
    ExportExpired "export_expired" 409;
    /// The export is not what was approved: it is not made (E3).
    ExportChanged "export_changed" 409;
    /// Whoever asked for the export has other rights now, or none (E6).
    RequesterGone "requester_gone" 409;
    /// Whoever approved the export has other rights now, or none (E6).
    ApproverGone "approver_gone" 409;
    /// The recipient is not confirmed, was ended, or its assessment is over (E1).
    RecipientUnfit "recipient_unfit" 409;
    /// The file is gone: fetched, destroyed, or never made (E5).
    FileGone "file_gone" 409;
    /// No customer is selected.
    NothingSelected "nothing_selected" 409;
    /// More rows than may leave at once (E1).
    RowCap "row_cap" 409;
    /// More rows than may leave for one person in thirty days (E1).
    PeriodCap "period_cap" 409;
    /// So many requests are under way already.
    ExportLimit "export_limit" 409;
    /// Somebody decided the proposal already.
    AlreadyDecided "already_decided" 409;
    /// Nobody decided the proposal within seven days.
    ProposalExpired "proposal_expired" 409;
    /// Whoever proposed it has no rights any more: propose it anew.
    ProposerGone "proposer_gone" 409;
    /// A proposal about this member of staff waits already.
    ProposalWaiting "proposal_waiting" 409;
    /// The change fits nobody of this number as they are now.
    ChangeUnfit "change_unfit" 409;
    /// Fewer than two administrators would be left, and two are what it takes to bring one back.
    LastAdministrators "last_administrators" 409;
    /// The person has another role by another login, and roles exclude each other.
    RoleConflict "role_conflict" 409;
    /// The link was taken already, or there is none.
    LinkTaken "link_taken" 409;
    /// The whole log is being verified already.
    VerificationRunning "verification_running" 409;
    /// Two live tails of this session are open (S1).
    TailLimit "tail_limit" 409;
    /// Person, case or policy changed between permission and act.
    Changed "changed" 409;
    /// The value's time on the screen is over (V4).
    RevealOver "reveal_over" 409;
    /// It was given more time once, which is all there is (V4).
    MoreSpent "more_spent" 409;
    /// It was copied once, which is all there is (V4).
    CopySpent "copy_spent" 409;
    /// Whether it was needed was answered before (V9).
    RatingSpent "rating_spent" 409;
    /// The body is over 16 KiB.
    BodyTooLarge "body_too_large" 413;
    /// The body is not a URL-encoded form.
    NotAForm "not_a_form" 415;
    /// The host is not the one served (U6).
    ForeignHost "foreign_host" 421;
    /// It did not come by a proxy that the configuration names (U8).
    ForeignPeer "foreign_peer" 421;
    /// The request's values do not fit; `faults` names each.
    Invalid "invalid" 422;
    /// The note of the case names this customer (V2n).
    NoteNamesCustomer "note_names_customer" 422;
    /// The code was used; wait for the next (U2).
    CodeUsed "code_used" 429;
    /// Ten failures lock for 30 minutes (U3).
    FactorLocked "factor_locked" 429;
    /// The budget for this is spent; `retry_after` says when it opens again (Q4).
    BudgetSpent "budget_spent" 429;
    /// Too many refusals in a row (A10).
    TooManyRefusals "too_many_refusals" 429;
    /// Too busy; nothing was done.
    Busy "busy" 503;
    /// The vault key is missing (L0).
    VaultKeyMissing "vault_key_missing" 503;
    /// The index key is missing (L0).
    IndexKeyMissing "index_key_missing" 503;
    /// The staff-secret key is missing (L0).
    StaffKeyMissing "staff_key_missing" 503;
    /// Passkeys need a site with a name, and this one is served under an address.
    PasskeysUnavailable "passkeys_unavailable" 503;
    /// The identity provider cannot be asked just now (U9).
    SsoUnavailable "sso_unavailable" 503;
    /// The log-signing key is missing (L0).
    LogKeyMissing "log_key_missing" 503;
    /// The record could not be written, so nothing was done (V3).
    LogUnavailable "log_unavailable" 503;
    /// The log lacks entries that were vouched for before (A3).
    LogIncomplete "log_incomplete" 503;
    /// The clock stands behind the log (A6).
    ClockBehind "clock_behind" 503;
    /// A stored value could not be opened.
    ValueUnreadable "value_unreadable" 503;
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong with one named value of a request. `code` is the parser's own word for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The parameter, if it is one the endpoint knows.
    pub field: String,
    /// Snake case, from a small closed list a parser.
    pub code: String,
}

impl Fault {
    /// `code` about `field`.
    pub fn new(field: &str, code: &str) -> Self {
        Self { field: field.into(), code: code.into() }
    }
}
