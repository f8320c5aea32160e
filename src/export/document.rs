//! Documents, before they are written in a format.

use serde::Deserialize;
use tsify::Tsify;

/// What kind of block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// The heading of the document.
    Title,
    /// The heading of a section.
    Heading,
    Paragraph,
    /// An item of a list.
    Item,
    /// An item of a numbered list.
    Step,
}

impl BlockKind {
    /// Whether a block of this kind belongs to the list that the block before it is in.
    pub(super) fn continues(self, before: Option<Self>) -> bool {
        before == Some(self) && matches!(self, Self::Item | Self::Step)
    }
}

/// A part of a block.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Tsify)]
#[serde(tag = "kind", content = "text", rename_all = "snake_case")]
pub enum Inline {
    /// A text of Cowbell.
    Text(String),
    /// A value, which may come from a server.
    Value(String),
    /// The address of a page, which the reader is to open.
    Link(String),
}

/// A block of a document.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Tsify)]
pub struct Block {
    /// What kind.
    pub kind: BlockKind,
    /// Its content, which becomes one line.
    pub parts: Vec<Inline>,
}
