//! What a mailbox user sees.

use maud::{DOCTYPE, Markup, html};
use serde_json::json;

use super::layout::ICON;
use crate::mailcow::exchange::Exchange;
use crate::mailcow::notice::Notice;
use crate::mailcow::rights::APP_PASSWORDS;
use crate::mailcow::state::MIB;

/// Tabs that are there for those who have the right.
const TABS: [(&str, &str); 2] = [("spam_alias", "Spam email aliases"), (APP_PASSWORDS, "App passwords")];

/// The page `/user`. Without the spam filter it warns at each rendering (recording 724).
pub(super) fn settings(exchange: &mut Exchange<'_>, with_acl: bool) -> Markup {
    let name = exchange.user().map(|user| user.name.clone()).unwrap_or_default();
    if !exchange.state.rspamd_running {
        exchange.push(Notice {
            log: Some(json!(["mailbox", "get", "spam_score", name, null])),
            ..Notice::warning("Could not determine servers default spam score, assuming default")
        });
    }
    let mailbox = exchange.state.mailbox(&name);
    let rights = mailbox.map(|mailbox| mailbox.rights.clone()).unwrap_or_default();
    let quota = mailbox.map_or(0, |mailbox| mailbox.quota / MIB);
    html! {
        div.card {
            div.card-header { "User Settings" }
            @if with_acl {
                ul.nav.nav-tabs {
                    li.nav-item { "Mailbox" }
                    @for (right, tab) in TABS.iter().filter(|(right, _)| rights.contains(*right)) {
                        li.nav-item data-right=(right) { (tab) }
                    }
                }
            }
            div.card-body {
                dl {
                    dt { "Mailbox" } dd { (name) }
                    dt { "Name" } dd { (mailbox.map_or("", |mailbox| mailbox.name.as_str())) }
                    dt { "Overview" } dd { "0 messages" }
                    dt { "Quota" }
                    dd { @if quota == 0 { "0 / ∞" } @else { "0 / " (quota) " MiB" } }
                }
                a.btn.btn-secondary href="/SOGo/so/" { "Open webmail" }
            }
        }
    }
}

/// The groupware, which shows only the name it was given.
pub(super) fn sogo(name: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "SOGo stub" }
                link rel="stylesheet" href="/cache/mailcow.css";
            }
            body.sogo {
                main.container {
                    div.card.login-card {
                        div.card-header { (maud::PreEscaped(ICON)) " SOGo stub" }
                        div.card-body {
                            p #user.sogo-user { (name) }
                            p.hint { "Signed in. Here the inbox would open." }
                            a.btn.btn-secondary href="/user" { "mailcow settings" }
                        }
                    }
                }
            }
        }
    }
}
