//! A document that names a file or a test which is not there is wrong, whatever else it says.

use super::{documents, root};
use std::collections::BTreeSet;
use std::path::Path;

/// Folders and files at the root that a path in a document may begin with.
const TOP: [&str; 17] = [
    "app",
    "server",
    "migrations",
    "docs",
    "style",
    "end2end",
    "xtask",
    "public",
    ".ci",
    ".cargo",
    "Makefile",
    "Cargo.toml",
    "clippy.toml",
    "deny.toml",
    "rust-toolchain.toml",
    "grille.example.toml",
    "LICENSE",
];

/// What stands between backticks on one line, code blocks left out.
fn quoted(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// Targets of links and pictures that are no web address and no heading.
fn linked(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let ours = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    ours.map(|target| target.split('#').next().unwrap_or_default().to_owned()).collect()
}

fn looks_like_a_path(word: &str) -> bool {
    let first = word.split('/').next().unwrap_or_default();
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    plain && (TOP.contains(&first) || (!word.contains('/') && word.len() > 3 && word.ends_with(".md")))
}

#[test]
fn every_path_that_a_document_names_is_there() {
    let mut missing = Vec::new();
    for (document, text) in documents() {
        let folder = document.parent().unwrap();
        for word in quoted(&text).into_iter().filter(|word| looks_like_a_path(word)) {
            if !root().join(&word).exists() && !folder.join(&word).exists() {
                missing.push(format!("{}: {word}", document.display()));
            }
        }
        for target in linked(&text) {
            // `make screenshots` draws these: before it has, there are none to be missing.
            let undrawn = target.contains("images/") && !root().join("docs/images").exists();
            if !folder.join(&target).exists() && !undrawn {
                missing.push(format!("{}: link to {target}", document.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// `q2_a_list_of_keys_is_refused`: a rule's letter and number, then words.
fn looks_like_a_test(word: &str) -> bool {
    let Some((rule, words)) = word.split_once('_') else { return false };
    let number = rule.trim_end_matches('n').get(1..).unwrap_or_default();
    rule.starts_with(|c: char| c.is_ascii_lowercase())
        && !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit())
        && words.contains('_')
        && words.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Names of the functions below a folder: what is no test among them is not named like one.
pub fn tests_under(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") {
                tests_under(&path, found);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let names = text.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next());
            found.extend(names.map(str::to_owned));
        }
    }
}

#[test]
fn every_test_that_a_document_names_is_there() {
    let mut there = BTreeSet::new();
    for folder in ["app", "server", "xtask"] {
        tests_under(&root().join(folder), &mut there);
    }
    let mut missing = Vec::new();
    for (document, text) in documents() {
        for word in quoted(&text).into_iter().filter(|word| looks_like_a_test(word) && !there.contains(word)) {
            missing.push(format!("{}: {word}", document.display()));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
