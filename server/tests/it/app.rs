//! The real binary: a demonstration in a folder of its own, on a port of its own.

use crate::cluster::Cluster;
use crate::http::{Answer, Request, Stream, connect, exchange};
use crate::log::Log;
use crate::person::Staff;
use crate::tls::Trust;
use serde::Deserialize;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tempfile::TempDir;

/// The binary under test.
pub const GRILLE: &str = env!("CARGO_BIN_EXE_grille");
/// Those who fail to sign in to the shared app, all of them from one address, are tests of their own.
const NO_LIMIT: (&str, &str) = ("GRILLE_SIGN_IN__ADDRESS_FAILURES", "0");
/// Operators of the app that tests share; each test takes the next.
const SHARED: u16 = 60;

/// A folder for one demonstration: its data, and what it says on standard error.
pub struct Home {
    dir: TempDir,
    /// Of a server's database; else there is a file in the folder.
    database: Option<String>,
}

impl Home {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary folder"), database: None }
    }
    /// The same with a database of this server.
    pub fn on(cluster: &Cluster) -> Self {
        Self { database: Some(cluster.database()), ..Self::new() }
    }
    /// What its commands are told about it.
    fn env(&self) -> Option<(&str, &str)> {
        self.database.as_deref().map(|url| ("GRILLE_DATABASE_URL", url))
    }
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
    pub fn log(&self) -> Log {
        self.database.clone().map_or_else(|| Log::File(self.data().join("grille.db")), Log::Server)
    }
    /// Everything that the binary said on standard error, at every start.
    pub fn stderr(&self) -> Vec<u8> {
        std::fs::read(self.file("stderr")).unwrap_or_default()
    }
    /// Runs a command of the binary on this folder, to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.run_with(args, &[])
    }
    pub fn run_with(&self, args: &[&str], env: &[(&str, &str)]) -> Output {
        let mut command = clean(Command::new(GRILLE));
        command.current_dir(self.dir.path()).envs(self.env()).envs(env.iter().copied());
        command.arg("--data-dir").arg(self.data()).args(args).output().expect("the binary runs")
    }
}

/// Budgets that no test meets unless it sets its own (Q4): one person of these tests does in a minute what
/// a teller does in a year.
fn generous() -> impl Iterator<Item = (String, &'static str)> {
    let counters = ["SEARCHES", "MISSES", "CUSTOMERS", "REVEALS", "BANK_WIDE_SEARCHES"];
    let keys = counters.into_iter().flat_map(|counter| ["HOUR", "DAY", "MONTH"].map(|window| (counter, window)));
    keys.flat_map(|(counter, window)| {
        ["PERSON", "BRANCH", "PURPOSE"]
            .map(|scope| (format!("GRILLE_BUDGET__{scope}__{counter}_{window}"), "1000000000"))
    })
}

/// Nothing of the tester's own configuration counts.
fn clean(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GRILLE_")) {
        command.env_remove(name);
    }
    command.envs(generous());
    command
}

/// What `demo --json` prints first.
#[derive(Deserialize)]
struct Told {
    url: String,
    staff: Vec<Staff>,
    guests: Vec<Guest>,
}

/// A guest of the demonstration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guest {
    pub name: String,
    pub id_no: String,
    pub mobile: String,
    pub card_no: String,
    pub branch: String,
    pub ticket: String,
    pub purpose: String,
}

/// A demonstration that serves. It ends when this is dropped.
pub struct TestApp {
    child: Mutex<Option<Child>>,
    pub addr: SocketAddr,
    pub origin: String,
    pub host: String,
    pub staff: Vec<Staff>,
    pub guests: Vec<Guest>,
    pub log: Log,
    next: AtomicUsize,
    /// Whom requests are sent by, if it is not plain HTTP from 127.0.0.1.
    pub way: Way,
}

/// How requests get there.
#[derive(Default)]
pub struct Way {
    pub tls: Option<Trust>,
    pub from: Option<IpAddr>,
}

/// How to start it.
pub struct Start<'a> {
    pub staff: u16,
    pub env: &'a [(&'a str, &'a str)],
    /// A command line to run the binary by, such as a tracer's.
    pub by: &'a [&'a str],
}

impl TestApp {
    pub fn start(home: &Home, how: &Start<'_>) -> Self {
        Self::start_at(home, how, SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// The same at an address that may be another than what its origin names.
    pub fn start_at(home: &Home, how: &Start<'_>, addr: SocketAddr) -> Self {
        let mut words: Vec<&str> = how.by.to_vec();
        words.push(GRILLE);
        let mut command = clean(Command::new(words[0]));
        command.envs(home.env());
        command.args(&words[1..]).args([
            "demo",
            "--json",
            "--addr",
            &addr.to_string(),
            "--staff",
            &how.staff.to_string(),
        ]);
        command.arg("--data-dir").arg(home.data()).envs(how.env.iter().copied()).current_dir(home.dir.path());
        let stderr = File::options().create(true).append(true).open(home.file("stderr")).expect("a file for stderr");
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr).spawn().expect("the binary starts");
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("standard output"));
        stdout.read_line(&mut line).expect("a first line");
        let told: Told = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("it did not start: {}", String::from_utf8_lossy(&home.stderr())));
        // What else it says is nobody's, but must not fill the pipe.
        std::thread::spawn(move || stdout.read_to_end(&mut Vec::new()));
        let host = told.url.strip_prefix("http://").expect("plain HTTP on loopback").to_owned();
        let port: u16 = host.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        Self {
            child: Mutex::new(Some(child)),
            addr: if addr.port() == 0 { SocketAddr::from(([127, 0, 0, 1], port)) } else { addr },
            origin: told.url,
            host,
            staff: told.staff,
            guests: told.guests,
            log: home.log(),
            next: AtomicUsize::new(0),
            way: Way::default(),
        }
    }

    /// The app that tests share, each with staff of its own. Its folder and process end with the tests'
    /// process, however that ends: the shell between them waits for its standard input to close.
    pub fn shared() -> &'static Self {
        static SHARED_APP: OnceLock<(TestApp, Home)> = OnceLock::new();
        const GUARD: &str = r#""$@" & app=$!; cat >/dev/null; kill -9 $app; rm -rf -- "$GUARDED""#;
        let (app, _) = SHARED_APP.get_or_init(|| {
            let home = Home::new();
            let folder = home.dir.path().to_string_lossy().into_owned();
            let secret = home.file("sso.secret");
            std::fs::write(&secret, "of-nobody").expect("a secret");
            std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).expect("a mode");
            let secret = secret.to_string_lossy().into_owned();
            let env = [
                ("GUARDED", folder.as_str()),
                ("GRILLE_LOG", "info"),
                NO_LIMIT,
                // A provider that nobody is: who attacks that way in is refused before it would be asked.
                ("GRILLE_SSO__ISSUER", "http://127.0.0.1:1"),
                ("GRILLE_SSO__CLIENT_ID", "grille"),
                ("GRILLE_SSO__CLIENT_SECRET_FILE", &secret),
            ];
            (Self::start(&home, &Start { staff: SHARED, env: &env, by: &["sh", "-c", GUARD, "guard"] }), home)
        });
        app
    }

    /// An operator of branch 0101 whom nobody else uses.
    pub fn operator(&self) -> &Staff {
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        let mut own = self.staff.iter().filter(|staff| staff.staff_no.starts_with("op11"));
        own.nth(at).expect("an operator is left: raise the number started with")
    }

    /// One of the fixed staff.
    pub fn staff(&self, staff_no: &str) -> &Staff {
        self.staff.iter().find(|staff| staff.staff_no == staff_no).expect("a member of staff")
    }

    /// A request as a page of ours sends it, unless it says otherwise.
    pub fn send(&self, request: &Request) -> Answer {
        self.try_send(request).expect("an answer")
    }

    pub fn try_send(&self, request: &Request) -> std::io::Result<Answer> {
        let request = request.clone().or("Host", &self.host).or("Origin", &self.origin);
        exchange(self.connect()?, &request.bytes())
    }

    fn connect(&self) -> std::io::Result<Box<dyn Stream>> {
        let stream = connect(self.addr, self.way.from)?;
        Ok(match &self.way.tls {
            Some(trust) => Box::new(trust.greet(stream)?),
            None => Box::new(stream),
        })
    }

    /// Bytes as they are.
    pub fn send_bytes(&self, bytes: &[u8]) -> Answer {
        self.connect().and_then(|stream| exchange(stream, bytes)).expect("an answer")
    }

    /// SIGKILL, while others are asking.
    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        let child = child.as_mut().expect("a process");
        child.kill().expect("it could be killed");
        child.wait().expect("it ends");
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([&format!("-{name}"), &self.pid()]).status().expect("kill").success());
    }

    /// The process, for `kill` and its like.
    pub fn pid(&self) -> String {
        self.child.lock().unwrap().as_ref().expect("a process").id().to_string()
    }

    /// Waits for the process to end by itself.
    pub fn wait(&self) -> ExitStatus {
        self.child.lock().unwrap().as_mut().expect("a process").wait().expect("it ends")
    }

    /// The same site as it is reached by another address, such as a load balancer's.
    pub fn by_way_of(&self, addr: SocketAddr) -> Self {
        Self {
            child: Mutex::new(None),
            addr,
            origin: self.origin.clone(),
            host: self.host.clone(),
            staff: self.staff.clone(),
            guests: self.guests.clone(),
            log: self.log.clone(),
            next: AtomicUsize::new(0),
            way: Way::default(),
        }
    }

    /// `init`, then `serve` on a port that is free. The staff are the two administrators that it made.
    pub fn init_and_serve(home: &Home, env: &[(&str, &str)]) -> Self {
        let made = json(&home.run_with(&["init", "--json"], env));
        let admin = |made: &Value| {
            let text = |name: &str| made[name].as_str().expect("a text").to_owned();
            let (role, unit) = ("admin".to_owned(), "IT".to_owned());
            Staff {
                staff_no: text("staff_no"),
                role,
                unit,
                password: text("password"),
                totp_secret: text("totp_secret"),
            }
        };
        let staff = made["admins"].as_array().expect("administrators").iter().map(admin).collect();
        let free = free_address();
        let mut command = clean(Command::new(GRILLE));
        command.args(["serve", "--addr", &free.to_string(), "--data-dir"]).arg(home.data()).envs(env.iter().copied());
        let stderr = File::options().create(true).append(true).open(home.file("stderr")).expect("a file for stderr");
        let child = command.current_dir(home.dir.path()).stderr(stderr).spawn().expect("the binary starts");
        let set = |name: &str| env.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let scheme = if set("GRILLE_TLS__KEY").is_some() { "https" } else { "http" };
        let origin = set("GRILLE_ORIGIN").unwrap_or_else(|| format!("{scheme}://localhost:{}", free.port()));
        let app = Self {
            child: Mutex::new(Some(child)),
            addr: free,
            host: origin.split_once("://").expect("an origin").1.to_owned(),
            origin,
            staff,
            guests: Vec::new(),
            log: home.log(),
            next: AtomicUsize::new(0),
            way: Way::default(),
        };
        for _ in 0..500 {
            if TcpStream::connect(free).is_ok() {
                return app;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it did not serve: {}", String::from_utf8_lossy(&home.stderr()));
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(child) = child {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// An address of this machine that nobody listened on just now.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}

/// What a command printed, if it was JSON.
pub fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", told(output)))
}

/// Both outputs, for a test to look at.
pub fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Every file below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}
