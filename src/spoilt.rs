//! Texts that begin as what is committed and are then spoilt, over and over, for whoever reads what others write. Each
//! reader gets a second of the suite; for longer: `ECOPARC_FUZZ_SECONDS=600 cargo nextest run --no-capture -E 'test(spoilt)'`.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::config::Config;

/// Marsaglia's xorshift.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % bound.max(1)
    }
}

/// What is put into texts, beside pieces of themselves.
const ODD: &[&str] = &[
    "",
    "0",
    "-1",
    "1e999",
    "nan",
    "99999999999999999999",
    "\"",
    "'",
    "\"\"\"",
    "\n",
    "\r",
    "\0",
    "\u{feff}",
    "é",
    "💩",
    "[",
    "]",
    "[[",
    "{",
    "}",
    "=",
    ",",
    ".",
    "#",
    "true",
    "2026-02-30",
    "0000-00-00",
    "1979-05-27T07:32:00Z",
    "\\u0000",
    "[[[[[[[[",
    "_file",
    "(?i)(((((a*)*)*)*)*)*",
    "http://",
    "::1",
    "/",
    "..",
];

fn spoil(text: &mut String, with: &str, chance: &mut Chance) {
    for _ in 0..=chance.below(4) {
        let mut place = || {
            let at = chance.below(text.len() + 1);
            (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
        };
        let (one, other) = (place(), place());
        let (from, until) = (one.min(other), one.max(other).min(one.min(other) + 200));
        let until = (from..=until).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(from);
        match chance.below(5) {
            0 => drop(text.drain(from..until)),
            1 => text.insert_str(from, ODD[chance.below(ODD.len())]),
            2 => text.replace_range(from..until, ODD[chance.below(ODD.len())]),
            3 => {
                let again = text[from..until].to_owned();
                text.insert_str(other.min(from), &again);
            }
            _ => {
                let whole: Vec<&str> = with.lines().collect();
                let line = format!("\n{}\n", whole[chance.below(whole.len())]);
                text.insert_str(from, &line);
            }
        }
    }
}

/// Texts that are read at least, however busy the machine is.
const LEAST: u64 = 50;

/// Reads spoilt texts until time is up; what is refused is refused in one line. Tells how many, and how many in how many
/// words were refused.
fn read(what: &str, seeds: &[String], mut read: impl FnMut(&str) -> Result<(), String>) {
    let told = |name: &str| std::env::var(name).ok().and_then(|told| told.parse::<u64>().ok());
    let seed = told("ECOPARC_SEED").unwrap_or(0x9e37_79b9_7f4a_7c15);
    let until = Instant::now() + Duration::from_secs(told("ECOPARC_FUZZ_SECONDS").unwrap_or(1));
    // Where all begin with what is refused, little of a reader is ever reached.
    assert!(seeds.iter().any(|seed| read(seed).is_ok()), "{what}: none is read even before it is spoilt");
    let mut chance = Chance(seed | 1);
    let (mut texts, mut refused, mut words) = (0_u64, 0_u64, BTreeSet::new());
    while Instant::now() < until || texts < LEAST {
        let mut text = seeds[chance.below(seeds.len())].clone();
        spoil(&mut text, &seeds[chance.below(seeds.len())], &mut chance);
        texts += 1;
        if let Err(said) = read(&text) {
            refused += 1;
            // What is repeated of an input is short and on the same line.
            assert!(!said.trim().contains('\n') && said.len() < 4000, "{what}: {said}\n---\n{text}");
            words.insert(said.chars().filter(|c| c.is_alphabetic()).take(60).collect::<String>());
        }
    }
    tell(&format!("{what}: {texts} texts, {refused} refused, in {} ways", words.len()));
    assert!(refused > 0, "{what}: what is spoilt is read all the same");
}

#[expect(clippy::print_stdout, reason = "figures of a test")]
fn tell(figures: &str) {
    println!("{figures}");
}

fn file(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_default()
}

#[test]
fn spoilt_configurations() -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("ecoparc-spoilt-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let head = "[organisation]\nname = \"Ville\"\nsiret = \"21000000000013\"\n";
    let mut seeds = vec![file("config/example.toml"), file("config/quickstart.toml")];
    seeds.extend(connectors::ALL.iter().map(|connector| format!("{head}{}", connector.sample)));
    for named in seeds.iter().flat_map(|seed| seed.lines()).filter_map(|line| line.split_once("_file = \"")) {
        if let Some(name) = named.1.split('"').next().filter(|name| !name.contains('/')) {
            std::fs::write(folder.join(name), "of this test, and long enough for any of them\n")?;
        }
    }
    let path = folder.join("ecoparc.toml");
    read("configurations", &seeds, |text| {
        std::fs::write(&path, text).map_err(|error| error.to_string())?;
        Config::load(&path).map(drop).map_err(|error| crate::telemetry::in_one_line(&error))
    });
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

#[test]
fn spoilt_scenarios() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/scenarios");
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let seeds: Vec<String> = files.filter_map(|file| std::fs::read_to_string(file.path()).ok()).collect();
    read("scenarios", &seeds, |text| crate::scenario::of_toml(text).map(drop).map_err(|error| error.to_string()));
    let as_json =
        |text: &String| text.parse::<toml::Table>().ok().and_then(|told| serde_json::to_string_pretty(&told).ok());
    let seeds: Vec<String> = seeds.iter().filter_map(as_json).collect();
    read("scenarios as JSON", &seeds, |text| {
        crate::scenario::of_json(text).map(drop).map_err(|error| error.to_string())
    });
}

#[test]
fn spoilt_answers_of_boaviztapi() {
    let seeds = [
        "{\"impacts\": {\"gwp\": {\"embedded\": {\"value\": 950, \"min\": 400, \"max\": 1900}, \"unit\": \"kgCO2eq\"},\n\
         \"pe\": {\"embedded\": {\"value\": 12000, \"min\": 6000, \"max\": 24000}, \"unit\": \"MJ\"}}}"
            .to_owned(),
        "{\"impacts\": {\"gwp\": {\"embedded\": \"not implemented\", \"unit\": \"kgCO2eq\"}}}".to_owned(),
    ];
    read("answers of boaviztapi", &seeds, |text| {
        let told = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let told = crate::appraise::told(&told).map_err(|error| format!("{error:#}"))?;
        told.into_iter().try_for_each(|(_, figure)| figure.map(drop))
    });
}
