//! What a role may do, by Cedar policies validated against a schema at start (U7).
//!
//! A decision is an [`Allowed`]: it names the permission, cannot be made elsewhere, and carries the hash of
//! the policy that made it, so that the act can see whether that policy is still in force.

/// Verbs that are about nobody in particular: all that a policy sees is who asks.
macro_rules! permissions {
    ($($(#[doc = $doc:literal])* $name:ident $action:literal;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub struct $name;

        impl $crate::policy::Permission for $name {
            type On<'a> = ();
            const ACTION: &'static str = $action;
            fn question((): &()) -> $crate::policy::Question {
                $crate::policy::Question { branch: None, context: Vec::new() }
            }
        }
    )*};
}

mod exports;
mod log;
mod memo;
mod people;
mod powers;

pub use exports::{
    CheckChannels, DecideExport, DecideRecipient, EndRecipient, ExportQuestion, ProposeRecipient, ReadExports,
    RequestExport,
};
pub use log::{ReadEntries, ReadLog, VerifyLog};
pub use people::{
    CertifyStaff, DecideStaffChange, EndSessions, ListStaff, ProposeStaffChange, SuspendStaff, UnlockStaff,
};
pub use powers::Standing;

use crate::auth::Actor;
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression, Schema, ValidationMode, Validator,
};
use domain::audit::fingerprint::Fingerprint;
use domain::catalogue::{Class, Field};
use domain::code::Code;
use domain::id::{BranchNo, PurposeName, ReasonCode};
use memo::{Asked, Memo};
use std::collections::HashMap;
use std::marker::PhantomData;
use std::str::FromStr;

/// The schema that policies are held against.
pub const SCHEMA: &str = include_str!("../policy/schema.cedarschema");
/// The policies that Grille comes with.
pub const SHIPPED: &str = include_str!("../policy/policy.cedar");

/// Policies in force.
pub struct Policy {
    schema: Schema,
    policies: PolicySet,
    names: Names,
    memo: Memo,
    hash: Fingerprint,
}

/// What questions are put together from, parsed once: Cedar's parser takes longer than its answer.
struct Names {
    staff: EntityTypeName,
    customer: EntityTypeName,
    /// Where an act is done that is not done to one customer.
    counter: Entity,
    /// By name, with the groups it is in.
    actions: HashMap<String, Entity>,
}

/// Why policies cannot be used. The text is Cedar's, about the policy file, which holds no customer data.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The schema does not parse: a fault of this program.
    #[error("the policy schema does not parse: {0}")]
    Schema(String),
    /// The policies do not parse.
    #[error("the policies do not parse: {0}")]
    Syntax(String),
    /// They speak of what the schema does not know.
    #[error("the policies do not fit the schema: {0}")]
    Mismatch(String),
}

impl Policy {
    /// Parses and validates. `beside` are the texts whose change is a change of policy too: catalogue and
    /// purposes.
    pub fn parse(text: &str, beside: &[&[u8]]) -> Result<Self, PolicyError> {
        let (schema, _) =
            Schema::from_cedarschema_str(SCHEMA).map_err(|error| PolicyError::Schema(error.to_string()))?;
        let policies = PolicySet::from_str(text).map_err(|error| PolicyError::Syntax(error.to_string()))?;
        let validation = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        if !validation.validation_passed() {
            let faults: Vec<String> = validation.validation_errors().map(ToString::to_string).collect();
            return Err(PolicyError::Mismatch(faults.join("; ")));
        }
        let names = Names::of(&schema).map_err(PolicyError::Schema)?;
        let mut parts: Vec<&[u8]> = vec![SCHEMA.as_bytes(), text.as_bytes()];
        parts.extend(beside);
        Ok(Self { schema, policies, names, memo: Memo::default(), hash: Fingerprint::of("grille policy v1", &parts) })
    }

    /// The hash that stands in every event that a policy decided.
    pub fn hash(&self) -> Fingerprint {
        self.hash
    }

    /// Asks whether the actor may. An error inside the engine is a no.
    pub fn decide<P: Permission>(&self, actor: &Actor, what: &P::On<'_>) -> Result<Allowed<P>, Code> {
        let standing = Standing { staff_no: &actor.stamp().staff_no, role: actor.role(), unit: actor.unit() };
        self.permits(&standing, P::ACTION, P::question(what))
            .unwrap_or(false)
            .then_some(())
            .ok_or(Code::NotPermitted)?;
        Ok(Allowed { policy: self.hash, permission: PhantomData })
    }

    fn permits(&self, who: &Standing<'_>, action: &'static str, question: Question) -> Option<bool> {
        self.memo.answer(Asked::of(who, action, question), |asked| self.ask(asked))
    }

    /// Asks the engine.
    fn ask(&self, asked: &Asked) -> Option<bool> {
        let (request, parties) = self.request(asked)?;
        // Without the schema, which would bring every action there is. That these are as it says a test sees to.
        let entities = Entities::from_entities(parties, None).ok()?;
        let response = Authorizer::new().is_authorized(&request, &self.policies, &entities);
        // A policy that could not be evaluated is not a policy that said yes: an error anywhere refuses,
        // or a broken `forbid` would permit.
        Some(response.decision() == Decision::Allow && response.diagnostics().errors().next().is_none())
    }

    /// The question in Cedar's words: the request, and who, what and the action as they are.
    fn request(&self, asked: &Asked) -> Option<(Request, [Entity; 3])> {
        let principal =
            EntityUid::from_type_name_and_id(self.names.staff.clone(), EntityId::new(asked.staff_no.as_str()));
        let text = |value: &str| RestrictedExpression::new_string(value.to_owned());
        let unit = text(asked.unit.as_str());
        let attributes = HashMap::from([("role".to_owned(), text(asked.role.as_str())), ("unit".to_owned(), unit)]);
        let who = Entity::new(principal.clone(), attributes, Default::default()).ok()?;
        let resource = match &asked.question.branch {
            None => self.names.counter.clone(),
            Some(branch) => {
                let uid = EntityUid::from_type_name_and_id(self.names.customer.clone(), EntityId::new("customer"));
                let attributes = HashMap::from([("branch".to_owned(), text(branch))]);
                Entity::new(uid, attributes, Default::default()).ok()?
            }
        };
        let action = self.names.actions.get(asked.action)?;
        let context = asked.question.context.iter().map(|(name, value)| ((*name).to_owned(), value.expression()));
        let context = Context::from_pairs(context).ok()?;
        let request = Request::new(principal, action.uid(), resource.uid(), context, Some(&self.schema)).ok()?;
        Some((request, [who, resource, action.clone()]))
    }
}

impl Names {
    fn of(schema: &Schema) -> Result<Self, String> {
        let kind = |name: &str| name.parse::<EntityTypeName>().map_err(|error| error.to_string());
        let counter = EntityUid::from_type_name_and_id(kind("Counter")?, EntityId::new("counter"));
        let actions = schema.action_entities().map_err(|error| error.to_string())?;
        Ok(Self {
            staff: kind("Staff")?,
            customer: kind("Customer")?,
            counter: Entity::new_no_attrs(counter, Default::default()),
            actions: actions.iter().map(|action| (action.uid().id().unescaped().to_owned(), action.clone())).collect(),
        })
    }
}

/// What a policy is asked about.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Question {
    branch: Option<String>,
    context: Vec<(&'static str, Told)>,
}

/// What a policy is told of it.
#[derive(Debug, PartialEq, Eq, Hash)]
pub enum Told {
    /// A name.
    Text(String),
    /// Yes or no.
    Truth(bool),
    /// Names, in no order.
    Texts(Vec<String>),
}

impl Told {
    fn expression(&self) -> RestrictedExpression {
        let text = |value: &String| RestrictedExpression::new_string(value.clone());
        match self {
            Told::Text(value) => text(value),
            Told::Truth(value) => RestrictedExpression::new_bool(*value),
            Told::Texts(values) => RestrictedExpression::new_set(values.iter().map(text)),
        }
    }
}

/// A verb that a role may be permitted.
pub trait Permission {
    /// What it is done to.
    type On<'a>;
    /// Its name in the schema.
    const ACTION: &'static str;
    /// What the policy sees.
    fn question(on: &Self::On<'_>) -> Question;
}

/// The policy said yes to `P`. Made by [`Policy::decide`] alone:
///
/// ```compile_fail
/// use backoffice::policy::{Allowed, RevealField};
/// use domain::audit::fingerprint::Fingerprint;
/// fn forge(policy: Fingerprint) -> Allowed<RevealField> {
///     Allowed { policy, permission: std::marker::PhantomData }
/// }
/// ```
/// and one verb's permission is not another's:
///
/// ```compile_fail
/// use backoffice::policy::{Allowed, RevealField, ViewCustomer};
/// fn reveal(_: &Allowed<RevealField>) {}
/// fn wrong(view: &Allowed<ViewCustomer>) { reveal(view) }
/// ```
#[derive(Debug)]
pub struct Allowed<P> {
    policy: Fingerprint,
    permission: PhantomData<fn() -> P>,
}

impl<P> Allowed<P> {
    /// The policy that said so.
    pub fn policy(&self) -> Fingerprint {
        self.policy
    }
}

/// Opening a case.
#[derive(Debug)]
pub struct OpenCase;
/// Closing one.
#[derive(Debug)]
pub struct CloseCase;
/// Closing one that was about somebody else, and going on under its ticket.
#[derive(Debug)]
pub struct ReopenCase;
/// Searching in one.
#[derive(Debug)]
pub struct SearchCustomers;
/// Seeing a masked card.
#[derive(Debug)]
pub struct ViewCustomer;
/// Seeing one value.
#[derive(Debug)]
pub struct RevealField;

fn text(name: &'static str, value: &str) -> (&'static str, Told) {
    (name, Told::Text(value.to_owned()))
}

fn bank_wide(value: bool) -> (&'static str, Told) {
    ("bank_wide", Told::Truth(value))
}

impl Permission for OpenCase {
    type On<'a> = ();
    const ACTION: &'static str = "openCase";
    fn question((): &()) -> Question {
        Question { branch: None, context: Vec::new() }
    }
}

impl Permission for CloseCase {
    type On<'a> = ();
    const ACTION: &'static str = "closeCase";
    fn question((): &()) -> Question {
        Question { branch: None, context: Vec::new() }
    }
}

impl Permission for ReopenCase {
    type On<'a> = ();
    const ACTION: &'static str = "reopenCase";
    fn question((): &()) -> Question {
        Question { branch: None, context: Vec::new() }
    }
}

/// Why one searches, and where.
#[derive(Clone, Copy, Debug)]
pub struct SearchQuestion<'a> {
    /// The case's purpose.
    pub purpose: &'a PurposeName,
    /// Whether every branch is searched.
    pub bank_wide: bool,
}

impl Permission for SearchCustomers {
    type On<'a> = SearchQuestion<'a>;
    const ACTION: &'static str = "searchCustomers";
    fn question(on: &SearchQuestion<'_>) -> Question {
        Question { branch: None, context: vec![text("purpose", on.purpose.as_str()), bank_wide(on.bank_wide)] }
    }
}

/// Whose card one would see.
#[derive(Clone, Copy, Debug)]
pub struct ViewQuestion<'a> {
    /// The customer's branch.
    pub branch: &'a BranchNo,
    /// The case's purpose.
    pub purpose: &'a PurposeName,
    /// Whether a search of every branch found the customer in this case.
    pub bank_wide: bool,
}

impl Permission for ViewCustomer {
    type On<'a> = ViewQuestion<'a>;
    const ACTION: &'static str = "viewCustomer";
    fn question(on: &ViewQuestion<'_>) -> Question {
        let context = vec![text("purpose", on.purpose.as_str()), bank_wide(on.bank_wide)];
        Question { branch: Some(on.branch.as_str().into()), context }
    }
}

/// What a reveal is asked for.
#[derive(Clone, Copy, Debug)]
pub struct RevealQuestion<'a> {
    /// The customer's branch.
    pub branch: &'a BranchNo,
    /// The case's purpose.
    pub purpose: &'a PurposeName,
    /// The reason given.
    pub reason: &'a ReasonCode,
    /// The field, as the catalogue has it.
    pub field: &'a Field,
    /// Whether a search of every branch found the customer in this case.
    pub bank_wide: bool,
}

impl Permission for RevealField {
    type On<'a> = RevealQuestion<'a>;
    const ACTION: &'static str = "revealField";
    fn question(on: &RevealQuestion<'_>) -> Question {
        let class = match on.field.class {
            Class::C1 => "C1",
            Class::C2 => "C2",
            Class::C3 => "C3",
        };
        let purposes = on.field.reveal.iter().map(|purpose| purpose.as_str().to_owned());
        Question {
            branch: Some(on.branch.as_str().into()),
            context: vec![
                text("purpose", on.purpose.as_str()),
                text("reason", on.reason.as_str()),
                text("field", on.field.name.as_str()),
                text("class", class),
                bank_wide(on.bank_wide),
                ("purposes", Told::Texts(purposes.collect())),
            ],
        }
    }
}
