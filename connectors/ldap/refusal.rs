//! Result codes of servers (RFC 4511, 4.1.9) as failures, with what can be done. Pure.

use anyhow::anyhow;

use crate::repeated::repeated;
use crate::{Class, Failure};

/// What a bind by Kerberos shows.
pub const TICKET: &str = "the Kerberos ticket";

/// What a server answered to a bind by this. Its own words are not repeated: they may name the account.
pub fn of_bind(host: &str, by: &str, code: u32, text: &str) -> Failure {
    let refuses = format!("refuses {by}");
    let (class, what) = match code {
        // Active Directory gives the cause as a hexadecimal number behind `data` (MS-ERREF 2.2).
        49 => (
            Class::Auth,
            match text.split("data ").nth(1).and_then(|rest| rest.split([',', ' ']).next()) {
                Some("52e") | None => &refuses,
                Some("525") => "knows no account of this name (`bind_dn`)",
                Some("530" | "531") => "lets this account in at other hours or from other machines alone",
                Some("532" | "773") => "says that the password has expired",
                Some("533") => "says that the account is disabled",
                Some("701") => "says that the account has expired",
                Some("775") => "says that the account is locked",
                Some(_) => &refuses,
            },
        ),
        8 if by == TICKET => (
            Class::Auth,
            "takes no Kerberos over TLS (Samba: `ldap server require strong auth = allow_sasl_over_tls`)",
        ),
        8 | 13 => (Class::Auth, "wants TLS first: ldaps:// or `start_tls = true`"),
        7 => (Class::Auth, "does not know this way of binding"),
        48 | 53 => (Class::Auth, "does not let this account bind so"),
        32 | 34 => (Class::Auth, "says that `bind_dn` is no name of an account"),
        51 | 52 | 80 => (Class::Server, "cannot serve now"),
        _ => (Class::Auth, "refuses the bind"),
    };
    Failure::new(class, anyhow!("{host} {what} (result {code})"))
}

/// What Kerberos says instead of a bind. Its own words are not repeated: they may name the account, or its file.
pub fn of_ticket(host: &str, told: &str) -> Failure {
    // As MIT's library says it.
    let known = [
        (
            "No Kerberos credentials",
            "there is no ticket: has kinit got one for this account, and does `KRB5CCNAME` name it?",
        ),
        ("No credentials", "there is no ticket: has kinit got one for this account, and does `KRB5CCNAME` name it?"),
        ("Matching credential not found", "there is no ticket of this server's domain: has kinit got one?"),
        ("xpired", "the ticket has expired: it must be renewed (kinit, k5start)"),
        (
            "not found in Kerberos database",
            "the domain knows no `ldap/` server of this name: say the address by its full name",
        ),
        ("contact any KDC", "no Kerberos server of the domain answers"),
        ("find KDC", "no Kerberos server of the domain is known here (krb5.conf, or the name server)"),
        ("skew", "this machine's clock is not the domain's"),
    ];
    let why = known.iter().find(|(words, _)| told.contains(words)).map_or("Kerberos fails", |(_, why)| why);
    Failure::new(Class::Auth, anyhow!("{host} is not asked: {why}"))
}

/// The result that tells where to ask instead (RFC 4511, 4.1.10).
pub const REFERRAL: u32 = 10;

/// What a server answered to a search below this.
pub fn of_search(host: &str, what: &str, below: &str, code: u32, text: &str) -> Failure {
    let text = repeated(text);
    let (class, why) = match code {
        3 => (Class::Timeout, "took longer than it may: raise its time limit, or `time_limit`".to_owned()),
        4 => (
            Class::Incomplete,
            "stopped at its size limit: its administrator must let this account read all of it page by page (OpenLDAP: \
             `limits … size.prtotal=unlimited`)"
                .to_owned(),
        ),
        11 => (Class::Incomplete, format!("stopped at a limit of its own ({text}): is `page_size` smaller than it?")),
        12 => (Class::Protocol, "knows no pages: `page_size = 0` asks for all at once".to_owned()),
        1 | 8 | 13 | 48 => (Class::Auth, "wants a bind, or TLS, before it answers".to_owned()),
        50 => (Class::Permission, "does not let this account read it".to_owned()),
        32 => (Class::Permission, format!("does not have {below}, or does not let this account see it: is `base` right?")),
        34 => (Class::Other, format!("says that {below} is no distinguished name")),
        REFERRAL => {
            (Class::Other, format!("keeps {below} on another server, to which `follow_referrals` does not lead"))
        }
        51 | 52 | 53 | 80 => (Class::Server, format!("failed: {text}")),
        _ => (Class::Protocol, format!("refused the question: {text}")),
    };
    Failure::new(class, anyhow!("{host}, asked for {what}, {why} (result {code})"))
}
