//! Another authentik and another mailcow are clicked at each request of each verb that writes (docs/contract/cases.md, S3). Afterwards
//! nothing of theirs was written, no secret went there or came from there, and nothing is called done that is not.

use std::collections::BTreeSet;
use std::pin::pin;

use cowbell::app::{ArrivalQuery, Error, ReadinessQuery, SwitchView, SwitchedElsewhere, Switching};
use cowbell::mailcow::MailcowChoice;
use cowbell::plan::SetupDraft;
use cowbell::transport::Product;
use cowbell::verify::arrival::ArrivalKind;
use cowbell::verify::{Code, Finding};
use cowbell_standins::authentik::state::Event;
use cowbell_standins::mailcow::state::Mailbox;
use cowbell_standins::people::person;
use cowbell_standins::world::World;
use futures_util::FutureExt;

use crate::sign_ins::try_to_sign_in;
use crate::support::form::Form;
use crate::support::picture::{Picture, secrets};
use crate::support::stage::{BOTH, Setting, Stage, code, draft, draft_for};
use crate::support::{Succeeds as _, everybody, remove, run};

const AUTHENTIK: &str = "https://authentik.stranger.test";
const MAILCOW: &str = "https://mailcow.stranger.test";

/// What is clicked.
const CLICKS: [&[Product]; 3] = [&[Product::Authentik], &[Product::Mailcow], &BOTH];

fn choice() -> MailcowChoice {
    MailcowChoice::default()
}

/// Both sides as they are before a verb.
struct Scene {
    home: Stage,
    stranger: Stage,
}

/// An integration, and a stranger's that is as like it as can be: the same primary keys and the same client ID, and a provider that
/// leads to our mailcow as well.
fn scene(setting: &Setting) -> Scene {
    let home = setting.stage();
    home.done(&draft());
    let stranger = Setting { address: AUTHENTIK, mailcow_address: MAILCOW, seed: 2, ..setting.clone() }.stage();
    stranger.done(&draft_for(MAILCOW));
    {
        let (ours, mut theirs) = (home.sim.observe(), stranger.sim.world());
        let ours = &ours.authentik.state().providers[0];
        let provider = &mut theirs.authentik.state_mut().providers[0];
        assert_eq!(provider.pk, ours.pk);
        assert_ne!(provider.client_secret, ours.client_secret);
        provider.client_id.clone_from(&ours.client_id);
        provider.redirect_uris.extend(ours.redirect_uris.iter().cloned());
    }
    stranger.observe().succeeds();
    run(stranger.app.read_registration(&draft_for(MAILCOW))).succeeds();
    stranger.observe_mailcow().succeeds();
    run(stranger.app.save_for_me(&choice())).succeeds();
    Scene { home, stranger }
}

/// Everything of both products as one text.
fn text_of(world: &World) -> String {
    let Picture { objects, users, identity_provider, .. } = Picture::of(world);
    format!("{objects:?} {users:?} {identity_provider}")
}

/// Secrets of a world, those of before included.
fn all_secrets(before: &[String], world: &World) -> BTreeSet<String> {
    before.iter().cloned().chain(secrets(world)).collect()
}

/// Clicks the stranger at each request of a verb. `prepare` brings a copy of home to where the verb begins, `verb` performs it,
/// `judge` says whether what it answered is true of home.
fn at_each_request<T>(
    scene: &Scene,
    prepare: impl Fn(&Stage),
    verb: &impl AsyncFn(&Stage) -> T,
    judge: impl Fn(&T, &Stage, &str),
) {
    let mut attacks = 0;
    for clicked in CLICKS {
        for closed in [false, true] {
            for request in 0.. {
                let what = format!("{clicked:?} at request {request}, closed: {closed}");
                let (home, stranger) = (scene.home.copy(), scene.stranger.copy());
                prepare(&home);
                let (before, ours, theirs) =
                    (Picture::of(&stranger.sim.observe()), secrets(&home.sim.observe()), secrets(&stranger.sim.observe()));
                home.sim.meet(&stranger.sim);
                home.sim.forget();
                home.sim.hold_at(request);
                let mut running = pin!(verb(&home));
                if running.as_mut().now_or_never().is_some() {
                    break;
                }
                for product in clicked {
                    home.sim.go_to_stranger(*product, closed);
                    let page = stranger.sim.browser().page(*product).to_owned();
                    match product {
                        Product::Authentik => drop(run(home.app.observe_authentik(&page)).succeeds()),
                        Product::Mailcow => drop(run(home.app.observe_mailcow(&page, &choice())).succeeds()),
                    }
                }
                let outcome = run(running);
                Picture::of(&stranger.sim.observe()).assert_same(&before, &what);
                judge(&outcome, &home, &what);
                keeps_to_itself(&home, &what, &ours, &theirs, clicked);
                attacks += 1;
            }
        }
    }
    assert!(attacks >= 6, "{attacks} attacks");
}

/// No secret went to the stranger or came from there, and nothing of home is taken for the stranger's.
fn keeps_to_itself(home: &Stage, what: &str, ours: &[String], theirs: &[String], clicked: &[Product]) {
    let ours = all_secrets(ours, &home.sim.observe());
    for sent in home.sim.sent() {
        let foreign = sent.by_stranger || sent.url.starts_with(AUTHENTIK) || sent.url.starts_with(MAILCOW);
        assert!(!foreign || !ours.iter().any(|secret| sent.body.contains(secret)), "{what}: a secret went to {}", sent.url);
        assert!(!foreign || !sent.is_write(), "{what}: {sent:?}");
    }
    let now = text_of(&home.sim.observe());
    assert!(!theirs.iter().any(|secret| now.contains(secret)), "{what}: home has a secret of the stranger");
    if clicked.contains(&Product::Authentik) {
        let shown = home.app.reveal_secret();
        assert!(shown.is_none_or(|secret| !ours.contains(&secret)), "{what}: our secret is shown as the stranger's");
        assert!(home.app.registration().is_none_or(|client| client.token_url.starts_with(AUTHENTIK)), "{what}");
        // What we made is not remembered for a client of that name elsewhere, either.
        stop_showing(home);
        home.sim.click();
        let read = run(home.app.read_registration(&draft()));
        assert!(read.is_ok(), "{what}: {read:?}");
        let shown = home.app.reveal_secret();
        assert!(shown.is_none_or(|secret| !ours.contains(&secret)), "{what}: our secret is remembered for the stranger");
    }
    if clicked.contains(&Product::Mailcow) {
        let view = home.app.mailcow_view(&choice()).succeeds();
        assert_eq!(view.address, MAILCOW, "{what}");
        assert!(!view.can_restore, "{what}: what was stored at home is offered to the stranger");
        let form = home.app.password_form().expect("a form");
        let is_hidden = home.sim.stranger().observe().mailcow.state().force_sso;
        assert_eq!((form.is_hidden, form.is_own), (Some(is_hidden), false), "{what}: the login page of home");
        assert!(!home.app.can_restore() || !clicked.contains(&Product::Authentik), "{what}");
    }
}

/// The stranger's authentik shows no client secret any more, as 2026.2.7 and later do.
fn stop_showing(home: &Stage) {
    let stranger = home.sim.stranger();
    let mut world = stranger.world();
    for provider in &mut world.authentik.state_mut().providers {
        provider.client_secret.clear();
    }
}

/// A click in each product.
fn observed(home: &Stage) {
    home.observe().succeeds();
    run(home.app.read_registration(&draft())).succeeds();
    home.observe_mailcow().succeeds();
}

/// The same, with the settings saved.
fn saved(home: &Stage) {
    observed(home);
    assert!(run(home.app.save_for_me(&choice())).succeeds().in_sync);
}

fn secrets_of(home: &Stage) -> [String; 2] {
    let world = home.sim.observe();
    let at_authentik = world.authentik.state().providers.first().map(|provider| provider.client_secret.clone());
    [at_authentik.unwrap_or_default(), world.mailcow.state().identity_provider.text("client_secret").to_owned()]
}

fn small() -> Setting {
    Setting { users: 3, ..Setting::default() }
}

#[test]
fn while_the_secret_is_changed() {
    at_each_request(&scene(&small()), saved, &async |home| run_codes(home.app.rotate_secret().await), |codes, home, what| {
        let [authentik, mailcow] = secrets_of(home);
        let half = codes.contains(&Code::SecretHalfRotated);
        assert!(authentik == mailcow || half, "{what}: {codes:?}");
        if codes.contains(&Code::SecretRotated) {
            assert_eq!(authentik, mailcow, "{what}");
        }
    });
}

fn run_codes(outcome: Result<cowbell::app::Findings, cowbell::app::Error>) -> Vec<Code> {
    match outcome {
        Ok(findings) => findings.0.iter().map(|finding| finding.code).collect(),
        Err(error) => vec![Finding::from(&error).code],
    }
}

#[test]
fn while_the_integration_is_removed() {
    at_each_request(&scene(&small()), saved, &async |home| remove(&home.app).await.is_ok(), |done, home, what| {
        let world = home.sim.observe();
        let gone = world.authentik.state().providers.is_empty() && world.mailcow.state().identity_provider.is_empty();
        assert!(!done || gone, "{what}");
    });
}

#[test]
fn while_it_is_put_back() {
    let removed = |home: &Stage| {
        saved(home);
        run(remove(&home.app)).succeeds();
    };
    at_each_request(&scene(&small()), removed, &async |home| home.app.restore_removed().await.is_ok(), |done, home, what| {
        let [authentik, mailcow] = secrets_of(home);
        assert!(!done || (!authentik.is_empty() && authentik == mailcow), "{what}");
    });
}

#[test]
fn while_the_settings_are_saved() {
    let save = async |home: &Stage| home.app.save_for_me(&choice()).await.is_ok_and(|view| view.in_sync);
    at_each_request(&scene(&small()), observed, &save, |done, home, what| {
        let [authentik, mailcow] = secrets_of(home);
        assert!(!done || authentik == mailcow, "{what}");
    });
}

#[test]
fn while_they_are_put_back() {
    let restore = async |home: &Stage| home.app.restore_mailcow(&choice()).await.is_ok();
    at_each_request(&scene(&small()), saved, &restore, |done, home, what| {
        assert!(!done || home.sim.observe().mailcow.state().identity_provider.is_empty(), "{what}");
    });
}

/// How many mailboxes of home sign in with Generic-OIDC.
fn switched(home: &Stage) -> usize {
    let world = home.sim.observe();
    world.mailcow.state().mailboxes.iter().filter(|mailbox| mailbox.authsource == "generic-oidc").count()
}

/// The table is read; gives how many mailboxes are switched already.
fn table(home: &Stage) {
    saved(home);
    run(home.app.read_readiness(&draft(), &choice(), &mut |_, _| {})).succeeds();
}

#[test]
fn while_mailboxes_are_switched() {
    let scene = scene(&Setting { users: 30, ..Setting::default() });
    let already = switched(&scene.home);
    let switch = async |home: &Stage| home.app.switch_mailboxes(Switching::Wave(&everybody(&home.app)), &mut |_, _| {}).await;
    at_each_request(&scene, table, &switch, |outcome, home, what| {
        let done = outcome.as_ref().map_or(0, |view| view.done);
        assert!(done <= switched(home) - already, "{what}");
    });
    let back = async |home: &Stage| home.app.switch_mailboxes(Switching::Back, &mut |_, _| {}).await;
    let all = |home: &Stage| {
        table(home);
        run(home.app.switch_mailboxes(Switching::Wave(&everybody(&home.app)), &mut |_, _| {})).succeeds();
    };
    at_each_request(&scene, all, &back, |outcome, home, what| {
        let left = outcome.as_ref().ok().map(|view| view.left + view.unverified);
        assert!(left != Some(0) || switched(home) == already, "{what}");
    });
}

/// The mailbox of the first user at home.
fn mailbox() -> String {
    person(1, 0).email
}

/// Everybody is switched.
fn wave(home: &Stage) {
    table(home);
    assert!(switch(home, Switching::Wave(&everybody(&home.app))).done > 1);
}

#[test]
fn while_one_mailbox_is_switched_back() {
    let back = async |home: &Stage| home.app.switch_mailboxes(Switching::MailboxBack(&mailbox()), &mut |_, _| {}).await;
    at_each_request(&scene(&small()), wave, &back, |outcome, home, what| {
        let done = outcome.as_ref().map_or(0, |view| view.done);
        let world = home.sim.observe();
        let is_back = world.mailcow.state().mailbox(&mailbox()).expect("a mailbox").authsource == "mailcow";
        assert!(done == 0 || is_back, "{what}");
    });
}

fn is_hidden(home: &Stage) -> bool {
    home.sim.observe().mailcow.state().force_sso
}

/// A question has shown the login page.
fn asked_to_hide(home: &Stage) {
    saved(home);
    run(home.app.read_password_form()).succeeds();
}

fn hidden(home: &Stage) {
    asked_to_hide(home);
    run(home.app.hide_password_form()).succeeds();
}

fn asked_to_show(home: &Stage) {
    hidden(home);
    run(home.app.read_password_form()).succeeds();
}

/// The login pages of the stranger are as ours: a write would not even meet a difference.
#[test]
fn while_the_password_form_is_hidden_or_shown() {
    let scene = scene(&small());
    let hide = async |home: &Stage| home.app.hide_password_form().await.is_ok();
    at_each_request(&scene, asked_to_hide, &hide, |done, home, what| assert!(!done || is_hidden(home), "{what}"));
    scene.stranger.sim.world().mailcow.state_mut().force_sso = true;
    let show = async |home: &Stage| home.app.show_password_form().await.is_ok();
    at_each_request(&scene, asked_to_show, &show, |done, home, what| assert!(!done || !is_hidden(home), "{what}"));
}

/// A question names the login page of the mailcow that is connected when it is asked, or there is no question.
#[test]
fn while_the_login_page_is_read_for_a_question() {
    let read = async |home: &Stage| home.app.read_password_form().await;
    at_each_request(&scene(&small()), hidden, &read, |outcome, home, what| {
        let is_at_home = home.app.mailcow_view(&choice()).succeeds().address != MAILCOW;
        assert!(outcome.is_err() || (is_at_home && *outcome == Ok(true)), "{what}: {outcome:?}");
    });
}

/// Somebody has arrived at the stranger under the address and the primary key of one of our users.
#[test]
fn while_it_is_read_who_has_arrived() {
    let scene = scene(&small());
    scene.stranger.sim.world().authentik.state_mut().events.push(sign_in_of(&scene.home));
    let read = async |home: &Stage| home.app.read_arrivals(&draft(), &mut |_, _| {}).await;
    at_each_request(&scene, wave, &read, |outcome, home, what| {
        let view = match outcome {
            Err(error) => return assert_eq!(code(error), code(&Error::TabGone), "{what}"),
            Ok(view) => view,
        };
        assert!(view.counts.iter().all(|counted| counted.kind != ArrivalKind::SignedIn), "{what}: {view:?}");
        let rows = home.app.find_arrivals(&ArrivalQuery { limit: 99, ..ArrivalQuery::default() }).succeeds().rows;
        assert!(rows.iter().all(|row| row.seen_at.is_none()), "{what}: {rows:?}");
    });
}

/// The users of another authentik, which was clicked in between and left again, are in no table of ours.
#[test]
fn while_it_is_read_who_can_sign_in() {
    let scene = scene(&small());
    let mut tables = 0;
    for request in 0.. {
        let (home, stranger) = (scene.home.copy(), scene.stranger.copy());
        saved(&home);
        // What was read is older than what was written, so authentik is read again.
        run(remove(&home.app)).succeeds();
        run(home.app.restore_removed()).succeeds();
        let page = home.sim.browser().page(Product::Authentik).to_owned();
        home.sim.meet(&stranger.sim);
        home.sim.hold_at(request);
        let (draft, choice, mut progress) = (draft(), choice(), |_, _| {});
        let mut reading = pin!(home.app.read_readiness(&draft, &choice, &mut progress));
        if reading.as_mut().now_or_never().is_some() {
            break;
        }
        home.sim.go_to_stranger(Product::Authentik, false);
        let strangers = stranger.sim.browser().page(Product::Authentik).to_owned();
        run(home.app.observe_authentik(&strangers)).succeeds();
        run(home.app.read_users(&mut |_, _| {})).succeeds();
        home.sim.hold_at(0);
        if let Some(outcome) = reading.as_mut().now_or_never() {
            assert!(outcome.is_err(), "request {request}: {outcome:?}");
            continue;
        }
        home.sim.show(Product::Authentik, &page);
        run(home.app.observe_authentik(&page)).succeeds();
        if run(reading).is_ok() {
            let query = ReadinessQuery { text: String::new(), outcome: None, reason: None, offset: 0, limit: usize::MAX };
            let world = home.sim.observe();
            for row in home.app.find_readiness(&query).succeeds().rows {
                let is_ours = world.authentik.state().users.iter().any(|user| user.username == row.username);
                assert!(is_ours, "request {request}: {row:?}");
            }
            tables += 1;
        }
    }
    assert!(tables > 0);
}

/// What authentik notes about the first user of home when they sign in to mailcow.
fn sign_in_of(home: &Stage) -> Event {
    let copy = home.copy();
    saved(&copy);
    table(&copy);
    switch(&copy, Switching::Mailbox(&mailbox()));
    try_to_sign_in(&copy, 0, "cowbell");
    let world = copy.sim.observe();
    let mut events = world.authentik.state().events.iter();
    events.rfind(|event| event.action == "authorize_application").expect("an authorization").clone()
}

/// Both logs were read at home. They say nothing about the stranger's mailbox with the same address, whose owner has not come yet, and
/// still say who has arrived at home once the administrator is back.
#[test]
fn who_has_arrived_at_one_mailcow_has_not_arrived_at_another() {
    let scene = scene(&small());
    let home = scene.home.copy();
    {
        // The same people there, whose mailboxes somebody has switched.
        let ours = home.sim.observe();
        let mut theirs = scene.stranger.sim.world();
        for mailbox in &ours.mailcow.state().mailboxes {
            let mailbox = Mailbox { authsource: "generic-oidc".into(), ..mailbox.clone() };
            theirs.mailcow.state_mut().mailboxes.push(mailbox);
        }
        let ours = ours.authentik.state().users.named(&person(1, 0).username).expect("a user").clone();
        let users = &mut theirs.authentik.state_mut().users;
        users.remove(ours.pk);
        users.insert(ours);
    }
    wave(&home);
    let event = sign_in_of(&scene.home);
    let now = home.sim.observe().authentik.state().now;
    home.sim.world().authentik.state_mut().events.push(Event { created: now + 600_000_000, ..event });
    let arrived = |home: &Stage| {
        let query = ArrivalQuery { text: mailbox(), limit: 9, ..ArrivalQuery::default() };
        home.app.find_arrivals(&query).succeeds().rows.into_iter().map(|row| row.arrival).collect::<Vec<_>>()
    };
    run(home.app.read_arrivals(&draft(), &mut |_, _| {})).succeeds();
    let there = arrived(&home);
    assert!(matches!(there[..], [ArrivalKind::SignedIn | ArrivalKind::Authorized]), "{there:?}");
    home.sim.meet(&scene.stranger.sim);
    for clicked in [&BOTH[..], &BOTH[..1], &BOTH[1..]] {
        for product in clicked {
            home.sim.go_to_stranger(*product, false);
            let page = scene.stranger.sim.browser().page(*product).to_owned();
            match product {
                Product::Authentik => drop(run(home.app.observe_authentik(&page)).succeeds()),
                Product::Mailcow => drop(run(home.app.observe_mailcow(&page, &choice())).succeeds()),
            }
        }
        assert!(home.app.arrivals_view().is_err(), "{clicked:?}: the table of home");
        run(home.app.read_readiness(&draft_for(MAILCOW), &choice(), &mut |_, _| {})).succeeds();
        let foreign = arrived(&home);
        let view = home.app.arrivals_view().succeeds();
        assert_eq!(view.complete_from_ms, None, "{clicked:?}: of home");
        assert!(
            !foreign.is_empty() && foreign.iter().all(|kind| !matches!(kind, ArrivalKind::SignedIn | ArrivalKind::Authorized))
        );
        home.sim.come_home();
        observed(&home);
        run(home.app.read_readiness(&draft(), &choice(), &mut |_, _| {})).succeeds();
        assert_eq!(arrived(&home), there, "{clicked:?}");
    }
}

#[test]
fn while_a_plan_is_applied() {
    let scene = scene(&Setting { users: 30, ..Setting::default() });
    let desired = with_launch_url();
    let plan = |home: &Stage| {
        {
            let mut world = home.sim.world();
            let users = &mut world.authentik.state_mut().users;
            let all: Vec<i64> = users.iter().map(|user| user.pk).collect();
            for pk in all {
                users.get_mut(pk).expect("a user").attributes.shift_remove(cowbell::authentik::EMAIL_VERIFIED);
            }
        }
        home.observe().succeeds();
        home.observe_mailcow().succeeds();
        assert!(home.plan(&desired).succeeds().writes > 20);
    };
    let apply = async |home: &Stage| home.app.apply(&desired, &mut |_| {}).await.is_ok_and(|report| report.in_sync);
    at_each_request(&scene, plan, &apply, |done, home, what| {
        let world = home.sim.observe();
        let state = world.authentik.state();
        let launched = state.applications.iter().any(|app| app.meta_launch_url.ends_with("/SOGo"));
        assert!(!done || launched, "{what}");
    });
}

#[test]
fn while_it_is_undone() {
    let desired = with_launch_url();
    let applied = |home: &Stage| {
        home.done(&desired);
        home.observe_mailcow().succeeds();
    };
    let undo = async |home: &Stage| home.app.undo(&mut |_| {}).await.is_ok_and(|view| view.error.is_none());
    at_each_request(&scene(&small()), applied, &undo, |done, home, what| {
        let world = home.sim.observe();
        let launched = world.authentik.state().applications.iter().any(|app| app.meta_launch_url.ends_with("/SOGo"));
        assert!(!done || !launched, "{what}");
    });
}

/// Its name, what comes before, and what it answers: the code of an error, or that it went through.
type Verb = (&'static str, fn(&Stage), fn(&Stage) -> Result<(), Code>);

fn refusal<T>(outcome: Result<T, Error>) -> Result<(), Code> {
    outcome.map(drop).map_err(|error| code(&error))
}

/// What an administrator may do next, in a panel that knows home, and which writes.
const WRITES: [Verb; 10] = [
    ("rotate", saved, |home| refusal(run(home.app.rotate_secret()))),
    ("remove", saved, |home| refusal(run(remove(&home.app)))),
    (
        "restore",
        |home| {
            saved(home);
            run(remove(&home.app)).succeeds();
        },
        |home| refusal(run(home.app.restore_removed())),
    ),
    ("save", observed, |home| refusal(run(home.app.save_for_me(&choice())))),
    ("restore settings", saved, |home| refusal(run(home.app.restore_mailcow(&choice())))),
    ("switch", table, |home| refusal_of_switch(home, Switching::Wave(&everybody(&home.app)))),
    ("switch back", wave, |home| refusal_of_switch(home, Switching::MailboxBack(&mailbox()))),
    ("hide", asked_to_hide, |home| refusal(run(home.app.hide_password_form()))),
    ("show", asked_to_show, |home| refusal(run(home.app.show_password_form()))),
    (
        "undo",
        |home| {
            home.done(&with_launch_url());
            home.observe_mailcow().succeeds();
        },
        |home| {
            let undone = run(home.app.undo(&mut |_| {})).map_err(|error| code(&error))?;
            undone.error.map_or(Ok(()), |finding| Err(finding.code))
        },
    ),
];

fn refusal_of_switch(home: &Stage, which: Switching<'_>) -> Result<(), Code> {
    let switched = run(home.app.switch_mailboxes(which, &mut |_, _| {})).map_err(|error| code(&error))?;
    switched.error.map_or(Ok(()), |finding| Err(finding.code))
}

/// The same, which only reads: what it cannot do becomes findings.
const READS: [Verb; 4] = [
    ("check", saved, |home| {
        run(home.app.check(&draft(), &choice()));
        Ok(())
    }),
    ("table", saved, |home| refusal(run(home.app.read_readiness(&draft(), &choice(), &mut |_, _| {})))),
    ("arrivals", wave, |home| refusal(run(home.app.read_arrivals(&draft(), &mut |_, _| {})))),
    ("verify", saved, |home| {
        let form = Form::of(&home.sim.observe());
        run(home.app.verify_credentials(form.state()));
        Ok(())
    }),
];

/// Which page a verb cannot do without.
fn page_of(verb: &str) -> &'static [Product] {
    match verb {
        "undo" => &[Product::Authentik],
        "save" | "restore settings" | "switch" | "switch back" | "hide" | "show" => &[Product::Mailcow],
        _ => &BOTH,
    }
}

fn with_launch_url() -> SetupDraft {
    SetupDraft { launch_url: Some("https://mailcow.company/SOGo".into()), ..draft() }
}

/// The tab has gone over to the stranger, where nothing could be read: what the panel knows is still home's, and its page is not
/// (docs/contract/cases.md, S1). No secret goes through that page, and home is not left with two secrets.
#[test]
fn nothing_secret_goes_through_the_page_of_a_stranger_that_could_not_be_read() {
    let scene = scene(&small());
    for (verb, prepare, perform) in READS.into_iter().chain(WRITES) {
        for clicked in CLICKS {
            let what = format!("{verb}, {clicked:?}");
            let (home, stranger) = (scene.home.copy(), scene.stranger.copy());
            prepare(&home);
            let (before, ours) = (Picture::of(&stranger.sim.observe()), secrets(&home.sim.observe()));
            home.sim.meet(&stranger.sim);
            home.sim.forget();
            for product in clicked {
                home.sim.go_to_stranger(*product, true);
            }
            let outcome = perform(&home);
            let is_needed = clicked.iter().any(|product| page_of(verb).contains(product));
            let writes = WRITES.iter().any(|(name, ..)| *name == verb);
            assert!(outcome.is_err() || !(writes && is_needed), "{what}: went through");
            Picture::of(&stranger.sim.observe()).assert_same(&before, &what);
            let ours = all_secrets(&ours, &home.sim.observe());
            for sent in home.sim.sent().iter().filter(|sent| sent.by_stranger) {
                assert!(
                    !ours.iter().any(|secret| sent.body.contains(secret)),
                    "{what}: a secret went through the stranger's page"
                );
            }
            let [authentik, mailcow] = secrets_of(&home);
            assert!(authentik == mailcow || authentik.is_empty() || mailcow.is_empty(), "{what}: two secrets");
        }
    }
}

/// A look-alike authentik names our client ID and our mailcow, and shows no secret (docs/contract/cases.md, S2): neither the secret
/// that mailcow has nor one that was removed goes there, and mailcow stays with the authentik that it has.
#[test]
fn a_client_of_the_same_id_at_another_authentik_gets_no_secret() {
    let scene = scene(&small());
    for removed_before in [false, true] {
        for (verb, prepare, perform) in READS.into_iter().chain(WRITES) {
            let what = format!("{verb}, removed before: {removed_before}");
            let (home, stranger) = (scene.home.copy(), scene.stranger.copy());
            saved(&home);
            if removed_before {
                run(remove(&home.app)).succeeds();
                run(home.app.restore_removed()).succeeds();
            }
            let ours = secrets(&home.sim.observe());
            prepare(&home);
            let stored = home.sim.observe().mailcow.state().identity_provider.clone();
            home.sim.meet(&stranger.sim);
            stop_showing(&home);
            let before = Picture::of(&stranger.sim.observe());
            home.sim.go_to_stranger(Product::Authentik, true);
            let page = stranger.sim.browser().page(Product::Authentik).to_owned();
            run(home.app.observe_authentik(&page)).succeeds();
            run(home.app.read_registration(&draft())).succeeds();
            home.sim.forget();
            let outcome = perform(&home);
            // mailcow's mailboxes and what it had before are its own, and the look-alike has nothing to undo.
            let is_refused = matches!(verb, "rotate" | "remove" | "restore" | "save");
            assert!(outcome.is_err() || !is_refused, "{what}: went through");
            for sent in home.sim.sent().iter().filter(|sent| sent.by_stranger || sent.url.starts_with(AUTHENTIK)) {
                assert!(!ours.iter().any(|secret| sent.body.contains(secret)), "{what}: a secret went to {}", sent.url);
            }
            before.assert_same(&Picture::of(&stranger.sim.observe()), &what);
            // What was there before Cowbell is mailcow's own.
            if verb != "restore settings" {
                assert_eq!(home.sim.observe().mailcow.state().identity_provider, stored, "{what}");
            }
        }
    }
}

#[test]
fn what_is_read_of_home_is_not_taken_for_the_stranger_who_was_clicked_first() {
    let scene = scene(&small());
    let observe = async |home: &Stage| {
        let page = home.sim.browser().page(Product::Authentik).to_owned();
        let read = home.app.observe_authentik(&page).await.is_ok();
        let page = home.sim.browser().page(Product::Mailcow).to_owned();
        read && home.app.observe_mailcow(&page, &choice()).await.is_ok()
    };
    at_each_request(&scene, observed, &observe, |_, home, what| {
        if let Ok(view) = home.app.check_draft(&draft()) {
            assert!(view.errors.is_empty(), "{what}");
        }
    });
}

/// Ours and a second mailcow that signs in as the same client, and was clicked (docs/contract/cases.md, S3): the panel was asked to
/// set up ours only, so the other one gets neither the secret nor ours's address, and keeps the secret that works.
#[test]
fn another_mailcow_of_the_same_provider_is_left_alone() {
    let scene = scene(&small());
    for (verb, prepare, perform) in READS.into_iter().chain(WRITES) {
        let (home, stranger) = (scene.home.copy(), scene.stranger.copy());
        saved(&home);
        assert!(!home.app.is_another_mailcow(), "{verb}");
        let stored = home.sim.observe().mailcow.state().identity_provider.clone();
        {
            let mut ours = home.sim.world();
            let provider = &mut ours.authentik.state_mut().providers[0];
            let mut uri = provider.redirect_uris[0].clone();
            uri.url = MAILCOW.to_owned();
            provider.redirect_uris.push(uri);
            let mut theirs = stranger.sim.world();
            theirs.mailcow.state_mut().identity_provider = stored;
        }
        prepare(&home);
        home.sim.meet(&stranger.sim);
        let secrets = secrets(&home.sim.observe());
        home.sim.go_to_stranger(Product::Mailcow, true);
        let page = stranger.sim.browser().page(Product::Mailcow).to_owned();
        run(home.app.observe_mailcow(&page, &choice())).succeeds();
        assert_eq!(home.app.is_another_mailcow(), home.app.registration().is_some(), "{verb}: no sign-in is tried there");
        let before = Picture::of(&stranger.sim.observe());
        home.sim.forget();
        let outcome = perform(&home);
        let refused = match verb {
            "rotate" | "remove" | "save" => Some(Code::FormAtOtherMailcow),
            "switch" | "switch back" | "hide" | "show" | "arrivals" => Some(code(&Error::NothingObserved)),
            _ => None,
        };
        assert!(refused.is_none_or(|code| outcome == Err(code)), "{verb}: {outcome:?}");
        Picture::of(&stranger.sim.observe()).assert_same(&before, verb);
        let through = |sent: &&crate::support::Sent| sent.by_stranger && sent.is_write();
        for sent in home.sim.sent().iter().filter(through) {
            assert!(!secrets.iter().any(|secret| sent.body.contains(secret)), "{verb}: a secret went to {}", sent.url);
        }
    }
}

/// A run at another authentik does not end what can be undone at the first (docs/contract/cases.md, S3), not even when the panel was
/// closed meanwhile.
#[test]
fn what_was_done_at_one_authentik_can_be_undone_after_a_run_at_another() {
    let (mut home, stranger) = (small().stage(), Setting { address: AUTHENTIK, ..small() }.stage());
    let (untouched, theirs) = (Picture::of(&home.sim.observe()), Picture::of(&stranger.sim.observe()));
    home.done(&draft());
    home.sim.meet(&stranger.sim);
    home.sim.go_to_stranger(Product::Authentik, false);
    let page = stranger.sim.browser().page(Product::Authentik).to_owned();
    run(home.app.observe_authentik(&page)).succeeds();
    assert!(!home.app.can_undo(), "nothing was done there yet");
    home.plan(&draft()).succeeds();
    home.apply(&draft()).succeeds();
    assert!(home.app.can_undo());
    home.reopen_panel();
    run(home.app.observe_authentik(&page)).succeeds();
    let undone = home.undo().succeeds();
    assert!(undone.error.is_none() && undone.skipped.is_empty(), "{undone:?}");
    Picture::of(&stranger.sim.observe()).assert_same(&theirs, "the second");
    home.sim.come_home();
    home.observe().succeeds();
    assert!(home.app.can_undo(), "what was done at home is forgotten");
    let undone = home.undo().succeeds();
    assert!(undone.error.is_none() && undone.skipped.is_empty(), "{undone:?}");
    Picture::of(&home.sim.observe()).assert_same(&untouched, "the first");
}

fn switch(home: &Stage, which: Switching<'_>) -> SwitchView {
    run(home.app.switch_mailboxes(which, &mut |_, _| {})).succeeds()
}

/// A switch at another mailcow neither ends what can be switched back at the first nor is applied there (docs/contract/cases.md, S14),
/// not even when the panel was closed meanwhile.
#[test]
fn what_was_switched_at_one_mailcow_can_be_switched_back_after_a_switch_at_another() {
    let Scene { mut home, stranger } = scene(&Setting { users: 30, ..Setting::default() });
    let read =
        |home: &Stage, mailcow| run(home.app.read_readiness(&draft_for(mailcow), &choice(), &mut |_, _| {})).succeeds().switched;
    let already = switched(&home);
    table(&home);
    let ours = switch(&home, Switching::Wave(&everybody(&home.app))).done;
    assert!(ours > 2);
    {
        // There, somebody else has switched the mailbox with one of these addresses.
        let of_home = home.sim.observe();
        let mut ours = of_home.mailcow.state().mailboxes.iter().filter(|mailbox| mailbox.authsource == "generic-oidc");
        let same = ours.next_back().expect("a mailbox").clone();
        stranger.sim.world().mailcow.state_mut().mailboxes.push(same);
    }
    home.sim.meet(&stranger.sim);
    let go = |home: &Stage| {
        for product in BOTH {
            home.sim.go_to_stranger(product, false);
        }
        let [authentik, mailcow] = BOTH.map(|product| stranger.sim.browser().page(product).to_owned());
        run(home.app.observe_authentik(&authentik)).succeeds();
        run(home.app.observe_mailcow(&mailcow, &choice())).succeeds();
    };
    go(&home);
    assert_eq!(read(&home, MAILCOW), 0, "the list of another mailcow");
    let said = run(home.app.read_readiness(&draft_for(MAILCOW), &choice(), &mut |_, _| {})).succeeds().elsewhere;
    assert_eq!(said, [SwitchedElsewhere { mailcow: crate::support::stage::MAILCOW.into(), count: 1 }], "it may be the same");
    assert_eq!(switch(&home, Switching::Back).done, 0);
    let theirs = switch(&home, Switching::Wave(&everybody(&home.app))).done;
    assert!(theirs > 2);
    let there = switched(&stranger);
    for is_closed in [false, true] {
        if is_closed {
            home.reopen_panel();
        }
        home.sim.come_home();
        home.observe().succeeds();
        home.observe_mailcow().succeeds();
        assert_eq!(read(&home, crate::support::stage::MAILCOW), ours, "closed: {is_closed}");
    }
    assert_eq!(switch(&home, Switching::Back).done, ours);
    assert_eq!((switched(&home), switched(&stranger)), (already, there));
    go(&home);
    assert_eq!(read(&home, MAILCOW), theirs);
    assert_eq!(switch(&home, Switching::Back).done, theirs);
}
