//! What an asset's status and its fields are called.

use domain::word::Status;

use super::Lang;

/// A status; that of what no source lists any more has no word in the vocabulary.
pub fn status(lang: Lang, status: Option<Status>) -> &'static str {
    let (french, english) = match status {
        Some(Status::Ordered) => ("commandé", "ordered"),
        Some(Status::InStock) => ("en stock", "in stock"),
        Some(Status::InUse) => ("en service", "in use"),
        Some(Status::InRepair) => ("en réparation", "in repair"),
        Some(Status::Retired) => ("réformé", "retired"),
        Some(Status::Disposed) => ("sorti", "gone"),
        Some(Status::Lost) => ("perdu", "lost"),
        None => ("plus listé", "no longer listed"),
    };
    lang.pick(french, english)
}

/// A field of an asset; the name in the contract where it has no words of its own.
pub fn field(lang: Lang, name: &'static str) -> &'static str {
    FACTS.iter().find(|(known, ..)| *known == name).map_or(name, |(_, french, english)| lang.pick(french, english))
}

const FACTS: &[(&str, &str, &str)] = &[
    ("kind", "Type", "Kind"),
    ("manufacturer", "Fabricant", "Manufacturer"),
    ("model", "Modèle", "Model"),
    ("serial", "Numéro de série", "Serial number"),
    ("asset_tag", "Étiquette", "Asset tag"),
    ("hostname", "Nom réseau", "Host name"),
    ("entity", "Entité", "Entity"),
    ("location", "Lieu", "Location"),
    ("department", "Service", "Department"),
    ("status", "État", "Status"),
    ("condition", "Neuf ou issu du réemploi", "Condition when acquired"),
    ("mode", "Mode d'acquisition", "Mode of acquisition"),
    ("order_date", "Date de commande", "Ordered on"),
    ("purchase_date", "Date d'achat", "Bought on"),
    ("delivery_date", "Date de livraison", "Delivered on"),
    ("purchase_price_ht", "Prix hors taxes (€)", "Price without tax (€)"),
    ("supplier", "Fournisseur", "Supplier"),
    ("order_number", "Numéro de commande", "Order number"),
    ("manufacture_date", "Date de fabrication", "Made on"),
    ("in_service_date", "Mise en service", "In service since"),
    ("retired_date", "Date de réforme", "Retired on"),
    ("disposal_date", "Date de sortie", "Gone on"),
    ("disposal", "Filière", "Way out"),
    ("last_seen", "Dernier contact", "Last contact"),
    ("warranty_end", "Fin de garantie", "Warranty until"),
    ("upstream_years", "Vie antérieure (ans)", "Years before us"),
    ("cpu", "Processeur", "Processor"),
    ("cpu_count", "Processeurs", "Processors"),
    ("ram_gb", "Mémoire (Go)", "Memory (GB)"),
    ("ssd_gb", "Disques SSD (Go)", "SSD (GB)"),
    ("hdd_gb", "Disques durs (Go)", "Hard disks (GB)"),
    ("screen_inches", "Diagonale (pouces)", "Diagonal (inches)"),
    ("annual_kwh", "Électricité annuelle (kWh)", "Electricity a year (kWh)"),
    ("power_watts", "Puissance (W)", "Power (W)"),
    ("repairability_index", "Indice de réparabilité", "Repairability index"),
    ("repairability_class", "Classe de réparabilité", "Repairability class"),
    ("ecolabel", "Écolabel", "Ecolabel"),
    ("weight_kg", "Poids (kg)", "Weight (kg)"),
    ("operating_system", "Système", "Operating system"),
    ("operating_system_version", "Version du système", "Version of the system"),
    ("printed_pages", "Pages imprimées", "Pages printed"),
];
