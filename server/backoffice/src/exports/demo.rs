//! Two recipients of every demonstration, so that a newcomer can send an export today: a regulator whose files the
//! demonstration's own key opens, and a third party whose assessment is nearly over, for the register.
//!
//! They were entered and confirmed long enough ago that nobody has to stand back (E1): that is in their rows, and
//! when they came in is in the log. Nobody real is behind them, and no bank's office is ever given them.

use super::SealingKey;
use crate::audit::{Act, ActError, Verdict};
use crate::auth::event;
use crate::backoffice::BackOffice;
use crate::store::recipients::{self, Known, NewRecipient, NewRecipientDecision};
use crate::store::staff::StaffRow;
use crate::store::{WriteTx, staff_admin};
use crate::system::random;
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::clock::Span;
use domain::code::Code;
use domain::desk::DeskError;
use domain::export::{RECIPIENT_LIFE, RecipientKind};
use domain::id::{RecipientId, StaffNo};

/// A recipient that the demonstration tells in full.
#[derive(Clone, Copy, Debug)]
pub struct DemoRecipient {
    id: [u8; 16],
    /// Called what.
    pub name: &'static str,
    /// What it is to the bank.
    pub kind: RecipientKind,
    contact: &'static str,
    /// The public key that files are sealed to.
    pub key: &'static str,
    /// The secret half, told to everybody, where somebody is to open a file.
    pub identity: Option<&'static str>,
    assessment: &'static str,
    assessed_days: i64,
    commitment: &'static str,
}

impl DemoRecipient {
    /// The same in every demonstration.
    pub const fn id(&self) -> RecipientId {
        RecipientId::from_bytes(self.id)
    }
}

/// A regulator, and a third party.
pub const DEMO_RECIPIENTS: [DemoRecipient; 2] = [
    DemoRecipient {
        id: *b"\x01\x9a\x9a\x9a\x00\x00\x70\x00\x80\x00\x00\x00\x00\x00\x00\x01",
        name: "演示监管局 / Demo Regulator",
        kind: RecipientKind::Authority,
        contact: "统计处 Statistics desk",
        key: "age1d7kvf82pv487esl6jde9gjkr59gw5y2ff9whnjak4w37p49pp5nqy5ajet",
        identity: Some("AGE-SECRET-KEY-1ND947ZNTCP3DD5E40YPE397Q8CYTXWP237JAEWZVRRQXVKQ3XVNQAWPT33"),
        assessment: "DEMO-AS-1",
        assessed_days: 365,
        commitment: "DEMO-CO-1",
    },
    DemoRecipient {
        id: *b"\x01\x9a\x9a\x9a\x00\x00\x70\x00\x80\x00\x00\x00\x00\x00\x00\x02",
        name: "演示账单印制公司 / Demo Statement Printers",
        kind: RecipientKind::ThirdParty,
        contact: "生产部 Production",
        key: "age1xfazpgmfassfrgkjesamr7c8fdqrujf5sj66q794dl39p8x7zgmsakgh4a",
        identity: None,
        assessment: "DEMO-AS-2",
        assessed_days: 20,
        commitment: "DEMO-CO-2",
    },
];

/// More than anybody may be made to stand back.
const ENTERED: Span = Span::days(40);
const CONFIRMED: Span = Span::days(38);
const CHANNEL: &str = "当面核对 In person";
const NOTE: &str = "两人当面逐组核对了密钥指纹 Both read the fingerprint aloud, group by group";

impl BackOffice {
    /// Enters and confirms those that are not there yet, in the names of two people of two units. Nothing is done in
    /// the name of whoever is not there.
    pub async fn enter_demo_recipients(&self, proposer: &StaffNo, confirmer: &StaffNo) -> Result<(), DeskError> {
        for recipient in &DEMO_RECIPIENTS {
            for step in [Step::Enter, Step::Confirm] {
                let by = [proposer.clone(), confirmer.clone()];
                match self.ledger.act(Seed { recipient, step, by }).await {
                    // there already, or nobody to do it: a demonstration begins without it
                    Ok(_) | Err(ActError::Refused(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Step {
    Enter,
    Confirm,
}

struct Seed {
    recipient: &'static DemoRecipient,
    step: Step,
    by: [StaffNo; 2],
}

#[async_trait::async_trait]
impl Act for Seed {
    type Fact = ();
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let nothing_to_do = Ok(Verdict::Unrecorded { error: Code::AlreadyDecided.into() });
        let Some([proposer, confirmer]) = self.two_people(tx).await? else { return nothing_to_do };
        let there = recipients::find(tx.conn(), self.recipient.id()).await?;
        let mut details = self.details();
        match (self.step, there) {
            (Step::Enter, None) => {
                self.enter(tx, &proposer).await?;
                details.due = Some(tx.now().plus(Span::days(self.recipient.assessed_days)));
            }
            // Whoever entered it may have moved to the second one's unit since: then nobody confirms it here.
            (Step::Confirm, Some(row)) if row.decision.is_none() && row.by_unit != confirmer.unit => {
                details.note = Some(self.confirm(tx, &confirmer).await?);
                details.confirmed = Some(true);
            }
            (Step::Enter, Some(_)) | (Step::Confirm, _) => return nothing_to_do,
        }
        Ok(Verdict::Done { event: event(tx, self.kind(), None, None, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        event(tx, self.kind(), Some(error.code()), None, None, self.details())
    }
}

impl Seed {
    const fn kind(&self) -> Kind {
        match self.step {
            Step::Enter => Kind::RecipientProposed,
            Step::Confirm => Kind::RecipientDecided,
        }
    }

    fn details(&self) -> Details {
        Details {
            recipient: Some(self.recipient.id()),
            recipient_kind: Some(self.recipient.kind),
            recipient_key: SealingKey::parse(self.recipient.key).ok().map(|key| key.fingerprint()),
            ..Details::default()
        }
    }

    /// Two people of two units, or nobody.
    async fn two_people(&self, tx: &mut WriteTx<'_>) -> sqlx::Result<Option<[StaffRow; 2]>> {
        let [proposer, confirmer] = &self.by;
        let proposer = staff_admin::find(tx.conn(), proposer).await?;
        let confirmer = staff_admin::find(tx.conn(), confirmer).await?;
        let two = proposer.zip(confirmer).filter(|(one, other)| one.person != other.person && one.unit != other.unit);
        Ok(two.map(|(proposer, confirmer)| [proposer, confirmer]))
    }

    async fn enter(&self, tx: &mut WriteTx<'_>, by: &StaffRow) -> sqlx::Result<()> {
        let (now, recipient) = (tx.now(), self.recipient);
        let known = Known {
            name: recipient.name.into(),
            kind: recipient.kind,
            contact: recipient.contact.into(),
            key: recipient.key.into(),
            assessment: recipient.assessment.into(),
            assessed_until: now.plus(Span::days(recipient.assessed_days)),
            commitment: recipient.commitment.into(),
        };
        let new = NewRecipient {
            id: recipient.id(),
            known: &known,
            staff: by.id,
            person: &by.person,
            unit: &by.unit,
            by_version: by.version,
            proposed: now.minus(ENTERED),
            expires: now.minus(ENTERED).plus(RECIPIENT_LIFE),
        };
        recipients::insert(tx.conn(), &new).await
    }

    /// The note's commitment, for the log.
    async fn confirm(&self, tx: &mut WriteTx<'_>, by: &StaffRow) -> sqlx::Result<Fingerprint> {
        let salt = random::<32>(tx.entropy());
        let new = NewRecipientDecision {
            recipient: self.recipient.id(),
            confirmed: true,
            channel: CHANNEL,
            note: NOTE,
            salt: &salt,
            staff: by.id,
            person: &by.person,
            unit: &by.unit,
            at: tx.now().minus(CONFIRMED),
        };
        recipients::decide(tx.conn(), &new).await?;
        Ok(Fingerprint::of_note(&salt, NOTE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::clock::Timestamp;

    #[test]
    fn e1_a_demonstrations_keys_are_keys_and_the_told_secret_opens_what_is_sealed_to_the_first() {
        for recipient in &DEMO_RECIPIENTS {
            assert_eq!(SealingKey::parse(recipient.key).unwrap().as_str(), recipient.key);
        }
        let identity: age::x25519::Identity = DEMO_RECIPIENTS[0].identity.unwrap().parse().unwrap();
        assert_eq!(identity.to_public().to_string(), DEMO_RECIPIENTS[0].key);
        assert_ne!(DEMO_RECIPIENTS[0].id(), DEMO_RECIPIENTS[1].id());
    }

    #[test]
    fn e1_nobody_has_to_stand_back_from_them_however_long_a_bank_sets_that() {
        assert!(CONFIRMED > Span::days(30) && ENTERED > CONFIRMED);
        let now = Timestamp::from_millis(0);
        assert!(now.minus(CONFIRMED) < now.minus(ENTERED).plus(RECIPIENT_LIFE), "decided while it waited");
    }
}
