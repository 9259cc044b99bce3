//! `/healthz` and `/readyz`: is the process alive, and could it work? No session, no data, no version (O3).

use crate::office::Site;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use backoffice::Lack;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Says that the process runs.
pub const ALIVE: &str = "/healthz";
/// Says whether all that work needs is there.
pub const READY: &str = "/readyz";
/// What a load balancer asks under whatever name it knows the machine by, and a collector of numbers, by a word of its
/// own.
pub const PROBES: [&str; 3] = [ALIVE, READY, crate::metrics::METRICS];

/// What the process knows of itself, beside what its back office does.
#[derive(Debug, Default)]
pub struct Health {
    draining: AtomicBool,
    room: Room,
}

/// Folders, and what must be free on the disk of each.
#[derive(Debug, Default)]
struct Room {
    folders: Vec<PathBuf>,
    reserve: u64,
}

impl Health {
    /// Of a process that writes into these folders, and needs so many bytes in each.
    pub fn watching(folders: Vec<PathBuf>, reserve: u64) -> Self {
        Self { draining: AtomicBool::new(false), room: Room { folders, reserve } }
    }

    /// From now on it says that it takes its leave.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether it was told to stop.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

impl Room {
    /// Whether less is free than is needed. What is not known is no reason to stop.
    #[cfg(unix)]
    fn is_little(&self) -> bool {
        self.folders.iter().any(|folder| {
            let free = rustix::fs::statvfs(folder).map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
            free.is_ok_and(|free| free < self.reserve)
        })
    }

    #[cfg(not(unix))]
    fn is_little(&self) -> bool {
        false
    }
}

/// What work lacks now, and what it will.
pub async fn missing(site: &Site) -> Vec<Lack> {
    let mut missing = site.office.missing().await;
    if site.health.room.is_little() {
        missing.push(Lack::Disk);
    }
    if site.health.is_draining() {
        missing.push(Lack::Draining);
    }
    missing
}

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    masks: bool,
    missing: Vec<Lack>,
}

/// `/healthz`
pub async fn alive() -> Response {
    json(StatusCode::OK, br#"{"status":"ok"}"#.to_vec())
}

/// `/readyz`
pub async fn ready(State(site): State<Arc<Site>>) -> Response {
    let missing = missing(&site).await;
    let ready = missing.is_empty();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let masks = missing.iter().all(|lack| lack.leaves_masks());
    json(status, serde_json::to_vec(&Readiness { ready, masks, missing }).unwrap_or_default())
}

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}
