//! `cargo xtask postgres -- COMMAND…`: a PostgreSQL of COMMAND's own, fresh, and gone afterwards.

use crate::children;
use anyhow::{Context, Result, ensure};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::{env, fs};

/// Where tests read the address of a cluster in which they may make databases and roles.
const ADDRESS: &str = "TEST_POSTGRES";

/// Runs `words` beside a cluster, and ends with their code.
pub fn beside(words: &[&str]) -> Result<()> {
    let (program, arguments) = words.split_first().context("there is no command after `--`")?;
    let (cluster, port) = Cluster::start()?;
    let address = format!("postgres://postgres@127.0.0.1:{port}");
    let status = children::clean(Command::new(program).args(arguments).env(ADDRESS, address)).status();
    drop(cluster);
    let status = status.with_context(|| format!("cannot start {program}"))?;
    std::process::exit(code(status));
}

/// As a shell tells it.
fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or(128 + status.signal().unwrap_or(0))
}

/// A cluster that runs. A guard stops it and takes its folder away when the other end of its pipe closes: when this is
/// dropped, and also when we die in any way. It is in a group of its own, so that Ctrl-C does not reach it.
struct Cluster {
    guard: Child,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        if let Err(error) = self.guard.wait() {
            eprintln!("postgres: whether it was stopped is not known: {error}");
        }
    }
}

impl Cluster {
    fn start() -> Result<(Self, u16)> {
        let bin = binaries().context("PostgreSQL is not installed: try `make test`, or your system's packages")?;
        let dir = folder()?;
        let data = dir.join("data");
        let guard = guard(&bin, &dir)?;
        let cluster = Self { guard };
        quiet(as_server(&bin.join("initdb")).arg("-D").arg(&data).args(["-U", "postgres", "-A", "trust"]).args([
            "--locale=C",
            "-E",
            "UTF8",
            "--no-sync",
        ]))?;
        // Another may take the port between our look and the server's: then the next is tried.
        let mut failed = None;
        for _ in 0..5 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            let options = format!(
                "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c max_connections=300"
            );
            let start = quiet(
                as_server(&bin.join("pg_ctl"))
                    .arg("-D")
                    .arg(&data)
                    .arg("-l")
                    .arg(dir.join("log"))
                    .args(["-w", "-o", &options, "start"]),
            );
            match start {
                Ok(()) => return Ok((cluster, port)),
                Err(error) => failed = Some(error),
            }
        }
        let log = fs::read_to_string(dir.join("log")).unwrap_or_default();
        Err(failed.context("five ports were tried")?.context(log))
    }
}

fn guard(bin: &Path, dir: &Path) -> Result<Child> {
    const UNTIL_THEN: &str = r#"cat >/dev/null; dir=$1; shift; "$@" >/dev/null 2>&1; rm -rf "$dir""#;
    let mut stop = as_server(&bin.join("pg_ctl"));
    stop.arg("-D").arg(dir.join("data")).args(["-m", "immediate", "-w", "stop"]);
    Command::new("sh")
        .args(["-c", UNTIL_THEN, "sh"])
        .arg(dir)
        .arg(stop.get_program())
        .args(stop.get_args())
        .stdin(Stdio::piped())
        .process_group(0)
        .spawn()
        .context("cannot start sh")
}

/// The newest that Debian installed, or what the PATH has.
fn binaries() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<(u32, PathBuf)> = debian
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    debian.sort();
    let path = env::var_os("PATH").unwrap_or_default();
    let mut all = debian.into_iter().rev().map(|(_, bin)| bin).chain(env::split_paths(&path));
    all.find(|bin| bin.join("initdb").is_file() && bin.join("pg_ctl").is_file())
}

/// The server refuses to be root.
fn we_are_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|us| us.uid() == 0)
}

fn as_server(program: &Path) -> Command {
    if !we_are_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

/// A folder of the server's, under `target`, or where the system keeps what is temporary if the server cannot get there.
fn folder() -> Result<PathBuf> {
    let here = env::var_os("CARGO_MANIFEST_DIR").context("start me as `cargo xtask`")?;
    let target = Path::new(&here).parent().context("xtask lies in the workspace")?.join("target/tmp");
    fs::create_dir_all(&target)?;
    let name = format!("postgres-{}", std::process::id());
    for parent in [target, env::temp_dir()] {
        let dir = parent.join(&name);
        let mut make = Command::new("install");
        make.args(["-d", "-m", "700"]);
        if we_are_root() {
            make.args(["-o", "postgres"]);
        }
        quiet(make.arg(&dir))?;
        if quiet(as_server(Path::new("test")).arg("-w").arg(&dir)).is_ok() {
            return Ok(dir);
        }
        fs::remove_dir(&dir)?;
    }
    anyhow::bail!("the server's user can enter neither `target` nor the system's temporary folder")
}

/// Runs `command`, which says something only if it fails. Not by a pipe: the server would inherit it and hold it open.
fn quiet(command: &mut Command) -> Result<()> {
    let name = command.get_program().display().to_string();
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null());
    let status = command.status().with_context(|| format!("cannot start {name}"))?;
    ensure!(status.success(), "{name} ended with {status}");
    Ok(())
}
