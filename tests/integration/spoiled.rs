//! What a visitor of the page without the extension can spoil (`www/src/try/mistakes.ts`): a check names it, and it ends by what the page
//! says that ends it.

use cowbell::app::ReadinessQuery;
use cowbell::mailcow::MailcowChoice;
use cowbell::verify::{Code, Finding};
use cowbell_standins::world::mistakes::Mistake;

use crate::support::stage::{Setting, Stage, draft};
use crate::support::{Succeeds as _, run};

/// What ends a mistake.
#[derive(Clone, Copy)]
enum End {
    /// A plan for authentik.
    Plan,
    /// Saving in mailcow.
    Save,
    /// Somebody else.
    Outside,
}

const MISTAKES: [(Mistake, Code, End); 13] = [
    (Mistake::SecretReplaced, Code::CredentialsWrongSecret, End::Save),
    (Mistake::SecretEmpty, Code::FieldEmpty, End::Save),
    (Mistake::RedirectSlash, Code::RedirectSlashDiffers, End::Save),
    (Mistake::TokenWithoutSlash, Code::EndpointWithoutSlash, End::Save),
    (Mistake::ScopeEmailMissing, Code::ScopeEmailMissing, End::Save),
    (Mistake::NoDefaultTemplate, Code::DefaultTemplateEmpty, End::Save),
    (Mistake::TemplateInactive, Code::TemplateInactive, End::Outside),
    (Mistake::EmailMappingDeleted, Code::ScopeNotMapped, End::Plan),
    (Mistake::HttpBehindProxy, Code::AuthentikElsewhere, End::Outside),
    (Mistake::AuthentikNotFound, Code::ServerCannotReachToken, End::Outside),
    (Mistake::UntrustedCertificate, Code::ServerCannotReachToken, End::Outside),
    (Mistake::MailcowDown, Code::MailcowUnavailable, End::Outside),
    (Mistake::SignedOutOfMailcow, Code::MailcowNotSignedIn, End::Outside),
];

/// Both sides set up, as in the page.
fn ready() -> Stage {
    let stage = Setting { half_made: true, users: 60, ..Setting::default() }.stage();
    stage.done(&draft());
    stage.observe_mailcow().succeeds();
    run(stage.app.save_for_me(&MailcowChoice::default())).succeeds();
    stage
}

fn check(stage: &Stage) -> Vec<Code> {
    let findings: Vec<Finding> = run(stage.app.check(&draft(), &MailcowChoice::default())).findings;
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn each_mistake_is_named_by_a_check_and_ends_as_the_page_says() {
    for (mistake, code, end) in MISTAKES {
        let stage = ready();
        let before = check(&stage);
        assert!(!before.contains(&code), "{mistake:?}: {before:?}");
        mistake.make(&mut stage.sim.world());
        let found = check(&stage);
        assert!(found.contains(&code), "{mistake:?}: {found:?}");
        match end {
            End::Plan => drop(stage.done(&draft())),
            End::Save => assert!(run(stage.app.save_for_me(&MailcowChoice::default())).succeeds().in_sync, "{mistake:?}"),
            End::Outside => {
                mistake.end(&mut stage.sim.world());
                stage.sim.browser().sign_in_to_mailcow(&mut stage.sim.world());
            }
        }
        assert_eq!(check(&stage), before, "{mistake:?}");
    }
}

#[test]
fn a_small_group_is_named_in_the_table_of_users() {
    let refused = |stage: &Stage| {
        stage.observe().succeeds();
        run(stage.app.read_users(&mut |_, _| {})).succeeds();
        run(stage.app.read_readiness(&draft(), &MailcowChoice::default(), &mut |_, _| {})).succeeds();
        let query = ReadinessQuery { text: String::new(), outcome: None, reason: None, offset: 0, limit: usize::MAX };
        let rows = stage.app.find_readiness(&query).succeeds().rows;
        rows.iter().filter(|row| row.finding.code == Code::AccessDenied).count()
    };
    let stage = ready();
    assert_eq!(refused(&stage), 0);
    Mistake::BoundToSmallGroup.make(&mut stage.sim.world());
    assert!(refused(&stage) > 40);
    Mistake::BoundToSmallGroup.end(&mut stage.sim.world());
    assert_eq!(refused(&stage), 0);
}
