//! Weaves mutants of small sources, by text and by running what comes out.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::list::{Genre, Mutant, Place};
use super::sites::{Found, Reason, find};
use super::weave::{Kind, weave};
use crate::paths;

/// A change: of the first piece of the text that is `before…«what»…` in `around`.
fn mutant(text: &str, genre: Genre, around: &str, replacement: &str) -> Mutant {
    let (before, rest) = around.split_once('«').unwrap();
    let (what, after) = rest.split_once('»').unwrap();
    let start = text.find(&format!("{before}{what}{after}")).unwrap() + before.len();
    let line = text[..start].rsplit('\n').next().unwrap();
    Mutant {
        file: "src/a.rs".to_owned(),
        name: format!("src/a.rs: {around} {replacement}"),
        function: String::new(),
        start: Place { line: text[..start].matches('\n').count() + 1, column: line.chars().count() + 1 },
        replacement: replacement.to_owned(),
        genre,
    }
}

fn found(text: &str, mutants: &[Mutant]) -> Found {
    find(text, mutants.iter().enumerate()).unwrap()
}

/// Weaves mutants of a function's body.
fn woven(body: &str, changes: &[(Genre, &str, &str)]) -> String {
    let text = format!("fn f() {{ {body} }}");
    let mutants: Vec<Mutant> = changes.iter().map(|(genre, around, by)| mutant(&text, *genre, around, by)).collect();
    let found = found(&text, &mutants);
    assert!(found.not_tried.is_empty() && found.unviable.is_empty(), "{found:?}");
    let woven = weave(&text, &found.sites).text;
    syn::parse_file(&woven).unwrap();
    let woven = woven.replace("crate::mutant::", "");
    woven.strip_prefix("fn f() { ").unwrap().strip_suffix(" }").unwrap().to_owned()
}

#[test]
fn a_function_returns_before_its_first_statement() {
    let changes = [(Genre::FnValue, "«g(); 1»", "0"), (Genre::FnValue, "«g(); 1»", "Default::default()")];
    assert_eq!(woven("g(); 1", &changes), "if is(0) { return 0; } if is(1) { return Default :: default (); } g(); 1");
}

#[test]
fn an_operator_binds_as_in_the_changed_source() {
    let changes = [(Genre::BinaryOperator, "b «*» c", "+"), (Genre::BinaryOperator, "a «-» b", "+")];
    assert_eq!(woven("a - b * c", &changes), "(if is(1) { a + b * c } else if is(0) { a - b + c } else { a - b * c })");
}

#[test]
fn a_copy_has_no_other_mutant_and_the_original_keeps_its_lines() {
    let changes =
        [(Genre::BinaryOperator, "a «==»", "!="), (Genre::UnaryOperator, "«!»x", ""), (Genre::BinaryOperator, ") «&&»", "||")];
    assert_eq!(
        woven("a == g(|x| {\n    !x // not\n}) && b", &changes),
        "(if is(0) { a != g (| x | { ! x }) && b } else if is(2) { a == g (| x | { ! x }) || b } else { \
         a == g(|x| {\n    (if is(1) { x } else { !x }) // not\n}) && b })"
    );
}

#[test]
fn an_assignment_is_a_statement() {
    assert_eq!(woven("a += 1;", &[(Genre::BinaryOperator, "«+=»", "-=")]), "(if is(0) { a -= 1 } else { a += 1 });");
}

#[test]
fn the_parts_of_a_condition_with_let_are_on_their_own() {
    let text = "fn f() { if let Some(a) = b && a == c && !d {} }";
    let mutants = [
        mutant(text, Genre::BinaryOperator, "b «&&»", "||"),
        mutant(text, Genre::BinaryOperator, "a «==»", "!="),
        mutant(text, Genre::BinaryOperator, "c «&&»", "||"),
        mutant(text, Genre::UnaryOperator, "«!»d", ""),
    ];
    let found = found(text, &mutants);
    assert_eq!(found.unviable, [0, 2]);
    assert_eq!(
        weave(text, &found.sites).text.replace("crate::mutant::", ""),
        "fn f() { if let Some(a) = b && (if is(1) { a != c } else { a == c }) && (if is(3) { d } else { !d }) {} }"
    );
}

#[test]
fn arms_and_guards_ask() {
    let changes = [
        (Genre::MatchArm, "«A(_) => 1»,", ""),
        (Genre::MatchArmGuard, "if «x > 1 || y»", "true"),
        (Genre::MatchArmGuard, "if «x > 1 || y»", "false"),
        (Genre::BinaryOperator, "x «>» 1", "<"),
    ];
    assert_eq!(
        woven("match a { A(_) => 1, x if x > 1 || y => 2, _ => 3 }", &changes),
        "match a { A(_) if !is(0) => 1, x if (is(1) || !is(2) && ((if is(3) { x < 1 || y } else { x > 1 || y }))) => 2, _ => 3 }"
    );
}

#[test]
fn a_field_keeps_the_value_of_the_base() {
    let changes = [(Genre::StructField, "«a: 1,»", ""), (Genre::StructField, "«b,»", "")];
    assert_eq!(
        woven("g(&S { a: 1, b, ..c })", &changes),
        "g(&(if is(0) { S { b , .. c } } else if is(1) { S { a : 1 , .. c } } else { S { a: 1, b, ..c } }))"
    );
}

#[test]
fn what_cannot_ask_is_not_tried() {
    let text = "
        const A: usize = 1 + 2;
        const fn f() -> usize { 3 + 4 }
        fn g() -> impl Iterator<Item = u8> { h() }
        fn i(a: [u8; 5 + 6]) { match a { x if let 7 = x => (), -8 => () } }
        #[cfg(target_arch = \"wasm32\")]
        fn j() -> u8 { 9 }
    ";
    let mutants = [
        mutant(text, Genre::BinaryOperator, "1 «+» 2", "-"),
        mutant(text, Genre::BinaryOperator, "3 «+» 4", "-"),
        mutant(text, Genre::FnValue, "«h()»", "std::iter::empty()"),
        mutant(text, Genre::BinaryOperator, "5 «+» 6", "-"),
        mutant(text, Genre::MatchArmGuard, "if «let 7 = x»", "true"),
        mutant(text, Genre::FnValue, "«9»", "0"),
        mutant(text, Genre::FnValue, "(target_«arch»", "0"),
    ];
    let reasons = [
        Reason::Constant,
        Reason::Constant,
        Reason::ImplTrait,
        Reason::Constant,
        Reason::LetGuard,
        Reason::WebAssembly,
        Reason::NoPlace,
    ];
    let found = found(text, &mutants);
    assert_eq!(found.not_tried, reasons.into_iter().enumerate().collect::<BTreeMap<_, _>>());
    assert_eq!(weave(text, &found.sites).text, text);
}

#[test]
fn each_copy_is_a_region_of_its_site() {
    let text = "fn f() { a == !b }";
    let mutants = [mutant(text, Genre::BinaryOperator, "«==»", "!="), mutant(text, Genre::UnaryOperator, "«!»", "")];
    let woven = weave(text, &found(text, &mutants).sites);
    let pieces: Vec<(&str, &Kind)> =
        woven.regions.iter().map(|region| (&woven.text[region.range.clone()], &region.kind)).collect();
    assert_eq!(pieces[0], ("crate::mutant::is(0) { a != ! b }", &Kind::Copy(0)));
    assert_eq!(pieces[1], ("crate::mutant::is(1) { a == b }", &Kind::Copy(1)));
    assert_eq!(pieces[2].1, &Kind::Site(vec![0, 1]));
    assert_eq!(pieces[3], (&woven.text[7..], &Kind::Function));
}

/// A program that prints what each mutant changes.
const PROGRAM: &str = "
#[derive(Clone, Copy)]
struct S { a: u8, b: u8 }
fn body() -> u8 { let x = 1; x }
fn operators(a: u8, b: u8, c: u8) -> u8 { a - b * c }
fn arm(a: u8) -> u8 { match a { 1 => 10, x if x > 5 => 20, _ => 30 } }
fn field(base: S) -> S { S { a: 9, ..base } }
fn assigned(mut a: u8) -> u8 { a += 2; a }
fn main() {
    let s = field(S { a: 1, b: 2 });
    print!(\"{} {} {} {} {} {}\", body(), operators(9, 2, 3), arm(1), arm(7), s.a + s.b, assigned(5));
}
";

#[test]
fn each_process_is_one_mutant() -> Result<()> {
    let changes = [
        (Genre::FnValue, "«let x = 1; x»", "0", "0 3 10 20 11 7"),
        (Genre::BinaryOperator, "b «*» c", "+", "1 10 10 20 11 7"),
        (Genre::MatchArm, "«1 => 10,»", "", "1 3 30 20 11 7"),
        (Genre::MatchArmGuard, "if «x > 5»", "true", "1 3 10 20 11 7"),
        (Genre::MatchArmGuard, "if «x > 5»", "false", "1 3 10 30 11 7"),
        (Genre::StructField, "«a: 9,»", "", "1 3 10 20 3 7"),
        (Genre::BinaryOperator, "«+=»", "-=", "1 3 10 20 11 3"),
    ];
    let mutants: Vec<Mutant> = changes.iter().map(|(genre, around, by, _)| mutant(PROGRAM, *genre, around, by)).collect();
    let text = weave(PROGRAM, &found(PROGRAM, &mutants).sites).text;
    let folder = paths::work().join("mutants-of-a-test");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("main.rs"), format!("{text}\n#[path = \"{}\"]\nmod mutant;\n", switch()))?;
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition=2024", "--cap-lints=allow", "main.rs"]).current_dir(&folder);
    let output = rustc.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let run = |name: &str, value: &str| {
        let output = Command::new(folder.join("main")).env(name, value).output()?;
        anyhow::Ok(String::from_utf8(output.stdout)?)
    };
    for (number, (_, around, by, expected)) in changes.iter().enumerate() {
        assert_eq!(run("COWBELL_MUTANT", &number.to_string())?, *expected, "{around} {by}");
    }
    let note = folder.join("reached");
    let _ = fs::remove_file(&note);
    let name = note.to_str().context("a name that is no UTF-8")?;
    assert_eq!(run("COWBELL_MUTANTS_REACHED", name)?, "1 3 10 20 11 7");
    let bytes = fs::read(&note)?;
    let mut reached: Vec<u32> = bytes.as_chunks().0.iter().map(|number| u32::from_le_bytes(*number)).collect();
    reached.sort_unstable();
    assert_eq!(reached, [0, 1, 2, 3, 4, 5, 6]);
    Ok(())
}

fn switch() -> String {
    paths::at("xtask/src/mutants/switch.rs").display().to_string()
}
