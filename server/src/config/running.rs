//! How the process runs and ends, and who watches it.

use super::ConfigError;
use crate::telemetry::Collector;
use backoffice::audit::Gather;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// A served site's end, and the room that it needs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Seconds from the word to stop until no more connections are taken; 5, and 0 for a demonstration, if left out.
    pub drain_seconds: Option<u16>,
    /// Bytes free on the data folder's disk below which the process is not ready; 0 for any number.
    pub disk_reserve: u64,
    /// Microseconds that a batch of acts waits for more of them, after one that had several; 0, or 2000 at most.
    pub commit_wait_us: u16,
}

impl Default for Server {
    fn default() -> Self {
        Self { drain_seconds: None, disk_reserve: 64 * 1024 * 1024, commit_wait_us: 0 }
    }
}

impl Server {
    /// How long a load balancer has to notice.
    pub fn drain(&self, left_out: u16) -> Duration {
        Duration::from_secs(self.drain_seconds.unwrap_or(left_out).into())
    }

    /// How long acts wait for company.
    pub fn gather(&self) -> Result<Gather, ConfigError> {
        Gather::micros(self.commit_wait_us).ok_or(ConfigError::Contradiction("server.commit_wait_us: 2000 at most"))
    }
}

/// Who may read numbers about the process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// A listener for them alone.
    pub addr: Option<SocketAddr>,
    /// The file of the word that is asked for.
    pub token_file: Option<PathBuf>,
}

/// Where spans go.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// A collector that takes OTLP by HTTP.
    pub otlp: Option<String>,
}

impl Metrics {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let open = self.addr.is_some_and(|addr| !addr.ip().to_canonical().is_loopback()) && self.token_file.is_none();
        match open {
            true => {
                Err(ConfigError::Contradiction("metrics.addr: elsewhere than on loopback it takes metrics.token_file"))
            }
            false => Ok(()),
        }
    }
}

impl Telemetry {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        match self.otlp.as_deref().map(Collector::parse) {
            Some(None) => Err(ConfigError::Contradiction("telemetry.otlp: http://host:port, without a path")),
            Some(Some(_)) | None => Ok(()),
        }
    }
}
