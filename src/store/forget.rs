//! People leave: a pseudonym is dropped wherever it is kept, and those of long ago with the history.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use domain::account::Account;
use domain::observation::{Facts, Observation};
use domain::packed::Packed;
use domain::record::{Record, Text};
use domain::word::{Status, Word};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::body::{Recall, from_json, to_json};
use super::bulk;
use super::cell::{Cell, int, text};
use super::engine::{Engine, Tx};
use super::{Store, hash, sqlite};

/// How long a wipe waits for who still reads what was there before.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a pseudonym was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Sources whose last word named it, by name.
    pub sources: Vec<String>,
    /// Observations that named it as their holder.
    pub assets: usize,
    /// Stretches of their history that did.
    pub spells: u64,
    /// Accounts of directories.
    pub accounts: u64,
}

impl Store {
    /// Drops a pseudonym from what sources said, from history and from accounts; nothing else changes. In a file, not
    /// even its former bytes stay behind.
    ///
    /// # Errors
    /// Where the database fails; nothing is changed then. Where somebody goes on reading the former state of a file, all is
    /// dropped but the bytes.
    pub async fn forget(&self, pseudonym: &str) -> Result<Forgotten> {
        let forgetting = async {
            let mut tx = self.write().await?;
            let forgotten = forget(&mut tx, pseudonym).await?;
            tx.commit().await?;
            anyhow::Ok(forgotten)
        };
        let forgotten = forgetting.await.context("cannot forget anybody")?;
        if let Engine::Sqlite { writer, .. } = &self.engine {
            let wiped = sqlite::wipe(writer, PATIENCE).await;
            wiped.context("it is forgotten, but its bytes are still in the file: run the same command again")?;
        }
        Ok(forgotten)
    }
}

async fn forget(tx: &mut Tx, pseudonym: &str) -> Result<Forgotten> {
    let hexadecimal = !pseudonym.is_empty() && pseudonym.bytes().all(|byte| byte.is_ascii_hexdigit());
    ensure!(hexadecimal, "a pseudonym is made of hexadecimal digits");
    let named = format!("%\"user\":\"{pseudonym}\"%");
    let mut forgotten = Forgotten::default();
    let sources: Vec<(i64, String)> = tx.rows("SELECT id, name FROM source ORDER BY id", &[]).await?;
    for (source, name) in sources {
        let told = "SELECT native, anonymous, body FROM observation WHERE source = $1 AND body LIKE $2";
        let assets = without_holder(tx, source, told, &[source.into(), (&*named).into()]).await?;
        let dropped = "DELETE FROM line WHERE source = $1 AND contents = $2 AND (native = $3 OR body LIKE $4)";
        let values = [source.into(), Account::NAME.into(), pseudonym.into(), (&*named).into()];
        let accounts = tx.run(dropped, &values).await?;
        if accounts > 0 {
            // What its lines come to is not what they were: the next harvest writes them whole.
            tx.run("UPDATE source SET lines_hash = NULL WHERE id = $1", &[source.into()]).await?;
        }
        if assets > 0 || accounts > 0 {
            forgotten.sources.push(name);
        }
        forgotten.assets += assets;
        forgotten.accounts += accounts;
    }
    forgotten.spells = tx.run("UPDATE spell SET holder = NULL WHERE holder = $1", &[pseudonym.into()]).await?;
    Ok(forgotten)
}

/// Takes the holder out of the observations that a query tells; gives how many they are.
async fn without_holder(tx: &mut Tx, source: i64, told: &str, values: &[Cell<'_>]) -> Result<usize> {
    let rows: Vec<(String, i64, String)> = tx.rows(told, values).await?;
    let mut recall = Recall::default();
    let mut cells = vec![];
    for (native, anonymous, body) in &rows {
        let mut facts: Facts = from_json(body, &mut recall).with_context(|| format!("record `{native}`"))?;
        facts.user = None;
        let observation = Observation { native: Text::from(native.as_str()), anonymous: *anonymous == 1, facts };
        let packed = Packed::from(&observation);
        cells.extend([
            Cell::from(native.as_str()),
            Cell::Int(hash::of_observation(&packed)),
            Cell::Int(hash::of(&standing_of(&packed))),
            Cell::from(to_json(&observation.facts)),
        ]);
    }
    let columns = [text("native"), int("hash"), int("standing"), text("body")];
    let then = "UPDATE observation SET hash = given.hash, standing = given.standing, body = given.body FROM given \
                WHERE source = (SELECT source FROM fixed) AND observation.native = given.native";
    bulk::run(tx, &[("source", Cell::Int(source))], &columns, &cells, then).await?;
    Ok(rows.len())
}

/// Native id, status, entity and holder: a stretch of an asset's history lasts while these stay the same.
pub(super) fn standing_of(told: &Packed) -> [Cell<'_>; 4] {
    [
        Cell::from(told.native()),
        Cell::from(Status::meant(told.status(), told.disposal()).name()),
        Cell::from(told.entity().map(|entity| &**entity.text())),
        Cell::from(told.user()),
    ]
}

/// Drops who held what until before this day: of stretches that were over by then, and of what no source lists since.
pub(super) async fn purge_holders(tx: &mut Tx, before: Date) -> Result<()> {
    let moment = TimeZone::UTC.to_timestamp(before.at(0, 0, 0, 0))?.as_second();
    let sources: Vec<(i64,)> = tx.rows("SELECT id FROM source ORDER BY id", &[]).await?;
    for (source,) in sources {
        let told = "SELECT native, anonymous, body FROM observation \
                    WHERE source = $1 AND unlisted_since < $2 AND body LIKE '%\"user\":\"%'";
        without_holder(tx, source, told, &[source.into(), moment.into()]).await?;
    }
    let over = "UPDATE spell SET holder = NULL WHERE holder IS NOT NULL AND since < $1 AND ( \
                EXISTS (SELECT 1 FROM spell AS later WHERE later.source = spell.source \
                        AND later.native = spell.native AND later.since > spell.since AND later.since <= $1) \
                OR EXISTS (SELECT 1 FROM observation WHERE observation.source = spell.source \
                           AND observation.native = spell.native AND observation.unlisted_since < $2))";
    tx.run(over, &[before.to_string().into(), moment.into()]).await?;
    Ok(())
}
