//! CSV as Excel reads it: UTF-8 with its mark, lines that end in CRLF (RFC 4180), no cell a formula. Every cell is quoted:
//! where a system separates by `;`, an unquoted `a; =b` would be two cells, and the second a formula.

use super::safe_cell::safe;
use super::sealed_file::{Sealed, SealedFile};
use super::{CopyError, CopyRow};
use std::io::{self, Write};

/// Without it, Excel takes the bytes for the system's own code page.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Lines as CSV.
pub(super) struct CsvSheet(csv::Writer<SealedFile>);

impl CsvSheet {
    pub(super) fn begin(mut file: SealedFile) -> Result<Self, CopyError> {
        file.write_all(MARK)?;
        let mut builder = csv::WriterBuilder::new();
        builder.terminator(csv::Terminator::CRLF).quote_style(csv::QuoteStyle::Always);
        Ok(Self(builder.from_writer(file)))
    }

    pub(super) fn line(&mut self, row: &CopyRow) -> Result<(), CopyError> {
        for cell in row.cells() {
            match safe(cell) {
                Some(safe) => self.0.write_field(&**safe),
                None => self.0.write_field(cell),
            }
            .map_err(io::Error::other)?;
        }
        Ok(self.0.write_record(None::<&[u8]>).map_err(io::Error::other)?)
    }

    pub(super) fn finish(self) -> Result<Sealed, CopyError> {
        // The error would hold the writer, and with it what waits in its buffer.
        let file = self.0.into_inner().map_err(|error| io::Error::from(error.error().kind()))?;
        file.finish()
    }
}
