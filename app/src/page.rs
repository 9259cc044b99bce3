//! The pages there are.

use domain::clock::Timestamp;
use domain::code::Code;
use domain::desk::EventsAsk;
use domain::id::{CaseId, ExportId, Handle, ProposalId, RecipientId, ResultId, StaffNo};
use domain::staff_change::ChangeKind;
use zeroize::Zeroizing;

/// A one-time link, on its way to its proposer.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkOnce {
    /// Which proposal gave it.
    pub proposal: ProposalId,
    /// Whom it is for.
    pub staff_no: String,
    /// The whole address.
    pub address: Zeroizing<String>,
    /// Until when it is good.
    pub expires: Timestamp,
}

/// What an opened one-time link shows.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolOnce {
    /// The link's secret, as it stands in the address.
    pub token: Zeroizing<String>,
    /// Whether a password is chosen, or the one they have is asked for.
    pub change: ChangeKind,
    /// The new second factor; none where the one they have stays.
    pub factor: Option<NewFactor>,
}

/// A TOTP secret that is shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct NewFactor {
    /// In base32.
    pub secret: Zeroizing<String>,
    /// The same as a URI.
    pub uri: Zeroizing<String>,
    /// The same sealed, for the form to bring back.
    pub sealed: String,
}

impl EnrolOnce {
    /// Where its form goes.
    pub fn address(&self) -> String {
        format!("/enrol/{}", self.token.as_str())
    }
}

// Secrets stand in neither.
impl std::fmt::Debug for LinkOnce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkOnce").field("proposal", &self.proposal).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for EnrolOnce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolOnce").field("change", &self.change).finish_non_exhaustive()
    }
}

/// One page, with what its address names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// `/sign-in`
    SignIn,
    /// `/sign-in/verify`
    Verify,
    /// `/sign-in/sso/back`, which leads on to the second factor by itself.
    Vouched,
    /// `/notice`
    Notice,
    /// `/`
    Home,
    /// `/customers?case=&result=`
    Customers {
        /// Search in this open case instead of opening one.
        case: Option<CaseId>,
        /// Show what this search kept.
        result: Option<ResultId>,
    },
    /// `/customers/{customer}?case=`
    Customer {
        /// In which case.
        case: CaseId,
        /// Whose card.
        customer: Handle,
    },
    /// `/supervise`
    Supervise,
    /// `/supervise/events?…`
    Events(EventsAsk),
    /// `/supervise/events/{seq}`
    Event(u64),
    /// `/supervise/integrity`
    Integrity,
    /// `/me`
    Me,
    /// `/admin/sessions`
    AdminSessions,
    /// `/admin/staff`
    Staff,
    /// `/admin/staff/{no}`
    Person(StaffNo),
    /// `/admin/proposals`
    Proposals,
    /// `/admin/recertification`
    Recertification,
    /// `/admin/proposals/{id}`
    Proposal(ProposalId),
    /// `/exports`
    Exports,
    /// `/exports/new`
    NewExport,
    /// `/exports/{id}`
    Export(ExportId),
    /// `/approvals`
    Approvals,
    /// `/recipients`
    Recipients,
    /// `/recipients/new`
    NewRecipient,
    /// `/recipients/{id}`
    Recipient(RecipientId),
    /// `/supervise/exports`
    ExportRegister,
    /// The answer to the form that takes a link: no address leads here.
    Link(LinkOnce),
    /// `/enrol/{token}`
    Enrol(EnrolOnce),
    /// Any address, answered by a refusal.
    Refusal(Code),
}

impl Page {
    /// The address to come back to, after the language changed for example.
    pub fn path(&self) -> String {
        match self {
            Page::SignIn => "/sign-in".into(),
            Page::Verify | Page::Vouched => "/sign-in/verify".into(),
            Page::Notice => "/notice".into(),
            Page::Home | Page::Refusal(_) => "/".into(),
            Page::Me => "/me".into(),
            Page::AdminSessions => "/admin/sessions".into(),
            Page::Staff => "/admin/staff".into(),
            Page::Person(staff_no) => format!("/admin/staff/{staff_no}"),
            Page::Proposals => "/admin/proposals".into(),
            Page::Recertification => "/admin/recertification".into(),
            Page::Proposal(proposal) => format!("/admin/proposals/{proposal}"),
            Page::Link(link) => format!("/admin/proposals/{}", link.proposal),
            Page::Exports => "/exports".into(),
            Page::NewExport => "/exports/new".into(),
            Page::Export(export) => format!("/exports/{export}"),
            Page::Approvals => "/approvals".into(),
            Page::Recipients => "/recipients".into(),
            Page::NewRecipient => "/recipients/new".into(),
            Page::Recipient(recipient) => format!("/recipients/{recipient}"),
            Page::ExportRegister => "/supervise/exports".into(),
            Page::Enrol(once) => once.address(),
            Page::Customers { case, result } => {
                let case = case.map(|case| format!("case={case}"));
                let result = result.map(|result| format!("result={result}"));
                let query: Vec<String> = case.into_iter().chain(result).collect();
                if query.is_empty() { "/customers".into() } else { format!("/customers?{}", query.join("&")) }
            }
            Page::Supervise => "/supervise".into(),
            Page::Events(ask) => crate::pages::address(&ask.filters, ask.at, None),
            Page::Event(seq) => format!("/supervise/events/{seq}"),
            Page::Integrity => "/supervise/integrity".into(),
            Page::Customer { case, customer } => format!("/customers/{customer}?case={case}"),
        }
    }
    /// The page that has exactly this address, if it is one to come back to after signing in. Whatever is not
    /// written as [`Page::path`] writes it is none: no other host, no other spelling.
    pub fn parse(address: &str) -> Option<Self> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let value = |name: &str| {
            query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .find(|(known, _)| *known == name)
                .map(|pair| pair.1)
        };
        let case = value("case").map(CaseId::parse).transpose().ok()?;
        let result = value("result").map(ResultId::parse).transpose().ok()?;
        let page = match path {
            "/" => Page::Home,
            "/me" => Page::Me,
            "/admin/sessions" => Page::AdminSessions,
            "/admin/staff" => Page::Staff,
            "/admin/proposals" => Page::Proposals,
            "/admin/recertification" => Page::Recertification,
            "/customers" => Page::Customers { case, result },
            "/supervise" => Page::Supervise,
            "/supervise/integrity" => Page::Integrity,
            "/supervise/events" => Page::Events(EventsAsk::default()),
            "/supervise/exports" => Page::ExportRegister,
            "/exports" => Page::Exports,
            "/exports/new" => Page::NewExport,
            "/approvals" => Page::Approvals,
            "/recipients" => Page::Recipients,
            "/recipients/new" => Page::NewRecipient,
            _ if path.starts_with("/exports/") => Page::Export(ExportId::parse(path.strip_prefix("/exports/")?).ok()?),
            _ if path.starts_with("/recipients/") => {
                Page::Recipient(RecipientId::parse(path.strip_prefix("/recipients/")?).ok()?)
            }
            _ if path.starts_with("/admin/staff/") => {
                Page::Person(StaffNo::parse(path.strip_prefix("/admin/staff/")?).ok()?)
            }
            _ if path.starts_with("/admin/proposals/") => {
                Page::Proposal(ProposalId::parse(path.strip_prefix("/admin/proposals/")?).ok()?)
            }
            _ if path.starts_with("/supervise/") => Page::Event(path.strip_prefix("/supervise/events/")?.parse().ok()?),
            _ => Page::Customer { case: case?, customer: Handle::parse(path.strip_prefix("/customers/")?).ok()? },
        };
        (page.path() == address).then_some(page)
    }
    /// Whether one must be signed in to see it.
    pub const fn needs_desk(&self) -> bool {
        match self {
            Page::Notice | Page::Home | Page::Me | Page::AdminSessions => true,
            Page::Customers { .. } | Page::Customer { .. } => true,
            Page::Supervise | Page::Events(_) | Page::Event(_) | Page::Integrity => true,
            Page::Staff | Page::Person(_) | Page::Proposals | Page::Proposal(_) | Page::Link(_) => true,
            Page::Recertification => true,
            Page::Exports | Page::NewExport | Page::Export(_) | Page::Approvals => true,
            Page::Recipients | Page::NewRecipient | Page::Recipient(_) | Page::ExportRegister => true,
            Page::SignIn | Page::Verify | Page::Vouched | Page::Enrol(_) | Page::Refusal(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_its_address() {
        let case = CaseId::from_bytes([1; 16]);
        let result = ResultId::from_bytes([2; 16]);
        for (page, path) in [
            (Page::Customers { case: None, result: None }, "/customers"),
            (
                Page::Customers { case: Some(case), result: Some(result) },
                "/customers?case=01010101-0101-0101-0101-010101010101&result=02020202020202020202020202020202",
            ),
            (Page::NewExport, "/exports/new"),
            (Page::Export(ExportId::from_bytes([1; 16])), "/exports/01010101-0101-0101-0101-010101010101"),
            (Page::Recipient(RecipientId::from_bytes([1; 16])), "/recipients/01010101-0101-0101-0101-010101010101"),
            (Page::ExportRegister, "/supervise/exports"),
            (
                Page::Customer { case, customer: Handle::from_bytes([3; 16]) },
                "/customers/03030303030303030303030303030303?case=01010101-0101-0101-0101-010101010101",
            ),
        ] {
            assert_eq!(page.path(), path);
            assert_eq!(Page::parse(path), Some(page));
        }
    }

    #[test]
    fn u6_an_address_that_is_not_spelled_as_ours_leads_nowhere() {
        assert_eq!(Page::parse("/"), Some(Page::Home));
        for address in [
            "",
            "//evil.example",
            "https://evil.example/customers",
            "/\\evil.example",
            "/customers?case=",
            "/customers?case=01010101-0101-0101-0101-010101010101&case=01010101-0101-0101-0101-010101010101",
            "/customers?case=01010101-0101-0101-0101-010101010101&x=1",
            "/customers?result=02020202020202020202020202020202&case=01010101-0101-0101-0101-010101010101",
            "/customers/03030303030303030303030303030303",
            "/customers/../sign-out",
            "/customers?id_no=990101198804123012",
            "/customers#x",
            "/customers ",
            "/exports/01010101",
            "/sign-in",
            "/notice",
            "javascript:alert(1)",
        ] {
            assert_eq!(Page::parse(address), None, "{address}");
        }
    }
}
