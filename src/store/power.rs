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
use sqlx::SqliteConnection;

use super::Store;
use super::body::column;
use super::bulk::{self, Cell};
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
            let mut conn = self.reader.acquire().await?;
            let id: Option<i64> = sqlx::query_scalar("SELECT id FROM source WHERE name = ?")
                .bind(source)
                .fetch_optional(&mut *conn)
                .await?;
            match id {
                Some(id) => meters(&mut conn, id).await,
                None => Ok(Vec::new()),
            }
        };
        reading.await.with_context(|| format!("cannot read back the electricity of source `{source}`"))
    }
}

/// A measuring point as it is stored.
#[derive(sqlx::FromRow)]
struct Row {
    device: String,
    room: String,
    role: String,
    joules_before: i64,
    watts_at: Option<i64>,
    watts: Option<f64>,
    kwh_at: Option<i64>,
    kwh: Option<f64>,
    days: String,
}

/// All that is stored of a source's measuring points, in their order.
pub(super) async fn meters(conn: &mut SqliteConnection, source: i64) -> Result<Vec<Meter>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT device, room, role, joules_before, watts_at, watts, kwh_at, kwh, \
            (SELECT json_group_array(json_array(day, joules, seconds)) \
             FROM (SELECT day, joules, seconds FROM power_day WHERE point = power_point.id ORDER BY day)) AS days \
         FROM power_point WHERE source = ?",
    )
    .bind(source)
    .fetch_all(conn)
    .await?;
    let mut meters = Vec::with_capacity(rows.len());
    for row in rows {
        let mut days = Vec::new();
        for (day, joules, seconds) in column::<(String, i64, i64)>(&row.days)? {
            days.push(PowerDay { day: day.parse()?, energy: Energy(joules as f64), seconds: seconds as f64 });
        }
        meters.push(Meter {
            point: Point { device: Text::of(&row.device), room: Text::of(&row.room), role: Role::parse(&row.role) },
            before: Energy(row.joules_before as f64),
            days,
            watts: row.watts_at.map(Moment).zip(row.watts),
            index: row.kwh_at.map(Moment).zip(row.kwh),
            fallen: None,
        });
    }
    meters.sort_by(|a, b| a.point.cmp(&b.point));
    Ok(meters)
}

const POINT: [&str; 3] = ["device", "room", "role"];

fn point_cells(point: &Point) -> [Cell<'_>; 3] {
    let text = |text: &Option<Text>| Cell::from(text.as_deref().unwrap_or_default().to_owned());
    [text(&point.device), text(&point.room), Cell::from(point.role.map_or("", Word::name))]
}

/// Whole joules and seconds, as they are stored.
fn figures(day: &PowerDay) -> (i64, i64) {
    (day.energy.0.round() as i64, day.seconds.round() as i64)
}

/// Writes meters and the days they hold, in place of the same days.
async fn write(conn: &mut SqliteConnection, source: i64, meters: &[Meter]) -> Result<()> {
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
        conn,
        &source,
        &[&POINT[..], &["watts_at", "watts", "kwh_at", "kwh"]].concat(),
        &points,
        "INSERT INTO power_point (source, device, room, role, joules_before, watts_at, watts, kwh_at, kwh) \
         SELECT fixed.source, device, room, role, 0, watts_at, watts, kwh_at, kwh FROM given, fixed WHERE true \
         ON CONFLICT (source, device, room, role) DO UPDATE SET watts_at = excluded.watts_at, \
            watts = excluded.watts, kwh_at = excluded.kwh_at, kwh = excluded.kwh",
    )
    .await?;
    bulk::run(
        conn,
        &source,
        &[&POINT[..], &["day", "joules", "seconds"]].concat(),
        &days,
        "INSERT INTO power_day (point, day, joules, seconds) \
         SELECT power_point.id, given.day, given.joules, given.seconds \
         FROM fixed CROSS JOIN given JOIN power_point ON power_point.source = fixed.source \
            AND power_point.device = given.device AND power_point.room = given.room AND power_point.role = given.role \
         WHERE true ON CONFLICT DO UPDATE SET joules = excluded.joules, seconds = excluded.seconds",
    )
    .await?;
    Ok(())
}

/// Puts these meters in the place of all that is stored of a source's; what did not change is not written.
pub(super) async fn replace(conn: &mut SqliteConnection, source: i64, told: &[Meter]) -> Result<()> {
    let stored = meters(conn, source).await?;
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
        conn,
        &fixed,
        &[&POINT[..], &["day"]].concat(),
        &gone,
        "DELETE FROM power_day WHERE (point, day) IN (SELECT power_point.id, given.day \
         FROM fixed CROSS JOIN given JOIN power_point ON power_point.source = fixed.source \
            AND power_point.device = given.device AND power_point.room = given.room AND power_point.role = given.role)",
    )
    .await?;
    bulk::run(
        conn,
        &fixed,
        &POINT,
        &lost,
        "DELETE FROM power_point WHERE source = (SELECT source FROM fixed) \
         AND (device, room, role) IN (SELECT device, room, role FROM given)",
    )
    .await?;
    write(conn, source, &changed).await?;
    // All days are told again, those of before included.
    sqlx::query("UPDATE power_point SET joules_before = 0 WHERE source = ? AND joules_before <> 0")
        .bind(source)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets days of before this one; their energy stays in the sum of their point.
pub(super) async fn purge_days(conn: &mut SqliteConnection, before: Date) -> sqlx::Result<()> {
    let before = before.to_string();
    sqlx::query(
        "UPDATE power_point SET joules_before = joules_before + \
            (SELECT sum(joules) FROM power_day WHERE point = power_point.id AND day < ?1) \
         WHERE EXISTS (SELECT 1 FROM power_day WHERE point = power_point.id AND day < ?1)",
    )
    .bind(&before)
    .execute(&mut *conn)
    .await?;
    sqlx::query("DELETE FROM power_day WHERE point IN (SELECT id FROM power_point) AND day < ?")
        .bind(&before)
        .execute(conn)
        .await?;
    Ok(())
}
