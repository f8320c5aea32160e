//! Each public item says what a caller has to know. Fields and variants need not: `pub slug: String` in a struct about
//! applications needs no explanation, and rustc's `missing_docs`, which requires a comment on each of them, produced "The slug.".

use std::fs;

use anyhow::{Context as _, Result};
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, ImplItemConst, ImplItemFn, ItemImpl, ItemTrait, TraitItemFn, Visibility};

use crate::package::{name_in, sources};
use crate::paths;

/// Collects the public items of a file that have no doc comment.
struct Undocumented {
    found: Vec<String>,
    /// Public items.
    count: usize,
}

impl Undocumented {
    fn look_at(&mut self, ident: &Ident, attributes: &[Attribute]) {
        self.count += 1;
        if !attributes.iter().any(|attribute| attribute.path().is_ident("doc")) {
            self.found.push(format!("{}: {ident}", ident.span().start().line));
        }
    }
}

/// Checks an item that has a visibility of its own.
macro_rules! items {
    ($($visit:ident: $item:ident { $($ident:ident).+ }),+ $(,)?) => {
        $(fn $visit(&mut self, item: &'ast syn::$item) {
            if matches!(item.vis, Visibility::Public(_)) {
                self.look_at(&item.$($ident).+, &item.attrs);
            }
            visit::$visit(self, item);
        })+
    };
}

impl<'ast> Visit<'ast> for Undocumented {
    items! {
        visit_item_const: ItemConst { ident },
        visit_item_enum: ItemEnum { ident },
        visit_item_fn: ItemFn { sig.ident },
        visit_item_static: ItemStatic { ident },
        visit_item_struct: ItemStruct { ident },
        visit_item_type: ItemType { ident },
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        if matches!(item.vis, Visibility::Public(_)) {
            self.look_at(&item.ident, &item.attrs);
            visit::visit_item_trait(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        // A method of a trait is documented at the trait.
        if item.trait_.is_none() {
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        if matches!(item.vis, Visibility::Public(_)) {
            self.look_at(&item.sig.ident, &item.attrs);
        }
    }

    fn visit_impl_item_const(&mut self, item: &'ast ImplItemConst) {
        if matches!(item.vis, Visibility::Public(_)) {
            self.look_at(&item.ident, &item.attrs);
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        self.look_at(&item.sig.ident, &item.attrs);
    }
}

fn undocumented(text: &str) -> Result<Undocumented> {
    let mut visitor = Undocumented { found: Vec::new(), count: 0 };
    visitor.visit_file(&syn::parse_file(text)?);
    Ok(visitor)
}

#[test]
fn each_public_item_has_a_doc_comment() -> Result<()> {
    let (mut found, mut count) = (Vec::new(), 0);
    for file in sources()?.iter().filter(|file| file.extension().is_some_and(|kind| kind == "rs")) {
        let name = name_in(paths::root(), file)?;
        let Undocumented { found: here, count: public } =
            undocumented(&fs::read_to_string(file)?).with_context(|| name.clone())?;
        found.extend(here.iter().map(|item| format!("{name}:{item}")));
        count += public;
    }
    println!("{count} public items");
    assert!(count > 600, "only {count} public items were found");
    assert!(found.is_empty(), "without a doc comment:\n{}", found.join("\n"));
    Ok(())
}

#[test]
fn an_item_without_a_comment_is_found_wherever_it_is() -> Result<()> {
    let of = |text: &str| undocumented(text).map(|all| all.found);
    for text in [
        "pub fn f() {}",
        "#[must_use]\npub struct S { pub field: u8 }",
        "pub(crate) struct S;\nimpl S { pub fn method(&self) {} }",
        "mod m {\n pub const C: u8 = 0; }",
        "/// Written.\npub trait T {\n fn method(&self); }",
        "fn f() {\n pub enum Inner { A } }",
    ] {
        assert_eq!(of(text)?.len(), 1, "{text}");
    }
    for text in [
        "/// Written.\npub struct S { pub field: u8 }",
        "/// Written.\npub enum E { Variant }",
        "pub(crate) fn f() {}",
        "impl Clone for S { fn clone(&self) -> Self { S } }",
        "pub mod m;\npub use m::*;",
    ] {
        assert_eq!(of(text)?, Vec::<String>::new(), "{text}");
    }
    Ok(())
}
