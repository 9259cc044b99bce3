//! Changing one's own password: what the second factor for it is bound to (U1, ASVS 7.5.1).

use crate::id::{Lineage, PersonNo};
use crate::step_up::ActDigest;

/// One change of one password.
#[derive(Clone, Copy, Debug)]
pub struct PasswordChange<'a> {
    /// Whose.
    pub person: &'a PersonNo,
    /// From sign-in to sign-out.
    pub lineage: Lineage,
    /// The new password under a key. Its hash alone would stand in storage and in the log, to be guessed at
    /// much faster than the password's own.
    pub tag: &'a [u8; 32],
}

impl PasswordChange<'_> {
    /// The digest that the challenge commits to.
    pub fn digest(&self) -> ActDigest {
        let operation = b"password_change";
        let person = self.person.as_str().as_bytes();
        ActDigest::of(&[b"grille own act v1", person, self.lineage.as_bytes(), operation, self.tag])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v2_a_factor_for_one_new_password_is_none_for_another_persons_sessions_or_password() {
        let of = |person: &str, lineage: u8, tag: u8| {
            let (person, lineage) = (PersonNo::parse(person).unwrap(), Lineage::from_bytes([lineage; 16]));
            PasswordChange { person: &person, lineage, tag: &[tag; 32] }.digest()
        };
        let one = of("P1001", 1, 1);
        assert_eq!(one, of("P1001", 1, 1));
        assert!([of("P1002", 1, 1), of("P1001", 2, 1), of("P1001", 1, 2)].iter().all(|other| *other != one));
    }
}
