//! The figures: those of the sample fleet against an independent script, the law's worked value from files to the API.

use std::process::Command;

use crate::house::*;

/// The sample fleet in a folder of its own.
pub fn sample() -> (Folder, std::path::PathBuf) {
    let folder = Folder::new();
    let from = root().join("config");
    for sub in ["quickstart", "quickstart/notes", "quickstart/notes/ccas"] {
        std::fs::create_dir_all(folder.0.join(sub)).unwrap();
        for entry in std::fs::read_dir(from.join(sub)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "csv" || extension == "md") {
                std::fs::copy(&path, folder.0.join(sub).join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    let config = std::fs::read_to_string(from.join("quickstart.toml")).unwrap();
    assert!(config.contains("listen = \"127.0.0.1:9899\""));
    let path = folder.write("quickstart.toml", &config.replace("127.0.0.1:9899", "127.0.0.1:0"));
    (folder, path)
}

#[test]
fn the_sample_fleet_is_what_an_independent_script_computes() {
    let (folder, config) = sample();
    let daemon = Daemon::start_on_sample_day(&config);
    daemon.settled();
    // That day the civil years of both decrees, the former lines up to 2023, the new categories from 2024.
    let told = recomputed(&folder, &daemon, &[SAMPLE_DAY]);
    let known = |family: &str| {
        let line = told.lines().find(|line| line.starts_with(&format!("KNOWN   {family}: ")));
        line.unwrap_or_else(|| panic!("nothing of {family} is known:\n{told}"))
    };
    let of_both = ["reuse_spend_ratio", "reuse_spend_coverage_ratio", "reuse_spend_missing_euros", "purchases_euros"];
    for family in of_both.into_iter().chain(["disposals_to_reuse", "disposal_reuse_ratio", "reformed_stock"]) {
        for year in [" 2023:", " 2024:", " 2026:"] {
            assert!(known(family).contains(year), "{family} tells nothing of{year} {told}");
        }
    }
    // As they stood at the end of each of those years, and within the last one.
    for at in ["2024-06-30", "2025-12-31"] {
        recomputed(&folder, &daemon, &[at]);
    }
    // And what makes the difference of two of them: every effect but that of another method, which one edition has not.
    let mut told = told;
    for pair in [["2023-12-31", "2019-06-30"], ["2024-12-31", "2023-12-31"], ["2026-06-30", "2021-03-15"]] {
        let more = recomputed(&folder, &daemon, &pair);
        assert!(more.contains("6 of 7 are not zero"), "{pair:?}: {more}");
        told += &more;
    }
    for compared in ["avoided_co2e_grams", "avoided_euros"] {
        assert!(told.lines().any(|line| line.starts_with(&format!("KNOWN   {compared}: "))), "{compared}: {told}");
    }
    let rejects: Vec<(String, u64)> = daemon
        .sources()
        .iter()
        .map(|source| (source["name"].as_str().unwrap().to_owned(), source["rejects"].as_u64().unwrap()))
        .filter(|(_, rejects)| *rejects > 0)
        .collect();
    let expected = [("inventaire-mairie", 4), ("achats", 6), ("sorties", 4), ("strategie-actions", 1)];
    assert_eq!(rejects, expected.map(|(name, count)| (name.to_owned(), count)));
}

/// What `tests/recompute` says of a day, and of the difference from an earlier one where it is told; it has found no
/// difference between the two programs.
fn recomputed(folder: &Folder, daemon: &Daemon, days: &[&str]) -> String {
    let from = days.get(1).map(|from| ["--from", *from]);
    let output = Command::new("python3")
        .arg("-B")
        .arg(root().join("tests/recompute"))
        .args(["--compare", &daemon.url, "--at", days[0], "--first-seen", SAMPLE_DAY, "--config"])
        .arg(&folder.0)
        .args(from.into_iter().flatten())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{days:?}: {said}");
    said
}

/// Worked by hand: 15 200 of 95 200 € are 15.966 %, and 3 840 € are missing; from a ledger to the API.
#[test]
fn the_laws_worked_value_through_files_and_the_api() {
    let folder = Folder::new();
    folder.write(
        "achats.csv",
        "Date de facture;Type;Quantité;Montant HT;État d'acquisition;Mode;Dérogation\n\
         10/01/2026;ordinateur portable;75;75 000,00;neuf;achat;non\n\
         11/02/2026;serveur;1;5 000,00;neuf;achat;oui\n\
         12/03/2026;ordinateur portable;30;15 000,00;reconditionné;achat;non\n\
         13/04/2026;ordinateur portable;1;;don;don;non\n\
         14/05/2026;écran;20;9 000,00;neuf;location;non\n",
    );
    let more = "[source.columns]\ninvoice_date = \"Date de facture\"\nkind = \"Type\"\nquantity = \"Quantité\"\n\
                amount_ht = \"Montant HT\"\ncondition = \"État d'acquisition\"\nmode = \"Mode\"\nderogation = \"Dérogation\"";
    let daemon = Daemon::start_on_sample_day(&folder.configure(&table("achats", "purchases", "achats.csv", more)));
    daemon.settled();
    let of = [("siret", "21000000000013"), ("category", "it_telephony"), ("year", "2026")];
    let near = |name: &str, worked: f64, digits: f64| {
        let value = daemon.reading(name, &of).unwrap();
        assert!((value - worked).abs() < digits, "{name}: {value} is not {worked}");
    };
    near("reuse_spend_ratio", 0.15966, 5e-6);
    near("reuse_spend_without_gifts_ratio", 0.15789, 5e-6);
    near("reuse_spend_missing_euros", 3840.0, 1e-9);
    near("gifts_euros", 200.0, 1e-9);
    near("rentals_euros", 9000.0, 1e-9);
    near("derogated_euros", 5000.0, 1e-9);
    let months = daemon.json("/api/v1/procurement/2026/trajectory");
    let may = months["items"].as_array().unwrap().iter().find(|row| row["month"] == "2026-05").unwrap();
    assert_eq!((may["total"].as_f64(), may["ratio"].as_f64()), (Some(0.0), None), "{may}");
    assert_eq!(
        (may["cumulated_total"].as_f64(), may["cumulated_reuse"].as_f64(), may["target"].as_f64()),
        (Some(95_200.0), Some(15_200.0), Some(0.2)),
        "{may}"
    );
    let missing = daemon.json("/api/v1/procurement/2026/missing");
    let need = |kind: &str| missing["items"].as_array().unwrap().iter().find(|row| row["kind"] == kind).unwrap();
    let (laptops, monitors) = (need("laptop"), need("monitor"));
    assert_eq!((laptops["missing"].as_f64(), laptops["mean_price"].as_f64()), (Some(3840.0), Some(500.0)));
    assert_eq!((laptops["units"].as_f64(), laptops["prices_known"].as_f64()), (Some(8.0), Some(30.0)));
    assert!(monitors["units"].is_null() && monitors["note"].as_str().unwrap().contains("no refurbished price"));
    let year = daemon.json("/api/v1/procurement/2026");
    let required = daemon.reading("reuse_spend_required_ratio", &of);
    assert!(required.is_some(), "the year is not over");
    assert_eq!(year["items"][0]["required_share"].as_f64(), required, "{year}");
}

/// Every asset of the sample fleet: the steps of its explanation lead from one to the next, and the last ones add up to
/// the total that is published.
#[test]
fn explanations_add_up_to_the_published_total() {
    let (_folder, config) = sample();
    let daemon = Daemon::start_on_sample_day(&config);
    daemon.settled();
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-9);
    let (mut total, mut count) = (0.0, 0);
    let assets = daemon.items("/api/v1/assets");
    // Over one connection: there are many.
    let explained: Vec<(&str, serde_json::Value)> = wait(async {
        let client = client();
        let mut explained = Vec::new();
        for asset in &assets {
            let id = asset["id"].as_str().unwrap();
            let url = format!("{}/api/v1/assets/{}/footprint", daemon.url, id.replace('/', "%2F"));
            explained.push((id, client.get(url).send().await.unwrap().json().await.unwrap()));
        }
        explained
    });
    for (id, answer) in explained {
        let steps = answer["items"].as_array().unwrap();
        let step = |what: &str| steps.iter().find(|step| step["what"] == what);
        let value = |what: &str| step(what).and_then(|step| step["value"].as_f64());
        assert!(steps.iter().all(|step| !step["origin"].as_str().unwrap().is_empty()), "{id}: {answer}");
        let embodied = value("embodied, a year");
        if let (Some(all), Some(own), Some(before)) =
            (value("embodied, all its life"), value("years with us"), value("years before us"))
        {
            assert!(embodied.is_none_or(|embodied| near(embodied, all / (own + before))), "{id}: {answer}");
        }
        let used = value("use, a year");
        if let (Some(used), Some(kwh), Some(overhead), Some(factor)) =
            (used, value("electricity, a year"), value("room overhead (PUE)"), value("electricity factor"))
        {
            assert!(near(used, kwh * overhead * factor), "{id}: {answer}");
        }
        let year = value("footprint, a year");
        assert!(near(year.unwrap_or(0.0), embodied.unwrap_or(0.0) + used.unwrap_or(0.0)), "{id}: {answer}");
        if step("footprint, a year").unwrap()["origin"] == "embodied a year + use a year" {
            total += year.unwrap_or(0.0);
            count += 1;
        }
    }
    let published = daemon.reading("footprint_fleet_annual_co2e_grams", &[]).unwrap() / 1000.0;
    assert!(near(total, published), "{count} assets add up to {total} kg, and {published} kg are published");
    assert!(count > 1000, "{count}");
    // The same total, factor by factor; and that of each kind.
    let portions = daemon.json("/api/v1/footprint/explanation");
    let annual = |row: &serde_json::Value| row["value"].as_f64().unwrap_or(0.0);
    let rows = portions["items"].as_array().unwrap();
    let all: f64 = rows.iter().map(annual).sum();
    assert!(near(all, published * 1000.0) && near(all, portions["total"].as_f64().unwrap()), "{portions}");
    let parts = |row: &serde_json::Value| {
        [&row["embodied_grams"], &row["use_grams"]].map(|part| part.as_f64().unwrap_or(0.0))
    };
    assert!(rows.iter().all(|row| near(annual(row), parts(row).iter().sum())), "{portions}");
    assert!(
        rows.iter().all(|row| row["factor"].is_null() == row["origin"].as_str().unwrap().is_empty()),
        "{portions}"
    );
    let between = |row: &serde_json::Value| {
        row["low"].as_f64() <= row["value"].as_f64() && row["value"].as_f64() <= row["high"].as_f64()
    };
    assert!(rows.iter().all(between), "{portions}");
    for kind in ["laptop", "monitor", "smartphone", "server"] {
        let of_kind = daemon.json(&format!("/api/v1/footprint/explanation?kind={kind}"));
        let table = daemon.json("/api/v1/footprint?by=kind");
        let row = table["items"].as_array().unwrap().iter().find(|row| row["kind"] == kind).unwrap();
        assert!(near(of_kind["total"].as_f64().unwrap(), annual(row)), "{kind}: {of_kind}, {row}");
    }
}

/// The page tells the steps of one thing in its reader's language, and lists the things that a text may mean.
#[test]
fn the_page_explains_one_thing() {
    let (_folder, config) = sample();
    let daemon = Daemon::start_on_sample_day(&config);
    daemon.settled();
    let assets = daemon.items("/api/v1/assets?kind=laptop");
    let asset = assets.iter().find(|asset| asset["model"] == "Latitude 5410").unwrap();
    let (id, serial) = (asset["id"].as_str().unwrap(), asset["serial"].as_str().unwrap());
    let french = daemon.get(&format!("/explain?lang=fr&q={serial}")).body;
    for said in [id, "makers/dell-latitude-5410-14", "facteur de ce modèle", "Empreinte, par an", "kg\u{a0}CO₂e"] {
        assert!(french.contains(said), "{said} is not in {french}");
    }
    let english = daemon.get(&format!("/explain?lang=en&q={serial}")).body;
    assert!(english.contains("a row for this very model") && english.contains("Footprint, a year"), "{english}");
    let several = daemon.get("/explain?lang=en&q=Latitude").body;
    assert_eq!(several.matches("href=\"/explain?q=").count(), 50, "{several}");
    let nothing = daemon.get("/explain?lang=en&q=%3Cscript%3E").body;
    assert!(nothing.contains("Nothing like this is known.") && !nothing.contains("<script>"), "{nothing}");
    assert!(daemon.get("/footprint").body.contains("action=\"/explain\""));
}

/// What `/compare` tells of pairs of days adds up, and its ends are what `/indicators` tells of those days.
#[test]
fn a_difference_adds_up_whatever_the_days() {
    let (_folder, config) = sample();
    let daemon = Daemon::start_on_sample_day(&config);
    daemon.settled();
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0);
    let fleet = |at: &str| {
        let path = format!("/api/v1/indicators?name=footprint_fleet_annual_co2e_grams&at={at}");
        let reading = daemon.json(&path)["items"][0].clone();
        [&reading["value"], &reading["coverage"]].map(|number| number.as_f64().unwrap())
    };
    let days = ["2019-03-31", "2021-12-31", "2023-07-14", "2024-02-29", "2025-12-31", "2026-06-30"];
    for (at, from) in days.into_iter().enumerate() {
        for to in [days[(at + 1) % days.len()], days[(at + 3) % days.len()], from] {
            let told = daemon.json(&format!("/api/v1/compare?from={from}&to={to}"));
            let value = |of: &serde_json::Value| of.as_f64().unwrap();
            let items = told["items"].as_array().unwrap();
            let sum: f64 = items.iter().map(|item| value(&item["value"])).sum();
            let difference = value(&told["difference"]);
            assert_eq!(sum, difference, "to the last bit: {told}");
            assert_eq!(value(&told["from"]["value"]) + sum, value(&told["to"]["value"]), "{told}");
            for (end, at) in [(&told["from"], from), (&told["to"], to)] {
                let [total, coverage] = fleet(at);
                assert!(near(value(&end["value"]), total) && end["date"] == at, "{told}");
                assert!(near(value(&end["coverage"]), coverage), "{told}");
            }
            assert!(value(&told["low"]) <= difference && difference <= value(&told["high"]), "{told}");
            assert!(from != to || items.iter().all(|item| item["value"] == 0.0), "{told}");
            assert!(items.iter().all(|item| item["unit"] == "grams" && item["about"].is_string()), "{told}");
        }
    }
    // The kinds add up to the whole; of switches nobody published a factor.
    let difference = |more: &str| daemon.json(&format!("/api/v1/compare?from=2023-07-14&to=2026-06-30{more}"));
    let of = |told: serde_json::Value| told["difference"].as_f64();
    let kinds = daemon.json("/api/v1/footprint?by=kind");
    let kinds = kinds["items"].as_array().unwrap().iter().filter_map(|row| row["kind"].as_str());
    let sum: f64 = kinds.filter_map(|kind| of(difference(&format!("&kind={kind}")))).sum();
    assert!((sum - of(difference("")).unwrap()).abs() < 1.0, "{sum} is not {}", difference(""));
    let switches = difference("&kind=switch");
    assert!(switches["difference"].is_null() && switches["items"][0]["value"].is_null(), "{switches}");
    assert!(switches["note"].as_str().is_some_and(|note| note.contains("figure")), "{switches}");
}

/// The command tells what the API tells.
#[test]
fn the_command_compares_too() {
    let (folder, config) = sample();
    let run =
        |arguments: &[&str]| on_sample_day(ecoparc()).args(arguments).arg("--config").arg(&config).output().unwrap();
    assert_eq!(run(&["sync"]).status.code(), Some(0));
    let output = run(&["compare", "--from", "2023-07-14", "--to", "2025-12-31"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<f64> =
        text.lines().map(|line| line.split_whitespace().nth(1).unwrap().parse().unwrap()).collect();
    // The first day, seven effects, the second day, the difference.
    assert_eq!(numbers.len(), 10, "{text}");
    let sum: f64 = numbers[1..8].iter().sum();
    assert!((numbers[0] + sum - numbers[8]).abs() < 0.01 && (sum - numbers[9]).abs() < 0.01, "{text}");
    assert!(text.contains("2023-07-14") && text.contains("fleet_size") && text.contains("2025-12-31"), "{text}");
    let (code, line) = refusal(&run(&["compare", "--from", "1970-01-01"]));
    assert!(code == 1 && line.contains("nothing is known of that day yet"), "{line}");
    let (code, line) = refusal(&run(&["compare", "--from", "2999-01-01"]));
    assert!(code == 1 && line.contains("day to come"), "{line}");
    drop(folder);
}
