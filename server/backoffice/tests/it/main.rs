//! The back office from its public side, on a real file, with a clock and hooks held by hand.
//!
//! `office` is the vocabulary: a bank's branch in a temporary folder, people who sign in by both factors,
//! customers sealed in its vault. Each test is a sentence of a rule and carries its number; each refusal is
//! seen twice, as an answer and as an event.

#[cfg(test)]
mod accord;
#[cfg(test)]
mod after_a_reveal;
#[cfg(test)]
mod authenticator;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod bank_wide;
#[cfg(test)]
mod budgets;
#[cfg(test)]
mod bundle;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod customers;
#[cfg(test)]
mod database;
#[cfg(test)]
mod delays;
#[cfg(test)]
mod demo_recipients;
#[cfg(test)]
mod drafts;
#[cfg(test)]
mod enrol;
#[cfg(test)]
mod export_tokens;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod filled;
#[cfg(test)]
mod forged_backup;
#[cfg(test)]
mod four_eyes;
#[cfg(test)]
mod intruder;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod notes;
#[cfg(test)]
mod office;
mod own_password;
#[cfg(test)]
mod passkeys;
#[cfg(test)]
mod people;
#[cfg(test)]
mod races;
#[cfg(test)]
mod readiness;
#[cfg(test)]
mod recertify;
#[cfg(test)]
mod remask;
#[cfg(test)]
mod reveal;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod searching;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod sso;
#[cfg(test)]
mod step_up;
#[cfg(test)]
mod supervise;
#[cfg(test)]
mod tail;
#[cfg(test)]
mod tamper;
#[cfg(test)]
mod writer;
#[cfg(test)]
mod wrong_person;
