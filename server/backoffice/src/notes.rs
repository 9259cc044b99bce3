//! Notes: parsed against the person's other notes, kept beside the log, committed to by a leaf (V2n).

use crate::auth::Actor;
use crate::backoffice::BackOffice;
use crate::store::cases::{self, NewNote};
use crate::store::{WriteTx, customers};
use crate::system::{new_id, random};
use domain::audit::fingerprint::Fingerprint;
use domain::clock::Span;
use domain::code::{Code, Fault};
use domain::desk::DeskError;
use domain::id::{CaseId, CustomerId, NoteId};
use domain::note::Note;

/// For how long a note may not be said again in another case.
const MEMORY: Span = Span::days(30);

impl BackOffice {
    /// Parses a note of this person for this case.
    pub(crate) async fn parse_note(
        &self,
        actor: &Actor,
        raw: &str,
        ticket: &str,
        case: Option<CaseId>,
    ) -> Result<Result<Note, Fault>, DeskError> {
        let since = self.clock.now().minus(MEMORY);
        let earlier =
            cases::notes_of(&self.db, &actor.stamp().person, since, case).await.map_err(|_| Code::LogUnavailable)?;
        let earlier: Vec<&str> = earlier.iter().map(String::as_str).collect();
        Ok(Note::parse(raw, ticket, &earlier).map_err(|bad| Fault::new("note", bad.code())))
    }

    /// Whether the note holds this customer's name. Nothing is opened: what might be a name is hashed as
    /// the index hashes names, and compared with the customer's own digests.
    pub(crate) async fn names_customer(&self, note: &Note, customer: CustomerId) -> Result<bool, DeskError> {
        let unavailable = |_| DeskError::Refused(Code::LogUnavailable);
        for field in self.catalogue.fields().iter().filter(|field| field.kind == domain::catalogue::Kind::PersonName) {
            let stored = customers::digests(&self.db, field.name.as_str(), customer).await.map_err(unavailable)?;
            if stored.is_empty() {
                continue;
            }
            for candidate in note.name_candidates() {
                let digest = self.index.digest(&field.name, &candidate).map_err(|error| error.code())?;
                if stored.iter().any(|bytes| bytes[..] == digest.as_bytes()[..]) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// Writes a note and gives back its id and the commitment for the event.
pub(crate) async fn keep(
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    case: CaseId,
    note: &Note,
) -> sqlx::Result<(NoteId, Fingerprint)> {
    let id = NoteId::from_bytes(new_id(tx.now(), tx.entropy()));
    let salt: [u8; 32] = random(tx.entropy());
    let body = note.as_str();
    let written = tx.now();
    let new = NewNote { id, person: &actor.stamp().person, case, salt: &salt, body, written };
    cases::insert_note(tx.conn(), &new).await?;
    Ok((id, Fingerprint::of_note(&salt, body)))
}
