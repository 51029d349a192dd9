//! A made-up fleet from four tools.

use domain::observation::{Facts, Observation};
use domain::packed::Packed;
use domain::quantity::Cents;
use domain::record::Text;
use domain::testimony::{Kept, Lines, Spell, Testimony};
use domain::word::{Condition, Kind, Status};
use jiff::Span;

use super::town::{TODAY, testimony};

/// What one of four tools says of an asset: the inventory, the agents, the directory, the ledger of the accountants.
fn facts(tool: &str, at: usize) -> Facts {
    let kinds = [Kind::Laptop, Kind::Monitor, Kind::Desktop, Kind::Smartphone, Kind::Switch];
    let bought = TODAY.saturating_sub(Span::new().days((at * 7919 % 3650) as i32));
    let status = if at.is_multiple_of(12) { Status::Disposed } else { Status::InUse };
    let told = Facts { serial: Some(Text::from(format!("SN{at:08X}"))), ..Facts::default() };
    match tool {
        "glpi" => Facts {
            kind: Some(kinds[at % kinds.len()]),
            manufacturer: Some(Text::from(["Dell Inc.", "HP", "Lenovo"][at % 3])),
            model: Some(Text::from(format!("Model {}", at % 400))),
            asset_tag: Some(Text::from(format!("INV-{at:07}"))),
            hostname: Some(Text::from(format!("pc-{at:07}"))),
            entity: Some(Text::from(format!("Ville > Direction {}", at % 25))),
            location: Some(Text::from(format!("Site {} > Bureau {}", at % 60, at % 900))),
            status: Some(status),
            condition: Some(if at.is_multiple_of(7) { Condition::Refurbished } else { Condition::New }),
            purchase_date: Some(bought),
            purchase_price_ht: Some(Cents(50_000 + (at % 1000) as i64 * 100)),
            in_service_date: Some(bought),
            disposal_date: (status == Status::Disposed).then_some(TODAY),
            supplier: Some(Text::from(format!("Fournisseur {}", at % 30))),
            ..told
        },
        "ocs" => Facts {
            kind: Some(kinds[at % kinds.len()]),
            manufacturer: Some(Text::from(["Dell Inc.", "Hewlett-Packard", "LENOVO"][at % 3])),
            model: Some(Text::from(format!("Model {}", at % 400))),
            uuid: Some(Text::from(format!("{at:08x}-0000-4000-8000-{:012x}", at * 7919))),
            hostname: Some(Text::from(format!("PC-{at:07}.ville.test"))),
            mac: Some(Text::from(format!("00:1a:2b:{:02x}:{:02x}:{:02x}", at >> 16 & 255, at >> 8 & 255, at & 255))),
            cpu: Some(Text::from(format!("Intel(R) Core(TM) i5-{}00U CPU @ 1.60GHz", 60 + at % 60))),
            ram_gb: Some([8.0, 16.0, 32.0][at % 3]),
            ssd_gb: Some(256.0),
            operating_system: Some(Text::from(
                ["Microsoft Windows 10 Professionnel", "Microsoft Windows 11 Professionnel"][at % 2],
            )),
            operating_system_version: Some(Text::from(["10.0.19045", "10.0.26100"][at % 2])),
            last_seen: Some(TODAY),
            ..told
        },
        "ad" => Facts {
            serial: None,
            hostname: Some(Text::from(format!("PC-{at:07}"))),
            last_seen: Some(TODAY),
            account_enabled: Some(true),
            ..told
        },
        _ => Facts {
            order_number: Some(Text::from(format!("V-{:06}", at / 20))),
            warranty_end: Some(bought.saturating_add(Span::new().years(3))),
            ..told
        },
    }
}

fn native(at: usize) -> Text {
    Text::from(format!("Computer/{at}"))
}

fn kept(tool: &str, at: usize) -> Kept {
    let facts = facts(tool, at);
    let spell = Spell {
        since: TODAY,
        status: facts.status.unwrap_or(Status::InUse),
        entity: facts.entity.clone(),
        user: None,
    };
    Kept {
        observation: Observation { native: native(at), anonymous: false, facts },
        first_seen: TODAY,
        arrived: false,
        unlisted_since: None,
        spells: vec![spell],
    }
}

/// Four tools, 2.2 observations an asset, in the order in which a store gives them: the inventory lists all.
pub fn fleet(assets: usize) -> Vec<Testimony> {
    let says = |tool: &str, of_ten: usize| {
        let mut told: Vec<usize> = (0..assets).filter(|at| at % 10 < of_ten).collect();
        told.sort_by_cached_key(|at| native(*at));
        let observations = told.into_iter().map(|at| Packed::from(kept(tool, at))).collect();
        let mut says = testimony(tool, observations, Lines::default());
        says.source.creates = tool != "ad";
        says
    };
    vec![says("glpi", 10), says("ocs", 6), says("ad", 4), says("ledger", 2)]
}
