//! A bind by the Kerberos ticket of this process (RFC 4752), which ldap3 makes through the C library of MIT Kerberos, in
//! builds with the feature `gssapi`. With `directory.rs`, all that knows ldap3.

use ldap3::{Ldap, LdapError, LdapResult};

use super::refusal;
use crate::Failure;

/// Was this program built with Kerberos?
pub const GSSAPI: bool = cfg!(feature = "gssapi");

#[cfg(feature = "gssapi")]
pub async fn bind(ldap: &mut Ldap, host: &str) -> Result<LdapResult, LdapError> {
    ldap.sasl_gssapi_bind(host).await
}

#[cfg(not(feature = "gssapi"))]
pub async fn bind(_: &mut Ldap, _: &str) -> Result<LdapResult, LdapError> {
    // The settings refuse it before anything is asked.
    Err(LdapError::EndOfStream)
}

/// Why Kerberos made no bind; `None` where it was not Kerberos.
pub fn failure(name: &str, error: &LdapError) -> Option<Failure> {
    said(error).map(|said| refusal::of_ticket(name, said))
}

#[cfg(feature = "gssapi")]
fn said(error: &LdapError) -> Option<&str> {
    match error {
        LdapError::GssapiOperationError(said) => Some(said),
        LdapError::NoGssapiToken => Some(""),
        _ => None,
    }
}

#[cfg(not(feature = "gssapi"))]
fn said(_: &LdapError) -> Option<&str> {
    None
}
