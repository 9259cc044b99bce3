//! Jobs. They exclude each other, and none stands above another (DESIGN §1).

use serde::{Deserialize, Serialize};

/// What a member of staff is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 经办: opens cases, searches, sees masks, reveals.
    Operator,
    /// 复核: decides what others ask.
    Approver,
    /// 监督: reads the log, reviews.
    Supervisor,
    /// 管理: staff and policy; never customers.
    Admin,
    /// 审计: reads log and proofs.
    Auditor,
}

impl Role {
    /// All five.
    pub const ALL: [Role; 5] = [Role::Operator, Role::Approver, Role::Supervisor, Role::Admin, Role::Auditor];
    /// As it stands in storage, in policies and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Operator => "operator",
            Role::Approver => "approver",
            Role::Supervisor => "supervisor",
            Role::Admin => "admin",
            Role::Auditor => "auditor",
        }
    }
    /// The role of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}
