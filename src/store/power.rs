//! Electricity by measuring point and day. Joules and seconds are integers; what is written are the sums of whole
//! days, so that writing one again changes nothing.

use std::collections::HashMap;

use anyhow::{Context, Result};
use domain::power::{Meter, Point, PowerDay};
use domain::quantity::Energy;
use domain::record::Text;
use domain::testimony::Moment;
use domain::word::{Role, Word};
use jiff::civil::Date;

use super::Store;
use super::bulk;
use super::cell::{Cell, Column, int, real, text};
use super::engine::Tx;
use super::record::source_id;

impl Store {
    /// Writes the days that samples changed, and the newest word of their points. The other days stay.
    ///
    /// # Errors
    /// Where the database fails; nothing is changed then.
    pub async fn append_power(&self, source: &str, changed: &[Meter]) -> Result<()> {
        let writing = async move {
            let mut tx = self.write().await?;
            let id = source_id(&mut tx, source).await?;
            write(&mut tx, id, changed).await?;
            tx.commit().await?;
            anyhow::Ok(())
        };
        writing.await.with_context(|| format!("cannot keep the samples of source `{source}`"))
    }

    /// The electricity of a source, in the order of its points; of one that was never collected too.
    ///
    /// # Errors
    /// Where the database fails or holds what no release writes.
    pub async fn power(&self, source: &str) -> Result<Vec<Meter>> {
        let reading = async move {
            let mut tx = self.read().await?;
            let id: Option<(i64,)> = tx.first("SELECT id FROM source WHERE name = $1", &[source.into()]).await?;
            let meters = match id {
                Some((id,)) => meters(&mut tx, id).await?,
                None => Vec::new(),
            };
            tx.commit().await?;
            anyhow::Ok(meters)
        };
        reading.await.with_context(|| format!("cannot read back the electricity of source `{source}`"))
    }
}

/// A measuring point as it is stored.
#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    device: String,
    room: String,
    role: String,
    joules_before: i64,
    watts_at: Option<i64>,
    watts: Option<f64>,
    kwh_at: Option<i64>,
    kwh: Option<f64>,
}

/// All that is stored of a source's measuring points, in their order.
pub(super) async fn meters(tx: &mut Tx, source: i64) -> Result<Vec<Meter>> {
    let rows: Vec<Row> = tx
        .rows(
            "SELECT id, device, room, role, joules_before, watts_at, watts, kwh_at, kwh FROM power_point WHERE source = $1",
            &[source.into()],
        )
        .await?;
    let told: Vec<(i64, String, i64, i64)> = tx
        .rows(
            "SELECT point, day, joules, seconds FROM power_day \
             WHERE point IN (SELECT id FROM power_point WHERE source = $1) ORDER BY point, day",
            &[source.into()],
        )
        .await?;
    let mut days_of: HashMap<i64, Vec<PowerDay>> = HashMap::new();
    for (point, day, joules, seconds) in told {
        let day = PowerDay { day: day.parse()?, energy: Energy(joules as f64), seconds: seconds as f64 };
        days_of.entry(point).or_default().push(day);
    }
    let mut meters = Vec::with_capacity(rows.len());
    for row in rows {
        meters.push(Meter {
            point: Point { device: Text::of(&row.device), room: Text::of(&row.room), role: Role::parse(&row.role) },
            before: Energy(row.joules_before as f64),
            days: days_of.remove(&row.id).unwrap_or_default(),
            watts: row.watts_at.map(Moment).zip(row.watts),
            index: row.kwh_at.map(Moment).zip(row.kwh),
            fallen: None,
        });
    }
    meters.sort_by(|a, b| a.point.cmp(&b.point));
    Ok(meters)
}

const POINT: [Column; 3] = [text("device"), text("room"), text("role")];

fn point_cells(point: &Point) -> [Cell<'_>; 3] {
    let told = |text: &Option<Text>| Cell::from(text.as_deref().unwrap_or_default().to_owned());
    [told(&point.device), told(&point.room), Cell::from(point.role.map_or("", Word::name))]
}

/// Whole joules and seconds, as they are stored.
fn figures(day: &PowerDay) -> (i64, i64) {
    (day.energy.0.round() as i64, day.seconds.round() as i64)
}

/// Writes meters and the days they hold, in place of the same days.
async fn write(tx: &mut Tx, source: i64, meters: &[Meter]) -> Result<()> {
    let (mut points, mut days) = (Vec::new(), Vec::new());
    for meter in meters {
        let point = || point_cells(&meter.point);
        points.extend(point());
        for newest in [meter.watts, meter.index] {
            points.extend([newest.map(|(at, _)| at.0).into(), newest.map(|(_, figure)| figure).into()]);
        }
        for day in &meter.days {
            let (joules, seconds) = figures(day);
            days.extend(point());
            days.extend([Cell::from(day.day.to_string()), Cell::Int(joules), Cell::Int(seconds)]);
        }
    }
    let source = [("source", Cell::Int(source))];
    bulk::run(
        tx,
        &source,
        &[&POINT[..], &[int("watts_at"), real("watts"), int("kwh_at"), real("kwh")]].concat(),
        &points,
        "INSERT INTO power_point (source, device, room, role, joules_before, watts_at, watts, kwh_at, kwh) \
         SELECT fixed.source, device, room, role, 0, watts_at, watts, kwh_at, kwh FROM given, fixed WHERE true \
         ON CONFLICT (source, device, room, role) DO UPDATE SET watts_at = excluded.watts_at, \
            watts = excluded.watts, kwh_at = excluded.kwh_at, kwh = excluded.kwh",
    )
    .await?;
    bulk::run(
        tx,
        &source,
        &[&POINT[..], &[text("day"), int("joules"), int("seconds")]].concat(),
        &days,
        "INSERT INTO power_day (point, day, joules, seconds) \
         SELECT power_point.id, given.day, given.joules, given.seconds \
         FROM fixed CROSS JOIN given JOIN power_point ON power_point.source = fixed.source \
            AND power_point.device = given.device AND power_point.room = given.room AND power_point.role = given.role \
         WHERE true ON CONFLICT (point, day) DO UPDATE SET joules = excluded.joules, seconds = excluded.seconds",
    )
    .await?;
    Ok(())
}

/// Puts these meters in the place of all that is stored of a source's; what did not change is not written.
pub(super) async fn replace(tx: &mut Tx, source: i64, told: &[Meter]) -> Result<()> {
    let stored = meters(tx, source).await?;
    let mut kept: HashMap<(&Point, Date), (i64, i64)> = HashMap::new();
    for meter in &stored {
        kept.extend(meter.days.iter().map(|day| ((&meter.point, day.day), figures(day))));
    }
    let mut changed = Vec::new();
    for meter in told {
        let known = stored.iter().find(|known| known.point == meter.point);
        let newest = known.is_some_and(|known| known.watts == meter.watts && known.index == meter.index);
        let mut days = meter.days.clone();
        days.retain(|day| kept.remove(&(&meter.point, day.day)) != Some(figures(day)));
        if !newest || !days.is_empty() {
            changed.push(Meter { days, ..meter.clone() });
        }
    }
    let mut gone = Vec::new();
    for (point, day) in kept.into_keys() {
        gone.extend(point_cells(point));
        gone.push(Cell::from(day.to_string()));
    }
    let lost = stored.iter().filter(|known| !told.iter().any(|meter| meter.point == known.point));
    let lost: Vec<Cell<'_>> = lost.flat_map(|meter| point_cells(&meter.point)).collect();
    let fixed = [("source", Cell::Int(source))];
    bulk::run(
        tx,
        &fixed,
        &[&POINT[..], &[text("day")]].concat(),
        &gone,
        "DELETE FROM power_day WHERE (point, day) IN (SELECT power_point.id, given.day \
         FROM fixed CROSS JOIN given JOIN power_point ON power_point.source = fixed.source \
            AND power_point.device = given.device AND power_point.room = given.room AND power_point.role = given.role)",
    )
    .await?;
    bulk::run(
        tx,
        &fixed,
        &POINT,
        &lost,
        "DELETE FROM power_point WHERE source = (SELECT source FROM fixed) \
         AND (device, room, role) IN (SELECT device, room, role FROM given)",
    )
    .await?;
    write(tx, source, &changed).await?;
    // All days are told again, those of before included.
    let anew = "UPDATE power_point SET joules_before = 0 WHERE source = $1 AND joules_before <> 0";
    tx.run(anew, &[source.into()]).await?;
    Ok(())
}

/// Forgets days of before this one; their energy stays in the sum of their point.
pub(super) async fn purge_days(tx: &mut Tx, before: Date) -> sqlx::Result<()> {
    let before = [before.to_string().into()];
    tx.run(
        "UPDATE power_point SET joules_before = joules_before + \
            (SELECT CAST(sum(joules) AS BIGINT) FROM power_day WHERE point = power_point.id AND day < $1) \
         WHERE EXISTS (SELECT 1 FROM power_day WHERE point = power_point.id AND day < $1)",
        &before,
    )
    .await?;
    tx.run("DELETE FROM power_day WHERE point IN (SELECT id FROM power_point) AND day < $1", &before).await?;
    Ok(())
}
