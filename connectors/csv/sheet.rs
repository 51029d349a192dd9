//! Spreadsheets (XLSX, ODS) to rows of cells, each cell as the text a person would have typed.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::anyhow;
use calamine::{Data, DataRef, ExcelDateTime, Ods, Reader, SheetType, SheetVisible, Xlsx};

use super::text::Each;
use crate::{Class, Failure};

/// What every XLSX and ODS file begins with (a ZIP archive).
pub const ARCHIVE: &[u8] = b"PK\x03\x04";
/// What the Excel files of before 2007 begin with.
pub const OLD_EXCEL: &[u8] = b"\xd0\xcf\x11\xe0";
/// The largest spreadsheet that is opened, in bytes as it lies on the disk.
pub const LARGEST: u64 = 200 << 20;
/// The most it may hold once unpacked, in bytes.
const LARGEST_UNPACKED: u64 = 2 << 30;
/// The columns that a sheet may have, in Excel as in LibreOffice.
const COLUMNS: u32 = 16_384;

/// Reads the rows of one sheet, by its name or the first visible one, to the end. Rows are numbered as the spreadsheet
/// numbers them.
pub fn rows(mut input: impl Read + Seek, sheet: Option<&str>, each: &mut Each) -> Result<(), Failure> {
    if unpacked(&mut input).map_err(corrupt)? > LARGEST_UNPACKED {
        return Err(Failure::new(Class::TooLarge, anyhow!("it would unpack to more than 2 GiB")));
    }
    // An ODS file tells its type first, uncompressed: the name of the first member is at byte 30.
    let mut begin = [0; 38];
    input.rewind().and_then(|()| input.read_exact(&mut begin)).map_err(corrupt)?;
    input.seek(SeekFrom::Start(0)).map_err(corrupt)?;
    let input = BufReader::new(input);
    let read = || if begin.ends_with(b"mimetype") { ods(input, sheet, each) } else { xlsx(input, sheet, each) };
    // The library that reads spreadsheets may give up in a panic on what no spreadsheet program would write.
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(Failure::new(Class::Protocol, anyhow!("it is a corrupt spreadsheet"))))
}

/// What the archive says that it holds once unpacked, in bytes.
fn unpacked(input: impl Read + Seek) -> zip::result::ZipResult<u64> {
    let mut archive = zip::ZipArchive::new(input)?;
    let mut size: u64 = 0;
    for at in 0..archive.len() {
        size = size.saturating_add(archive.by_index_raw(at)?.size());
    }
    Ok(size)
}

fn corrupt(cause: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::new(Class::Protocol, anyhow::Error::new(cause).context("it is no spreadsheet that can be read"))
}

/// The name of the sheet meant.
fn choose(sheets: &[calamine::Sheet], wanted: Option<&str>) -> Result<String, Failure> {
    let found = sheets.iter().find(|sheet| match wanted {
        Some(name) => sheet.name == name,
        None => sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible,
    });
    found.map(|sheet| sheet.name.clone()).ok_or_else(|| {
        let names: Vec<_> = sheets.iter().map(|sheet| format!("`{}`", sheet.name)).collect();
        let wanted = wanted.map_or("it has no visible sheet".to_owned(), |name| format!("it has no sheet `{name}`"));
        Failure::new(Class::Protocol, anyhow!("{wanted}: its sheets are {}", names.join(", ")))
    })
}

fn xlsx(input: impl Read + Seek, wanted: Option<&str>, each: &mut Each) -> Result<(), Failure> {
    let mut book = Xlsx::new(input).map_err(corrupt)?;
    let name = choose(book.sheets_metadata(), wanted)?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(corrupt)?;
    let mut row: Vec<String> = Vec::new();
    let mut number = 0;
    while let Some(cell) = cells.next_cell().map_err(corrupt)? {
        let (at, column) = cell.get_position();
        if u64::from(at) + 1 != number {
            if !row.is_empty() {
                each(number, Ok(&row))?;
            }
            row.clear();
            number = u64::from(at) + 1;
        }
        let text = from_ref(cell.get_value());
        if text.is_empty() {
            continue;
        }
        if column >= COLUMNS {
            return Err(Failure::new(Class::Protocol, anyhow!("row {number} has a cell beyond the last column")));
        }
        let column = column as usize;
        if row.len() <= column {
            row.resize(column + 1, String::new());
        }
        row[column] = text;
    }
    if !row.is_empty() {
        each(number, Ok(&row))?;
    }
    Ok(())
}

fn ods(input: impl Read + Seek, wanted: Option<&str>, each: &mut Each) -> Result<(), Failure> {
    let mut book = Ods::new(input).map_err(corrupt)?;
    let name = choose(book.sheets_metadata(), wanted)?;
    let range = book.worksheet_range(&name).map_err(corrupt)?;
    let first = range.start().map_or(0, |(row, _)| u64::from(row));
    let mut row: Vec<String> = Vec::new();
    for (at, cells) in range.rows().enumerate() {
        row.clear();
        row.extend(cells.iter().map(from_data));
        each(first + at as u64 + 1, Ok(&row))?;
    }
    Ok(())
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
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn from_data(cell: &Data) -> String {
    match cell {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(flag) => flag.to_string(),
        Data::DateTime(told) => moment(told),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}
