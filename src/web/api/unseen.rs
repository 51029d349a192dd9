//! What may not be where it is thought to be, thing by thing: what answers for `ecoparc_unseen_assets`.

use domain::entity::EntityId;
use domain::indicator::quality::{UNSEEN, unseen_because};
use domain::observation::Facts;
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::system::past_support;
use domain::word::{Status, Word};

use super::{Ask, day};
use crate::web::answer::{Answer, Row};
use crate::web::problem::Problem;

/// Active assets that are unseen for some reason, and what no inventory lists. A system past its support is told too.
pub fn all(ask: &Ask) -> Result<Answer, Problem> {
    let wanted = ask.text("reason");
    if let Some(text) = wanted.filter(|text| !UNSEEN.contains(text)) {
        return Err(Problem::parameter("reason", format!("no reason is called `{text}`")));
    }
    let kind = ask.text("kind");
    let world = ask.world();
    let (snapshot, today) = (world.snapshot(), ask.edition.today);
    let mut rows: Vec<(String, Row)> = Vec::new();
    let mut tell = |id: &Text, reasons: &[&str], facts: &Facts, entity: EntityId| {
        let name = facts.kind.map_or("unknown", Word::name);
        let is_asked = wanted.map_or(!reasons.is_empty(), |wanted| reasons.contains(&wanted))
            && kind.is_none_or(|kind| kind == name);
        if is_asked {
            rows.push((id.to_string(), row(snapshot, id, reasons, facts, entity, today)));
        }
    };
    for asset in &snapshot.assets {
        let active = matches!(asset.status(today), Some(Status::InUse | Status::InStock | Status::InRepair));
        if !active || asset.facts.virtual_machine == Some(true) {
            continue;
        }
        let because = unseen_because(asset, today).into_iter().filter(|(_, is_so)| *is_so == Some(true));
        let reasons: Vec<&str> = because.map(|(reason, _)| reason).collect();
        tell(&asset.id, &reasons, &asset.facts, asset.entity);
    }
    for unjoined in snapshot.unlisted() {
        tell(&unjoined.id, &["not_in_inventory"], &unjoined.facts, unjoined.entity);
    }
    ask.paged(rows)
}

fn row(
    snapshot: &Snapshot,
    id: &Text,
    reasons: &[&str],
    facts: &Facts,
    entity: EntityId,
    today: jiff::civil::Date,
) -> Row {
    let text = |told: &Option<Text>| told.as_deref().map_or(serde_json::Value::Null, Into::into);
    vec![
        ("id", (&**id).into()),
        ("reasons", reasons.join(" ").into()),
        ("kind", facts.kind.map_or("unknown", Word::name).into()),
        ("manufacturer", text(&facts.manufacturer)),
        ("model", text(&facts.model)),
        ("serial", text(&facts.serial)),
        ("asset_tag", text(&facts.asset_tag)),
        ("hostname", text(&facts.hostname)),
        ("mac", text(&facts.mac)),
        ("entity", (&*snapshot.entities.entity(entity).id).into()),
        ("location", text(&facts.location)),
        ("department", text(&facts.department)),
        ("last_seen", day(facts.last_seen)),
        ("operating_system", text(&facts.operating_system)),
        ("support_ended", day(past_support(facts, today).map(|system| system.until))),
    ]
}
