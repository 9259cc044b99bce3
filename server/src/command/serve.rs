//! `grille serve`: the site, its housekeeping by the minute, and an orderly end.

use super::{open, warn};
use crate::config::{Config, Database};
use crate::drain::{self, Stops};
use crate::health::Health;
use crate::listen;
use crate::metrics::Metrics;
use crate::office::Site;
use crate::routes;
use crate::sso::SingleSignOn;
use crate::tls::Certificates;
use anyhow::Context;
use backoffice::BackOffice;
use backoffice::store::Db;
use backoffice::store::rights::{self, Login};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// Seconds that load balancers have to notice, if nothing else is configured.
const DRAIN: u16 = 5;

/// Serves until told to stop.
pub async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let sso = single_sign_on(config)?;
    let office = open::office(config).await?;
    office.begin().await?;
    warn_of_the_login(&office).await;
    let tls = certificates(config)?;
    let listener = bind(config.addr).await?;
    let origins = vec![config.served_origin()];
    let (health, metrics) = watched(config)?;
    let site = Site { office, origins, demo: false, proxies: config.proxies(), sso, health, metrics };
    warn(format_args!("Grille is at {}", config.served_origin()));
    until_stopped(listener, tls, site, config.server.drain(DRAIN)).await
}

/// Rights and triggers on a server bind neither a superuser nor an owner (`grille doctor` says what to do).
async fn warn_of_the_login(office: &BackOffice) {
    let Db::Postgres(postgres) = office.db() else { return };
    match rights::login(postgres).await {
        Ok(Login { superuser: false, owns: 0 }) => (),
        Ok(_) => tracing::error!("ALERT: the login of database_url owns our tables, or is a superuser"),
        Err(error) => tracing::warn!(%error, "what the login of database_url may do is not known"),
    }
}

/// Takes the address, or says who might have it.
pub async fn bind(addr: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(addr).await.with_context(|| format!("{addr} cannot be listened on: is it in use?"))
}

/// The pair that the configuration names, if it does.
pub fn certificates(config: &Config) -> anyhow::Result<Option<Arc<Certificates>>> {
    let pair = config.tls.certificate.as_deref().zip(config.tls.key.as_deref());
    Ok(pair.map(|(certificate, key)| Certificates::open(certificate, key)).transpose()?.map(Arc::new))
}

/// What the process knows of itself, and who may read it.
pub fn watched(config: &Config) -> anyhow::Result<(Health, Option<Arc<Metrics>>)> {
    // A server's disk is not ours to look at.
    let beside = match config.database()? {
        Database::File(file) => file.parent().map(Path::to_owned),
        Database::Server(_) => None,
    };
    let folders = [Some(config.data_dir.clone()), beside].into_iter().flatten().collect();
    let health = Health::watching(folders, config.server.disk_reserve);
    Ok((health, Metrics::open(&config.metrics)?.map(Arc::new)))
}

/// The way in by an identity provider, if the configuration names one.
pub fn single_sign_on(config: &Config) -> anyhow::Result<Option<Arc<SingleSignOn>>> {
    Ok(SingleSignOn::open(&config.sso, &config.served_origin())?.map(Arc::new))
}

/// Serves a site on a listener until the process is told to stop, and `drain` longer. Told twice, it ends at once.
pub async fn until_stopped(
    listener: TcpListener,
    tls: Option<Arc<Certificates>>,
    site: Site,
    drain: Duration,
) -> anyhow::Result<ExitCode> {
    let site = Arc::new(site);
    let office = site.office.clone();
    let mut stops = Stops::listen();
    tokio::spawn(keep_house(office.clone()));
    let exports = tokio::spawn(office.clone().keep_exports());
    tokio::spawn(keep_proving(office.clone()));
    if let Some(sso) = site.sso.clone() {
        tokio::spawn(async move { sso.greet().await });
    }
    if let Some(certificates) = &tls {
        tokio::spawn(keep_certificates(certificates.clone()));
    }
    if let Some(metrics) = site.metrics.clone() {
        if let Some(own) = metrics.listen().await? {
            tokio::spawn(crate::metrics::serve(own, site.clone(), std::future::pending()));
        }
        tokio::spawn(metrics.keep());
    }
    let stopped = drain::begin(stops.clone(), site.clone(), drain);
    let orderly = async {
        listen::serve(listener, tls, routes::router(site.clone()), stopped).await;
        drain::end(&office, exports).await;
    };
    tokio::select! {
        () = orderly => Ok(ExitCode::SUCCESS),
        () = stops.told(2) => {
            tracing::warn!("told to stop twice: it ends now");
            Ok(ExitCode::from(1))
        }
    }
}

/// Takes up a new certificate when a signal asks for it, and within a minute of its files changing.
async fn keep_certificates(certificates: Arc<Certificates>) {
    let mut minutes = tokio::time::interval(Duration::from_secs(60));
    let mut asked = Hangups::new();
    loop {
        let read = tokio::select! {
            () = asked.next() => Some(certificates.reload()),
            _ = minutes.tick() => certificates.reload_if_changed(),
        };
        match read {
            Some(Ok(())) => tracing::warn!("a new certificate is in use"),
            Some(Err(error)) => {
                tracing::error!(%error, "ALERT: THE NEW CERTIFICATE IS NOT IN USE; the old one still is")
            }
            None => (),
        }
    }
}

/// SIGHUP, as often as it comes; never, where there is no such thing.
struct Hangups {
    #[cfg(unix)]
    signals: Option<tokio::signal::unix::Signal>,
}

impl Hangups {
    fn new() -> Self {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Self { signals: signal(SignalKind::hangup()).ok() }
        }
        #[cfg(not(unix))]
        Self {}
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signals) = &mut self.signals
            && signals.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }
}

async fn keep_house(office: Arc<BackOffice>) {
    let mut minutes = tokio::time::interval(Duration::from_secs(60));
    loop {
        minutes.tick().await;
        if let Err(error) = office.tell_floods().await {
            tracing::error!(%error, "refusals of the last minutes are not told yet");
        }
        if let Err(error) = office.sweep_lapses().await {
            tracing::error!(%error, "rights that lapsed are not told yet; they are gone all the same");
        }
        if let Err(error) = office.forget_budgets().await {
            tracing::error!(%error, "old budgets are not forgotten yet");
        }
        if let Err(error) = office.purge_drafts().await {
            tracing::error!(%error, "old drafts are not forgotten yet");
        }
        if let Err(error) = office.close_idle_readings().await {
            tracing::error!(%error, "readings of the log that are over are not told yet");
        }
    }
}

/// Verifies the whole log at start and every day (A4).
async fn keep_proving(office: Arc<BackOffice>) {
    let mut days = tokio::time::interval(Duration::from_secs(24 * 60 * 60));
    loop {
        days.tick().await;
        if let Err(error) = office.prove_log().await {
            tracing::warn!(%error, "the daily verification did not end");
        }
    }
}
