//! The words of readers for what the daemon names its own way.

mod assumed;
mod causes;
mod explained;
mod notes;
mod rejects;

pub use assumed::{assumed, assumed_origin, assumed_unit, course};
pub use causes::cause;
pub use explained::{origin, step, unit};
pub use notes::note;
pub use rejects::reject;

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

const CERTAINTIES: &Words = &[
    ("text", "lu dans le texte", "read in the text"),
    (
        "quoted",
        "d'après ceux qui citent le texte\u{a0}: le relire avant un litige",
        "by those who quote it: read it before a dispute",
    ),
    ("checked", "vérifié en interne", "checked in-house"),
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
