//! The first page: the headline figures in the words of those who buy and report. HTML alone: no script, and
//! nothing is asked of any other host.

mod cards;
mod explained;
mod gains;
mod makeup;
mod quality;
mod rooms;
mod strategy;
mod tables;
#[cfg(test)]
mod tests;
mod trajectory;
mod unseen;

use std::sync::Arc;

use domain::indicator::footprint::Portion;
use domain::indicator::objective::Standing;
use domain::indicator::{Indicator, Reading};
use domain::law::trajectory::Trajectory;
use domain::strategy::Action;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::edition::Edition;

use super::world::Kinds;
use crate::figures::Figures;
pub use crate::wording::Lang;
use crate::wording::{date, moment, words};
pub use explained::{FOUND, explanation};

/// Who looks at the page.
pub struct PageViewer {
    /// Has a session, and may end it.
    pub logged_in: bool,
    /// May see single assets and lines.
    pub sees_assets: bool,
    /// The readings this viewer may see.
    pub readings: Arc<Vec<(&'static Indicator, Reading)>>,
    /// Where this year's reuse spending is going, as far as this viewer sees it.
    pub trajectories: Vec<Trajectory>,
    /// The annual footprint, factor by factor and kind by kind.
    pub portions: (Vec<Portion>, Kinds),
    /// Where each objective stands.
    pub standings: Vec<Standing>,
    /// The actions.
    pub actions: Vec<Action>,
    /// What forms that change something carry.
    pub csrf: Option<String>,
}

/// The only style of every page, in its head: for a Content-Security-Policy that names its hash.
pub const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1a1c20;--paper:#fff;--soft:#f3f5f7;--line:#8a929b;--quiet:#4a525b;--link:#0a4a8f}\
@media(prefers-color-scheme:dark){:root{--ink:#e9ebee;--paper:#15171a;--soft:#212429;--line:#7b838c;--quiet:#b9c0c7;--link:#9cc7ff}}\
*{box-sizing:border-box}\
body{margin:0 auto;padding:1rem;max-width:75rem;color:var(--ink);background:var(--paper);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:break-word}\
a{color:var(--link)}a:focus-visible,button:focus-visible,input:focus-visible,div:focus-visible{outline:3px solid var(--link);outline-offset:2px}\
.skip{position:absolute;left:-99rem}.skip:focus{position:static}\
h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0}h2{margin:2rem 0 .5rem;font-size:1.25rem}h3{margin:0;font-size:1rem}\
header nav{display:flex;flex-wrap:wrap;gap:1rem;justify-content:flex-end;align-items:baseline}\
.cards{list-style:none;margin:0;padding:0;display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr))}\
.cards li{padding:1rem;border:1px solid var(--line);border-radius:.4rem;background:var(--soft)}\
.cards p{margin:.4rem 0 0}.figure{font-size:1.5rem;line-height:1.25;font-weight:600}\
.note{color:var(--quiet);font-size:.9rem}.alert{border-left:.4rem solid var(--line);padding-left:.6rem;font-weight:600}\
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\
caption{text-align:left;padding:.4rem 0;color:var(--quiet)}\
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}\
thead th{background:var(--soft)}.n{text-align:right}tfoot{font-weight:600}\
form{margin:0}input,button{font:inherit;padding:.4rem .7rem;max-width:100%}\
footer{margin-top:2rem;border-top:1px solid var(--line)}\
@media print{:root{--ink:#000;--paper:#fff;--soft:#fff;--quiet:#222;--link:#000}body{max-width:none;font-size:10pt;padding:0}nav,form,.skip{display:none}.wide{overflow:visible}.cards li,tr{break-inside:avoid}a{text-decoration:none}}";

/// What all parts of a page need.
struct Sheet<'a> {
    edition: &'a Edition,
    lang: Lang,
    figures: Figures<'a>,
    sees_assets: bool,
}

impl Sheet<'_> {
    /// The text of this page's language.
    fn say<'t>(&self, french: &'t str, english: &'t str) -> &'t str {
        self.lang.pick(french, english)
    }

    /// A figure, with the way to what it rests on.
    fn figure(&self, address: &str, text: &str) -> Markup {
        html! { a href=(address) { (text) } }
    }

    /// What stands for a value that is not known.
    fn unknown(&self, note: Option<&str>) -> Markup {
        let why = note.map(|note| words::note(self.lang, note));
        html! {
            (self.say("non calculable", "cannot be computed"))
            @if let Some(why) = why { (self.say("\u{a0}: ", ": ")) (why) }
        }
    }
}

/// The page of an edition, as far as a viewer may see it.
pub fn page(edition: &Edition, lang: Lang, viewer: &PageViewer) -> String {
    let figures = Figures::of(&viewer.readings);
    let sheet = Sheet { edition, lang, figures, sees_assets: viewer.sees_assets };
    let root = edition.snapshot.entities.nodes.first();
    let name = root.map_or("", |root| &root.name);
    let title = format!("{name}{}", lang.pick("\u{a0}: parc numérique responsable", ": responsible IT equipment"));
    let body = html! {
        header {
            nav aria-label=(lang.pick("Langue et session", "Language and session")) {
                @match lang {
                    Lang::Fr => a href="/?lang=en" hreflang="en" lang="en" { "English" },
                    Lang::En => a href="/?lang=fr" hreflang="fr" lang="fr" { "Français" },
                }
                @if viewer.logged_in {
                    form method="post" action="/logout" {
                        @if let Some(csrf) = &viewer.csrf { input type="hidden" name="csrf" value=(csrf); }
                        button { (lang.pick("Se déconnecter", "Log out")) }
                    }
                } @else {
                    a href="/login" { (lang.pick("Se connecter", "Log in")) }
                }
            }
            h1 { (title) }
            p {
                (lang.pick("Chiffres au ", "Figures as of "))
                time datetime=(edition.today) { (date(lang, edition.today)) }
                (lang.pick(", calculés le ", ", computed on "))
                time datetime=(edition.made_at) { (moment(lang, edition.made_at)) } "."
            }
        }
        main id="main" tabindex="-1" {
            (alerts(&sheet))
            (cards::cards(&sheet))
            (tables::purchases(&sheet))
            (trajectory::trajectory(&sheet, &viewer.trajectories))
            (trajectory::notes(&sheet))
            (tables::equipment(&sheet, &viewer.portions.1))
            (makeup::makeup(&sheet, &viewer.portions.0))
            @if viewer.sees_assets { (explained::form(lang, "")) }
            (strategy::strategy(&sheet, &viewer.standings, &viewer.actions))
            (gains::gains(&sheet))
            (tables::exits(&sheet))
            (tables::ways(&sheet))
            (rooms::rooms(&sheet))
            (unseen::unseen(&sheet))
            (unseen::renewal(&sheet))
            (tables::sources(&sheet))
            (quality::quality(&sheet))
        }
        footer {
            p {
                (lang.pick(
                    "Chaque chiffre mène à son détail. Tous les chiffres, lisibles par un programme\u{a0}: ",
                    "Each figure leads to its detail. All figures, for programs: ",
                ))
                a href="/api/v1/indicators" { "JSON" } "."
            }
        }
    };
    shell(lang, &title, &body)
}

/// The login form: it exchanges a token for a session.
pub fn login_page(lang: Lang, wrong: bool) -> String {
    let title = lang.pick("Se connecter", "Log in");
    let body = html! {
        main id="main" tabindex="-1" {
            h1 { (title) }
            @if wrong {
                p.alert id="wrong" role="alert" {
                    (lang.pick("Ce jeton n'est pas reconnu.", "This token is not known."))
                }
            }
            form method="post" action="/login" {
                p {
                    label for="token" { (lang.pick("Jeton d'accès", "Access token")) } br;
                    input type="password" id="token" name="token" required autocomplete="current-password"
                        aria-invalid=[wrong.then_some("true")] aria-describedby=[wrong.then_some("wrong")];
                }
                p { button { (title) } }
            }
            p.note {
                (lang.pick(
                    "Le jeton vous est remis par la personne qui administre ecoparc. La session dure huit heures.",
                    "The person who runs ecoparc gives you the token. The session lasts eight hours.",
                ))
            }
            p { a href="/" { (lang.pick("Retour aux chiffres", "Back to the figures")) } }
        }
    };
    shell(lang, title, &body)
}

/// What is wrong with the daemon itself.
fn alerts(sheet: &Sheet) -> Markup {
    html! {
        @if !sheet.edition.store_ok {
            p.alert { (sheet.say(
                "La base de données ne répond pas\u{a0}: ces chiffres sont les derniers connus.",
                "The database does not answer: these figures are the last known ones.",
            )) }
        }
        @if !sheet.edition.config_ok {
            p.alert { (sheet.say(
                "La configuration relue comporte une erreur\u{a0}: l'ancienne reste en vigueur.",
                "The configuration as read again has an error: the former one stays in force.",
            )) }
        }
    }
}

fn shell(lang: Lang, title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) }
                // Without it a browser asks for /favicon.ico.
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { (lang.pick("Aller au contenu", "Skip to content")) }
                (body)
            }
        }
    };
    page.into_string()
}

/// The readings behind a figure, in the API. Kinds and years need no escaping.
pub fn source(name: &str, kind: Option<&str>, year: Option<i16>) -> String {
    let mut address = format!("/api/v1/indicators?name={name}");
    if let Some(kind) = kind {
        address.push_str(&format!("&kind={kind}"));
    }
    if let Some(year) = year {
        address.push_str(&format!("&year={year}"));
    }
    address
}
