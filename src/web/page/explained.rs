//! One thing: what is known of it, and how its footprint was reached.

use domain::explain::Step;
use domain::observation::Facts;
use domain::record::{Record, Text, Value};
use domain::snapshot::Asset;
use domain::word::{Condition, Mode, Status, Word};
use maud::{Markup, html};

use super::tables::{heads, table};
use super::{Sheet, query, words};
use crate::web::api::assets::{search, steps};
use crate::wording::{Lang, date, fields, number, short, statuses};

/// So many things are shown at most where several are meant.
const FOUND: usize = 50;

/// Asks for a thing.
pub(super) fn form(sheet: &Sheet, asked: &str) -> Markup {
    let lang = sheet.lang;
    html! {
        form method="get" action="/explain" role="search" {
            p {
                label for="q" { (lang.pick(
                    "Expliquer l'empreinte d'un matériel (identifiant, n° de série, étiquette, nom)\u{a0}: ",
                    "Explain the footprint of one thing (id, serial number, tag, name): ",
                )) }
                input type="search" id="q" name="q" value=(asked) required;
                " " button { (lang.pick("Expliquer", "Explain")) }
            }
        }
    }
}

/// The one thing that is meant: what is known of it, who said so, and how its footprint is reached; else those that may
/// be meant.
pub fn page(sheet: &Sheet) -> Markup {
    let (lang, edition) = (sheet.lang, sheet.edition);
    let asked = sheet.ask("q").unwrap_or_default();
    let found = search(edition, sheet.viewer, asked, FOUND);
    html! {
        (form(sheet, asked))
        @match found[..] {
            [] => p role="status" { (sheet.say("Aucun matériel ne correspond.", "Nothing like this is known.")) },
            [asset] => {
                p { strong { (edition.snapshot.id(asset)) } " " (name(sheet, asset)) ", " (statuses::status(lang, asset.status(edition.today))) "." }
                (tools(sheet, asset))
                (reached(sheet, &steps(edition, sheet.world, asset)))
                (known(sheet, asset))
            }
            _ => ul { @for asset in found { li {
                @let id = edition.snapshot.id(asset);
                a href=(format!("/explain?q={}", query(&id))) { (id) } " " (name(sheet, asset))
            } } },
        }
        p { a href="/fleet" { (sheet.say("Retour au parc", "Back to the fleet")) } }
    }
}

/// The same thing in the tools that told of it, where they have an address.
fn tools(sheet: &Sheet, asset: &Asset) -> Markup {
    let natives = sheet.edition.snapshot.ids(asset);
    let known: Vec<(String, Text)> = natives.filter_map(|native| Some((sheet.tool(&native)?, native))).collect();
    html! { @if !known.is_empty() { p {
        (sheet.say("Dans l'outil\u{a0}: ", "In the tool: "))
        @for (at, (tool, native)) in known.iter().enumerate() { @if at > 0 { ", " } a href=(tool) rel="noreferrer" { (native) } }
        "."
    } } }
}

fn name(sheet: &Sheet, asset: &Asset) -> String {
    let facts = asset.facts();
    let kind = words::kind(sheet.lang, asset.kind.map_or("unknown", Word::name)).to_owned();
    let told = [facts.manufacturer.as_deref(), facts.model.as_deref()].into_iter().flatten().collect::<Vec<_>>();
    format!("{kind}\u{a0}: {} ({})", told.join(" "), sheet.edition.snapshot.entities.entity(asset.entity).name)
}

fn reached(sheet: &Sheet, steps: &[Step]) -> Markup {
    let lang = sheet.lang;
    let inside = html! {
        (heads(sheet, &[("Étape", "Step", false), ("Valeur", "Value", true), ("Origine", "Origin", false)]))
        tbody { @for step in steps { tr {
            th scope="row" { (words::step(lang, &step.what)) }
            td.n { @match step.value {
                Some(value) => { (number(lang, value, 3)) @if !step.unit.is_empty() { "\u{a0}" (words::unit(lang, step.unit, value)) } }
                None => (sheet.say("inconnu", "unknown")),
            } }
            td { (words::origin(lang, &step.origin)) }
        } } }
    };
    let title = ("Comment son empreinte est obtenue", "How its footprint is reached");
    table(sheet, "steps", title, ("Étape par étape, avec les facteurs.", "Step by step, with the factors."), inside)
}

/// Field by field, with the source that said it. The holder is never told.
fn known(sheet: &Sheet, asset: &Asset) -> Markup {
    let snapshot = &sheet.edition.snapshot;
    let facts = asset.facts();
    let known = Facts::FIELDS.iter().zip(asset.voices.said_by_fields()).filter(|(field, _)| field.name != "user");
    let inside = html! {
        (heads(sheet, &[("Information", "Information", false), ("Valeur", "Value", false), ("Dit par", "Said by", false)]))
        tbody { @for (field, said_by) in known { @if let Some(value) = (field.get)(&facts) { tr {
            th scope="row" { (fields::field(sheet.lang, field.name)) }
            td { (told(sheet, field.name, value)) }
            td { @if let Some(source) = said_by { (snapshot.source_name(source)) } }
        } } } }
    };
    let title = ("Ce qui en est connu", "What is known of it");
    let caption = (
        "La première source qui renseigne une information l'emporte, dans l'ordre de confiance.",
        "The first source that tells something wins, in the order of belief.",
    );
    table(sheet, "facts", title, caption, inside)
}

fn told(sheet: &Sheet, field: &str, value: Value) -> String {
    let lang = sheet.lang;
    match value {
        Value::Text(text) => text.to_string(),
        Value::Moment(moment) => moment.to_string(),
        Value::Word(name) => word(lang, field, name).to_owned(),
        Value::Date(day) => date(lang, day),
        Value::Money(cents) => number(lang, cents.euros(), 2),
        Value::Number(value) => short(lang, value, 2),
        Value::Flag(flag) => (if flag { sheet.say("oui", "yes") } else { sheet.say("non", "no") }).to_owned(),
    }
}

/// A word of a closed vocabulary, as readers say it.
fn word(lang: Lang, field: &str, name: &'static str) -> &'static str {
    let told = match field {
        "kind" => Some(words::kind(lang, name)),
        "status" => Status::parse(name).map(|status| statuses::status(lang, Some(status))),
        "condition" => Condition::parse(name).map(|condition| statuses::condition(lang, condition)),
        "mode" => Mode::parse(name).map(|mode| statuses::mode(lang, mode)),
        "disposal" => Some(words::way(lang, name)),
        _ => None,
    };
    told.unwrap_or(name)
}
