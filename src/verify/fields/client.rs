//! Checks client ID and client secret, alone and in combination.

use super::characters::check_word;
use super::context::{Context, good, set};
use crate::{
    mailcow::{Field, FormValues},
    setup::{CLIENT_ID_LENGTH, CLIENT_SECRET_LENGTH, Registration, Secret},
    verify::{Code, Finding, Fix},
};

pub(super) fn check(values: &FormValues, context: Context<'_>, findings: &mut Vec<Finding>) {
    let id = values.client_id.as_deref();
    let secret = values.client_secret.as_ref().map(Secret::reveal);
    if let (Some(id), Some(secret)) = (id, secret)
        && let Some(finding) = mixed_up(id, secret, context.known)
    {
        findings.push(finding);
        return;
    }
    if let Some(id) = id {
        let registered = context.known.map(|known| known.client_id.as_str());
        let finding = check_characters(Field::ClientId, id, registered).unwrap_or_else(|| check_id(id, context));
        findings.push(with_registered(finding, context.known));
    }
    let registered = context.known.and_then(|known| Some(known.client_secret.held()?.reveal()));
    if let Some(secret) = secret
        && let Some(finding) =
            check_characters(Field::ClientSecret, secret, registered).or_else(|| check_secret(id, secret, context.known))
    {
        findings.push(with_registered(finding, context.known));
    }
}

/// Checks the characters of a value. Quotation marks and spaces are meant where authentik has registered the same value.
fn check_characters(field: Field, text: &str, registered: Option<&str>) -> Option<Finding> {
    let is_meant = |code| registered == Some(text) && matches!(code, Code::QuoteMarks | Code::InnerSpace);
    check_word(field, text).filter(|finding| !is_meant(finding.code))
}

/// Both in the wrong field: certain when the registered values are known, else a guess from the lengths that authentik generates
/// (docs/contract/authentik.md, section 5.1).
fn mixed_up(id: &str, secret: &str, known: Option<&Registration>) -> Option<Finding> {
    let swapped = |code| Finding::new(code).at(Field::ClientId).fixed_by(Fix::SwapCredentials);
    if id.is_empty() || secret.is_empty() {
        return None;
    }
    if id == secret {
        let wrong = if known.is_some_and(|known| known.client_id != id) { Field::ClientId } else { Field::ClientSecret };
        return Some(with_registered(Finding::new(Code::CredentialsEqual).at(wrong), known));
    }
    if let Some(known) = known {
        let registered = known.client_secret.held().map(Secret::reveal);
        let certain = secret == known.client_id || registered == Some(id);
        return certain.then(|| swapped(Code::CredentialsSwapped));
    }
    let lengths = (id.len(), secret.len()) == (CLIENT_SECRET_LENGTH, CLIENT_ID_LENGTH);
    (lengths && is_alphanumeric(id) && is_alphanumeric(secret)).then(|| swapped(Code::CredentialsLookSwapped))
}

fn check_id(id: &str, context: Context<'_>) -> Finding {
    let other = context.others.iter().find(|other| other.client_id == id).map(|other| other.provider_name.as_str());
    let Some(known) = context.known else {
        return match other {
            Some(provider) => Finding::new(Code::ClientIdMatches).at(Field::ClientId).with("provider", provider),
            None => check_length(Field::ClientId, id, CLIENT_ID_LENGTH, Code::ClientIdOddLength),
        };
    };
    let finding = if id == known.client_id {
        Finding::new(Code::ClientIdMatches).with("provider", &known.provider_name)
    } else if let Some(other) = other {
        Finding::new(Code::ClientIdOfOtherProvider).with("other", other).with("provider", &known.provider_name)
    } else if is_part(id, &known.client_id) {
        Finding::new(Code::ClientIdTruncated).with("length", id.len()).with("expected", known.client_id.len())
    } else {
        Finding::new(Code::ClientIdDiffers).with("expected", &known.client_id).with("provider", &known.provider_name)
    };
    finding.at(Field::ClientId)
}

/// Checks the client secret. `None` when the client ID is of another client, whose secret is not known.
fn check_secret(id: Option<&str>, secret: &str, known: Option<&Registration>) -> Option<Finding> {
    let Some((known, registered)) = known.and_then(|known| Some((known, known.client_secret.held()?.reveal()))) else {
        return Some(check_length(Field::ClientSecret, secret, CLIENT_SECRET_LENGTH, Code::ClientSecretOddLength));
    };
    let finding = if secret == registered {
        Finding::new(Code::ClientSecretMatches)
    } else if is_part(secret, registered) {
        Finding::new(Code::ClientSecretTruncated).with("length", secret.len()).with("expected", registered.len())
    } else if id == Some(known.client_id.as_str()) {
        Finding::new(Code::ClientSecretDiffers).with("provider", &known.provider_name)
    } else {
        return None;
    };
    Some(finding.at(Field::ClientSecret))
}

/// Adds the registered value as the fix of a problem.
fn with_registered(finding: Finding, known: Option<&Registration>) -> Finding {
    let matches = matches!(finding.code, Code::ClientIdMatches | Code::ClientSecretMatches | Code::FieldGood);
    match (known, finding.field) {
        (Some(known), Some(Field::ClientId)) if !matches => {
            let fix = set(Field::ClientId, known.client_id.as_str());
            finding.fixed_by(fix)
        }
        (Some(known), Some(Field::ClientSecret)) if !matches && known.client_secret.held().is_some() => {
            finding.fixed_by(Fix::SetRegisteredSecret)
        }
        _ => finding,
    }
}

/// A shorter text was chosen by a user and is not a part of what authentik generates.
const GENERATED_FROM: usize = 20;

fn check_length(field: Field, text: &str, usual: usize, code: Code) -> Finding {
    let secret_of_own_choice = field == Field::ClientSecret && text.len() <= CLIENT_SECRET_LENGTH / 2;
    if looks_generated(text) && text.len() != usual && !secret_of_own_choice {
        Finding::new(code).at(field).with("length", text.len()).with("expected", usual)
    } else {
        good(field)
    }
}

/// Letters of both cases and digits only: the alphabet of authentik's generator.
fn looks_generated(text: &str) -> bool {
    text.len() >= GENERATED_FROM
        && is_alphanumeric(text)
        && text.contains(|c: char| c.is_ascii_digit())
        && text.contains(|c: char| c.is_ascii_uppercase())
        && text.contains(|c: char| c.is_ascii_lowercase())
}

fn is_alphanumeric(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether the beginning or the end of a text is missing, if it is another one.
fn is_part(part: &str, whole: &str) -> bool {
    whole.starts_with(part) || whole.ends_with(part)
}
