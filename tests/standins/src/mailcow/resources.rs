//! Rooms and things that can be booked: mailboxes to the database, none to whoever signs in (recordings 854 to 857 and 869).

use serde_json::{Map, Value, json};

use super::fields::number;
use super::state::{Resource, State};

/// Makes a resource from the fields of `add/resource`. Returns its address, which is made of the description.
///
/// # Errors
/// The message of mailcow, without its log.
pub(super) fn add(state: &mut State, attr: &Map<String, Value>) -> Result<String, Value> {
    let text = |key: &str| attr.get(key).and_then(Value::as_str).unwrap_or_default();
    let local_part: String = text("description").chars().filter(char::is_ascii_alphanumeric).collect();
    let address = format!("{local_part}@{}", text("domain").trim().to_lowercase());
    if local_part.is_empty() || !matches!(text("kind"), "location" | "group" | "thing") {
        return Err("resource_invalid".into());
    }
    if state.mailbox(&address).is_some() || state.resource(&address).is_some() {
        return Err(json!(["object_exists", address]));
    }
    if state.aliases.iter().any(|alias| alias.address.eq_ignore_ascii_case(&address)) {
        return Err(json!(["is_alias", address]));
    }
    state.resources.push(Resource {
        address: address.clone(),
        description: text("description").to_owned(),
        kind: text("kind").to_owned(),
        multiple_bookings: text("multiple_bookings").trim().parse().unwrap_or(0),
        active: attr.get("active").and_then(number) == Some(1),
    });
    Ok(address)
}
