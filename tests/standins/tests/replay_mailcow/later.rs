//! The mailcow of the recordings from 801 on, as it was before the first of them: taken from what they show of it.

use cowbell_standins::mailcow::identity_provider::IdentityProvider;
use cowbell_standins::mailcow::state::{Alias, AliasDomain, Domain, MIB, Mailbox, SaslLogEntry, Template};
use cowbell_standins::mailcow::{Mailcow, Profile, State};
use serde_json::{Value, json};

use crate::recording::Recording;

/// When it was installed, in seconds since 1970.
pub(crate) const CREATED: i64 = 1_795_818_512;

/// mailcow before recording 801.
pub(crate) fn mailcow(recordings: &[Recording]) -> Mailcow {
    let shown = |name: &str| {
        let recording = recordings.iter().find(|recording| recording.name == name);
        recording.and_then(|recording| recording.response.body.as_array()).unwrap()
    };
    let mut mailcow = Mailcow::new(Profile::V2026_07, "https://mailcow.company");
    let earlier = Mailcow::recorded();
    let state = mailcow.state_mut();
    state.rspamd_running = false;
    state.domains = shown("859-domain-all-inactive").iter().map(domain).collect();
    state.alias_domains = shown("860-alias-domain-all").iter().map(alias_domain).collect();
    state.aliases = shown("858-alias-all").iter().map(alias).collect();
    state.sasl_log = shown("805-logs-sasl-rows").iter().map(sign_in).collect();
    let addresses = shown("856-mailbox-all-with-resource").iter().map(|entry| text(entry, "username"));
    state.mailboxes = addresses.map(|address| mailbox(&address, earlier.state())).collect();
    state.templates = vec![Template::installed(CREATED), oidc_users()];
    state.identity_provider = provider(earlier.state());
    mailcow
}

fn text(entry: &Value, key: &str) -> String {
    entry[key].as_str().unwrap().to_owned()
}

fn number(entry: &Value, key: &str) -> u64 {
    entry[key].as_u64().unwrap()
}

fn domain(entry: &Value) -> Domain {
    Domain {
        name: text(entry, "domain_name"),
        description: text(entry, "description"),
        max_mailboxes: number(entry, "max_num_mboxes_for_domain").try_into().unwrap(),
        max_aliases: number(entry, "max_num_aliases_for_domain").try_into().unwrap(),
        default_quota: number(entry, "def_quota_for_mbox"),
        max_mailbox_quota: number(entry, "max_quota_for_mbox"),
        quota: number(entry, "max_quota_for_domain"),
        active: number(entry, "active") == 1,
        created: CREATED,
    }
}

fn alias_domain(entry: &Value) -> AliasDomain {
    AliasDomain { name: text(entry, "alias_domain"), target: text(entry, "target_domain") }
}

fn alias(entry: &Value) -> Alias {
    Alias { id: number(entry, "id").try_into().unwrap(), address: text(entry, "address"), goto: text(entry, "goto") }
}

fn sign_in(entry: &Value) -> SaslLogEntry {
    let time: jiff::civil::DateTime = text(entry, "datetime").parse().unwrap();
    SaslLogEntry {
        service: text(entry, "service"),
        app_password: number(entry, "app_password").try_into().unwrap(),
        username: text(entry, "username"),
        real_rip: text(entry, "real_rip"),
        datetime: time.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second(),
    }
}

/// Names and authentication sources are those of the first recordings; `user03` had signed in.
fn mailbox(address: &str, earlier: &State) -> Mailbox {
    match earlier.mailbox(address) {
        Some(earlier) => Mailbox { authsource: earlier.authsource.clone(), ..Mailbox::new(address, &earlier.name, CREATED) },
        None => Mailbox { authsource: "generic-oidc".to_owned(), ..Mailbox::new(address, "Test User 03", CREATED) },
    }
}

/// Recording 853.
fn oidc_users() -> Template {
    Template {
        id: 3,
        name: "OIDC Users".to_owned(),
        quota: 2_048 * MIB,
        tags: vec!["oidc".to_owned()],
        tagged_mail_handler: Some("none".to_owned()),
        quarantine_notification: "never".to_owned(),
        ..Template::installed(CREATED)
    }
}

/// Recordings 878 and 898.
pub(crate) fn provider(earlier: &State) -> IdentityProvider {
    let mut provider = earlier.identity_provider.clone();
    provider.set("client_id", "2YOI5f24CmwMjm4HMmKVV1tdsOeKIn4WQcHN2DES");
    provider.set("default_template", "OIDC Users");
    for list in ["mappers", "templates", "redirect_url_extra"] {
        provider.set(list, json!([]));
    }
    provider
}
