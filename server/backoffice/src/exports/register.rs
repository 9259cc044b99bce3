//! The registers that supervisors keep: what left, to whom, by which ways (JR/T 0171 6.1.4.2 b, g, i).

use super::state::frozen;
use crate::audit::{Act, Verdict};
use crate::auth::Actor;
use crate::desk::StaffDesk;
use crate::policy::{Allowed, CheckChannels, ReadExports};
use crate::store::channels::{self, CheckRow, NewCheck};
use crate::store::exports::{self, ExportRow};
use crate::store::{WriteTx, recipients};
use crate::system::{new_id, random};
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::clock::Span;
use domain::code::{Code, Fault};
use domain::desk::{self, ChannelCheck, ChannelView, DeskError, ExportRegister, RegisterEntry};
use domain::export::Channel;
use domain::id::CheckId;
use domain::note::Note;

/// In how many days a check may fall due again.
const DUE: std::ops::RangeInclusive<i64> = 1..=366;

impl StaffDesk {
    pub(super) async fn read_register(&self) -> Result<ExportRegister, DeskError> {
        let allowed = self.may_export::<ReadExports>(Kind::ExportsRead).await?;
        let unavailable = |_| DeskError::Refused(Code::LogUnavailable);
        let (db, now) = (&self.office.db, self.now);
        let rows = exports::submitted(db).await.map_err(unavailable)?;
        let mut recipients = recipients::all(db).await.map_err(unavailable)?;
        recipients.sort_by_key(|row| (row.ended.is_some(), row.known.assessed_until));
        let checks = channels::last(db).await.map_err(unavailable)?;
        // The reading is recorded before it is given (A7).
        let count = rows.len() as u64;
        self.office.ledger.act(Read { actor: self.actor.clone(), allowed, rows: count }).await?.into_fact();
        let channels = Channel::ALL.iter().map(|channel| {
            let last = checks.iter().find(|check| check.channel == *channel);
            let due = last.map(|check| check.due);
            ChannelView {
                channel: *channel,
                last: last.map(check_view),
                due,
                overdue: due.is_none_or(|due| due <= now),
            }
        });
        Ok(ExportRegister {
            channels: channels.collect(),
            recipients: recipients.into_iter().map(|row| self.recipient_view(row)).collect(),
            exports: rows.iter().filter_map(|row| self.register_entry(row)).collect(),
        })
    }

    fn register_entry(&self, row: &ExportRow) -> Option<RegisterEntry> {
        let Ok(known) = frozen(row) else {
            tracing::error!(export = %row.id, "ALERT: an export is not what it was when it was drawn up");
            return None;
        };
        let run = row.run.as_ref();
        Some(RegisterEntry {
            scope: known.fields.fields().iter().map(|asked| (asked.field.clone(), asked.form)).collect(),
            intended_use: known.intended_use.clone(),
            basis: known.basis,
            retention_days: known.retention_days,
            short: row.digest.short(),
            bytes: run.and_then(|run| run.bytes),
            sha256: run.and_then(|run| run.sha256),
            downloaded: run.and_then(|run| run.downloaded),
            destroyed: run.and_then(|run| run.destroyed),
            entry: self.export_entry(row, &known),
        })
    }

    pub(super) async fn note_check(&self, form: desk::CheckChannel) -> Result<CheckId, DeskError> {
        let kind = Kind::ChannelChecked;
        let allowed = self.may_export::<CheckChannels>(kind).await?;
        let channel = Channel::parse(&form.channel);
        let note = Note::parse(&form.note, "", &[]);
        let days = form.due_days.trim().parse::<i64>().ok().filter(|days| DUE.contains(days));
        let faults: Vec<Fault> = [
            channel.is_none().then(|| Fault::new("channel", "unknown")),
            note.as_ref().err().map(|bad| Fault::new("note", bad.code())),
            days.is_none().then(|| Fault::new("due_days", "due_range")),
        ]
        .into_iter()
        .flatten()
        .collect();
        let (Some(channel), Ok(note), Some(days)) = (channel, note, days) else {
            return Err(self.refused_as(kind, Details::default(), DeskError::Invalid(faults)).await);
        };
        self.permitted().await;
        let act =
            Check { actor: self.actor.clone(), allowed, channel, sound: form.sound, note, again: Span::days(days) };
        Ok(self.office.ledger.act(act).await?.into_fact())
    }
}

fn check_view(check: &CheckRow) -> ChannelCheck {
    ChannelCheck { by: check.by.clone(), at: check.at, sound: check.sound, note: check.note.clone() }
}

struct Read {
    actor: Actor,
    allowed: Allowed<ReadExports>,
    rows: u64,
}

#[async_trait::async_trait]
impl Act for Read {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let kind = Kind::ExportsRead;
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, kind, code.into(), self.details()).await;
        }
        Ok(Verdict::Done { event: self.actor.event(tx, kind, None, self.details()), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, Kind::ExportsRead, Some(error.code()), self.details())
    }
}

impl Read {
    fn details(&self) -> Details {
        Details { rows: Some(self.rows), policy: Some(self.allowed.policy()), ..Details::default() }
    }
}

struct Check {
    actor: Actor,
    allowed: Allowed<CheckChannels>,
    channel: Channel,
    sound: bool,
    note: Note,
    again: Span,
}

#[async_trait::async_trait]
impl Act for Check {
    type Fact = CheckId;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<CheckId>> {
        let kind = Kind::ChannelChecked;
        let mut details = self.details();
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, kind, code.into(), details).await;
        }
        let now = tx.now();
        let id = CheckId::from_bytes(new_id(now, tx.entropy()));
        let (salt, due) = (random::<32>(tx.entropy()), now.plus(self.again));
        let new = NewCheck {
            id,
            channel: self.channel,
            sound: self.sound,
            note: self.note.as_str(),
            salt: &salt,
            staff: self.actor.staff(),
            at: now,
            due,
        };
        channels::insert(tx.conn(), &new).await?;
        details.check = Some(id);
        details.note = Some(Fingerprint::of_note(&salt, self.note.as_str()));
        details.due = Some(due);
        Ok(Verdict::Done { event: self.actor.event(tx, kind, None, details), fact: id })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, Kind::ChannelChecked, Some(error.code()), self.details())
    }
}

impl Check {
    fn details(&self) -> Details {
        Details {
            channel: Some(self.channel),
            sound: Some(self.sound),
            policy: Some(self.allowed.policy()),
            ..Details::default()
        }
    }
}
