//! Name, slug or mapping name taken by something unrelated: named, alternatives offered, never overwritten.

use cowbell::app::DraftView;
use cowbell::plan::{DraftError, DraftField, Kind, PartState, SetupDraft};
use cowbell_standins::authentik::Profile;
use cowbell_standins::authentik::state::{Application, Provider, RedirectUri, ScopeMapping};
use uuid::Uuid;

use crate::support::Succeeds as _;
use crate::support::picture::Picture;
use crate::support::stage::{Setting, Stage, draft};

/// An unrelated wiki that has a name of ours.
fn with_wiki(change: impl FnOnce(&mut Provider, &mut Application, &mut ScopeMapping)) -> Stage {
    with_wiki_on(Stage::fresh(), change)
}

fn with_wiki_on(stage: Stage, change: impl FnOnce(&mut Provider, &mut Application, &mut ScopeMapping)) -> Stage {
    {
        let mut world = stage.sim.world();
        let state = world.authentik.state_mut();
        let mut provider = Provider::new(70, "wiki".into(), "wiki secret".into());
        provider.name = "Wiki".into();
        provider.redirect_uris = vec![RedirectUri::strict("https://wiki.example/callback")];
        let mut application = Application::new(Uuid::from_u128(71), "Wiki", "wiki");
        application.provider = Some(70);
        let mut mapping = state.managed_mapping("email").expect("a mapping").clone();
        (mapping.pk, mapping.managed, mapping.name) = (Uuid::from_u128(72), None, "Wiki e-mail".into());
        mapping.expression = r#"return {"wiki": True}"#.into();
        provider.property_mappings = vec![mapping.pk];
        change(&mut provider, &mut application, &mut mapping);
        state.providers.push(provider);
        state.applications.push(application);
        state.mappings.push(mapping);
    }
    stage.observe().succeeds();
    stage
}

fn taken(view: &DraftView) -> Vec<(DraftField, String, String)> {
    let one = |error: &cowbell::plan::FieldError| match &error.error {
        DraftError::Taken { by, alternative } => (error.field, by.clone(), alternative.clone()),
        other => panic!("{other:?}"),
    };
    view.errors.iter().map(one).collect()
}

/// With the alternative, the job is done and the stranger is as it was.
fn alternative_works(stage: &Stage, desired: &SetupDraft) {
    let before = Picture::of(&stage.sim.observe());
    stage.done(desired);
    let after = Picture::of(&stage.sim.observe());
    for object in &before.objects {
        assert!(after.objects.contains(object), "{object}");
    }
}

#[test]
fn a_provider_name_that_is_taken() {
    let stage = with_wiki(|provider, _, _| provider.name = "Provider for mailcow".into());
    let view = stage.app.check_draft(&draft()).succeeds();
    let [(field, by, alternative)] = taken(&view).try_into().expect("one fault");
    let named = (field, by.as_str(), alternative.as_str());
    assert_eq!(named, (DraftField::ProviderName, "https://wiki.example/callback", "Provider for mailcow 2"));
    assert!(stage.plan(&draft()).is_err());
    alternative_works(&stage, &SetupDraft { provider_name: Some(alternative), ..draft() });
}

#[test]
fn a_slug_that_is_taken() {
    let stage = with_wiki(|_, application, _| application.slug = "mailcow".into());
    let view = stage.app.check_draft(&draft()).succeeds();
    let [(field, by, alternative)] = taken(&view).try_into().expect("one fault");
    assert_eq!((field, by.as_str(), alternative.as_str()), (DraftField::ApplicationSlug, "Wiki", "mailcow-2"));
    alternative_works(&stage, &SetupDraft { application_slug: Some(alternative), ..draft() });
}

/// Until 2025.10 a slug has at most 50 characters, and so has its alternative.
#[test]
fn the_alternative_of_a_long_slug_is_not_too_long() {
    for (authentik, expected) in [(Profile::V2025_8, format!("{}-2", "a".repeat(48))), (Profile::V2026_2, "a".repeat(50) + "-2")]
    {
        let slug = "a".repeat(50);
        let stage = Setting { authentik, ..Setting::default() }.stage();
        let stage = with_wiki_on(stage, |_, application, _| application.slug.clone_from(&slug));
        let view = stage.app.check_draft(&SetupDraft { application_slug: Some(slug), ..draft() }).succeeds();
        let [(_, _, alternative)] = taken(&view).try_into().expect("one fault");
        assert_eq!(alternative, expected);
        alternative_works(&stage, &SetupDraft { application_slug: Some(alternative), ..draft() });
    }
}

#[test]
fn a_mapping_name_that_is_taken() {
    let stage = with_wiki(|_, _, mapping| mapping.name = "mailcow: verified e-mail".into());
    let view = stage.app.check_draft(&draft()).succeeds();
    let [(field, by, alternative)] = taken(&view).try_into().expect("one fault");
    let named = (field, by.as_str(), alternative.as_str());
    assert_eq!(named, (DraftField::MappingName, "Wiki", "mailcow: verified e-mail 2"));
    alternative_works(&stage, &SetupDraft { mapping_name: Some(alternative), ..draft() });
}

#[test]
fn a_mapping_of_another_scope_is_never_overwritten() {
    let stage = with_wiki(|provider, _, mapping| {
        provider.property_mappings.clear();
        (mapping.name, mapping.scope_name) = ("mailcow: verified e-mail".into(), "wiki".into());
    });
    let view = stage.app.check_draft(&draft()).succeeds();
    assert_eq!(taken(&view).len(), 1);
}

#[test]
fn a_name_taken_between_plan_and_apply_is_rejected_by_authentik_and_nothing_is_lost() {
    for at in 0..3 {
        let stage = Stage::fresh();
        stage.observe().succeeds();
        stage.plan(&draft()).succeeds();
        let stranger = with_wiki(|provider, application, mapping| match at {
            0 => provider.name = "Provider for mailcow".into(),
            1 => application.slug = "mailcow".into(),
            _ => mapping.name = "mailcow: verified e-mail".into(),
        });
        {
            let (mut world, other) = (stage.sim.world(), stranger.sim.observe());
            let (state, other) = (world.authentik.state_mut(), other.authentik.state());
            state.providers.clone_from(&other.providers);
            state.applications.clone_from(&other.applications);
            state.mappings.push(other.mappings.last().expect("a mapping").clone());
        }
        let before = Picture::of(&stage.sim.observe());
        let report = stage.apply(&draft()).succeeds();
        let parts: Vec<_> = report.progress.parts.iter().map(|part| (part.kind, part.state)).collect();
        let [mapping, rest] = if at < 2 { [PartState::Done, PartState::Failed] } else { [PartState::Failed, PartState::Waiting] };
        let shown = [(Kind::ScopeMapping, mapping), (Kind::Provider, rest), (Kind::Application, rest)];
        assert_eq!(parts, [&shown[..], &[(Kind::Users, PartState::Waiting)]].concat(), "{at}");
        let (code, facts) = super::said(&report.error.expect("refused"));
        assert_eq!(code, cowbell::verify::Code::AuthentikRejected);
        assert!(facts[0].len() > "detail=".len(), "{facts:?}");
        stage.undo().succeeds();
        before.assert_same(&Picture::of(&stage.sim.observe()), "undo leaves the stranger alone");
    }
}
