//! `ecoparc documents`: what a package carries beside the binary, made of the command line itself.

use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::{Shell, generate_to};

use super::Arguments;

/// Writes `man/ecoparc.1` with a page a command, and `completions/`, into a folder.
pub fn write(folder: &Path) -> anyhow::Result<()> {
    // The commit and the factors inside would make another page of each build.
    let command = || Arguments::command().version(env!("CARGO_PKG_VERSION"));
    let writing = || {
        let (man, completions) = (folder.join("man"), folder.join("completions"));
        std::fs::create_dir_all(&man)?;
        std::fs::create_dir_all(&completions)?;
        clap_mangen::generate_to(command(), &man)?;
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            generate_to(shell, &mut command(), "ecoparc", &completions)?;
        }
        std::io::Result::Ok(())
    };
    writing().with_context(|| format!("cannot write into {}", folder.display()))
}
