//! A directory: where holders belong, who has left, which computers nobody lists.

use domain::account::Account;
use domain::headcount::Headcount;
use domain::indicator::people::agents_by_entity;
use domain::indicator::quality::silent_before;
use domain::indicator::{Basis, measure};
use domain::observation::Facts;
use domain::record::Text;
use domain::testimony::{Line, Lines, Testimony};
use domain::word::{Kind, Status};
use jiff::civil::{Date, date};

use super::world::{OPEN, headcounts, kept, reading, settings, snapshot, testimony, text, told};

fn laptop(serial: &str, user: &str) -> Facts {
    Facts { kind: Some(Kind::Laptop), serial: text(serial), user: Text::of(user), ..Facts::default() }
}

/// A directory of these accounts (pseudonym, entity, may log in) and computers.
fn directory(accounts: &[(&str, &str, bool)], computers: &[Facts]) -> Testimony {
    let accounts = accounts.iter().map(|(user, entity, enabled)| Line {
        native: Text::from(*user),
        told: Account { user: text(user), entity: Text::of(entity), department: None, enabled: Some(*enabled) },
    });
    let computers = computers.iter().enumerate().map(|(at, facts)| kept(&format!("guid-{at}"), facts.clone()));
    let mut told = testimony("ldap", computers.collect());
    told.source.creates = false;
    told.lines = Lines { accounts: accounts.collect(), ..Lines::default() };
    told
}

fn inventory(assets: &[Facts]) -> Testimony {
    testimony("glpi", assets.iter().enumerate().map(|(at, facts)| kept(&format!("{at:02}"), facts.clone())).collect())
}

fn entities(testimonies: &[Testimony]) -> Vec<(String, Option<String>)> {
    let snapshot = snapshot(testimonies);
    let name = |asset: &domain::snapshot::Asset| {
        let said_by = asset.voices.said_by("entity").map(|source| snapshot.source_name(source).to_string());
        (snapshot.entities.entity(asset.entity).id.to_string(), said_by)
    };
    snapshot.assets.iter().map(name).collect()
}

#[test]
fn holders_place_what_they_hold() {
    let told = |entity: &str, facts: Facts| Facts { entity: Text::of(entity), ..facts };
    let assets = [
        laptop("SERIAL0", "p1"),
        told("ccas", laptop("SERIAL1", "p1")),
        laptop("SERIAL2", "nobody"),
        laptop("SERIAL3", "p1"),
    ];
    let computers = [told("ecole", laptop("SERIAL0", "")), told("ecole", laptop("SERIAL2", ""))];
    let accounts = [("p1", "ville", true)];
    let by = |source: &str| Some(source.to_owned());
    assert_eq!(
        entities(&[inventory(&assets), directory(&accounts, &computers)]),
        [
            // The account of its holder is believed before the place of the computer in the directory,
            ("ville".to_owned(), by("ldap")),
            // an inventory before both,
            ("ccas".to_owned(), by("glpi")),
            // and the computer's place where nothing else is told.
            ("ecole".to_owned(), by("ldap")),
            // The account alone is enough.
            ("ville".to_owned(), by("ldap")),
        ]
    );
}

#[test]
fn holders_of_another_realm_are_others() {
    let mut elsewhere = directory(&[("p1", "ville", false)], &[]);
    elsewhere.source.realm = Text::from("another");
    let snapshot = snapshot(&[inventory(&[laptop("SERIAL0", "p1")]), elsewhere]);
    assert_eq!(snapshot.assets[0].owner_left, None);
    // The realm is that of the source which names the holder, not of the most believed one.
    let mut glpi = testimony("glpi", vec![kept("1", laptop("SERIAL0", ""))]);
    glpi.source.realm = Text::from("another");
    let agent = testimony("agent", vec![kept("1", laptop("SERIAL0", "p1"))]);
    let joined = crate::world::snapshot(&[glpi, agent, directory(&[("p1", "", false)], &[])]);
    assert_eq!((joined.assets.len(), joined.assets[0].owner_left), (1, Some(true)));
}

#[test]
fn who_has_left() {
    let check = |what: &str, accounts: &[(&str, &str, bool)], users: &[&str], expected: &[Option<bool>]| {
        let assets: Vec<Facts> =
            users.iter().enumerate().map(|(at, user)| laptop(&format!("SERIAL{at}"), user)).collect();
        let snapshot = snapshot(&[inventory(&assets), directory(accounts, &[])]);
        let left: Vec<Option<bool>> = snapshot.assets.iter().map(|asset| asset.owner_left).collect();
        assert_eq!(left, expected, "{what}");
    };
    let mut accounts = vec![("p1", "", true), ("p2", "", false)];
    let others = ["q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8"];
    accounts.extend(others.map(|user| (user, "", true)));
    let (here, gone) = (Some(false), Some(true));
    check("here, disabled, nobody", &accounts, &["p1", "p2", ""], &[here, gone, None]);
    // Ten of eleven are known: the other is gone.
    let many: Vec<&str> = ["p1", "p2", "p3"].into_iter().chain(others).collect();
    let left: Vec<Option<bool>> = [here, gone, gone].into_iter().chain(others.map(|_| here)).collect();
    check("gone", &accounts, &many, &left);
    check("an inventory that calls people otherwise", &accounts, &["x1", "x2"], &[None, None]);
    check("a directory that knows half of them", &accounts, &["p1", "q1", "x3", "x4"], &[here, here, None, None]);
    check("no directory", &[], &["p1"], &[None]);
}

/// Who is in two directories has left neither while one account is open; a directory that fell silent tells nobody gone.
#[test]
fn directories_together_and_silent_ones() {
    let left =
        |testimonies: &[Testimony]| snapshot(testimonies).assets.iter().map(|a| a.owner_left).collect::<Vec<_>>();
    let assets: Vec<Facts> = (0..10).map(|at| laptop(&format!("SERIAL{at}"), &format!("p{at}"))).collect();
    let names: Vec<String> = (0..9).map(|at| format!("p{at}")).collect();
    let accounts: Vec<(&str, &str, bool)> = names.iter().map(|name| (name.as_str(), "", name != "p1")).collect();
    let mut old = directory(&accounts, &[]);
    old.source.name = Text::from("old");
    let both = [inventory(&assets), old.clone(), directory(&[("p1", "", true)], &[])];
    assert_eq!(left(&both)[1], Some(false));
    assert_eq!(left(&both)[9], Some(true), "nine of ten are known, the tenth is gone");
    let fresh = old.clone();
    old.harvested.0 -= 7 * 86_400;
    assert_eq!(left(&[inventory(&assets), old.clone()])[9], Some(true), "a week is not long");
    old.harvested.0 -= 86_400;
    let silent = [inventory(&assets), old.clone()];
    assert_eq!((left(&silent)[1], left(&silent)[9]), (Some(true), None));
    // One of two is enough: who came since may be in it. Another house's says nothing.
    assert_eq!(left(&[inventory(&assets), old.clone(), directory(&[("p1", "", true)], &[])])[9], None);
    old.source.realm = Text::from("another");
    assert_eq!(left(&[inventory(&assets), fresh, old])[9], Some(true));
}

/// What a directory does not list any more is not said any more; a new object of the same name is that machine.
#[test]
fn computers_made_anew_and_names_given_on() {
    let named = |name: &str| Facts { hostname: text(name), ..Facts::default() };
    let mut anew = directory(&[], &[named("pc-1"), named("pc-1"), named("pc-9")]);
    for at in [0, 2] {
        anew.observations[at].change(|kept| kept.unlisted_since = Some(domain::testimony::Moment(0)));
    }
    let listed = |serial: &str, status| Facts { hostname: text("pc-1"), status: Some(status), ..laptop(serial, "") };
    let fleet = inventory(&[listed("SERIAL0", Status::InUse), listed("SERIAL1", Status::Disposed)]);
    let snapshot = snapshot(&[fleet, anew]);
    assert!(snapshot.unjoined.is_empty(), "{:?}", snapshot.unjoined);
    assert!(snapshot.doubts.is_empty(), "{:?}", snapshot.doubts);
    let held: Vec<usize> = snapshot.assets.iter().map(|asset| asset.voices.heard().len()).collect();
    assert_eq!(held, [2, 1], "the name is that of the one which is still there");
}

#[test]
fn computers_that_nobody_lists() {
    let computer = |name: &str, enabled: bool, seen: jiff::civil::Date| Facts {
        hostname: text(name),
        account_enabled: Some(enabled),
        last_seen: Some(seen),
        ..Facts::default()
    };
    let recent = date(2026, 6, 20);
    let listed = |name: &str, serial: &str| Facts { hostname: text(name), ..laptop(serial, "p2") };
    let named = |name: &str| Facts { kind: Some(Kind::Laptop), hostname: text(name), ..Facts::default() };
    let computers = [
        computer("pc-listed", false, date(2026, 1, 1)),
        computer("pc-new", true, recent),
        computer("pc-old", true, date(2025, 1, 1)),
        computer("pc-closed", false, recent),
    ];
    let told =
        [inventory(&[named("pc-listed"), listed("x", "SERIAL9")]), directory(&[("p2", "", false)], &computers)];
    let (snapshot, settings) = (snapshot(&told), settings(0.05));
    assert_eq!(snapshot.assets.len(), 2, "a directory adds nothing");
    let basis = Basis::new(&snapshot, &settings, OPEN, date(2026, 6, 30));
    let unseen = |kind: &str, reason: &str| reading(&basis, "unseen_assets", &[("kind", kind), ("reason", reason)]);
    assert_eq!(unseen("laptop", "account_disabled"), Some(1.0));
    assert_eq!(unseen("laptop", "silent"), Some(1.0));
    assert_eq!(unseen("laptop", "owner_left"), Some(1.0));
    assert_eq!(unseen("unknown", "not_in_inventory"), Some(2.0), "a closed account is no computer");
    let all = domain::indicator::measure(&basis);
    let (_, nowhere) = all
        .iter()
        .find(|(indicator, reading)| {
            indicator.name == "unseen_assets" && reading.slice.iter().any(|(_, value)| &**value == "not_in_inventory")
        })
        .unwrap();
    assert_eq!(nowhere.note.as_deref(), Some("1 of them were not heard of for 90 days"));
}

/// Heard of on the first day that counts, the day before it, and never: of the second alone silence is noted.
#[test]
fn silence_of_what_nobody_lists() {
    let settings = settings(0.05);
    let note = |seen: &[Option<Date>]| {
        let computers: Vec<Facts> = seen
            .iter()
            .enumerate()
            .map(|(at, seen)| Facts { hostname: text(&format!("pc-{at}")), last_seen: *seen, ..Facts::default() })
            .collect();
        let snapshot = snapshot(&[inventory(&[laptop("SERIAL9", "")]), directory(&[], &computers)]);
        let told = measure(&Basis::new(&snapshot, &settings, OPEN, date(2026, 6, 30)));
        let (_, nowhere) = told.into_iter().find(|(indicator, _)| indicator.name == "unseen_assets").unwrap();
        assert_eq!(nowhere.value, Some(seen.len() as f64));
        nowhere.note
    };
    let first = silent_before(date(2026, 6, 30));
    assert_eq!(note(&[Some(first), None]), None);
    let silent = note(&[Some(first), first.yesterday().ok(), None]);
    assert_eq!(silent.as_deref(), Some("1 of them were not heard of for 90 days"));
}

#[test]
fn people_are_counted_from_the_day_of_the_count_on() {
    let (snapshot, settings) = (snapshot(&[told(headcounts([("ville", 8.0)]))]), settings(0.05));
    let people = |at| agents_by_entity(&Basis::new(&snapshot, &settings, OPEN, at)).get("ville").copied();
    assert_eq!((people(date(2024, 12, 31)), people(date(2025, 1, 1))), (None, Some(8.0)));
}

/// A total holds what lies below it; departments do not, nor people of whom nobody knows where they belong.
#[test]
fn totals_and_departments() {
    let check = |what: &str, counts: &[(&str, &str, f64)], expected: &[(&str, f64)]| {
        let line = |(at, (entity, department, agents)): (usize, &(&str, &str, f64))| Line {
            native: Text::from(at.to_string()),
            told: Headcount {
                date: Some(date(2026, 1, 1)),
                entity: Text::of(entity),
                department: Text::of(department),
                agents: Some(*agents),
            },
        };
        let lines = Lines { headcounts: counts.iter().enumerate().map(line).collect(), ..Lines::default() };
        let (snapshot, settings) = (snapshot(&[told(lines)]), settings(0.05));
        let basis = Basis::new(&snapshot, &settings, OPEN, date(2026, 6, 30));
        let people = agents_by_entity(&basis);
        let people: Vec<(&str, f64)> = people.iter().map(|(entity, people)| (&**entity, *people)).collect();
        assert_eq!(people, expected, "{what}");
    };
    let deep = ("maternelle", "", 7.0);
    check("a total", &[("ville", "", 100.0), ("ville", "DSI", 12.0), deep], &[("ville", 100.0)]);
    check("of the school alone", &[deep], &[("ville", 7.0)]);
    check("a line that puts another right", &[("ville", "", 100.0), ("ville", "", 90.0)], &[("ville", 90.0)]);
    check("departments", &[("ville", "DSI", 12.0), ("ville", "DRH", 8.0), deep], &[("ville", 27.0)]);
    check(
        "nobody knows where",
        &[("", "unknown", 3.0), ("ville", "DSI", 12.0)],
        &[("organisation", 3.0), ("ville", 12.0)],
    );
    check("the whole", &[("", "", 200.0), ("ville", "DSI", 12.0)], &[("organisation", 200.0), ("ville", 12.0)]);
}

/// Two laptops of a system whose support has ended: a year more of each is worth 185.09 / 5 = 37.018 kg.
#[test]
fn early_renewal() {
    let running = |system: &str, serial: &str| Facts { operating_system: text(system), ..laptop(serial, "") };
    let assets = [
        running("Windows 10 Enterprise", "SERIAL0"),
        running("Windows 10 Pro", "SERIAL1"),
        running("Windows 11 Pro", "SERIAL2"),
        laptop("SERIAL3", ""),
        // No row tells of tablets here.
        Facts { kind: Some(Kind::Tablet), ..running("Windows 10 Pro", "SERIAL4") },
    ];
    let (snapshot, settings) = (snapshot(&[inventory(&assets)]), settings(0.05));
    let basis = Basis::new(&snapshot, &settings, OPEN, date(2026, 6, 30));
    let asked = |name: &str| reading(&basis, name, &[("kind", "laptop"), ("system", "windows_10")]).unwrap();
    assert_eq!(asked("early_renewal_risk_assets"), 2.0);
    // One laptop of four tells no system, and may run that one too.
    let risks = measure(&basis).into_iter().filter(|(i, _)| i.name == "early_renewal_risk_assets");
    let mut covered: Vec<f64> = risks.map(|(_, reading)| reading.coverage).collect();
    covered.sort_by(f64::total_cmp);
    assert_eq!(covered, [0.75, 1.0]);
    assert!((asked("early_renewal_avoidable_co2e_grams") - 2.0 * 37_018.0).abs() < 1e-6);
    let told = measure(&basis).into_iter().filter(|(i, _)| i.name == "early_renewal_avoidable_co2e_grams");
    let mut told: Vec<_> = told.map(|(_, reading)| (reading.value.is_some(), reading.coverage)).collect();
    told.sort_by(|a, b| a.partial_cmp(b).unwrap());
    assert_eq!(told, [(false, 0.0), (true, 1.0)], "of tablets nothing, of laptops all is known");
    let before = Basis::new(&snapshot, &settings, OPEN, date(2025, 10, 14));
    let risks =
        domain::indicator::measure(&before).into_iter().filter(|(i, _)| i.name == "early_renewal_risk_assets");
    assert_eq!(risks.count(), 0, "on the last day of its support");
}

/// Everyone, and everyone's equipment: the organisation's own count holds those of its entities.
#[test]
fn a_total_of_everyone_is_beside_all_equipment() {
    let of = |entity: &str, serial: &str| Facts { entity: Text::of(entity), ..laptop(serial, "") };
    let fleet = || [of("", "SERIAL0"), of("ville", "SERIAL1"), of("ville", "SERIAL2"), of("ccas", "SERIAL3")];
    let asked = |counts, name: &str| {
        let (snapshot, settings) = (snapshot(&[inventory(&fleet()), told(counts)]), settings(0.0461));
        let basis = Basis::new(&snapshot, &settings, OPEN, date(2026, 6, 30));
        ["organisation", "ville"].map(|entity| reading(&basis, name, &[("entity", entity)]))
    };
    let near =
        |value: Option<f64>, worked: f64| assert!((value.unwrap() - worked).abs() < 1e-6, "{value:?} {worked}");
    let all = || headcounts([("", 8.0), ("ville", 4.0)]);
    assert_eq!(asked(all(), "assets_per_agent_ratio"), [Some(0.5), Some(0.5)]);
    // 185.09 kg over five years and 29 kWh × 0.0461 each: four for eight people, two for four of them.
    let each = 185_090.0 / 5.0 + 29.0 * 46.1;
    let [everyone, town] = asked(all(), "footprint_per_agent_co2e_grams");
    near(everyone, each * 4.0 / 8.0);
    near(town, each * 2.0 / 4.0);
    // People of whom nobody knows where they belong are not everyone.
    let mut nowhere = headcounts([("", 8.0), ("ville", 4.0)]);
    nowhere.headcounts[0].told.department = text("unknown");
    assert_eq!(asked(nowhere, "assets_per_agent_ratio"), [Some(0.125), Some(0.5)]);
}
