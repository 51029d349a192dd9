//! ODS files (OpenDocument 1.2, part 1), a row at a time. A cell or a row may say that it is repeated, as often as it
//! likes: what is empty is passed over, and of the rest no more is made than a sheet has room for.

use std::collections::HashMap;
use std::io::{Read, Seek};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::archive::{self, Xml, corrupt, unlike};
use super::sheet::{Rows, choice};
use crate::Failure;

/// The most that its rows may be, in bytes of XML.
const LARGEST_CONTENT: u64 = 1 << 30;
const LARGEST_MANIFEST: u64 = 16 << 20;
/// Sheets that are named when the one meant is not found.
const NAMED: usize = 256;

/// Reads the rows of one sheet, by its name or the first visible one.
pub fn rows(input: impl Read + Seek, wanted: Option<&str>, rows: &mut Rows) -> Result<(), Failure> {
    let mut archive = archive::open(input)?;
    let mut manifest = Xml::new(archive.by_name("META-INF/manifest.xml").map_err(corrupt)?, LARGEST_MANIFEST);
    loop {
        match manifest.next()? {
            Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == "manifest:encryption-data" => {
                return Err(unlike("it is protected by a password"));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    drop(manifest);
    let mut xml = Xml::new(archive.by_name("content.xml").map_err(corrupt)?, LARGEST_CONTENT);
    // Whether the sheets of a style are seen.
    let (mut styles, mut style) = (HashMap::new(), None);
    let (mut names, mut found) = (Vec::new(), false);
    loop {
        match xml.next()? {
            Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == "style:style" => {
                style = text(&tag, "style:name")?;
            }
            Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == "style:table-properties" => {
                let seen = text(&tag, "table:display")?.is_none_or(|told| told != "false");
                if let Some(style) = style.take() {
                    styles.insert(style, seen);
                }
            }
            Event::Start(tag) if tag.name().as_ref() == "table:table" => {
                let seen = text(&tag, "table:style-name")?.and_then(|style| styles.get(&style).copied());
                let name = text(&tag, "table:name")?;
                let Some(name) = name else {
                    xml.skip()?;
                    continue;
                };
                let is_it = wanted.map_or(seen.unwrap_or(true), |wanted| wanted == name);
                if names.len() < NAMED {
                    names.push(name);
                }
                if is_it && !found {
                    found = true;
                    table(&mut xml, rows)?;
                } else {
                    xml.skip()?;
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if found { Ok(()) } else { Err(choice(wanted, names.iter())) }
}

/// The text of an attribute.
fn text(tag: &BytesStart, name: &str) -> Result<Option<String>, Failure> {
    match tag.try_get_attribute(name).map_err(corrupt)? {
        Some(told) => Ok(Some(told.normalized_value(XmlVersion::Implicit1_0).map_err(corrupt)?.into_owned())),
        None => Ok(None),
    }
}

/// How often a cell, a row or a space is there.
fn repeats(tag: &BytesStart, name: &str) -> Result<u64, Failure> {
    match text(tag, name)? {
        Some(told) => told.trim().parse().map_err(|_| unlike("a number of repetitions is none")),
        None => Ok(1),
    }
}

/// The rows of a sheet that has begun.
fn table<R: Read>(xml: &mut Xml<R>, rows: &mut Rows) -> Result<(), Failure> {
    let mut number: u64 = 0;
    loop {
        match xml.next()? {
            Event::Start(tag) if tag.name().as_ref() == "table:table-row" => {
                let times = repeats(&tag, "table:number-rows-repeated")?;
                row(xml, rows)?;
                rows.end(number + 1, times)?;
                number = number.saturating_add(times);
            }
            Event::Empty(tag) if tag.name().as_ref() == "table:table-row" => {
                number = number.saturating_add(repeats(&tag, "table:number-rows-repeated")?);
            }
            // Drawings may hold tables of their own.
            Event::Start(tag) if tag.name().as_ref() == "table:shapes" => xml.skip()?,
            Event::End(tag) if tag.name().as_ref() == "table:table" => return Ok(()),
            Event::Eof => return Err(unlike("it ends in the middle")),
            _ => {}
        }
    }
}

/// The cells of a row that has begun.
fn row<R: Read>(xml: &mut Xml<R>, rows: &mut Rows) -> Result<(), Failure> {
    let is_cell = |name: &str| matches!(name, "table:table-cell" | "table:covered-table-cell");
    let mut column: u64 = 0;
    loop {
        let (told, times) = match xml.next()? {
            Event::Start(tag) if is_cell(tag.name().as_ref()) => {
                let (times, mut told) = (repeats(&tag, "table:number-columns-repeated")?, Told::of(&tag)?);
                told.content(xml)?;
                (told, times)
            }
            Event::Empty(tag) if is_cell(tag.name().as_ref()) => {
                (Told::of(&tag)?, repeats(&tag, "table:number-columns-repeated")?)
            }
            Event::Start(_) => {
                xml.skip()?;
                continue;
            }
            Event::End(tag) if tag.name().as_ref() == "table:table-row" => return Ok(()),
            Event::Eof => return Err(unlike("it ends in the middle")),
            _ => continue,
        };
        rows.cells(column, times, &told.text)?;
        column = column.saturating_add(times);
    }
}

/// What a cell holds.
struct Told {
    text: String,
    /// It is told by what the cell contains, not by an attribute.
    inside: bool,
}

impl Told {
    /// What the attributes tell (19.385 and what follows): values rather than how they are shown. A formula that failed
    /// says nothing.
    fn of(tag: &BytesStart) -> Result<Self, Failure> {
        let number = text(tag, "office:value")?;
        let (mut value, mut kind) = (None, None);
        if let Some(number) = number {
            let number: f64 = number.trim().parse().map_err(|_| unlike("the value of a cell is no number"))?;
            value = Some(number.to_string());
        }
        for name in ["office:date-value", "office:time-value", "office:string-value", "office:boolean-value"] {
            if value.is_none() {
                value = text(tag, name)?;
            }
        }
        if value.is_none() {
            kind = text(tag, "office:value-type")?;
        }
        let inside = kind.as_deref() == Some("string");
        Ok(Self { text: value.unwrap_or_default(), inside })
    }

    /// Reads to the end of the cell, its paragraphs as lines; what somebody noted at its edge is not in it.
    fn content<R: Read>(&mut self, xml: &mut Xml<R>) -> Result<(), Failure> {
        if !self.inside {
            return xml.skip();
        }
        let (mut depth, mut first) = (1, true);
        while depth > 0 {
            let mut annotated = false;
            match xml.next()? {
                Event::Text(told) => self.text.push_str(&told.xml10_content()),
                Event::CData(told) => self.text.push_str(&told.xml10_content()),
                Event::GeneralRef(told) => match told.resolve_char_ref().map_err(corrupt)? {
                    Some(char) => self.text.push(char),
                    None => self.text.push_str(
                        quick_xml::escape::resolve_xml_entity(&told)
                            .ok_or_else(|| unlike("it names an entity that there is not"))?,
                    ),
                },
                Event::Start(tag) => {
                    depth += 1;
                    match tag.name().as_ref() {
                        "office:annotation" => annotated = true,
                        "text:p" if !std::mem::take(&mut first) => self.text.push('\n'),
                        name => self.mark(name, &tag)?,
                    }
                }
                Event::Empty(tag) => match tag.name().as_ref() {
                    "text:p" if !std::mem::take(&mut first) => self.text.push('\n'),
                    name => self.mark(name, &tag)?,
                },
                Event::End(_) => depth -= 1,
                Event::Eof => return Err(unlike("it ends in the middle")),
                _ => {}
            }
            if annotated {
                xml.skip()?;
                depth -= 1;
            }
            if self.text.len() > super::text::LONGEST {
                return Err(archive::too_large("it has a cell of more than 1 MiB".to_owned()));
            }
        }
        Ok(())
    }

    /// White space that is written as an element (6.1.2).
    fn mark(&mut self, name: &str, tag: &BytesStart) -> Result<(), Failure> {
        match name {
            "text:s" => {
                let count = repeats(tag, "text:c")?.min(super::text::LONGEST as u64 + 1);
                self.text.extend(std::iter::repeat_n(' ', count as usize));
            }
            "text:tab" => self.text.push('\t'),
            "text:line-break" => self.text.push('\n'),
            _ => {}
        }
        Ok(())
    }
}
