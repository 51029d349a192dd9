//! How close the factors of recorded fleets are: the table of `factors/README.md` is what comes out.

use crate::figures::sample;
use crate::house::*;
use crate::ocs::Ocs;

const TIERS: [&str; 5] = ["local", "model", "specification", "kind", "none"];

/// A line of the table: the fleet, its active assets, and the share of each tier.
fn line(name: &str, daemon: &Daemon) -> String {
    daemon.settled();
    let portions = daemon.json("/api/v1/footprint/explanation");
    let count = |tier: Option<&str>| -> f64 {
        let rows = portions["items"].as_array().unwrap().iter();
        rows.filter(|row| tier.is_none_or(|tier| row["tier"] == tier))
            .map(|row| row["assets"].as_f64().unwrap())
            .fold(0.0, |sum, count| sum + count)
    };
    let all = count(None);
    assert!(all > 100.0, "{portions}");
    assert_eq!(TIERS.iter().map(|tier| count(Some(tier))).sum::<f64>(), all);
    let shares: Vec<String> =
        TIERS[1..].iter().map(|tier| format!("{:.1} %", 100.0 * count(Some(tier)) / all)).collect();
    format!("| {name} | {all} | {} |", shares.join(" | "))
}

#[test]
#[expect(clippy::print_stdout, reason = "the lines are copied from here")]
fn recorded_fleets() {
    let (_folder, sample) = sample();
    let mut lines = vec![line("sample fleet", &Daemon::start_on_sample_day(&sample))];
    for version in [10, 11] {
        let (glpi, folder) = (Glpi::start(version, &[]), Folder::new());
        let daemon = Daemon::start_on_sample_day(&folder.configure(&glpi.source("glpi", "")));
        lines.push(line(&format!("GLPI {version}, recorded"), &daemon));
    }
    let folder = Folder::new();
    let ocs = Ocs::start(&folder);
    lines.push(line("OCS, recorded", &Daemon::start_on_sample_day(&folder.configure(&ocs.source("")))));
    let readme = std::fs::read_to_string(root().join("factors/README.md")).unwrap();
    println!("{}", lines.join("\n"));
    for line in lines {
        assert!(readme.contains(&line), "factors/README.md lacks: {line}");
    }
}
