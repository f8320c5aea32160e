//! One attribute of many users: read again page by page, merged, written once for each user, and verified in the response.
//!
//! A real authentik on two cores wrote 12 users a second whatever the concurrency (docs/contract/README.md), so a user costs
//! exactly one write, and the next page is read while the last users of the page before are written: as late as that costs no time,
//! because authentik overwrites what somebody else changes between a read and the write. A write that has to be delayed or repeated
//! is not sent again unchanged: the user is read again, because someone may have changed other attributes meanwhile.

use std::cmp::Ordering;

use super::journal::{Journal, State, UserEntry};
use super::report::{Progress, RunError, UserIssue, UserReason};
use crate::authentik::answer;
use crate::authentik::api::{Base, Collection, Object, PAGE_SIZE};
use crate::authentik::types::{FullUser, Page, Verified};
use crate::authentik::{Attributes, EMAIL_VERIFIED, Operation, Permission, Resource, check_session};
use crate::transport::{
    ATTEMPTS, Answer, CONCURRENCY, Host, Pace, Product, Request, Response, Retry, SendError, WriteGuard, none_yet,
};
use crate::verify::{Code, Finding};
use crate::wire;

/// A user to be written.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) pk: i64,
    /// User name, for messages.
    pub(super) username: String,
    /// Page of the list on which the user was, counted from 1.
    pub(super) page: u32,
    /// The attribute's value when the plan was made.
    pub(super) seen: Verified,
    /// JSON text of the new value; `None` removes the attribute.
    pub(super) to: Option<String>,
    /// The journal's entry of the write, as chunk and position, if there is one already.
    pub(super) entry: Option<(usize, usize)>,
    /// Number of times that the write was sent.
    pub(super) attempts: u8,
}

/// Number of writes that are sent after the read of the next page, so that none waits for it.
const AFTER_READ: usize = 2 * CONCURRENCY as usize;

/// Targets on one page of the list.
struct Chunk {
    page: u32,
    targets: Vec<Target>,
    /// Number of times that the page was to be read.
    attempts: u8,
}

/// Result of a round of requests.
struct Round {
    /// The users of the page, if one was requested.
    page: Option<Result<Vec<FullUser>, Box<RunError>>>,
    /// Writes that have to be repeated.
    again: Vec<Target>,
}

/// A write that is ready to be sent.
struct Write {
    target: Target,
    /// The body: only the attributes, because other fields have side effects.
    body: Attributes,
    before: Option<String>,
}

/// Whether the attribute is set or restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// Sets it: only for active users with an address, each write recorded in the journal.
    Apply,
    /// Reverts the writes in the journal.
    Undo,
}

/// What both directions need.
pub(super) struct Bulk<'a, O: Host> {
    pub(super) host: &'a O,
    pub(super) guard: &'a WriteGuard,
    pub(super) base: &'a Base,
    pub(super) direction: Direction,
    pub(super) journal: &'a mut Journal,
    pub(super) progress: &'a mut Progress,
    pub(super) issues: &'a mut Vec<UserIssue>,
    pub(super) on_progress: &'a mut dyn FnMut(&Progress),
    pub(super) started_ms: u64,
    pub(super) pace: Pace,
}

impl<O: Host> Bulk<'_, O> {
    /// Writes all targets. Those of one page should be adjacent: each contiguous group costs one read.
    ///
    /// # Errors
    /// The reason why it ended early. What was written is in the journal.
    pub(super) async fn run(mut self, targets: Vec<Target>) -> Result<(), Box<RunError>> {
        let outcome = self.all(targets).await;
        self.journal.keep(self.host).await;
        outcome
    }

    async fn all(&mut self, targets: Vec<Target>) -> Result<(), Box<RunError>> {
        // By page, with the next one last.
        let mut chunks: Vec<Chunk> = Vec::new();
        for target in targets {
            match chunks.binary_search_by(|chunk| target.page.cmp(&chunk.page)) {
                Ok(at) => chunks[at].targets.push(target),
                Err(at) => chunks.insert(at, Chunk { page: target.page, targets: vec![target], attempts: 0 }),
            }
        }
        let mut strays = Vec::new();
        let mut ready = Vec::new();
        loop {
            let next = chunks.pop();
            if next.is_none() && ready.is_empty() {
                break;
            }
            let Round { page, again } = self.send(next.as_ref(), std::mem::take(&mut ready)).await?;
            if let Some(page) = again.first().map(|target| target.page) {
                chunks.insert(0, Chunk { page, targets: again, attempts: 0 });
            }
            match (next, page) {
                (Some(chunk), Some(users)) => {
                    let users = users?;
                    for target in chunk.targets {
                        match users.iter().find(|user| user.pk == target.pk) {
                            Some(user) => ready.extend(self.prepare(target, user)),
                            None => strays.push(target),
                        }
                    }
                }
                // In vain, or after writes that the server has refused for now: then the page is next, alone.
                (Some(chunk), None) => chunks.push(Chunk { attempts: chunk.attempts + 1, ..chunk }),
                (None, _) => {}
            }
        }
        while !strays.is_empty() {
            let rest = strays.split_off(strays.len().min(PAGE_SIZE as usize));
            let writes = self.find(std::mem::replace(&mut strays, rest)).await?;
            strays.extend(self.send(None, writes).await?.again);
        }
        Ok(())
    }

    /// Decides about a user who was just read.
    fn prepare(&mut self, target: Target, user: &FullUser) -> Option<Write> {
        let before = user.attributes.get(EMAIL_VERIFIED).map(str::to_owned);
        if before == target.to {
            self.progress.users_done += 1;
            self.note(target.entry, self.direction.done());
            return None;
        }
        let usable = self.direction == Direction::Undo || (user.is_active && !user.email.is_empty());
        if kind_of(before.as_deref()) != target.seen || !usable {
            self.report_issue(&target, UserReason::ChangedSincePlan);
            return None;
        }
        let attributes = user.attributes.with(EMAIL_VERIFIED, target.to.as_deref());
        Some(Write { target, body: attributes, before })
    }

    /// Reads users one by one who are no longer on their page, because users were added or removed.
    async fn find(&mut self, targets: Vec<Target>) -> Result<Vec<Write>, Box<RunError>> {
        let requests = targets.iter().map(|target| self.base.read(&Object::User(target.pk))).collect();
        let mut answers = none_yet(targets.len());
        self.pace.run(self.host, Product::Authentik, requests, &mut |index, answer| answers[index] = answer).await;
        let mut writes = Vec::new();
        let mut refused = Vec::new();
        for (target, answer) in targets.into_iter().zip(answers) {
            match read_user(&answer) {
                Ok(user) => writes.extend(self.prepare(target, &user)),
                Err(error) => match judge(&answer) {
                    Judgement::Error(error) => return Err(error),
                    Judgement::Issue(reason @ UserReason::NotAllowed { .. }) => refused.push((target, reason)),
                    Judgement::Issue(reason) => self.report_issue(&target, reason),
                    Judgement::Fine => return Err(error.into()),
                },
            }
        }
        self.report_refused(refused).await?;
        Ok(writes)
    }

    /// Sends writes, together with the read of a page. Each write is in the journal before it is sent.
    async fn send(&mut self, read: Option<&Chunk>, mut writes: Vec<Write>) -> Result<Round, Box<RunError>> {
        if self.direction == Direction::Apply {
            self.enter(&mut writes);
        }
        self.journal.keep(self.host).await;
        let change = |write: &Write| self.base.change_attributes(self.guard, &Object::User(write.target.pk), &write.body);
        let mut requests: Vec<Request> = writes.iter().map(change).collect();
        let read_at = writes.len().saturating_sub(AFTER_READ);
        if let Some(chunk) = read {
            requests.insert(read_at, self.base.list(Collection::Users, chunk.page));
        }
        // The write at a position of the batch; `None` for the read.
        let write_at = |index: usize| match index.cmp(&read_at) {
            Ordering::Equal if read.is_some() => None,
            Ordering::Greater if read.is_some() => Some(index - 1),
            _ => Some(index),
        };
        let is_last = |index: usize| {
            let attempts = match write_at(index) {
                Some(position) => writes[position].target.attempts,
                None => read.map_or(0, |chunk| chunk.attempts),
            };
            attempts + 1 >= ATTEMPTS
        };
        let mut page = None;
        let mut judgements: Vec<(usize, State, Judgement)> = Vec::with_capacity(writes.len());
        let (host, started) = (self.host, self.started_ms);
        let (progress, on_progress, done) = (&mut *self.progress, &mut *self.on_progress, self.direction.done());
        let again = self
            .pace
            .once(host, Product::Authentik, requests, &is_last, &mut |index, answer| {
                let Some(position) = write_at(index) else {
                    page = Some(read_page(&answer));
                    return;
                };
                let judgement = judge_write(&answer, &writes[position].body);
                let state = match judgement {
                    Judgement::Fine => done,
                    _ if answer::was_refused(&answer) => State::Refused,
                    _ => State::Intended,
                };
                progress.users_done += usize::from(matches!(judgement, Judgement::Fine));
                progress.users_elapsed_ms = host.now_ms().saturating_sub(started);
                judgements.push((position, state, judgement));
                on_progress(progress);
            })
            .await;
        self.record(&writes, judgements).await?;
        let repeat = |Retry { position, tried }: Retry| {
            let target = &writes.get(write_at(position)?)?.target;
            Some(Target { attempts: target.attempts + u8::from(tried), ..target.clone() })
        };
        Ok(Round { page, again: again.into_iter().filter_map(repeat).collect() })
    }

    /// Records writes in the journal: new ones as a chunk of their own.
    fn enter(&mut self, writes: &mut [Write]) {
        let chunk = self.journal.users.len();
        let mut entries = Vec::new();
        for write in writes {
            if let Some(at) = write.target.entry {
                self.journal.set_before(at, write.before.clone());
            } else {
                write.target.entry = Some((chunk, entries.len()));
                entries.push(UserEntry {
                    pk: write.target.pk,
                    username: write.target.username.clone(),
                    page: write.target.page,
                    before: write.before.clone(),
                    state: State::Intended,
                });
            }
        }
        self.journal.intend_users(entries);
    }

    /// Records in the journal how the writes ended.
    async fn record(&mut self, writes: &[Write], judgements: Vec<(usize, State, Judgement)>) -> Result<(), Box<RunError>> {
        let mut refused = Vec::new();
        let mut error = None;
        for (position, state, judgement) in judgements {
            let target = &writes[position].target;
            if self.direction == Direction::Apply || state == State::Undone {
                self.note(target.entry, state);
            }
            match judgement {
                Judgement::Fine => {}
                Judgement::Error(reason) => error = Some(reason),
                Judgement::Issue(reason @ UserReason::NotAllowed { .. }) => refused.push((target.clone(), reason)),
                Judgement::Issue(reason) => self.report_issue(target, reason),
            }
        }
        match error {
            Some(error) => Err(error),
            None => self.report_refused(refused).await,
        }
    }

    /// Records users of whom authentik has refused a read or a write, unless that was because the session has ended: it answers
    /// with 403, too, and then no permission is missing.
    async fn report_refused(&mut self, refused: Vec<(Target, UserReason)>) -> Result<(), Box<RunError>> {
        if !refused.is_empty() {
            check_session(self.host, self.base).await?;
        }
        for (target, reason) in refused {
            self.report_issue(&target, reason);
        }
        Ok(())
    }

    fn note(&mut self, entry: Option<(usize, usize)>, state: State) {
        if let Some(at) = entry {
            self.journal.set_user(at, state);
        }
    }

    /// Records a user who could not be written; the run continues with the others.
    fn report_issue(&mut self, target: &Target, reason: UserReason) {
        self.progress.users_failed += 1;
        if let UserReason::AttributeRule { attribute, detail } = &reason {
            let code = self.direction.refused_by_attribute_rule();
            self.progress.obstacle.get_or_insert_with(|| Finding::new(code).with("attribute", attribute).with("detail", detail));
        }
        self.issues.push(UserIssue { pk: target.pk, username: target.username.clone(), reason });
        (self.on_progress)(self.progress);
    }
}

impl Direction {
    /// The state of a confirmed write.
    fn done(self) -> State {
        match self {
            Self::Apply => State::Done,
            Self::Undo => State::Undone,
        }
    }

    /// What it means that the definition of an object attribute does not allow a write. Only what is set can be set on a group
    /// instead.
    fn refused_by_attribute_rule(self) -> Code {
        match self {
            Self::Apply => Code::ObjectAttributeRefusesUsers,
            Self::Undo => Code::ObjectAttributeRefuses,
        }
    }
}

/// What a response means for a run.
enum Judgement {
    Fine,
    Issue(UserReason),
    Error(Box<RunError>),
}

fn judge(answer: &Answer) -> Judgement {
    match answer {
        Err(cause @ (SendError::Cancelled | SendError::TabGone | SendError::Redirected)) => {
            let operation = Operation::change(Resource::User);
            Judgement::Error(Box::new(answer::Error::NoAnswer { operation, cause: *cause }).into())
        }
        Err(_) => Judgement::Issue(UserReason::NoAnswer),
        Ok(Response { status: 200, .. }) => Judgement::Fine,
        Ok(Response { status: 403, body, .. }) if let Some(detail) = answer::forgery(body) => {
            let operation = Operation::change(Resource::User);
            Judgement::Error(Box::new(answer::Error::Forgery { operation, detail }).into())
        }
        Ok(Response { status: 401 | 403, .. }) => {
            Judgement::Issue(UserReason::NotAllowed { permission: Permission::CHANGE_USER })
        }
        Ok(Response { status: 404, .. }) => Judgement::Issue(UserReason::Gone),
        Ok(Response { status: 400, body, .. }) if let Some((attribute, detail)) = answer::attribute_rule(body) => {
            Judgement::Issue(UserReason::AttributeRule { attribute, detail })
        }
        Ok(response @ Response { status: 400, body, .. }) if answer::oddity(response).is_none() => {
            Judgement::Issue(UserReason::Rejected { detail: answer::rejection(body) })
        }
        Ok(Response { status, .. }) => Judgement::Issue(UserReason::Status { status: *status }),
    }
}

/// authentik answers a write with the updated user, so no second read is needed to verify it.
fn judge_write(answer: &Answer, sent: &Attributes) -> Judgement {
    match (judge(answer), answer) {
        (Judgement::Fine, Ok(response)) => match wire::read::<FullUser>(&response.body) {
            Ok(user) if user.attributes == *sent => Judgement::Fine,
            _ => Judgement::Issue(UserReason::NotKept),
        },
        (judgement, _) => judgement,
    }
}

fn read_user(answer: &Answer) -> Result<FullUser, Box<answer::Error>> {
    answer::read(answer, Operation::view(Resource::User))
}

fn read_page(answer: &Answer) -> Result<Vec<FullUser>, Box<RunError>> {
    match answer::read::<Page<FullUser>>(answer, Operation::view(Resource::User)) {
        Ok(page) => Ok(page.results),
        // The list became shorter: all users of this page are read one by one.
        Err(error) if error.is_gone() => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// The type of an attribute's value.
pub(super) fn kind_of(json: Option<&str>) -> Verified {
    json.map(Verified::of).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::authentik::Error;
    use crate::transport::Method;
    use crate::transport::scripted::{Scripted, guard, json, page, run};

    /// What becomes of a run for one user.
    struct Outcome {
        error: Option<RunError>,
        issues: Vec<UserReason>,
        can_undo: bool,
    }

    /// Sets the attribute of a user whose write is answered by `write`; `list` answers the request for their page, `user` the one for
    /// them alone.
    fn outcome(list: &Answer, user: &Answer, write: &Answer, session: &Answer) -> Outcome {
        let answer = |request: &Request| {
            let answer = match (request.method(), request.url()) {
                (Method::Patch, _) => write,
                (_, url) if url.contains("users/me") => session,
                (_, url) if url.contains("users/?") => list,
                _ => user,
            };
            answer.clone()
        };
        set(answer, Verified::Absent).0
    }

    /// Sets the attribute of a user who had a value of this type when the plan was made.
    fn set(answer: impl Fn(&Request) -> Answer, seen: Verified) -> (Outcome, Journal) {
        let host = Scripted::new(answer);
        let (mut journal, mut progress, mut issues) = (Journal::default(), Progress::default(), Vec::new());
        let bulk = Bulk {
            host: &host,
            guard: &guard(),
            base: &Base::typed("authentik.company").expect("an address").0,
            direction: Direction::Apply,
            journal: &mut journal,
            progress: &mut progress,
            issues: &mut issues,
            on_progress: &mut |_| (),
            started_ms: 0,
            pace: Pace::default(),
        };
        let to = Some("true".into());
        let target = Target { pk: 1, username: "anna".into(), page: 1, seen, to, entry: None, attempts: 0 };
        let error = run(bulk.run(vec![target])).err().map(|error| *error);
        let issues = issues.into_iter().map(|issue| issue.reason).collect();
        (Outcome { error, issues, can_undo: journal.can_undo() }, journal)
    }

    const USER: &str = r#"{"pk":1,"email":"anna@mail.company","is_active":true,"attributes":{}}"#;

    fn users(users: &str) -> Answer {
        json(200, &format!(r#"{{"pagination":{{"count":1,"total_pages":1}},"results":[{users}]}}"#))
    }

    fn signed_in() -> Answer {
        json(200, r#"{"user":{"username":"root","is_superuser":true}}"#)
    }

    fn refusal() -> Answer {
        json(403, r#"{"detail":"x"}"#)
    }

    #[test]
    fn what_authentik_has_refused_needs_no_undo() {
        let can_undo = |status| outcome(&users(USER), &json(500, ""), &json(status, r#"{"detail":"x"}"#), &signed_in()).can_undo;
        assert!(!can_undo(400) && !can_undo(403));
        assert!(can_undo(500), "it may have been written");
    }

    /// A proxy's page with the same status says nothing about the user.
    #[test]
    fn a_refusal_in_a_page_is_not_authentiks() {
        let plain = Response { body: "Bad Request".to_owned().into(), ..page(400).expect("a response") };
        for answer in [page(400), Ok(plain)] {
            assert_eq!(outcome(&users(USER), &refusal(), &answer, &signed_in()).issues, [UserReason::Status { status: 400 }]);
        }
    }

    /// Somebody who is no longer on their page is read alone. authentik refuses that with 403 where the session has ended, too.
    #[test]
    fn no_permission_is_missing_where_the_session_has_ended() {
        let missing = UserReason::NotAllowed { permission: Permission::CHANGE_USER };
        for (list, user, write) in [(users(""), refusal(), json(500, "")), (users(USER), json(500, ""), refusal())] {
            let Outcome { error, issues, .. } = outcome(&list, &user, &write, &signed_in());
            assert_eq!((error, issues), (None, vec![missing.clone()]));
            let Outcome { error, issues, .. } = outcome(&list, &user, &write, &refusal());
            assert_eq!((error, issues), (Some(RunError::Authentik(Error::NotSignedIn.into())), Vec::new()));
        }
    }

    /// Undo restores it. Somebody has set another value while authentik was too busy for the first attempt.
    #[test]
    fn the_journal_has_the_value_that_the_last_attempt_has_replaced() {
        let with = |value: &str| USER.replace("{}", &format!(r#"{{"email_verified":{value}}}"#));
        let is_busy = Cell::new(true);
        let answer = |request: &Request| match (request.method(), is_busy.get()) {
            (Method::Patch, true) => {
                is_busy.set(false);
                json(503, "")
            }
            (Method::Patch, false) => json(200, &with("true")),
            (_, is_first) => users(&with(if is_first { r#""no""# } else { r#""never""# })),
        };
        let (outcome, journal) = set(answer, Verified::Text);
        assert_eq!(outcome.issues, []);
        let noted: Vec<_> = journal.users.into_iter().flatten().map(|user| (user.before, user.state)).collect();
        assert_eq!(noted, [(Some(r#""never""#.into()), State::Done)]);
    }

    /// Only a page that went away says that its users are on others.
    #[test]
    fn a_page_of_users_that_cannot_be_read_ends_the_run() {
        let Outcome { error, issues, .. } = outcome(&json(500, ""), &json(500, ""), &json(500, ""), &signed_in());
        assert!(matches!(error, Some(RunError::Authentik(_))) && issues.is_empty(), "{error:?} {issues:?}");
        let Outcome { error, issues, .. } = outcome(&json(404, ""), &json(404, ""), &json(500, ""), &signed_in());
        assert_eq!((error, issues), (None, vec![UserReason::Gone]));
    }
}
