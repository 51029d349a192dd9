//! Which observations are one thing: what people decided, serials of several models, names given on, the order of rows.

use domain::decision::Decision;
use domain::doubt::{Cause, Doubt, Reason};
use domain::observation::Facts;
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::testimony::{Kept, Testimony};
use domain::word::{Kind, Status, Verdict};

use crate::identity::{doubts, facts};
use crate::world::{kept, let_go, line, snapshot, testimony, text};

/// Sources of these things, in the order of belief: natives are `1`, `2`…
fn sources(told: &[(&str, &[Facts])]) -> Vec<Testimony> {
    let rows =
        |rows: &[Facts]| rows.iter().zip(1..).map(|(facts, at)| kept(&at.to_string(), facts.clone())).collect();
    told.iter().map(|(name, facts)| testimony(name, rows(facts))).collect()
}

/// How many voices each asset has.
fn heard(snapshot: &Snapshot) -> Vec<usize> {
    snapshot.assets.iter().map(|asset| asset.voices.heard().len()).collect()
}

fn ids(told: &[&str]) -> Vec<Text> {
    told.iter().map(|id| Text::from(*id)).collect()
}

/// The most believed source may be one that adds nothing: the doubt is about the asset.
#[test]
fn a_doubt_names_assets() {
    let mut told = sources(&[
        ("agent", &[facts("SER0001", "INV-1", "")]),
        ("glpi", &[facts("SER0001", "INV-1", "")]),
        ("list", &[facts("SER0002", "INV-1", "")]),
    ]);
    told[0].source.creates = false;
    let snapshot = snapshot(&told);
    assert_eq!((heard(&snapshot), snapshot.doubts.len()), (vec![2, 1], 1));
    assert_eq!(snapshot.doubts[0].about, ids(&["glpi:1", "list:1"]));
}

#[test]
fn what_people_hold_apart_is_not_joined() {
    let decided = |decisions: &[(Verdict, &str, &str)]| {
        let mut told = sources(&[
            ("a", &[facts("SER0001", "", "")]),
            ("b", &[facts("SER0001", "", "")]),
            ("c", &[facts("SER0002", "", "")]),
            ("decisions", &[]),
        ]);
        let decision = |(decision, a, b): &(Verdict, &str, &str)| Decision {
            decision: Some(*decision),
            asset_a: text(a),
            asset_b: text(b),
            ..Decision::default()
        };
        told[3].lines.decisions = decisions.iter().map(decision).zip(1..).map(|(told, at)| line(at, told)).collect();
        let snapshot = snapshot(&told);
        assert_eq!(doubts(&snapshot, Reason::Collides), 0);
        heard(&snapshot)
    };
    let (same, different) = (Verdict::Same, Verdict::Different);
    assert_eq!(decided(&[]), [2, 1]);
    assert_eq!(decided(&[(different, "a:1", "b:1")]), [1, 1, 1]);
    assert_eq!(decided(&[(different, "b:1", "c:1")]), [2, 1]);
    // Different serials are one thing where people say so; whoever says both is taken at the more careful word.
    assert_eq!(decided(&[(same, "b:1", "c:1")]), [3]);
    assert_eq!(decided(&[(same, "b:1", "c:1"), (different, "b:1", "c:1")]), [2, 1]);
}

#[test]
fn one_thing_let_go_settles_a_doubt_about_several() {
    let snapshot = snapshot(&[let_go("fleet:1")]);
    let lets_go = |about: &[&str]| snapshot.lets_go(&Doubt { about: ids(about), what: Cause::SharedTag });
    assert_eq!([lets_go(&["fleet:1", "fleet:2"]), lets_go(&["fleet:2", "fleet:3"])], [true, false]);
}

#[test]
fn a_serial_of_several_models() {
    let of = |model: &str, kind: Option<Kind>, facts: Facts| Facts { model: Text::of(model), kind, ..facts };
    let laptop = |model: &str, facts: Facts| of(model, Some(Kind::Laptop), facts);
    let mac = |facts: Facts| Facts { mac: text("00:1a:2b:3c:4d:5e"), ..facts };
    let joined = |fleet: &[Facts], list: Facts| {
        let snapshot = snapshot(&sources(&[("fleet", fleet), ("list", &[list])]));
        (heard(&snapshot), doubts(&snapshot, Reason::Collides))
    };
    let serial = || facts("SER0001", "", "");
    // Another source's row goes to the thing whose model it tells.
    let fleet = [laptop("M1", serial()), laptop("M2", serial())];
    assert_eq!(joined(&fleet, of("M2", None, serial())), (vec![1, 2], 1));
    // One that has the tag of the first and the address of the second makes them no one thing.
    let fleet = [laptop("M1", facts("SER0001", "INV-1", "")), mac(laptop("M2", serial()))];
    assert_eq!(joined(&fleet, mac(facts("", "INV-1", ""))), (vec![2, 1], 2));
    // A source that tells it twice, once without a model, speaks of one thing.
    let fleet = [laptop("M1", serial()), of("", None, serial())];
    assert_eq!(joined(&fleet, serial()), (vec![3], 0));
}

/// Of each source what it says of things called `pc-1`: how many voices each asset has, what found none, collisions.
#[test]
fn to_whom_a_name_belongs() {
    let named = |serial: &str, status: Option<Status>| Facts { status, ..facts(serial, "", "pc-1") };
    let (used, gone) = (Some(Status::InUse), Some(Status::Disposed));
    let (first, second, nameless) = (named("SER0001", used), named("SER0002", used), named("", None));
    let left = named("SER0001", gone);
    let check = |what: &str, told: &[&[Facts]], expected: (&[usize], usize, usize)| {
        let told: Vec<(&str, &[Facts])> = ["a", "b", "c", "witness"].into_iter().zip(told.iter().copied()).collect();
        let mut told = sources(&told);
        told.iter_mut().for_each(|told| told.source.creates = &*told.source.name != "witness");
        let snapshot = snapshot(&told);
        let collides = doubts(&snapshot, Reason::Collides);
        assert_eq!((&*heard(&snapshot), snapshot.unjoined.len(), collides), expected, "{what}");
    };
    let one = std::slice::from_ref(&nameless);
    check("of one that has left", &[std::slice::from_ref(&left), one], (&[2], 0, 0));
    check("of two that are there", &[&[first.clone(), second.clone()], &[], &[], one], (&[1, 1], 1, 1));
    check("of two that come later", &[one, &[first, second.clone()]], (&[1, 1, 1], 0, 1));
    check("told twice by one source", &[one, &[nameless.clone(), nameless.clone()]], (&[1, 1, 1], 0, 1));
    // What was joined while the first one was there does not make it be there still.
    check("given on", &[&[left], one, &[second], one], (&[2, 2], 0, 0));
}

/// More rows than are looked at in one go, two of them swapped where the second part begins; rows told twice.
#[test]
fn rows_in_any_order_and_told_twice() {
    let rows = |of: &[usize]| -> Vec<Kept> {
        of.iter().map(|at| kept(&format!("{at:05}"), facts(&format!("SER{at:05}"), "", ""))).collect()
    };
    let told = |of: &[usize]| {
        let told = snapshot(&[testimony("a", rows(of)), testimony("b", rows(&[0, 3]))]);
        (told.assets.iter().map(|asset| told.id(asset)).collect::<Vec<_>>(), heard(&told))
    };
    let once = told(&[0, 1, 2]);
    assert_eq!((once.0.len(), &once.1), (4, &vec![2, 1, 1, 1]));
    for order in [&[2, 0, 1][..], &[0, 0, 1, 2], &[0, 1, 2, 0, 1]] {
        assert_eq!(told(order), once, "{order:?}");
    }
    let ordered: Vec<usize> = (0..16_390).collect();
    let mut swapped = ordered.clone();
    swapped.swap(16_383, 16_384);
    assert!(told(&swapped) == told(&ordered));
}
