//! Word from the other instances on a PostgreSQL server: the log has grown (`LISTEN grille_log`). On SQLite there is
//! none; a second process on one file is noticed when somebody looks.

use super::db::Db;
use sqlx::postgres::PgListener;

/// Hears that the log has grown.
pub struct News(PgListener);

impl News {
    /// Begins to listen; `None` where nobody tells. It takes one of the reading connections for itself.
    pub async fn listen(db: &Db) -> sqlx::Result<Option<Self>> {
        let Db::Postgres(postgres) = db else { return Ok(None) };
        let mut listener = PgListener::connect_with(postgres.desk()).await?;
        listener.listen("grille_log").await?;
        Ok(Some(Self(listener)))
    }

    /// Waits until the log has grown, or may have: a connection that broke and is there again missed what was told
    /// meanwhile. An error means that the server is away.
    pub async fn next(&mut self) -> sqlx::Result<()> {
        self.0.try_recv().await?;
        // Many batches are one piece of news.
        while self.0.next_buffered().is_some() {}
        Ok(())
    }
}
