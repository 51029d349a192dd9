//! GLPI 9.5, 10 and 11 over REST v1 (`apirest.php`): the six asset types with their dictionaries and their accounts
//! (Infocom). Every harvest asks for everything: edits of accounts and renamed dictionaries leave no trace in an
//! asset's modification date. People are never asked for.

use std::sync::Arc;

use read::{DICTIONARIES, ITEM_TYPES, Pricing, REPORTS, Reader};
use session::{Server, Session};
use settings::Settings;

use crate::{Connector, Context, Failure, Harvest, Progress, Source, http};

mod read;
mod refusal;
mod row;
mod session;
mod settings;
#[cfg(test)]
mod tests;

/// GLPI.
pub static CONNECTOR: Connector = Connector {
    name: "glpi",
    sample: include_str!("sample.toml"),
    creates: true,
    reports: REPORTS,
    open: |table, context| Ok(Box::new(Glpi::open(table, context)?)),
};

/// Left out by the server where it can, and once more by the reader: versions differ in what they make of it.
const NO_TEMPLATES: &str = "&searchText%5Bis_template%5D=%5E0%24";

struct Glpi {
    server: Arc<Server>,
    page_size: usize,
    pricing: Pricing,
    context: Context,
}

impl Glpi {
    fn open(table: toml::Table, context: Context) -> anyhow::Result<Self> {
        let Settings { server, page_size, pricing } = Settings::read(table, &context, http::PATIENCE)?;
        Ok(Self { server: Arc::new(server), page_size, pricing, context })
    }

    async fn read(&self, session: &mut Session, progress: &Progress) -> Result<Harvest, Failure> {
        progress.step("session", 0);
        let version = session.version().await?;
        if read::loses_digits(&version) {
            tracing::warn!(version, "before 9.5.12 GLPI turns serial numbers into numbers: zeros are lost");
        }
        let key = self.context.pseudonyms.as_ref().map(|key| (self.context.name.as_str(), key));
        let mut reader = Reader::new(&version, self.pricing, &self.context.rules, key);
        let own = ITEM_TYPES.iter().flat_map(read::ItemType::dictionaries);
        for dictionary in DICTIONARIES.iter().copied().chain(own) {
            if dictionary != "Group" || read::lists_groups(&version) {
                let learn = |row: &_| reader.name(dictionary, row);
                session.list(dictionary, "", self.page_size, progress, learn).await?;
            }
        }
        session.list("Infocom", "", self.page_size, progress, |row| reader.account(row)).await?;
        for itemtype in ITEM_TYPES {
            let take = |row: &_| reader.item(itemtype, row);
            session.list(itemtype.name, NO_TEMPLATES, self.page_size, progress, take).await?;
        }
        Ok(reader.harvest())
    }
}

#[async_trait::async_trait]
impl Source for Glpi {
    async fn collect(&self, progress: &Progress) -> Result<Harvest, Failure> {
        let mut session = Session::new(Arc::clone(&self.server));
        let harvest = self.read(&mut session, progress).await;
        session.close().await;
        harvest
    }
}
