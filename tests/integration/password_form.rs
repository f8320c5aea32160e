//! mailcow's login page without its password form, whatever somebody else does meanwhile (docs/contract/cases.md, R5, S4).

use std::cell::Cell;
use std::rc::Rc;

use cowbell::app::{Error, PasswordFormAtRemoval};
use cowbell::mailcow::{self, MailcowChoice};
use cowbell::verify::Code;
use cowbell_standins::hostile;
use cowbell_standins::mailcow::Profile;
use cowbell_standins::mailcow::session::Role;
use cowbell_standins::mailcow::state::{State, UiTexts};

use crate::support::stage::{Setting, Stage, code, draft};
use crate::support::{Succeeds as _, remove, run};

/// A finished integration whose mailboxes have passwords, and a login page whose links are not all shown.
fn saved() -> Stage {
    let stage = Setting { users: 3, ..Setting::default() }.stage();
    stage.done(&draft());
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    stage.sim.world().mailcow.state_mut().unlinked_logins.insert(Role::DomainAdmin);
    stage.sim.forget();
    stage
}

/// The same, and a question has shown the login page.
fn asked() -> Stage {
    let stage = saved();
    run(stage.app.read_password_form()).succeeds();
    stage.sim.forget();
    stage
}

fn hidden() -> Stage {
    let stage = asked();
    run(stage.app.hide_password_form()).succeeds();
    stage.sim.forget();
    stage
}

fn hide(stage: &Stage) -> Result<(), Error> {
    run(stage.app.hide_password_form())
}

fn show(stage: &Stage) -> Result<(), Error> {
    run(stage.app.show_password_form())
}

fn is_hidden(stage: &Stage) -> bool {
    stage.sim.observe().mailcow.state().force_sso
}

fn links(stage: &Stage) -> Vec<Role> {
    stage.sim.observe().mailcow.state().unlinked_logins.iter().copied().collect()
}

/// What a colleague does in mailcow.
type Deed = fn(&mut State);

/// Lets a colleague act once, just before the request after so many.
fn before_request(stage: &Stage, mut left: usize, deed: Deed) -> Rc<Cell<bool>> {
    let done = Rc::new(Cell::new(false));
    let is_done = done.clone();
    stage.sim.world().before_request(move |_, mailcow, _, _| {
        if left == 0 && !is_done.replace(true) {
            deed(mailcow.state_mut());
        }
        left = left.saturating_sub(1);
    });
    done
}

#[test]
fn the_form_is_hidden_and_shown_and_nothing_else_changes() {
    let stage = asked();
    hide(&stage).succeeds();
    assert!(is_hidden(&stage));
    assert_eq!(links(&stage), [Role::DomainAdmin]);
    let form = stage.app.password_form().expect("a form");
    assert!(form.is_hidden == Some(true) && form.is_own && form.has_provider);
    show(&stage).succeeds();
    assert!(!is_hidden(&stage));
    assert_eq!(links(&stage), [Role::DomainAdmin]);
    assert_eq!(stage.app.password_form().map(|form| (form.is_hidden, form.is_own)), Some((Some(false), false)));
}

#[test]
fn nothing_is_changed_without_a_question_or_a_provider() {
    assert_eq!(hide(&saved()), Err(Error::NothingObserved));
    let stage = Setting { users: 3, ..Setting::default() }.stage();
    stage.observe_mailcow().succeeds();
    run(stage.app.read_password_form()).succeeds();
    assert_eq!(hide(&stage), Err(Error::SettingsMissing));
    assert!(stage.sim.writes().is_empty());
    // With an empty member mailcow shows no button: nobody could sign in.
    for member in ["client_id", "client_secret", "token_url"] {
        let stage = saved();
        stage.sim.world().mailcow.state_mut().identity_provider.set(member, "");
        stage.observe_mailcow().succeeds();
        run(stage.app.read_password_form()).succeeds();
        assert_eq!(hide(&stage), Err(Error::SettingsMissing), "{member}");
        assert!(!is_hidden(&stage), "{member}");
    }
}

/// S4: at whichever request before the write a colleague changes one of the four, it stays and is named.
#[test]
fn what_a_colleague_changed_is_left_and_named() {
    let deeds: [(&str, Deed); 4] = [
        ("hide_user_quicklink", |state| _ = state.unlinked_logins.insert(Role::User)),
        ("hide_domainadmin_quicklink", |state| _ = state.unlinked_logins.remove(&Role::DomainAdmin)),
        ("hide_admin_quicklink", |state| _ = state.unlinked_logins.insert(Role::Admin)),
        ("force_sso", |state| state.force_sso = !state.force_sso),
    ];
    for (before, act) in [(asked as fn() -> Stage, hide as fn(&Stage) -> Result<(), Error>), (hidden, show)] {
        let stage = before();
        act(&stage).succeeds();
        let sent = stage.sim.sent();
        let look = sent.iter().position(|sent| sent.path() == "admin/system").expect("a look");
        assert!(sent[look + 1].is_write(), "the look is the last thing before the write");
        for (name, deed) in deeds {
            for request in 0..=look {
                let stage = before();
                let done = before_request(&stage, request, deed);
                let error = act(&stage).expect_err(name);
                assert!(done.get());
                assert_eq!(code(&error), Code::LoginPageChangedMeanwhile, "{name}");
                let Error::Mailcow(mailcow::Error::LoginPageChanged { fields }) = error else { panic!("{name}") };
                assert_eq!(fields, [name]);
                assert!(stage.sim.writes().is_empty(), "{name}");
            }
        }
    }
}

/// The response may get lost, and the panel may be closed.
#[test]
fn the_form_is_noted_before_it_is_hidden() {
    let stage = asked();
    let (sim, noted) = (stage.sim.clone(), Rc::new(Cell::new(None)));
    let found = noted.clone();
    stage.sim.world().before_request(move |_, _, _, request| {
        if request.uri().path() == "/api/v1/edit/custom_login" {
            let kept = sim.kept();
            let text = kept.iter().find_map(|(name, text)| name.starts_with("password_form.").then_some(text));
            found.set(Some(text.is_some_and(|text| !text.is_empty())));
        }
    });
    hide(&stage).succeeds();
    assert_eq!(noted.get(), Some(true));
}

/// The session ends after the write: that it was written is not known, and not forgotten.
#[test]
fn a_session_that_ends_after_the_write_is_said_and_remembered() {
    let stage = asked();
    // Provider, look, write, and then the one that reads back.
    before_request(&stage, 3, |state| state.sessions.clear());
    assert_eq!(code(&hide(&stage).expect_err("signed out")), Code::MailcowNotSignedIn);
    assert!(is_hidden(&stage));
    stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
    stage.observe_mailcow().succeeds();
    assert!(stage.app.password_form().is_some_and(|form| form.is_own));
}

#[test]
fn a_mailcow_that_stores_nothing_is_not_believed() {
    let stage = asked();
    before_request(&stage, 3, |state| state.force_sso = false);
    assert_eq!(code(&hide(&stage).expect_err("not kept")), Code::LoginPageNotKept);
    assert!(stage.app.password_form().is_some_and(|form| !form.is_own && form.is_hidden == Some(false)));
}

#[test]
fn a_mailcow_before_2025_05_is_named() {
    let stage = Setting { users: 3, mailcow: Profile::V2025_03, ..Setting::default() }.stage();
    stage.observe_mailcow().succeeds();
    assert_eq!(code(&run(stage.app.read_password_form()).expect_err("too old")), Code::LoginPageNotCustomizable);
}

/// R5: what Cowbell has hidden, even in an earlier panel, is shown before the provider goes, and hidden again when it is restored.
#[test]
fn a_removal_takes_it_back_and_a_restoration_restores_it() {
    let mut stage = hidden();
    stage.reopen_panel();
    stage.observe().succeeds();
    run(stage.app.read_registration(&draft())).succeeds();
    stage.observe_mailcow().succeeds();
    assert_eq!(run(stage.app.removal()).succeeds().password_form, PasswordFormAtRemoval::Shown);
    stage.sim.forget();
    run(stage.app.remove_integration()).succeeds();
    assert!(!is_hidden(&stage));
    assert_eq!(
        stage.app.password_form().and_then(|form| form.is_hidden),
        Some(false),
        "it is known before mailcow is read again"
    );
    assert_eq!(links(&stage), [Role::DomainAdmin]);
    let writes: Vec<String> = stage.sim.writes().iter().map(|sent| sent.path().to_owned()).collect();
    assert_eq!(writes[..2], ["api/v1/edit/custom_login", "api/v1/delete/identity-provider"]);
    run(stage.app.restore_removed()).succeeds();
    assert!(is_hidden(&stage) && stage.app.password_form().is_some_and(|form| form.is_own));
    assert!(!stage.app.can_restore());
}

/// Somebody has hidden it again meanwhile: nothing is left to do, and nothing to say. What they have changed is left, and said.
#[test]
fn a_restoration_leaves_what_somebody_has_changed_since_the_removal() {
    let deeds: [(Deed, bool); 2] =
        [(|state| state.force_sso = true, false), (|state| _ = state.unlinked_logins.insert(Role::Admin), true)];
    for (deed, is_said) in deeds {
        let stage = hidden();
        run(remove(&stage.app)).succeeds();
        assert!(!is_hidden(&stage));
        deed(stage.sim.world().mailcow.state_mut());
        let findings = run(stage.app.restore_removed()).succeeds().0;
        assert_eq!(findings.iter().any(|finding| finding.code == Code::LoginPageChangedMeanwhile), is_said, "{findings:?}");
        assert_eq!(is_hidden(&stage), !is_said);
    }
}

#[test]
fn a_removal_leaves_what_somebody_else_has_hidden_or_changed() {
    let stage = saved();
    stage.sim.world().mailcow.state_mut().force_sso = true;
    stage.observe_mailcow().succeeds();
    assert_eq!(run(stage.app.removal()).succeeds().password_form, PasswordFormAtRemoval::Stays);
    run(remove(&stage.app)).succeeds();
    assert!(is_hidden(&stage));
    let stage = hidden();
    stage.sim.world().mailcow.state_mut().unlinked_logins.insert(Role::Admin);
    let fields = vec!["hide_admin_quicklink".to_owned()];
    assert_eq!(run(stage.app.removal()).succeeds().password_form, PasswordFormAtRemoval::Changed { fields });
    run(stage.app.remove_integration()).succeeds();
    assert!(is_hidden(&stage));
    // Nothing is left to do where somebody has shown it.
    let stage = hidden();
    stage.sim.world().mailcow.state_mut().force_sso = false;
    assert_eq!(run(stage.app.removal()).succeeds().password_form, PasswordFormAtRemoval::Stays);
}

/// A colleague has shown the form after the question about the removal: nothing was removed that could be put back, and the form is
/// not hidden in their place.
#[test]
fn a_form_that_somebody_else_has_shown_is_not_hidden_again() {
    let stage = hidden();
    run(stage.app.removal()).succeeds();
    stage.sim.world().mailcow.state_mut().force_sso = false;
    let error = run(stage.app.remove_integration()).expect_err("changed");
    assert_eq!(code(&error), Code::LoginPageChangedMeanwhile);
    assert!(!stage.app.can_restore());
}

/// What Cowbell or somebody else has shown again is somebody else's if it is hidden later.
#[test]
fn what_is_hidden_again_by_somebody_else_is_not_cowbells() {
    let shows: [fn(&Stage); 2] = [
        |stage| {
            run(stage.app.read_password_form()).succeeds();
            show(stage).succeeds();
        },
        |stage| {
            stage.sim.world().mailcow.state_mut().force_sso = false;
            stage.observe_mailcow().succeeds();
        },
    ];
    for shows in shows {
        let stage = hidden();
        shows(&stage);
        stage.sim.world().mailcow.state_mut().force_sso = true;
        stage.observe_mailcow().succeeds();
        assert_eq!(run(stage.app.removal()).succeeds().password_form, PasswordFormAtRemoval::Stays);
        run(remove(&stage.app)).succeeds();
        assert!(is_hidden(&stage));
    }
}

/// The question was about an identity provider that somebody has changed since: its users may not get in.
#[test]
fn nothing_is_hidden_once_somebody_has_changed_the_identity_provider() {
    let stage = asked();
    stage.sim.world().mailcow.state_mut().identity_provider.set("client_id", "another");
    let error = hide(&stage).expect_err("changed");
    assert_eq!(code(&error), Code::SettingsChangedMeanwhile);
    assert!(!is_hidden(&stage) && stage.sim.writes().is_empty());
}

/// While mailboxes use the provider, a removal changes nothing.
#[test]
fn a_removal_that_cannot_be_done_shows_nothing() {
    let stage = hidden();
    stage.sim.world().mailcow.state_mut().mailboxes[0].authsource = "generic-oidc".into();
    assert_eq!(code(&run(remove(&stage.app)).expect_err("in use")), Code::MailboxesInUse);
    assert!(is_hidden(&stage) && stage.sim.writes().is_empty());
}

/// What administrators of mailcow write into its page is no switch.
#[test]
fn no_hostile_text_in_the_page_is_taken_for_a_switch() {
    let page = |text: &str| {
        let switch = |name| format!(r#"<input type="checkbox" value="1" name="{name}">"#);
        let names = ["hide_user_quicklink", "hide_domainadmin_quicklink", "hide_admin_quicklink", "force_sso"];
        let switches: String = names.into_iter().map(switch).collect();
        let text = text.replace("</", "");
        format!(r#"<title>{text}</title><form data-id="custom_login">{switches}</form><textarea>{text}</textarea>"#)
    };
    for text in hostile::texts().into_values().flatten() {
        let answer = cowbell::transport::Response {
            status: 200,
            content_type: "text/html".into(),
            retry_after_s: None,
            body: page(&text).into(),
        };
        let login = mailcow::CustomLogin::read(&Ok(answer)).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(login, mailcow::CustomLogin::default(), "{text}");
    }
}

/// The question was about one mailcow, and another one was connected before its answer, as like it as can be.
#[test]
fn a_question_about_one_mailcow_is_not_answered_at_another() {
    const STRANGER: &str = "https://mailcow.stranger.test";
    let stranger = Setting { users: 3, mailcow_address: STRANGER, ..Setting::default() }.stage();
    stranger.sim.world().mailcow.state_mut().unlinked_logins.insert(Role::DomainAdmin);
    let go = |stage: &Stage| {
        stranger.sim.world().mailcow.state_mut().identity_provider =
            stage.sim.observe().mailcow.state().identity_provider.clone();
        stage.sim.meet(&stranger.sim);
        stage.sim.go_to_stranger(cowbell::transport::Product::Mailcow, false);
        let page = stranger.sim.browser().page(cowbell::transport::Product::Mailcow).to_owned();
        run(stage.app.observe_mailcow(&page, &MailcowChoice::default())).succeeds();
        stage.sim.forget();
    };
    for (before, act, force_sso) in
        [(asked as fn() -> Stage, hide as fn(&Stage) -> Result<(), Error>, false), (hidden, show, true)]
    {
        let stage = before();
        run(stage.app.read_password_form()).succeeds();
        stranger.sim.world().mailcow.state_mut().force_sso = force_sso;
        go(&stage);
        assert_eq!(act(&stage), Err(Error::NothingObserved));
        assert_eq!(is_hidden(&stranger), force_sso);
        assert!(stage.sim.writes().is_empty());
        assert!(stage.app.password_form().is_some_and(|form| !form.is_own));
    }
}

/// A text of mailcow's administrators.
type Text = fn(&mut State) -> &mut String;

/// Administrators of mailcow write HTML into four texts that stand unescaped in the page with the switches. Whatever it is, what is read
/// is what mailcow has stored, or it is said that it cannot be read, and then nothing is written.
#[test]
fn a_text_that_looks_like_the_switches_is_not_read_in_their_place() {
    let input = |quote: &str, name: &str| {
        format!("<input type={quote}checkbox{quote} value={quote}1{quote} checked name={quote}{name}{quote}>")
    };
    let all = |quote: &str| {
        let names = ["hide_user_quicklink", "hide_domainadmin_quicklink", "hide_admin_quicklink", "force_sso"];
        names.map(|name| input(quote, name)).concat()
    };
    let fake = |quote: &str| format!("<form data-id={quote}custom_login{quote}>{}</form>", all(quote));
    let lone = input("'", "force_sso");
    let mut texts = vec![
        ("The mail of our company".to_owned(), true),
        ("<b>Ask</b> <a href='/help'>us</a> & <!-- not here --> <script>var force_sso = 'force_sso';</script>".to_owned(), true),
    ];
    for quote in ["'", "\"", ""] {
        let fake = fake(quote);
        texts.extend([
            (fake.clone(), false),
            (all(quote), false),
            (format!("<!-- {fake} -->"), false),
            (format!("<script>'{fake}'</script>"), false),
            // What follows is hidden: to the end, or to the next text.
            (format!("{fake}<!--"), false),
            (format!("{fake}<!-- -"), false),
            (format!("{fake}<script>"), false),
            (format!("{fake}<textarea>"), false),
            (format!("{fake}<template>"), false),
            (format!("{fake}<title>"), false),
            (format!("{fake}<b title='"), false),
            (format!("{fake}<b title=\""), false),
            (format!("--></script></textarea></template>{fake}"), false),
            (format!("<form data-id={quote}custom_login{quote}>"), false),
            (format!("<form data-id={quote}custom_login{quote}>{lone}"), false),
            (format!("</form><form data-id={quote}custom_login{quote}>{}", all(quote)), false),
        ]);
    }
    let stage = saved();
    let places: [(&str, Text); 4] = [
        ("title", |state| &mut state.ui_texts.title_name),
        ("name", |state| &mut state.ui_texts.main_name),
        ("apps", |state| &mut state.ui_texts.apps_name),
        ("help", |state| &mut state.ui_texts.help_text),
    ];
    let mut read = 0;
    for (first, place) in places {
        for (second, other) in places {
            for (text, is_harmless) in &texts {
                // Out of the element or the attribute in which the text stands.
                for (out, end) in [("", ""), ("</title>", "-->"), ("\">", "--><b title=\""), ("</textarea>", "</script>-->")] {
                    let what = format!("{first}: {out}{text}, {second}: {end}");
                    {
                        let mut world = stage.sim.world();
                        let state = world.mailcow.state_mut();
                        state.ui_texts = UiTexts::default();
                        other(state).push_str(end);
                        *place(state) = format!("{out}{text}");
                        state.force_sso = false;
                    }
                    match run(stage.app.read_password_form()) {
                        Ok(is_hidden) => {
                            assert!(!is_hidden, "{what}");
                            read += 1;
                        }
                        Err(error) => {
                            assert_eq!(code(&error), Code::MailcowUnexpected, "{what}");
                            assert!(!is_harmless || !out.is_empty(), "{what}: {error:?}");
                            assert_eq!(hide(&stage), Err(Error::NothingObserved), "{what}");
                        }
                    }
                }
            }
        }
    }
    assert!(read > 100 && stage.sim.writes().is_empty(), "{read}");
}
