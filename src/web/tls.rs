//! The certificate, as it is on the disk: whoever renews it tells nobody.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_rustls::rustls::ServerConfig;
use tracing::{error, info};

use crate::config::Tls;

/// The files are looked at so often.
const EVERY: Duration = Duration::from_secs(5);

/// Looks at the files for ever. A pair that does not go together, such as one that is half renewed, is told once and leaves
/// the former in force.
pub async fn keep_reading(files: Tls, shown: watch::Sender<Arc<ServerConfig>>) {
    let mut known = files.first.1;
    loop {
        tokio::time::sleep(EVERY).await;
        let looked = files.clone();
        let Ok(now) = tokio::task::spawn_blocking(move || looked.digests()).await else { continue };
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
