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
    !host && (says(VIRTUAL_WORDS) || folded.contains("hyper v"))
}

/// What a drive stores with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drive {
    /// Solid-state storage.
    Solid,
    /// Hard disk.
    Disk,
}

/// What a drive is by its name, where that says so.
pub fn drive_of(designation: &str) -> Option<Drive> {
    let folded = fold(designation);
    let says = |words: &[&str]| folded.split(' ').any(|word| words.contains(&word));
    if says(&["ssd", "nvme", "emmc", "optane", "flash", "m2"]) {
        return Some(Drive::Solid);
    }
    says(&["hdd", "disque", "10k", "15k", "rpm", "7200", "5400", "10000", "15000"]).then_some(Drive::Disk)
}

/// Makers that make nothing one could hold (SMBIOS system manufacturer, folded).
static VIRTUAL_MAKERS: &[&str] = &[
    "vmware",
    "innotek",
    "qemu",
    "xen",
    "parallels",
    "bochs",
    "nutanix ahv",
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
];

/// Words by which people name the type of a virtual machine.
static VIRTUAL_WORDS: &[&str] = &[
    "vm",
    "vms",
    "virtual",
    "virtuel",
    "virtuels",
    "virtuelle",
    "virtuelles",
    "vmware",
    "virtualbox",
    "kvm",
    "qemu",
    "xen",
    "hyperv",
    "bochs",
    "parallels",
    "lxc",
];

/// First words of models, folded, separated by commas. The longer of two that begin alike comes first.
static FAMILIES: &[(Kind, &str)] = &[
    (
        Kind::AllInOne,
        "imac, eliteone, proone, thinkcentre neo 30a, thinkcentre neo 50a, ideacentre aio, inspiron aio",
    ),
    (Kind::ThinClient, "wyse, igel, futro, elite t655, elite t755, t430, t530, t630, t640, t740"),
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
        check("Nutanix", "AHV", false);
        check("Dell Inc.", "PowerEdge R740", false);
        check("", "", false);
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
