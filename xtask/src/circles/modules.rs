//! What the files of a crate say of their modules, before any name is resolved.

/// A crate as its files have it.
#[derive(Default)]
pub(super) struct Tree {
    /// Names of the files, relative to the top level of the repository. The first is the crate's root.
    pub(super) files: Vec<String>,
    /// The first is the crate's root.
    pub(super) modules: Vec<Module>,
    pub(super) mentions: Vec<Mention>,
}

impl Tree {
    /// The module around a block of code, which is what `self` means there.
    pub(super) fn around(&self, mut module: usize) -> usize {
        while let (true, Some(parent)) = (self.modules[module].is_block, self.modules[module].parent) {
            module = parent;
        }
        module
    }

    /// The module above, which is what `super` means.
    pub(super) fn above(&self, module: usize) -> Option<usize> {
        let parent = self.modules[self.around(module)].parent?;
        Some(self.around(parent))
    }
}

/// A module, or a block of code that declares something of its own.
pub(super) struct Module {
    /// As in `crate::mailcow::api`.
    pub(super) path: String,
    /// Index in [`Tree::files`]. An inline module is in the file of the module around it.
    pub(super) file: usize,
    /// Index in [`Tree::modules`].
    pub(super) parent: Option<usize>,
    pub(super) is_block: bool,
    pub(super) names: Vec<Declared>,
    /// Globs: what is imported is not named.
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

/// A path that something in a file names.
pub(super) struct Mention {
    /// Where it is named: index in [`Tree::modules`].
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
    /// The name of a macro that is called. Those of `macro_rules` are known in modules below without a `use`, too.
    Macro,
}
