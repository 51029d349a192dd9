//! Reading: tables in, records and rejects out.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{Cursor, Read};
use std::path::PathBuf;

use domain::decision::Decision;
use domain::exit::{ExitLine, StockCount};
use domain::headcount::Headcount;
use domain::observation::Facts;
use domain::power::PowerSample;
use domain::purchase::PurchaseLine;
use domain::quantity::Cents;
use domain::record::Record;
use domain::word::Word;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::contents::{Contents, vat_rate, without_tax};
use super::{read, sheet, text};
use crate::rule::Rules;
use crate::secret::PseudonymKey;
use crate::{Context, Failure, Harvest, Reject};

pub(super) fn context(rules: &str) -> Context {
    let rules: toml::Table = rules.parse().unwrap();
    let rules = rules.get("rule").and_then(|rules| rules.as_array()).cloned().unwrap_or_default();
    Context {
        name: "tables".to_owned(),
        base: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/csv/fixtures")),
        time_zone: TimeZone::UTC,
        pseudonyms: Some(PseudonymKey::new("a key".into())),
        year_of: "invoice_date",
        rules: Rules::read(&rules, &[]).unwrap(),
    }
}

fn written<R: Record>(native: &str, record: &R) -> String {
    let mut line = native.to_owned();
    for field in R::FIELDS {
        if let Some(value) = (field.get)(record) {
            line += &format!(" {}={value}", field.name);
        }
    }
    line
}

/// A harvest as text: a line a record, then a line a reject.
pub(super) fn told(harvest: Result<Harvest, Failure>) -> String {
    let harvest = match harvest {
        Ok(harvest) => harvest,
        Err(Failure { class, cause, .. }) => return format!("{}: {cause:#}", class.name()),
    };
    assert!(harvest.complete);
    let lines = &harvest.lines;
    let mut all: Vec<String> = harvest.observations.iter().map(|o| written(o.native(), &o.facts())).collect();
    all.extend(lines.purchases.iter().map(|line| written(&line.native, &line.told)));
    all.extend(lines.exits.iter().map(|line| written(&line.native, &line.told)));
    all.extend(lines.stock_counts.iter().map(|line| written(&line.native, &line.told)));
    all.extend(lines.headcounts.iter().map(|line| written(&line.native, &line.told)));
    all.extend(lines.declared.iter().map(|line| written(&line.native, &line.told)));
    all.extend(lines.actions.iter().map(|line| written(&line.native, &line.told)));
    all.extend(lines.services.iter().map(|line| written(&line.native, &line.told)));
    all.extend(lines.decisions.iter().map(|line| written(&line.native, &line.told)));
    all.extend(harvest.power.iter().flatten().map(|sample| written("power", sample)));
    all.extend(harvest.rejects.iter().map(|Reject { place, column, reason }| match column {
        Some(column) => format!("! {place} [{column}] {reason}"),
        None => format!("! {place} {reason}"),
    }));
    all.join("\n")
}

pub(super) fn read_as<R: Contents>(
    input: impl Read,
    context: &Context,
    columns: &[(String, String)],
) -> Result<Harvest, Failure> {
    let mut reader = read::Reader::<R>::new(context, columns);
    let mut file = reader.file("f.csv", false);
    text::rows(input, None, None, &mut |line, cells| file.row(line, cells))?;
    file.end()?;
    reader.finish()
}

#[track_caller]
pub(super) fn check<R: Contents>(input: impl AsRef<[u8]>, expected: &str) {
    assert_eq!(told(read_as::<R>(input.as_ref(), &context(""), &[])), expected);
}

#[test]
fn separators_and_headings() {
    let expected = "S1 kind=laptop manufacturer=Dell serial=S1";
    check::<Facts>("kind,manufacturer,serial\nlaptop,Dell,S1\n", expected);
    check::<Facts>("Type;Marque;N° de série\r\nPortables;Dell;S1", expected);
    check::<Facts>("TYPE\tFabricant\tNumero de serie\rpc portable\tDell\tS1\r", expected);
    check::<Facts>("sep=;\nkind;manufacturer;S/N\nnotebook;Dell;S1\n", expected);
    check::<Facts>("\u{feff}\"kind\",\"manufacturer\",\"serial\"\n\nlaptop,\"Dell\",S1\n,,\n", expected);
    check::<Facts>(
        "kind;manufacturer;serial\nlaptop;Dell;S1;;\nlaptop\n",
        &format!("{expected}\n#427fc12a3ea7db87-1 kind=laptop"),
    );
}

#[test]
fn encodings() {
    let text = "Type;N° de série\nÉcran;É1\n";
    check::<Facts>(text, "É1 kind=monitor serial=É1");
    let windows = encoding_rs::WINDOWS_1252.encode(text).0;
    check::<Facts>(&windows, "É1 kind=monitor serial=É1");
    let utf16: Vec<u8> = "\u{feff}".chars().chain(text.chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
    check::<Facts>(&utf16, "É1 kind=monitor serial=É1");
    check::<Facts>(
        include_bytes!("fixtures/windows-1252.csv"),
        "CN-1 kind=monitor model=ProLite © serial=CN-1 purchase_price_ht=1234.56",
    );
    let mut read = 0;
    let label = Some(encoding_rs::UTF_16BE);
    let big: Vec<u8> = text.chars().flat_map(|c| (c as u16).to_be_bytes()).collect();
    text::rows(&big[..], label, None, &mut |_, cells| {
        assert!(cells.is_ok_and(|cells| cells.len() == 2));
        read += 1;
        Ok(())
    })
    .unwrap();
    assert_eq!(read, 2);
}

#[test]
fn lines_are_numbered_as_an_editor_numbers_them() {
    check::<Facts>(
        "serial,model,kind\nS1,\"two\nlines, \"\"and\"\" a quote\",chair\n\r\nS2,a \"plain\" quote,stool\n",
        "! f.csv:2 [kind] `chair` is not a kind it knows: write a rule for it\n\
         ! f.csv:5 [kind] `stool` is not a kind it knows: write a rule for it",
    );
}

#[test]
fn a_quote_that_never_closes_costs_one_line() {
    check::<Facts>(
        "serial,model\nS1,\"open\nS2,B\nS3,\"C\nD\"\n",
        "S2 model=B serial=S2\nS3 model=C\nD serial=S3\n! f.csv:2 a quote opens and does not close",
    );
    check::<Facts>(
        "serial,model\nS1,\"open\nS2,B\n",
        "S2 model=B serial=S2\n! f.csv:2 a quote opens and does not close",
    );
}

#[test]
fn an_endless_line_is_passed_over() {
    let input = Cursor::new(b"serial\nS1\n").chain(std::io::repeat(b'a').take(64 << 20)).chain(&b"\nS2\n"[..]);
    let harvest = read_as::<Facts>(input, &context(""), &[]);
    assert_eq!(told(harvest), "S1 serial=S1\nS2 serial=S2\n! f.csv:3 the line is longer than 1 MiB");
}

#[test]
fn people_become_pseudonyms() {
    let facts = |login: &str, context: &Context| {
        let table = format!("serial,Utilisateur\nS1,{login}\n");
        let mut harvest = read_as::<Facts>(table.as_bytes(), context, &[]).unwrap();
        harvest.observations.remove(0).facts()
    };
    let context = context("");
    assert_eq!(facts("J.Martin", &context).user, context.pseudonyms.as_ref().unwrap().of("j.martin"));
    assert_eq!(facts("J.Martin", &Context { pseudonyms: None, ..context }).user, None);
}

/// Whatever goes wrong in a row, the person it names is not repeated.
#[test]
fn a_reject_names_no_person() {
    check::<Facts>(
        "Utilisateur,Type\nJ. Martin,chaise\n",
        "! f.csv:2 [Type] `chaise` is not a kind it knows: write a rule for it",
    );
    check::<Facts>("Type,Utilisateur\nchaise,J. Martin,x\n", "! f.csv:2 there are 3 cells for 2 headings");
    let columns = [("user", "Agent"), ("purchase_date", "Agent")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    let harvest = read_as::<Facts>(&b"serial,Agent\nS1,J. Martin\n"[..], &context(""), &columns);
    assert_eq!(told(harvest), "! f.csv:2 [Agent] it cannot be read");
}

#[test]
fn keys_of_assets() {
    check::<Facts>(
        "id,serial,model,user\n7,S1,A,\n7,S1,A,\n7,S1,B,\n,S2,,\n,,C,x\n,,C,y\n",
        "7 model=A serial=S1\n7~2 model=B serial=S1\nS2 serial=S2\n\
         #187857b8eeaf4c51-1 model=C user=6208239bd09b8276399240fc9bb609b1\n\
         #187857b8eeaf4c51-2 model=C user=ab8333e5eb45e09a5ebfe8d2f7fd771a",
    );
}

/// An anonymous row keeps its key when rows and columns move, and when its holder changes.
#[test]
fn anonymous_keys_are_stable() {
    let keys = |table: &str| {
        let harvest = read_as::<Facts>(table.as_bytes(), &context(""), &[]).unwrap();
        assert!(harvest.observations.iter().all(|observation| observation.is_anonymous()));
        let mut keys: Vec<_> = harvest.observations.iter().map(|seen| seen.native().to_owned()).collect();
        keys.sort();
        keys
    };
    let before = keys("kind,model,user\nlaptop,A,x\nmonitor,B,\nmonitor,B,\n");
    assert_eq!(before.len(), 3);
    assert_eq!(before, keys("user,note,model,kind\n,1,B,monitor\n,2,A,laptop\ny,3,B,monitor\n"));
}

#[test]
fn facts_are_spelt_alike() {
    check::<Facts>(
        "serial,mac,uuid,status,repairability_index,weight_kg\n\
         S1,00-1A-2B-3C-4D-5E; 001a.2b3c.4d5f,4C4C4544-0042,IN_USE,\"7,5\",\"1 234,5\"\n\
         S2,nonsense,,,,\n\
         S3,,,En prod,,\n\
         S4,,,,11,\n\
         S5,,,,,-1\n\
         S6,-,NULL,,n/a,\n",
        "S1 serial=S1 uuid=4c4c4544-0042 mac=00:1a:2b:3c:4d:5e 00:1a:2b:3c:4d:5f status=in_use \
         repairability_index=7.5 weight_kg=1234.5\n\
         S6 serial=S6\n\
         ! f.csv:3 [mac] `nonsense` is not a MAC address\n\
         ! f.csv:4 [status] `En prod` is not a status it knows (ordered, in_stock, in_use, \
         in_repair, retired, disposed, lost): write a rule for it\n\
         ! f.csv:5 [repairability_index] `11` is more than 10\n\
         ! f.csv:6 [weight_kg] `-1` is less than 0",
    );
}

#[test]
fn a_ledger_in_french() {
    check::<PurchaseLine>(
        include_bytes!("fixtures/purchases.csv"),
        "f.csv:2 invoice_date=2024-03-12 order_number=BC-1 siret=21000000000013 kind=laptop \
         description=Portables reconditionnés quantity=10 amount_ht=4567.80 condition=refurbished supplier=Fournisseur A\n\
         f.csv:3 invoice_date=2024-03-15 order_number=BC-2 siret=21000000000013 kind=monitor \
         description=Écrans 24\" quantity=5 amount_ht=1000.00 condition=new mode=purchase supplier=Fournisseur A\n\
         f.csv:4 invoice_date=2024-03-15 order_number=BC-3 kind=monitor description=Écrans quantity=1 \
         amount_ht=100.00 condition=new supplier=Fournisseur A\n\
         f.csv:7 invoice_date=2024-03-16 order_number=BC-6 kind=monitor description=Don d'une association quantity=3 \
         condition=donated\n\
         ! f.csv:5 [Montant TTC] only an amount with tax is told: it takes `amount_ht`, or `vat_rate` beside it\n\
         ! f.csv:6 [Date de facture] neither it nor `date` is told: no year to count the line in\n\
         ! f.csv:8 [Montant HT] it is missing\n\
         ! f.csv:9 [SIRET] `21000000000014` is not a SIRET: its check key is wrong\n\
         ! f.csv:10 [SIRET] `2100000000001` is not a SIRET: it takes 14 digits\n\
         ! f.csv:11 [Quantité] `0` is not more than 0\n\
         ! f.csv:12 [Date de facture] `31/02/2024` is not a date (2026-11-24 or 24/11/2026)\n\
         ! f.csv:13 [Type] `Chaise` is not a kind it knows: write a rule for it\n\
         ! f.csv:14 [État d'acquisition] `comme neuf` is not a condition it knows (new, new_recycled_content, \
         refurbished, second_hand, remanufactured, donated, transferred, unknown): write a rule for it\n\
         ! f.csv:15 there are 13 cells for 12 headings",
    );
}

#[test]
fn the_other_contents() {
    check::<ExitLine>(
        "Date de sortie;Date de réforme;N° de série;Quantité;Mode de sortie;Éco-organisme\n\
         03/02/2025;;S1;;Don à une association;non\n;01/02/2025;S2;2;recyclage;oui\n;;S3;;don;\n",
        "f.csv:2 date=2025-02-03 serial=S1 disposal=donation approved_scheme=false\n\
         f.csv:3 retired_date=2025-02-01 serial=S2 quantity=2 disposal=recycling approved_scheme=true\n\
         ! f.csv:4 [Date de sortie] neither it nor `retired_date` is told",
    );
    check::<StockCount>(
        "date,siret,count,note\n2025-01-01,,40,cave\n2025-01-01,,,\n2025-01-01,,-3,\n",
        "f.csv:2 date=2025-01-01 count=40 note=cave\n! f.csv:3 [count] it is missing\n! f.csv:4 [count] `-3` is less than 0",
    );
    check::<Headcount>(
        "Date d'effet;Direction;Effectif\n01/01/2025;DSI;25\n;DSI;25\n01/01/2025;DRH;\n",
        "f.csv:2 date=2025-01-01 department=DSI agents=25\n\
         ! f.csv:3 [Date d'effet] it is missing\n! f.csv:4 [Effectif] it is missing",
    );
    check::<Decision>(
        "decision,asset_a,asset_b,reason,date\nsame,a:1,b:2,seen,2025-01-01\nignore,a:3,,,\ndifferent,a:4,,,\n,a:5,,,\n",
        "f.csv:2 decision=same asset_a=a:1 asset_b=b:2 reason=seen date=2025-01-01\n\
         f.csv:3 decision=ignore asset_a=a:3\n\
         ! f.csv:4 [asset_b] it is missing\n! f.csv:5 [decision] it is missing",
    );
}

#[test]
fn tax_is_taken_off() {
    for rate in ["20", "20 %", "0.2", "20,0", "0,20", "20%"] {
        assert_eq!(vat_rate(rate), Ok(2_000), "{rate}");
    }
    assert_eq!(vat_rate("5,5"), Ok(550));
    assert_eq!(vat_rate("0,9 %"), Ok(90));
    assert_eq!(vat_rate("0"), Ok(0));
    assert!(vat_rate("-20").is_err());
    assert!(vat_rate("vingt").is_err());
    assert_eq!(without_tax(Cents(12_000), 2_000), Cents(10_000));
    assert_eq!(without_tax(Cents(-9_999), 2_000), Cents(-8_333));
    assert_eq!(without_tax(Cents(1), 10_000), Cents(1));
}

#[test]
fn rules_speak_first() {
    let context = context(
        r#"
        [[rule]]
        when = { state = "(?i)^reconditionn" }
        set = { condition = "refurbished", status = "in_use" }
        [[rule]]
        when = { "Mode d’acquisition" = "(?i)crédit-bail" }
        set = { mode = "rental" }
        [[rule]]
        when = { "Code libre" = "^Z", condition = "^$" }
        set = { condition = "second_hand" }
        "#,
    );
    let table = "invoice_date;amount_ht;condition;Mode d'acquisition;Code libre;Etat\n\
                 2024-01-02;10;;Crédit-bail;Z1;\n2024-01-02;10;neuf;;Z1;\n2024-01-02;10;;;;Reconditionné\n";
    let harvest = read_as::<PurchaseLine>(table.as_bytes(), &context, &[]).unwrap();
    let matches: Vec<u64> = harvest.tally.matches.iter().map(|(count, _)| *count).collect();
    assert_eq!(matches, [0, 1, 1]);
    assert_eq!(harvest.tally.matches[1].1, ["f.csv:2"]);
    assert_eq!(harvest.tally.said["condition"]["neuf"], 1);
    assert_eq!(harvest.tally.idle, ["Etat"], "no column of purchases is a `state`; rules read the others");
    assert_eq!(
        told(Ok(harvest)),
        "f.csv:2 invoice_date=2024-01-02 amount_ht=10.00 condition=second_hand mode=rental\n\
         f.csv:3 invoice_date=2024-01-02 amount_ht=10.00 condition=new\n\
         f.csv:4 invoice_date=2024-01-02 amount_ht=10.00"
    );
    let table = "serial;Statut\nS1;Reconditionné DSI\nS2;perdu\n";
    let harvest = read_as::<Facts>(table.as_bytes(), &context, &[]);
    assert_eq!(harvest.as_ref().map(|harvest| harvest.tally.matches[0].1.clone()).ok(), Some(vec!["S1".to_owned()]));
    assert_eq!(
        told(harvest),
        "S1 serial=S1 status=in_use condition=refurbished\n\
         ! f.csv:3 [Statut] `perdu` is not a status it knows (ordered, in_stock, in_use, \
         in_repair, retired, disposed, lost): write a rule for it"
    );
}

/// A table of which nothing can be read is no reason to keep its vocabulary a million times.
#[test]
fn the_first_rejects_list_the_words() {
    let table = "date;amount_ht;condition\n".to_owned() + &"2024-01-02;10;comme neuf\n".repeat(1_001);
    let harvest = read_as::<PurchaseLine>(table.as_bytes(), &context(""), &[]).unwrap();
    let listing = harvest.rejects.iter().filter(|reject| reject.reason.contains("(new, ")).count();
    assert_eq!((harvest.rejects.len(), listing), (1_001, 1_000));
    assert_eq!(harvest.rejects[1_000].reason, "`comme neuf` is not a condition it knows: write a rule for it");
}

#[test]
fn the_operator_names_columns() {
    let columns = [("serial".to_owned(), "Repère".to_owned())];
    let read = |table: &str| told(read_as::<Facts>(table.as_bytes(), &context(""), &columns));
    assert_eq!(read("serial,REPERE\nno,S1\n"), "S1 serial=S1");
    assert_eq!(
        read("serial,model\nS1,A\n"),
        "other: `columns.serial`: no heading `Repère`: there are 2 headings, which `ecoparc check --connect` names"
    );
}

#[test]
fn what_is_no_table() {
    check::<Facts>("", "protocol: it is empty: a table begins with its headings");
    let two = "there are 2 headings, which `ecoparc check --connect` names";
    check::<Facts>("couleur;;taille\nbleu;;3\n", &format!("protocol: no heading is known for assets: {two}"));
    let failure = read_as::<Facts>(&b"couleur;;J. Martin\n"[..], &context(""), &[]).unwrap_err();
    assert_eq!(failure.instead, ["couleur", "J. Martin"], "whose name it may be is told apart");
    check::<PurchaseLine>(
        "date_x,amount_ht\n",
        &format!("protocol: purchases need a column `invoice_date` or `date`: {two}"),
    );
    check::<Headcount>("date,entity\n", &format!("protocol: headcount need a column `agents`: {two}"));
    check::<Facts>(
        include_bytes!("fixtures/picture.csv"),
        "protocol: it is no text table: it holds NUL bytes (for UTF-16 without a byte order mark, set `encoding`)",
    );
    check::<Facts>("serial\n", "");
}

/// A heading under two columns would silently be the first's; one that is not written folded would never be found.
#[test]
fn headings_are_sound() {
    fn check<R: Contents>() {
        let mut seen = std::collections::BTreeSet::new();
        let columns: Vec<_> = R::BESIDE.iter().copied().chain(R::FIELDS.iter().map(|field| field.name)).collect();
        for (column, usual) in R::HEADINGS {
            assert!(columns.contains(column), "{column}");
            for heading in usual.split(", ") {
                assert_eq!(crate::kind::fold(heading), heading);
                assert!(seen.insert(heading), "{}: {heading} means two columns", R::NAME);
                assert!(columns.iter().all(|name| crate::kind::fold(name) != heading), "{heading}");
            }
        }
    }
    check::<Facts>();
    check::<PurchaseLine>();
    check::<ExitLine>();
    check::<StockCount>();
    check::<Headcount>();
    check::<PowerSample>();
    check::<domain::strategy::Declared>();
    check::<domain::strategy::Action>();
    check::<domain::strategy::ServiceLine>();
    check::<Decision>();
}

fn never_panics<R: Contents>(input: &[u8]) {
    let _ = read_as::<R>(input, &context(""), &[]);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        never_panics::<Facts>(&bytes);
        let mut archive = sheet::ARCHIVE.to_vec();
        archive.extend(&bytes);
        let _ = sheet::rows(Cursor::new(archive), None, &mut |_, _| Ok(()));
    }

    #[test]
    fn arbitrary_tables_never_panic(rows in "[\"\r\n;,\ta-z0-9é %€./-]{0,200}") {
        never_panics::<Facts>(format!("id;kind;mac;status;purchase_date;purchase_price_ht;ram_gb;user\n{rows}").as_bytes());
        never_panics::<PurchaseLine>(format!("date;siret;quantity;amount_ttc;vat_rate;mode\n{rows}").as_bytes());
        never_panics::<ExitLine>(format!("date;siret;quantity;disposal\n{rows}").as_bytes());
        never_panics::<PowerSample>(format!("time;device;watts;kwh;role\n{rows}").as_bytes());
    }

    #[test]
    fn arbitrary_cells_never_panic(cell in any::<String>()) {
        let quoted = format!("\"{}\"", cell.replace('"', "\"\""));
        for heading in ["mac", "siret", "vat_rate", "date", "amount_ht", "quantity", "derogation", "kind"] {
            let row = format!("invoice_date;amount_ttc;note;{heading}\n2024-01-01;1;;{quoted}\n");
            never_panics::<PurchaseLine>(row.as_bytes());
        }
        never_panics::<Facts>(format!("serial;mac;uuid;user\nS;{quoted};{quoted};{quoted}\n").as_bytes());
    }

    /// A spreadsheet damaged anywhere is read or refused, and never ends the daemon.
    #[test]
    fn damaged_spreadsheets_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), ods in any::<bool>()) {
        let mut file = if ods { &include_bytes!("fixtures/assets.ods")[..] } else { include_bytes!("fixtures/assets.xlsx") }.to_vec();
        let at = at.index(file.len());
        file[at] = byte;
        let _ = sheet::rows(Cursor::new(&file), None, &mut |_, _| Ok(()));
        let _ = sheet::rows(Cursor::new(&file[..at]), None, &mut |_, _| Ok(()));
    }
}
