//! The Prometheus text format 0.0.4 and OpenMetrics 1.0, from an edition.

mod families;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use axum::body::Bytes;
use domain::indicator::{Indicator, Reading};
use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use prometheus::core::Collector;
use prometheus::process_collector::ProcessCollector;

use crate::accept::{Choice, quality};
use crate::edition::{Edition, SourceState};

/// The two formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Prometheus text 0.0.4.
    Text,
    /// OpenMetrics text 1.0.
    Open,
}

impl Format {
    /// The content type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::Open => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

/// The body of `/metrics` in both formats, plain and compressed, made once an edition.
pub struct Exposition {
    text: Made,
    open: Made,
}

/// One body: its text, and the same deflated up to a byte boundary, to which more can be added (RFC 1951, 3.2.4).
struct Made {
    plain: Bytes,
    deflated: Vec<u8>,
    check: Crc,
}

impl Exposition {
    /// Renders an edition.
    pub fn of(edition: &Edition) -> Self {
        let sources: Vec<&SourceState> = edition.sources.iter().collect();
        Self::render(edition, &edition.readings, &sources)
    }

    /// Renders these readings and sources of an edition: what a viewer of a part of it may see.
    pub fn render(edition: &Edition, readings: &[(&'static Indicator, Reading)], sources: &[&SourceState]) -> Self {
        let made = |format| {
            let mut page = Page::new(format);
            families::write(&mut page, edition, readings, sources);
            let plain = Bytes::from(page.out.into_bytes());
            let mut check = Crc::new();
            check.update(&plain);
            Made { deflated: deflate(&plain, FlushCompress::Sync), check, plain }
        };
        Self { text: made(Format::Text), open: made(Format::Open) }
    }

    /// The body, with the process's own metrics as they are now; the large part of it is not made again.
    pub fn body(&self, format: Format, gzipped: bool) -> Bytes {
        let made = match format {
            Format::Text => &self.text,
            Format::Open => &self.open,
        };
        let mut page = Page::new(format);
        process(&mut page);
        if format == Format::Open {
            page.out.push_str("# EOF\n");
        }
        let tail = page.out.as_bytes();
        if !gzipped {
            return Bytes::from([&made.plain[..], tail].concat());
        }
        // One gzip member (RFC 1952, 2.3): many clients read no second one. Header, what was deflated once, the tail
        // deflated now, the check of both and their length.
        let mut check = Crc::new();
        check.update(tail);
        let mut both = Crc::new();
        both.combine(&made.check);
        both.combine(&check);
        let mut body = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
        body.extend_from_slice(&made.deflated);
        body.extend_from_slice(&deflate(tail, FlushCompress::Finish));
        body.extend_from_slice(&both.sum().to_le_bytes());
        body.extend_from_slice(&both.amount().to_le_bytes());
        Bytes::from(body)
    }
}

/// Deflates a text whole; `Sync` leaves the stream open at a byte boundary, `Finish` closes it.
fn deflate(text: &[u8], flush: FlushCompress) -> Vec<u8> {
    let mut compress = Compress::new(Compression::new(4), false);
    let mut out = Vec::with_capacity(text.len() / 6 + 1024);
    loop {
        let read = compress.total_in() as usize;
        out.reserve(4096);
        let before = out.len();
        let status = compress.compress_vec(&text[read..], &mut out, flush);
        let all_read = compress.total_in() as usize == text.len();
        // Room left over means that nothing waits to be written.
        let all_written = out.len() < out.capacity() || out.len() == before;
        match status {
            Ok(Status::StreamEnd) => return out,
            Ok(_) if flush == FlushCompress::Sync && all_read && all_written => return out,
            Ok(_) => {}
            // A compressor in memory has no error to tell.
            Err(_) => return out,
        }
    }
}

/// The process's own metrics, read when asked.
fn process(page: &mut Page) {
    static COLLECTOR: LazyLock<ProcessCollector> = LazyLock::new(ProcessCollector::for_self);
    for family in COLLECTOR.collect() {
        let name = family.name();
        let counter = family.get_field_type() == prometheus::proto::MetricType::COUNTER;
        page.family(name, family.help(), counter);
        for metric in family.get_metric() {
            let value = if counter { metric.get_counter().get_value() } else { metric.get_gauge().get_value() };
            page.sample(name, metric.get_label().iter().map(|label| (label.name(), label.value())), value);
        }
    }
}

/// Units that close a family's name and that OpenMetrics wants to be told.
const UNITS: [&str; 7] = ["seconds", "grams", "joules", "euros", "ratio", "watts", "bytes"];

/// A page of metrics while it is written.
struct Page {
    format: Format,
    out: String,
}

impl Page {
    fn new(format: Format) -> Self {
        Self { format, out: String::new() }
    }

    /// Begins a family; its samples follow.
    fn family(&mut self, name: &str, help: &str, counter: bool) {
        let (mut family, mut kind) = (name, if counter { "counter" } else { "gauge" });
        if self.format == Format::Open {
            // There a family is named without the suffix that its samples carry.
            if counter {
                family = name.strip_suffix("_total").unwrap_or(name);
            } else if let Some(info) = name.strip_suffix("_info") {
                (family, kind) = (info, "info");
            }
        }
        for part in ["# HELP ", family, " "] {
            self.out.push_str(part);
        }
        escape(&mut self.out, help, self.format == Format::Open);
        for part in ["\n# TYPE ", family, " ", kind, "\n"] {
            self.out.push_str(part);
        }
        let unit = UNITS.iter().find(|unit| family.strip_suffix(**unit).is_some_and(|rest| rest.ends_with('_')));
        if let (Format::Open, Some(unit)) = (self.format, unit) {
            for part in ["# UNIT ", family, " ", unit, "\n"] {
                self.out.push_str(part);
            }
        }
    }

    /// Writes a sample of the family begun last.
    fn sample<'a>(&mut self, name: &str, labels: impl Iterator<Item = (&'a str, &'a str)>, value: f64) {
        self.out.push_str(name);
        let mut before = '{';
        for (label, told) in labels {
            self.out.push(before);
            self.out.push_str(label);
            self.out.push_str("=\"");
            escape(&mut self.out, told, true);
            self.out.push('"');
            before = ',';
        }
        if before == ',' {
            self.out.push('}');
        }
        self.out.push(' ');
        self.out.push_str(&number(value));
        self.out.push('\n');
    }
}

/// A number as both formats write it: the shortest text that reads back as the same number.
fn number(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        value.to_string()
    }
}

/// Writes a text so that it stays within its line, and within its quotes where it stands in some.
fn escape(out: &mut String, text: &str, quoted: bool) {
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '"' if quoted => out.push_str("\\\""),
            other => out.push(other),
        }
    }
}

/// The format that an `Accept` header prefers.
pub fn negotiate(accept: Option<&str>) -> Format {
    // Other versions of OpenMetrics are not spoken here.
    let is_ours = |kind: &Choice| kind.parameter("version").is_none_or(|version| version.starts_with("1."));
    let open = quality(accept, |kind| kind.name == "application/openmetrics-text" && is_ours(kind));
    let text = quality(accept, |kind| ["text/plain", "text/*", "*/*"].contains(&kind.name.as_str()));
    if open > 0.0 && open >= text { Format::Open } else { Format::Text }
}
