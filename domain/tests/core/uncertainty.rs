//! The bounds beside 100 000 draws of what they are bounds of.

use domain::indicator::footprint::fleet;
use domain::indicator::{Basis, Reading};
use domain::observation::Facts;
use domain::word::Kind;
use jiff::civil::date;

use crate::world::{OPEN, kept, settings, snapshot, testimony, text};

const DRAWS: usize = 100_000;

/// A generator with a fixed seed (xorshift64*), and normal numbers out of it (Box and Muller).
struct Dice(u64);

impl Dice {
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        (drawn as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// A log-normal number of mean 1 and this standard deviation.
    fn around_one(&mut self, deviation: f64) -> f64 {
        let variance = (1.0 + deviation * deviation).ln();
        (self.normal() * variance.sqrt() - variance / 2.0).exp()
    }
}

/// The lowest 2.5 % and the highest 2.5 % of some draws end there.
fn quantiles(mut draws: Vec<f64>) -> (f64, f64) {
    draws.sort_by(f64::total_cmp);
    (draws[DRAWS * 25 / 1000], draws[DRAWS * 975 / 1000])
}

/// So many assets of a kind and model, in service for a year.
fn of(kind: Kind, model: &str, count: usize) -> Vec<Facts> {
    vec![
        Facts { kind: Some(kind), model: text(model), in_service_date: Some(date(2025, 6, 30)), ..Facts::default() };
        count
    ]
}

/// The embodied footprint of a fleet: electricity, here without any impact, has errors of its own.
fn footprint(fleet_of: &[Facts]) -> Reading {
    let kept = fleet_of.iter().enumerate().map(|(at, facts)| kept(&at.to_string(), facts.clone())).collect();
    let (snapshot, settings) = (snapshot(&[testimony("glpi", kept)]), settings(0.0));
    fleet(&Basis::new(&snapshot, &settings, OPEN, date(2026, 6, 30)))
}

#[test]
fn one_factor() {
    for (kind, r) in [(Kind::Laptop, 0.59), (Kind::Desktop, 0.78), (Kind::Monitor, 0.30)] {
        let told = footprint(&of(kind, "a", 1));
        let (mean, low, high) = (told.value.unwrap(), told.low.unwrap(), told.high.unwrap());
        let mut dice = Dice(7);
        let (lowest, highest) = quantiles((0..DRAWS).map(|_| mean * dice.around_one(r)).collect());
        let near = |told: f64, drawn: f64| (told / drawn - 1.0).abs();
        assert!(near(low, lowest) < 0.02 && near(high, highest) < 0.02, "{low} {lowest} {high} {highest}");
    }
}

/// A total of several is no log-normal number: how far its bounds are from what is drawn is measured here, and stated.
/// Each row has an error that all share, at most 0.2, and one for each model.
#[test]
fn totals_of_several() {
    let rows = [
        (Kind::Laptop, 0.59, [("a", 40), ("b", 25), ("c", 5)]),
        (Kind::Desktop, 0.78, [("d", 20), ("e", 15), ("f", 5)]),
    ];
    let fleet: Vec<Facts> = rows
        .iter()
        .flat_map(|(kind, _, models)| models.iter().flat_map(|(model, count)| of(*kind, model, *count)))
        .collect();
    let told = footprint(&fleet);
    let one = |kind| footprint(&of(kind, "a", 1)).value.unwrap();
    let each: Vec<f64> = rows.iter().map(|(kind, ..)| one(*kind)).collect();
    let mut dice = Dice(11);
    let draw = |dice: &mut Dice| -> f64 {
        let mut total = 0.0;
        for ((_, r, models), unit) in rows.iter().zip(&each) {
            let common = f64::min(*r, 0.20);
            let of_model = (r * r - common * common).sqrt();
            let shared = dice.around_one(common);
            for (_, count) in models {
                total += unit * *count as f64 * shared * dice.around_one(of_model);
            }
        }
        total
    };
    let draws: Vec<f64> = (0..DRAWS).map(|_| draw(&mut dice)).collect();
    let mean = draws.iter().sum::<f64>() / DRAWS as f64;
    let (lowest, highest) = quantiles(draws);
    let far = |told: f64, drawn: f64| told / drawn - 1.0;
    let [mean, low, high] =
        [(told.value, mean), (told.low, lowest), (told.high, highest)].map(|(told, drawn)| far(told.unwrap(), drawn));
    println!(
        "of 110 assets of six models: mean {mean:+.4}, lower bound {low:+.4}, upper bound {high:+.4} off the draws"
    );
    assert!(mean.abs() < 0.01 && low.abs() < 0.06 && high.abs() < 0.06, "{mean} {low} {high}");
}
