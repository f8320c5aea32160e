//! Diagnoses failed sign-ins: mailcow's log has the reason, authentik's events have the user and the steps that succeeded
//! (docs/contract/e2e.md, "Cases"; docs/contract/pitfalls.md).
//!
//! Some failures leave nothing in either log: a wrong client ID, a redirect URI that is not registered, a wrong authorization
//! endpoint (cases h2, i, i2, x3), a sign-in that returned with another `state` (P-17), a refused refresh token
//! (docs/contract/cases.md, R11). The diagnosis does not cover them; the
//! checks of what is stored find them.

use std::cmp::Reverse;

use serde::Serialize;
use tsify::Tsify;

use super::{Code, Finding, Severity};
use crate::authentik::{Action, Event, Events, Token};
use crate::mailcow::{Authsource, Field, ListShape, LogEntry, Logged, Snapshot, UiLog};

/// The steps of a sign-in, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum SignInStep {
    /// authentik has authenticated the user.
    Authorize,
    /// authentik has authorized the user and issued a code.
    Code,
    /// mailcow's server redeemed the code.
    Token,
    /// mailcow's server has received the user's claims.
    Userinfo,
    /// mailcow has signed the user in to a mailbox.
    Mailbox,
}

/// A failed sign-in, or several that failed in the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Time of the last one: seconds since 1970-01-01T00:00:00Z by authentik's clock.
    pub time_s: i64,
    /// Address of the mailbox or, if mailcow did not learn it, name or address of the authentik user; empty when unknown.
    pub who: String,
    /// Primary key of the user, where one of authentik's events is about this attempt.
    #[serde(skip)]
    pub user: Option<i64>,
    /// The last step that certainly succeeded.
    pub reached: Option<SignInStep>,
    /// The step that failed; `None` when it is one of those after `reached`, and unknown which.
    pub stopped: Option<SignInStep>,
    pub finding: Finding,
    /// Number of failures.
    pub times: usize,
    /// Whether a later sign-in of the same user was not refused.
    pub went_through_since: bool,
    /// Whether the mailbox, which was refused for its own password, signs in with the provider by now. The logs do not say that.
    pub is_switched: bool,
}

/// What is known in addition to the logs.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Seconds since 1970-01-01T00:00:00Z by the browser's clock.
    pub now_s: i64,
    /// mailcow as it is now.
    pub stored: Option<&'a Snapshot>,
    /// The findings of [`check_fields`](super::check_fields) about what mailcow has stored now.
    pub fields: &'a [Finding],
}

/// The result of the diagnosis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// Failed sign-ins, the newest first; at most [`SHOWN`], of which mistyped passwords are omitted first.
    pub attempts: Vec<Attempt>,
    /// Sign-ins that authentik authorized and mailcow did not refuse; `None` without both logs.
    pub unremarkable: Option<usize>,
    /// By how many seconds mailcow's clock is ahead of authentik's, if that is more than a delay.
    pub clock_skew_s: Option<i64>,
}

/// What both logs say about sign-ins.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// All failed sign-ins, the newest first.
    pub attempts: Vec<Attempt>,
    /// By event, whether mailcow refused the sign-in to which it belongs.
    pub refused: Vec<bool>,
    /// By event, whether authentik authorized the user and mailcow certainly did not refuse.
    pub unremarkable: Vec<bool>,
    /// By how many seconds mailcow's clock is ahead of authentik's; 0 for no more than a delay.
    pub clock_skew_s: i64,
}

/// Maximum number of attempts in the result.
pub const SHOWN: usize = 20;

/// Maximum seconds from the code to mailcow's refusal: mailcow's server waits for two responses.
const REFUSED_WITHIN_S: i64 = 180;
/// Maximum seconds from a sign-in to authentik to the code: there may be a consent screen.
const LET_ON_WITHIN_S: i64 = 600;
/// Seconds that count as still in progress: from a sign-in to its code, from a code to its refusal, and up to the end of a
/// token's lifetime.
const UNDER_WAY_S: i64 = 60;
/// Seconds by which clocks and delays may differ without a finding.
const TOLERANCE_S: i64 = 10;
/// Seconds by which clocks may differ on the evidence of a single entry; a larger difference needs several.
const BELIEVED_S: i64 = 900;

/// Reasons that need no further evidence: mailcow's message, number of steps that succeeded, code. The evidence is the address of
/// the mailbox if the code has any (docs/contract/e2e.md, "Cases"; docs/contract/pitfalls.md, P-01 to P-06).
const REASONS: [(&str, usize, Code); 6] = [
    ("invalid_client", 2, Code::CredentialsWrongSecret),
    ("invalid_grant", 2, Code::CodeRefused),
    ("The user's authentication source is not of type OIDC", 4, Code::MailboxHasPassword),
    ("Domain or mailbox is inactive", 4, Code::MailboxInactive),
    ("No matching attribute mapping was found", 4, Code::DefaultTemplateEmpty),
    ("Auto-create users on login is deactivated", 4, Code::LoginProvisioningOff),
];

/// Messages of mailcow's OAuth client about a response that is not JSON (docs/contract/e2e.md, cases u to x2; P-19, P-26).
const NO_JSON: [&str; 4] = [
    "Invalid response received from Authorization Server.",
    "An OAuth server error was encountered",
    "Failed to parse JSON response",
    "Required option not passed: \"access_token\"",
];

/// Diagnoses every failed sign-in. `events` are those of this mailcow's client.
#[must_use]
pub fn explain(log: Option<&UiLog>, events: Option<&Events>, facts: &Facts<'_>) -> Explanation {
    let Judged { mut attempts, unremarkable, clock_skew_s: skew, .. } = judge(log, events, facts);
    // Mistyped passwords, which an attacker can cause in any number, are dropped first.
    while attempts.len() > SHOWN {
        let mistyped = attempts.iter().rposition(|attempt| attempt.finding.severity == Severity::Warning);
        attempts.remove(mistyped.unwrap_or(SHOWN));
    }
    let both = log.is_some() && events.is_some();
    Explanation {
        attempts,
        unremarkable: both.then(|| unremarkable.iter().filter(|unremarkable| **unremarkable).count()),
        clock_skew_s: (skew != 0).then_some(skew),
    }
}

/// The same about each event and with all attempts.
#[must_use]
pub fn judge(log: Option<&UiLog>, events: Option<&Events>, facts: &Facts<'_>) -> Judged {
    let (empty_log, no_events) = (UiLog::default(), Events::default());
    let (read_log, read_events) = (log.unwrap_or(&empty_log), events.unwrap_or(&no_events));
    let (entries, list) = (&read_log.entries, &read_events.list);
    let skew = clock_skew(entries, list);
    let mut attempts = Vec::new();
    let mut refused = vec![false; list.len()];
    let mut doubtful = refused.clone();
    for entry in entries.iter().filter(|entry| entry.what != Logged::SignedIn) {
        let time_s = entry.time_s - skew;
        if entry.what == Logged::PasswordRefused {
            // Mistyped passwords for mailboxes that do not use the provider have nothing to do with this integration.
            let mailbox = facts.stored.and_then(|stored| stored.mailboxes.as_ref()?.get(&entry.address));
            if !mailbox.is_some_and(|mailbox| matches!(mailbox.authsource, Authsource::GenericOidc | Authsource::Keycloak)) {
                continue;
            }
            let finding = Finding::new(Code::PasswordRefusedByMailcow).with("address", &entry.address);
            add(&mut attempts, attempt(time_s, &entry.address, None, 0, true, finding));
            continue;
        }
        let found = authorization(entry, time_s, list, &refused);
        let event = found.map(|at| &list[at]);
        if let Some(at) = found {
            refused[at] = true;
        }
        for at in others(entry, time_s, list, found) {
            doubtful[at] = true;
        }
        let cause = Cause { entry, time_s, event, events: read_events, facts };
        let (passed, certain, finding) = cause.find();
        let named = event.map_or("", |event| if event.email.is_empty() { &event.username } else { &event.email });
        let who = if entry.address.is_empty() { named } else { &entry.address };
        let user = event.filter(|event| !event.is_impersonated).and_then(|event| event.user);
        add(&mut attempts, attempt(event.map_or(time_s, |event| event.time_s), who, user, passed, certain, finding));
    }
    let is_broken = facts.stored.is_some_and(|stored| stored.provider.mappings.shape != ListShape::Dense);
    // The log may start later than the events.
    let log_since = if read_log.is_cut { read_log.since_s.map_or(i64::MAX, |since| since - skew) } else { i64::MIN };
    let is_unremarkable = |(event, (refused, doubtful)): (&Event, (&bool, &bool))| {
        log.is_some() && !is_broken && !refused && !doubtful && event.action == Action::Authorized && event.time_s >= log_since
    };
    let unremarkable: Vec<bool> = list.iter().zip(refused.iter().zip(&doubtful)).map(is_unremarkable).collect();
    for event in list {
        for_authentik(event, read_events, facts, &mut attempts);
    }
    attempts.sort_by_key(|attempt| Reverse(attempt.time_s));
    for attempt in &mut attempts {
        let same = |name: &str| !name.is_empty() && name.eq_ignore_ascii_case(&attempt.who);
        let later_event = |(event, unremarkable): (&Event, &bool)| {
            *unremarkable && event.time_s > attempt.time_s && (same(&event.email) || same(&event.username))
        };
        let later_entry =
            |entry: &LogEntry| entry.what == Logged::SignedIn && entry.time_s - skew > attempt.time_s && same(&entry.address);
        attempt.went_through_since = list.iter().zip(&unremarkable).any(later_event) || entries.iter().any(later_entry);
    }
    Judged { attempts, refused, unremarkable, clock_skew_s: skew }
}

/// Adds attempts that only authentik recorded: a refused password, and a sign-in without a code (docs/contract/e2e.md, cases dd
/// and j).
fn for_authentik(event: &Event, events: &Events, facts: &Facts<'_>, attempts: &mut Vec<Attempt>) {
    let finding = |code| Finding::new(code).with("username", &event.username);
    let newest = events.list.iter().map(|event| event.time_s).max().unwrap_or_default();
    let let_on = |other: &Event| {
        other.action == Action::Authorized
            && other.username == event.username
            && (-TOLERANCE_S..=LET_ON_WITHIN_S).contains(&(other.time_s - event.time_s))
    };
    let attempt = match event.action {
        Action::LoginFailed => {
            attempt(event.time_s, &event.username, event.user, 0, true, finding(Code::PasswordRefusedByAuthentik))
        }
        Action::Login
            if event.time_s + UNDER_WAY_S < facts.now_s.max(newest)
                && events.since_s.is_none_or(|since| event.time_s >= since)
                && !events.list.iter().any(let_on) =>
        {
            attempt(event.time_s, &event.username, event.user, 1, true, finding(Code::NotAuthorized))
        }
        _ => return,
    };
    add(attempts, attempt);
}

/// An attempt in which `passed` steps succeeded; `certain` if the next one failed.
fn attempt(time_s: i64, who: &str, user: Option<i64>, passed: usize, certain: bool, finding: Finding) -> Attempt {
    const STEPS: [SignInStep; 5] =
        [SignInStep::Authorize, SignInStep::Code, SignInStep::Token, SignInStep::Userinfo, SignInStep::Mailbox];
    let reached = passed.checked_sub(1).map(|last| STEPS[last]);
    let stopped = STEPS.get(passed).copied().filter(|_| certain);
    Attempt {
        time_s,
        who: who.to_owned(),
        user,
        reached,
        stopped,
        finding,
        times: 1,
        went_through_since: false,
        is_switched: false,
    }
}

/// Adds an attempt; one with the same cause is counted with it.
fn add(attempts: &mut Vec<Attempt>, mut attempt: Attempt) {
    let same_user = |other: &Attempt| other.user.is_none() || attempt.user.is_none() || other.user == attempt.user;
    let same =
        |other: &Attempt| other.who.eq_ignore_ascii_case(&attempt.who) && other.finding == attempt.finding && same_user(other);
    if let Some(at) = attempts.iter().position(same) {
        let other = attempts.remove(at);
        attempt.times += other.times;
        attempt.user = attempt.user.or(other.user);
        attempt.time_s = attempt.time_s.max(other.time_s);
    }
    attempts.push(attempt);
}

/// By how many seconds mailcow's clock is ahead of authentik's: the median gap between the refusals and the nearest codes of the
/// same user, or if mailcow recorded no address, of the same browser. 0 if the gap is a normal delay, because a refusal follows
/// its code within seconds, or if too few refusals confirm it.
fn clock_skew(entries: &[LogEntry], events: &[Event]) -> i64 {
    let mut gaps: Vec<i64> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.what == Logged::Refused) {
        let of_same = |event: &&Event| {
            event.action == Action::Authorized
                && if entry.address.is_empty() { event.client_ip == entry.remote } else { is_address_of(event, entry) }
        };
        let gap =
            events.iter().filter(of_same).map(|event| entry.time_s - event.time_s).min_by_key(|gap| (gap.abs(), Reverse(*gap)));
        if let Some(gap) = gap {
            gaps.push(gap);
        }
    }
    gaps.sort_unstable();
    let Some(median) = gaps.get(gaps.len() / 2).copied() else { return 0 };
    let agreeing = gaps.iter().filter(|gap| (**gap - median).abs() <= UNDER_WAY_S).count();
    let is_believed = median.abs() <= BELIEVED_S || agreeing > 1 && agreeing * 2 > gaps.len();
    if (-TOLERANCE_S..=UNDER_WAY_S).contains(&median) || !is_believed { 0 } else { median }
}

fn is_address_of(event: &Event, entry: &LogEntry) -> bool {
    !entry.address.is_empty() && event.email.eq_ignore_ascii_case(&entry.address)
}

/// The code to which a refusal belongs: not used by another refusal, shortly before it, and of the same user, the same browser,
/// or the only user at that time.
fn authorization(entry: &LogEntry, time_s: i64, events: &[Event], refused: &[bool]) -> Option<usize> {
    let fits = |at: &usize| !refused[*at] && may_be_refused_at(&events[*at], time_s);
    let candidates: Vec<usize> = (0..events.len()).filter(fits).collect();
    let nearest = |is_it: &dyn Fn(&Event) -> bool| {
        let gap = |at: &usize| time_s - events[*at].time_s;
        // A refusal comes after its code, unless the clocks differ a little.
        candidates.iter().copied().filter(|at| is_it(&events[*at])).min_by_key(|at| (gap(at) < 0, gap(at).abs()))
    };
    nearest(&|event| is_address_of(event, entry)).or_else(|| nearest(&|event| event.client_ip == entry.remote)).or_else(|| {
        let first = &events[*candidates.first()?].username;
        nearest(&|_| true).filter(|_| candidates.iter().all(|at| events[*at].username == *first))
    })
}

/// The other codes to which a refusal may belong just as well, because it names no address: those of everybody who was there, or if
/// it was found by the browser, those of other users of the same browser or network.
fn others(entry: &LogEntry, time_s: i64, events: &[Event], found: Option<usize>) -> Vec<usize> {
    let may_be = |event: &Event| match found.map(|at| &events[at]) {
        None => true,
        Some(found) => found.client_ip == entry.remote && event.client_ip == entry.remote && event.username != found.username,
    };
    let is_other = |at: &usize| may_be_refused_at(&events[*at], time_s) && may_be(&events[*at]);
    if entry.address.is_empty() { (0..events.len()).filter(is_other).collect() } else { Vec::new() }
}

fn may_be_refused_at(event: &Event, time_s: i64) -> bool {
    event.action == Action::Authorized && (-TOLERANCE_S..=REFUSED_WITHIN_S).contains(&(time_s - event.time_s))
}

/// Evaluates an error of mailcow's server for an endpoint that the browser did reach: `60: words (see …) for https://…`.
fn unreachable(rest: &str) -> (usize, bool, Finding) {
    let url = rest.rsplit(' ').next().filter(|word| word.starts_with("http")).unwrap_or_default();
    let code = match rest.split(':').next() {
        Some("6") => Code::ServerCannotResolve,
        Some("35" | "51" | "58" | "60" | "77" | "83") => Code::ServerDistrustsCertificate,
        _ => Code::ServerCannotReachToken,
    };
    (if url.contains("userinfo") { 3 } else { 2 }, true, Finding::new(code).with("url", url))
}

/// A refusal with everything that may explain it.
struct Cause<'a> {
    entry: &'a LogEntry,
    time_s: i64,
    event: Option<&'a Event>,
    events: &'a Events,
    facts: &'a Facts<'a>,
}

impl Cause<'_> {
    /// Number of steps that succeeded, whether the next one is certainly the one that failed, and why.
    fn find(&self) -> (usize, bool, Finding) {
        let reason = self.entry.reason.as_str();
        if let Some((_, passed, code)) = REASONS.iter().find(|(known, ..)| *known == reason) {
            return (*passed, true, self.plain(*code));
        }
        if let Some(rest) = reason.strip_prefix("cURL error ") {
            return unreachable(rest);
        }
        if NO_JSON.iter().any(|known| reason.starts_with(known)) {
            return self.no_json();
        }
        match reason {
            "No email address found for user" => (3, true, self.no_email()),
            "Could not create mailbox on login" => (4, true, self.not_created()),
            // mailcow records an address only after it received one.
            _ => {
                let knows = !self.entry.address.is_empty();
                (if knows { 4 } else { 2 }, knows, Finding::new(Code::SignInRefused).with("reason", reason))
            }
        }
    }

    /// A finding whose only evidence, if any, is the address.
    fn plain(&self, code: Code) -> Finding {
        let finding = Finding::new(code);
        match code {
            Code::CredentialsWrongSecret => match self.near(Action::RedirectRefused, "") {
                Some(event) => Finding::new(Code::RedirectNotRegistered)
                    .at(Field::RedirectUrl)
                    .with("url", &event.subject)
                    .with("registered", &event.expected),
                None => finding.at(Field::ClientSecret),
            },
            // In general a warning, but a problem for a user whom it has refused.
            Code::DefaultTemplateEmpty | Code::LoginProvisioningOff => {
                let empty = code == Code::DefaultTemplateEmpty;
                let mut finding = finding.at(if empty { Field::DefaultTemplate } else { Field::LoginProvisioning });
                finding.severity = Severity::Problem;
                finding
            }
            Code::MailboxInactive => self.inactive(),
            _ => finding,
        }
    }

    /// A response that is not JSON: because of a scope that was not granted, an address that is not authentik's, or a proxy in
    /// between.
    fn no_json(&self) -> (usize, bool, Finding) {
        if let Some(finding) = self.not_granted("openid", Code::ScopeOpenidMissing) {
            return (3, true, finding);
        }
        for (field, passed) in [(Field::TokenUrl, 2), (Field::UserinfoUrl, 3)] {
            let faulty = |finding: &&Finding| finding.field == Some(field) && finding.severity >= Severity::Warning;
            if let Some(finding) = self.facts.fields.iter().find(faulty) {
                return (passed, true, finding.clone());
            }
        }
        let finding = Finding::new(Code::ServerGotNoJson);
        match self.got_token() {
            Some(true) => (3, true, finding),
            Some(false) => (2, true, finding),
            None => (2, false, finding),
        }
    }

    /// Whether authentik issued a token for this sign-in; `None` if unknown, because the event is missing or too old.
    fn got_token(&self) -> Option<bool> {
        let (event, tokens) = (self.event?, self.events.tokens.as_ref()?);
        let is_it = |token: &Token| {
            token.username == event.username && (-TOLERANCE_S..=REFUSED_WITHIN_S).contains(&(token.issued_s - event.time_s))
        };
        if tokens.list.iter().any(is_it) {
            return Some(true);
        }
        let would_live = event.time_s + tokens.lifetime_s > self.facts.now_s + UNDER_WAY_S;
        (tokens.is_complete && would_live).then_some(false)
    }

    /// mailcow got no address: its scope was not granted, the user has none, or its mapping failed.
    fn no_email(&self) -> Finding {
        if let Some(finding) = self.not_granted("email", Code::ScopeEmailMissing) {
            return finding;
        }
        let Some(event) = self.event else { return Finding::new(Code::NoEmailClaim) };
        if let (Some(_), Some(mapping)) =
            (self.near(Action::ExpressionFailed, &event.username), self.near(Action::MappingFailed, ""))
        {
            return Finding::new(Code::MappingFails).with("mapping", &mapping.subject);
        }
        if event.email.is_empty() {
            return Code::UserWithoutEmail.into();
        }
        Finding::new(Code::NoEmailClaim)
    }

    /// Whether a scope was not granted: mailcow did not request it, or the provider has no mapping for it.
    fn not_granted(&self, scope: &str, not_asked: Code) -> Option<Finding> {
        let Some(event) = self.event else {
            return self.facts.fields.iter().find(|finding| finding.code == not_asked).cloned();
        };
        let has = |scopes: &str| scopes.split_whitespace().any(|word| word == scope);
        if has(&event.granted) {
            return None;
        }
        let finding =
            if has(&event.asked) { Finding::new(Code::ScopeNotMapped).with("scope", scope) } else { Finding::new(not_asked) };
        Some(finding.at(Field::ClientScopes))
    }

    /// The mailbox could not be created: no such domain or template, another use of the address, or a limit (P-03;
    /// docs/contract/e2e.md, cases f and s).
    fn not_created(&self) -> Finding {
        let address = &self.entry.address;
        let about = |code| Finding::new(code).with("domain", self.domain());
        if let Some(stored) = self.facts.stored {
            let others = stored.others.as_ref();
            let Some(domain) = stored.domain(self.domain()).map(|at| &stored.domains[at]) else {
                return match others.and_then(|others| others.alias_domains.get(self.domain())) {
                    Some(target) => about(Code::AddressAtAliasDomain).with("target", target),
                    None => about(Code::DomainMissing),
                };
            };
            if let Some(goto) = others.and_then(|others| others.aliases.get(address)) {
                return Finding::new(Code::AddressIsAlias).with("goto", goto);
            }
            let names = stored.provider.mappings.templates().chain([stored.provider.default_template.as_str()]);
            for name in names.filter(|name| !name.is_empty()) {
                let Some(template) = stored.templates.iter().find(|known| known.name == name) else {
                    return Finding::new(Code::TemplateNotFound).at(Field::DefaultTemplate).with("template", name);
                };
                if domain.is_too_small_for(template) {
                    return about(Code::QuotaTooLarge);
                }
            }
            if domain.mailboxes_left == Some(0) {
                return about(Code::DomainFull);
            }
        }
        Finding::new(Code::MailboxNotCreated).with("address", address)
    }

    /// The domain of the address.
    fn domain(&self) -> &str {
        self.entry.address.rsplit('@').next().unwrap_or_default()
    }

    /// Distinguishes an inactive domain, an inactive mailbox and one that a template has made inactive, for which mailcow has
    /// the same message.
    fn inactive(&self) -> Finding {
        let Some(stored) = self.facts.stored else { return Code::MailboxInactive.into() };
        let domain = stored.domain(self.domain()).map(|at| &stored.domains[at]);
        if let Some(domain) = domain.filter(|domain| !domain.active) {
            return Finding::new(Code::DomainInactive).with("domain", &domain.name);
        }
        // mailcow forgets the template when an administrator changes the mailbox (docs/contract/cases.md, R1 and R2). The list
        // may be older than the sign-in, which then has created or changed the mailbox.
        let by_template = stored.mailboxes.as_ref().is_some_and(|mailboxes| {
            mailboxes.get(&self.entry.address).is_none_or(|mailbox| mailbox.active || mailbox.is_as_template)
        });
        let mut templates = super::mailcow::templates(stored, &stored.provider).into_iter();
        let template = templates.find(|finding| by_template && finding.code == Code::TemplateInactive);
        template.unwrap_or_else(|| Code::MailboxInactive.into())
    }

    /// An event between the code and the refusal; an empty `username` matches all users.
    fn near(&self, action: Action, username: &str) -> Option<&Event> {
        let from = self.event.map_or(self.time_s - REFUSED_WITHIN_S, |event| event.time_s);
        self.events.list.iter().find(|event| {
            event.action == action
                && (username.is_empty() || event.username == username)
                && (from..=self.time_s + TOLERANCE_S).contains(&event.time_s)
        })
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::super::mailcow::tests::healthy;
    use super::*;
    use crate::authentik::Tokens;
    use crate::mailcow::{Domain, Mailbox, Mailboxes, Template};

    const NOW: i64 = 1_795_449_600;

    fn refusal(time_s: i64, address: &str, reason: &str) -> LogEntry {
        let what = Logged::Refused;
        LogEntry { time_s, remote: "192.0.2.10".into(), what, address: address.into(), reason: reason.into() }
    }

    fn event(action: Action, time_s: i64, username: &str, client_ip: &str) -> Event {
        Event {
            action,
            time_s,
            user: None,
            username: username.into(),
            email: format!("{username}@mail.example"),
            is_impersonated: false,
            client_ip: client_ip.into(),
            client_id: "id".into(),
            application: String::new(),
            asked: "openid profile email".into(),
            granted: "openid profile email".into(),
            subject: String::new(),
            expected: String::new(),
        }
    }

    fn explained(entries: Vec<LogEntry>, list: Vec<Event>) -> Explanation {
        let log = UiLog { since_s: entries.iter().map(|entry| entry.time_s).min(), entries, is_cut: false };
        let events = Events { list, since_s: None, tokens: None };
        explain(Some(&log), Some(&events), &Facts { now_s: NOW, stored: None, fields: &[] })
    }

    #[test]
    fn two_people_at_once_are_not_mixed_up() {
        let both = || {
            vec![event(Action::Authorized, NOW, "anna", "192.0.2.10"), event(Action::Authorized, NOW + 1, "bert", "192.0.2.11")]
        };
        let found = explained(vec![refusal(NOW + 2, "", "invalid_client")], both());
        assert_eq!(found.attempts[0].who, "anna@mail.example", "by the browser's address");
        let mut elsewhere = refusal(NOW + 2, "", "invalid_client");
        elsewhere.remote = "198.51.100.1".into();
        let found = explained(vec![elsewhere.clone()], both());
        assert_eq!(found.attempts[0].who, "", "a proxy hides the address: nobody is guessed");
        assert_eq!(found.unremarkable, Some(0), "either may have been refused");
        let office = || {
            let mut office = both();
            office[1].client_ip = "192.0.2.10".into();
            office
        };
        let found = explained(vec![refusal(NOW + 2, "", "invalid_client")], office());
        assert_eq!(found.unremarkable, Some(0), "both are behind one address");
        let found = explained(vec![refusal(NOW + 2, "anna@mail.example", "invalid_client")], office());
        assert_eq!(found.unremarkable, Some(1), "the refusal says whose it is");
        // The refusal is one of theirs, and nobody else's: not that of another sign-in of the same user, nor of an earlier one.
        let again = || vec![event(Action::Authorized, NOW - 1, "anna", "192.0.2.10"), both().swap_remove(0)];
        let found = explained(vec![refusal(NOW + 2, "", "invalid_client")], again());
        assert_eq!((found.attempts[0].times, found.unremarkable), (1, Some(1)));
        let mut earlier = both();
        earlier.push(event(Action::Authorized, NOW - 900, "carl", "192.0.2.12"));
        assert_eq!(explained(vec![elsewhere.clone()], earlier).unremarkable, Some(1));
        let found = explained(vec![elsewhere], both().into_iter().take(1).collect());
        assert_eq!(found.attempts[0].who, "anna@mail.example", "nobody else was there");
        assert_eq!(found.unremarkable, Some(0));
    }

    #[test]
    fn without_facts_nothing_is_guessed() {
        let refusals = ["Could not create mailbox on login", "No email address found for user", NO_JSON[1], "cURL error 7"];
        let entries = refusals.map(|reason| refusal(NOW, "anna@mail.example", reason)).to_vec();
        let log = UiLog { entries, since_s: Some(NOW), is_cut: false };
        let found = explain(Some(&log), None, &Facts { now_s: NOW, stored: None, fields: &[] });
        let codes: Vec<Code> = found.attempts.iter().map(|attempt| attempt.finding.code).collect();
        let expected = [Code::MailboxNotCreated, Code::NoEmailClaim, Code::ServerGotNoJson, Code::ServerCannotReachToken];
        assert!(expected.iter().all(|code| codes.contains(code)), "{codes:?}");
    }

    #[test]
    fn what_was_cut_off_is_not_taken_for_a_refusal() {
        let events = Events { list: vec![event(Action::Login, NOW - 900, "anna", "")], since_s: Some(NOW - 600), tokens: None };
        let facts = Facts { now_s: NOW, stored: None, fields: &[] };
        assert_eq!(explain(None, Some(&events), &facts).attempts, [], "the code may be older than what was read");
        let log = UiLog { since_s: Some(NOW - 60), is_cut: true, ..UiLog::default() };
        let events = Events { list: vec![event(Action::Authorized, NOW - 900, "anna", "")], since_s: None, tokens: None };
        assert_eq!(explain(Some(&log), Some(&events), &facts).unremarkable, Some(0), "mailcow may have refused before");
    }

    /// mailcow's clock is five minutes ahead: by authentik's, the log starts two minutes ago.
    #[test]
    fn the_start_of_the_log_is_compared_by_one_clock() {
        let refused = refusal(NOW + 240, "anna@mail.example", "invalid_client");
        let log = UiLog { entries: vec![refused], since_s: Some(NOW + 180), is_cut: true };
        let list = [(-60, "anna"), (-100, "bert"), (-140, "carl")];
        let list = list.map(|(at, who)| event(Action::Authorized, NOW + at, who, "192.0.2.10")).to_vec();
        let events = Events { list, since_s: None, tokens: None };
        let found = judge(Some(&log), Some(&events), &Facts { now_s: NOW, stored: None, fields: &[] });
        assert_eq!((found.clock_skew_s, found.unremarkable), (300, vec![false, true, false]));
    }

    #[test]
    fn one_entry_alone_does_not_accuse_a_clock() {
        let far = |hours: i64| {
            let refused = refusal(NOW + 3_600 * hours, "anna@mail.example", "Domain or mailbox is inactive");
            explained(vec![refused], vec![event(Action::Authorized, NOW, "anna", "192.0.2.10")])
        };
        assert_eq!(far(5).clock_skew_s, None, "the events of that sign-in may be gone");
        assert_eq!(far(5).attempts.len(), 1);
    }

    #[test]
    fn half_of_the_entries_do_not_accuse_a_clock() {
        let skew = |gaps: &[i64]| {
            let who = || ["anna", "bert", "carl", "dora", "emil"].into_iter().zip(gaps);
            let events = who().map(|(who, _)| event(Action::Authorized, NOW, who, "192.0.2.10")).collect();
            let refused = |(who, gap): (&str, &i64)| refusal(NOW + gap, &format!("{who}@mail.example"), "invalid_client");
            explained(who().map(refused).collect(), events).clock_skew_s
        };
        assert_eq!(skew(&[10_000, 14_000, 18_000, 18_000]), None);
        assert_eq!(skew(&[10_000, 18_000, 18_000, 18_000]), Some(18_000));
        assert_eq!(skew(&[10_000, 14_000, 18_000, 18_000, 18_000]), Some(18_000));
    }

    /// A refusal follows its code.
    #[test]
    fn between_two_codes_a_refusal_belongs_to_the_earlier_one() {
        let events = [1_000, 0].map(|at| event(Action::Authorized, NOW + at, "anna", "192.0.2.10")).to_vec();
        let found = explained(vec![refusal(NOW + 500, "anna@mail.example", "invalid_client")], events);
        assert_eq!(found.clock_skew_s, Some(500));
        let events = [0, 105].map(|at| event(Action::Authorized, NOW + at, "anna", "192.0.2.10")).to_vec();
        let found = explained(vec![refusal(NOW + 100, "anna@mail.example", "invalid_client")], events);
        assert_eq!(found.attempts[0].time_s, NOW, "although the other one is nearer");
    }

    /// A consent screen, say.
    #[test]
    fn a_sign_in_of_the_last_minute_may_still_go_on() {
        let attempts = |ago_s| {
            let events = Events { list: vec![event(Action::Login, NOW - ago_s, "anna", "")], since_s: None, tokens: None };
            explain(None, Some(&events), &Facts { now_s: NOW, stored: None, fields: &[] }).attempts.len()
        };
        assert_eq!((attempts(UNDER_WAY_S), attempts(UNDER_WAY_S + 1)), (0, 1));
    }

    #[test]
    fn a_sign_in_stopped_at_authentik_unless_a_code_followed_it() {
        let reasons = |username: &str, after_s: i64| {
            let login = event(Action::Login, NOW - 7_200, "anna", "");
            let code = event(Action::Authorized, login.time_s + after_s, username, "");
            let found = explained(Vec::new(), vec![code, login]);
            found.attempts.iter().map(|attempt| attempt.finding.code).collect::<Vec<_>>()
        };
        assert_eq!(reasons("anna", 300), [], "after a consent screen");
        for (username, after_s) in [("anna", 3_600), ("anna", -3_600), ("bert", 300)] {
            assert_eq!(reasons(username, after_s), [Code::NotAuthorized], "{username} {after_s}");
        }
    }

    /// The same address may be that of several.
    #[test]
    fn failures_of_one_user_are_counted_together_and_those_of_two_are_not() {
        let times = |users: [Option<i64>; 2]| {
            let at = |(user, at_s)| Event { user, ..event(Action::Authorized, NOW + at_s, "anna", "192.0.2.10") };
            let refused = [2, 602].map(|at_s| refusal(NOW + at_s, "anna@mail.example", "invalid_client"));
            let found = explained(refused.to_vec(), users.into_iter().zip([0, 600]).map(at).collect());
            found.attempts.iter().map(|attempt| attempt.times).collect::<Vec<_>>()
        };
        assert_eq!(times([Some(1), Some(1)]), [2]);
        assert_eq!(times([Some(1), None]), [2]);
        assert_eq!(times([Some(1), Some(2)]), [1, 1]);
    }

    #[test]
    fn a_mapping_that_failed_at_another_time_is_not_blamed() {
        let blamed = |after_s| {
            let failed = [Action::ExpressionFailed, Action::MappingFailed].map(|what| event(what, NOW + after_s, "anna", ""));
            let list = [vec![event(Action::Authorized, NOW, "anna", "192.0.2.10")], failed.to_vec()].concat();
            explained(vec![refusal(NOW + 2, "", "No email address found for user")], list).attempts[0].finding.code
        };
        assert_eq!(blamed(1), Code::MappingFails);
        assert_eq!(blamed(3_600), Code::NoEmailClaim);
    }

    /// authentik refuses both in the same words. To which code the refusal belongs may be unknown.
    #[test]
    fn a_redirect_uri_that_was_refused_at_another_time_is_not_blamed() {
        let blamed = |ago_s| {
            let list = vec![event(Action::RedirectRefused, NOW - ago_s, "", "")];
            explained(vec![refusal(NOW, "", "invalid_client")], list).attempts[0].finding.code
        };
        assert_eq!(blamed(1), Code::RedirectNotRegistered);
        assert_eq!(blamed(3_600), Code::CredentialsWrongSecret);
    }

    fn explained_with(stored: &Snapshot, reason: &str) -> Code {
        let log = UiLog { entries: vec![refusal(NOW, "anna@mail.example", reason)], since_s: Some(NOW), is_cut: false };
        explain(Some(&log), None, &Facts { now_s: NOW, stored: Some(stored), fields: &[] }).attempts[0].finding.code
    }

    /// mailcow forgets the template of a mailbox that somebody has changed by hand; the list may be older than the sign-in.
    #[test]
    fn an_inactive_mailbox_is_its_templates_fault_unless_somebody_has_changed_it() {
        let code = |mailbox: Mailbox| {
            let rows = vec![("anna@mail.example".into(), mailbox)];
            let template = Template { active: false, ..healthy().templates.remove(0) };
            let stored = Snapshot {
                mailboxes: Some(Mailboxes::new(rows).into()),
                provider: crate::wire::read(r#"{"authsource":"generic-oidc","default_template":"Default"}"#).expect("settings"),
                templates: vec![template],
                ..healthy()
            };
            explained_with(&stored, "Domain or mailbox is inactive")
        };
        let changed = Mailbox::default();
        assert_eq!(code(changed), Code::MailboxInactive);
        assert_eq!(code(Mailbox { is_as_template: true, ..changed }), Code::TemplateInactive);
        assert_eq!(code(Mailbox { active: true, ..changed }), Code::TemplateInactive);
    }

    #[test]
    fn a_template_may_use_all_that_a_mailbox_may_have() {
        let code = |largest_quota| {
            let domain = Domain { largest_quota: Some(largest_quota), ..healthy().domains.remove(0) };
            let template = Template { quota: Some(1_000), ..healthy().templates.remove(0) };
            let provider = crate::wire::read(r#"{"default_template":"Default"}"#).expect("settings");
            let stored = Snapshot { domains: vec![domain], templates: vec![template], provider, ..healthy() };
            explained_with(&stored, "Could not create mailbox on login")
        };
        assert_eq!(code(1_000), Code::MailboxNotCreated);
        assert_eq!(code(999), Code::QuotaTooLarge);
    }

    #[test]
    fn only_a_later_sign_in_of_the_same_user_went_through_since() {
        let went_through = |username: &str, after_s: i64| {
            let list = [(0, "anna"), (after_s, username)].map(|(at, who)| event(Action::Authorized, NOW + at, who, "192.0.2.10"));
            let refused = refusal(NOW + 2, "anna@mail.example", "Could not create mailbox on login");
            let found = explained(vec![refused], list.to_vec());
            found.attempts.iter().any(|attempt| attempt.went_through_since)
        };
        assert!(went_through("anna", 600));
        assert!(!went_through("bert", 600));
        assert!(!went_through("anna", -600));
        assert!(!went_through("anna", 0), "two tabs at once");
        let by_log = |name: &str, after_s: i64| {
            let refused = refusal(NOW, "anna@mail.example", "Could not create mailbox on login");
            let signed_in = refusal(NOW + after_s, &format!("{name}@mail.example"), "");
            let found = explained(vec![refused, LogEntry { what: Logged::SignedIn, ..signed_in }], Vec::new());
            found.attempts.iter().any(|attempt| attempt.went_through_since)
        };
        assert!(by_log("anna", 600));
        assert!(!by_log("bert", 600));
        assert!(!by_log("anna", -600));
        assert!(!by_log("anna", 0), "two tabs at once");
    }

    /// mailcow's clock is five minutes ahead.
    #[test]
    fn a_sign_in_in_mailcows_log_is_compared_with_a_failure_by_one_clock() {
        let went_through_since = |entry_s| {
            let refused = refusal(NOW + 300, "anna@mail.example", "Could not create mailbox on login");
            let signed_in = refusal(NOW + entry_s, "anna@mail.example", "");
            let entries = vec![refused, LogEntry { what: Logged::SignedIn, ..signed_in }];
            let found = explained(entries, vec![event(Action::Authorized, NOW, "anna", "192.0.2.10")]);
            found.attempts[0].went_through_since
        };
        assert!(went_through_since(400));
        assert!(!went_through_since(200), "it was before");
    }

    /// Who gave no address is known by the browser.
    #[test]
    fn clocks_are_compared_by_the_browser_when_there_is_no_address() {
        let events = |ip: &str| {
            let of = |time_s| event(Action::Authorized, NOW + time_s, "anna", ip);
            vec![of(0), of(1_000), of(2_000)]
        };
        let refused = || [700, 1_700, 2_700].map(|time_s| refusal(NOW + time_s, "", "invalid_client")).to_vec();
        assert_eq!(explained(refused(), events("192.0.2.10")).clock_skew_s, Some(-300));
        assert_eq!(explained(refused(), events("192.0.2.99")).clock_skew_s, None, "another browser's");
    }

    proptest! {
        /// Whatever is in the logs, and in whatever order.
        #[test]
        fn any_logs_are_explained(
            entries in proptest::collection::vec((0..4_000_i64, 0..4_usize, 0..9_usize, 0..3_u8), 0..30),
            events in proptest::collection::vec((0..4_000_i64, 0..4_usize, 0..6_usize, 0..3_u8), 0..30),
            skew in -2_000..2_000_i64,
        ) {
            let names = ["anna", "bert", "carl", ""];
            let reasons = [
                "invalid_client", "invalid_grant", "cURL error 6: no for https://x.test/", "cURL error", "No email address found for user",
                "Could not create mailbox on login", "Failed to parse JSON response: Syntax error", "", "<b>{reason}</b>",
            ];
            let actions = [
                Action::Login, Action::LoginFailed, Action::Authorized, Action::ExpressionFailed, Action::MappingFailed,
                Action::RedirectRefused,
            ];
            let mut entries: Vec<LogEntry> = entries.into_iter().map(|(time, name, reason, what)| {
                let address = if names[name].is_empty() { String::new() } else { format!("{}@mail.example", names[name]) };
                let what = [Logged::Refused, Logged::SignedIn, Logged::PasswordRefused][usize::from(what)];
                LogEntry { what, ..refusal(NOW - time + skew, &address, reasons[reason]) }
            }).collect();
            let mut list: Vec<Event> = events.into_iter().map(|(time, name, action, ip)| {
                event(actions[action], NOW - time, names[name], ["192.0.2.10", "192.0.2.11", ""][usize::from(ip)])
            }).collect();
            let refusals = entries.iter().filter(|entry| entry.what == Logged::Refused).count();
            let found = explained(entries.clone(), list.clone());
            prop_assert!(found.attempts.len() <= SHOWN);
            prop_assert!(found.attempts.is_sorted_by(|one, other| one.time_s >= other.time_s));
            prop_assert!(found.attempts.iter().all(|attempt| attempt.finding.is_complete() && attempt.times > 0));
            let counted: usize = found.attempts.iter().map(|attempt| attempt.times).sum();
            prop_assert!(found.attempts.len() == SHOWN || counted >= refusals);
            entries.reverse();
            list.reverse();
            let reversed = explained(entries, list);
            prop_assert_eq!(found.clock_skew_s, reversed.clock_skew_s);
            prop_assert_eq!(found.attempts.is_empty(), reversed.attempts.is_empty());
        }

        #[test]
        fn tokens_never_contradict_themselves(issued in -400..400_i64, now in 0..8_000_i64) {
            let list = vec![event(Action::Authorized, NOW, "anna", "192.0.2.10")];
            let token = Token { username: "anna".into(), issued_s: NOW + issued };
            let tokens = Some(Tokens { list: vec![token], is_complete: true, lifetime_s: 3_600 });
            let log = UiLog { entries: vec![refusal(NOW + 2, "", NO_JSON[0])], since_s: Some(NOW), is_cut: false };
            let facts = Facts { now_s: NOW + now, stored: None, fields: &[] };
            let found = explain(Some(&log), Some(&Events { list, since_s: None, tokens }), &facts);
            let expected = match issued {
                -10..=180 => Some(SignInStep::Userinfo),
                _ if now + UNDER_WAY_S < 3_600 => Some(SignInStep::Token),
                _ => None,
            };
            prop_assert_eq!(found.attempts[0].stopped, expected);
        }
    }
}
