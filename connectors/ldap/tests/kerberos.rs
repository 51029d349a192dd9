//! A bind by Kerberos to Active Directory as Samba is one. `tests/kerberos` of the repository runs these, each with what
//! it needs: a ticket or none, and hosts of the domain's names.

use super::samba::domain;
use super::*;
use crate::{Class, Failure};

/// Asks this address, by the ticket of this process.
async fn ask(url: &str, more: &str) -> Result<Harvest, Failure> {
    let (_, keys) = domain();
    collect(&keys(&format!("url = '{url}'\nsasl = 'gssapi'\n{more}"))).await
}

async fn check(url: &str, class: Class, says: &str) {
    let failure = ask(url, "").await.expect_err(says);
    let told = format!("{:#}", failure.cause);
    println!("{}: {told}", domain::word::Word::name(failure.class));
    assert_eq!(failure.class, class, "{told}");
    assert!(told.contains(says) && !told.contains('\n'), "{told}");
    // Neither the account nor the ticket's file.
    for word in ["PARC.TEST", "ecoparc@", "FILE:", "krb5cc"] {
        assert!(!told.contains(word), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tests/kerberos gets its ticket"]
async fn a_ticket_reads_what_a_password_reads() {
    let (entries, keys) = domain();
    let told = |harvest: &Harvest| {
        assert!(harvest.complete && harvest.rejects.is_empty(), "{:?}", harvest.rejects);
        let natives: BTreeSet<Text> = harvest.observations.iter().map(|seen| Text::from(seen.native())).collect();
        let accounts: BTreeSet<Text> = harvest.lines.accounts.iter().map(|line| line.native.clone()).collect();
        (natives, agents(harvest), accounts)
    };
    let by_password = told(&collect(&keys("")).await.unwrap());
    println!("{} computers, {} accounts", by_password.0.len(), by_password.2.len());
    assert!(by_password.0.len() == 301 && by_password.2.len() > 300);
    // Bound to the TLS below it (RFC 5929, 4), or to StartTLS.
    for (url, more) in [
        ("ldaps://dc1.parc.test", ""),
        ("ldaps://dc1.parc.test", "page_size = 7"),
        ("ldap://dc1.parc.test", "start_tls = true"),
    ] {
        let harvest = ask(url, more).await.map_err(|failure| format!("{url} {more}: {:#}", failure.cause)).unwrap();
        assert_eq!(told(&harvest), by_password, "{url} {more}");
        names_nobody(&harvest, &entries);
    }
    // Hosts that the domain knows no server by: an address, and a name that is not in the certificate either.
    let by_address =
        keys("").lines().find_map(|line| Some(line.strip_prefix("url = '")?.trim_end_matches('\'').to_owned()));
    check(&by_address.unwrap(), Class::Auth, "the domain knows no `ldap/` server of this name").await;
    check("ldaps://dc9.parc.test", Class::Tls, "for another name than that in the address").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tests/kerberos takes its ticket away"]
async fn no_ticket() {
    check("ldaps://dc1.parc.test", Class::Auth, "there is no ticket: has kinit got one").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tests/kerberos waits for its ticket to expire"]
async fn an_old_ticket() {
    check("ldaps://dc1.parc.test", Class::Auth, "the ticket has expired").await;
}
