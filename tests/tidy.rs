//! Rules of the house, as tests over the source tree. Each failure says what to do.

mod arrows;
mod tree;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use tree::{File, file, files, mentions, root};

/// So many lines a file may have.
const LONGEST: usize = 450;

/// What only the outside world is asked with. Whoever mentions one of these is not pure.
const OUTSIDE: &[&str] = &[
    "tokio",
    "reqwest",
    "sqlx",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant",
    "::now()",
    "crate::http",
];

/// Fails with every breach of a rule at once.
#[track_caller]
fn check(rule: &str, breaches: Vec<String>) {
    assert!(breaches.is_empty(), "{rule}:\n  {}\n", breaches.join("\n  "));
}

/// Where code mentions a word that it may not.
fn mentioned(files: &[&File], words: &[&str]) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in files {
        for (number, line) in file.code() {
            for word in words.iter().filter(|word| mentions(line, word)) {
                breaches.push(format!("{}:{number} mentions `{word}`", file.path));
            }
        }
    }
    breaches
}

fn rust(files: &[File], folder: &str) -> Vec<File> {
    let chosen = files.iter().filter(|file| file.is_rust() && file.below(folder) && !file.is_tests());
    let chosen: Vec<File> = chosen.map(|file| File { path: file.path.clone(), text: file.text.clone() }).collect();
    assert!(!chosen.is_empty(), "{folder}/ holds no Rust: the rule about it holds nothing");
    chosen
}

/// Names of a manifest's `[dependencies]`.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let manifest: toml::Table = file(manifest).text.parse().unwrap();
    manifest["dependencies"].as_table().unwrap().keys().cloned().collect()
}

#[test]
fn crates_depend_along_the_arrows() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let domain = dependencies("domain/Cargo.toml");
    // Beside civil dates: small pieces of memory that are shared, fast tables, all cores. None of them asks anybody.
    let pure = names(&["boxcar", "jiff", "rayon", "rustc-hash", "smallvec", "triomphe"]);
    assert_eq!(domain, pure, "the domain depends on civil dates, on how data is held, and on nothing else");
    let never = |manifest: &str, words: &[&str]| {
        let found: Vec<_> = dependencies(manifest).intersection(&names(words)).cloned().collect();
        check(&format!("{manifest} depends against the arrows of ARCHITECTURE.md; take it out"), found);
    };
    never("connectors/Cargo.toml", &["ecoparc", "factors", "axum"]);
    never("factors/Cargo.toml", &["ecoparc", "connectors", "sqlx", "tokio", "reqwest", "axum"]);
}

#[test]
fn domain_is_pure() {
    let all = rust(&files(), "domain");
    let words = [OUTSIDE, &["serde", "tracing", "anyhow", "std::io", "Mutex"]].concat();
    let rule = "the domain asks nobody and cannot fail; pass the value in as an argument";
    check(rule, mentioned(&all.iter().collect::<Vec<_>>(), &words));
    // One table of texts is shared by all: nobody can tell when it grew.
    let others: Vec<_> = all.iter().filter(|file| file.path != "domain/shared.rs").collect();
    check(rule, mentioned(&others, &["RwLock"]));
}

#[test]
fn reading_is_pure() {
    let all = files();
    let also = [
        "connectors/csv/contents.rs",
        "connectors/csv/headings.rs",
        "connectors/csv/words.rs",
        "connectors/glpi/account.rs",
        "connectors/glpi/extra.rs",
        "connectors/glpi/itemtype.rs",
        "connectors/glpi/names.rs",
        "connectors/glpi/pages.rs",
        "connectors/glpi/row.rs",
        "connectors/glpi/translate.rs",
        "connectors/clock.rs",
        "connectors/html.rs",
        "connectors/ldap/active.rs",
        "connectors/ldap/dn.rs",
        "connectors/ldap/entry.rs",
        "connectors/ldap/guard.rs",
        "connectors/ldap/place.rs",
        "connectors/ldap/profile.rs",
        "connectors/ldap/referral.rs",
        "connectors/ldap/refusal.rs",
        "connectors/ldap/replay.rs",
        "connectors/ldap/time.rs",
        "connectors/ocs/fields.rs",
        "connectors/ocs/machine.rs",
        "connectors/ocs/parts.rs",
        "connectors/ocs/repair.rs",
        "connectors/snmp/mib.rs",
        "connectors/snmp/power.rs",
        "connectors/snmp/replay.rs",
        "connectors/snmp/tables.rs",
        "connectors/snmp/told.rs",
        "connectors/kind.rs",
        "connectors/model.rs",
        "connectors/repeated.rs",
        "connectors/rule.rs",
        "connectors/value.rs",
        "src/appraise/read.rs",
    ];
    for path in also {
        assert!(root().join(path).is_file(), "{path} is gone: take it out of the list of pure files");
    }
    let pure: Vec<&File> = all
        .iter()
        .filter(|file| {
            file.path.starts_with("connectors/") && file.path.ends_with("/read.rs")
                || also.contains(&file.path.as_str())
        })
        .collect();
    check("reading turns bytes into records and asks nobody; do the asking in mod.rs", mentioned(&pure, OUTSIDE));
}

/// The folders of connectors.
fn connectors(files: &[File]) -> BTreeSet<String> {
    let inside = files.iter().filter_map(|file| file.path.strip_prefix("connectors/")?.split_once('/'));
    inside.map(|(folder, _)| folder.to_owned()).collect()
}

#[test]
fn connectors_know_neither_store_nor_factors_nor_each_other() {
    let all = files();
    let names = connectors(&all);
    let mut breaches = Vec::new();
    for file in rust(&all, "connectors") {
        breaches.extend(mentioned(&[&file], &["factors::", "ecoparc::", "store::"]));
        // One tool is asked in SQL; the store is nobody's here.
        if !file.below("connectors/ocs") {
            breaches.extend(mentioned(&[&file], &["sqlx"]));
        }
        if file.path == "connectors/lib.rs" {
            continue;
        }
        for other in names.iter().filter(|name| !file.below(&format!("connectors/{name}"))) {
            breaches.extend(mentioned(&[&file], &[&format!("crate::{other}"), &format!("super::super::{other}")]));
        }
    }
    check("a connector knows the domain and what connectors/ itself lends; move what two share there", breaches);
}

#[test]
fn a_connector_is_a_folder() {
    let all = files();
    let mut breaches = Vec::new();
    let lib = file("connectors/lib.rs").text;
    let names = connectors(&all);
    for name in &names {
        for part in ["mod.rs", "read.rs", "sample.toml", "README.md", "fixtures", "tests.rs"] {
            if !root().join("connectors").join(name).join(part).exists() {
                breaches.push(format!("connectors/{name}/{part} is missing"));
            }
        }
        if !lib.contains(&format!("&{name}::CONNECTOR")) {
            breaches.push(format!("`{name}` is not in `ALL` of connectors/lib.rs"));
        }
    }
    check("a connector is asking, reading, sample, README, fixtures and tests, and a name in ALL", breaches);
}

#[test]
fn the_store_knows_the_domain_alone() {
    let all = rust(&files(), "src/store");
    let breaches = mentioned(&all.iter().collect::<Vec<_>>(), &["connectors", "factors::", "axum"]);
    check("the store keeps what the domain knows and calls nobody; pass the value in", breaches);
}

#[test]
fn what_is_told_comes_from_the_edition() {
    let all = files();
    let told: Vec<&File> = all
        .iter()
        .filter(|file| file.is_rust() && !file.is_tests())
        .filter(|file| {
            let folders = ["src/web", "src/report", "src/exposition", "src/wording"];
            folders.iter().any(|folder| file.below(folder) || file.path == format!("{folder}.rs"))
        })
        .collect();
    assert!(!told.is_empty(), "nothing in src/ tells anything: the rule about it holds nothing");
    let words = ["crate::store", "crate::collect", "crate::refresh", "crate::schedule", "crate::daemon", "sqlx"];
    let words = [&words[..], &["connectors::", "use factors", "::factors::ALL"]].concat();
    check(
        "a page view or a scrape tells the edition, or asks crate::history; it starts nothing",
        mentioned(&told, &words),
    );
    let history = file("src/history.rs");
    let called = history.code().flat_map(|(number, line)| {
        let calls = line.match_indices("self.0.").map(move |(at, dot)| (number, &line[at + dot.len()..]));
        calls.filter(|(_, call)| !["history(", "ping("].iter().any(|reads| call.starts_with(reads)))
    });
    check(
        "src/history.rs only reads the store; writing is the daemon's",
        called.map(|(number, call)| format!("src/history.rs:{number} calls `{call}`")).collect(),
    );
}

#[test]
fn tests_drive_the_binary_alone() {
    let all = files();
    let tests: Vec<&File> = all
        .iter()
        .filter(|file| file.is_rust() && file.below("tests"))
        // Fuzzers are a workspace of their own: they call what reads foreign bytes.
        .filter(|file| !file.path.starts_with("tests/tidy") && !file.below("tests/fuzz"))
        .collect();
    check(
        "tests/ speaks to ecoparc by command line, HTTP and database; test inside the crate what needs its code",
        mentioned(&tests, &["domain::", "connectors::", "factors::", "ecoparc::"]),
    );
}

#[test]
fn files_are_short() {
    let mut breaches = Vec::new();
    for file in files().iter().filter(|file| file.is_rust()) {
        let lines = file.text.lines().count();
        if lines > LONGEST {
            breaches.push(format!("{} has {lines} lines", file.path));
        }
    }
    check("a file has one subject and about 400 lines: cut it where its subject changes", breaches);
}

#[test]
fn nothing_is_left_unfinished_or_silenced() {
    let all = files();
    let ours: Vec<&File> = all.iter().filter(|file| file.is_rust() && !file.path.starts_with("tests/tidy")).collect();
    let words = ["#[allow(", "#![allow(", "todo!(", "unimplemented!(", "dbg!("];
    check("finish it, or use #[expect(…, reason = \"…\")]", mentioned(&ours, &words));
}

#[test]
fn names_say_what_things_are() {
    let mut breaches = Vec::new();
    let empty = ["utils", "util", "helpers", "helper", "common", "manager", "service", "misc"];
    for file in files() {
        // systemd's own word for the end of a file's name.
        let path = file.path.strip_suffix(".service").unwrap_or(&file.path);
        for part in path.split(['/', '.']).filter(|part| empty.contains(part)) {
            breaches.push(format!("{}: `{part}` says nothing", file.path));
        }
        if !file.is_rust() {
            continue;
        }
        for (number, line) in file.code() {
            let named = |sort: &str| line.split(sort).nth(1).filter(|_| mentions(line, sort.trim()));
            let functions = ["get_", "handle_", "process_"];
            if named("fn ").is_some_and(|name| functions.iter().any(|start| name.starts_with(start))) {
                breaches.push(format!("{}:{number} {}", file.path, line.trim()));
            }
            let types = ["struct ", "enum ", "trait ", "mod "].into_iter().filter_map(named);
            for name in types.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""))
            {
                let ends = ["Manager", "Service", "Helper", "Utils"].iter().any(|end| name.ends_with(end));
                if ends || empty.contains(&name) {
                    breaches.push(format!("{}:{number} `{name}` says nothing", file.path));
                }
            }
        }
    }
    check("name the thing, or what the function gives or does", breaches);
}

#[test]
fn nothing_names_a_machine() {
    // Put together here, so that this file does not hold them.
    let registries =
        [["crates", ".io"], ["docs", ".rs"], ["pypi", ".org"], ["npmjs", ".com"]].map(|two| two.concat());
    let folders = ["work", "root", "home"].map(|folder| format!("/{folder}/"));
    let scratch = ["/", "tmp", "/"].concat();
    let mut breaches = Vec::new();
    // Cargo writes its lock files itself, the registry's name in every entry.
    for file in files().iter().filter(|file| !file.path.ends_with("Cargo.lock")) {
        for (at, line) in file.text.lines().enumerate() {
            let host = registries.iter().find(|host| mentions(line, host));
            let folder = folders.iter().find(|folder| {
                // Within a longer path or an address the same word is no folder of a machine.
                line.match_indices(folder.as_str())
                    .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-}$".contains(c)))
            });
            let scratch = (!file.is_tests() && line.contains(&scratch)).then_some(&scratch);
            if let Some(found) = host.or(folder).or(scratch) {
                breaches.push(format!("{}:{} holds `{found}`", file.path, at + 1));
            }
        }
    }
    check("what is committed works on any machine and names no registry", breaches);
}

#[test]
fn every_folder_explains_itself() {
    let map = file("ARCHITECTURE.md").text;
    let folders: BTreeSet<String> =
        files().iter().filter_map(|file| Some(file.path.split_once('/')?.0.to_owned())).collect();
    let silent = folders
        .iter()
        .filter(|folder| !root().join(folder).join("README.md").exists() && !map.contains(&format!("`{folder}/`")));
    check(
        "a folder at the top has a README.md, or a line `folder/` in ARCHITECTURE.md",
        silent.map(|folder| format!("{folder}/")).collect(),
    );
}

/// Where the links of a page lead.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let outside_blocks = text.split("```").step_by(2);
    outside_blocks.flat_map(|part| part.split('`').skip(1).step_by(2))
}

#[test]
fn the_map_shows_what_exists() {
    let mut breaches = Vec::new();
    for page in ["ARCHITECTURE.md", "README.md", "LISEZMOI.md", "deploy/README.md", "benches/README.md"] {
        let text = file(page).text;
        let names = quoted(&text).filter(|name| {
            let path = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte));
            // A bare `read.rs` speaks of any; a path is one file.
            path && name.trim_end_matches('/').contains('/') && !name.starts_with('/')
        });
        for path in names.chain(links(&text).filter(|link| !link.contains("://"))) {
            if !root().join(path).exists() {
                breaches.push(format!("{page} names {path}"));
            }
        }
    }
    check("a page names a file that is not there; correct the page", breaches);
}

/// The names that questions ask under, from the domain's lists.
fn indicators() -> BTreeMap<String, usize> {
    let mut names = BTreeMap::new();
    for file in rust(&files(), "domain/indicator") {
        for (_, line) in file.code() {
            for rest in line.split("name: \"").skip(1) {
                *names.entry(rest.split('"').next().unwrap_or_default().to_owned()).or_default() += 1;
            }
        }
    }
    assert!(names.len() > 40, "only {} indicators were found in domain/indicator/", names.len());
    names
}

#[test]
fn metrics_are_named_once_and_told_truly() {
    let asked = indicators();
    let twice = asked.iter().filter(|(_, times)| **times > 1).map(|(name, _)| name.clone());
    check("an indicator has one place in the lists of domain/indicator/", twice.collect());
    let mut known: BTreeSet<String> = asked.into_keys().map(|name| format!("ecoparc_{name}")).collect();
    let exposition = files().into_iter().filter(|file| file.is_rust() && file.path.starts_with("src/exposition"));
    for file in exposition {
        let strings = file.text.split('"').filter(|text| text.starts_with("ecoparc_"));
        known.extend(strings.map(str::to_owned));
    }
    let mut breaches = Vec::new();
    for file in files().iter().filter(|file| file.path.ends_with(".md")) {
        for (at, _) in file.text.match_indices("ecoparc_") {
            let name: String = file.text[at..]
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '_')
                .collect();
            if !known.contains(&name) {
                breaches.push(format!("{} promises {name}", file.path));
            }
        }
    }
    check("a page promises a metric that the code does not publish; correct the page or publish it", breaches);
}

/// The commands of a page's code blocks, comments left out.
fn commands(page: &str) -> Vec<String> {
    let text = file(page).text;
    let blocks = text.split("```").skip(1).step_by(2).flat_map(|block| block.lines().skip(1));
    let commands = blocks.map(|line| line.split(" #").next().unwrap_or_default().trim().to_owned());
    commands.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

#[test]
fn both_languages_say_the_same() {
    let headings = |page: &str| file(page).text.lines().filter(|line| line.starts_with('#')).count();
    let told = "README.md and LISEZMOI.md have the same sections, commands and links; change both";
    assert_eq!(headings("README.md"), headings("LISEZMOI.md"), "{told}");
    assert_eq!(commands("README.md"), commands("LISEZMOI.md"), "{told}");
    // Where a page is there in both languages, each leads to its own, and to the other's where it offers that.
    let in_french = |link: &str| {
        let other = match link.strip_suffix("README.md") {
            Some(folder) => format!("{folder}LISEZMOI.md"),
            None => link.replace("LISEZMOI.md", "README.md"),
        };
        if root().join(&other).exists() { other } else { link.to_owned() }
    };
    let [english, french] = ["README.md", "LISEZMOI.md"].map(|page| file(page).text);
    let english: Vec<String> = links(&english).map(in_french).collect();
    assert!(!english.is_empty(), "README.md leads nowhere: the rule about its links holds nothing");
    assert_eq!(english, links(&french).collect::<Vec<_>>(), "{told}");
}

#[test]
fn one_command_tests_everything() {
    let ci = file(".ci/run").text;
    let lines = ci.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines: Vec<&str> = lines.filter(|line| !line.starts_with("set ") && !line.starts_with("cd ")).collect();
    assert_eq!(lines, ["exec tests/run"], ".ci/run calls tests/run and adds nothing; put the step into tests/run");
}
