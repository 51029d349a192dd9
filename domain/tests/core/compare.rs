//! A difference cause by cause: a worked value in round numbers, and what must always hold.

use domain::factor::GridFactor;
use domain::indicator::footprint::{Comparison, Effect, compare, fleet, is_known};
use domain::indicator::{Basis, Settings};
use domain::observation::Facts;
use domain::quantity::{Energy, Impact, Intensity, Years};
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::testimony::{Kept, Spell};
use domain::word::{Kind, Status, Word};
use jiff::Span;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::properties;
use crate::world::{OPEN, kept, settings, snapshot, testimony};

const FROM: Date = date(2022, 6, 30);
const TO: Date = date(2026, 6, 30);

/// A laptop: 100 kg and 20 kWh a year; a monitor: 60 kg and 10 kWh. Electricity at 100 g in 2022, at 50 g in 2026.
fn round() -> Settings {
    let mut settings = settings(0.05);
    for (row, (kilograms, kwh)) in settings.factors.rows.iter_mut().zip([(100.0, 20.0), (0.0, 0.0), (60.0, 10.0)]) {
        (row.manufacture, row.distribution, row.end_of_life) = (Impact(kilograms * 1000.0), Impact(0.0), Impact(0.0));
        (row.annual_energy, row.r_embodied, row.r_energy) = (Some(Energy::kwh(kwh)), 0.2, 0.0);
    }
    let earlier = GridFactor {
        id: Text::from("electricity/fr-2022"),
        year: 2022,
        intensity: Intensity::per_kwh(100.0),
        ..settings.factors.grid[0].clone()
    };
    settings.factors.grid.push(earlier);
    settings
}

fn of(kind: Kind, start: Date) -> Facts {
    Facts { kind: Some(kind), in_service_date: Some(start), ..Facts::default() }
}

/// Ten laptops since 2018, half of them in stock since 2025; since then ten monitors, and five switches, of which no
/// row tells.
fn world() -> Snapshot {
    let spell = |status, since| Spell { since, status, entity: None, user: None };
    let stored = |facts: Facts| Kept {
        spells: vec![spell(Status::InUse, date(2018, 6, 30)), spell(Status::InStock, date(2025, 1, 1))],
        ..kept("", Facts { status: Some(Status::InStock), ..facts })
    };
    let laptop = of(Kind::Laptop, date(2018, 6, 30));
    let mut all: Vec<Kept> = vec![kept("", laptop.clone()); 5];
    all.extend(vec![stored(laptop); 5]);
    all.extend(vec![kept("", of(Kind::Monitor, date(2025, 1, 1))); 10]);
    all.extend(vec![kept("", of(Kind::Switch, date(2025, 1, 1))); 5]);
    for (at, kept) in all.iter_mut().enumerate() {
        kept.observation.native = Text::from(at.to_string());
    }
    snapshot(&[testimony("glpi", all)])
}

fn between(snapshot: &Snapshot, from: (&Settings, Date), to: (&Settings, Date)) -> Option<Comparison> {
    let [from, to] = [from, to].map(|(settings, at)| Basis::new(snapshot, settings, OPEN, at));
    compare(&from, &to, |_, _| true)
}

/// In kilograms, in their order, which is that of the vocabulary.
fn kilograms(told: &Comparison) -> Vec<f64> {
    assert!(told.effects.iter().map(|(effect, _)| effect).eq(Effect::ALL.iter().map(|(effect, _)| effect)));
    // Worked values are whole grams.
    told.effects.iter().map(|(_, impact)| impact.0.round() / 1000.0).collect()
}

/// 10 laptops × (100 kg / 5 + 20 kWh × 0.1) = 220 kg in 2022. In 2026, of 25 things 20 have figures: making is
/// 10 × 100 / 8 + 10 × 60 / 6 = 225 kg, use (5 × 20 + 10 × 10) × 0.05 = 10 kg.
#[test]
fn a_difference_cause_by_cause() {
    let (snapshot, settings) = (world(), round());
    let told = between(&snapshot, (&settings, FROM), (&settings, TO)).unwrap();
    assert_eq!([told.from, told.to, told.difference.value], [Impact(220_000.0), Impact(235_000.0), Impact(15_000.0)]);
    let worked = [
        10.0 * (0.8 - 1.0) * 22.0,
        (25.0 - 10.0) * 0.8 * 22.0,
        20.0 * (0.5 * 22.0 + 0.5 * 11.0 - 22.0),
        20.0 * 0.5 * (12.5 - 20.0),
        20.0 * 0.5 * (10.0 - 20.0) * 0.1,
        20.0 * (0.5 * 10.0 + 0.5 * 10.0) * (0.05 - 0.1),
        0.0,
    ];
    assert_eq!(worked.map(f64::round), [-44.0, 264.0, -110.0, -75.0, -10.0, -10.0, 0.0]);
    assert_eq!(kilograms(&told), worked.map(f64::round));
    // Making of laptops is 75 kg less, of monitors 100 kg more; each is 20 % unsure: √(15² + 20²) = 25 kg.
    let near = |bound: Impact, kilograms: f64| assert!((bound.0 / 1000.0 - kilograms).abs() < 1e-6, "{bound:?}");
    near(told.difference.low, 15.0 - 1.96 * 25.0);
    near(told.difference.high, 15.0 + 1.96 * 25.0);
}

/// The same, and making a laptop costs twice as much by the factors of the second day: 10 × 12.5 kg more.
#[test]
fn other_factors_are_told_apart() {
    let (snapshot, settings) = (world(), round());
    let mut other = round();
    other.factors.rows[0].manufacture = Impact(200_000.0);
    let told = between(&snapshot, (&settings, FROM), (&other, TO)).unwrap();
    assert_eq!(kilograms(&told), [-44.0, 264.0, -110.0, -75.0, -10.0, -10.0, 125.0]);
    assert_eq!(told.difference.value, Impact(140_000.0));
    // An error of the method is in both: laptops are 250 − 200 kg more.
    let reach = 1.96 * 0.2 * 50.0_f64.hypot(100.0);
    assert!((told.difference.high.0 / 1000.0 - 140.0 - reach).abs() < 1e-6, "{told:?}");
}

#[test]
fn a_fleet_that_begins_is_its_size() {
    let (snapshot, settings) = (world(), round());
    let before = date(2010, 1, 1);
    assert!(!is_known(&Basis::new(&snapshot, &settings, OPEN, before)));
    // Something is known as soon as one thing is.
    assert!(is_known(&Basis::new(&snapshot, &settings, OPEN, FROM)));
    let told = between(&snapshot, (&settings, before), (&settings, FROM)).unwrap();
    assert_eq!((told.from, kilograms(&told)), (Impact(0.0), vec![0.0, 220.0, 0.0, 0.0, 0.0, 0.0, 0.0]));
}

/// What has no figure is no zero.
#[test]
fn without_any_figure_nothing_is_compared() {
    let (snapshot, settings) = (world(), round());
    let [from, to] = [FROM, TO].map(|at| Basis::new(&snapshot, &settings, OPEN, at));
    assert_eq!(compare(&from, &to, |_, kind| kind == Some(Kind::Switch)), None);
    assert_eq!(compare(&from, &to, |_, kind| kind == Some(Kind::Monitor)).unwrap().to, Impact(105_000.0));
}

/// Electricity of several years, one of them with bounds; and twice the making and longer lives as `other`.
fn random(other: bool) -> Settings {
    let mut settings = settings(0.0461);
    for year in 2016..2026_i16 {
        let intensity = Intensity::per_kwh(f64::from(year - 2010) * 7.3);
        let bounds = (year == 2020).then_some((intensity, Intensity(intensity.0 * 1.5)));
        settings.factors.grid.push(GridFactor { year, intensity, bounds, ..settings.factors.grid[0].clone() });
    }
    if other {
        settings.factors.rows[0].manufacture = Impact(333_333.0);
        // Without the row of monitors, and with another order of rows.
        settings.factors.rows.truncate(2);
        settings.factors.rows.reverse();
        settings.factors = settings.factors.indexed();
        settings.assumptions.set_lifetime(Kind::Desktop, Years(7.5));
        settings.assumptions.common_error = 0.1;
    }
    settings
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn effects_add_up_to_the_last_bit(
        testimonies in properties::world(),
        back in (0..4000_i32, 0..4000_i32),
        other in any::<bool>(),
    ) {
        let snapshot = snapshot(&testimonies);
        let [first, second] = [back.0, back.1].map(|back| TO.saturating_sub(Span::new().days(back)));
        let (settings, others) = (random(false), random(other));
        let of_second = if other { &others } else { &settings };
        let from = Basis::new(&snapshot, &settings, OPEN, first);
        let to = Basis::new(&snapshot, of_second, OPEN, second);
        let totals = [fleet(&from).value, fleet(&to).value];
        let Some(told) = compare(&from, &to, |_, _| true) else {
            let seen = Basis::new(&snapshot, &settings, OPEN, second);
            prop_assert!(totals.contains(&None) || fleet(&seen).value.is_none());
            return Ok(());
        };
        let published = [told.from, told.to];
        for (total, published) in totals.into_iter().zip(published) {
            let total = total.unwrap();
            prop_assert!((total - published.0).abs() <= 1e-9 * total.max(1e4), "{} {:?}", total, published);
        }
        let forward: Impact = told.effects.iter().map(|(_, impact)| *impact).sum();
        let backward: Impact = told.effects.iter().rev().map(|(_, impact)| *impact).sum();
        prop_assert_eq!(forward, told.difference.value);
        prop_assert_eq!(backward, told.difference.value);
        prop_assert_eq!(told.from + forward, told.to);
        prop_assert_eq!(forward.0.round(), (told.to - told.from).0.round());
        prop_assert!(told.difference.low <= told.difference.value && told.difference.value <= told.difference.high);
        let back = compare(&to, &from, |_, _| true);
        if let Some(back) = back {
            let negated = |impact: Impact| Impact(0.0) - impact;
            prop_assert_eq!(back.difference.value, negated(told.difference.value));
            prop_assert_eq!(back.difference.low, negated(told.difference.high));
        }
        if !other {
            prop_assert_eq!(told.effects[6], (Effect::FactorsAndMethod, Impact(0.0)));
        }
    }

    #[test]
    fn a_day_differs_from_itself_by_its_settings_alone(
        testimonies in properties::world(),
        back in 0..4000_i32,
        other in any::<bool>(),
    ) {
        let snapshot = snapshot(&testimonies);
        let at = TO.saturating_sub(Span::new().days(back));
        let (settings, others) = (random(false), random(other));
        let [from, to] = [&settings, if other { &others } else { &settings }].map(|of| Basis::new(&snapshot, of, OPEN, at));
        let Some(told) = compare(&from, &to, |_, _| true) else { return Ok(()) };
        prop_assert!(told.effects[..6].iter().all(|(_, impact)| *impact == Impact(0.0)), "{:?}", told);
        prop_assert_eq!(told.effects[6].1, told.difference.value);
        if !other {
            prop_assert_eq!(told.difference, domain::quantity::Estimate::default());
        }
    }
}
