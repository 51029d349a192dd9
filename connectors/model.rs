//! What the maker's name for a thing says of it: product families, written out, and the names that hypervisors give
//! to what they emulate. No guessing: a family that was sold in two kinds (Surface Pro, Precision) is not in the list.

use domain::word::Kind;

use crate::kind::fold;

/// The kind of a product family, from the words that a model's name begins with, behind its maker's name or not; of
/// two families that it begins with the longer one is meant. `None` where none is in the list: a rule says what a
/// house has.
pub fn kind_of(manufacturer: Option<&str>, model: &str) -> Option<Kind> {
    let model = fold(model);
    let maker = fold(manufacturer.unwrap_or_default());
    let first = model.split(' ').next().unwrap_or_default();
    let is_maker = maker.split(' ').next() == Some(first) || matches!(first, "hp" | "hpe");
    let family = if is_maker { model[first.len()..].trim_start() } else { &model };
    let begins = |words: &&str| family.strip_prefix(words).is_some_and(|rest| !rest.starts_with(char::is_alphabetic));
    let longest = |families: &str| families.split(", ").filter(begins).map(str::len).max();
    let told =
        FAMILIES.iter().filter_map(|(kind, families)| Some((longest(families)?, *kind))).max_by_key(|told| told.0);
    let says = |word: &str| family.split(' ').any(|part| part == word);
    match told.map(|(_, kind)| kind) {
        // « HP t640 Thin Client », « OptiPlex 3000 Thin Client ».
        _ if family.contains("thin client") => Some(Kind::ThinClient),
        // OptiPlex, ThinkCentre and their like exist with the screen inside, and say so.
        Some(Kind::Desktop) if says("aio") || family.contains("all in one") => Some(Kind::AllInOne),
        // Those that also copy are called so.
        Some(Kind::Printer) if says("mfp") || says("multifunction") => Some(Kind::Multifunction),
        told => told,
    }
}

/// Is it emulated? Hypervisors name themselves as the maker or in the model; so do, now and then, people, in the
/// name of a type. The host of such machines is none.
pub fn is_virtual(manufacturer: Option<&str>, model: Option<&str>, type_name: Option<&str>) -> bool {
    let (maker, model) = (fold(manufacturer.unwrap_or_default()), fold(model.unwrap_or_default()));
    let by_maker = VIRTUAL_MAKERS.iter().any(|name| maker == *name || maker.starts_with(&format!("{name} ")));
    let by_model = VIRTUAL_MODELS.iter().any(|name| model == *name || model.starts_with(&format!("{name} ")));
    by_maker || by_model || type_name.is_some_and(is_virtual_type)
}

fn is_virtual_type(type_name: &str) -> bool {
    let folded = fold(type_name);
    let says = |list: &[&str]| folded.split(' ').any(|word| list.contains(&word));
    let host = says(&["hyperviseur", "hypervisor", "hote", "host", "esx", "esxi"]);
    // « Serveur VMware » is as likely the host as a guest.
    let server = says(&["serveur", "server"]);
    !host && (says(VIRTUAL_WORDS) || (!server && (says(HYPERVISORS) || folded.contains("hyper v"))))
}

/// What a drive stores with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drive {
    /// Solid-state storage.
    Solid,
    /// Hard disk.
    Disk,
}

/// What a drive is by its name, where that says so: by a word, or by the beginning of a maker's part number.
pub fn drive_of(designation: &str) -> Option<Drive> {
    let folded = fold(designation);
    let words = || folded.split(' ');
    let says = |list: &[&str]| words().any(|word| list.iter().any(|known| word.contains(known)));
    let begins = |list: &[&str]| {
        words().any(|word| {
            list.iter().any(|known| {
                word.strip_prefix(known).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            })
        })
    };
    let begins_with_letters = |list: &[&str]| words().any(|word| list.iter().any(|known| word.starts_with(known)));
    // Samsung, Kioxia and Toshiba, Western Digital, SK hynix, Micron, Intel.
    let parts =
        ["mz7", "mza", "mzn", "mzv", "kbg", "kxg", "sn5", "sn7", "sn8", "hfm", "hfs", "mtfd", "ssdpe", "ssdsc"];
    if says(&["ssd", "nvme", "emmc", "optane", "flash"])
        || begins_with_letters(&parts)
        || words().any(|word| word == "m2")
    {
        return Some(Drive::Solid);
    }
    // Seagate, Western Digital, Toshiba, Hitachi.
    let spins =
        words().any(|word| ["hdd", "disque", "10k", "15k", "rpm", "7200", "5400", "10000", "15000"].contains(&word));
    (spins || begins(&["st", "wd", "dt", "mq", "hts", "hus", "huh"])).then_some(Drive::Disk)
}

/// A maker's name as people know it, without its legal form; as told where it is not in the list.
pub fn maker(told: &str) -> &str {
    let folded = fold(told);
    let known = MAKERS.iter().find(|(_, names)| {
        names
            .split(", ")
            .any(|name| folded.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
    });
    known.map_or(told, |(name, _)| name)
}

/// Names of makers, and how firmware and screens begin to write them, folded.
static MAKERS: &[(&str, &str)] = &[
    // Servers are those of Hewlett Packard Enterprise, the rest those of HP Inc.: one house by name until 2015.
    ("HP", "hp, hewlett packard, hpe"),
    ("Dell", "dell"),
    ("Lenovo", "lenovo, ibm lenovo"),
    ("Apple", "apple"),
    ("Acer", "acer"),
    ("ASUS", "asustek, asus"),
    ("Fujitsu", "fujitsu"),
    ("Toshiba", "toshiba"),
    ("Dynabook", "dynabook"),
    ("Microsoft", "microsoft"),
    ("Samsung", "samsung"),
    ("LG", "lg electronics, goldstar"),
    ("Philips", "philips"),
    ("iiyama", "iiyama, idek iiyama"),
    ("AOC", "aoc"),
    ("BenQ", "benq"),
    ("EIZO", "eizo, nanao"),
    ("NEC", "nec"),
    ("ViewSonic", "viewsonic"),
    ("Supermicro", "supermicro, super micro"),
    ("Cisco", "cisco"),
    ("Panasonic", "panasonic, matsushita"),
];

/// Model names behind Lenovo's machine types, which its firmware tells to Windows (« 20W0003MFR »). The first four
/// characters are the type; a text that is no such code stays as it is.
pub fn lenovo(told: &str) -> &str {
    let is_code = told.len() == 10 && told.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let code = told.get(..4).filter(|_| is_code);
    let known = code.and_then(|code| LENOVO.iter().find(|(_, types)| types.split(' ').any(|known| known == code)));
    known.map_or(told, |(name, _)| name)
}

/// Machine types, as Lenovo's own support pages pair them with names.
static LENOVO: &[(&str, &str)] = &[
    ("ThinkPad T470", "20HD 20HE 20JM 20JN"),
    ("ThinkPad T480", "20L5 20L6"),
    ("ThinkPad T480s", "20L7 20L8"),
    ("ThinkPad T490", "20N2 20N3 20Q9 20QH"),
    ("ThinkPad T14 Gen 1", "20S0 20S1 20UD 20UE"),
    ("ThinkPad T14 Gen 2", "20W0 20W1 20XK 20XL"),
    ("ThinkPad T14 Gen 3", "21AH 21AJ 21CF 21CG"),
    ("ThinkPad T14 Gen 4", "21HD 21HE 21K3 21K4"),
    ("ThinkPad L14 Gen 1", "20U1 20U2 20U5 20U6"),
    ("ThinkPad L14 Gen 2", "20X1 20X2 20X5 20X6"),
    ("ThinkPad L14 Gen 3", "21C1 21C2 21C5 21C6"),
    ("ThinkPad X1 Carbon Gen 9", "20XW 20XX"),
    ("ThinkPad X1 Carbon Gen 10", "21CB 21CC"),
    ("ThinkCentre M710q", "10MQ 10MR 10MS"),
    ("ThinkCentre M710s", "10M7 10M8 10NC"),
    ("ThinkCentre M720q", "10T7 10T8 10TA"),
    ("ThinkCentre M720s", "10ST 10SU 10TR 10U6"),
];

/// Makers that make nothing one could hold (SMBIOS system manufacturer, folded).
static VIRTUAL_MAKERS: &[&str] = &[
    "vmware",
    "innotek",
    "qemu",
    "xen",
    "parallels",
    "bochs",
    "ovirt",
    "openstack foundation",
    "amazon ec2",
    "digitalocean",
    "hetzner",
];

/// Models of the same sort, whose maker also makes real things (SMBIOS system product, folded).
static VIRTUAL_MODELS: &[&str] = &[
    "virtual machine",
    "vmware",
    "vmware virtual platform",
    "virtualbox",
    "kvm",
    "hvm domu",
    "rhev hypervisor",
    "rhel",
    "ovirt node",
    "openstack nova",
    "openstack compute",
    "google compute engine",
    "standard pc",
    "bhyve",
    "parallels virtual platform",
    "alibaba cloud ecs",
    "ahv",
];

/// Words by which people name the type of a virtual machine.
static VIRTUAL_WORDS: &[&str] = &["vm", "vms", "virtual", "virtuel", "virtuels", "virtuelle", "virtuelles"];

/// Names of what runs them, which alone name what it runs.
static HYPERVISORS: &[&str] = &["vmware", "virtualbox", "kvm", "qemu", "xen", "hyperv", "bochs", "parallels", "lxc"];

/// First words of models, folded, separated by commas.
static FAMILIES: &[(Kind, &str)] = &[
    (
        Kind::AllInOne,
        "imac, eliteone, proone, thinkcentre neo 30a, thinkcentre neo 50a, ideacentre aio, inspiron aio",
    ),
    (Kind::ThinClient, "wyse, igel, futro, elite t655, elite t755"),
    (
        Kind::Laptop,
        "latitude, elitebook, probook, zbook, thinkpad, ideapad, thinkbook, macbook, macbookair, macbookpro, \
         lifebook, travelmate, expertbook, zenbook, vivobook, portege, tecra, satellite pro, dynabook, toughbook, \
         surface laptop, surface book, galaxy book, chromebook, precision mobile, pro 14, pro 16",
    ),
    (
        Kind::Workstation,
        "thinkstation, precision tower, z2 tower, z2 mini, z2 sff, z2 small form factor, z4, z6, z8, mac pro, mac studio",
    ),
    (
        Kind::Server,
        "poweredge, proliant, thinksystem, primergy, system x, synergy, xserve, superserver, ucs c220, ucs c240, ucs b200, \
         powerscale, vxrail",
    ),
    (Kind::BladeChassis, "ucs 5108, bladesystem, blc7000, flex system enterprise"),
    (
        Kind::Desktop,
        "optiplex, elitedesk, prodesk, thinkcentre, ideacentre, veriton, esprimo, mac mini, macmini, vostro tower, compaq dc, \
         expertcenter",
    ),
    (Kind::Tablet, "ipad, galaxy tab, lenovo tab, tab m10, tab p11, mediapad, matepad, toughpad"),
    (
        Kind::Smartphone,
        "iphone, galaxy s, galaxy a, galaxy xcover, galaxy note, galaxy z, galaxy m, fairphone, pixel, redmi, crosscall, \
         core x5, core z5, stellar x5, stellar m6, xperia, nokia xr",
    ),
    (
        Kind::DeskPhone,
        "ip phone, cp 7821, cp 7841, cp 8811, cp 8841, cp 8851, ip touch, premium deskphone, essential deskphone, 8018 deskphone, \
         8028 deskphone, 8058s, 8068s, sip t, openscape desk phone, snom d",
    ),
    (
        Kind::Multifunction,
        "bizhub, ecosys m, taskalfa, workcentre, versalink c405, versalink b405, altalink, imagerunner, i sensys mf, mfc, dcp, \
         officejet, workforce pro wf",
    ),
    (
        Kind::Printer,
        "laserjet, color laserjet, deskjet, designjet, hl, ecosys p, phaser, versalink, i sensys lbp, pagewide, zd420, zd421, \
         zd620, zd621, zt410, zt411",
    ),
    (Kind::Scanner, "scansnap, scanjet, imageformula"),
    (
        Kind::Switch,
        "catalyst, procurve, aruba 2530, aruba 2540, aruba 2930f, aruba 2930m, cx 6000, cx 6100, cx 6200, cx 6200f, cx 6300, \
         cx 6300m, cx 8325, nexus, powerconnect, omniswitch, fortiswitch, ex2200, ex2300, ex3400, ex4300, officeconnect, \
         powerswitch, unifi switch, usw, summit x",
    ),
    (
        Kind::Firewall,
        "fortigate, srx300, srx320, srx340, pa 220, pa 440, pa 820, asa 55, firepower, stormshield, netasq, sonicwall",
    ),
    (
        Kind::AccessPoint,
        "aironet, fortiap, unifi ap, uap, u6, ap 205, ap 303, ap 305, ap 505, ap 515, ap 535, ap 635, omniaccess stellar, \
         zoneflex, ruckus r",
    ),
    (Kind::Router, "isr 4, isr4, c1111, c8200, mikrotik ccr"),
    (
        Kind::StorageArray,
        "diskstation, rackstation, powerstore, equallogic, unity xt, eva4400, msa 20, msa 10, nimble, alletra, fas2, aff, \
         eternus, powervault md, powervault me",
    ),
    (
        Kind::Ups,
        "smart ups, smartups, back ups, symmetra, galaxy vs, galaxy vm, eaton 5p, eaton 5px, eaton 9px, eaton 9sx",
    ),
    (
        Kind::Dock,
        "wd15, wd19, wd19s, wd19tb, wd22tb4, thinkpad usb c dock, thinkpad thunderbolt, usb c dock, universal dock",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families() {
        let check = |maker: &str, model: &str, expected: Option<Kind>| {
            assert_eq!(kind_of(Some(maker), model), expected, "{maker} {model}");
        };
        check("Dell Inc.", "Latitude 5490", Some(Kind::Laptop));
        check("Dell Inc.", "OptiPlex 7010 SFF", Some(Kind::Desktop));
        check("Dell Inc.", "OptiPlex 7480 AIO", Some(Kind::AllInOne));
        check("Dell Inc.", "OptiPlex 3000 Thin Client", Some(Kind::ThinClient));
        check("HP", "HP t640 Thin Client", Some(Kind::ThinClient));
        check("Dell Inc.", "T640", None);
        check("Dell Inc.", "Precision 3581", None);
        check("Dell Inc.", "PowerEdge R740", Some(Kind::Server));
        check("HP", "HP EliteBook 840 G5", Some(Kind::Laptop));
        check("HP", "EliteDesk 800 G4", Some(Kind::Desktop));
        check("HP", "HP LaserJet Pro MFP M428fdw", Some(Kind::Multifunction));
        check("HP", "LaserJet M404", Some(Kind::Printer));
        check("LENOVO", "ThinkPad T480", Some(Kind::Laptop));
        check("Lenovo", "ThinkPad USB-C Dock Gen2", Some(Kind::Dock));
        check("Apple Inc.", "MacBookPro18,3", Some(Kind::Laptop));
        check("Apple", "iPad (9th gen)", Some(Kind::Tablet));
        check("Samsung", "Galaxy Tab A8", Some(Kind::Tablet));
        check("Samsung", "Galaxy A54", Some(Kind::Smartphone));
        check("Samsung", "Galaxy Book2", Some(Kind::Laptop));
        check("Aruba Networks", "CX 6100", Some(Kind::Switch));
        check("", "Zorglub", None);
        check("Zorglub", "", None);
        check("Microsoft Corporation", "Surface Pro 7", None);
    }

    #[test]
    fn virtual_machines() {
        let check = |maker: &str, model: &str, expected: bool| {
            assert_eq!(is_virtual(Some(maker), Some(model), None), expected, "{maker} {model}");
        };
        check("VMware, Inc.", "VMware Virtual Platform", true);
        check("VMware, Inc.", "VMware7,1", true);
        check("innotek GmbH", "VirtualBox", true);
        check("Microsoft Corporation", "Virtual Machine", true);
        check("Microsoft Corporation", "Surface Laptop 4", false);
        check("QEMU", "Standard PC (Q35 + ICH9, 2009)", true);
        check("Xen", "HVM domU", true);
        check("Red Hat", "KVM", true);
        check("Nutanix", "AHV", true);
        check("Nutanix", "NX-3060-G7", false);
        check("Dell Inc.", "PowerEdge R740", false);
        check("", "", false);
    }

    #[test]
    fn makers_and_machine_types() {
        assert_eq!(maker("Hewlett-Packard"), "HP");
        assert_eq!(maker("HPE"), "HP");
        assert_eq!(maker("Dell Computer Corp."), "Dell");
        assert_eq!(maker("LENOVO"), "Lenovo");
        assert_eq!(maker("Zorglub SA"), "Zorglub SA");
        assert_eq!(maker("HPC Systems"), "HPC Systems");
        assert_eq!(lenovo("20W0003MFR"), "ThinkPad T14 Gen 2");
        assert_eq!(lenovo("ThinkPad T14 Gen 2i"), "ThinkPad T14 Gen 2i");
        assert_eq!(lenovo("99ZZ003MFR"), "99ZZ003MFR");
        assert_eq!(lenovo("20W0é03MF"), "20W0é03MF");
        let types: Vec<&str> = LENOVO.iter().flat_map(|(_, types)| types.split(' ')).collect();
        let mut once = types.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), types.len(), "a machine type is listed twice");
    }

    #[test]
    fn drives() {
        let check = |name: &str, expected: Option<Drive>| assert_eq!(drive_of(name), expected, "{name}");
        for name in ["CT500MX500SSD1", "SAMSUNG MZVLB512HBJQ-000H1", "WDC PC SN520 SDAPNUW-256G-1006", "KBG40ZNS256G"]
        {
            check(name, Some(Drive::Solid));
        }
        for name in ["ST1000DM003-1SB10C", "TOSHIBA DT01ACA050", "WDC WD10EZEX-08WN4A0", "SAS 10k", "Disque dur"] {
            check(name, Some(Drive::Disk));
        }
        for name in ["PERC H730P Mini", "LOGICAL VOLUME", "", "Virtual disk", "WDC"] {
            check(name, None);
        }
    }

    /// A family listed under two kinds would silently mean the first; one not written folded would never be found.
    #[test]
    fn the_table_is_sound() {
        let mut seen = std::collections::BTreeMap::new();
        for (kind, families) in FAMILIES {
            for family in families.split(", ") {
                assert_eq!(fold(family), family, "not folded");
                assert_eq!(seen.insert(family, *kind), None, "{family} is listed twice");
            }
        }
        for name in VIRTUAL_MAKERS.iter().chain(VIRTUAL_MODELS) {
            assert_eq!(fold(name), *name, "not folded");
        }
    }
}
