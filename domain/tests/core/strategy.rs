//! A strategy: actions, declared services, objectives and how far they are, by worked values.

use domain::entity::EntityId;
use domain::headcount::Headcount;
use domain::indicator::objective::Standing;
use domain::indicator::{Basis, Settings, all, labels, measure};
use domain::observation::Facts;
use domain::purchase::PurchaseLine;
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::strategy::{Action, Objective, ServiceLine};
use domain::testimony::{Lines, Moment};
use domain::word::{ActionStatus, Kind, ServiceScope, Theme};
use jiff::civil::{Date, date};

use super::world::{
    CCAS, OPEN, ORGANISATION, euros, kept, line, purchases, reading, settings, snapshot, testimony, text, told,
};

const TODAY: Date = date(2026, 12, 31);

fn counted(year: i16, entity: &str, agents: f64) -> Headcount {
    Headcount { date: Some(date(year, 1, 1)), entity: text(entity), department: None, agents: Some(agents) }
}

fn service(year: f64, entity: &str, co2e_kg: Option<f64>) -> ServiceLine {
    ServiceLine {
        year: Some(year),
        entity: text(entity),
        scope: Some(ServiceScope::Hosting),
        name: text("sites"),
        co2e_kg,
        ..ServiceLine::default()
    }
}

fn action(theme: Theme, status: ActionStatus) -> Action {
    Action { id: text("A"), title: text("to do"), theme: Some(theme), status: Some(status), ..Action::default() }
}

/// Two entities, their people and services over three years, and the actions of one of them.
fn world() -> Snapshot {
    let counts = [
        counted(2024, "ville", 100.0),
        counted(2026, "ville", 150.0),
        counted(2024, "ccas", 10.0),
        counted(2026, "ccas", 20.0),
    ];
    let services = [
        service(2024.0, "ville", Some(1000.0)),
        service(2026.0, "ville", Some(400.0)),
        service(2026.0, "ville", Some(200.0)),
        service(2026.0, "ville", None),
        service(2026.0, "ccas", None),
        service(2027.0, "ville", Some(1.0)),
    ];
    let actions = [
        action(Theme::Equipment, ActionStatus::Done),
        action(Theme::Equipment, ActionStatus::Running),
        action(Theme::Equipment, ActionStatus::Running),
        action(Theme::Citizens, ActionStatus::ToStart),
    ];
    let mut town = told(Lines {
        headcounts: counts.into_iter().enumerate().map(|(at, told)| line(at, told)).collect(),
        services: services.into_iter().enumerate().map(|(at, told)| line(at, told)).collect(),
        ..Lines::default()
    });
    town.source.name = Text::from("town");
    let mut strategy = told(Lines {
        actions: actions.into_iter().enumerate().map(|(at, told)| line(at, told)).collect(),
        ..Lines::default()
    });
    strategy.source.entity = text("ccas");
    snapshot(&[town, strategy])
}

/// From 100 people at the end of 2024 to 200 at the end of 2028.
fn more_people() -> Objective {
    Objective {
        name: Text::from("people"),
        indicator: "agents",
        slice: vec![(Text::from("entity"), Text::from("ville"))],
        theme: Theme::Awareness,
        baseline_date: date(2024, 12, 31),
        baseline_value: None,
        target: 200.0,
        target_date: date(2028, 12, 31),
    }
}

fn with(objectives: Vec<Objective>) -> Settings {
    Settings { objectives, ..settings(0.05) }
}

fn stands(objective: Objective) -> Standing {
    let (snapshot, settings) = (world(), with(vec![objective]));
    let basis = Basis::new(&snapshot, &settings, OPEN, TODAY);
    basis.standings()[0].clone()
}

#[test]
fn actions_by_theme_and_status() {
    let (snapshot, settings) = (world(), settings(0.05));
    let basis = Basis::new(&snapshot, &settings, OPEN, TODAY).asked(Moment(0));
    let count =
        |theme: &str, status: &str| reading(&basis, "actions", &[("theme", theme), ("status", status)]).unwrap();
    assert_eq!([count("2", "to_start"), count("2", "running"), count("2", "done")], [0.0, 2.0, 1.0]);
    assert_eq!([count("5", "to_start"), count("5", "running"), count("5", "done")], [1.0, 0.0, 0.0]);
    // A table tells of today alone.
    let before = Basis::new(&snapshot, &settings, OPEN, date(2025, 1, 1));
    assert_eq!(reading(&before, "actions", &[("theme", "5"), ("status", "to_start")]), None);
}

#[test]
fn late_and_blocked() {
    let due = |due: Option<Date>, status| Action { due, ..action(Theme::Citizens, status) };
    let yesterday = Some(date(2026, 12, 30));
    assert!(
        due(yesterday, ActionStatus::ToStart).is_late(TODAY) && due(yesterday, ActionStatus::Running).is_late(TODAY)
    );
    assert!(
        !due(yesterday, ActionStatus::Done).is_late(TODAY) && !due(Some(TODAY), ActionStatus::Running).is_late(TODAY)
    );
    assert!(!due(None, ActionStatus::Running).is_late(TODAY));
    let blocked = |status| Action { blocked_by: text("budget"), ..action(Theme::Citizens, status) };
    assert!(blocked(ActionStatus::Running).is_blocked() && !blocked(ActionStatus::Done).is_blocked());
}

#[test]
fn services_are_a_total_of_their_own() {
    let (snapshot, settings) = (world(), settings(0.05));
    let basis = Basis::new(&snapshot, &settings, OPEN, TODAY);
    let indicator = all().find(|indicator| indicator.name == "footprint_declared_co2e_grams").unwrap();
    let told: Vec<(String, Option<f64>, f64)> = (indicator.compute)(&basis)
        .into_iter()
        .map(|reading| {
            let slice: Vec<&str> = reading.slice.iter().map(|(_, value)| &**value).collect();
            (slice.join(" "), reading.value, reading.coverage)
        })
        .collect();
    let row = |slice: &str, value, coverage| (slice.to_owned(), value, coverage);
    // 400 + 200 kg of three services, one of them untold; the year to come is not told yet.
    assert_eq!(
        told,
        [
            row("ccas hosting 2026", None, 0.0),
            row("ville hosting 2024", Some(1e6), 1.0),
            row("ville hosting 2026", Some(6e5), 2.0 / 3.0),
        ]
    );
    assert_eq!(reading(&basis, "footprint_fleet_annual_co2e_grams", &[]), Some(0.0), "nothing of it is the fleet's");
}

#[test]
fn progress_from_the_inventory_of_the_baseline() {
    let standing = stands(more_people());
    assert_eq!((standing.baseline, standing.now.as_ref().unwrap().value), (Some(100.0), Some(150.0)));
    assert_eq!((standing.ratio, standing.unit, standing.note.as_deref()), (Some(0.5), "agents", None));
    // 50 more in the 731 days that are left; 730 of 1461 days are gone.
    assert!((standing.needed_per_year.unwrap() - 50.0 / (731.0 / 365.25)).abs() < 1e-9);
    assert_eq!((standing.expected, standing.on_track), (Some(730.0 / 1461.0), Some(true)));
    let (snapshot, settings) = (world(), with(vec![more_people()]));
    let basis = Basis::new(&snapshot, &settings, OPEN, TODAY);
    let of = [("objective", "people"), ("theme", "4")];
    assert_eq!(reading(&basis, "objective_ratio", &of), Some(0.5));
    assert_eq!(reading(&basis, "objective_expected_ratio", &of), Some(730.0 / 1461.0));
}

#[test]
fn progress_from_a_value_that_is_told() {
    let standing = stands(Objective { baseline_value: Some(120.0), ..more_people() });
    assert_eq!((standing.ratio, standing.on_track), (Some(30.0 / 80.0), Some(false)));
    // The other way: fewer is better, and 150 is beyond 160.
    let fewer = stands(Objective { baseline_value: Some(170.0), target: 160.0, ..more_people() });
    assert_eq!((fewer.ratio, fewer.needed_per_year, fewer.on_track), (Some(2.0), Some(0.0), Some(true)));
    // It went away from the target.
    let away = stands(Objective { baseline_value: Some(160.0), ..more_people() });
    assert_eq!((away.ratio, away.on_track), (Some(-0.25), Some(false)));
    // The day has passed.
    let past = stands(Objective { target_date: date(2026, 6, 30), ..more_people() });
    assert_eq!((past.ratio, past.needed_per_year, past.on_track), (Some(0.5), None, Some(false)));
    assert_eq!(past.expected, Some(1.0));
    // Nothing is expected before the day from which progress is counted.
    assert_eq!(stands(Objective { baseline_date: date(2027, 6, 30), ..more_people() }).expected, None);
}

/// The first day, the last day, and what is there to the unit.
#[test]
fn progress_on_the_days_at_both_ends() {
    let begins = stands(Objective { baseline_date: TODAY, ..more_people() });
    assert_eq!((begins.baseline, begins.ratio, begins.note.as_deref()), (Some(150.0), Some(0.0), None));
    assert_eq!((begins.expected, begins.on_track), (Some(0.0), Some(true)));
    let ends = stands(Objective { target_date: TODAY, ..more_people() });
    assert_eq!((ends.needed_per_year, ends.expected, ends.on_track), (None, Some(1.0), Some(false)));
    let reached = stands(Objective { target: 150.0, target_date: date(2026, 6, 30), ..more_people() });
    assert_eq!((reached.ratio, reached.needed_per_year, reached.on_track), (Some(1.0), Some(0.0), Some(true)));
}

/// Baselines of a dozen days are computed; those that are told take no place among them.
#[test]
fn what_is_told_is_not_computed() {
    let on = |day: i8, baseline_value| Objective {
        name: Text::from(format!("{day} {baseline_value:?}")),
        baseline_date: date(2024, 2, day),
        baseline_value,
        ..more_people()
    };
    let note = |others: Vec<Objective>| {
        let (snapshot, settings) = (world(), with([others, vec![more_people()]].concat()));
        let basis = Basis::new(&snapshot, &settings, OPEN, TODAY);
        basis.standings().last().unwrap().note.clone()
    };
    assert_eq!(note((1..=12).map(|day| on(day, Some(90.0))).collect()), None);
    assert_eq!(note((1..=11).map(|day| on(day, None)).collect()), None);
    let many = note((1..=12).map(|day| on(day, None)).collect());
    assert_eq!(many.as_deref(), Some("too many baseline dates are to be computed"));
}

/// The year of the day is meant where the slice tells none: 1000 kg in 2024, 600 kg in 2026, 500 kg wanted.
#[test]
fn families_of_years() {
    let slice = vec![(Text::from("entity"), Text::from("ville")), (Text::from("scope"), Text::from("hosting"))];
    let services = Objective { indicator: "footprint_declared_co2e_grams", slice, target: 5e5, ..more_people() };
    let standing = stands(services.clone());
    assert_eq!((standing.baseline, standing.ratio), (Some(1e6), Some(0.8)));
    let mut of_2024 = services;
    of_2024.slice.push((Text::from("year"), Text::from("2024")));
    assert_eq!(stands(of_2024).ratio, Some(0.0));
}

#[test]
fn what_has_no_progress_says_why() {
    let check = |objective: Objective, expected: &str| {
        let standing = stands(objective);
        assert_eq!((standing.ratio, standing.on_track), (None, None), "{expected}");
        assert_eq!(standing.note.as_deref(), Some(expected));
    };
    check(Objective { target: 100.0, ..more_people() }, "the target is the baseline");
    check(
        Objective { slice: Vec::new(), ..more_people() },
        "the indicator has several readings of this slice at the baseline date; \
         the indicator has several readings of this slice now",
    );
    check(
        Objective { baseline_date: date(2019, 12, 31), ..more_people() },
        "the indicator has no reading of this slice at the baseline date",
    );
    check(Objective { baseline_date: date(2027, 6, 30), ..more_people() }, "the baseline date is to come");
    let slice = vec![(Text::from("entity"), Text::from("ccas"))];
    let unknown = Objective { indicator: "footprint_declared_co2e_grams", slice, ..more_people() };
    check(
        Objective { baseline_value: Some(1.0), ..unknown },
        "the indicator cannot be computed now: no supplier declares it",
    );
}

/// A part of the world has the objectives that name it, and no others: not those of the whole.
#[test]
fn a_part_sees_its_own() {
    let of = |name: &str, entity: Option<&str>| Objective {
        name: Text::from(name),
        slice: entity.map(|entity| (Text::from("entity"), Text::from(entity))).into_iter().collect(),
        ..more_people()
    };
    let buyer = |name: &str, siret: &str| Objective {
        slice: vec![(Text::from("siret"), Text::from(siret))],
        ..of(name, None)
    };
    let own = [buyer("its purchases", CCAS), buyer("other purchases", ORGANISATION)];
    let named = vec![of("town", Some("ville")), of("welfare", Some("ccas")), of("whole", None)];
    let settings = with([named, own.into()].concat());
    let part = world().within(&[EntityId(2)]);
    let basis = Basis::new(&part, &settings, OPEN, TODAY).asked(Moment(0));
    let names = |basis: &Basis| -> Vec<String> {
        basis.standings().iter().map(|standing| standing.objective.name.to_string()).collect()
    };
    assert_eq!(names(&basis), ["welfare", "its purchases"]);
    let two = world().within(&[EntityId(1), EntityId(3)]);
    assert_eq!(names(&Basis::new(&two, &settings, OPEN, TODAY)), ["town"]);
    assert_eq!(basis.standings()[0].ratio, Some(10.0 / 190.0));
    // The table of actions is the ccas's own, the services of the town are not.
    assert_eq!(part.actions.len(), 4);
    assert!(part.services.iter().all(|line| line.told.entity.as_deref() == Some("ccas")));
    let other = world().within(&[EntityId(1)]);
    assert!(other.actions.is_empty() && other.services.len() == 5);
}

/// What is known of labels beforehand is what readings have.
#[test]
fn labels_are_those_of_the_readings() {
    let fleet = testimony(
        "fleet",
        vec![kept("1", Facts { kind: Some(Kind::Laptop), serial: text("SERIAL1"), ..Facts::default() })],
    );
    let bought = PurchaseLine {
        invoice_date: Some(date(2026, 3, 1)),
        kind: Some(Kind::Laptop),
        amount_ht: euros(900),
        ..PurchaseLine::default()
    };
    let bought = told(purchases([bought]));
    let (snapshot, settings) = (snapshot(&[fleet, bought]), with(vec![more_people()]));
    for (indicator, reading) in measure(&Basis::new(&snapshot, &settings, OPEN, TODAY)) {
        let found: Vec<&str> = reading.slice.iter().map(|(label, _)| *label).collect();
        if let Some(known) = labels(indicator.name) {
            assert_eq!(found, known, "{}", indicator.name);
        }
    }
}
