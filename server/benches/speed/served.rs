//! The program itself, in a process of its own: what it takes is its own, not its clients'.

use crate::client::Client;
use crate::engine::Place;
use crate::premises::ORIGIN;
use anyhow::Context;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Between two looks whether it is ready.
const LOOK: Duration = Duration::from_millis(1);
/// As long as anybody would wait for a start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A `grille` that serves. It ends when this is dropped.
pub struct Served {
    child: Child,
    said: PathBuf,
    /// Where.
    pub addr: SocketAddr,
}

impl Drop for Served {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Served {
    /// Starts `grille COMMAND…` on this folder and database, on a port that was free just now.
    pub fn start(command: &[&str], data: &Path, place: &Place) -> anyhow::Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        std::fs::create_dir_all(data)?;
        let beside = data.parent().context("a folder has a parent")?;
        let said = beside.join("said");
        let mut grille = Command::new(env!("CARGO_BIN_EXE_grille"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GRILLE_")) {
            grille.env_remove(name);
        }
        grille.envs(boundless()).env("GRILLE_LOG_ORIGIN", ORIGIN).env("GRILLE_SERVER__DRAIN_SECONDS", "0");
        if let Place::Server(url) = place {
            grille.env("GRILLE_DATABASE_URL", url);
        }
        grille.args(command).arg("--data-dir").arg(data).args(["--addr", &addr.to_string()]);
        // No configuration of whoever measures lies there, and what it says is kept there.
        grille.current_dir(beside).stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&said)?);
        Ok(Self { child: grille.spawn().context("the program does not start")?, said, addr })
    }

    /// Waits until all that work needs is there.
    pub async fn ready(&mut self) -> anyhow::Result<()> {
        let looks = async {
            loop {
                if let Some(ended) = self.child.try_wait()? {
                    anyhow::bail!("the program ended with {ended}: {}", std::fs::read_to_string(&self.said)?);
                }
                // Nobody listens yet, or something is missing: either way it is asked again.
                if let Ok(mut client) = Client::connect(self.addr).await
                    && client.get(grille::health::READY).await.is_ok_and(|answer| answer.status == 200)
                {
                    return Ok(());
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(PATIENCE, looks).await.context("the program was not ready in time")?
    }

    /// What the kernel says of its memory, in MB: `VmRSS` for now, `VmHWM` for the highest.
    pub fn memory(&self, what: &str) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).context("no such line")?;
        Ok(kib.trim().parse::<f64>()? / 1024.0)
    }

    /// Tells it to stop, and waits until it has.
    pub fn stop(mut self) -> anyhow::Result<()> {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        anyhow::ensure!(told.success(), "the program was not there to be told to stop");
        let ended = self.child.wait()?;
        anyhow::ensure!(ended.success(), "the program ended with {ended}");
        Ok(())
    }
}

/// Budgets that nobody meets: tellers of a benchmark do in a minute what others do in a year.
fn boundless() -> impl Iterator<Item = (String, &'static str)> {
    use domain::budget::{Counter, Scope, Window};
    let counters = Scope::ALL.into_iter().flat_map(|scope| Counter::ALL.map(|counter| (scope, counter)));
    counters.flat_map(|(scope, counter)| {
        Window::ALL.map(|window| {
            let key = format!("GRILLE_BUDGET__{}__{}_{}", scope.as_str(), counter.as_str(), window.as_str());
            (key.to_uppercase(), "1000000000")
        })
    })
}
