//! The assets as last published, in plain columns, for people who write SQL. Nothing in ecoparc reads them back.

use anyhow::{Context, Result};
use domain::packed::Packed;
use domain::shared::Shared;
use domain::snapshot::{Asset, Snapshot};
use domain::word::Word;
use jiff::civil::Date;

use super::Store;
use super::bulk::{self, BATCH};
use super::cell::{Cell, Column, int, text};
use super::engine::Tx;
use super::hash;

/// The columns in the order in which [`row`] gives them, the hash last. Holders are left out: people who write SQL
/// about equipment have no need of them.
const COLUMNS: &[Column] = &[
    text("id"),
    text("kind"),
    text("manufacturer"),
    text("model"),
    text("serial"),
    text("asset_tag"),
    text("entity"),
    text("siret"),
    text("location"),
    text("department"),
    text("status"),
    text("condition"),
    text("mode"),
    text("first_seen"),
    text("start"),
    text("retired"),
    text("gone"),
    text("unlisted"),
    text("disposal"),
    int("price_cents"),
    text("supplier"),
    text("order_number"),
    text("sources"),
    int("hash"),
];

impl Store {
    /// Brings the table `asset` in line with what is published of the day `at`: rows that changed are written, rows of
    /// assets that are no more are deleted.
    ///
    /// # Errors
    /// Where the database fails; nothing is changed then.
    pub async fn write_assets(&self, snapshot: &Snapshot, at: Date) -> Result<()> {
        let writing = async move {
            let mut tx = self.write().await?;
            write(&mut tx, snapshot, at).await?;
            tx.commit().await?;
            anyhow::Ok(())
        };
        writing.await.context("cannot write the table of assets")
    }
}

/// Walks the assets and the rows side by side, both in the order of ids.
async fn write(tx: &mut Tx, snapshot: &Snapshot, at: Date) -> Result<()> {
    let mut assets = snapshot.assets.iter().peekable();
    let mut from = String::new();
    loop {
        let page = stored(tx, &from).await?;
        let (mut changed, mut gone) = (vec![], vec![]);
        for (id, hash) in &page {
            while let Some(new) = assets.next_if(|asset| *snapshot.id(asset) < **id) {
                changed.extend(row(snapshot, new, at));
                flush(tx, &mut changed, at).await?;
            }
            match assets.next_if(|asset| *snapshot.id(asset) == **id).map(|asset| row(snapshot, asset, at)) {
                None => gone.push(Cell::from(id.as_str())),
                Some(row) if row.last() == Some(&Cell::Int(*hash)) => {}
                Some(row) => changed.extend(row),
            }
        }
        write_rows(tx, &changed, at).await?;
        let then = "DELETE FROM asset WHERE id IN (SELECT id FROM given)";
        bulk::run(tx, &[], &[text("id")], &gone, then).await?;
        match page.last() {
            Some((last, _)) => from = tx.after(last),
            None => break,
        }
    }
    let mut new = vec![];
    for asset in assets {
        new.extend(row(snapshot, asset, at));
        flush(tx, &mut new, at).await?;
    }
    write_rows(tx, &new, at).await?;
    Ok(())
}

/// The next page of ids and hashes, from this id on.
async fn stored(tx: &mut Tx, from: &str) -> sqlx::Result<Vec<(String, i64)>> {
    let sql = "SELECT id, hash FROM asset WHERE id >= $1 ORDER BY id LIMIT $2";
    tx.rows(sql, &[from.into(), bulk::page(tx).into()]).await
}

/// Writes once enough has come together.
async fn flush(tx: &mut Tx, rows: &mut Vec<Cell<'_>>, at: Date) -> sqlx::Result<()> {
    if rows.len() >= COLUMNS.len() * BATCH {
        write_rows(tx, rows, at).await?;
        rows.clear();
    }
    Ok(())
}

async fn write_rows(tx: &mut Tx, rows: &[Cell<'_>], at: Date) -> sqlx::Result<()> {
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let columns = names.join(", ");
    let sets: Vec<String> = names.iter().map(|column| format!("{column} = excluded.{column}")).collect();
    let then = format!(
        "INSERT INTO asset ({columns}, updated) SELECT {columns}, updated FROM given, fixed WHERE true \
         ON CONFLICT (id) DO UPDATE SET {}, updated = excluded.updated",
        sets.join(", ")
    );
    bulk::run(tx, &[("updated", Cell::from(at.to_string()))], COLUMNS, rows, &then).await
}

/// The row of one asset.
fn row<'a>(snapshot: &'a Snapshot, asset: &'a Asset, at: Date) -> Vec<Cell<'a>> {
    let shared = |of: fn(&Packed) -> Option<Shared>| Cell::from(asset.told(of).map(|told| &**told.text()));
    let day = |day: Option<Date>| Cell::from(day.map(|day| day.to_string()));
    let entities = &snapshot.entities;
    let mut sources: Vec<&str> = vec![];
    for known in asset.voices.natives() {
        let name = &**snapshot.source_name(known.said_by);
        if !sources.contains(&name) {
            sources.push(name);
        }
    }
    let mut row = vec![
        Cell::from(snapshot.id(asset).to_string()),
        Cell::from(asset.kind.map(Word::name)),
        shared(Packed::manufacturer),
        shared(Packed::model),
        Cell::from(asset.told(Packed::serial)),
        Cell::from(asset.told(Packed::asset_tag)),
        Cell::from(&*entities.entity(asset.entity).id),
        Cell::from(entities.entity(entities.buyer(asset.entity)).siret.as_deref()),
        shared(Packed::location),
        shared(Packed::department),
        Cell::from(asset.status(at).map(Word::name)),
        Cell::from(asset.condition.map(Word::name)),
        Cell::from(asset.mode.map(Word::name)),
        Cell::from(asset.first_seen.to_string()),
        day(asset.start),
        day(asset.retired),
        day(asset.gone),
        day(asset.unlisted),
        Cell::from(asset.told(Packed::disposal).map(Word::name)),
        Cell::from(asset.price.map(|price| price.0)),
        shared(Packed::supplier),
        Cell::from(asset.told(Packed::order_number)),
        Cell::from(sources.join(" ")),
    ];
    row.push(Cell::Int(hash::of(&row)));
    row
}
