//! What may not be where it is thought to be, thing by thing: what answers for `ecoparc_unseen_assets`.

use domain::entity::EntityId;
use domain::indicator::quality::{UNSEEN, silent_before, unseen_because};
use domain::observation::Facts;
use domain::packed::Packed;
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::system::past_support;
use domain::voice::Voices;
use domain::word::{Kind, Word};
use jiff::civil::Date;
use serde_json::Value;

use super::{Ask, cursor, day};
use crate::web::answer::{Answer, Columns, LIST, Rows, names};
use crate::web::problem::Problem;

/// Active assets that are unseen for some reason, and what no inventory lists. A system past its support is told too.
pub fn all(ask: &Ask) -> Result<Answer, Problem> {
    let wanted = ask.text("reason");
    if let Some(text) = wanted.filter(|text| !UNSEEN.contains(text)) {
        return Err(Problem::parameter("reason", format!("no reason is called `{text}`")));
    }
    let kind = ask.kind()?;
    let (world, today) = (ask.world(), ask.edition.today);
    let snapshot = world.snapshot();
    let is_asked = |found: &Found| {
        let named = kind.is_none_or(|kind| kind == found.kind);
        named && wanted.map_or(!found.reasons.is_empty(), |wanted| found.reasons.contains(&wanted))
    };
    // Both lists are sorted by id, and told as one; rows are made of what is asked for alone.
    let after = ask.after()?.unwrap_or_default();
    let begin = snapshot.assets.partition_point(|asset| *snapshot.id(asset) <= *after);
    let listed = (begin..snapshot.assets.len()).map(Place::Asset);
    let begin = snapshot.unjoined.partition_point(|unjoined| *unjoined.voices.id(&snapshot.sources) <= *after);
    let beside = (begin..snapshot.unjoined.len()).map(Place::Unjoined);
    let told = |place: Place| found(snapshot, place, today).filter(is_asked).map(|found| (found.id, place));
    let (mut listed, mut beside) = (listed.filter_map(told).peekable(), beside.filter_map(told).peekable());
    let both = std::iter::from_fn(|| match (listed.peek(), beside.peek()) {
        (Some((asset, _)), Some((other, _))) if other < asset => beside.next(),
        (Some(_), _) => listed.next(),
        (None, _) => beside.next(),
    });
    let limit = if ask.csv { usize::MAX } else { ask.page()? };
    let mut places: Vec<(Text, Place)> = both.take(limit.saturating_add(1)).collect();
    let more = places.len() > limit;
    places.truncate(limit);
    let next = places.last().filter(|_| more).map(|(id, _)| cursor(id));
    let places: Vec<Place> = places.into_iter().map(|(_, place)| place).collect();
    let (columns, count, world) = (names(COLUMNS), places.len(), world.clone());
    let of = move |at: usize| {
        let snapshot = world.snapshot();
        found(snapshot, places[at], today).map(|found| {
            let told = Told { facts: found.voices.facts(), found, snapshot, today };
            COLUMNS.iter().map(|(name, of)| (*name, of(&told))).collect()
        })
    };
    Ok(Answer::Rows { file: LIST, rows: Rows { columns, count, of: Box::new(of) }, next })
}

/// Where something stands in a snapshot.
#[derive(Clone, Copy)]
enum Place {
    Asset(usize),
    Unjoined(usize),
}

/// Something unseen.
struct Found<'a> {
    id: Text,
    reasons: Vec<&'static str>,
    voices: &'a Voices,
    kind: Option<Kind>,
    entity: EntityId,
}

/// What stands there, if it may be unseen.
fn found(snapshot: &Snapshot, place: Place, today: Date) -> Option<Found<'_>> {
    match place {
        Place::Asset(at) => {
            let asset = &snapshot.assets[at];
            let because =
                unseen_because(asset, silent_before(today)).into_iter().filter(|(_, is_so)| *is_so == Some(true));
            let reasons = because.map(|(reason, _)| reason).collect();
            let (id, voices, kind, entity) = (snapshot.id(asset), &asset.voices, asset.kind, asset.entity);
            (asset.is_active(today) && !asset.is_virtual).then_some(Found { id, reasons, voices, kind, entity })
        }
        Place::Unjoined(at) => {
            let unjoined = &snapshot.unjoined[at];
            let (voices, entity) = (&unjoined.voices, unjoined.entity);
            let (id, kind) = (voices.id(&snapshot.sources), voices.told(Packed::kind));
            let reasons = vec!["not_in_inventory"];
            unjoined.seems_there().then_some(Found { id, reasons, voices, kind, entity })
        }
    }
}

/// Something unseen, and what is said of it.
struct Told<'a> {
    found: Found<'a>,
    facts: Facts,
    snapshot: &'a Snapshot,
    today: Date,
}

fn text(told: &Option<Text>) -> Value {
    told.as_deref().map_or(Value::Null, Into::into)
}

static COLUMNS: Columns<fn(&Told) -> Value> = &[
    ("id", |of| (&*of.found.id).into()),
    ("reasons", |of| of.found.reasons.join(" ").into()),
    ("kind", |of| of.found.kind.map_or("unknown", Word::name).into()),
    ("manufacturer", |of| text(&of.facts.manufacturer)),
    ("model", |of| text(&of.facts.model)),
    ("serial", |of| text(&of.facts.serial)),
    ("asset_tag", |of| text(&of.facts.asset_tag)),
    ("hostname", |of| text(&of.facts.hostname)),
    ("mac", |of| text(&of.facts.mac)),
    ("entity", |of| (&*of.snapshot.entities.entity(of.found.entity).id).into()),
    ("location", |of| text(&of.facts.location)),
    ("department", |of| text(&of.facts.department)),
    ("last_seen", |of| day(of.facts.last_seen)),
    ("operating_system", |of| text(&of.facts.operating_system)),
    ("support_ended", |of| day(past_support(&of.facts, of.today).and_then(|system| system.until))),
];
