//! Single assets. The holder's pseudonym is never told.

use domain::explain::Step;
use domain::indicator::{Basis, Publishing, days};
use domain::observation::Facts;
use domain::packed::Packed;
use domain::record::{Field, Record, Text, Value as Told};
use domain::shared::Shared;
use domain::snapshot::{Asset, Snapshot};
use domain::word::{Kind, Status, Word};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::{Ask, cursor, day, number};
use crate::edition::Edition;
use crate::web::answer::{self, Answer, Columns, Row, Rows};
use crate::web::auth::Viewer;
use crate::web::problem::Problem;
use crate::web::world::World;

/// Fields that are told in another way, or never.
const APART: [&str; 3] = ["user", "entity", "status"];

fn json_of(value: Told) -> Value {
    match value {
        Told::Text(text) => Value::from(&*text),
        Told::Moment(moment) => moment.to_string().into(),
        Told::Word(word) => word.into(),
        Told::Date(date) => date.to_string().into(),
        Told::Money(cents) => cents.euros().into(),
        Told::Number(number) => number.into(),
        Told::Flag(flag) => flag.into(),
    }
}

fn status(asset: &Asset, at: Date) -> Value {
    asset.status(at).map_or(Value::Null, |status| status.name().into())
}

fn age_seconds(asset: &Asset, at: Date) -> Value {
    number(asset.start.map(|start| f64::from(days(start, at)) * 86_400.0))
}

fn sources(snapshot: &Snapshot, asset: &Asset) -> Value {
    let mut sources: Vec<&str> = asset.voices.natives().map(|known| &**snapshot.source_name(known.said_by)).collect();
    sources.dedup();
    sources.into()
}

/// What is told of an asset beside the fields of [`Facts`].
static BESIDE: Columns<fn(&Edition, &Asset) -> Value> = &[
    ("id", |edition, asset| (&*edition.snapshot.id(asset)).into()),
    ("entity", |edition, asset| (&*edition.snapshot.entities.entity(asset.entity).id).into()),
    ("entity_name", |edition, asset| (&*edition.snapshot.entities.entity(asset.entity).name).into()),
    ("status", |edition, asset| status(asset, edition.today)),
    ("first_seen", |_, asset| day(Some(asset.first_seen))),
    ("start", |_, asset| day(asset.start)),
    ("retired", |_, asset| day(asset.retired)),
    ("gone", |_, asset| day(asset.gone)),
    ("unlisted", |_, asset| day(asset.unlisted)),
    ("age_seconds", |edition, asset| age_seconds(asset, edition.today)),
    ("sources", |edition, asset| sources(&edition.snapshot, asset)),
];

/// The fields that are told as they are.
fn fields() -> impl Iterator<Item = &'static Field<Facts>> {
    Facts::FIELDS.iter().filter(|field| !APART.contains(&field.name))
}

fn columns() -> Vec<&'static str> {
    answer::names(BESIDE).into_iter().chain(fields().map(|field| field.name)).collect()
}

/// An asset as a flat object.
fn row(edition: &Edition, asset: &Asset) -> Row {
    let facts = asset.facts();
    let beside = BESIDE.iter().map(|(name, of)| (*name, of(edition, asset)));
    beside.chain(fields().map(|field| (field.name, (field.get)(&facts).map_or(Value::Null, json_of)))).collect()
}

/// What is asked for; nothing of it means everything.
#[derive(Default)]
pub struct Filter {
    /// This kind; `None` inside: of unknown kind.
    pub kind: Option<Option<Kind>>,
    /// This entity, or below.
    pub entity: Option<domain::entity::EntityId>,
    /// This status today.
    pub status: Option<Status>,
    /// This text, in lower case, in what identifies it, its model or its place.
    pub text: Option<String>,
    /// New or changed since this day.
    pub since: Option<Date>,
}

impl Filter {
    fn of(ask: &Ask) -> Result<Self, Problem> {
        Ok(Self {
            kind: ask.kind()?,
            entity: ask.entity()?,
            status: ask.word("status")?,
            text: ask.text("q").map(str::to_lowercase),
            since: ask.date("updated_since")?,
        })
    }

    fn takes(&self, edition: &Edition, asset: &Asset) -> bool {
        let holds = |text: &String| {
            let shared = |of: fn(&Packed) -> Option<Shared>| asset.told(of).map(|told| &**told.text());
            let told = [
                asset.told(Packed::serial),
                asset.told(Packed::asset_tag),
                asset.told(Packed::hostname),
                shared(Packed::model),
                shared(Packed::manufacturer),
                shared(Packed::location),
            ];
            edition.snapshot.id(asset).to_lowercase().contains(text)
                || told.into_iter().flatten().any(|told| told.to_lowercase().contains(text))
        };
        let since = |since: Date| {
            let told = [asset.last_seen, asset.retired, asset.gone, asset.unlisted];
            asset.first_seen >= since || told.into_iter().flatten().any(|day| day >= since && day <= edition.today)
        };
        self.kind.is_none_or(|kind| asset.kind == kind)
            && self.entity.is_none_or(|entity| edition.snapshot.entities.is_within(asset.entity, entity))
            && self.status.is_none_or(|status| asset.status(edition.today) == Some(status))
            && self.since.is_none_or(since)
            && self.text.as_ref().is_none_or(holds)
    }

    /// So many of the assets that a viewer sees, after an id; and the id to go on after, where there are more.
    pub fn list<'a>(
        &self,
        edition: &'a Edition,
        viewer: &Viewer,
        after: Option<&str>,
        limit: usize,
    ) -> (Vec<&'a Asset>, Option<String>) {
        let assets = &edition.snapshot.assets;
        let from = after.map_or(0, |after| assets.partition_point(|asset| *edition.snapshot.id(asset) <= *after));
        let meant = |asset: &&Asset| viewer.sees(edition, asset.entity) && self.takes(edition, asset);
        let mut found: Vec<&Asset> = assets[from..].iter().filter(meant).take(limit + 1).collect();
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|last| edition.snapshot.id(last).to_string());
        (found, next)
    }
}

/// The assets that are asked for, a page at a time; as CSV all of them.
pub fn all(ask: &Ask) -> Result<Answer, Problem> {
    let filter = Filter::of(ask)?;
    let (limit, after) = (ask.page()?, ask.after()?);
    let (edition, viewer) = (ask.edition.clone(), ask.viewer.clone());
    if ask.csv {
        let count = edition.snapshot.assets.len();
        let of = move |at: usize| {
            let asset = &edition.snapshot.assets[at];
            let told = viewer.sees(&edition, asset.entity) && filter.takes(&edition, asset);
            told.then(|| row(&edition, asset))
        };
        let rows = Rows { columns: columns(), count, of: Box::new(of) };
        return Ok(Answer::Rows { file: "assets.csv", rows, next: None });
    }
    let (assets, next) = filter.list(&edition, &viewer, after.as_deref(), limit);
    let rows = assets.into_iter().map(|asset| row(&edition, asset)).collect();
    Ok(Answer::List { columns: columns(), rows, next: next.map(|id| cursor(&id)), more: Vec::new() })
}

/// The asset that the path names, where the viewer may see it.
fn found(ask: &Ask) -> Result<&Asset, Problem> {
    let id = ask.path.get("id").map(String::as_str).unwrap_or_default();
    let asset = ask.edition.snapshot.asset(id).filter(|asset| ask.viewer.sees(&ask.edition, asset.entity));
    asset.ok_or_else(|| Problem::not_found("no asset has this id"))
}

/// One asset with who said what.
pub fn one(ask: &Ask) -> Result<Answer, Problem> {
    let asset = found(ask)?;
    let snapshot = &ask.edition.snapshot;
    let mut object = answer::object(row(&ask.edition, asset));
    let facts = asset.facts();
    let fields = Facts::FIELDS.iter().zip(asset.voices.said_by_fields()).filter(|(field, _)| field.name != "user");
    let fields: Map<String, Value> = fields
        .filter_map(|(field, said_by)| {
            let value = (field.get)(&facts)?;
            let said_by = said_by.map(|source| snapshot.source_name(source).to_string());
            Some((field.name.to_owned(), json!({ "value": json_of(value), "said_by": said_by })))
        })
        .collect();
    let ids: Vec<Text> = snapshot.ids(asset).collect();
    let natives: Vec<&str> = ids.iter().map(|id| &**id).collect();
    let world = ask.world();
    let doubts = world.doubts().filter(|doubt| doubt.about.iter().any(|about| ids.contains(about)));
    let doubts: Vec<Value> =
        doubts.map(|doubt| json!({ "reason": doubt.reason().name(), "what": doubt.what.to_string() })).collect();
    object.insert("fields".to_owned(), fields.into());
    object.insert("natives".to_owned(), natives.into());
    object.insert("doubts".to_owned(), doubts.into());
    Ok(Answer::One(object.into()))
}

/// The asset of this id, else the first of those that hold this text, as far as a viewer may see them.
pub fn search<'a>(edition: &'a Edition, viewer: &Viewer, asked: &str, most: usize) -> Vec<&'a Asset> {
    let seen = |asset: &&Asset| viewer.sees(edition, asset.entity);
    if let Some(asset) = edition.snapshot.asset(asked).filter(seen) {
        return vec![asset];
    }
    let filter = Filter { text: Some(asked.to_lowercase()), ..Filter::default() };
    edition.snapshot.assets.iter().filter(seen).filter(|asset| filter.takes(edition, asset)).take(most).collect()
}

/// How the footprint of an asset was reached, in the world of a viewer.
pub fn steps(edition: &Edition, world: &World, asset: &Asset) -> Vec<Step> {
    let whole = &edition.snapshot;
    let own = whole.id(asset);
    // A world of this asset alone: its figure depends on no other but those that share a measured room with it.
    let alone = Snapshot {
        sources: whole.sources.clone(),
        harvested: whole.harvested.clone(),
        entities: whole.entities.clone(),
        assets: vec![asset.clone()],
        alike: whole.alike.clone(),
        unjoined: Vec::new(),
        purchases: Vec::new(),
        exits: Vec::new(),
        stock_counts: Vec::new(),
        headcounts: Vec::new(),
        declared: Vec::new(),
        actions: Vec::new(),
        services: Vec::new(),
        // Which of them are told is the viewer's.
        rooms: world.snapshot().rooms.clone(),
        roommates: whole.sharing(|other| whole.id(other) != own),
        filings: Vec::new(),
        appraisals: whole.appraisals.clone(),
        partial: Default::default(),
        part: Vec::new(),
        let_go: Default::default(),
        doubts: Vec::new(),
    };
    let publishing = Publishing { folded: false, ..edition.publishing };
    let basis = Basis::new(&alone, &edition.settings, publishing, edition.today);
    domain::explain::footprint(&basis, &alone.assets[0])
}

/// How its footprint was reached.
pub fn footprint(ask: &Ask) -> Result<Answer, Problem> {
    let asset = found(ask)?;
    let rows = steps(&ask.edition, &ask.world(), asset).into_iter().map(|step| {
        let unit = if step.unit.is_empty() { Value::Null } else { step.unit.into() };
        vec![
            ("what", step.what.into()),
            ("value", number(step.value)),
            ("unit", unit),
            ("origin", step.origin.into()),
        ]
    });
    Ok(Answer::List {
        columns: Vec::new(),
        rows: rows.collect(),
        next: None,
        more: vec![("asset", (&*ask.edition.snapshot.id(asset)).into())],
    })
}
