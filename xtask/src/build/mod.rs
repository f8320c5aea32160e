//! From Rust and TypeScript to `dist/`.

mod bundle;
mod extension;
mod profile;
mod promises;
mod wasm;
mod www;

use anyhow::Result;

pub(crate) use bundle::{esbuild, types};
pub(crate) use profile::Profile;
pub(crate) use www::serve as serve_www;

use crate::setup;

/// Builds the extension and, where it exists, the site.
pub(crate) fn everything(profile: Profile) -> Result<()> {
    extension(profile)?;
    www::build(profile)
}

/// Builds the unpacked extension for each browser.
pub(crate) fn extension(profile: Profile) -> Result<()> {
    setup::packages()?;
    wasm::build(profile)?;
    extension::build(profile)
}
