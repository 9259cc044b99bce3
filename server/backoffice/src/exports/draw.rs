//! Drawing up a request: what was asked for is parsed, whom it selects is written down, and both are frozen (E1, E3).
//! From then on nothing of it changes; whoever wants anything else draws up another.

use super::recipients::{fingerprint, line, serves};
use crate::audit::{Act, Housekeeping, Verdict, unaudited};
use crate::auth::Actor;
use crate::desk::StaffDesk;
use crate::policy::{Allowed, ExportQuestion, RequestExport};
use crate::store::export_selection::CaseBounds;
use crate::store::exports::{self, Load, NewExport};
use crate::store::recipients::RecipientRow;
use crate::store::{WriteTx, export_selection, recipients};
use crate::system::new_id;
use domain::audit::event::{AuditEvent, Details, Kind};
use domain::audit::fingerprint::Fingerprint;
use domain::clock::Span;
use domain::code::{Code, Fault};
use domain::desk::{DeskError, DrawExport};
use domain::export::{
    Asked, Basis, Caps, DRAFT_LIFE, Day, ExportDigest, ExportFormat, Frozen, PERIOD, RowsHasher, Selection, Weight,
    Window,
};
use domain::id::{CustomerId, ExportId, PurposeName, RecipientId};
use domain::note::Note;

const KIND: Kind = Kind::ExportDrawn;
/// Rows that go into one housekeeping: enough to be quick, few enough to let others write in between.
const STAGED: usize = 10_000;
/// The longest that a recipient may keep a file, in days (网数条例 12 keeps the record of it three years).
const RETENTION: std::ops::RangeInclusive<u16> = 1..=1_095;
/// Cases in one request, at most.
const CASES: usize = 200;

/// What was asked for, parsed.
struct Parsed {
    selection: Selection,
    fields: Asked,
    weight: Weight,
    purpose: PurposeName,
    recipient: RecipientRow,
    intended_use: Note,
    basis: Basis,
    impact_assessment: Option<String>,
    retention_days: u16,
    format: ExportFormat,
}

impl StaffDesk {
    pub(super) async fn draw(&self, form: DrawExport) -> Result<ExportId, DeskError> {
        // Whether this person may ask at all comes before what is wrong with it.
        self.may_ask_ever(KIND).await?;
        let parsed = match self.parse_export(&form).await? {
            Ok(parsed) => parsed,
            Err(faults) => {
                return Err(self.refused_as(KIND, Details::default(), DeskError::Invalid(faults)).await);
            }
        };
        let allowed = self.may_ask(KIND, &parsed.purpose, parsed.weight).await?;
        // One after the other: whoever draws at once many times does not get past a cap, nor in others' way.
        let _drawing = self.office.drawing.lock().await;
        let customers = match self.selected(&parsed).await? {
            Ok(customers) => customers,
            Err(error) => return Err(self.refused_as(KIND, Details::default(), error).await),
        };
        let id = ExportId::from_bytes(new_id(self.now, &*self.office.entropy));
        let frozen = self.freeze(id, parsed, &customers, allowed.policy())?;
        self.stage(id, customers).await?;
        self.permitted().await;
        let settings = &self.office.settings.exports;
        let (caps, rest) = (settings.caps, settings.recipient_rest);
        let weight = frozen.fields.weight(&self.office.catalogue);
        let act = Draw { actor: self.actor.clone(), allowed, frozen, weight, caps, rest };
        match self.office.ledger.act(act).await {
            Ok(receipt) => Ok(receipt.into_fact()),
            Err(error) => {
                unaudited(&self.office.ledger, "rows of a request that did not come to be", Forget(id)).await.ok();
                Err(error.into())
            }
        }
    }

    /// Asks the policy about this purpose and this openness.
    pub(super) async fn may_ask(
        &self,
        kind: Kind,
        purpose: &PurposeName,
        weight: Weight,
    ) -> Result<Allowed<RequestExport>, DeskError> {
        match self.office.policy().decide::<RequestExport>(&self.actor, &ExportQuestion { purpose, weight }) {
            Ok(allowed) => Ok(allowed),
            Err(code) => Err(self.refused_as(kind, Details::default(), code.into()).await),
        }
    }

    /// Whether there is any purpose and openness for which the policy lets this person ask.
    pub(super) async fn may_ask_ever(&self, kind: Kind) -> Result<(), DeskError> {
        self.may_ask_for_any(kind).await.map(drop)
    }

    /// The policy's word on the first purpose and openness that it lets this person ask for.
    pub(super) async fn may_ask_for_any(&self, kind: Kind) -> Result<Allowed<RequestExport>, DeskError> {
        let policy = self.office.policy();
        let allowed = self.office.purposes.purposes().iter().find_map(|one| {
            [Weight::Visible, Weight::Masked, Weight::Opened].into_iter().find_map(|weight| {
                policy.decide::<RequestExport>(&self.actor, &ExportQuestion { purpose: &one.name, weight }).ok()
            })
        });
        match allowed {
            Some(allowed) => Ok(allowed),
            None => Err(self.refused_as(kind, Details::default(), Code::NotPermitted.into()).await),
        }
    }

    /// Whom it selects, within the caps: asked before anything is written, so that a script writes nothing.
    async fn selected(&self, parsed: &Parsed) -> Result<Result<Vec<CustomerId>, DeskError>, DeskError> {
        let unavailable = |_| DeskError::Refused(Code::LogUnavailable);
        let (db, person) = (&self.office.db, &self.actor.stamp().person);
        let settings = &self.office.settings.exports;
        if let Err(code) = serves(&parsed.recipient, person, settings.recipient_rest, self.now) {
            return Ok(Err(code.into()));
        }
        let load = exports::read_load(db, person, self.now, self.now.minus(PERIOD)).await.map_err(unavailable)?;
        if let Err(code) = few(&settings.caps, &load, 0) {
            return Ok(Err(code.into()));
        }
        let most = settings.caps.most(parsed.weight);
        let bounds = CaseBounds { since: self.now.minus(PERIOD), branch: self.actor.unit() };
        let found = export_selection::select(db, self.actor.staff(), &parsed.selection, bounds, most).await;
        let Some(customers) = found.map_err(unavailable)? else {
            return Ok(Err(DeskError::Invalid(vec![Fault::new("cases", "not_yours")])));
        };
        let rows = customers.len() as u64;
        if rows == 0 {
            return Ok(Err(Code::NothingSelected.into()));
        }
        if parsed.format == ExportFormat::Xlsx && rows > super::SHEET_ROWS {
            return Ok(Err(Code::RowCap.into()));
        }
        Ok(settings.caps.permits(parsed.weight, rows, load.rows).map(|()| customers).map_err(Into::into))
    }

    fn freeze(
        &self,
        id: ExportId,
        parsed: Parsed,
        customers: &[CustomerId],
        policy: Fingerprint,
    ) -> Result<Frozen, Code> {
        let key = fingerprint(&parsed.recipient.known)?;
        let mut rows = RowsHasher::default();
        customers.iter().for_each(|customer| rows.push(*customer));
        let stamp = self.actor.stamp();
        Ok(Frozen {
            v: Frozen::VERSION,
            id,
            created: self.now,
            person: stamp.person.clone(),
            unit: stamp.unit.clone(),
            selection: parsed.selection,
            rows: rows.finish(),
            fields: parsed.fields,
            votes: parsed.weight.votes(),
            purpose: parsed.purpose,
            recipient: parsed.recipient.id,
            key,
            intended_use: parsed.intended_use.as_str().to_owned(),
            basis: parsed.basis,
            impact_assessment: parsed.impact_assessment,
            retention_days: parsed.retention_days,
            format: parsed.format,
            policy,
        })
    }

    async fn stage(&self, export: ExportId, customers: Vec<CustomerId>) -> Result<(), DeskError> {
        for some in customers.chunks(STAGED) {
            let stage = Stage { export, customers: some.to_vec() };
            unaudited(&self.office.ledger, "rows of a request that is being drawn up", stage).await?;
        }
        Ok(())
    }

    /// Every fault at once.
    async fn parse_export(&self, form: &DrawExport) -> Result<Result<Parsed, Vec<Fault>>, DeskError> {
        let mut faults = Vec::new();
        let selection = self.parse_selection(form, &mut faults);
        let fields = Asked::parse(&self.office.catalogue, &form.fields);
        if let Err(wrong) = &fields {
            faults.extend(wrong.iter().cloned());
        }
        let purpose = PurposeName::parse(&form.purpose).ok().filter(|name| self.office.purposes.get(name).is_some());
        let recipient = match RecipientId::parse(&form.recipient) {
            Ok(id) => recipients::read(&self.office.db, id).await.map_err(|_| Code::LogUnavailable)?,
            Err(_) => None,
        };
        let intended_use = Note::parse(&form.intended_use, "", &[]);
        let basis = Basis::parse(&form.basis);
        let needs = recipient.as_ref().is_some_and(|row| row.known.kind.needs_impact_assessment());
        let impact = Some(form.impact_assessment.trim()).filter(|text| !text.is_empty());
        let impact_assessment = impact.and_then(|text| line(text, 64));
        let retention = form.retention_days.trim().parse::<u16>().ok().filter(|days| RETENTION.contains(days));
        let format = ExportFormat::parse(&form.format);
        let told = [
            purpose.is_none().then(|| Fault::new("purpose", "unknown")),
            recipient.is_none().then(|| Fault::new("recipient", "unknown")),
            intended_use.as_ref().err().map(|bad| Fault::new("intended_use", bad.code())),
            basis.is_none().then(|| Fault::new("basis", "unknown")),
            (needs && impact.is_none()).then(|| Fault::new("impact_assessment", "missing")),
            (impact.is_some() && impact_assessment.is_none()).then(|| Fault::new("impact_assessment", "malformed")),
            retention.is_none().then(|| Fault::new("retention_days", "retention_range")),
            format.is_none().then(|| Fault::new("format", "unknown")),
        ];
        faults.extend(told.into_iter().flatten());
        Ok(match (selection, fields, purpose, recipient, intended_use, basis, retention, format) {
            (
                Some(selection),
                Ok(fields),
                Some(purpose),
                Some(recipient),
                Ok(intended_use),
                Some(basis),
                Some(retention_days),
                Some(format),
            ) if faults.is_empty() => {
                let weight = fields.weight(&self.office.catalogue);
                Ok(Parsed {
                    selection,
                    fields,
                    weight,
                    purpose,
                    recipient,
                    intended_use,
                    basis,
                    impact_assessment,
                    retention_days,
                    format,
                })
            }
            _ => Err(faults),
        })
    }

    fn parse_selection(&self, form: &DrawExport, faults: &mut Vec<Fault>) -> Option<Selection> {
        let (from, to, product) = (form.from.trim(), form.to.trim(), form.product.trim());
        let windowed = !(from.is_empty() && to.is_empty() && product.is_empty());
        if windowed != form.cases.is_empty() {
            let code = if windowed { "either_or" } else { "nothing_chosen" };
            faults.push(Fault::new("cases", code));
            return None;
        }
        if !windowed {
            let mut cases = form.cases.clone();
            cases.sort_unstable();
            cases.dedup();
            if cases.len() > CASES {
                faults.push(Fault::new("cases", "too_many"));
                return None;
            }
            return Some(Selection::Cases { cases });
        }
        let day = |name: &str, text: &str, faults: &mut Vec<Fault>| {
            let day = Day::parse(text);
            if day.is_none() {
                faults.push(Fault::new(name, "malformed"));
            }
            day
        };
        let (from, to) = (day("from", from, faults), day("to", to, faults));
        let coded = product.len() <= 16 && product.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !coded {
            faults.push(Fault::new("product", "malformed"));
        }
        let window = match (from, to) {
            (Some(from), Some(to)) => match Window::new(from, to) {
                Ok(window) => Some(window),
                Err(bad) => {
                    faults.push(Fault::new("to", &bad.to_string()));
                    None
                }
            },
            _ => None,
        };
        let product = Some(product).filter(|text| !text.is_empty()).map(str::to_owned);
        let branch = self.actor.unit().clone();
        window.filter(|_| coded).map(|window| Selection::Opened { branch, window, product })
    }
}

/// Whether one more request of so many rows is not one too many: under way, or drawn up within a day.
fn few(caps: &Caps, load: &Load, rows: u64) -> Result<(), Code> {
    if load.requests >= caps.requests || load.drawn >= caps.drawn_a_day() {
        return Err(Code::ExportLimit);
    }
    if load.drawn_rows.saturating_add(rows) > caps.rows_drawn_a_day() {
        return Err(Code::PeriodCap);
    }
    Ok(())
}

struct Stage {
    export: ExportId,
    customers: Vec<CustomerId>,
}

#[async_trait::async_trait]
impl Housekeeping for Stage {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        let now = tx.now();
        export_selection::begin(tx.conn(), self.export, now).await?;
        export_selection::stage(tx.conn(), self.export, &self.customers).await
    }
}

struct Forget(ExportId);

#[async_trait::async_trait]
impl Housekeeping for Forget {
    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<()> {
        export_selection::forget(tx.conn(), self.0).await
    }
}

struct Draw {
    actor: Actor,
    allowed: Allowed<RequestExport>,
    frozen: Frozen,
    weight: Weight,
    caps: Caps,
    rest: Span,
}

#[async_trait::async_trait]
impl Act for Draw {
    type Fact = ExportId;
    const SENSITIVE: bool = true;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<ExportId>> {
        let (now, frozen, stamp) = (tx.now(), &self.frozen, self.actor.stamp());
        if let Err(code) = self.actor.still(&self.allowed, tx).await? {
            return self.actor.refuse(tx, KIND, code.into(), self.refused()).await;
        }
        let found = recipients::find(tx.conn(), frozen.recipient).await?;
        let fit = found.map_or(Err(Code::RecipientUnfit), |row| serves(&row, &stamp.person, self.rest, now));
        let load = exports::load_of(tx.conn(), &stamp.person, now, now.minus(PERIOD)).await?;
        let within = self.caps.permits(self.weight, frozen.rows.count, load.rows);
        if let Err(code) = fit.and(few(&self.caps, &load, frozen.rows.count)).and(within) {
            return self.actor.refuse(tx, KIND, code.into(), self.refused()).await;
        }
        let bytes = frozen.encode();
        let digest = ExportDigest::of(&bytes);
        let new = NewExport {
            id: frozen.id,
            staff: stamp.staff,
            person: &stamp.person,
            unit: &stamp.unit,
            by_version: stamp.version,
            recipient: frozen.recipient,
            frozen: &bytes,
            digest,
            rows: frozen.rows.count,
            votes_needed: frozen.votes,
            created: frozen.created,
            expires: frozen.created.plus(DRAFT_LIFE),
        };
        exports::insert(tx.conn(), &new).await?;
        let scope = frozen.fields.fields().iter().map(|asked| (asked.field.clone(), asked.form)).collect();
        let details = Details {
            export: Some(frozen.id),
            export_digest: Some(digest.fingerprint()),
            recipient: Some(frozen.recipient),
            rows: Some(frozen.rows.count),
            purpose: Some(frozen.purpose.clone()),
            scope: Some(scope),
            basis: Some(frozen.basis),
            retention_days: Some(frozen.retention_days),
            file_format: Some(frozen.format),
            policy: Some(self.allowed.policy()),
            ..Details::default()
        };
        Ok(Verdict::Done { event: self.actor.event(tx, KIND, None, details), fact: frozen.id })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, KIND, Some(error.code()), self.refused())
    }
}

impl Draw {
    fn refused(&self) -> Details {
        Details {
            recipient: Some(self.frozen.recipient),
            rows: Some(self.frozen.rows.count),
            purpose: Some(self.frozen.purpose.clone()),
            policy: Some(self.allowed.policy()),
            ..Details::default()
        }
    }
}
