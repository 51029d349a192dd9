//! One daemon a file. SQLite would let two write by turns, each telling the world what it alone has read back.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use super::{Place, sqlite};

/// The right of one daemon to a file: held until it is dropped, or its process ends, however that may be.
#[derive(Debug)]
pub struct Claim {
    lock: PathBuf,
    _held: File,
}

impl Place {
    /// Claims the file for a daemon; goes on with the claim of `before` where that is of the same file. `None` on a server,
    /// which replicas share.
    ///
    /// # Errors
    /// Where another daemon has it, or the lock beside it cannot be opened.
    pub fn claim(&self, before: Option<&Arc<Claim>>) -> Result<Option<Arc<Claim>>> {
        let Some(lock) = self.lock()? else { return Ok(None) };
        if let Some(before) = before.filter(|before| before.lock == lock) {
            return Ok(Some(before.clone()));
        }
        // A file of its own: SQLite's locks on the database would go with the first handle that is closed.
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let held = options.open(&lock).with_context(|| format!("cannot open the store's lock {}", lock.display()))?;
        match held.try_lock() {
            Ok(()) => Ok(Some(Arc::new(Claim { lock, _held: held }))),
            Err(TryLockError::WouldBlock) => bail!(
                "another ecoparc runs on this store ({} is locked): stop it, or share a PostgreSQL",
                lock.display()
            ),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", lock.display())),
        }
    }

    /// Does a daemon run on this file at present? On a server that cannot be told.
    pub fn is_claimed(&self) -> bool {
        let lock = self.lock().ok().flatten().and_then(|lock| File::open(lock).ok());
        lock.is_some_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// The lock beside the file; the same by whatever name the file is reached.
    fn lock(&self) -> Result<Option<PathBuf>> {
        let Some(name) = self.url.strip_prefix("sqlite://") else { return Ok(None) };
        let file = sqlite::file_of(name, &self.base)?;
        // A file that does not exist yet is reached by its folder; opening says it where there is none either.
        let named = || Some(file.parent()?.canonicalize().ok()?.join(file.file_name()?));
        let mut lock = file.canonicalize().ok().or_else(named).unwrap_or(file).into_os_string();
        lock.push("-lock");
        Ok(Some(lock.into()))
    }
}
