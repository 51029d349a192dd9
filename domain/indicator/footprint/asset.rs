//! The footprint of one asset, with all that it rests on.

use jiff::civil::Date;

use crate::assumption::Allocation;
use crate::factor::{Factor, GridFactor, Tier};
use crate::indicator::basis::span;
use crate::indicator::{Basis, Grounds};
use crate::observation::Facts;
use crate::quantity::{Energy, Impact, Years};
use crate::snapshot::Asset;
use crate::word::{Criterion, Kind, Status};

/// The relative standard deviation where none is published.
pub const R_DEFAULT: f64 = 0.30;

/// The footprint of one asset, and the numbers it was reached with.
#[derive(Clone, Debug, PartialEq)]
pub struct AssetFootprint {
    /// Its factor (index into `Factors::rows`).
    pub row: Option<usize>,
    /// How close the factor is.
    pub tier: Tier,
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
    /// Its impact a year.
    pub used: Option<Impact>,
}

/// The row for what an asset is, and how close it is.
pub fn factor(basis: &Basis, facts: &Facts) -> Option<(usize, Tier)> {
    let factors = &basis.settings.factors;
    factors.choose(Criterion::Co2e, facts.kind?, facts.manufacturer.as_deref(), facts.model.as_deref())
}

/// The electricity of the basis' year and country.
pub fn grid<'a>(basis: &Basis<'a>) -> Option<&'a GridFactor> {
    let settings = basis.settings;
    settings.factors.electricity(&settings.assumptions.electricity, basis.at.year(), Criterion::Co2e)
}

/// The civil year in which it was acquired, up to the end of a day: that of its purchase, else of its service.
pub fn acquired_in(asset: &Asset, at: Date) -> Option<i16> {
    asset.facts.purchase_date.or(asset.start).filter(|day| *day <= at).map(Date::year)
}

/// The footprint of an asset at the end of the basis' day, whether it is active then or has left.
pub fn of_asset(basis: &Basis, asset: &Asset, status: Option<Status>) -> AssetFootprint {
    with_factor(basis, asset, status, factor(basis, &asset.facts))
}

/// Electricity a year before overhead, as the maker declares it, else the default of the kind.
pub fn own_energy(facts: &Facts, factor: Option<&Factor>) -> Option<(Energy, Grounds)> {
    let declared = facts.annual_kwh.map(|kwh| (Energy::kwh(kwh), Grounds::Declared));
    declared.or_else(|| factor.and_then(|factor| factor.annual_energy).map(|energy| (energy, Grounds::Default)))
}

/// The same, with the factor already chosen.
pub fn with_factor(
    basis: &Basis,
    asset: &Asset,
    status: Option<Status>,
    choice: Option<(usize, Tier)>,
) -> AssetFootprint {
    let facts = &asset.facts;
    let assumptions = &basis.settings.assumptions;
    let factor = choice.map(|(row, _)| &basis.settings.factors.rows[row]);
    let age = asset.start.map(|start| span(start, basis.at));
    let reference = facts.kind.and_then(|kind| assumptions.lifetime(kind));
    let exit = asset.retired.or(asset.gone).filter(|day| *day <= basis.at);
    let observed = exit.filter(|_| asset.exit_dated).zip(asset.start).map(|(exit, start)| span(start, exit));
    let internal = match observed {
        Some(life) if life.0 > 0.0 => Some(life),
        _ => reference.map(|reference| Years(age.map_or(reference.0, |age| age.0.max(reference.0)))),
    };
    let upstream = Years(facts.upstream_years.unwrap_or(0.0));
    let reused = facts.condition.is_some_and(crate::word::Condition::is_reuse);
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
    let room = basis.feeds.room(facts);
    // A room that only a table of measures names may be any room: the overhead of server rooms is not assumed of it.
    let bears = matches!(facts.kind, Some(Kind::Server | Kind::BladeChassis | Kind::StorageArray))
        || room.is_some_and(|room| basis.snapshot.rooms[room].described);
    let measured_pue = room.and_then(|room| basis.feeds.pue(room)).filter(|_| bears);
    let pue = measured_pue.unwrap_or(if bears { assumptions.server_room_pue } else { 1.0 });
    let told = own_energy(facts, factor);
    let measured = room.and_then(|room| basis.feeds.share(room, facts, status, told.map(|(energy, _)| energy)));
    let (drawn, grounds) = match measured {
        Some(measured) => (Some(measured), Grounds::Measured),
        None => told.map_or((None, Grounds::Default), |(energy, grounds)| (Some(energy), grounds)),
    };
    let running = if status == Some(Status::InStock) { 0.0 } else { 1.0 };
    let energy = drawn.map(|energy| energy * (pue * running));
    let used = energy.zip(grid(basis)).map(|(energy, grid)| energy * grid.intensity);
    AssetFootprint {
        row: choice.map(|(row, _)| row),
        tier: choice.map_or(Tier::None, |(_, tier)| tier),
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
        used,
    }
}
