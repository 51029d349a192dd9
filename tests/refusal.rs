//! Bad input: one line that a person can act on, and an exit code.

use crate::house::*;

/// Runs `check` on a configuration and compares what it says.
fn check(more: &str, code: i32, said: &str) {
    let folder = Folder::new();
    folder.write("fleet.csv", "id;kind\n1;laptop\n");
    folder.configure(more);
    let (found, line) = refusal(&folder.run(&["check"]));
    assert_eq!(found, code, "{line}");
    assert!(line.starts_with("ecoparc: ") && line.contains(said), "`{said}` is not in: {line}");
}

#[test]
fn a_bad_configuration_names_the_word_and_the_one_meant() {
    check("[metrix]\n", 64, "unknown key `metrix`: did you mean `metrics`?");
    check("[store]\nhistory_days = 99999999\n", 64, "[store]: `history_days` lies between 1 and 36525");
    check("[store]\nhistory_days = -1\n", 64, "[store]: `history_days` lies between 1 and 36525");
    check("[metrics]\nentity_dept = 1\n", 64, "[metrics]: unknown key `entity_dept`: did you mean `entity_depth`?");
    check(
        &table("fleet", "assets", "fleet.csv", "unlisted_afer = \"1d\""),
        64,
        "source \"fleet\": unknown key `unlisted_afer`",
    );
    check(&table("fleet", "asset", "fleet.csv", ""), 64, "source \"fleet\"");
    check("[[source]]\nname = \"x\"\ntype = \"glpy\"\n", 64, "there is no type `glpy`: did you mean `glpi`?");
    check("[[source]]\ntype = \"csv\"\n", 64, "it has no `name`");
    check(&table("fleet", "assets", "fleet.csv", "entity = \"cca\""), 64, "there is no entity `cca`");
    check(
        &table("fleet", "assets", "fleet.csv", "timeout = \"soon\""),
        64,
        "`timeout`: `soon` is not a length of time",
    );
    check("[[entity]]\nid = \"a\"\nparent = \"b\"\n[[entity]]\nid = \"b\"\nparent = \"a\"\n", 64, "in a circle");
    check("[[entity]]\nid = \"a\"\nsiret = \"21000000000014\"\n", 64, "check key");
    check("[[entity]]\nid = \"VILLE d'Essai\"\n", 64, "entity \"VILLE d'Essai\": this id is the organisation's name");
    check("[assumptions]\nlifetime_years = { laptp = 5 }\n", 64, "did you mean `laptop`?");
    let boaviztapi = |url: &str| format!("[factors]\nboaviztapi = \"{url}\"\n");
    check("[factors]\nboavizta = \"http://127.0.0.1\"\n", 64, "unknown key `boavizta`: did you mean `boaviztapi`?");
    check(&boaviztapi("127.0.0.1:5000"), 64, "[factors]: `boaviztapi`: is not an address");
    check(&boaviztapi("ftp://127.0.0.1"), 64, "`boaviztapi`: starts with neither https:// nor http://");
    check(&boaviztapi("http://a:b@127.0.0.1"), 64, "`boaviztapi`: holds a login: it is asked without one");
    check(&boaviztapi("http://127.0.0.1/?x=1"), 64, "`boaviztapi`: ends before any `?` or `#`");
    check("[factors]\nboaviztapi = 5000\n", 64, "[factors]: invalid type");
    let unknown = "[factors] electricity: no factor of the electricity of `fr` is known";
    check("[factors]\nelectricity = \"fr\"\n", 64, unknown);
    check("[privacy]\npseudonym_key = \"\"\n", 64, "[privacy]: `pseudonym_key` is empty");
    check("[privacy]\npseudonym_key = \"of the house\"\n", 64, "`pseudonym_key` has fewer than 16 characters");
    let no_text = "[privacy]: a token, login or password is a text between quotes";
    check("[privacy]\npseudonym_key = 1234567890123456\n", 64, no_text);
    let hook = "[[notify]]\nname = \"a\"\nwebhook = \"http://127.0.0.1\"\nto = [\"a@b.fr\"]\n";
    check(hook, 64, "notify \"a\": `to` belongs to `smtp`, not to `webhook`");
    check("[law]\nyear_of = \"delivery\"\n", 64, "`year_of` cannot be `delivery`");
    let source = table("csv", "power", "power.csv", "");
    let room = |more: &str| format!("[[room]]\nname = \"Salle A\"\n{more}\n{source}");
    check(&room("location = [\"x\"]"), 64, "room \"Salle A\": unknown key `location`: did you mean `locations`?");
    check("[[room]]\nit = [\"p\"]\n", 64, "[[room]] number 1: it has no `name`");
    check("[[rooms]]\nname = \"x\"\n", 64, "unknown key `rooms`: did you mean `room`?");
    check(&room("[[room]]\nname = \"salle a\""), 64, "room \"salle a\": the name is taken");
    check("[[room]]\nname = \"unknown\"\n", 64, "this name is ecoparc's own");
    check(&room("it = [\"p\"]\ntotal = [\"csv:P\"]"), 64, "p cannot measure both `it` and `total`");
    check(&room("it = [\"p\", \"q\", \"p\"]"), 64, "`it` names p twice");
    check(&room("it = [\"p\"]\n[[room]]\nname = \"B\"\ntotal = [\"p\"]"), 64, "p measures room \"Salle A\" already");
    check(
        &room("it = [\"cvs:p\"]"),
        64,
        "room \"Salle A\": `it`: `cvs:p`: there is no source `cvs`: did you mean `csv`?",
    );
    check(&room("locations = [\"Salle\", \" \"]"), 64, "room \"Salle A\": `locations`: one is blank");
    check(&room("it = \"p\""), 64, "room \"Salle A\": invalid type");
    check("[assumptions]\npower_gap_minutes = 0\n", 64, "`power_gap_minutes` lies between 1 and 1440");
    check("[server\n", 64, "ecoparc.toml");
    let rule = "[[source.rule]]\nwhen = { state = \"(\" }\nset = { status = \"retired\" }";
    check(&table("fleet", "assets", "fleet.csv", rule), 64, "rule 1: `when.state` is not a pattern");
    let rule = "[[source.rule]]\nwhen = { state = \"x\" }\nset = { status = \"gone\" }";
    check(&table("fleet", "assets", "fleet.csv", rule), 64, "`set.status`");
}

/// A token limited to an entity may not see another one, or everything, because they are called the same.
#[test]
fn a_name_that_several_entities_have_is_refused() {
    let entities = "[[entity]]\nid = \"nord\"\nname = \"École\"\n[[entity]]\nid = \"sud\"\nname = \"ÉCOLE\"\n\
                    [[entity]]\nid = \"mairie\"\nname = \"ville d'essai\"\n";
    let seen =
        |name: &str| entities.to_owned() + &token("town", "t", "\"read\"", &format!("entities = [\"{name}\"]"));
    let place = "[[server.token]] \"town\": `entities`: several entities are called ";
    check(&seen("école"), 64, &format!("{place}`école`: write the id of the one that is meant: nord sud"));
    check(
        &seen("Ville d'Essai"),
        64,
        &format!(
            "{place}`Ville d'Essai`: write the id of the one that is meant: mairie, or leave the key out for the whole \
             organisation"
        ),
    );
    let fed =
        |name: &str| entities.to_owned() + &table("fleet", "assets", "fleet.csv", &format!("entity = \"{name}\""));
    check(&fed("Ville d'Essai"), 64, "source \"fleet\": `entity`: several entities are called `Ville d'Essai`");
    check(&fed("École"), 64, "source \"fleet\": there is no entity `École`");
    let folder = Folder::new();
    folder.write("fleet.csv", "id;kind\n1;laptop\n");
    folder.configure(&(seen("nord") + &table("fleet", "assets", "fleet.csv", "entity = \"mairie\"")));
    assert_eq!(folder.run(&["check"]).status.code(), Some(0), "ids are each one's own");
    let (code, line) = refusal(&folder.run(&["declare", "--year", "2025", "--entity", "École"]));
    assert_eq!((code, line.as_str()), (1, "ecoparc: several entities are called `École`: write the id of one"));
}

#[test]
fn text_of_digits_is_text_in_the_environment_too() {
    let folder = Folder::new();
    folder.configure("[store]\nurl = \"postgres://127.0.0.1/a\"\n");
    let mut command = ecoparc();
    command.args(["check", "--config"]).arg(folder.0.join("ecoparc.toml"));
    command.env("ECOPARC__ORGANISATION__SIRET", "21000000000013");
    command.env("ECOPARC__STORE__PASSWORD", "20240101");
    command.env("ECOPARC__PRIVACY__PSEUDONYM_KEY", "1234567890123456");
    command.env("ECOPARC__METRICS__ENTITY_DEPTH", "2");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn an_empty_secret_is_refused() {
    let folder = Folder::new();
    folder.write("key", "\n");
    folder.configure("[privacy]\npseudonym_key_file = \"key\"\n");
    let (code, line) = refusal(&folder.run(&["check"]));
    assert!(
        code == 64 && line.contains("[privacy]: `pseudonym_key_file`: ") && line.ends_with("key is empty"),
        "{line}"
    );
}

#[test]
fn exit_codes_are_those_of_the_contract() {
    let folder = Folder::new();
    let (code, line) = refusal(&folder.run(&["check"]));
    assert_eq!(code, 64);
    assert!(line.contains("cannot read the configuration"), "{line}");
    assert_eq!(folder.run(&["chek"]).status.code(), Some(2));
    folder.write("fleet.csv", "id;kind\n1;laptop\n");
    folder.configure(&table("fleet", "assets", "fleet.csv", ""));
    assert_eq!(folder.run(&["sync"]).status.code(), Some(0));
    std::fs::remove_file(folder.0.join("fleet.csv")).unwrap();
    let output = folder.run(&["sync"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("fleet.csv"));
    let (code, line) = refusal(&folder.run(&["sync", "--source", "flet"]));
    assert_eq!((code, line.as_str()), (1, "ecoparc: there is no source `flet`: did you mean `fleet`?"));
    let (code, line) = refusal(&folder.run(&["explain", "fleet:77"]));
    assert_eq!(code, 1);
    assert!(line.contains("no asset has the id `fleet:77`"), "{line}");
}

#[test]
fn bad_files_are_told_and_keep_the_last_good_word() {
    let folder = Folder::new();
    folder.configure(&table("fleet", "assets", "fleet.csv", ""));
    folder
        .write("fleet.csv", "id;kind;purchase_date\n1;laptop;2024-01-01\n2;laptop;31/02/2024\n3;laptp;2024-01-01\n");
    let output = folder.run(&["sync"]);
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{table}");
    assert!(table.contains("       1        2 "), "{table}");
    let said = String::from_utf8_lossy(&folder.run(&["check", "--connect"]).stdout).into_owned();
    assert!(said.contains("fleet.csv:3 purchase_date") && said.contains("fleet.csv:4 kind"), "{said}");
    std::fs::write(folder.0.join("fleet.csv"), b"\x7fELF\0\0\0\0\x01\x02").unwrap();
    let output = folder.run(&["sync"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("failed (protocol)"));
    assert_eq!(folder.run(&["explain", "fleet:1"]).status.code(), Some(0));
}

/// A line of two gigabytes, in a file that takes no room on the disk.
#[test]
fn a_line_without_end_costs_neither_memory_nor_its_neighbours() {
    use std::io::{Seek, SeekFrom, Write};
    let folder = Folder::new();
    folder.configure(&table("fleet", "assets", "fleet.csv", "timeout = \"10m\""));
    let mut file = std::fs::File::create(folder.0.join("fleet.csv")).unwrap();
    file.write_all(b"id;kind;model\n1;laptop;Latitude\n2;laptop;").unwrap();
    let block = vec![b'a'; 1 << 20];
    for _ in 0..2048 {
        file.write_all(&block).unwrap();
    }
    file.write_all(b"\n3;laptop;Latitude\n").unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    drop(file);
    // 400 MB of address space would not hold the line.
    let output = std::process::Command::new("bash")
        .arg("-c")
        .arg("ulimit -v 1500000; exec \"$0\" sync --config \"$1\"")
        .arg(env!("CARGO_BIN_EXE_ecoparc"))
        .arg(folder.0.join("ecoparc.toml"))
        .output()
        .unwrap();
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{table}{}", String::from_utf8_lossy(&output.stderr));
    assert!(table.contains("       2        1 "), "{table}");
}

#[test]
fn a_refused_token_is_told_without_being_repeated() {
    let folder = Folder::new();
    let glpi = Glpi::start(10, &[]);
    let source = glpi.source("glpi", "").replace("user_token = \"user\"", "user_token = \"wrong-s3cret\"");
    folder.configure(&source);
    let output = folder.run(&["sync"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("failed (auth)"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
}

#[test]
fn a_token_is_printed_once_with_the_hash_that_knows_it() {
    let output = ecoparc().args(["token", "grafana"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let token = said.lines().next().unwrap().trim_start_matches("token = ").trim_matches('"').to_owned();
    let hash = said.lines().nth(1).unwrap().trim_start_matches("hash = ").trim_matches('"').to_owned();
    let folder = Folder::new();
    folder.write("fleet.csv", "id;kind\n1;laptop\n");
    let config = folder.configure(&table("fleet", "assets", "fleet.csv", ""));
    let text = std::fs::read_to_string(&config).unwrap().replace("anonymous = \"assets\"", "anonymous = \"none\"");
    std::fs::write(&config, text + &format!("[[server.token]]\nname = \"grafana\"\nhash = \"{hash}\"\n")).unwrap();
    let daemon = Daemon::start(&config);
    daemon.until("an edition is published", |daemon| daemon.get("/readyz").status == 200);
    let status = |path: &str, token: &str| daemon.ask(path, token).status;
    assert_eq!(status("/api/v1/indicators", &token), 200);
    assert_eq!(status("/api/v1/indicators", "wrong"), 401);
    assert_eq!(status("/api/v1/assets", &token), 403, "the token reads figures, not single assets");
    assert_eq!(daemon.get("/metrics").status, 401);
    assert_eq!(status("/metrics", &token), 200);
}

/// A folder whose aliases name the models of another is right beside that one alone.
#[test]
fn a_folder_of_factors_is_checked_by_itself_and_with_the_others() {
    let folder = Folder::new();
    let write = |name: &str, file: &str, table: &str| {
        folder.write(&format!("{name}/origin.toml"), "publisher='us'\nedition='1'\nlicence='none'\norigin='here'\n");
        folder.write(&format!("{name}/{file}"), table);
    };
    let head = "id,kind,manufacturer,model,criterion,unit,manufacture,distribution,end_of_life,annual_kwh,r_embodied,\
                r_energy,found\n";
    write("ours", "factors.csv", &format!("{head}a,laptop,Acme,A1,co2e,kg,1,1,1,,,,here\n"));
    write("names", "aliases.csv", "manufacturer,told,model\nAcme,A-One,A1\n");
    folder.configure("[factors]\nextra = [\"ours\", \"names\"]\n");
    let checked = |name: &str| folder.run(&["factors", "--check", folder.0.join(name).to_str().unwrap()]);
    let said = String::from_utf8(checked("ours").stdout).unwrap();
    assert!(said.ends_with("1 rows of equipment: ok\n"), "{said}");
    let (code, line) = refusal(&checked("names"));
    assert_eq!(code, 1, "{line}");
    assert!(line.ends_with("aliases.csv:2: model: no row of Acme has `A1`"), "{line}");
    assert_eq!(folder.run(&["check"]).status.code(), Some(0), "together they are right");
}

#[test]
fn the_sample_configuration_is_the_one_committed_and_is_understood() {
    let output = ecoparc().arg("sample-config").output().unwrap();
    let committed = std::fs::read_to_string(root().join("config/example.toml")).unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told == committed, "run `ecoparc sample-config > config/example.toml`");
}
