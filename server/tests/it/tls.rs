//! TLS: what is greeted, what is not, and a certificate replaced while people work (U8).

use crate::app::{Home, TestApp, Way, told};
use crate::http::{Request, connect};
use crate::person::Person;
use rcgen::{CertificateParams, CertifiedKey, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned, SupportedProtocolVersion};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

/// A client that trusts one certificate.
pub struct Trust(Arc<ClientConfig>);

type Tls = StreamOwned<ClientConnection, TcpStream>;

impl Trust {
    fn new(certificate: &CertificateDer<'static>, versions: &[&'static SupportedProtocolVersion], alpn: &str) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).expect("a root");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions);
        let mut config = builder.expect("versions").with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![alpn.as_bytes().to_vec()];
        Self(Arc::new(config))
    }

    /// Shakes hands.
    pub fn greet(&self, mut stream: TcpStream) -> std::io::Result<Tls> {
        let name = ServerName::try_from("localhost").expect("a name");
        let mut connection = ClientConnection::new(self.0.clone(), name).expect("a client");
        while connection.is_handshaking() {
            connection.complete_io(&mut stream)?;
        }
        Ok(StreamOwned::new(connection, stream))
    }
}

/// A pair for `localhost`, as PEM and DER.
fn pair() -> (CertifiedKey<KeyPair>, CertificateDer<'static>) {
    let key = KeyPair::generate().expect("a key");
    let cert = CertificateParams::new(["localhost".to_owned()]).and_then(|params| params.self_signed(&key));
    let cert = cert.expect("a certificate");
    let der = cert.der().clone();
    (CertifiedKey { cert, signing_key: key }, der)
}

/// Puts a pair where the configuration names it.
fn put(home: &Home, pair: &CertifiedKey<KeyPair>) {
    put_key(home, &pair.signing_key.serialize_pem(), 0o600);
    std::fs::write(home.file("certificate.pem"), pair.cert.pem()).expect("a certificate");
}

fn put_key(home: &Home, pem: &str, mode: u32) {
    let file = home.file("key.pem");
    std::fs::write(&file, pem).expect("a key");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("a mode");
}

const ENV: [(&str, &str); 2] = [("GRILLE_TLS__CERTIFICATE", "../certificate.pem"), ("GRILLE_TLS__KEY", "../key.pem")];

/// The environment, with files named where this home has them.
fn served(home: &Home) -> TestApp {
    let files = ["certificate.pem", "key.pem"].map(|name| home.file(name).to_string_lossy().into_owned());
    TestApp::init_and_serve(home, &[(ENV[0].0, &files[0]), (ENV[1].0, &files[1])])
}

/// A connection by itself, for a look at what was agreed.
fn greet(app: &TestApp, trust: &Trust) -> std::io::Result<Tls> {
    trust.greet(connect(app.addr, None)?)
}

#[test]
fn u8_people_sign_in_over_tls_1_3_and_1_2_and_browsers_are_told_to_come_by_no_other_way() {
    let home = Home::new();
    let (pair, der) = pair();
    put(&home, &pair);
    let mut app = served(&home);
    assert!(app.origin.starts_with("https://localhost:"), "{}", app.origin);
    for (version, agreed) in [(&TLS13, ProtocolVersion::TLSv1_3), (&TLS12, ProtocolVersion::TLSv1_2)] {
        for alpn in ["h2", "http/1.1"] {
            let stream = greet(&app, &Trust::new(&der, &[version], alpn)).expect("a handshake");
            assert_eq!(stream.conn.protocol_version(), Some(agreed));
            assert_eq!(stream.conn.alpn_protocol(), Some(alpn.as_bytes()));
        }
        app.way = Way { tls: Some(Trust::new(&der, &[version], "http/1.1")), from: None };
        let staff = app.staff[usize::from(agreed == ProtocolVersion::TLSv1_2)].clone();
        let admin = Person::signed_in(&app, &staff);
        let page = admin.get("/");
        assert_eq!(page.status, 200);
        assert_eq!(page.header("strict-transport-security"), Some("max-age=63072000; includeSubDomains"));
    }
    assert!(greet(&app, &Trust::new(&der, &[&TLS13], "spdy/3")).is_err(), "a protocol that nobody speaks");
    let plain = TestApp::shared().send(&Request::get("/sign-in"));
    assert_eq!(plain.header("strict-transport-security"), None, "plain HTTP has nothing to promise");
}

#[test]
fn u8_tls_1_1_and_plain_http_get_no_answer() {
    let home = Home::new();
    let (pair, _) = pair();
    put(&home, &pair);
    let app = served(&home);
    let said = |bytes: &[u8]| {
        let mut stream = connect(app.addr, None).expect("a connection");
        stream.write_all(bytes).expect("sent");
        stream.shutdown(std::net::Shutdown::Write).expect("no more");
        let mut said = Vec::new();
        drop(stream.read_to_end(&mut said));
        said
    };
    // The same ClientHello (RFC 5246 7.4.1.2) twice, but for its version; it offers what the pair can do.
    let hello = |minor: u8| {
        let mut hello = vec![0x03, minor];
        hello.extend([7; 32]);
        hello.extend([0x00, 0x00, 0x02, 0xc0, 0x2b, 0x01, 0x00]);
        // Signatures (ECDSA with SHA-256), groups (X25519), point formats.
        hello.extend([0x00, 0x16, 0x00, 0x0d, 0x00, 0x04, 0x00, 0x02, 0x04, 0x03]);
        hello.extend([0x00, 0x0a, 0x00, 0x04, 0x00, 0x02, 0x00, 0x1d, 0x00, 0x0b, 0x00, 0x02, 0x01, 0x00]);
        let mut record = vec![0x16, 0x03, 0x01, 0x00, hello.len() as u8 + 4, 0x01, 0x00, 0x00, hello.len() as u8];
        record.extend(hello);
        record
    };
    assert_eq!(said(&hello(0x02)), [0x15, 3, 3, 0, 2, 2, 70], "an alert: fatal, protocol_version");
    assert_eq!(said(&hello(0x03))[0], 0x16, "a handshake goes on");
    let plain = said(&Request::get("/sign-in").with("Host", &app.host).bytes());
    assert!(!plain.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&plain));
}

/// A GET on stream 1 of HTTP/2, headers uncompressed (RFC 9113, RFC 7541), and what comes back before the
/// stream ends: the first byte of its headers, and its data.
fn get_by_http_2(stream: &mut Tls, authority: &str, target: &str) -> (u8, Vec<u8>) {
    let literal = |index: u8, text: &str| [&[index, text.len() as u8], text.as_bytes()].concat();
    let head = [vec![0x82, 0x87], literal(0x01, authority), literal(0x04, target)].concat();
    let mut sent = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    sent.extend([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    sent.extend([0, 0, head.len() as u8, 1, 0x05, 0, 0, 0, 1]);
    sent.extend(head);
    stream.write_all(&sent).expect("sent");
    let (mut status, mut data) = (0, Vec::new());
    loop {
        let mut frame = [0; 9];
        stream.read_exact(&mut frame).expect("a frame");
        let mut payload = vec![0; u32::from_be_bytes([0, frame[0], frame[1], frame[2]]) as usize];
        stream.read_exact(&mut payload).expect("a payload");
        match frame[3] {
            0 => data.extend(payload),
            1 => status = payload[0],
            _ => continue,
        }
        if frame[4] & 1 == 1 {
            return (status, data);
        }
    }
}

#[test]
fn u6_http_2_names_its_host_in_the_address_and_a_foreign_one_is_refused() {
    const OK: u8 = 0x88;
    let home = Home::new();
    let (pair, der) = pair();
    put(&home, &pair);
    let app = served(&home);
    let trust = Trust::new(&der, &[&TLS13], "h2");
    let (status, data) = get_by_http_2(&mut greet(&app, &trust).expect("a handshake"), &app.host, "/sign-in");
    assert_eq!(status, OK);
    assert!(String::from_utf8_lossy(&data).contains("<form"), "a page");
    let (status, data) = get_by_http_2(&mut greet(&app, &trust).expect("a handshake"), "evil.example", "/sign-in");
    assert_ne!(status, OK);
    assert!(String::from_utf8_lossy(&data).contains("foreign_host"));
}

/// The certificate that the server shows now.
fn shown(app: &TestApp, trusted: &[&CertificateDer<'static>]) -> usize {
    let shown = trusted.iter().position(|der| greet(app, &Trust::new(der, &[&TLS13], "http/1.1")).is_ok());
    shown.expect("one of the certificates")
}

/// Waits for a word on standard error.
fn until_told(home: &Home, word: &str, times: usize) {
    for _ in 0..500 {
        if String::from_utf8_lossy(&home.stderr()).matches(word).count() >= times {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{word:?} was not told {times} times: {}", String::from_utf8_lossy(&home.stderr()));
}

#[test]
fn u8_a_new_pair_is_taken_up_without_a_restart_and_a_broken_one_is_not() {
    const NOT: &str = "THE NEW CERTIFICATE IS NOT IN USE";
    let home = Home::new();
    let ((first, first_der), (second, second_der)) = (pair(), pair());
    put(&home, &first);
    let app = served(&home);
    let trusted = [&first_der, &second_der];
    assert_eq!(shown(&app, &trusted), 0);
    // A connection that is there stays, whatever comes.
    let trust = Trust::new(&first_der, &[&TLS13], "http/1.1");
    let mut open = greet(&app, &trust).expect("a handshake");

    for (times, break_it) in [
        (1, &(|| std::fs::write(home.file("certificate.pem"), second.cert.pem()).expect("written")) as &dyn Fn()),
        (2, &|| put_key(&home, "no key", 0o600)),
        (3, &|| put_key(&home, &second.signing_key.serialize_pem(), 0o640)),
        (4, &|| std::fs::remove_file(home.file("key.pem")).expect("removed")),
    ] {
        break_it();
        app.signal("HUP");
        until_told(&home, NOT, times);
        assert_eq!(shown(&app, &trusted), 0, "the old pair is kept");
    }
    put(&home, &second);
    app.signal("HUP");
    until_told(&home, "a new certificate is in use", 1);
    assert_eq!(shown(&app, &trusted), 1);
    open.write_all(&Request::get("/sign-in").with("Host", &app.host).bytes()).expect("sent");
    let mut answer = [0; 12];
    open.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 200");
    for pem in [first.signing_key.serialize_pem(), second.signing_key.serialize_pem()] {
        let body = pem.lines().nth(1).expect("a line of base64").to_owned();
        assert!(!String::from_utf8_lossy(&home.stderr()).contains(&body), "a key was told");
    }
}

#[test]
fn u8_a_pair_that_cannot_be_served_is_refused_at_start_with_what_to_do() {
    let home = Home::new();
    assert!(home.run(&["init", "--json"]).status.success());
    let ((one, _), (other, _)) = (pair(), pair());
    let files = ["certificate.pem", "key.pem"].map(|name| home.file(name).to_string_lossy().into_owned());
    let env = [(ENV[0].0, files[0].as_str()), (ENV[1].0, files[1].as_str())];
    let refused = |word: &str| {
        let output = home.run_with(&["serve", "--addr", "127.0.0.1:0"], &env);
        assert_eq!(output.status.code(), Some(1), "{word}");
        assert!(told(&output).contains(word), "{word}: {}", told(&output));
    };
    refused("tls.certificate");
    put(&home, &one);
    put_key(&home, &one.signing_key.serialize_pem(), 0o604);
    refused("set its mode to 0600");
    put_key(&home, &other.signing_key.serialize_pem(), 0o600);
    refused("the key is not that of the certificate");
    put_key(&home, &one.cert.pem(), 0o600);
    refused("holds no private key");
    put(&home, &one);
    std::fs::write(home.file("certificate.pem"), "").expect("written");
    refused("holds no certificate");
}

#[test]
fn u8_plain_http_and_demonstrations_stay_on_loopback() {
    let home = Home::new();
    let refused = |args: &[&str], env: &[(&str, &str)], word: &str| {
        let output = home.run_with(args, env);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(told(&output).contains(word), "{word}: {}", told(&output));
        assert!(!home.data().exists(), "and nothing was made");
    };
    refused(&["serve", "--addr", "0.0.0.0:0"], &[], "plain HTTP is served on loopback only");
    refused(&["demo", "--addr", "0.0.0.0:0"], &[], "plain HTTP is served on loopback only");
    refused(&["demo", "--addr", "0.0.0.0:0"], &ENV, "a demonstration is served on loopback only");
}
