//! Texts that people or servers choose: addresses, expressions, versions, policy, files that are loaded, events of the page.

use cowbell::app::{PageKind, preview};
use cowbell::authentik::api::Base;
use cowbell::export::Columns;
use cowbell::mailcow::{CustomLogin, FormState, folded};
use cowbell::panel::Event;
use cowbell::panel::policy::Policy;
use cowbell::plan::SetupDraft;
use cowbell::setup::{Origin, TokenEndpoint, is_own_expression, same_expression, template_expression, template_rules};

/// Reads a text in every way in which one is read.
pub(crate) fn read(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(origin) = Origin::of(text) {
        // What an origin is written as is that origin.
        assert_eq!(Origin::of(&origin.to_string()), Some(origin.clone()));
        let _ = (origin.host_and_port(), origin.reach(), origin.is_loopback());
    }
    let _ = (PageKind::of(text), TokenEndpoint::of(text), Base::typed(text));
    let draft = SetupDraft { mailcow: text.to_owned(), ..SetupDraft::default() };
    let _ = preview(text, &draft);
    let _ = is_own_expression(text);
    assert!(same_expression(text, text));
    if let Some(rules) = template_rules(text) {
        assert_eq!(template_rules(&template_expression(&rules)), Some(rules), "rules that are written are read");
    }
    let once = folded(text).into_owned();
    assert_eq!(folded(&once), once, "folded twice");
    let _ = (cowbell::authentik::Version::parse(text), cowbell::mailcow::Version::parse(text));
    let _ = cowbell::authentik::seconds(text);
    let listed: Vec<String> = text.lines().map(str::to_owned).collect();
    let policy = Policy::new(Some(&listed));
    for line in &listed {
        let _ = policy.allows(line);
    }
    if let Some(switches) = CustomLogin::from_text(text) {
        assert_eq!(CustomLogin::from_text(&switches.to_text()), Some(switches));
    }
    let (addresses, needs) = (["E-mail address".to_owned()], ["App password needed".to_owned()]);
    if let Ok(columns) = Columns::with_one_of(text, &addresses) {
        let _ = columns.cells(&addresses, &needs);
    }
    let _ = serde_json::from_str::<Event>(text);
    let _ = serde_json::from_str::<FormState>(text);
}
