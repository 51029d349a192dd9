//! Which rows a footprint rests on, and what several of them have in common: worked values in round numbers.

use std::collections::BTreeMap;

use domain::factor::{Alias, CONTRACT, Factor, FactorSet, GridFactor, Series, Tier};
use domain::indicator::footprint::{by_kind_and_phase, fleet, portions};
use domain::indicator::quality::ambiguous;
use domain::indicator::{Basis, Grounds, Settings};
use domain::observation::Facts;
use domain::power::{Meter, Point, PowerDay};
use domain::quantity::{Energy, Impact, Intensity};
use domain::reconcile::{Rules, reconcile};
use domain::record::Text;
use domain::room::{PointName, RoomRule};
use domain::specification::{Appraisal, Specification};
use domain::testimony::Testimony;
use domain::word::{Condition, Criterion, Kind};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::world::{OPEN, kept, let_go, moment, reading, rules, settings, snapshot, testimony, text};

const AT: Date = date(2026, 6, 30);

fn near(value: f64, worked: f64) {
    assert!((value - worked).abs() <= 1e-9 * worked.abs().max(1.0), "{value} is not {worked}");
}

/// A row for one model: kilograms to make it, kilowatt-hours a year.
fn model(maker: &str, name: &str, kilograms: f64, kwh: Option<f64>, r_embodied: f64) -> Factor {
    Factor {
        id: Text::from(format!("makers/{maker}-{name}")),
        set: 0,
        kind: Kind::Laptop,
        manufacturer: text(maker),
        model: text(name),
        screen_inches: None,
        year: None,
        method: Text::from(format!("makers/{maker}")),
        criterion: Criterion::Co2e,
        manufacture: Impact(kilograms * 1000.0),
        distribution: Impact(0.0),
        end_of_life: Impact(0.0),
        annual_energy: kwh.map(Energy::kwh),
        r_embodied,
        r_energy: 0.30,
        found: Text::from("its document"),
    }
}

fn with(rows: Vec<Factor>) -> Settings {
    let mut settings = settings(0.0);
    settings.factors.rows.extend(rows);
    settings.factors = settings.factors.indexed();
    settings
}

fn laptop(maker: &str, name: &str) -> Facts {
    Facts {
        kind: Some(Kind::Laptop),
        manufacturer: text(maker),
        model: text(name),
        in_service_date: Some(date(2025, 6, 30)),
        ..Facts::default()
    }
}

fn server() -> Facts {
    Facts {
        kind: Some(Kind::Server),
        manufacturer: text("Supermicro"),
        model: text("SYS-1029P"),
        in_service_date: Some(date(2025, 6, 30)),
        cpu: text("Intel(R) Xeon(R) Gold 6134 CPU @ 3.20GHz"),
        cpu_count: Some(2.0),
        ram_gb: Some(384.0),
        ram_modules: Some(12.0),
        ssd_gb: Some(1920.0),
        ssd_count: Some(2.0),
        hdd_gb: Some(4800.0),
        hdd_count: Some(4.0),
        ..Facts::default()
    }
}

fn world(fleet_of: &[Facts]) -> domain::snapshot::Snapshot {
    let kept = fleet_of.iter().enumerate().map(|(at, facts)| kept(&at.to_string(), facts.clone())).collect();
    snapshot(&[testimony("glpi", kept)])
}

#[test]
fn a_server_is_the_sum_of_its_parts() {
    let mut settings = with(Vec::new());
    settings.factors.processors.insert("XEONGOLD6134".to_owned(), 700.0);
    let snapshot = world(&[server()]);
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    // 2 × (10 + 700 × 0.02) + 12 × 5 + 384 × 0.8 × 2 + 2 × 6 + 1920 × 0.02 × 2 + 4 × 30 + 66 + 2 × 3 × 24 + 150 + 7
    let kilograms = 48.0 + 60.0 + 614.4 + 12.0 + 76.8 + 120.0 + 66.0 + 144.0 + 150.0 + 7.0;
    near(reading(&basis, "footprint_embodied_co2e_grams", &[("kind", "server")]).unwrap(), kilograms * 1000.0);
    near(reading(&basis, "factor_coverage_ratio", &[("kind", "server"), ("tier", "specification")]).unwrap(), 1.0);
    // The spread: memory 384 × 1.2 × 2, drives 1920 × 0.05 × 2, power supplies 2 × 4 × 24, each over 3.92; the die is
    // known. With the parts' own 0.30.
    let spread = [921.6_f64, 192.0, 192.0].map(|span| span / 3.92).iter().map(|sd| sd * sd).sum::<f64>().sqrt();
    let row = Specification::of(&server())
        .and_then(|told| told.factor(Criterion::Co2e, &settings.factors.components, &settings.factors.processors))
        .unwrap();
    near(row.r_embodied, 0.30_f64.hypot(spread / kilograms));
    // Another program's answer goes before our own sum: the one about this very server, and of climate.
    let program = FactorSet {
        id: Text::from("program"),
        publisher: Text::from("its makers"),
        ..settings.factors.sets[0].clone()
    };
    settings.factors.sets.push(program);
    let mut snapshot = snapshot;
    let answer = Appraisal {
        specification: Text::from(Specification::of(&server()).unwrap().text()),
        criterion: Criterion::Co2e,
        impact: Impact(1.4e6),
        r: 0.5,
        by: Text::from("program"),
    };
    let of_another = Appraisal { specification: Text::from("another"), impact: Impact(9e6), ..answer.clone() };
    let of_energy = Appraisal { criterion: Criterion::PrimaryEnergy, impact: Impact(8e6), ..answer.clone() };
    snapshot.appraisals = vec![of_another, of_energy, answer];
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    near(reading(&basis, "footprint_embodied_co2e_grams", &[("kind", "server")]).unwrap(), 1.4e6);
    let portion = portions(&basis, |_, _| true).remove(0);
    assert!(portion.origin.starts_with("its makers"), "{}", portion.origin);
}

#[test]
fn what_is_no_server_or_too_little_told_has_no_specification() {
    let of = |change: fn(&mut Facts)| {
        let mut facts = server();
        change(&mut facts);
        Specification::of(&facts)
    };
    assert!(of(|facts| facts.kind = Some(Kind::Desktop)).is_none());
    assert!(of(|facts| facts.ram_gb = None).is_none());
    assert!(of(|facts| facts.ram_gb = Some(f64::NAN)).is_none());
    for gigabytes in [0.0, -1.0, f64::INFINITY] {
        assert_eq!(Specification::of(&Facts { ram_gb: Some(gigabytes), ..server() }), None, "{gigabytes} GB");
    }
    assert!(of(|facts| (facts.cpu, facts.cpu_count) = (None, None)).is_none());
    // Not counted: one of the usual size for each that is begun.
    let usual = of(|facts| (facts.ram_modules, facts.ssd_count, facts.hdd_count) = (None, None, None)).unwrap();
    assert_eq!((usual.modules, usual.ssds, usual.hdds), (12.0, 2.0, 2.0));
}

/// What is not there is not told: another program is asked by these words.
#[test]
fn a_specification_in_words() {
    let words = |facts: Facts| Specification::of(&facts).unwrap().text();
    let start = "2 x Intel(R) Xeon(R) Gold 6134 CPU @ 3.20GHz, 384 GB in 12 modules";
    assert_eq!(words(server()), format!("{start}, 1920 GB in 2 SSD, 4 hard disks"));
    let (ssd_gb, ssd_count, hdd_gb, hdd_count) = (None, None, None, None);
    assert_eq!(words(Facts { ssd_gb, ssd_count, hdd_gb, hdd_count, ..server() }), start);
}

/// 384 GB more are 384 × 0.8 × 2 kg more, whatever the model.
#[test]
fn two_servers_of_one_model_and_other_parts() {
    let settings = with(Vec::new());
    let kilograms = |fleet: &[Facts]| {
        let snapshot = world(fleet);
        let basis = Basis::new(&snapshot, &settings, OPEN, AT);
        reading(&basis, "footprint_embodied_co2e_grams", &[("kind", "server")]).unwrap() / 1000.0
    };
    let more = Facts { ram_gb: Some(768.0), ..server() };
    near(kilograms(&[server(), more]) - 2.0 * kilograms(&[server()]), 614.4);
}

/// Of a row of 2024: twelve years before, the name was another model's. What served later than it was bought is as old as
/// its purchase.
#[test]
fn the_year_in_which_it_was_new_is_that_of_its_first_date() {
    let settings = with(vec![Factor { year: Some(2024), ..model("Dell", "X", 100.0, None, 0.3) }]);
    let bought = |year| Facts { purchase_date: Some(date(year, 1, 1)), ..laptop("Dell", "X") };
    let snapshot = world(&[bought(2012), bought(2024)]);
    let found = portions(&Basis::new(&snapshot, &settings, OPEN, AT), |_, _| true);
    let found: BTreeMap<Tier, f64> = found.iter().map(|portion| (portion.tier, portion.count)).collect();
    assert_eq!(found, BTreeMap::from([(Tier::Kind, 1.0), (Tier::Model, 1.0)]));
}

/// Where two sets tell parts, the row is of the one that tells most; of two that tell as many, of the first.
#[test]
fn a_row_of_parts_is_of_the_set_that_tells_most() {
    let factors = settings(0.0).factors;
    let set = |of_second: usize| {
        let mut components = factors.components.clone();
        components.iter_mut().take(of_second).for_each(|part| part.set = 1);
        Specification::of(&server())?.factor(Criterion::Co2e, &components, &factors.processors).map(|row| row.set)
    };
    assert_eq!([3, 4, 5].map(set), [Some(0), Some(0), Some(1)]);
}

/// Two models of one maker share its method; two makers share nothing.
#[test]
fn the_common_part_of_an_error_is_shared_by_a_makers_models() {
    let deviation = |second: &str| {
        let settings = with(vec![model("Dell", "A", 100.0, None, 0.5), model(second, "B", 100.0, None, 0.5)]);
        let snapshot = world(&[laptop("Dell", "A"), laptop(second, "B")]);
        let reading = fleet(&Basis::new(&snapshot, &settings, OPEN, AT));
        let (low, high) = (reading.low.unwrap().ln(), reading.high.unwrap().ln());
        // Back from the bounds: σ of the log-normal, and the relative standard deviation that it has.
        let sigma = (high - low) / (2.0 * 1.96);
        ((sigma * sigma).exp() - 1.0).sqrt()
    };
    // Of 20 + 20 kg a year: common (20 × 0.2 + 20 × 0.2)² or twice (20 × 0.2)², and twice (20 × √0.21)².
    let own = 2.0 * 400.0 * 0.21;
    near(deviation("Dell"), (64.0_f64 + own).sqrt() / 40.0);
    near(deviation("Lenovo"), (32.0_f64 + own).sqrt() / 40.0);
}

#[test]
fn the_longest_family_and_never_another_maker() {
    let settings = with(vec![
        model("Dell", "Latitude *", 100.0, None, 0.3),
        model("Dell", "Latitude 54*", 200.0, None, 0.3),
        model("Dell", "Latitude 5490", 300.0, Some(20.0), 0.3),
    ]);
    let found = |maker: &str, name: &str| {
        let snapshot = world(&[laptop(maker, name)]);
        let basis = Basis::new(&snapshot, &settings, OPEN, AT);
        let portion = portions(&basis, |_, _| true).remove(0);
        (portion.tier, (portion.embodied.0 * 5.0 / 1000.0).round(), portion.energy_factor.map(|id| id.to_string()))
    };
    let kind = || Some("ademe/laptop".to_owned());
    assert_eq!(found("Dell Inc.", "LATITUDE 7400"), (Tier::Model, 100.0, kind()));
    assert_eq!(found("Dell Inc.", "Latitude 5410"), (Tier::Model, 200.0, kind()));
    assert_eq!(
        found("DELL", "Dell Latitude 5490"),
        (Tier::Model, 300.0, Some("makers/Dell-Latitude 5490".to_owned()))
    );
    assert_eq!(found("HP", "Latitude 5490"), (Tier::Kind, 185.0, kind()));
}

/// What the operator tells goes before what ships, however it is named there.
#[test]
fn the_operators_rows_come_first() {
    let found = |local: Factor, shipped: Vec<Factor>, facts: &Facts| {
        let mut settings = settings(0.0);
        settings.factors.sets.push(FactorSet {
            local: true,
            id: Text::from("house"),
            ..settings.factors.sets[0].clone()
        });
        settings.factors.rows = vec![Factor { id: Text::from("house/own"), set: 2, ..local }];
        settings.factors.rows.extend(shipped);
        settings.factors.aliases = vec![Alias {
            manufacturer: Text::from("Apple"),
            told: Text::from("iPhone 12"),
            model: Text::from("iPhone 12 64GB"),
        }];
        settings.factors = settings.factors.indexed();
        let snapshot = world(std::slice::from_ref(facts));
        let basis = Basis::new(&snapshot, &settings, OPEN, AT);
        portions(&basis, |_, _| true).remove(0).factor.map(|id| id.to_string())
    };
    let own = || Some("house/own".to_owned());
    // The shipped row tells the size of the screen, and fits the asset's.
    let sized = Factor { screen_inches: Some(14.0), ..model("Dell", "Latitude 5490", 300.0, None, 0.3) };
    let asset = Facts { screen_inches: Some(14.0), ..laptop("Dell", "Latitude 5490") };
    assert_eq!(found(model("Dell", "Latitude 5490", 1.0, None, 0.3), vec![sized.clone()], &asset), own());
    // A family of the operator's before the very model that ships.
    assert_eq!(found(model("Dell", "Latitude 54*", 1.0, None, 0.3), vec![sized], &asset), own());
    // The name that is told before the one that it is an alias of.
    let shipped = model("Apple", "iPhone 12 64GB", 60.0, None, 0.3);
    assert_eq!(
        found(model("Apple", "iPhone 12", 1.0, None, 0.3), vec![shipped], &laptop("Apple", "iPhone 12")),
        own()
    );
}

/// Another sort of thing that bears the name is not it; a shape of computer is no other sort.
#[test]
fn a_monitor_is_no_laptop_of_the_same_name() {
    let settings = with(vec![model("Dell", "P2422H", 100.0, None, 0.3)]);
    let tier = |kind| {
        let snapshot = world(&[Facts { kind: Some(kind), ..laptop("Dell", "P2422H") }]);
        portions(&Basis::new(&snapshot, &settings, OPEN, AT), |_, _| true)[0].tier
    };
    assert_eq!(
        (tier(Kind::Laptop), tier(Kind::AllInOne), tier(Kind::Monitor)),
        (Tier::Model, Tier::Model, Tier::Kind)
    );
}

/// Of a model that two rows speak of differently neither tells the electricity.
#[test]
fn a_rival_tells_no_electricity() {
    let second = Factor { id: Text::from("makers/second"), ..model("HP", "X", 200.0, Some(10.0), 0.3) };
    let settings = with(vec![model("HP", "X", 100.0, None, 0.3), second]);
    let snapshot = world(&[laptop("HP", "X")]);
    let portion = portions(&Basis::new(&snapshot, &settings, OPEN, AT), |_, _| true).remove(0);
    assert_eq!(portion.energy_factor.as_deref(), Some("ademe/laptop"));
    assert_eq!(portion.grounds, Some(Grounds::Default));
}

/// The electricity that a row tells of its model has the row's own error.
#[test]
fn electricity_of_a_model_has_its_rows_error() {
    let sure = Factor { r_energy: 0.0, r_embodied: 0.0, ..model("HP", "X", 0.0, Some(100.0), 0.0) };
    let mut settings = with(vec![sure]);
    settings.factors.grid[0].intensity = Intensity::per_kwh(50.0);
    let snapshot = world(&[laptop("HP", "X")]);
    let reading = fleet(&Basis::new(&snapshot, &settings, OPEN, AT));
    assert_eq!((reading.value, reading.low, reading.high), (Some(5000.0), Some(5000.0), Some(5000.0)));
}

#[test]
fn a_model_that_fits_two_rows_is_a_doubt_and_rests_on_its_kind() {
    let settings = with(vec![model("HP", "ZBook 15 G4", 385.0, None, 0.3), {
        let second = model("HP", "ZBook 15 G4", 400.0, None, 0.3);
        Factor { id: Text::from("makers/second"), ..second }
    }]);
    let snapshot = world(&[laptop("HP", "ZBook 15 G4"), laptop("HP", "ZBook 15 G5")]);
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    let doubts = ambiguous(&snapshot, &basis.rows);
    assert_eq!(doubts.len(), 1);
    assert_eq!(&*doubts[0].about, [Text::from("glpi:0")]);
    assert!(doubts[0].what.to_string().contains("makers/HP-ZBook 15 G4, makers/second"), "{}", doubts[0].what);
    assert_eq!(reading(&basis, "doubts", &[("reason", "ambiguous_model")]), Some(1.0));
    near(reading(&basis, "factor_coverage_ratio", &[("kind", "laptop"), ("tier", "kind")]).unwrap(), 1.0);
    // One that is let go says nothing of the others of its model; of one that has left nothing is asked.
    let left = |let_go_of: &[&str]| {
        let gone = Facts { disposal_date: Some(date(2026, 1, 1)), ..laptop("HP", "ZBook 15 G4") };
        let there = ["0", "1"].map(|id| kept(id, laptop("HP", "ZBook 15 G4")));
        let mut all = vec![testimony("glpi", [&there[..], &[kept("2", gone)]].concat())];
        all.extend(let_go_of.iter().map(|id| let_go(id)));
        let snapshot = self::snapshot(&all);
        ambiguous(&snapshot, &Basis::new(&snapshot, &settings, OPEN, AT).rows)
    };
    assert_eq!(&*left(&["glpi:0"])[0].about, [Text::from("glpi:1")]);
    assert!(left(&["glpi:0", "glpi:1"]).is_empty());
}

#[test]
fn a_contract_stands_beside_the_countrys_electricity() {
    let mut settings = settings(0.05);
    let contract = |year, kilograms: f64| GridFactor {
        id: Text::from(format!("supplier/{year}")),
        set: 0,
        country: Text::from(CONTRACT),
        year,
        criterion: Criterion::Co2e,
        intensity: Intensity::per_kwh(kilograms * 1000.0),
        bounds: None,
        found: Text::from("the supplier's certificate"),
    };
    settings.factors.grid.push(contract(2026, 0.01));
    let snapshot = world(&[laptop("Dell", "A"), Facts { kind: Some(Kind::Desktop), ..Facts::default() }]);
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    let used =
        |name: &str, more: &[(&str, &str)]| reading(&basis, name, &[&[("kind", "laptop")], more].concat()).unwrap();
    near(used("footprint_annual_co2e_grams", &[("phase", "use")]), 29.0 * 50.0);
    near(used("footprint_use_market_co2e_grams", &[]), 29.0 * 10.0);
    // Another year's contract says nothing of this one.
    settings.factors.grid.pop();
    settings.factors.grid.push(contract(2025, 0.01));
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    let told = domain::indicator::measure(&basis);
    assert!(!told.iter().any(|(indicator, _)| indicator.name == "footprint_use_market_co2e_grams"));
}

/// A room that takes 1 kW on ten days: five of them at 20 g, five at 60 g a kilowatt-hour.
#[test]
fn a_series_weighs_each_day_by_what_was_taken_on_it() {
    let days = |watts: fn(i32) -> f64| -> Vec<PowerDay> {
        let day = |at: i32| PowerDay {
            day: AT.saturating_sub((9 - at).days()),
            energy: Energy(watts(at) * 86_400.0),
            seconds: 86_400.0,
        };
        (0..10).map(day).collect()
    };
    let told = |watts| {
        let point = Point { device: text("pdu"), ..Point::default() };
        let meter = Meter { point, days: days(watts), watts: Some((moment(AT), 1000.0)), ..Meter::default() };
        let laptop = Facts { location: text("Salle A"), ..laptop("Dell", "A") };
        let testimony = Testimony { power: vec![meter], ..testimony("snmp", vec![kept("0", laptop)]) };
        let room = RoomRule {
            name: Text::from("Salle A"),
            locations: vec![Text::from("Salle A")],
            it: vec![PointName { source: None, device: Text::from("pdu") }],
            total: Vec::new(),
        };
        let snapshot = reconcile(&[testimony], &Rules { rooms: vec![room], ..rules() });
        let mut settings = settings(0.05);
        let series = (0..10).map(|at: i32| {
            (AT.saturating_sub((9 - at).days()), Intensity::per_kwh(if at < 5 { 20.0 } else { 60.0 }))
        });
        settings.factors.series = Some(Series { set: 1, days: series.collect() });
        let basis = Basis::new(&snapshot, &settings, OPEN, AT).asked(moment(AT));
        let kwh = reading(&basis, "electricity_annual_joules", &[("basis", "measured")]).unwrap() / 3.6e6;
        let used = reading(&basis, "footprint_annual_co2e_grams", &[("phase", "use")]).unwrap();
        assert_eq!(portions(&basis, |_, _| true)[0].grounds, Some(Grounds::Measured));
        used / kwh
    };
    near(told(|_| 1000.0), 40.0);
    // Three quarters of it on the days of 20 g.
    near(told(|at| if at < 5 { 1500.0 } else { 500.0 }), 30.0);
}

/// Rows of equipment tell of climate alone here; electricity's own row is enough to tell of energy.
#[test]
fn a_criterion_of_which_no_row_tells_has_no_figures() {
    let mut settings = with(Vec::new());
    let of_energy = GridFactor { criterion: Criterion::PrimaryEnergy, ..settings.factors.grid[0].clone() };
    settings.factors.grid.push(of_energy);
    let snapshot = world(&[laptop("Dell", "A")]);
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    let criteria = [Criterion::Co2e, Criterion::PrimaryEnergy, Criterion::Adpe];
    assert_eq!(criteria.map(|criterion| by_kind_and_phase(&basis, criterion).len()), [4, 4, 0]);
}

/// A document of 2015 speaks of what was new until 2020, and of what may have been.
#[test]
fn a_document_speaks_of_the_years_around_it() {
    let settings = with(vec![Factor { year: Some(2015), ..model("Dell", "A", 100.0, None, 0.3) }]);
    let (on, plain) = (|year| Some(date(year, 6, 30)), Facts { in_service_date: None, ..laptop("Dell", "A") });
    let refurbished = Facts { condition: Some(Condition::Refurbished), ..plain.clone() };
    for (what, facts, tier) in [
        (
            "put in service long after",
            Facts { purchase_date: on(2020), in_service_date: on(2021), ..plain.clone() },
            Tier::Model,
        ),
        ("bought later", Facts { purchase_date: on(2021), ..plain.clone() }, Tier::Kind),
        ("made before", Facts { manufacture_date: on(2020), purchase_date: on(2021), ..plain }, Tier::Model),
        ("used for nobody knows how long", Facts { purchase_date: on(2021), ..refurbished.clone() }, Tier::Model),
        (
            "used for two years",
            Facts { purchase_date: on(2021), upstream_years: Some(2.0), ..refurbished },
            Tier::Model,
        ),
    ] {
        let snapshot = world(&[facts]);
        assert_eq!(portions(&Basis::new(&snapshot, &settings, OPEN, AT), |_, _| true)[0].tier, tier, "{what}");
    }
}
