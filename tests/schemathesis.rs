//! Everything that the API's own description allows, and some of what it does not, asked of the quickstart by schemathesis.

use std::process::Command;

use crate::house::*;

/// What must hold of every answer. Two of its checks are left out: that whatever a schema allows is accepted (a kind or a
/// cursor is text, and most texts are none), and that all else is refused (a parameter without a value, such as a form sends,
/// is as one that is not told).
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
    response_schema_conformance,unsupported_method,allow_header_conformance";

#[test]
fn the_api_is_what_it_says_it_is() {
    let folder = Folder::new();
    let copied = Command::new("cp").arg("-r").arg(root().join("config/quickstart")).arg(&folder.0).status();
    assert!(copied.unwrap().success());
    let quickstart = std::fs::read_to_string(root().join("config/quickstart.toml")).unwrap();
    let config = folder.write("ecoparc.toml", &format!("{quickstart}\n{ADMIN_TOKEN}"));
    let mut daemon = on_sample_day(ecoparc());
    daemon.arg("run").arg("--config").arg(&config).env("ECOPARC__SERVER__LISTEN", "127.0.0.1:0");
    let daemon = Daemon::launch(daemon);
    daemon.settled();
    let mut command = Command::new(root().join("tests/schemathesis/run"));
    command.current_dir(&folder.0).arg(format!("{}/api/v1/openapi.json", daemon.url));
    command.args(["--header", &format!("Authorization: Bearer {ADMIN}"), "--checks", CHECKS]);
    // So many examples a route, the same each time, beside those that cover each parameter.
    command.args(["--max-examples", "3", "--generation-deterministic", "--phases", "examples,coverage,fuzzing"]);
    command.args(["--continue-on-failure", "--no-color", "--request-timeout", "30"]);
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    // It has asked, and was let in.
    let asked = told.lines().find_map(|line| line.trim().split_once(" generated, ")?.0.parse::<usize>().ok());
    assert!(asked.is_some_and(|asked| asked > 300), "{told}");
}
