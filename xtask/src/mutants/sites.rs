//! Where each mutant is in the syntax tree, and what is written there so that it can be chosen at run time.
//!
//! | genre | what is written |
//! |---|---|
//! | function | `if is(1) { return REPLACEMENT; }` before its first statement |
//! | operator, field | `(if is(1) { COPY } else { ORIGINAL })` around the outermost operator or the literal |
//! | guard | `(is(1) \|\| !is(2) && (ORIGINAL))` |
//! | arm | `if !is(1)` behind its pattern |
//!
//! A copy is the text that cargo-mutants would compile, so that operators bind as they do there. It contains no other mutant,
//! because only one is chosen; therefore the text grows with the depth of nesting and not exponentially. A copy is in one line and
//! all else stays where it is, so that lines keep their numbers.

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::{Result, anyhow};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Attribute, BinOp, Block, Expr, Pat, Signature, Stmt, Type, UnOp};

use super::list::{Genre, Mutant, Place};
use super::syntax::{contains_let, flatten, is_only_for_wasm, one_line, returns_impl};
use super::weave::{Kind, Part, Site};

/// Why a mutant is not tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// A constant cannot ask which mutant is chosen.
    Constant,
    /// The function returns `impl Trait`, hence one type.
    ImplTrait,
    /// A guard with `let` that would always be true: its variables would have no values.
    LetGuard,
    /// The code is for WebAssembly only.
    WebAssembly,
    /// Its place has not been found: something is wrong here.
    NoPlace,
}

impl Reason {
    /// In the words of the report.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Constant => "in constants",
            Self::ImplTrait => "of functions that return `impl Trait`",
            Self::LetGuard => "of guards with `let`",
            Self::WebAssembly => "for WebAssembly only",
            Self::NoPlace => "whose place was not found",
        }
    }
}

/// What was found for the mutants of a file.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) sites: Vec<Site>,
    pub(super) not_tried: BTreeMap<usize, Reason>,
    /// Those that no compiler would accept.
    pub(super) unviable: Vec<usize>,
}

/// Finds the places of mutants, each with its number, in a file.
///
/// # Errors
/// If the file is not valid Rust.
pub(super) fn find<'a>(text: &str, mutants: impl Iterator<Item = (usize, &'a Mutant)>) -> Result<Found> {
    let lines = Lines::of(text);
    let mut finder = Finder { text, open: BTreeMap::new(), found: Found::default(), fixed: None };
    for (number, mutant) in mutants {
        let Some(start) = lines.offset(mutant.start) else {
            finder.found.not_tried.insert(number, Reason::NoPlace);
            continue;
        };
        finder.open.entry((mutant.genre, start)).or_default().push((number, mutant.replacement.clone()));
    }
    let file = syn::parse_file(text).map_err(|error| anyhow!("line {}: {error}", error.span().start().line))?;
    finder.visit_file(&file);
    let Finder { open, mut found, .. } = finder;
    found.not_tried.extend(open.into_values().flatten().map(|(number, _)| (number, Reason::NoPlace)));
    Ok(found)
}

/// Where the lines of a text start.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let rest = text.match_indices('\n').map(|(position, _)| position + 1);
        Self { text, starts: std::iter::once(0).chain(rest).collect() }
    }

    fn offset(&self, place: Place) -> Option<usize> {
        let start = *self.starts.get(place.line.checked_sub(1)?)?;
        let line = self.text.get(start..)?;
        Some(start + line.char_indices().nth(place.column.checked_sub(1)?)?.0)
    }
}

/// Mutants that start at the same byte: the number of each, and its replacement.
type Here = Vec<(usize, String)>;

struct Finder<'a> {
    text: &'a str,
    /// Those whose node has not been visited.
    open: BTreeMap<(Genre, usize), Here>,
    found: Found,
    /// Why nothing can be chosen here.
    fixed: Option<Reason>,
}

impl Finder<'_> {
    /// Takes the mutants of a place, unless nothing can be chosen there.
    fn take(&mut self, genre: Genre, start: usize) -> Here {
        let here = self.open.remove(&(genre, start)).unwrap_or_default();
        let Some(reason) = self.fixed else { return here };
        self.found.not_tried.extend(here.into_iter().map(|(number, _)| (number, reason)));
        Vec::new()
    }

    fn inside(&mut self, reason: Option<Reason>, visit: impl FnOnce(&mut Self)) {
        let outer = self.fixed;
        self.fixed = outer.or(reason);
        visit(self);
        self.fixed = outer;
    }

    fn push(&mut self, range: Range<usize>, before: Vec<Part>, after: &'static str) {
        let number = |part: &Part| match part {
            Part::Of(number, _) => Some(*number),
            Part::Common(_) => None,
        };
        let kind = Kind::Site(before.iter().filter_map(number).collect());
        self.found.sites.push(Site { range, before, after, kind });
    }

    /// Nothing is written there.
    fn around(&mut self, range: Range<usize>, kind: Kind) {
        self.found.sites.push(Site { range, before: Vec::new(), after: "", kind });
    }

    /// Writes the copies of an expression before it. Those that are no expressions are unviable.
    fn choice(&mut self, range: &Range<usize>, copies: Vec<(usize, String)>) {
        let mut before = Vec::new();
        for (number, copy) in copies {
            let Some(copy) = one_line::<Expr>(&copy) else {
                self.found.unviable.push(number);
                continue;
            };
            before.push(Part::Common(if before.is_empty() { "(if " } else { " else if " }));
            before.push(Part::Of(number, format!("crate::mutant::is({number}) {{ {copy} }}")));
        }
        if !before.is_empty() {
            before.push(Part::Common(" else { "));
            self.push(range.clone(), before, " })");
        }
    }

    /// Returns a piece of the text with one part of it replaced.
    fn copy(&self, of: &Range<usize>, part: &Range<usize>, replacement: &str) -> String {
        format!("{} {replacement} {}", &self.text[of.start..part.start], &self.text[part.end..of.end])
    }

    /// An operator that is not inside another.
    fn operators(&mut self, root: &Expr) {
        if contains_let(root) {
            return self.chain(root);
        }
        let (mut operators, mut operands) = (Vec::new(), Vec::new());
        flatten(root, &mut operators, &mut operands);
        let range = root.span().byte_range();
        let mut copies = Vec::new();
        for (genre, operator) in operators {
            let here = self.take(genre, operator.start);
            copies.extend(here.into_iter().map(|(number, by)| (number, self.copy(&range, &operator, &by))));
        }
        self.choice(&range, copies);
        for operand in operands {
            self.visit_expr(operand);
        }
    }

    /// `let … && …`: nothing but `&&` may stand there, and each part is on its own.
    fn chain(&mut self, part: &Expr) {
        match part {
            Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) && contains_let(part) => {
                self.chain(&binary.left);
                let here = self.take(Genre::BinaryOperator, binary.op.span().byte_range().start);
                self.found.unviable.extend(here.into_iter().map(|(number, _)| number));
                self.chain(&binary.right);
            }
            Expr::Let(part) => visit::visit_expr_let(self, part),
            part => self.visit_expr(part),
        }
    }

    fn literal(&mut self, literal: &syn::ExprStruct) {
        let range = literal.span().byte_range();
        let mut copies = Vec::new();
        for pair in literal.fields.pairs() {
            let field = pair.value().span().byte_range();
            let end = pair.punct().map_or(field.end, |comma| comma.span().byte_range().end);
            let here = self.take(Genre::StructField, field.start);
            copies.extend(here.into_iter().map(|(number, by)| (number, self.copy(&range, &(field.start..end), &by))));
        }
        self.choice(&range, copies);
        visit::visit_expr_struct(self, literal);
    }

    fn function(&mut self, attributes: &[Attribute], signature: &Signature, block: &Block, visit: impl FnOnce(&mut Self)) {
        let is_constant = signature.constness.is_some().then_some(Reason::Constant);
        self.inside(is_constant.or(only_for_wasm(attributes)), |finder| {
            let range = block.span().byte_range();
            finder.around(range, Kind::Function);
            if let Some(first) = block.stmts.first() {
                finder.body(signature, first);
            }
            visit(finder);
        });
    }

    fn body(&mut self, signature: &Signature, first: &Stmt) {
        let start = first.span().byte_range().start;
        let is_impl = returns_impl(signature).then_some(Reason::ImplTrait);
        let mut here = Vec::new();
        self.inside(is_impl, |finder| here = finder.take(Genre::FnValue, start));
        let mut before = Vec::new();
        for (number, value) in here {
            match one_line::<Expr>(&value) {
                Some(value) => {
                    before.push(Part::Of(number, format!("if crate::mutant::is({number}) {{ return {value}; }} ")));
                }
                None => self.found.unviable.push(number),
            }
        }
        if !before.is_empty() {
            self.push(start..start, before, "");
        }
    }

    fn guard(&mut self, guard: &Expr) {
        let range = guard.span().byte_range();
        let here = self.take(Genre::MatchArmGuard, range.start);
        let number = |value: &str| here.iter().find(|(_, by)| by == value).map(|(number, _)| *number);
        let (always, never) = (number("true"), number("false"));
        let asked = |number: usize, sign: &str, end: &str| Part::Of(number, format!("{sign}crate::mutant::is({number}){end}"));
        let mut before = Vec::new();
        if contains_let(guard) {
            before.extend(never.map(|number| asked(number, "!", " && ")));
            self.found.not_tried.extend(always.map(|number| (number, Reason::LetGuard)));
            self.push(range, before, "");
        } else if !here.is_empty() {
            before.push(Part::Common("("));
            before.extend(always.map(|number| asked(number, "", " || ")));
            before.extend(never.map(|number| asked(number, "!", " && ")));
            before.push(Part::Common("("));
            self.push(range, before, "))");
        }
        self.visit_expr(guard);
    }

    fn constant(&mut self, visit: impl FnOnce(&mut Self)) {
        self.inside(Some(Reason::Constant), visit);
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.attrs, &item.sig, &item.block, |finder| visit::visit_item_fn(finder, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.attrs, &item.sig, &item.block, |finder| visit::visit_impl_item_fn(finder, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.attrs, &item.sig, block, |finder| visit::visit_trait_item_fn(finder, item));
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.inside(only_for_wasm(&item.attrs), |finder| visit::visit_item_impl(finder, item));
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.inside(only_for_wasm(&item.attrs), |finder| visit::visit_item_mod(finder, item));
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.constant(|finder| visit::visit_item_const(finder, item));
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.constant(|finder| visit::visit_item_static(finder, item));
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.constant(|finder| visit::visit_impl_item_const(finder, item));
    }

    fn visit_trait_item_const(&mut self, item: &'ast syn::TraitItemConst) {
        self.constant(|finder| visit::visit_trait_item_const(finder, item));
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.constant(|finder| visit::visit_variant(finder, variant));
    }

    /// The length of an array.
    fn visit_type(&mut self, kind: &'ast Type) {
        self.constant(|finder| visit::visit_type(finder, kind));
    }

    fn visit_generic_argument(&mut self, argument: &'ast syn::GenericArgument) {
        self.constant(|finder| visit::visit_generic_argument(finder, argument));
    }

    fn visit_expr_const(&mut self, block: &'ast syn::ExprConst) {
        self.constant(|finder| visit::visit_expr_const(finder, block));
    }

    fn visit_expr_repeat(&mut self, array: &'ast syn::ExprRepeat) {
        self.visit_expr(&array.expr);
        self.constant(|finder| finder.visit_expr(&array.len));
    }

    fn visit_pat(&mut self, pattern: &'ast Pat) {
        self.constant(|finder| visit::visit_pat(finder, pattern));
    }

    /// Without one of its arms it may lack a case.
    fn visit_expr_match(&mut self, expression: &'ast syn::ExprMatch) {
        let starts = expression.arms.iter().map(|arm| arm.span().byte_range().start);
        let here: Vec<usize> = starts.filter_map(|start| Some(self.open.get(&(Genre::MatchArm, start))?.first()?.0)).collect();
        if !here.is_empty() {
            self.around(expression.span().byte_range(), Kind::Site(here));
        }
        visit::visit_expr_match(self, expression);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if let Pat::Guard(guarded) = &arm.pat {
            self.visit_pat(&guarded.pat);
            self.guard(&guarded.guard);
        } else {
            self.visit_pat(&arm.pat);
            let end = arm.pat.span().byte_range().end;
            let here = self.take(Genre::MatchArm, arm.span().byte_range().start);
            let guard = |number| Part::Of(number, format!(" if !crate::mutant::is({number})"));
            if let Some((number, _)) = here.first() {
                self.push(end..end, vec![guard(*number)], "");
            }
        }
        self.visit_expr(&arm.body);
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        match expression {
            Expr::Binary(_) | Expr::Unary(syn::ExprUnary { op: UnOp::Not(_) | UnOp::Neg(_), .. }) => self.operators(expression),
            Expr::Struct(literal) if literal.rest.is_some() => self.literal(literal),
            _ => visit::visit_expr(self, expression),
        }
    }
}

fn only_for_wasm(attributes: &[Attribute]) -> Option<Reason> {
    attributes.iter().any(is_only_for_wasm).then_some(Reason::WebAssembly)
}
