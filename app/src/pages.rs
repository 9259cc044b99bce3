//! The pages: what each fetches, and how it looks.

mod admin_sessions;
mod customer;
mod customers;
mod exports;
mod home;
mod me;
mod notice;
mod people;
mod recipients;
mod refusal;
mod sign_in;
mod supervise;
mod verify;
mod vouched;

use crate::context::PageContext;
use crate::lang::{Lang, text};
use crate::page::{EnrolOnce, LinkOnce, Page};
use crate::words;
use domain::code::Code;
use domain::desk::{Desk, DeskError, Seen};
use domain::role::Role;
use leptos::prelude::*;
pub(crate) use supervise::address::address;
pub use vouched::second_factor;

/// A page with all that it shows.
pub enum Content {
    /// The first factor.
    SignIn,
    /// The second.
    Verify,
    /// Between the two, for whom an identity provider vouched.
    Vouched,
    /// What is acknowledged before anything else.
    Notice(notice::Shows),
    /// One's own work.
    Home(home::Shows),
    /// Search.
    Customers(customers::Shows),
    /// One masked card.
    Customer(customer::Shows),
    /// What supervisors see first.
    Supervise(Box<supervise::Shows>),
    /// The log, a page at a time.
    Events(Box<supervise::events::Shows>),
    /// One entry.
    Event(Box<supervise::event::Shows>),
    /// Whether the log is whole.
    Integrity(Box<supervise::integrity::Shows>),
    /// How one signs in.
    Me(me::Shows),
    /// Who is signed in.
    AdminSessions(admin_sessions::Shows),
    /// Who works here.
    Staff(people::Shows),
    /// One of them.
    Person(Box<people::person::Shows>),
    /// What administrators proposed.
    Proposals(people::proposals::Shows),
    /// Whose rights lapse soon.
    Recertification(Box<people::recertify::Shows>),
    /// One proposal.
    Proposal(Box<people::proposal::Shows>),
    /// One's own requests.
    Exports(exports::Shows),
    /// What one may be made of.
    NewExport(Box<exports::draw::Shows>),
    /// One request.
    Export(Box<exports::one::Shows>),
    /// What waits for votes.
    Approvals(exports::approvals::Shows),
    /// To whom files go.
    Recipients(recipients::Shows),
    /// Entering one.
    NewRecipient,
    /// One of them.
    Recipient(Box<recipients::one::Shows>),
    /// What left the bank.
    ExportRegister(Box<supervise::exports::Shows>),
    /// A one-time link, shown once.
    Link(LinkOnce),
    /// Setting factors of one's own.
    Enrol(EnrolOnce),
    /// No.
    Refusal {
        /// Why.
        code: Code,
        /// Seconds until another try makes sense.
        retry_after: Option<u32>,
    },
}

/// A step of the trail: its words and, but for the last, its address.
pub type Step = (String, Option<&'static str>);

impl Content {
    /// Fetches what the page shows.
    pub async fn load(page: &Page, context: &PageContext) -> Result<Self, DeskError> {
        if page.needs_desk() && context.desk.is_none() {
            return Err(Code::SignedOut.into());
        }
        let desk = context.desk.as_deref();
        Ok(match (page, desk) {
            (Page::SignIn, _) => Content::SignIn,
            (Page::Verify, _) => Content::Verify,
            (Page::Vouched, _) => Content::Vouched,
            (Page::Notice, Some(desk)) => Content::Notice(notice::load(desk)),
            (Page::Home, Some(desk)) => Content::Home(home::load(desk).await?),
            (Page::Customers { case, result }, Some(desk)) => {
                operators_only(desk, Seen { case: *case, ..Seen::default() }).await?;
                Content::Customers(customers::load(desk, *case, *result).await?)
            }
            (Page::Customer { case, customer }, Some(desk)) => {
                operators_only(desk, Seen { case: Some(*case), ..Seen::default() }).await?;
                Content::Customer(customer::load(desk, *case, *customer).await?)
            }
            (Page::Me, Some(desk)) => Content::Me(me::load(desk).await?),
            (Page::AdminSessions, Some(desk)) => Content::AdminSessions(admin_sessions::load(desk).await?),
            (Page::Staff, Some(desk)) => Content::Staff(people::load(desk).await?),
            (Page::Person(no), Some(desk)) => Content::Person(Box::new(people::person::load(desk, no).await?)),
            (Page::Proposals, Some(desk)) => Content::Proposals(people::proposals::load(desk).await?),
            (Page::Proposal(id), Some(desk)) => Content::Proposal(Box::new(people::proposal::load(desk, *id).await?)),
            (Page::Recertification, Some(desk)) => {
                Content::Recertification(Box::new(people::recertify::load(desk).await?))
            }
            (Page::Exports, Some(desk)) => Content::Exports(exports::load(desk).await?),
            (Page::NewExport, Some(desk)) => Content::NewExport(Box::new(exports::draw::load(desk).await?)),
            (Page::Export(id), Some(desk)) => Content::Export(Box::new(exports::one::load(desk, *id).await?)),
            (Page::Approvals, Some(desk)) => Content::Approvals(exports::approvals::load(desk).await?),
            (Page::Recipients, Some(desk)) => Content::Recipients(recipients::load(desk).await?),
            (Page::NewRecipient, Some(desk)) => {
                operators_only(desk, Seen::default()).await?;
                Content::NewRecipient
            }
            (Page::Recipient(id), Some(desk)) => Content::Recipient(Box::new(recipients::one::load(desk, *id).await?)),
            (Page::ExportRegister, Some(desk)) => {
                Content::ExportRegister(Box::new(supervise::exports::load(desk).await?))
            }
            (Page::Link(link), Some(_)) => Content::Link(link.clone()),
            (Page::Enrol(once), _) => Content::Enrol(once.clone()),
            (Page::Supervise, Some(desk)) => Content::Supervise(Box::new(supervise::load(desk, context).await?)),
            (Page::Events(ask), Some(desk)) => {
                Content::Events(Box::new(supervise::events::load(desk, ask, context).await?))
            }
            (Page::Event(seq), Some(desk)) => {
                Content::Event(Box::new(supervise::event::load(desk, *seq, context).await?))
            }
            (Page::Integrity, Some(desk)) => Content::Integrity(Box::new(supervise::integrity::load(desk).await?)),
            (Page::Refusal(code), _) => Content::Refusal { code: *code, retry_after: context.form.retry_after },
            (Page::Recertification, None) => return Err(Code::SignedOut.into()),
            (Page::Staff | Page::Person(_) | Page::Proposals | Page::Proposal(_) | Page::Link(_), None) => {
                return Err(Code::SignedOut.into());
            }
            (Page::Exports | Page::NewExport | Page::Export(_) | Page::Approvals, None) => {
                return Err(Code::SignedOut.into());
            }
            (Page::Recipients | Page::NewRecipient | Page::Recipient(_) | Page::ExportRegister, None) => {
                return Err(Code::SignedOut.into());
            }
            (Page::Supervise | Page::Events(_) | Page::Event(_) | Page::Integrity, None) => {
                return Err(Code::SignedOut.into());
            }
            (
                Page::Notice
                | Page::Home
                | Page::Me
                | Page::AdminSessions
                | Page::Customers { .. }
                | Page::Customer { .. },
                None,
            ) => {
                return Err(Code::SignedOut.into());
            }
        })
    }

    /// What the page is called.
    pub fn title(&self, lang: Lang) -> String {
        match self {
            Content::SignIn => text!(lang, sign_in.title),
            Content::Verify => text!(lang, verify.title),
            Content::Vouched => text!(lang, sso.title),
            Content::Notice(_) => text!(lang, notice.title),
            Content::Home(shows) => home::title(shows, lang),
            Content::Customers(shows) => customers::title(shows, lang),
            Content::Customer(_) => text!(lang, card.title),
            Content::Supervise(_) => text!(lang, log.title),
            Content::Events(_) => text!(lang, log.events),
            Content::Event(shows) => shows.title(lang),
            Content::Integrity(_) => text!(lang, log.integrity),
            Content::Me(_) => text!(lang, me.title),
            Content::AdminSessions(_) => text!(lang, sessions.admin_title),
            Content::Staff(_) => text!(lang, people.title),
            Content::Person(shows) => shows.title(lang),
            Content::Proposals(_) => text!(lang, people.proposals),
            Content::Recertification(_) => text!(lang, recertify.title),
            Content::Proposal(shows) => shows.title(lang),
            Content::Exports(_) => text!(lang, exports.title),
            Content::NewExport(_) => text!(lang, exports.new_title),
            Content::Export(shows) => shows.title(lang),
            Content::Approvals(_) => text!(lang, exports.approvals),
            Content::Recipients(_) => text!(lang, recipients.title),
            Content::NewRecipient => text!(lang, recipients.new),
            Content::Recipient(shows) => shows.title(),
            Content::ExportRegister(_) => text!(lang, register.title),
            Content::Link(_) => text!(lang, people.link_title),
            Content::Enrol(_) => text!(lang, enrol.title),
            Content::Refusal { code, .. } => words::heading(lang, *code),
        }
    }

    /// Where one is.
    pub fn trail(&self, lang: Lang) -> Vec<Step> {
        let home = (text!(lang, home.title), Some("/"));
        let search = (text!(lang, search.title), Some("/customers"));
        match self {
            Content::SignIn | Content::Verify | Content::Vouched | Content::Notice(_) | Content::Home(_) => {
                vec![(self.title(lang), None)]
            }
            Content::Customers(_) => vec![home, (text!(lang, search.title), None)],
            Content::Supervise(_) => vec![(self.title(lang), None)],
            Content::Events(_) | Content::Integrity(_) => {
                vec![(text!(lang, log.title), Some("/supervise")), (self.title(lang), None)]
            }
            Content::Event(shows) => vec![
                (text!(lang, log.title), Some("/supervise")),
                (text!(lang, log.events), Some("/supervise/events")),
                (text!(lang, log.event, seq = shows.seq()), None),
            ],
            Content::Enrol(_) => vec![(self.title(lang), None)],
            Content::Person(_) => {
                vec![home, (text!(lang, people.title), Some("/admin/staff")), (self.title(lang), None)]
            }
            Content::Proposal(_) | Content::Link(_) => {
                vec![home, (text!(lang, people.proposals), Some("/admin/proposals")), (self.title(lang), None)]
            }
            Content::Recertification(_) => vec![home, (self.title(lang), None)],
            Content::Exports(_) | Content::Approvals(_) | Content::Recipients(_) => {
                vec![home, (self.title(lang), None)]
            }
            Content::NewExport(_) => {
                vec![home, (text!(lang, exports.title), Some("/exports")), (self.title(lang), None)]
            }
            Content::Export(shows) => vec![home, shows.section(lang), (self.title(lang), None)],
            Content::NewRecipient | Content::Recipient(_) => {
                vec![home, (text!(lang, recipients.title), Some("/recipients")), (self.title(lang), None)]
            }
            Content::ExportRegister(_) => {
                vec![(text!(lang, log.title), Some("/supervise")), (self.title(lang), None)]
            }
            Content::Staff(_) | Content::Proposals(_) => vec![home, (self.title(lang), None)],
            Content::Me(_) | Content::AdminSessions(_) | Content::Refusal { .. } => {
                vec![home, (self.title(lang), None)]
            }
            Content::Customer(_) => vec![home, search, (self.title(lang), None)],
        }
    }

    /// Whether it is shown before anybody is signed in, without the menu.
    pub const fn is_way_in(&self) -> bool {
        matches!(self, Content::SignIn | Content::Verify | Content::Vouched | Content::Notice(_) | Content::Enrol(_))
    }

    /// Whether something on it needs the browser's half: that of a session's end is on every page of somebody
    /// signed in.
    pub const fn has_verbs(&self, signed_in: bool) -> bool {
        signed_in || matches!(self, Content::Verify)
    }

    /// Seconds until another try makes sense.
    pub const fn retry_after(&self) -> Option<u32> {
        match self {
            Content::Refusal { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// How it looks.
    pub fn view(&self, context: &PageContext) -> AnyView {
        match self {
            Content::SignIn => sign_in::view(context),
            Content::Verify => verify::view(context),
            Content::Vouched => vouched::view(context),
            Content::Notice(shows) => notice::view(shows, context),
            Content::Home(shows) => home::view(shows, context),
            Content::Customers(shows) => customers::view(shows, context),
            Content::Customer(shows) => customer::view(shows, context),
            Content::Supervise(shows) => supervise::view(shows, context),
            Content::Events(shows) => supervise::events::view(shows, context),
            Content::Event(shows) => supervise::event::view(shows, context),
            Content::Integrity(shows) => supervise::integrity::view(shows, context),
            Content::Me(shows) => me::view(shows, context),
            Content::AdminSessions(shows) => admin_sessions::view(shows, context),
            Content::Staff(shows) => people::view(shows, context),
            Content::Person(shows) => people::person::view(shows, context),
            Content::Proposals(shows) => people::proposals::view(shows, context),
            Content::Proposal(shows) => people::proposal::view(shows, context),
            Content::Recertification(shows) => people::recertify::view(shows, context),
            Content::Exports(shows) => exports::view(shows, context),
            Content::NewExport(shows) => exports::draw::view(shows, context),
            Content::Export(shows) => exports::one::view(shows, context),
            Content::Approvals(shows) => exports::approvals::view(shows, context),
            Content::Recipients(shows) => recipients::view(shows, context),
            Content::NewRecipient => recipients::propose::view(context),
            Content::Recipient(shows) => recipients::one::view(shows, context),
            Content::ExportRegister(shows) => supervise::exports::view(shows, context),
            Content::Link(link) => people::link::view(link, context),
            Content::Enrol(once) => people::enrol::view(once, context),
            Content::Refusal { code, retry_after } => refusal::view(*code, *retry_after, context),
        }
    }
}

/// Others never see a customer, masked or not; that they tried is recorded.
async fn operators_only(desk: &dyn Desk, seen: Seen) -> Result<(), DeskError> {
    if desk.staff().role == Role::Operator {
        return Ok(());
    }
    Err(desk.refused(seen, Code::NotPermitted.into()).await)
}
