//! Finds out what became of objects that were about to be made when a run was cut off.
//!
//! An object is taken for ours only when it holds what we would have written: a stranger that merely has the name is left alone.

use super::change::Kind;
use super::journal::{Entry, Journal, Known, Unknown};
use crate::authentik::types::{Application, Provider, ScopeMapping};
use crate::authentik::{Error, Snapshot, observe_bindings};
use crate::setup::same_expression;
use crate::transport::Host;
use crate::wire::RawObject;

/// What was found out about entries.
#[derive(Debug, Default)]
pub struct Reconciled {
    /// Those of which it is known now.
    pub known: Vec<Known>,
    /// Why others stay open.
    pub error: Option<Box<Error>>,
}

/// Finds out about entries whose object may or may not have been made. `snapshot` has to be newer than the run that was cut off.
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

/// Settles every such entry of a journal.
///
/// # Errors
/// When the bindings of an application cannot be read; the entries about them stay open.
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

/// Whether a mapping is what would have been written.
pub(super) fn is_mapping(mapping: &ScopeMapping, after: &RawObject) -> bool {
    after.text("name").as_deref() == Some(&mapping.name)
        && after.text("expression").is_some_and(|expression| same_expression(&expression, &mapping.expression))
}

/// The binding that lets the group in. The plan made one only where there was none.
async fn binding(host: &impl Host, snapshot: &Snapshot, after: &RawObject) -> Result<Option<String>, Box<Error>> {
    let (Some(target), group) = (after.text("target"), after.text("group")) else { return Ok(None) };
    if !snapshot.applications.iter().any(|application| application.pk == target) {
        return Ok(None);
    }
    let bindings = observe_bindings(host, &snapshot.base, &target).await?;
    let found = bindings.into_iter().find(|binding| binding.lets_in() && binding.group.as_deref() == group.as_deref());
    Ok(found.map(|binding| binding.pk))
}
