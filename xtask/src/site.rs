//! The browser's half: WASM, its JavaScript, the style sheet and what lies in `public/`.

use crate::{children, squeeze, style};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::{env, fs, process::Command};

/// The name of the built files; `LEPTOS_OUTPUT_NAME` in `.cargo/config.toml` says the same.
const OUTPUT: &str = "grille";

/// What rustc's wasm32-unknown-unknown turns on, and no more. With `--all-features` wasm-opt writes an
/// import section that browsers refuse, and the page then stays dead without a word.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// What a first page with everything may take over the wire, bytes (DESIGN §4).
const BUDGET: u64 = 150_000;

/// How much work the optimisers do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build.
    Dev,
    /// Small to send.
    Release,
}

impl Profile {
    /// The cargo profile of the same purpose.
    const fn cargo(self) -> &'static str {
        match self {
            Profile::Dev => "wasm-dev",
            Profile::Release => "wasm-release",
        }
    }

    /// Brotli's: 11 takes a second and more, 5 a blink.
    const fn quality(self) -> i32 {
        match self {
            Profile::Dev => 5,
            Profile::Release => 11,
        }
    }
}

/// Builds everything under `target/site` of the workspace, wherever cargo's own output goes: the server
/// takes it from there.
pub fn build(profile: Profile) -> Result<()> {
    // of the running cargo, not of the compiler: two checkouts may share a target folder
    let here = env::var_os("CARGO_MANIFEST_DIR").context("start me as `cargo xtask`")?;
    let root = Path::new(&here).parent().context("xtask lies in the workspace")?.to_path_buf();
    let site = root.join("target/site");
    let pkg = site.join("pkg");
    if site.exists() {
        fs::remove_dir_all(&site)?;
    }
    fs::create_dir_all(&pkg)?;
    let module = compile(&root, profile)?;
    bind(&root, &module, &pkg, profile)?;
    copy(&root.join("public"), &site)?;
    fs::write(pkg.join(OUTPUT).with_extension("css"), style::join(&root.join("style"))?)?;
    let wire = squeeze::all(&site, profile.quality())?;
    eprintln!("site: {} ({}), {} KB over the wire", site.display(), profile.cargo(), wire / 1000);
    if profile == Profile::Release && wire > BUDGET {
        eprintln!("site: OVER the budget of {} KB for a first page with everything", BUDGET / 1000);
    }
    Ok(())
}

/// Compiles the entry crate and gives back the module's path.
fn compile(root: &Path, profile: Profile) -> Result<PathBuf> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    children::run(
        Command::new(cargo)
            .current_dir(root)
            .env("LEPTOS_OUTPUT_NAME", OUTPUT)
            .args(["build", "-p", "frontend", "--lib", "--target", "wasm32-unknown-unknown"])
            .args(["--profile", profile.cargo()]),
    )?;
    Ok(target.join("wasm32-unknown-unknown").join(profile.cargo()).join("frontend.wasm"))
}

/// Writes the module and its JavaScript under the names that Leptos asks the browser to load.
fn bind(root: &Path, module: &Path, pkg: &Path, profile: Profile) -> Result<()> {
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(module)
        .web(true)?
        .out_name(OUTPUT)
        .typescript(false)
        .keep_debug(false)
        .remove_name_section(profile == Profile::Release)
        .generate(pkg)?;
    let bound = pkg.join(format!("{OUTPUT}_bg.wasm"));
    let wanted = pkg.join(OUTPUT).with_extension("wasm");
    if profile == Profile::Dev {
        return fs::rename(bound, wanted).map_err(Into::into);
    }
    let optimiser = root.join("node_modules/.bin/wasm-opt");
    children::run(Command::new(optimiser).arg("-Oz").args(WASM_FEATURES).arg("-o").arg(&wanted).arg(&bound))
        .context("wasm-opt comes with `npm ci`")?;
    fs::remove_file(bound).map_err(Into::into)
}

/// Copies a folder with all in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let there = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &there)?;
        } else {
            fs::copy(entry.path(), there)?;
        }
    }
    Ok(())
}
