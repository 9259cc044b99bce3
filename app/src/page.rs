//! The pages there are.

use domain::code::Code;
use domain::id::{CaseId, Handle, ResultId};

/// One page, with what its address names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// `/sign-in`
    SignIn,
    /// `/sign-in/verify`
    Verify,
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
    /// `/me`
    Me,
    /// Any address, answered by a refusal.
    Refusal(Code),
}

impl Page {
    /// The address to come back to, after the language changed for example.
    pub fn path(&self) -> String {
        match self {
            Page::SignIn => "/sign-in".into(),
            Page::Verify => "/sign-in/verify".into(),
            Page::Home | Page::Refusal(_) => "/".into(),
            Page::Me => "/me".into(),
            Page::Customers { case, result } => {
                let case = case.map(|case| format!("case={case}"));
                let result = result.map(|result| format!("result={result}"));
                let query: Vec<String> = case.into_iter().chain(result).collect();
                if query.is_empty() { "/customers".into() } else { format!("/customers?{}", query.join("&")) }
            }
            Page::Customer { case, customer } => format!("/customers/{customer}?case={case}"),
        }
    }
    /// Whether one must be signed in to see it.
    pub const fn needs_desk(&self) -> bool {
        matches!(self, Page::Home | Page::Me | Page::Customers { .. } | Page::Customer { .. })
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
        }
    }
}
