//! The equipment, one by one, for those who may see it.

use domain::packed::Packed;
use domain::snapshot::Asset;
use domain::word::{Kind, Status, Word};
use maud::{Markup, html};

use super::tables::{heads, table};
use super::{Sheet, query, words};
use crate::web::api::assets::Filter;
use crate::wording::{date, statuses};

/// Rows of a page.
const ROWS: usize = 30;

pub fn page(sheet: &Sheet) -> Markup {
    let lang = sheet.lang;
    let (edition, viewer) = (sheet.edition, sheet.viewer);
    let (kind, entity, status) = (
        sheet.ask("kind").map(Kind::parse),
        sheet.ask("entity").map(|name| viewer.entity(edition, name)),
        sheet.ask("status").map(Status::parse),
    );
    if kind == Some(None) || entity == Some(None) || status == Some(None) {
        return html! {
            (form(sheet))
            p.alert role="alert" { (sheet.say("L'un de ces filtres n'est pas connu.", "One of these filters is not known.")) }
        };
    }
    let filter = Filter {
        kind,
        entity: entity.flatten(),
        status: status.flatten(),
        text: sheet.ask("q").map(str::to_lowercase),
        since: None,
    };
    let (assets, next) = filter.list(edition, viewer, sheet.ask("after"), ROWS);
    let inside = html! {
        (heads(sheet, &[
            ("Identifiant", "Id", false),
            ("Matériel", "Equipment", false),
            ("Modèle", "Model", false),
            ("Entité", "Entity", false),
            ("État", "Status", false),
            ("En service depuis", "In service since", false),
        ]))
        tbody {
            @for asset in &assets { (row(sheet, asset)) }
            @if assets.is_empty() { tr { td colspan="6" { (sheet.say("aucun matériel ne correspond", "nothing like this is known")) } } }
        }
    };
    let more = next.map(|next| {
        let mut told: Vec<String> = Vec::new();
        for name in ["q", "kind", "entity", "status"] {
            told.extend(sheet.ask(name).map(|value| format!("{name}={}", query(value))));
        }
        told.push(format!("after={}", query(&next)));
        format!("/fleet?{}", told.join("&"))
    });
    html! {
        (form(sheet))
        (table(
            sheet,
            "fleet",
            ("Matériels", "Equipment"),
            ("Chaque identifiant mène à la fiche\u{a0}: ce qui est connu, qui l'a dit, et comment l'empreinte est obtenue.", "Each id leads to its sheet: what is known, who said it, and how the footprint is reached."),
            inside,
        ))
        @if let Some(more) = more { p { a href=(more) rel="next" { (sheet.say("Suite", "More")) } } }
        p.note { a href="/api/v1/assets" { "JSON" } (lang.pick(", ou CSV en le demandant (Accept\u{a0}: text/csv).", ", or CSV where that is asked for (Accept: text/csv).")) }
    }
}

fn row(sheet: &Sheet, asset: &Asset) -> Markup {
    let (lang, id) = (sheet.lang, sheet.edition.snapshot.id(asset));
    let told = [asset.told(Packed::manufacturer), asset.told(Packed::model)];
    let model = told.into_iter().flatten().map(|told| &**told.text()).collect::<Vec<_>>();
    html! { tr {
        th.one scope="row" { a href=(format!("/explain?q={}", query(&id))) { (id) } }
        td { (words::kind(lang, asset.kind.map_or("unknown", Word::name))) }
        td { (model.join(" ")) }
        td { (sheet.edition.snapshot.entities.entity(asset.entity).name) }
        td { (statuses::status(lang, asset.status(sheet.edition.today))) }
        td { @if let Some(start) = asset.start { (date(lang, start)) } }
    } }
}

fn form(sheet: &Sheet) -> Markup {
    let lang = sheet.lang;
    let choice = |name: &str, label: (&str, &str), options: Vec<(&str, String)>| {
        let chosen = sheet.ask(name);
        html! {
            label { (sheet.say(label.0, label.1))
                select name=(name) {
                    option value="" { (sheet.say("tous", "all")) }
                    @for (value, text) in &options { option value=(value) selected[chosen == Some(*value)] { (text) } }
                }
            }
        }
    };
    let known = |kind: &Kind| sheet.figures.active(Some(kind.name())) > 0.0;
    let kinds =
        Kind::ALL.iter().filter(|(kind, _)| known(kind)).map(|(_, name)| (*name, words::kind(lang, name).to_owned()));
    let tree = &sheet.edition.snapshot.entities;
    let seen = (0..)
        .map(domain::entity::EntityId)
        .zip(&tree.nodes)
        .filter(|(at, entity)| entity.configured && sheet.viewer.sees(sheet.edition, *at));
    let entities = seen.map(|(_, entity)| (&*entity.id, entity.name.to_string())).collect();
    let states =
        Status::ALL.iter().map(|(status, name)| (*name, statuses::status(lang, Some(*status)).to_owned())).collect();
    html! {
        form method="get" action="/fleet" role="search" {
            p {
                label { (sheet.say("Rechercher", "Search")) input type="search" name="q" value=(sheet.ask("q").unwrap_or_default()); }
                (choice("kind", ("Type", "Kind"), kinds.collect()))
                (choice("entity", ("Entité", "Entity"), entities))
                (choice("status", ("État", "Status"), states))
                button { (sheet.say("Filtrer", "Filter")) }
            }
        }
    }
}
