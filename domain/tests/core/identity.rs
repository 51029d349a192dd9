//! Joining and its limits, as tables of what sources tell.

use domain::decision::Decision;
use domain::doubt::Reason;
use domain::entity::EntityId;
use domain::exit::{ExitLine, StockCount};
use domain::headcount::Headcount;
use domain::indicator::Basis;
use domain::observation::Facts;
use domain::purchase::PurchaseLine;
use domain::quantity::Cents;
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::strategy::{Action, Declared};
use domain::testimony::{Lines, Spell, Testimony};
use domain::word::{Disposal, Kind, Status, Verdict};
use jiff::civil::date;

use crate::world::{DAY, OPEN, kept, line, moment, reading, settings, snapshot, testimony, text, told};

pub fn facts(serial: &str, tag: &str, host: &str) -> Facts {
    Facts { serial: Text::of(serial), asset_tag: Text::of(tag), hostname: Text::of(host), ..Facts::default() }
}

pub fn doubts(snapshot: &Snapshot, reason: Reason) -> usize {
    snapshot.doubts.iter().filter(|doubt| doubt.reason() == reason).count()
}

/// Two sources of one observation each: how many assets, how many collisions.
#[track_caller]
fn check(a: Facts, b: Facts, assets: usize, collides: usize) {
    let snapshot = snapshot(&[testimony("a", vec![kept("1", a)]), testimony("b", vec![kept("2", b)])]);
    assert_eq!((snapshot.assets.len(), doubts(&snapshot, Reason::Collides)), (assets, collides));
}

#[test]
fn two_sources() {
    check(facts("SER0001", "", ""), facts(" ser 0001", "", ""), 1, 0);
    check(facts("SER0001", "", ""), facts("SER0002", "", ""), 2, 0);
    check(facts("To be filled by O.E.M.", "", ""), facts("To be filled by O.E.M.", "", ""), 2, 0);
    check(facts("", "INV-1", ""), facts("", "inv-1", ""), 1, 0);
    check(facts("SER0001", "INV-1", ""), facts("", "INV-1", ""), 1, 0);
    check(facts("SER0001", "INV-1", ""), facts("SER0002", "INV-1", ""), 2, 1);
    check(facts("SER0001", "", "pc-1"), facts("", "", "PC-1.ville.fr"), 1, 0);
    check(facts("", "", "pc-1"), facts("", "", "pc-1"), 1, 0);
    check(facts("", "", "10.0.0.12"), facts("", "", "10.9.9.40"), 2, 0);
    check(facts("SER0001", "", "2001:db8::12"), facts("", "", "2001:db8::12"), 2, 0);
    check(facts("SER0001", "", "pc-1"), facts("", "INV-1", "pc-1"), 2, 0);
    let of = |model: &str| Facts { model: text(model), ..facts("SER0001", "", "") };
    check(of("Latitude 5440"), of("Dell Latitude 5440 (i5)"), 1, 0);
    let of = |uuid: &str| Facts { uuid: text(uuid), ..Facts::default() };
    check(of("4C4C4544-0042-3510-8052-B4C04F4A4E32"), of("44454c4c-4200-1035-8052-b4c04f4a4e32"), 1, 0);
    let of = |mac: &str| Facts { mac: text(mac), ..Facts::default() };
    check(of("00:1a:2b:3c:4d:5e 00:1a:2b:3c:4d:5f"), of("00-1A-2B-3C-4D-5F"), 1, 0);
}

#[test]
fn one_thing_with_many_addresses_joins_all_that_have_one() {
    let of = |mac: &str| Facts { mac: text(mac), ..Facts::default() };
    // Several groups begin with the same observation, which the most believed source tells.
    let macs: Vec<String> = (0..9).map(|at| format!("00:1a:2b:3c:4d:0{at}")).collect();
    let single = macs.iter().enumerate().map(|(at, mac)| testimony(&format!("of {at}"), vec![kept("1", of(mac))]));
    let mut all = vec![testimony("all", vec![kept("1", of(&macs.join(" ")))])];
    all.extend(single);
    let joined = snapshot(&all);
    assert_eq!((joined.assets.len(), doubts(&joined, Reason::Collides)), (1, 0));
    assert_eq!(joined.assets[0].voices.heard().len(), 10);
    assert_eq!(snapshot(&all[1..]).assets.len(), 9);
}

#[test]
fn provenance_is_told_field_by_field() {
    let a = Facts { model: text("Latitude 5440"), ..facts("SER0001", "", "") };
    let b = Facts { model: text("Latitude"), location: text("Salle 1"), ..facts("SER0001", "", "") };
    let snapshot = snapshot(&[testimony("glpi", vec![kept("1", a)]), testimony("list", vec![kept("2", b)])]);
    let asset = snapshot.asset("list:2").unwrap();
    assert_eq!(&*snapshot.id(asset), "glpi:1");
    let said_by = |field| snapshot.source_name(asset.voices.said_by(field).unwrap()).to_string();
    assert_eq!((said_by("model"), said_by("location")), ("glpi".to_owned(), "list".to_owned()));
    assert_eq!(asset.facts().model.as_deref(), Some("Latitude 5440"));
}

#[test]
fn realms_keep_towns_apart() {
    let of = |name: &str, realm: &str| {
        let rows = vec![kept("1", facts("", "INV-1", "pc-1")), kept("2", facts("", "", "pc-2"))];
        let mut testimony = testimony(name, rows);
        testimony.source.realm = Text::from(realm);
        testimony
    };
    assert_eq!(snapshot(&[of("a", "x"), of("b", "y")]).assets.len(), 4);
    assert_eq!(doubts(&snapshot(&[of("a", "x"), of("b", "y")]), Reason::Collides), 0);
    assert_eq!(snapshot(&[of("a", "x"), of("b", "x")]).assets.len(), 2);
}

#[test]
fn a_decision_settles_a_collision() {
    let of = |model: &str| Facts { model: text(model), ..facts("SER0001", "", "") };
    let fleet = || testimony("fleet", vec![kept("A", of("M1")), kept("B", of("M2"))]);
    let decided = |verdict, b: Option<&str>| {
        let decision = Decision {
            decision: Some(verdict),
            asset_a: text("fleet:A"),
            asset_b: b.and_then(text),
            ..Decision::default()
        };
        let mut decisions = testimony("decisions", Vec::new());
        decisions.lines.decisions = vec![line(1, decision)];
        let snapshot = snapshot(&[fleet(), decisions]);
        (snapshot.assets.len(), doubts(&snapshot, Reason::Collides))
    };
    let undecided = snapshot(&[fleet()]);
    assert_eq!((undecided.assets.len(), doubts(&undecided, Reason::Collides)), (2, 1));
    assert_eq!(decided(Verdict::Same, Some("fleet:B")), (1, 0));
    assert_eq!(decided(Verdict::Different, Some("fleet:B")), (2, 0));
    assert_eq!(decided(Verdict::Ignore, Some("fleet:B")), (2, 0));
    assert_eq!(decided(Verdict::Ignore, None), (2, 0));
    assert_eq!(decided(Verdict::Different, Some("fleet:C")), (2, 1));
}

#[test]
fn kinds_and_makers_that_differ_are_a_doubt() {
    let of = |kind, maker: &str| Facts { kind: Some(kind), manufacturer: text(maker), ..facts("SER0001", "", "") };
    let disagree = |a, b| {
        doubts(&snapshot(&[testimony("a", vec![kept("1", a)]), testimony("b", vec![kept("1", b)])]), Reason::Disagree)
    };
    assert_eq!(disagree(of(Kind::Laptop, "HP"), of(Kind::Laptop, "Hewlett-Packard")), 0);
    assert_eq!(disagree(of(Kind::Laptop, "HP"), of(Kind::Desktop, "HP")), 1);
    assert_eq!(disagree(of(Kind::Laptop, "HP"), of(Kind::Desktop, "Dell")), 2);
}

#[test]
fn ages_need_a_date_or_an_arrival() {
    let of = |arrived| {
        let mut kept = kept("1", facts("SER0001", "", ""));
        (kept.arrived, kept.first_seen) = (arrived, date(2025, 6, 30));
        snapshot(&[testimony("fleet", vec![kept])]).assets[0].start
    };
    assert_eq!(of(false), None);
    assert_eq!(of(true), Some(date(2025, 6, 30)));
}

#[test]
fn unlisted_after_its_time_and_not_before() {
    let of = |days: i64, other: Option<Testimony>| {
        let mut gone = kept("1", Facts { kind: Some(Kind::Laptop), ..facts("SER0001", "", "") });
        gone.unlisted_since = Some(moment(date(2026, 6, 30)));
        let mut fleet = testimony("fleet", vec![gone]);
        fleet.harvested.0 = moment(date(2026, 6, 30)).0 + days * DAY;
        let testimonies: Vec<Testimony> = std::iter::once(fleet).chain(other).collect();
        let snapshot = snapshot(&testimonies);
        let active = snapshot.assets[0].is_active(date(2027, 1, 1));
        (active, doubts(&snapshot, Reason::Unlisted))
    };
    assert_eq!(of(89, None), (true, 0));
    assert_eq!(of(90, None), (false, 1));
    // Another source still lists it.
    assert_eq!(of(90, Some(testimony("other", vec![kept("x", facts("SER0001", "", ""))]))), (true, 0));
    // A witness is no listing.
    let mut witness = testimony("witness", vec![kept("x", facts("SER0001", "", ""))]);
    witness.source.creates = false;
    assert_eq!(of(90, Some(witness)), (false, 1));
}

#[test]
fn a_witness_informs_and_creates_nothing() {
    let mut witness =
        testimony("directory", vec![kept("x", facts("", "", "pc-1")), kept("y", facts("", "", "pc-9"))]);
    witness.source.creates = false;
    for row in &mut witness.observations {
        row.change(|row| row.observation.facts.last_seen = Some(date(2026, 6, 1)));
    }
    let fleet = testimony("fleet", vec![kept("1", facts("SER0001", "", "pc-1"))]);
    let snapshot = snapshot(&[fleet, witness]);
    assert_eq!((snapshot.assets.len(), snapshot.unjoined.len()), (1, 1));
    assert_eq!(snapshot.assets[0].facts().last_seen, Some(date(2026, 6, 1)));
    let settings = settings(0.0461);
    let basis = Basis::new(&snapshot, &settings, OPEN, date(2026, 6, 30));
    assert_eq!(reading(&basis, "unseen_assets", &[("reason", "not_in_inventory")]), Some(1.0));
}

#[test]
fn an_exit_without_a_date_is_the_day_first_seen_so_and_outside_statistics() {
    let mut gone = kept(
        "1",
        Facts {
            kind: Some(Kind::Laptop),
            status: Some(Status::Disposed),
            purchase_date: Some(date(2020, 1, 1)),
            ..facts("SER0001", "", "")
        },
    );
    gone.spells[0].since = date(2026, 2, 3);
    let snapshot = snapshot(&[testimony("fleet", vec![gone])]);
    let asset = &snapshot.assets[0];
    assert_eq!((asset.gone, asset.exit_dated), (Some(date(2026, 2, 3)), false));
    assert_eq!(domain::indicator::lifetime::life(asset, date(2026, 6, 30)), None);
}

#[test]
fn a_way_out_alone_is_an_exit_of_the_day_it_was_first_told() {
    let day = date(2026, 2, 3);
    let by = |way| kept("1", Facts { disposal: Some(way), ..facts("SER0001", "", "") });
    // Listed for two years when somebody fills in how it left.
    let mut filled = by(Disposal::Donation);
    let spell = |status, since| Spell { since, status, entity: None, user: None };
    filled.spells = vec![spell(Status::InUse, filled.first_seen), spell(Status::Disposed, day)];
    let left = |testimonies: &[Testimony]| {
        let snapshot = snapshot(testimonies);
        let asset = &snapshot.assets[0];
        assert!(!asset.exit_dated);
        (asset.status(day.yesterday().unwrap()), asset.gone)
    };
    let list = || testimony("list", vec![filled.clone()]);
    assert_eq!(left(&[list()]), (Some(Status::InUse), Some(day)));
    // A more believed source speaks of no exit.
    let glpi = |facts| testimony("glpi", vec![kept("x", facts)]);
    assert_eq!(left(&[glpi(facts("SER0001", "", "")), list()]), (Some(Status::InUse), Some(day)));
    // A list that came later tells it from its first day on.
    let mut later = by(Disposal::Recycling);
    (later.first_seen, later.spells) = (day, Vec::new());
    let later = testimony("later", vec![later]);
    assert_eq!(left(&[glpi(facts("SER0001", "", "")), later]), (Some(Status::InUse), Some(day)));
    // A status outranks the way, and an unknown way is none.
    let serves = Facts { status: Some(Status::InUse), ..facts("SER0001", "", "") };
    assert_eq!(left(&[glpi(serves), list()]), (Some(Status::InUse), None));
    assert_eq!(left(&[testimony("list", vec![by(Disposal::Unknown)])]), (Some(Status::InUse), None));
}

#[test]
fn thousands_that_share_an_identity() {
    let rows = |serial: &str, models: usize| {
        let rows = (0..20_000).map(|at| {
            let facts = Facts { model: text(&format!("M{}", at % models)), ..facts(serial, "", "") };
            kept(&at.to_string(), facts)
        });
        snapshot(&[testimony("fleet", rows.collect())])
    };
    assert_eq!(rows("Default string", 7).assets.len(), 20_000);
    let shared = rows("SHARED01", 20_000);
    assert_eq!((shared.assets.len(), doubts(&shared, Reason::Collides)), (20_000, 1));
}

#[test]
fn a_price_that_cannot_be_is_a_doubt() {
    let priced = |native: &str, kind: Kind, euros: i64| {
        kept(native, Facts { kind: Some(kind), purchase_price_ht: Some(Cents(euros * 100)), ..facts(native, "", "") })
    };
    let fleet = vec![
        // Its decimal point was lost.
        priced("SER0001", Kind::Laptop, 91_181),
        priced("SER0002", Kind::Laptop, 2_900),
        priced("SER0003", Kind::Server, 91_181),
        priced("SER0004", Kind::Server, 1_000_001),
        priced("SER0005", Kind::Monitor, -1),
    ];
    let snapshot = snapshot(&[testimony("fleet", fleet)]);
    let kept: Vec<_> =
        snapshot.assets.iter().map(|asset| asset.facts().purchase_price_ht.map(|price| price.0)).collect();
    assert_eq!(kept, [None, Some(290_000), Some(9_118_100), None, None]);
    assert_eq!(doubts(&snapshot, Reason::Implausible), 3);
}

#[test]
fn a_value_that_cannot_be_hides_none_that_can() {
    let of = |bought, cents: Option<i64>, contact| Facts {
        purchase_date: Some(bought),
        purchase_price_ht: cents.map(Cents),
        last_seen: Some(contact),
        ..facts("SER0001", "", "")
    };
    let glpi = Facts { ram_gb: Some(1e12), ..of(date(1900, 1, 1), None, date(2026, 6, 1)) };
    let list = of(date(2023, 5, 2), Some(-1), date(2099, 1, 1));
    let ocs = of(date(2022, 1, 1), Some(90_000), date(2026, 6, 20));
    let told = [("glpi", glpi), ("list", list), ("ocs", ocs)];
    let snapshot = snapshot(&told.map(|(name, facts)| testimony(name, vec![kept("1", facts)])));
    let asset = &snapshot.assets[0];
    let said_by = |field| asset.voices.said_by(field).map(|source| &**snapshot.source_name(source));
    assert_eq!((asset.bought, said_by("purchase_date")), (Some(date(2023, 5, 2)), Some("list")));
    assert_eq!(asset.start, asset.bought);
    assert_eq!((asset.price, said_by("purchase_price_ht")), (Some(Cents(90_000)), Some("ocs")));
    assert_eq!((asset.last_seen, said_by("last_seen")), (Some(date(2026, 6, 20)), Some("ocs")));
    // Where nobody tells what can be, nothing is known.
    assert_eq!((asset.facts().ram_gb, said_by("ram_gb")), (None, None));
    assert_eq!(doubts(&snapshot, Reason::Implausible), 4);
}

/// Of a line too: what else it tells counts, and what has left does not come back.
#[test]
fn a_date_of_a_line_that_cannot_be_is_a_doubt() {
    let far = Some(date(2062, 3, 2));
    let lines = Lines {
        exits: vec![line(1, ExitLine { date: far, serial: text("SER0001"), ..ExitLine::default() })],
        purchases: vec![
            // Long before the law, and to come: both can be.
            line(2, PurchaseLine { date: Some(date(1999, 1, 1)), ..PurchaseLine::default() }),
            line(3, PurchaseLine { payment_date: Some(date(2027, 7, 1)), ..PurchaseLine::default() }),
            line(4, PurchaseLine { invoice_date: far, date: Some(date(2026, 2, 1)), ..PurchaseLine::default() }),
            line(5, PurchaseLine { payment_date: Some(date(2027, 7, 2)), ..PurchaseLine::default() }),
        ],
        stock_counts: vec![line(6, StockCount { date: Some(date(1979, 12, 31)), ..StockCount::default() })],
        headcounts: vec![line(7, Headcount { date: Some(date(26, 1, 1)), ..Headcount::default() })],
        declared: vec![line(8, Declared { date: far, ..Declared::default() })],
        // What is to be done may take long.
        actions: vec![line(9, Action { due: far, ..Action::default() })],
        ..Lines::default()
    };
    let gone = Facts { status: Some(Status::Disposed), ..facts("SER0001", "", "") };
    let testimonies = [testimony("fleet", vec![kept("1", gone)]), told(lines)];
    let whole = snapshot(&testimonies);
    assert_eq!(whole.assets[0].status(date(2026, 6, 30)), Some(Status::Disposed));
    let of_line = &whole.purchases[2].told;
    assert_eq!((of_line.invoice_date, of_line.date), (None, Some(date(2026, 2, 1))));
    let doubts = |snapshot: &Snapshot| {
        let told = snapshot.doubts.iter().map(|doubt| format!("{} {}", doubt.about.join(" "), doubt.what));
        told.collect::<Vec<_>>()
    };
    let all = [
        "lines:file.csv:1 date 2062-03-02 cannot be",
        "lines:file.csv:4 invoice_date 2062-03-02 cannot be",
        "lines:file.csv:5 payment_date 2027-07-02 cannot be",
        "lines:file.csv:6 date 1979-12-31 cannot be",
        "lines:file.csv:7 date 0026-01-01 cannot be",
        "lines:file.csv:8 date 2062-03-02 cannot be",
    ];
    assert_eq!(doubts(&whole), all);
    // Who sees the lines sees the doubts about them.
    assert_eq!(doubts(&whole.within(&[EntityId(0)])), all);
    assert!(doubts(&whole.within(&[EntityId(2)])).is_empty());
    let let_go =
        Decision { decision: Some(Verdict::Ignore), asset_a: text("lines:file.csv:4"), ..Decision::default() };
    let mut decisions = testimony("decisions", Vec::new());
    decisions.lines.decisions = vec![line(1, let_go)];
    let decided = snapshot(&[testimonies.as_slice(), &[decisions]].concat());
    assert_eq!(decided.doubts.len(), all.len() - 1);
}
