//! A leaked file as rows of cells, whatever it went through: CSV of any delimiter and encoding that keeps ASCII, or a
//! spreadsheet. One row is in memory at a time, besides the file itself.

use super::TraceError;
use std::borrow::Cow;
use std::io::{Cursor, Read};

/// A spreadsheet's parts, unpacked.
const MOST_UNPACKED: u64 = 512 * 1024 * 1024;
/// What may stand between cells.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Lines by which the delimiter is told.
const LOOKED_AT: usize = 50;

/// Tells each row's cells, one after another.
pub(super) fn read(
    file: &[u8],
    row: &mut impl FnMut(&[Cow<'_, str>]) -> Result<(), TraceError>,
) -> Result<(), TraceError> {
    match file {
        [b'P', b'K', 3, 4, ..] => spreadsheet(file, row),
        [0xff, 0xfe, rest @ ..] => text(decoded(rest, u16::from_le_bytes).as_bytes(), row),
        [0xfe, 0xff, rest @ ..] => text(decoded(rest, u16::from_be_bytes).as_bytes(), row),
        [0xef, 0xbb, 0xbf, rest @ ..] => text(rest, row),
        _ => text(file, row),
    }
}

fn decoded(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks().0.iter().map(|two| unit(*two));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn text(file: &[u8], row: &mut impl FnMut(&[Cow<'_, str>]) -> Result<(), TraceError>) -> Result<(), TraceError> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(file)).from_reader(file);
    let mut record = csv::ByteRecord::new();
    // Bytes in memory and lines of any length: there is nothing that could fail.
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        // What is looked for is ASCII: another encoding garbles names, and names are not looked for then.
        let cells: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
        row(&cells)?;
    }
    Ok(())
}

/// Whichever stands most often outside of quotation marks.
fn delimiter(file: &[u8]) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let (mut quoted, mut lines) = (false, 0);
    for byte in file {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => lines += 1,
            _ if quoted => (),
            _ => {
                if let Some(at) = DELIMITERS.iter().position(|one| one == byte) {
                    counts[at] += 1;
                }
            }
        }
        if lines == LOOKED_AT {
            break;
        }
    }
    let most = DELIMITERS.into_iter().zip(counts).max_by_key(|(_, count)| *count);
    most.filter(|(_, count)| *count > 0).map_or(b',', |(delimiter, _)| delimiter)
}

fn spreadsheet(file: &[u8], row: &mut impl FnMut(&[Cow<'_, str>]) -> Result<(), TraceError>) -> Result<(), TraceError> {
    use calamine::Reader as _;
    bounded(file, MOST_UNPACKED)?;
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(file)).map_err(|_| TraceError::Unreadable)?;
    for sheet in book.sheet_names() {
        let Ok(mut reader) = book.worksheet_cells_reader(&sheet) else { continue };
        let (mut at, mut cells) = (0, Vec::new());
        while let Some(cell) = reader.next_cell().map_err(|_| TraceError::Unreadable)? {
            if cell.get_position().0 != at {
                row(&cells)?;
                cells.clear();
                at = cell.get_position().0;
            }
            cells.push(Cow::Owned(cell_text(cell.get_value())));
        }
        row(&cells)?;
    }
    Ok(())
}

/// Unpacks everything once and keeps nothing: a small file that unpacks without end goes no further.
fn bounded(file: &[u8], most: u64) -> Result<(), TraceError> {
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).map_err(|_| TraceError::Unreadable)?;
    let mut left = most;
    for at in 0..zip.len() {
        let part = zip.by_index(at).map_err(|_| TraceError::Unreadable)?;
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|_| TraceError::Unreadable)?;
        left = left.checked_sub(read).ok_or(TraceError::TooLarge)?;
    }
    Ok(())
}

fn cell_text(cell: &calamine::DataRef<'_>) -> String {
    use calamine::DataRef;
    match cell {
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        // A number that was text: whole ones have no point, however long they are.
        DataRef::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Bool(_) | DataRef::DateTime(_) | DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn e4_a_spreadsheet_that_unpacks_without_end_goes_no_further() {
        let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for part in ["xl/workbook.xml", "xl/sharedStrings.xml"] {
            bomb.start_file(part, zip::write::SimpleFileOptions::default()).unwrap();
            bomb.write_all(&[b' '; 60_000]).unwrap();
        }
        let bomb = bomb.finish().unwrap().into_inner();
        assert!(bomb.len() < 1_000);
        assert!(matches!(bounded(&bomb, 100_000), Err(TraceError::TooLarge)));
        assert!(bounded(&bomb, 120_000).is_ok());
    }

    #[test]
    fn e4_the_delimiter_is_whichever_stands_most_often_outside_of_quotation_marks() {
        for (file, found) in [
            ("a,b,c\n1,2,3\n", b','),
            ("a;b\n\"1,2,3,4\";5\n", b';'),
            ("a\tb\n1\t2,5\n1\t2\n", b'\t'),
            ("", b','),
            ("one\ntwo\n", b','),
        ] {
            assert_eq!(delimiter(file.as_bytes()), found, "{file:?}");
        }
    }
}
