//! The stronger answer to the second question: a passkey signs this one act.

use super::dialog::{Dialog, Stage};
use crate::passkey::{Trouble, assert};
use crate::wire::Refusal;
use std::rc::Rc;

impl Dialog {
    /// Answers the challenge by a passkey, then asks again.
    pub(super) fn answer_by_passkey(self: &Rc<Self>) {
        let Stage::Factor { challenge } = self.stage() else { return };
        if self.is_busy() {
            return;
        }
        self.spawn(|dialog| async move {
            let form = [("challenge", challenge.as_str())];
            let answered = assert("/api/step_up/passkey/begin", "/api/step_up/passkey", &form).await;
            if dialog.is_shut() {
                return;
            }
            let Err(trouble) = answered else { return dialog.put(Some(challenge)).await };
            if !trouble.leaves_the_challenge() {
                dialog.go(Stage::Ask);
            }
            match &trouble {
                Trouble::Server(refusal) => dialog.complain(refusal),
                Trouble::Browser(_) => dialog.say_trouble(&trouble.sentence(), &Refusal::default()),
            }
        });
    }
}
