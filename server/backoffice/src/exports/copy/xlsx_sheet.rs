//! A workbook of one sheet (ECMA-376), streamed: every cell is text in place, so that nothing in it is a formula, a
//! number that loses digits, or a shared string that would have to be kept until the end.

use super::sealed_file::{Sealed, SealedFile};
use super::{CopyError, CopyRow};
use quick_xml::Writer as XmlWriter;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::borrow::Cow;
use std::io::{self, Write};
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

/// More characters make no cell (Excel specifications and limits).
const LONGEST_CELL: usize = 32_767;
/// Where a zip would need another layout that not every reader takes.
const MOST_BYTES: u64 = u32::MAX as u64 - 1024 * 1024;

const SHEET: &str = "xl/worksheets/sheet1.xml";
const PARTS: [(&str, &str); 4] = [
    (
        "[Content_Types].xml",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="export" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
];

type Zip = ZipWriter<StreamWriter<SealedFile>>;

/// Lines as rows of a sheet.
pub(super) struct XlsxSheet {
    sheet: XmlWriter<Counted>,
}

impl XlsxSheet {
    pub(super) fn begin(file: SealedFile) -> Result<Self, CopyError> {
        let mut zip = ZipWriter::new_stream(file);
        for (name, text) in PARTS {
            zip.start_file(name, SimpleFileOptions::default()).map_err(io::Error::other)?;
            zip.write_all(text.as_bytes())?;
        }
        zip.start_file(SHEET, SimpleFileOptions::default()).map_err(io::Error::other)?;
        let mut sheet = XmlWriter::new(Counted { zip, bytes: 0 });
        sheet.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), Some("yes"))))?;
        let root = BytesStart::new("worksheet")
            .with_attributes([("xmlns", "http://schemas.openxmlformats.org/spreadsheetml/2006/main")]);
        sheet.write_event(Event::Start(root))?;
        sheet.write_event(Event::Start(BytesStart::new("sheetData")))?;
        Ok(Self { sheet })
    }

    pub(super) fn line(&mut self, row: &CopyRow) -> Result<(), CopyError> {
        if self.sheet.get_mut().bytes > MOST_BYTES {
            return Err(CopyError::TooMuchForXlsx);
        }
        self.sheet.write_event(Event::Start(BytesStart::new("row")))?;
        for cell in row.cells() {
            let text = representable(cell);
            if text.encode_utf16().count() > LONGEST_CELL {
                return Err(CopyError::TooMuchForXlsx);
            }
            self.sheet.write_event(Event::Start(BytesStart::new("c").with_attributes([("t", "inlineStr")])))?;
            self.sheet.write_event(Event::Start(BytesStart::new("is")))?;
            let kept = BytesStart::new("t").with_attributes([("xml:space", "preserve")]);
            self.sheet.write_event(Event::Start(kept))?;
            self.sheet.write_event(Event::Text(BytesText::new(&text)))?;
            for end in ["t", "is", "c"] {
                self.sheet.write_event(Event::End(BytesEnd::new(end)))?;
            }
        }
        Ok(self.sheet.write_event(Event::End(BytesEnd::new("row")))?)
    }

    pub(super) fn finish(mut self) -> Result<Sealed, CopyError> {
        self.sheet.write_event(Event::End(BytesEnd::new("sheetData")))?;
        self.sheet.write_event(Event::End(BytesEnd::new("worksheet")))?;
        let stream = self.sheet.into_inner().zip.finish().map_err(io::Error::other)?;
        stream.into_inner().finish()
    }
}

/// The text without what XML cannot carry (XML 1.0, 2.2), and with what a spreadsheet would take for the escape of a
/// character (`_x000D_`, ECMA-376 22.4.2.4) kept as it stands.
fn representable(cell: &str) -> Cow<'_, str> {
    let forbidden = |c: char| (c.is_control() && !matches!(c, '\t' | '\n')) || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    if !cell.contains(forbidden) && !cell.contains("_x") {
        return Cow::Borrowed(cell);
    }
    let clean: String = cell.chars().filter(|c| !forbidden(*c)).collect();
    let mut out = String::with_capacity(clean.len() + 16);
    for (at, c) in clean.char_indices() {
        let escape = clean.as_bytes().get(at..at + 7).is_some_and(
            |seven| matches!(seven, [b'_', b'x', hex @ .., b'_'] if hex.iter().all(u8::is_ascii_hexdigit)),
        );
        out.push_str(if escape { "_x005F_" } else { "" });
        if !escape {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// How long the sheet is so far.
struct Counted {
    zip: Zip,
    bytes: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.zip.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}
