//! A directory as an operator meets it, through the real binary and a real slapd: people by entity beside the fleet, and
//! nobody's name anywhere.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::house::*;

/// An entry, attribute by attribute.
type Entry = BTreeMap<String, Vec<String>>;

/// A server of a test's own, from `tests/servers/slapd`.
struct Slapd {
    folder: PathBuf,
    port: String,
}

/// People and computers in it.
const SIZES: [&str; 2] = ["300", "60"];

impl Slapd {
    fn start(folder: &Folder) -> Self {
        let folder = folder.0.join("slapd");
        let told = server("slapd", "start", &folder, &SIZES);
        Self { folder, port: told.split_whitespace().next().unwrap().to_owned() }
    }

    fn source(&self) -> String {
        format!(
            "[[source]]\nname = \"annuaire\"\ntype = \"ldap\"\nevery = \"1h\"\nurl = \"ldap://127.0.0.1:{}\"\n\
             bind_dn = \"cn=ecoparc,dc=ville,dc=test\"\npassword = \"ecoparc-secret\"\nprofile = \"openldap\"\n\
             base = \"dc=ville,dc=test\"\n\
             [[source.entities]]\nmatch = \"^(DSI|DRH|DAF)$\"\nentity = \"Mairie > $1\"\n\
             [[source.entities]]\nmatch = \"^(CULT|DEE|VOI|DGS)$\"\nentity = \"Mairie > Services\"\n",
            self.port
        )
    }

    /// Entries as attribute and values, read by plain means.
    fn entries(&self) -> Vec<Entry> {
        let text = std::fs::read_to_string(self.folder.join("load.ldif")).unwrap();
        let entry = |lines: &str| {
            let mut entry: Entry = BTreeMap::new();
            for line in lines.lines() {
                let (name, value) = line.split_once(':').unwrap();
                let value = match value.strip_prefix(": ") {
                    Some(coded) => decoded(coded),
                    None => value.trim().to_owned(),
                };
                entry.entry(name.to_owned()).or_default().push(value);
            }
            entry
        };
        text.split("\n\n").filter(|lines| !lines.trim().is_empty()).map(entry).collect()
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        server("slapd", "stop", &self.folder, &SIZES);
    }
}

fn decoded(coded: &str) -> String {
    String::from_utf8(STANDARD.decode(coded).unwrap()).unwrap()
}

/// Is it someone who is counted, as the generator means it?
fn counts(entry: &Entry) -> bool {
    let is = |name: &str, value: &str| entry.get(name).is_some_and(|values| values[0] == value);
    let gone = is("pwdAccountLockedTime", "000001010000Z")
        || is("shadowExpire", "15000")
        || is("nsAccountLock", "TRUE")
        || is("sambaAcctFlags", "[UD         ]")
        || is("supannRessourceEtat", "{COMPTE}I");
    !gone && !entry["uid"][0].starts_with("svc-")
}

/// Which entity the directory's people belong to, and how many of them are counted.
fn expected(people: &[&Entry]) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    for entry in people.iter().filter(|entry| counts(entry)) {
        // Of those who tell no department the unit does, which no pattern matches here.
        let entity = match entry.get("departmentNumber").map(|values| values[0].as_str()) {
            Some(code @ ("DSI" | "DRH" | "DAF")) => code.to_lowercase(),
            Some(_) => "services".to_owned(),
            None => "Ville d'Essai".to_owned(),
        };
        *found.entry(entity).or_default() += 1.0;
    }
    found
}

#[test]
fn people_by_entity_and_nobodys_name() {
    let folder = Folder::new();
    let slapd = Slapd::start(&folder);
    let entries = slapd.entries();
    let people: Vec<_> = entries.iter().filter(|entry| entry.contains_key("sn")).collect();
    assert_eq!(people.len(), 300);
    let of = |is: &dyn Fn(&Entry) -> bool| people.iter().find(|entry| is(entry)).unwrap()["uid"][0].clone();
    let in_daf = |entry: &Entry| entry.get("departmentNumber").is_some_and(|codes| codes[0] == "DAF");
    let works = of(&|entry| counts(entry) && in_daf(entry));
    let locked = of(&|entry| entry.get("pwdAccountLockedTime").is_some_and(|told| told[0] == "000001010000Z"));
    folder.write(
        "parc.csv",
        &format!(
            "id;kind;serial;hostname;entity;status;user\n1;laptop;SN0000001;pc-00001;Mairie > DSI;in_use;\n\
             2;laptop;SN0000002;pc-00002;Mairie > DSI;in_use;{locked}\n3;desktop;SN0000003;;Mairie > DRH;in_use;\n\
             4;desktop;SN9999999;;;in_use;{}\n",
            works.to_uppercase()
        ),
    );
    folder.write("key", "a key of the tests, long enough to be one\n");
    let entity = |id: &str, name: &str| {
        format!("[[entity]]\nid = \"{id}\"\nname = \"{name}\"\naliases = [\"Mairie > {name}\"]\n")
    };
    let config = [
        ADMIN_TOKEN.to_owned(),
        "[privacy]\npseudonym_key_file = \"key\"\n".to_owned(),
        entity("dsi", "DSI") + &entity("drh", "DRH") + &entity("daf", "DAF") + &entity("services", "Services"),
        table("parc", "assets", "parc.csv", ""),
        slapd.source(),
    ];
    let config = folder.configure(&config.concat());
    let checked = folder.run(&["check", "--connect"]);
    let checked = String::from_utf8_lossy(&checked.stdout).into_owned() + &String::from_utf8_lossy(&checked.stderr);
    assert!(checked.contains("department") && checked.contains("DSI"), "{checked}");

    let mut daemon = Daemon::start(&config);
    daemon.settled();
    let agents = |daemon: &Daemon| -> BTreeMap<String, f64> {
        let readings = daemon.readings("agents");
        readings
            .iter()
            .map(|reading| {
                (reading["slice"]["entity"].as_str().unwrap().to_owned(), reading["value"].as_f64().unwrap())
            })
            .collect()
    };
    let counted = agents(&daemon);
    assert_eq!(counted, expected(&people));
    assert!(counted.values().sum::<f64>() > 240.0, "{counted:?}");
    // A directory adds nothing to the fleet.
    let assets = daemon.items("/api/v1/assets");
    assert_eq!(assets.len(), 4);
    // What no inventory places is where its holder works; who may not log in any more has left.
    let asset = |id: &str| assets.iter().find(|asset| asset["id"] == format!("parc:{id}")).unwrap();
    assert_eq!((&asset("4")["entity"], &asset("1")["entity"]), (&"daf".into(), &"dsi".into()));
    assert_eq!(daemon.reading("unseen_assets", &[("kind", "laptop"), ("reason", "owner_left")]), Some(1.0));
    let left = daemon.items("/api/v1/unseen?reason=owner_left");
    assert_eq!(left.iter().map(|asset| &asset["id"]).collect::<Vec<_>>(), ["parc:2"]);
    let nowhere = daemon.reading("unseen_assets", &[("kind", "unknown"), ("reason", "not_in_inventory")]);
    assert_eq!(nowhere, Some(daemon.items("/api/v1/unseen?reason=not_in_inventory&limit=1000").len() as f64));
    assert!(nowhere.is_some_and(|count| (50.0..60.0).contains(&count)), "{nowhere:?}");
    let per_agent = daemon.reading("assets_per_agent_ratio", &[("entity", "dsi"), ("kind", "laptop")]);
    assert_eq!(per_agent, Some(2.0 / counted["dsi"]));

    // A power cut, and back again.
    let failures = |daemon: &Daemon| {
        daemon.sample("ecoparc_source_failures_total{source=\"annuaire\",class=\"network\"}").unwrap_or(0.0)
    };
    let up = |daemon: &Daemon| daemon.sample("ecoparc_source_up{source=\"annuaire\",connector=\"ldap\"}");
    let before = failures(&daemon);
    server("slapd", "kill", &slapd.folder, &SIZES);
    daemon.log();
    daemon.sync("annuaire");
    daemon.until("it failed", |daemon| failures(daemon) > before);
    assert_eq!((up(&daemon), agents(&daemon)), (Some(0.0), counted.clone()));
    server("slapd", "start", &slapd.folder, &SIZES);
    daemon.log();
    daemon.sync("annuaire");
    daemon.until("it is up again", |daemon| up(daemon) == Some(1.0));
    assert_eq!(agents(&daemon), counted);

    let pages = [
        "/metrics",
        "/",
        "/api/v1/sources",
        "/api/v1/indicators",
        "/api/v1/doubts",
        "/api/v1/unseen",
        "/api/v1/assets?limit=1000",
    ];
    let mut told = pages.map(|page| daemon.get(page).body).concat() + &daemon.log() + &checked;
    let details = assets.iter().map(|asset| asset["id"].as_str().unwrap().replace('/', "%2F"));
    told.extend(details.map(|id| daemon.get(&format!("/api/v1/assets/{id}")).body));
    for file in ["ecoparc.db", "ecoparc.db-wal"] {
        let kept = std::fs::read(folder.0.join(file)).unwrap_or_default();
        assert!(!kept.is_empty() || file.ends_with("wal"), "{file} holds nothing");
        told += &String::from_utf8_lossy(&kept);
    }
    let told = told.to_lowercase();
    let mut words = vec!["ecoparc-secret".to_owned(), "cn=ecoparc".to_owned()];
    for entry in people {
        // First names alone are words of the language; with the family name they are someone's.
        for name in ["sn", "uid", "mail", "telephoneNumber", "cn", "dn"] {
            words.extend(entry[name].iter().map(|word| word.to_lowercase()));
        }
    }
    let found: Vec<&String> = words.iter().filter(|word| told.contains(word.as_str())).collect();
    assert!(found.is_empty() && words.len() > 1500, "{found:?}");
}
