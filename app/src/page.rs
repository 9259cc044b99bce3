//! The pages there are.

use domain::code::Code;
use domain::desk::EventsAsk;
use domain::id::{CaseId, Handle, ResultId};

/// One page, with what its address names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// `/sign-in`
    SignIn,
    /// `/sign-in/verify`
    Verify,
    /// `/sign-in/sso/back`, which leads on to the second factor by itself.
    Vouched,
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
    /// Any address, answered by a refusal.
    Refusal(Code),
}

impl Page {
    /// The address to come back to, after the language changed for example.
    pub fn path(&self) -> String {
        match self {
            Page::SignIn => "/sign-in".into(),
            Page::Verify | Page::Vouched => "/sign-in/verify".into(),
            Page::Home | Page::Refusal(_) => "/".into(),
            Page::Me => "/me".into(),
            Page::AdminSessions => "/admin/sessions".into(),
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
            "/customers" => Page::Customers { case, result },
            "/supervise" => Page::Supervise,
            "/supervise/integrity" => Page::Integrity,
            "/supervise/events" => Page::Events(EventsAsk::default()),
            _ if path.starts_with("/supervise/") => Page::Event(path.strip_prefix("/supervise/events/")?.parse().ok()?),
            _ => Page::Customer { case: case?, customer: Handle::parse(path.strip_prefix("/customers/")?).ok()? },
        };
        (page.path() == address).then_some(page)
    }
    /// Whether one must be signed in to see it.
    pub const fn needs_desk(&self) -> bool {
        match self {
            Page::Home | Page::Me | Page::AdminSessions | Page::Customers { .. } | Page::Customer { .. } => true,
            Page::Supervise | Page::Events(_) | Page::Event(_) | Page::Integrity => true,
            Page::SignIn | Page::Verify | Page::Vouched | Page::Refusal(_) => false,
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
            "/sign-in",
            "javascript:alert(1)",
        ] {
            assert_eq!(Page::parse(address), None, "{address}");
        }
    }
}
