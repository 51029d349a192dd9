//! What must always hold, on random fleets whose identities collide.

use std::collections::{BTreeMap, BTreeSet};

use domain::indicator::{Basis, Publishing, Reading, measure};
use domain::observation::Facts;
use domain::packed::Packed;
use domain::purchase::PurchaseLine;
use domain::quantity::Cents;
use domain::record::{Record, Text, Value};
use domain::snapshot::Snapshot;
use domain::testimony::Testimony;
use domain::word::{Condition, Kind, Mode, Status};
use jiff::Span;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::world::{OPEN, kept, line, settings, snapshot, testimony};

const AT: Date = date(2026, 6, 30);

pub fn some<T: std::fmt::Debug + Clone>(values: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop_oneof![1 => Just(None), 2 => values.prop_map(Some)]
}

fn word(alphabet: &'static str) -> impl Strategy<Value = Text> {
    prop::sample::select(alphabet.split(' ').collect::<Vec<_>>()).prop_map(Text::from)
}

fn day() -> impl Strategy<Value = Date> {
    (0..4000_i32).prop_map(|back| AT.saturating_sub(Span::new().days(back)))
}

fn facts() -> impl Strategy<Value = Facts> {
    let identity = (
        some(word("SER00001 ser00001 SER00002 SER00003 N/A 0000000")),
        some(word("INV-1 INV-2 INV-3 inv-1")),
        some(word("pc-1 pc-2 PC-1.ville.fr pc-3")),
        some(word("00:1a:2b:3c:4d:01 00:1a:2b:3c:4d:02")),
        some(word("4C4C4544-0042-3510-8052-B4C04F4A4E32 44454C4C-4200-1035-8052-B4C04F4A4E32")),
    );
    let what = (
        some(prop::sample::select(vec![Kind::Laptop, Kind::Monitor, Kind::Desktop, Kind::Switch, Kind::Server])),
        some(word("Dell HP Lenovo")),
        some(word("M1 M2 M3")),
        some(word("ville ccas ecole ville>maternelle Inconnue")),
        some(prop::sample::select(vec![
            Status::InUse,
            Status::InStock,
            Status::Retired,
            Status::Disposed,
            Status::Ordered,
        ])),
        some(prop::sample::select(vec![Condition::New, Condition::Refurbished, Condition::Unknown])),
    );
    let life = (some(day()), some(day()), some(day()), some(day()), some(-10_000..500_000_i64));
    (identity, what, life).prop_map(|(identity, what, life)| Facts {
        serial: identity.0,
        asset_tag: identity.1,
        hostname: identity.2,
        mac: identity.3,
        uuid: identity.4,
        kind: what.0,
        manufacturer: what.1,
        model: what.2,
        entity: what.3,
        status: what.4,
        condition: what.5,
        purchase_date: life.0,
        in_service_date: life.1,
        disposal_date: life.2.filter(|day| day.day() > 20),
        last_seen: life.3,
        purchase_price_ht: life.4.map(Cents),
        cpu_count: Some(2.0),
        ram_gb: life.4.map(|cents| cents as f64),
        ..Facts::default()
    })
}

fn purchase() -> impl Strategy<Value = PurchaseLine> {
    let amount = -50_000..500_000_i64;
    let kind = some(prop::sample::select(vec![Kind::Laptop, Kind::Printer, Kind::Switch, Kind::Consumable]));
    let condition = some(prop::sample::select(vec![Condition::New, Condition::Refurbished, Condition::Unknown]));
    let mode = some(prop::sample::select(vec![Mode::Purchase, Mode::Rental, Mode::Gift]));
    (day(), amount, kind, condition, mode, some(word("ville ccas ecole"))).prop_map(
        |(date, amount, kind, condition, mode, entity)| PurchaseLine {
            date: Some(date),
            amount_ht: Some(Cents(amount)),
            kind,
            condition,
            mode,
            entity,
            ..PurchaseLine::default()
        },
    )
}

prop_compose! {
    fn source(at: usize)(
        facts in prop::collection::vec(facts(), 0..12),
        purchases in prop::collection::vec(purchase(), 0..5),
        creates in prop::bool::weighted(0.8),
        realm in prop::sample::select(vec!["a", "b"]),
    ) -> Testimony {
        let kept = facts.into_iter().enumerate().map(|(row, facts)| kept(&format!("n{row}"), facts)).collect();
        let mut testimony = testimony(&format!("source{at}"), kept);
        testimony.source.creates = creates;
        testimony.source.realm = Text::from(realm);
        testimony.lines.purchases = purchases.into_iter().enumerate().map(|(row, told)| line(row, told)).collect();
        testimony
    }
}

pub fn world() -> impl Strategy<Value = Vec<Testimony>> {
    (source(0), source(1), source(2)).prop_map(|(a, b, c)| vec![a, b, c])
}

fn readings(snapshot: &Snapshot, folded: bool) -> Vec<(&'static str, Reading)> {
    let settings = settings(0.0461);
    let basis = Basis::new(snapshot, &settings, Publishing { folded, ..OPEN }, AT);
    measure(&basis).into_iter().map(|(indicator, reading)| (indicator.name, reading)).collect()
}

fn sum(readings: &[(&'static str, Reading)], name: &str) -> f64 {
    readings.iter().filter(|(of, _)| *of == name).filter_map(|(_, reading)| reading.value).sum()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost(testimonies in world()) {
        let snapshot = snapshot(&testimonies);
        let mut told: BTreeMap<(u16, String), usize> = BTreeMap::new();
        for asset in &snapshot.assets {
            for native in asset.voices.natives() {
                *told.entry((native.said_by.0, native.value.to_owned())).or_default() += 1;
            }
        }
        for unjoined in &snapshot.unjoined {
            for native in unjoined.voices.natives() {
                *told.entry((native.said_by.0, native.value.to_owned())).or_default() += 1;
            }
        }
        for (at, testimony) in testimonies.iter().enumerate() {
            for kept in &testimony.observations {
                let native = kept.native();
                let times = told.get(&(at as u16, native.to_owned())).copied();
                prop_assert_eq!(times, Some(1), "{}:{}", testimony.source.name, native);
            }
        }
    }

    #[test]
    fn a_witness_creates_nothing(testimonies in world()) {
        let snapshot = snapshot(&testimonies);
        for asset in &snapshot.assets {
            prop_assert!(asset.voices.natives().any(|native| testimonies[native.said_by.0 as usize].source.creates));
        }
    }

    #[test]
    fn the_order_of_arrival_changes_nothing(testimonies in world(), by in 1..11_usize) {
        let mut other = testimonies.clone();
        for testimony in &mut other {
            let half = by.min(testimony.observations.len());
            testimony.observations.rotate_left(half);
            testimony.observations.reverse();
            testimony.lines.purchases.reverse();
        }
        let (a, b) = (snapshot(&testimonies), snapshot(&other));
        prop_assert_eq!(&a, &b);
        // To the last bit.
        let bits = |snapshot: &Snapshot| {
            readings(snapshot, true).into_iter().map(|(name, r)| (name, r.slice, r.value.map(f64::to_bits))).collect::<Vec<_>>()
        };
        prop_assert_eq!(bits(&a), bits(&b));
    }

    #[test]
    fn a_less_believed_source_only_adds(testimonies in world()) {
        let before = snapshot(&testimonies[..2]);
        let after = snapshot(&testimonies);
        for asset in &before.assets {
            let id = before.id(asset);
            let Some(later) = after.asset(&id) else {
                return Err(TestCaseError::fail(format!("{id} is gone")));
            };
            // What a third source brings may join two that were apart: then the more believed of them speaks.
            let of_the_first: Vec<_> = later.voices.natives().filter(|native| native.said_by.0 < 2).collect();
            if of_the_first != asset.voices.natives().collect::<Vec<_>>() {
                continue;
            }
            let (said_by, facts, then) = (asset.voices.said_by_fields(), asset.facts(), later.facts());
            for (at, field) in Facts::FIELDS.iter().enumerate() {
                if field.name != "last_seen" && said_by[at].is_some() {
                    prop_assert_eq!((field.get)(&facts), (field.get)(&then), "{} {}", id, field.name);
                }
            }
        }
    }

    #[test]
    fn saying_it_twice_changes_nothing(testimonies in world()) {
        let once = snapshot(&testimonies[..1]);
        let mut again = testimonies[0].clone();
        again.source.name = Text::from("echo");
        again.lines = Default::default();
        for kept in &mut again.observations {
            // An echo is heard of what can be known again.
            kept.change(|kept| kept.observation.facts.hostname = None);
        }
        again.observations.retain(|kept| {
            let serial_of = |kept: &Packed| {
                domain::identity::serial(kept.serial()?)
            };
            let serial = serial_of(kept);
            let same = testimonies[0].observations.iter().filter(|other| serial_of(other) == serial);
            serial.is_some() && same.count() == 1
        });
        let twice = snapshot(&[testimonies[0].clone(), again]);
        prop_assert_eq!(once.assets.len(), twice.assets.len());
        for (a, b) in once.assets.iter().zip(&twice.assets) {
            prop_assert_eq!(once.id(a), twice.id(b));
            prop_assert_eq!(a.facts(), b.facts());
        }
    }

    #[test]
    fn two_good_serials_are_never_one_thing(testimonies in world()) {
        for asset in &snapshot(&testimonies).assets {
            let serials: BTreeSet<String> = asset
                .voices
                .heard()
                .iter()
                .filter_map(|voice| domain::identity::serial(voice.said.serial()?))
                .collect();
            prop_assert!(serials.len() <= 1, "{:?}", serials);
        }
    }

    #[test]
    fn slices_add_up_and_bounds_hold(testimonies in world()) {
        let snapshot = snapshot(&testimonies);
        let settings = settings(0.0461);
        let known = Basis::new(&snapshot, &settings, OPEN, AT).known().count();
        let (folded, open) = (readings(&snapshot, true), readings(&snapshot, false));
        for all in [&folded, &open] {
            prop_assert_eq!(sum(all, "assets"), known as f64);
            prop_assert!(near(sum(all, "footprint_annual_co2e_grams"), sum(all, "footprint_fleet_annual_co2e_grams")));
            for (name, reading) in all.iter() {
                if let (Some(low), Some(value)) = (reading.low, reading.value) {
                    prop_assert!(low <= value, "{} {:?}", name, reading);
                }
                if let (Some(value), Some(high)) = (reading.value, reading.high) {
                    prop_assert!(value <= high, "{} {:?}", name, reading);
                }
                prop_assert!((0.0..=1.0).contains(&reading.coverage), "{} {:?}", name, reading);
            }
        }
        prop_assert_eq!(sum(&folded, "assets_acquired"), sum(&open, "assets_acquired"));
        // What two that do not overlap see is what one sees.
        let parts: f64 = ["ville", "ccas", "ecole"]
            .iter()
            .map(|id| {
                let entity = snapshot.entities.find(id).unwrap();
                sum(&readings(&snapshot.within(&[entity]), false), "assets")
            })
            .sum();
        let rest = Basis::new(&snapshot, &settings, OPEN, AT)
            .known()
            .filter(|(asset, _)| {
                !["ville", "ccas", "ecole"].iter().any(|id| {
                    snapshot.entities.is_within(asset.entity, snapshot.entities.find(id).unwrap())
                })
            })
            .count();
        prop_assert_eq!(parts + rest as f64, known as f64);
    }

    #[test]
    fn purchases_sum_to_the_legal_denominator(testimonies in world()) {
        let snapshot = snapshot(&testimonies);
        let settings = settings(0.0461);
        let basis = Basis::new(&snapshot, &settings, OPEN, AT);
        for ((siret, category, year), spend) in &basis.ledger.cells {
            let lines = basis.ledger.lines.iter().filter(|line| {
                line.siret.text() == siret && line.category == &**category && line.year == *year
            });
            use domain::law::agec::Counted;
            use domain::law::trajectory::Trajectory;
            let (mut total, mut reuse) = (0, 0);
            for line in lines {
                match line.counted {
                    Counted::Reuse | Counted::Gift => (total, reuse) = (total + line.amount.0, reuse + line.amount.0),
                    Counted::Total => total += line.amount.0,
                    Counted::No => {}
                }
            }
            prop_assert_eq!((spend.purchases() + spend.gifts).0, total);
            prop_assert_eq!((spend.reuse() + spend.gifts).0, reuse);
            let all = Trajectory::of(&basis.ledger, &settings.law, AT, *year);
            let one = all.iter().find(|one| one.siret == *siret && one.category == *category).unwrap();
            let last = one.months.last().unwrap().so_far;
            prop_assert_eq!((last.total.0, last.reuse.0), (total, reuse));
        }
    }

    #[test]
    fn small_cells_are_not_told(testimonies in world()) {
        let snapshot = snapshot(&testimonies);
        let mut counts: BTreeMap<(Text, Text), f64> = BTreeMap::new();
        for (name, reading) in readings(&snapshot, true) {
            if name == "assets" {
                let label = |of: &str| reading.slice.iter().find(|(l, _)| *l == of).unwrap().1.clone();
                *counts.entry((label("entity"), label("kind"))).or_default() += reading.value.unwrap();
            }
        }
        for ((entity, kind), count) in counts {
            let personal = ["laptop", "desktop"].contains(&&*kind);
            let may_be_small = ["organisation", "ccas", "other"].contains(&&*entity);
            prop_assert!(!personal || may_be_small || count == 0.0 || count >= OPEN.min_cell as f64, "{} {} {}", entity, kind, count);
        }
    }
}

/// Whatever is told, nothing panics.
#[test]
fn extremes_are_borne() {
    let mut observations = Vec::new();
    for (at, date) in [Date::MIN, Date::MAX, date(1, 1, 1), date(2024, 2, 29)].into_iter().enumerate() {
        let mut facts = Facts::default();
        for field in Facts::FIELDS {
            for value in
                [Value::Date(date), Value::Money(Cents(i64::MAX)), Value::Number(f64::MAX), Value::Flag(false)]
            {
                if (field.get)(&facts).is_none() {
                    (field.set)(&mut facts, value);
                }
            }
        }
        facts.kind = Some(Kind::Laptop);
        observations.push(kept(&format!("n{at}"), facts));
    }
    let mut testimony = testimony("extreme", observations);
    testimony.source.unlisted_after = i64::MAX;
    let purchase = PurchaseLine {
        date: Some(AT),
        kind: Some(Kind::Laptop),
        amount_ht: Some(Cents(i64::MAX)),
        quantity: Some(f64::MAX),
        ..PurchaseLine::default()
    };
    testimony.lines.purchases = vec![line(0, purchase.clone()), line(1, purchase)];
    let snapshot = snapshot(&[testimony]);
    for at in [Date::MIN, AT, Date::MAX] {
        let settings = settings(0.0461);
        assert!(!measure(&Basis::new(&snapshot, &settings, OPEN, at)).is_empty());
    }
}
