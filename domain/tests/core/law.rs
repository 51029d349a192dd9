//! AGEC article 58, as tables, and what both laws share.

use domain::doubt::Reason;
use domain::exit::ExitLine;
use domain::indicator::Basis;
use domain::indicator::quality::all_doubts;
use domain::law::agec::Why;
use domain::law::declaration::{Filing, left_out, rows, undated};
use domain::law::reen::Exits;
use domain::law::{Certainty, GiftValue, Law};
use domain::observation::Facts;
use domain::purchase::PurchaseLine;
use domain::quantity::Cents;
use domain::reconcile::{Rules, reconcile};
use domain::record::Text;
use domain::testimony::Testimony;
use domain::word::{Condition, Disposal, Kind, Mode, Status};
use jiff::Span;
use jiff::civil::date;

use crate::reen::reen;
use crate::world::{
    CCAS, OPEN, ORGANISATION, asset, bought, euros, exits, kept, let_go, purchases, reading, rules, settings,
    snapshot, testimony, text, told,
};

/// A family's value of one category and year, out of these testimonies.
fn agec(testimonies: &[Testimony], name: &str, category: &str, year: i16) -> Option<f64> {
    let (snapshot, settings) = (snapshot(testimonies), settings(0.0461));
    let basis = Basis::new(&snapshot, &settings, OPEN, date(2031, 1, 1));
    let year = year.to_string();
    reading(&basis, name, &[("siret", ORGANISATION), ("category", category), ("year", &year)])
}

fn doubts(testimonies: &[Testimony], reason: Reason) -> usize {
    let (snapshot, settings) = (snapshot(testimonies), settings(0.0461));
    let basis = Basis::new(&snapshot, &settings, OPEN, date(2031, 1, 1));
    all_doubts(&basis).filter(|doubt| doubt.reason() == reason).count()
}

#[test]
fn categories_follow_the_decree_of_the_year() {
    let law = Law::default();
    let check = |kind, year, name: Option<&str>| {
        assert_eq!(law.category_of(kind, year).map(|category| category.name), name, "{kind:?} {year}");
    };
    check(Kind::Laptop, 2023, Some("it_2021"));
    check(Kind::Laptop, 2024, Some("it_telephony"));
    check(Kind::Smartphone, 2022, Some("phones_2021"));
    check(Kind::Smartphone, 2026, Some("it_telephony"));
    check(Kind::Projector, 2023, None);
    check(Kind::Projector, 2024, Some("it_telephony"));
    check(Kind::Keyboard, 2023, Some("it_2021"));
    check(Kind::Keyboard, 2024, None);
    check(Kind::Switch, 2026, None);
    check(Kind::Consumable, 2021, Some("cartridges_2021"));
    check(Kind::Laptop, 2020, None);
}

#[test]
fn targets_hold_between_steps_and_are_null_where_not_established() {
    let law = Law::default();
    let steps = [(2024, 0.20), (2026, 0.20), (2027, 0.25), (2029, 0.25), (2030, 0.30), (2040, 0.30)];
    for (year, share) in steps {
        assert_eq!(law.target("it_telephony", year), Some(share), "{year}");
    }
    assert_eq!(law.target("it_2021", 2022), Some(0.20));
    assert_eq!(law.target("printing_equipment", 2026), None);
    assert_eq!(law.target("printing_consumables", 2026), None);
    assert_eq!(law.target("Papier", 2026), None);
    // However people write it.
    for told in ["Matériel informatique et téléphonie", "materiel informatique et telephonie", "IT_TELEPHONY"] {
        assert_eq!(law.category_named(told, 2026).map(|category| category.name), Some("it_telephony"), "{told}");
    }
    let curly = "Matériel de reprographie et d’impression";
    assert_eq!(law.category_named(curly, 2026).map(|category| category.name), Some("printing_equipment"));
    // What is not established is said to be so.
    let certainty = |name: &str, year| law.category_named(name, year).and_then(|of| of.step(year)).unwrap().certainty;
    assert_eq!(certainty("it_telephony", 2026), Certainty::Quoted);
    assert_eq!(certainty("printing_equipment", 2026), Certainty::Unknown);
    // The decree's own words (legal.md, 3.2).
    assert_eq!(law.exit_step(2026).unwrap().certainty, Certainty::Text);
    let exits = [(2022, None), (2023, Some(0.25)), (2024, Some(0.35)), (2025, Some(0.50)), (2030, Some(0.50))];
    for (year, share) in exits {
        assert_eq!(law.exit_target(year), share, "{year}");
    }
}

#[test]
fn unknown_is_not_new() {
    let day = date(2026, 3, 1);
    let lines = told(purchases([
        bought(day, Kind::Laptop, 500, Condition::New),
        bought(day, Kind::Laptop, 200, Condition::Refurbished),
        PurchaseLine { condition: None, ..bought(day, Kind::Laptop, 300, Condition::New) },
    ]));
    let all = [lines];
    assert_eq!(agec(&all, "reuse_spend_ratio", "it_telephony", 2026), Some(0.2));
    assert_eq!(agec(&all, "reuse_spend_coverage_ratio", "it_telephony", 2026), Some(0.7));
    let (snapshot, settings) = (snapshot(&all), settings(0.0461));
    let basis = Basis::new(&snapshot, &settings, OPEN, day);
    let spend = basis.ledger.cells.values().next().unwrap();
    assert_eq!(spend.ratio_bounds(), Some((0.2, 0.5)));
    let whys: Vec<Why> = basis.ledger.lines.iter().map(|line| line.why).collect();
    assert_eq!(whys, [Why::NotReuse, Why::Reuse, Why::UnknownCondition]);
    // Nothing of a day to come counts.
    assert!(Basis::new(&snapshot, &settings, OPEN, date(2026, 2, 28)).ledger.cells.is_empty());
}

#[test]
fn gifts_count_from_2024_at_the_grid() {
    let gift = |year, kind| PurchaseLine {
        condition: Some(Condition::Donated),
        amount_ht: euros(999),
        ..bought(date(year, 5, 1), kind, 0, Condition::Donated)
    };
    let all = [told(purchases([
        gift(2026, Kind::Laptop),
        gift(2026, Kind::Monitor),
        gift(2023, Kind::Laptop),
        gift(2024, Kind::Laptop),
    ]))];
    assert_eq!(agec(&all, "gifts_euros", "it_telephony", 2026), Some(200.0));
    assert_eq!(agec(&all, "gifts_euros", "it_telephony", 2024), Some(200.0));
    assert_eq!(agec(&all, "gifts_euros", "it_2021", 2023), Some(0.0));
    assert_eq!(doubts(&all, Reason::GridValueMissing), 1);
    let [lines] = all;
    assert_eq!(doubts(&[lines, let_go("lines:file.csv:1")], Reason::GridValueMissing), 0);
    // The grid knows laptops of less than five years.
    let law = Law::default();
    for (kind, age, value) in [
        (Kind::Laptop, Some(4.99), Some(Cents(20_000))),
        (Kind::Laptop, Some(5.0), None),
        (Kind::Laptop, None, Some(Cents(20_000))),
        (Kind::Monitor, Some(1.0), None),
    ] {
        assert_eq!(law.gift_value(kind, age), value, "{kind:?} {age:?}");
    }
}

/// Gifts, those without a value, and recycled content: what contains it and is of reuse counts there, once.
#[test]
fn a_row_of_the_declaration_and_its_comments() {
    let day = date(2026, 3, 1);
    let recycled = |line| PurchaseLine { recycled_content: Some(true), ..line };
    let snapshot = snapshot(&[told(purchases([
        bought(day, Kind::Laptop, 500, Condition::New),
        recycled(bought(day, Kind::Laptop, 300, Condition::New)),
        bought(day, Kind::Laptop, 200, Condition::NewRecycledContent),
        recycled(bought(day, Kind::Laptop, 100, Condition::Refurbished)),
        bought(day, Kind::Laptop, 0, Condition::Donated),
        PurchaseLine { quantity: Some(25.0), ..bought(day, Kind::Monitor, 0, Condition::Donated) },
        bought(date(2025, 3, 1), Kind::Laptop, 700, Condition::New),
    ]))]);
    let settings = settings(0.0461);
    let ledger = Basis::new(&snapshot, &settings, OPEN, date(2026, 12, 31)).ledger.clone();
    let told = |year| {
        let mut rows = rows(&ledger, &settings.law, &snapshot.entities, year);
        let row = rows.remove(0);
        assert!(rows.is_empty(), "{year}");
        ([row.total, row.reuse, row.gifts, row.recycled].map(|cents| cents.0 / 100), row.comments.to_string())
    };
    // The laptop that was given has the grid's 200 €: 500 + 300 + 200 + 100 + 200.
    let comments =
        "dons compris dans le montant total : 200,00 € HT ; dons sans valeur au barème, non comptés : 25".to_owned();
    assert_eq!(told(2026), ([1_300, 100, 200, 500], comments));
    assert_eq!(told(2025), ([700, 0, 0, 0], String::new()));
}

/// The duty begins on 1 January 2021, whatever a ledger calls what was bought.
#[test]
fn the_first_year_of_the_duty() {
    let paper = |day| PurchaseLine { category: text("Papier"), ..bought(day, Kind::Laptop, 500, Condition::New) };
    let snapshot = snapshot(&[told(purchases([date(2020, 12, 31), date(2021, 1, 1)].map(paper)))]);
    let settings = settings(0.0461);
    let basis = Basis::new(&snapshot, &settings, OPEN, date(2026, 12, 31));
    let years: Vec<i16> = basis.ledger.cells.keys().map(|(.., year)| *year).collect();
    assert_eq!((basis.ledger.lines.len(), years), (2, vec![2021]));
}

#[test]
fn a_purchase_without_a_date_that_can_be_is_told() {
    let lines = told(purchases([
        bought(date(2062, 3, 1), Kind::Laptop, 300, Condition::New),
        PurchaseLine { date: Some(date(2026, 3, 1)), ..bought(date(2062, 3, 1), Kind::Laptop, 400, Condition::New) },
        bought(date(2026, 3, 1), Kind::Laptop, 500, Condition::New),
    ]));
    let faults = |all: &[Testimony]| undated(&snapshot(all), &Law::default());
    let found = faults(std::slice::from_ref(&lines));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&*found[0].about, found[0].wrong), (ORGANISATION, false));
    assert!(found[0].what.starts_with("1 lines of 300.00 € have no date"), "{found:?}");
    assert!(faults(&[lines, let_go("lines:file.csv:0")]).is_empty());
}

#[test]
fn rentals_credit_notes_and_derogations() {
    let day = date(2026, 3, 1);
    let rental = PurchaseLine { mode: Some(Mode::Rental), ..bought(day, Kind::Laptop, 900, Condition::Refurbished) };
    let credit = PurchaseLine { amount_ht: Some(Cents(-20_000)), ..bought(day, Kind::Laptop, 0, Condition::New) };
    let derogated = PurchaseLine { derogation: Some(true), ..bought(day, Kind::Server, 300, Condition::New) };
    let all = [told(purchases([
        rental,
        credit.clone(),
        derogated,
        bought(day, Kind::Laptop, 700, Condition::New),
        bought(day, Kind::Laptop, 200, Condition::SecondHand),
    ]))];
    assert_eq!(agec(&all, "reuse_spend_ratio", "it_telephony", 2026), Some(0.2));
    assert_eq!(agec(&all, "rentals_euros", "it_telephony", 2026), Some(900.0));
    assert_eq!(agec(&all, "derogated_euros", "it_telephony", 2026), Some(300.0));
    assert_eq!(agec(&all, "reuse_spend_missing_euros", "it_telephony", 2026), Some(0.0));
    let negative = [told(purchases([credit]))];
    assert_eq!(agec(&negative, "reuse_spend_ratio", "it_telephony", 2026), None);
}

/// What is rented or given is no purchase, in a category of AGEC or not: a television is in none.
#[test]
fn an_index_is_asked_of_purchases_alone() {
    let line = |kind, mode, considered| PurchaseLine {
        mode,
        repairability_considered: considered,
        ..bought(date(2026, 3, 1), kind, 500, Condition::New)
    };
    let mut lines = vec![line(Kind::Tv, None, Some(true)), line(Kind::Laptop, Some(Mode::Purchase), Some(false))];
    let of = |lines: &[PurchaseLine]| reen(&[told(purchases(lines.iter().cloned()))], "index_considered_ratio");
    assert_eq!(of(&lines), Some(0.5));
    for kind in [Kind::Tv, Kind::Laptop] {
        lines.extend([Mode::Rental, Mode::Gift].map(|mode| line(kind, Some(mode), Some(true))));
    }
    assert_eq!(of(&lines), Some(0.5));
    // Nor does what is not new carry one.
    lines.push(PurchaseLine { condition: Some(Condition::Refurbished), ..line(Kind::Tv, None, Some(true)) });
    assert_eq!(of(&lines), Some(0.5));
}

#[test]
fn a_ledger_covers_its_cell_and_the_inventory_is_its_cross_check() {
    let asset = |price| {
        let facts = Facts {
            kind: Some(Kind::Laptop),
            purchase_date: Some(date(2026, 2, 1)),
            purchase_price_ht: euros(price),
            condition: Some(Condition::Refurbished),
            ..Facts::default()
        };
        testimony("glpi", vec![kept("1", facts)])
    };
    let ledger = || told(purchases([bought(date(2026, 3, 1), Kind::Laptop, 1000, Condition::New)]));
    assert_eq!(agec(&[asset(1000)], "reuse_spend_ratio", "it_telephony", 2026), Some(1.0));
    assert_eq!(agec(&[asset(1000), ledger()], "reuse_spend_ratio", "it_telephony", 2026), Some(0.0));
    assert_eq!(doubts(&[asset(1050), ledger()], Reason::LedgerGap), 0);
    assert_eq!(doubts(&[asset(1051), ledger()], Reason::LedgerGap), 1);
    // What has no price is nothing to compare with.
    let unpriced = Facts {
        kind: Some(Kind::Laptop),
        purchase_date: Some(date(2026, 2, 1)),
        condition: Some(Condition::Donated),
        mode: Some(Mode::Purchase),
        ..Facts::default()
    };
    assert_eq!(doubts(&[testimony("glpi", vec![kept("1", unpriced)]), ledger()], Reason::LedgerGap), 0);
    let cell = let_go(&format!("{ORGANISATION} it_telephony 2026"));
    assert_eq!(doubts(&[asset(1051), ledger(), cell], Reason::LedgerGap), 0);
}

/// It is counted apart, with a price, and named by a line of exits, too.
#[test]
fn a_virtual_machine_is_no_purchase_and_no_exit() {
    let lines = |virtual_machine| {
        let facts = Facts {
            kind: Some(Kind::Server),
            serial: text("SERIAL1"),
            status: Some(Status::Disposed),
            purchase_date: Some(date(2026, 2, 1)),
            purchase_price_ht: euros(500),
            virtual_machine,
            ..Facts::default()
        };
        let line = ExitLine { date: Some(date(2026, 3, 1)), serial: text("SERIAL1"), ..ExitLine::default() };
        let (snapshot, settings) =
            (snapshot(&[testimony("glpi", vec![kept("1", facts)]), told(exits([line], []))]), settings(0.0461));
        let basis = Basis::new(&snapshot, &settings, OPEN, date(2026, 12, 31));
        (basis.ledger.lines.len(), basis.exits.lines.len())
    };
    assert_eq!(lines(None), (1, 1));
    assert_eq!(lines(Some(true)), (0, 0));
}

/// Of a day what happened on it is known, and nothing of the day after.
#[test]
fn the_last_day_counts() {
    let (bought, left) = (date(2026, 2, 10), date(2026, 3, 1));
    let priced = Facts {
        kind: Some(Kind::Laptop),
        purchase_date: Some(bought),
        purchase_price_ht: euros(900),
        ..Facts::default()
    };
    let early = Facts { purchase_date: Some(date(2020, 12, 31)), ..priced.clone() };
    let house = testimony(
        "house",
        vec![
            kept("1", priced),
            kept("2", early),
            asset("3", date(2020, 1, 1), Some(date(2025, 10, 1)), Some(left), Disposal::Donation),
        ],
    );
    let (snapshot, settings) = (snapshot(&[house]), settings(0.0461));
    let on = |day| Basis::new(&snapshot, &settings, OPEN, day);
    assert_eq!(on(bought - Span::new().days(1)).ledger.lines.len(), 0);
    assert_eq!(on(bought).ledger.lines.len(), 1);
    let a = |day| Exits::of(&snapshot, &settings.law, day).cells.get(&(ORGANISATION.into(), 2026)).map(|told| told.a);
    assert_eq!((a(left - Span::new().days(1)), a(left)), (Some(0.0), Some(1.0)));
    // A line of exits that names no asset: reformed, or gone.
    let reformed = ExitLine { retired_date: Some(left), ..ExitLine::default() };
    let gone = ExitLine { date: Some(left), ..ExitLine::default() };
    let listed = crate::world::snapshot(&[told(exits([reformed, gone], []))]);
    let lines = |day| Exits::of(&listed, &settings.law, day).lines.len();
    assert_eq!((lines(left - Span::new().days(1)), lines(left)), (0, 2));
}

/// What is in no row of the declaration is named beside it, with its amount.
#[test]
fn purchases_of_no_category_are_left_out() {
    let day = date(2026, 3, 1);
    let untold = |amount| PurchaseLine { kind: None, ..bought(day, Kind::Laptop, amount, Condition::New) };
    let before = bought(date(2025, 3, 1), Kind::Laptop, 600, Condition::New);
    let untold_before = PurchaseLine { kind: None, amount_ht: euros(70), ..before.clone() };
    let snapshot = snapshot(&[told(purchases([
        untold(300),
        untold(50),
        bought(day, Kind::Laptop, 900, Condition::New),
        before,
        untold_before,
    ]))]);
    let settings = settings(0.0461);
    let ledger = Basis::new(&snapshot, &settings, OPEN, date(2026, 12, 31)).ledger.clone();
    let told = |year| -> Vec<String> {
        left_out(&ledger, year).into_iter().map(|fault| format!("{}: {}", fault.about, fault.what)).collect()
    };
    let why = "tell neither kind nor category, and are in no row";
    assert_eq!(told(2026), [format!("{ORGANISATION}: 2 lines of 350.00 € {why}")]);
    assert_eq!(told(2025), [format!("{ORGANISATION}: 1 lines of 70.00 € {why}")]);
    assert!(told(2024).is_empty());
    let declared = rows(&ledger, &settings.law, &snapshot.entities, 2026);
    assert_eq!(declared.iter().map(|row| (row.year, row.total)).collect::<Vec<_>>(), [(2026, Cents(90_000))]);
}

/// What the inventory tells: a gift without a price has the grid's value, anything else without one is no purchase.
#[test]
fn purchases_out_of_the_inventory() {
    let on_the_day = Facts { kind: Some(Kind::Laptop), purchase_date: Some(date(2026, 2, 1)), ..Facts::default() };
    let gift = Facts { mode: Some(Mode::Gift), ..on_the_day.clone() };
    let priced = |price| Facts { purchase_price_ht: euros(price), ..on_the_day.clone() };
    let fleet = [gift, on_the_day.clone(), priced(0), priced(900)];
    let fleet = fleet.into_iter().enumerate().map(|(at, facts)| kept(&at.to_string(), facts)).collect();
    let all = [testimony("glpi", fleet)];
    assert_eq!(agec(&all, "gifts_euros", "it_telephony", 2026), Some(200.0));
    assert_eq!(agec(&all, "purchases_euros", "it_telephony", 2026), Some(900.0));
    let (whole, settings) = (snapshot(&all), settings(0.0461));
    assert_eq!(Basis::new(&whole, &settings, OPEN, date(2026, 12, 31)).ledger.lines.len(), 2);
    // One line of a rental or a gift covers the cell: that the inventory's 900 euros are no purchase any more is said.
    let [inventory] = all;
    for mode in [Mode::Rental, Mode::Gift] {
        let line = PurchaseLine { mode: Some(mode), ..bought(date(2026, 3, 1), Kind::Laptop, 500, Condition::New) };
        let both = [inventory.clone(), told(purchases([line]))];
        assert_eq!(agec(&both, "purchases_euros", "it_telephony", 2026), Some(0.0));
        assert_eq!(doubts(&both, Reason::LedgerGap), 1, "{mode:?}");
    }
    // So do credit notes that outweigh the rest; of a buyer of whom only a part is seen nothing is compared.
    let credit =
        PurchaseLine { amount_ht: Some(Cents(-90_000)), ..bought(date(2026, 3, 1), Kind::Laptop, 0, Condition::New) };
    let both = [inventory, told(purchases([credit]))];
    assert_eq!(doubts(&both, Reason::LedgerGap), 1);
    let mut part = snapshot(&both);
    part.partial.insert(Text::from(ORGANISATION));
    assert!(Basis::new(&part, &settings, OPEN, date(2026, 12, 31)).ledger.doubts.is_empty());
}

/// A declaration is handed in from its own day on.
#[test]
fn the_day_of_a_filing() {
    let day = date(2026, 6, 30);
    let filing = Filing { siret: Text::from(ORGANISATION), year: 2025, date: day, rows: Vec::new() };
    let bought = told(purchases([bought(date(2025, 3, 1), Kind::Laptop, 900, Condition::New)]));
    let snapshot = reconcile(&[bought], &Rules { filings: vec![filing], ..rules() });
    let settings = settings(0.0461);
    let filed = |at| {
        let basis = Basis::new(&snapshot, &settings, OPEN, at);
        reading(&basis, "declaration_filed", &[("siret", ORGANISATION), ("year", "2025")])
    };
    assert_eq!((filed(day - Span::new().days(1)), filed(day)), (Some(0.0), Some(1.0)));
    // Neither of another year nor of another buyer.
    let found = [(ORGANISATION, 2025), (ORGANISATION, 2024), (CCAS, 2025)]
        .map(|(siret, year)| snapshot.filing(siret, year).is_some());
    assert_eq!(found, [true, false, false]);
}

/// A grid with bands: what is given counts by its age, and of an untold one as under five years.
#[test]
fn gifts_of_untold_age_are_under_five_years() {
    let mut law = Law::default();
    let band = |under_years, value| GiftValue { under_years, value: Cents(value), ..Law::default().gifts[0].clone() };
    law.gifts = vec![band(2.0, 30_000), band(5.0, 20_000), band(8.0, 5_000)];
    let value = |age| law.gift_value(Kind::Laptop, age);
    assert_eq!([Some(1.0), Some(2.0), Some(6.0), Some(8.0)].map(value), [30_000, 20_000, 5_000, 0].map(cents));
    assert_eq!(value(None), cents(20_000));
    // Without a band that ends with five years the next one holds those under five; a narrower one does not.
    law.gifts = vec![band(2.0, 30_000), band(8.0, 5_000)];
    assert_eq!(law.gift_value(Kind::Laptop, None), cents(5_000));
    law.gifts.pop();
    assert_eq!(law.gift_value(Kind::Laptop, None), None);
}

/// Nothing of the grid is none.
fn cents(told: i64) -> Option<Cents> {
    (told > 0).then_some(Cents(told))
}

/// Its years before us are its age, else the time since it was made: five years to the day are not under five.
#[test]
fn a_gift_is_as_old_as_it_was_when_given() {
    let given = |made, upstream_years| {
        let facts = Facts {
            kind: Some(Kind::Laptop),
            mode: Some(Mode::Gift),
            purchase_date: Some(date(2026, 2, 1)),
            manufacture_date: made,
            upstream_years,
            ..Facts::default()
        };
        agec(&[testimony("glpi", vec![kept("1", facts)])], "gifts_euros", "it_telephony", 2026)
    };
    let made = |year, day| Some(date(year, 2, day));
    assert_eq!(given(None, None), Some(200.0));
    assert_eq!((given(made(2021, 2), None), given(made(2021, 1), None)), (Some(200.0), Some(0.0)));
    assert_eq!(given(made(2016, 1), None), Some(0.0));
    assert_eq!((given(made(2016, 1), Some(4.0)), given(made(2025, 1), Some(6.0))), (Some(200.0), Some(0.0)));
    // Made after it was given: that tells nothing.
    assert_eq!(given(made(2026, 2), None), Some(200.0));
}
