//! GLPI 9.5, 10 and 11: over REST v1 (`apirest.php`), or over the high-level API that 11 brought (`api.php`).
//! Every harvest asks for everything: edits of accounts and renamed dictionaries leave no trace in an asset's
//! modification date. People are never asked for, unless by their logins.

use std::sync::Arc;

use account::Pricing;
use oauth::{Access, Api};
use session::{Server, Session};
use settings::Settings;

use crate::{Class, Connector, Context, Failure, Harvest, Progress, Source, http};

mod account;
mod extra;
mod itemtype;
mod names;
mod oauth;
mod pages;
mod read;
mod refusal;
pub mod replay;
mod row;
mod session;
mod settings;
#[cfg(test)]
mod tests;
mod translate;
mod v1;
mod v2;

/// GLPI.
pub static CONNECTOR: Connector = Connector {
    name: "glpi",
    sample: include_str!("sample.toml"),
    creates: true,
    reports: read::REPORTS,
    open: |table, context| Ok(Box::new(Glpi::open(table, context)?)),
};

struct Glpi {
    /// REST v1, where there is what to open a session with.
    v1: Option<Arc<Server>>,
    /// The high-level API, where there is what to ask a token with. Asked where the other is not, or is switched off.
    v2: Option<Arc<Api>>,
    asked: Asked,
}

/// What both ways of asking share.
struct Asked {
    /// Rows a page.
    page_size: usize,
    /// How prices are written down.
    pricing: Pricing,
    /// Are people known by their logins? A directory knows them so; the numbers of their accounts nobody else does.
    logins: bool,
    context: Context,
}

impl Glpi {
    fn open(table: toml::Table, context: Context) -> anyhow::Result<Self> {
        let Settings { v1, v2, page_size, pricing, logins } = Settings::read(table, &context, http::PATIENCE)?;
        Ok(Self { v1: v1.map(Arc::new), v2: v2.map(Arc::new), asked: Asked { page_size, pricing, logins, context } })
    }

    async fn over_v2(&self, api: &Arc<Api>, progress: &Progress) -> Result<Harvest, Failure> {
        v2::collect(&mut Access::new(Arc::clone(api), self.asked.page_size), &self.asked, progress).await
    }
}

#[async_trait::async_trait]
impl Source for Glpi {
    async fn collect(&self, progress: &Progress) -> Result<Harvest, Failure> {
        let (v1, v2) = match (&self.v1, &self.v2) {
            (Some(server), v2) => (server, v2),
            (None, Some(api)) => return self.over_v2(api, progress).await,
            (None, None) => {
                return Err(Failure::new(Class::Other, anyhow::anyhow!("there is nothing to log in with")));
            }
        };
        let mut session = Session::new(Arc::clone(v1));
        let harvest = v1::collect(&mut session, &self.asked, progress).await;
        session.close().await;
        match (harvest, v2) {
            // Switched off, or open to others only: the API beside it may not be.
            (Err(failure), Some(api)) if failure.class == Class::Permission && !session.was_opened() => {
                tracing::info!("GLPI refuses REST v1, its high-level API is asked: {:#}", failure.cause);
                self.over_v2(api, progress).await
            }
            (harvest, _) => harvest,
        }
    }

    async fn settle(&self) {
        let Some(server) = &self.v1 else { return };
        let closing = server.closing.lock().map(|mut closing| std::mem::take(&mut *closing)).unwrap_or_default();
        for task in closing {
            // Each ends by itself after a while.
            let _ = task.await;
        }
    }
}
