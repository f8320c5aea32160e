//! Believable data for the demo.

use super::state::{
    Alias, AliasDomain, AppPassword, CLIENT_ADDRESS, Domain, DomainAdmin, MIB, Mailbox, Protocol, SaslLogEntry, State, Template,
};
use crate::people::{self, person};

const GIB: u64 = 1_024 * MIB;
/// People who had a mailbox before anybody thought of single sign-on, unless another number is wanted.
pub(super) const MAILBOXES: usize = 12;

pub(super) fn state(origin: &str, seed: u64, mailboxes: usize) -> State {
    let mut state = State::new(origin, seed);
    let now = state.now;
    "cowbell".clone_into(&mut state.admin_password);
    state.domains = vec![
        domain(people::DOMAIN, "Main domain", mailboxes.max(500), now - 40_000_000),
        domain("lists.example", "Mailing lists", 20, now - 30_000_000),
    ];
    state.alias_domains = vec![AliasDomain { name: "post.example".to_owned(), target: people::DOMAIN.to_owned() }];
    state.mailboxes = (0..mailboxes)
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
    let addresses: Vec<String> = state.mailboxes.iter().map(|mailbox| mailbox.username.clone()).collect();
    for (index, address) in addresses.iter().enumerate() {
        add_mail_programs(&mut state, address, index);
    }
    state
}

/// How these people read their mail: with the password of the mailbox, with that although they have an app password, with app
/// passwords, or in the browser.
fn add_mail_programs(state: &mut State, address: &str, index: usize) {
    let mut seen = |service: &str, app_password: u32, days_ago: i64| {
        let entry = SaslLogEntry {
            service: service.to_owned(),
            app_password,
            username: address.to_owned(),
            real_rip: CLIENT_ADDRESS.to_owned(),
            datetime: state.now - 86_400 * days_ago,
        };
        state.sasl_log.push(entry);
    };
    let number = u32::try_from(index).unwrap_or_default() + 1;
    match index % 4 {
        0 => {
            seen("imap", 0, 1);
            seen("smtp", 0, 3);
        }
        1 => seen("imap", 0, 2),
        2 => {
            seen("imap", number, 1);
            seen("EAS", number, 1);
        }
        _ => {}
    }
    let protocols = match index % 4 {
        1 => [Protocol::Imap].into(),
        2 => [Protocol::Imap, Protocol::Eas].into(),
        _ => return,
    };
    state.app_passwords_made = number;
    state.app_passwords.push(AppPassword {
        id: number,
        name: "Phone".to_owned(),
        mailbox: address.to_owned(),
        hash: "{BLF-CRYPT}$2y$10$demo".to_owned(),
        password: "moohoo-phone".to_owned(),
        protocols,
        active: true,
        created: state.now - 86_400 * 60,
    });
}

fn domain(name: &str, description: &str, max_mailboxes: usize, created: i64) -> Domain {
    Domain {
        name: name.to_owned(),
        description: description.to_owned(),
        max_mailboxes,
        max_aliases: 400,
        default_quota: GIB,
        max_mailbox_quota: 10 * GIB,
        // Room for each of them.
        quota: max_mailboxes.max(1_000) as u64 * GIB,
        active: true,
        created,
    }
}
