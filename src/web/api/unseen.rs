//! What may not be where it is thought to be, thing by thing: what answers for `ecoparc_unseen_assets`.

use domain::entity::EntityId;
use domain::indicator::quality::{UNSEEN, unseen_because};
use domain::packed::Packed;
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::system::past_support;
use domain::voice::Voices;
use domain::word::{Kind, Status, Word};

use super::{Ask, cursor, day};
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
    let is_asked = |reasons: &[&str], of: Option<Kind>| {
        let named = kind.is_none_or(|kind| kind == of.map_or("unknown", Word::name));
        named && wanted.map_or(!reasons.is_empty(), |wanted| reasons.contains(&wanted))
    };
    let mut found: Vec<Found> = Vec::new();
    for asset in &snapshot.assets {
        let active = matches!(asset.status(today), Some(Status::InUse | Status::InStock | Status::InRepair));
        if !active || asset.is_virtual {
            continue;
        }
        let because = unseen_because(asset, today).into_iter().filter(|(_, is_so)| *is_so == Some(true));
        let reasons: Vec<&'static str> = because.map(|(reason, _)| reason).collect();
        if is_asked(&reasons, asset.kind) {
            found.push(Found { id: snapshot.id(asset), reasons, voices: &asset.voices, entity: asset.entity });
        }
    }
    for unjoined in snapshot.unlisted() {
        let reasons = vec!["not_in_inventory"];
        if is_asked(&reasons, unjoined.voices.told(Packed::kind)) {
            found.push(Found {
                id: unjoined.voices.id(&snapshot.sources),
                reasons,
                voices: &unjoined.voices,
                entity: unjoined.entity,
            });
        }
    }
    found.sort_by(|a, b| a.id.cmp(&b.id));
    // Rows are made of what is asked for alone.
    let after = ask.after()?;
    found.retain(|found| after.as_ref().is_none_or(|after| *found.id > **after));
    let limit = if ask.csv { usize::MAX } else { ask.limit()?.unwrap_or(PAGE) };
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|found| cursor(&found.id));
    let rows = found.iter().map(|found| row(snapshot, found, today)).collect();
    Ok(Answer::List { rows, next, more: Vec::new() })
}

/// Items of a page where no limit is told.
const PAGE: usize = 100;

/// Something unseen.
struct Found<'a> {
    id: Text,
    reasons: Vec<&'static str>,
    voices: &'a Voices,
    entity: EntityId,
}

fn row(snapshot: &Snapshot, found: &Found, today: jiff::civil::Date) -> Row {
    let Found { id, reasons, voices, entity } = found;
    let facts = voices.facts();
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
        ("entity", (&*snapshot.entities.entity(*entity).id).into()),
        ("location", text(&facts.location)),
        ("department", text(&facts.department)),
        ("last_seen", day(facts.last_seen)),
        ("operating_system", text(&facts.operating_system)),
        ("support_ended", day(past_support(&facts, today).and_then(|system| system.until))),
    ]
}
