//! One attribute of many users: read again by page, merged, written once each, and the answer verified.
//!
//! A real authentik on two cores wrote 12 users a second whatever the concurrency (contract/README.md), so a user costs exactly one
//! write, and the pages are read while the users of the page before are written.

use super::journal::{Journal, State, UserEntry};
use super::report::{Progress, Stop, UserIssue, UserReason};
use crate::authentik::answer;
use crate::authentik::api::{Base, Collection, Object, PAGE_SIZE};
use crate::authentik::types::{FullUser, Page, Verified};
use crate::authentik::{Attributed, Attributes, EMAIL_VERIFIED, check_session};
use crate::transport::{Answer, Outside, Pace, Product, Request, Response, SendError};

/// A user to be written.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Primary key.
    pub(super) pk: i64,
    /// User name, for messages.
    pub(super) username: String,
    /// Page of the list on which the user was, counted from 1.
    pub(super) page: u32,
    /// What the attribute was when it was decided to replace it.
    pub(super) seen: Verified,
    /// JSON text of the new value; `None` removes the attribute.
    pub(super) to: Option<String>,
    /// When taking back: the journal's entry of the write, as chunk and position.
    pub(super) entry: Option<(usize, usize)>,
}

/// A write that is ready to be sent.
struct Write {
    target: Target,
    /// The body: nothing but the attributes, because other fields have effects of their own.
    body: Attributed,
    before: Option<String>,
}

/// There or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// Setting: only active users with an address, each write entered into the journal.
    Apply,
    /// Taking back what the journal says.
    Undo,
}

/// What both directions need.
pub(super) struct Bulk<'a, O: Outside> {
    pub(super) outside: &'a O,
    pub(super) base: &'a Base,
    pub(super) direction: Direction,
    pub(super) journal: &'a mut Journal,
    pub(super) progress: &'a mut Progress,
    pub(super) issues: &'a mut Vec<UserIssue>,
    pub(super) on_progress: &'a mut dyn FnMut(&Progress),
    pub(super) started_ms: u64,
    pub(super) pace: Pace,
}

impl<O: Outside> Bulk<'_, O> {
    /// Writes all targets. Those of one page should stand together: each run of them costs one read.
    ///
    /// # Errors
    /// Why it stopped before the end. What was written is in the journal.
    pub(super) async fn run(mut self, targets: Vec<Target>) -> Result<(), Stop> {
        let mut pages = targets.chunk_by(|one, other| one.page == other.page);
        let mut strays = Vec::new();
        let mut ready = Vec::new();
        loop {
            let next = pages.next();
            if next.is_none() && ready.is_empty() {
                break;
            }
            let read = next.and_then(|page| Some(self.base.list(Collection::Users, page.first()?.page)));
            let answer = self.send(read, std::mem::take(&mut ready)).await?;
            let (Some(targets), Some(answer)) = (next, answer) else { continue };
            let users = read_page(&answer)?;
            for target in targets {
                match users.iter().find(|user| user.pk == target.pk) {
                    Some(user) => ready.extend(self.prepare(target, user)),
                    None => strays.push(target.clone()),
                }
            }
        }
        for chunk in strays.chunks(PAGE_SIZE as usize) {
            let writes = self.find_strays(chunk).await?;
            self.send(None, writes).await?;
        }
        Ok(())
    }

    /// Decides about a user who was just read.
    fn prepare(&mut self, target: &Target, user: &FullUser) -> Option<Write> {
        let before = user.attributes.get(EMAIL_VERIFIED).map(str::to_owned);
        if before == target.to {
            self.progress.users_done += 1;
            if self.direction == Direction::Undo {
                self.journal.set_user(target.entry, State::Undone);
            }
            return None;
        }
        let usable = self.direction == Direction::Undo || (user.is_active && !user.email.is_empty());
        if kind_of(before.as_deref()) != target.seen || !usable {
            self.blame(target, UserReason::ChangedSincePlan);
            return None;
        }
        let attributes = user.attributes.with(EMAIL_VERIFIED, target.to.as_deref());
        Some(Write { target: target.clone(), body: Attributed { attributes }, before })
    }

    /// Users who were not where they had been, because somebody was added or removed: each is read by itself.
    async fn find_strays(&mut self, targets: &[Target]) -> Result<Vec<Write>, Stop> {
        let requests = targets.iter().map(|target| self.base.read(&Object::User(target.pk))).collect();
        let mut answers: Vec<Option<Answer>> = vec![None; targets.len()];
        self.pace.run(self.outside, Product::Authentik, requests, &mut |index, answer| answers[index] = Some(answer)).await;
        let mut writes = Vec::new();
        for (target, answer) in targets.iter().zip(answers) {
            let Some(answer) = answer else { continue };
            match read_user(&answer) {
                Ok(user) => writes.extend(self.prepare(target, &user)),
                Err(error) => match judge(&answer) {
                    Judgement::Stop(stop) => return Err(stop),
                    Judgement::Issue(reason) => self.blame(target, reason),
                    Judgement::Fine => return Err(error.into()),
                },
            }
        }
        Ok(writes)
    }

    /// Sends writes, and beside them one read of the next page. The journal knows of each write before it is sent.
    async fn send(&mut self, read: Option<Request>, mut writes: Vec<Write>) -> Result<Option<Answer>, Stop> {
        if self.direction == Direction::Apply && !writes.is_empty() {
            self.enter(&mut writes).await;
        }
        let offset = usize::from(read.is_some());
        let change = |write: &Write| self.base.change(&Object::User(write.target.pk), &write.body);
        let requests = read.into_iter().chain(writes.iter().map(change)).collect();
        let mut page = None;
        let mut judgements: Vec<(usize, Judgement)> = Vec::with_capacity(writes.len());
        let (outside, started) = (self.outside, self.started_ms);
        let (progress, on_progress) = (&mut *self.progress, &mut *self.on_progress);
        self.pace
            .run(outside, Product::Authentik, requests, &mut |index, answer| {
                let Some(position) = index.checked_sub(offset) else {
                    page = Some(answer);
                    return;
                };
                let judgement = judge_write(&answer, &writes[position].body.attributes);
                progress.users_done += usize::from(matches!(judgement, Judgement::Fine));
                progress.users_elapsed_ms = outside.now_ms().saturating_sub(started);
                judgements.push((position, judgement));
                on_progress(progress);
            })
            .await;
        self.settle(&writes, judgements).await?;
        Ok(page)
    }

    /// Enters writes into the journal, as a chunk of their own, before they are sent.
    async fn enter(&mut self, writes: &mut [Write]) {
        let chunk = self.journal.users.len();
        let entry = |write: &Write| UserEntry {
            pk: write.target.pk,
            username: write.target.username.clone(),
            page: write.target.page,
            before: write.before.clone(),
            state: State::Intended,
        };
        self.journal.users.push(writes.iter().map(entry).collect());
        self.journal.chunks = self.journal.users.len();
        for (position, write) in writes.iter_mut().enumerate() {
            write.target.entry = Some((chunk, position));
        }
        self.journal.keep_chunk(self.outside, chunk).await;
        self.journal.keep(self.outside).await;
    }

    /// Says in the journal how the writes ended.
    async fn settle(&mut self, writes: &[Write], judgements: Vec<(usize, Judgement)>) -> Result<(), Stop> {
        let done = match self.direction {
            Direction::Apply => State::Done,
            Direction::Undo => State::Undone,
        };
        let mut chunks: Vec<usize> = Vec::new();
        let mut refused = Vec::new();
        let mut stop = None;
        for (position, judgement) in judgements {
            let target = &writes[position].target;
            chunks.extend(target.entry.map(|(chunk, _)| chunk).filter(|chunk| !chunks.contains(chunk)));
            match judgement {
                Judgement::Fine => self.journal.set_user(target.entry, done),
                Judgement::Stop(reason) => stop = Some(reason),
                Judgement::Issue(UserReason::NotAllowed { permission }) => refused.push((target, permission)),
                Judgement::Issue(reason) => self.blame(target, reason),
            }
        }
        // 403 means as well that the session has ended; then it is nobody's permission that is missing.
        if !refused.is_empty() && stop.is_none() {
            stop = check_session(self.outside, self.base).await.err().map(Stop::from);
        }
        for (target, permission) in refused {
            if stop.is_none() {
                self.blame(target, UserReason::NotAllowed { permission });
            } else if self.direction == Direction::Apply {
                self.journal.set_user(target.entry, State::Refused);
            }
        }
        for chunk in chunks {
            self.journal.keep_chunk(self.outside, chunk).await;
        }
        stop.map_or(Ok(()), Err)
    }

    /// A user who could not be written; the others go on.
    fn blame(&mut self, target: &Target, reason: UserReason) {
        if self.direction == Direction::Apply && reason != UserReason::NoAnswer {
            self.journal.set_user(target.entry, State::Refused);
        }
        self.progress.users_failed += 1;
        self.issues.push(UserIssue { pk: target.pk, username: target.username.clone(), reason });
        (self.on_progress)(self.progress);
    }
}

/// What an answer means for a run.
enum Judgement {
    Fine,
    Issue(UserReason),
    Stop(Stop),
}

fn judge(answer: &Answer) -> Judgement {
    let permission = Object::User(0).change_permission();
    match answer {
        Err(SendError::Cancelled) => Judgement::Stop(Stop::Cancelled),
        Err(SendError::TabGone) => Judgement::Stop(Stop::TabGone),
        Err(SendError::Redirected) => Judgement::Stop(Stop::Authentik(answer::Error::NotSignedIn)),
        Err(_) => Judgement::Issue(UserReason::NoAnswer),
        Ok(Response { status: 200, .. }) => Judgement::Fine,
        Ok(Response { status: 401 | 403, .. }) => Judgement::Issue(UserReason::NotAllowed { permission }),
        Ok(Response { status: 404, .. }) => Judgement::Issue(UserReason::Gone),
        Ok(Response { status: 400, body, .. }) => Judgement::Issue(UserReason::Rejected { detail: answer::rejection(body) }),
        Ok(Response { status, .. }) => Judgement::Issue(UserReason::Status { status: *status }),
    }
}

/// authentik answers a write with the user as it is now: no second read is needed to verify it.
fn judge_write(answer: &Answer, sent: &Attributes) -> Judgement {
    match (judge(answer), answer) {
        (Judgement::Fine, Ok(response)) => match serde_json::from_str::<FullUser>(&response.body) {
            Ok(user) if user.attributes.same_as(sent) => Judgement::Fine,
            _ => Judgement::Issue(UserReason::NotKept),
        },
        (judgement, _) => judgement,
    }
}

fn read_user(answer: &Answer) -> Result<FullUser, answer::Error> {
    let list = Collection::Users;
    answer::read_directly(answer, list.endpoint(), list.view_permission())
}

fn read_page(answer: &Answer) -> Result<Vec<FullUser>, Stop> {
    match judge(answer) {
        Judgement::Stop(stop) => return Err(stop),
        // The list became shorter: everybody of this page is looked for one by one.
        Judgement::Issue(UserReason::Gone) => return Ok(Vec::new()),
        _ => {}
    }
    let list = Collection::Users;
    let page: Page<FullUser> = answer::read_directly(answer, list.endpoint(), list.view_permission())?;
    Ok(page.results)
}

/// What kind of value an attribute holds.
pub(super) fn kind_of(json: Option<&str>) -> Verified {
    json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}
