//! Redirect URLs: authentik compares them byte for byte with what is registered (docs/contract/e2e.md, cases i, i2, i3), unless a
//! regular expression is registered (docs/contract/cases.md, R6).

use url::{Position, Url};

use super::characters::check_word;
use super::context::{Context, good, set};
use crate::{
    mailcow::{Field, FormValues},
    setup::{Origin, Registration, completes_sign_in},
    verify::{Code, Finding},
};

pub(super) fn check(values: &FormValues, context: Context<'_>, findings: &mut Vec<Finding>) {
    let check = |field, text| check_word(field, text).unwrap_or_else(|| check_one(field, text, context));
    if let Some(text) = values.text(Field::RedirectUrl) {
        let finding = check(Field::RedirectUrl, text);
        findings.push(match context.known {
            Some(known) if !matches!(finding.code, Code::RedirectRegistered | Code::RedirectMatchUnknown) => {
                finding.fixed_by(set(Field::RedirectUrl, known.redirect_uri_of(&known.mailcow)))
            }
            _ => finding,
        });
    }
    for text in values.redirect_url_extra.iter().flatten().filter(|text| !text.is_empty()) {
        let mut finding = check(Field::RedirectUrlExtra, text);
        // A fix sets one control, and these are several.
        finding.fix = None;
        findings.push(finding);
        // mailcow compares the header `Host` with the host of the URL, without a port (docs/contract/cases.md, R8).
        let port = Origin::of(text).and_then(|origin| origin.port());
        findings
            .extend(port.map(|port| Finding::new(Code::RedirectPortNotCompared).at(Field::RedirectUrlExtra).with("port", port)));
    }
}

fn check_one(field: Field, text: &str, context: Context<'_>) -> Finding {
    let found = |code| Finding::new(code).at(field);
    let Some(origin) = Origin::of(text) else {
        return found(Code::RedirectNotUrl);
    };
    let accepted = context.known.map_or(Some(false), |known| known.accepts(text));
    // authentik registers any address; where no sign-in ends, none works.
    if !completes_sign_in(text) || accepted == Some(false) && text.contains(['?', '#']) {
        let url = Url::parse(text).ok();
        let path = url.as_ref().map_or(text, |url| &url[Position::BeforePath..]);
        return found(Code::RedirectHasPath).with("path", path).fixed_by(set(field, origin.to_string()));
    }
    if accepted == Some(true) {
        return found(Code::RedirectRegistered);
    }
    if !origin.is_secure() {
        let expected = origin.to_string().replacen("http:", "https:", 1);
        return found(Code::RedirectNotSecure).with("expected", &expected).fixed_by(set(field, expected));
    }
    match context.known {
        Some(known) if accepted.is_none() => {
            found(Code::RedirectMatchUnknown).with("expression", known.redirect_expressions.join(", "))
        }
        Some(known) => unregistered(field, text, known),
        None => check_alone(field, text, &origin, context.page),
    }
}

fn unregistered(field: Field, text: &str, known: &Registration) -> Finding {
    let other = text.strip_suffix('/').map_or_else(|| format!("{text}/"), str::to_owned);
    if known.accepts(&other) == Some(true) {
        return Finding::new(Code::RedirectSlashDiffers).at(field).with("expected", other);
    }
    let registered = [known.redirect_uris.as_slice(), &known.redirect_expressions].concat().join(", ");
    Finding::new(Code::RedirectNotRegistered).at(field).with("url", text).with("registered", registered)
}

/// Checks without the registered addresses.
fn check_alone(field: Field, text: &str, origin: &Origin, page: Option<&Origin>) -> Finding {
    match page.filter(|page| field == Field::RedirectUrl && *page != origin) {
        Some(page) => Finding::new(Code::RedirectAtOtherHost)
            .at(field)
            .with("host", origin.host())
            .with("page", page.host())
            .fixed_by(set(field, page.to_string())),
        None if text.ends_with('/') => {
            Finding::new(Code::RedirectTrailingSlash).at(field).fixed_by(set(field, origin.to_string()))
        }
        None => good(field),
    }
}
