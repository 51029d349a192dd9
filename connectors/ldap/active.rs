//! May an account be used? What each directory product says of that. Pure.

use jiff::Timestamp;

use super::entry::Entry;
use super::time::{days, filetime, generalised};

/// What is asked for besides. Some are operational: they come only where they are named.
pub const ATTRIBUTES: [&str; 9] = [
    "userAccountControl",
    "accountExpires",
    "pwdAccountLockedTime",
    "shadowExpire",
    "nsAccountLock",
    "loginDisabled",
    "krbPrincipalExpiration",
    "sambaAcctFlags",
    "supannRessourceEtat",
];

/// ACCOUNTDISABLE of `userAccountControl` (MS-ADTS 2.2.16).
const ACCOUNTDISABLE: i64 = 2;
/// Locked for good (draft-behera-ldap-password-policy, 5.3.3). Any other time is that of a lock which ends by itself or
/// with a new password: whoever mistyped one has not left.
const FOR_GOOD: &str = "000001010000Z";

/// Is it enabled? `None` where nothing says so. `garbage` is told of attributes that cannot be read.
pub fn enabled(entry: &Entry, now: Timestamp, mut garbage: impl FnMut(&'static str, &'static str)) -> Option<bool> {
    let mut said: Option<bool> = None;
    for name in ATTRIBUTES {
        for told in entry.texts(name) {
            match one(name, told, now) {
                // Each may forbid; none can allow what another forbids.
                Ok(enabled) => said = Some(enabled && said.unwrap_or(true)),
                Err(reason) => garbage(name, reason),
            }
        }
    }
    said
}

/// What one value says.
fn one(name: &str, told: &str, now: Timestamp) -> Result<bool, &'static str> {
    Ok(match name {
        "userAccountControl" => number(told)? & ACCOUNTDISABLE == 0,
        "accountExpires" => filetime(told)?.is_none_or(|end| end > now),
        "pwdAccountLockedTime" => told != FOR_GOOD,
        // Days since 1970; shadow(5) leaves open what 0 means, and -1 is usual for never.
        "shadowExpire" => match number(told)? {
            day if day <= 0 => true,
            day => days(now) < day,
        },
        "nsAccountLock" | "loginDisabled" => !told.eq_ignore_ascii_case("true"),
        "krbPrincipalExpiration" => generalised(told)? > now,
        // `[UD         ]`: the letter D.
        "sambaAcctFlags" => !told.contains('D'),
        // `{COMPTE}I`: inactive; S: suspended; `{COMPTE}A:SupannSursis`: still open, past the end of activity. Other
        // resources, a mailbox for instance, say nothing of the account.
        _ => match told.strip_prefix("{COMPTE}").map(str::trim) {
            Some(state) => !state.starts_with(['I', 'S']) && !state.to_ascii_lowercase().contains("supannsursis"),
            None => true,
        },
    })
}

fn number(told: &str) -> Result<i64, &'static str> {
    told.parse().map_err(|_| "it is no whole number")
}
