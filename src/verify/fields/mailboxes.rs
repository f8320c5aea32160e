//! Default template, attribute mapping and switches: they decide whether a user without a mailbox gets one (docs/contract/e2e.md,
//! cases a, n, r, s, z; docs/contract/mailcow.md, section 3).

use super::context::{good, set};
use crate::{
    mailcow::{DEFAULT_TEMPLATE, Field, FormValues},
    verify::{Code, Finding},
};

pub(super) fn check(values: &FormValues) -> Vec<Finding> {
    let mut findings: Vec<Finding> = check_default(values).into_iter().collect();
    findings.extend(check_mapping(values));
    if let Some(on) = values.ignore_ssl_error {
        findings.push(check_switch(Field::IgnoreSslError, !on, Code::IgnoreSslErrorOn, ""));
    }
    if let Some(on) = values.login_provisioning {
        findings.push(check_switch(Field::LoginProvisioning, on, Code::LoginProvisioningOff, "1"));
    }
    findings
}

fn check_switch(field: Field, right: bool, otherwise: Code, remedy: &str) -> Finding {
    if right { good(field) } else { Finding::new(otherwise).at(field).fixed_by(set(field, remedy)) }
}

fn check_default(values: &FormValues) -> Option<Finding> {
    let field = Field::DefaultTemplate;
    let template = values.text(field)?;
    if !template.is_empty() {
        return Some(check_template(field, template, values).unwrap_or_else(|| good(field)));
    }
    let finding = Finding::new(Code::DefaultTemplateEmpty).at(field);
    let options = values.template_options.as_deref().unwrap_or_default();
    Some(match options.iter().find(|option| *option == DEFAULT_TEMPLATE).or(options.first()) {
        Some(option) => finding.fixed_by(set(field, option.as_str())),
        None => finding,
    })
}

fn check_template(field: Field, template: &str, values: &FormValues) -> Option<Finding> {
    let missing = values.template_options.as_ref().is_some_and(|options| !options.iter().any(|option| option == template));
    missing.then(|| Finding::new(Code::TemplateNotFound).at(field).with("template", template))
}

fn check_mapping(values: &FormValues) -> Vec<Finding> {
    let claims = values.mappers.as_deref().unwrap_or_default();
    let templates = values.templates.as_deref().unwrap_or_default();
    let cells = |index: usize| [claims, templates].map(|list| list.get(index).map_or("", String::as_str));
    let rows = (0..claims.len().max(templates.len())).map(|index| (index + 1, cells(index)));
    let filled: Vec<_> = rows.filter(|(_, cells)| *cells != ["", ""]).collect();
    let mut findings = Vec::new();
    if filled.last().is_some_and(|(number, _)| *number != filled.len()) {
        findings.push(Finding::new(Code::MappingEmptyRow).at(Field::Mappers));
    }
    for (number, [claim, template]) in &filled {
        if claim.is_empty() || template.is_empty() {
            findings.push(Finding::new(Code::MappingRowIncomplete).at(Field::Mappers).with("row", number));
        } else {
            findings.extend(check_template(Field::Templates, template, values));
        }
    }
    if !filled.is_empty() && findings.is_empty() {
        findings.push(good(Field::Mappers));
    }
    findings
}
