//! Tables that people keep: CSV, XLSX and ODS files, found by a path or a glob.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use encoding_rs::Encoding;
use serde::Deserialize;
use tokio::sync::mpsc;

use self::contents::Contents;
use crate::{Class, Connector, Context, Failure, Harvest, Progress, Source, keys};

mod archive;
mod contents;
mod headings;
mod ods;
mod read;
pub mod replay;
mod sheet;
mod strategy;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_asking;
#[cfg(test)]
mod tests_power;
#[cfg(test)]
mod tests_seeds;
#[cfg(test)]
mod tests_sheets;
#[cfg(test)]
mod tests_strategy;
mod text;
mod words;

/// Tables: CSV, XLSX, ODS.
pub static CONNECTOR: Connector =
    Connector { name: "csv", sample: include_str!("sample.toml"), creates: true, reports: &[], open };

/// The keys of this connector.
const KEYS: &[&str] = &["path", "contents", "columns", "sheet", "encoding", "separator"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    path: String,
    contents: String,
    #[serde(default)]
    columns: BTreeMap<String, String>,
    sheet: Option<String>,
    encoding: Option<String>,
    separator: Option<String>,
}

/// One sort of contents: its name, its columns, and how its files are read.
struct Sort {
    name: &'static str,
    columns: fn() -> Vec<&'static str>,
    read: fn(&Asked, &Told) -> Result<Harvest, Failure>,
    replay: fn(&Context, &[u8]) -> Result<Harvest, Failure>,
}

impl Sort {
    const fn of<R: Contents>() -> Self {
        Self {
            name: R::NAME,
            columns: || R::BESIDE.iter().copied().chain(R::FIELDS.iter().map(|field| field.name)).collect(),
            read: read_files::<R>,
            replay: replay::read::<R>,
        }
    }
}

/// Every sort of contents, in the contract's order.
static SORTS: &[Sort] = &[
    Sort::of::<domain::observation::Facts>(),
    Sort::of::<domain::purchase::PurchaseLine>(),
    Sort::of::<domain::exit::ExitLine>(),
    Sort::of::<domain::exit::StockCount>(),
    Sort::of::<domain::headcount::Headcount>(),
    Sort::of::<domain::power::PowerSample>(),
    Sort::of::<domain::strategy::Declared>(),
    Sort::of::<domain::strategy::Action>(),
    Sort::of::<domain::strategy::ServiceLine>(),
    Sort::of::<domain::decision::Decision>(),
];

/// What is asked of the files, understood.
struct Asked {
    context: Context,
    path: String,
    sort: &'static Sort,
    columns: Vec<(String, String)>,
    sheet: Option<String>,
    encoding: Option<&'static Encoding>,
    separator: Option<char>,
}

fn open(table: toml::Table, context: Context) -> anyhow::Result<Box<dyn Source>> {
    let settings: Settings = keys::read(table, KEYS)?;
    let names: Vec<_> = SORTS.iter().map(|sort| sort.name).collect();
    let sort = SORTS.iter().find(|sort| sort.name == settings.contents).with_context(|| {
        format!("unknown contents `{}`{}", settings.contents, keys::meant(&settings.contents, &names))
    })?;
    let known = (sort.columns)();
    if let Some(name) = settings.columns.keys().find(|name| !known.contains(&name.as_str())) {
        bail!("unknown column `columns.{name}`{}", keys::meant(name, &known));
    }
    if let Some(name) = settings.columns.iter().find(|(_, heading)| crate::kind::fold(heading).is_empty()) {
        bail!("`columns.{}` names no heading", name.0);
    }
    let encoding = match &settings.encoding {
        Some(label) => Some(
            Encoding::for_label(label.as_bytes())
                .with_context(|| format!("`encoding`: `{label}` is none (utf-8, windows-1252, utf-16le…)"))?,
        ),
        None => None,
    };
    let separator = match settings.separator.as_deref() {
        None => None,
        Some("tab" | "\\t") => Some('\t'),
        Some(told) => match told.chars().collect::<Vec<_>>()[..] {
            [one] if !matches!(one, '"' | '\n' | '\r') => Some(one),
            _ => bail!("`separator`: `{told}` is not one character (`,`, `;`, `tab`…)"),
        },
    };
    Ok(Box::new(Tables(Arc::new(Asked {
        context,
        path: settings.path,
        sort,
        columns: settings.columns.into_iter().collect(),
        sheet: settings.sheet,
        encoding,
        separator,
    }))))
}

struct Tables(Arc<Asked>);

#[async_trait::async_trait]
impl Source for Tables {
    async fn collect(&self, progress: &Progress) -> Result<Harvest, Failure> {
        let asked = Arc::clone(&self.0);
        let (sender, mut told) = mpsc::channel(16);
        // Files are read on a thread of their own. When this future is dropped the channel closes, and the next bytes
        // asked for end the reading.
        let reading = tokio::task::spawn_blocking(move || (asked.sort.read)(&asked, &Told(sender)));
        while let Some(step) = told.recv().await {
            match step {
                Step::File(name, bytes) => progress.step(&name, bytes),
                Step::Bytes(bytes) => progress.add(bytes),
            }
        }
        match reading.await {
            Ok(harvest) => harvest.map_err(|failure| failure.context(format!("`{}`", self.0.path))),
            Err(_) => Err(Failure::new(Class::Other, anyhow!("`{}`: reading broke off on a defect", self.0.path))),
        }
    }
}

enum Step {
    File(String, u64),
    Bytes(u64),
}

/// Where the reading tells how far it is.
struct Told(mpsc::Sender<Step>);

impl Told {
    fn tell(&self, step: Step) -> io::Result<()> {
        self.0.blocking_send(step).map_err(|_| io::Error::other("the collection was abandoned"))
    }
}

/// A file that tells how much of it is read.
struct Watched<'t> {
    file: std::fs::File,
    told: &'t Told,
}

impl Read for Watched<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(into)?;
        self.told.tell(Step::Bytes(length as u64))?;
        Ok(length)
    }
}

impl Seek for Watched<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// The files that a path or a glob means, in alphabetical order.
fn files(base: &Path, path: &str) -> Result<Vec<PathBuf>, Failure> {
    let plain = base.join(path);
    let globbed = path.contains(['*', '?', '[']);
    if plain.is_file() || !globbed {
        return Ok(vec![plain]);
    }
    // The folder's own name is no pattern, whatever characters it holds.
    let pattern = match Path::new(path).is_absolute() {
        true => path.to_owned(),
        false => format!("{}/{path}", glob::Pattern::escape(&base.to_string_lossy())),
    };
    let mut files = Vec::new();
    let found =
        glob::glob(&pattern).map_err(|error| Failure::new(Class::Other, anyhow!("is no glob: {}", error.msg)))?;
    for file in found {
        let file = file.map_err(|error| unreadable(error.into()))?;
        if !file.is_dir() {
            files.push(file);
        }
    }
    match files.is_empty() {
        true => Err(Failure::new(Class::Other, anyhow!("no file is found"))),
        false => Ok(files),
    }
}

fn unreadable(error: io::Error) -> Failure {
    let class = match error.kind() {
        io::ErrorKind::PermissionDenied => Class::Permission,
        _ => Class::Other,
    };
    Failure::new(class, anyhow::Error::new(error).context("cannot be opened"))
}

fn read_files<R: Contents>(asked: &Asked, told: &Told) -> Result<Harvest, Failure> {
    let files = files(&asked.context.base, &asked.path)?;
    let mut reader = read::Reader::<R>::new(&asked.context, &asked.columns);
    for path in &files {
        let name = name_of(path, &files, &asked.context.base);
        read_file(asked, path, &name, &mut reader, told).map_err(|failure| failure.context(name))?;
    }
    reader.finish()
}

/// A file's name; with its folders where another file has the same name.
fn name_of(path: &Path, files: &[PathBuf], base: &Path) -> String {
    let alone = files.iter().filter(|file| file.file_name() == path.file_name()).count() == 1;
    let name = if alone { path.file_name().map(Path::new) } else { None };
    name.unwrap_or_else(|| path.strip_prefix(base).unwrap_or(path)).to_string_lossy().into_owned()
}

fn read_file<R: Contents>(
    asked: &Asked,
    path: &Path,
    name: &str,
    reader: &mut read::Reader<R>,
    told: &Told,
) -> Result<(), Failure> {
    // Looked at before it is opened: opening a pipe would wait for its other end.
    let about = std::fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() {
        return Err(Failure::new(Class::Other, anyhow!("it is no regular file")));
    }
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    told.tell(Step::File(name.to_owned(), about.len())).map_err(unreadable)?;
    let mut begin = Vec::new();
    file.by_ref().take(4).read_to_end(&mut begin).and_then(|_| file.rewind()).map_err(unreadable)?;
    if begin == sheet::OLD_EXCEL {
        return Err(Failure::new(
            Class::Protocol,
            anyhow!("it is an old or a protected Excel file: save it as XLSX"),
        ));
    }
    let typed = begin == sheet::ARCHIVE;
    let mut table = reader.file(name, typed);
    let input = Watched { file, told };
    let mut each = |line: u64, cells: Result<&[String], &str>| table.row(line, cells);
    if !typed && about.len() > text::LARGEST {
        return Err(Failure::new(Class::TooLarge, anyhow!("it is a table of more than {} GiB", text::LARGEST >> 30)));
    } else if !typed {
        text::rows(input, asked.encoding, asked.separator, &mut each)?;
    } else if about.len() > sheet::LARGEST {
        return Err(Failure::new(Class::TooLarge, anyhow!("it is a spreadsheet of more than 200 MiB")));
    } else {
        sheet::rows(input, asked.sheet.as_deref(), &mut each)?;
    }
    table.end()
}
