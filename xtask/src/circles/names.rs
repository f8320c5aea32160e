//! Finds the file that defines what a path names, by the compiler's rules.

use std::collections::BTreeSet;

use super::modules::{Meaning, Mention, MentionKind, Tree};

/// A dependency of one file on another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Need {
    /// Indices in [`Tree::files`].
    pub(super) from: usize,
    pub(super) to: usize,
    /// Line in `from`.
    pub(super) line: usize,
    pub(super) is_import: bool,
    /// For example `crate::mailcow::error::Refusal`: the path of the definition, not of the import.
    pub(super) name: String,
}

/// Returns what each file of a crate needs of the others.
pub(super) fn needs(tree: &Tree) -> BTreeSet<Need> {
    let mut found = BTreeSet::new();
    for mention in &tree.mentions {
        let from = tree.modules[mention.module].file;
        for (module, name) in meant(tree, mention) {
            let (to, is_import) = (tree.modules[module].file, matches!(mention.kind, MentionKind::Import | MentionKind::Glob));
            if from != to {
                let name = format!("{}::{name}", tree.modules[module].path);
                found.insert(Need { from, to, line: mention.line, is_import, name });
            }
        }
    }
    found
}

/// Returns the items that a mention refers to, each with the module that defines it.
fn meant<'a>(tree: &'a Tree, mention: &'a Mention) -> Vec<(usize, &'a str)> {
    let mut names = Names { tree, asked: Vec::new() };
    let targets = match (mention.kind, &mention.path[..]) {
        (MentionKind::Macro, [name]) => names.called(mention.module, name),
        _ => names.resolve(mention.module, &mention.path),
    };
    let mut items = Vec::new();
    for target in targets {
        match target {
            Target::Item(module, name) => items.push((module, name)),
            // A glob import is a dependency on the module if that has items of its own. What it re-exports is a dependency only
            // where it is named.
            Target::Module(module) if mention.kind == MentionKind::Glob => {
                let has_items = tree.modules[module].names.iter().any(|name| matches!(name.meaning, Meaning::Item));
                items.extend(has_items.then_some((module, "*")));
            }
            // A module alone is only a part of paths.
            Target::Module(_) => {}
        }
    }
    items
}

#[derive(Clone, Copy)]
enum Target<'a> {
    /// Index in [`Tree::modules`].
    Module(usize),
    /// The module that defines it, and its name there.
    Item(usize, &'a str),
}

struct Names<'a> {
    tree: &'a Tree,
    /// The imports through which names are being resolved, to detect globs that lead back to their start: module, index of the
    /// import, name.
    asked: Vec<(usize, usize, &'a str)>,
}

impl<'a> Names<'a> {
    /// Resolves a path in a module or block; empty if it is not of this crate. A name may have several meanings: a module and a
    /// function, or one item per target.
    fn resolve(&mut self, module: usize, path: &'a [String]) -> Vec<Target<'a>> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        let mut targets = match first.as_str() {
            "crate" => vec![Target::Module(0)],
            "self" => vec![Target::Module(self.tree.around(module))],
            "super" => self.tree.above(module).map(Target::Module).into_iter().collect(),
            name => self.in_scope(module, name),
        };
        for name in rest {
            let modules: Vec<usize> = targets
                .iter()
                .filter_map(|target| if let Target::Module(module) = target { Some(*module) } else { None })
                .collect();
            let mut next = Vec::new();
            let mut is_known = false;
            for module in &modules {
                let found = if name == "super" {
                    self.tree.above(*module).map(|above| vec![Target::Module(above)])
                } else {
                    self.declared(*module, name, None)
                };
                is_known |= found.is_some();
                next.extend(found.unwrap_or_default());
            }
            if is_known {
                targets = next;
            } else if modules.len() == targets.len() {
                // No declaration can be read, so a macro declares it there.
                return modules.into_iter().map(|module| Target::Item(module, name)).collect();
            } else {
                // A variant or an associated function: it belongs to the item before it.
                targets.retain(|target| matches!(target, Target::Item(..)));
                return targets;
            }
        }
        targets
    }

    /// Resolves a single name: in the block, in the surrounding blocks, in the module.
    fn in_scope(&mut self, mut module: usize, name: &'a str) -> Vec<Target<'a>> {
        loop {
            if let Some(found) = self.declared(module, name, None) {
                return found;
            }
            match self.tree.modules[module].parent {
                Some(parent) if self.tree.modules[module].is_block => module = parent,
                _ => return Vec::new(),
            }
        }
    }

    /// Resolves the name of a macro without a path. If none is imported, any parent module may declare it.
    fn called(&mut self, module: usize, name: &'a str) -> Vec<Target<'a>> {
        let mut next = Some(module);
        while let Some(module) = next {
            if let Some(found) = self.declared(module, name, None) {
                return found;
            }
            next = self.tree.modules[module].parent;
        }
        Vec::new()
    }

    /// Resolves a name that a module declares; `None` if it does not. `viewer` is the module that imports everything from it.
    fn declared(&mut self, module: usize, name: &'a str, viewer: Option<usize>) -> Option<Vec<Target<'a>>> {
        let tree = self.tree;
        let is_visible = |is_private: bool| !is_private || viewer.is_none_or(|viewer| is_inside(tree, viewer, module));
        let (mut found, mut is_known) = (Vec::new(), false);
        for (index, declared) in tree.modules[module].names.iter().enumerate() {
            if declared.name != name || !is_visible(declared.is_private) {
                continue;
            }
            match &declared.meaning {
                Meaning::Item => found.push(Target::Item(module, name)),
                Meaning::Module(child) => found.push(Target::Module(*child)),
                Meaning::Import(path) => match self.once((module, index, name), |names| names.resolve(module, path)) {
                    Some(imported) => found.extend(imported),
                    None => continue,
                },
            }
            is_known = true;
        }
        if is_known {
            return Some(found);
        }
        for (index, glob) in tree.modules[module].globs.iter().enumerate().filter(|(_, glob)| is_visible(glob.is_private)) {
            let index = tree.modules[module].names.len() + index;
            let sources = self.once((module, index, name), |names| {
                let sources = names.resolve(module, &glob.path);
                let modules =
                    sources.iter().filter_map(|source| if let Target::Module(source) = source { Some(*source) } else { None });
                modules.filter_map(|source| names.declared(source, name, Some(module))).collect::<Vec<_>>()
            });
            for more in sources.unwrap_or_default() {
                is_known = true;
                found.extend(more);
            }
        }
        is_known.then_some(found)
    }

    /// Resolves a name through an import; `None` if it is already being resolved through this import.
    fn once<T>(&mut self, import: (usize, usize, &'a str), look: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.asked.contains(&import) {
            return None;
        }
        self.asked.push(import);
        let found = look(self);
        self.asked.pop();
        Some(found)
    }
}

/// Returns whether a module is another one or inside it, and so sees its private items.
fn is_inside(tree: &Tree, module: usize, other: usize) -> bool {
    let mut next = Some(module);
    while let Some(module) = next {
        if module == other {
            return true;
        }
        next = tree.modules[module].parent;
    }
    false
}
