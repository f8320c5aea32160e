//! Parses authentik's responses, and classifies everything that can be wrong with one.

use serde::Deserialize;
use serde_json::Value;

use super::Operation;
use crate::transport::{Answer, Response, SendError};
use crate::wire::{self, ErrorKind};

/// What a response was instead of the expected JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// A web page: of a proxy, a login page, an error page.
    Html,
    /// Truncated JSON or no JSON.
    NotJson,
    /// JSON with unexpected fields or types.
    WrongShape,
    /// An unexpected status.
    Status,
}

/// Why something could not be read from or written to authentik.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No one is signed in, or the session has ended. Sign in, then click again.
    #[error("not signed in to authentik")]
    NotSignedIn,
    /// The administrator impersonates another user. Stop impersonating first.
    #[error("{original} impersonates {username}")]
    Impersonating {
        /// User name of the administrator.
        original: String,
        /// User name of the impersonated user.
        username: String,
    },
    /// The signed-in user lacks a permission. A superuser, or that permission, is needed.
    #[error("{}: not allowed", .operation.endpoint())]
    NotAllowed {
        /// What was refused; [`Operation::permission`] returns the missing permission.
        operation: Operation,
    },
    /// authentik takes the write for a forgery. It is not about permissions: behind a proxy that it does not trust, authentik
    /// believes that it is reached by http, and refuses each write of a page that was loaded by https (docs/contract/cases.md,
    /// H2).
    #[error("{}: {detail}", .operation.endpoint())]
    Forgery {
        operation: Operation,
        /// authentik's message, which is never translated.
        detail: String,
    },
    /// Another server answers, although the address looks like authentik's.
    #[error("this is not authentik")]
    NotAuthentik,
    /// authentik is older than 2024.12. Update it.
    #[error("authentik {version} is too old")]
    TooOld {
        /// The running version.
        version: String,
    },
    /// authentik does not have a field that Cowbell writes. It would ignore the value, so nothing is written.
    #[error("authentik {version} has no field {field}")]
    FieldUnknown {
        /// Name of the field.
        field: &'static str,
        /// The running version.
        version: String,
    },
    /// authentik is starting or in maintenance (503).
    #[error("authentik is starting or in maintenance")]
    Maintenance {
        /// The requested operation.
        operation: Operation,
        /// Seconds after which to retry, if authentik named any.
        retry_after_s: Option<u32>,
    },
    /// authentik rejected the request (400).
    #[error("{}: {detail}", .operation.endpoint())]
    Rejected {
        /// The requested operation.
        operation: Operation,
        /// authentik's message, with the field in front.
        detail: String,
    },
    /// The definition of an object attribute does not allow the write (docs/contract/authentik.md, section 8). Switch it off
    /// meanwhile.
    #[error("{}: object attribute {attribute}: {detail}", .operation.endpoint())]
    AttributeRule {
        /// The requested operation.
        operation: Operation,
        /// Key of the attribute.
        attribute: String,
        /// authentik's message.
        detail: String,
    },
    /// The object no longer exists.
    #[error("{}: not found", .operation.endpoint())]
    NotFound {
        /// The requested operation.
        operation: Operation,
    },
    /// A response that authentik does not send.
    #[error("{}: unexpected answer {status}", .operation.endpoint())]
    Unexpected {
        /// The requested operation.
        operation: Operation,
        /// HTTP status.
        status: u16,
        /// What is wrong with it.
        oddity: Oddity,
    },
    /// The list changed while it was read, so that rows may be missing. Read it again.
    #[error("{}: {read} of {count} were listed", .operation.endpoint())]
    Incomplete {
        /// The requested operation.
        operation: Operation,
        /// Rows that were read.
        read: usize,
        /// Rows that the list has.
        count: u32,
    },
    /// There was no response.
    #[error("{}: {cause}", .operation.endpoint())]
    NoAnswer {
        /// The requested operation.
        operation: Operation,
        /// Why.
        cause: SendError,
    },
}

impl Error {
    /// Whether the object no longer exists.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }
}

/// Parses a successful response.
///
/// # Errors
/// Any problem with it. A 403 is reported as [`Error::NotAllowed`]: authentik also answers 403 when no one is signed in, so the
/// caller has to read who is signed in to distinguish them (docs/contract/authentik.md, section 2).
pub fn read<'a, T: Deserialize<'a>>(answer: &'a Answer, operation: Operation) -> Result<T, Box<Error>> {
    let response = accept(answer, operation)?;
    wire::read(&response.body).map_err(|error| {
        let shape = match error.kind {
            ErrorKind::Syntax => Oddity::NotJson,
            ErrorKind::Shape => Oddity::WrongShape,
        };
        Error::Unexpected { operation, status: response.status, oddity: oddity(response).unwrap_or(shape) }.into()
    })
}

/// The error for JSON with unexpected fields or types.
pub(crate) fn wrong_shape(operation: Operation) -> Error {
    Error::Unexpected { operation, status: 200, oddity: Oddity::WrongShape }
}

/// Accepts a successful response, whatever its body.
///
/// # Errors
/// As [`read`], without those about the body.
pub(super) fn accept(answer: &Answer, operation: Operation) -> Result<&Response, Box<Error>> {
    let response = answer.as_ref().map_err(|cause| Error::NoAnswer { operation, cause: *cause })?;
    Err(Box::new(match response.status {
        200..=299 => return Ok(response),
        // An error page, since 2026.8 with its own status (docs/contract/newest.md, row 8), or that of a proxy: the API says why.
        status @ 400 if let Some(oddity) = oddity(response) => Error::Unexpected { operation, status, oddity },
        400 if let Some((attribute, detail)) = attribute_rule(&response.body) => {
            Error::AttributeRule { operation, attribute, detail }
        }
        400 => Error::Rejected { operation, detail: rejection(&response.body) },
        403 if let Some(detail) = forgery(&response.body) => Error::Forgery { operation, detail },
        401 | 403 => Error::NotAllowed { operation },
        404 => Error::NotFound { operation },
        503 => Error::Maintenance { operation, retry_after_s: response.retry_after_s },
        status => Error::Unexpected { operation, status, oddity: oddity(response).unwrap_or(Oddity::Status) },
    }))
}

/// Accepts the response to a removal: only 204 (recording 139), because a proxy's page may have status 200.
///
/// # Errors
/// As [`read`].
pub fn accept_removal(answer: &Answer, operation: Operation) -> Result<(), Box<Error>> {
    let response = accept(answer, operation)?;
    match response.status {
        204 => Ok(()),
        status => {
            let oddity = oddity(response).unwrap_or(Oddity::Status);
            Err(Box::new(Error::Unexpected { operation, status, oddity }))
        }
    }
}

/// Whether a write certainly had no effect. A proxy's error, a server error (500; up to 2026.8.0-rc1 405 with an empty body,
/// docs/contract/newest.md, row 8) or an unreadable response leave that open.
#[must_use]
pub fn was_refused(answer: &Answer) -> bool {
    match answer {
        Ok(response) => matches!(response.status, 400 | 401 | 403 | 404 | 409 | 429),
        Err(error) => error.never_sent(),
    }
}

/// The message of a 403 that is about forgery (docs/contract/authentik.md, section 12).
pub(crate) fn forgery(body: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Refusal {
        detail: String,
    }
    let Refusal { detail } = wire::read(body).ok()?;
    detail.strip_prefix("CSRF Failed: ").map(str::to_owned)
}

/// The object attribute whose definition does not allow a write, and authentik's message: since 2026.8 a 400 with
/// `{"attributes_<key>": ["message"]}` (docs/contract/authentik.md, section 8).
pub(crate) fn attribute_rule(body: &str) -> Option<(String, String)> {
    let Ok(Value::Object(fields)) = serde_json::from_str(body) else { return None };
    let (field, messages) = fields.iter().next()?;
    let attribute = field.strip_prefix("attributes_").filter(|attribute| !attribute.is_empty())?;
    Some((attribute.to_owned(), rejection(&messages.to_string())))
}

/// Whether a response is a web page, which is none of the API.
pub(crate) fn oddity(response: &Response) -> Option<Oddity> {
    let html = response.content_type.starts_with("text/html") || response.body.trim_start().starts_with('<');
    html.then_some(Oddity::Html)
}

/// authentik's message in a 400: `{"field": ["message"]}`, nested for the transactional endpoint.
pub(crate) fn rejection(body: &str) -> String {
    fn walk(value: &Value, path: &str, out: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let hidden = matches!(key.as_str(), "non_field_errors" | "detail");
                    let path = match (path.is_empty(), hidden) {
                        (_, true) => path.to_owned(),
                        (true, false) => key.clone(),
                        (false, false) => format!("{path}.{key}"),
                    };
                    walk(value, &path, out);
                }
            }
            Value::Array(list) => list.iter().for_each(|value| walk(value, path, out)),
            Value::String(text) if path.is_empty() => out.push(text.clone()),
            Value::String(text) => out.push(format!("{path}: {text}")),
            _ => {}
        }
    }
    let mut out = Vec::new();
    if let Ok(value) = serde_json::from_str(body) {
        walk(&value, "", &mut out);
    }
    out.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_is_quoted_with_its_field() {
        assert_eq!(rejection(r#"{"name":["Taken."],"non_field_errors":["No."]}"#), "name: Taken. No.");
        assert_eq!(rejection(r#"{"app":{"slug":["Exists."]}}"#), "app.slug: Exists.");
        assert_eq!(rejection("<html>"), "");
    }

    /// Since 2026.8 (docs/contract/newest.md, row 8) 400, 403 and 404 are refusals even as pages; a failure of the server is
    /// none, whichever status it has.
    #[test]
    fn a_failure_of_the_server_leaves_open_whether_a_write_had_an_effect() {
        let answer = |status, body: &str| {
            let content_type = if body.is_empty() { String::new() } else { "text/html".into() };
            Ok(Response { status, content_type, retry_after_s: None, body: body.to_owned().into() })
        };
        for (status, body, refused) in [
            (400, "<html>", true),
            (403, "<html>", true),
            (404, "<html>", true),
            (405, "", false),
            (500, "<html>", false),
            (502, "<html>", false),
            (200, "<html>", false),
        ] {
            assert_eq!(was_refused(&answer(status, body)), refused, "{status}");
        }
        let operation = Operation::view(crate::authentik::Resource::Provider);
        for (status, oddity) in [(400, Oddity::Html), (500, Oddity::Html)] {
            let read = accept(&answer(status, "<html>"), operation).err();
            assert_eq!(read, Some(Box::new(Error::Unexpected { operation, status, oddity })), "{status}");
        }
    }

    /// The browser has kept it back, for example from a service worker; or it was sent, and its answer got lost.
    #[test]
    fn of_writes_without_an_answer_only_one_that_was_not_sent_certainly_had_no_effect() {
        for (cause, refused) in [
            (SendError::ServiceWorker, true),
            (SendError::NotSent, true),
            (SendError::Timeout, false),
            (SendError::Cancelled, false),
            (SendError::TabGone, false),
        ] {
            assert_eq!(was_refused(&Err(cause)), refused, "{cause}");
        }
    }

    /// A proxy may say it in plain words, or not say that it is a page.
    #[test]
    fn a_page_is_one_by_its_type_or_by_how_it_begins() {
        let oddity = |content_type: &str, body: &str| {
            let (content_type, body) = (content_type.to_owned(), body.to_owned().into());
            oddity(&Response { status: 400, content_type, retry_after_s: None, body })
        };
        assert_eq!(oddity("text/html; charset=utf-8", "Bad Request"), Some(Oddity::Html));
        assert_eq!(oddity("", "\n<!DOCTYPE html>"), Some(Oddity::Html));
        assert_eq!(oddity("application/json", r#"{"name":["<b> is not allowed."]}"#), None);
    }

    #[test]
    fn the_definition_of_an_object_attribute_is_named() {
        let rule = |attribute: &str, detail: &str| Some((attribute.to_owned(), detail.to_owned()));
        assert_eq!(
            attribute_rule(r#"{"attributes_badge_no":["Value is not unique."]}"#),
            rule("badge_no", "Value is not unique.")
        );
        for other in [r#"{"attributes":["Value must be a dictionary."]}"#, r#"{"attributes_":["x"]}"#, "[]", "<html>", ""] {
            assert_eq!(attribute_rule(other), None, "{other}");
        }
    }
}
