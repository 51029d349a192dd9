//! `[law]`: what this house has read in the texts itself.

use anyhow::{Context, bail, ensure};
use connectors::keys;
use domain::law::{Category, Certainty, GiftValue, Law, Step};
use domain::quantity::Cents;
use domain::record::Text;
use domain::word::Word;
use serde::Deserialize;
use toml::{Table, Value};

use super::read::{list, typed};

const KEYS: &[&str] = &["year_of", "target", "exit_target", "gift", "kinds"];
const TARGET: &[&str] = &["category", "from", "share", "text", "checked_by"];
const EXIT_TARGET: &[&str] = &["from", "share", "text", "checked_by"];
const GIFT: &[&str] = &["kind", "under_years", "value", "text", "checked_by"];

/// What was read, where, and by whom: a figure of the law without both is refused.
#[derive(Deserialize)]
struct Checked {
    text: String,
    checked_by: String,
}

#[derive(Deserialize)]
struct Target {
    category: Option<String>,
    from: i16,
    share: f64,
    #[serde(flatten)]
    checked: Checked,
}

#[derive(Deserialize)]
struct Gift {
    kind: String,
    under_years: f64,
    value: f64,
    #[serde(flatten)]
    checked: Checked,
}

/// Puts what one table says into the law.
type Read = fn(&mut Law, Table) -> anyhow::Result<()>;

/// The law as ecoparc knows it, with what the house says it has checked.
pub fn law(mut told: Table) -> anyhow::Result<Law> {
    keys::check(told.keys(), KEYS)?;
    let mut law = Law { year_of: year_of(told.remove("year_of"))?, ..Law::default() };
    let lists = [("law.target", target as Read), ("law.exit_target", exit_target), ("law.gift", gift)];
    for (path, read) in lists {
        for (at, table) in list(&mut told, path)?.into_iter().enumerate() {
            read(&mut law, table).with_context(|| format!("[[{path}]] number {}", at + 1))?;
        }
    }
    match told.remove("kinds") {
        None => {}
        Some(Value::Table(table)) => kinds(&mut law, table).context("[law.kinds]")?,
        Some(_) => bail!("`kinds` is not a table: write [law.kinds]"),
    }
    Ok(law)
}

fn said(name: &str, told: &str) -> anyhow::Result<Text> {
    Text::of(told).with_context(|| format!("`{name}` is empty: a figure of the law names its text and who read it"))
}

fn step(told: &Target) -> anyhow::Result<Step> {
    ensure!((2021..=2100).contains(&told.from), "`from` is a civil year from 2021 on");
    ensure!((0.0..=1.0).contains(&told.share), "`share` lies between 0 and 1: 20 % is 0.2");
    Ok(Step {
        from: told.from,
        share: Some(told.share),
        text: said("text", &told.checked.text)?,
        certainty: Certainty::Checked,
        checked_by: Some(said("checked_by", &told.checked.checked_by)?),
    })
}

/// A step of the same year is replaced.
fn put(steps: &mut Vec<Step>, step: Step) {
    steps.retain(|known| known.from != step.from);
    steps.push(step);
    steps.sort_by_key(|step| step.from);
}

fn target(law: &mut Law, table: Table) -> anyhow::Result<()> {
    keys::check(table.keys(), TARGET)?;
    let told: Target = typed(table)?;
    let step = step(&told)?;
    put(&mut category(law, told.category.as_deref().unwrap_or_default())?.steps, step);
    Ok(())
}

fn exit_target(law: &mut Law, table: Table) -> anyhow::Result<()> {
    keys::check(table.keys(), EXIT_TARGET)?;
    put(&mut law.exit_targets, step(&typed(table)?)?);
    Ok(())
}

fn gift(law: &mut Law, table: Table) -> anyhow::Result<()> {
    keys::check(table.keys(), GIFT)?;
    let told: Gift = typed(table)?;
    ensure!(told.under_years > 0.0, "`under_years` is above 0");
    ensure!((0.0..=100_000.0).contains(&told.value), "`value` is an amount in euros");
    let value = GiftValue {
        kind: keys::kind(&told.kind)?,
        under_years: told.under_years,
        value: Cents((told.value * 100.0).round() as i64),
        text: said("text", &told.checked.text)?,
        certainty: Certainty::Checked,
        checked_by: Some(said("checked_by", &told.checked.checked_by)?),
    };
    law.gifts.retain(|known| known.kind != value.kind || known.under_years != value.under_years);
    law.gifts.push(value);
    // The narrowest that fits counts.
    law.gifts.sort_by(|a, b| a.under_years.total_cmp(&b.under_years));
    Ok(())
}

fn kinds(law: &mut Law, table: Table) -> anyhow::Result<()> {
    for (name, listed) in table {
        let listed = listed.as_array().with_context(|| format!("`{name}` is not a list of kinds"))?;
        let listed = listed.iter().map(|value| keys::kind(value.as_str().unwrap_or_default()));
        let listed = listed.collect::<anyhow::Result<Vec<_>>>().with_context(|| format!("`{name}`"))?;
        category(law, &name)?.kinds = listed;
    }
    // What is in one category is in no other of the same years.
    for (at, one) in law.categories.iter().enumerate() {
        for other in law.categories[at + 1..].iter().filter(|other| other.years == one.years) {
            if let Some(both) = other.kinds.iter().find(|kind| one.kinds.contains(kind)) {
                bail!("`{}` is in `{}` and in `{}`: list both categories", both.name(), one.name, other.name);
            }
        }
    }
    Ok(())
}

fn category<'a>(law: &'a mut Law, told: &str) -> anyhow::Result<&'a mut Category> {
    let names: Vec<&str> = law.categories.iter().map(|category| category.name).collect();
    let at = names.iter().position(|name| *name == told);
    match at {
        Some(at) => Ok(&mut law.categories[at]),
        None => bail!("no category is called `{told}`{}", keys::meant(told, &names)),
    }
}

fn year_of(told: Option<Value>) -> anyhow::Result<&'static str> {
    const WORDS: &[(&str, &str)] = &[
        ("order", "order_date"),
        ("service", "service_date"),
        ("invoice", "invoice_date"),
        ("payment", "payment_date"),
        ("date", "date"),
    ];
    let told = match told {
        None => "invoice".to_owned(),
        Some(Value::String(told)) => told,
        Some(_) => bail!("`year_of` is a word between quotes"),
    };
    let words: Vec<&str> = WORDS.iter().map(|(word, _)| *word).collect();
    match WORDS.iter().find(|(word, _)| *word == told) {
        Some((_, field)) => Ok(field),
        None => bail!("`year_of` cannot be `{told}`{}", keys::meant(&told, &words)),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use domain::word::Kind;

    use super::*;

    fn read(text: &str) -> anyhow::Result<Law> {
        law(text.parse().unwrap())
    }

    #[test]
    fn what_the_house_has_read() {
        let law = read(
            "[[target]]\ncategory = 'printing_equipment'\nfrom = 2024\nshare = 0.2\ntext = 'annexe'\n\
             checked_by = 'service juridique, 2026-11-20'\n\
             [[target]]\ncategory = 'it_telephony'\nfrom = 2027\nshare = 0.26\ntext = 't'\nchecked_by = 'c'\n\
             [[exit_target]]\nfrom = 2028\nshare = 0.6\ntext = 't'\nchecked_by = 'c'\n\
             [[gift]]\nkind = 'monitor'\nunder_years = 5\nvalue = 30\ntext = 't'\nchecked_by = 'c'\n\
             [kinds]\nit_telephony = ['laptop', 'dock']\n",
        )
        .unwrap();
        assert_eq!(law.target("printing_equipment", 2026), Some(0.2));
        let step = law.category_named("printing_equipment", 2026).unwrap().step(2026).unwrap();
        assert_eq!(step.certainty, Certainty::Checked);
        assert_eq!(step.checked_by.as_deref(), Some("service juridique, 2026-11-20"));
        let it = [(2026, 0.20), (2027, 0.26), (2030, 0.30)];
        assert_eq!(it.map(|(year, _)| law.target("it_telephony", year).unwrap()), it.map(|(_, share)| share));
        assert_eq!((law.exit_target(2027), law.exit_target(2028)), (Some(0.5), Some(0.6)));
        assert_eq!(law.gift_value(Kind::Monitor, None), Some(Cents(3_000)));
        assert_eq!(law.category_of(Kind::Dock, 2026).map(|category| category.name), Some("it_telephony"));
        assert_eq!(law.category_of(Kind::Monitor, 2026), None);
        assert_eq!(read("").unwrap(), Law::default());
        // A kind that moves from one category to another, in whatever order they are told.
        let moved = "[kinds]\nit_telephony = ['laptop', 'scanner']\nprinting_equipment = ['printer', 'copier']";
        let moved = read(moved).unwrap();
        assert_eq!(moved.category_of(Kind::Scanner, 2026).map(|category| category.name), Some("it_telephony"));
    }

    #[test]
    fn what_is_refused() {
        let check = |text: &str, expected: &str| {
            let error = format!("{:#}", read(text).unwrap_err());
            assert!(error.contains(expected), "{error}");
        };
        let target = |more: &str| format!("[[target]]\ncategory = 'printing_equipment'\nfrom = 2024\n{more}");
        check(&target("share = 0.2\ntext = 'annexe'\n"), "[[law.target]] number 1: missing field `checked_by`");
        check(&target("share = 0.2\ntext = ' '\nchecked_by = 'c'\n"), "`text` is empty");
        check(&target("share = 20\ntext = 't'\nchecked_by = 'c'\n"), "20 % is 0.2");
        check(&target("shares = 0.2\n"), "share");
        check(
            "[[target]]\ncategory = 'printing'\nfrom = 2024\nshare = 0.2\ntext = 't'\nchecked_by = 'c'",
            "`printing`",
        );
        check("[[gift]]\nkind = 'ecran'\nunder_years = 5\nvalue = 30\ntext = 't'\nchecked_by = 'c'", "`ecran`");
        check(
            "[kinds]\nit_telephony = ['laptop', 'printer']",
            "`printer` is in `it_telephony` and in `printing_equipment`",
        );
        check("year_of = 'invoices'", "`invoices`");
        check("target = 3", "[[law.target]]");
    }
}
