//! Published emission factors: data first. Each folder is one publisher's edition; this file reads and checks them.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use domain::factor::{Factor, FactorSet, Factors, GridFactor};
use domain::quantity::{Energy, Impact, Intensity};
use domain::record::Text;
use domain::word::{Criterion, Kind, Word};
use serde::Deserialize;

/// A set inside the binary.
pub struct Shipped {
    /// The folder's name.
    pub name: &'static str,
    origin: &'static str,
    factors: Option<&'static str>,
    electricity: Option<&'static str>,
}

/// Every shipped set, in the order of belief.
pub static ALL: &[Shipped] = &[
    Shipped {
        name: "ademe-terminals",
        origin: include_str!("ademe-terminals/origin.toml"),
        factors: Some(include_str!("ademe-terminals/factors.csv")),
        electricity: None,
    },
    Shipped {
        name: "ademe-electricity",
        origin: include_str!("ademe-electricity/origin.toml"),
        factors: None,
        electricity: Some(include_str!("ademe-electricity/electricity.csv")),
    },
];

/// All sets: the operator's folders first, then the shipped ones.
///
/// # Errors
/// A folder that cannot be read, or a row that cannot be right: the error names the file, the line and the column.
pub fn load(extra: &[impl AsRef<Path>]) -> anyhow::Result<Factors> {
    let mut factors = Factors::default();
    for folder in extra {
        read_folder(&mut factors, folder.as_ref())?;
    }
    for set in ALL {
        add(&mut factors, set.name, false, set.origin, set.factors, set.electricity)
            .with_context(|| format!("factor set {}", set.name))?;
    }
    Ok(factors)
}

/// Reads and checks one folder of local factors.
///
/// # Errors
/// As [`load`].
pub fn check(folder: &Path) -> anyhow::Result<Factors> {
    let mut factors = Factors::default();
    read_folder(&mut factors, folder)?;
    Ok(factors)
}

fn read_folder(factors: &mut Factors, folder: &Path) -> anyhow::Result<()> {
    let place = || format!("factor set {}", folder.display());
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or("local");
    let read = |file: &str| match std::fs::read_to_string(folder.join(file)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {file}")),
    };
    let origin = read("origin.toml").with_context(place)?.with_context(|| format!("{}: no origin.toml", place()))?;
    let (rows, grid) = (read("factors.csv").with_context(place)?, read("electricity.csv").with_context(place)?);
    ensure!(rows.is_some() || grid.is_some(), "{}: neither factors.csv nor electricity.csv", place());
    add(factors, name, true, &origin, rows.as_deref(), grid.as_deref()).with_context(place)
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

/// The relative standard deviation where none is published.
const R_DEFAULT: f64 = 0.30;

fn add(
    factors: &mut Factors,
    name: &str,
    local: bool,
    origin: &str,
    rows: Option<&str>,
    grid: Option<&str>,
) -> anyhow::Result<()> {
    let origin: Origin = toml::from_str(origin)
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
    each(rows, "factors.csv", |row: Row| {
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
        ensure!(factors.rows.iter().all(|other| other.id != id), "id: `{}` is there twice", row.id);
        factors.rows.push(Factor {
            id,
            set,
            kind,
            manufacturer: row.manufacturer.as_deref().and_then(Text::of),
            model: row.model.as_deref().and_then(Text::of),
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
    each(grid, "electricity.csv", |row: GridRow| {
        let criterion = criterion(&row.criterion)?;
        let unit = unit(criterion, &row.unit)?;
        ensure!(row.per_kwh.is_finite() && row.per_kwh > 0.0, "per_kwh: {} cannot be", row.per_kwh);
        let bounds = match (row.low, row.high) {
            (None, None) => None,
            (Some(low), Some(high)) if low <= row.per_kwh && row.per_kwh <= high => {
                Some((Intensity::per_kwh(low * unit), Intensity::per_kwh(high * unit)))
            }
            _ => bail!("low, high: both or neither, with the value between them"),
        };
        factors.grid.push(GridFactor {
            id: Text::from(format!("{name}/{}", row.id)),
            set,
            country: Text::from(row.country),
            year: row.year,
            criterion,
            intensity: Intensity::per_kwh(row.per_kwh * unit),
            bounds,
            found: Text::from(row.found),
        });
        Ok(())
    })
}

/// Reads every row of a table; an error names the file and the line.
fn each<R: serde::de::DeserializeOwned>(
    table: Option<&str>,
    file: &str,
    mut keep: impl FnMut(R) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let Some(table) = table else { return Ok(()) };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_sets_are_right() -> anyhow::Result<()> {
        let factors = load(&[] as &[&Path])?;
        assert_eq!(factors.sets.len(), ALL.len());
        let embodied = |kind: Kind| {
            let (row, _) = factors.choose(Criterion::Co2e, kind, None, None)?;
            Some((factors.rows[row].embodied().0 / 10.0).round() / 100.0)
        };
        // Sums of the published stages, in kilograms.
        assert_eq!(embodied(Kind::Laptop), Some(185.09));
        assert_eq!(embodied(Kind::Monitor), Some(69.84));
        assert_eq!(embodied(Kind::Desktop), Some(211.46));
        assert_eq!(embodied(Kind::Switch), None);
        let year = |year| factors.electricity("FR", year, Criterion::Co2e).map(|row| row.year);
        assert_eq!((year(2022), year(2026), year(2010)), (Some(2022), Some(2025), Some(2021)));
        Ok(())
    }

    #[test]
    fn a_wrong_row_is_named() {
        let mut factors = Factors::default();
        let origin = "publisher = 'us'\nedition = '1'\nlicence = 'none'\norigin = 'here'";
        let rows = "id,kind,manufacturer,model,criterion,unit,manufacture,distribution,end_of_life,annual_kwh,r_embodied,r_energy,found\n\
                    a,laptop,,,co2e,kg,1,1,-1,,,,here\n";
        let error = add(&mut factors, "x", true, origin, Some(rows), None).map_err(|error| format!("{error:#}"));
        assert_eq!(error, Err("factors.csv:2: end_of_life: -1 cannot be an impact".to_owned()));
    }
}
