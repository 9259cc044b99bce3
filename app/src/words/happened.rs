//! What an event says, as one sentence and as one line.

use super::{exports, log};
use crate::lang::{Lang, fill, text};
use crate::line::{Line, Tone, short};
use crate::ui::label::in_language;
use crate::ui::time::{local, local_seconds};
use domain::audit::event::{AuditEvent, Decision, FactorName, Kind, OutcomeName, VerdictName};
use domain::audit::fingerprint::Fingerprint;
use domain::catalogue::Catalogue;
use domain::desk::{Desk, EventRow};
use domain::export::ExportDigest;
use domain::id::FieldName;
use domain::purpose::Purposes;
use domain::search::EXPORT_TOKEN;

/// What a bank calls its fields, purposes and reasons, in the reader's language.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    lang: Lang,
    catalogue: &'a Catalogue,
    purposes: &'a Purposes,
}

impl<'a> Names<'a> {
    /// This desk's.
    pub fn of(desk: &'a dyn Desk, lang: Lang) -> Self {
        Self { lang, catalogue: desk.catalogue(), purposes: desk.purposes() }
    }

    fn field(&self, name: &FieldName) -> String {
        let known = self.catalogue.field(name).map(|field| in_language(&field.label, self.lang).to_owned());
        known.unwrap_or_else(|| match name.as_str() {
            EXPORT_TOKEN => text!(self.lang, search.export_token),
            _ => name.to_string(),
        })
    }

    /// The purpose's name; empty if there is none.
    pub fn purpose(&self, event: &AuditEvent) -> String {
        event.details.purpose.as_ref().map_or_else(String::new, |name| {
            let known = self.purposes.get(name).map(|purpose| in_language(&purpose.label, self.lang).to_owned());
            known.unwrap_or_else(|| name.to_string())
        })
    }

    /// Why: the act's reason, or the case's purpose; empty if there is neither.
    pub fn reason(&self, event: &AuditEvent) -> String {
        event.details.reason.as_ref().map_or_else(
            || self.purpose(event),
            |code| {
                let known = self.purposes.reason(code).map(|reason| in_language(&reason.label, self.lang).to_owned());
                known.unwrap_or_else(|| code.to_string())
            },
        )
    }

    /// The field and which item of it; empty if there is none.
    pub fn field_and_item(&self, event: &AuditEvent) -> String {
        let Some(field) = &event.details.field else { return String::new() };
        match event.details.item.map(|item| item.get()) {
            Some(item) if item > 1 => text!(self.lang, card.item, label = self.field(field), item = item),
            _ => self.field(field),
        }
    }

    fn key(&self, event: &AuditEvent) -> String {
        let key = event.details.key.as_ref().map_or("", |key| key.as_str());
        let names = key.split('+').filter_map(|name| FieldName::parse(name).ok());
        names.map(|name| self.field(&name)).collect::<Vec<_>>().join(" + ")
    }

    /// What it is called, and whom it is about if that is somebody else of the staff.
    fn what(&self, event: &AuditEvent) -> String {
        let kind = log::kind(self.lang, event.kind);
        match &event.details.subject_staff {
            Some(subject) if self.who(event) != subject.as_str() => format!("{kind} · {subject}"),
            _ => kind,
        }
    }

    /// What an event about exports says besides: ids by their ends, digests by what two people read to each other.
    fn exported(&self, event: &AuditEvent) -> [(&'static str, String); 19] {
        let (lang, details) = (self.lang, &event.details);
        let id = |id: Option<String>| id.as_deref().map(short).unwrap_or_default();
        let digits = |print: Option<Fingerprint>| print.map_or_else(String::new, in_fours);
        let number = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
        let scope =
            details.scope.iter().flatten().map(|(field, form)| exports::field_as(lang, &self.field(field), *form));
        [
            ("export", id(details.export.map(|id| id.to_string()))),
            ("digest", digits(details.export_digest)),
            ("recipient", id(details.recipient.map(|id| id.to_string()))),
            ("recipient_kind", details.recipient_kind.map_or_else(String::new, |kind| exports::kind(lang, kind))),
            ("recipient_key", digits(details.recipient_key)),
            ("scope", scope.collect::<Vec<_>>().join(&text!(lang, export_word.and))),
            ("basis", details.basis.map_or_else(String::new, |basis| exports::basis(lang, basis))),
            ("retention", number(details.retention_days.map(u64::from))),
            ("format", details.file_format.map_or_else(String::new, |format| exports::format(lang, format))),
            ("bytes", number(details.bytes)),
            ("file", digits(details.file_hash)),
            ("think", details.think_ms.map_or_else(|| "–".to_owned(), |ms| (ms / 1000).to_string())),
            ("tries", number(details.attempts.map(u64::from))),
            ("channel", details.channel.map_or_else(String::new, |channel| exports::channel(lang, channel))),
            ("due", details.due.map_or_else(String::new, local)),
            ("sound", details.sound.map_or_else(String::new, |sound| exports::sound(lang, sound))),
            ("ending", details.ending.map_or_else(String::new, |ending| exports::ending(lang, ending))),
            ("findings", number(details.findings)),
            ("lost", details.lost.map_or_else(|| text!(lang, log.unknown), |lost| lost.to_string())),
        ]
    }

    fn outcome(&self, event: &AuditEvent) -> Option<String> {
        let lang = self.lang;
        let searched = event.details.outcome.map(|outcome| match outcome {
            OutcomeName::Found => text!(lang, log.found),
            OutcomeName::None => text!(lang, log.nobody),
            OutcomeName::TooMany => text!(lang, log.too_many),
        });
        searched.or(event.details.verdict.map(|verdict| verdict_words(lang, verdict)))
    }

    /// Who: name and number; whose number was tried; or the system.
    pub fn who(&self, event: &AuditEvent) -> String {
        let (lang, details) = (self.lang, &event.details);
        if let Some(actor) = &event.actor {
            let (name, no) = (actor.name.as_str(), &actor.staff_no);
            return match lang {
                Lang::zh => format!("{name}（{no}）"),
                Lang::en => format!("{name} ({no})"),
            };
        }
        match (&details.os_user, &details.subject_staff, event.kind) {
            (Some(name), ..) => text!(lang, log.os_user, name = name.as_str()),
            (None, Some(tried), Kind::SignedIn | Kind::SignInFailuresCounted) => tried.to_string(),
            (None, None, Kind::SignedIn | Kind::SignInFailuresCounted) => text!(lang, log.somebody),
            _ => text!(lang, log.system),
        }
    }

    /// What happened, as one sentence.
    pub fn sentence(&self, event: &AuditEvent) -> String {
        let (lang, details) = (self.lang, &event.details);
        let number = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
        let subject = details.subject_staff.as_ref().map_or_else(|| text!(lang, log.somebody), ToString::to_string);
        let values = [
            ("who", self.who(event)),
            ("subject", subject),
            ("change", details.change.map_or_else(String::new, |change| super::people::change(lang, change))),
            ("decided", details.confirmed.map_or_else(String::new, |yes| super::people::decided(lang, yes))),
            ("people", people(event)),
            ("until", details.certified_until.map_or_else(String::new, local)),
            ("role", details.subject_role.map_or_else(String::new, |role| super::role(lang, role))),
            ("customer", details.customer.map_or_else(String::new, |id| short(&id.to_string()))),
            ("field", self.field_and_item(event)),
            ("purpose", self.purpose(event)),
            ("ticket", details.ticket.as_ref().map_or("", |ticket| ticket.as_str()).to_owned()),
            ("key", self.key(event)),
            ("outcome", self.outcome(event).unwrap_or_default()),
            ("verdict", self.outcome(event).unwrap_or_default()),
            ("factor", details.factor.map_or_else(String::new, |factor| factor_words(lang, factor))),
            ("source", details.source.as_ref().map_or("", |source| source.as_str()).to_owned()),
            ("count", number(details.count)),
            ("added", number(details.added)),
            ("changed", number(details.changed)),
            ("rejected", number(details.rejected)),
            ("entry", number(details.entry)),
            ("reveal", number(details.reveal)),
            ("first", number(details.first_entry)),
            ("attempt", details.attempt.map_or_else(String::new, |attempt| log::attempt(lang, attempt))),
            ("needed", details.needed.map_or_else(String::new, |needed| log::yes_or_no(lang, needed))),
            ("rows", number(details.rows.or(Some(0)))),
            ("lowest", details.lowest.map_or_else(|| "–".to_owned(), |seq| seq.to_string())),
            ("highest", details.highest.map_or_else(|| "–".to_owned(), |seq| seq.to_string())),
        ];
        let exported = self.exported(event);
        let values: Vec<(&str, String)> = values.into_iter().chain(exported).collect();
        let mut sentence = match event.code {
            None => fill(&log::did(lang, event.kind), &values),
            Some(code) => {
                let about = [self.field_and_item(event), self.key(event)].into_iter().find(|text| !text.is_empty());
                let kind = log::kind(lang, event.kind);
                let what = about.map_or_else(|| kind.clone(), |about| format!("{kind} · {about}"));
                text!(lang, log.refused_sentence, who = self.who(event), why = log::why(lang, code), what = what)
            }
        };
        let semicolon = match lang {
            Lang::zh => "；",
            Lang::en => "; ",
        };
        if event.kind == Kind::SignedIn && details.session.is_some() {
            sentence += semicolon;
            sentence += &text!(lang, log.replaced);
        }
        if let Some(sso) = details.sso {
            sentence += semicolon;
            sentence += &log::sso(lang, sso);
        }
        if let Some((factor, age)) = details.factor.zip(details.factor_age_ms) {
            let (factor, seconds) = (factor_words(lang, factor), age / 1000);
            sentence += semicolon;
            sentence += &text!(lang, log.step_up_before, factor = factor, seconds = seconds);
        }
        sentence
            + match lang {
                Lang::zh => "。",
                Lang::en => ".",
            }
    }

    /// An entry as a line of a list.
    pub fn line(&self, row: &EventRow) -> Line {
        let lang = self.lang;
        let Some(event) = &row.event else {
            return Line {
                seq: row.seq.to_string(),
                at: String::new(),
                time: String::new(),
                reason: String::new(),
                what: text!(lang, log.no_event),
                who: String::new(),
                staff_no: String::new(),
                customer: String::new(),
                short: String::new(),
                field: String::new(),
                outcome: text!(lang, log.broken),
                tone: Tone::Broken,
            };
        };
        let decided = match (event.decision, event.code) {
            (Decision::Refused, Some(code)) => text!(lang, log.refused) + ": " + &log::why(lang, code),
            (Decision::Refused, None) => text!(lang, log.refused),
            (Decision::Allowed, _) => self.outcome(event).unwrap_or_else(|| text!(lang, log.allowed)),
        };
        let (outcome, tone) = match (row.sound, &event.details.alert, event.decision) {
            (false, ..) => (text!(lang, log.broken), Tone::Broken),
            (true, Some(_), _) => (decided, Tone::Alert),
            (true, None, Decision::Refused) => (decided, Tone::Refused),
            (true, None, Decision::Allowed) => (decided, Tone::Plain),
        };
        let (who, staff_no) = match &event.actor {
            Some(actor) => (actor.name.as_str().to_owned(), actor.staff_no.to_string()),
            None => (self.who(event), String::new()),
        };
        let customer = event.details.customer.map(|id| id.to_string());
        Line {
            seq: row.seq.to_string(),
            at: event.time.to_string(),
            time: local_seconds(event.time).split_off(5),
            reason: self.reason(event),
            what: self.what(event),
            who,
            staff_no,
            short: customer.as_deref().map(short).unwrap_or_default(),
            customer: customer.unwrap_or_default(),
            field: match self.field_and_item(event) {
                field if field.is_empty() => self.key(event),
                field => field,
            },
            outcome,
            tone,
        }
    }
}

/// The numbers of those whose rights were certified.
fn people(event: &AuditEvent) -> String {
    let certified = event.details.certified.iter().flatten();
    certified.map(|one| one.staff_no.as_str()).collect::<Vec<_>>().join(" ")
}

/// The first digits in groups of four, as an export's digest is shown.
fn in_fours(print: Fingerprint) -> String {
    ExportDigest::from_bytes(*print.as_bytes()).short()
}

fn factor_words(lang: Lang, factor: FactorName) -> String {
    match factor {
        FactorName::Totp => text!(lang, log.totp),
        FactorName::Passkey => text!(lang, log.passkey),
    }
}

/// What a verification came to.
pub fn verdict_words(lang: Lang, verdict: VerdictName) -> String {
    match verdict {
        VerdictName::Whole => text!(lang, log.whole),
        VerdictName::NotWhole => text!(lang, log.not_whole),
    }
}
