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
                let values =
                    [siret.as_str().into(), i64::from(*year).into(), day.to_string().into(), file.as_str().into()];
                let keep = "INSERT INTO filing (siret, year, day, file) VALUES ($1, $2, $3, $4) \
                            ON CONFLICT (siret, year) DO UPDATE SET day = excluded.day, file = excluded.file";
                tx.run(keep, &values).await?;
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
            let mut tx = self.read().await?;
            let rows: Vec<(String, i64, String, String)> =
                tx.rows("SELECT siret, year, day, file FROM filing ORDER BY siret, year", &[]).await?;
            tx.commit().await?;
            let filed = |(siret, year, day, file): (String, i64, String, String)| {
                Ok(Filed { siret, year: i16::try_from(year)?, day: day.parse()?, file })
            };
            rows.into_iter().map(filed).collect::<Result<Vec<_>>>()
        };
        reading.await.context("cannot read what was handed in")
    }
}
