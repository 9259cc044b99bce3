//! Customers: found inside a case by one exact key, shown by their masks (Q2, Q3, Q6, Q8, M2).

use crate::audit::{Act, Verdict};
use crate::auth::Actor;
use crate::budgets::{self, Purse};
use crate::desk::StaffDesk;
use crate::grounds::Grounds;
use crate::policy::{self, Allowed, SearchQuestion, ViewQuestion};
use crate::store::cases::{self, CaseRow, ResultRow};
use crate::store::customers::Among;
use crate::store::{WriteTx, customers};
use crate::system::random;
use crate::vault::IndexDigest;
use domain::audit::event::{AuditEvent, Details, KeyName, Kind, OutcomeName};
use domain::budget::Counter;
use domain::clock::Span;
use domain::code::Code;
use domain::desk::{CustomerView, DeskError, Found, Keep, Searched};
use domain::id::{BranchNo, CaseId, CustomerId, Handle, ResultId};
use domain::note::Note;
use domain::purpose::Identified;
use domain::search::GuardedSearch;

/// More hits than this are neither shown nor counted (Q3).
const MOST_HITS: usize = 5;
/// How long a plain-form search's outcome is kept.
const RESULT_LIFE: Span = Span::minutes(15);

impl StaffDesk {
    pub(crate) async fn find(&self, case: CaseId, search: GuardedSearch, keep: Keep) -> Result<Searched, DeskError> {
        let key = KeyName::parse(search.kind_name());
        let details = Details { case: Some(case), key, ..Details::default() };
        let row = match self.open_case_row(case).await {
            Ok(row) => row,
            Err(error) => return Err(self.refused_as(Kind::CustomerSearched, details, error).await),
        };
        let bank_wide = self.searches_whole_bank(&row) && search.may_search_whole_bank();
        let kind = if bank_wide { Kind::BankSearched } else { Kind::CustomerSearched };
        let question = SearchQuestion { purpose: &row.purpose, bank_wide };
        let allowed = match self.office.policy().decide::<policy::SearchCustomers>(&self.actor, &question) {
            Ok(allowed) => allowed,
            Err(code) => return Err(self.refused_as(kind, details, code.into()).await),
        };
        let digest = match self.digest_of(&search) {
            Ok(digest) => digest,
            Err(code) => return Err(self.refused_as(kind, details, code.into()).await),
        };
        let label = search.kind_name();
        let among = Among::of(bank_wide, self.actor.unit());
        let hits = customers::found_by(&self.office.db, label, &digest, among, MOST_HITS as u32 + 1)
            .await
            .map_err(|_| Code::LogUnavailable)?;
        self.permitted().await;
        let result = (keep == Keep::ForPage).then(|| ResultId::from_bytes(random(&*self.office.entropy)));
        let purse = Purse::of(&self.actor, &row.purpose, self.office.settings.budgets);
        let act = Search { actor: self.actor.clone(), allowed, purse, row, details, bank_wide, hits, result };
        let handles = self.office.ledger.act(act).await?.into_fact();
        Ok(Searched { found: self.found(handles).await?, result })
    }

    /// Whether the case searches every branch (DESIGN §1).
    fn searches_whole_bank(&self, row: &CaseRow) -> bool {
        let purpose = self.office.purposes.get(&row.purpose);
        purpose.zip(Identified::parse(&row.identified)).is_some_and(|(purpose, how)| purpose.searches_whole_bank(how))
    }

    fn digest_of(&self, search: &GuardedSearch) -> Result<IndexDigest, Code> {
        let digest = match search.keys() {
            [(field, form)] => self.office.index.digest(field, form),
            keys => {
                let forms: Vec<_> = keys.iter().map(|(_, form)| form).collect();
                self.office.index.combination(search.kind_name(), &forms)
            }
        };
        digest.map_err(|error| error.code())
    }

    /// Masks for what was found; read after the search is recorded.
    async fn found(&self, hits: Hits) -> Result<Found, DeskError> {
        let Hits::Few(hits) = hits else { return Ok(Found::TooMany { customers: [] }) };
        let mut customers = Vec::with_capacity(hits.len());
        for Hit { handle, customer, bank_wide } in hits {
            // One who was hidden or left the branch since is not there (Q6).
            customers.extend(self.masked(handle, customer, bank_wide).await?);
        }
        Ok(if customers.is_empty() { Found::None { customers: [] } } else { Found::Found { customers } })
    }

    async fn masked(
        &self,
        handle: Handle,
        customer: CustomerId,
        bank_wide: bool,
    ) -> Result<Option<CustomerView>, DeskError> {
        let among = Among::of(bank_wide, self.actor.unit());
        let fields = customers::masks(&self.office.db, customer, among).await;
        Ok(fields.map_err(|_| Code::LogUnavailable)?.map(|fields| CustomerView { id: handle, fields }))
    }

    pub(crate) async fn kept_result(&self, result: ResultId) -> Result<(CaseId, Found), DeskError> {
        let unavailable = |_| DeskError::Refused(Code::LogUnavailable);
        let now = self.now;
        let kept = cases::kept_result(&self.office.db, result, self.actor.lineage(), now).await.map_err(unavailable)?;
        let kept = kept.ok_or(Code::NotFound)?;
        self.open_case_row(kept.case).await?;
        if kept.outcome == "too_many" {
            return Ok((kept.case, Found::TooMany { customers: [] }));
        }
        let mut hits = Vec::new();
        for handle in kept.handles {
            let customer = cases::customer_of(&self.office.db, kept.case, handle).await.map_err(unavailable)?;
            let (customer, bank_wide) = customer.ok_or(Code::NotFound)?;
            hits.push(Hit { handle, customer, bank_wide });
        }
        Ok((kept.case, self.found(Hits::Few(hits)).await?))
    }

    pub(crate) async fn card(&self, case: CaseId, handle: Handle) -> Result<CustomerView, DeskError> {
        let mut details = Details { case: Some(case), ..Details::default() };
        let kind = Kind::CustomerViewed;
        let (row, customer, bank_wide) = match self.customer_in(case, handle).await {
            Ok(found) => found,
            Err(error) => return Err(self.refused_as(kind, details, error).await),
        };
        details.customer = Some(customer);
        let branch = match self.branch_for_policy(customer, bank_wide).await {
            Ok(branch) => branch,
            Err(error) => return Err(self.refused_as(kind, details, error).await),
        };
        let question = ViewQuestion { branch: &branch, purpose: &row.purpose, bank_wide };
        let allowed = match self.office.policy().decide::<policy::ViewCustomer>(&self.actor, &question) {
            Ok(allowed) => allowed,
            Err(code) => return Err(self.refused_as(kind, details, code.into()).await),
        };
        // The case's note was given before anyone knew whose case it is: now it can be seen whether it
        // names them (V2n). Without the index key it cannot, and masks stay readable all the same (L0).
        if row.customer.is_none() && self.note_names(&row, customer).await? {
            return Err(self.refused_as(kind, details, Code::NoteNamesCustomer.into()).await);
        }
        self.permitted().await;
        let purse = Purse::of(&self.actor, &row.purpose, self.office.settings.budgets);
        let act = View { actor: self.actor.clone(), allowed, purse, row, customer, handle, bank_wide };
        self.office.ledger.act(act).await?.into_fact();
        Ok(self.masked(handle, customer, bank_wide).await?.ok_or(Code::NotFound)?)
    }

    async fn note_names(&self, row: &CaseRow, customer: CustomerId) -> Result<bool, DeskError> {
        let body = cases::note_of_case(&self.office.db, row.id).await.map_err(|_| Code::LogUnavailable)?;
        let Some(note) = body.and_then(|body| Note::parse(&body, &row.ticket, &[]).ok()) else { return Ok(false) };
        match self.office.names_customer(&note, customer).await {
            Err(DeskError::Refused(Code::IndexKeyMissing)) => Ok(false),
            answer => answer,
        }
    }

    /// The branch that a policy is asked about. One's own, unless a search of every branch found the
    /// customer: whoever is not of it is not there, and the policy must not be the one to say so (Q6).
    pub(crate) async fn branch_for_policy(&self, customer: CustomerId, bank_wide: bool) -> Result<BranchNo, DeskError> {
        if !bank_wide {
            return Ok(self.actor.unit().clone());
        }
        let branch = customers::branch_of(&self.office.db, customer).await.map_err(|_| Code::LogUnavailable)?;
        Ok(branch.ok_or(Code::NotFound)?)
    }

    /// The open case, the customer that the handle means in it, and whether a search of every branch
    /// found them.
    pub(crate) async fn customer_in(
        &self,
        case: CaseId,
        handle: Handle,
    ) -> Result<(CaseRow, CustomerId, bool), DeskError> {
        let row = match self.open_case_row(case).await {
            // A closed case's handle means nobody (Q8).
            Err(DeskError::Refused(Code::CaseClosed)) => return Err(Code::NotFound.into()),
            other => other?,
        };
        let customer = cases::customer_of(&self.office.db, case, handle).await.map_err(|_| Code::LogUnavailable)?;
        let (customer, bank_wide) = customer.ok_or(Code::NotFound)?;
        Ok((row, customer, bank_wide))
    }
}

/// What a search found.
enum Hits {
    Few(Vec<Hit>),
    TooMany,
}

struct Hit {
    handle: Handle,
    customer: CustomerId,
    bank_wide: bool,
}

struct Search {
    actor: Actor,
    allowed: Allowed<policy::SearchCustomers>,
    purse: Purse,
    row: CaseRow,
    details: Details,
    bank_wide: bool,
    hits: Vec<CustomerId>,
    result: Option<ResultId>,
}

#[async_trait::async_trait]
impl Act for Search {
    type Fact = Hits;

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<Hits>> {
        let (kind, now) = (self.kind(), tx.now());
        let grounds = Grounds::read(tx, &self.actor, self.row.id, None).await?;
        let still = grounds.still(&self.actor, &self.allowed).and_then(|()| grounds.open_case());
        if let Err(code) = still {
            return self.actor.refuse(tx, kind, code.into(), self.details.clone()).await;
        }
        // Whether there is room is decided for hit and miss alike, before the outcome is looked at: a budget
        // of misses that is spent refuses every search, or it would tell one from the other (Q6).
        let (misses, hits): (&[Counter], &[Counter]) = match self.bank_wide {
            true => (
                &[Counter::Searches, Counter::Misses, Counter::BankWideSearches],
                &[Counter::Searches, Counter::BankWideSearches],
            ),
            false => (&[Counter::Searches, Counter::Misses], &[Counter::Searches]),
        };
        let room = match self.purse.room(tx, misses).await? {
            Ok(room) => room,
            Err(spent) => return budgets::refuse(&self.actor, tx, kind, spent, self.details.clone()).await,
        };
        let counted = if self.hits.is_empty() { misses } else { hits };
        let alert = self.purse.spend(tx, room, counted).await?;
        let outcome = match self.hits.len() {
            0 => OutcomeName::None,
            1..=MOST_HITS => OutcomeName::Found,
            _ => OutcomeName::TooMany,
        };
        let mut hits = Vec::new();
        if outcome == OutcomeName::Found {
            for customer in &self.hits {
                let fresh = Handle::from_bytes(random(tx.entropy()));
                let (customer, bank_wide) = (*customer, self.bank_wide);
                let handle = cases::mint_handle(tx.conn(), self.row.id, customer, fresh, bank_wide, now).await?;
                hits.push(Hit { handle, customer, bank_wide });
            }
        }
        if let Some(result) = self.result {
            let outcome = if outcome == OutcomeName::TooMany { "too_many" } else { "few" };
            let handles = hits.iter().map(|hit| hit.handle).collect();
            let row = ResultRow { case: self.row.id, outcome: outcome.into(), handles };
            cases::keep_result(tx.conn(), result, &row, self.actor.lineage(), now.plus(RESULT_LIFE), now).await?;
        }
        let details = Details {
            purpose: Some(self.row.purpose.clone()),
            outcome: Some(outcome),
            alert,
            policy: Some(self.allowed.policy()),
            ..self.details.clone()
        };
        let fact = if outcome == OutcomeName::TooMany { Hits::TooMany } else { Hits::Few(hits) };
        Ok(Verdict::Done { event: self.actor.event(tx, kind, None, details), fact })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, self.kind(), Some(error.code()), self.details.clone())
    }
}

impl Search {
    fn kind(&self) -> Kind {
        if self.bank_wide { Kind::BankSearched } else { Kind::CustomerSearched }
    }
}

struct View {
    actor: Actor,
    allowed: Allowed<policy::ViewCustomer>,
    purse: Purse,
    row: CaseRow,
    customer: CustomerId,
    handle: Handle,
    bank_wide: bool,
}

#[async_trait::async_trait]
impl Act for View {
    type Fact = ();

    async fn apply(&mut self, tx: &mut WriteTx<'_>) -> sqlx::Result<Verdict<()>> {
        let kind = Kind::CustomerViewed;
        let mut details = self.details();
        let customer = Some((self.customer, self.bank_wide));
        let grounds = Grounds::read(tx, &self.actor, self.row.id, customer).await?;
        let still = grounds.still(&self.actor, &self.allowed).and_then(|()| grounds.open_case());
        let row = match still {
            Ok(row) => row,
            Err(code) => return self.actor.refuse(tx, kind, code.into(), details).await,
        };
        // A customer who has left the branch, or was hidden since the search, is not there (Q6).
        if !grounds.visible() {
            return self.actor.refuse(tx, kind, Code::NotFound.into(), details).await;
        }
        if row.customer.is_some_and(|bound| bound != self.customer) {
            return self.actor.refuse(tx, kind, Code::CaseBoundElsewhere.into(), details).await;
        }
        let room = match self.purse.room_to_view(tx, self.customer).await? {
            Ok(room) => room,
            Err(spent) => return budgets::refuse(&self.actor, tx, kind, spent, details).await,
        };
        details.alert = self.purse.spend(tx, room, &[Counter::Customers]).await?;
        match row.customer {
            Some(_) => details.binds = Some(false),
            None => {
                cases::bind(tx.conn(), row.id, self.customer, self.handle).await?;
                details.binds = Some(true);
            }
        }
        Ok(Verdict::Done { event: self.actor.event(tx, kind, None, details), fact: () })
    }

    fn barred(&self, tx: &WriteTx<'_>, error: &DeskError) -> AuditEvent {
        self.actor.event(tx, Kind::CustomerViewed, Some(error.code()), self.details())
    }
}

impl View {
    fn details(&self) -> Details {
        Details {
            case: Some(self.row.id),
            purpose: Some(self.row.purpose.clone()),
            customer: Some(self.customer),
            policy: Some(self.allowed.policy()),
            ..Details::default()
        }
    }
}
