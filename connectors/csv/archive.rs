//! What a spreadsheet may unpack to. XLSX and ODS are XML in a ZIP archive: a thousand bytes may become a million, an
//! attribute may ask for any amount of memory, and a length that is told may be a lie. Here all is unpacked for real,
//! an event of XML at a time, and nothing is kept.

use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom, Write};

use anyhow::anyhow;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::{Class, Failure};

/// The most that a spreadsheet may hold once unpacked, in bytes. A million rows of twenty columns come to 800 MB.
const LARGEST_UNPACKED: u64 = 1 << 30;
/// The most that one part may hold that is read whole, as shared texts are: all but the rows of sheets.
const LARGEST_PART: u64 = 256 << 20;
/// No part of more than [`LARGE`] bytes shrinks to less than one in so many. Rows of real inventories shrink to one in
/// eight to thirty.
const RATIO: u64 = 200;
const LARGE: u64 = 16 << 20;
/// A workbook has a part for each sheet and picture.
const MOST_PARTS: usize = 10_000;
/// The longest tag, text or comment, in bytes. A cell has 32 767 characters at most.
const LONGEST_EVENT: usize = 1 << 20;
/// Elements inside each other: an ODS file has some ten, and drawings some more.
const DEEPEST: usize = 256;
/// So many texts may be promised whatever the length of what holds them.
const PROMISED: u64 = 4 << 20;
/// Letters of the shortest name that makes the library ask for memory: `sst`.
const SHORTEST_WORD: usize = 3;
/// An archive's directory ends in a record of this size and a comment of at most 64 KiB (APPNOTE.TXT, 4.3.16).
const END: u64 = 22 + 0xffff;

pub fn too_large(reason: String) -> Failure {
    Failure::new(Class::TooLarge, anyhow!(reason))
}

pub fn corrupt(cause: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::new(Class::Protocol, anyhow::Error::new(cause).context("it is no spreadsheet that can be read"))
}

pub fn unlike(reason: &'static str) -> Failure {
    Failure::new(Class::Protocol, anyhow!(reason).context("it is no spreadsheet that can be read"))
}

/// Opens an archive, once what it tells of itself is bounded.
pub fn open<R: Read + Seek>(mut input: R) -> Result<ZipArchive<R>, Failure> {
    let many = || too_large(format!("it has more than {MOST_PARTS} parts"));
    // The directory is read whole; how long it is, is told at its end.
    let length = input.seek(SeekFrom::End(0)).map_err(corrupt)?;
    input.seek(SeekFrom::Start(length.saturating_sub(END))).map_err(corrupt)?;
    let mut end = Vec::new();
    input.by_ref().take(END).read_to_end(&mut end).map_err(corrupt)?;
    for record in end.windows(12).filter(|bytes| bytes.starts_with(b"PK\x05\x06")) {
        if usize::from(u16::from_le_bytes([record[10], record[11]])) > MOST_PARTS {
            return Err(many());
        }
    }
    input.rewind().map_err(corrupt)?;
    let mut archive = ZipArchive::new(input).map_err(corrupt)?;
    if archive.len() > MOST_PARTS {
        return Err(many());
    }
    let mut told: u64 = 0;
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).map_err(corrupt)?;
        within_ratio(part.size(), part.compressed_size())?;
        told = told.saturating_add(part.size());
    }
    if told > LARGEST_UNPACKED {
        return Err(too_large(format!("it would unpack to more than {} GiB", LARGEST_UNPACKED >> 30)));
    }
    Ok(archive)
}

fn within_ratio(unpacked: u64, packed: u64) -> Result<(), Failure> {
    if unpacked > LARGE && unpacked / packed.max(1) > RATIO {
        return Err(too_large(format!("a part of it unpacks to more than {RATIO} times its length")));
    }
    Ok(())
}

/// Unpacks all of a workbook whose reader keeps whole parts, and refuses it where that would take more than its share.
pub fn vet(input: impl Read + Seek) -> Result<(), Failure> {
    let mut archive = open(input)?;
    let mut left = LARGEST_UNPACKED;
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(corrupt)?;
        let (size, packed) = (part.size(), part.compressed_size());
        // Readers make nothing of capitals and of slashes that lean the other way.
        let name = part.name().map_err(corrupt)?.to_ascii_lowercase().replace('\\', "/");
        let mut begin = Vec::new();
        part.by_ref().take(2).read_to_end(&mut begin).map_err(corrupt)?;
        let is_named_so = name.ends_with(".xml") || name.ends_with(".rels");
        let is_utf16 = is_named_so && matches!(begin[..], [0xff, 0xfe] | [0xfe, 0xff]);
        let part = Cursor::new(begin).chain(part);
        let is_xml = is_named_so && !is_utf16;
        let is_rows = is_xml && name.starts_with("xl/worksheets/");
        let limit = left
            .min(if is_rows { LARGEST_UNPACKED } else { LARGEST_PART })
            .min(packed.saturating_mul(RATIO).saturating_add(LARGE));
        let mut read = 0;
        if is_xml {
            let mut xml = Xml::new(part, limit);
            loop {
                match xml.next()? {
                    Event::Eof => break,
                    Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "sst" => {
                        promise(&tag, size)?
                    }
                    _ => {}
                }
            }
            read += xml.read();
        } else {
            let mut part = part.take(limit + 1);
            read += match is_utf16 {
                true => io::copy(&mut part, &mut Utf16::default()),
                false => io::copy(&mut part, &mut io::sink()),
            }
            .map_err(corrupt)?;
            if read > limit {
                return Err(long(limit));
            }
        }
        // A reader makes room for what is told.
        if read != size {
            return Err(unlike("a part of it is not as long as it says"));
        }
        left -= read;
    }
    Ok(())
}

/// UTF-16 that nothing is made of, such as Power Query's part. Behind its mark the library reads on as if it were UTF-8:
/// a word of that, which UTF-16 in our alphabets never holds, is refused rather than left unread here.
#[derive(Default)]
struct Utf16 {
    /// ASCII letters that came last, one beside the other.
    letters: usize,
}

impl Write for Utf16 {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.letters = if byte.is_ascii_alphabetic() { self.letters + 1 } else { 0 };
            if self.letters == SHORTEST_WORD {
                return Err(io::Error::other("a part of it is marked as UTF-16, and is none"));
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Refuses a table of texts that makes its reader ask for the memory of far more than it can hold.
fn promise(tag: &BytesStart, size: u64) -> Result<(), Failure> {
    for told in tag.attributes().with_checks(false).flatten() {
        let count = told.value.parse::<u64>();
        if told.key.as_ref() == "uniqueCount" && count.is_ok_and(|count| count > PROMISED.max(size / 5)) {
            return Err(too_large("it promises more texts than it can hold".to_owned()));
        }
    }
    Ok(())
}

fn long(limit: u64) -> Failure {
    too_large(format!("a part of it unpacks to more than {} MiB", limit >> 20))
}

/// XML as it comes, never more of it in memory than one bounded event; names of elements match, and no document brings
/// entities of its own.
pub struct Xml<R: Read> {
    reader: Reader<Metered<R>>,
    event: Vec<u8>,
    depth: usize,
    limit: u64,
}

impl<R: Read> Xml<R> {
    /// Reads so many bytes at most.
    pub fn new(input: R, limit: u64) -> Self {
        let input = BufReader::with_capacity(1 << 16, input);
        let mut reader = Reader::from_reader(Metered { input, read: 0, limit, left: LONGEST_EVENT });
        reader.config_mut().allow_dangling_amp = true;
        Self { reader, event: Vec::new(), depth: 0, limit }
    }

    /// How many bytes have been read.
    pub fn read(&self) -> u64 {
        self.reader.get_ref().read
    }

    /// The next event; [`Event::Eof`] once all elements have ended.
    pub fn next(&mut self) -> Result<Event<'_>, Failure> {
        self.event.clear();
        self.reader.get_mut().left = LONGEST_EVENT;
        match self.reader.read_event_into(&mut self.event) {
            Ok(event) => {
                match &event {
                    Event::Start(_) => self.depth += 1,
                    Event::End(_) => self.depth = self.depth.saturating_sub(1),
                    Event::DocType(_) => return Err(unlike("it declares entities of its own")),
                    Event::Eof if self.depth > 0 => return Err(unlike("it ends in the middle")),
                    _ => {}
                }
                if self.depth > DEEPEST {
                    return Err(too_large(format!("it has more than {DEEPEST} elements inside each other")));
                }
                Ok(event)
            }
            Err(error) => Err(match &error {
                quick_xml::Error::Io(told) => match told.get_ref().and_then(|told| told.downcast_ref()) {
                    Some(Over::Part) => long(self.limit),
                    Some(Over::Event) => {
                        too_large(format!("it has a tag or a text of more than {} MiB", LONGEST_EVENT >> 20))
                    }
                    None => corrupt(error),
                },
                _ => corrupt(error),
            }),
        }
    }

    /// Reads on until the element that was begun last has ended.
    pub fn skip(&mut self) -> Result<(), Failure> {
        let outside = self.depth - 1;
        while self.depth > outside {
            if matches!(self.next()?, Event::Eof) {
                break;
            }
        }
        Ok(())
    }
}

/// Which bound was met.
#[derive(Clone, Copy, Debug, thiserror::Error)]
enum Over {
    #[error("a part is too long")]
    Part,
    #[error("an event is too long")]
    Event,
}

/// A reader that ends in an error where a part or an event is too long.
struct Metered<R> {
    input: BufReader<R>,
    read: u64,
    limit: u64,
    /// Bytes left of this event.
    left: usize,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let length = bytes.len().min(into.len());
        into[..length].copy_from_slice(&bytes[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: Read> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read > self.limit {
            return Err(io::Error::other(Over::Part));
        }
        if self.left == 0 {
            return Err(io::Error::other(Over::Event));
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        self.read += length as u64;
        self.left = self.left.saturating_sub(length);
        self.input.consume(length);
    }
}
