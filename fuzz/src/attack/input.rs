//! Inputs: pieces divided by [`DIVIDER`].

use std::collections::BTreeMap;

/// Between two pieces; in no UTF-8 text.
pub(crate) const DIVIDER: u8 = 0xFF;
/// Before a status, which is one of [`STATUSES`]; in no UTF-8 text.
pub(crate) const STATUS: u8 = 0xFE;
/// Statuses besides 200; 0 is a connection that breaks.
pub(crate) const STATUSES: [u16; 10] = [0, 201, 204, 302, 400, 403, 404, 429, 500, 502];

/// An answer as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// The pieces of an input.
pub(crate) fn pieces(data: &[u8]) -> Vec<Piece> {
    if data.is_empty() {
        return Vec::new();
    }
    data.split(|byte| *byte == DIVIDER).map(piece).collect()
}

/// A single answer.
pub(crate) fn piece(bytes: &[u8]) -> Piece {
    match bytes {
        [STATUS, number, body @ ..] => Piece { status: STATUSES[usize::from(*number) % STATUSES.len()], body: body.to_vec() },
        _ => Piece { status: 200, body: bytes.to_vec() },
    }
}

/// What an earlier panel has stored: names and texts in turn.
pub(crate) fn kept(data: &[u8]) -> BTreeMap<String, String> {
    let texts = texts(data);
    texts.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}

/// Texts that are written to a file, at least one.
pub(crate) fn texts(data: &[u8]) -> Vec<String> {
    data.split(|byte| *byte == DIVIDER).map(|text| String::from_utf8_lossy(text).into_owned()).collect()
}
