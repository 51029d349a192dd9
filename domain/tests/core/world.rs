//! Builders: a small organisation, its sources, and ADEME's factors of kinds.

use domain::assumption::Assumptions;
use domain::decision::Decision;
use domain::entity::{Entity, EntityTree, ROOT};
use domain::exit::{ExitLine, StockCount};
use domain::factor::{Factor, FactorSet, Factors, GridFactor};
use domain::headcount::Headcount;
use domain::indicator::{Basis, Publishing, Settings, all};
use domain::law::Law;
use domain::observation::{Facts, Observation};
use domain::packed::Packed;
use domain::purchase::PurchaseLine;
use domain::quantity::{Cents, Energy, Impact, Intensity};
use domain::reconcile::{Rules, reconcile};
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::specification::{Component, Part};
use domain::testimony::{Kept, Line, Lines, Moment, Source, Spell, Testimony};
use domain::word::{Condition, Criterion, Disposal, Kind, Status, Verdict};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

pub const ORGANISATION: &str = "21000000000013";
pub const CCAS: &str = "26000000000018";
pub const DAY: i64 = 86_400;

pub fn text(told: &str) -> Option<Text> {
    Some(Text::from(told))
}

pub fn euros(euros: i64) -> Option<Cents> {
    Some(Cents(euros * 100))
}

pub fn moment(day: Date) -> Moment {
    Moment(TimeZone::UTC.to_timestamp(day.at(12, 0, 0, 0)).unwrap().as_second())
}

/// The organisation, three entities below it (one a buyer of its own), and a school below the town.
pub fn rules() -> Rules {
    let entity = |id: &str, parent, siret: Option<&str>| Entity {
        id: Text::from(id),
        name: Text::from(id),
        parent,
        siret: siret.map(Text::from),
        legal_subject: true,
        configured: true,
        ..Entity::default()
    };
    let nodes = vec![
        entity("organisation", None, Some(ORGANISATION)),
        entity("ville", Some(ROOT), None),
        entity("ccas", Some(ROOT), Some(CCAS)),
        entity("ecole", Some(ROOT), None),
        entity("maternelle", Some(domain::entity::EntityId(1)), None),
    ];
    Rules {
        entities: EntityTree { nodes },
        rooms: Vec::new(),
        time_zone: TimeZone::UTC,
        filings: Vec::new(),
        appraisals: Vec::new(),
    }
}

pub fn kept(native: &str, facts: Facts) -> Kept {
    let first_seen = date(2024, 1, 1);
    let spell = Spell {
        since: first_seen,
        status: Status::meant(facts.status, facts.disposal),
        entity: facts.entity.clone(),
        user: facts.user.clone(),
    };
    Kept {
        observation: Observation { native: Text::from(native), anonymous: false, facts },
        first_seen,
        arrived: false,
        unlisted_since: None,
        spells: vec![spell],
    }
}

pub fn testimony(name: &str, observations: Vec<Kept>) -> Testimony {
    let source = Source {
        name: Text::from(name),
        creates: true,
        realm: Text::from("realm"),
        entity: None,
        unlisted_after: 90 * DAY,
        exits_recorded_since: None,
    };
    Testimony {
        source,
        harvested: moment(date(2026, 6, 30)),
        observations: observations.into_iter().map(Packed::from).collect(),
        lines: Lines::default(),
        power: Vec::new(),
    }
}

/// A laptop that was bought, reformed and given away, on these days.
pub fn asset(native: &str, bought: Date, retired: Option<Date>, gone: Option<Date>, way: Disposal) -> Kept {
    kept(
        native,
        Facts {
            kind: Some(Kind::Laptop),
            serial: text(&format!("SERIAL{native}")),
            status: Some(if gone.is_some() { Status::Disposed } else { Status::Retired }),
            purchase_date: Some(bought),
            retired_date: retired,
            disposal_date: gone,
            disposal: gone.map(|_| way),
            ..Facts::default()
        },
    )
}

/// A source that only tells lines.
pub fn told(lines: Lines) -> Testimony {
    Testimony { lines, ..testimony("lines", Vec::new()) }
}

pub fn line<T>(key: usize, told: T) -> Line<T> {
    Line { native: Text::from(format!("file.csv:{key}")), told }
}

/// A line of an invoice.
pub fn bought(day: Date, kind: Kind, amount: i64, condition: Condition) -> PurchaseLine {
    PurchaseLine {
        invoice_date: Some(day),
        kind: Some(kind),
        amount_ht: euros(amount),
        condition: Some(condition),
        ..PurchaseLine::default()
    }
}

pub fn purchases(told: impl IntoIterator<Item = PurchaseLine>) -> Lines {
    Lines { purchases: told.into_iter().enumerate().map(|(at, told)| line(at, told)).collect(), ..Lines::default() }
}

/// A table of decisions whose one line lets something go.
pub fn let_go(about: &str) -> Testimony {
    let decision = Decision { decision: Some(Verdict::Ignore), asset_a: text(about), ..Decision::default() };
    let lines = Lines { decisions: vec![line(1, decision)], ..Lines::default() };
    Testimony { lines, ..testimony("decisions", Vec::new()) }
}

/// Total headcounts of entities.
pub fn headcounts<const N: usize>(told: [(&str, f64); N]) -> Lines {
    let count = |(entity, agents): (&str, f64)| Headcount {
        date: Some(date(2025, 1, 1)),
        entity: text(entity),
        agents: Some(agents),
        ..Headcount::default()
    };
    Lines {
        headcounts: told.into_iter().map(count).enumerate().map(|(at, told)| line(at, told)).collect(),
        ..Lines::default()
    }
}

pub fn exits(told: impl IntoIterator<Item = ExitLine>, counts: impl IntoIterator<Item = StockCount>) -> Lines {
    Lines {
        exits: told.into_iter().enumerate().map(|(at, told)| line(at, told)).collect(),
        stock_counts: counts.into_iter().enumerate().map(|(at, told)| line(at, told)).collect(),
        ..Lines::default()
    }
}

pub fn snapshot(testimonies: &[Testimony]) -> Snapshot {
    reconcile(testimonies, &rules())
}

/// Parts of a server in round numbers: kilograms a unit and a unit of size, and sizes.
fn parts() -> Vec<Component> {
    let part = |part, base: f64, per: f64, size| Component {
        set: 0,
        part,
        criterion: Criterion::Co2e,
        base: Impact(base * 1000.0),
        per: Impact(per * 1000.0),
        size,
        found: Text::from("round numbers"),
    };
    vec![
        part(Part::Cpu, 10.0, 0.02, (500.0, 250.0, 1000.0)),
        part(Part::Ram, 5.0, 2.0, (0.8, 0.4, 1.6)),
        part(Part::Ssd, 6.0, 2.0, (0.02, 0.01, 0.06)),
        part(Part::Hdd, 30.0, 0.0, (0.0, 0.0, 0.0)),
        part(Part::Motherboard, 66.0, 0.0, (0.0, 0.0, 0.0)),
        part(Part::PowerSupply, 0.0, 24.0, (3.0, 1.0, 5.0)),
        part(Part::Case, 150.0, 0.0, (0.0, 0.0, 0.0)),
        part(Part::Assembly, 7.0, 0.0, (0.0, 0.0, 0.0)),
    ]
}

/// The ADEME rows that the worked values rest on, and a year of French electricity.
pub fn settings(kilograms_per_kwh: f64) -> Settings {
    let set = |id: &str| FactorSet {
        id: Text::from(id),
        publisher: Text::from("ADEME"),
        edition: Text::from("2.2.0"),
        licence: Text::from("etalab-2.0"),
        origin: Text::from("publicodes-acv-numerique"),
        local: false,
    };
    let row = |kind, name: &str, [manufacture, distribution, end_of_life]: [f64; 3], kwh, r_embodied| Factor {
        id: Text::from(format!("ademe/{name}")),
        set: 0,
        kind,
        manufacturer: None,
        model: None,
        screen_inches: None,
        year: None,
        method: Text::from(format!("ademe/{name}")),
        criterion: Criterion::Co2e,
        manufacture: Impact(manufacture * 1000.0),
        distribution: Impact(distribution * 1000.0),
        end_of_life: Impact(end_of_life * 1000.0),
        annual_energy: Some(Energy::kwh(kwh)),
        r_embodied,
        r_energy: 0.30,
        found: Text::from("src/acv-terminaux.publicodes"),
    };
    let rows = vec![
        row(Kind::Laptop, "laptop", [170.0, 12.3, 2.79], 29.0, 0.59),
        row(Kind::Desktop, "desktop", [203.0, 1.85, 6.61], 153.3, 0.78),
        row(Kind::Monitor, "monitor", [64.6, 1.29, 3.95], 73.0, 0.30),
    ];
    let grid = vec![GridFactor {
        id: Text::from("electricity/fr-2026"),
        set: 1,
        country: Text::from("FR"),
        year: 2026,
        criterion: Criterion::Co2e,
        intensity: Intensity::per_kwh(kilograms_per_kwh * 1000.0),
        bounds: None,
        found: Text::from("electricity.csv"),
    }];
    let mut factors = Factors::default();
    factors.sets = vec![set("ademe"), set("electricity")];
    (factors.rows, factors.grid, factors.components) = (rows, grid, parts());
    let factors = factors.indexed();
    Settings { factors, assumptions: Assumptions::default(), law: Law::default(), objectives: Vec::new() }
}

pub const OPEN: Publishing = Publishing { entity_depth: 1, min_cell: 5, folded: false };

/// The one reading of a family whose slice has these labels, or the sum of several: `None` where it is not known.
pub fn reading(basis: &Basis, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let indicator = all().find(|indicator| indicator.name == name).unwrap();
    let asked = |slice: &[(&str, Text)]| {
        labels.iter().all(|(label, value)| slice.iter().any(|(l, v)| l == label && &**v == *value))
    };
    let mut found: Vec<Option<f64>> =
        (indicator.compute)(basis).iter().filter(|r| asked(&r.slice)).map(|r| r.value).collect();
    assert!(!found.is_empty(), "no reading of {name} {labels:?}");
    let first = found.swap_remove(0);
    found.into_iter().fold(first, |sum, value| Some(sum? + value?))
}
