//! What a switch costs whom: every verdict is held against what mail programs can do afterwards.

use std::collections::BTreeSet;

use cowbell::app::{PeopleQuery, PeopleView, PersonRow, SeenWith, Switching, Wave};
use cowbell::mailcow::{MailcowChoice, Protocol as Known};
use cowbell::verify::Code;
use cowbell::verify::switch_cost::{LATELY_DAYS, SwitchCost};
use cowbell_standins::mailcow;
use cowbell_standins::mailcow::state::{AppPassword, Mailbox, Protocol, SaslLogEntry};
use cowbell_standins::people::person;
use cowbell_standins::world;
use cowbell_standins::world::faults::{Fault, FaultKind};
use fastrand::Rng;

use crate::support::stage::{Setting, Stage, code, draft};
use crate::support::{Succeeds as _, everybody, run};

const DAY_S: i64 = 24 * 60 * 60;

/// The password of everybody's mailbox.
const OWN: &str = "the mailbox's own";

/// A mail program, as its owner has set it up.
#[derive(Clone, Debug)]
struct Program {
    address: String,
    protocol: Protocol,
    password: String,
    days_ago: i64,
}

impl Program {
    fn is_in_use(&self) -> bool {
        self.days_ago < i64::try_from(LATELY_DAYS).expect("a number of days")
    }
}

/// What somebody does with a protocol.
#[derive(Clone, Copy)]
enum Habit {
    None,
    /// A program signs in with the password of the mailbox.
    Own,
    /// The same, more than half a year ago.
    LongAgo,
    /// A program signs in with an app password.
    AppPassword,
    /// There is an app password, and a program that does not use it.
    AppPasswordUnused,
    /// A program did until an administrator closed the protocol.
    Closed,
}

/// A company that is connected, in which everybody of the first mailboxes has a password, and their mail programs sign in.
struct Company {
    stage: Stage,
    programs: Vec<Program>,
}

impl Company {
    fn new(seed: u64) -> Self {
        Self::at(mailcow::Profile::V2026_07, seed)
    }

    fn at(mailcow: mailcow::Profile, seed: u64) -> Self {
        Self::of(&Setting { users: 60, seed, mailcow, ..Setting::default() })
    }

    /// The same, in which nobody uses anything.
    fn without_programs(setting: &Setting) -> Self {
        let stage = setting.stage();
        stage.done(&draft());
        stage.observe_mailcow().succeeds();
        run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
        Self { stage, programs: Vec::new() }
    }

    fn of(setting: &Setting) -> Self {
        let mut company = Self::without_programs(setting);
        let addresses: Vec<String> = {
            let mut world = company.stage.sim.world();
            let state = world.mailcow.state_mut();
            (state.sasl_log, state.app_passwords) = (Vec::new(), Vec::new());
            let mailboxes = state.mailboxes.iter_mut();
            let own = mailboxes.filter(|mailbox| mailbox.authsource == "mailcow");
            own.map(|mailbox| {
                mailbox.password = Some(OWN.to_owned());
                (mailbox.active, mailbox.protocols) = (true, Protocol::ALL.into());
                mailbox.username.clone()
            })
            .collect()
        };
        assert!(addresses.len() > 5, "{addresses:?}");
        let mut random = Rng::with_seed(setting.seed);
        for address in &addresses {
            // Some use nothing, some have done what there is to do, some have not.
            let habits: &[Habit] = match random.u8(0..4) {
                0 => &[Habit::None],
                1 => &[Habit::None, Habit::AppPassword, Habit::LongAgo, Habit::Closed],
                2 => &[Habit::None, Habit::AppPassword, Habit::AppPasswordUnused],
                _ => &[Habit::None, Habit::AppPassword, Habit::LongAgo, Habit::Closed, Habit::Own],
            };
            for protocol in Protocol::ALL {
                company.take_up(address, protocol, *random.choice(habits).expect("a habit"), &mut random);
            }
        }
        company
    }

    fn take_up(&mut self, address: &str, protocol: Protocol, habit: Habit, random: &mut Rng) {
        match habit {
            Habit::None => {}
            Habit::Own => self.add(address, protocol, OWN, random.i64(0..40)),
            Habit::LongAgo => self.add(address, protocol, OWN, random.i64(200..900)),
            Habit::AppPassword => {
                self.add_app_password(address, [protocol].into());
                self.add(address, protocol, &app_password(protocol), random.i64(0..40));
            }
            Habit::AppPasswordUnused => {
                self.add_app_password(address, [protocol].into());
                self.add(address, protocol, OWN, random.i64(0..40));
            }
            Habit::Closed => {
                self.add(address, protocol, OWN, random.i64(0..40));
                self.close(address, protocol);
            }
        }
    }

    /// A program that signed in so many days ago.
    fn add(&mut self, address: &str, protocol: Protocol, password: &str, days_ago: i64) {
        let mut world = self.stage.sim.world();
        let now = world.mailcow.state().now;
        world.mailcow.state_mut().now = now - days_ago * DAY_S;
        assert!(world.mailcow.sign_in_by_program(protocol, address, password), "{address} {protocol:?}");
        world.mailcow.state_mut().now = now;
        self.programs.push(Program { address: address.to_owned(), protocol, password: password.to_owned(), days_ago });
    }

    /// An administrator closes a protocol to the password of a mailbox: whatever has used it is out of use.
    fn close(&mut self, address: &str, protocol: Protocol) {
        let mut world = self.stage.sim.world();
        let mailbox = world.mailcow.state_mut().mailboxes.iter_mut().find(|mailbox| mailbox.username == address);
        mailbox.expect("a mailbox").protocols.remove(&protocol);
        self.programs.retain(|program| program.address != address || program.protocol != protocol);
    }

    fn add_app_password(&self, address: &str, protocols: BTreeSet<Protocol>) {
        let mut world = self.stage.sim.world();
        let state = world.mailcow.state_mut();
        let id = u32::try_from(state.app_passwords.len()).expect("few") + 1;
        let password = protocols.first().map(|protocol| app_password(*protocol)).unwrap_or_default();
        state.app_passwords.push(AppPassword {
            id,
            name: "a phone".to_owned(),
            mailbox: address.to_owned(),
            hash: "{BLF-CRYPT}hash".to_owned(),
            password,
            protocols,
            active: true,
            created: state.now,
        });
    }

    /// Reads both products again, everybody, and what mail programs do.
    fn read(&self) -> PeopleView {
        let stage = &self.stage;
        stage.sign_in("akadmin");
        stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
        stage.observe().succeeds();
        stage.observe_mailcow().succeeds();
        run(stage.app.read_users(&mut |_, _| {})).succeeds();
        run(stage.app.read_readiness(&draft(), &MailcowChoice::default(), &mut |_, _| {})).succeeds();
        run(stage.app.read_people(&mut |_, _| {})).succeeds()
    }

    fn rows(&self) -> Vec<PersonRow> {
        let query = PeopleQuery { limit: usize::MAX, ..PeopleQuery::default() };
        self.stage.app.find_people(&query, &Wave::default()).succeeds().rows
    }

    /// The programs in use at a mailbox that are refused now.
    fn refused(&self, address: &str) -> Vec<Protocol> {
        let mut world = self.stage.sim.world();
        let of_mailbox = self.programs.iter().filter(|program| program.address == address && program.is_in_use());
        let refused =
            of_mailbox.filter(|program| !world.mailcow.sign_in_by_program(program.protocol, address, &program.password));
        refused.map(|program| program.protocol).collect()
    }
}

fn app_password(protocol: Protocol) -> String {
    format!("app password for {}", protocol.word())
}

fn known(protocol: Protocol) -> Known {
    match protocol {
        Protocol::Imap => Known::Imap,
        Protocol::Pop3 => Known::Pop3,
        Protocol::Smtp => Known::Smtp,
        Protocol::Sieve => Known::Sieve,
        Protocol::Eas => Known::ActiveSync,
        Protocol::Dav => Known::Dav,
    }
}

#[test]
fn each_cost_is_what_mail_programs_meet_after_the_switch() {
    let (mut met, mut kept) = (BTreeSet::new(), false);
    for seed in 0..12 {
        let company = Company::new(seed);
        let view = company.read();
        assert!(view.shows_sign_ins && view.tells_passwords, "{view:?}");
        let rows = company.rows();
        assert_eq!(view.costs.iter().map(|counted| counted.count).sum::<usize>(), view.mailboxes);
        run(company.stage.app.switch_mailboxes(Switching::Wave(&everybody(&company.stage.app)), &mut |_, _| {})).succeeds();
        for row in rows {
            assert_eq!(row.breaks_at_ms.is_some(), !row.breaks.is_empty(), "{row:?}");
            assert!(row.seen.iter().all(|seen| seen.with != SeenWith::Either), "{row:?}");
            let refused = company.refused(&row.address);
            let world = company.stage.sim.observe();
            let is_switched = world.mailcow.state().mailbox(&row.address).is_some_and(|mailbox| mailbox.authsource != "mailcow");
            drop(world);
            met.insert(row.cost);
            match row.cost {
                SwitchCost::Ready | SwitchCost::NeverSeen => assert!(is_switched && refused.is_empty(), "{row:?}: {refused:?}"),
                SwitchCost::NeedsAppPassword | SwitchCost::StillUsesPassword => {
                    let breaks: Vec<Known> = refused.iter().copied().map(known).collect();
                    assert!(is_switched && !breaks.is_empty(), "{row:?}");
                    let named: BTreeSet<Known> = row.breaks.iter().copied().collect();
                    assert_eq!(named, breaks.into_iter().collect(), "each program that is refused, and no other: {row:?}");
                }
                SwitchCost::CannotSignIn | SwitchCost::KeepsPassword => {
                    kept |= !row.seen.is_empty();
                    assert!(!is_switched && row.breaks.is_empty(), "where nothing is switched, nothing breaks: {row:?}");
                }
                SwitchCost::NotKnown | SwitchCost::ExceedsTemplate => panic!("{row:?}"),
            }
        }
    }
    let expected = [SwitchCost::Ready, SwitchCost::NeedsAppPassword, SwitchCost::StillUsesPassword, SwitchCost::NeverSeen];
    assert!(kept && expected.iter().all(|cost| met.contains(cost)), "{met:?}");
}

#[test]
fn a_wave_of_those_who_lose_nothing_breaks_nothing() {
    let mut all = 0;
    for seed in 0..8 {
        let company = Company::new(seed);
        let before = company.read();
        let rows = company.rows();
        let wave = company.stage.app.proposed_wave().succeeds();
        let switched = run(company.stage.app.switch_mailboxes(Switching::Wave(&wave), &mut |_, _| {})).succeeds();
        assert_eq!((switched.done, switched.left), (wave.len(), 0));
        all += switched.done;
        for row in &rows {
            let is_ready = row.cost.is_nothing() && !row.is_shared;
            let world = company.stage.sim.observe();
            let authsource = world.mailcow.state().mailbox(&row.address).expect("a mailbox").authsource.clone();
            drop(world);
            assert_eq!(authsource, if is_ready { "generic-oidc" } else { "mailcow" }, "{row:?}");
            assert_eq!(company.refused(&row.address), [], "{row:?}");
        }
        run(company.stage.app.switch_mailboxes(Switching::Back, &mut |_, _| {})).succeeds();
        let view = company.stage.app.people_view().succeeds();
        assert_eq!((view.mailboxes, view.costs), (before.mailboxes, before.costs));
    }
    assert!(all > 10, "{all}");
}

/// Where mailcow does not tell of phones, no mailbox that is open to them counts as one that loses nothing: an old mailcow, and one
/// whose log cannot be read.
#[test]
fn a_phone_that_mailcow_does_not_tell_of_is_not_switched_away() {
    for (profile, is_readable) in [(mailcow::Profile::V2025_03, true), (mailcow::Profile::V2026_07, false)] {
        for seed in 0..8 {
            let mut company = Company::at(profile, seed);
            let addresses: Vec<String> =
                company.stage.sim.observe().mailcow.state().mailboxes.iter().map(|mailbox| mailbox.username.clone()).collect();
            for (address, protocol) in addresses.iter().zip([Protocol::Eas, Protocol::Dav].into_iter().cycle()) {
                company.programs.retain(|program| program.address != *address || program.protocol != protocol);
                // Some are closed to phones, and known to be.
                let is_open = company
                    .stage
                    .sim
                    .observe()
                    .mailcow
                    .state()
                    .mailbox(address)
                    .is_some_and(|mailbox| mailbox.protocols.contains(&protocol));
                if is_open {
                    company.add(address, protocol, OWN, 1);
                }
            }
            if !is_readable {
                let fault = Fault::on(world::Product::Mailcow, "/api/v1/get/logs/sasl/100000", FaultKind::TruncatedJson);
                company.stage.sim.world().faults.browser = vec![fault];
            }
            company.read();
            let wave = company.stage.app.proposed_wave().succeeds();
            run(company.stage.app.switch_mailboxes(Switching::Wave(&wave), &mut |_, _| {})).succeeds();
            for address in &addresses {
                let refused = company.refused(address);
                let phones = refused.iter().filter(|protocol| matches!(protocol, Protocol::Eas | Protocol::Dav));
                assert_eq!(phones.count(), 0, "{profile:?}, {address}: {refused:?}");
                let world = company.stage.sim.observe();
                let mailbox = world.mailcow.state().mailbox(address).expect("a mailbox");
                let is_closed = ![Protocol::Eas, Protocol::Dav].iter().any(|protocol| mailbox.protocols.contains(protocol));
                assert!(is_closed || mailbox.authsource == "mailcow", "{profile:?}, {address}");
            }
        }
    }
}

/// An owner who does as the list says keeps every program.
#[test]
fn whoever_enters_an_app_password_before_the_switch_loses_nothing() {
    let mut company = Company::new(3);
    company.read();
    for row in company.rows().iter().filter(|row| !row.breaks.is_empty()) {
        let lacking: BTreeSet<Protocol> =
            Protocol::ALL.into_iter().filter(|protocol| row.breaks.contains(&known(*protocol))).collect();
        let of_row = |program: &&mut Program| program.address == row.address && lacking.contains(&program.protocol);
        for program in company.programs.iter_mut().filter(of_row).filter(|program| program.password == OWN) {
            program.password = app_password(program.protocol);
            program.days_ago = 0;
        }
        for protocol in lacking {
            company.add_app_password(&row.address, [protocol].into());
        }
    }
    for program in company.programs.clone().iter().filter(|program| program.days_ago == 0) {
        assert!(company.stage.sim.world().mailcow.sign_in_by_program(program.protocol, &program.address, &program.password));
    }
    let view = company.read();
    let none_breaks = |cost: SwitchCost| !matches!(cost, SwitchCost::NeedsAppPassword | SwitchCost::StillUsesPassword);
    assert!(view.costs.iter().all(|counted| none_breaks(counted.cost)), "{view:?}");
    run(company.stage.app.switch_mailboxes(Switching::Wave(&everybody(&company.stage.app)), &mut |_, _| {})).succeeds();
    for row in company.rows() {
        assert_eq!(company.refused(&row.address), [], "{row:?}");
    }
}

/// mailcow drops a program that has not signed in for 31 days where another one with the same protocol has since: it is said in the
/// list's words and in docs/SECURITY.md, because nothing else can know it.
#[test]
fn a_program_that_mailcow_has_dropped_is_not_known() {
    for (days_ago, expected) in [(30, SwitchCost::NeedsAppPassword), (32, SwitchCost::Ready)] {
        let company = Company::new(7);
        let row = |name: &str| company.rows().into_iter().find(|row| row.address == name).expect("a row");
        company.read();
        let address = company.rows().into_iter().find(|row| row.cost.lets_sign_in()).expect("somebody").address;
        let log = |days_ago: i64, app_password: u32, real_rip: &str| {
            let mut world = company.stage.sim.world();
            let state = world.mailcow.state_mut();
            let datetime = state.now - days_ago * DAY_S;
            let (service, username, real_rip) = ("imap".to_owned(), address.clone(), real_rip.to_owned());
            state.sasl_log.insert(0, SaslLogEntry { service, app_password, username, real_rip, datetime });
        };
        company.stage.sim.world().mailcow.state_mut().sasl_log.retain(|entry| entry.username != address);
        company.stage.sim.world().mailcow.state_mut().app_passwords.retain(|known| known.mailbox != address);
        log(days_ago, 0, "198.51.100.7");
        company.read();
        assert_eq!(row(&address).cost, SwitchCost::NeedsAppPassword, "{days_ago}: the newest of its protocol stays");
        log(1, 9, "198.51.100.8");
        company.read();
        let found = row(&address);
        assert_eq!(found.cost, expected, "{days_ago}: {found:?}");
    }
}

/// The log that cannot be read, or has nothing in it: then the mailboxes themselves say something, and where they do not either,
/// nothing is concluded from that.
#[test]
fn what_mailcow_does_not_tell_is_not_known() {
    for fault in [FaultKind::TruncatedJson, FaultKind::Html] {
        let company = Company::new(5);
        company.stage.sim.world().faults.browser =
            vec![Fault::on(world::Product::Mailcow, "/api/v1/get/logs/sasl/100000", fault)];
        let view = company.read();
        assert!(view.shows_sign_ins && !view.tells_passwords, "{view:?}");
        let of_mailboxes = |row: &PersonRow| row.seen.iter().all(|seen| !matches!(seen.protocol, Known::ActiveSync | Known::Dav));
        assert!(company.rows().iter().all(of_mailboxes));
        // Without the log, nobody knows with which password.
        assert!(company.rows().iter().flat_map(|row| &row.seen).all(|seen| seen.with == SeenWith::Either));
        company.stage.sim.world().mailcow.state_mut().show_last_login = false;
        let view = company.read();
        assert!(!view.shows_sign_ins, "{view:?}");
        let cost =
            |row: &PersonRow| matches!(row.cost, SwitchCost::NotKnown | SwitchCost::CannotSignIn | SwitchCost::KeepsPassword);
        assert!(company.rows().iter().all(cost), "{:?}", company.rows());
    }
    // The log knows, whatever the mailboxes say.
    let company = Company::new(5);
    company.stage.sim.world().mailcow.state_mut().show_last_login = false;
    let view = company.read();
    assert!(view.shows_sign_ins && view.tells_passwords, "{view:?}");
}

/// They are requested in several parts; what each of them tells counts.
#[test]
fn the_app_passwords_of_hundreds_of_mailboxes_are_read() {
    let mut company = Company::without_programs(&Setting { users: 260, ..Setting::default() });
    let addresses: Vec<String> = {
        let mut world = company.stage.sim.world();
        let state = world.mailcow.state_mut();
        let mut made = state.mailboxes[0].clone();
        (made.authsource, made.password, made.active) = ("mailcow".into(), Some(OWN.to_owned()), true);
        made.protocols = Protocol::ALL.into();
        let addresses: Vec<String> = (30..250).map(|index| person(1, index).email).collect();
        for address in &addresses {
            address.clone_into(&mut made.username);
            state.mailboxes.push(made.clone());
        }
        addresses
    };
    for address in &addresses {
        company.add(address, Protocol::Imap, OWN, 3);
        company.add_app_password(address, [Protocol::Imap].into());
    }
    company.read();
    let rows = company.rows();
    let read = rows.iter().filter(|row| addresses.contains(&row.address) && row.cost == SwitchCost::StillUsesPassword);
    assert!(read.clone().count() > 100, "{}", read.count());
    let of_user = |row: &&PersonRow| addresses.contains(&row.address) && row.cost.lets_sign_in();
    let unread = rows.iter().filter(of_user).find(|row| row.app_passwords != Some(vec![Known::Imap]));
    assert_eq!(unread, None);
}

/// Without the log, an app password for its protocol has to do.
#[test]
fn a_protocol_with_an_app_password_is_not_said_to_break_without_the_log() {
    let mut met = 0;
    for seed in 0..8 {
        let company = Company::new(seed);
        let fault = Fault::on(world::Product::Mailcow, "/api/v1/get/logs/sasl/100000", FaultKind::Html);
        company.stage.sim.world().faults.browser = vec![fault];
        company.read();
        for row in company.rows().iter().filter(|row| !row.breaks.is_empty()) {
            let open = row.app_passwords.as_deref().expect("they were read");
            assert!(row.breaks.iter().all(|protocol| !open.contains(protocol)), "{row:?}");
            met += row.seen.iter().filter(|seen| open.contains(&seen.protocol)).count();
        }
    }
    assert!(met > 0);
}

/// Many mailboxes take a while.
#[test]
fn reading_app_passwords_says_how_far_it_is() {
    let company = Company::of(&Setting { users: 160, ..Setting::default() });
    {
        let mut world = company.stage.sim.world();
        let state = world.mailcow.state_mut();
        for index in 0..160 {
            let address = person(1, index).email;
            if state.mailbox(&address).is_none() {
                let mailbox = Mailbox { username: address.clone(), authsource: "mailcow".into(), ..state.mailboxes[0].clone() };
                state.mailboxes.push(mailbox);
            }
            let (service, real_rip, datetime) = ("imap".to_owned(), "198.51.100.7".to_owned(), state.now - DAY_S);
            state.sasl_log.push(SaslLogEntry { service, app_password: 0, username: address, real_rip, datetime });
        }
    }
    company.read();
    let stage = &company.stage;
    let mut told = Vec::new();
    run(stage.app.read_people(&mut |done, total| told.push((done, total)))).succeeds();
    let total = told.first().expect("progress").1;
    assert!((101..=200).contains(&total), "{total}");
    assert_eq!(told, [(0, total), (100, total)]);
}

/// Whatever keeps app passwords from being read is said, but "Stop".
#[test]
fn why_app_passwords_were_not_read_is_said() {
    let company = Company::new(5);
    company.read();
    let stage = &company.stage;
    run(stage.app.read_people(&mut |_, _| stage.sim.cancel())).succeeds();
    stage.sim.resume();
    stage.sim.world().faults.browser = vec![Fault::on(world::Product::Mailcow, "/api/v1/get/app-passwd/", FaultKind::SignedOut)];
    let error = run(stage.app.read_people(&mut |_, _| {})).expect_err("nobody is signed in");
    assert_eq!(code(&error), Code::MailcowNotSignedIn);
}

/// One mailbox has thousands of app passwords, which say no more than one does; the last of them counts as well.
#[test]
fn thousands_of_app_passwords_are_read_as_what_they_open() {
    let mut company = Company::new(6);
    let [address, other] = [0, 1].map(|at: usize| {
        let world = company.stage.sim.observe();
        world.mailcow.state().mailboxes.iter().filter(|of| of.authsource == "mailcow").nth(at).expect("one").username.clone()
    });
    for address in [&address, &other] {
        company.programs.retain(|program| program.address != *address);
        company.stage.sim.world().mailcow.state_mut().sasl_log.retain(|line| line.username != *address);
        company.add(address, Protocol::Imap, OWN, 3);
    }
    company
        .stage
        .sim
        .world()
        .mailcow
        .state_mut()
        .app_passwords
        .retain(|known| known.mailbox != address && known.mailbox != other);
    for _ in 0..5_000 {
        company.add_app_password(&address, [Protocol::Dav].into());
    }
    company.add_app_password(&address, [Protocol::Imap].into());
    for _ in 0..5_000 {
        company.add_app_password(&other, [Protocol::Dav].into());
    }
    company.stage.sim.forget();
    company.read();
    let asked = company.stage.sim.sent().iter().filter(|sent| sent.url.contains("get/app-passwd/all/")).count();
    let rows = company.rows();
    assert!(asked <= rows.len(), "one request for each mailbox: {asked}");
    let row = |address: &str| rows.iter().find(|row| row.address == address).expect("a row");
    assert_eq!(row(&address).app_passwords, Some(vec![Known::Imap, Known::Dav]));
    assert_eq!((row(&other).app_passwords.clone(), row(&other).breaks.clone()), (Some(vec![Known::Dav]), vec![Known::Imap]));
    assert_eq!(row(&other).cost, SwitchCost::NeedsAppPassword);
}
