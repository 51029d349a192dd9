//! What modules of `src/` know of each other is what the map draws.

use std::collections::{BTreeMap, BTreeSet};

use super::check;
use super::tree::{file, files, mentions};

/// The modules and crates that a line of code names; what lies at the crate's root itself is no module.
fn named(line: &str) -> impl Iterator<Item = &str> {
    let behind = line.split("crate::").skip(1);
    let ours = behind.filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next());
    let ours = ours.filter(|name| !name.starts_with(char::is_uppercase));
    ours.chain(["domain", "connectors"].into_iter().filter(move |name| mentions(line, &format!("{name}::"))))
}

#[test]
fn modules_know_what_the_map_draws() {
    let map = file("ARCHITECTURE.md").text;
    let mut drawn: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in map.lines().filter_map(|line| line.strip_prefix("src/")?.split_once("──►")) {
        drawn.entry(from.trim()).or_default().extend(to.split(',').map(str::trim));
    }
    assert!(drawn.len() > 10, "ARCHITECTURE.md draws {} modules: the rule about them holds little", drawn.len());
    let all = files();
    let mut breaches = Vec::new();
    for (module, may) in drawn {
        let (root, folder) = (format!("src/{module}.rs"), format!("src/{module}"));
        let own = all.iter().filter(|file| file.path == root || file.is_rust() && file.below(&folder));
        let mut unused = may.clone();
        for file in own.filter(|file| !file.is_tests()) {
            for (number, name) in file.code().flat_map(|(number, line)| named(line).map(move |name| (number, name))) {
                unused.remove(name);
                if name != module && !may.contains(name) {
                    breaches.push(format!("{}:{number} names `{name}`", file.path));
                }
            }
        }
        breaches.extend(unused.iter().map(|name| format!("src/{module} ──► {name} is drawn, and nothing names it")));
    }
    check("ARCHITECTURE.md draws what a module of src/ names; pass the value in, or draw what is so", breaches);
}
