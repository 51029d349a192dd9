//! What a purchase ledger costs: a CSV of 50 000 lines is read by the csv connector, reconciled, made the basis of a
//! day, and measured. Prints seconds of each step, the middle run of five. `cargo bench --bench ledger [-- LINES]`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use connectors::{Context, Harvest, Progress};
use cost::megabytes_of;
use domain::entity::{Entity, ROOT};
use domain::indicator::{Basis, measure};
use domain::reconcile::reconcile;
use domain::record::Text;
use jiff::tz::TimeZone;
use town::{PUBLISHING, TODAY, body, rules, settings, testimony};

#[expect(dead_code, reason = "the processor's seconds are the other benches'")]
mod cost;
mod town;

const RUNS: usize = 5;
const TOWN: &str = "21000000000013";
const CCAS: &str = "26000000000018";

/// A ledger as a finance department exports it: six years, two buyers, credit notes, rentals, gifts, derogations.
fn ledger(lines: usize) -> String {
    let kinds = ["laptop", "écran", "desktop", "smartphone", "switch", "multifonction", "consumable", "tablet"];
    let conditions = ["neuf", "neuf", "neuf", "reconditionné", "occasion", ""];
    let mut text = "Date de facture;N° commande;SIRET acheteur;Type de matériel;Désignation;Marque;Modèle;Quantité;\
                    Montant HT;État d'acquisition;Mode d'acquisition;Dérogation;Fournisseur\n"
        .to_owned();
    for at in 0..lines {
        let (year, month, day) = (2021 + at % 6, 1 + at / 6 % 10, 1 + at / 60 % 28);
        let sign = if at % 50 == 0 { "-" } else { "" };
        let mode = ["achat", "achat", "achat", "location", "don"][if at % 11 < 3 { at % 11 } else { at % 5 }];
        let flag = if at % 40 == 0 { "oui" } else { "non" };
        writeln!(
            text,
            "{day:02}/{month:02}/{year};V-{at:06};{};{};\"Marché 26-{}, lot {}\";Marque {};Modèle {};{};{sign}{} {:03},{:02};{};{mode};{flag};Fournisseur {}",
            if at % 4 == 0 { CCAS } else { TOWN },
            kinds[at % kinds.len()],
            at % 90,
            at % 7,
            at % 12,
            at % 140,
            1 + at % 9,
            1 + at % 37,
            at % 1000,
            at % 100,
            conditions[at / 3 % conditions.len()],
            at % 25,
        )
        .unwrap();
    }
    text
}

/// The file is read as the daemon reads it.
fn read(path: &Path) -> Harvest {
    let keys = format!("contents = 'purchases'\npath = '{}'", path.display());
    let context = Context {
        name: "achats".to_owned(),
        base: PathBuf::new(),
        time_zone: TimeZone::UTC,
        pseudonyms: None,
        year_of: "invoice_date",
        rules: connectors::rule::Rules::default(),
    };
    let source = (connectors::csv::CONNECTOR.open)(keys.parse().unwrap(), context).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(source.collect(&Progress::default())).unwrap()
}

fn buyers() -> Vec<Entity> {
    let buyer = |id: &str, siret: &str, parent| Entity { siret: Some(Text::from(siret)), parent, ..body(id) };
    vec![buyer("ville", TOWN, None), buyer("ccas", CCAS, Some(ROOT))]
}

fn main() {
    let lines = std::env::args().skip(1).find_map(|told| told.parse().ok()).unwrap_or(50_000);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ledger.csv");
    let text = ledger(lines);
    println!("{lines} lines, {:.1} MB", text.len() as f64 / 1e6);
    std::fs::write(&path, text).unwrap();
    let settings = settings();
    let rules = rules(buyers());
    let names = ["read", "reconcile", "basis", "measure", "in all"];
    let mut seconds: [Vec<f64>; 5] = Default::default();
    for _ in 0..RUNS {
        let began = Instant::now();
        let harvest = read(&path);
        assert_eq!(harvest.rejects, [], "every line can be read");
        let mut told = vec![began.elapsed().as_secs_f64()];
        let testimonies = [testimony("achats", Vec::new(), harvest.lines)];
        let snapshot = reconcile(&testimonies, &rules);
        told.push(began.elapsed().as_secs_f64());
        let basis = Basis::new(&snapshot, &settings, PUBLISHING, TODAY);
        told.push(began.elapsed().as_secs_f64());
        assert_eq!(basis.ledger.lines.len(), lines, "every line has its side and its reason");
        let readings = measure(&basis);
        told.push(began.elapsed().as_secs_f64());
        assert!(readings.iter().any(|(of, r)| of.name == "reuse_spend_ratio" && r.value.is_some()));
        let mut before = 0.0;
        for (step, until) in told.into_iter().enumerate() {
            seconds[step].push(until - before);
            before = until;
        }
        seconds[4].push(before);
    }
    for (name, mut of) in names.into_iter().zip(seconds) {
        of.sort_by(f64::total_cmp);
        println!("{name:<10} {:>7.3} s", of[RUNS / 2]);
    }
    println!("{:<10} {:>7.0} MB", "peak", megabytes_of(std::process::id(), "VmHWM"));
}
