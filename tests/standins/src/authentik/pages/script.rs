//! The inline script by which pages tell what they belong to (docs/contract/authentik.md, section 1).

use std::fmt::Write;

use serde_json::Value;

use crate::authentik::{api::instance, profile::Profile, state::State};

/// The content of the script element.
pub(super) fn authentik_config(state: &State) -> String {
    let profile = state.profile;
    let site = &state.site;
    let relative = if profile.has_rel_base() { format!(" relBase: \"{}\",", site.base) } else { String::new() };
    format!(
        "\"use strict\";\nwindow.authentik = {{\n    locale: \"{}\",\n    config: JSON.parse('{}'),\n    brand: JSON.parse('{}'),\n    versionFamily: \"{}\",\n    versionSubdomain: \"version-{}\",\n    build: \"\",\n    api: {{ base: \"{}\",{relative} }},\n}};\n",
        state.language.code(),
        escaped(&instance::config(profile)),
        escaped(&instance::brand(state)),
        profile.family(),
        profile.family().replace('.', "-"),
        site.absolute(""),
    )
}

/// The attribute `data-id` of the script element, where the release has one.
pub(super) fn data_id(profile: Profile) -> Option<&'static str> {
    (profile >= Profile::V2026_2).then_some("authentik-config")
}

/// JSON inside a JavaScript string inside HTML, in the manner of Django's `escapejs`.
fn escaped(value: &Value) -> String {
    value.to_string().chars().fold(String::new(), |mut out, character| {
        if character.is_control() || "\\'\"<>&=-;`\u{2028}\u{2029}".contains(character) {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{:04X}", u32::from(character));
        } else {
            out.push(character);
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::escaped;

    #[test]
    fn no_value_can_end_the_script() {
        let text = escaped(&json!("</script>'"));
        assert!(!text.contains(['<', '>', '\'']), "{text}");
    }
}
