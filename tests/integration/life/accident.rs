//! What gets in between.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use cowbell::authentik::EMAIL_VERIFIED;
use cowbell::transport::Product;
use cowbell_standins::authentik::Authentik;
use cowbell_standins::authentik::state::{Binding, Bound};
use cowbell_standins::mailcow::Mailcow;
use cowbell_standins::mailcow::state::Mailbox;
use cowbell_standins::world;
use cowbell_standins::world::faults::{Fault, FaultKind};
use fastrand::Rng;
use http::Method;
use serde_json::json;

use super::foreign::{Expected, parts};
use crate::simulation::{interruption, random_fault};
use crate::support::Interruptions;
use crate::support::stage::Stage;

/// What happens while the administrator does something.
#[derive(Clone, Debug)]
pub(super) enum Accident {
    None,
    /// A tab is gone, somebody presses "Cancel", or an answer gets lost.
    Interruption(Interruptions),
    /// A server, or a proxy before it, answers otherwise.
    Fault(Fault),
    /// Before this request another administrator changes something; the number decides what.
    Colleague {
        request: u32,
        edit: u64,
    },
    /// Once Cowbell has shown what it will do, another administrator changes something; then the first one says yes.
    AfterQuestion {
        edit: u64,
    },
    /// Between two requests.
    Between {
        request: usize,
        what: Between,
    },
}

/// What happens between two requests.
#[derive(Clone, Copy, Debug)]
pub(super) enum Between {
    /// The icon is clicked at somebody else's authentik or mailcow, in the same tab or another one.
    Elsewhere { product: Product, closed: bool },
    /// The panel is closed and opened anew.
    PanelCloses,
    /// The organisation's policy allows nothing any more.
    Forbidden,
    /// mailcow's or authentik's tab is closed.
    TabCloses { product: Product },
    /// Somebody presses "Cancel".
    Cancelled,
    /// Half an hour passes.
    TimePasses,
    /// The icon is clicked once more at the same page.
    Clicked { product: Product },
    /// The page is loaded once more.
    Loaded { product: Product },
    /// The administrator wants mailcow to create mailboxes, or no longer.
    Chosen,
}

impl Accident {
    /// Whether it leaves the panel with everything that it knows of both products.
    pub(super) fn is_harmless(&self) -> bool {
        matches!(self, Self::Between { what: Between::Clicked { .. } | Between::Loaded { .. } | Between::Chosen, .. })
    }

    pub(super) fn random(random: &mut Rng) -> Self {
        let when = random.u32(..60);
        match random.u8(..16) {
            0 | 1 => Self::Interruption(interruption(random, when as usize)),
            2..=4 => {
                let product = if random.bool() { world::Product::Authentik } else { world::Product::Mailcow };
                let fault = Fault::on(product, "/", fault(random)).skip(when / 2).times(random.u32(1..6));
                Self::Fault(if random.u8(..4) == 0 { Fault { count: None, ..fault } } else { fault })
            }
            5 | 6 => Self::Colleague { request: when / 2, edit: random.u64(..) },
            7 | 8 => Self::AfterQuestion { edit: random.u64(..) },
            9..=11 => Self::Between { request: (when / 2) as usize, what: Between::random(random) },
            12 => Self::Between { request: (when / 2) as usize, what: Between::Clicked { product: product_of(when) } },
            13 if when.is_multiple_of(2) => Self::Between { request: (when / 2) as usize, what: Between::Chosen },
            13 => Self::Between { request: (when / 2) as usize, what: Between::Loaded { product: product_of(when / 2) } },
            _ => Self::None,
        }
    }
}

fn product_of(number: u32) -> Product {
    if number.is_multiple_of(2) { Product::Authentik } else { Product::Mailcow }
}

impl Between {
    fn random(random: &mut Rng) -> Self {
        let product = if random.bool() { Product::Authentik } else { Product::Mailcow };
        match random.u8(..8) {
            0 | 1 => Self::Elsewhere { product, closed: random.bool() },
            2 | 3 => Self::PanelCloses,
            4 => Self::Forbidden,
            5 => Self::TabCloses { product },
            6 => Self::Cancelled,
            _ => Self::TimePasses,
        }
    }
}

fn fault(random: &mut Rng) -> FaultKind {
    match random.u8(..12) {
        0 | 1 => FaultKind::SignedOut,
        2 => FaultKind::Status {
            status: 403,
            body: r#"{"detail":"You do not have permission to perform this action."}"#.to_owned(),
            content_type: None,
            retry_after_s: None,
        },
        _ => random_fault(random),
    }
}

/// Lets another administrator change something before a request, and notes what that was. authentik has no conditional write: what
/// changes between Cowbell's reading of a user and its write, nobody can see.
pub(super) fn let_colleague_edit(stage: &Stage, expected: &Rc<RefCell<Expected>>, request: u32, edit: u64) {
    let expected = Rc::clone(expected);
    let mut left = Some(request);
    let mut changed = BTreeSet::new();
    stage.sim.world().before_request(move |authentik, mailcow, _, sent| {
        let now = left == Some(0);
        left = left.and_then(|left| left.checked_sub(1));
        let mut expected = expected.borrow_mut();
        if now {
            changed = edits(authentik, mailcow, edit, &mut expected);
        }
        let written = sent.uri().path().split_once("/core/users/").filter(|_| *sent.method() == Method::PATCH);
        let user = written.map(|(_, pk)| format!("user {}", pk.trim_end_matches('/')));
        if let Some(user) = user.filter(|user| changed.remove(user)) {
            expected.excuse(user);
        }
    });
}

/// Another administrator changes something: the number decides what. Gives the names of the parts.
pub(super) fn edits(authentik: &mut Authentik, mailcow: &mut Mailcow, edit: u64, expected: &mut Expected) -> BTreeSet<String> {
    let before = parts(authentik, mailcow);
    let mut random = Rng::with_seed(edit);
    if random.bool() {
        edit_authentik(authentik, &mut random);
    } else {
        edit_mailcow(mailcow, &mut random);
    }
    expected.changed_by(&before, &parts(authentik, mailcow))
}

fn edit_authentik(authentik: &mut Authentik, random: &mut Rng) {
    let state = authentik.state_mut();
    // The administrator stays.
    let pks: Vec<i64> = state.users.iter().filter(|user| user.username != "akadmin").map(|user| user.pk).collect();
    let Some(&pk) = random.choice(&pks) else { return };
    match random.u8(..13) {
        0 | 1 => {
            if let Some(user) = state.users.get_mut(pk) {
                user.attributes.insert("edited".into(), json!({"by": "somebody else"}));
            }
        }
        2 => {
            if let Some(user) = state.users.get_mut(pk) {
                user.attributes.insert(EMAIL_VERIFIED.into(), json!("not yet"));
            }
        }
        3 => {
            if let Some(user) = state.users.get_mut(pk) {
                user.is_active = !user.is_active;
            }
        }
        4 => {
            if let Some(user) = state.users.get_mut(pk) {
                user.email = format!("other{pk}@company.example");
            }
        }
        5 => state.delete_user(pk),
        6 => {
            if let Some(group) = state.groups.values_mut().next() {
                group.attributes.insert("edited".into(), json!(true));
            }
        }
        7 => {
            if let Some(provider) = last(&mut state.providers, random) {
                provider.access_token_validity = "minutes=7".into();
            }
        }
        8 => {
            if let Some(provider) = last(&mut state.providers, random) {
                provider.client_secret = format!("another-{}", random.u32(..));
            }
        }
        9 => {
            if let Some(application) = last(&mut state.applications, random) {
                application.meta_description = "edited".into();
            }
        }
        10 => {
            let group = state.groups.values().last().map(|group| group.pk);
            let pk = state.ids.uuid();
            let target = last(&mut state.applications, random).map(|application| application.pk);
            if let (Some(group), Some(target)) = (group, target) {
                let bound = Bound::Group(group);
                if !state.bindings.iter().any(|binding| (binding.target, binding.bound) == (target, bound)) {
                    state.bindings.push(Binding::new(pk, target, bound));
                }
            }
        }
        11 => {
            if let Some(mapping) = state.mappings.iter_mut().rev().find(|mapping| mapping.managed.is_none()) {
                mapping.description = "edited".into();
            }
        }
        _ => drop(state.applications.pop()),
    }
}

fn edit_mailcow(mailcow: &mut Mailcow, random: &mut Rng) {
    let has_force_tfa = mailcow.profile().force_tfa();
    let state = mailcow.state_mut();
    let now = state.now;
    let mailbox = last(&mut state.mailboxes, random);
    match random.u8(..9) {
        0 | 1 => {
            if let Some(mailbox) = mailbox {
                mailbox.quota += 1_048_576;
            }
        }
        2 => {
            if let Some(mailbox) = mailbox {
                mailbox.authsource = (*random.choice(&["mailcow", "generic-oidc", "ldap"]).expect("one")).into();
            }
        }
        3 => {
            if let Some(mailbox) = mailbox {
                // An older mailcow has no such switch.
                (mailbox.force_tfa, mailbox.force_pw_update) = (has_force_tfa && !mailbox.force_tfa, random.bool());
            }
        }
        4 => {
            if let Some(mailbox) = mailbox {
                // Removed, and made again by somebody.
                let address = mailbox.username.clone();
                *mailbox = Mailbox { password: Some("moohoo".into()), ..Mailbox::new(&address, "made again", now + 1) };
            }
        }
        5 if state.mailboxes.len() > 3 => drop(state.mailboxes.pop()),
        // Somebody who saves the form saves all of it.
        6 | 7 if state.identity_provider.get("authsource").is_none() => {}
        6 => state.identity_provider.set("client_secret", format!("typed-{}", random.u32(..))),
        7 => state.identity_provider.set("ignore_ssl_error", "1"),
        _ => state.force_sso = !state.force_sso,
    }
}

/// One of them.
fn last<'a, T>(items: &'a mut [T], random: &mut Rng) -> Option<&'a mut T> {
    let len = items.len();
    (len > 0).then(|| &mut items[random.usize(..len)])
}
