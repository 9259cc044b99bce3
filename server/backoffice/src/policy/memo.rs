//! What the engine answered before. Its answer hangs on the policies and on the question alone, and whoever looks after
//! one customer asks the same few again and again; so it is asked once for each.

use super::{Question, Standing};
use domain::id::{BranchNo, StaffNo};
use domain::role::Role;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Answers kept: a bank's day of tellers, branches, purposes and fields, in a few megabytes.
const MOST: usize = 10_000;

/// All that an answer hangs on.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    pub staff_no: StaffNo,
    pub role: Role,
    pub unit: BranchNo,
    pub action: &'static str,
    pub question: Question,
}

impl Asked {
    pub fn of(who: &Standing<'_>, action: &'static str, question: Question) -> Self {
        Self { staff_no: who.staff_no.clone(), role: who.role, unit: who.unit.clone(), action, question }
    }
}

/// Answers of one set of policies. It ends with them: other policies begin with none.
#[derive(Default)]
pub(super) struct Memo(Mutex<HashMap<Asked, bool>>);

impl Memo {
    /// The answer that is known, or the engine's. A failure is none, and is not kept.
    pub fn answer(&self, asked: Asked, ask: impl FnOnce(&Asked) -> Option<bool>) -> Option<bool> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&asked).copied();
        if known.is_some() {
            return known;
        }
        let answer = ask(&asked)?;
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // All are forgotten at once: which of them is asked next is anybody's guess, and asking costs microseconds.
        if answers.len() >= MOST {
            answers.clear();
        }
        answers.insert(asked, answer);
        Some(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(number: usize, branch: Option<&str>) -> Asked {
        Asked {
            staff_no: StaffNo::parse(&format!("op{number}")).unwrap(),
            role: Role::Operator,
            unit: BranchNo::parse("0101").unwrap(),
            action: "viewCustomer",
            question: Question { branch: branch.map(str::to_owned), context: Vec::new() },
        }
    }

    #[test]
    fn u7_an_answer_is_kept_for_its_own_question_and_a_failure_for_none() {
        let memo = Memo::default();
        assert_eq!(memo.answer(asked(1000, Some("0101")), |_| None), None);
        assert_eq!(memo.answer(asked(1000, Some("0101")), |_| Some(true)), Some(true));
        assert_eq!(memo.answer(asked(1000, Some("0101")), |_| Some(false)), Some(true), "it is not asked again");
        for other in [asked(1000, Some("0102")), asked(1000, None), asked(1001, Some("0101"))] {
            assert_eq!(memo.answer(other, |_| Some(false)), Some(false));
        }
        let role = Asked { role: Role::Supervisor, ..asked(1000, Some("0101")) };
        assert_eq!(memo.answer(role, |_| Some(false)), Some(false));
    }

    #[test]
    fn u7_no_more_answers_are_kept_than_there_is_room_for() {
        let memo = Memo::default();
        for number in 0..=MOST {
            memo.answer(asked(10_000 + number, None), |_| Some(true));
        }
        assert_eq!(memo.0.lock().unwrap().len(), 1);
    }
}
