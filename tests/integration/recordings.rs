//! Recordings of the jobs that the fuzzer attacks (`fuzz/`): the stand-ins' answers in the order of the requests.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use cowbell::mailcow::FormState;
use cowbell::mailcow::script::{Script, ScriptEnd};
use cowbell::panel::browser::Browser;
use cowbell::panel::policy::Policy;
use cowbell::panel::view::View;
use cowbell::panel::{Event, PageError, Panel, TabId};
use cowbell::transport::{Answer, Batch, NotKept, PageId, Product};
use cowbell_standins::authentik::Profile;
use cowbell_standins::hostile;
use cowbell_standins::mailcow;
use serde_json::json;

use self::input::{DIVIDER, STATUS, STATUSES, pieces};
use self::jobs::{Before, Job};
use crate::support::panel::{Desk, Tabs};
use crate::support::stage::{Setting, WINDOW};

#[path = "../../fuzz/src/input.rs"]
mod input;
#[path = "../../fuzz/src/jobs.rs"]
mod jobs;

/// A browser whose answers are written down.
#[derive(Clone)]
struct Recorder {
    tabs: Tabs,
    is_on: Rc<Cell<bool>>,
    tape: Rc<RefCell<Vec<Vec<u8>>>>,
}

impl Recorder {
    fn note(&self, answer: &Answer) {
        let mut bytes = Vec::new();
        match answer {
            Ok(response) => {
                let number = STATUSES.iter().position(|status| *status == response.status);
                bytes.extend(number.iter().flat_map(|number| [STATUS, u8::try_from(*number).expect("a few")]));
                bytes.extend_from_slice(response.body.as_bytes());
            }
            Err(_) => bytes.extend([STATUS, 0]),
        }
        self.note_bytes(bytes);
    }

    fn note_bytes(&self, bytes: Vec<u8>) {
        if self.is_on.get() {
            self.tape.borrow_mut().push(bytes);
        }
    }

    fn note_form(&self, state: &FormState) {
        let controls: Vec<_> =
            state.controls.iter().map(|control| json!({"name": control.name, "values": control.values})).collect();
        let written = json!({
            "origin": state.origin, "topLevel": state.top_level, "present": state.present, "visible": state.visible,
            "provider": state.provider, "controls": controls, "templateOptions": state.template_options,
        });
        self.note_bytes(written.to_string().into_bytes());
    }
}

impl Browser for Recorder {
    async fn send(&self, page: PageId, batch: Batch, on_answer: &mut dyn FnMut(usize, Answer)) {
        let mut answers: BTreeMap<usize, Answer> = BTreeMap::new();
        Browser::send(&self.tabs, page, batch, &mut |index, answer| drop(answers.insert(index, answer))).await;
        // The attack answers in their order.
        for (index, answer) in answers {
            self.note(&answer);
            on_answer(index, answer);
        }
    }

    fn cancel(&self) {
        self.tabs.cancel();
    }

    async fn sleep(&self, milliseconds: u32) {
        Browser::sleep(&self.tabs, milliseconds).await;
    }

    fn now_ms(&self) -> u64 {
        Browser::now_ms(&self.tabs)
    }

    fn random(&self, buffer: &mut [u8]) {
        Browser::random(&self.tabs, buffer);
    }

    async fn keep(&self, texts: Vec<(String, String)>) -> Result<(), NotKept> {
        Browser::keep(&self.tabs, texts).await
    }

    fn connect(&self, product: Product, tab: TabId) {
        self.tabs.connect(product, tab);
    }

    fn disconnect(&self, product: Product) {
        self.tabs.disconnect(product);
    }

    async fn navigate(&self, tab: TabId, url: &str) {
        self.tabs.navigate(tab, url).await;
    }

    async fn reload(&self, tab: TabId) {
        self.tabs.reload(tab).await;
    }

    async fn visit(&self, url: &str, tab: Option<TabId>) {
        self.tabs.visit(url, tab).await;
    }

    async fn visit_privately(&self, url: &str) -> bool {
        self.tabs.visit_privately(url).await
    }

    async fn fill(&self, page: PageId, script: Script) -> Result<ScriptEnd, PageError> {
        self.tabs.fill(page, script).await
    }

    async fn read_form(&self, page: PageId) -> Result<FormState, PageError> {
        let state = self.tabs.read_form(page).await;
        if let Ok(state) = &state {
            self.note_form(state);
        }
        state
    }

    fn watch_form(&self, page: PageId) {
        self.tabs.watch_form(page);
        self.note_form(&self.tabs.form());
    }

    fn view_changed(&self) {}
}

/// A panel over the stand-ins.
struct RecordingDesk {
    recorder: Recorder,
    panel: Panel<Recorder>,
    desk: Desk,
}

impl jobs::Desk for RecordingDesk {
    fn tell(&self, event: Event) {
        let mut next = Some(event);
        while let Some(event) = next {
            crate::support::run(self.panel.handle(event));
            next = self.desk.noticed();
        }
    }

    fn view(&self) -> View {
        self.panel.view()
    }
}

impl RecordingDesk {
    fn of(setting: &Setting) -> Self {
        let stage = setting.stage();
        let desk = Desk::of(&stage);
        {
            let mut world = stage.sim.world();
            for mailbox in world.mailcow.state_mut().mailboxes.iter_mut().step_by(2) {
                mailbox.authsource = "mailcow".into();
            }
        }
        let recorder = Recorder { tabs: desk.tabs.clone(), is_on: Rc::new(Cell::new(true)), tape: Rc::default() };
        let panel = Panel::new(recorder.clone(), Policy::new(None), WINDOW, &BTreeMap::new());
        Self { recorder, panel, desk }
    }

    /// What was written down since the last time.
    fn tape(&self) -> Vec<u8> {
        self.recorder.tape.take().join(&[DIVIDER][..])
    }
}

/// What a job is recorded with.
fn recordings(job: Job) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut before = Vec::new();
    let mut all = Vec::new();
    for (authentik, mailcow) in [
        (Profile::V2026_2, mailcow::Profile::V2026_07),
        (Profile::V2026_8, mailcow::Profile::V2026_07),
        (Profile::V2024_12, mailcow::Profile::V2025_03),
    ] {
        let desk = RecordingDesk::of(&Setting { authentik, mailcow, users: 6, ..Setting::default() });
        for earlier in job.earlier() {
            earlier.run(&desk);
        }
        let earlier = desk.tape();
        if before.is_empty() {
            before = earlier;
        }
        if job == Job::Kept {
            // All that is stored, of a panel that has done everything.
            Before::Save.run(&desk);
            Job::People.run(&desk);
            let kept = desk.desk.sim.kept();
            all.push(
                kept.into_iter()
                    .map(|(name, text)| [name.into_bytes(), text.into_bytes()].join(&[DIVIDER][..]))
                    .collect::<Vec<_>>()
                    .join(&[DIVIDER][..]),
            );
        } else {
            desk.desk.sim.forget();
            job.run(&desk);
            assert!(!desk.desk.sim.writes().is_empty(), "{} writes something", job.name());
            all.push(desk.tape());
        }
    }
    (before, all)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(folder.join(name), bytes).expect("a file");
}

/// A recording is as the job needs it: it does something, and every answer is in it.
#[test]
fn each_job_is_recorded() {
    let folder = std::env::var_os("COWBELL_RECORDINGS").map(std::path::PathBuf::from);
    for job in Job::ALL {
        let (before, all) = recordings(job);
        assert_eq!(before.is_empty(), job.earlier().is_empty(), "{}", job.name());
        assert_eq!(Job::named(job.name()), Some(job));
        for (number, recording) in all.iter().enumerate() {
            if job == Job::Kept {
                assert!(input::kept(recording).len() > 2, "{}", job.name());
            } else {
                let answered = pieces(recording).iter().filter(|piece| piece.status == 200 && !piece.body.is_empty()).count();
                assert!(answered > 10, "{}: {answered} answers", job.name());
            }
            if let Some(folder) = &folder {
                write(&folder.join(job.name()), &number.to_string(), recording);
                // Each answer for itself, unless it is so long that few can be tried.
                let bodies = pieces(recording).into_iter().map(|piece| piece.body).filter(|body| body.len() < 8_000);
                for (at, body) in bodies.enumerate() {
                    write(&folder.join("answers"), &format!("{}-{number}-{at}", job.name()), &body);
                }
            }
        }
        if let Some(folder) = &folder {
            write(folder, &format!("{}.before", job.name()), &before);
        }
    }
    if let Some(folder) = &folder {
        for (number, text) in texts().iter().enumerate() {
            write(&folder.join("texts"), &number.to_string(), text.as_bytes());
        }
    }
}

/// Texts of the kinds that are read.
fn texts() -> Vec<String> {
    // Short ones, of which many can be tried.
    let mut texts: Vec<String> = hostile::texts().into_values().flatten().filter(|text| text.len() < 1_000).collect();
    texts.extend(
        [
            "https://mailcow.company:8443/admin/system",
            "mail.company",
            "https://authentik.company/sso/if/admin/#/core/applications",
            "https://[::1]:9000/",
            "xn--bcher-kva.example",
            "2026-07a",
            "2026.8.0-rc1",
            "2026-11-30T01:56:04.123456Z",
            "E-mail address;App password needed\r\n\"anna@company.example\";yes\r\n",
            "E-mail address,App password needed\n'=1+1,sign in\n",
            "{\"kind\":\"go\",\"section\":\"check\"}",
            "{\"kind\":\"click\",\"tab\":1,\"url\":\"https://mailcow.company/admin\"}",
            "return {\n    \"email\": request.user.email,\n    \"email_verified\": True,\n}",
        ]
        .map(str::to_owned),
    );
    texts
}
