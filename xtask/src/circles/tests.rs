//! The check on small crates with known cycles.

use std::collections::BTreeMap;

use super::{faults, names, walk};

/// Returns the message for a crate with these files, the first of which is its root.
fn said(files: &[(&str, &str)]) -> String {
    let texts: BTreeMap<&str, &str> = files.iter().copied().collect();
    let tree = walk::walk(files[0].0, &|name| texts.get(name).map(|text| (*text).to_owned())).expect("it can be read");
    faults(&tree, &names::needs(&tree)).join("\n")
}

/// Returns the message for two sibling modules.
fn between(a: &str, b: &str) -> String {
    said(&[("src/lib.rs", "mod a; mod b;"), ("src/a.rs", a), ("src/b.rs", b)])
}

/// A cycle of two files with these lines.
fn two(lines: &[&str]) -> String {
    format!("2 files:\n  {}\n", lines.join("\n  "))
}

#[test]
fn a_circle_is_shown_by_its_lines() {
    assert_eq!(
        between("\nuse crate::b::B;\npub struct A(B);", "use super::a::A;\npub struct B(Option<Box<A>>);"),
        two(&["src/a.rs:2 imports crate::b::B (1 more line)", "src/b.rs:1 imports crate::a::A (1 more line)"])
    );
    assert_eq!(between("use crate::b::B;\npub struct A;", "pub struct B;"), "");
    assert_eq!(between("use crate::b;\npub struct A;", "use crate::a;\npub struct B;"), "", "modules are only named");
}

#[test]
fn the_shortest_way_is_shown() {
    let said = said(&[
        ("src/main.rs", "mod a; mod b; mod c; mod d;"),
        ("src/a.rs", "use crate::b::B; pub struct A;"),
        ("src/b.rs", "use crate::c::C; pub struct B;"),
        ("src/c.rs", "use crate::d::D; pub struct C;"),
        ("src/d.rs", "use crate::a::A;\nuse crate::c::C; pub struct D;"),
    ]);
    assert_eq!(
        said,
        "4 files:\n  src/c.rs:1 imports crate::d::D\n  src/d.rs:2 imports crate::c::C\n  by longer ways: src/a.rs, src/b.rs\n"
    );
}

#[test]
fn two_circles_are_two() {
    let said = said(&[
        ("src/main.rs", "mod a; mod b; mod c; mod d;"),
        ("src/a.rs", "use crate::b::B; use crate::c::C; pub struct A;"),
        ("src/b.rs", "use crate::a::A; pub struct B;"),
        ("src/c.rs", "use crate::d::D; pub struct C;"),
        ("src/d.rs", "use crate::c::C; pub struct D;"),
    ]);
    assert_eq!(said.matches("2 files:").count(), 2, "{said}");
}

#[test]
fn paths_count_like_imports() {
    let found = |a: &str| {
        let said = between(&format!("pub struct A;\n{a}"), "pub struct B; pub fn make() {}\nuse crate::a::A;");
        assert!(said.is_empty() || said.starts_with("2 files:\n  src/a.rs:2 "), "{a}: {said}");
        !said.is_empty()
    };
    for a in [
        "fn f(_: crate::b::B) {}",
        "fn f() -> Option<super::b::B> { None }",
        "fn f() { self::super::b::make(); }",
        "fn f() { super::b::B::new(); }",
        "impl From<super::b::B> for A {}",
        "impl super::b::B {}",
        "trait T: super::b::B {}",
        "fn f() { let super::b::B { .. } = x; }",
        "fn f() { if let super::b::B(_) = x {} }",
        "fn f() { crate::b::make!(); }",
        "fn f() { vec![1, super::b::make()]; }",
        "fn f() { assert!(x == super::b::B::C, \"{}\", y); }",
        "macro_rules! m { () => { $crate::b::make() }; }",
        "fn f() { use super::b::make; make(); }",
        "fn f() { use super::b; b::make(); }",
        "fn f() { use super::b as other; { other::make(); } }",
        "mod inner { use super::super::b::B; }",
        "mod inner { fn f() { crate::b::make(); } }",
        "#[serde(with = \"super::b::make\")] struct C;",
        "#[derive(super::b::B)] struct C;",
        "use super::{b::{B as Other, make as _}};",
        "use super::b::{self, make};",
        "use super::b::{self as other}; type C = other::B;",
        "use super::{b as other}; type C = other::B;",
        "use super::b::*; type C = B;",
        "use super::b::B::*;",
        "#[cfg(not(test))] fn f() { super::b::make(); }",
        "#[cfg(any(test, unix))] fn f() { super::b::make(); }",
        "extern \"C\" { fn f(_: super::b::B); }",
        "use crate::b::generated::by::a::Macro;",
    ] {
        assert!(found(a), "{a}");
    }
    for a in [
        "#[cfg(test)] mod tests { use crate::b::B; fn f() { super::super::b::make(); } }",
        "#[cfg(all(test, unix))] use crate::b::B;",
        "#[cfg(any(test, all(test, unix)))] fn f() { crate::b::make(); }",
        "impl A { #[cfg(test)] fn f() { crate::b::make(); } }",
        "trait T { #[cfg(test)] fn f() { crate::b::make(); } }",
        "fn f() { #[cfg(test)] use crate::b::B; }",
        "pub(in super::b) fn f() {}",
        "/// See [`crate::b::B`].\nfn f() {}",
        "use ::b::B;",
        "fn f(_: ::b::B) {}",
        "use std::b::B;",
        "pub use super::b::B;",
        "pub(crate) use crate::b::{B, make as f};",
        "pub use super::b::*;",
        "mod b { pub struct B; }\nuse self::b::B;",
        "fn f() { let b = 1; println!(\"{}\", b); x.b::<u8>(); x.make(); }",
        "fn f() { json!({ make: b, \"b\": x.b }); }",
        "fn f() { \"crate::b::B\"; }",
    ] {
        assert!(!found(a), "{a}");
    }
}

#[test]
fn a_facade_needs_nothing_and_what_it_exports_is_followed() {
    let facade = |names: &str, sibling: &str| {
        said(&[
            ("src/lib.rs", "mod a;"),
            ("src/a/mod.rs", names),
            ("src/a/first.rs", "use super::Second; pub struct First;"),
            ("src/a/second.rs", sibling),
        ])
    };
    let circle = two(&["src/a/first.rs:1 imports crate::a::second::Second", "src/a/second.rs:1 imports crate::a::first::First"]);
    for names in [
        "mod first; mod second; pub use first::First; pub use self::second::Second;",
        "mod first; mod second; pub(super) use first::*; pub use second::*;",
        "mod first; mod second; pub use first::{First as First}; pub use crate::a::second::{Second};",
        "mod first; mod second; pub use inner::*; mod inner { pub use super::first::*; pub(crate) use super::second::Second; }",
    ] {
        assert_eq!(facade(names, "pub struct Second;"), "", "{names}");
        assert_eq!(facade(names, "use super::First; pub struct Second;"), circle, "{names}");
    }
}

#[test]
fn a_mod_rs_with_something_of_its_own_is_a_file_like_others() {
    let parent = |parent: &str| {
        said(&[("src/lib.rs", "mod a;"), ("src/a/mod.rs", parent), ("src/a/b.rs", "use super::Own; pub struct B; pub fn f() {}")])
    };
    assert_eq!(parent("mod b; pub use b::B; pub struct Own;"), "");
    let circle = two(&["src/a/mod.rs:2 uses crate::a::b::B", "src/a/b.rs:1 imports crate::a::Own"]);
    assert_eq!(parent("mod b; pub use b::B;\npub struct Own(B);"), circle, "a re-export does not hide what it exports");
    assert_eq!(parent("mod b; pub use b::*;\npub struct Own(B);"), circle);
    assert_eq!(parent("mod b; pub use self::b::B as C;\npub struct Own(Vec<C>);"), circle);
    let call = two(&["src/a/mod.rs:2 uses crate::a::b::f", "src/a/b.rs:1 imports crate::a::Own"]);
    assert_eq!(parent("mod b; pub struct Own;\nfn g() { b::f() }"), call);
}

#[test]
fn names_are_found_where_the_compiler_finds_them() {
    // A glob imports private items only within the module's descendants; a declared name takes precedence over one of a glob.
    assert_eq!(
        between("mod i { use crate::b::*; type C = Hidden; } pub struct A;", "struct Hidden; use crate::a::A;"),
        two(&["src/a.rs:1 imports crate::b::*", "src/b.rs:1 imports crate::a::A",])
    );
    let through_glob = |own: &str| {
        said(&[
            ("src/lib.rs", "mod a; mod b; mod all;"),
            ("src/all.rs", "pub use crate::b::*;"),
            ("src/a.rs", &format!("use crate::all::*; pub struct A; {own}\nfn f(_: B) {{}}")),
            ("src/b.rs", "use crate::a::A; pub struct B;"),
        ])
    };
    assert_eq!(through_glob(""), two(&["src/a.rs:2 uses crate::b::B", "src/b.rs:1 imports crate::a::A"]));
    assert_eq!(through_glob("struct B;"), "");
    // A module and a function with the same name.
    assert_eq!(between("use crate::b::b; pub struct A;", "pub fn b() {} mod b { } use crate::a::A;").lines().count(), 3);
    let through_facade = said(&[
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a/mod.rs", "mod make; pub use make::make;"),
        ("src/a/make.rs", "pub fn make() { crate::b::f() }"),
        ("src/b.rs", "use crate::a::make; pub fn f() {}"),
    ]);
    assert_eq!(through_facade, two(&["src/a/make.rs:1 uses crate::b::f", "src/b.rs:1 imports crate::a::make::make"]));
    // Globs that lead back to their start, and a crate with the name of what is imported from it.
    assert_eq!(between("pub use crate::b::*; fn f() { g() }", "pub use crate::a::*; fn h() { g() }"), "");
    assert_eq!(between("use b::b; use a::X;", "use a::a;"), "");
    assert_ne!(between("use crate::r#b::B; pub struct A;", "use crate::a::A; pub struct B;"), "");
}

#[test]
fn macros_are_found_without_an_import() {
    let said = said(&[
        ("src/lib.rs", "#[macro_use] mod a; mod b;"),
        ("src/a.rs", "macro_rules! m { () => {}; }\npub(crate) use m; fn f() { crate::b::g(); }"),
        ("src/b.rs", "pub fn g() { super::a::m!(); }"),
    ]);
    assert_eq!(said, two(&["src/a.rs:2 uses crate::b::g", "src/b.rs:1 uses crate::a::m"]));
    let below = super::tests::said(&[
        ("src/lib.rs", "mod a;"),
        ("src/a/mod.rs", "macro_rules! m { () => {}; }\nmod b; fn f() { b::g(); }"),
        ("src/a/b.rs", "pub fn g() { m!(); }"),
    ]);
    assert_eq!(below, two(&["src/a/mod.rs:2 uses crate::a::b::g", "src/a/b.rs:1 uses crate::a::m"]));
}

#[test]
fn what_a_macro_makes_belongs_to_its_file() {
    assert_eq!(
        between("use crate::b::Created; pub struct A;", "make! { Created }\nuse crate::a::A;"),
        two(&["src/a.rs:1 imports crate::b::Created", "src/b.rs:2 imports crate::a::A"])
    );
}

#[test]
fn a_file_for_tests_is_a_file_like_others() {
    let said = said(&[
        ("src/lib.rs", "#[cfg(test)] mod a; pub struct Root; #[cfg(test)] fn f() { a::g(); }"),
        ("src/a/mod.rs", "mod b; use crate::Root; pub fn g() { b::h(); } #[cfg(test)] mod tests { use super::b::H; }"),
        ("src/a/b.rs", "use super::g; pub fn h() {}"),
    ]);
    assert_eq!(said, two(&["src/a/mod.rs:1 uses crate::a::b::h", "src/a/b.rs:1 imports crate::a::g"]));
}

#[test]
fn files_are_found_where_the_compiler_finds_them() {
    let circle = |files: &[(&str, &str)]| assert_eq!(said(files).lines().count(), 3, "{files:?}");
    circle(&[("a/main.rs", "mod b; pub struct A;\nuse b::B;"), ("a/b/mod.rs", "use super::A; pub struct B;")]);
    circle(&[("a/other.rs", "mod b; pub struct A;\nuse b::B;"), ("a/b.rs", "use super::A; pub struct B;")]);
    circle(&[("a/main.rs", "mod b;"), ("a/b.rs", "mod c; pub struct A; use c::C;"), ("a/b/c.rs", "use super::A; pub struct C;")]);
    circle(&[("a/main.rs", "mod b { mod c; } pub struct A; use b::c::C;"), ("a/b/c.rs", "use super::super::A; pub struct C;")]);
    circle(&[
        ("a/main.rs", "mod b;"),
        ("a/b.rs", "#[path = \"../x/y.rs\"] mod c; pub struct A; use c::C;"),
        ("x/y.rs", "use super::A; pub struct C; mod z;"),
        ("x/z.rs", ""),
    ]);
    circle(&[
        ("a/main.rs", "mod b { #[path = \"y.rs\"] mod c; } pub struct A; use b::c::C;"),
        ("a/b/y.rs", "use crate::A; pub struct C;"),
    ]);
    let error = |root: &str| walk::walk("a/main.rs", &|name| (name == "a/main.rs").then(|| root.to_owned())).err();
    assert_eq!(
        error("\nmod b;").expect("an error").to_string(),
        "a/main.rs:2: the file of `mod b` is not there: a/b.rs, a/b/mod.rs"
    );
    assert!(error("\nfn {}").expect("an error").to_string().starts_with("a/main.rs:2: "));
}
