//! What reuse and long lives have spared this year: counterfactual, beside the footprint and never subtracted from it.
//!
//! * A life beyond the reference: without it something new would stand there, F / L a year for each day past L.
//! * A refurbished purchase: something new would have been ours alone, F, where we bear our share of it by years.
//! * An exit to reuse: somebody else goes without something new for `second_life_years`, F / L for each.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use crate::factor::Wanted;
use crate::indicator::basis::span;
use crate::indicator::{Basis, Indicator, Reading};
use crate::law::agec::Counted;
use crate::law::price::{by_kind, is_new};
use crate::quantity::{Cents, Impact, Years};
use crate::record::Text;
use crate::word::{Condition, Criterion, Status};

use super::asset::{acquired_in, footings, with};
use super::empty;
use super::sum::{Sum, Term};

/// The questions about what was spared.
pub static ALL: &[Indicator] = &[
    Indicator {
        name: "avoided_co2e_grams",
        help: "Spared this civil year by long lives, refurbished purchases and exits to reuse; never subtracted.",
        unit: "grams",
        compute: |basis| climate(basis).into_iter().map(|(by, sum)| told(basis, by, sum)).collect(),
    },
    Indicator {
        name: "avoided_euros",
        help: "Spared this civil year by long lives and refurbished purchases, without tax; counterfactual.",
        unit: "euros",
        compute: money,
    },
];

const NOTHING: &str = "nothing of it has all that this needs: a factor, a lifetime, years before us";
const NO_PRICE: &str = "no price of it is known";

/// The sums by what spared them; none where nothing of the sort happened.
fn climate(basis: &Basis) -> BTreeMap<&'static str, Sum> {
    let mut sums: BTreeMap<&'static str, Sum> = BTreeMap::new();
    let mut add = |by: &'static str, row: Option<usize>, model: u32, count: f64, impact: Option<Impact>| {
        let sum = sums.entry(by).or_insert_with(|| empty(basis));
        sum.seen(if impact.is_some() { count } else { 0.0 }, count);
        if let Some((row, impact)) = row.zip(impact) {
            let factor = basis.rows.row(row);
            sum.add(Term::Embodied(factor.method.clone()), model, impact, factor.r_embodied);
            sum.rests(&factor.id);
        }
    };
    let footings = footings(basis, Criterion::Co2e);
    for (at, asset) in basis.snapshot.assets.iter().enumerate() {
        let status = basis.status[at];
        if !status.is_some_and(Status::is_active) {
            continue;
        }
        let reference = asset.kind.and_then(|kind| basis.settings.assumptions.lifetime(kind));
        let past = past_this_year(basis, asset.start, reference).zip(reference);
        let reused =
            asset.condition.is_some_and(Condition::is_reuse) && acquired_in(asset, basis.at) == Some(basis.at.year());
        if past.is_none() && !reused {
            continue;
        }
        let class = asset.class as usize;
        let footprint = with(basis, asset, status, &footings[class]);
        let model = basis.rows.alike[class].model;
        let whole = footprint.row.map(|row| basis.rows.row(row).embodied());
        if let Some((past, life)) = past {
            add("longer_lives", footprint.row, model, 1.0, whole.map(|whole| whole * (past.0 / life.0)));
        }
        if reused {
            let spared = whole
                .zip(footprint.internal)
                .filter(|_| footprint.upstream.0 > 0.0)
                .map(|(whole, ours)| whole * (footprint.upstream.0 / (footprint.upstream + ours).0));
            add("refurbished_purchases", footprint.row, model, 1.0, spared);
        }
    }
    let second = basis.settings.assumptions.second_life_years;
    for line in &basis.exits.lines {
        if !line.way.is_reuse() {
            continue;
        }
        if line.may_have_left_in(basis.at.year()) {
            add("exits_to_reuse", None, 0, line.quantity, None);
        }
        if !line.left_in(basis.at.year()) {
            continue;
        }
        let row =
            basis.settings.factors.choose(Criterion::Co2e, &Wanted { kind: line.kind, ..Wanted::default() }).row;
        let life = line.kind.and_then(|kind| basis.settings.assumptions.lifetime(kind));
        let spared =
            row.zip(life).map(|(row, life)| basis.rows.row(row).embodied() * (line.quantity * second / life.0));
        add("exits_to_reuse", row, 0, line.quantity, spared);
    }
    sums
}

fn slice(basis: &Basis, by: &'static str) -> crate::indicator::Slice {
    vec![("by", Text::from(by)), ("year", Text::from(basis.at.year().to_string()))]
}

fn told(basis: &Basis, by: &'static str, mut sum: Sum) -> Reading {
    if by == "exits_to_reuse" {
        sum.rests(&Text::from("second_life_years"));
    }
    sum.reading(slice(basis, by), NOTHING)
}

/// How long of this civil year something was past the reference lifetime; `None` where it was not.
fn past_this_year(basis: &Basis, start: Option<Date>, reference: Option<Years>) -> Option<Years> {
    let (start, reference) = start.zip(reference)?;
    let over = Years(span(start, basis.at).0 - reference.0);
    let this_year = Years::from_days(i64::from(basis.at.day_of_year()));
    (over.0 > 0.0).then(|| Years(over.0.min(this_year.0)))
}

fn money(basis: &Basis) -> Vec<Reading> {
    // Euros, of how many that is known, of how many there are.
    let mut sums: BTreeMap<&'static str, (f64, f64, f64)> = BTreeMap::new();
    let mut add = |by: &'static str, count: f64, euros: Option<f64>| {
        let (sum, told, all) = sums.entry(by).or_default();
        *all += count;
        if let Some(euros) = euros {
            *sum += euros;
            *told += count;
        }
    };
    for (asset, _) in basis.active() {
        let reference = asset.kind.and_then(|kind| basis.settings.assumptions.lifetime(kind));
        if let Some((past, life)) = past_this_year(basis, asset.start, reference).zip(reference) {
            let price = asset.price.filter(|price| *price > Cents(0));
            add("longer_lives", 1.0, price.map(|price| price.euros() * past.0 / life.0));
        }
    }
    let new = by_kind(&basis.ledger, basis.at, is_new);
    let this_year = date(basis.at.year(), 1, 1);
    for line in &basis.ledger.lines {
        if line.counted != Counted::Reuse || line.date < this_year || line.date > basis.at || line.amount <= Cents(0)
        {
            continue;
        }
        let new = line.kind.filter(|_| line.quantity_told).and_then(|kind| new.get(&kind));
        add("refurbished_purchases", line.quantity, new.map(|new| new.mean() * line.quantity - line.amount.euros()));
    }
    let readings = sums.into_iter().map(|(by, (euros, told, all))| {
        let reading = Reading::maybe(slice(basis, by), (told > 0.0).then_some(euros), NO_PRICE);
        reading.coverage(Some(if all > 0.0 { told / all } else { 1.0 }))
    });
    readings.collect()
}
