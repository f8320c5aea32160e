//! Providers that somebody has set up by hand in another way (docs/contract/cases.md, R6 and R13).

use cowbell::mailcow::MailcowChoice;
use cowbell::plan::{Action, Kind, Remark};
use cowbell::verify::Code;
use cowbell_standins::authentik::state::{MatchingMode, RedirectUri};

use super::said;
use crate::sign_ins::prepared;
use crate::support::picture::Picture;
use crate::support::stage::{BOTH, MAILCOW, Stage, draft};
use crate::support::{Succeeds as _, run};

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
