//! `ecoparc forget`: somebody leaves, or asks not to be kept.

use anyhow::Context;

use super::say;
use crate::config::Config;
use crate::store::{Forgotten, Store};

/// Drops the pseudonym of a login from the store, and says where it was.
pub async fn forget(config: &Config, login: &str) -> anyhow::Result<()> {
    let key = config.pseudonyms.as_ref().context("[privacy] tells no `pseudonym_key_file`: nobody is kept")?;
    let pseudonym = key.of(login).context("the login is empty")?;
    let store = Store::open(&config.store).await?;
    let forgotten = store.forget(&pseudonym).await?;
    let nobody = forgotten == Forgotten::default();
    let Forgotten { sources, assets, spells, accounts } = forgotten;
    store.close().await;
    // Neither the login nor its pseudonym: what is printed may be kept.
    say(&format!("forgotten: {assets} assets, {spells} stretches of history, {accounts} accounts"));
    if nobody {
        say("nobody is known by that name; where GLPI is asked without `logins` people are SOURCE:NUMBER");
    }
    if !sources.is_empty() {
        say(&format!("what these still list comes back with their next collection: {}", sources.join(", ")));
    }
    if config.store.is_claimed() {
        say("a daemon runs: it forgets when it reads its configuration again (`systemctl reload ecoparc`)");
    } else if store.is_shared() {
        say("daemons that run forget when they read their configuration again (`systemctl reload ecoparc`)");
    }
    Ok(())
}
