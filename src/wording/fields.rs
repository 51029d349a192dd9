//! What the fields of an asset are called, and the dates of a line.

use super::Lang;

/// A field; the name in the contract where it has no words of its own.
pub fn field(lang: Lang, name: &str) -> &str {
    let mut known = FIELDS.iter().chain(OTHERS);
    known.find(|(known, ..)| *known == name).map_or(name, |(_, french, english)| lang.pick(french, english))
}

/// Those of which a reading tells how well they are known. The dashboards take their words from here.
const FIELDS: &[(&str, &str, &str)] = &[
    ("serial", "Numéro de série", "Serial number"),
    ("model", "Modèle", "Model"),
    ("manufacturer", "Fabricant", "Manufacturer"),
    ("condition", "Neuf ou issu du réemploi", "New or reused"),
    ("service_start", "Mise en service", "Start of service"),
    ("purchase_date", "Date d'achat", "Purchase date"),
    ("purchase_price", "Prix d'achat", "Purchase price"),
    ("entity", "Entité", "Entity"),
    ("specification", "Caractéristiques techniques", "Specification"),
    ("last_seen", "Dernier contact", "Last contact"),
];

/// All others.
const OTHERS: &[(&str, &str, &str)] = &[
    ("kind", "Type", "Kind"),
    ("asset_tag", "Étiquette", "Asset tag"),
    ("hostname", "Nom réseau", "Host name"),
    ("uuid", "Identifiant matériel (UUID)", "Hardware id (UUID)"),
    ("mac", "Adresse MAC", "MAC address"),
    ("location", "Lieu", "Location"),
    ("department", "Service", "Department"),
    ("status", "État", "Status"),
    ("mode", "Mode d'acquisition", "Mode of acquisition"),
    ("order_date", "Date de commande", "Ordered on"),
    ("delivery_date", "Date de livraison", "Delivered on"),
    ("purchase_price_ht", "Prix hors taxes (€)", "Price without tax (€)"),
    ("supplier", "Fournisseur", "Supplier"),
    ("order_number", "Numéro de commande", "Order number"),
    ("manufacture_date", "Date de fabrication", "Made on"),
    ("in_service_date", "Mise en service", "In service since"),
    ("retired_date", "Date de réforme", "Retired on"),
    ("disposal_date", "Date de sortie", "Gone on"),
    ("disposal", "Filière", "Way out"),
    ("warranty_end", "Fin de garantie", "Warranty until"),
    ("upstream_years", "Vie antérieure (ans)", "Years before us"),
    ("cpu", "Processeur", "Processor"),
    ("cpu_count", "Processeurs", "Processors"),
    ("ram_gb", "Mémoire (Go)", "Memory (GB)"),
    ("ram_modules", "Barrettes de mémoire", "Memory modules"),
    ("ssd_gb", "Disques SSD (Go)", "SSD (GB)"),
    ("ssd_count", "Nombre de disques SSD", "Number of SSD"),
    ("hdd_gb", "Disques durs (Go)", "Hard disks (GB)"),
    ("hdd_count", "Nombre de disques durs", "Number of hard disks"),
    ("screen_inches", "Diagonale (pouces)", "Diagonal (inches)"),
    ("annual_kwh", "Électricité annuelle (kWh)", "Electricity a year (kWh)"),
    ("power_watts", "Puissance (W)", "Power (W)"),
    ("repairability_index", "Indice de réparabilité", "Repairability index"),
    ("repairability_class", "Classe de réparabilité", "Repairability class"),
    ("ecolabel", "Écolabel", "Ecolabel"),
    ("weight_kg", "Poids (kg)", "Weight (kg)"),
    ("operating_system", "Système", "Operating system"),
    ("operating_system_version", "Version du système", "Version of the system"),
    ("firmware", "Micrologiciel", "Firmware"),
    ("running_since", "En marche depuis", "Running since"),
    ("ports", "Ports", "Ports"),
    ("account_enabled", "Compte d'ordinateur actif", "Computer account enabled"),
    ("virtual_machine", "Machine virtuelle", "Virtual machine"),
    ("witness", "Connu par un tiers seulement", "Only told of by others"),
    ("printed_pages", "Pages imprimées", "Pages printed"),
    ("date", "Date", "Date"),
    ("service_date", "Date du service fait", "Service certified on"),
    ("invoice_date", "Date de facture", "Invoiced on"),
    ("payment_date", "Date de paiement", "Paid on"),
];

#[cfg(test)]
mod tests {
    use domain::exit::{ExitLine, StockCount};
    use domain::headcount::Headcount;
    use domain::observation::Facts;
    use domain::purchase::PurchaseLine;
    use domain::record::{Record, Takes};
    use domain::strategy::Declared;

    use super::*;

    #[test]
    fn every_field_that_is_shown_has_words() {
        // The holder is never shown.
        for told in Facts::FIELDS.iter().filter(|told| told.name != "user") {
            assert!(has_words(told.name), "{}", told.name);
        }
    }

    /// A doubt names the date that cannot be.
    #[test]
    fn every_date_of_a_line_has_words() {
        fn check<T: Record>() {
            for told in T::FIELDS.iter().filter(|told| matches!(told.takes, Takes::Date)) {
                assert!(has_words(told.name), "{} of {}", told.name, T::NAME);
            }
        }
        check::<PurchaseLine>();
        check::<ExitLine>();
        check::<StockCount>();
        check::<Headcount>();
        check::<Declared>();
    }

    fn has_words(name: &str) -> bool {
        FIELDS.iter().chain(OTHERS).any(|(known, ..)| *known == name)
    }
}
