//! Beside each file of the site its Brotli form, `grille.wasm.br`: compressed once, when it is built, and not at
//! each request.

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use std::fs;
use std::path::Path;

/// Squeezes every file below a folder, and gives back what all of them take over the wire, bytes.
pub fn all(folder: &Path, quality: i32) -> Result<u64> {
    let mut wire = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        wire += if path.is_dir() { all(&path, quality)? } else { one(&path, quality)? };
    }
    Ok(wire)
}

fn one(path: &Path, quality: i32) -> Result<u64> {
    let bytes = fs::read(path)?;
    let params = BrotliEncoderParams { quality, size_hint: bytes.len(), ..BrotliEncoderParams::default() };
    let mut squeezed = Vec::new();
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut squeezed, &params)
        .with_context(|| format!("{} cannot be compressed", path.display()))?;
    // What does not shrink is sent as it is.
    if squeezed.len() >= bytes.len() {
        return Ok(bytes.len() as u64);
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".br");
    fs::write(name, &squeezed)?;
    Ok(squeezed.len() as u64)
}
