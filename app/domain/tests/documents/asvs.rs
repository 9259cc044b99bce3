//! `docs/asvs.md`: each requirement once, in order, and shown by tests that there are.

use super::names::tests_under;
use super::root;
use std::collections::BTreeSet;

/// `12.1.1` as numbers.
fn number(text: &str) -> Option<[u32; 3]> {
    let parts: Vec<u32> = text.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    parts.try_into().ok()
}

#[test]
fn each_requirement_of_docs_asvs_md_names_tests_that_are_there() {
    let text = std::fs::read_to_string(root().join("docs/asvs.md")).unwrap();
    let mut there = BTreeSet::new();
    for folder in ["app", "server"] {
        tests_under(&root().join(folder), &mut there);
    }
    let head = |line: &str| line.starts_with("| Requirement") || line.starts_with("| ---");
    let rows = text.lines().filter(|line| line.starts_with("| ") && !head(line));
    let (mut wrong, mut last) = (Vec::new(), [0; 3]);
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [requirement, level, _, how, tests] = cells[..] else {
            wrong.push(format!("five cells: {row}"));
            continue;
        };
        match number(requirement) {
            Some(here) if here > last => last = here,
            _ => wrong.push(format!("{requirement} is no number above the one before")),
        }
        if !["1", "2", "3"].contains(&level) || how.is_empty() {
            wrong.push(format!("{requirement} has no level or no how"));
        }
        let named: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        if named.is_empty() {
            wrong.push(format!("{requirement} names no test"));
        }
        let missing = named.iter().filter(|test| !there.contains(**test));
        wrong.extend(missing.map(|test| format!("{requirement} names {test}, which is not there")));
    }
    assert!(last > [0; 3], "the table is empty");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
