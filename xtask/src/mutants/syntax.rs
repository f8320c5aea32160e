//! Questions about pieces of source text.

use std::ops::Range;

use proc_macro2::TokenStream;
use syn::spanned::Spanned as _;
use syn::visit::Visit;
use syn::{Attribute, Expr, Signature, UnOp};

use super::list::Genre;

/// Splits an expression into its operators and what they connect.
pub(super) fn flatten<'a>(expression: &'a Expr, operators: &mut Vec<(Genre, Range<usize>)>, operands: &mut Vec<&'a Expr>) {
    match expression {
        Expr::Binary(binary) => {
            flatten(&binary.left, operators, operands);
            operators.push((Genre::BinaryOperator, binary.op.span().byte_range()));
            flatten(&binary.right, operators, operands);
        }
        Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_) | UnOp::Neg(_)) => {
            operators.push((Genre::UnaryOperator, unary.op.span().byte_range()));
            flatten(&unary.expr, operators, operands);
        }
        Expr::Paren(inner) => flatten(&inner.expr, operators, operands),
        operand => operands.push(operand),
    }
}

/// Returns whether an expression is a condition with `let`.
pub(super) fn contains_let(expression: &Expr) -> bool {
    match expression {
        Expr::Binary(binary) => contains_let(&binary.left) || contains_let(&binary.right),
        Expr::Let(_) => true,
        _ => false,
    }
}

/// Returns whether a function returns one type of unknown name.
pub(super) fn returns_impl(signature: &Signature) -> bool {
    struct Search(bool);
    impl<'ast> Visit<'ast> for Search {
        fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut search = Search(false);
    search.visit_return_type(&signature.output);
    search.0
}

/// Returns whether something is compiled for WebAssembly only.
pub(super) fn is_only_for_wasm(attribute: &Attribute) -> bool {
    let syn::Meta::List(list) = &attribute.meta else { return false };
    let words = list.tokens.to_string();
    list.path.is_ident("cfg") && words.contains("wasm32") && !words.contains("not")
}

/// Writes a text in one line, without comments. `None` if it cannot be parsed.
pub(super) fn one_line<T: syn::parse::Parse>(text: &str) -> Option<String> {
    let tokens: TokenStream = text.parse().ok()?;
    let line = tokens.to_string();
    syn::parse2::<T>(tokens).ok().map(|_| line)
}
