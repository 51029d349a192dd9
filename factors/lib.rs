//! Published emission factors: data first. Each folder is one publisher's edition; this file reads and checks them.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use anyhow::{Context, bail, ensure};
use domain::factor::{Alias, CONTRACT, Factor, FactorSet, Factors, GridFactor, R_DEFAULT, Series};
use domain::identity;
use domain::quantity::{Energy, Impact, Intensity};
use domain::record::Text;
use domain::specification::{Component, Part, processor};
use domain::word::{Criterion, Kind, Word};
use jiff::civil::{Date, DateTime};
use serde::Deserialize;

/// A set inside the binary.
pub struct Shipped {
    /// The folder's name.
    pub name: &'static str,
    files: &'static [(&'static str, &'static str)],
}

/// Every shipped set, in the order of belief.
pub static ALL: &[Shipped] = &[
    Shipped {
        name: "ademe-terminals",
        files: &[
            ("origin.toml", include_str!("ademe-terminals/origin.toml")),
            ("factors.csv", include_str!("ademe-terminals/factors.csv")),
        ],
    },
    Shipped {
        name: "makers",
        files: &[
            ("origin.toml", include_str!("makers/origin.toml")),
            ("factors.csv", include_str!("makers/factors.csv")),
            ("aliases.csv", include_str!("makers/aliases.csv")),
        ],
    },
    Shipped {
        name: "ademe-electricity",
        files: &[
            ("origin.toml", include_str!("ademe-electricity/origin.toml")),
            ("electricity.csv", include_str!("ademe-electricity/electricity.csv")),
        ],
    },
    Shipped {
        name: "digital4better",
        files: &[
            ("origin.toml", include_str!("digital4better/origin.toml")),
            ("factors.csv", include_str!("digital4better/factors.csv")),
            ("electricity.csv", include_str!("digital4better/electricity.csv")),
        ],
    },
    Shipped {
        name: "primary-energy-fr",
        files: &[
            ("origin.toml", include_str!("primary-energy-fr/origin.toml")),
            ("electricity.csv", include_str!("primary-energy-fr/electricity.csv")),
        ],
    },
    Shipped {
        name: "server-parts",
        files: &[
            ("origin.toml", include_str!("server-parts/origin.toml")),
            ("components.csv", include_str!("server-parts/components.csv")),
            ("processors.csv", include_str!("server-parts/processors.csv")),
        ],
    },
];

/// The tables a folder may hold.
const TABLES: [&str; 6] =
    ["factors.csv", "electricity.csv", "hourly.csv", "components.csv", "processors.csv", "aliases.csv"];

/// A day counts in a series where so many of its hours are told.
const HOURS_OF_A_DAY: f64 = 20.0;

/// All sets: the operator's folders first, then the shipped ones.
///
/// # Errors
/// A folder that cannot be read, or a row that cannot be right: the error names the file, the line and the column.
pub fn load(extra: &[impl AsRef<Path>]) -> anyhow::Result<Factors> {
    let mut folders = Vec::new();
    for folder in extra {
        folders.push(Folder::read(folder.as_ref())?);
    }
    folders.extend(ALL.iter().map(Folder::shipped));
    gather(&folders)
}

/// Reads and checks one folder of local factors.
///
/// # Errors
/// As [`load`].
pub fn check(folder: &Path) -> anyhow::Result<Factors> {
    // Its aliases may name models that ship.
    load(&[folder])?;
    let mut factors = Factors::default();
    Folder::read(folder)?.add(&mut factors)?;
    Ok(factors.indexed())
}

/// A set as it is written.
struct Folder<'a> {
    /// How errors name it.
    place: String,
    name: &'a str,
    local: bool,
    /// Names and texts of its files.
    files: Vec<(&'static str, Cow<'a, str>)>,
}

impl<'a> Folder<'a> {
    fn shipped(set: &Shipped) -> Self {
        let files = set.files.iter().map(|(file, text)| (*file, Cow::Borrowed(*text))).collect();
        Self { place: format!("factor set {}", set.name), name: set.name, local: false, files }
    }

    fn read(folder: &'a Path) -> anyhow::Result<Self> {
        let place = format!("factor set {}", folder.display());
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or("local");
        let mut files = Vec::new();
        for file in ["origin.toml"].into_iter().chain(TABLES) {
            match std::fs::read_to_string(folder.join(file)) {
                Ok(text) => files.push((file, text.into())),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).with_context(|| format!("{place}: cannot read {file}")),
            }
        }
        ensure!(files.iter().any(|(file, _)| TABLES.contains(file)), "{place}: none of {}", TABLES.join(", "));
        Ok(Self { place, name, local: true, files })
    }

    fn file(&self, name: &str) -> Option<Cow<'_, str>> {
        self.files.iter().find(|(known, _)| *known == name).map(|(_, text)| Cow::Borrowed(&**text))
    }

    fn add(&self, factors: &mut Factors) -> anyhow::Result<()> {
        add(factors, self.name, self.local, |name| self.file(name)).with_context(|| self.place.clone())
    }
}

/// Adds up folders, in the order of belief.
fn gather(folders: &[Folder]) -> anyhow::Result<Factors> {
    let mut factors = Factors::default();
    for folder in folders {
        let (Folder { place, name, .. }, read) = (folder, &factors.sets);
        let taken =
            folder.local && (ALL.iter().any(|set| set.name == *name) || read.iter().any(|set| *set.id == **name));
        ensure!(!taken, "{place}: another set is called `{name}`: rename the folder");
        folder.add(&mut factors)?;
    }
    let factors = factors.indexed();
    // Only now: an alias may name a model of any set.
    for folder in folders {
        let named = each(
            |name| folder.file(name),
            "aliases.csv",
            |row: AliasRow| {
                let AliasRow { manufacturer, model, .. } = row;
                ensure!(factors.has_model(&manufacturer, &model), "model: no row of {manufacturer} has `{model}`");
                Ok(())
            },
        );
        named.with_context(|| folder.place.clone())?;
    }
    Ok(factors)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Origin {
    publisher: String,
    edition: String,
    licence: String,
    origin: String,
    #[serde(default, rename = "year")]
    _year: Option<i16>,
    #[serde(default, rename = "note")]
    _note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    kind: String,
    manufacturer: Option<String>,
    model: Option<String>,
    screen_inches: Option<f64>,
    year: Option<i16>,
    criterion: String,
    unit: String,
    manufacture: f64,
    distribution: f64,
    end_of_life: f64,
    annual_kwh: Option<f64>,
    r_embodied: Option<f64>,
    r_energy: Option<f64>,
    found: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GridRow {
    id: String,
    country: String,
    year: i16,
    criterion: String,
    unit: String,
    per_kwh: f64,
    low: Option<f64>,
    high: Option<f64>,
    found: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HourRow {
    time: String,
    unit: String,
    per_kwh: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ComponentRow {
    part: String,
    criterion: String,
    unit: String,
    base: f64,
    per: f64,
    size: f64,
    size_low: f64,
    size_high: f64,
    found: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProcessorRow {
    model: String,
    die_mm2: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AliasRow {
    manufacturer: String,
    told: String,
    model: String,
}

fn add<'a>(
    factors: &mut Factors,
    name: &str,
    local: bool,
    file: impl Fn(&str) -> Option<Cow<'a, str>>,
) -> anyhow::Result<()> {
    let origin = file("origin.toml").context("no origin.toml")?;
    let origin: Origin = toml::from_str(&origin)
        .map_err(|error| anyhow::anyhow!("{}", error.message().trim()))
        .context("origin.toml")?;
    let set = factors.sets.len();
    factors.sets.push(FactorSet {
        id: Text::from(name),
        publisher: Text::from(origin.publisher),
        edition: Text::from(origin.edition),
        licence: Text::from(origin.licence),
        origin: Text::from(origin.origin),
        local,
    });
    let mut ids: HashSet<Text> = HashSet::new();
    each(&file, "factors.csv", |row: Row| {
        let criterion = criterion(&row.criterion)?;
        let unit = unit(criterion, &row.unit)?;
        let Some(kind) = Kind::parse(&row.kind) else { bail!("kind: `{}` is not a kind", row.kind) };
        for (column, value) in
            [("manufacture", row.manufacture), ("distribution", row.distribution), ("end_of_life", row.end_of_life)]
        {
            ensure!(value.is_finite() && value >= 0.0, "{column}: {value} cannot be an impact");
        }
        for (column, value) in
            [("annual_kwh", row.annual_kwh), ("r_embodied", row.r_embodied), ("r_energy", row.r_energy)]
        {
            ensure!(value.is_none_or(|value| value.is_finite() && value >= 0.0), "{column}: it cannot be negative");
        }
        let id = Text::from(format!("{name}/{}", row.id));
        ensure!(ids.insert(id.clone()), "id: `{}` is there twice", row.id);
        ensure!(row.screen_inches.is_none_or(|told| (1.0..200.0).contains(&told)), "screen_inches: it cannot be");
        let manufacturer = row.manufacturer.as_deref().and_then(Text::of);
        let model = row.model.as_deref().and_then(Text::of);
        let method = match (&model, &manufacturer) {
            (Some(_), Some(maker)) => Text::from(format!("{name}/{}", identity::maker(maker))),
            _ => id.clone(),
        };
        factors.rows.push(Factor {
            id,
            set,
            kind,
            manufacturer,
            model,
            screen_inches: row.screen_inches,
            year: row.year,
            method,
            criterion,
            manufacture: Impact(row.manufacture * unit),
            distribution: Impact(row.distribution * unit),
            end_of_life: Impact(row.end_of_life * unit),
            annual_energy: row.annual_kwh.map(Energy::kwh),
            r_embodied: row.r_embodied.unwrap_or(R_DEFAULT),
            r_energy: row.r_energy.unwrap_or(R_DEFAULT),
            found: Text::from(row.found),
        });
        Ok(())
    })?;
    let mut grids = HashSet::new();
    each(&file, "electricity.csv", |row: GridRow| {
        let criterion = criterion(&row.criterion)?;
        let unit = unit(criterion, &row.unit)?;
        let least = if row.country == CONTRACT { 0.0 } else { f64::MIN_POSITIVE };
        ensure!(row.per_kwh.is_finite() && row.per_kwh >= least, "per_kwh: {} cannot be", row.per_kwh);
        let id = Text::from(format!("{name}/{}", row.id));
        let of = (row.country.clone(), row.year, criterion);
        ensure!(
            ids.insert(id.clone()) && grids.insert(of),
            "id: `{}` is there twice, or its country and year are",
            row.id
        );
        let bounds = match (row.low, row.high) {
            (None, None) => None,
            (Some(low), Some(high)) if 0.0 <= low && low <= row.per_kwh && row.per_kwh <= high => {
                Some((Intensity::per_kwh(low * unit), Intensity::per_kwh(high * unit)))
            }
            _ => bail!("low, high: both or neither, with the value between them"),
        };
        factors.grid.push(GridFactor {
            id,
            set,
            country: Text::from(row.country),
            year: row.year,
            criterion,
            intensity: Intensity::per_kwh(row.per_kwh * unit),
            bounds,
            found: Text::from(row.found),
        });
        Ok(())
    })?;
    let mut hours: BTreeMap<(Date, i8), (f64, f64)> = BTreeMap::new();
    each(&file, "hourly.csv", |row: HourRow| {
        let time: DateTime = row.time.parse().map_err(|_| {
            anyhow::anyhow!("time: `{}` is no hour such as 2026-01-31T23:00, in your own time", row.time)
        })?;
        let unit = unit(Criterion::Co2e, &row.unit)?;
        ensure!(row.per_kwh.is_finite() && row.per_kwh >= 0.0, "per_kwh: {} cannot be", row.per_kwh);
        let (sum, count) = hours.entry((time.date(), time.hour())).or_default();
        (*sum, *count) = (*sum + row.per_kwh * unit, *count + 1.0);
        Ok(())
    })?;
    if !hours.is_empty() {
        ensure!(factors.series.is_none(), "hourly.csv: another folder has one already");
        let mut days: BTreeMap<Date, (f64, f64)> = BTreeMap::new();
        // An hour may be told in quarters.
        for ((day, _), (sum, count)) in hours {
            let (mean, hours) = days.entry(day).or_default();
            (*mean, *hours) = (*mean + sum / count, *hours + 1.0);
        }
        // A day of which hours are missing would weigh those that are there.
        let days = days.into_iter().filter(|(_, (_, hours))| *hours >= HOURS_OF_A_DAY);
        let days = days.map(|(day, (sum, hours))| (day, Intensity::per_kwh(sum / hours))).collect();
        factors.series = Some(Series { set, days });
    }
    each(&file, "components.csv", |row: ComponentRow| {
        let Some(part) = Part::parse(&row.part) else { bail!("part: `{}` is no part of a server", row.part) };
        let criterion = criterion(&row.criterion)?;
        let unit = unit(criterion, &row.unit)?;
        for (column, value) in [("base", row.base), ("per", row.per), ("size_low", row.size_low)] {
            ensure!(value.is_finite() && value >= 0.0, "{column}: {value} cannot be");
        }
        ensure!(
            row.size_low <= row.size && row.size <= row.size_high,
            "size: {} is not between its bounds",
            row.size
        );
        factors.components.push(Component {
            set,
            part,
            criterion,
            base: Impact(row.base * unit),
            per: Impact(row.per * unit),
            size: (row.size, row.size_low, row.size_high),
            found: Text::from(row.found),
        });
        Ok(())
    })?;
    each(&file, "processors.csv", |row: ProcessorRow| {
        ensure!(row.die_mm2.is_finite() && row.die_mm2 > 0.0, "die_mm2: {} cannot be", row.die_mm2);
        factors.processors.entry(processor(&row.model)).or_insert(row.die_mm2);
        Ok(())
    })?;
    each(&file, "aliases.csv", |row: AliasRow| {
        factors.aliases.push(Alias {
            manufacturer: Text::from(row.manufacturer),
            told: Text::from(row.told),
            model: Text::from(row.model),
        });
        Ok(())
    })
}

/// Reads every row of a table; an error names the file and the line.
fn each<'a, R: serde::de::DeserializeOwned>(
    files: impl Fn(&str) -> Option<Cow<'a, str>>,
    file: &str,
    mut keep: impl FnMut(R) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let Some(table) = files(file) else { return Ok(()) };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(table.as_bytes());
    let headings = reader.headers().with_context(|| file.to_owned())?.clone();
    for record in reader.records() {
        let record = record.with_context(|| file.to_owned())?;
        let line = record.position().map_or(0, csv::Position::line);
        let row = record.deserialize(Some(&headings));
        row.map_err(anyhow::Error::from).and_then(&mut keep).with_context(|| format!("{file}:{line}"))?;
    }
    Ok(())
}

fn criterion(told: &str) -> anyhow::Result<Criterion> {
    Criterion::parse(told).with_context(|| format!("criterion: `{told}` is none of co2e adpe primary_energy water"))
}

/// How many base units of the criterion one of these is.
fn unit(criterion: Criterion, told: &str) -> anyhow::Result<f64> {
    match (criterion, told) {
        (Criterion::Co2e | Criterion::Adpe, "kg") => Ok(1000.0),
        (Criterion::Co2e | Criterion::Adpe, "g") | (Criterion::Water, "L") => Ok(1.0),
        (Criterion::PrimaryEnergy, "MJ") => Ok(1e6),
        _ => bail!("unit: `{told}` is not one for {}", criterion.name()),
    }
}
