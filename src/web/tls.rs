//! The certificate, as it is on the disk: whoever renews it tells nobody.

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::watch;
use tokio_rustls::rustls::ServerConfig;
use tracing::{error, info};

use crate::config::Tls;

/// The files are looked at so often.
const EVERY: Duration = Duration::from_secs(5);

/// Looks at the files for ever. A pair that does not go together, such as one that is half renewed, is told once and leaves
/// the former in force.
pub async fn keep_reading(files: Tls, shown: watch::Sender<Arc<ServerConfig>>) {
    let mut known = digest(&files).await;
    loop {
        tokio::time::sleep(EVERY).await;
        let now = digest(&files).await;
        if now == known {
            continue;
        }
        known = now;
        match files.read() {
            Ok(config) => {
                shown.send_replace(config);
                info!(certificate = %files.cert_file.display(), "renewed");
            }
            Err(error) => error!("the new certificate is refused, the old one stays in force: {error:#}"),
        }
    }
}

/// What tells one pair of files from another; nothing for a file that cannot be read.
async fn digest(files: &Tls) -> [[u8; 32]; 2] {
    let mut digests = [[0; 32]; 2];
    for (digest, file) in digests.iter_mut().zip([&files.cert_file, &files.key_file]) {
        if let Ok(bytes) = tokio::fs::read(file).await {
            *digest = Sha256::digest(&bytes).into();
        }
    }
    digests
}
