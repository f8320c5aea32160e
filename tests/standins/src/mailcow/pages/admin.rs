//! Dashboard, mailboxes and the page of one mailbox.

use maud::{Markup, html};

use super::controls;
use crate::mailcow::exchange::Exchange;
use crate::mailcow::mailboxes::usage;
use crate::mailcow::state::{MIB, datetime};

/// Log entries on the dashboard.
const LOG_ROWS: usize = 25;

/// `/admin/dashboard`: the version and the log.
pub(super) fn dashboard(exchange: &Exchange<'_>) -> Markup {
    let state = &*exchange.state;
    html! {
        h2 { "System information" }
        div.card {
            div.card-header { "Containers & Status" }
            div.card-body {
                dl {
                    dt { "Hostname" } dd { (state.origin) }
                    dt { "Version" } dd { (exchange.profile.tag()) }
                    dt { "Domains" } dd { (state.domains.len()) }
                    dt { "Mailboxes" } dd { (state.mailboxes.len()) }
                }
            }
        }
        div.card {
            div.card-header { "Mailcow UI" }
            div.card-body.scroll {
                table.table {
                    thead { tr { th { "Time" } th { "Type" } th { "User" } th { "Call" } th { "Message" } } }
                    tbody {
                        @for entry in state.ui_log.iter().rev().take(LOG_ROWS) {
                            tr {
                                td { (datetime(entry.time)) }
                                td { span class={ "badge badge-" (entry.kind.word()) } { (entry.kind.word()) } }
                                td { (entry.user) }
                                td.code { (entry.call.as_deref().unwrap_or_default()) }
                                td.code { (entry.msg) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `/admin/queue`, always empty: no mail is sent.
pub(super) fn queue(_: &Exchange<'_>) -> Markup {
    html! {
        h2 { "Queue Manager" }
        div.card { div.card-header { "Queue Manager" } div.card-body { p { "The mail queue is empty." } } }
    }
}

/// `/admin/mailbox`: domains, mailboxes, templates, aliases.
pub(super) fn mailboxes(exchange: &Exchange<'_>) -> Markup {
    let state = &*exchange.state;
    html! {
        h2 { "E-Mail" }
        div.card {
            div.card-header { "Domains" }
            div.card-body.scroll {
                table.table {
                    thead { tr { th { "Domain" } th { "Mailboxes" } th { "Description" } th { "Active" } } }
                    tbody {
                        @for domain in &state.domains {
                            tr {
                                td { (domain.name) }
                                td { (usage(state, domain).0) " / " (domain.max_mailboxes) }
                                td { (domain.description) }
                                td { (yes_no(domain.active)) }
                            }
                        }
                        @for alias in &state.alias_domains {
                            tr { td { (alias.name) } td { "–" } td { "Alias domain of " (alias.target) } td { "✓" } }
                        }
                    }
                }
            }
        }
        div.card {
            div.card-header { "Mailboxes" }
            div.card-body.scroll {
                table.table {
                    thead {
                        tr { th { "Username" } th { "Full name" } th { "Identity Provider" } th { "Quota" } th { "Active" } th { "Action" } }
                    }
                    tbody {
                        @for mailbox in &state.mailboxes {
                            tr {
                                td { (mailbox.username) }
                                td { (mailbox.name) }
                                td { (mailbox.authsource) }
                                td { @if mailbox.quota == 0 { "∞" } @else { (mailbox.quota / MIB) " MiB" } }
                                td { (yes_no(mailbox.active)) }
                                td { a href={ "/edit/mailbox/" (mailbox.username) } { "Edit" } }
                            }
                        }
                    }
                }
            }
        }
        div.card {
            div.card-header { "Templates" }
            div.card-body {
                ul { @for template in &state.templates { li { (template.name) } } }
            }
        }
        div.card {
            div.card-header { "Aliases" }
            div.card-body.scroll {
                table.table {
                    thead { tr { th { "Alias address" } th { "Goes to" } } }
                    tbody { @for alias in &state.aliases { tr { td { (alias.address) } td { (alias.goto) } } } }
                }
            }
        }
    }
}

/// `/edit/mailbox/<address>`: the authentication source (docs/contract/mailcow.md, section 8).
pub(super) fn edit_mailbox(exchange: &Exchange<'_>) -> Markup {
    let address = exchange.incoming.path.trim_start_matches("/edit/mailbox/").replace("%40", "@");
    let Some(mailbox) = exchange.state.mailbox(&address) else {
        return html! { h2 { "Edit mailbox" } p { "The mailbox was not found." } };
    };
    let provider = exchange.state.identity_provider.authsource();
    html! {
        h2 { "Edit mailbox " (mailbox.username) }
        div.card {
            div.card-body {
                form.form-horizontal data-id="editmailbox" role="form" method="post" {
                    (controls::row("name", "Full name", &html! {
                        input #name.form-control type="text" name="name" value=(mailbox.name);
                    }))
                    (controls::row("quota", "Quota (MiB)", &html! {
                        input #quota.form-control type="number" name="quota" min="0" value=(mailbox.quota / MIB);
                    }))
                    (controls::row("authsource", "Identity Provider", &html! {
                        select #authsource.form-control name="authsource" {
                            option value="mailcow" selected[mailbox.authsource == "mailcow"] { "mailcow" }
                            @if !provider.is_empty() {
                                option value=(provider) selected[mailbox.authsource == provider] { (provider) }
                            }
                        }
                    }))
                    div.buttons {
                        (controls::save("editmailbox", &mailbox.username, "edit/mailbox"))
                    }
                    (controls::csrf_token(exchange))
                }
            }
        }
    }
}

fn yes_no(value: bool) -> &'static str {
    if value { "✓" } else { "✗" }
}
