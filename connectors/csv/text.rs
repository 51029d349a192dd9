//! Bytes of a delimited text to rows of cells. Memory stays bounded whatever comes: a line longer than
//! [`LONGEST`] is counted and dropped while it passes, and a quote that never closes costs one line, not the rest of
//! the file.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Cursor, Read};

use anyhow::anyhow;
use encoding_rs::{Decoder, Encoding, UTF_8, WINDOWS_1252};

use crate::{Class, Failure};

/// The longest record that is read, in bytes.
pub const LONGEST: usize = 1 << 20;
/// The largest table that is read, in bytes.
pub const LARGEST: u64 = 8 << 30;
/// How much of the beginning is looked at before reading.
const HEAD: u64 = 1 << 16;
/// What a held line costs beside its bytes.
const LINE_COST: usize = 64;

/// Takes a row: the number of its first line as an editor shows it, and its cells or why they cannot be read.
pub type Each<'e> = dyn FnMut(u64, Result<&[String], &str>) -> Result<(), Failure> + 'e;

/// Reads rows to the end. Without `encoding` it is told by the byte order mark; without one, a line that is not UTF-8
/// is Windows-1252. Without `separator` it is the one of `;`, tab and `,` that cuts the headings into most cells.
pub fn rows(
    mut input: impl Read,
    encoding: Option<&'static Encoding>,
    separator: Option<char>,
    each: &mut Each,
) -> Result<(), Failure> {
    let mut head = Vec::new();
    input.by_ref().take(HEAD).read_to_end(&mut head).map_err(cut)?;
    let marked = Encoding::for_bom(&head);
    let decoded = match (encoding, marked) {
        (Some(encoding), _) => Some(encoding),
        (None, Some((encoding, _))) if encoding != UTF_8 => Some(encoding),
        _ => None,
    };
    if let Some(encoding) = decoded {
        let decoding = Decoding::new(Cursor::new(head).chain(input), encoding.new_decoder_with_bom_removal());
        return records(BufReader::with_capacity(1 << 16, decoding), separator, each);
    }
    if head.contains(&0) {
        return Err(Failure::new(
            Class::Protocol,
            anyhow!("it is no text table: it holds NUL bytes (for UTF-16 without a byte order mark, set `encoding`)"),
        ));
    }
    let mark = marked.map_or(0, |(_, length)| length);
    let rest = Cursor::new(head.split_off(mark)).chain(input);
    records(BufReader::with_capacity(1 << 16, rest), separator, each)
}

/// A reading that broke off.
fn cut(error: io::Error) -> Failure {
    Failure::new(Class::Incomplete, anyhow::Error::new(error).context("cannot be read to its end"))
}

fn records(input: impl BufRead, separator: Option<char>, each: &mut Each) -> Result<(), Failure> {
    let mut lines = Lines { input, number: 0, after_return: false, ahead: VecDeque::new() };
    let mut separator = separator;
    let mut splitter: Option<Splitter> = None;
    while let Some((number, line)) = lines.next().map_err(cut)? {
        let text = match line.text() {
            Ok(text) => text,
            Err(reason) => {
                each(number, Err(reason))?;
                continue;
            }
        };
        if splitter.is_none() {
            if text.trim().is_empty() {
                continue;
            }
            // Spreadsheets write and obey a first line such as `sep=;`.
            if let Some(told) = text.trim().strip_prefix("sep=") {
                separator = separator.or(told.chars().next());
                continue;
            }
        }
        let splitter = splitter.get_or_insert_with(|| Splitter::new(separator.unwrap_or_else(|| detect(&text))));
        splitter.start();
        splitter.feed(&text);
        splitter.odd = false;
        if splitter.closed() {
            each(number, Ok(splitter.cells()))?;
            continue;
        }
        match lines.close(splitter, text.len()).map_err(cut)? {
            true => each(number, Ok(splitter.cells()))?,
            false => each(number, Err("a quote opens and does not close"))?,
        }
    }
    Ok(())
}

/// The separator that cuts the headings into most cells.
fn detect(headings: &str) -> char {
    let cells = |separator: char| {
        let mut splitter = Splitter::new(separator);
        splitter.feed(headings);
        splitter.cells().len()
    };
    // The last of equals wins: `;` before tab before `,`.
    [',', '\t', ';'].into_iter().max_by_key(|separator| cells(*separator)).unwrap_or(',')
}

/// A line without its end.
enum Line {
    Whole(Vec<u8>),
    TooLong,
}

impl Line {
    fn text(&self) -> Result<std::borrow::Cow<'_, str>, &'static str> {
        match self {
            Self::TooLong => Err("the line is longer than 1 MiB"),
            Self::Whole(bytes) if bytes.contains(&0) => Err("the line holds a NUL byte"),
            Self::Whole(bytes) => Ok(match std::str::from_utf8(bytes) {
                Ok(text) => text.into(),
                Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
            }),
        }
    }
}

/// Physical lines, numbered as an editor numbers them: `\n`, `\r\n` and `\r` end one.
struct Lines<R> {
    input: R,
    number: u64,
    after_return: bool,
    /// Lines already read in search of a closing quote.
    ahead: VecDeque<(u64, Line)>,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> io::Result<Option<(u64, Line)>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.read(),
        }
    }

    fn read(&mut self) -> io::Result<Option<(u64, Line)>> {
        let mut line = Line::Whole(Vec::new());
        let mut begun = false;
        loop {
            let bytes = match self.input.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if bytes.is_empty() && !begun {
                return Ok(None);
            }
            if std::mem::take(&mut self.after_return) && bytes.first() == Some(&b'\n') {
                self.input.consume(1);
                continue;
            }
            begun = true;
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = &bytes[..end.unwrap_or(bytes.len())];
            match &mut line {
                Line::Whole(whole) if whole.len() + part.len() <= LONGEST => whole.extend_from_slice(part),
                _ => line = Line::TooLong,
            }
            let ended = end.is_some() || bytes.is_empty();
            self.after_return = end.is_some_and(|end| bytes[end] == b'\r');
            let consumed = end.map_or(bytes.len(), |end| end + 1);
            self.input.consume(consumed);
            if ended {
                self.number += 1;
                return Ok(Some((self.number, line)));
            }
        }
    }

    /// Feeds lines to a record whose quote is open until it closes. Where it does not within [`LONGEST`], the lines
    /// are kept to be read again as records of their own.
    fn close(&mut self, splitter: &mut Splitter, mut length: usize) -> io::Result<bool> {
        for at in 0.. {
            if at == self.ahead.len() {
                match self.read()? {
                    Some(line) => self.ahead.push_back(line),
                    None => return Ok(false),
                }
            }
            let Ok(text) = self.ahead[at].1.text() else { return Ok(false) };
            length += text.len() + LINE_COST;
            if length > LONGEST {
                return Ok(false);
            }
            splitter.feed("\n");
            splitter.feed(&text);
            if splitter.odd {
                return Ok(false);
            }
            if splitter.closed() {
                self.ahead.drain(..=at);
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Cuts a record into cells (RFC 4180, forgiving of quotes inside plain cells). Cells are reused from row to row.
struct Splitter {
    separator: char,
    cells: Vec<String>,
    used: usize,
    state: State,
    /// Text followed a closing quote: forgiven in one line, but a quote that closed so lines below was a stray one.
    odd: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Start,
    Plain,
    Quoted,
    AfterQuote,
}

impl Splitter {
    fn new(separator: char) -> Self {
        Self { separator, cells: vec![String::new()], used: 1, state: State::Start, odd: false }
    }

    fn start(&mut self) {
        self.used = 0;
        self.odd = false;
        self.open();
    }

    fn open(&mut self) {
        match self.cells.get_mut(self.used) {
            Some(cell) => cell.clear(),
            None => self.cells.push(String::new()),
        }
        self.used += 1;
        self.state = State::Start;
    }

    fn closed(&self) -> bool {
        self.state != State::Quoted
    }

    fn cells(&self) -> &[String] {
        &self.cells[..self.used]
    }

    fn push(&mut self, text: &str) {
        self.cells[self.used - 1].push_str(text);
    }

    fn feed(&mut self, text: &str) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let after = &rest[first.len_utf8()..];
            match self.state {
                State::Quoted => {
                    let end = rest.find('"');
                    self.push(&rest[..end.unwrap_or(rest.len())]);
                    rest = match end {
                        Some(end) => {
                            self.state = State::AfterQuote;
                            &rest[end + 1..]
                        }
                        None => "",
                    };
                }
                State::Start if first == '"' => {
                    self.state = State::Quoted;
                    rest = after;
                }
                State::AfterQuote if first == '"' => {
                    self.push("\"");
                    self.state = State::Quoted;
                    rest = after;
                }
                _ if first == self.separator => {
                    self.open();
                    rest = after;
                }
                _ => {
                    let end = rest.find(self.separator).unwrap_or(rest.len());
                    self.push(&rest[..end]);
                    self.odd |= self.state == State::AfterQuote;
                    self.state = State::Plain;
                    rest = &rest[end..];
                }
            }
        }
    }
}

/// Any encoding to UTF-8, a piece at a time; what is malformed becomes U+FFFD.
struct Decoding<R> {
    input: R,
    decoder: Decoder,
    piece: Vec<u8>,
    text: Vec<u8>,
    told: usize,
    ended: bool,
}

impl<R: Read> Decoding<R> {
    fn new(input: R, decoder: Decoder) -> Self {
        Self { input, decoder, piece: vec![0; 1 << 14], text: Vec::new(), told: 0, ended: false }
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.told == self.text.len() && !self.ended {
            let length = self.input.read(&mut self.piece)?;
            self.ended = length == 0;
            let room = self.decoder.max_utf8_buffer_length(length).unwrap_or(length.saturating_mul(4));
            self.text.resize(room, 0);
            let (_, _, written, _) = self.decoder.decode_to_utf8(&self.piece[..length], &mut self.text, self.ended);
            self.text.truncate(written);
            self.told = 0;
        }
        let length = into.len().min(self.text.len() - self.told);
        into[..length].copy_from_slice(&self.text[self.told..self.told + length]);
        self.told += length;
        Ok(length)
    }
}
