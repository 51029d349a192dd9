//! Tables without files: what fuzzers try and what the tests replay. Pure.

use std::io::Cursor;

use super::contents::Contents;
use super::read::Reader;
use super::{SORTS, sheet, text};
use crate::{Context, Failure, Harvest};

/// Reads a document as each sort of contents, as the file that it would be.
pub fn document(context: &Context, document: &[u8]) -> Vec<(&'static str, Result<Harvest, Failure>)> {
    SORTS.iter().map(|sort| (sort.name, (sort.replay)(context, document))).collect()
}

pub(super) fn read<R: Contents>(context: &Context, document: &[u8]) -> Result<Harvest, Failure> {
    let mut reader = Reader::<R>::new(context, &[]);
    let typed = document.starts_with(sheet::ARCHIVE);
    let mut table = reader.file("document", typed);
    let mut each = |line: u64, cells: Result<&[String], &str>| table.row(line, cells);
    if typed {
        sheet::rows(Cursor::new(document), None, &mut each)?;
    } else {
        text::rows(document, None, None, &mut each)?;
    }
    table.end()?;
    reader.finish()
}
