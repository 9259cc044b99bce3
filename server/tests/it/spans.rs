//! Spans for a collector: which leave, what is in them, and whose trace they join (O3).

use crate::app::{Home, Start, TestApp};
use crate::http::Request;
use crate::person::Person;
use backoffice::spans::SPANS;
use domain::audit::event::Kind;
use domain::code::Code;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A collector that keeps what it is sent, byte for byte.
pub struct Collector {
    pub address: String,
    kept: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Collector {
    pub fn listening() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let kept: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let keep = kept.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Some(whole) = take(stream) {
                    keep.lock().unwrap().push(whole);
                }
            }
        });
        Self { address, kept }
    }

    /// Everything that was sent: heads, with all their headers, and bodies.
    pub fn heard(&self) -> Vec<u8> {
        self.kept.lock().unwrap().concat()
    }

    fn requests(&self) -> Vec<ExportTraceServiceRequest> {
        let body = |whole: &Vec<u8>| {
            let at = whole.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
            ExportTraceServiceRequest::decode(&whole[at..]).expect("OTLP")
        };
        self.kept.lock().unwrap().iter().map(body).collect()
    }

    fn spans(&self) -> Vec<Span> {
        let all = self.requests().into_iter().flat_map(|request| request.resource_spans);
        all.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans).collect()
    }
}

/// Head and body of one request, which is answered.
fn take(mut stream: TcpStream) -> Option<Vec<u8>> {
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    let mut whole = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
        whole.extend_from_slice(&chunk[..read]);
        let Some(head) = whole.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&whole[..head]).to_ascii_lowercase();
        assert!(text.starts_with("post /v1/traces http/1.1\r\n"), "{text}");
        let length = text.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
        let length: usize = length.expect("a length");
        if whole.len() >= head + 4 + length {
            break;
        }
    }
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
    stream.write_all(answer.as_bytes()).ok()?;
    Some(whole)
}

/// An attribute, as text.
fn attribute(span: &Span, name: &str) -> Option<String> {
    let found = span.attributes.iter().find(|pair| pair.key == name)?;
    Some(match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        Value::BoolValue(truth) => truth.to_string(),
        other => panic!("{name}: {other:?}"),
    })
}

/// Ends the process in order, so that whatever waits is sent.
fn end(app: &TestApp) {
    app.signal("TERM");
    assert!(app.wait().success());
}

#[test]
fn o3_spans_of_the_list_leave_with_the_fields_of_the_list_and_nothing_else() {
    let collector = Collector::listening();
    let home = Home::new();
    // Whatever is said to the program's own log, at any level, is no span's.
    let env = [("GRILLE_TELEMETRY__OTLP", collector.address.as_str()), ("GRILLE_LOG", "trace")];
    let app = TestApp::start(&home, &Start { staff: 1, env: &env, by: &[] });
    let person = Person::operator(&app);
    let case = person.before("counter", &app.guests[0].id_no);
    let shown = person.reveal_by_code(&case, &[("field", "id_no"), ("reason", "COUNTER_SERVICE")]);
    assert_eq!(shown.status, 200);
    person.get("/customers?case=secret-in-the-query");
    end(&app);

    for request in collector.requests() {
        for resource in &request.resource_spans {
            let names: Vec<&str> =
                resource.resource.iter().flat_map(|own| &own.attributes).map(|pair| pair.key.as_str()).collect();
            assert_eq!(names, ["service.name"], "nothing of the machine");
        }
    }
    let spans = collector.spans();
    for span in &spans {
        let (_, fields) = SPANS.iter().find(|(name, _)| *name == span.name).unwrap_or_else(|| panic!("{}", span.name));
        for pair in &span.attributes {
            assert!(fields.contains(&pair.key.as_str()), "{}: {}", span.name, pair.key);
        }
        assert!(span.events.is_empty() && span.links.is_empty() && span.trace_state.is_empty(), "{span:?}");
        if let Some(kind) = attribute(span, "grille.kind") {
            assert!(Kind::parse(&kind).is_some(), "{kind}");
        }
        if let Some(code) = attribute(span, "grille.code") {
            assert!(Code::ALL.iter().any(|known| known.as_str() == code), "{code}");
        }
    }
    for (name, _) in SPANS {
        assert!(spans.iter().any(|span| span.name == name), "{name}");
    }
    let request = spans.iter().find(|span| {
        span.name == "request" && attribute(span, "grille.request_id").as_deref() == Some(shown.request_id())
    });
    let request = request.expect("the reveal's span");
    assert_eq!(attribute(request, "http.route").as_deref(), Some("/api/customers/reveal"));
    assert_eq!(attribute(request, "http.request.method").as_deref(), Some("POST"));
    assert_eq!(attribute(request, "http.response.status_code").as_deref(), Some("200"));
    let act = spans.iter().find(|span| span.parent_span_id == request.span_id).expect("its act");
    assert_eq!((act.name.as_str(), &act.trace_id), ("act", &request.trace_id));
    assert_eq!(attribute(act, "grille.kind").as_deref(), Some("field_revealed"));
    let heard = collector.heard();
    let guest = &app.guests[0];
    for own in [
        &person.staff.staff_no,
        &case.id,
        &case.customer,
        &guest.ticket,
        &guest.id_no,
        &guest.name,
        &person.cookie(),
        "secret-in-the-query",
    ] {
        assert!(!heard.windows(own.len()).any(|window| window == own.as_bytes()), "{own}");
    }
}

#[test]
fn o3_a_collector_that_is_down_or_says_nothing_keeps_nobody_waiting() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = format!("http://{}", silent.local_addr().expect("an address"));
    for address in ["http://127.0.0.1:1", &silent] {
        let home = Home::new();
        let app = TestApp::start(&home, &Start { staff: 1, env: &[("GRILLE_TELEMETRY__OTLP", address)], by: &[] });
        Person::operator(&app).before("counter", &app.guests[0].id_no);
        end(&app);
    }
}

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// Asks with a trace that somebody else began; gives back the traces that were sent.
fn traces(env: &[(&str, &str)], from: Option<IpAddr>) -> Vec<Vec<u8>> {
    let collector = Collector::listening();
    let home = Home::new();
    let env = [&[("GRILLE_TELEMETRY__OTLP", collector.address.as_str()), ("GRILLE_SERVER__DRAIN_SECONDS", "0")], env];
    let mut app = TestApp::init_and_serve(&home, &env.concat());
    app.way.from = from;
    let parent = format!("00-{TRACE}-b7ad6b7169203331-01");
    assert_eq!(app.send(&Request::get("/sign-in").with("traceparent", &parent)).status, 200);
    end(&app);
    collector.spans().into_iter().filter(|span| span.name == "request").map(|span| span.trace_id).collect()
}

#[test]
fn o3_a_trace_is_joined_at_the_word_of_a_named_proxy_and_of_nobody_else() {
    let named = data_encoding::HEXLOWER.decode(TRACE.as_bytes()).unwrap();
    let behind = [
        ("GRILLE_BEHIND_PROXY", "true"),
        ("GRILLE_PROXY__TRUSTED", "[\"127.0.0.2\"]"),
        ("GRILLE_ORIGIN", "https://grille.bank.example"),
    ];
    let joined = traces(&behind, Some(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))));
    assert_eq!(joined, std::slice::from_ref(&named));
    let alone = traces(&[], None);
    assert!(alone.len() == 1 && alone[0] != named, "{alone:?}");
}
