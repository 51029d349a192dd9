//! French and English words for kinds of equipment, written out: no guessing, no part of a word.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::word::{Kind, Word};

/// A heading or a word as it is compared: lower-case, without accents, anything that is neither a letter nor a
/// digit folded to single spaces (`N° de série` and `no de serie` are the same).
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' => "a",
            'ç' => "c",
            'é' | 'è' | 'ê' | 'ë' => "e",
            'î' | 'ï' | 'í' | 'ì' => "i",
            'ñ' => "n",
            'ô' | 'ö' | 'ó' | 'ò' | 'õ' => "o",
            'ù' | 'û' | 'ü' | 'ú' => "u",
            'ÿ' | 'ý' => "y",
            'œ' => "oe",
            'æ' => "ae",
            // `N°`, `Nº` and `№` are all read as `no`.
            '°' | 'º' => "o",
            '№' => "no",
            // Combining accents: the letter before them is already plain.
            '\u{300}'..='\u{36f}' => continue,
            c if c.is_alphanumeric() => {
                folded.push(c);
                continue;
            }
            _ => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
                continue;
            }
        };
        folded.push_str(plain);
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The kind that a word or phrase means, whatever its case, accents and plurals; `None` for a word not in the table.
/// Words that could mean two kinds (`téléphone`, `ordinateur`, `borne`) are not in it: a rule says what a house means.
pub fn of_word(word: &str) -> Option<Kind> {
    let folded = fold(word);
    let named = |word: &str| BY_WORD.get(word).copied().or_else(|| Kind::parse(&word.replace(' ', "_")));
    named(&folded).or_else(|| named(&folded.split(' ').map(singular).collect::<Vec<_>>().join(" ")))
}

/// A French or English word without its plural mark.
fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(rest) if rest.len() >= 2 => rest,
        _ => word.strip_suffix('x').filter(|rest| rest.ends_with("eau")).unwrap_or(word),
    }
}

static BY_WORD: LazyLock<HashMap<&'static str, Kind>> =
    LazyLock::new(|| WORDS.iter().flat_map(|(kind, words)| words.split(", ").map(|word| (word, *kind))).collect());

/// Words and phrases for each kind beside the contract's own, folded, in the singular, separated by commas.
static WORDS: &[(Kind, &str)] = &[
    (
        Kind::Laptop,
        "portable, ordinateur portable, pc portable, micro portable, micro ordinateur portable, poste portable, \
         poste de travail portable, station portable, station de travail portable, portable hybride, notebook, \
         netbook, ultrabook, ultraportable, ultra portable, pc ultraportable, sub notebook, subnotebook, chromebook, \
         macbook, laptop computer, portable computer, laptop pc, convertible, detachable",
    ),
    (
        Kind::Desktop,
        "unite centrale, uc, pc, pc fixe, pc de bureau, ordinateur fixe, ordinateur de bureau, poste fixe, \
         poste de travail fixe, tour, mini tour, minitour, micro tour, tower, mini tower, low profile desktop, \
         desktop computer, desktop pc, mini pc, small form factor, space saving, pizza box, mac mini",
    ),
    (
        Kind::Workstation,
        "station de travail, station graphique, station de travail fixe, pc cao, poste cao, station cao",
    ),
    (Kind::AllInOne, "tout en un, pc tout en un, ordinateur tout en un, aio, pc aio, all in one pc, imac, monobloc"),
    (Kind::ThinClient, "client leger, terminal leger, poste leger, zero client, thinclient, client zero"),
    (Kind::Tablet, "tablette, tablette tactile, tablette numerique, tablette durcie, tablette pc, tablet pc, ipad"),
    (
        Kind::Smartphone,
        "telephone portable, telephone mobile, telephone intelligent, ordiphone, mobile, gsm, iphone, mobile phone, \
         cell phone, cellphone, cellular phone, smart phone",
    ),
    (
        Kind::DeskPhone,
        "telephone fixe, telephone ip, telephone sip, telephone voip, telephone de bureau, telephone numerique, \
         telephone analogique, telephone dect, telephone sans fil, poste telephonique, poste telephonique fixe, \
         poste ip, combine telephonique, dect, ip phone, voip phone, sip phone, deskphone",
    ),
    (
        Kind::Monitor,
        "ecran, ecran plat, ecran ordinateur, ecran d ordinateur, ecran lcd, ecran led, ecran pc, ecran informatique, \
         ecran de bureau, moniteur, moniteur lcd, computer monitor, lcd monitor, screen",
    ),
    (Kind::Tv, "televiseur, television, ecran tv, ecran de television, smart tv"),
    (
        Kind::InteractiveDisplay,
        "ecran interactif, ecran numerique interactif, ecran tactile interactif, eni, tableau interactif, \
         tableau blanc interactif, tableau numerique interactif, tbi, tni, interactive whiteboard, interactive screen",
    ),
    (
        Kind::Projector,
        "videoprojecteur, video projecteur, videoprojecteur interactif, vpi, vp, projecteur, videoprojector, \
         video projector",
    ),
    (
        Kind::Printer,
        "imprimante, imprimante laser, imprimante jet d encre, imprimante reseau, imprimante locale, \
         imprimante individuelle, imprimante couleur, imprimante monochrome, imprimante etiquette, \
         imprimante d etiquette, imprimante thermique, imprimante matricielle, imprimante a badge, traceur, plotter, \
         laser printer, network printer, label printer, inkjet printer",
    ),
    (
        Kind::Multifunction,
        "multifonction, multi fonction, imprimante multifonction, multifonction laser, copieur multifonction, \
         photocopieur multifonction, mfp, mfc, multifunction printer, multifunction device",
    ),
    (Kind::Copier, "copieur, photocopieur, photocopieuse, photocopier, copieur couleur, duplicopieur"),
    (
        Kind::Scanner,
        "scanneur, numeriseur, scanner a plat, scanner de document, scanner de production, document scanner",
    ),
    (
        Kind::Server,
        "serveur, serveur physique, serveur rack, serveur lame, serveur tour, serveur de fichier, lame, blade, \
         blade server, rack server, rack mount chassis, main server chassis, tower server, hyperviseur",
    ),
    (Kind::BladeChassis, "chassis lame, chassis de lame, chassis a lame, blade enclosure"),
    (
        Kind::StorageArray,
        "baie de stockage, baie stockage, baie de disque, nas, san, serveur nas, stockage nas, disk array",
    ),
    (
        Kind::Switch,
        "commutateur, commutateur reseau, commutateur ethernet, switch reseau, switch poe, switche, network switch, \
         ethernet switch, coeur de reseau",
    ),
    (Kind::Router, "routeur, routeur 4g, routeur 5g, routeur wifi, network router"),
    (Kind::Firewall, "pare feu, parefeu, boitier pare feu, utm, appliance de securite, security appliance"),
    (
        Kind::AccessPoint,
        "borne wifi, borne wi fi, point d acces, point d acces wifi, point d acces wi fi, point acces wifi, \
         point acces, borne sans fil, antenne wifi, wireless access point, wifi access point, ap wifi, wap",
    ),
    (Kind::Modem, "modem routeur, modem 4g, modem adsl, box internet"),
    (Kind::Ups, "onduleur, alimentation sans interruption, asi, alimentation secourue"),
    (Kind::Pdu, "bandeau de prise, bandeau electrique, bandeau pdu, reglette pdu, power distribution unit"),
    (
        Kind::Dock,
        "station d accueil, station accueil, docking station, dockstation, dock usb c, replicateur de port, \
         duplicateur de port, port replicator",
    ),
    (Kind::Keyboard, "clavier, clavier souris, clavier sans fil, ensemble clavier souris, kit clavier souris"),
    (Kind::Mouse, "souris, souris sans fil, mice, trackpad"),
    (
        Kind::Headset,
        "casque, casque audio, casque micro, casque telephonique, casque bluetooth, micro casque, ecouteur, \
         oreillette, headphone",
    ),
    (
        Kind::ExternalDrive,
        "disque dur externe, disque externe, ssd externe, disque usb, disque dur usb, cle usb, external hard drive, \
         external disk, external hard disk",
    ),
    (
        Kind::Camera,
        "webcam, camera ip, camera de videosurveillance, camera de videoprotection, camera de surveillance, \
         camera de visioconference, visualiseur, appareil photo, ip camera",
    ),
    (Kind::Sensor, "capteur, capteur iot, sonde, sonde de temperature, objet connecte"),
    (Kind::IotGateway, "passerelle iot, passerelle lora, passerelle lorawan, gateway iot, lorawan gateway"),
    (Kind::Kiosk, "borne interactive, borne tactile, borne d accueil, borne d information, totem, kiosque"),
    (
        Kind::Consumable,
        "consommable, consommable d impression, cartouche, cartouche d encre, cartouche encre, cartouche de toner, \
         toner, encre, ink cartridge, toner cartridge, cartridge",
    ),
    (Kind::Other, "autre, autre materiel, autre equipement, divers, peripherique, peripheral"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_people_write() {
        let check = |word: &str, expected: Option<Kind>| assert_eq!(of_word(word), expected, "{word}");
        check("Ordinateur portable", Some(Kind::Laptop));
        check("PC PORTABLES", Some(Kind::Laptop));
        check("Unités centrales", Some(Kind::Desktop));
        check("Écran", Some(Kind::Monitor));
        check("ecrans", Some(Kind::Monitor));
        check("téléphone portable", Some(Kind::Smartphone));
        check("Téléphone fixe", Some(Kind::DeskPhone));
        check("station d'accueil", Some(Kind::Dock));
        check("Station d’accueil", Some(Kind::Dock));
        check("Borne Wi-Fi", Some(Kind::AccessPoint));
        check("point d'accès", Some(Kind::AccessPoint));
        check("souris", Some(Kind::Mouse));
        check("access point", Some(Kind::AccessPoint));
        check("all_in_one", Some(Kind::AllInOne));
        check("All-in-One", Some(Kind::AllInOne));
        check("Laptops", Some(Kind::Laptop));
        check("UPS", Some(Kind::Ups));
        check("switches", Some(Kind::Switch));
        check("téléphone", None);
        check("écran d'ordinateurs", Some(Kind::Monitor));
        check("chaise", None);
        check("", None);
    }

    #[test]
    fn folding() {
        assert_eq!(fold("  N° de  série "), "no de serie");
        assert_eq!(fold("Nº_DE-SÉRIE"), "no de serie");
        assert_eq!(fold("e\u{301}cran"), "ecran");
        assert_eq!(fold("Œuvre"), "oeuvre");
        assert_eq!(fold("!!"), "");
    }

    /// A word listed under two kinds would silently mean the first; one not written folded would never be found.
    #[test]
    fn the_table_is_sound() {
        let mut seen = std::collections::BTreeMap::new();
        for (kind, words) in WORDS {
            for word in words.split(", ") {
                assert_eq!(fold(word), word, "not folded");
                assert_eq!(seen.insert(word, *kind), None, "{word} is listed twice");
                assert_eq!(of_word(word), Some(*kind), "{word}");
            }
        }
    }
}
