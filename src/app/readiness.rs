//! The verbs that say who can sign in, and switch mailboxes so that more can.

use std::rc::Rc;

use serde::Serialize;
use tsify::Tsify;

use super::people::contains;
use super::{Cowbell, MailcowSeen};
use crate::authentik::types::{CheckedAccess, PreviewedClaims};
use crate::authentik::{Directory, Snapshot, User, answer};
use crate::json::{self, Fields, FromJson, Value, WrongShape};
use crate::mailcow::switch::{self, Wanted};
use crate::mailcow::{
    Authsource, GENERIC_OIDC, IdentityProvider, Mailbox, MailcowChoice, OtherNames,
    directory::{self, ByName},
};
use crate::plan::{Chooser, Decision, SetupDraft};
use crate::setup::Audience;
use crate::transport::{Batch, Outside, Product, look};
use crate::verify::readiness::{Asked, Outcome, Rules, Table, client_of};
use crate::verify::{Code, Finding};

/// Users whom authentik is asked about each time.
const SAMPLE: usize = 3;

/// Mailboxes that are named when mailcow did not switch them.
const LISTED: usize = 100;

/// Name under which switched mailboxes outlive the panel.
pub(super) const KEPT_AS: &str = "mailboxes";

/// What was read and found out about everybody.
#[derive(Clone)]
pub(super) struct Readiness {
    authentik: Rc<Snapshot>,
    directory: Rc<Directory>,
    mailcow: Rc<MailcowSeen>,
    others: Rc<OtherNames>,
    /// mailcow's settings: those stored, or where none are, those that are going to be.
    settings: IdentityProvider,
    planned: bool,
    audience: Audience,
    asked: Vec<Asked>,
    table: Table,
}

/// A reason, and how many it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Reason {
    /// The verdict.
    pub verdict: Code,
    /// How a sign-in ends because of it.
    pub outcome: Outcome,
    /// How many users.
    pub count: usize,
}

/// Who can sign in, in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ReadinessView {
    /// Users that were looked at.
    pub users: usize,
    /// Why they can sign in or cannot, by outcome.
    pub reasons: Vec<Reason>,
    /// What holds for more than one of them.
    pub notes: Vec<Finding>,
    /// Whether mailcow has not stored the settings yet: it is said what will be.
    pub planned: bool,
    /// When users and mailboxes were read, the older of both: milliseconds since 1970-01-01T00:00:00Z.
    pub read_at_ms: u64,
    /// Mailboxes that would have to be switched to Generic-OIDC.
    pub switchable: usize,
    /// Of those, how many have to bring a second factor or a new password, which would end.
    pub demanding: usize,
    /// Mailboxes that were switched and can be switched back.
    pub switched: usize,
}

/// What the panel asks for.
#[derive(Clone, Debug, PartialEq, Eq, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ReadinessQuery {
    /// A part of user name, full name or address; case does not matter.
    pub text: String,
    /// Only users whose sign-in ends so.
    pub outcome: Option<Outcome>,
    /// Only users with this reason: its position among the reasons of the view.
    pub reason: Option<usize>,
    /// First row.
    pub offset: usize,
    /// Number of rows.
    pub limit: usize,
}

impl FromJson for ReadinessQuery {
    fn from_json(value: &Value) -> Result<Self, WrongShape> {
        let fields = Fields::of(value)?;
        Ok(Self {
            text: fields.get("text")?,
            outcome: fields.get("outcome")?,
            reason: fields.get("reason")?,
            offset: fields.get("offset")?,
            limit: fields.get("limit")?,
        })
    }
}

/// One user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct ReadinessRow {
    /// Primary key.
    pub pk: i64,
    /// User name.
    pub username: String,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// How a sign-in ends.
    pub outcome: Outcome,
    /// Why.
    pub finding: Finding,
}

/// Rows of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Tsify)]
pub struct ReadinessRows {
    /// Number of users that fit.
    pub total: usize,
    /// The rows asked for.
    pub rows: Vec<ReadinessRow>,
}

/// What is said of an address, for one of its users or for itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct PersonVerdict {
    /// User name; empty when it is about the address alone.
    pub username: String,
    /// The address that mailcow would be told.
    pub address: String,
    /// What is said.
    pub finding: Finding,
}

/// What is said of an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct AddressView {
    /// For each of its users; without any, for the address itself.
    pub verdicts: Vec<PersonVerdict>,
    /// Everybody, with what was learnt.
    pub readiness: ReadinessView,
}

/// What became of mailboxes that were to be switched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct SwitchView {
    /// Mailboxes that are as wanted now.
    pub done: usize,
    /// Mailboxes that are not.
    pub left: usize,
    /// Of those, some by name with mailcow's reason.
    pub findings: Vec<Finding>,
    /// Why it ended early, if it did.
    pub stop: Option<Finding>,
    /// Everybody, after that.
    pub readiness: ReadinessView,
}

/// The last search, so that scrolling does not search again.
#[derive(Default)]
pub(super) struct Sought {
    asked: Option<(String, Option<Outcome>, Option<usize>)>,
    positions: Vec<u32>,
}

impl<O: Outside> Cowbell<O> {
    /// Finds out who can sign in, from what was read, and reads what was not: users, bindings, aliases. `tabs` are the products whose
    /// tab is live; `progress` hears how many users are read.
    ///
    /// # Errors
    /// When one of the products was never read, or something cannot be read.
    pub async fn read_readiness(
        &self,
        draft: &SetupDraft,
        choice: &MailcowChoice,
        tabs: &[Product],
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<ReadinessView, Finding> {
        let mailcow = self.seen().map_err(|_| Finding::new(Code::MailcowNotChecked))?;
        let base = self.snapshot().map_err(|_| Finding::new(Code::ProviderNotCompared))?.base.clone();
        let live = tabs.contains(&Product::Authentik);
        if live && self.state.borrow().outdated {
            self.look(&base).await?;
        }
        if self.state.borrow().directory.is_none() {
            self.read_users(progress).await?;
        }
        let stored = &mailcow.snapshot.provider;
        let planned = stored.authsource != GENERIC_OIDC;
        let settings = if planned { self.wanted(choice).ok() } else { None }.unwrap_or_else(|| stored.clone());
        let snapshot = self.snapshot()?;
        if let (_, Some(application)) = client_of(&snapshot, &settings)
            && live
        {
            // Without them it is not known who may use the application, and that is said of each.
            let _ = self.read_bindings_of(application.pk.clone()).await;
        }
        let others = self.read_other_names(&mailcow, tabs).await?;
        let (authentik, directory) = (self.snapshot()?, self.directory()?);
        let audience = draft.audience.clone();
        let (asked, table) = (Vec::new(), Table::default());
        let mut readiness = Readiness { authentik, directory, mailcow, others, settings, planned, audience, asked, table };
        readiness.judge();
        if live && readiness.rules().everybody().is_none() {
            let sample = readiness.table.sample(&readiness.directory, SAMPLE);
            readiness.asked = self.ask_about(&readiness, &sample).await;
            readiness.judge();
        }
        Ok(self.show(readiness))
    }

    /// Rows of the searchable list.
    ///
    /// # Errors
    /// Before it was found out who can sign in.
    pub fn find_readiness(&self, query: &ReadinessQuery) -> Result<ReadinessRows, Finding> {
        let readiness = self.readiness()?;
        let mut state = self.state.borrow_mut();
        let sought = &mut state.sought;
        let asked = (query.text.trim().to_lowercase(), query.outcome, query.reason);
        if sought.asked.as_ref() != Some(&asked) {
            let reason = query.reason.map(|at| readiness.table.counts.get(at).map(|(verdict, _)| *verdict));
            sought.positions = readiness
                .chosen()
                .filter(|(_, _, verdict)| reason.is_none_or(|reason| reason == Some(*verdict)))
                .filter(|(_, _, verdict)| query.outcome.is_none_or(|outcome| outcome == Outcome::of(*verdict)))
                .filter(|(_, user, _)| contains(user, &asked.0))
                .map(|(position, ..)| position)
                .collect();
            sought.asked = Some(asked);
        }
        let rules = readiness.rules();
        let positions = sought.positions.iter().skip(query.offset).take(query.limit);
        let rows = positions.filter_map(|position| readiness.row(&rules, *position as usize)).collect();
        Ok(ReadinessRows { total: sought.positions.len(), rows })
    }

    /// What would become of a sign-in with an address, or of the user of that name. authentik is asked, if its tab is live.
    ///
    /// # Errors
    /// Before it was found out who can sign in.
    pub async fn readiness_of(&self, address: &str, tabs: &[Product]) -> Result<AddressView, Finding> {
        let mut readiness = (*self.readiness()?).clone();
        let address = address.trim();
        let directory = readiness.directory.clone();
        let has_address = |user: &&User| user.email.eq_ignore_ascii_case(address) || *user.username == *address;
        let users: Vec<&User> =
            directory.users().iter().filter(has_address).filter(|_| !address.is_empty()).take(SAMPLE).collect();
        if tabs.contains(&Product::Authentik) && readiness.rules().everybody().is_none() {
            let news = self.ask_about(&readiness, &users).await;
            readiness.asked.retain(|old| news.iter().all(|new| new.user != old.user));
            readiness.asked.extend(news);
            readiness.judge();
        }
        let rules = readiness.rules();
        let about = |username: &str, address: &str, verdict| PersonVerdict {
            username: username.to_owned(),
            address: address.to_owned(),
            finding: rules.finding(verdict, address),
        };
        let mut verdicts: Vec<PersonVerdict> =
            users.iter().map(|user| about(&user.username, rules.address_of(user), rules.of_user(user))).collect();
        if verdicts.is_empty() {
            let verdict = rules.everybody().map_or_else(|| rules.of_address(address, None), |finding| finding.code);
            verdicts = vec![about("", address, Code::AddressOfNobody), about("", address, verdict)];
        }
        Ok(AddressView { verdicts, readiness: self.show(readiness) })
    }

    /// Switches mailboxes whose users cannot sign in because of it to Generic-OIDC, all or those with these addresses, and reads
    /// them back. What they were is kept for [`Self::switch_back`].
    ///
    /// # Errors
    /// Before it was found out who can sign in, before mailcow has stored its settings, and when the mailboxes cannot be read back.
    pub async fn switch_mailboxes(
        &self,
        addresses: &[String],
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<SwitchView, Finding> {
        let readiness = self.readiness()?;
        let mailcow = readiness.mailcow.clone();
        // mailcow ignores the change as long as it has not stored a provider of that type (contract/pitfalls.md, P-41).
        if readiness.planned {
            return Err(Finding::new(Code::SettingsMissing));
        }
        let meant = |address: &str| addresses.is_empty() || addresses.iter().any(|one| one.eq_ignore_ascii_case(address));
        let former: Vec<Wanted> = readiness.switchable().into_iter().filter(|(address, _)| meant(address)).collect();
        let wanted: Vec<Wanted> =
            former.iter().map(|(address, mailbox)| (address.clone(), mailbox.with_generic_oidc())).collect();
        let origin = mailcow.origin.to_string();
        {
            let mut state = self.state.borrow_mut();
            let known = state.switched.take().filter(|(known, _)| *known == origin);
            let mut all = known.map(|(_, all)| all).unwrap_or_default();
            all.retain(|(address, _)| former.iter().all(|(other, _)| other != address));
            all.extend(former);
            state.switched = Some((origin, all));
        }
        // Before the first write: the answer may get lost, and the panel may be closed.
        self.keep_switched().await;
        self.switch_to(&readiness, &wanted, progress).await
    }

    /// Gives mailboxes that were switched the password back that mailcow kept, and what it demanded of them. What somebody else
    /// changed since is left alone.
    ///
    /// # Errors
    /// Before it was found out who can sign in, when there is nothing to switch back, and when the mailboxes cannot be read.
    pub async fn switch_back(&self, progress: &mut dyn FnMut(usize, usize)) -> Result<SwitchView, Finding> {
        let readiness = self.readiness()?;
        // Those that are alike go into one request.
        let (demanding, mut wanted): (Vec<Wanted>, Vec<Wanted>) =
            self.to_switch_back(&readiness).into_iter().partition(|(_, mailbox)| mailbox.demands_something());
        wanted.extend(demanding);
        self.switch_to(&readiness, &wanted, progress).await
    }

    /// Takes over what an earlier panel has switched.
    pub fn restore_switched(&self, text: &str) {
        let rows = Value::parse(text).ok().and_then(|kept| {
            let fields = Fields::of(&kept).ok()?;
            let origin = fields.get("mailcow").ok()?;
            let read = |row: &Value| {
                let fields = Fields::of(row).ok()?;
                let mailbox = Mailbox {
                    authsource: Authsource::Mailcow,
                    active: fields.optional("active"),
                    force_tfa: fields.optional("force_tfa"),
                    force_pw_update: fields.optional("force_pw_update"),
                };
                fields.whole((fields.need::<String>("address").into(), mailbox)).ok()
            };
            Some((origin, kept.get("mailboxes")?.as_array()?.iter().filter_map(read).collect()))
        });
        self.state.borrow_mut().switched = rows;
    }

    async fn keep_switched(&self) {
        let text = self.state.borrow().switched.as_ref().map(|(origin, rows)| {
            let row = |(address, mailbox): &Wanted| {
                Value::from(json::object([
                    ("address", (&**address).into()),
                    ("active", mailbox.active.into()),
                    ("force_tfa", mailbox.force_tfa.into()),
                    ("force_pw_update", mailbox.force_pw_update.into()),
                ]))
            };
            json::object([("mailcow", origin.as_str().into()), ("mailboxes", rows.iter().map(row).collect())]).to_string()
        });
        if let Some(text) = text {
            self.outside.keep(vec![(KEPT_AS.to_owned(), text)]).await;
        }
    }

    async fn switch_to(
        &self,
        readiness: &Readiness,
        wanted: &[Wanted],
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<SwitchView, Finding> {
        if std::mem::replace(&mut self.state.borrow_mut().busy, true) {
            return Err(Finding::new(Code::RunBusy));
        }
        let origin = &readiness.mailcow.origin;
        let switched = switch::switch(&self.outside, origin, wanted, progress).await;
        self.state.borrow_mut().busy = false;
        let switch::Switched { mailboxes, refused, stop } = switched.map_err(|error| Finding::from(&error))?;
        let as_wanted = |(address, to): &&Wanted| mailboxes.get(address).is_some_and(|is| is.authsource == to.authsource);
        let done = wanted.iter().filter(as_wanted).count();
        let reason = |address: &str| refused.iter().find(|(known, _)| **known == *address).map_or("", |(_, reason)| reason);
        let findings =
            wanted.iter().filter(|wanted| !as_wanted(wanted)).take(LISTED).map(|(address, _)| {
                Finding::new(Code::MailboxNotSwitched).with("address", address).with("reason", reason(address))
            });
        let findings = if stop.is_some() { Vec::new() } else { findings.collect() };
        let mut snapshot = readiness.mailcow.snapshot.clone();
        snapshot.mailboxes = Some(Rc::new(mailboxes));
        snapshot.read_at_ms = self.outside.now_ms();
        let mailcow = Rc::new(MailcowSeen { origin: origin.clone(), snapshot });
        self.state.borrow_mut().mailcow = Some(mailcow.clone());
        let mut after = Readiness { mailcow, ..readiness.clone() };
        after.judge();
        let stop = stop.map(|error| Finding::from(&error));
        Ok(SwitchView { done, left: wanted.len() - done, findings, stop, readiness: self.show(after) })
    }

    /// Aliases and alias domains, from the tab if it is live, or as they were read before.
    async fn read_other_names(&self, mailcow: &MailcowSeen, tabs: &[Product]) -> Result<Rc<OtherNames>, Finding> {
        if tabs.contains(&Product::Mailcow) {
            let others = directory::read_other_names(&self.outside, &mailcow.origin).await;
            return others.map(Rc::new).map_err(|error| Finding::from(&error));
        }
        let known = self.readiness().ok().filter(|known| known.mailcow.origin == mailcow.origin);
        known.map(|known| known.others.clone()).ok_or(Finding::new(Code::MailcowNotChecked))
    }

    /// Asks authentik about users, whoever may be asked about.
    async fn ask_about(&self, readiness: &Readiness, users: &[&User]) -> Vec<Asked> {
        let authentik = &readiness.authentik;
        let (Some(provider), application) = client_of(authentik, &readiness.settings) else { return Vec::new() };
        // For somebody else authentik answers to superusers only, and says nothing about it (contract/authentik.md, section 7).
        let application = application.filter(|_| authentik.is_superuser);
        let mut requests = Vec::new();
        for user in users {
            if provider.previews_claims {
                requests.push(authentik.base.preview_claims(provider.pk, user.pk));
            }
            requests.extend(application.map(|application| authentik.base.check_access(&application.slug, user.pk)));
        }
        let mut answers = look(&self.outside, Batch::new(Product::Authentik, requests)).await.into_iter();
        users
            .iter()
            .map(|user| {
                let claims = provider.previews_claims.then(|| answers.next()).flatten();
                let access = application.and_then(|_| answers.next());
                let claims = claims.and_then(|answer| answer::read::<PreviewedClaims>(&answer, "providers/oauth2/", "").ok());
                let access = access.and_then(|answer| answer::read::<CheckedAccess>(&answer, "core/applications/", "").ok());
                Asked { user: user.pk, claims, passing: access.map(|access| access.passing) }
            })
            .collect()
    }

    /// Keeps what was found out, and shows it.
    fn show(&self, readiness: Readiness) -> ReadinessView {
        let switchable = readiness.switchable();
        let reasons = readiness.table.counts.iter();
        let view = ReadinessView {
            users: reasons.clone().map(|(_, count)| count).sum(),
            reasons: reasons
                .map(|(verdict, count)| Reason { verdict: *verdict, outcome: Outcome::of(*verdict), count: *count })
                .collect(),
            notes: readiness.table.notes.clone(),
            planned: readiness.planned,
            read_at_ms: readiness.directory.read_at_ms.min(readiness.mailcow.snapshot.read_at_ms),
            switchable: switchable.len(),
            demanding: switchable.iter().filter(|(_, mailbox)| mailbox.demands_something()).count(),
            switched: self.to_switch_back(&readiness).len(),
        };
        let mut state = self.state.borrow_mut();
        state.readiness = Some(Rc::new(readiness));
        state.sought.asked = None;
        view
    }

    /// Mailboxes of this mailcow that were switched and still are, as they were before.
    fn to_switch_back(&self, readiness: &Readiness) -> Vec<Wanted> {
        let (state, here) = (self.state.borrow(), readiness.mailcow.origin.to_string());
        let Some((_, rows)) = state.switched.as_ref().filter(|(origin, _)| *origin == here) else { return Vec::new() };
        let Some(mailboxes) = &readiness.mailcow.snapshot.mailboxes else { return Vec::new() };
        let still = |(address, _): &&Wanted| mailboxes.get(address).is_some_and(|is| is.authsource == Authsource::GenericOidc);
        rows.iter().filter(still).cloned().collect()
    }

    fn readiness(&self) -> Result<Rc<Readiness>, Finding> {
        self.state.borrow().readiness.clone().ok_or(Finding::new(Code::NothingObserved))
    }
}

impl Readiness {
    fn rules(&self) -> Rules<'_> {
        let (mailcow, others) = (&self.mailcow.snapshot, &self.others);
        Rules::new(&self.authentik, &self.directory, mailcow, others, &self.settings, &self.asked)
    }

    fn judge(&mut self) {
        let chooser = Chooser::new(&self.audience, &self.directory, &self.authentik.groups);
        let table = self.rules().table(&self.directory, &|user| chooser.decide(user) != Decision::NotChosen);
        self.table = table;
    }

    /// Position, user and verdict of everybody who is chosen.
    fn chosen(&self) -> impl Iterator<Item = (u32, &User, Code)> {
        let verdicts = self.directory.users().iter().zip(&self.table.verdicts);
        (0..).zip(verdicts).filter_map(|(position, (user, verdict))| Some((position, user, (*verdict)?)))
    }

    fn row(&self, rules: &Rules<'_>, position: usize) -> Option<ReadinessRow> {
        let (user, verdict) = (self.directory.users().get(position)?, (*self.table.verdicts.get(position)?)?);
        Some(ReadinessRow {
            pk: user.pk,
            username: user.username.to_string(),
            name: user.name.to_string(),
            email: user.email.to_string(),
            outcome: Outcome::of(verdict),
            finding: rules.finding(verdict, rules.address_of(user)),
        })
    }

    /// Mailboxes that keep their users out because they have a password of their own, each once.
    fn switchable(&self) -> Vec<Wanted> {
        let Some(mailboxes) = &self.mailcow.snapshot.mailboxes else { return Vec::new() };
        let rules = self.rules();
        let mut found: Vec<Wanted> = Vec::new();
        for (_, user, verdict) in self.chosen() {
            let address = rules.address_of(user);
            if let Some(mailbox) = mailboxes.get(address).filter(|_| verdict == Code::MailboxHasPassword) {
                found.push((address.to_ascii_lowercase().into(), *mailbox));
            }
        }
        ByName::new(found).into_rows()
    }
}
