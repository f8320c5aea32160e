//! authentik behind a proxy that it does not believe: it takes itself to be reached by http (docs/contract/cases.md, H2).

use cowbell::mailcow::MailcowChoice;
use cowbell::verify::{Code, Finding};
use cowbell_standins::authentik::Profile;

use crate::sign_ins::prepared;
use crate::support::picture::Picture;
use crate::support::stage::{MAILCOW, Setting, Stage, code, draft, draft_for};
use crate::support::{Succeeds as _, run};
use crate::unknown_secret::{VIEW_ONLY, sign_in_with};

fn distrust(stage: &Stage) {
    stage.sim.world().authentik.state_mut().site.trusts_proxy = false;
}

fn fact<'a>(finding: &'a Finding, name: &str) -> &'a str {
    finding.evidence.iter().find(|fact| fact.name == name).map_or("", |fact| fact.value.as_str())
}

#[test]
fn a_first_write_that_is_taken_for_a_forgery_is_no_missing_permission() {
    for authentik in Profile::ALL {
        let stage = Setting { authentik, ..Setting::default() }.stage();
        distrust(&stage);
        let before = Picture::of(&stage.sim.observe());
        let finding = stage.whole_run(&draft()).succeeds().error.expect("authentik refuses every write");
        assert_eq!(finding.code, Code::AuthentikOriginRefused, "{authentik:?}");
        assert!(fact(&finding, "detail").starts_with("Origin checking failed"), "{finding:?}");
        before.assert_same(&Picture::of(&stage.sim.observe()), "nothing was written");
    }
}

#[test]
fn endpoints_of_another_scheme_are_neither_shown_nor_filled_in_nor_saved() {
    for authentik in Profile::ALL {
        let stage = prepared(Setting { authentik, ..Setting::default() }.stage(), &draft()).copy();
        distrust(&stage);
        stage.observe().succeeds();
        let error = run(stage.app.read_registration(&draft())).expect_err("it names http");
        assert_eq!(code(&error), Code::AuthentikElsewhere);
        let finding = Finding::from(&error);
        assert_eq!(
            (fact(&finding, "expected"), fact(&finding, "actual")),
            ("https://authentik.company", "http://authentik.company")
        );
        assert_eq!(stage.app.registration(), None);

        let before = stage.sim.observe().mailcow.state().identity_provider.clone();
        stage.observe_mailcow().succeeds();
        let choice = MailcowChoice::default();
        assert_eq!(run(stage.app.save_for_me(&choice)).err().map(|error| code(&error)), Some(Code::ClientMissing));
        assert_eq!(stage.sim.observe().mailcow.state().identity_provider, before);
        let findings = run(stage.app.check(&draft(), &choice)).findings;
        let said = findings.iter().filter(|finding| finding.code == Code::AuthentikElsewhere);
        assert_eq!(said.count(), 1, "{findings:?}");
        assert!(!findings.iter().any(|finding| finding.code == Code::SettingsDiffer), "{findings:?}");
    }
}

#[test]
fn a_proxy_that_is_distrusted_later_ends_a_run_among_the_users_and_is_named() {
    let stage = Setting { users: 40, ..Setting::default() }.stage();
    stage.observe().succeeds();
    stage.plan(&draft()).succeeds();
    let mut writes = 0;
    stage.sim.world().before_request(move |authentik, _, _, request| {
        writes += usize::from(request.method() == http::Method::PATCH);
        authentik.state_mut().site.trusts_proxy = writes < 10;
    });
    let report = stage.apply(&draft()).succeeds();
    assert_eq!(report.error.map(|finding| finding.code), Some(Code::AuthentikOriginRefused));
    assert!(report.issues.is_empty(), "no user is blamed: {:?}", report.issues);
}

/// R14: what authentik says of itself is compared with where it was met before anything is tried.
#[test]
fn what_authentik_believes_of_its_address_is_said_before_anything_is_tried() {
    for authentik in Profile::ALL {
        let stage = Setting { authentik, ..Setting::default() }.stage();
        stage.observe().succeeds();
        assert_eq!(stage.app.check_draft(&draft()).succeeds().findings, []);
        distrust(&stage);
        stage.observe().succeeds();
        let said = stage.app.check_draft(&draft()).succeeds().findings;
        assert_eq!(said.iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::AuthentikElsewhere], "{authentik:?}");
        assert!(said[0].is_complete());
        assert!(stage.sim.writes().is_empty());
        // Somebody who may not see it gets no false warning.
        sign_in_with(&stage, &VIEW_ONLY[1..]);
        stage.observe().succeeds();
        assert_eq!(stage.app.check_draft(&draft()).succeeds().findings, [], "{authentik:?}");
    }
}

/// R7: an address that mailcow and its users do not reach is not registered without a word.
#[test]
fn an_address_that_only_this_machine_or_network_reaches_is_named() {
    for (address, mailcow, expected) in [
        ("https://authentik.company", MAILCOW, None),
        ("http://localhost:9000", MAILCOW, Some(Code::AuthentikAtLoopback)),
        ("http://127.0.0.1:9000", MAILCOW, Some(Code::AuthentikAtLoopback)),
        ("http://authentik.localhost:9000", "http://mailcow.localhost:8080", None),
        ("https://10.0.0.5:9443", MAILCOW, Some(Code::AuthentikAtPrivateAddress)),
        ("https://[fd00::5]", MAILCOW, Some(Code::AuthentikAtPrivateAddress)),
        ("https://authentik.lan", MAILCOW, Some(Code::AuthentikAtPrivateAddress)),
        ("https://authentik.lan", "https://mailcow.lan", None),
        ("https://100.64.0.5", MAILCOW, Some(Code::AuthentikAtPrivateAddress)),
        ("https://100.127.255.5", MAILCOW, Some(Code::AuthentikAtPrivateAddress)),
        ("https://100.128.0.5", MAILCOW, None),
        ("https://authentik.lan.", MAILCOW, Some(Code::AuthentikAtPrivateAddress)),
        ("https://198.51.100.7", MAILCOW, None),
        ("https://[2001:db8::7]", MAILCOW, None),
    ] {
        let stage = Setting { address, mailcow_address: mailcow, users: 3, ..Setting::default() }.stage();
        run(stage.app.observe_authentik(&format!("{address}/if/admin/"))).succeeds();
        let said = stage.app.check_draft(&draft_for(mailcow)).succeeds().findings;
        assert_eq!(said.first().map(|finding| finding.code), expected, "{address}, {mailcow}: {said:?}");
        assert!(said.iter().all(Finding::is_complete));
        stage.observe_mailcow().succeeds();
        let checked = run(stage.app.check(&draft_for(mailcow), &MailcowChoice::default())).findings;
        let about_address: Vec<_> = checked.iter().filter(|finding| said.contains(finding)).collect();
        assert_eq!(about_address, said.iter().collect::<Vec<_>>(), "a check says the same: {checked:?}");
    }
}

#[test]
fn another_name_is_offered_where_the_brand_has_one() {
    let stage = Setting { address: "https://10.0.0.5:9443", users: 3, ..Setting::default() }.stage();
    stage.sim.world().authentik.state_mut().brand_domain = "login.company.example".into();
    run(stage.app.observe_authentik("https://10.0.0.5:9443/if/admin/")).succeeds();
    let said = stage.app.check_draft(&draft()).succeeds().findings;
    assert_eq!(said[1].code, Code::AuthentikOtherName);
    assert_eq!(fact(&said[1], "name"), "login.company.example");
}
