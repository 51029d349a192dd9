//! `ecoparc check --connect`: what an operator sees before anything is kept.

use crate::house::{Folder, refusal, table};

/// What it says of a configuration and the tables beside it.
fn check(folder: &Folder, config: &str) -> String {
    folder.configure(config);
    let output = folder.run(&["check", "--connect"]);
    String::from_utf8(output.stdout).unwrap()
}

const CCAS: &str = "[[entity]]\nid = \"ccas\"\nname = \"Action sociale\"\naliases = [\"ALIAS\"]\n\
                    [[room]]\nname = \"salle\"\nlocations = [\"Baie*\", \"Etage 9\"]\n";

#[test]
fn names_that_are_not_shared_are_told() {
    let folder = Folder::new();
    let mut rows = "id;kind;entity;location;Numero serie HT;user\n".to_owned();
    for (at, entity) in ["Mairie", "Mairie > CCAS", "Mairie > CCAS"].iter().enumerate() {
        rows += &format!("{at};laptop;{entity};Baie {at};X;j.martin\n");
    }
    folder.write("fleet.csv", &rows);
    let fleet = table("fleet", "assets", "fleet.csv", "");
    let lost = check(&folder, &(CCAS.replace("ALIAS", "*> CCAS*") + &fleet));
    let says = |said: &str, what: &str| assert!(said.contains(what), "{what:?} is not in\n{said}");
    says(&lost, "configuration: 2 entities, 1 source, ");
    says(&lost, "  read 3 records in ");
    says(&lost, "  1 column taken by nothing: `ecoparc check --connect` names it\n");
    says(&lost, "  columns that nothing takes: `Numero serie HT`\n");
    says(&lost, "  entity: Mairie > CCAS (2), Mairie (1)\n");
    says(&lost, "  no `[[entity]]` has this name or alias: fleet: Mairie > CCAS\n");
    let alias = "  entity \"ccas\": the alias `*> CCAS*` matches nothing that was read: a `*` stands for anything at the \
                 end alone\n";
    says(&lost, alias);
    says(&lost, "  room \"salle\": the location `Etage 9` matches nothing that was read\n");
    assert!(!lost.contains("`Baie*`") && !lost.contains("martin"), "{lost}");
    let found = check(&folder, &(CCAS.replace("ALIAS", "Mairie > CCAS").replace(", \"Etage 9\"", "") + &fleet));
    says(&found, "  entity: Mairie > CCAS (2), Mairie (1)\n");
    assert!(!found.contains("names of the configuration"), "{found}");
    // A source that failed may tell what an alias means.
    let half = CCAS.replace("ALIAS", "Régie") + &fleet + &table("gone", "assets", "gone.csv", "");
    let half = check(&folder, &half);
    says(&half, "  no `[[entity]]` has this name or alias: fleet: Mairie > CCAS\n");
    says(&half, "  not every source was read: whether aliases, locations and rooms match is not told\n");
    assert!(!half.contains("Régie"), "{half}");
    // Where nothing is configured by name, nothing is left untold.
    let none = check(&folder, &table("gone", "assets", "gone.csv", ""));
    assert!(none.contains("gone.csv") && !none.contains("names of the configuration"), "{none}");
}

/// A room that lists nothing goes by its name: where assets are, or of a table of electricity.
#[test]
fn rooms_that_nothing_means_are_told() {
    let folder = Folder::new();
    folder.write("fleet.csv", "id;kind;location\n1;server;salle a\n");
    folder.write("power.csv", "time;room;device;watts\n2026-03-01 12:00;salle b;pdu-b;100\n");
    let room = |name: &str, more: &str| format!("[[room]]\nname = \"{name}\"\n{more}");
    let rooms =
        room("Salle A", "") + &room("Salle B", "") + &room("Salle C", "") + &room("Salle D", "it = [\"pdu-d\"]\n");
    let sources = table("fleet", "assets", "fleet.csv", "") + &table("power", "power", "power.csv", "");
    let said = check(&folder, &(rooms.clone() + &sources));
    let (_, names) = said.split_once("names of the configuration\n").unwrap();
    assert_eq!(names, "  room \"Salle C\": it has no `locations`, and its name matches nothing that was read\n");
    let half = check(&folder, &(rooms + &sources + &table("gone", "assets", "gone.csv", "")));
    assert!(half.contains("locations and rooms match is not told\n") && !half.contains("Salle C"), "{half}");
}

/// A heading may be somebody's name: whoever checks is told it, what is logged and published counts it.
#[test]
fn headings_of_a_table_that_fails_are_told_to_whoever_checks() {
    let folder = Folder::new();
    folder.write("fleet.csv", "Couleur;;J. Martin\nbleu;;3\n");
    let said = check(&folder, &table("fleet", "assets", "fleet.csv", ""));
    let why = "no heading is known for assets: there are 2 headings, which `ecoparc check --connect` names";
    assert!(said.contains(&format!("{why}\n  found instead: `Couleur`, `J. Martin`\n")), "{said}");
    let output = folder.run(&["sync"]);
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(why) && !said.contains("Martin"), "{said}");
}

/// Each source has its own line of them, and what a cell holds does not reach the terminal as an order.
#[test]
fn names_are_told_by_source_and_as_text() {
    let folder = Folder::new();
    let rows: String = (0..23).map(|at| format!("{at};laptop;Direction {at:02}\n")).collect();
    folder.write("fleet.csv", &format!("id;kind;entity\n{rows}"));
    folder.write("other.csv", "id;kind;entity\n1;laptop;\"A\u{1b}[2J\nB\"\n");
    let sources = table("fleet", "assets", "fleet.csv", "") + &table("other", "assets", "other.csv", "");
    let said = check(&folder, &(CCAS.replace("ALIAS", "CCAS") + &sources));
    let unplaced = "  no `[[entity]]` has this name or alias: ";
    for what in
        ["fleet: Direction 19, and 3 more\n", &format!("{unplaced}other: A [2J B\n"), "  entity: A [2J B (1)\n"]
    {
        assert!(said.contains(what), "{what:?} is not in\n{said}");
    }
    assert!(!said.contains('\u{1b}'), "{said:?}");
}

#[test]
fn many_entities_are_cut_short_and_one_is_one() {
    let folder = Folder::new();
    let rows: String = (0..23).map(|at| format!("{at};laptop;Direction {at:02}\n")).collect();
    folder.write("fleet.csv", &format!("id;kind;entity\n{rows}x;chaise;\n"));
    let said = check(&folder, &table("fleet", "assets", "fleet.csv", ""));
    for what in ["configuration: 1 entity, 1 source, ", "read 23 records in ", " s, 1 reject\n"] {
        assert!(said.contains(what), "{what:?} is not in\n{said}");
    }
    assert!(said.contains("Direction 19 (1), and 3 more (3)\n") && !said.contains("Direction 20"), "{said}");
    // Where nobody has configured entities, none is missed.
    assert!(!said.contains("names of the configuration"), "{said}");
}

/// A rule and a row that hold a word of nobody's are told those that there are.
#[test]
fn words_are_told() {
    let folder = Folder::new();
    let rule = "[[source.rule]]\nwhen = { supplier = \"Recommerce\" }\nset = { mode = \"loué\" }\n";
    folder.write("fleet.csv", "id;kind;mode\n1;laptop;prêté\n");
    let bad = folder.configure(&table("fleet", "assets", "fleet.csv", rule));
    let (code, line) = refusal(&folder.run(&["check"]));
    assert_eq!(code, 64, "{}", bad.display());
    assert!(line.ends_with("`loué` is not a word it knows: it takes purchase, rental, gift"), "{line}");
    let said = check(&folder, &table("fleet", "assets", "fleet.csv", ""));
    let reject =
        "reject fleet.csv:2 mode: `prêté` is not a mode it knows (purchase, rental, gift): write a rule for it";
    assert!(said.contains(reject), "{said}");
}
