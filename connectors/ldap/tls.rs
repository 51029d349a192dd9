//! Whom to believe over TLS, and what it means when a server is not believed.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, ensure};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{CertificateError, ClientConfig, Error, RootCertStore};

/// Trusts the system's authorities (`SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured) and those of `ca_file`; shows
/// `client`, a certificate and its key, to a server that asks for one. All are PEM files.
pub fn config(ca_file: Option<&Path>, client: Option<(&Path, &Path)>) -> anyhow::Result<Arc<ClientConfig>> {
    // An error means that a provider is already installed for the process: ring too, there is no other.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut authorities = RootCertStore::empty();
    // Without any on the system the server is not believed when it is asked, by class `tls`.
    authorities.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        let own = certificates(path).with_context(|| format!("`ca_file`: {}", path.display()))?;
        let (added, _) = authorities.add_parsable_certificates(own);
        ensure!(added > 0, "`ca_file`: {}: holds no certificate that can be read", path.display());
    }
    let builder = ClientConfig::builder().with_root_certificates(authorities);
    let config = match client {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = certificates(certificate)
                .with_context(|| format!("`client_cert_file`: {}", certificate.display()))?;
            let told = || format!("`client_key_file`: {}", key.display());
            // The cause might quote the file.
            let key = PrivateKeyDer::from_pem_file(key).map_err(|_| anyhow!("holds no private key in PEM form"));
            builder.with_client_auth_cert(chain, key.with_context(told)?).with_context(told)?
        }
    };
    Ok(Arc::new(config))
}

fn certificates(path: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let pem = std::fs::read(path).context("cannot be read")?;
    let found = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    let found = found.map_err(|_| anyhow!("is not a PEM file of certificates"))?;
    ensure!(!found.is_empty(), "holds no certificate in PEM form");
    Ok(found)
}

/// Why TLS failed, and what can be done; `None` where it was not TLS. rustls' error travels inside an `io::Error`.
pub fn reason(error: &std::io::Error) -> Option<String> {
    let error = error.get_ref()?.downcast_ref::<Error>()?;
    Some(told(error))
}

/// The same of an error of rustls itself.
pub fn told(error: &Error) -> String {
    let hint = match error {
        Error::InvalidCertificate(wrong) => match wrong {
            CertificateError::UnknownIssuer => {
                "its certificate is of an authority that is not trusted here: name it in `ca_file`"
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its certificate has expired",
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "its certificate is not valid yet: is this machine's clock right?"
            }
            CertificateError::NotValidForName => "its certificate is for another name than that in the address",
            CertificateError::NotValidForNameContext { presented, .. } => {
                if presented.is_empty() {
                    "its certificate names no host (no subjectAltName): it needs another one"
                } else {
                    return format!(
                        "its certificate is for another name than that in the address: for {}",
                        presented.join(", ")
                    );
                }
            }
            _ => return format!("its certificate is not accepted: {error}"),
        },
        Error::AlertReceived(alert) => return format!("it ends TLS with the alert {alert:?}"),
        _ => return error.to_string(),
    };
    hint.to_owned()
}
