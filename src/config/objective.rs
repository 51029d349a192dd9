//! `[[objective]]`: what the strategy wants to reach, by which indicator, from where and until when.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail, ensure};
use connectors::keys;
use domain::indicator::objective::{BASELINES, OWN};
use domain::indicator::{all, labels};
use domain::record::Text;
use domain::strategy::Objective;
use domain::word::{Theme, Word};
use jiff::civil::Date;
use serde::Deserialize;
use toml::{Table, Value};

use super::read::{named, typed};

const KEYS: &[&str] = &["name", "indicator", "slice", "theme", "baseline", "target", "target_date"];

#[derive(Deserialize)]
struct RawObjective {
    indicator: String,
    #[serde(default)]
    slice: BTreeMap<String, Value>,
    theme: i64,
    baseline: Table,
    target: f64,
    target_date: String,
}

#[derive(Deserialize)]
struct RawBaseline {
    date: String,
    value: Option<f64>,
}

/// The objectives, in the order of the file.
pub fn objectives(tables: Vec<Table>) -> anyhow::Result<Vec<Objective>> {
    let mut objectives: Vec<Objective> = Vec::new();
    for (name, table) in named("objective", tables)? {
        objectives.push(objective(&name, table).with_context(|| format!("objective \"{name}\""))?);
    }
    let computed = objectives.iter().filter(|objective| objective.baseline_value.is_none());
    let dates: BTreeSet<Date> = computed.map(|objective| objective.baseline_date).collect();
    ensure!(
        dates.len() <= BASELINES,
        "[[objective]]: {} baseline dates without a value: each is computed anew at every refresh, and {BASELINES} at most \
         may be; tell `value` beside `date`",
        dates.len()
    );
    Ok(objectives)
}

fn objective(name: &str, table: Table) -> anyhow::Result<Objective> {
    keys::check(table.keys(), KEYS)?;
    let raw: RawObjective = typed(table)?;
    let indicator = indicator(&raw.indicator)?;
    let number = u8::try_from(raw.theme).ok().and_then(|number| Theme::parse(&number.to_string()));
    let theme = number.with_context(|| format!("`theme` is a number from 1 to 6, not {}", raw.theme))?;
    keys::check(raw.baseline.keys(), &["date", "value"]).context("`baseline`")?;
    let baseline: RawBaseline = typed(raw.baseline).context("`baseline`")?;
    let baseline_date = date("baseline.date", &baseline.date)?;
    let target_date = date("target_date", &raw.target_date)?;
    ensure!(baseline_date < target_date, "`target_date` {target_date} is not after the baseline's, {baseline_date}");
    ensure!(raw.target.is_finite() && baseline.value.is_none_or(f64::is_finite), "its values are no numbers");
    ensure!(
        baseline.value != Some(raw.target),
        "`target` is the baseline's own value: there is no way between them to measure"
    );
    Ok(Objective {
        name: Text::from(name),
        indicator,
        slice: slice(indicator, raw.slice).context("`slice`")?,
        theme,
        baseline_date,
        baseline_value: baseline.value,
        target: raw.target,
        target_date,
    })
}

fn date(key: &str, told: &str) -> anyhow::Result<Date> {
    told.parse().with_context(|| format!("`{key}`: `{told}` is not a date (2028-12-31)"))
}

/// The family of this name; the prefix that it has in the metrics may stand before it.
fn indicator(told: &str) -> anyhow::Result<&'static str> {
    let wanted = told.strip_prefix("ecoparc_").unwrap_or(told);
    let names: Vec<&'static str> = all().map(|indicator| indicator.name).filter(|name| !OWN.contains(name)).collect();
    match names.iter().find(|name| **name == wanted) {
        Some(name) => Ok(name),
        None if OWN.contains(&wanted) => bail!("`indicator`: no objective can follow `{wanted}`"),
        None => bail!("`indicator`: no indicator is called `{told}`{}", keys::meant(wanted, &names)),
    }
}

fn slice(indicator: &str, told: BTreeMap<String, Value>) -> anyhow::Result<Vec<(Text, Text)>> {
    let mut slice = Vec::new();
    for (label, value) in told {
        if let Some(known) = labels(indicator) {
            ensure!(!known.is_empty(), "`{indicator}` is a total without labels: leave `{label}` out");
            ensure!(
                known.contains(&label.as_str()),
                "`{indicator}` has no label `{label}`{}",
                keys::meant(&label, known)
            );
        }
        // A year may be written as the number that it is.
        let mut value = match value {
            Value::String(value) => value,
            Value::Integer(value) => value.to_string(),
            _ => bail!("`{label}` is no text"),
        };
        if label == "kind" && value != "unknown" {
            value = keys::kind(&value)?.name().to_owned();
        }
        slice.push((Text::from(label), Text::from(value)));
    }
    Ok(slice)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const GOOD: &str = "name = 'portables-6-ans'\nindicator = 'lifetime_median_seconds'\nslice = { kind = 'laptop' }\n\
                        theme = 2\nbaseline = { date = '2024-12-31' }\ntarget = 189345600\ntarget_date = '2028-12-31'\n";

    fn read(texts: &[&str]) -> anyhow::Result<Vec<Objective>> {
        objectives(texts.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn what_the_contract_shows() {
        let told = read(&[GOOD]).unwrap();
        assert_eq!((&*told[0].name, told[0].indicator), ("portables-6-ans", "lifetime_median_seconds"));
        assert_eq!(told[0].slice, [(Text::from("kind"), Text::from("laptop"))]);
        assert_eq!((told[0].theme, told[0].target, told[0].baseline_value), (Theme::Equipment, 189_345_600.0, None));
        let prefixed = GOOD.replace("'lifetime", "'ecoparc_lifetime").replace("31' }", "31', value = 5 }");
        assert_eq!(read(&[&prefixed]).unwrap()[0].baseline_value, Some(5.0));
    }

    #[test]
    fn what_is_refused() {
        let check = |from: &str, to: &str, expected: &str| {
            assert!(GOOD.contains(from), "{from}");
            let error = format!("{:#}", read(&[&GOOD.replace(from, to)]).unwrap_err());
            assert!(error.starts_with("objective \"portables-6-ans\": "), "{error}");
            assert!(error.contains(expected) && !error.contains('\n'), "{error}");
        };
        check("median_sec", "medan_sec", "`lifetime_medan_seconds`: did you mean `lifetime_median_seconds`?");
        for own in OWN {
            check("lifetime_median_seconds", own, &format!("no objective can follow `{own}`"));
        }
        check("kind =", "kinds =", "`lifetime_median_seconds` has no label `kinds`: did you mean `kind`?");
        check("'laptop'", "'laptops'", "`laptops` is not a kind: did you mean `laptop`?");
        check("theme = 2", "theme = 7", "`theme` is a number from 1 to 6, not 7");
        check("theme = 2", "thema = 2", "unknown key `thema`: did you mean `theme`?");
        check("2024-12-31'", "2024-12-32'", "`baseline.date`: `2024-12-32` is not a date");
        check("2028", "2023", "`target_date` 2023-12-31 is not after the baseline's, 2024-12-31");
        check("date = '2024", "day = '2024", "`baseline`: unknown key `day`");
        check("31' }", "31', value = 189345600 }", "`target` is the baseline's own value");
        check("target = 189345600\n", "", "missing field `target`");
        let error = |texts: &[&str]| format!("{:#}", read(texts).unwrap_err());
        assert_eq!(error(&[GOOD, GOOD]), "objective \"portables-6-ans\": the name is taken");
        assert_eq!(error(&["indicator = 'assets'"]), "[[objective]] number 1: it has no `name`");
        let many: Vec<String> = (1..=13)
            .map(|day| {
                GOOD.replace("portables", &format!("o{day}")).replace("2024-12-31", &format!("2024-12-{day:02}"))
            })
            .collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(error(&many).starts_with("[[objective]]: 13 baseline dates without a value"));
    }
}
