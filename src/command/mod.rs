//! The command line.

mod check;
mod compare;
mod declare;
mod discover;
mod documents;
mod explain;
mod factors;
mod forget;
mod report;
mod sample;
mod simulate;
mod sync;
mod token;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use domain::entity::{EntityId, EntityTree};
use domain::reconcile::reconcile;
use domain::snapshot::Snapshot;

use crate::config::Config;
use crate::refresh::{Ground, testimonies};
use crate::store::Store;
use crate::telemetry::Log;
use crate::wording::Lang;

/// The release, the commit it was built from, and the editions of the factors inside.
fn version() -> &'static str {
    let mut version = format!("{} ({})", env!("CARGO_PKG_VERSION"), crate::COMMIT);
    if let Ok(factors) = ::factors::load(&[] as &[PathBuf]) {
        for set in &factors.sets {
            version += &format!("\n{}: {} {}", set.id, set.publisher, set.edition);
        }
    }
    // Asked for once, and needed until the end.
    version.leak()
}

/// What a public body's equipment costs the planet, how long it lasts, and whether the law's reuse targets are met.
#[derive(Parser)]
#[command(name = "ecoparc", version = version(), about, after_help = "Examples:
  ecoparc run --config config/quickstart.toml
  ecoparc check --connect
  ecoparc sync --source glpi-siege")]
pub struct Arguments {
    /// The configuration file
    #[arg(long, global = true, default_value = "/etc/ecoparc/ecoparc.toml", value_name = "FILE")]
    pub config: PathBuf,
    /// How log lines are written
    #[arg(long, global = true, value_enum, default_value = "text")]
    pub log: Log,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Run the daemon: collect, compute, serve the page, the API and the metrics
    ///
    /// SIGTERM and SIGINT stop it; SIGHUP makes it read its configuration again.
    Run,
    /// Validate everything; with --connect ask every source and show what its rules match
    #[command(after_help = "Examples:
  ecoparc check --config config/quickstart.toml
  ecoparc check --connect")]
    Check {
        /// Ask every source, keep nothing
        #[arg(long)]
        connect: bool,
    },
    /// Collect once, into the store
    #[command(after_help = "Example:
  ecoparc sync --source glpi-siege --source achats")]
    Sync {
        /// Only this source; may be given several times
        #[arg(long, value_name = "NAME")]
        source: Vec<String>,
    },
    /// Look for SNMP agents with the credentials of a source, and keep nothing
    #[command(after_help = "Examples:
  ecoparc discover 10.10.8.0/24
  ecoparc discover --source reseau --format json 10.10.8.0/24 sw-coeur.example.fr")]
    Discover {
        /// Addresses, ranges, names; by default those of the source
        targets: Vec<String>,
        /// The source whose credentials are shown; needed where several are of type snmp
        #[arg(long, value_name = "NAME")]
        source: Option<String>,
        /// How what is found is written
        #[arg(long, value_enum, default_value = "text")]
        format: discover::Format,
    },
    /// Tell how a figure was reached, step by step
    #[command(after_help = "Examples:
  ecoparc explain glpi-siege:Computer/12
  ecoparc explain --kind laptop --manufacturer Dell --model 'Latitude 5440'
  ecoparc explain footprint --kind laptop
  ecoparc explain reuse-spend --year 2026
  ecoparc explain reuse-exits --year 2026")]
    Explain {
        /// An asset's id (`SOURCE:NATIVE_ID`), `footprint`, `reuse-spend` or `reuse-exits`
        what: Option<String>,
        /// The factor of a kind; with `footprint`, only this kind
        #[arg(long)]
        kind: Option<String>,
        /// With `footprint`, only this entity
        #[arg(long, requires = "what")]
        entity: Option<String>,
        /// … made by
        #[arg(long, requires = "kind")]
        manufacturer: Option<String>,
        /// … of this model
        #[arg(long, requires = "kind")]
        model: Option<String>,
        /// The civil year of `reuse-spend` and `reuse-exits`
        #[arg(long)]
        year: Option<i16>,
    },
    /// Tell why the annual footprint of one day is not that of another, cause by cause
    #[command(after_help = "Examples:
  ecoparc compare --from 2025-12-31
  ecoparc compare --from 2024-12-31 --to 2025-12-31")]
    Compare {
        /// The first day
        #[arg(long, value_name = "DATE")]
        from: jiff::civil::Date,
        /// The second day; today where none is told
        #[arg(long, value_name = "DATE")]
        to: Option<jiff::civil::Date>,
    },
    /// Tell what a scenario would change over five years, beside the course that things take today
    #[command(after_help = "Examples:
  ecoparc simulate config/scenarios/portables-6-ans.toml
  ecoparc simulate config/scenarios/moitie-reconditionne.toml --entity ccas --format json")]
    Simulate {
        /// The scenario
        #[arg(value_name = "SCENARIO.toml")]
        scenario: PathBuf,
        /// Only this entity and what lies below it
        #[arg(long, value_name = "ENTITY")]
        entity: Option<String>,
        /// How it is written
        #[arg(long, value_enum, default_value = "text")]
        format: simulate::Format,
    },
    /// Write the AGEC declaration of a civil year, in the national schema
    ///
    /// What is doubtful is told, and a file that is known to be wrong is not written. What has changed since the
    /// declaration was handed in is told too.
    #[command(after_help = "Examples:
  ecoparc declare --year 2025 --output declaration-2025.csv
  ecoparc declare --year 2025 --split siret --output declarations/
  ecoparc declare --year 2025 --entity ccas --filed 2026-06-15")]
    Declare {
        /// The civil year of the spending
        #[arg(long)]
        year: i16,
        /// Only the buyers within this entity: each with all that it bought
        #[arg(long, value_name = "ENTITY")]
        entity: Option<String>,
        /// A file for each buyer
        #[arg(long, value_enum, value_name = "BY")]
        split: Option<Split>,
        /// The file, or with --split the folder; standard output where none is told
        #[arg(long, value_name = "PATH")]
        output: Option<PathBuf>,
        /// It was handed in on this day: the file is kept, and later changes are told
        #[arg(long, value_name = "DATE")]
        filed: Option<jiff::civil::Date>,
        /// Write a file that is known to be wrong, or in the place of one that was handed in
        #[arg(long)]
        force: bool,
    },
    /// Write the year's report: for an elected official, a strategy's follow-up, or a spreadsheet
    ///
    /// What people wrote in the folder of `[report] notes` is merged into it at every run.
    #[command(after_help = "Examples:
  ecoparc report --year 2026 --output bilan-2026.html
  ecoparc report --year 2025 --at 2026-03-01 --entity ccas --format md
  ecoparc report --year 2025 --split siret --output bilans/")]
    Report {
        /// The civil year
        #[arg(long, value_parser = clap::value_parser!(i16).range(2000..=2999))]
        year: i16,
        /// Seen at the end of this day; the year's last one, or today, where none is told
        #[arg(long, value_name = "DATE")]
        at: Option<jiff::civil::Date>,
        /// Only this entity, with what lies below it
        #[arg(long, value_name = "ENTITY")]
        entity: Option<String>,
        /// A report for each town, and one for all of them
        #[arg(long, value_enum, value_name = "BY")]
        split: Option<Split>,
        /// How it is written
        #[arg(long, value_enum, default_value = "html")]
        format: report::Format,
        /// In which language
        #[arg(long, value_enum, default_value = "fr")]
        lang: Lang,
        /// The file, or with --split the folder; standard output where none is told
        #[arg(long, value_name = "PATH")]
        output: Option<PathBuf>,
    },
    /// Copy the store to a file while the daemon runs
    ///
    /// The copy is a store: stop the daemon, put it in the place of `[store] url`, and start again.
    #[command(after_help = "Example:
  ecoparc backup /var/backups/ecoparc-2026-11-27.db")]
    Backup {
        /// The copy; it must not exist yet
        file: PathBuf,
    },
    /// Drop a person's pseudonym from all that is kept: holders, their history, accounts
    ///
    /// A source that still lists the login brings it back: have it taken out there first. Copies keep what they hold.
    #[command(after_help = "Examples:
  ecoparc forget j.martin
  ecoparc forget glpi-siege:42")]
    Forget {
        /// The login, as the sources spell it; SOURCE:NUMBER for an account that GLPI tells by its number alone
        login: String,
    },
    /// The factor sets in use, and every assumption
    Factors {
        /// Read and check a folder of local factors instead, by itself beside the sets that ship
        #[arg(long, value_name = "DIR")]
        check: Option<PathBuf>,
    },
    /// Print a commented configuration, of one connector or whole
    SampleConfig {
        /// The type of its sources
        connector: Option<String>,
    },
    /// Write man pages and completions for bash, zsh and fish into a folder
    #[command(hide = true)]
    Documents {
        /// The folder; it is made
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Make an API token: its text is printed once, its hash goes into the configuration
    Token {
        /// A name for the log
        name: String,
    },
}

/// What makes a file of its own.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Split {
    /// Each buyer
    Siret,
}

/// Does what was asked.
pub async fn execute(arguments: Arguments, config: Option<Config>) -> anyhow::Result<ExitCode> {
    let known = || anyhow::anyhow!("this command needs a configuration");
    match arguments.command {
        Command::Run => crate::daemon::run(&arguments.config, config.ok_or_else(known)?).await?,
        Command::Check { connect } => return check::check(&config.ok_or_else(known)?, connect).await,
        Command::Sync { source } => return sync::sync(&config.ok_or_else(known)?, &source).await,
        Command::Discover { targets, source, format } => {
            discover::discover(&config.ok_or_else(known)?, source.as_deref(), &targets, format).await?;
        }
        Command::Explain { what, kind, entity, manufacturer, model, year } => {
            let config = config.ok_or_else(known)?;
            match (&what, &kind) {
                (None, Some(kind)) => explain::kind(&config, kind, manufacturer.as_deref(), model.as_deref())?,
                (Some(what), _) if what != "footprint" && (kind.is_some() || entity.is_some()) => {
                    anyhow::bail!("--kind and --entity are for `explain footprint`");
                }
                _ => {
                    let asked = explain::Asked { kind: kind.as_deref(), entity: entity.as_deref() };
                    explain::figure(&config, what.as_deref(), year, asked).await?;
                }
            }
        }
        Command::Compare { from, to } => compare::days(&config.ok_or_else(known)?, from, to).await?,
        Command::Simulate { scenario, entity, format } => {
            simulate::scenario(&config.ok_or_else(known)?, &scenario, entity.as_deref(), format).await?;
        }
        Command::Declare { year, entity, split, output, filed, force } => {
            let asked = declare::Asked { year, entity, split: split.is_some(), output, filed, force };
            declare::declare(&config.ok_or_else(known)?, &asked).await?;
        }
        Command::Report { year, at, entity, split, format, lang, output } => {
            let asked = report::Asked { year, at, entity, split: split.is_some(), format, lang, output };
            report::report(&config.ok_or_else(known)?, &asked).await?;
        }
        Command::Backup { file } => {
            let config = config.ok_or_else(known)?;
            let store = Store::open(&config.store).await?;
            store.backup(&file).await?;
            store.close().await;
        }
        Command::Forget { login } => forget::forget(&config.ok_or_else(known)?, &login).await?,
        Command::Factors { check: Some(folder) } => factors::check(&folder)?,
        Command::Factors { check: None } => factors::list(&config.ok_or_else(known)?)?,
        Command::Documents { folder } => documents::write(&folder)?,
        Command::SampleConfig { connector } => sample::sample(connector.as_deref())?,
        Command::Token { name } => token::make(&name)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The fleet as the store tells it, and what it is measured with.
async fn fleet(config: &Config) -> anyhow::Result<(Ground, Snapshot)> {
    let mut ground = Ground::of(config)?;
    let store = Store::open(&config.store).await?;
    let testimonies = testimonies(&store, config).await?;
    ground.look_up(&store).await;
    store.close().await;
    let snapshot = reconcile(&testimonies, &ground.rules);
    Ok((ground, snapshot))
}

/// The entity of this id or name.
fn entity_named(entities: &EntityTree, name: &str) -> anyhow::Result<EntityId> {
    entities.find(name).with_context(|| match entities.called(name)[..] {
        [] => format!("no entity is called `{name}`"),
        _ => format!("several entities are called `{name}`: write the id of one"),
    })
}

/// Writes a file, in the place of one that is there.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Prints lines for the person who called; a closed pipe is no fault.
pub(crate) fn say(text: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n"));
}
