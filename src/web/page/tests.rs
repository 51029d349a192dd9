#![expect(clippy::unwrap_used, reason = "tests")]

mod rooms;
mod simulate;

use std::sync::OnceLock;

use domain::indicator::{Indicator, Reading};

use domain::doubt::{Cause, Doubt};
use domain::entity::{Entity, EntityTree, ROOT};
use domain::factor::Factors;
use domain::indicator::{Publishing, Settings, all};
use domain::law::Law;
use domain::law::trajectory::{Need, Price, Sides};
use domain::quantity::{Cents, YEAR_SECONDS};
use domain::record::Text;
use domain::reject::Reject;
use domain::snapshot::Snapshot;
use domain::word::Kind;
use jiff::civil::date;

use super::*;
use crate::edition::SourceState;
use crate::web::auth::Stranger;
use crate::web::world::Key;

const SIRET: &str = "21000000600010";

fn edition() -> Edition {
    let entity = |id: &str, name: &str, siret: Option<&str>, legal_subject| Entity {
        id: Text::from(id),
        name: Text::from(name),
        parent: (id != "ville").then_some(ROOT),
        siret: siret.map(Text::from),
        legal_subject,
        ..Entity::default()
    };
    let nodes = vec![
        entity("ville", "Ville <script>alert(1)</script> & Cie", Some(SIRET), true),
        entity("ccas", "CCAS", Some("26000000500017"), false),
    ];
    let snapshot = Snapshot {
        sources: Vec::new(),
        harvested: Vec::new(),
        entities: EntityTree { nodes },
        assets: Vec::new(),
        alike: Default::default(),
        unjoined: Vec::new(),
        purchases: Vec::new(),
        exits: Vec::new(),
        stock_counts: Vec::new(),
        headcounts: Vec::new(),
        declared: Vec::new(),
        actions: Vec::new(),
        services: Vec::new(),
        rooms: Vec::new(),
        roommates: Vec::new(),
        filings: Vec::new(),
        appraisals: Vec::new(),
        partial: Default::default(),
        part: Vec::new(),
        let_go: Default::default(),
        doubts: vec![
            Doubt { about: vec![Text::from("glpi-siege:Computer/7")], what: Cause::LeftBeforeService },
            Doubt { about: vec![Text::from("glpi-siege: Annexe")], what: Cause::Unplaced },
        ],
    };
    let settings = Settings {
        factors: Factors::default(),
        assumptions: domain::assumption::Assumptions::default(),
        law: Law::default(),
        objectives: Vec::new(),
    };
    let failing = SourceState {
        name: "glpi-siege".to_owned(),
        connector: "glpi",
        up: Some(false),
        failure: Some(("2026-11-24T04:00:00Z".parse().unwrap(), "auth", "glpi-siege: 401 <b>".to_owned())),
        rejected: [
            ("Monitor/7", "`dix mille` is not an amount of money"),
            ("Monitor/8", "what nobody has words for"),
        ]
        .map(|(place, reason)| Reject {
            place: place.to_owned(),
            column: Some("value".to_owned()),
            reason: reason.to_owned(),
        })
        .to_vec(),
        ..SourceState::default()
    };
    let unasked = SourceState { name: "ocs".to_owned(), connector: "ocs", stale: true, ..SourceState::default() };
    Edition {
        number: 1,
        made_at: "2026-11-24T05:07:49Z".parse().unwrap(),
        today: date(2026, 11, 24),
        snapshot: Arc::new(snapshot),
        settings: Arc::new(settings),
        standings: Vec::new(),
        publishing: Publishing { entity_depth: 1, min_cell: 5, folded: true },
        readings: Vec::new(),
        sources: vec![failing, unasked],
        refresh_seconds: 0.0,
        max_series: 20_000,
        store_ok: true,
        config_ok: true,
        exposition: OnceLock::new(),
    }
}

fn reading(name: &str, slice: &[(&'static str, &str)], value: Option<f64>) -> (&'static Indicator, Reading) {
    let slice = slice.iter().map(|(label, value)| (*label, Text::from(*value))).collect();
    (all().find(|indicator| indicator.name == name).unwrap(), Reading { value, ..Reading::of(slice, 0.0) })
}

/// Purchases worked by hand, a voluntary buyer, and a few figures more.
fn readings() -> Vec<(&'static Indicator, Reading)> {
    let bought = |siret, category| [("siret", siret), ("category", category), ("year", "2026")];
    let town = bought(SIRET, "it_telephony");
    let exits = [("siret", SIRET), ("year", "2026")];
    let mut readings = vec![
        reading("reuse_spend_ratio", &town, Some(15_200.0 / 95_200.0)),
        reading("reuse_spend_missing_euros", &town, Some(3_840.0)),
        reading("reuse_spend_ratio", &bought("26000000500017", "printing_equipment"), None),
        reading("footprint_fleet_annual_co2e_grams", &[], Some(12.34e6)),
        reading("lifetime_median_seconds", &[("kind", "laptop")], Some(6.0 * YEAR_SECONDS)),
        reading("assets", &[("entity", "ville"), ("kind", "laptop"), ("status", "in_use")], Some(1_200.0)),
        reading("assets", &[("entity", "ville"), ("kind", "laptop"), ("status", "retired")], Some(7.0)),
        reading("assets", &[("entity", "ville"), ("kind", "monitor"), ("status", "in_use")], Some(2_100.0)),
        reading("agents", &[("entity", "ville")], Some(1_000.0)),
        reading("disposals_to_reuse", &exits, Some(12.0)),
        reading("reformed_stock", &exits, None),
        reading("disposal_reuse_ratio", &exits, None),
        reading("doubts", &[("reason", "collides")], Some(3.0)),
        reading("doubts", &[("reason", "unlisted")], Some(0.0)),
    ];
    readings[0].1.target = Some(0.2);
    readings[0].1.coverage = 0.7;
    readings[2].1.note = Some(Text::from("nothing was bought"));
    (readings[3].1.low, readings[3].1.high) = (Some(9e6), Some(20e6));
    let told = "neither a count nor dated history tells the stock of reformed goods on 1 January";
    readings[10].1.note = Some(Text::from(told));
    readings
}

/// The worked purchases on 19 October, and a voluntary buyer who has no target.
fn trajectories() -> Vec<Trajectory> {
    let price = |kind, euros: i64, units| Need {
        kind,
        price: Some(Price { paid: Cents(euros * 100), units }),
        units: Some((3_840.0 * units / euros as f64).ceil()),
        note: None,
    };
    let nothing = Need { kind: Kind::Server, price: None, units: None, note: None };
    let town = Trajectory {
        siret: Text::from(SIRET),
        category: Text::from("it_telephony"),
        year: 2026,
        target: Some(0.2),
        missing: Some(Cents(384_000)),
        so_far: Sides { total: Cents(9_520_000), reuse: Cents(1_520_000) },
        coverage: Some(0.9),
        recent: Sides { total: Cents(9_520_000), reuse: Cents(1_520_000) },
        remaining_days: 73,
        months: Vec::new(),
        needs: vec![nothing, price(Kind::Monitor, 1_540, 10.0), price(Kind::Laptop, 9_600, 30.0)],
    };
    let ccas = Trajectory {
        siret: Text::from("26000000500017"),
        category: Text::from("printing_equipment"),
        target: None,
        missing: None,
        ..town.clone()
    };
    vec![town, ccas]
}

/// Every page that a viewer may see, made of these readings and trajectories.
fn each(
    lang: Lang,
    scopes: &[Scope],
    readings: Vec<(&'static Indicator, Reading)>,
    trajectories: &[Trajectory],
) -> Vec<String> {
    let key = Key { at: date(2026, 11, 24), folded: true, entities: Vec::new(), days: Vec::new() };
    let world = World::new(Arc::new(Edition { readings, ..edition() }), key);
    let csrf = scopes.contains(&Scope::Assets).then(|| "a\"b".to_owned());
    let viewer = Viewer { scopes: scopes.to_vec(), csrf, ..Viewer::default() };
    let asked = BTreeMap::new();
    let sheet = Sheet {
        edition: &world.edition,
        world: &world,
        viewer: &viewer,
        lang,
        asked: &asked,
        figures: Figures::of(world.readings()),
        trajectories: trajectories.to_vec(),
    };
    PAGES.iter().filter(|page| viewer.may(page.needs)).map(|page| told(page, &sheet)).collect()
}

const READ: &[Scope] = &[Scope::Read];

fn pages(lang: Lang, sees_assets: bool) -> Vec<String> {
    let scopes: &[Scope] = if sees_assets { &[Scope::Read, Scope::Assets] } else { READ };
    each(lang, scopes, readings(), &trajectories())
}

fn shown(lang: Lang, sees_assets: bool) -> String {
    pages(lang, sees_assets).concat()
}

/// The form that takes a token, for every reason to show it.
fn forms(lang: Lang) -> Vec<String> {
    let others = [Stranger::Unknown, Stranger::Unreadable, Stranger::Nowhere].map(Wants::Another);
    let scopes = [Scope::Read, Scope::Assets, Scope::Admin].map(Wants::Scope);
    let all = [Wants::Token].into_iter().chain(others).chain(scopes).chain([Wants::Keeping]);
    all.map(|wants| login_page(lang, wants)).collect()
}

/// The text of some pages, one space between words.
fn text(pages: &str) -> String {
    let bodies: Vec<&str> =
        pages.split("</style>").skip(1).map(|rest| rest.split("<!DOCTYPE html>").next().unwrap()).collect();
    let body = bodies.join("\n");
    let mut inside = false;
    let plain: String = body
        .chars()
        .filter(|letter| {
            inside = (inside || *letter == '<') && *letter != '>';
            !inside && *letter != '>'
        })
        .collect();
    plain.replace("&amp;", "&")
}

#[test]
fn figures_in_the_words_of_readers() {
    let french = text(&shown(Lang::Fr, true));
    for expected in [
        "15,97\u{a0}%",
        "Objectif\u{a0}: 20\u{a0}%. Il manque 3\u{202f}840\u{a0}€",
        "Données incomplètes\u{a0}: neuf ou réemploi n'est connu que pour 70\u{a0}%",
        "12,3\u{a0}t\u{a0}CO₂e",
        "entre 9\u{a0}t\u{a0}CO₂e et 20\u{a0}t\u{a0}CO₂e",
        "un modèle et non une mesure",
        "la moitié durent plus de 6\u{a0}ans",
        "1,2 ordinateur2,1 écrans, 0 téléphone mobile, 3,3 matériels en tout",
        "1\u{202f}200",
        "non calculable\u{a0}: ni comptage ni historique daté du stock de biens réformés au 1er janvier",
        "non calculable\u{a0}: rien n'a été acheté",
        "à vérifier",
        "CCAS (à titre volontaire)",
        "identifiants refusés, 24 novembre 2026 à 04\u{a0}h\u{a0}00 UTC",
        "jamais interrogée",
        "Matériels qui pourraient être le même",
        "Chiffres au 24 novembre 2026",
    ] {
        assert!(french.contains(expected), "{expected}\nis not in\n{french}");
    }
    assert!(!french.contains("ne figurent plus"), "a reason without doubts is shown");
    assert!(!french.contains("données anciennes"), "what was never asked has no old data");
    let english = text(&shown(Lang::En, true));
    for expected in ["15.97%", "Missing: €3,840", "half of them last more than 6\u{a0}years", "1,200"] {
        assert!(english.contains(expected), "{expected}\nis not in\n{english}");
    }
    for (page, words) in
        [(&french, ["edition", "harvest", "testimony"]), (&english, ["edition", "harvest", "testimony"])]
    {
        assert!(words.iter().all(|word| !page.to_lowercase().contains(word)), "{page}");
    }
}

/// The section of a trajectory, as text.
fn section(lang: Lang, trajectories: Vec<Trajectory>) -> String {
    let page = each(lang, READ, readings(), &trajectories).concat();
    let from = page.find("id=\"trajectory\"").unwrap();
    text(&format!("</style><p {}", &page[from..from + page[from..].find("</table>").unwrap()]))
}

#[test]
fn what_to_buy_before_the_years_end() {
    let french = section(Lang::Fr, trajectories());
    for expected in [
        "Trajectoire 2026",
        "soit environ 12 ordinateurs portables reconditionnés ou 25 écrans",
        "3\u{202f}840\u{a0}€",
        "40,2\u{a0}%",
        "CCAS (à titre volontaire)",
    ] {
        assert!(french.contains(expected), "{expected}\nis not in\n{french}");
    }
    assert!(!french.contains("incomplètes") && !french.contains("hors d'atteinte"), "{french}");
    let english = section(Lang::En, trajectories());
    assert!(english.contains("about 12 refurbished laptops or 25 monitors"), "{english}");
    let but = |change: fn(&mut Trajectory)| {
        let mut all = trajectories();
        change(&mut all[0]);
        section(Lang::Fr, all)
    };
    let incomplete = but(|town| (town.coverage, town.remaining_days) = (Some(0.7), 1));
    assert!(incomplete.contains("données incomplètes") && incomplete.contains("renseigner d'abord"), "{incomplete}");
    assert!(!incomplete.contains("soit environ") && !incomplete.contains("hors d'atteinte"), "{incomplete}");
    for (page, expected) in [
        (but(|town| town.remaining_days = 1), "hors d'atteinte"),
        (but(|town| town.remaining_days = 0), "plus rien à acheter"),
        (but(|town| town.missing = Some(Cents(0))), "rien, objectif atteint"),
        (but(|town| town.needs.clear()), "aucun prix de reconditionné connu"),
        (but(|town| town.needs[2].units = Some(1.0)), "1 ordinateur portable reconditionné ou"),
    ] {
        assert!(page.contains(expected), "{expected}\nis not in\n{page}");
    }
}

#[test]
fn notes_that_a_buyer_reads() {
    let [french, english] = [Lang::Fr, Lang::En].map(|lang| text(&shown(lang, false)));
    for expected in
        ["Pourquoi des euros", "20\u{a0}% du parc", "établissements publics", "ce qui est loué", "n'est pas du neuf"]
    {
        assert!(french.contains(expected), "{expected}\nis not in\n{french}");
    }
    assert!(english.contains("“20% of the fleet” is another figure") && !english.contains("Pourquoi"), "{english}");
}

#[test]
fn nothing_runs_and_nothing_is_fetched() {
    let all = [pages(Lang::Fr, true), pages(Lang::En, false), forms(Lang::Fr)].concat();
    assert!(all.len() > 20);
    for page in all {
        assert!(!page.contains("<script"), "{page}");
        assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("src="), "{page}");
        assert_eq!(page.matches("<h1").count(), 1);
        assert_eq!(page.matches("<style").count(), 1);
        assert_eq!(page.matches("<table").count(), page.matches("<caption").count());
        assert!(page.len() < 60_000);
    }
    assert!(shown(Lang::Fr, false).contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; Cie"));
    assert!(shown(Lang::Fr, true).contains("value=\"a&quot;b\""));
}

/// Each reason is said, and where nothing was typed nothing is called wrong.
#[test]
fn a_form_says_why_it_is_shown() {
    let forms = forms(Lang::Fr);
    for (form, (says, is_wrong)) in forms.iter().zip([
        ("Se connecter", false),
        ("Ce jeton n'est pas reconnu.", true),
        ("ni Bearer ni Basic", false),
        ("Aucune des entités de ce jeton n'existe", true),
        ("le droit «\u{a0}read\u{a0}»", false),
        ("le droit «\u{a0}assets\u{a0}» (voir chaque matériel)", false),
        ("le droit «\u{a0}admin\u{a0}»", false),
        ("votre navigateur n'a pas gardé la session", false),
    ]) {
        assert!(form.contains(says) && form.contains("name=\"token\""), "{says}\nis not in\n{form}");
        assert_eq!(form.contains("aria-invalid"), is_wrong, "{form}");
    }
    assert!(!forms[0].contains("role=\"alert\""));
}

#[test]
fn lines_and_causes_only_for_those_who_may_see_them() {
    let (whole, part) = (shown(Lang::Fr, true), shown(Lang::Fr, false));
    assert!(whole.contains("/api/v1/procurement/2026/lines") && whole.contains("401 &lt;b&gt;"));
    assert!(!part.contains("/lines") && !part.contains("401"));
    assert!(part.contains("/api/v1/indicators?name=reuse_spend_ratio&amp;year=2026"));
}

/// A row's head is said with each of its cells: a button in it would be too.
#[test]
fn a_source_is_read_by_a_button_that_names_it() {
    let page = each(Lang::Fr, &[Scope::Read, Scope::Assets, Scope::Admin], readings(), &[]).concat();
    let from = page.find("action=\"/api/v1/sources/glpi-siege/sync\"").unwrap();
    let before = &page[..from];
    assert!(before.rfind("<td>") > before.rfind("<th "), "{before}");
    let button = page[from..].split_once("<button>").unwrap().1.split_once("</button>").unwrap().0;
    assert_eq!(button, "Lire maintenant<span class=\"skip\"> glpi-siege</span>");
    let head = "Demander une lecture";
    assert!(page.contains(head) && !shown(Lang::Fr, true).contains(head), "whoever may not has no column of it");
}

#[test]
fn a_page_of_nothing_has_no_zero() {
    let page = text(&each(Lang::Fr, READ, Vec::new(), &[]).concat());
    assert!(page.contains("non calculable\u{a0}: aucune donnée pour cette année"), "{page}");
    assert!(page.contains("non calculable\u{a0}: aucun effectif connu"), "{page}");
    assert!(page.contains("Objectif\u{a0}: 20\u{a0}%. "), "{page}");
    // "100 %" in a sentence of law is no figure of nothing.
    let zeros = page.match_indices("0\u{a0}%").chain(page.match_indices("0\u{a0}kg"));
    let bare = zeros.filter(|(at, _)| !page[..*at].ends_with(|before: char| before.is_ascii_digit()));
    assert_eq!(bare.count(), 0, "{page}");
}

#[test]
fn doubts_and_rejects_in_the_words_of_readers() {
    let [french, english] = [Lang::Fr, Lang::En].map(|lang| shown(lang, true));
    let unknown = "<td lang=\"en\">what nobody has words for</td>";
    for (page, expected, other) in [
        (&french, "<td>sorti avant sa mise en service</td>", "left before its service"),
        (&french, "<td>aucune [[entity]] de la configuration ne porte ce nom", "has this name or alias"),
        (&french, "<td>«\u{a0}dix mille\u{a0}» n'est pas un montant</td>", "`dix mille` is not"),
        (&french, unknown, "harvest"),
        (&english, "<td>it left before its service began</td>", "sorti avant sa mise en service"),
        (&english, "`dix mille` is not an amount of money</td>", "n'est pas un montant"),
        (&english, unknown, "harvest"),
    ] {
        assert!(page.contains(expected), "{expected}\nis not in\n{page}");
        assert!(!page.contains(other), "{other}\nis in\n{page}");
    }
    // Neither is for everybody.
    assert!(!shown(Lang::Fr, false).contains("dix mille"));
}
