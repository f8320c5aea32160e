//! Reads the files of a crate, starting at its root, as the compiler does.

use anyhow::{Context as _, Result, anyhow, bail};
use proc_macro2::{Spacing, Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, ImplItem, Item, Lit, Meta, Stmt, Token, TraitItem, UseTree, Visibility};

use super::modules::{Declared, Glob, Meaning, Mention, MentionKind, Module, Tree};

/// Returns the text of a file, `None` if there is no such file.
pub(super) type Read<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Reads a crate whose root file is `root`.
///
/// # Errors
/// If a file does not exist or is not valid Rust.
pub(super) fn walk(root: &str, read: &Read<'_>) -> Result<Tree> {
    let mut walker = Walker {
        read,
        tree: Tree::default(),
        module: 0,
        children: folder_of(root).to_owned(),
        is_left_out: false,
        is_inline: false,
        error: None,
    };
    walker.file(root, "crate".to_owned(), None)?;
    Ok(walker.tree)
}

struct Walker<'a> {
    read: &'a Read<'a>,
    tree: Tree,
    /// The module or block that is being read.
    module: usize,
    /// Folder of the files of its child modules.
    children: String,
    /// Whether it is in the unit tests of a file. What those use is ignored, but not what they declare.
    is_left_out: bool,
    /// Whether it is in an inline module.
    is_inline: bool,
    /// The first error, stored because a visitor returns no results.
    error: Option<anyhow::Error>,
}

impl Walker<'_> {
    fn file(&mut self, name: &str, path: String, parent: Option<usize>) -> Result<usize> {
        let text = (self.read)(name).with_context(|| format!("{name} is not there"))?;
        let parsed = syn::parse_file(&text).map_err(|error| anyhow!("{name}:{}: {error}", line(error.span())))?;
        self.tree.files.push(name.to_owned());
        let file = self.tree.files.len() - 1;
        let module = self.module(Module { path, file, parent, is_block: false, names: Vec::new(), globs: Vec::new() });
        self.inside(module, |walker| walker.items(&parsed.items.iter().collect::<Vec<_>>()));
        self.error.take().map_or(Ok(module), Err)
    }

    fn module(&mut self, module: Module) -> usize {
        self.tree.modules.push(module);
        self.tree.modules.len() - 1
    }

    fn inside(&mut self, module: usize, read: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.module, module);
        read(self);
        self.module = outer;
    }

    fn items(&mut self, items: &[&Item]) {
        for item in items {
            self.visit_item(item);
        }
    }

    fn declare(&mut self, ident: &Ident, visibility: Option<&Visibility>, meaning: Meaning) {
        let is_private = visibility.is_none_or(|visibility| matches!(visibility, Visibility::Inherited));
        self.tree.modules[self.module].names.push(Declared { name: text(ident), is_private, meaning });
    }

    fn mention(&mut self, span: Span, path: Vec<String>, kind: MentionKind) {
        if !self.is_left_out {
            self.tree.mentions.push(Mention { module: self.module, line: line(span), path, kind });
        }
    }

    /// Splits a `use`. `path` is what precedes the tree.
    fn import(&mut self, tree: &UseTree, path: &[String], visibility: &Visibility) {
        let and = |ident: &Ident| [path, &[text(ident)]].concat();
        match tree {
            UseTree::Path(tree) => self.import(&tree.tree, &and(&tree.ident), visibility),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, path, visibility)),
            UseTree::Name(name) => self.import_one(&name.ident, and(&name.ident), None, visibility),
            UseTree::Rename(renamed) => self.import_one(&renamed.ident, and(&renamed.ident), Some(&renamed.rename), visibility),
            UseTree::Glob(glob) => {
                let is_private = matches!(visibility, Visibility::Inherited);
                if is_private {
                    self.mention(glob.star_token.spans[0], path.to_vec(), MentionKind::Glob);
                }
                self.tree.modules[self.module].globs.push(Glob { path: path.to_vec(), is_private });
            }
        }
    }

    fn import_one(&mut self, ident: &Ident, mut path: Vec<String>, renamed: Option<&Ident>, visibility: &Visibility) {
        // `a::b::{self}` means `a::b`.
        if path.len() > 1 {
            path.pop_if(|last| *last == "self");
        }
        // What is re-exported is used by the modules that import it from here.
        if matches!(visibility, Visibility::Inherited) {
            self.mention(ident.span(), path.clone(), MentionKind::Import);
        }
        let name = renamed.map_or_else(|| path.last().cloned().unwrap_or_default(), text);
        let is_private = matches!(visibility, Visibility::Inherited);
        self.tree.modules[self.module].names.push(Declared { name, is_private, meaning: Meaning::Import(path) });
    }

    /// Reads a `mod`, inline or with a file of its own.
    fn child(&mut self, item: &syn::ItemMod) -> Result<()> {
        let name = text(&item.ident);
        let path = format!("{}::{name}", self.tree.modules[self.tree.around(self.module)].path);
        let place = format!("{}/{name}", self.children);
        let (here, file) = (self.module, self.tree.modules[self.module].file);
        let outer = (self.children.clone(), self.is_left_out, self.is_inline);
        let module = if let Some((_, items)) = &item.content {
            (self.children, self.is_inline) = (place, true);
            let module =
                self.module(Module { path, file, parent: Some(here), is_block: false, names: Vec::new(), globs: Vec::new() });
            self.inside(module, |walker| walker.items(&items.iter().collect::<Vec<_>>()));
            module
        } else {
            let files = match path_attribute(&item.attrs) {
                Some(path) if self.is_inline => vec![joined(&self.children, &path)],
                Some(path) => vec![joined(folder_of(&self.tree.files[file]), &path)],
                None => vec![format!("{place}.rs"), format!("{place}/mod.rs")],
            };
            let Some(found) = files.iter().find(|file| (self.read)(file).is_some()) else {
                let at = format!("{}:{}", self.tree.files[file], line(item.ident.span()));
                bail!("{at}: the file of `mod {name}` is not there: {}", files.join(", "));
            };
            // The child modules of a `mod.rs` and of a file named by `#[path]` are beside them.
            self.children = if found.ends_with(&format!("{place}.rs")) { place.clone() } else { folder_of(found).to_owned() };
            // A file of tests counts like any other. Only tests in a file with other code are ignored.
            (self.is_left_out, self.is_inline) = (false, false);
            self.file(found, path, Some(here))?
        };
        (self.children, self.is_left_out, self.is_inline) = outer;
        self.declare(&item.ident, Some(&item.vis), Meaning::Module(module));
        Ok(())
    }

    /// Reads paths from the arguments of a macro, or from its rules, whose meaning is unknown.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut start = Span::call_site();
        // The number of dots and colons directly before the token.
        let (mut dots, mut colons) = (0, 0);
        for token in tokens {
            match &token {
                TokenTree::Ident(ident) => {
                    let goes_on = colons == 2 && !path.is_empty();
                    if !goes_on {
                        self.path_in_tokens(start, &mut path);
                        start = ident.span();
                    }
                    // After a single dot it is a field or method. After two colons without a name before them, it belongs to
                    // another crate, or to a type that is named earlier.
                    if goes_on || (dots != 1 && colons != 2) {
                        path.push(text(ident));
                    }
                    (dots, colons) = (0, 0);
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    // Before a single colon it is a field or a new variable.
                    if colons == 0 && punct.spacing() == Spacing::Alone && path.len() == 1 {
                        path.clear();
                    }
                    (dots, colons) = (0, colons + 1);
                }
                other => {
                    self.path_in_tokens(start, &mut path);
                    let is_dot = matches!(other, TokenTree::Punct(punct) if punct.as_char() == '.');
                    (dots, colons) = (if is_dot { dots + 1 } else { 0 }, 0);
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.path_in_tokens(start, &mut path);
    }

    fn path_in_tokens(&mut self, start: Span, path: &mut Vec<String>) {
        if !path.is_empty() {
            self.mention(start, std::mem::take(path), MentionKind::Path);
        }
    }

    /// Reads paths from the strings in an attribute, as in `#[serde(with = "super::time")]`.
    fn texts(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.texts(group.stream()),
                TokenTree::Literal(literal) => {
                    let span = literal.span();
                    if let Lit::Str(text) = Lit::new(literal)
                        && let Ok(path) = text.parse::<syn::Path>()
                        && path.segments.len() > 1
                    {
                        self.mention(span, segments(&path), MentionKind::Path);
                    }
                }
                _ => {}
            }
        }
    }

    /// Ignores what is compiled for unit tests only.
    fn unless_test(&mut self, attributes: &[Attribute], read: impl FnOnce(&mut Self)) {
        let outer = self.is_left_out;
        self.is_left_out |= attributes.iter().any(is_for_tests);
        read(self);
        self.is_left_out = outer;
    }
}

impl<'ast> Visit<'ast> for Walker<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Const(item) => self.declare(&item.ident, Some(&item.vis), Meaning::Item),
            Item::Enum(item) => self.declare(&item.ident, Some(&item.vis), Meaning::Item),
            Item::Fn(item) => self.declare(&item.sig.ident, Some(&item.vis), Meaning::Item),
            Item::Static(item) => self.declare(&item.ident, Some(&item.vis), Meaning::Item),
            Item::Struct(item) => self.declare(&item.ident, Some(&item.vis), Meaning::Item),
            Item::Trait(item) => self.declare(&item.ident, Some(&item.vis), Meaning::Item),
            Item::Type(item) => self.declare(&item.ident, Some(&item.vis), Meaning::Item),
            Item::Union(item) => self.declare(&item.ident, Some(&item.vis), Meaning::Item),
            Item::Macro(syn::ItemMacro { ident: Some(ident), .. }) => self.declare(ident, None, Meaning::Item),
            _ => {}
        }
        self.unless_test(attributes(item), |walker| visit::visit_item(walker, item));
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        // `use ::name` refers to another crate.
        if item.leading_colon.is_none() {
            self.import(&item.tree, &[], &item.vis);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if let Err(error) = self.child(item) {
            self.error.get_or_insert(error);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Const(item) => &item.attrs[..],
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            ImplItem::Macro(item) => &item.attrs,
            _ => &[],
        };
        self.unless_test(attributes, |walker| visit::visit_impl_item(walker, item));
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        let attributes = match item {
            TraitItem::Const(item) => &item.attrs[..],
            TraitItem::Fn(item) => &item.attrs,
            TraitItem::Type(item) => &item.attrs,
            TraitItem::Macro(item) => &item.attrs,
            _ => &[],
        };
        self.unless_test(attributes, |walker| visit::visit_trait_item(walker, item));
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        if !block.stmts.iter().any(|statement| matches!(statement, Stmt::Item(_))) {
            return visit::visit_block(self, block);
        }
        let around = &self.tree.modules[self.module];
        let (path, file, parent) = (around.path.clone(), around.file, Some(self.module));
        let module = self.module(Module { path, file, parent, is_block: true, names: Vec::new(), globs: Vec::new() });
        self.inside(module, |walker| visit::visit_block(walker, block));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let Some(first) = path.segments.first()
            && path.leading_colon.is_none()
        {
            self.mention(first.ident.span(), segments(path), MentionKind::Path);
        }
        visit::visit_path(self, path);
    }

    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        // A constant, which looks like a new variable.
        if pattern.ident.to_string().starts_with(char::is_uppercase) {
            self.mention(pattern.ident.span(), vec![text(&pattern.ident)], MentionKind::Path);
        }
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        if let Some(first) = called.path.segments.first() {
            self.mention(first.ident.span(), segments(&called.path), MentionKind::Macro);
        }
        self.tokens(called.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        match &attribute.meta {
            Meta::List(list) if !list.path.is_ident("cfg") => {
                self.tokens(list.tokens.clone());
                self.texts(list.tokens.clone());
            }
            // A link in a comment is no dependency.
            _ => {}
        }
    }

    /// Skips `pub(in path)`, which names a module without depending on it.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") && attribute.parse_args().is_ok_and(|condition| needs_test(&condition))
}

/// Returns whether a condition never holds outside tests.
fn needs_test(condition: &Meta) -> bool {
    let Meta::List(list) = condition else { return condition.path().is_ident("test") };
    let Ok(parts) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else { return false };
    (list.path.is_ident("all") && parts.iter().any(needs_test)) || (list.path.is_ident("any") && parts.iter().all(needs_test))
}

fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(syn::MetaNameValue { path, value: syn::Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }), .. })
            if path.is_ident("path") =>
        {
            Some(text.value())
        }
        _ => None,
    })
}

fn segments(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| text(&segment.ident)).collect()
}

fn text(ident: &Ident) -> String {
    ident.unraw().to_string()
}

fn line(span: Span) -> usize {
    span.start().line
}

fn folder_of(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Resolves `..` in a path relative to a folder.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
