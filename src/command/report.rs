//! `ecoparc report`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use domain::entity::{EntityId, EntityTree, ROOT};
use domain::indicator::Basis;
use domain::indicator::footprint::is_known;
use domain::reconcile::reconcile;
use domain::testimony::Moment;
use domain::word::{Theme, Word};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::{entity_named, say, write};
use crate::config::Config;
use crate::history::History;
use crate::refresh::{Ground, testimonies};
use crate::report::annual::{self, Notes};
use crate::store::Store;
use crate::wording::Lang;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One file that prints on A4
    Html,
    /// Markdown, to be worked on further
    Md,
    /// All that it tells, for programs
    Json,
    /// A line a figure
    Csv,
}

/// What is to be told, and where to.
pub struct Asked {
    /// The civil year.
    pub year: i16,
    /// The day at whose end it is seen; the year's last, or today where the year is not over.
    pub at: Option<Date>,
    /// Only this entity, with what lies below.
    pub entity: Option<String>,
    /// A report for each entity that has a SIRET.
    pub split: bool,
    /// How it is written.
    pub format: Format,
    /// Its language.
    pub lang: Lang,
    /// The file, or with `split` the folder; standard output where none is told.
    pub output: Option<PathBuf>,
}

/// Writes the report of a civil year, out of what the store keeps.
pub async fn report(config: &Config, asked: &Asked) -> anyhow::Result<()> {
    let store = Store::open(&config.store).await?;
    let outcome = of_store(config, store.clone(), asked).await;
    store.close().await;
    outcome
}

async fn of_store(config: &Config, store: Store, asked: &Asked) -> anyhow::Result<()> {
    ensure!(!asked.split || asked.output.is_some(), "--split writes several files: tell a folder with --output");
    ensure!(!asked.split || asked.entity.is_none(), "--split writes a report for each town: --entity is for one");
    let now = Timestamp::now();
    let today = connectors::day_of(now, &config.time_zone);
    let (first, last) = (date(asked.year, 1, 1), date(asked.year, 12, 31));
    ensure!(first <= today, "--year {}: it has not begun", asked.year);
    let at = asked.at.unwrap_or(last.min(today));
    ensure!(at >= first, "--at {at}: the year {} had not begun then", asked.year);
    ensure!(at <= today, "--at {at} is a day to come");
    let mut ground = Ground::of(config)?;
    let testimonies = testimonies(&store, config).await?;
    ensure!(
        testimonies.iter().any(|testimony| testimony.harvested.0 > 0),
        "nothing was ever collected: run `ecoparc sync` first"
    );
    ground.look_up(&store).await;
    let snapshot = reconcile(&testimonies, &ground.rules);
    let seen = Basis::new(&snapshot, &ground.settings, ground.publishing, at);
    ensure!(is_known(&seen), "nothing is known of {at} yet");
    let entities = &snapshot.entities;
    let entity = match asked.entity.as_deref() {
        Some(name) => entity_named(entities, name)?,
        None => ROOT,
    };
    // What was published is of the whole; of a part nothing was.
    let past = History::of(store).readings("footprint_fleet_annual_co2e_grams", date(1970, 1, 1), at).await?;
    let published: Vec<(Date, f64)> =
        past.iter().filter(|past| past.day < today).filter_map(|past| Some((past.day, past.value?))).collect();
    let of = |entity: EntityId| -> anyhow::Result<String> {
        let notes = notes(config.report_notes.as_deref(), entities, entity, asked.year)?;
        let report = annual::annual(&annual::Asked {
            snapshot: &snapshot,
            settings: &ground.settings,
            publishing: ground.publishing,
            entity,
            year: asked.year,
            at,
            now: (Moment(now.as_second()), today),
            lang: asked.lang,
            notes: &notes,
            published: if entity == ROOT { &published } else { &[] },
        });
        Ok(match asked.format {
            Format::Html => annual::html(&report),
            Format::Md => annual::markdown(&report),
            Format::Json => annual::json(&report),
            Format::Csv => annual::csv(&report),
        })
    };
    match (&asked.output, asked.split) {
        (None, _) => say(of(entity)?.trim_end()),
        (Some(path), false) => write(path, &of(entity)?)?,
        (Some(folder), true) => {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            let towns: Vec<EntityId> = (0..entities.nodes.len() as u32)
                .map(EntityId)
                .filter(|at| *at == ROOT || is_town(entities, *at))
                .collect();
            for town in towns {
                let file = format!(
                    "bilan-{}-{}.{}",
                    asked.year,
                    file_name(&entities.entity(town).id),
                    extension(asked.format)
                );
                write(&folder.join(file), &of(town)?)?;
            }
        }
    }
    Ok(())
}

/// Has it a SIRET of its own, other than those above it?
fn is_town(entities: &EntityTree, at: EntityId) -> bool {
    let siret = &entities.entity(at).siret;
    siret.is_some() && entities.upward(at).skip(1).all(|above| entities.entity(above).siret != *siret)
}

fn extension(format: Format) -> &'static str {
    match format {
        Format::Html => "html",
        Format::Md => "md",
        Format::Json => "json",
        Format::Csv => "csv",
    }
}

/// An entity's id as a file's name: an id that only sources name is a path.
fn file_name(id: &str) -> String {
    let plain = id.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' });
    plain.collect()
}

/// What people wrote for the report of an entity: the whole's stand in the folder itself, those of others in a folder
/// below it that is called by the entity's id. Where a folder is called by the year, its own stand there in their place.
///
/// # Errors
/// Where a file cannot be read, and where its name is of no part of a report: what was written is not to be left out.
fn notes(folder: Option<&Path>, entities: &EntityTree, entity: EntityId, year: i16) -> anyhow::Result<Notes> {
    let mut notes = Notes::default();
    let Some(folder) = folder else { return Ok(notes) };
    let of_year = folder.join(year.to_string());
    let folder = if of_year.is_dir() { &of_year } else { folder };
    let own = if entity == ROOT { folder.to_path_buf() } else { folder.join(file_name(&entities.entity(entity).id)) };
    let files = match std::fs::read_dir(&own) {
        Ok(files) => files,
        Err(error) if entity != ROOT && error.kind() == std::io::ErrorKind::NotFound => return Ok(notes),
        Err(error) => return Err(error).with_context(|| format!("cannot read the notes in {}", own.display())),
    };
    for file in files {
        let path = file.with_context(|| format!("cannot read the notes in {}", own.display()))?.path();
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match (name.as_str(), name.strip_prefix("theme-").and_then(Theme::parse)) {
            ("introduction", _) => notes.introduction = Some(text),
            ("conclusion", _) => notes.conclusion = Some(text),
            (_, Some(theme)) => notes.themes.push((theme, text)),
            _ => bail!(
                "{}: the notes of a report are introduction.md, theme-1.md to theme-6.md and conclusion.md",
                path.display()
            ),
        }
    }
    Ok(notes)
}
