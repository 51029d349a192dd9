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
        let rows: Result<Vec<(String, String, i64)>, _> =
            sqlx::query_as("SELECT concern, what, told FROM notice WHERE notifier = ? ORDER BY concern")
                .bind(notifier)
                .fetch_all(&self.reader)
                .await;
        let notice = |(concern, what, told)| Notice { concern, what, told };
        Ok(rows.context("cannot read what was told")?.into_iter().map(notice).collect())
    }

    /// Keeps that a notifier has told of something, or that it is over.
    ///
    /// # Errors
    /// Where the database fails; nothing is changed then.
    pub async fn notice(&self, notifier: &str, notice: &Notice, over: bool) -> Result<()> {
        let keeping = async {
            let mut tx = self.write().await?;
            if over {
                sqlx::query("DELETE FROM notice WHERE notifier = ? AND concern = ?")
                    .bind(notifier)
                    .bind(&notice.concern)
                    .execute(&mut *tx)
                    .await?;
            } else {
                sqlx::query("INSERT OR REPLACE INTO notice (notifier, concern, what, told) VALUES (?, ?, ?, ?)")
                    .bind(notifier)
                    .bind(&notice.concern)
                    .bind(&notice.what)
                    .bind(notice.told)
                    .execute(&mut *tx)
                    .await?;
            }
            tx.commit().await?;
            anyhow::Ok(())
        };
        keeping.await.context("cannot keep what was told")
    }
}
