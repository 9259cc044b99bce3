//! Nothing plain is on a disk, while a copy is written or after.

use super::*;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

/// Looks through folders at each page.
struct Looking<'a> {
    folders: Vec<PathBuf>,
    needles: &'a [String],
    looked_at: Mutex<(usize, BTreeSet<PathBuf>)>,
}

impl Looking<'_> {
    fn look(&self) {
        let mut looked_at = self.looked_at.lock().unwrap();
        looked_at.0 += 1;
        for folder in &self.folders {
            self.look_into(folder, &mut looked_at.1);
        }
    }

    fn look_into(&self, folder: &Path, files: &mut BTreeSet<PathBuf>) {
        // A temporary folder is everybody's: what goes away meanwhile, or is not ours to read, is not ours.
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                self.look_into(&path, files);
            } else if kind.is_file() && entry.metadata().is_ok_and(|meta| meta.len() < 64 << 20) {
                let content = std::fs::read(&path).unwrap_or_default();
                let content = String::from_utf8_lossy(&content);
                let found = self.needles.iter().find(|needle| content.contains(needle.as_str()));
                assert_eq!(found, None, "{}", path.display());
                files.insert(path);
            }
        }
    }
}

#[async_trait::async_trait]
impl Progress for Looking<'_> {
    async fn step(&self, rows_done: u64) -> Result<(), Code> {
        self.look();
        if rows_done > 1_000 { Err(Code::ExportChanged) } else { Ok(()) }
    }
}

#[tokio::test]
async fn e4_nothing_plain_is_on_a_disk_while_a_file_is_made_after_it_and_after_one_that_was_cut_off() {
    let bank = Bank::of(1_200).await;
    // Cards of some customers, as they would stand in a file. Thirteen digits at least: nothing else has them by chance.
    let mut csv = Vec::new();
    samples::write(1_200, 7, Columns::Catalogue, &mut csv).unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let card = reader.headers().unwrap().iter().position(|name| name == "card_no").unwrap();
    let needles: Vec<String> = reader.into_records().step_by(200).map(|row| row.unwrap()[card].to_owned()).collect();
    for (number, format) in [(1, ExportFormat::Csv), (2, ExportFormat::Xlsx)] {
        for (rows, whole) in [(900, true), (1_200, false)] {
            let id = export(10 * number + u8::from(whole));
            let plan = bank.plan(id, format, rows, &[("card_no", Form::Plain), ("customer_no", Form::Plain)]);
            bank.freeze(id, rows).await;
            let receipt = bank.receipt(ExportOpened { export: id, opened: plan.opened() }).await;
            let looking =
                Looking { folders: vec![bank.dir.path().to_owned()], needles: &needles, looked_at: Mutex::default() };
            let dest = bank.dest(&format!("{id}.part"));
            let made = write_copy(&bank.office, &plan, receipt, &dest, &looking).await;
            looking.look();
            assert_eq!((made.is_ok(), dest.exists()), (whole, whole));
            let (times, files) = looking.looked_at.into_inner().unwrap();
            assert!(times > 2 && files.iter().any(|path| path.ends_with("grille.db")), "{files:?}");
            if whole {
                assert!(files.contains(&dest), "the file was there to be looked into");
                let plain = bank.unseal(&std::fs::read(&dest).unwrap());
                let cards = table(&plain, format).concat().join(" ");
                assert!(needles.iter().any(|needle| cards.contains(needle)), "they are what would be found");
            }
        }
    }
}

/// What the system says this process has open: a temporary file that was unlinked would be among it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn e4_no_unnamed_temporary_file_is_open_while_a_file_is_made() {
    struct Open;
    #[async_trait::async_trait]
    impl Progress for Open {
        async fn step(&self, _: u64) -> Result<(), Code> {
            let fds = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
            let links = fds.filter_map(|fd| std::fs::read_link(fd.path()).ok());
            // Where such files are made; other tests' folders are below.
            let places = [std::env::temp_dir(), "/tmp".into(), "/var/tmp".into(), "/usr/tmp".into()];
            let unnamed: Vec<_> = links
                .filter(|link| link.parent().is_some_and(|folder| places.iter().any(|place| place == folder)))
                .map(|link| link.to_string_lossy().into_owned())
                .filter(|link| link.ends_with("(deleted)"))
                .collect();
            assert!(unnamed.is_empty(), "{unnamed:?}");
            Ok(())
        }
    }
    let bank = Bank::of(600).await;
    let plan = bank.plan(export(1), ExportFormat::Xlsx, 600, &[("card_no", Form::Plain), ("name", Form::Mask)]);
    bank.freeze(plan.export, 600).await;
    let receipt = bank.receipt(ExportOpened { export: plan.export, opened: plan.opened() }).await;
    write_copy(&bank.office, &plan, receipt, &bank.dest("copy.part"), &Open).await.unwrap();
}
