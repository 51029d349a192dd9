//! Spreadsheets (XLSX, ODS) to rows of cells, each cell as the text a person would have typed.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::anyhow;
use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx};

use super::archive::{self, corrupt, too_large};
use super::ods;
use super::read::lacking;
use super::text::{Each, LONGEST};
use crate::{Class, Failure};

/// What every XLSX and ODS file begins with (a ZIP archive).
pub const ARCHIVE: &[u8] = b"PK\x03\x04";
/// What the Excel files of before 2007 begin with.
pub const OLD_EXCEL: &[u8] = b"\xd0\xcf\x11\xe0";
/// The largest spreadsheet that is opened, in bytes as it lies on the disk.
pub const LARGEST: u64 = 200 << 20;
/// The most that all its cells may hold, in bytes: one text may stand in many of them.
const LARGEST_TEXT: u64 = 512 << 20;
/// The columns and rows that a sheet may have, in Excel as in LibreOffice.
const COLUMNS: u64 = 16_384;
const ROWS: u64 = 1 << 20;

/// Reads the rows of one sheet, by its name or the first visible one, to the end. Rows are numbered as the spreadsheet
/// numbers them.
pub fn rows(mut input: impl Read + Seek, sheet: Option<&str>, each: &mut Each) -> Result<(), Failure> {
    // An ODS file tells its type first, uncompressed: the name of the first member is at byte 30.
    let mut begin = [0; 38];
    input.rewind().and_then(|()| input.read_exact(&mut begin)).map_err(corrupt)?;
    let mut rows = Rows { each, row: Vec::new(), bytes: 0, total: 0 };
    if begin.ends_with(b"mimetype") {
        return ods::rows(BufReader::new(input), sheet, &mut rows);
    }
    archive::vet(BufReader::new(&mut input))?;
    input.seek(SeekFrom::Start(0)).map_err(corrupt)?;
    let input = BufReader::new(input);
    // The library that reads them may give up in a panic on what no spreadsheet program would write.
    catch_unwind(AssertUnwindSafe(|| xlsx(input, sheet, &mut rows)))
        .unwrap_or_else(|_| Err(Failure::new(Class::Protocol, anyhow!("it is a corrupt spreadsheet"))))
}

/// The row that is being read, and all before it.
pub struct Rows<'r, 'e> {
    each: &'r mut Each<'e>,
    row: Vec<String>,
    /// Bytes of the row; more than [`LONGEST`] are not kept.
    bytes: usize,
    total: u64,
}

impl Rows<'_, '_> {
    /// So many cells that say the same, from this column on.
    pub fn cells(&mut self, column: u64, times: u64, text: &str) -> Result<(), Failure> {
        if text.is_empty() {
            return Ok(());
        }
        let end = column.saturating_add(times);
        if end > COLUMNS {
            return Err(Failure::new(Class::Protocol, anyhow!("it has a cell beyond the last column")));
        }
        for column in column as usize..end as usize {
            self.bytes += text.len();
            if self.bytes > LONGEST {
                break;
            }
            if self.row.len() <= column {
                self.row.resize(column + 1, String::new());
            }
            self.row[column].replace_range(.., text);
        }
        Ok(())
    }

    /// The row has ended, which is there so many times.
    pub fn end(&mut self, number: u64, times: u64) -> Result<(), Failure> {
        if self.row.is_empty() && self.bytes == 0 {
            return Ok(());
        }
        if number.saturating_add(times) > ROWS + 1 {
            return Err(Failure::new(Class::Protocol, anyhow!("it has a row beyond the last one")));
        }
        for number in number..number + times {
            self.total += self.bytes.min(LONGEST) as u64;
            if self.total > LARGEST_TEXT {
                return Err(too_large(format!("its cells hold more than {} MiB", LARGEST_TEXT >> 20)));
            }
            let cells = if self.bytes > LONGEST { Err("the row is longer than 1 MiB") } else { Ok(&*self.row) };
            (self.each)(number, cells)?;
        }
        self.row.clear();
        self.bytes = 0;
        Ok(())
    }
}

/// The sheet meant is not there.
pub fn choice<'n>(wanted: Option<&str>, names: impl Iterator<Item = &'n String>) -> Failure {
    let wanted = wanted.map_or("it has no visible sheet".to_owned(), |name| format!("it has no sheet `{name}`"));
    lacking(Class::Protocol, anyhow!(wanted), "sheet", names)
}

fn xlsx(input: impl Read + Seek, wanted: Option<&str>, rows: &mut Rows) -> Result<(), Failure> {
    let mut book = Xlsx::new(input).map_err(corrupt)?;
    let sheets = book.sheets_metadata();
    let found = sheets.iter().find(|sheet| match wanted {
        Some(name) => sheet.name == name,
        None => sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible,
    });
    let name = found.map(|sheet| sheet.name.clone());
    let name = name.ok_or_else(|| choice(wanted, sheets.iter().map(|sheet| &sheet.name)))?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(corrupt)?;
    let mut number = 0;
    while let Some(cell) = cells.next_cell().map_err(corrupt)? {
        let (at, column) = cell.get_position();
        if u64::from(at) + 1 != number {
            rows.end(number, 1)?;
            number = u64::from(at) + 1;
        }
        match cell.get_value() {
            DataRef::SharedString(text) => rows.cells(column.into(), 1, text)?,
            other => rows.cells(column.into(), 1, &from_ref(other))?,
        }
    }
    rows.end(number, 1)
}

/// A date as ISO writes it, with its time where it has one.
fn moment(told: &ExcelDateTime) -> String {
    if !told.is_datetime() {
        return told.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = told.to_ymd_hms_milli();
    match (hour, minute, second) {
        (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
    }
}

fn from_ref(cell: &DataRef) -> String {
    match cell {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(told) => moment(told),
        // A formula that failed says nothing.
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}
