//! Texts that people, pages or files bring, each read by one of the functions that read one: addresses, expressions, versions, times,
//! policy, tables, drafts, what was kept, messages of the page.

use std::collections::BTreeMap;

use cowbell::app::{ArrivalFilter, PageKind, PeopleFilter, UserFilter, check_values, preview};
use cowbell::authentik::Snapshot;
use cowbell::authentik::api::Base;
use cowbell::export::{Block, Columns, ExportFormat, csv, html, markdown, plain_text};
use cowbell::mailcow::script::ScriptEnd;
use cowbell::mailcow::{CustomLogin, FormState, FormValues, MailcowChoice, folded};
use cowbell::panel::policy::Policy;
use cowbell::panel::{Event, Panel};
use cowbell::plan::{Journal, Journals, SetupDraft, resolve, unlisted_slugs};
use cowbell::setup::{
    CheckedAddress, ClientSecret, Endpoints, Origin, Registration, TokenEndpoint, is_own_expression, same_expression,
    template_expression, template_rules,
};
use cowbell::verify::cleaned;
use cowbell::wire::{RawJson, RawObject, write};
use serde::de::DeserializeOwned;

use super::browser::Recorded;
use super::desk::RecordedDesk;
use super::jobs::Desk as _;

/// Reads a text; returns whether it is understood.
pub(crate) type Reader = fn(&str) -> bool;

/// In an order that recordings rely on as long as a corpus is kept: new ones come last.
pub(crate) const READERS: [Reader; 29] = [
    origin,
    |text| PageKind::of(text) != PageKind::Elsewhere,
    token_endpoint,
    |text| Base::typed(text).is_ok_and(|(base, _)| Base::typed(&base.address()).is_ok_and(|(again, _)| again == base)),
    checked_address,
    |text| preview(text, &SetupDraft { mailcow: text.to_owned(), ..SetupDraft::default() }).authentik_error.is_none(),
    draft,
    expression,
    redirect_expression,
    |text| cowbell::authentik::Version::parse(text).is_some(),
    |text| cowbell::mailcow::Version::parse(text) != cowbell::mailcow::Version::parse(""),
    |text| cowbell::authentik::seconds(text).or_else(|| cowbell::wire::seconds(text)).is_some(),
    policy,
    login_switches,
    table,
    folded_name,
    |text| cleaned(&cleaned(text)) == cleaned(text),
    event,
    form_state,
    form_values,
    is_one::<ScriptEnd>,
    |text| is_one::<MailcowChoice>(text) || is_one::<PeopleFilter>(text),
    |text| is_one::<ArrivalFilter>(text) || is_one::<UserFilter>(text) || is_one::<ExportFormat>(text),
    blocks,
    |text| serde_json::from_str(text).is_ok_and(|rows: Vec<Vec<String>>| !csv(&rows).is_empty()),
    json,
    kept_journal,
    kept_others,
    two_values,
];

fn is_one<T: DeserializeOwned>(text: &str) -> bool {
    serde_json::from_str::<T>(text).is_ok()
}

fn origin(text: &str) -> bool {
    let Some(origin) = Origin::of(text) else { return false };
    // What an origin is written as is that origin.
    assert_eq!(Origin::of(&origin.to_string()), Some(origin.clone()));
    let _ = (origin.host_and_port(), origin.reach(), origin.is_loopback());
    true
}

fn token_endpoint(text: &str) -> bool {
    let Some(endpoint) = TokenEndpoint::of(text) else { return false };
    assert_eq!(endpoint.to_string(), text, "credentials go nowhere else");
    true
}

fn checked_address(text: &str) -> bool {
    let Ok(checked) = CheckedAddress::parse(text, None) else { return false };
    let again = CheckedAddress::parse(&checked.origin.to_string(), None);
    assert_eq!(again.map(|again| again.origin).ok(), Some(checked.origin), "what was checked once is right");
    true
}

fn draft(text: &str) -> bool {
    let Ok(draft) = serde_json::from_str::<SetupDraft>(text) else { return false };
    let written = write(&draft);
    assert_eq!(serde_json::from_str::<SetupDraft>(&written).ok().as_ref(), Some(&draft), "what is kept is read");
    let Ok((base, _)) = Base::typed("authentik.company") else { return false };
    let _ = preview("authentik.company", &draft);
    let mut snapshot = Snapshot::stock(base);
    snapshot.is_superuser = false;
    let _ = unlisted_slugs(&draft, &snapshot, None);
    resolve(&draft, &snapshot, None).errors.is_empty()
}

fn expression(text: &str) -> bool {
    let _ = is_own_expression(text);
    assert!(same_expression(text, text));
    let Some(rules) = template_rules(text) else { return false };
    let written = template_expression(&rules);
    assert!(same_expression(text, &written), "only a layout differs");
    assert_eq!(template_rules(&written), Some(rules), "rules that are written are read");
    true
}

/// A redirect URI after its expression.
fn redirect_expression(text: &str) -> bool {
    let (Some((expression, uri)), Some(mailcow)) = (text.split_once('\n'), Origin::of("https://mailcow.company")) else {
        return false;
    };
    let endpoint = |path: &str| format!("https://authentik.company/application/o/{path}/");
    let registration = Registration {
        provider: 7,
        provider_name: "mailcow".into(),
        client_id: "mailcow".into(),
        client_secret: ClientSecret::Unknown,
        endpoints: Endpoints { authorize: endpoint("authorize"), token: endpoint("token"), userinfo: endpoint("userinfo") },
        redirect_uris: vec![uri.to_owned()],
        redirect_expressions: vec![expression.to_owned()],
        grant_types: None,
        scopes: Vec::new(),
        templates: Vec::new(),
        additional_hosts: Vec::new(),
        previous_hosts: Vec::new(),
        mailcow,
    };
    assert_eq!(registration.accepts(uri), Some(true), "the same text");
    let _ = (registration.redirect_uri_of(&registration.mailcow), registration.other_hosts());
    Registration { redirect_uris: Vec::new(), ..registration }.accepts(uri) == Some(true)
}

/// The addresses of an organisation, a line each.
fn policy(text: &str) -> bool {
    let listed: Vec<String> = text.lines().map(str::to_owned).collect();
    let policy = Policy::new(Some(&listed));
    let origins = policy.origins().unwrap_or_default();
    assert!(origins.iter().all(|origin| policy.allows(origin)), "what is listed is allowed");
    listed.iter().any(|line| policy.allows(line))
}

fn login_switches(text: &str) -> bool {
    let Some(switches) = CustomLogin::from_text(text) else { return false };
    assert_eq!(CustomLogin::from_text(&switches.to_text()), Some(switches));
    true
}

fn table(text: &str) -> bool {
    let (addresses, needs) = (["E-mail address".to_owned()], ["App password needed".to_owned()]);
    let Ok(columns) = Columns::with_one_of(text, &addresses) else { return false };
    columns.cells(&addresses, &needs).is_ok_and(|cells| !cells.is_empty())
}

fn folded_name(text: &str) -> bool {
    let once = folded(text).into_owned();
    assert_eq!(folded(&once), once, "folded twice");
    once != text
}

/// A message of the page, to a panel without a connection.
fn event(text: &str) -> bool {
    let Ok(event) = serde_json::from_str::<Event>(text) else { return false };
    let desk = RecordedDesk::new(Vec::new(), b"");
    desk.tell(event);
    assert!(serde_json::to_string(&desk.view()).is_ok(), "the view cannot be serialised");
    true
}

fn form_state(text: &str) -> bool {
    let Ok(state) = serde_json::from_str::<FormState>(text) else { return false };
    let _ = (state.is_ambiguous(), check_values(&state.values(), Some(&state.origin)));
    state.present
}

fn form_values(text: &str) -> bool {
    let Ok(values) = serde_json::from_str::<FormValues>(text) else { return false };
    !check_values(&values, Some("https://mailcow.company/admin")).0.is_empty()
}

fn blocks(text: &str) -> bool {
    let Ok(blocks) = serde_json::from_str::<Vec<Block>>(text) else { return false };
    !(markdown(&blocks).is_empty() || plain_text(&blocks).is_empty() || html("en", &blocks).is_empty())
}

fn json(text: &str) -> bool {
    let Some(value) = RawJson::parse(text) else { return false };
    assert!(RawJson::parse(&write(&value)) == Some(value.clone()), "what is kept byte for byte is read");
    let Ok(object) = serde_json::from_str::<RawObject>(text) else { return false };
    assert!(serde_json::from_str::<RawObject>(&write(&object)).is_ok_and(|again| again == object));
    object.iter().for_each(|(_, value)| _ = value.kind());
    !object.is_empty()
}

/// Two values, a line each: whether they are the same does not depend on which comes first.
fn two_values(text: &str) -> bool {
    let Some((one, other)) = text.split_once('\n') else { return false };
    let (Some(one), Some(other)) = (RawJson::parse(one), RawJson::parse(other)) else { return false };
    let (forth, back) = (one == other, other == one);
    assert_eq!(forth, back);
    forth
}

fn kept_journal(text: &str) -> bool {
    let names = ["journal.window.0", "journal.window.0.users.0", "journal.window.0.users.1"];
    let mut journals = Journals::restore("window", &kept(&names, text));
    let Ok((base, _)) = Base::typed("https://authentik.company") else { return false };
    let can_undo = journals.of(&base).is_some_and(Journal::can_undo);
    if let Some(journal) = journals.of(&base) {
        let _ = (journal.users_done(), journal.unkept());
    }
    let _ = journals.begin(&base, 7).unkept();
    can_undo
}

/// The draft, the switched mailboxes and the hidden forms, which only a panel reads.
fn kept_others(text: &str) -> bool {
    let names = ["draft", "mailboxes.window.0", "mailboxes.other.0", "password_form.https://mailcow.company"];
    let panel = Panel::new(Recorded::new(std::collections::VecDeque::new()), Policy::new(None), "window", &kept(&names, text));
    let view = panel.view();
    assert!(serde_json::to_string(&view).is_ok(), "the view cannot be serialised");
    view.draft != SetupDraft::default()
}

fn kept(names: &[&str], text: &str) -> BTreeMap<String, String> {
    names.iter().map(|name| ((*name).to_owned(), text.to_owned())).collect()
}
