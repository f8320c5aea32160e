//! Which file defines what a path names, as the compiler finds it.

use std::collections::BTreeSet;

use super::modules::{Meaning, Mention, MentionKind, Tree};

/// Something in one file that needs something in another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Need {
    /// Indices in [`Tree::files`].
    pub(super) from: usize,
    pub(super) to: usize,
    /// Line in `from`.
    pub(super) line: usize,
    pub(super) is_import: bool,
    /// As in `crate::mailcow::error::Refusal`: where it is defined, not by which way it was imported.
    pub(super) name: String,
}

/// What each file of a crate needs of the others.
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

/// The items that are meant, each by the module that defines it.
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
            // Whoever imports all of a module needs it if it has something of its own. What is re-exported there is needed where
            // it is named.
            Target::Module(module) if mention.kind == MentionKind::Glob => {
                let has_items = tree.modules[module].names.iter().any(|name| matches!(name.meaning, Meaning::Item));
                items.extend(has_items.then_some((module, "*")));
            }
            // A module as such is only a part of paths.
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
    /// By which imports names are being looked for, because those may lead back to where they began: module, index among its imports,
    /// name.
    asked: Vec<(usize, usize, &'a str)>,
}

impl<'a> Names<'a> {
    /// What a path means in a module or block; nothing for what is not of this crate. A name may mean several things: a module
    /// and a function, or one thing for each target.
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
                // Nothing that can be read declares it: it comes from a macro there.
                return modules.into_iter().map(|module| Target::Item(module, name)).collect();
            } else {
                // A variant, a function of a type: it belongs to the item in front.
                targets.retain(|target| matches!(target, Target::Item(..)));
                return targets;
            }
        }
        targets
    }

    /// What a name without a path means: in the block, in the blocks around it, in the module.
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

    /// What the name of a macro without a path means. Where none is imported it may be declared in any module above.
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

    /// What a module declares by a name; `None` if nothing. `viewer` is the module that imports everything from it.
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

    /// Looks for a name by an import; `None` if it is being looked for by this import already.
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

/// Whether a module is another one or is in it, so that it sees what is private there.
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
