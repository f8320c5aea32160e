//! How the extension is built.

/// How much work goes into small files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As shipped: small.
    Release,
    /// Quick to build, readable in the browser's debugger.
    Dev,
}
