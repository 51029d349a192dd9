//! What somebody was told of, and is not over.

use anyhow::{Context, Result};

use super::Store;

/// One thing that a notifier has told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about, for programs.
    pub concern: String,
    /// In words, as it was told.
    pub what: String,
    /// Told at, in seconds since 1970.
    pub told: i64,
}

impl Store {
    /// What a notifier has told of, by concern.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn notices(&self, notifier: &str) -> Result<Vec<Notice>> {
        let reading = async {
            let mut tx = self.read().await?;
            let told = "SELECT concern, what, told FROM notice WHERE notifier = $1 ORDER BY concern";
            let rows: Vec<(String, String, i64)> = tx.rows(told, &[notifier.into()]).await?;
            tx.commit().await?;
            anyhow::Ok(rows)
        };
        let notice = |(concern, what, told)| Notice { concern, what, told };
        Ok(reading.await.context("cannot read what was told")?.into_iter().map(notice).collect())
    }

    /// Keeps that a notifier has told of something, or that it is over.
    ///
    /// # Errors
    /// Where the database fails; nothing is changed then.
    pub async fn notice(&self, notifier: &str, notice: &Notice, over: bool) -> Result<()> {
        let keeping = async {
            let mut tx = self.write().await?;
            let Notice { concern, what, told } = notice;
            if over {
                let forget = "DELETE FROM notice WHERE notifier = $1 AND concern = $2";
                tx.run(forget, &[notifier.into(), concern.as_str().into()]).await?;
            } else {
                let keep = "INSERT INTO notice (notifier, concern, what, told) VALUES ($1, $2, $3, $4) \
                            ON CONFLICT (notifier, concern) DO UPDATE SET what = excluded.what, told = excluded.told";
                let values = [notifier.into(), concern.as_str().into(), what.as_str().into(), (*told).into()];
                tx.run(keep, &values).await?;
            }
            tx.commit().await?;
            anyhow::Ok(())
        };
        keeping.await.context("cannot keep what was told")
    }
}
