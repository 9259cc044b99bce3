//! The reject file: line, column, reason — and no value. It comes to be with the first reject.

use super::row::RowFault;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

/// Writes `FILE.rejects.csv`.
pub struct RejectFile {
    path: PathBuf,
    out: Option<BufWriter<File>>,
}

impl RejectFile {
    /// At this path. One that an earlier run left there is removed: it would pass for this run's.
    pub fn at(path: PathBuf) -> io::Result<Self> {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(Self { path, out: None }),
        }
    }

    /// One line for each fault.
    pub fn write(&mut self, faults: &[RowFault], headers: &[String]) -> io::Result<()> {
        if faults.is_empty() {
            return Ok(());
        }
        let out = match &mut self.out {
            Some(out) => out,
            none => {
                let mut out = BufWriter::new(File::create(&self.path)?);
                out.write_all(b"line,column,reason\r\n")?;
                none.insert(out)
            }
        };
        for fault in faults {
            let header = fault.column.and_then(|at| headers.get(at)).map(String::as_str).unwrap_or_default();
            write!(out, "{},{},{}\r\n", fault.line, safe(header), fault.code)?;
        }
        // A reader may follow the file while the import runs, and a crash loses no more than this chunk's.
        out.flush()
    }

    /// Whether anything was rejected.
    pub fn was_written(&self) -> bool {
        self.out.is_some()
    }
}

/// A cell that a spreadsheet takes for text (ASVS 1.2.10): headers may come from a mapping file.
fn safe(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n', '\'']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l1_the_reject_file_holds_line_column_and_reason_and_comes_with_the_first_reject() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("in.csv.rejects.csv");
        std::fs::write(&path, "of an earlier run").unwrap();
        let mut rejects = RejectFile::at(path.clone()).unwrap();
        rejects.write(&[], &[]).unwrap();
        assert!(!path.exists() && !rejects.was_written());
        let headers = ["id_no".to_owned(), "=cmd|' /C'!A0, \"x\"".to_owned()];
        let fault = |line, column, code| RowFault { line, column, code };
        rejects
            .write(
                &[fault(3, Some(0), "not_a_date"), fault(5, None, "wrong_cell_count"), fault(6, Some(1), "empty")],
                &headers,
            )
            .unwrap();
        let want = "line,column,reason\r\n3,id_no,not_a_date\r\n5,,wrong_cell_count\r\n6,\"'=cmd|' /C'!A0, \"\"x\"\"\",empty\r\n";
        assert_eq!(std::fs::read_to_string(path).unwrap(), want);
    }
}
