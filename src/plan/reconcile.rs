//! Finds out whether objects were created that an interrupted run was about to create.
//!
//! An object is recognised as ours only if it has the values that we would have written: an unrelated one with the same name
//! stays as it is.

use super::change::Kind;
use super::journal::{Entry, Journal, Known, Unknown};
use crate::authentik::types::{Application, Provider, ScopeMapping};
use crate::authentik::{Error, Snapshot, observe_bindings};
use crate::setup::same_expression;
use crate::transport::Host;
use crate::wire::RawObject;

/// Result of a reconciliation.
#[derive(Debug, Default)]
pub struct Reconciled {
    /// Entries whose result is known now.
    pub known: Vec<Known>,
    /// Why the others are still unknown.
    pub error: Option<Box<Error>>,
}

/// Reconciles entries whose object may or may not have been created. `snapshot` has to be newer than the interrupted run.
pub async fn find_unknown(host: &impl Host, unknown: Vec<Unknown>, snapshot: &Snapshot) -> Reconciled {
    let mut reconciled = Reconciled::default();
    for unknown in unknown {
        let found = match unknown.entry.kind {
            Kind::Binding => binding(host, snapshot, &unknown.entry.after).await,
            _ => Ok(find(snapshot, &unknown.entry)),
        };
        match found {
            Ok(key) => reconciled.known.push(Known { unknown, key }),
            Err(error) => reconciled.error = Some(error),
        }
    }
    reconciled
}

/// Reconciles all such entries of a journal.
///
/// # Errors
/// When the bindings of an application cannot be read; the entries about them stay unknown.
pub(super) async fn reconcile(host: &impl Host, journal: &mut Journal, snapshot: &Snapshot) -> Result<(), Box<Error>> {
    let Reconciled { known, error } = find_unknown(host, journal.unknown(), snapshot).await;
    journal.resolve(known);
    journal.keep(host).await;
    error.map_or(Ok(()), Err)
}

fn find(snapshot: &Snapshot, entry: &Entry) -> Option<String> {
    let after = &entry.after;
    let is_ours = |provider: &Provider| after.text("client_id").as_deref() == Some(&provider.client_id);
    match entry.kind {
        Kind::ScopeMapping | Kind::TemplateMapping => {
            snapshot.mappings.iter().find(|mapping| is_mapping(mapping, after)).map(|found| found.pk.clone())
        }
        Kind::Provider => snapshot.providers.iter().find(|provider| is_ours(provider)).map(|found| found.pk.to_string()),
        Kind::Application => {
            let has_provider = |application: &Application| {
                let provider = after.read::<i64>("provider");
                application.provider.is_some()
                    && (application.provider == provider
                        || application.provider.and_then(|pk| snapshot.provider(pk)).is_some_and(is_ours))
            };
            let mut applications = snapshot.applications.iter().filter(|application| application.slug == entry.name);
            applications.find(|application| has_provider(application)).map(|found| found.slug.clone())
        }
        Kind::Binding | Kind::Group | Kind::Users => None,
    }
}

/// Whether a mapping has the values that would have been written.
pub(super) fn is_mapping(mapping: &ScopeMapping, after: &RawObject) -> bool {
    after.text("name").as_deref() == Some(&mapping.name)
        && after.text("expression").is_some_and(|expression| same_expression(&expression, &mapping.expression))
}

/// The binding of the group. A plan creates one only if none authorized it for good, so one that does is ours.
async fn binding(host: &impl Host, snapshot: &Snapshot, after: &RawObject) -> Result<Option<String>, Box<Error>> {
    let (Some(target), group) = (after.text("target"), after.text("group")) else { return Ok(None) };
    if !snapshot.applications.iter().any(|application| application.pk == target) {
        return Ok(None);
    }
    let bindings = observe_bindings(host, &snapshot.base, &target).await?;
    let found = bindings.into_iter().find(|binding| binding.authorizes() && binding.group.as_deref() == group.as_deref());
    Ok(found.map(|binding| binding.pk))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentik::api::Base;
    use crate::plan::journal::State;

    /// Somebody's own mapping of the same name is not ours, nor is one with our expression under another name: what is taken for ours
    /// can be removed by undo.
    #[test]
    fn a_mapping_is_recognised_by_its_name_and_its_expression() {
        let mut snapshot = Snapshot::stock(Base::typed("authentik.company").expect("an address").0);
        let after = crate::wire::read(r#"{"name":"mailcow","expression":"return {}"}"#).expect("an object");
        let entry = Entry::new(Kind::ScopeMapping, "mailcow", after);
        for (name, expression, expected) in
            [("mailcow", "return {}", Some("m")), ("mailcow", "return None", None), ("theirs", "return {}", None)]
        {
            let (name, expression) = (name.to_owned(), expression.to_owned());
            let mapping =
                ScopeMapping { pk: "m".into(), managed: None, name: name.clone(), scope_name: "email".into(), expression };
            snapshot.mappings = vec![mapping];
            assert_eq!(find(&snapshot, &entry).as_deref(), expected, "{name}");
        }
    }

    /// An application with our slug is ours if its provider is the one that would have been written, or has the client ID that would
    /// have been. One without a provider is somebody else's.
    #[test]
    fn an_application_is_recognised_by_its_provider() {
        let mut snapshot = Snapshot::stock(Base::typed("authentik.company").expect("an address").0);
        let application = |provider| Application {
            pk: "a".into(),
            name: "Mail".into(),
            slug: "mail".into(),
            provider,
            meta_launch_url: String::new(),
            group: String::new(),
            needs_all: false,
        };
        let entry = |after: &str| Entry {
            kind: Kind::Application,
            name: "mail".into(),
            key: None,
            before: None,
            after: crate::wire::read(after).expect("an object"),
            secrets: Vec::new(),
            state: State::Intended,
        };
        let (by_key, by_client) = (entry(r#"{"provider":7}"#), entry(r#"{"client_id":"random"}"#));
        for (provider, expected) in [(Some(7), Some("mail".to_owned())), (Some(8), None), (None, None)] {
            snapshot.applications = vec![application(provider)];
            assert_eq!(find(&snapshot, &by_key), expected, "{provider:?}");
            assert_eq!(find(&snapshot, &by_client), None, "{provider:?}: no provider has that client ID");
        }
        let provider = r#"{"pk":8,"name":"Mail","property_mappings":[],"client_type":"confidential","client_id":"random","redirect_uris":[]}"#;
        snapshot.providers = vec![crate::wire::read(provider).expect("a provider")];
        for (provider, expected) in [(Some(8), Some("mail".to_owned())), (Some(9), None), (None, None)] {
            snapshot.applications = vec![application(provider)];
            assert_eq!(find(&snapshot, &by_client), expected, "{provider:?}");
        }
        snapshot.applications = vec![Application { slug: "wiki".into(), ..application(Some(7)) }];
        assert_eq!(find(&snapshot, &by_key), None, "of another slug");
    }
}
