//! What the files of a crate declare and name, before any name is resolved.

/// A crate, as written in its files.
#[derive(Default)]
pub(super) struct Tree {
    /// Names of the files, relative to the top level of the repository. The first is the crate's root.
    pub(super) files: Vec<String>,
    /// The first is the crate's root.
    pub(super) modules: Vec<Module>,
    pub(super) mentions: Vec<Mention>,
}

impl Tree {
    /// The module around a block of code, which `self` refers to there.
    pub(super) fn around(&self, mut module: usize) -> usize {
        while let (true, Some(parent)) = (self.modules[module].is_block, self.modules[module].parent) {
            module = parent;
        }
        module
    }

    /// The parent module, which `super` refers to.
    pub(super) fn above(&self, module: usize) -> Option<usize> {
        let parent = self.modules[self.around(module)].parent?;
        Some(self.around(parent))
    }
}

/// A module, or a block of code with declarations of its own.
pub(super) struct Module {
    /// For example `crate::mailcow::api`.
    pub(super) path: String,
    /// Index in [`Tree::files`]. An inline module is in the file of the surrounding module.
    pub(super) file: usize,
    /// Index in [`Tree::modules`].
    pub(super) parent: Option<usize>,
    pub(super) is_block: bool,
    pub(super) names: Vec<Declared>,
    /// Glob imports, which do not name what they import.
    pub(super) globs: Vec<Glob>,
}

/// A name that a module declares.
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) is_private: bool,
    pub(super) meaning: Meaning,
}

#[derive(Clone)]
pub(super) enum Meaning {
    /// Type, function, constant, trait, macro.
    Item,
    /// Index in [`Tree::modules`].
    Module(usize),
    /// A `use` of this path.
    Import(Vec<String>),
}

/// A `use path::*`.
pub(super) struct Glob {
    pub(super) path: Vec<String>,
    pub(super) is_private: bool,
}

/// A path that is mentioned in a file.
pub(super) struct Mention {
    /// Where it is mentioned: index in [`Tree::modules`].
    pub(super) module: usize,
    pub(super) line: usize,
    pub(super) path: Vec<String>,
    pub(super) kind: MentionKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MentionKind {
    /// In a `use`.
    Import,
    /// In a `use path::*`.
    Glob,
    /// Anywhere else.
    Path,
    /// The name of a called macro. Those of `macro_rules` are also visible in child modules without a `use`.
    Macro,
}
