//! The pages: the figures in the words of those who buy and report, a page a subject. HTML alone: no script, and nothing
//! is asked of any other host. [`PAGES`] is the whole list; the router and the menu walk it.

mod cards;
mod changes;
mod entities;
mod exits;
mod explained;
mod fleet;
mod footprint;
mod gains;
mod lifetime;
mod login;
mod makeup;
mod methods;
mod overview;
mod problem;
mod procurement;
mod quality;
mod rooms;
mod simulate;
mod sources;
mod strategy;
mod tables;
#[cfg(test)]
mod tests;
mod trajectory;
mod unseen;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use domain::law::trajectory::Trajectory;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::auth::Viewer;
use super::world::World;
use crate::chart;
use crate::config::Scope;
use crate::edition::Edition;
use crate::figures::Figures;
use crate::wording::{Lang, date, moment, words};
pub use login::{Wants, login_page};
pub use problem::problem_page;

/// A page.
pub struct Page {
    /// Its address.
    pub path: &'static str,
    /// Its name, in French and in English.
    pub name: (&'static str, &'static str),
    /// Who may see it.
    pub needs: Scope,
    /// It stands in the menu.
    pub listed: bool,
    /// What stands in it.
    inside: fn(&Sheet) -> Markup,
}

/// Every page, in the order of the menu.
pub static PAGES: &[Page] = &[
    Page {
        path: "/",
        name: ("L'essentiel", "At a glance"),
        needs: Scope::Read,
        listed: true,
        inside: overview::page,
    },
    Page {
        path: "/procurement",
        name: ("Achats", "Procurement"),
        needs: Scope::Read,
        listed: true,
        inside: procurement::page,
    },
    Page { path: "/exits", name: ("Sorties", "Exits"), needs: Scope::Read, listed: true, inside: exits::page },
    Page {
        path: "/lifetime",
        name: ("Durées de vie", "Lifetimes"),
        needs: Scope::Read,
        listed: true,
        inside: lifetime::page,
    },
    Page {
        path: "/footprint",
        name: ("Empreinte", "Footprint"),
        needs: Scope::Read,
        listed: true,
        inside: footprint::page,
    },
    Page {
        path: "/footprint/factors",
        name: ("Facteur par facteur", "Factor by factor"),
        needs: Scope::Read,
        listed: false,
        inside: makeup::page,
    },
    Page {
        path: "/footprint/entities",
        name: ("Empreinte par entité et par année", "Footprint by entity and by year"),
        needs: Scope::Read,
        listed: false,
        inside: entities::page,
    },
    Page { path: "/fleet", name: ("Parc", "Fleet"), needs: Scope::Assets, listed: true, inside: fleet::page },
    Page {
        path: "/explain",
        name: ("Un matériel", "One thing"),
        needs: Scope::Assets,
        listed: false,
        inside: explained::page,
    },
    Page { path: "/rooms", name: ("Salles", "Rooms"), needs: Scope::Read, listed: true, inside: rooms::page },
    Page {
        path: "/strategy",
        name: ("Stratégie", "Strategy"),
        needs: Scope::Read,
        listed: true,
        inside: strategy::page,
    },
    Page {
        path: "/changes",
        name: ("Ce qui a changé", "What changed"),
        needs: Scope::Read,
        listed: true,
        inside: changes::page,
    },
    Page {
        path: "/simulate",
        name: ("Et si\u{a0}?", "What if?"),
        needs: Scope::Read,
        listed: true,
        inside: simulate::page,
    },
    Page { path: "/quality", name: ("Qualité", "Quality"), needs: Scope::Read, listed: true, inside: quality::page },
    Page { path: "/sources", name: ("Sources", "Sources"), needs: Scope::Read, listed: true, inside: sources::page },
    Page { path: "/methods", name: ("Méthode", "Method"), needs: Scope::Read, listed: true, inside: methods::page },
];

/// Who looks at a page, and what they ask of it.
pub struct Visit {
    /// Who.
    pub viewer: Viewer,
    /// What they may see.
    pub world: Arc<World>,
    /// In which language.
    pub lang: Lang,
    /// What the address asks beside it.
    pub asked: BTreeMap<String, String>,
}

/// What is said of looks.
const OWN_STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1a1c20;--paper:#fff;--soft:#f3f5f7;--line:#8a929b;--quiet:#4a525b;--link:#0a4a8f;--main:#1b5e8c;--second:#8fb8d4;--target:#b3261e}\
@media(prefers-color-scheme:dark){:root{--ink:#e9ebee;--paper:#15171a;--soft:#212429;--line:#7b838c;--quiet:#b9c0c7;--link:#9cc7ff;--main:#7fb2dd;--second:#3d6484;--target:#ff8a80}}\
*{box-sizing:border-box}\
body{margin:0 auto;padding:1rem;max-width:75rem;color:var(--ink);background:var(--paper);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:break-word}\
a{color:var(--link)}a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible,div:focus-visible{outline:3px solid var(--link);outline-offset:2px}\
.skip{position:absolute;left:-99rem}.skip:focus{position:static}\
h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0}h2{margin:2rem 0 .5rem;font-size:1.25rem}h3{margin:0;font-size:1rem}\
header nav{display:flex;flex-wrap:wrap;gap:1rem;justify-content:flex-end;align-items:baseline}header nav+nav{justify-content:flex-start}\
.cards{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:1rem}\
.cards li{flex:1 1 20rem;min-width:0;padding:1rem;border:1px solid var(--line);border-radius:.4rem;background:var(--soft)}\
.cards p{margin:.4rem 0 0}.figure{font-size:1.5rem;line-height:1.25;font-weight:600}\
.note{color:var(--quiet);font-size:.9em}td .note,th .note{display:block}.alert{border-left:.4rem solid var(--line);padding-left:.6rem;font-weight:600}\
.wide{overflow-x:auto;margin-bottom:1rem}.chart{max-width:44rem}.charts{margin-top:1rem}h3+p{margin-top:.2rem}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\
caption{text-align:left;padding:.4rem 0;color:var(--quiet)}\
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}\
thead th{background:var(--soft)}.n{text-align:right}.one{white-space:nowrap}tfoot{font-weight:600}th .note{font-weight:400}\
form{margin:0}form label{display:inline-flex;flex-wrap:wrap;gap:.5rem;align-items:center;max-width:100%}input,button{font:inherit;padding:.4rem .7rem;max-width:100%}\
nav ul{list-style:none;margin:.5rem 0;padding:0;display:flex;flex-wrap:wrap;gap:.3rem 1rem}nav a[aria-current]{font-weight:600;text-decoration:none}\
form p{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}select{font:inherit;padding:.4rem;max-width:100%}\
footer{margin-top:2rem;border-top:1px solid var(--line)}\
@media screen and (max-width:40rem){td{min-width:7.5rem}td.n{min-width:6rem}caption{max-width:calc(100vw - 2rem)}}\
@media print{:root{--ink:#000;--paper:#fff;--soft:#fff;--quiet:#222;--link:#000;--main:#1b5e8c;--second:#8fb8d4;--target:#b3261e}html{font-size:9.5pt}body{max-width:none;padding:0 1px}header nav,form,.skip,details:not([open]){display:none}.charts .bars text{font-size:15px}.wide{overflow:visible}.cards li{flex-basis:30%}main .charts{grid-template-columns:1fr 1fr}.cards li,tr{break-inside:avoid}h2,h3,caption{break-after:avoid}tfoot{display:table-row-group}svg,.key{print-color-adjust:exact;-webkit-print-color-adjust:exact}a{text-decoration:none}}";

/// The only style of every page, in its head: for a Content-Security-Policy that names its hash.
pub static STYLE: LazyLock<String> = LazyLock::new(|| format!("{OWN_STYLE}{}", chart::STYLE));

/// What all parts of a page need.
struct Sheet<'a> {
    edition: &'a Edition,
    world: &'a World,
    viewer: &'a Viewer,
    lang: Lang,
    asked: &'a BTreeMap<String, String>,
    figures: Figures<'a>,
    trajectories: Vec<Trajectory>,
}

impl Sheet<'_> {
    /// The text of this page's language.
    fn say<'t>(&self, french: &'t str, english: &'t str) -> &'t str {
        self.lang.pick(french, english)
    }

    /// Said before a figure of which a part is not known.
    fn least(&self, is_partial: bool) -> &'static str {
        if is_partial { self.lang.pick("au moins ", "at least ") } else { "" }
    }

    /// May single assets and lines be seen?
    fn sees_assets(&self) -> bool {
        self.viewer.may(Scope::Assets)
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
            @if let Some(why) = why { (self.lang.colon()) (why) }
        }
    }

    /// Where the tool itself shows one of its things (`SOURCE:TYPE/ID`, or `SOURCE:ID`); none where no link was told.
    fn tool(&self, native: &str) -> Option<String> {
        let (source, native) = native.split_once(':')?;
        let link = self.edition.sources.iter().find(|state| state.name == source)?.link.as_ref()?;
        let (kind, id) = native.rsplit_once('/').unwrap_or(("", native));
        Some(link.replace("{type}", &query(&kind.to_lowercase())).replace("{id}", &query(id)))
    }

    /// What is asked of the page under a name; nothing where it is empty.
    fn ask(&self, name: &str) -> Option<&str> {
        self.asked.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }
}

/// A page, as far as a viewer may see it.
pub fn page(page: &Page, visit: &Visit) -> String {
    let world = &*visit.world;
    let sheet = Sheet {
        edition: &world.edition,
        world,
        viewer: &visit.viewer,
        lang: visit.lang,
        asked: &visit.asked,
        figures: Figures::of(world.readings()),
        trajectories: super::api::trajectory::of(world, world.edition.today.year()),
    };
    told(page, &sheet)
}

fn told(page: &Page, sheet: &Sheet) -> String {
    let (lang, edition) = (sheet.lang, sheet.edition);
    // Who sees a part of it sees whose.
    let tree = &edition.snapshot.entities;
    let part: Vec<&str> = sheet.viewer.entities.iter().map(|entity| &*tree.entity(*entity).name).collect();
    let name = match part[..] {
        [] => tree.nodes.first().map_or_else(String::new, |root| root.name.to_string()),
        _ => part.join(", "),
    };
    let title = match page.path {
        "/" => format!("{name}{}", lang.pick("\u{a0}: parc numérique responsable", ": responsible IT equipment")),
        _ => format!("{}{}{name}", lang.pick(page.name.0, page.name.1), lang.pick("\u{a0}– ", " – ")),
    };
    let (other, code) = lang.pick(("English", "en"), ("Français", "fr"));
    let asked = sheet.asked.iter().filter(|(name, _)| *name != "lang");
    let asked: String = asked.map(|(name, value)| format!("&{}={}", query(name), query(value))).collect();
    let seen = |page: &&Page| page.listed && sheet.viewer.may(page.needs);
    let body = html! {
        header {
            nav aria-label=(lang.pick("Langue et session", "Language and session")) {
                a href=(format!("{}?lang={code}{asked}", page.path)) hreflang=(code) lang=(code) { (other) }
                @if let Some(csrf) = &sheet.viewer.csrf {
                    form method="post" action="/logout" {
                        input type="hidden" name="csrf" value=(csrf);
                        button { (lang.pick("Se déconnecter", "Log out")) }
                    }
                } @else {
                    a href="/login" { (lang.pick("Se connecter", "Log in")) }
                }
            }
            nav aria-label=(lang.pick("Pages", "Pages")) { ul {
                @for other in PAGES.iter().filter(seen) {
                    li { a href=(other.path) aria-current=[(other.path == page.path).then_some("page")] { (lang.pick(other.name.0, other.name.1)) } }
                }
            } }
            h1 { (title) }
            p {
                (lang.pick("Chiffres au ", "Figures as of "))
                time datetime=(edition.today) { (date(lang, edition.today)) }
                (lang.pick(", calculés le ", ", computed on "))
                time datetime=(edition.made_at) { (moment(lang, edition.made_at)) } "."
            }
        }
        main id="main" tabindex="-1" { (overview::alerts(sheet)) ((page.inside)(sheet)) }
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
                style { (PreEscaped(STYLE.as_str())) }
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

/// A text as the value of a query.
fn query(text: &str) -> String {
    let mut coded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => coded.push(char::from(byte)),
            _ => coded.push_str(&format!("%{byte:02X}")),
        }
    }
    coded
}
