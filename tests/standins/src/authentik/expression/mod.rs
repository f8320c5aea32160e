//! The expressions of scope mappings, as far as the stand-in understands them.
//!
//! authentik runs Python. Here a small part of it is read: a body of comments, `for`, `if` and `return`, with dictionaries, lists,
//! constants, attributes of `request.user`, `.get("key", default)`, `is`, `==`, `ak_is_group_member` and the list of group names. That
//! covers the managed mappings, the guide's, Cowbell's, and constants. **Any other expression yields `{}`**: no claim and no error.

mod eval;
mod parse;
mod source;
mod syntax;

use serde_json::{Map, Value};

use super::state::{State, User};

pub(super) use eval::Raised;
/// What Python would say about an expression on saving; `None` if it accepts it.
pub(super) fn syntax_error(expression: &str) -> Option<String> {
    syntax::syntax_error(&source::body(expression))
}

/// Evaluates an expression for a user, or for nobody (recording 135).
pub(super) fn evaluate(expression: &str, state: &State, user: Option<&User>) -> Result<Map<String, Value>, Raised> {
    let Some(parsed) = parse::parse(&source::body(expression)) else {
        return Ok(Map::new());
    };
    match eval::evaluate(&parsed, state, user)? {
        Value::Object(claims) => Ok(claims),
        _ => Ok(Map::new()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::authentik::{Authentik, Profile};

    fn claims(expression: &str, username: &str) -> Value {
        let authentik = Authentik::recorded(Profile::V2026_2);
        let state = authentik.state();
        match evaluate(expression, state, state.users.named(username)) {
            Ok(claims) => Value::Object(claims),
            Err(raised) => json!(raised.exception),
        }
    }

    #[test]
    fn the_guides_expression_reads_the_users_own_attribute_only() {
        let expression = "return {\n    \"email\": request.user.email,\n    \"email_verified\": request.user.attributes.get(\"email_verified\", False),\n}";
        assert_eq!(claims(expression, "user01"), json!({"email": "user01@mail.example", "email_verified": true}));
        assert_eq!(claims(expression, "user08")["email_verified"], json!(false));
    }

    #[test]
    fn group_attributes_are_inherited_and_overridden() {
        let mut authentik = Authentik::recorded(Profile::V2026_2);
        let state = authentik.state_mut();
        for group in state.groups.values_mut() {
            group.attributes.insert("email_verified".to_owned(), json!(true));
        }
        let expression =
            "return {\"email_verified\": request.user.group_attributes(request.http_request).get(\"email_verified\", False)}";
        let of = |name: &str| evaluate(expression, state, state.users.named(name)).expect("no exception");
        assert_eq!(of("user08")["email_verified"], json!(true));
        assert_eq!(of("user06")["email_verified"], json!(false));
        assert_eq!(of("user30")["email_verified"], json!(false));
    }

    #[test]
    fn constants_and_comments() {
        assert_eq!(
            claims("# why\nreturn {'mailcow_template': \"sales\", 'n': 3, 'x': None}", "user01"),
            json!({"mailcow_template": "sales", "n": 3, "x": null})
        );
    }

    #[test]
    fn the_first_group_that_fits_returns() {
        let body = "# by group\nfor group, template in [\n    [\"nobody\", \"A\"],\n    ['vip', \"B\"],\n    [\"mail-users\", \"C\"]\n]:\n    if ak_is_group_member(request.user, name=group):\n        return {\"mailcow_template\": template}\nreturn {}";
        assert_eq!(claims(body, "user01"), json!({"mailcow_template": "B"}));
        assert_eq!(claims(body, "user03"), json!({"mailcow_template": "C"}));
        assert_eq!(claims(body, "user30"), json!({}));
    }

    #[test]
    fn loops_and_conditions_without_an_end() {
        assert_eq!(claims("for a in [1, 2]:\n    if a == 2:\n        return {\"a\": a}", "user01"), json!({"a": 2}));
        assert_eq!(claims("if False:\n    return {\"a\": 1}", "user01"), json!({}));
        assert_eq!(claims("if True:\nreturn {\"a\": 1}", "user01"), json!({}));
        assert_eq!(claims("for a, b in [[1]]:\n    return {}", "user01"), json!("ValueError: wrong number of values to unpack"));
    }

    #[test]
    fn unknown_attributes_raise() {
        assert_eq!(
            claims("return {\"email\": request.user.nope}", "user01"),
            json!("AttributeError: 'User' object has no attribute 'nope'")
        );
    }

    /// S5: a comment ends where Python ends the line, and texts with other ends of lines get what authentik indents.
    #[test]
    fn lines_end_as_for_python() {
        for end in ["\r", "\n", "\r\n"] {
            assert_eq!(claims(&format!("# why{end}return {{'a': 1}}\nreturn {{'a': 2}}"), "user01"), json!({"a": 1}), "{end:?}");
        }
        for no_end in ["\u{2028}", "\u{85}", "\u{c}", "\u{b}"] {
            assert_eq!(
                claims(&format!("# why{no_end}return {{'a': 1}}\nreturn {{'a': 2}}"), "user01"),
                json!({"a": 2}),
                "{no_end:?}"
            );
            assert_eq!(claims(&format!("return {{'a': 'x{no_end}y'}}"), "user01"), json!({"a": format!("x{no_end}    y")}));
            assert_eq!(claims(&format!("return{no_end}{{'a': 1}}"), "user01") == json!({}), no_end != "\u{c}", "{no_end:?}");
        }
        assert_eq!(claims("return {'a': 'x\ny'}", "user01"), json!({}));
        let escaped = "return {'a': '\\u2028\\U0001f514\\n\\x41\\/\\''}";
        assert_eq!(claims(escaped, "user01"), json!({"a": "\u{2028}🔔\nA\\/'"}));
    }

    #[test]
    fn what_is_not_understood_yields_nothing() {
        assert_eq!(claims("import os\nreturn {\"a\": os.name}", "user01"), json!({}));
    }
}
