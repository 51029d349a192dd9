//! The words of readers for what the daemon names its own way.

use std::borrow::Cow;

use super::Lang;

/// A name and its words, in French and in English.
type Words = [(&'static str, &'static str, &'static str)];

/// The words for a name; the name itself where none are written down.
fn say<'a>(words: &Words, lang: Lang, name: &'a str) -> &'a str {
    words.iter().find(|(known, ..)| *known == name).map_or(name, |(_, french, english)| lang.pick(french, english))
}

/// Kinds, in the plural.
pub fn kind(lang: Lang, name: &str) -> &str {
    say(KINDS, lang, name)
}

/// The word for one thing and for several of a kind that is bought, refurbished where so said. A kind without words of
/// its own goes by its plural.
pub fn bought(lang: Lang, name: &str, refurbished: bool) -> [String; 2] {
    let Some((_, french, english)) = BOUGHT.iter().find(|(known, ..)| *known == name) else {
        return [kind(lang, name), kind(lang, name)].map(str::to_owned);
    };
    match lang {
        Lang::Fr => {
            let agreed = if french[2] == "f" {
                ["reconditionnée", "reconditionnées"]
            } else {
                ["reconditionné", "reconditionnés"]
            };
            [0, 1]
                .map(|at| if refurbished { format!("{} {}", french[at], agreed[at]) } else { french[at].to_owned() })
        }
        Lang::En => [0, 1].map(|at| format!("{}{}", if refurbished { "refurbished " } else { "" }, english[at])),
    }
}

/// How sure a figure of the law is.
pub fn certainty(lang: Lang, name: &'static str) -> &'static str {
    say(CERTAINTIES, lang, name)
}

/// Ways out.
pub fn way(lang: Lang, name: &str) -> &str {
    say(WAYS, lang, name)
}

/// Why a collection failed.
pub fn failure(lang: Lang, class: &str) -> &str {
    say(FAILURES, lang, class)
}

/// What a doubt is about.
pub fn doubt(lang: Lang, reason: &str) -> &str {
    say(DOUBTS, lang, reason)
}

/// Why something is unseen.
pub fn unseen(lang: Lang, reason: &str) -> &str {
    say(UNSEEN, lang, reason)
}

/// A system, by the name that its maker gives it.
pub fn system(name: &str) -> &str {
    say(SYSTEMS, Lang::En, name)
}

/// What is known of an asset.
pub fn field(lang: Lang, name: &str) -> &str {
    say(FIELDS, lang, name)
}

/// What speaks to a source.
pub fn connector(lang: Lang, name: &str) -> &str {
    say(CONNECTORS, lang, name)
}

/// A purchase category: the decree's own words in French.
pub fn category<'a>(lang: Lang, name: &'a str, label: Option<&'a str>) -> &'a str {
    match lang {
        Lang::Fr => label.unwrap_or(name),
        Lang::En => CATEGORIES.iter().find(|(known, _)| *known == name).map_or(name, |(_, english)| english),
    }
}

/// A step of an explanation.
pub fn step(lang: Lang, what: &str) -> &str {
    say(STEPS, lang, what)
}

/// A unit of an explanation.
pub fn unit(lang: Lang, unit: &str) -> &str {
    say(UNITS, lang, unit)
}

/// Where a step comes from: what is always told the same way; ids, names and documents stay as they are.
pub fn origin(lang: Lang, told: &str) -> Cow<'_, str> {
    if lang == Lang::En {
        return told.into();
    }
    let mut origin = Cow::Borrowed(told);
    for (english, french) in ORIGINS {
        if origin.contains(english) {
            origin = origin.replace(english, french).into();
        }
    }
    origin
}

/// The note of a reading; readings speak English.
pub fn note(lang: Lang, told: &str) -> Cow<'_, str> {
    if lang == Lang::En {
        return told.into();
    }
    if let Some(point) = told.strip_suffix(" was never heard of") {
        return format!("le point de mesure {point} n'a jamais répondu").into();
    }
    if let Some(count) = told.strip_suffix(" of them were not heard of for 90 days") {
        return format!("dont {count} sans contact depuis 90 jours").into();
    }
    NOTES.iter().find(|(known, _)| *known == told).map_or(told, |(_, french)| french).into()
}

const CERTAINTIES: &Words = &[
    ("text", "lu dans le texte", "read in the text"),
    (
        "quoted",
        "d'après ceux qui citent le texte\u{a0}: le relire avant un litige",
        "by those who quote it: read it before a dispute",
    ),
    ("checked", "vérifié dans cette maison", "checked in this house"),
    ("unknown", "à vérifier\u{a0}: aucun taux n'est affiché", "to be checked: no rate is shown"),
];

const KINDS: &Words = &[
    ("laptop", "Ordinateurs portables", "Laptops"),
    ("desktop", "Unités centrales", "Desktops"),
    ("workstation", "Stations de travail", "Workstations"),
    ("all_in_one", "Ordinateurs tout-en-un", "All-in-one computers"),
    ("thin_client", "Clients légers", "Thin clients"),
    ("tablet", "Tablettes", "Tablets"),
    ("smartphone", "Téléphones mobiles", "Mobile phones"),
    ("desk_phone", "Téléphones fixes", "Desk phones"),
    ("monitor", "Écrans", "Monitors"),
    ("tv", "Téléviseurs", "Televisions"),
    ("interactive_display", "Écrans interactifs", "Interactive displays"),
    ("projector", "Vidéoprojecteurs", "Projectors"),
    ("printer", "Imprimantes", "Printers"),
    ("multifunction", "Multifonctions", "Multifunction printers"),
    ("copier", "Copieurs", "Copiers"),
    ("scanner", "Numériseurs", "Scanners"),
    ("server", "Serveurs", "Servers"),
    ("blade_chassis", "Châssis de lames", "Blade chassis"),
    ("storage_array", "Baies de stockage", "Storage arrays"),
    ("switch", "Commutateurs réseau", "Network switches"),
    ("router", "Routeurs", "Routers"),
    ("firewall", "Pare-feu", "Firewalls"),
    ("access_point", "Bornes Wi-Fi", "Wi-Fi access points"),
    ("modem", "Modems et box", "Modems"),
    ("ups", "Onduleurs", "Uninterruptible power supplies"),
    ("pdu", "Bandeaux électriques", "Power strips"),
    ("dock", "Stations d'accueil", "Docking stations"),
    ("keyboard", "Claviers", "Keyboards"),
    ("mouse", "Souris", "Mice"),
    ("headset", "Casques", "Headsets"),
    ("external_drive", "Disques externes", "External drives"),
    ("camera", "Caméras", "Cameras"),
    ("sensor", "Capteurs", "Sensors"),
    ("iot_gateway", "Passerelles de capteurs", "Sensor gateways"),
    ("kiosk", "Bornes interactives", "Kiosks"),
    ("consumable", "Consommables", "Consumables"),
    ("other", "Autres matériels", "Other equipment"),
    ("unknown", "Type non renseigné", "Type not told"),
];

/// What the law's categories hold: one, several and the gender in French, one and several in English.
const BOUGHT: &[(&str, [&str; 3], [&str; 2])] = &[
    ("laptop", ["ordinateur portable", "ordinateurs portables", "m"], ["laptop", "laptops"]),
    ("desktop", ["unité centrale", "unités centrales", "f"], ["desktop", "desktops"]),
    ("workstation", ["station de travail", "stations de travail", "f"], ["workstation", "workstations"]),
    ("all_in_one", ["tout-en-un", "tout-en-un", "m"], ["all-in-one computer", "all-in-one computers"]),
    ("thin_client", ["client léger", "clients légers", "m"], ["thin client", "thin clients"]),
    ("tablet", ["tablette", "tablettes", "f"], ["tablet", "tablets"]),
    ("smartphone", ["téléphone mobile", "téléphones mobiles", "m"], ["mobile phone", "mobile phones"]),
    ("desk_phone", ["téléphone fixe", "téléphones fixes", "m"], ["desk phone", "desk phones"]),
    ("monitor", ["écran", "écrans", "m"], ["monitor", "monitors"]),
    ("projector", ["vidéoprojecteur", "vidéoprojecteurs", "m"], ["projector", "projectors"]),
    ("server", ["serveur", "serveurs", "m"], ["server", "servers"]),
    ("printer", ["imprimante", "imprimantes", "f"], ["printer", "printers"]),
    ("multifunction", ["multifonction", "multifonctions", "m"], ["multifunction printer", "multifunction printers"]),
    ("copier", ["copieur", "copieurs", "m"], ["copier", "copiers"]),
    ("scanner", ["numériseur", "numériseurs", "m"], ["scanner", "scanners"]),
    ("consumable", ["consommable", "consommables", "m"], ["consumable", "consumables"]),
];

const WAYS: &Words = &[
    ("donation", "Don", "Donation"),
    ("sale_with_reuse_commitment", "Vente avec engagement de réemploi", "Sale with a commitment to reuse"),
    ("public_transfer", "Cession à une personne publique", "Transfer to a public body"),
    ("take_back_with_reuse_proof", "Reprise avec preuve de réemploi", "Take-back with proof of reuse"),
    ("recycling", "Recyclage", "Recycling"),
    ("sale", "Vente", "Sale"),
    ("take_back", "Reprise", "Take-back"),
    ("destroyed", "Destruction", "Destruction"),
    ("unknown", "Filière non renseignée", "Way not told"),
];

const FAILURES: &Words = &[
    ("auth", "identifiants refusés", "credentials refused"),
    ("permission", "droits insuffisants", "not enough rights"),
    ("network", "serveur injoignable", "server out of reach"),
    ("tls", "connexion chiffrée refusée", "encrypted connection refused"),
    ("timeout", "délai dépassé", "took too long"),
    ("protocol", "réponse incomprise", "answer not understood"),
    ("server", "erreur du serveur interrogé", "error of the server asked"),
    ("too_large", "réponse trop volumineuse", "answer too large"),
    ("incomplete", "lecture incomplète", "reading incomplete"),
    ("other", "erreur", "error"),
];

const UNSEEN: &Words = &[
    ("silent", "Sans contact depuis 90 jours", "No contact for 90 days"),
    ("owner_left", "Compte du détenteur fermé", "Holder's account closed"),
    ("account_disabled", "Compte d'ordinateur désactivé", "Computer account disabled"),
    ("not_in_inventory", "Dans aucun inventaire", "In no inventory"),
];

const SYSTEMS: &Words = &[
    ("windows_10", "Windows 10", "Windows 10"),
    ("windows_10_ltsc", "Windows 10 LTSC", "Windows 10 LTSC"),
    ("windows_8", "Windows 8", "Windows 8"),
    ("windows_7", "Windows 7", "Windows 7"),
    ("windows_vista", "Windows Vista", "Windows Vista"),
    ("windows_xp", "Windows XP", "Windows XP"),
    ("windows_server_2012", "Windows Server 2012", "Windows Server 2012"),
    ("windows_server_2008", "Windows Server 2008", "Windows Server 2008"),
    ("windows_server_2003", "Windows Server 2003", "Windows Server 2003"),
];

const DOUBTS: &Words = &[
    (
        "anonymous",
        "Matériels sans numéro qui permette de les reconnaître",
        "Equipment without a number to know it by",
    ),
    (
        "collides",
        "Matériels qui pourraient être le même, ou qui partagent un même numéro",
        "Equipment that may be the same, or that shares a number",
    ),
    ("disagree", "Matériels que les sources décrivent différemment", "Equipment that sources describe differently"),
    (
        "ledger_gap",
        "Plus de 5\u{a0}% d'écart entre le fichier d'achats et les prix de l'inventaire",
        "Purchase file and inventory prices more than 5% apart",
    ),
    (
        "unlisted",
        "Matériels qui ne figurent plus dans aucun inventaire",
        "Equipment that no inventory lists any more",
    ),
    ("implausible", "Dates ou prix invraisemblables", "Implausible dates or prices"),
    (
        "ambiguous_model",
        "Modèles qui correspondent à plusieurs facteurs d'émission",
        "Models that fit several emission factors",
    ),
    (
        "unplaced_entity",
        "Services ou sites absents de l'organigramme configuré",
        "Departments or sites missing from the configured tree",
    ),
    (
        "grid_value_missing",
        "Dons dont la valeur légale reste à vérifier",
        "Gifts whose legal value is yet to be checked",
    ),
];

const FIELDS: &Words = &[
    ("serial", "Numéro de série", "Serial number"),
    ("model", "Modèle", "Model"),
    ("manufacturer", "Fabricant", "Manufacturer"),
    ("condition", "Neuf ou issu du réemploi", "New or reused"),
    ("service_start", "Mise en service", "Start of service"),
    ("purchase_date", "Date d'achat", "Purchase date"),
    ("purchase_price", "Prix d'achat", "Purchase price"),
    ("entity", "Service ou site", "Department or site"),
    ("specification", "Caractéristiques techniques", "Specification"),
    ("last_seen", "Dernier contact", "Last contact"),
];

const CONNECTORS: &Words = &[
    ("csv", "Fichier", "File"),
    ("glpi", "GLPI", "GLPI"),
    ("ldap", "Annuaire", "Directory"),
    ("ocs", "OCS Inventory", "OCS Inventory"),
    ("snmp", "Réseau (SNMP)", "Network (SNMP)"),
];

const CATEGORIES: &[(&str, &str)] = &[
    ("it_telephony", "IT equipment and telephony"),
    ("printing_equipment", "Printing equipment"),
    ("printing_consumables", "Printing consumables"),
    ("it_2021", "IT and office machines, equipment and supplies"),
    ("phones_2021", "Mobile and desk phones"),
    ("copiers_2021", "Copiers and offset printing equipment"),
    ("cartridges_2021", "Toner and ink cartridges"),
];

const NOTES: &[(&str, &str)] = &[
    ("nothing was bought", "rien n'a été acheté"),
    (
        "nothing of it has all that this needs: a factor, a lifetime, years before us",
        "il manque partout un facteur, une durée de vie ou les années d'usage antérieures",
    ),
    ("no price of it is known", "aucun prix n'en est connu"),
    ("the law's target for this category is not established", "l'objectif légal de cette catégorie est à vérifier"),
    (
        "more than half of those that ever began their service are still in service",
        "plus de la moitié sont encore en service",
    ),
    (
        "no published factor, or no reference lifetime, for this kind",
        "aucun facteur d'émission publié, ou aucune durée de référence, pour ce type de matériel",
    ),
    ("no published factor for this kind", "aucun facteur d'émission publié pour ce type de matériel"),
    (
        "no reformed goods were in stock on 1 January: the rate cannot be computed",
        "aucun bien réformé n'était en stock au 1er janvier",
    ),
    (
        "neither a count nor dated history tells the stock of reformed goods on 1 January",
        "ni comptage ni historique daté du stock de biens réformés au 1er janvier",
    ),
    ("neither a count nor dated history tells it", "ni comptage ni historique daté"),
    (
        "IT and total electricity are not measured together yet",
        "l'électricité informatique et totale ne sont pas encore mesurées ensemble",
    ),
    (
        "IT shows nothing, or more than all: look at the measuring points",
        "les équipements informatiques consommeraient plus que toute la salle, ou rien\u{a0}: points de mesure à vérifier",
    ),
    (
        "no [[room]] names these measuring points, and their source tells no room",
        "aucune [[room]] ne nomme ces points de mesure, et leur source n'indique pas de salle",
    ),
    (
        "no [[room]] names these measuring points: one may feed another, so they have no sum",
        "aucune [[room]] ne nomme ces points de mesure\u{a0}: l'un peut alimenter l'autre, ils ne s'additionnent donc pas",
    ),
    (
        "nothing is known between two samples yet: they may be further apart than power_gap_minutes",
        "pas encore deux relevés assez rapprochés (power_gap_minutes)",
    ),
    (
        "no asset stands at this room's locations: its electricity is in no footprint",
        "aucun matériel n'est situé dans cette salle\u{a0}: son électricité n'entre dans aucune empreinte",
    ),
    (
        "no measuring point told its power in the last 15 minutes",
        "aucun point de mesure n'a indiqué sa puissance depuis 15 minutes",
    ),
    ("at least: some measuring points are silent", "au moins\u{a0}: des points de mesure ne répondent pas"),
    ("counted by people", "compté sur place"),
    ("at least: not all of it has a published factor", "au moins\u{a0}: tout n'a pas de facteur publié"),
];

const STEPS: &Words = &[
    ("manufacture", "Fabrication", "Manufacture"),
    ("distribution", "Distribution", "Distribution"),
    ("end of life", "Fin de vie", "End of life"),
    ("embodied, all its life", "Hors usage, toute sa vie", "Embodied, all its life"),
    ("age", "Âge", "Age"),
    ("reference lifetime", "Durée de vie de référence", "Reference lifetime"),
    ("years with us", "Années chez nous", "Years with us"),
    ("years before us", "Années avant nous", "Years before us"),
    ("embodied, a year", "Hors usage, par an", "Embodied, a year"),
    ("electricity, a year", "Électricité, par an", "Electricity, a year"),
    ("room overhead (PUE)", "Surcoût de la salle (PUE)", "Room overhead (PUE)"),
    ("electricity factor", "Facteur de l'électricité", "Electricity factor"),
    ("use, a year", "Usage, par an", "Use, a year"),
    ("footprint, a year", "Empreinte, par an", "Footprint, a year"),
    ("fit as well as each other", "Facteurs aussi proches l'un que l'autre", "Fit as well as each other"),
    ("  of which cpu", "dont processeurs", "of which processors"),
    ("  of which ram", "dont mémoire", "of which memory"),
    ("  of which ssd", "dont disques SSD", "of which solid-state drives"),
    ("  of which hdd", "dont disques durs", "of which hard disks"),
    ("  of which motherboard", "dont carte mère", "of which main board"),
    ("  of which power_supply", "dont alimentations", "of which power supplies"),
    ("  of which case", "dont châssis", "of which case"),
    ("  of which assembly", "dont assemblage", "of which assembly"),
];

const UNITS: &Words = &[
    ("kgCO2e", "kg\u{a0}CO₂e", "kg\u{a0}CO₂e"),
    ("years", "ans", "years"),
    ("kgCO2e/kWh", "kg\u{a0}CO₂e/kWh", "kg\u{a0}CO₂e/kWh"),
];

/// Longer ones before those that they hold.
const ORIGINS: &[(&str, &str)] = &[
    ("the operator's own row", "facteur de la maison"),
    ("a row for this very model", "facteur de ce modèle"),
    ("computed from the specification", "calculé d'après la configuration"),
    ("the row of its kind", "facteur de son type"),
    ("Makers, gathered by Boavizta", "fabricants, chiffres réunis par Boavizta"),
    ("French Republic", "République française"),
    ("public text", "texte public"),
    ("decree of 13 August 2025", "arrêté du 13 août 2025"),
    ("no published factor for kind", "aucun facteur publié pour le type"),
    (
        "sum of its parts; distribution and end of life are not in it",
        "somme des composants, sans distribution ni fin de vie",
    ),
    ("sum of the three", "somme des trois"),
    ("service began on", "en service depuis le"),
    ("the beginning of its service is unknown", "date de mise en service inconnue"),
    (
        "its life where it has left, else the greater of its age and the reference",
        "sa durée de vie s'il est sorti, sinon le plus grand de son âge et de la référence",
    ),
    ("none is taken:", "aucun n'est retenu\u{a0}:"),
    ("is not told", "n'est pas renseigné"),
    ("told by", "donné par"),
    ("embodied / (years before us + years with us)", "hors usage / (années avant nous + années chez nous)"),
    ("declared of this model", "déclaré pour ce modèle"),
    ("no default for kind", "aucune valeur usuelle pour le type"),
    ("in stock: it uses none", "en stock\u{a0}: aucune"),
    ("server_room_pue where it stands in a server room, else 1", "server_room_pue en salle serveurs, sinon 1"),
    (", the nearest year known", ", l'année connue la plus proche"),
    ("electricity × overhead × factor", "électricité × surcoût × facteur"),
    ("embodied a year + use a year", "hors usage par an + usage par an"),
    ("not in the active fleet: counts in no total", "hors du parc actif\u{a0}: ne compte dans aucun total"),
    ("of them; standard deviation", "unités\u{a0}; écart type"),
    ("by what is not told of them", "faute de précisions"),
    (
        "cut-off: of a refurbished thing only the refurbishing counts, and no set tells it",
        "cut-off\u{a0}: seul le reconditionnement compte, et aucun jeu de facteurs ne le donne",
    ),
];
