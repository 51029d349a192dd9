//! How a figure was reached, step by step, each step with its origin.

use crate::indicator::footprint::{grid, of_asset};
use crate::indicator::{Basis, Grounds};
use crate::quantity::Impact;
use crate::record::Text;
use crate::snapshot::Asset;
use crate::specification::Specification;
use crate::word::{Criterion, Status, Word};

/// One step: what it is, its value and unit, and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it is.
    pub what: String,
    /// Its value; `None` where it is not known.
    pub value: Option<f64>,
    /// The value's unit; empty for a pure number.
    pub unit: &'static str,
    /// Which factor, assumption, field or formula it comes from.
    pub origin: String,
}

/// The footprint of one asset, from its factor to its annual figure. The last step is the sum that the totals add up.
pub fn footprint(basis: &Basis, asset: &Asset) -> Vec<Step> {
    let facts = &asset.facts();
    let status = if asset.is_virtual { None } else { asset.status(basis.at) };
    let footprint = of_asset(basis, Criterion::Co2e, asset, status);
    let factors = &basis.settings.factors;
    let mut steps = Vec::new();
    let mut step = |what: &str, value: Option<f64>, unit: &'static str, origin: String| {
        steps.push(Step { what: what.to_owned(), value, unit, origin });
    };
    let said = |field: &str| match asset.voices.said_by(field) {
        Some(source) => format!("{field}, told by {}", basis.snapshot.source_name(source)),
        None => format!("{field} is not told"),
    };
    let factor = footprint.row.map(|row| basis.rows.row(row));
    let energy_row = footprint.energy_row.map(|row| basis.rows.row(row));
    let kind = facts.kind.map_or("unknown", Word::name);
    match factor {
        Some(factor) => {
            let set = &factors.sets[factor.set];
            let row = format!("{} ({}, {}; {})", factor.id, set.publisher, set.edition, factor.found);
            let of = factor.model.as_deref().map(|model| format!(" ({model})")).unwrap_or_default();
            let tier = format!("{}{of}", footprint.tier.why());
            let specification = Specification::of(facts).filter(|_| *factor.method == *"specification");
            for added in specification.iter().flat_map(|told| {
                told.parts(Criterion::Co2e, &factors.components, &factors.processors).unwrap_or_default()
            }) {
                let origin =
                    format!("{} of them; standard deviation {:.0} %, by what is not told of them", added.units, {
                        100.0 * added.spread.0 / added.impact.0.max(f64::MIN_POSITIVE)
                    });
                step(&format!("  of which {}", added.part.name()), Some(added.impact.0 / 1000.0), "kgCO2e", origin);
            }
            step("manufacture", Some(factor.manufacture.0 / 1000.0), "kgCO2e", format!("{row}: {tier}"));
            step("distribution", Some(factor.distribution.0 / 1000.0), "kgCO2e", factor.id.to_string());
            step("end of life", Some(factor.end_of_life.0 / 1000.0), "kgCO2e", factor.id.to_string());
            step(
                "embodied, all its life",
                Some(factor.embodied().0 / 1000.0),
                "kgCO2e",
                "sum of the three".to_owned(),
            );
        }
        None => step("embodied, all its life", None, "kgCO2e", format!("no published factor for kind {kind}")),
    }
    let rivals = basis.rows.choose(Criterion::Co2e, facts).rivals;
    if !rivals.is_empty() {
        let rivals: Vec<&str> = rivals.iter().map(|row| &*basis.rows.row(*row).id).collect();
        step("fit as well as each other", None, "", format!("none is taken: {}", rivals.join(", ")));
    }
    step(
        "age",
        footprint.age.map(|age| age.0),
        "years",
        match (asset.start, footprint.age) {
            (Some(start), Some(_)) => format!("service began on {start}"),
            _ => "the beginning of its service is unknown".to_owned(),
        },
    );
    step("reference lifetime", footprint.reference.map(|years| years.0), "years", format!("lifetime_years.{kind}"));
    step(
        "years with us",
        footprint.internal.map(|years| years.0),
        "years",
        "its life where it has left, else the greater of its age and the reference".to_owned(),
    );
    step("years before us", Some(footprint.upstream.0), "years", said("upstream_years"));
    let annual = footprint.annual.map(|parts| parts.into_iter().sum::<Impact>());
    step(
        "embodied, a year",
        annual.map(|impact| impact.0 / 1000.0),
        "kgCO2e",
        match (factor, footprint.internal, annual) {
            (Some(_), Some(_), None) => {
                "cut-off: of a refurbished thing only the refurbishing counts, and no set tells it".to_owned()
            }
            _ => "embodied / (years before us + years with us)".to_owned(),
        },
    );
    let room = footprint.room.map(|room| &basis.snapshot.rooms[room]);
    // Whoever may not see the room is told what its overhead comes to with the electricity, and neither one alone.
    let whole = footprint.pue_measured && room.is_some_and(|room| !room.shown);
    let source = match footprint.grounds {
        Grounds::Measured => {
            let room = room.filter(|room| room.shown).map_or("a measured room", |room| &room.name);
            let overhead = if whole { ", its overhead included" } else { "" };
            format!("its share of what the IT equipment of {room} was measured to take, a year{overhead}")
        }
        Grounds::Declared if facts.annual_kwh.is_some() => said("annual_kwh"),
        _ if energy_row.is_some_and(|row| row.model.is_some()) => {
            format!("declared of this model: {}", energy_row.map_or("", |row| &row.id))
        }
        _ if energy_row.is_some() => energy_row.map_or_else(String::new, |row| row.id.to_string()),
        _ => format!("no default for kind {kind}"),
    };
    let source = if status == Some(Status::InStock) { format!("{source}; in stock: it uses none") } else { source };
    step(
        "electricity, a year",
        footprint.kwh.map(|kwh| if whole { kwh * footprint.pue } else { kwh }),
        "kWh",
        source,
    );
    step(
        "room overhead (PUE)",
        Some(footprint.pue).filter(|_| !whole),
        "",
        match room {
            Some(_) if whole => "measured of a room, and told with the electricity".to_owned(),
            Some(room) if footprint.pue_measured => format!("room_pue_ratio of {}, measured", room.name),
            _ => "server_room_pue where it stands in a server room, else 1".to_owned(),
        },
    );
    let series = basis.settings.factors.series.as_ref().filter(|_| footprint.by_series);
    if let (Some(series), Some(intensity)) = (series, footprint.intensity) {
        let set = &factors.sets[series.set];
        let origin = format!("{} ({}), each day by what the room took on it", set.id, set.publisher);
        step("electricity factor", Some(intensity.as_per_kwh() / 1000.0), "kgCO2e/kWh", origin);
    } else if let Some(grid) = grid(basis, Criterion::Co2e) {
        let nearest = if grid.year == basis.at.year() { "" } else { ", the nearest year known" };
        step(
            "electricity factor",
            Some(grid.intensity.as_per_kwh() / 1000.0),
            "kgCO2e/kWh",
            format!("{} ({}{nearest})", grid.id, grid.year),
        );
    }
    step(
        "use, a year",
        footprint.used.map(|impact| impact.0 / 1000.0),
        "kgCO2e",
        "electricity × overhead × factor".to_owned(),
    );
    let total = match (annual, footprint.used) {
        (None, None) => None,
        (embodied, used) => Some(embodied.unwrap_or_default().0 + used.unwrap_or_default().0),
    };
    let active = asset.is_active(basis.at) && status.is_some();
    let note = if active { "embodied a year + use a year" } else { "not in the active fleet: counts in no total" };
    step("footprint, a year", total.map(|grams| grams / 1000.0), "kgCO2e", note.to_owned());
    steps
}

/// What is known of an asset, field by field, with who said it.
pub fn fields<'a>(
    basis: &'a Basis,
    asset: &'a Asset,
) -> impl Iterator<Item = (&'static str, String, Option<&'a Text>)> + 'a {
    use crate::record::Record;
    let facts = asset.facts();
    crate::observation::Facts::FIELDS.iter().zip(asset.voices.said_by_fields()).filter_map(move |(field, said_by)| {
        let value = (field.get)(&facts)?;
        Some((field.name, value.to_string(), said_by.map(|source| basis.snapshot.source_name(source))))
    })
}
