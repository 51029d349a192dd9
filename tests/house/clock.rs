//! What a program takes for the time of day: Debian's `faketime` sets it, and timers go on.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use super::{Daemon, ecoparc, root};

/// The day that the sample fleet and the recorded ones tell of. On a later one what they tell is past: nothing was bought
/// in its year, and other things are in service.
pub const SAMPLE_DAY: &str = "2026-11-24";
/// Its noon in UTC, in seconds since 1970.
const NOON: i64 = 1_795_521_600;

/// Seconds since 1970.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

/// The civil date of a day since 1970.
pub fn civil(day: i64) -> String {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let (of_month, month) = (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    format!("{:04}-{month:02}-{of_month:02}", year + era * 400 + i64::from(month <= 2))
}

/// The library of the package `faketime`.
pub fn faketime() -> PathBuf {
    let places = std::fs::read_dir("/usr/lib").unwrap().flatten();
    let mut found = places.map(|place| place.path().join("faketime/libfaketimeMT.so.1")).filter(|path| path.exists());
    found.next().expect("Debian's package faketime is installed: tests/run does it")
}

/// Has a program live on the day of the sample fleet. All that a test starts share one clock, which begins at noon.
pub fn on_sample_day(mut command: Command) -> Command {
    static OFF: OnceLock<i64> = OnceLock::new();
    let off = OFF.get_or_init(|| NOON - now());
    command
        .env("LD_PRELOAD", faketime())
        .env("FAKETIME", format!("{off:+}"))
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    command
}

impl Daemon {
    /// Starts one that lives on the day of the sample fleet.
    pub fn start_on_sample_day(config: &Path) -> Self {
        let mut command = on_sample_day(ecoparc());
        command.arg("run").arg("--config").arg(config);
        Self::launch(command)
    }
}

#[test]
fn the_sample_fleet_was_made_for_its_day() {
    assert_eq!(civil(NOON.div_euclid(86_400)), SAMPLE_DAY);
    let made = std::fs::read_to_string(root().join("config/quickstart/generate.py")).unwrap();
    let told = format!("TODAY = date({})\n", SAMPLE_DAY.replace('-', ", "));
    assert!(made.contains(&told), "config/quickstart/generate.py lacks {told}");
}
