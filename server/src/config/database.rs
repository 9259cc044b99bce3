//! Where the database is: a file of the data folder's, or a server's.

use super::{Config, ConfigError};
use anyhow::{Context, bail};
use backoffice::store::{Address, Db};
use std::fmt;
use std::path::PathBuf;

/// A database, not opened yet.
#[derive(Clone, Debug)]
pub enum Database {
    /// One SQLite file, for one machine.
    File(PathBuf),
    /// A database of a PostgreSQL server, for any number of instances.
    Server(Box<Address>),
}

impl Database {
    pub(super) fn of(config: &Config) -> Result<Self, ConfigError> {
        let wrong = |what| Err(ConfigError::Contradiction(what));
        let owner = config.database_owner_url.as_deref();
        let Some(url) = config.database_url.as_deref() else {
            return match owner {
                None => Ok(Self::File(config.data_dir.join("grille.db"))),
                Some(_) => wrong("database_owner_url: it goes with a database_url of a server"),
            };
        };
        match (url.strip_prefix("sqlite://"), owner) {
            (Some(path), None) => Ok(Self::File(path.into())),
            (Some(_), Some(_)) => wrong("database_owner_url: a file has no owner but its own"),
            (None, _) => match Address::parse(url, owner) {
                Ok(address) => Ok(Self::Server(Box::new(address))),
                Err(_) => wrong("database_url: sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE"),
            },
        }
    }

    /// Whether a log was ever begun in it.
    pub async fn exists(&self) -> anyhow::Result<bool> {
        match self {
            Self::File(path) => Ok(path.exists()),
            Self::Server(address) => address.is_begun().await.context("the database does not answer"),
        }
    }

    /// Opens it, made if need be, with its schema up to date.
    pub async fn open(&self) -> anyhow::Result<Db> {
        Ok(match self {
            Self::File(path) => Db::open_sqlite(path).await?,
            Self::Server(address) => Db::open_postgres(address).await?,
        })
    }

    /// Opens what is there, and changes nothing.
    pub async fn open_read_only(&self) -> anyhow::Result<Db> {
        if !self.exists().await? {
            bail!("there is no database at {self}");
        }
        Ok(match self {
            Self::File(path) => Db::open_sqlite_read_only(path).await?,
            Self::Server(address) => Db::open_postgres_read_only(address).await?,
        })
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Server(address) => write!(f, "{address:?}"),
        }
    }
}
