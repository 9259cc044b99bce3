//! A PostgreSQL of a test's own, which it may stop and start. It goes away with the test's process, however that ends.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

pub struct Cluster {
    bin: PathBuf,
    dir: PathBuf,
    port: u16,
    databases: AtomicU32,
    guard: Mutex<Child>,
}

impl Cluster {
    /// A fresh one, running.
    pub fn new() -> Self {
        static CLUSTERS: AtomicU32 = AtomicU32::new(0);
        let bin = binaries();
        let name = format!("grille-{}-{}", std::process::id(), CLUSTERS.fetch_add(1, Ordering::Relaxed));
        let dir = std::env::temp_dir().join(name);
        let mut make = Command::new("install");
        make.args(["-d", "-m", "700"]).args(if we_are_root() { ["-o", "postgres"].as_slice() } else { &[] });
        run(make.arg(&dir));
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        // The shell waits for its standard input to close.
        const GUARD: &str = r#"cat >/dev/null; dir=$1; shift; "$@" >/dev/null 2>&1; rm -rf "$dir""#;
        let mut stop = as_server(&bin.join("pg_ctl"));
        stop.arg("-D").arg(dir.join("data")).args(["-w", "-m", "immediate", "stop"]);
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD, "guard"]).arg(&dir).arg(stop.get_program()).args(stop.get_args());
        let guard = guard.current_dir("/").stdin(Stdio::piped()).spawn().unwrap();
        let cluster = Self { bin, dir, port, databases: AtomicU32::new(0), guard: Mutex::new(guard) };
        let mut init = as_server(&cluster.bin.join("initdb"));
        run(init.arg("-D").arg(cluster.data()).args(["-U", "postgres", "-A", "trust", "--locale=C", "-E", "UTF8"]));
        cluster.start();
        cluster
    }

    fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    pub fn start(&self) {
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories= -c max_connections=200",
            self.port
        );
        let mut start = as_server(&self.bin.join("pg_ctl"));
        run(start.arg("-D").arg(self.data()).arg("-l").arg(self.dir.join("log")).args(["-w", "-o", &options, "start"]));
    }

    /// As an administrator stops it, or as a power cut would: `fast`, `immediate`.
    pub fn stop(&self, how: &str) {
        let mut stop = as_server(&self.bin.join("pg_ctl"));
        run(stop.arg("-D").arg(self.data()).args(["-w", "-m", how, "stop"]));
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// The URL of a new database.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.run(&format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    /// Runs one statement as the server's administrator.
    pub fn run(&self, sql: &str) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
            let mut conn = PgConnection::connect(&self.url("postgres")).await.unwrap();
            conn.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.unwrap();
        });
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut guard = self.guard.lock().unwrap();
        drop(guard.stdin.take());
        drop(guard.wait());
    }
}

/// PostgreSQL refuses to run as root.
fn we_are_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0
}

fn as_server(program: &Path) -> Command {
    if !we_are_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

/// Not by a pipe: the server would inherit it and hold it open.
fn run(command: &mut Command) {
    let status = command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).status();
    assert!(status.expect("PostgreSQL is installed: `make test` sees to it").success(), "{command:?}");
}

/// The newest that Debian installed, or what the PATH has.
fn binaries() -> PathBuf {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    all.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut all = all.into_iter().rev().chain(std::env::split_paths(&path));
    all.find(|bin| bin.join("initdb").is_file()).expect("PostgreSQL is installed: `make test` sees to it")
}
