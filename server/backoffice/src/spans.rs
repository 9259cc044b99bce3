//! What a trace may say (O3): a closed list of spans and of their fields, as A5 has one of events. A collector gets these
//! and nothing else: whatever another crate, or a hasty line of ours, calls a span stays here.

use domain::id::RequestId;
use tracing::field::Empty;
use tracing::{Metadata, Span, info_span};

/// Where all of them stand.
pub const TARGET: &str = "grille::span";

/// Every span that may leave, and its fields: ids, names of closed lists, and numbers.
pub const SPANS: [(&str, &[&str]); 4] = [
    ("request", &["otel.kind", "http.request.method", "http.route", "http.response.status_code", "grille.request_id"]),
    ("act", &["grille.kind", "grille.code"]),
    ("batch", &["grille.acts"]),
    ("verification", &["grille.size", "grille.whole"]),
];

/// Whether it is one of them, with no field more.
pub fn may_leave(span: &Metadata<'_>) -> bool {
    let fields = SPANS.iter().find(|(name, _)| *name == span.name()).map(|(_, fields)| fields);
    let known = |fields: &&&[&str]| span.fields().iter().all(|field| fields.contains(&field.name()));
    span.is_span() && span.target() == TARGET && fields.filter(known).is_some()
}

/// A request, from its head to its answer's.
pub fn request(method: &'static str, route: &'static str, id: RequestId) -> Span {
    info_span!(
        target: TARGET,
        "request",
        otel.kind = "server",
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        grille.request_id = %id,
    )
}

/// Says how it was answered.
pub fn answered(request: &Span, status: u16) {
    request.record("http.response.status_code", status);
}

/// An act, from the queue to its receipt.
pub(crate) fn act() -> Span {
    info_span!(target: TARGET, "act", grille.kind = Empty, grille.code = Empty)
}

/// Says what an act was, or why it was not.
pub(crate) fn was(act: &Span, kind: Option<&'static str>, code: Option<&'static str>) {
    if let Some(kind) = kind {
        act.record("grille.kind", kind);
    }
    if let Some(code) = code {
        act.record("grille.code", code);
    }
}

/// A transaction of the writer. It serves many requests, so it stands alone.
pub(crate) fn batch(acts: usize) -> Span {
    info_span!(target: TARGET, parent: None, "batch", grille.acts = acts as u64)
}

/// A verification of the whole log.
pub(crate) fn verification() -> Span {
    info_span!(target: TARGET, parent: None, "verification", grille.size = Empty, grille.whole = Empty)
}

/// Says what it came to.
pub(crate) fn verified(verification: &Span, size: u64, whole: bool) {
    verification.record("grille.size", size);
    verification.record("grille.whole", whole);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Subscriber, subscriber};

    /// Keeps the name of each span that may leave, and of each that may not.
    #[derive(Clone, Default)]
    struct Gate(Arc<Mutex<Vec<(&'static str, bool)>>>);

    impl Subscriber for Gate {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, span: &Attributes<'_>) -> Id {
            self.0.lock().unwrap().push((span.metadata().name(), may_leave(span.metadata())));
            Id::from_u64(1)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, event: &Event<'_>) {
            assert!(!may_leave(event.metadata()));
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    #[test]
    fn o3_a_span_that_is_not_on_the_list_or_has_a_field_more_never_leaves() {
        let gate = Gate::default();
        subscriber::with_default(gate.clone(), || {
            drop(request("GET", "/", RequestId::from_bytes([1; 16])));
            drop(act());
            drop(batch(3));
            drop(verification());
            drop(info_span!(target: TARGET, "act", customer = "c"));
            drop(info_span!(target: TARGET, "search"));
            drop(info_span!("act", grille.code = Empty));
            tracing::info!(target: TARGET, "a line");
        });
        let ours = SPANS.map(|(name, _)| (name, true));
        let others = [("act", false), ("search", false), ("act", false)];
        assert_eq!(*gate.0.lock().unwrap(), [&ours[..], &others[..]].concat());
    }
}
