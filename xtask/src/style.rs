//! One style sheet out of `style/*.css`.

use anyhow::{Context, Result};
use std::{fs, path::Path};

/// Names of the parts, without `.css`, in the order of the cascade.
const PARTS: [&str; 12] = [
    "tokens",
    "base",
    "layout",
    "form",
    "card",
    "reveal",
    "passkey",
    "people",
    "sessions",
    "supervise",
    "exports",
    "adapt",
];

/// Joins the parts. A file in the folder that no part names is a mistake, and said so.
pub fn join(folder: &Path) -> Result<String> {
    let mut sheet = String::new();
    for part in PARTS {
        let file = folder.join(part).with_extension("css");
        sheet += &fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let named = path.file_stem().is_some_and(|stem| PARTS.iter().any(|part| stem == *part));
        anyhow::ensure!(named, "{} is in no list: add it to xtask/src/style.rs", path.display());
    }
    Ok(sheet)
}
