//! OCS Inventory NG 2.8 to 2.12: its database (schemas 7039 to 7081), or its REST API, which tells less. Every harvest
//! asks for everything: what people write down touches no date.

use fields::Fields;
use read::{Reader, Words};
use rest::Api;
use settings::Settings;
use sql::Database;

use crate::clock::Clock;
use crate::{Class, Connector, Context, Failure, Harvest, Progress, Source};

mod fields;
mod machine;
mod parts;
mod read;
mod relay;
mod repair;
pub mod replay;
mod rest;
mod screen;
mod settings;
mod sql;
#[cfg(test)]
mod tests;

/// OCS Inventory NG.
pub static CONNECTOR: Connector = Connector {
    name: "ocs",
    sample: include_str!("sample.toml"),
    creates: true,
    reports: read::REPORTS,
    open: |table, context| Ok(Box::new(Ocs::open(table, context)?)),
};

struct Ocs {
    access: Access,
    asked: Asked,
}

/// Whom to ask.
enum Access {
    Sql(Box<Database>),
    Rest(Api),
}

/// What both ways of asking share.
struct Asked {
    /// Machines a page.
    page_size: usize,
    /// The types of the SNMP scan are read too.
    snmp: bool,
    /// Field of the contract, and what the house calls the administrative field that holds it.
    fields: Vec<(&'static domain::record::Field<domain::observation::Facts>, String)>,
    words: Words,
    context: Context,
}

impl Ocs {
    fn open(table: toml::Table, context: Context) -> anyhow::Result<Self> {
        let Settings { access, asked } = Settings::read(table, context)?;
        Ok(Self { access, asked })
    }
}

impl Asked {
    /// A reader that knows the administrative fields; `labelled` where their names and labels were told.
    fn reader(&self, mut fields: Fields, clock: Clock, labelled: bool) -> Result<Reader<'_>, Failure> {
        if let Some(name) = fields.map(&self.fields, labelled).first() {
            let cause = anyhow::anyhow!(
                "`fields`: there is no administrative field `{name}`: there are {}",
                fields.labels().join(", ")
            );
            return Err(Failure::new(Class::Other, cause));
        }
        let known: Vec<&str> = fields.labels();
        let mut named = self.context.rules.0.iter().flat_map(|rule| &rule.when).map(|(field, _)| field.as_str());
        // Columns of the SNMP scan are named so too.
        let snmp = self.context.rules.0.iter().any(|rule| rule.when.iter().any(|(field, _)| field == "type"));
        if let Some(name) = named.find_map(|field| field.strip_prefix("field.").filter(|name| !fields.is_known(name)))
            && labelled
            && !snmp
        {
            let cause =
                anyhow::anyhow!("a rule names `field.{name}`, and there is none: there are {}", known.join(", "));
            return Err(Failure::new(Class::Other, cause));
        }
        Ok(Reader::new(&self.context, clock, &self.words, fields))
    }

    /// A type of the SNMP scan whose table is not to be had: told, and a failure where the operator has named it.
    fn missed_snmp(&self, reader: &mut Reader<'_>, type_name: &str) -> Result<(), Failure> {
        let note = format!("the table of the SNMP scan for {type_name} is not readable by the account");
        if self.words.of_snmp(type_name).is_some() {
            return Err(Failure::new(Class::Permission, anyhow::anyhow!(note)));
        }
        reader.note(note);
        Ok(())
    }
}

#[async_trait::async_trait]
impl Source for Ocs {
    async fn collect(&self, progress: &Progress) -> Result<Harvest, Failure> {
        match &self.access {
            Access::Sql(database) => sql::collect(database, &self.asked, progress).await,
            Access::Rest(api) => rest::collect(api, &self.asked, progress).await,
        }
    }
}
