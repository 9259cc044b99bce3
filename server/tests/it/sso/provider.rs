//! An identity provider on loopback that signs whatever it is told to.

use super::SECRET;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use ring::signature::{Ed25519KeyPair, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

pub type Form = BTreeMap<String, String>;

/// What is said at an address, once a request is there.
type Said = (u16, String);

pub struct Provider {
    pub issuer: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    away: bool,
    /// The seed of the key that it signs by; the last of these is the one that it publishes.
    signs_by: u8,
    publishes: u8,
    /// What a code is good for: the challenge that it was given for, and the answer.
    codes: BTreeMap<String, (String, Said)>,
    redeemed: Vec<Form>,
    described: usize,
    /// What it says of itself instead of the truth.
    description: BTreeMap<String, Value>,
}

impl Provider {
    pub fn begin() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        Self::answer(listener, issuer, None)
    }

    /// The same by TLS, with its certificate.
    pub fn begin_by_tls() -> (Self, String) {
        let key = rcgen::KeyPair::generate().expect("a key");
        let params = rcgen::CertificateParams::new(["localhost".to_owned()]).expect("parameters");
        let certificate = params.self_signed(&key).expect("a certificate");
        let private = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.expect("versions").with_no_client_auth();
        let config = builder.with_single_cert(vec![certificate.der().clone()], private).expect("a pair");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let issuer = format!("https://localhost:{}", listener.local_addr().expect("an address").port());
        (Self::answer(listener, issuer, Some(Arc::new(config))), certificate.pem())
    }

    fn answer(listener: TcpListener, issuer: String, tls: Option<Arc<ServerConfig>>) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let provider = Self { issuer: issuer.clone(), state: state.clone() };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Whoever is away takes the connection and says nothing.
                if state.lock().unwrap().away {
                    continue;
                }
                match &tls {
                    None => converse(stream, &state, &issuer),
                    Some(config) => {
                        let connection = ServerConnection::new(config.clone()).expect("a connection");
                        converse(StreamOwned::new(connection, stream), &state, &issuer);
                    }
                }
            }
        });
        provider
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn go_away(&self) {
        self.state().away = true;
    }
    pub fn come_back(&self) {
        self.state().away = false;
    }
    /// How often it described itself.
    pub fn described(&self) -> usize {
        self.state().described
    }
    /// The forms by which codes were redeemed.
    pub fn redeemed(&self) -> Vec<Form> {
        self.state().redeemed.clone()
    }
    /// Says something else of itself.
    pub fn describe(&self, name: &str, value: Value) {
        self.state().description.insert(name.into(), value);
    }
    /// Signs by a new key and publishes that alone; gives the old one.
    pub fn change_key(&self) -> u8 {
        let mut state = self.state();
        let old = state.signs_by;
        state.publishes += 1;
        state.signs_by = state.publishes;
        old
    }
    /// Signs by that key, whatever is published.
    pub fn sign_by(&self, seed: u8) {
        self.state().signs_by = seed;
    }

    /// What an honest provider says of someone, to whoever asked so.
    pub fn claims(&self, asked: &BTreeMap<String, String>, staff_no: &str) -> Value {
        let now = crate::person::now();
        json!({
            "iss": self.issuer, "sub": format!("subject of {staff_no}"), "aud": asked["client_id"],
            "nonce": asked["nonce"], "iat": now, "exp": now + 300, "auth_time": now - 60,
            "preferred_username": staff_no,
        })
    }

    /// A code for a token with these claims, signed as it should be.
    pub fn vouch(&self, claims: &Value, challenge: &str) -> String {
        let token = self.sign(&json!({ "alg": "EdDSA", "kid": self.state().signs_by.to_string() }), claims);
        self.say(challenge, 200, &json!({ "access_token": "a", "token_type": "Bearer", "id_token": token }).to_string())
    }

    /// A code that is answered with this.
    pub fn say(&self, challenge: &str, status: u16, body: &str) -> String {
        let mut state = self.state();
        let code = format!("code-{}", state.codes.len());
        state.codes.insert(code.clone(), (challenge.to_owned(), (status, body.to_owned())));
        code
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let seed = self.state().signs_by;
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = BASE64URL_NOPAD.encode(key(seed).sign(signed.as_bytes()).as_ref());
        format!("{signed}.{signature}")
    }

    /// The public key, which everyone has.
    pub fn public_key(&self) -> Vec<u8> {
        key(self.state().publishes).public_key().as_ref().to_vec()
    }
}

fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed + 1; 32]).expect("a key")
}

fn converse(mut stream: impl Read + Write, state: &Mutex<State>, issuer: &str) {
    let Some((head, body)) = request(&mut stream) else { return };
    let line = head.lines().next().unwrap_or_default().to_owned();
    let (status, body) = state.lock().unwrap().said(&line, &head, &body, issuer);
    let location = if status == 302 { "Location: /elsewhere\r\n" } else { "" };
    let answer = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{location}Connection: close\r\n\r\n{body}",
        body.len()
    );
    drop(stream.write_all(answer.as_bytes()));
    drop(stream.flush());
}

fn request(stream: &mut impl Read) -> Option<(String, String)> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0_usize) {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
        }
    }
}

impl State {
    fn said(&mut self, line: &str, head: &str, body: &str, issuer: &str) -> Said {
        let json = |value: Value| (200, value.to_string());
        if line.starts_with("GET /.well-known/openid-configuration ") {
            self.described += 1;
            let mut told = json!({
                "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
            });
            for (name, value) in &self.description {
                told[name] = value.clone();
            }
            return json(told);
        }
        if line.starts_with("GET /keys ") {
            let x = BASE64URL_NOPAD.encode(key(self.publishes).public_key().as_ref());
            let kid = self.publishes.to_string();
            return json(json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": kid, "use": "sig", "x": x }] }));
        }
        if !line.starts_with("POST /token ") {
            return (404, String::new());
        }
        self.redeem(head, body)
    }

    /// A code of an honest client is answered as it was told. It may come again: that is for the client to see.
    fn redeem(&mut self, head: &str, body: &str) -> Said {
        let form: Form = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let escaped: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
        let basic = format!("Basic {}", BASE64.encode(format!("grille:{escaped}").as_bytes()));
        let by_header = head.lines().any(|line| line.eq_ignore_ascii_case(&format!("authorization: {basic}")));
        let by_form = form.get("client_id").is_some_and(|id| id == "grille")
            && form.get("client_secret").is_some_and(|secret| secret == SECRET);
        if !by_header && !by_form {
            return (401, json!({ "error": "invalid_client" }).to_string());
        }
        let verifier = form.get("code_verifier").map(|text| BASE64URL_NOPAD.encode(&Sha256::digest(text)));
        let known = form.get("code").and_then(|code| self.codes.get(code)).cloned();
        self.redeemed.push(form);
        match known {
            Some((challenge, said)) if verifier.as_ref() == Some(&challenge) => said,
            _ => (400, json!({ "error": "invalid_grant" }).to_string()),
        }
    }
}
