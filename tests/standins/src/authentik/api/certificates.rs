//! `/crypto/certificatekeypairs/` (docs/contract/authentik.md, section 6).

use http::StatusCode;
use serde_json::{Value, json};

use super::list;
use crate::{
    authentik::{
        access::Caller,
        call::Call,
        refusal::Refusal,
        resource::CERTIFICATE,
        state::{Certificate, State},
        time,
    },
    message::{self, Response},
};

const KEYS: [list::Key<Certificate>; 2] =
    [("name", |certificate| certificate.name.clone()), ("cert_expiry", |certificate| time::iso_seconds(certificate.expires))];

fn show(state: &State, certificate: &Certificate) -> Value {
    let path = |action: &str| {
        let pk = certificate.pk;
        state.site.path(&format!("api/v3/crypto/certificatekeypairs/{pk}/{action}/?download"))
    };
    let mut shown = json!({
        "pk": certificate.pk,
        "name": certificate.name,
        "fingerprint_sha256": fingerprint(certificate, 32),
        "fingerprint_sha1": fingerprint(certificate, 20),
        "cert_expiry": time::iso_seconds(certificate.expires),
        "cert_subject": certificate.subject,
        "private_key_available": certificate.has_key,
        "certificate_download_url": path("view_certificate"),
        "private_key_download_url": path("view_private_key"),
        "managed": certificate.managed,
    });
    shown[state.profile.key_type_field()] = json!(certificate.key_type);
    shown
}

pub(super) fn list(state: &State, call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    let visible = CERTIFICATE.visible(state, caller)?;
    let key_types = if state.profile.filters_key_type() { call.params("key_type") } else { Vec::new() };
    let mut certificates: Vec<&Certificate> = state
        .certificates
        .iter()
        .filter(|certificate| visible.covers(&certificate.pk.to_string()))
        .filter(|certificate| call.flag("has_key").is_none_or(|has_key| certificate.has_key == has_key))
        .filter(|certificate| key_types.is_empty() || key_types.contains(&certificate.key_type.as_str()))
        .filter(|certificate| call.param("name").is_none_or(|name| certificate.name == name))
        .filter(|certificate| call.param("search").is_none_or(|search| list::matches(search, &[&certificate.name])))
        .collect();
    certificates.sort_by(|left, right| left.name.cmp(&right.name));
    list::order(call, &mut certificates, &KEYS);
    list::paged(call, state, None, &certificates, |certificate| show(state, certificate))
}

pub(super) fn retrieve(state: &State, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    CERTIFICATE.may("view", key, state, caller)?;
    let certificate =
        state.certificates.iter().find(|certificate| certificate.pk.to_string() == key).ok_or_else(|| CERTIFICATE.missing())?;
    Ok(message::json(StatusCode::OK, &show(state, certificate)))
}

/// Something that looks like a fingerprint and is the same each time.
fn fingerprint(certificate: &Certificate, bytes: usize) -> String {
    let parts: Vec<String> = certificate
        .pk
        .as_bytes()
        .iter()
        .cycle()
        .zip(0..bytes)
        .map(|(byte, at)| format!("{:02x}", usize::from(*byte) ^ (at * 7)))
        .collect();
    parts.join(":")
}
