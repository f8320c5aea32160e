//! What makes every sign-in fail, whoever tries: one list for the check, for the table of who can sign in, and for the diagnosis
//! of failed sign-ins (docs/contract/cases.md, R9).

use super::code::Outcome;
use super::credentials::CredentialsVerdict;
use super::{Code, Field, Finding};
use crate::authentik::types::{Application, Provider, ScopeMapping};
use crate::authentik::{Snapshot, Version};
use crate::mailcow::{GENERIC_OIDC, IdentityProvider, ListShape};
use crate::setup::{Origin, TEMPLATE_SCOPE};

/// Scopes that mailcow requests when none are stored (docs/contract/mailcow.md, section 2).
const DEFAULT_SCOPES: &str = "openid profile email mailcow_template";

/// The first release whose providers without redirect URIs no longer take over the first caller's (docs/contract/newest.md, row 7).
const ADOPTS_NONE: Version = Version { year: 2026, month: 2, patch: 3 };

/// What is known of the connection between both products.
#[derive(Clone, Copy)]
pub struct Connection<'a> {
    /// mailcow's settings, as stored or as they will be.
    pub settings: &'a IdentityProvider,
    /// The findings of [`check_fields`](super::check_fields) about these settings.
    pub fields: &'a [Finding],
    /// authentik, if it was read.
    pub authentik: Option<&'a Snapshot>,
    /// What authentik says of the client credentials, if it was asked.
    pub credentials: Option<&'a CredentialsVerdict>,
    /// Whether mailcow's server reaches the token endpoint, if that was tested.
    pub reach: Option<&'a Finding>,
}

/// What makes every sign-in fail, certain causes first, otherwise in the order of a sign-in. Each finding has an
/// [outcome](Code::outcome): refused, or unknown where only a sign-in can tell.
#[must_use]
pub fn problems_of_everybody(connection: Connection<'_>) -> Vec<Finding> {
    if connection.settings.authsource != GENERIC_OIDC {
        return vec![Finding::new(Code::SettingsMissing)];
    }
    // mailcow shows its sign-in button only with each of these fields (docs/contract/mailcow.md, section 7).
    let empty: Vec<Finding> = connection.fields.iter().filter(|finding| finding.code == Code::FieldEmpty).cloned().collect();
    if !empty.is_empty() {
        return empty;
    }
    let mut problems = connection.endpoint_problems();
    let is_elsewhere = connection.is_elsewhere(&problems);
    if is_elsewhere && problems.iter().all(|problem| problem.field != Some(Field::AuthorizeUrl)) {
        problems.extend(connection.problem_at(Field::AuthorizeUrl).cloned());
    }
    // Where no sign-in ends, none ends whatever is registered.
    problems.extend(connection.page_without_sign_in().cloned());
    // What another authentik has registered is not known.
    match connection.authentik.filter(|_| !is_elsewhere) {
        Some(authentik) => problems.extend(connection.client_problems(authentik)),
        None => problems.extend(connection.scope_problem(None)),
    }
    if connection.settings.mappings.shape != ListShape::Dense {
        problems.push(Finding::new(Code::StoredMappingBroken).at(Field::Mappers));
    }
    problems.sort_by_key(|problem| problem.code.outcome() != Some(Outcome::Refused));
    problems
}

/// The provider that is mailcow's client, and its application.
#[must_use]
pub fn client_of<'a>(authentik: &'a Snapshot, settings: &IdentityProvider) -> (Option<&'a Provider>, Option<&'a Application>) {
    let provider = authentik.providers.iter().find(|provider| provider.client_id == settings.client_id);
    (provider, provider.and_then(|provider| authentik.application_of(provider.pk)))
}

/// Warns of a mapping that may send something other than a text as `mailcow_template`: PHP compares loosely, and a boolean `true`
/// equals every text, so that it selects the first row (docs/contract/cases.md, R17).
#[must_use]
pub fn template_claim(authentik: &Snapshot, settings: &IdentityProvider) -> Option<Finding> {
    let scopes = scopes_of(settings);
    // An attribute of a user may have any type.
    let may_be_anything = |expression: &str| {
        expression.contains(TEMPLATE_SCOPE) && expression.contains("attributes") && !expression.contains("str(")
    };
    let selected = selected_of(authentik, client_of(authentik, settings).0);
    let mut granted = selected.iter().filter(|mapping| scopes.contains(&mapping.scope_name.as_str()));
    let mapping = granted.find(|mapping| may_be_anything(&mapping.expression))?;
    let is_used = !settings.mappings.rows.is_empty();
    is_used.then(|| Finding::new(Code::TemplateClaimNotText).with("mapping", &mapping.name))
}

/// The scopes that mailcow requests with these settings.
pub(super) fn scopes_of(settings: &IdentityProvider) -> Vec<&str> {
    let stored = Some(settings.client_scopes.trim()).filter(|scopes| !scopes.is_empty());
    stored.unwrap_or(DEFAULT_SCOPES).split_whitespace().collect()
}

/// The mappings that a provider has selected.
pub(super) fn selected_of<'a>(authentik: &'a Snapshot, provider: Option<&'a Provider>) -> Vec<&'a ScopeMapping> {
    provider.iter().flat_map(|provider| &provider.property_mappings).filter_map(|pk| authentik.mapping(pk)).collect()
}

impl<'a> Connection<'a> {
    /// The finding about a field that decides about sign-ins.
    fn problem_at(&self, field: Field) -> Option<&'a Finding> {
        self.fields.iter().find(|finding| finding.field == Some(field) && finding.code.outcome().is_some())
    }

    /// Problems of the three endpoints.
    fn endpoint_problems(&self) -> Vec<Finding> {
        let endpoints = [Field::AuthorizeUrl, Field::TokenUrl, Field::UserinfoUrl];
        let found = endpoints.into_iter().filter_map(|field| self.problem_at(field)).filter(|finding| !self.is_alias(finding));
        let mut problems: Vec<Finding> = found.cloned().collect();
        // A token endpoint that is wrong cannot be reached either.
        let is_said = problems
            .iter()
            .any(|problem| problem.field == Some(Field::TokenUrl) && problem.code.outcome() == Some(Outcome::Refused));
        problems.extend(self.reach.filter(|reach| reach.code == Code::ServerCannotReachToken && !is_said).cloned());
        problems
    }

    /// Whether an endpoint is at another host only because authentik has several names: mailcow's server gets an answer there.
    fn is_alias(&self, finding: &Finding) -> bool {
        let origin_at = |field| {
            Origin::of(match field {
                Some(Field::AuthorizeUrl) => &self.settings.authorize_url,
                Some(Field::UserinfoUrl) => &self.settings.userinfo_url,
                _ => &self.settings.token_url,
            })
        };
        finding.code == Code::EndpointAtOtherHost
            && self.reach.is_some_and(|reach| reach.code == Code::ServerReachesToken)
            && origin_at(finding.field) == origin_at(None)
    }

    /// Whether users are sent to another authentik than the one that was read.
    fn is_elsewhere(&self, problems: &[Finding]) -> bool {
        let is_other = self.problem_at(Field::AuthorizeUrl).is_some_and(|finding| finding.code == Code::EndpointAtOtherHost);
        let is_known = self.authentik.is_some_and(|authentik| client_of(authentik, self.settings).0.is_some());
        let is_problem = problems.iter().any(|problem| problem.field == Some(Field::AuthorizeUrl));
        is_other && (is_problem || !is_known)
    }

    /// What authentik lacks for the client that mailcow has.
    fn client_problems(&self, authentik: &Snapshot) -> Vec<Finding> {
        let (provider, application) = client_of(authentik, self.settings);
        let Some(provider) = provider else {
            return vec![self.problem_at(Field::ClientId).cloned().unwrap_or_else(|| Code::ClientMissing.into())];
        };
        let codes = provider.grant_types.as_ref().is_none_or(|types| types.iter().any(|name| name == "authorization_code"));
        let credentials = self.credentials.filter(|verdict| {
            matches!(verdict, CredentialsVerdict::WrongSecret | CredentialsVerdict::WrongPair | CredentialsVerdict::WrongClientId)
        });
        [
            self.redirect_problem(provider, authentik.version),
            (!codes).then(|| Code::CredentialsGrantTypeMissing.into()),
            // Somebody who may not see it cannot tell whether it is there.
            application.is_none().then(|| Code::ApplicationMissing.into()).filter(|_| authentik.is_superuser),
            credentials.map(CredentialsVerdict::finding),
            self.scope_problem(Some(&selected_of(authentik, Some(provider)))),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The redirect URL at a page of mailcow that completes no sign-in.
    fn page_without_sign_in(&self) -> Option<&'a Finding> {
        self.problem_at(Field::RedirectUrl).filter(|finding| finding.code == Code::RedirectHasPath)
    }

    /// The redirect URL, unless authentik accepts it, or may accept it by a regular expression whose form is not known
    /// (docs/contract/authentik.md, section 5.1).
    fn redirect_problem(&self, provider: &Provider, version: Option<Version>) -> Option<Finding> {
        let url = &self.settings.redirect_url;
        let mut uris = provider.redirect_uris.iter().filter(|uri| uri.is_for_sign_in()).peekable();
        if uris.peek().is_none() && version.is_some_and(|version| version < ADOPTS_NONE) {
            return None;
        }
        let uris: Vec<_> = uris.collect();
        if self.page_without_sign_in().is_some() || uris.iter().any(|uri| uri.accepts(url) != Some(false)) {
            return None;
        }
        let registered = uris.iter().map(|uri| uri.url.as_str()).collect::<Vec<_>>().join(", ");
        let plain =
            || Finding::new(Code::RedirectNotRegistered).at(Field::RedirectUrl).with("url", url).with("registered", registered);
        let is_compared = !self.fields.iter().any(|finding| finding.code == Code::ClientIdOfOtherProvider);
        Some(self.problem_at(Field::RedirectUrl).filter(|_| is_compared).cloned().unwrap_or_else(plain))
    }

    /// A scope without which mailcow learns nothing about the user: not requested, or without a mapping among the `selected`. The
    /// address may come with another scope (docs/contract/e2e.md, cases t, u, v, v2).
    fn scope_problem(&self, selected: Option<&[&ScopeMapping]>) -> Option<Finding> {
        let scopes = scopes_of(self.settings);
        let at = |code| Finding::new(code).at(Field::ClientScopes);
        let problem_of = |scope: &'static str, missing| {
            if !scopes.contains(&scope) {
                let separated = self.problem_at(Field::ClientScopes);
                let separated = separated.filter(|finding| finding.code == Code::ScopesNotSeparatedBySpaces);
                Some(separated.cloned().unwrap_or_else(|| at(missing)))
            } else if selected.is_some_and(|selected| !selected.iter().any(|mapping| mapping.scope_name == scope)) {
                Some(at(Code::ScopeNotMapped).with("scope", scope))
            } else {
                None
            }
        };
        let gives_address =
            |mapping: &&ScopeMapping| scopes.contains(&mapping.scope_name.as_str()) && mapping.expression.contains("email");
        let email = || problem_of("email", Code::ScopeEmailMissing);
        problem_of("openid", Code::ScopeOpenidMissing)
            .or_else(|| email().filter(|_| !selected.is_some_and(|selected| selected.iter().any(gives_address))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentik::api::Base;

    const READ: &str = "https://authentik.company/application/o/authorize/";
    const OTHER: &str = "https://other.company/application/o";

    fn elsewhere(field: Field) -> Finding {
        Finding::new(Code::EndpointAtOtherHost).at(field).with("host", "other.company").with("expected", "authentik.company")
    }

    fn settings([authorize, token, userinfo]: [&str; 3]) -> IdentityProvider {
        crate::wire::read(&format!(
            r#"{{"authsource":"generic-oidc","client_id":"id","redirect_url":"https://mailcow.company","mappers":[],"templates":[],
                "authorize_url":"{authorize}","token_url":"{token}","userinfo_url":"{userinfo}"}}"#
        ))
        .expect("settings")
    }

    /// The problems with these endpoints, where whatever is not at the authentik that was read is at another host.
    fn problems(urls: [&str; 3], is_reached: bool, authentik: Option<&Snapshot>) -> Vec<(Code, Option<Field>)> {
        let settings = settings(urls);
        let fields = [Field::AuthorizeUrl, Field::TokenUrl, Field::UserinfoUrl].into_iter().zip(urls);
        let fields = fields.filter(|(_, url)| !url.starts_with("https://authentik.company/"));
        let fields: Vec<Finding> = fields.map(|(field, _)| elsewhere(field)).collect();
        let answered = Finding::new(Code::ServerReachesToken).with("url", urls[1]);
        let reach = is_reached.then_some(&answered);
        let found =
            problems_of_everybody(Connection { settings: &settings, fields: &fields, authentik, credentials: None, reach });
        found.iter().map(|problem| (problem.code, problem.field)).collect()
    }

    /// An authentik that has this client, but nothing else that it needs.
    fn with_client(client_id: &str) -> Snapshot {
        let provider = format!(
            r#"{{"pk":1,"name":"mailcow","property_mappings":[],"client_type":"confidential","client_id":"{client_id}",
                "redirect_uris":[{{"matching_mode":"strict","url":"https://wiki.company"}}]}}"#
        );
        let base = Base::typed("authentik.company").expect("an address").0;
        let mut authentik = Snapshot::stock(base);
        authentik.providers.push(crate::wire::read(&provider).expect("a provider"));
        authentik
    }

    /// mailcow's server may know authentik by another name.
    #[test]
    fn an_endpoint_at_another_host_is_no_problem_where_mailcows_server_gets_an_answer() {
        let (token, userinfo) = (format!("{OTHER}/token/"), format!("{OTHER}/userinfo/"));
        let at = |field| (Code::EndpointAtOtherHost, Some(field));
        assert_eq!(problems([READ, &token, &userinfo], true, None), []);
        assert_eq!(problems([READ, &token, &userinfo], false, None), [at(Field::TokenUrl), at(Field::UserinfoUrl)]);
        let third = "https://third.company/application/o/userinfo/";
        assert_eq!(problems([READ, &token, third], true, None), [at(Field::UserinfoUrl)]);
    }

    /// A token endpoint that is wrong is not reached either, which another one that is wrong does not explain.
    #[test]
    fn a_wrong_token_endpoint_is_not_called_unreachable_as_well() {
        let settings = settings([READ, OTHER, OTHER]);
        let unreachable = Finding::new(Code::ServerCannotReachToken).with("url", OTHER);
        let codes = |wrong| {
            let fields = [Finding::new(Code::EndpointNotUrl).at(wrong)];
            let (settings, reach) = (&settings, Some(&unreachable));
            let found =
                problems_of_everybody(Connection { settings, fields: &fields, authentik: None, credentials: None, reach });
            found.into_iter().map(|problem| problem.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(Field::TokenUrl), [Code::EndpointNotUrl]);
        assert_eq!(codes(Field::UserinfoUrl), [Code::EndpointNotUrl, Code::ServerCannotReachToken]);
    }

    /// An older one takes over that of the first sign-in (docs/contract/newest.md, row 7).
    #[test]
    fn a_provider_without_redirect_uris_keeps_everybody_out_of_a_newer_authentik() {
        let urls = [READ, "https://authentik.company/application/o/token/", "https://authentik.company/application/o/userinfo/"];
        let mut authentik = with_client("id");
        authentik.providers[0].redirect_uris.clear();
        for (version, is_refused) in
            [("2025.12.4", false), ("2026.2.2", false), ("2026.2.3", true), ("2026.5.0", true), ("nightly", true)]
        {
            authentik.version = Version::parse(version);
            let is_found =
                problems(urls, true, Some(&authentik)).contains(&(Code::RedirectNotRegistered, Some(Field::RedirectUrl)));
            assert_eq!(is_found, is_refused, "{version}");
        }
    }

    /// A client ID is public: another authentik may have it, too.
    #[test]
    fn what_one_authentik_lacks_keeps_nobody_out_who_is_sent_to_another() {
        let urls = [format!("{OTHER}/authorize/"), format!("{OTHER}/token/"), format!("{OTHER}/userinfo/")];
        let urls = urls.each_ref().map(String::as_str);
        let token_here =
            [urls[0], "https://authentik.company/application/o/token/", "https://authentik.company/application/o/userinfo/"];
        let codes = |urls, is_reached, client_id| {
            let found = problems(urls, is_reached, Some(&with_client(client_id)));
            found.into_iter().map(|(code, _)| code).collect::<Vec<_>>()
        };
        for client_id in ["id", "another"] {
            assert_eq!(codes(token_here, true, client_id), [Code::EndpointAtOtherHost], "{client_id}");
        }
        // The same authentik under another name, unless it does not know the client.
        assert_eq!(codes(urls, true, "id")[0], Code::RedirectNotRegistered);
        assert_eq!(codes(urls, true, "another"), [Code::EndpointAtOtherHost]);
    }
}
