//! What a choice would change over five years: a form, and both courses side by side.

use domain::simulation::{Assumed, Simulation, Year, simulate};
use domain::word::Word;
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::tables::table;
use super::{Sheet, words};
use crate::chart::{Bar, Chart, Shape};
use crate::scenario;
use crate::wording::{Lang, co2e, date, euros, number, percent, short, signed};

/// Kinds whose lives the form asks for.
const LIVES: [&str; 4] = ["laptop", "desktop", "monitor", "smartphone"];
/// Shares that the form asks for in hundredths: key, and what it says.
const SHARES: [(&str, (&str, &str)); 3] = [
    (
        "refurbished_share",
        ("Part des prochains achats en reconditionné (%)", "Share of the next purchases refurbished (%)"),
    ),
    ("second_screens_removed", ("Part des seconds écrans retirés (%)", "Share of second screens removed (%)")),
    (
        "printers_removed",
        ("Part des imprimantes retirées, car partagées (%)", "Share of printers removed, as others are shared (%)"),
    ),
];
const ELECTRICITY: &str = "grams_per_kwh";

/// A number that the form asks for.
struct Field {
    /// Its name in the address.
    name: &'static str,
    /// What the form calls it.
    label: String,
    /// Between which numbers it lies, in the form's unit.
    bounds: (f64, f64),
    /// That unit, with the space before it.
    unit: String,
}

/// Every field, in the order of the form. A scenario takes what lies within their bounds.
fn fields(lang: Lang) -> Vec<Field> {
    let unit = |name, most: u32| format!("\u{a0}{}", words::assumed_unit(lang, name, f64::from(most)));
    let life = |kind| {
        let (label, kind_of) =
            (lang.pick("\u{a0}: durée de vie (ans)", ": lifetime (years)"), words::kind(lang, kind));
        let bounds = (scenario::SHORTEST, f64::from(scenario::LIFE));
        Field { name: kind, label: format!("{kind_of}{label}"), bounds, unit: unit("years", scenario::LIFE) }
    };
    let share = |(name, (french, english))| {
        let (label, unit) = lang.pick((french, "\u{a0}%"), (english, "%"));
        Field { name, label: str::to_owned(label), bounds: (0.0, 100.0), unit: unit.to_owned() }
    };
    let electricity = Field {
        name: ELECTRICITY,
        label: lang.pick("Électricité (g CO₂e par kWh)", "Electricity (g CO₂e a kWh)").to_owned(),
        bounds: (0.0, f64::from(scenario::GRAMS)),
        unit: unit("gCO2e/kWh", scenario::GRAMS),
    };
    LIVES.map(life).into_iter().chain(SHARES.map(share)).chain([electricity]).collect()
}

impl Field {
    /// The number that was written, if any; French readers write a comma. What is none, or out of bounds, is told in the
    /// form's own words.
    fn read(&self, sheet: &Sheet) -> Result<Option<f64>, String> {
        let Some(text) = sheet.ask(self.name) else { return Ok(None) };
        let (low, high) = self.bounds;
        let told = text.replace(',', ".").parse().ok().filter(|told: &f64| (low..=high).contains(told));
        told.map(Some).ok_or_else(|| {
            let (lang, label, unit) = (sheet.lang, &self.label, &self.unit);
            let [low, high] = [low, high].map(|bound| short(lang, bound, 1));
            lang.pick(
                format!(
                    "{label}\u{a0}: indiquez un nombre entre {low} et {high}{unit}, et non «\u{a0}{text}\u{a0}»."
                ),
                format!("{label}: tell a number between {low} and {high}{unit}, not “{text}”."),
            )
        })
    }

    /// The id of what is said to be wrong with it.
    fn wrong(&self) -> String {
        format!("wrong-{}", self.name)
    }
}

/// A field, and what was written there.
type Read = (Field, Result<Option<f64>, String>);

pub fn page(sheet: &Sheet) -> Markup {
    let read: Vec<Read> = fields(sheet.lang)
        .into_iter()
        .map(|field| {
            let told = field.read(sheet);
            (field, told)
        })
        .collect();
    let wrong: Vec<(&Field, &String)> =
        read.iter().filter_map(|(field, told)| Some((field, told.as_ref().err()?))).collect();
    html! {
        (form(sheet, &read))
        @for (field, why) in &wrong { p.alert id=(field.wrong()) role="alert" { (why) } }
        @if wrong.is_empty() { (answer(sheet, asked(&read))) }
    }
}

/// What comes of a scenario; without one, what to do.
fn answer(sheet: &Sheet, told: Option<Value>) -> Markup {
    let Some(told) = told else {
        return html! { p {
            (sheet.say(
                "Renseignez au moins un choix\u{a0}: il sera comparé au cours actuel des choses, sur cinq ans.",
                "Tell one choice at least: it is compared with the course that things take today, over five years.",
            ))
            " " a href="/simulate?laptop=6" { (sheet.say("Par exemple, des portables gardés six ans", "For example, laptops kept for six years")) } "."
        } };
    };
    let basis = sheet.world.basis(sheet.edition.today);
    let scenario = scenario::read(&told).and_then(|scenario| {
        let fault = scenario.fault(&basis);
        fault.map_or(Ok(scenario), |fault| Err(scenario::Refused::from(fault)))
    });
    html! { @match scenario {
        Err(why) => p.alert role="alert" { (sheet.say("Ce scénario ne peut être calculé\u{a0}: ", "This scenario cannot be computed: ")) span lang="en" { (why) } },
        Ok(scenario) => (outcome(sheet, &simulate(&basis, &scenario, |_| true))),
    } }
}

/// The scenario that the form tells; none where it tells nothing.
fn asked(read: &[Read]) -> Option<Value> {
    let value = |name: &str| {
        let (_, told) = read.iter().find(|(field, _)| field.name == name)?;
        told.as_ref().ok().copied().flatten()
    };
    let mut told = Map::new();
    let lives: Map<String, Value> =
        LIVES.iter().filter_map(|kind| Some(((*kind).to_owned(), json!(value(kind)?)))).collect();
    if !lives.is_empty() {
        told.insert("lifetime_years".to_owned(), lives.into());
    }
    for (key, _) in SHARES {
        if let Some(hundredths) = value(key) {
            let share = json!(hundredths / 100.0);
            told.insert(key.to_owned(), if key == "refurbished_share" { json!({ "all": share }) } else { share });
        }
    }
    if let Some(grams) = value(ELECTRICITY) {
        told.insert("electricity".to_owned(), json!({ ELECTRICITY: grams }));
    }
    (!told.is_empty()).then_some(told.into())
}

fn form(sheet: &Sheet, read: &[Read]) -> Markup {
    html! {
        form method="get" action="/simulate" {
            @for (field, told) in read { p {
                label for=(field.name) { (field.label) }
                input type="text" inputmode="decimal" id=(field.name) name=(field.name) size="6" value=(sheet.ask(field.name).unwrap_or_default())
                    aria-invalid=[told.is_err().then_some("true")] aria-describedby=[told.is_err().then(|| field.wrong())];
            } }
            p { button { (sheet.say("Simuler", "Simulate")) } }
        }
    }
}

fn outcome(sheet: &Sheet, told: &Simulation) -> Markup {
    let lang = sheet.lang;
    let years = || told.today.iter().zip(&told.scenario);
    let unknown = || sheet.say("inconnu", "unknown").to_owned();
    let spent = |year: &Year| year.whole.flow.as_ref().and_then(|flow| flow.spent());
    let exits = |year: &Year| year.whole.flow.as_ref().map(|flow| flow.exits);
    let inside = html! {
        thead { tr {
            th scope="col" { (sheet.say("Année", "Year")) }
            @for what in [("Empreinte annuelle", "Annual footprint"), ("Sorties", "Exits"), ("Dépense HT", "Spending without tax"), ("Part de réemploi", "Share of reuse")] {
                th.n scope="col" { (sheet.say(what.0, what.1)) br; span.note { (sheet.say("aujourd'hui", "today")) } }
                th.n scope="col" { (sheet.say(what.0, what.1)) br; span.note { (sheet.say("scénario", "scenario")) } }
            }
        } }
        tbody { @for (today, scenario) in years() { tr {
            th scope="row" { (today.civil_year) }
            @for year in [today, scenario] { td.n { (sheet.least(year.whole.coverage() < 1.0)) (co2e(lang, year.whole.total.0)) } }
            @for year in [today, scenario] { td.n { (exits(year).map_or_else(String::new, |exits| number(lang, exits, 0))) } }
            @for year in [today, scenario] { td.n { @if year.whole.flow.is_some() { (spent(year).map_or_else(unknown, |spent| euros(lang, spent))) } } }
            @for year in [today, scenario] { td.n { @if year.whole.flow.is_some() { (year.reuse_spend.map_or_else(unknown, |rate| percent(lang, rate, 1))) } } }
        } } }
        tfoot { tr {
            th scope="row" { (sheet.say("Écart sur cinq ans", "Difference over five years")) }
            td.n colspan="2" { (signed(years().skip(1).map(|(a, b)| b.whole.total.0 - a.whole.total.0).sum(), |grams| co2e(lang, grams))) }
            td.n colspan="2" { (signed(years().filter_map(|(a, b)| Some(exits(b)? - exits(a)?)).sum(), |exits| number(lang, exits, 0))) }
            td.n colspan="2" { (signed(years().filter_map(|(a, b)| Some(spent(b)? - spent(a)?)).sum(), |spent| euros(lang, spent))) }
            td colspan="2" {}
        } }
    };
    let course = |of: &[Year], title: &str| Chart {
        title: title.to_owned(),
        shape: Shape::Columns,
        bars: of
            .iter()
            .map(|year| Bar {
                label: year.civil_year.to_string(),
                parts: vec![year.whole.embodied.0, year.whole.used.0],
                told: co2e(lang, year.whole.total.0),
                bounds: None,
            })
            .collect(),
        legend: lang.pick(["Fabrication", "Usage"], ["Manufacture", "Use"]).map(str::to_owned).to_vec(),
        targets: Vec::new(),
    };
    html! {
        (table(
            sheet,
            "courses",
            ("Aujourd'hui et le scénario", "Today and the scenario"),
            (
                "La première ligne est le parc tel qu'il est. Chaque matériel qui part est remplacé par son semblable\u{a0}; la dépense est aux prix moyens que paie la collectivité.",
                "The first line is the fleet as it is. What leaves is replaced by its like; spending is at the mean prices that you pay.",
            ),
            inside,
        ))
        div.charts {
            (course(&told.today, sheet.say("Empreinte annuelle, cours actuel", "Annual footprint, today's course")).draw())
            (course(&told.scenario, sheet.say("Empreinte annuelle, scénario", "Annual footprint, scenario")).draw())
        }
        (assumed(sheet, told))
    }
}

/// What a reader must know. A note that has no words of the reader's language stays English.
fn notes(lang: Lang, told: &[String]) -> Markup {
    let line = |note: &str| {
        let words = words::note(lang, note);
        html! { li lang=[(lang != Lang::En && *words == *note).then_some("en")] { (words) } }
    };
    html! { @if !told.is_empty() { ul { @for note in told { (line(note)) } } } }
}

/// Every number that was assumed, and what a reader must know: a line each, since there are many.
fn assumed(sheet: &Sheet, told: &Simulation) -> Markup {
    let lang = sheet.lang;
    let line = |of: &Assumed| {
        let (name, unit) = (words::assumed(lang, &of.name), words::assumed_unit(lang, of.unit, of.value));
        let (course, origin) =
            (words::course(lang, of.course.map(Word::name)), words::assumed_origin(lang, &of.origin));
        let (colon, semicolon) = (lang.colon(), lang.pick("\u{a0}; ", "; "));
        format!("{name}{colon}{} {unit} ({course}{semicolon}{origin})", short(lang, of.value, 3))
    };
    html! {
        h2 { (sheet.say("Ce qui a été supposé", "What was assumed")) }
        (notes(lang, &told.notes))
        details {
            summary { (sheet.say("Chaque nombre, avec son origine", "Each number, with its origin")) }
            ul { @for of in &told.assumptions { li { (line(of)) } } }
        }
        p.note { (date(sheet.lang, told.at)) ". " (sheet.say(
            "Les mêmes scénarios s'écrivent dans un fichier\u{a0}: ecoparc simulate.",
            "The same scenarios are written in a file: ecoparc simulate.",
        )) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_without_french_words_is_marked_as_english() {
        let known = "no price of it is known";
        let told = [known, "what nobody has words for"].map(str::to_owned);
        let french = "<ul><li>aucun prix n'en est connu</li><li lang=\"en\">what nobody has words for</li></ul>";
        assert_eq!(notes(Lang::Fr, &told).into_string(), french);
        let english = format!("<ul><li>{known}</li><li>what nobody has words for</li></ul>");
        assert_eq!(notes(Lang::En, &told).into_string(), english);
    }
}
