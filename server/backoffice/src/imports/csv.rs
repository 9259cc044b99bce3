//! CSV as RFC 4180 has it, and nothing looser: a reader that guesses what a broken quote meant puts one
//! customer's number into another's row. Streams; memory is one record's.

use std::io::BufRead;
use zeroize::Zeroize;

/// No customer's record is longer; an open quote may not swallow the file.
const MAX_RECORD: usize = 256 * 1024;

/// Where and how a file is no CSV. Never what stands there.
#[derive(Debug, thiserror::Error)]
#[error("line {line}, column {column}: {fault}")]
pub struct CsvError {
    /// 1-based; of a quote that never ends, where it began.
    pub line: u64,
    /// 1-based: which cell of the record.
    pub column: usize,
    /// What.
    pub fault: CsvFault,
}

/// What is wrong with a file as CSV.
#[derive(Debug, thiserror::Error)]
pub enum CsvFault {
    /// A quote inside an unquoted cell, or text after the closing one.
    #[error("a quotation mark stands where none may")]
    Quote,
    /// A quote was opened and never closed, or the record is beyond all measure.
    #[error("the record does not end (is a quotation mark left open?)")]
    Endless,
    /// A carriage return alone.
    #[error("a carriage return without a line feed")]
    Return,
    /// Not UTF-8.
    #[error("not UTF-8 (save the file as UTF-8)")]
    Encoding,
    /// A NUL.
    #[error("a NUL byte")]
    Nul,
    /// It could not be read.
    #[error("the file cannot be read: {0}")]
    Io(std::io::ErrorKind),
}

/// One record; wiped when dropped or read over.
pub struct Record {
    line: u64,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Default for Record {
    fn default() -> Self {
        // Room for a usual record at once: a buffer that grows leaves copies behind.
        Self { line: 0, text: Vec::with_capacity(1024), ends: Vec::with_capacity(32) }
    }
}

impl Record {
    /// Where it begins, 1-based.
    pub fn line(&self) -> u64 {
        self.line
    }
    /// How many cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// A cell, if there are that many.
    pub fn cell(&self, column: usize) -> Option<&str> {
        let start = if column == 0 { 0 } else { *self.ends.get(column - 1)? };
        let end = *self.ends.get(column)?;
        // Each cell was checked when it ended.
        std::str::from_utf8(self.text.get(start..end)?).ok()
    }
    fn clear(&mut self) {
        self.text.zeroize();
        self.ends.clear();
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.clear();
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Bare,
    Quoted,
    QuoteSeen,
    ReturnSeen,
}

/// Reads records.
pub struct Reader<R> {
    input: R,
    line: u64,
    bytes: u64,
}

impl<R: BufRead> Reader<R> {
    /// From the start of a file; a byte order mark is skipped.
    pub fn new(input: R) -> Self {
        Self { input, line: 1, bytes: 0 }
    }

    /// How many bytes were read.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next record that is not an empty line, or `false` at the end.
    pub fn read(&mut self, record: &mut Record) -> Result<bool, CsvError> {
        loop {
            record.clear();
            record.line = self.line;
            if !self.read_any(record)? {
                return Ok(false);
            }
            if record.ends.len() > 1 || !record.text.is_empty() {
                return Ok(true);
            }
        }
    }

    fn read_any(&mut self, record: &mut Record) -> Result<bool, CsvError> {
        let mut state = State::CellStart;
        let mut opened = self.line;
        loop {
            let (line, column) = (self.line, record.ends.len() + 1);
            let at = |line, fault| Err(CsvError { line, column, fault });
            let first = self.bytes == 0;
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return at(line, CsvFault::Io(error.kind())),
            };
            if available.is_empty() {
                return match state {
                    State::CellStart if record.ends.is_empty() => Ok(false),
                    State::Quoted => at(opened, CsvFault::Endless),
                    State::ReturnSeen => at(line, CsvFault::Return),
                    State::CellStart | State::Bare | State::QuoteSeen => end_cell(record, line).map(|()| true),
                };
            }
            let mark = if first && available.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
            let mut used = mark;
            let mut done = false;
            for &byte in &available[mark..] {
                used += 1;
                let column = record.ends.len() + 1;
                let at = |line, fault| Err(CsvError { line, column, fault });
                if record.text.len() >= MAX_RECORD {
                    return at(opened, CsvFault::Endless);
                }
                state = match (state, byte) {
                    (_, 0) => return at(self.line, CsvFault::Nul),
                    (State::Quoted, b'"') => State::QuoteSeen,
                    (State::Quoted, _) => {
                        self.line += u64::from(byte == b'\n');
                        record.text.push(byte);
                        State::Quoted
                    }
                    (State::ReturnSeen, b'\n') | (State::CellStart | State::Bare | State::QuoteSeen, b'\n') => {
                        end_cell(record, self.line)?;
                        self.line += 1;
                        done = true;
                        State::CellStart
                    }
                    (State::ReturnSeen, _) => return at(self.line, CsvFault::Return),
                    (_, b'\r') => State::ReturnSeen,
                    (_, b',') => {
                        end_cell(record, self.line)?;
                        State::CellStart
                    }
                    (State::CellStart, b'"') => {
                        opened = self.line;
                        State::Quoted
                    }
                    (State::QuoteSeen, b'"') => {
                        record.text.push(byte);
                        State::Quoted
                    }
                    (State::QuoteSeen, _) | (State::Bare, b'"') => return at(self.line, CsvFault::Quote),
                    (State::CellStart | State::Bare, _) => {
                        record.text.push(byte);
                        State::Bare
                    }
                };
                if done {
                    break;
                }
            }
            self.input.consume(used);
            self.bytes += used as u64;
            if done {
                return Ok(true);
            }
        }
    }
}

/// Ends a cell, if it is UTF-8: cell by cell, since two broken halves of a character might mend each other.
fn end_cell(record: &mut Record, line: u64) -> Result<(), CsvError> {
    let start = record.ends.last().copied().unwrap_or(0);
    match std::str::from_utf8(record.text.get(start..).unwrap_or_default()) {
        Ok(_) => {
            record.ends.push(record.text.len());
            Ok(())
        }
        Err(_) => Err(CsvError { line, column: record.ends.len() + 1, fault: CsvFault::Encoding }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn read(text: &[u8]) -> Result<Vec<(u64, Vec<String>)>, String> {
        // A buffer of three bytes puts every boundary everywhere.
        let mut reader = Reader::new(BufReader::with_capacity(3, text));
        let (mut record, mut records) = (Record::default(), Vec::new());
        while reader.read(&mut record).map_err(|error| error.to_string())? {
            let cells = (0..record.len()).map(|at| record.cell(at).unwrap().to_owned()).collect();
            records.push((record.line(), cells));
        }
        assert_eq!(reader.bytes(), text.len() as u64);
        Ok(records)
    }

    #[test]
    fn l1_quotes_commas_line_ends_and_blank_lines_are_those_of_rfc_4180() {
        let text = "a,b\r\n\r\n\"x, \"\"y\"\"\n2\",王芳\n,\n\"\",z";
        let want: Vec<(u64, Vec<String>)> =
            [(1, ["a", "b"]), (3, ["x, \"y\"\n2", "王芳"]), (5, ["", ""]), (6, ["", "z"])]
                .map(|(line, cells)| (line, cells.map(String::from).to_vec()))
                .into();
        assert_eq!(read(text.as_bytes()).unwrap(), want);
        assert_eq!(read(b"").unwrap(), []);
        assert_eq!(read("a\n".as_bytes()).unwrap(), read("\u{feff}a".as_bytes()).unwrap());
    }

    #[test]
    fn l1_a_broken_csv_is_told_by_line_and_column_without_a_value() {
        for (text, at) in [
            (&b"a,b\n1,2\"3\n"[..], "line 2, column 2: a quotation mark stands where none may"),
            (b"a,b\n\"1\"x,2\n", "line 2, column 1: a quotation mark stands where none may"),
            (b"a,b\n1,\"2\n3,4\n", "line 2, column 2: the record does not end (is a quotation mark left open?)"),
            (b"a,b\n1,2\r3,4\n", "line 2, column 2: a carriage return without a line feed"),
            (b"a,b\r", "line 1, column 2: a carriage return without a line feed"),
            (b"a,b\n1,\xff\n", "line 2, column 2: not UTF-8 (save the file as UTF-8)"),
            (b"a,b\n\xe7\x8e,\x8b\n", "line 2, column 1: not UTF-8 (save the file as UTF-8)"),
            (b"a,b\n1,2\0\n", "line 2, column 2: a NUL byte"),
        ] {
            assert_eq!(read(text).unwrap_err(), at);
        }
    }

    #[test]
    fn l1_an_open_quote_does_not_swallow_the_file_into_memory() {
        let text = [b"a\n\"".to_vec(), vec![b'x'; 2 * MAX_RECORD]].concat();
        let mut reader = Reader::new(&text[..]);
        let mut record = Record::default();
        assert!(reader.read(&mut record).unwrap());
        let error = reader.read(&mut record).unwrap_err();
        assert_eq!((error.line, error.column), (2, 1));
        assert!(matches!(error.fault, CsvFault::Endless));
    }
}
