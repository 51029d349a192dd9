//! Small cells by worked examples: what is folded, what is left out, and what is told all the same.

use domain::entity::ROOT;
use domain::observation::Facts;
use domain::record::Text;
use domain::word::Kind;
use jiff::civil::{Date, date};

use crate::privacy::{AT, LEAST, label, readings, testimonies};
use crate::world::{kept, snapshot, testimony, text};

/// What is folded is folded only as far as it must be: the smallest that is left joins those that are too few together.
#[test]
fn no_more_is_folded_than_must_be() {
    let folded = |counts: [usize; 3]| {
        let of = |(place, count): (&'static str, usize)| {
            (0..count).map(move |number| Facts {
                serial: Some(Text::from(format!("SERIAL{place}{number}"))),
                entity: Some(Text::from(place)),
                kind: Some(Kind::Laptop),
                ..Facts::default()
            })
        };
        let fleet = ["ville", "ecole", "atelier"].into_iter().zip(counts).flat_map(of);
        let fleet = fleet.enumerate().map(|(at, facts)| kept(&at.to_string(), facts)).collect();
        let mut told: Vec<(String, f64)> = readings(&snapshot(&[testimony("parc", fleet)]))
            .iter()
            .filter(|(name, reading)| *name == "assets" && reading.value.is_some_and(|count| count > 0.0))
            .map(|(_, reading)| (label(reading, "entity").unwrap().to_owned(), reading.value.unwrap()))
            .collect();
        told.sort_by(|a, b| a.partial_cmp(b).unwrap());
        told
    };
    let told = |entities: &[(&str, f64)]| {
        entities.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect::<Vec<_>>()
    };
    assert_eq!(folded([9, 7, 6]), told(&[("atelier", 6.0), ("ecole", 7.0), ("ville", 9.0)]));
    assert_eq!(folded([9, 3, 3]), told(&[("other", 6.0), ("ville", 9.0)]));
    assert_eq!(folded([9, 7, 3]), told(&[("other", 10.0), ("ville", 9.0)]));
    // Five are enough: of one entity, and of what is folded together.
    assert_eq!(folded([9, 7, 5]), told(&[("atelier", 5.0), ("ecole", 7.0), ("ville", 9.0)]));
    assert_eq!(folded([9, 3, 2]), told(&[("other", 5.0), ("ville", 9.0)]));
}

/// Of each day there must be enough of them; what is gone is nobody's any more, and a virtual machine never was.
#[test]
fn a_small_department_is_told_of_what_it_has_enough_of_on_every_day() {
    let laptop = |number: usize| Facts {
        entity: Some(Text::from("ville")),
        kind: Some(Kind::Laptop),
        in_service_date: Some(date(2020, 3, 1)),
        disposal_date: (number == 0).then_some(date(2026, 6, 1)),
        ..Facts::default()
    };
    let mut fleet: Vec<Facts> = (0..LEAST).map(laptop).collect();
    fleet.push(Facts { virtual_machine: Some(true), kind: Some(Kind::Tablet), ..laptop(LEAST) });
    let fleet = fleet.into_iter().enumerate().map(|(at, facts)| kept(&at.to_string(), facts)).collect();
    let whole = snapshot(&[testimony("parc", fleet)]);
    let ville = whole.entities.find("ville").unwrap();
    let told = |days: &[Date]| {
        let part = whole.told_within(&[ville], LEAST, days);
        part.assets.iter().map(|asset| asset.kind.unwrap()).collect::<Vec<Kind>>()
    };
    let enough = date(2026, 5, 1);
    assert_eq!(told(&[enough]), [vec![Kind::Laptop; LEAST], vec![Kind::Tablet]].concat());
    assert_eq!(told(&[AT]), [Kind::Tablet]);
    assert_eq!(told(&[enough, AT]), [Kind::Tablet]);
}

/// A buyer is told of what it has, however little: whoever sees it, or the whole that holds it, sees all of it.
#[test]
fn nothing_is_left_out_of_what_a_buyer_has() {
    let laptop = |entity: &str| Facts { entity: text(entity), kind: Some(Kind::Laptop), ..Facts::default() };
    let fleet = ["ville", "ccas"].map(|entity| kept(entity, laptop(entity)));
    let whole = snapshot(&[testimony("parc", fleet.into())]);
    let told = |entity| whole.told_within(&[entity], LEAST, &[AT]).assets.len();
    let [ville, ccas] = ["ville", "ccas"].map(|id| whole.entities.find(id).unwrap());
    assert_eq!((told(ville), told(ccas), told(ROOT)), (0, 1, 2));
}

/// The three laptops of the only department are told with those of the one above it: the department has no mean that would
/// tell of them. That of everyone's equipment is a total, which is told anyway. Another buyer has nothing to do with it.
#[test]
fn a_mean_is_left_out_on_both_sides_of_what_is_folded() {
    // Of the organisation, `ville`, `maternelle`, `ccas` and `ecole`: laptops, tablets, monitors, printers.
    let mut counts = [0; 20];
    (counts[0], counts[4], counts[12]) = (1, 3, 1);
    let mut means: Vec<(String, bool)> = readings(&snapshot(&testimonies(&counts)))
        .iter()
        .filter(|(name, _)| *name == "footprint_per_agent_co2e_grams")
        .map(|(_, reading)| (label(reading, "entity").unwrap().to_owned(), reading.value.is_some()))
        .collect();
    means.sort();
    let told = [("ccas", true), ("organisation", true), ("ville", false)];
    assert_eq!(means, told.map(|(entity, is_told)| (entity.to_owned(), is_told)));
}
