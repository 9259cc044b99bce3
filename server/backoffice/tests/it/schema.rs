//! Both databases have the same tables under the same names (O1), and PostgreSQL gives nobody more than they need.

mod cluster;
mod refusals;
mod rights;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a folder of migrations says, in words that both have.
#[derive(Default)]
struct Schema {
    /// Columns and constraints of each table, as they are written.
    tables: BTreeMap<String, Vec<String>>,
    indexes: BTreeSet<String>,
    triggers: BTreeSet<String>,
}

fn files(of: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(of);
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let named = entries.map(|entry| (entry.file_name().into_string().unwrap(), entry.path()));
    named
        .filter(|(name, _)| name.starts_with(|first: char| first.is_ascii_digit()))
        .map(|(name, path)| (name, std::fs::read_to_string(path).unwrap()))
        .collect()
}

/// Without comments, on one line, with one word for each type.
fn plain(text: &str) -> String {
    let lines = text.lines().map(|line| line.split("--").next().unwrap());
    let words: Vec<_> = lines.flat_map(str::split_whitespace).filter(|word| !word.starts_with("COLLATE")).collect();
    let text = words.join(" ").replace("\"C\" ", "").replace("\"C\",", ",").replace("\"C\";", ";");
    let text = text.replace("BYTEA", "BLOB").replace("BIGINT", "INTEGER").replace("vault.vault_", "vault_");
    text.replace("x''", "''").replace("( ", "(").replace(" )", ")").replace(" ,", ",").replace(" ;", ";")
}

/// Splits at commas that stand in no bracket.
fn items(text: &str) -> Vec<String> {
    let mut depth = 0;
    let parts = text.split(|c: char| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == ',' && depth == 0
    });
    parts.map(|item| item.trim().to_owned()).collect()
}

impl Schema {
    fn add(&mut self, text: &str) {
        for statement in plain(text).split("; ") {
            let statement = statement.trim_end_matches(';').trim();
            if let Some((name, rest)) = statement.split_once("CREATE TABLE ").and_then(|(_, it)| it.split_once(" (")) {
                let (inside, _) = rest.rsplit_once(')').unwrap();
                self.tables.insert(name.into(), items(inside));
            } else if let Some((_, rest)) = statement.split_once("ALTER TABLE ") {
                let (name, column) = rest.split_once(" ADD COLUMN ").unwrap();
                self.tables.get_mut(name).unwrap().push(column.into());
            } else if let Some((before, rest)) = statement.split_once("INDEX ") {
                let (name, rest) = rest.split_once(" ON ").unwrap();
                let (table, _) = rest.split_once(" (").unwrap();
                self.indexes.insert(format!("{before}INDEX {name} ON {table}"));
            } else if let Some((_, rest)) = statement.split_once("CREATE TRIGGER ") {
                let (name, rest) = rest.split_once(" BEFORE ").unwrap();
                let (_, table) = rest.split_once(" ON ").unwrap();
                self.triggers.insert(format!("{name} ON {}", table.split(' ').next().unwrap()));
            }
        }
    }

    fn of(folder: &str) -> Self {
        let mut schema = Self::default();
        files(folder).values().for_each(|text| schema.add(text));
        schema
    }
}

#[test]
fn o1_both_databases_have_the_same_migrations_tables_and_names() {
    assert_eq!(files("sqlite").into_keys().collect::<Vec<_>>(), files("postgres").into_keys().collect::<Vec<_>>());
    let (sqlite, postgres) = (Schema::of("sqlite"), Schema::of("postgres"));
    assert!(sqlite.tables.len() > 40 && sqlite.indexes.len() > 30 && sqlite.triggers.len() > 60);
    for (table, columns) in &sqlite.tables {
        assert_eq!(Some(columns), postgres.tables.get(table), "{table}");
    }
    assert!(postgres.tables.keys().eq(sqlite.tables.keys()));
    assert_eq!(sqlite.indexes, postgres.indexes);
    // Only PostgreSQL has TRUNCATE; where a row may be deleted at times, it has a trigger of its own.
    let more: Vec<_> = postgres.triggers.difference(&sqlite.triggers).collect();
    assert_eq!(more, ["export_row_is_never_emptied ON export_row"]);
    assert!(sqlite.triggers.is_subset(&postgres.triggers), "{:?}", sqlite.triggers.difference(&postgres.triggers));
}
