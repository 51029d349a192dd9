//! The footprint of one asset, with all that it rests on.

use jiff::civil::Date;

use crate::assumption::Allocation;
use crate::factor::{Choice, GridFactor, Tier};
use crate::indicator::basis::span;
use crate::indicator::{Basis, Grounds};
use crate::quantity::{Energy, Impact, Intensity, Years};
use crate::snapshot::Asset;
use crate::word::{Criterion, Kind, Status};

/// The rows that an asset's footprint rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Footing {
    /// Which impact.
    pub criterion: Criterion,
    /// The row of its making.
    pub choice: Choice,
    /// The row that tells its electricity, whatever the criterion (index as of `Rows`).
    pub energy_row: Option<usize>,
    /// What a joule of the country's electricity costs in the year.
    pub intensity: Option<Intensity>,
}

/// The footprint of one asset, and the numbers it was reached with.
#[derive(Clone, Debug, PartialEq)]
pub struct AssetFootprint {
    /// Its factor (index as of `Rows`).
    pub row: Option<usize>,
    /// How close the factor is.
    pub tier: Tier,
    /// The row that tells its electricity.
    pub energy_row: Option<usize>,
    /// Its age; `None` where unknown.
    pub age: Option<Years>,
    /// Reference lifetime of its kind.
    pub reference: Option<Years>,
    /// Our own years: observed where it has left, else the greater of its age and the reference.
    pub internal: Option<Years>,
    /// Proven years before us.
    pub upstream: Years,
    /// Manufacture, distribution and end of life, a year.
    pub annual: Option<[Impact; 3]>,
    /// Embodied, undivided: our share of the whole.
    pub undivided: Option<Impact>,
    /// Electricity a year before overhead, in kilowatt-hours.
    pub kwh: Option<f64>,
    /// Measured in its room, declared by the maker, or the kind's default.
    pub grounds: Grounds,
    /// The room in which it stands, if it stands in one (index into `Snapshot::rooms`).
    pub room: Option<usize>,
    /// The room's overhead.
    pub pue: f64,
    /// That is its room's, as measured.
    pub pue_measured: bool,
    /// Electricity a year with overhead.
    pub energy: Option<Energy>,
    /// What a joule of it costs: the year's factor, or that of the operator's own series.
    pub intensity: Option<Intensity>,
    /// That is the series'.
    pub by_series: bool,
    /// Its impact a year.
    pub used: Option<Impact>,
}

/// The rows for each class of alike assets, in the order of `Snapshot::alike`.
pub fn footings<'b>(basis: &'b Basis, criterion: Criterion) -> &'b [Footing] {
    let rows = &basis.rows;
    rows.footings[criterion as usize].get_or_init(|| {
        let intensity = grid(basis, criterion).map(|grid| grid.intensity);
        let each = rows.choices(criterion).iter().cloned().zip(rows.energies().iter().copied());
        each.map(|(choice, energy_row)| Footing { criterion, choice, energy_row, intensity }).collect()
    })
}

/// The electricity of the basis' year and country.
pub fn grid<'a>(basis: &Basis<'a>, criterion: Criterion) -> Option<&'a GridFactor> {
    let settings = basis.settings;
    settings.factors.electricity(&settings.assumptions.electricity, basis.at.year(), criterion)
}

/// The civil year in which it was acquired, up to the end of a day: that of its purchase, else of its service.
pub fn acquired_in(asset: &Asset, at: Date) -> Option<i16> {
    asset.bought.or(asset.start).filter(|day| *day <= at).map(Date::year)
}

/// The footprint of an asset at the end of the basis' day, whether it is active then or has left.
pub fn of_asset(basis: &Basis, criterion: Criterion, asset: &Asset, status: Option<Status>) -> AssetFootprint {
    with(basis, asset, status, &footings(basis, criterion)[asset.class as usize])
}

/// Electricity a year before overhead, as the maker declares it, else as its row tells it.
pub fn own_energy(basis: &Basis, asset: &Asset, row: Option<usize>) -> Option<(Energy, Grounds)> {
    let declared = asset.annual_kwh().map(|kwh| (Energy::kwh(kwh), Grounds::Declared));
    declared.or_else(|| {
        let row = basis.rows.row(row?);
        let grounds = if row.model.is_some() { Grounds::Declared } else { Grounds::Default };
        Some((row.annual_energy?, grounds))
    })
}

/// The same, with the rows already chosen.
pub fn with(basis: &Basis, asset: &Asset, status: Option<Status>, footing: &Footing) -> AssetFootprint {
    let assumptions = &basis.settings.assumptions;
    let Footing { criterion, choice, energy_row, .. } = footing;
    let factor = choice.row.map(|row| basis.rows.row(row));
    let reference = asset.kind.and_then(|kind| assumptions.lifetime(kind));
    let exit = asset.retired.or(asset.gone).filter(|day| *day <= basis.at);
    let end = exit.or(asset.unlisted.filter(|day| *day <= basis.at)).unwrap_or(basis.at);
    let age = asset.start.map(|start| span(start, end));
    let observed = exit.filter(|_| asset.exit_dated).zip(asset.start).map(|(exit, start)| span(start, exit));
    let internal = match observed {
        Some(life) if life.0 > 0.0 => Some(life),
        _ => reference.map(|reference| Years(age.map_or(reference.0, |age| age.0.max(reference.0)))),
    };
    let upstream = Years(asset.upstream_years().unwrap_or(0.0));
    let reused = asset.condition.is_some_and(crate::word::Condition::is_reuse);
    // Cut-off needs the impact of refurbishing itself, which no set publishes.
    let divisible = !(reused && assumptions.allocation == Allocation::Cutoff);
    let annual = factor.zip(internal).filter(|_| divisible).map(|(factor, internal)| {
        [factor.manufacture, factor.distribution, factor.end_of_life].map(|part| part / (upstream + internal))
    });
    let undivided = factor.filter(|_| divisible).and_then(|factor| match (upstream.0 > 0.0, internal) {
        (false, _) => Some(factor.embodied()),
        (true, Some(internal)) => Some(factor.embodied() * (internal.0 / (upstream + internal).0)),
        (true, None) => None,
    });
    let room = basis.feeds.room(asset);
    // A room that only a table of measures names may be any room: the overhead of server rooms is not assumed of it.
    let bears = matches!(asset.kind, Some(Kind::Server | Kind::BladeChassis | Kind::StorageArray))
        || room.is_some_and(|room| basis.snapshot.rooms[room].described);
    let measured_pue = room.and_then(|room| basis.feeds.pue(room)).filter(|_| bears);
    let pue = measured_pue.unwrap_or(if bears { assumptions.server_room_pue } else { 1.0 });
    let told = own_energy(basis, asset, *energy_row);
    let measured = room.and_then(|room| basis.feeds.share(room, asset.kind, status, told.map(|(energy, _)| energy)));
    let (drawn, grounds) = match measured {
        Some(measured) => (Some(measured), Grounds::Measured),
        None => told.map_or((None, Grounds::Default), |(energy, grounds)| (Some(energy), grounds)),
    };
    let running = if status == Some(Status::InStock) { 0.0 } else { 1.0 };
    let energy = drawn.map(|energy| energy * (pue * running));
    let series = room.filter(|_| grounds == Grounds::Measured && *criterion == Criterion::Co2e);
    let series = series.and_then(|room| basis.feeds.intensity(room));
    let intensity = series.or(footing.intensity);
    let used = energy.zip(intensity).map(|(energy, intensity)| energy * intensity);
    AssetFootprint {
        row: choice.row,
        tier: choice.tier,
        energy_row: *energy_row,
        age,
        reference,
        internal,
        upstream,
        annual,
        undivided,
        kwh: drawn.map(|energy| energy.as_kwh() * running),
        grounds,
        room,
        pue,
        pue_measured: measured_pue.is_some(),
        energy,
        intensity,
        by_series: series.is_some(),
        used,
    }
}
