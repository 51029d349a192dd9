//! What another program answered for specifications of servers.

use anyhow::{Context, Result};
use domain::quantity::{Estimate, Impact};
use domain::testimony::Moment;
use domain::word::{Criterion, Word};
use sha2::{Digest, Sha256};

use super::Store;

/// What was answered for one specification and criterion.
#[derive(Clone, Debug, PartialEq)]
pub struct Appraised {
    /// The specification's text.
    pub specification: String,
    /// Which impact.
    pub criterion: Criterion,
    /// The answer, or why there is none.
    pub told: std::result::Result<Estimate, String>,
    /// The version of the program.
    pub version: String,
    /// When it was asked.
    pub asked: Moment,
}

/// An answer as it is stored.
#[derive(sqlx::FromRow)]
struct Row {
    specification: String,
    criterion: String,
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    reason: Option<String>,
    version: String,
    asked: i64,
}

impl Store {
    /// Keeps answers, in place of earlier ones for the same specifications.
    ///
    /// # Errors
    /// Where the database fails; nothing is changed then.
    pub async fn keep_appraisals(&self, answers: &[Appraised]) -> Result<()> {
        let keeping = async {
            let mut tx = self.write().await?;
            for answer in answers {
                let figure = answer.told.as_ref().ok();
                let values = [
                    hex::encode(Sha256::digest(&answer.specification)).into(),
                    answer.criterion.name().into(),
                    answer.specification.as_str().into(),
                    figure.map(|figure| figure.value.0).into(),
                    figure.map(|figure| figure.low.0).into(),
                    figure.map(|figure| figure.high.0).into(),
                    answer.told.as_ref().err().map(String::as_str).into(),
                    answer.version.as_str().into(),
                    answer.asked.0.into(),
                ];
                tx.run(
                    "INSERT INTO appraisal \
                     (hash, criterion, specification, value, low, high, reason, version, asked) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (hash, criterion) DO UPDATE SET \
                        specification = excluded.specification, value = excluded.value, low = excluded.low, \
                        high = excluded.high, reason = excluded.reason, version = excluded.version, \
                        asked = excluded.asked",
                    &values,
                )
                .await?;
            }
            tx.commit().await?;
            anyhow::Ok(())
        };
        keeping.await.context("cannot keep what was answered for specifications of servers")
    }

    /// Everything that was answered, by specification and criterion.
    ///
    /// # Errors
    /// Where the database fails or holds what no release writes.
    pub async fn appraisals(&self) -> Result<Vec<Appraised>> {
        let reading = async {
            let mut tx = self.read().await?;
            let rows: Vec<Row> = tx
                .rows(
                    "SELECT specification, criterion, value, low, high, reason, version, asked FROM appraisal \
                     ORDER BY specification, criterion",
                    &[],
                )
                .await?;
            tx.commit().await?;
            rows.into_iter().map(appraised).collect::<Result<Vec<_>>>()
        };
        reading.await.context("cannot read what was answered for specifications of servers")
    }
}

fn appraised(row: Row) -> Result<Appraised> {
    let figure = row.value.zip(row.low).zip(row.high);
    let figure =
        figure.map(|((value, low), high)| Estimate { value: Impact(value), low: Impact(low), high: Impact(high) });
    let criterion = Criterion::parse(&row.criterion);
    Ok(Appraised {
        criterion: criterion.with_context(|| format!("there is no criterion `{}`", row.criterion))?,
        specification: row.specification,
        told: figure.ok_or(row.reason.unwrap_or_default()),
        version: row.version,
        asked: Moment(row.asked),
    })
}
