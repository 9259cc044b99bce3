//! `docs/api.sh` does what it says: the whole journey by curl, from sign-in to a log that verifies.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const GRILLE: &str = env!("CARGO_BIN_EXE_grille");

/// Ends with the test, however that ends.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn docs_api_sh_runs_from_sign_in_to_a_log_that_verifies() {
    for needed in ["bash", "curl", "python3"] {
        if Command::new(needed).arg("--version").output().is_err() {
            eprintln!("{needed} is not here, so docs/api.sh was not tried");
            return;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut command = Command::new(GRILLE);
    command.args(["demo", "--json", "--addr", "127.0.0.1:0", "--data-dir"]).arg(&data).current_dir(&folder);
    let mut demo = Demo(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(demo.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told: serde_json::Value = serde_json::from_str(&line).unwrap();

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/api.sh");
    let mut bash = Command::new("bash");
    bash.arg(script).env("BASE_URL", told["url"].as_str().unwrap()).env("PROGRAM", GRILLE).env("DATA_DIR", &data);
    let done = bash.current_dir(&folder).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stderr), String::from_utf8_lossy(&done.stdout));
    assert!(done.status.success(), "{said}");
    assert!(said.contains("\"value\":\"16100000102\"") && said.trim_end().ends_with(": whole"), "{said}");
}
