//! Who can sign in: what authentik would send for each user, combined with what mailcow would do with it
//! (docs/contract/mailcow.md, section 7; docs/contract/e2e.md).
//!
//! A verdict is a [`Code`]: it names the reason, and the catalogue has the outcome of the sign-in ([`Code::outcome`]). What could
//! not be determined has a code of its own; nothing is guessed.

use serde_json::Value;

use super::address_change::AddressChange;
pub use super::code::Outcome;
use super::everybody::{client_of, scopes_of, selected_of};
use super::{Code, Finding};
use crate::authentik::types::{Application, Binding, PreviewedClaims, ScopeMapping};
use crate::authentik::{self, Directory, GroupSet, User, UserKind, Version};
use crate::mailcow::directory::ByName;
use crate::mailcow::{self, Authsource, IdentityProvider, Mailbox, Mapping, Template, folded};
use crate::setup::{Origin, TEMPLATE_SCOPE, is_own_expression, template_rules};

/// authentik's own answers about a user.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Primary key of the user.
    pub user: i64,
    /// The claims that mailcow would get; `None` when authentik did not return them.
    pub claims: Option<PreviewedClaims>,
    /// Whether the user may use the application; `None` when authentik did not answer.
    pub passing: Option<bool>,
}

/// Who may use the application, according to its bindings.
enum Access {
    /// No binding is enabled.
    Everybody,
    /// No binding is enabled, and this authentik requires one.
    Nobody,
    /// The bindings, each with whether it is negated.
    Bound { bindings: Vec<(Bound, bool)>, mode: Mode },
    /// The bindings could not be read.
    Unknown,
}

/// How many bindings have to match.
#[derive(Clone, Copy)]
enum Mode {
    Any,
    All,
    /// All, which some releases take for any (docs/contract/newest.md, row 9).
    AllOrAny,
}

/// The target of a binding.
enum Bound {
    Group(GroupSet),
    User(i64),
    /// A policy, which only authentik can evaluate.
    Policy,
}

/// Everything that decides about a sign-in, prepared for a query for each user.
pub struct Rules<'a> {
    mailcow: &'a mailcow::Snapshot,
    settings: &'a IdentityProvider,
    asked: &'a [Asked],
    /// What makes every sign-in fail.
    everybody: Option<&'a Finding>,
    access: Access,
    /// Who may change their own address; `None` when authentik was not asked.
    address_change: Option<&'a AddressChange>,
    /// Whether a claim `mailcow_template` may be sent and matter.
    template_claim: bool,
    /// Value of the claim `mailcow_template` by group, the first match counts; `None` when it cannot be computed.
    templates_by_group: Option<Vec<(GroupSet, Value)>>,
    /// Whether the claim `email` can be assumed to be the user's address if authentik was not queried about the user.
    computes: bool,
    /// Whether mailboxes that have a password are taken as if they signed in with authentik.
    is_switched: bool,
    notes: Vec<Finding>,
}

impl<'a> Rules<'a> {
    /// Combines the snapshots. `settings` are mailcow's, as stored or as they will be, and `problems` what makes every sign-in
    /// with them fail, the gravest first; `asked` are authentik's answers about some users, which are compared with the
    /// computed values.
    #[must_use]
    pub fn new(
        authentik: &authentik::Snapshot,
        directory: &Directory,
        mailcow: &'a mailcow::Snapshot,
        settings: &'a IdentityProvider,
        problems: &'a [Finding],
        asked: &'a [Asked],
    ) -> Self {
        let scopes = scopes_of(settings);
        let (provider, application) = client_of(authentik, settings);
        let selected = selected_of(authentik, provider);
        let granted = || selected.iter().filter(|mapping| scopes.contains(&mapping.scope_name.as_str()));
        let mentions = |claim: &str| granted().any(|mapping| mapping.expression.contains(claim));
        let mut rules = Self {
            mailcow,
            settings,
            asked,
            everybody: problems.first(),
            access: Access::of(authentik, directory, application),
            address_change: None,
            template_claim: !settings.mappings.rows.is_empty() && mentions(TEMPLATE_SCOPE),
            templates_by_group: templates_by_group(granted().copied(), authentik, directory),
            computes: granted().filter(|mapping| mapping.expression.contains("email")).all(|mapping| is_familiar(mapping)),
            is_switched: false,
            notes: Vec::new(),
        };
        rules.compare(directory);
        rules
    }

    /// The same, knowing who may change their own address.
    #[must_use]
    pub fn with_address_change(self, address_change: Option<&'a AddressChange>) -> Self {
        Self { address_change, ..self }
    }

    /// The same once every mailbox that has a password was switched to Generic-OIDC: what else keeps its user out then shows.
    #[must_use]
    pub fn after_switch(self) -> Self {
        Self { is_switched: true, ..self }
    }

    /// Compares authentik's answers with the computed values. A difference for one user may apply to others.
    fn compare(&mut self, directory: &Directory) {
        let about: Vec<(&User, &'a Asked)> = directory
            .users()
            .iter()
            .filter_map(|user| Some((user, self.asked.iter().find(|asked| asked.user == user.pk)?)))
            .collect();
        let mut are_same = None;
        for (user, asked) in &about {
            let Some(claims) = &asked.claims else { continue };
            let claim = claims.email.as_deref().unwrap_or_default();
            let same = *claim == *user.email;
            if !same {
                let finding = Finding::new(Code::ClaimDiffers).with("name", &user.username);
                self.notes.push(finding.with("claim", claim).with("address", &user.email));
            }
            are_same = Some(same && are_same.unwrap_or(true));
        }
        if let Some(are_same) = are_same {
            self.computes = are_same;
        } else if self.everybody.is_none() {
            self.notes.push(Finding::new(Code::ClaimsNotCompared));
        }
        for (user, asked) in about {
            let differs =
                asked.passing.is_some_and(|passing| self.access.of_user(user).is_some_and(|computed| computed != passing));
            if differs {
                // Without bindings the answer is the same for all users (docs/contract/authentik.md, section 7,
                // `core_default_app_access`).
                self.access = if matches!(self.access, Access::Everybody) { Access::Nobody } else { Access::Unknown };
                self.notes.push(Finding::new(Code::AccessDiffers).with("name", &user.username));
            }
        }
    }

    /// The address that authentik sends to mailcow for a user, as far as it is known.
    #[must_use]
    pub fn address_of<'u>(&'u self, user: &'u User) -> &'u str {
        let asked = self.asked.iter().find(|asked| asked.user == user.pk);
        asked.and_then(|asked| asked.claims.as_ref()?.email.as_deref()).unwrap_or(&user.email)
    }

    /// The verdict about a user.
    #[must_use]
    pub fn of_user(&self, user: &User) -> Code {
        if !user.is_active {
            return Code::UserInactive;
        }
        if user.kind == UserKind::ServiceAccount {
            return Code::UserServiceAccount;
        }
        let problem = self.everybody.map(|finding| finding.code);
        if let Some(problem) = problem.filter(|problem| Outcome::of(*problem) == Outcome::Refused) {
            return problem;
        }
        let asked = self.asked.iter().find(|asked| asked.user == user.pk);
        let access = asked.and_then(|asked| asked.passing).or_else(|| self.access.of_user(user));
        if access == Some(false) {
            return Code::AccessDenied;
        }
        let verdict = match asked.and_then(|asked| asked.claims.as_ref()) {
            Some(claims) => match claims.email.as_deref() {
                None if !user.email.is_empty() => Code::EmailClaimMissing,
                email => self.of_address(email.unwrap_or_default(), Some(&claims.mailcow_template)),
            },
            None if self.computes => self.of_address(&user.email, self.template_claim_of(user)),
            None => Code::EmailClaimUnknown,
        };
        match problem.or_else(|| access.is_none().then_some(Code::AccessUnknown)) {
            // What may keep everybody out matters where nothing certainly does.
            Some(doubt) if !Outcome::of(verdict).is_refused() => doubt,
            _ => verdict,
        }
    }

    /// The verdict about an address that no user has.
    #[must_use]
    pub fn of_nobody(&self, address: &str) -> Code {
        let verdict = self.of_address(address, None);
        let problem = self.everybody.map(|finding| finding.code);
        let is_graver = |problem: &Code| Outcome::of(*problem) == Outcome::Refused || !Outcome::of(verdict).is_refused();
        problem.filter(is_graver).unwrap_or(verdict)
    }

    /// The verdict about a claim `email`. `template` is the claim `mailcow_template`, if it is known.
    fn of_address(&self, address: &str, template: Option<&Value>) -> Code {
        if address.is_empty() {
            return Code::UserWithoutEmail;
        }
        // mailcow looks in its database before it asks whether that is an address.
        let compared = folded(address);
        let its_domain = compared.rsplit_once('@').and_then(|(_, domain)| self.mailcow.domain(domain));
        match self.mailcow.mailboxes.as_ref().map(|mailboxes| mailboxes.get(&compared)) {
            // Only a mailbox with that address could make the sign-in succeed.
            None if its_domain.is_some() => return Code::MailboxesNotRead,
            Some(Some(mailbox)) => {
                let is_switched = self.is_switched && mailbox.authsource == Authsource::Mailcow;
                let mailbox = if is_switched { mailbox.with_generic_oidc() } else { *mailbox };
                let inactive = its_domain.is_some_and(|at| !self.mailcow.domains[at].active);
                return match (mailbox.authsource, self.of_active(mailbox, template)) {
                    (Authsource::Mailcow, _) => Code::MailboxHasPassword,
                    (Authsource::Other, _) => Code::MailboxOfOtherProvider,
                    _ if inactive => Code::DomainInactive,
                    (_, Code::SignsIn) if *compared != *address => Code::SignsInOtherSpelling,
                    (_, verdict) => verdict,
                };
            }
            None | Some(None) => {}
        }
        let Some((local, domain)) = address.rsplit_once('@') else { return Code::AddressOdd };
        if local.is_empty() || !local.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Code::AddressOdd;
        }
        if !domain.is_ascii() {
            let known = in_ascii(domain).is_some_and(|origin| self.mailcow.domain(origin.host()).is_some());
            return if known { Code::AddressInternational } else { Code::DomainMissing };
        }
        self.of_new(address, self.mailcow.domain(domain), template)
    }

    /// The verdict about a user of an existing mailbox: mailcow applies a mapped template before it looks whether the mailbox is
    /// active, unless neither template nor name have changed. It never applies the default template (docs/contract/cases.md, R2).
    fn of_active(&self, mailbox: Mailbox, claim: Option<&Value>) -> Code {
        let as_it_is = if mailbox.active { Code::SignsIn } else { Code::MailboxInactive };
        let changes = |row: &Mapping| self.mailcow.template(&row.template).is_some_and(|to| to.active != mailbox.active);
        let is_changed = match claim {
            _ if !self.template_claim => false,
            Some(claim) => self.mapped(claim).is_some_and(changes),
            None if self.settings.mappings.rows.iter().any(changes) => return Code::MailboxActiveUnknown,
            None => false,
        };
        match (is_changed, mailbox.active) {
            (true, true) => Code::MailboxDeactivated,
            // The template may be the one that it has, and a hand in the database may have made it inactive
            // (docs/contract/cases.md, R2).
            (true, false) if mailbox.is_as_template => Code::MailboxActiveUnknown,
            (true, false) => Code::MailboxReactivated,
            (false, _) => as_it_is,
        }
    }

    /// The verdict about a user without a mailbox.
    fn of_new(&self, address: &str, domain: Option<usize>, claim: Option<&Value>) -> Code {
        if self.mailcow.features.login_provisioning && !self.settings.login_provisioning {
            return Code::AutoCreateOff;
        }
        let template = match self.template(claim) {
            Ok(template) => template,
            Err(code) => return code,
        };
        let Some(domain) = domain.map(|at| &self.mailcow.domains[at]) else {
            return if self.alias_domain(address).is_some() { Code::AddressAtAliasDomain } else { Code::DomainMissing };
        };
        let Some(others) = &self.mailcow.others else { return Code::MailboxesNotRead };
        // mailcow creates the mailbox first, and then looks whether it and its domain are active (docs/contract/cases.md, R1
        // and R2).
        if others.aliases.get(address).is_some() {
            Code::AddressIsAlias
        } else if domain.mailboxes_left == Some(0) {
            Code::DomainFull
        } else if domain.is_too_small_for(template) {
            Code::QuotaTooLarge
        } else if !domain.active {
            Code::DomainInactive
        } else if !template.active {
            Code::TemplateInactive
        } else if template.quota.is_none() && domain.limits().next().is_some() {
            Code::QuotaUnknown
        } else {
            Code::GetsMailbox
        }
    }

    /// The templates of which mailcow applies one to the mailbox of a user at their first sign-in after the switch, which makes mailcow
    /// forget the one that it had: the one that is mapped to their claim, or any of them where the claim is not known. The default
    /// template is never applied to an existing mailbox (docs/contract/cases.md, R2).
    pub fn templates_after_switch(&self, user: &User) -> impl Iterator<Item = &'a Template> {
        let asked = self.asked.iter().find_map(|asked| asked.claims.as_ref().filter(|_| asked.user == user.pk));
        let claim = asked.map(|claims| &claims.mailcow_template).or_else(|| self.template_claim_of(user));
        let mapped = claim.map(|claim| self.mapped(claim).map(|row| &row.template));
        let rows = self.settings.mappings.rows.iter().filter(|_| self.template_claim);
        let rows = rows.filter(move |row| mapped.is_none_or(|mapped| mapped == Some(&row.template)));
        rows.filter_map(|row| self.mailcow.template(&row.template))
    }

    /// The claim `mailcow_template` of a user, if it can be computed.
    fn template_claim_of(&self, user: &User) -> Option<&Value> {
        let rules = self.templates_by_group.as_ref()?;
        Some(rules.iter().find(|(groups, _)| user.is_in(groups)).map_or(&Value::Null, |(_, claim)| claim))
    }

    /// The template for a new mailbox (docs/contract/mailcow.md, section 3.2).
    fn template(&self, claim: Option<&Value>) -> Result<&'a Template, Code> {
        let default = Some(self.settings.default_template.as_str()).filter(|name| !name.is_empty());
        let find = |name: Option<&str>| self.mailcow.template(name.ok_or(Code::TemplateNone)?).ok_or(Code::TemplateMissing);
        let rows = &self.settings.mappings.rows;
        if !self.template_claim {
            return find(default);
        }
        if let Some(claim) = claim {
            let mapped = self.mapped(claim).filter(|_| !is_empty(claim));
            return find(mapped.map(|row| row.template.as_str()).or(default));
        }
        // The claim may have any value, so all templates have to exist, and none may make inactive mailboxes.
        let is_good = |template: &Template| template.active;
        let all = rows.iter().all(|row| find(Some(&row.template)).is_ok_and(is_good));
        find(default).ok().filter(|template| all && is_good(template)).ok_or(Code::TemplateUnknown)
    }

    /// The row of the attribute mapping that a claim selects: the first that PHP takes for equal (docs/contract/mailcow.md, section
    /// 3.2).
    fn mapped(&self, claim: &Value) -> Option<&'a Mapping> {
        self.settings.mappings.rows.iter().find(|row| equals_loosely(claim, &row.claim))
    }

    /// Mailboxes that sign in with authentik and belong to none of its users (docs/contract/cases.md, R4). Not known when the
    /// mailboxes could not be read, or when authentik sends other addresses than those of its users.
    fn orphans(&self, directory: &Directory) -> Option<Vec<u32>> {
        let mailboxes = self.mailcow.mailboxes.as_ref().filter(|_| self.computes)?;
        let addresses = directory.users().iter().map(|user| (folded(self.address_of(user)).into(), ()));
        let addresses = ByName::new(addresses.collect());
        let rows = (0..).zip(mailboxes.rows());
        let found = rows
            .filter(|(_, (address, mailbox))| mailbox.authsource == Authsource::GenericOidc && addresses.get(address).is_none());
        Some(found.map(|(position, _)| position).collect())
    }

    /// Whether a user has an active mailbox that signs in with authentik, with app passwords and sessions of its own
    /// (docs/contract/cases.md, R3).
    fn has_open_mailbox(&self, user: &User) -> bool {
        let mailbox = self.mailcow.mailboxes.as_ref().and_then(|mailboxes| mailboxes.get(self.address_of(user)));
        mailbox
            .is_some_and(|mailbox| mailbox.active && matches!(mailbox.authsource, Authsource::GenericOidc | Authsource::Keycloak))
    }

    /// Names of the templates in use that make inactive mailboxes.
    fn inactive_templates(&self) -> String {
        let names = [self.settings.default_template.as_str()].into_iter().chain(self.settings.mappings.templates());
        let mut found: Vec<&str> = Vec::new();
        for name in names.filter(|name| self.mailcow.template(name).is_some_and(|template| !template.active)) {
            if !found.contains(&name) {
                found.push(name);
            }
        }
        found.join(", ")
    }

    fn alias(&self, address: &str) -> Option<&str> {
        self.mailcow.others.as_ref()?.aliases.get(address).map(|target| &**target)
    }

    fn alias_domain(&self, address: &str) -> Option<&str> {
        let (_, domain) = address.rsplit_once('@')?;
        self.mailcow.others.as_ref()?.alias_domains.get(domain).map(|target| &**target)
    }

    /// A verdict with the facts that its text shows. `address` is the address that it is about.
    #[must_use]
    pub fn finding(&self, verdict: Code, address: &str) -> Finding {
        if let Some(finding) = self.everybody.filter(|finding| finding.code == verdict) {
            return finding.clone();
        }
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let mut finding = Finding::new(verdict);
        for fact in verdict.evidence() {
            let url;
            let templates;
            let value = match *fact {
                "domain" => domain,
                "template" => {
                    templates = self.inactive_templates();
                    &templates
                }
                "target" => self.alias_domain(address).unwrap_or_default(),
                "goto" => self.alias(address).unwrap_or_default(),
                "ascii" => {
                    url = in_ascii(domain);
                    url.as_ref().map_or("", Origin::host)
                }
                _ => "",
            };
            finding = finding.with(fact, value);
        }
        finding
    }

    /// The verdicts about all users that are `chosen`, in the order of the directory.
    #[must_use]
    pub fn table(&self, directory: &Directory, chosen: &dyn Fn(&User) -> bool) -> Table {
        let mut table = Table { notes: self.notes.clone(), orphans: self.orphans(directory), ..Table::default() };
        let mut needed = vec![0_u64; self.mailcow.domains.len()];
        let mut counts = vec![0; Code::ALL.len()];
        let mut reached = Vec::new();
        let mut reaching = Vec::new();
        let mut goes_on = 0;
        for user in directory.users() {
            let verdict = self.of_user(user);
            // Of users who are not chosen, too: mailcow tells users apart by their address alone.
            if Outcome::of(verdict) != Outcome::Refused {
                reached.push((folded(self.address_of(user)).into(), ()));
                reaching.push(user);
            }
            let verdict = Some(verdict).filter(|_| chosen(user));
            if let Some(verdict) = verdict {
                counts[verdict as usize] += 1;
                goes_on += usize::from(verdict == Code::UserInactive && self.has_open_mailbox(user));
                if verdict == Code::GetsMailbox {
                    let domain = self.address_of(user).rsplit_once('@').and_then(|(_, domain)| self.mailcow.domain(domain));
                    if let Some(at) = domain {
                        needed[at] += 1;
                    }
                }
            }
            table.verdicts.push(verdict);
        }
        for outcome in Outcome::ALL {
            let of_outcome = Code::ALL.iter().copied().filter(|code| code.outcome() == Some(outcome));
            table.counts.extend(of_outcome.map(|code| (code, counts[code as usize])).filter(|(_, count)| *count > 0));
        }
        let reactivated = counts[Code::MailboxReactivated as usize];
        if reactivated > 0 {
            table.notes.push(Finding::new(Code::MailboxesReactivated).with("count", reactivated));
        }
        if goes_on > 0 {
            table.notes.push(Finding::new(Code::InactiveUsersWithMailbox).with("count", goes_on));
        }
        table.shared = ByName::new(reached).shared().map(Box::from).collect();
        if let Some(address) = table.shared.first() {
            let finding = Finding::new(Code::AddressesShared).with("count", table.shared.len());
            table.notes.push(finding.with("address", address));
        }
        if let Some(address_change) = self.address_change {
            table.notes.extend(address_change.findings(reaching.into_iter()));
        }
        let quota = self.template(None).ok().and_then(|template| template.quota);
        for (domain, needed) in self.mailcow.domains.iter().zip(needed) {
            let by_quota = domain.quota_left.zip(quota).and_then(|(left, quota)| left.checked_div(quota));
            let left = [domain.mailboxes_left, by_quota].into_iter().flatten().min();
            if let Some(left) = left.filter(|left| needed > *left) {
                let finding = Finding::new(Code::DomainShort).with("domain", &domain.name);
                table.notes.push(finding.with("needed", needed).with("left", left));
            }
        }
        table
    }
}

impl Access {
    fn of(authentik: &authentik::Snapshot, directory: &Directory, application: Option<&Application>) -> Self {
        let Some(application) = application else { return Self::Unknown };
        let Some(bindings) = authentik.bindings_of(&application.pk) else { return Self::Unknown };
        let bindings: Vec<(Bound, bool)> = bindings
            .iter()
            .filter(|binding| binding.enabled)
            .map(|binding| (Bound::of(binding, authentik, directory), binding.negate))
            .collect();
        let mode = match application.needs_all {
            false => Mode::Any,
            true if authentik.version.is_some_and(Version::may_take_all_for_any) => Mode::AllOrAny,
            true => Mode::All,
        };
        if bindings.is_empty() { Self::Everybody } else { Self::Bound { bindings, mode } }
    }

    /// Decides like authentik's policy engine (docs/contract/authentik.md, section 7).
    fn of_user(&self, user: &User) -> Option<bool> {
        let (bindings, mode) = match self {
            Self::Everybody => return Some(true),
            Self::Nobody => return Some(false),
            Self::Unknown => return None,
            Self::Bound { bindings, mode } => (bindings, *mode),
        };
        let matched = |needs_all: bool| {
            let mut results = bindings.iter().map(|(bound, negate)| bound.passes(user).map(|passes| passes != *negate));
            let decisive = !needs_all;
            if results.clone().any(|result| result == Some(decisive)) {
                return Some(decisive);
            }
            results.all(|result| result.is_some()).then_some(needs_all)
        };
        match mode {
            Mode::Any => matched(false),
            Mode::All => matched(true),
            Mode::AllOrAny => matched(false).filter(|any| matched(true) == Some(*any)),
        }
    }
}

impl Bound {
    fn of(binding: &Binding, authentik: &authentik::Snapshot, directory: &Directory) -> Self {
        match (&binding.group, binding.user) {
            // Members of child groups are members, too. If the group is not visible, its child groups are unknown, and only
            // authentik can evaluate the binding.
            (Some(group), _) if authentik.groups.iter().any(|known| known.pk == *group) => {
                Self::Group(directory.group_set(std::slice::from_ref(group), &authentik.groups))
            }
            (None, Some(user)) => Self::User(user),
            _ => Self::Policy,
        }
    }

    fn passes(&self, user: &User) -> Option<bool> {
        match self {
            Self::Group(groups) => Some(user.is_in(groups)),
            Self::User(pk) => Some(user.pk == *pk),
            Self::Policy => None,
        }
    }
}

/// PHP's `==` between a claim and a text, by which `array_search` compares: `true` equals every text that is not empty, texts of
/// numbers are compared as numbers (docs/contract/mailcow.md, section 3.2; recording 898).
fn equals_loosely(claim: &Value, text: &str) -> bool {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let same = |one: f64, other: f64| (one - other).abs() == 0.0;
    match claim {
        Value::Bool(claim) => *claim != (text.is_empty() || text == "0"),
        Value::Number(claim) => claim.as_f64().zip(number(text)).is_some_and(|(one, other)| same(one, other)),
        Value::String(claim) => claim == text || number(claim).zip(number(text)).is_some_and(|(one, other)| same(one, other)),
        Value::Null => text.is_empty(),
        Value::Array(_) | Value::Object(_) => false,
    }
}

/// PHP's `empty`: with such a claim a new mailbox gets the default template.
fn is_empty(claim: &Value) -> bool {
    match claim {
        Value::Null => true,
        Value::Bool(claim) => !claim,
        Value::Number(claim) => claim.as_f64() == Some(0.0),
        Value::String(claim) => matches!(claim.as_str(), "" | "0"),
        Value::Array(claim) => claim.is_empty(),
        Value::Object(_) => false,
    }
}

/// A domain in the form in which mailcow stores it, as the host of an origin.
fn in_ascii(domain: &str) -> Option<Origin> {
    Origin::of(&["https://", domain].concat())
}

/// Whether a mapping's claim `email` is the user's address: authentik's own mapping, or one that Cowbell creates.
fn is_familiar(mapping: &ScopeMapping) -> bool {
    mapping.is_managed("email") || is_own_expression(&mapping.expression)
}

/// Our rules for templates, if no other mapping sends the claim.
fn templates_by_group<'a>(
    granted: impl Iterator<Item = &'a ScopeMapping>,
    authentik: &authentik::Snapshot,
    directory: &Directory,
) -> Option<Vec<(GroupSet, Value)>> {
    let mut all = granted.filter(|mapping| mapping.expression.contains(TEMPLATE_SCOPE));
    let rules = template_rules(&all.next()?.expression).filter(|_| all.next().is_none())?;
    let found = rules.into_iter().filter_map(|rule| {
        let group = authentik.groups.iter().find(|group| group.name == rule.group)?;
        Some((directory.group_set(std::slice::from_ref(&group.pk), &authentik.groups), rule.template.into()))
    });
    Some(found.collect())
}

/// Verdicts about all users of a directory.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// One for each user of the directory; `None` for a user who is not chosen.
    pub verdicts: Vec<Option<Code>>,
    /// Number of users for each verdict, by outcome.
    pub counts: Vec<(Code, usize)>,
    /// Findings that concern more than one user.
    pub notes: Vec<Finding>,
    /// Positions, among mailcow's mailboxes, of those that sign in with authentik and belong to no user there, chosen or not;
    /// `None` when that is not known.
    pub orphans: Option<Vec<u32>>,
    /// Addresses that several users have, chosen or not, who get into the mailbox with it, or will once it signs in with authentik
    /// (docs/contract/cases.md, S8). Folded, sorted.
    pub shared: Vec<Box<str>>,
}

impl Table {
    /// Whether several users get into the mailbox with this address, or will.
    #[must_use]
    pub fn is_shared(&self, address: &str) -> bool {
        self.shared.binary_search(&folded(address).into()).is_ok()
    }

    /// Users to query authentik about: at most `some`, as different as possible.
    #[must_use]
    pub fn sample<'a>(&self, directory: &'a Directory, some: usize) -> Vec<&'a User> {
        let mut kinds = Vec::new();
        let mut sample = Vec::new();
        for (user, verdict) in directory.users().iter().zip(&self.verdicts) {
            let Some(verdict) = verdict else { continue };
            let kind = (user.kind, *verdict);
            let can_be_asked = user.is_active && user.kind != UserKind::ServiceAccount && !user.email.is_empty();
            if sample.len() < some && can_be_asked && !kinds.contains(&kind) {
                kinds.push(kind);
                sample.push(user);
            }
        }
        sample
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::mailcow::tests::healthy;
    use super::*;
    use crate::authentik::api::Base;
    use crate::mailcow::Mailboxes;

    /// What PHP 8 says of the same pairs.
    #[test]
    fn a_claim_is_compared_as_php_compares() {
        for (claim, text, is_equal) in [
            (json!(true), "x", true),
            (json!(true), "0", false),
            (json!(true), "", false),
            (json!(false), "0", true),
            (json!(false), "x", false),
            (json!(7), "7", true),
            (json!(7), " 7.0 ", true),
            (json!(7), "-7", false),
            (json!(0), "x", false),
            (json!("7"), "7.0", true),
            (json!("7"), "8", false),
            (json!("x"), "x", true),
            (json!("x"), "y", false),
            (json!(null), "", true),
            (json!(null), "x", false),
            (json!(["x"]), "x", false),
            (json!({}), "", false),
        ] {
            assert_eq!(equals_loosely(&claim, text), is_equal, "{claim} == {text}");
        }
    }

    #[test]
    fn a_claim_is_empty_as_php_has_it() {
        for (claim, expected) in [
            (json!(null), true),
            (json!(false), true),
            (json!(true), false),
            (json!(0), true),
            (json!(0.0), true),
            (json!(1), false),
            (json!(""), true),
            (json!("0"), true),
            (json!("00"), false),
            (json!([]), true),
            (json!([0]), false),
            (json!({}), false),
        ] {
            assert_eq!(is_empty(&claim), expected, "{claim}");
        }
    }

    /// Users, each with what follows the primary key in authentik's list.
    fn directory(users: &[&str]) -> Directory {
        let user = |(pk, rest): (usize, &&str)| format!(r#"{{"pk":{pk},"username":"u{pk}","name":"",{rest}}}"#);
        let users: Vec<String> = (1..).zip(users).map(user).collect();
        let page = format!(r#"{{"pagination":{{"count":{},"total_pages":1}},"results":[{}]}}"#, users.len(), users.join(","));
        Directory::from_pages([&*page]).expect("a directory")
    }

    const PERSON: &str = r#""email":"u@mail.example","is_active":true,"type":"internal""#;

    #[test]
    fn authentik_is_asked_about_users_who_differ_and_can_sign_in() {
        let inactive = r#""email":"u@mail.example","is_active":false,"type":"internal""#;
        let service = r#""email":"u@mail.example","is_active":true,"type":"service_account""#;
        let without = r#""email":"","is_active":true,"type":"internal""#;
        let external = r#""email":"u@mail.example","is_active":true,"type":"external""#;
        let directory = directory(&[inactive, service, without, PERSON, PERSON, external, PERSON, PERSON]);
        let codes = [
            Some(Code::UserInactive),
            Some(Code::UserServiceAccount),
            Some(Code::UserWithoutEmail),
            Some(Code::SignsIn),
            Some(Code::SignsIn),
            Some(Code::SignsIn),
            None,
            Some(Code::AccessDenied),
        ];
        let table = Table { verdicts: codes.to_vec(), ..Table::default() };
        let sample = |some| table.sample(&directory, some).iter().map(|user| user.pk).collect::<Vec<_>>();
        assert_eq!(sample(9), [4, 6, 8]);
        assert_eq!(sample(2), [4, 6]);
    }

    /// Some releases take "all" for "any": only what is the same either way is known.
    #[test]
    fn where_all_may_mean_any_nothing_is_claimed_that_depends_on_it() {
        let directory = directory(&[PERSON, PERSON, PERSON]);
        let of = |bindings: [(Bound, bool); 2]| {
            let access = Access::Bound { bindings: bindings.into(), mode: Mode::AllOrAny };
            directory.users().iter().map(|user| access.of_user(user)).collect::<Vec<_>>()
        };
        assert_eq!(of([(Bound::User(1), false), (Bound::User(2), false)]), [None, None, Some(false)]);
        assert_eq!(of([(Bound::User(1), false), (Bound::User(2), true)]), [Some(true), Some(false), None]);
    }

    /// The rules for a mailcow with a template for `staff`, and one for `guests` that makes inactive mailboxes unless `is_active`.
    fn with_rules(is_active: bool, asked: &[Asked], check: impl FnOnce(Rules<'_>)) {
        let template = |name: &str, active| Template { name: name.into(), active, ..healthy().templates.remove(0) };
        let mailbox = Mailbox { authsource: Authsource::GenericOidc, active: true, ..Mailbox::default() };
        let mailcow = mailcow::Snapshot {
            templates: vec![template("Default", true), template("Staff", true), template("Guests", is_active)],
            mailboxes: Some(Mailboxes::new(vec![("u@mail.example".into(), mailbox)]).into()),
            ..healthy()
        };
        let settings = r#"{"default_template":"Default","mappers":["staff","guests"],"templates":["Staff","Guests"]}"#;
        let settings = crate::wire::read(settings).expect("settings");
        check(Rules {
            mailcow: &mailcow,
            settings: &settings,
            asked,
            everybody: None,
            access: Access::Everybody,
            address_change: None,
            template_claim: true,
            templates_by_group: None,
            computes: true,
            is_switched: false,
            notes: Vec::new(),
        });
    }

    #[test]
    fn an_unknown_claim_matters_only_if_a_template_would_change_the_mailbox() {
        with_rules(true, &[], |rules| assert_eq!(rules.of_address("u@mail.example", None), Code::SignsIn));
        with_rules(false, &[], |rules| assert_eq!(rules.of_address("u@mail.example", None), Code::MailboxActiveUnknown));
        with_rules(false, &[], |rules| {
            let without_claim = Rules { template_claim: false, ..rules };
            assert_eq!(without_claim.of_address("u@mail.example", None), Code::SignsIn, "none is sent");
        });
    }

    #[test]
    fn a_new_mailbox_is_certain_only_if_every_template_makes_active_ones() {
        with_rules(true, &[], |rules| assert_eq!(rules.of_address("new@mail.example", None), Code::GetsMailbox));
        with_rules(false, &[], |rules| assert_eq!(rules.of_address("new@mail.example", None), Code::TemplateUnknown));
    }

    /// Only a mailbox with the address could let its user in.
    #[test]
    fn mailboxes_that_were_not_read_matter_only_in_domains_of_this_mailcow() {
        with_rules(true, &[], |rules| {
            let mailcow = mailcow::Snapshot { mailboxes: None, ..rules.mailcow.clone() };
            let rules = Rules { mailcow: &mailcow, ..rules };
            assert_eq!(rules.of_address("u@mail.example", None), Code::MailboxesNotRead);
            assert_eq!(rules.of_address("u@other.example", None), Code::DomainMissing);
        });
    }

    fn sent(user: i64, email: Option<&str>) -> Asked {
        let claims = PreviewedClaims { email: email.map(str::to_owned), mailcow_template: Value::Null };
        Asked { user, claims: Some(claims), passing: None }
    }

    /// Whatever the mappings look like.
    #[test]
    fn an_address_that_was_not_asked_for_is_known_only_if_all_that_were_are_those_of_their_users() {
        let directory = directory(&[PERSON, PERSON, PERSON]);
        let verdict = |emails: [&str; 2]| {
            let asked: Vec<Asked> = (1..).zip(emails).map(|(user, email)| sent(user, Some(email))).collect();
            let mut verdict = None;
            with_rules(true, &asked, |rules| {
                let mut rules = Rules { computes: false, ..rules };
                rules.compare(&directory);
                verdict = Some(rules.of_user(&directory.users()[2]));
            });
            verdict
        };
        let (own, other) = ("u@mail.example", "x@mail.example");
        assert_eq!(verdict([own, own]), Some(Code::SignsIn));
        for emails in [[own, other], [other, own]] {
            assert_eq!(verdict(emails), Some(Code::EmailClaimUnknown), "{emails:?}");
        }
    }

    #[test]
    fn a_claim_without_an_address_is_the_mappings_fault_only_if_the_user_has_one() {
        let without = r#""email":"","is_active":true,"type":"internal""#;
        let directory = directory(&[PERSON, without]);
        with_rules(true, &[sent(1, None), sent(2, None)], |rules| {
            let verdicts = rules.table(&directory, &|_| true).verdicts;
            assert_eq!(verdicts, [Some(Code::EmailClaimMissing), Some(Code::UserWithoutEmail)]);
        });
    }

    /// Which is not that of the user where a mapping sends another one.
    #[test]
    fn a_domain_needs_a_mailbox_for_each_address_that_authentik_sends() {
        let elsewhere = r#""email":"u@other.example","is_active":true,"type":"internal""#;
        let directory = directory(&[elsewhere, elsewhere]);
        with_rules(true, &[sent(1, Some("new1@mail.example")), sent(2, Some("new2@mail.example"))], |rules| {
            let mut mailcow = rules.mailcow.clone();
            mailcow.domains[0].mailboxes_left = Some(1);
            let table = Rules { mailcow: &mailcow, ..rules }.table(&directory, &|_| true);
            assert_eq!(table.verdicts, [Some(Code::GetsMailbox); 2]);
            let short = Finding::new(Code::DomainShort).with("domain", "mail.example").with("needed", 2).with("left", 1);
            assert_eq!(table.notes, [short]);
        });
    }

    #[test]
    fn after_the_switch_the_template_of_the_claim_is_applied_or_else_any() {
        let claims = |claim: &str| PreviewedClaims { email: Some("u@mail.example".into()), mailcow_template: claim.into() };
        let asked = |user, claim| Asked { user, claims: Some(claims(claim)), passing: None };
        let directory = directory(&[PERSON, PERSON, PERSON]);
        with_rules(true, &[asked(1, "guests"), asked(2, "nobody")], |rules| {
            let names = |at: usize| {
                let templates = rules.templates_after_switch(&directory.users()[at]);
                templates.map(|template| template.name.as_str()).collect::<Vec<_>>()
            };
            assert_eq!(names(0), ["Guests"]);
            assert_eq!(names(1), [""; 0]);
            assert_eq!(names(2), ["Staff", "Guests"]);
        });
    }

    /// Its members may also be those of groups below it, of which none is visible either.
    #[test]
    fn who_is_in_a_group_is_known_only_of_a_visible_one() {
        let application: Application = crate::wire::read(r#"{"pk":"app","name":"Mail","slug":"mail"}"#).expect("an application");
        let of = |group: &str| {
            let mut authentik = authentik::Snapshot::stock(Base::typed("authentik.company").expect("an address").0);
            authentik.groups.push(crate::wire::read(r#"{"pk":"staff","name":"Staff"}"#).expect("a group"));
            let binding = format!(r#"{{"pk":"1","group":"{group}","enabled":true}}"#);
            authentik.add_bindings("app".into(), vec![crate::wire::read(&binding).expect("a binding")]);
            let directory = directory(&[&format!(r#"{PERSON},"groups":["{group}"]"#), PERSON]);
            let access = Access::of(&authentik, &directory, Some(&application));
            directory.users().iter().map(|user| access.of_user(user)).collect::<Vec<_>>()
        };
        assert_eq!(of("staff"), [Some(true), Some(false)]);
        assert_eq!(of("hidden"), [None, None]);
    }
}
