//! Providers that somebody has set up by hand in another way (docs/contract/cases.md, R6 and R13).

use std::pin::pin;

use cowbell::app::Error;
use cowbell::mailcow::{Field, MailcowChoice};
use cowbell::plan::{Action, Kind, Remark};
use cowbell::transport::Product;
use cowbell::verify::{Code, Severity};
use cowbell_standins::authentik::state::{MatchingMode, RedirectUri, State};
use futures_util::FutureExt;

use super::said;
use crate::sign_ins::{prepared, try_to_sign_in};
use crate::support::picture::Picture;
use crate::support::stage::{BOTH, MAILCOW, Stage, draft};
use crate::support::{Sent, Succeeds as _, run};

/// A working integration whose only redirect URI is an expression.
fn with_expression(expression: &str) -> Stage {
    let stage = prepared(Stage::fresh(), &draft()).copy();
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        let uri = RedirectUri { matching_mode: MatchingMode::Regex, ..RedirectUri::strict(expression) };
        state.providers[0].redirect_uris = vec![uri];
        (state.providers[0].name, state.applications[0].name) = ("Post".into(), "Post".into());
        state.applications[0].slug = "post".into();
        state.applications[0].meta_launch_url = String::new();
    }
    stage.observe().succeeds();
    stage
}

/// R6: a provider whose expression matches is adopted, and the strict redirect URI is added to it.
#[test]
fn a_redirect_uri_that_is_an_expression_is_recognised() {
    for expression in [r"https://mailcow\.company", r"^https?://mailcow\.company/?$", r"https://mailcow.company(/.*)?"] {
        let stage = with_expression(expression);
        let before = Picture::of(&stage.sim.observe());
        let plan = stage.plan(&draft()).succeeds();
        let provider = plan.changes.iter().find(|change| change.kind == Kind::Provider).expect("a provider");
        assert_eq!((provider.action, provider.name.as_str()), (Action::Update, "Post"), "{expression}");
        stage.done(&draft());
        let uris = stage.sim.observe().authentik.state().providers[0].redirect_uris.clone();
        let strict = uris.iter().any(|uri| uri.matching_mode == MatchingMode::Strict && uri.url == MAILCOW);
        assert!(strict && uris.iter().any(|uri| uri.url == expression), "{uris:?}");
        assert_eq!(stage.sim.observe().authentik.state().providers.len(), 1, "{expression}");
        stage.undo().succeeds();
        before.assert_same(&Picture::of(&stage.sim.observe()), expression);
    }
}

/// R6: an expression that matches every host, or that cannot be decided, proves nothing.
#[test]
fn an_expression_that_proves_nothing_adopts_nothing() {
    for expression in [".*", r"https://.*\.company/?", r"(?i)https://mailcow\.company", r"https://[a-z]{7}\.company"] {
        let stage = with_expression(expression);
        let plan = stage.plan(&draft()).succeeds();
        let provider = plan.changes.iter().find(|change| change.kind == Kind::Provider).expect("a provider");
        assert_eq!(provider.action, Action::Create, "{expression}");
    }
}

/// R6: of those that match every host of a domain, the one that is named after a mailcow, wherever its name says so.
#[test]
fn an_expression_for_many_hosts_is_recognised_by_any_name() {
    let named: [fn(&mut State); 4] = [
        |state| state.providers[0].name = "Our mailcow".into(),
        |state| state.applications[0].name = "Mailcow".into(),
        |state| state.applications[0].slug = "old-mailcow".into(),
        |state| state.applications[0].meta_launch_url = format!("{MAILCOW}/SOGo"),
    ];
    for (at, name) in named.into_iter().enumerate() {
        let stage = with_expression(r"https://.*\.company");
        name(stage.sim.world().authentik.state_mut());
        stage.observe().succeeds();
        assert_eq!(provider_of(&stage).0, Action::Update, "{at}");
    }
}

/// What the plan does with the provider, and under which name.
fn provider_of(stage: &Stage) -> (Action, String) {
    let plan = stage.plan(&draft()).succeeds();
    let provider = plan.changes.iter().find(|change| change.kind == Kind::Provider).expect("a provider");
    (provider.action, provider.name.clone())
}

/// Another client of the same host, such as its webmail's, is not the one that people sign in to mailcow with.
#[test]
fn a_provider_for_another_path_of_mailcow_is_not_adopted_in_place_of_its_own() {
    let stage = prepared(Stage::fresh(), &draft()).copy();
    stage.add_another_client();
    let ours = {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        state.providers[1].redirect_uris = vec![RedirectUri::strict(&format!("{MAILCOW}/webmail/callback"))];
        state.providers[0].name.clone()
    };
    stage.observe().succeeds();
    assert_eq!(provider_of(&stage), (Action::Keep, ours));
}

/// What Cowbell would call its own, without a redirect URI: an attempt that was not finished. With one, it is somebody else's.
#[test]
fn a_provider_without_redirect_uris_is_adopted_by_the_slug_of_its_application() {
    let stage = prepared(Stage::fresh(), &draft()).copy();
    let set = |uris: Vec<RedirectUri>| {
        stage.sim.world().authentik.state_mut().providers[0].redirect_uris = uris;
        stage.observe().succeeds();
    };
    set(Vec::new());
    assert_eq!(provider_of(&stage).0, Action::Update);
    set(vec![RedirectUri::strict("https://wiki.company")]);
    assert!(matches!(stage.plan(&draft()), Err(Error::DraftInvalid)), "the slug is taken");
}

/// Changes what mailcow has stored.
fn store(stage: &Stage, name: &str, value: &str) {
    stage.sim.world().mailcow.state_mut().identity_provider.set(name, value);
}

/// R6: a mailcow that was seen has its own client, which is adopted whatever its expression is; whoever knows only the client ID,
/// or stores another authentik's endpoints, has not.
#[test]
fn a_provider_is_adopted_by_the_client_that_mailcow_has() {
    let adopted = (Action::Update, "Post".to_owned());
    for expression in [".*", r"(?i)https://mailcow\.company", r"https://[a-z]{7}\.company"] {
        for authentik_first in [true, false] {
            let stage = with_expression(expression);
            stage.observe_mailcow().succeeds();
            if !authentik_first {
                stage.observe().succeeds();
            }
            assert_eq!(provider_of(&stage), adopted, "{expression}");
            let report = stage.apply(&draft()).succeeds();
            assert!(report.in_sync, "{report:?}");
            assert_eq!(stage.sim.observe().authentik.state().providers.len(), 1, "{expression}");
        }
    }
    for (name, value) in [
        ("client_secret", "guessed"),
        ("token_url", "https://authentik.elsewhere/application/o/token/"),
        ("authorize_url", "https://authentik.elsewhere/application/o/authorize/"),
        ("redirect_url", "https://mailcow.elsewhere"),
        ("authsource", "keycloak"),
    ] {
        let stage = with_expression(".*");
        store(&stage, name, value);
        stage.observe_mailcow().succeeds();
        assert_eq!(provider_of(&stage).0, Action::Create, "{name}");
    }
    let stage = with_expression(r"(?i)https://post\.company");
    stage.sim.world().authentik.state_mut().providers[0].redirect_uris[0].url = r"https://post\.company".into();
    stage.observe_mailcow().succeeds();
    stage.observe().succeeds();
    assert_eq!(provider_of(&stage).0, Action::Create, "authentik does not accept this mailcow");
}

/// R6: what mailcow had stored at an earlier click proves nothing once another click has read something else, whichever ends first.
#[test]
fn an_earlier_click_proves_nothing_about_what_a_later_one_has_read() {
    let stage = with_expression(".*");
    let page = stage.sim.browser().page(Product::Mailcow).to_owned();
    let choice = MailcowChoice::default();
    stage.sim.forget();
    run(stage.app.observe_mailcow(&page, &choice)).succeeds();
    let asked = stage.sim.sent().iter().position(Sent::is_write).expect("authentik is asked about the secret");
    stage.sim.hold_at(asked);
    let mut earlier = pin!(stage.app.observe_mailcow(&page, &choice));
    assert!(earlier.as_mut().now_or_never().is_none());
    store(&stage, "client_secret", "guessed");
    stage.observe_mailcow().succeeds();
    assert!(earlier.now_or_never().is_some_and(|read| read.is_ok()));
    assert_eq!(provider_of(&stage).0, Action::Create);
}

/// R6: a plan that was made before the client of mailcow was known would create a second one, and is made again.
#[test]
fn a_plan_from_before_mailcow_was_seen_is_outdated() {
    let stage = with_expression(".*");
    assert_eq!(provider_of(&stage).0, Action::Create);
    stage.observe_mailcow().succeeds();
    stage.apply(&draft()).expect_err("outdated");
    assert_eq!(provider_of(&stage).0, Action::Update);
}

/// R6: the address in an expression is proposed, and another provider whose expression leads to this mailcow is named.
#[test]
fn expressions_are_known_to_lead_to_a_mailcow() {
    for (expression, known) in [
        (r"^https?:\/\/mailcow\.company\/?$", Some(MAILCOW)),
        (r"https://mailcow.company(/.*)?", Some(MAILCOW)),
        (r"https://mailcow\.company:8443/.*", Some("https://mailcow.company:8443")),
        (r"https://[a-z]+\.company", None),
        (".*", None),
    ] {
        let stage = with_expression(expression);
        stage.sim.world().authentik.state_mut().applications[0].name = "Post (mailcow)".into();
        assert_eq!(stage.observe().succeeds().known_mailcows, known.map(str::to_owned).into_iter().collect::<Vec<_>>());
    }
    let stage = with_expression(r"https://mailcow\.company/?");
    stage.add_another_client();
    stage.sim.world().authentik.state_mut().providers[1].redirect_uris = vec![RedirectUri::strict(MAILCOW)];
    stage.observe().succeeds();
    let plan = stage.plan(&draft()).succeeds();
    let provider = plan.changes.iter().find(|change| change.kind == Kind::Provider).expect("a provider");
    assert!(provider.remarks.contains(&Remark::AnotherProvider { name: "Post".into() }), "{:?}", provider.remarks);
}

/// The mailcow of a provider is proposed, whatever it is that tells of a mailcow; what is for something else is not.
#[test]
fn the_mailcow_of_a_half_made_attempt_is_known_by_any_of_its_names() {
    let tell: [fn(&mut State); 4] = [
        |state| state.applications[0].meta_launch_url = "https://post.company/?iam_sso=1".into(),
        |state| state.applications[0].slug = "mailcow".into(),
        |state| state.applications[0].name = "Our Mailcow".into(),
        |state| state.providers[0].name = "Provider for mailcow".into(),
    ];
    for tell in tell {
        let stage = with_expression(".*");
        let uris = ["https://post.company", "https://post.company/"].map(RedirectUri::strict);
        stage.sim.world().authentik.state_mut().providers[0].redirect_uris = uris.into();
        assert_eq!(stage.observe().succeeds().known_mailcows, [""; 0]);
        tell(stage.sim.world().authentik.state_mut());
        assert_eq!(stage.observe().succeeds().known_mailcows, ["https://post.company"]);
    }
}

/// R6: the check calls right what authentik accepts by an expression, as the table does; what a sign-in does agrees.
#[test]
fn check_and_table_agree_about_an_expression() {
    for (expression, severity) in [
        (r"https://mailcow\.company/?", Severity::Good),
        (r"(?i)https://mailcow\.company/?", Severity::Unknown),
        (r"https://post\.company/?", Severity::Problem),
    ] {
        let stage = prepared(Stage::fresh(), &draft()).copy();
        let uri = RedirectUri { matching_mode: MatchingMode::Regex, ..RedirectUri::strict(expression) };
        stage.sim.world().authentik.state_mut().providers[0].redirect_uris.push(uri);
        store(&stage, "redirect_url", "https://mailcow.company/");
        stage.observe().succeeds();
        run(stage.app.read_registration(&draft())).succeeds();
        stage.observe_mailcow().succeeds();
        stage.sim.only(&BOTH);
        let findings = run(stage.app.check(&draft(), &MailcowChoice::default())).findings;
        let about: Vec<Severity> =
            findings.iter().filter(|finding| finding.field == Some(Field::RedirectUrl)).map(|finding| finding.severity).collect();
        assert_eq!(about, [severity], "{expression}: {findings:?}");
        let view = run(stage.app.read_readiness(&draft(), &MailcowChoice::default(), &mut |_, _| {})).succeeds();
        assert_eq!(view.problems.is_empty(), severity != Severity::Problem, "{expression}: {:?}", view.problems);
        let signs_in = !try_to_sign_in(&stage, 3, "cowbell").1.contains("Redirect URI Error");
        assert_eq!(signs_in, severity != Severity::Problem, "{expression}");
    }
}

/// R13: an authentication flow of the provider's own is shown in the plan and warned of in the check.
#[test]
fn an_authentication_flow_of_its_own_is_warned_of() {
    for own in [false, true] {
        let stage = prepared(Stage::fresh(), &draft()).copy();
        {
            let mut world = stage.sim.world();
            let state = world.authentik.state_mut();
            let flow = state.flow_named(&state.authentication_flow).expect("a flow").pk;
            state.providers[0].authentication_flow = own.then_some(flow);
        }
        stage.observe().succeeds();
        run(stage.app.read_registration(&draft())).succeeds();
        stage.observe_mailcow().succeeds();
        stage.sim.only(&BOTH);
        let plan = stage.plan(&draft()).succeeds();
        assert_eq!(plan.changes.iter().any(|change| change.remarks.contains(&Remark::OwnAuthenticationFlow)), own);
        let findings = run(stage.app.check(&draft(), &MailcowChoice::default())).findings;
        let warned: Vec<_> = findings.iter().filter(|finding| finding.code == Code::OwnAuthenticationFlow).map(said).collect();
        let expected = (Code::OwnAuthenticationFlow, vec!["provider=Provider for mailcow".to_owned()]);
        assert_eq!(warned, if own { vec![expected] } else { Vec::new() });
    }
}
