//! Believable data for the demo.

use super::state::{Alias, AliasDomain, Domain, DomainAdmin, MIB, Mailbox, State, Template};
use crate::people::{self, person};

const GIB: u64 = 1_024 * MIB;
/// People who had a mailbox before anybody thought of single sign-on.
const MAILBOXES: usize = 12;

pub(super) fn state(origin: &str, seed: u64) -> State {
    let mut state = State::new(origin, seed);
    let now = state.now;
    "cowbell".clone_into(&mut state.admin_password);
    state.domains = vec![
        domain(people::DOMAIN, "Main domain", 500, now - 40_000_000),
        domain("lists.example", "Mailing lists", 20, now - 30_000_000),
    ];
    state.alias_domains = vec![AliasDomain { name: "post.example".to_owned(), target: people::DOMAIN.to_owned() }];
    state.mailboxes = (0..MAILBOXES)
        .map(|index| {
            let person = person(seed, index);
            let created = now - 20_000_000 + 86_400 * i64::try_from(index).unwrap_or(0);
            Mailbox {
                active: index != 7,
                password: Some("moohoo".to_owned()),
                ..Mailbox::new(&person.email, &person.name, created)
            }
        })
        .collect();
    let first = person(seed, 0).email;
    let second = person(seed, 1).email;
    state.aliases = vec![
        Alias { id: 1, address: format!("info@{}", people::DOMAIN), goto: format!("{first},{second}") },
        Alias { id: 2, address: format!("postmaster@{}", people::DOMAIN), goto: first.clone() },
        Alias { id: 3, address: format!("{}@{}", person(seed, 20).username, people::DOMAIN), goto: second },
    ];
    state.templates = vec![
        Template::installed(now - 40_000_000),
        Template {
            id: 3,
            name: "OIDC Users".to_owned(),
            quota: GIB,
            tagged_mail_handler: Some("none".to_owned()),
            ..Template::installed(now - 10_000_000)
        },
    ];
    state.domain_admins = vec![DomainAdmin {
        username: "lists-admin".to_owned(),
        password: "cowbell".to_owned(),
        domain: "lists.example".to_owned(),
    }];
    state
}

fn domain(name: &str, description: &str, max_mailboxes: usize, created: i64) -> Domain {
    Domain {
        name: name.to_owned(),
        description: description.to_owned(),
        max_mailboxes,
        max_aliases: 400,
        default_quota: GIB,
        max_mailbox_quota: 10 * GIB,
        quota: 1_000 * GIB,
        active: true,
        created,
    }
}
