//! A scenario beside today: worked values in round numbers, and what must always hold.

use domain::assumption::Allocation;
use domain::factor::GridFactor;
use domain::indicator::footprint::fleet;
use domain::indicator::{Basis, Settings};
use domain::observation::Facts;
use domain::purchase::PurchaseLine;
use domain::quantity::{Energy, Impact, Intensity, Years};
use domain::record::Text;
use domain::simulation::{Electricity, Flow, Joining, Part, Scenario, Simulation, Year, simulate};
use domain::snapshot::Snapshot;
use domain::testimony::{Kept, Lines};
use domain::word::{Condition, Kind, Mode, Status, Word};
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::properties;
use crate::world::{OPEN, euros, kept, purchases, settings, snapshot, testimony, text, told};

const AT: Date = date(2026, 6, 30);

/// A laptop: 120 kg and 20 kWh a year; a monitor: 60 kg and 10 kWh. Electricity at 50 g in France, at 400 g in Poland.
fn round() -> Settings {
    let mut settings = settings(0.05);
    for (row, (kilograms, kwh)) in settings.factors.rows.iter_mut().zip([(120.0, 20.0), (0.0, 0.0), (60.0, 10.0)]) {
        (row.manufacture, row.distribution, row.end_of_life) = (Impact(kilograms * 1000.0), Impact(0.0), Impact(0.0));
        row.annual_energy = Some(Energy::kwh(kwh));
    }
    let poland = GridFactor {
        id: Text::from("electricity/pl-2026"),
        country: Text::from("PL"),
        intensity: Intensity::per_kwh(400.0),
        ..settings.factors.grid[0].clone()
    };
    settings.factors.grid.push(poland);
    settings
}

fn of(kind: Kind, start: Date) -> Facts {
    Facts { kind: Some(kind), in_service_date: Some(start), ..Facts::default() }
}

fn things(all: impl IntoIterator<Item = Facts>) -> Vec<Kept> {
    all.into_iter().enumerate().map(|(at, facts)| kept(&at.to_string(), facts)).collect()
}

fn bought(kind: Kind, condition: Condition, quantity: f64, amount: i64) -> PurchaseLine {
    PurchaseLine {
        date: Some(date(2026, 1, 15)),
        kind: Some(kind),
        condition: Some(condition),
        quantity: Some(quantity),
        amount_ht: euros(amount),
        ..PurchaseLine::default()
    }
}

/// Two laptops of eight years, three of one.
fn laptops() -> Vec<Facts> {
    let of_year = |year: i16| of(Kind::Laptop, date(year, 6, 30));
    vec![of_year(2018), of_year(2018), of_year(2025), of_year(2025), of_year(2025)]
}

fn world(all: Vec<Facts>, lines: Lines) -> Snapshot {
    snapshot(&[testimony("glpi", things(all)), told(lines)])
}

fn asked(snapshot: &Snapshot, settings: &Settings, scenario: &Scenario) -> Simulation {
    let basis = Basis::new(snapshot, settings, OPEN, AT);
    assert_eq!(scenario.fault(&basis), None);
    simulate(&basis, scenario, |_| true)
}

#[track_caller]
fn near(value: f64, worked: f64) {
    assert!((value - worked).abs() <= 1e-9 * worked.abs().max(1.0), "{value} is not {worked}");
}

#[track_caller]
fn kilograms(years: &[Year], worked: [f64; 6]) {
    let told: Vec<f64> = years.iter().map(|year| year.whole.embodied.0 / 1000.0).collect();
    for (value, worked) in told.iter().zip(worked) {
        assert!((value - worked).abs() < 1e-9, "{told:?} is not {worked}");
    }
}

fn flow(year: &Year) -> Flow {
    year.whole.flow.unwrap()
}

/// At five years one laptop leaves in a year: the two old ones first, each half of them since they are of one age.
/// At six, 5/6 of one.
#[test]
fn laptops_of_six_years() {
    let lines = purchases([
        bought(Kind::Laptop, Condition::New, 3.0, 3000),
        bought(Kind::Laptop, Condition::Refurbished, 1.0, 400),
    ]);
    let (snapshot, settings) = (world(laptops(), lines), round());
    let lifetimes = [(Kind::Laptop, Years(6.0))].into();
    let told = asked(&snapshot, &settings, &Scenario { lifetimes, ..Scenario::default() });
    // Nothing is credited to what is refurbished: nobody told how old it was.
    kilograms(&told.today, [102.0, 120.0 / 9.0 + 24.0 + 72.0, 120.0, 120.0, 120.0, 120.0]);
    let old = 2.0 - 5.0 / 6.0;
    let (first, second) = (old * 120.0 / 9.0, (old - 5.0 / 6.0) * 12.0);
    let later = [first + (5.0 - old) * 20.0, second + (5.0 - old + 5.0 / 6.0) * 20.0, 100.0, 100.0, 100.0];
    kilograms(&told.scenario, [102.0, later[0], later[1], later[2], later[3], later[4]]);
    for year in &told.today[1..] {
        near(year.whole.used.0, 5.0 * 20.0 * 50.0);
        assert_eq!((flow(year).exits, flow(year).new, flow(year).refurbished), (1.0, 0.75, 0.25));
        assert_eq!((flow(year).spent(), year.reuse_spend), (Some(850.0), Some(100.0 / 850.0)));
    }
    for year in &told.scenario[1..] {
        near(flow(year).exits, 5.0 / 6.0);
        near(flow(year).spent().unwrap(), 850.0 * 5.0 / 6.0);
        assert_eq!((year.whole.assets, year.whole.coverage()), (5.0, 1.0));
    }
    assert_eq!(told.today[0].whole.flow, None);
    let targets: Vec<f64> = told.today.iter().map(|year| year.target.unwrap()).collect();
    assert_eq!(targets, [0.2, 0.25, 0.25, 0.25, 0.3, 0.3]);
    let life = told.assumptions.iter().filter(|line| line.name == "lifetime_years.laptop");
    assert_eq!(life.map(|line| line.value).collect::<Vec<_>>(), [5.0, 6.0]);
    assert!(told.notes.iter().any(|note| note.contains("nothing is credited: laptop")), "{:?}", told.notes);
}

/// Refurbished ones of three proven years stand for 120 / 8 kg a year.
#[test]
fn proven_years_are_credited() {
    let mut all = laptops();
    all[4] = Facts { upstream_years: Some(3.0), condition: Some(Condition::Refurbished), ..all[4].clone() };
    let (snapshot, mut settings) = (world(all.clone(), Lines::default()), round());
    let scenario = Scenario {
        refurbished: Some(0.0),
        refurbished_of: [(Kind::Laptop, 1.0)].into(),
        upstream: Some(Years(7.0)),
        ..Scenario::default()
    };
    let told = asked(&snapshot, &settings, &scenario);
    kilograms(&told.today[..2], [102.0 - 9.0, 120.0 / 9.0 + 24.0 + 48.0 + 15.0, 0.0, 0.0, 0.0, 0.0]);
    kilograms(&told.scenario[..2], [102.0 - 9.0, 120.0 / 9.0 + 15.0 + 48.0 + 15.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!((flow(&told.scenario[1]).new, flow(&told.scenario[1]).refurbished), (0.0, 1.0));
    // Where none is proven, the scenario's years count.
    let unproven = world(laptops(), Lines::default());
    let told = asked(&unproven, &settings, &scenario);
    kilograms(&told.scenario[..2], [102.0, 120.0 / 9.0 + 10.0 + 72.0, 0.0, 0.0, 0.0, 0.0]);
    // By the cut-off nobody published what refurbishing costs: no figure, and no zero.
    settings.assumptions.allocation = Allocation::Cutoff;
    let told = asked(&unproven, &settings, &scenario);
    kilograms(&told.scenario[..2], [102.0, 120.0 / 9.0 + 72.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!((told.scenario[1].whole.covered, told.scenario[1].whole.assets), ([4.0, 5.0], 5.0));
    assert!(told.notes.iter().any(|note| note.contains("cutoff: laptop")), "{:?}", told.notes);
}

/// What one course cannot price is in the euros of neither; and a rented thing is in no euro at all.
#[test]
fn what_has_no_price_saves_nothing() {
    let lines = purchases([
        bought(Kind::Laptop, Condition::New, 3.0, 3000),
        bought(Kind::Monitor, Condition::New, 1.0, 150),
        bought(Kind::Monitor, Condition::Refurbished, 1.0, 50),
    ]);
    let rented = Facts { mode: Some(Mode::Rental), ..of(Kind::Monitor, date(2025, 1, 1)) };
    let monitor = of(Kind::Monitor, date(2025, 1, 1));
    let all = [laptops(), vec![monitor; 6], vec![rented; 6]].concat();
    let (snapshot, settings) = (world(all, lines), round());
    let half = Scenario { refurbished: Some(0.5), ..Scenario::default() };
    let told = asked(&snapshot, &settings, &half);
    for year in told.today[1..].iter().chain(&told.scenario[1..]) {
        assert_eq!((flow(year).exits, flow(year).rented, flow(year).bought()), (3.0, 1.0, 2.0));
        assert_eq!((flow(year).spent(), flow(year).coverage()), (Some(100.0), 0.5));
        assert_eq!((year.reuse_spend, year.reuse_spend_coverage), (Some(0.25), Some(0.5)));
    }
    assert!(told.notes.iter().any(|note| note.ends_with("in the euros of neither: laptop")), "{:?}", told.notes);
    // Unless the scenario says what it takes it to be.
    let told = asked(&snapshot, &settings, &Scenario { price_ratio: Some(0.5), ..half });
    assert_eq!([&told.today, &told.scenario].map(|years| flow(&years[1]).spent()), [Some(1100.0), Some(850.0)]);
    // A fleet of which nothing has a price costs nothing known.
    let told = asked(&world(laptops(), Lines::default()), &settings, &Scenario::default());
    assert_eq!((flow(&told.today[1]).spent(), told.today[1].reuse_spend), (None, None));
}

/// Seven monitors serve, and an eighth is in stock; of five laptops four serve. Three screens are second ones, whatever
/// the school lacks.
#[test]
fn second_screens_and_printers() {
    let mut all = laptops();
    all[0].status = Some(Status::InStock);
    let monitor = of(Kind::Monitor, date(2026, 1, 1));
    let stored = Facts { status: Some(Status::InStock), ..monitor.clone() };
    let printers = vec![of(Kind::Printer, date(2026, 1, 1)); 10];
    let school = Facts { entity: text("ecole"), ..of(Kind::Desktop, date(2026, 1, 1)) };
    let all = [all, vec![monitor; 7], vec![stored], printers, vec![school; 2]].concat();
    let snapshot = world(all, Lines::default());
    let settings = round();
    let scenario = Scenario { second_screens_removed: 1.0, printers_removed: 0.4, ..Scenario::default() };
    let told = asked(&snapshot, &settings, &scenario);
    let part = |year: usize, kind: Kind| {
        told.scenario[year].kinds.iter().find(|(of, _)| *of == Some(kind)).map(|(_, part)| part.clone()).unwrap()
    };
    for year in 1..6 {
        let (monitors, printers): (Part, Part) = (part(year, Kind::Monitor), part(year, Kind::Printer));
        near(monitors.assets, 5.0);
        near(monitors.embodied.0, 5.0 * 10_000.0);
        near(monitors.used.0, 4.0 * 10.0 * 50.0);
        let gone = if year == 1 { 3.0 } else { 0.0 };
        near(monitors.flow.unwrap().removed, gone);
        near(monitors.flow.unwrap().exits, 5.0 / 6.0 + gone);
        near(monitors.flow.unwrap().bought(), 5.0 / 6.0);
        near(printers.assets, 6.0);
    }
    assert_eq!(told.today[5].whole.assets, 25.0);
    let second = told.assumptions.iter().find(|line| line.name == "second_screens").unwrap();
    assert_eq!((second.value, second.unit), (3.0, "assets"));
}

#[test]
fn other_electricity_and_an_entity_that_joins() {
    let (snapshot, settings) = (world(laptops(), Lines::default()), round());
    let joining = Joining { name: Text::from("syndicat"), year: 3, assets: [(Kind::Laptop, 10.0)].into() };
    let scenario = Scenario {
        electricity: Some(Electricity::Country(Text::from("PL"))),
        joining: vec![joining],
        ..Scenario::default()
    };
    let told = asked(&snapshot, &settings, &scenario);
    let used = |years: &[Year]| years.iter().map(|year| year.whole.used.0.round()).collect::<Vec<_>>();
    assert_eq!(used(&told.today), [5_000.0; 6]);
    assert_eq!(used(&told.scenario), [5_000.0, 40_000.0, 40_000.0, 120_000.0, 120_000.0, 120_000.0]);
    let assets: Vec<f64> = told.scenario.iter().map(|year| year.whole.assets).collect();
    assert_eq!(assets, [5.0, 5.0, 5.0, 15.0, 15.0, 15.0]);
    let flows = |of: fn(&Flow) -> f64| told.scenario[1..].iter().map(|year| of(&flow(year))).collect::<Vec<_>>();
    assert_eq!(flows(|flow| flow.joined), [0.0, 0.0, 10.0, 0.0, 0.0]);
    assert_eq!(flows(|flow| flow.exits), [1.0, 1.0, 3.0, 3.0, 3.0]);
    let embodied = [102.0, 120.0 / 9.0 + 96.0, 120.0, 360.0, 360.0, 360.0];
    kilograms(&told.scenario, embodied);
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    let fault = |scenario: Scenario| scenario.fault(&basis).unwrap().key;
    let atlantis = Some(Electricity::Country(Text::from("AT-LANTIS")));
    assert_eq!(fault(Scenario { electricity: atlantis, ..Scenario::default() }), "electricity.country");
    let switches = [(Kind::Switch, Years(8.0))].into();
    assert_eq!(fault(Scenario { lifetimes: switches, ..Scenario::default() }), "lifetime_years.switch");
    let bought = [(Kind::Switch, 0.5)].into();
    assert_eq!(fault(Scenario { refurbished_of: bought, ..Scenario::default() }), "refurbished_share.switch");
}

/// What has no age leaves among the rest, and what has no lifetime does not leave.
#[test]
fn what_is_unknown_stays_so() {
    let ageless = Facts { kind: Some(Kind::Laptop), ..Facts::default() };
    let all = [laptops(), vec![ageless; 5], vec![of(Kind::Switch, date(2020, 1, 1)); 4]].concat();
    let told = asked(&world(all, Lines::default()), &round(), &Scenario::default());
    kilograms(&told.today[..2], [102.0 + 120.0, 120.0 / 9.0 + 96.0 + 120.0, 0.0, 0.0, 0.0, 0.0]);
    for year in &told.today[1..] {
        assert_eq!((flow(year).exits, year.whole.assets, year.whole.covered), (2.0, 14.0, [10.0, 10.0]));
    }
    assert!(told.notes.iter().any(|note| note.ends_with("neither leave nor are replaced: switch")));
    let unknown = told.assumptions.iter().find(|line| line.name == "unknown_age.laptop").unwrap();
    assert_eq!((unknown.value, unknown.unit), (5.0, "assets"));
}

/// What tells what is so already.
fn as_it_is(settings: &Settings) -> Scenario {
    let lives = settings.assumptions.lifetimes.iter().map(|(kind, years, _)| (*kind, *years));
    Scenario {
        title: Text::from("as it is"),
        lifetimes: lives.collect(),
        electricity: Some(Electricity::Country(Text::from("FR"))),
        ..Scenario::default()
    }
}

/// A random fleet of which half has proven years before us, and a share is rented.
fn fleets() -> impl Strategy<Value = Snapshot> {
    (properties::world(), any::<u64>()).prop_map(|(mut testimonies, bits)| {
        for (at, kept) in testimonies.iter_mut().flat_map(|testimony| &mut testimony.observations).enumerate() {
            let bit = |shift: usize| bits >> ((at + shift) % 64) & 1 == 1;
            kept.change(|kept| {
                let facts = &mut kept.observation.facts;
                facts.mode = bit(0).then_some(Mode::Rental);
                facts.upstream_years = bit(7).then_some(1.5);
                // Years before us are proven of what is here, and not of what will be bought.
                if bit(7) {
                    facts.condition = Some(Condition::New);
                }
            });
        }
        snapshot(&testimonies)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_changed_changes_nothing(testimonies in properties::world()) {
        let (snapshot, settings) = (snapshot(&testimonies), settings(0.0461));
        let told = asked(&snapshot, &settings, &Scenario::default());
        prop_assert_eq!(&told.today, &told.scenario);
        let same = asked(&snapshot, &settings, &Scenario { electricity: None, ..as_it_is(&settings) });
        prop_assert_eq!(&told.today, &same.scenario);
        let basis = Basis::new(&snapshot, &settings, OPEN, AT);
        let published = fleet(&basis);
        let now = &told.today[0].whole;
        prop_assert_eq!(now.total.0, published.value.unwrap_or(0.0));
        prop_assert!((now.coverage() - published.coverage).abs() < 1e-12);
        prop_assert!((now.total.0 - now.embodied.0 - now.used.0).abs() <= 1e-9 * now.total.0.max(1.0));
    }

    /// The same in other words: by the country's factor, the electricity of each thing is what it was.
    #[test]
    fn the_same_electricity_is_the_same(testimonies in properties::world()) {
        let (snapshot, settings) = (snapshot(&testimonies), settings(0.0461));
        let told = asked(&snapshot, &settings, &as_it_is(&settings));
        for (today, scenario) in told.today.iter().zip(&told.scenario) {
            let (today, scenario) = (today.whole.used.0, scenario.whole.used.0);
            prop_assert!((today - scenario).abs() <= 1e-9 * today.max(1.0));
        }
    }

    #[test]
    fn a_longer_life_never_costs_more(
        snapshot in fleets(),
        kind in prop::sample::select(vec![Kind::Laptop, Kind::Desktop, Kind::Monitor, Kind::Server]),
        shorter in 0.5..8.0_f64,
        longer in 0.0..6.0_f64,
    ) {
        let settings = settings(0.0461);
        let of_life = |years: f64| {
            asked(&snapshot, &settings, &Scenario { lifetimes: [(kind, Years(years))].into(), ..Scenario::default() })
        };
        let (short, long) = (of_life(shorter), of_life(shorter + longer));
        for (before, after) in short.scenario.iter().zip(&long.scenario).skip(1) {
            let less = |a: f64, b: f64| a <= b + 1e-9 * b.abs().max(1.0);
            let (more, fewer) = (before.whole.flow.unwrap(), after.whole.flow.unwrap());
            prop_assert!(less(fewer.exits, more.exits) && less(fewer.bought(), more.bought()));
            prop_assert!(less(fewer.rented, more.rented) && less(fewer.refurbished, more.refurbished));
            prop_assert!(less(fewer.euros, more.euros));
            prop_assert!(less(after.whole.embodied.0, before.whole.embodied.0), "{:?} {:?}", before, after);
            prop_assert_eq!(after.whole.used, before.whole.used);
        }
    }

    #[test]
    fn the_stock_is_what_came_less_what_went(
        snapshot in fleets(),
        shares in (0.0..=1.0_f64, 0.0..=1.0_f64, 0.0..=1.0_f64),
        year in 1..=5_u8,
        brought in 0.0..50.0_f64,
    ) {
        let settings = settings(0.0461);
        let joining = Joining { name: Text::from("other"), year, assets: [(Kind::Monitor, brought), (Kind::Tv, 1.0)].into() };
        let scenario = Scenario {
            refurbished: Some(shares.0),
            second_screens_removed: shares.1,
            printers_removed: shares.2,
            joining: vec![joining],
            ..Scenario::default()
        };
        let told = asked(&snapshot, &settings, &scenario);
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0);
        for years in [&told.today, &told.scenario] {
            for (before, after) in years.iter().zip(&years[1..]) {
                let flow = after.whole.flow.unwrap();
                let came = flow.bought() + flow.rented + flow.joined;
                prop_assert!(near(after.whole.assets, before.whole.assets + came - flow.exits), "{:?} {:?}", before, after);
                let sum: f64 = after.kinds.iter().map(|(_, part)| part.total.0).sum();
                prop_assert!(near(after.whole.total.0, sum));
                prop_assert!((0.0..=1.0 + 1e-12).contains(&after.whole.coverage()), "{:?}", after);
                prop_assert!(after.reuse_spend.is_none_or(|ratio| (0.0..=1.0).contains(&ratio)));
                prop_assert!(after.kinds.iter().all(|(_, part)| part.assets >= 0.0 && part.total.0 >= 0.0));
            }
        }
        let named = told.assumptions.iter().all(|line| line.value.is_finite() && !line.origin.is_empty());
        prop_assert!(named && told.assumptions.iter().all(|line| !line.unit.is_empty()));
        prop_assert!(told.assumptions.iter().all(|line| line.course.is_none_or(|course| !course.name().is_empty())));
    }

    /// Young things without a life before us stand for as much as what replaces them, each year as today.
    #[test]
    fn a_fleet_in_its_prime_goes_on(ages in prop::collection::vec(0..300_i32, 1..20)) {
        let started = |days: &i32| of(Kind::Monitor, AT.saturating_sub(jiff::Span::new().days(*days)));
        let (snapshot, mut settings) = (world(ages.iter().map(started).collect(), Lines::default()), settings(0.0461));
        settings.assumptions.set_lifetime(Kind::Monitor, Years(6.0));
        let told = asked(&snapshot, &settings, &Scenario::default());
        for year in &told.today {
            let (now, then) = (told.today[0].whole.total.0, year.whole.total.0);
            prop_assert!((now - then).abs() <= 1e-12 * now, "{} {}", now, then);
        }
    }
}
