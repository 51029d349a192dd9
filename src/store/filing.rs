//! Declarations that were handed in.

use anyhow::{Context, Result};
use jiff::civil::Date;

use super::Store;

/// A declaration of one buyer and civil year, as it was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The buyer.
    pub siret: String,
    /// The civil year.
    pub year: i16,
    /// Handed in on.
    pub day: Date,
    /// The file.
    pub file: String,
}

impl Store {
    /// Keeps what was handed in, in place of what was said before of the same buyers and year.
    ///
    /// # Errors
    /// Where the database fails; nothing is changed then.
    pub async fn file(&self, filed: &[Filed]) -> Result<()> {
        let keeping = async {
            let mut tx = self.write().await?;
            for Filed { siret, year, day, file } in filed {
                sqlx::query("INSERT OR REPLACE INTO filing (siret, year, day, file) VALUES (?, ?, ?, ?)")
                    .bind(siret)
                    .bind(year)
                    .bind(day.to_string())
                    .bind(file)
                    .execute(&mut *tx)
                    .await?;
            }
            tx.commit().await?;
            anyhow::Ok(())
        };
        keeping.await.context("cannot keep what was handed in")
    }

    /// Everything that was handed in, by buyer and year.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn filings(&self) -> Result<Vec<Filed>> {
        let reading = async {
            let rows: Vec<(String, i16, String, String)> =
                sqlx::query_as("SELECT siret, year, day, file FROM filing ORDER BY siret, year")
                    .fetch_all(&mut *self.reader.acquire().await?)
                    .await?;
            let filed = |(siret, year, day, file): (String, i16, String, String)| {
                Ok(Filed { siret, year, day: day.parse()?, file })
            };
            rows.into_iter().map(filed).collect::<Result<Vec<_>>>()
        };
        reading.await.context("cannot read what was handed in")
    }
}
