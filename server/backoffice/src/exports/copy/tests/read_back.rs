//! Any cells at all, written and sealed, opened and read back by other programs' readers.

use super::*;
use crate::exports::copy::csv_sheet::CsvSheet;
use crate::exports::copy::sealed_file::SealedFile;
use crate::exports::copy::xlsx_sheet::XlsxSheet;
use proptest::prelude::*;

/// A sealed file of these lines, opened again.
fn opened(format: ExportFormat, lines: &[Vec<String>]) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let identity = age::x25519::Identity::generate();
    let key = SealingKey::parse(&identity.to_public().to_string()).unwrap();
    let path = dir.path().join("copy.age");
    let file = SealedFile::create(&path, &key).unwrap();
    let mut row = CopyRow::new();
    let fill = |line: &[String], row: &mut CopyRow| {
        row.clear();
        for cell in line {
            row.push(cell);
            row.end_cell();
        }
    };
    match format {
        ExportFormat::Csv => {
            let mut sheet = CsvSheet::begin(file).unwrap();
            for line in lines {
                fill(line, &mut row);
                sheet.line(&row).unwrap();
            }
            sheet.finish().unwrap();
        }
        ExportFormat::Xlsx => {
            let mut sheet = XlsxSheet::begin(file).unwrap();
            for line in lines {
                fill(line, &mut row);
                sheet.line(&row).unwrap();
            }
            sheet.finish().unwrap();
        }
    }
    let sealed = std::fs::read(&path).unwrap();
    let mut plain = Vec::new();
    let identity: &dyn age::Identity = &identity;
    let decryptor = age::Decryptor::new(&sealed[..]).unwrap();
    decryptor.decrypt(std::iter::once(identity)).unwrap().read_to_end(&mut plain).unwrap();
    plain
}

/// What XML can carry.
fn carried(cell: &str) -> String {
    let forbidden = |c: char| (c.is_control() && !matches!(c, '\t' | '\n')) || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    cell.chars().filter(|c| !forbidden(*c)).collect()
}

/// Lines of three cells, the first never empty so that no reader takes a line for none.
fn lines() -> impl Strategy<Value = Vec<Vec<String>>> {
    let any_cell = prop_oneof![
        any::<String>(),
        "[=+@\\-\t\r\n＝＋ '\",;]{0,3}\\PC{0,6}",
        Just("_x000D_".to_owned()),
        Just("a_x0041_b_x".to_owned()),
        Just("<c t=\"s\">&amp;]]>".to_owned()),
        Just("00123456789012345678".to_owned()),
        Just(String::new()),
    ];
    prop::collection::vec((any_cell.clone(), any_cell), 1..6)
        .prop_map(|lines| lines.into_iter().map(|(a, b)| vec!["ref".to_owned(), a, b]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn e4_csv_gives_back_every_cell_and_none_is_a_formula(lines in lines()) {
        let read = table(&opened(ExportFormat::Csv, &lines), ExportFormat::Csv);
        prop_assert_eq!(read.len(), lines.len());
        for (read, line) in read.iter().flatten().zip(lines.iter().flatten()) {
            prop_assert_eq!(undone(read), line);
            prop_assert!(!read.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
        }
    }

    #[test]
    fn e4_a_spreadsheet_gives_back_every_cell_as_text(lines in lines()) {
        let read = table(&opened(ExportFormat::Xlsx, &lines), ExportFormat::Xlsx);
        for (at, line) in lines.iter().enumerate() {
            for (column, cell) in line.iter().enumerate() {
                let found = read[at].get(column).map(String::as_str).unwrap_or_default();
                prop_assert_eq!(found, carried(cell));
            }
        }
    }
}

#[test]
fn e4_a_csv_begins_with_the_mark_that_excel_wants_its_lines_end_in_crlf_and_every_cell_is_quoted() {
    let lines = [vec!["ref".into(), "姓名".into()], vec!["a; =b".into(), "a\"b".into()], vec!["".into(), "c".into()]];
    let plain = opened(ExportFormat::Csv, &lines);
    let expected = "\u{feff}\"ref\",\"姓名\"\r\n\"a; =b\",\"a\"\"b\"\r\n\"\",\"c\"\r\n";
    assert_eq!(String::from_utf8(plain).unwrap(), expected);
}

#[test]
fn e4_a_cell_that_no_spreadsheet_takes_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let key = SealingKey::parse(&age::x25519::Identity::generate().to_public().to_string()).unwrap();
    let mut sheet = XlsxSheet::begin(SealedFile::create(&dir.path().join("copy.age"), &key).unwrap()).unwrap();
    let mut row = CopyRow::new();
    row.push(&"长".repeat(32_768));
    row.end_cell();
    assert!(matches!(sheet.line(&row), Err(CopyError::TooMuchForXlsx)));
    drop(sheet);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "what was begun is gone");
}
