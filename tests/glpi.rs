//! GLPI as an operator meets it: what its refusals are called, what `check --connect` shows, bars while it is asked.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::house::*;

/// What asks over the high-level API.
const OVER_V2: &str = "api = \"v2\"\nclient_id = \"client\"\nclient_secret = \"client-secret\"\nlogin = \"ecoparc\"\n\
                       password = \"secret\"";

/// Every error recorded on GLPI 10.0.19 and 11.0.8, each met by a source of its own in one daemon.
#[test]
#[expect(clippy::print_stdout, reason = "the messages are read by people too")]
fn every_recorded_error_is_counted_in_its_class_and_told() {
    let path = root().join("connectors/glpi/fixtures/errors.json");
    let errors: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let glpi = Glpi::start(11, &[]);
    let sources = errors.iter().enumerate().map(|(number, error)| {
        let high = error["recording"].as_str().unwrap().starts_with("glpi11-hlapi");
        let keys = if high { OVER_V2 } else { "app_token = \"app\"\nuser_token = \"user\"" };
        format!(
            "[[source]]\nname = \"r{number}\"\ntype = \"glpi\"\nevery = \"1h\"\nurl = \"{}/replay/{number}\"\n{keys}\n",
            glpi.url
        )
    });
    let folder = Folder::new();
    let daemon = Daemon::start(&folder.configure(&sources.collect::<String>()));
    daemon.settled();
    let told = daemon.sources();
    let well: Vec<&Value> = told.iter().filter(|source| source["up"] == true).map(|source| &source["name"]).collect();
    assert!(well.is_empty(), "met no error: {well:?}");
    let count = |number: usize, class: &str| {
        daemon.sample(&format!("ecoparc_source_failures_total{{source=\"r{number}\",class=\"{class}\"}}"))
    };
    for (number, error) in errors.iter().enumerate() {
        let (class, name) = (error["class"].as_str().unwrap(), error["recording"].as_str().unwrap());
        // What may pass by itself is asked again soon.
        assert!(count(number, class) >= Some(1.0), "{name}: {class} is not counted: {}", told[number]);
        let source = told.iter().find(|source| source["name"] == format!("r{number}")).unwrap();
        let message = source["failure"].as_str().unwrap();
        // It says what was asked, and what that means; secrets and documentation stay out of it.
        assert!(message.contains(": ") && message.len() > 40, "{name}: {message}");
        assert!(!message.contains("client-secret") && !message.contains("http://"), "{name}: {message}");
        println!("{class:<10} {name}: {message}");
    }
}

#[test]
fn check_shows_what_rules_are_written_of() {
    let rules = "[[source.rule]]\nwhen = { \"field.Origine achat\" = \"(?i)^recond\" }\nset = { condition = \"refurbished\" }\n\
                 [[source.rule]]\nwhen = { field.reconditionnfield = \"true\", itemtype = \"Computer\" }\n\
                 set = { upstream_years = 3 }\n\
                 [[source.rule]]\nwhen = { state = \"^Zorglub\" }\nset = { status = \"retired\" }\n";
    let glpi = Glpi::start(11, &[]);
    let folder = Folder::new();
    folder.configure(&glpi.source("glpi", rules));
    let output = folder.run(&["check", "--connect"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    let said = |what: &str| assert!(text.contains(what), "{what:?} is not in\n{text}");
    said("GLPI 11.0.8, over REST v1; the account sees the root entity and all below it (7 entities)");
    said("PDU: this GLPI has no such list: nothing is wrong where you keep none\n");
    said("rule 1 condition=refurbished: 25");
    said("e.g. Computer/12, Computer/25, Computer/29, Computer/33, Computer/37");
    said("rule 2 upstream_years=3: 25");
    said("rule 3 status=retired: 0   <- matches nothing");
    said("state: En service (");
    said("\n  entity: ");
    said("supplier_type: ");
    said("field.Origine achat: Reconditionné (25)");
    said("field.Reconditionné: true (29), false (8)");
    // What may speak of a person is counted, not shown.
    said("field.Grade: … (25)");
}

/// The sheet of a thing and the doubts lead to the tool that told of it, where it has an address.
#[test]
fn pages_lead_to_the_tool() {
    let glpi = Glpi::start(10, &[]);
    let link = "link = \"https://glpi.example.fr/front/{type}.form.php?id={id}\"\n";
    let folder = Folder::new();
    let daemon = Daemon::start(&folder.configure(&glpi.source("glpi", link)));
    daemon.settled();
    let sheet = daemon.get("/explain?q=glpi%3AComputer%2F12").body;
    let address = "href=\"https://glpi.example.fr/front/computer.form.php?id=12\"";
    assert!(sheet.contains(address), "{sheet}");
    let bad = folder.configure(&glpi.source("glpi", "link = \"javascript:{id}\"\n"));
    let (code, line) = refusal(&ecoparc().args(["check", "--config"]).arg(bad).output().unwrap());
    assert!(code == 64 && line.contains("`link`: write https://"), "{code} {line}");
}

#[test]
fn a_rule_that_stops_matching_is_told_of() {
    let glpi = Glpi::start(10, &[]);
    let rule = "[[source.rule]]\nwhen = { state = \"^Reconditionné\" }\nset = { condition = \"refurbished\" }\n";
    let folder = Folder::new();
    let mut daemon = Daemon::start(&folder.configure(&(glpi.source("glpi", rule) + ADMIN_TOKEN)));
    daemon.settled();
    let matches = |daemon: &Daemon| daemon.sources()[0]["rules"][0]["matches"].as_u64();
    assert!(matches(&daemon).unwrap() > 0);
    let state =
        "{\"change\": {\"State\": {\"7\": {\"completename\": \"Remis à neuf\", \"name\": \"Remis à neuf\"}}}}";
    glpi.control(state);
    daemon.sync("glpi");
    daemon.until("the rule matches nothing", |daemon| matches(daemon) == Some(0));
    assert!(daemon.log().contains("the rule matches nothing any more"), "{}", daemon.log());
}

/// However ecoparc ends in the middle of a collection, no session is left open at GLPI.
#[test]
fn an_interruption_leaves_no_session_open() {
    let glpi = Glpi::start(10, &["--fail", "hang=Computer"]);
    let folder = Folder::new();
    let config = folder.configure(&glpi.source("glpi", ""));
    let open = || -> (u64, u64) {
        let stats = wait(async { client().get(format!("{}/__stats", glpi.url)).send().await.unwrap().text().await });
        let stats: Value = serde_json::from_str(&stats.unwrap()).unwrap();
        (stats["opened"].as_u64().unwrap(), stats["open"].as_u64().unwrap())
    };
    let until_open = |opened: u64| {
        let until = std::time::Instant::now() + PATIENCE;
        while open() != (opened, 1) {
            assert!(std::time::Instant::now() < until, "no session is opened: {:?}", open());
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    };
    let mut daemon = Daemon::start(&config);
    until_open(1);
    daemon.signal("-TERM");
    assert_eq!(daemon.end(), Some(0));
    assert_eq!(open(), (1, 0));
    for (number, command) in [(2, &["sync"][..]), (3, &["check", "--connect"])] {
        let mut child = ecoparc().args(command).arg("--config").arg(&config).stderr(Stdio::piped()).spawn().unwrap();
        until_open(number);
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(1));
        assert_eq!(open(), (number, 0), "{command:?}");
    }
}

/// `script` gives `sync` a terminal.
#[test]
fn sync_draws_bars_on_a_terminal() {
    let glpi = Glpi::start(10, &["--fail", "slow=0.05"]);
    let folder = Folder::new();
    let config = folder.configure(&glpi.source("glpi", "page_size = 50"));
    let line = format!("{} sync --config {}", ecoparc().get_program().to_str().unwrap(), config.display());
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    assert!(text.contains('█') && text.contains("/292"), "no bar was drawn: {text:?}");
    assert!(text.contains("glpi") && text.contains("698"), "{text:?}");
}
