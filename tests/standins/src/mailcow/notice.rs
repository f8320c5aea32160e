//! Messages of mailcow: what an action reports, queues in the session and writes to the log.

use serde::Serialize;
use serde_json::{Value, json};

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Done.
    Success,
    /// Refused.
    Danger,
    /// Done, or not, with something to know.
    Warning,
}

impl Kind {
    /// The word in JSON and in class names of alerts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Danger => "danger",
            Self::Warning => "warning",
        }
    }
}

/// One message.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notice {
    /// How it is meant.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The PHP function and its arguments; passwords and secrets are masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<Value>,
    /// A key of the language file, or a list of it and its arguments.
    pub msg: Value,
}

impl Notice {
    pub(super) fn success(log: Value, msg: impl Into<Value>) -> Self {
        Self { kind: Kind::Success, log: Some(log), msg: msg.into() }
    }

    pub(super) fn danger(log: Value, msg: impl Into<Value>) -> Self {
        Self { kind: Kind::Danger, log: Some(log), msg: msg.into() }
    }

    pub(super) fn warning(msg: &str) -> Self {
        Self { kind: Kind::Warning, log: None, msg: msg.into() }
    }

    /// A refused sign-in; the reason is only in the log.
    pub(super) fn login_failed(log: Value) -> Self {
        Self::danger(log, "login_failed")
    }

    pub(super) fn logged_in_as(log: Value, user: &str) -> Self {
        Self::success(log, json!(["logged_in_as", user]))
    }
}

/// The texts of the alerts for a queue, in English.
///
/// A list whose key is not in the language file shows as "Array", and so does any text without translation behind
/// another alert (recordings 405 and 723).
pub(super) fn alerts(queue: &[Notice]) -> Vec<(Kind, String)> {
    queue
        .iter()
        .enumerate()
        .map(|(place, notice)| {
            let text = translate(&notice.msg).or_else(|| match &notice.msg {
                Value::String(text) if place == 0 => Some(text.clone()),
                _ => None,
            });
            (notice.kind, text.unwrap_or_else(|| "Array".to_owned()))
        })
        .collect()
}

fn translate(msg: &Value) -> Option<String> {
    let argument = |place: usize| msg[place].as_str().unwrap_or_default();
    let key = msg.as_str().or_else(|| msg[0].as_str())?;
    Some(match key {
        "login_failed" => "Login failed".to_owned(),
        "access_denied" => "Access denied or invalid form data".to_owned(),
        "session_token" => "Form token invalid: Token mismatch".to_owned(),
        "session_ua" => "Form token invalid: User-Agent validation error".to_owned(),
        "object_modified" => format!("Changes to object {} have been saved", argument(1)),
        "logged_in_as" => format!("Logged in as {}", argument(1)),
        "item_deleted" => format!("Item {} successfully deleted", argument(1)),
        "mailbox_modified" => format!("Changes to mailbox {} have been saved", argument(1)),
        "mailbox_added" => format!("Mailbox {} has been added", argument(1)),
        "mailbox_removed" => format!("Mailbox {} has been removed", argument(1)),
        "template_added" => format!("Added template {}", argument(1)),
        "resource_added" => format!("Resource {} has been added", argument(1)),
        "app_passwd_added" => "Added new app password".to_owned(),
        "app_passwd_removed" => format!("Removed app password ID {}", argument(1)),
        "app_name_empty" => "App name cannot be empty".to_owned(),
        "password_mismatch" => "Confirmation password does not match".to_owned(),
        "password_complexity" => "Password does not meet the policy".to_owned(),
        "custom_login_modified" => "Login customisation was saved successfully".to_owned(),
        "rl_saved" => format!("Rate limit for object {} saved", argument(1)),
        "authsource_in_use" => {
            "The identity provider cannot be changed or deleted as it is currently in use by one or more users.".to_owned()
        }
        "invalid_authsource" => "The authentication source is invalid".to_owned(),
        _ => return None,
    })
}

/// JSON as PHP writes it: slashes and everything beyond ASCII escaped.
pub(super) fn php_json(value: &Value) -> String {
    let escaped = |character: char| match character {
        '/' => "\\/".to_owned(),
        character if character.is_ascii() => character.to_string(),
        character => {
            let mut units = [0; 2];
            character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat()
        }
    };
    value.to_string().chars().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::php_json;

    #[test]
    fn php_escapes_slashes_and_unicode() {
        assert_eq!(php_json(&json!(["a/b", "é😀"])), r#"["a\/b","\u00e9\ud83d\ude00"]"#);
    }
}
