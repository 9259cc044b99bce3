//! What a bank may set: `grille.toml`, overridden by `GRILLE_*`. A key that is not known is refused by
//! name, in the file as in the environment; every key has a default, and `grille.example.toml` explains each.

mod database;
mod export;
mod running;
mod sso;

use crate::proxy::{Network, Proxies, Written};
use backoffice::{NoticeAsked, Settings};
pub use database::Database;
use domain::audit::checkpoint::Origin;
use domain::budget::Limits;
use domain::clock::Span;
pub use export::Export;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
pub use running::{Metrics, Server, Telemetry};
use serde::{Deserialize, Serialize};
pub use sso::Sso;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Everything that may be set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen. Plain HTTP is for loopback only (U8).
    pub addr: SocketAddr,
    /// The one origin served; `http://localhost:PORT` if left out.
    pub origin: Option<String>,
    /// The one data folder.
    pub data_dir: PathBuf,
    /// `sqlite://PATH` or `postgres://…`; a file in the data folder if left out.
    pub database_url: Option<String>,
    /// Who owns the tables on a server and brings them up to date, if it is not the login of `database_url`.
    pub database_owner_url: Option<String>,
    /// Where the key that wraps customers' keys lives: `file`.
    pub kek: String,
    /// The field catalogue; the shipped one if left out.
    pub catalogue: Option<PathBuf>,
    /// The purposes; the shipped ones if left out.
    pub purposes: Option<PathBuf>,
    /// The policies; the shipped ones if left out.
    pub policy: Option<PathBuf>,
    /// The notice of secrecy; the shipped one if left out.
    pub notice: Option<PathBuf>,
    /// The log's name in its checkpoints.
    pub log_origin: String,
    /// What is logged about the program itself, as `tracing` directives.
    pub log: String,
    /// How each line of it is written.
    pub log_format: LogFormat,
    /// Sessions, in seconds.
    pub session: Session,
    /// Step-ups, in seconds.
    pub step_up: StepUp,
    /// Reveals.
    pub reveal: Reveal,
    /// Signing in.
    pub sign_in: SignIn,
    /// The way in by an identity provider (U9).
    pub sso: Sso,
    /// How long rights last.
    pub staff: Staff,
    /// What leaves the bank (E1, E5).
    pub export: Export,
    /// Whether requests come by proxies, and by them alone (U8).
    pub behind_proxy: bool,
    /// TLS of our own.
    pub tls: Tls,
    /// The proxies in front.
    pub proxy: Proxy,
    /// How the process ends, and the room that it needs (O3).
    pub server: Server,
    /// Who may read numbers about it.
    pub metrics: Metrics,
    /// Where its spans go.
    pub telemetry: Telemetry,
    /// How much may be looked at (Q4).
    pub budget: Limits,
}

/// Signing in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Failures from one address in a minute after which no more are looked at; 0 for any number.
    pub address_failures: u32,
}

/// How long rights last (U7).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staff {
    /// Days after which somebody must have certified them anew.
    pub recertify_days: u16,
    /// Days before that at which people are told.
    pub recertify_notice_days: u16,
}

/// TLS of our own: both, or neither.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate and its issuers', PEM.
    pub certificate: Option<PathBuf>,
    /// Its private key, PEM, mode 0600.
    pub key: Option<PathBuf>,
}

/// The proxies in front.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxy {
    /// From where they speak to us.
    pub trusted: Vec<Network>,
    /// Which headers they write.
    pub headers: Written,
}

/// How the program's own log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object a line, for a collector.
    Json,
}

/// Sessions.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Ends after this long without a request.
    pub idle: u32,
    /// Ends after this long in any case.
    pub absolute: u32,
    /// Where the notice of secrecy is asked for.
    pub notice: NoticeAt,
}

/// Where the notice of secrecy is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoticeAt {
    /// By every page and endpoint.
    Everywhere,
    /// By the pages alone.
    Pages,
}

/// Step-ups.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepUp {
    /// How long a challenge lives.
    pub challenge: u32,
    /// How long a step-up of the `window` tier is good for.
    pub window: u32,
}

/// Reveals.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reveal {
    /// For how long a value stands on the screen.
    pub seconds: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 3000)),
            origin: None,
            data_dir: "grille-data".into(),
            database_url: None,
            database_owner_url: None,
            kek: "file".into(),
            catalogue: None,
            purposes: None,
            policy: None,
            notice: None,
            log_origin: "grille.localhost/log".into(),
            log: "warn".into(),
            log_format: LogFormat::Json,
            session: Session { idle: 15 * 60, absolute: 8 * 60 * 60, notice: NoticeAt::Pages },
            step_up: StepUp { challenge: 2 * 60, window: 5 * 60 },
            reveal: Reveal { seconds: 30 },
            sign_in: SignIn { address_failures: 20 },
            sso: Sso::default(),
            staff: Staff { recertify_days: 90, recertify_notice_days: 14 },
            export: Export::default(),
            behind_proxy: false,
            tls: Tls::default(),
            proxy: Proxy { trusted: Vec::new(), headers: Written::XForwarded },
            server: Server::default(),
            metrics: Metrics::default(),
            telemetry: Telemetry::default(),
            budget: Limits::default(),
        }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file that was named is not there.
    #[error("the configuration file {0} cannot be read")]
    NoFile(PathBuf),
    /// A key is unknown or its value does not fit: figment's words, which name key and source.
    #[error("configuration")]
    Figment(#[from] Box<figment::Error>),
    /// Two settings contradict each other, or one cannot be.
    #[error("configuration: {0}")]
    Contradiction(&'static str),
}

impl Config {
    /// Defaults, then the file, then the environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Config::default()));
        match file {
            Some(path) if !path.is_file() => return Err(ConfigError::NoFile(path.into())),
            Some(path) => figment = figment.merge(Toml::file_exact(path)),
            None => figment = figment.merge(Toml::file("grille.toml")),
        }
        let config: Config = figment.merge(Env::prefixed("GRILLE_").split("__")).extract().map_err(Box::new)?;
        config.check()?;
        Ok(config)
    }

    /// Refuses what contradicts itself.
    pub fn check(&self) -> Result<(), ConfigError> {
        let wrong = |what| Err(ConfigError::Contradiction(what));
        self.check_way_in()?;
        self.sso.check()?;
        self.export.check()?;
        self.server.gather()?;
        self.metrics.check()?;
        self.telemetry.check()?;
        if self.kek != "file" {
            return wrong("kek: only \"file\" is known");
        }
        self.database()?;
        if Origin::parse(&self.log_origin).is_err() {
            return wrong("log_origin: a name without spaces or +, such as bank.example/grille");
        }
        if self.origin.as_deref().is_some_and(|origin| !is_origin(origin)) {
            return wrong("origin: scheme://host[:port], without a path");
        }
        if self.session.idle == 0 || self.session.absolute < self.session.idle {
            return wrong("session: idle must be above 0 and absolute not below idle");
        }
        if self.step_up.challenge == 0 || self.step_up.challenge > 120 {
            return wrong("step_up.challenge: 1 to 120 seconds (V2)");
        }
        if self.step_up.window > 300 {
            return wrong("step_up.window: at most 300 seconds (V2)");
        }
        if self.reveal.seconds == 0 || self.reveal.seconds > 30 {
            return wrong("reveal.seconds: 1 to 30 seconds (V4)");
        }
        if self.staff.recertify_days == 0 || self.staff.recertify_days > 366 {
            return wrong("staff.recertify_days: 1 to 366 days (U7)");
        }
        if self.staff.recertify_notice_days > self.staff.recertify_days {
            return wrong("staff.recertify_notice_days: not above recertify_days");
        }
        Ok(())
    }

    /// Who speaks TLS, and to whom (U8).
    fn check_way_in(&self) -> Result<(), ConfigError> {
        let wrong = |what| Err(ConfigError::Contradiction(what));
        let has_tls = match (&self.tls.certificate, &self.tls.key) {
            (Some(_), Some(_)) => true,
            (None, None) => false,
            (Some(_), None) | (None, Some(_)) => return wrong("tls: certificate and key go together"),
        };
        if !self.addr.ip().to_canonical().is_loopback() && !has_tls && !self.behind_proxy {
            return wrong(
                "addr: plain HTTP is served on loopback only: set tls.certificate and tls.key, or behind_proxy and \
                 proxy.trusted (U8)",
            );
        }
        if self.behind_proxy == self.proxy.trusted.is_empty() {
            return wrong("behind_proxy and proxy.trusted go together: a proxy is trusted by its address (U8)");
        }
        let secure = self.served_origin().starts_with("https://");
        if has_tls && !secure {
            return wrong("origin: with tls it begins with https://");
        }
        if self.behind_proxy && !secure {
            return wrong("origin: behind a proxy it must be set, to the https:// that the proxy serves");
        }
        if secure && !has_tls && !self.behind_proxy {
            return wrong("origin: https:// needs tls.certificate and tls.key, or behind_proxy (U8)");
        }
        Ok(())
    }

    /// `https` with TLS of our own.
    pub fn scheme(&self) -> &'static str {
        if self.tls.certificate.is_some() { "https" } else { "http" }
    }

    /// The origin served.
    pub fn served_origin(&self) -> String {
        self.origin.clone().unwrap_or_else(|| format!("{}://localhost:{}", self.scheme(), self.addr.port()))
    }

    /// The proxies in front, if there are any.
    pub fn proxies(&self) -> Option<Proxies> {
        let Proxy { trusted, headers } = self.proxy.clone();
        self.behind_proxy.then_some(Proxies { trusted, written: headers })
    }

    /// Where the database is.
    pub fn database(&self) -> Result<Database, ConfigError> {
        Database::of(self)
    }

    /// The folder of the four keys.
    pub fn keys(&self) -> PathBuf {
        self.data_dir.join("keys")
    }

    /// Where the newest checkpoint stands.
    pub fn checkpoint(&self) -> PathBuf {
        self.data_dir.join("checkpoint")
    }

    /// The folder of files that were sealed for recipients.
    pub fn exports(&self) -> PathBuf {
        self.data_dir.join("exports")
    }

    /// Lengths of time and budgets for the back office.
    pub fn settings(&self) -> Settings {
        Settings {
            session_idle: Span::seconds(self.session.idle.into()),
            session_absolute: Span::seconds(self.session.absolute.into()),
            challenge_life: Span::seconds(self.step_up.challenge.into()),
            step_up_window: Span::seconds(self.step_up.window.into()),
            reveal_seconds: self.reveal.seconds,
            address_failures: self.sign_in.address_failures,
            passwords: !self.sso.only,
            notice: match self.session.notice {
                NoticeAt::Everywhere => NoticeAsked::Everywhere,
                NoticeAt::Pages => NoticeAsked::Pages,
            },
            budgets: self.budget,
            recertify: Span::days(self.staff.recertify_days.into()),
            recertify_notice: Span::days(self.staff.recertify_notice_days.into()),
            exports: self.export.settings(),
        }
    }
}

fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) && text.parse::<http::Uri>().is_ok()
    })
}

#[cfg(test)]
mod tests;
