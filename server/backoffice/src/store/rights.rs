//! Who may do what with which table of a PostgreSQL server: as it should be, and as it is.

use super::db::Db;
use super::postgres::Postgres;
use super::statement::sql;

/// What `grille_app` may do with which tables.
const APP: [(&[&str], &[&str]); 6] = [
    // Written once, or at least never deleted.
    (
        &["SELECT", "INSERT"],
        &[
            "channel_check",
            "export",
            "export_reading",
            "export_submission",
            "export_vote",
            "export_withdrawal",
            "log_entry",
            "log_tile",
            "log_verification",
            "note",
            "recipient",
            "recipient_decision",
            "recipient_end",
            "staff_certification",
            "staff_change",
            "staff_decision",
        ],
    ),
    // Changed, and never deleted.
    (
        &["SELECT", "INSERT", "UPDATE"],
        &[
            "customer",
            "customer_mask",
            "enrol_link",
            "export_run",
            "handle",
            "log_head",
            "passkey",
            "policy_state",
            "reveal_use",
            "session",
            "staff",
            "step_up",
            "vault_customer",
            "work_case",
        ],
    ),
    // Added and taken away, and not changed.
    (
        &["SELECT", "INSERT", "DELETE"],
        &["export_row", "export_staging", "search_result", "sign_in_try", "sso_answer", "vault_index", "vault_token"],
    ),
    // Of the moment.
    (
        &["SELECT", "INSERT", "UPDATE", "DELETE"],
        &["budget_customer", "budget_meter", "draft", "form_turn", "log_reading", "refusal_count"],
    ),
    (&["SELECT", "DELETE"], &["restored_backup"]),
    (&["SELECT"], &["_sqlx_migrations"]),
];

/// What `grille_vault` reads beside the vault.
const JOINED: &[&str] = &["customer", "customer_mask", "export_row"];

/// What a role should be granted on a table; `None` for a table that is not ours.
fn granted(role: &str, table: &str) -> Option<&'static [&'static str]> {
    let (app, _) = APP.into_iter().find(|(_, tables)| tables.contains(&table))?;
    let of_the_vault = table.starts_with("vault_");
    Some(match role {
        "grille_app" => app,
        "grille_desk" if !of_the_vault => &["SELECT"],
        "grille_vault" if of_the_vault => &["SELECT"],
        "grille_vault" if JOINED.contains(&table) => &["SELECT"],
        _ => &[],
    })
}

/// A right that is not as it should be. Names are the database's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// One of our roles may do this, and should not.
    Excess { role: String, right: String, table: String },
    /// One of our roles may not do this, and must.
    Lack { role: String, right: String, table: String },
    /// Somebody else may do something with a table of ours.
    Other { role: String, table: String },
    /// Somebody else can act as one of our roles.
    Member { login: String, role: String },
    /// It is in our schema, and we do not know it.
    Unknown { table: String },
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Wrong::Excess { role, right, table } => write!(f, "{role} may {right} {table}"),
            Wrong::Lack { role, right, table } => write!(f, "{role} may not {right} {table}"),
            Wrong::Other { role, table } => write!(f, "{role} has rights on {table}"),
            Wrong::Member { login, role } => write!(f, "{login} can act as {role}"),
            Wrong::Unknown { table } => write!(f, "{table} is no table of ours"),
        }
    }
}

/// Every right that is not as it should be.
pub async fn wrong(postgres: &Postgres) -> sqlx::Result<Vec<Wrong>> {
    const OURS: &str = "SELECT relname::text, role, privilege, \
        has_schema_privilege(role, nspname, 'USAGE') AND has_table_privilege(role, pg_class.oid, privilege) \
        FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace, \
        unnest(ARRAY['grille_app', 'grille_desk', 'grille_vault']) AS role, \
        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege \
        WHERE nspname IN ('public', 'vault') AND relkind NOT IN ('i', 'I', 't') ORDER BY relname, role";
    // Grants on columns count as grants on their table; 0 is everybody.
    const OTHERS: &str = "SELECT DISTINCT relname::text, \
        CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END AS name \
        FROM (SELECT relname, relowner, relnamespace, (aclexplode(relacl)).grantee FROM pg_class \
            UNION ALL SELECT relname, relowner, relnamespace, (aclexplode(attacl)).grantee \
            FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid) AS granted \
        JOIN pg_namespace ON pg_namespace.oid = relnamespace \
        WHERE nspname IN ('public', 'vault') AND grantee <> relowner \
        AND (grantee = 0 OR pg_get_userbyid(grantee) NOT IN ('grille_app', 'grille_desk', 'grille_vault')) \
        ORDER BY 1, 2";
    const MEMBERS: &str = "SELECT pg_get_userbyid(member)::text, pg_get_userbyid(roleid)::text FROM pg_auth_members \
        WHERE pg_get_userbyid(roleid) IN ('grille_app', 'grille_desk', 'grille_vault') \
        AND pg_get_userbyid(member) <> session_user \
        AND member NOT IN (SELECT relowner FROM pg_class WHERE relname = 'log_entry') ORDER BY 1, 2";
    let db = Db::Postgres(postgres.clone());
    let mut wrong = Vec::new();
    for row in sql(OURS).fetch_all(&db).await? {
        let (table, role, right) = (row.try_get(0)?, row.try_get(1)?, row.try_get::<String>(2)?);
        match (granted(role, table), row.try_get::<bool>(3)?) {
            (None, _) => wrong.push(Wrong::Unknown { table: table.into() }),
            (Some(granted), true) if !granted.contains(&&*right) => {
                wrong.push(Wrong::Excess { role: role.into(), right, table: table.into() });
            }
            (Some(granted), false) if granted.contains(&&*right) => {
                wrong.push(Wrong::Lack { role: role.into(), right, table: table.into() });
            }
            (Some(_), _) => (),
        }
    }
    wrong.dedup();
    for row in sql(OTHERS).fetch_all(&db).await? {
        wrong.push(Wrong::Other { table: row.try_get(0)?, role: row.try_get(1)? });
    }
    for row in sql(MEMBERS).fetch_all(&db).await? {
        wrong.push(Wrong::Member { login: row.try_get(0)?, role: row.try_get(1)? });
    }
    Ok(wrong)
}

/// What the login that the URL names is besides a member of our roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Login {
    /// Nothing holds for it.
    pub superuser: bool,
    /// How many of our tables are its own: their rights and triggers do not bind it.
    pub owns: u64,
}

/// Asks the server.
pub async fn login(postgres: &Postgres) -> sqlx::Result<Login> {
    const SQL: &str = "SELECT rolsuper, (SELECT COUNT(*) FROM pg_class \
        JOIN pg_namespace ON pg_namespace.oid = relnamespace \
        WHERE nspname IN ('public', 'vault') AND relkind IN ('r', 'p') AND relowner = pg_roles.oid) \
        FROM pg_roles WHERE rolname = session_user";
    let row = sql(SQL).fetch_one(&Db::Postgres(postgres.clone())).await?;
    Ok(Login { superuser: row.try_get(0)?, owns: row.try_get::<i64>(1)? as u64 })
}
