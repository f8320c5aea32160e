//! The expressions of scope mappings that Cowbell writes and recognises.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use crate::wire::{read, write};

/// Expression of the `email` scope mapping that reads an attribute of each user, as the guide intends
/// (docs/contract/authentik.md, section 4).
pub const MAPPING_EXPRESSION: &str = r#"return {
    "email": request.user.email,
    "email_verified": request.user.attributes.get("email_verified", False),
}"#;

/// The same, including attributes of the user's groups, so that one attribute on a group applies to all its members
/// (docs/contract/authentik.md, section 4, `group_attributes`).
pub const MAPPING_EXPRESSION_WITH_GROUPS: &str = r#"return {
    "email": request.user.email,
    "email_verified": request.user.group_attributes(request.http_request).get("email_verified", False),
}"#;

/// Scope and claim by which mailcow selects a mailbox template (docs/contract/mailcow.md, section 3).
pub const TEMPLATE_SCOPE: &str = "mailcow_template";

const TEMPLATES_BEGIN: &str = "for group, template in ";
const TEMPLATES_END: &str =
    ":\n    if ak_is_group_member(request.user, name=group):\n        return {\"mailcow_template\": template}\nreturn {}";

/// A rule: mailboxes for members of a group are created from a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct TemplateRule {
    /// Name of the group, which the expression compares.
    pub group: String,
    /// Name of the template in mailcow; also the value of the claim.
    pub template: String,
}

/// Expression of the `mailcow_template` scope mapping: the template of the first group of which the user is a member, directly or
/// through a group below it (`ak_is_group_member`, authentik/lib/expression/evaluator.py). No claim for all other users, because
/// a claim without a row in mailcow's mapping is no better than none (docs/contract/e2e.md, cases n to n3).
#[must_use]
pub fn template_expression(rules: &[TemplateRule]) -> String {
    let row = |rule: &TemplateRule| format!("\n    [{}, {}]", write(&rule.group), write(&rule.template));
    let rows: Vec<String> = rules.iter().map(row).collect();
    format!("{TEMPLATES_BEGIN}[{}\n]{TEMPLATES_END}", rows.join(","))
}

/// The rules in an expression that Cowbell has written; `None` for any other.
#[must_use]
pub fn template_rules(expression: &str) -> Option<Vec<TemplateRule>> {
    let expression = expression.replace("\r\n", "\n");
    let list = expression.trim().strip_prefix(TEMPLATES_BEGIN)?.strip_suffix(TEMPLATES_END)?;
    let rows: Vec<[String; 2]> = read(list).ok()?;
    Some(rows.into_iter().map(|[group, template]| TemplateRule { group, template }).collect())
}

/// Whether two expressions are the same program text, apart from white space, comment lines, the kind of quotation marks and a
/// trailing comma.
#[must_use]
pub fn same_expression(one: &str, other: &str) -> bool {
    // Spaces in names of groups and templates are significant.
    if let (Some(one), Some(other)) = (template_rules(one), template_rules(other)) {
        return one == other;
    }
    let bare = |text: &str| {
        let mut out: String = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<String>();
        out.retain(|c| !c.is_whitespace());
        out.replace('\'', "\"").replace(",}", "}")
    };
    bare(one) == bare(other)
}

/// Whether Cowbell writes such expressions.
#[must_use]
pub fn is_own_expression(expression: &str) -> bool {
    let says = |ours| same_expression(expression, ours);
    says(MAPPING_EXPRESSION) || says(MAPPING_EXPRESSION_WITH_GROUPS) || template_rules(expression).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(group: &str, template: &str) -> TemplateRule {
        TemplateRule { group: group.into(), template: template.into() }
    }

    #[test]
    fn an_expression_is_recognised_in_other_spelling() {
        let by_hand = "# from the docs\nreturn {\n  'email': request.user.email,\n  'email_verified': request.user.attributes.get('email_verified', False)\n}\n";
        assert!(same_expression(by_hand, MAPPING_EXPRESSION) && is_own_expression(by_hand));
        assert!(!same_expression("return {}", MAPPING_EXPRESSION) && !is_own_expression("return {}"));
    }

    #[test]
    fn rules_are_read_back_as_they_were_written() {
        let rules = [rule("Sales \"EU\"", "OIDC Users"), rule("möhre\\n", "Default")];
        let expression = template_expression(&rules);
        assert_eq!(
            expression,
            "for group, template in [\n    [\"Sales \\\"EU\\\"\", \"OIDC Users\"],\n    [\"möhre\\\\n\", \"Default\"]\n]:\n    if ak_is_group_member(request.user, name=group):\n        return {\"mailcow_template\": template}\nreturn {}"
        );
        assert_eq!(template_rules(&expression).as_deref(), Some(&rules[..]));
        assert_eq!(template_rules(&(expression.replace('\n', "\r\n") + "\n")).as_deref(), Some(&rules[..]));
        assert_eq!(template_rules(&expression.replace("return {}", "return None")), None);
        assert!(is_own_expression(&expression));
    }

    #[test]
    fn blanks_in_names_count() {
        let (one, other) = (template_expression(&[rule("a b", "c")]), template_expression(&[rule("ab", "c")]));
        assert!(!same_expression(&one, &other));
    }
}
