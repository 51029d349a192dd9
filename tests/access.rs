//! Who may see what: every route, page, export and metric of two towns on one ecoparc, as each of them sees it.

mod frame;
mod reader;
mod secrets;
mod slow;
mod small;
mod tls;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::house::*;

/// Years of which something is told.
const YEARS: [&str; 2] = ["2025", "2026"];

/// A town: every table says something of it, in words that no other town's rows hold.
struct Town {
    /// Begins every word of it.
    word: &'static str,
    siret: &'static str,
    /// How much it has of everything.
    size: usize,
    /// What its things cost.
    price: usize,
}

const BOREAL: Town = Town { word: "Boreal", siret: "26000000000018", size: 12, price: 700 };
const ZENITH: Town = Town { word: "Zenith", siret: "73282932000074", size: 9, price: 431 };
/// The same town in other circumstances.
const CHANGED: Town = Town { word: "Zenith", siret: "73282932000074", size: 23, price: 1207 };

/// Tables that both towns share, and their headings.
const TABLES: [(&str, &str, &str); 10] = [
    (
        "parc",
        "assets",
        "id;kind;manufacturer;model;serial;hostname;entity;location;department;user;status;condition;purchase_date;\
     purchase_price_ht;supplier;order_number;in_service_date;retired_date;disposal_date;disposal;last_seen",
    ),
    (
        "achats",
        "purchases",
        "date;order_number;entity;siret;kind;description;manufacturer;model;quantity;amount_ht;condition;mode;supplier",
    ),
    (
        "sorties",
        "disposals",
        "date;retired_date;serial;kind;quantity;entity;siret;disposal;purchase_date;weight_kg;handler",
    ),
    ("stock", "reformed_stock", "date;siret;count;note"),
    ("agents", "headcount", "date;entity;department;agents"),
    ("courant", "power", "time;room;device;watts;kwh;role"),
    ("declares", "declared", "date;entity;theme;name;value;unit;source;note"),
    ("actions", "actions", "id;theme;title;status;department;start;due;indicator;blocked_by;entity"),
    ("services", "services", "year;entity;scope;name;supplier;kwh;co2e_kg;amount_ht;origin"),
    ("decisions", "decisions", "decision;asset_a;asset_b;reason;date"),
];

impl Town {
    fn id(&self) -> String {
        self.word.to_lowercase()
    }

    /// Its rows of each table.
    fn rows(&self) -> BTreeMap<&'static str, Vec<String>> {
        let (word, id, siret, price) = (self.word, self.id(), self.siret, self.price);
        let mut rows: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        let mut add = |table: &'static str, row: String| rows.entry(table).or_default().push(row);
        for at in 0..self.size {
            let kind = ["laptop", "monitor", "server", "printer"][at % 4];
            let gone = if at % 5 == 4 { "disposed" } else { "in_use" };
            let (retired, left, way) =
                if gone == "disposed" { ("2025-11-02", "2026-02-03", "donation") } else { ("", "", "") };
            let condition = if at % 3 == 0 { "refurbished" } else { "new" };
            add(
                "parc",
                format!(
                    "{word}-{at};{kind};Lenovo;{word}Book {};{word}SERIAL{at:04};{id}-pc-{at};{id};{word} > Salle{word};\
                 Direction{word};login{id}{at};{gone};{condition};2025-0{}-11;{price},50;Fournisseur{word};CMD{word}{at};\
                 2025-0{}-12;{retired};{left};{way};2026-0{}-01",
                    at % 3,
                    at % 8 + 1,
                    at % 8 + 1,
                    at % 8 + 1,
                ),
            );
            add(
                "achats",
                format!(
                    "2025-0{}-11;CMD{word}{at};{id};{siret};{kind};Lot{word};Lenovo;{word}Book {};{};{};{condition};purchase;Fournisseur{word}",
                    at % 8 + 1,
                    at % 3,
                    at % 3 + 1,
                    price * (at % 3 + 1),
                ),
            );
            add(
                "sorties",
                format!(
                    "2026-01-1{};2025-06-01;{word}GONE{at};monitor;1;{id};{siret};donation;2019-01-01;4;Repreneur{word}",
                    at % 9
                ),
            );
            add(
                "actions",
                format!(
                    "{word}-A{at};2;Action{word} {at};running;Direction{word};2025-01-01;2025-06-01;;Obstacle{word};{id}"
                ),
            );
        }
        add("parc", format!("{word}-x;;Lenovo;;;;{id};;;;;;;;;;;;;;"));
        add("stock", format!("2026-01-01;{siret};{};Note{word}", self.size * 2));
        add("agents", format!("2025-01-01;{id};;{}", self.size * 3));
        for hour in 0..20 {
            add(
                "courant",
                format!("2026-09-0{}T{hour:02}:00:00Z;Salle{word};pdu{word};{};;it", self.size % 5 + 1, price + hour),
            );
        }
        add("declares", format!("2025-12-31;{id};1;Releve{word};{};marchés;Origine{word};Remarque{word}", self.size));
        add(
            "services",
            format!("2025;{id};hosting;Service{word};Prestataire{word};{price};{};{price};Bilan{word}", self.size),
        );
        add("decisions", format!("different;parc:{word}-0;parc:{word}-1;Raison{word};2026-01-01"));
        rows
    }

    /// Its entity, its room, its objective, and a source of its own with a row that is refused.
    fn configuration(&self) -> String {
        let (word, id, siret) = (self.word, self.id(), self.siret);
        format!(
            "[[entity]]\nid = \"{id}\"\nname = \"{word}-sur-Aa\"\nsiret = \"{siret}\"\n\
             [[entity]]\nid = \"{id}-police\"\nname = \"Police{word}\"\nparent = \"{id}\"\n\
             [[room]]\nname = \"Salle{word}\"\nlocations = [\"{word} > Salle{word}*\"]\n\
             [[objective]]\nname = \"objectif{word}\"\nindicator = \"reuse_spend_ratio\"\n\
             slice = {{ siret = \"{siret}\", category = \"it_telephony\" }}\ntheme = 1\n\
             baseline = {{ date = \"2024-12-31\", value = 0.1 }}\ntarget = 0.3\ntarget_date = \"2028-12-31\"\n{}",
            table(&format!("propre{word}"), "assets", &format!("propre{word}.csv"), &format!("entity = \"{id}\"")),
        )
    }
}

/// Both towns. What the first one says stands before what the second says, in every table.
fn towns(first: &Town, second: &Town, tokens: &str) -> (Folder, Daemon) {
    let folder = Folder::new();
    let (ours, theirs) = (first.rows(), second.rows());
    let mut configuration = tokens.to_owned() + &first.configuration() + &second.configuration();
    for (name, contents, headings) in TABLES {
        let rows = ours[name].iter().chain(&theirs[name]);
        let text: String =
            std::iter::once(headings).chain(rows.map(String::as_str)).map(|row| format!("{row}\n")).collect();
        folder.write(&format!("{name}.csv"), &text);
        configuration += &table(name, contents, &format!("{name}.csv"), "");
    }
    for town in [first, second] {
        let (word, many) = (town.word, town.size / 2);
        let rows: String = (0..many).map(|at| format!("P{word}{at};tablet;{word}TAB{at:04};2025-01-01\n")).collect();
        folder.write(
            &format!("propre{word}.csv"),
            &format!("id;kind;serial;in_service_date\n{rows}Q{word};tablet;{word}BAD;hier{word}\n"),
        );
    }
    let daemon = Daemon::start(&folder.configure_for("none", &configuration));
    let all = [("authorization", "Bearer whole-token")];
    daemon.until("everything was read", |daemon| {
        let answer = daemon.request(reqwest::Method::GET, "/api/v1/sources", &all);
        let told: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let up = |source: &Value| source["up"] == true;
        told["items"].as_array().is_some_and(|items| !items.is_empty() && items.iter().all(up))
    });
    (folder, daemon)
}

fn tokens() -> String {
    token("whole", "whole-token", "\"assets\"", "")
        + &token("reader", "reader-token", "\"read\"", "")
        + &token("town", "town-token", "\"assets\"", "entities = [\"boreal\"]")
        + &token("townreader", "town-reader-token", "\"read\"", "entities = [\"boreal\"]")
}

/// Every address: those of the API by its own description, the pages by their list, and the rest by hand.
fn addresses(daemon: &Daemon) -> Vec<String> {
    addresses_of(daemon, "whole-token")
}

/// The same, for whom this token opens everything.
fn addresses_of(daemon: &Daemon, token: &str) -> Vec<String> {
    let description: Value = serde_json::from_str(&daemon.get("/api/v1/openapi.json").body).unwrap();
    let mut addresses: BTreeSet<String> = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        if item.get("get").is_none() {
            assert!(
                ["/api/v1/simulate", "/api/v1/sources/{name}/sync"].contains(&path.as_str()),
                "{path}: walk it too"
            );
            continue;
        }
        for year in YEARS {
            let path = path.replace("{year}", year).replace("{name}", "assets");
            addresses.extend(["parc:Boreal-0", "parc:Zenith-0"].map(|id| path.replace("{id}", id)));
            addresses.insert(path.replace("{id}", "nothing"));
        }
        // A family each: all of them by name, over time, and as they were.
        if path.contains("{name}") {
            let families = daemon.ask("/api/v1/indicators", token).body;
            let families: Value = serde_json::from_str(&families).unwrap();
            let names = families["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap());
            addresses.extend(names.map(|name| path.replace("{name}", name) + "?from=2026-09-01&step=quarter"));
        }
    }
    let pages = std::fs::read_to_string(root().join("src/web/page.rs")).unwrap();
    let pages: BTreeSet<String> =
        pages.split("path: \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    assert!(pages.len() >= 16 && pages.contains("/strategy"), "{pages:?}");
    addresses.extend(pages);
    addresses.extend(
        [
            "/metrics",
            "/healthz",
            "/readyz",
            "/login",
            "/?lang=en",
            "/explain?id=parc:Boreal-0",
            "/explain?id=parc:Zenith-0",
            "/fleet?q=Zenith",
            "/fleet?entity=zenith",
            "/changes?from=2025-06-01",
            "/api/v1/indicators?at=2026-01-15",
            "/api/v1/indicators?entity=boreal",
            "/api/v1/indicators?entity=zenith",
            "/api/v1/indicators?entity=Ville+d%27Essai",
            "/api/v1/assets?q=Zenith",
            "/api/v1/footprint?by=kind&criterion=adpe",
            "/api/v1/footprint/explanation?entity=zenith",
            "/api/v1/compare?entity=zenith",
            "/api/v1/compare?from=2025-06-01",
        ]
        .map(str::to_owned),
    );
    addresses.into_iter().collect()
}

/// What each address answers, as JSON or a page, and as CSV or OpenMetrics.
fn told(daemon: &Daemon, addresses: &[String], token: &str) -> Vec<(String, Answer)> {
    wait(async {
        let (client, mut told) = (client(), Vec::new());
        for address in addresses {
            for accept in ["*/*", "text/csv, application/openmetrics-text"] {
                let request = client.get(format!("{}{address}", daemon.url)).bearer_auth(token);
                let response = request.header("accept", accept).send().await.unwrap();
                let (status, headers) = (response.status().as_u16(), response.headers().clone());
                told.push((address.clone(), Answer { status, headers, body: response.text().await.unwrap() }));
            }
        }
        told
    })
}

fn one(daemon: &Daemon, address: &str, token: &str) -> Answer {
    told(daemon, &[address.to_owned()], token).remove(0).1
}

/// A scenario, since that is no GET.
fn simulated(daemon: &Daemon, token: &str) -> String {
    let answer = wait(async {
        let request = client().post(format!("{}/api/v1/simulate", daemon.url)).bearer_auth(token);
        request.body("{}").send().await.unwrap().text().await.unwrap()
    });
    assert!(answer.contains("\"items\""), "{answer}");
    answer
}

/// What differs between two daemons whatever they tell of, taken out: when it was made, and how long that took.
fn timeless(address: &str, body: &str) -> String {
    let moving = concat!(
        r#""(edition|duration_seconds|last_success|failed_at)":("[^"]*"|[0-9.]+|null),?|"#,
        r#"(?m)^(ecoparc_edition_timestamp_seconds|ecoparc_refresh_duration_seconds|ecoparc_source_(duration|last_success)[a-z_]*|process_[a-z_]*)\b.*$|"#,
        r#"<time datetime="[^"]*">[^<]*</time>"#,
    );
    let body = regex::Regex::new(moving).unwrap().replace_all(body, "");
    // As CSV the sources have neither names nor marks beside these.
    let in_lines = regex::Regex::new(r#"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z|\b[0-9]+\.[0-9]+\b"#).unwrap();
    if address == "/api/v1/sources" { in_lines.replace_all(&body, "").into_owned() } else { body.into_owned() }
}

/// A town's token finds nothing of its neighbour, nor anything that changes with it: whatever the neighbour has, the same is
/// told. What depends on it could be subtracted from.
#[test]
fn a_town_is_told_nothing_that_depends_on_its_neighbour() {
    let (_one, before) = towns(&BOREAL, &ZENITH, &tokens());
    let (_two, after) = towns(&BOREAL, &CHANGED, &tokens());
    let addresses = addresses(&before);
    assert!(addresses.len() > 90, "{}", addresses.len());
    let (mut answered, mut breaches) = (0, Vec::new());
    for token in ["town-token", "town-reader-token"] {
        {
            let (before, after) = (told(&before, &addresses, token), told(&after, &addresses, token));
            for ((address, one), (_, two)) in before.iter().zip(&after) {
                answered += usize::from(one.status == 200);
                let asked = address.to_lowercase().contains("zenith");
                let word = one.body.to_lowercase().find("zenith").filter(|_| !asked);
                if let Some(at) = word.or_else(|| one.body.find(ZENITH.siret)) {
                    let near: String = one.body.chars().skip(at.saturating_sub(60)).take(140).collect();
                    breaches.push(format!("{token} {address} tells of the neighbour: {near}"));
                }
                if timeless(address, &one.body) != timeless(address, &two.body) {
                    let (one, two) = (timeless(address, &one.body), timeless(address, &two.body));
                    let at = one.bytes().zip(two.bytes()).position(|(one, two)| one != two).unwrap_or_default();
                    let near = |text: &str| text.chars().skip(at.saturating_sub(60)).take(120).collect::<String>();
                    breaches.push(format!(
                        "{token} {address} depends on the neighbour:\n    {}\n    {}",
                        near(&one),
                        near(&two)
                    ));
                }
            }
        }
        let simulated = |daemon| timeless("", &simulated(daemon, token));
        assert_eq!(simulated(&before), simulated(&after));
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
    assert!(answered > 200, "only {answered} answers told anything");
    // The walk would notice: whoever sees both towns is told of both.
    let seen = one(&before, "/api/v1/indicators", "whole-token");
    assert!(seen.body.contains("zenith") && seen.body.contains(ZENITH.siret));
}

/// Without scope `assets` nothing tells one thing from another.
#[test]
fn readers_are_told_no_identifiers() {
    let (_folder, daemon) = towns(&BOREAL, &ZENITH, &tokens());
    let identifiers = [
        "SERIAL0",
        "GONE",
        "TAB0",
        "boreal-pc-",
        "parc:Boreal",
        "parc:Zenith",
        "CMDBoreal",
        "CMDZenith",
        "loginboreal",
        "hierBoreal",
    ];
    let mut breaches = Vec::new();
    for token in ["reader-token", "town-reader-token"] {
        for (address, answer) in told(&daemon, &addresses(&daemon), token) {
            let asked = |text: &&&str| address.contains(**text);
            for found in identifiers.iter().filter(|text| answer.body.contains(**text)).filter(|text| !asked(text)) {
                breaches.push(format!("{token} {address} tells `{found}`"));
            }
        }
    }
    breaches.dedup();
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
    let whole = one(&daemon, "/api/v1/assets", "whole-token");
    assert!(whole.body.contains("BorealSERIAL0"), "there are identifiers to find");
    // People are dropped without a key, whoever looks.
    assert!(!whole.body.contains("loginboreal"));
}

/// Paths are no files.
#[test]
fn no_path_leads_to_a_file() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder.configure(""));
    let port: u16 = daemon.url.rsplit(':').next().unwrap().parse().unwrap();
    for path in [
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/api/v1/../../ecoparc.toml",
        "/api/v1/assets/..%2f..%2fecoparc.toml",
        "/api/v1/assets/%00",
        "/api/v1/procurement/..%2f/declaration.csv",
        "/static/..\\..\\ecoparc.toml",
        "/ecoparc.toml",
        "/ecoparc.db",
        "file:///etc/passwd",
        "http://elsewhere.invalid/etc/passwd",
    ] {
        let answer = frame::raw(port, &format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"));
        let status = answer.split(' ').nth(1).unwrap_or_default().to_owned();
        assert!(["400", "404", "422", "503"].contains(&status.as_str()), "{path}: {answer}");
        assert!(!answer.contains("root:") && !answer.contains("[organisation]"), "{path}: {answer}");
    }
    assert!(Path::new(&folder.0.join("ecoparc.toml")).exists());
}
