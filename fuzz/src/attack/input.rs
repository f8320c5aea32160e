//! Inputs: pieces divided by [`DIVIDER`], and the tapes of recorded answers that some of them change.

use std::collections::BTreeMap;

use cowbell::transport::{Answer, Response, SendError};

/// Between two pieces; in no UTF-8 text.
pub(crate) const DIVIDER: u8 = 0xFF;
/// Between two tapes; in no UTF-8 text.
pub(crate) const NEXT_TAPE: u8 = 0xFD;
/// Before the number of an [`ENDS`]; in no UTF-8 text.
pub(crate) const END: u8 = 0xFE;
/// How a request ends that is not answered with status 200: another status, or none. New ones come last, because a corpus is kept.
pub(crate) const ENDS: [Result<u16, SendError>; 22] = [
    Err(SendError::Timeout),
    Ok(201),
    Ok(204),
    Ok(302),
    Ok(400),
    Ok(403),
    Ok(404),
    Ok(429),
    Ok(500),
    Ok(502),
    Ok(0),
    Ok(401),
    Ok(405),
    Ok(503),
    Err(SendError::Network),
    Err(SendError::TooLarge),
    Err(SendError::NotUtf8),
    Err(SendError::ServiceWorker),
    Err(SendError::Redirected),
    Err(SendError::TabGone),
    Err(SendError::Cancelled),
    Err(SendError::NotSent),
];

/// An answer as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) end: Result<u16, SendError>,
    pub(crate) body: Vec<u8>,
}

impl Piece {
    /// The answer.
    pub(crate) fn answer(self) -> Answer {
        let status = self.end?;
        let body = String::from_utf8(self.body).map_err(|_| SendError::NotUtf8)?;
        let content_type = if body.trim_start().starts_with('<') { "text/html; charset=utf-8" } else { "application/json" };
        let retry_after_s = (status == 429).then_some(1);
        Ok(Response { status, content_type: content_type.into(), retry_after_s, body: body.into() })
    }
}

/// The pieces of an input.
pub(crate) fn pieces(data: &[u8]) -> Vec<Piece> {
    if data.is_empty() {
        return Vec::new();
    }
    data.split(|byte| *byte == DIVIDER).map(piece).collect()
}

/// The answers of a tape, some of them changed by an input: the number of the tape, and after it each change, which is a position in two
/// digits of base 128 and the answer that stands there instead.
pub(crate) fn answers(tapes: &[u8], data: &[u8]) -> Vec<Piece> {
    let (number, changes) = data.split_first().map_or((0, data), |(number, changes)| (usize::from(*number), changes));
    let tapes: Vec<&[u8]> = tapes.split(|byte| *byte == NEXT_TAPE).collect();
    let mut answers = pieces(tapes[number % tapes.len()]);
    for change in changes.split(|byte| *byte == DIVIDER) {
        if let ([high, low, answer @ ..], count @ 1..) = (change, answers.len()) {
            answers[(usize::from(high % 0x80) * 0x80 + usize::from(low % 0x80)) % count] = piece(answer);
        }
    }
    answers
}

/// A single answer.
pub(crate) fn piece(bytes: &[u8]) -> Piece {
    match bytes {
        [END, number, body @ ..] => Piece { end: ENDS[usize::from(*number) % ENDS.len()], body: body.to_vec() },
        _ => Piece { end: Ok(200), body: bytes.to_vec() },
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
