//! Recordings of the jobs that the fuzzer attacks (`fuzz/`): the stand-ins' answers in the order of the requests.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;

use cowbell::mailcow::FormState;
use cowbell::mailcow::script::{Script, ScriptEnd};
use cowbell::panel::browser::Browser;
use cowbell::panel::policy::Policy;
use cowbell::panel::view::View;
use cowbell::panel::{Event, PageError, Panel, TabId};
use cowbell::plan::SetupDraft;
use cowbell::setup::{MAPPING_EXPRESSION, TemplateRule, template_expression};
use cowbell::transport::{Answer, Batch, NotKept, PageId, Product};
use cowbell_standins::authentik::Profile;
use cowbell_standins::hostile;
use cowbell_standins::mailcow;
use cowbell_standins::people::person;
use serde_json::{Value, json};

use crate::attack::browser::{START_MS, random};
use crate::attack::input::{DIVIDER, END, ENDS, NEXT_TAPE, pieces};
use crate::attack::jobs::{self, Before, Job};
use crate::attack::{answers, attack, files, input, texts};
use crate::support;
use crate::support::panel::{Desk, Tabs};
use crate::support::stage::{RIGHTS, Setting, WINDOW};

const USERS: usize = 6;

/// What somebody needs for the jobs who is no superuser, besides the permissions of a set-up.
const MORE_RIGHTS: [&str; 3] =
    ["authentik_core.view_authenticatedsession", "authentik_events.view_event", "authentik_providers_oauth2.delete_scopemapping"];

/// A browser whose answers are written down.
#[derive(Clone)]
struct Recorder {
    tabs: Tabs,
    tape: Rc<RefCell<Vec<Vec<u8>>>>,
    random: Rc<Cell<u8>>,
}

impl Recorder {
    fn note(&self, answer: &Answer) {
        let end = answer.as_ref().map(|response| response.status).map_err(|error| *error);
        let mut bytes = Vec::new();
        if end != Ok(200) {
            let number = ENDS.iter().position(|known| *known == end).unwrap_or_else(|| panic!("{end:?} cannot be written down"));
            bytes.extend([END, number_of(number)]);
        }
        bytes.extend(answer.iter().flat_map(|response| response.body.bytes()));
        self.note_bytes(bytes);
    }

    fn note_bytes(&self, bytes: Vec<u8>) {
        self.tape.borrow_mut().push(bytes);
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
        for (index, mut answer) in answers {
            if let Ok(response) = &mut answer
                && let Some(form) = login_switches(response.body.as_bytes())
            {
                // All that is read of a long page, so that more can be tried.
                response.body = String::from_utf8_lossy(form).into_owned().into();
            }
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
        random(&self.random, buffer);
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

    fn plan_file(&self) -> String {
        self.panel.plan_file().expect("authentik was read")
    }

    /// Everybody, of whom some have mailboxes with passwords.
    fn somebody_signs_in(&self) {
        for index in 0..USERS {
            let mut world = self.desk.sim.world();
            let mut browser = support::browser::Browser::of(&world);
            let page = browser.visit(&mut world, "https://mailcow.company/?iam_sso=1");
            browser.log_in(&mut world, &page, &person(1, index).username, "cowbell");
            browser.visit(&mut world, "https://mailcow.company/user");
        }
    }
}

impl RecordingDesk {
    /// With a superuser at authentik, or somebody who has been given what the jobs need.
    fn of(setting: &Setting, is_superuser: bool) -> Self {
        let stage = setting.stage();
        if !is_superuser {
            stage.sign_in_limited(&person(1, 0).username, &[&RIGHTS[..], &MORE_RIGHTS].concat());
        }
        let desk = Desk::of(&stage);
        {
            let mut world = stage.sim.world();
            let now_s = i64::try_from(START_MS / 1_000).expect("a time");
            (world.authentik.state_mut().now, world.mailcow.state_mut().now) = (now_s * 1_000_000, now_s);
            for mailbox in world.mailcow.state_mut().mailboxes.iter_mut().step_by(2) {
                mailbox.authsource = "mailcow".into();
            }
            let somebody = world.mailcow.state().mailbox(jobs::SOMEBODY).expect("a mailbox");
            assert_eq!(somebody.authsource, "mailcow");
        }
        Self::over(desk, &BTreeMap::new())
    }

    fn over(desk: Desk, kept: &BTreeMap<String, String>) -> Self {
        let recorder = Recorder { tabs: desk.tabs.clone(), tape: Rc::default(), random: Rc::default() };
        let panel = Panel::new(recorder.clone(), Policy::new(None), WINDOW, kept);
        Self { recorder, panel, desk }
    }

    /// The next panel, which gets what this one has stored.
    fn reopened(self) -> Self {
        let kept = self.desk.sim.kept();
        Self::over(self.desk, &kept)
    }
}

/// The answers of a job, a tape for each pair of versions and kind of administrator, and inputs.
fn recordings(job: Job) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let mut tapes = Vec::new();
    let mut inputs = Vec::new();
    // New ones come last: the inputs of a corpus say the number of a tape.
    for (authentik, mailcow, is_superuser) in [
        (Profile::V2026_2, mailcow::Profile::V2026_07, true),
        (Profile::V2026_8, mailcow::Profile::V2026_07, true),
        (Profile::V2024_12, mailcow::Profile::V2025_03, true),
        (Profile::V2026_2, mailcow::Profile::V2026_07, false),
    ] {
        let mut desk = RecordingDesk::of(&Setting { authentik, mailcow, users: USERS, ..Setting::default() }, is_superuser);
        if job == Job::Kept {
            // All that is stored, of a panel that has done everything.
            for earlier in [Before::SetUp, Before::Save] {
                earlier.run(&desk);
            }
            Job::People.run(&desk);
            let kept = desk.desk.sim.kept();
            let pairs = kept.into_iter().map(|(name, text)| [name.into_bytes(), text.into_bytes()].join(&[DIVIDER][..]));
            inputs.push(pairs.collect::<Vec<_>>().join(&[DIVIDER][..]));
            desk = desk.reopened();
        }
        for earlier in job.earlier() {
            earlier.run(&desk);
        }
        desk.desk.sim.forget();
        if job == Job::Plan {
            let draft = SetupDraft { mailcow: "https://mailcow.company".into(), ..jobs::Desk::view(&desk).draft };
            jobs::Desk::tell(&desk, Event::Edit { draft: Box::new(draft) });
            inputs.push(jobs::Desk::plan_file(&desk).into_bytes());
        }
        job.run(&desk);
        assert!(!desk.desk.sim.writes().is_empty(), "{} writes something", job.name());
        tapes.push(desk.recorder.tape.take());
    }
    if !matches!(job, Job::Kept | Job::Plan) {
        // Each answer is changed into itself once.
        let mut known = BTreeSet::new();
        for (number, tape) in tapes.iter().enumerate() {
            inputs.push(vec![number_of(number)]);
            for (at, answer) in tape.iter().enumerate().filter(|(_, answer)| known.insert((*answer).clone())) {
                let place = [at / 0x80, at % 0x80].map(number_of);
                inputs.push([&[number_of(number)], &place[..], answer].concat());
            }
        }
    }
    (tapes.into_iter().map(|tape| tape.join(&[DIVIDER][..])).collect(), inputs)
}

/// Where an attack begins: files, where they are wanted (`cargo xtask fuzz`).
struct Corpus(Option<PathBuf>);

impl Corpus {
    fn wanted() -> Self {
        Self(std::env::var_os("COWBELL_RECORDINGS").map(PathBuf::from))
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        if let Some(folder) = &self.0 {
            let file = folder.join(name);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            std::fs::write(file, bytes).expect("a file");
        }
    }
}

/// Each job does something with what was recorded for it, and nothing that the fuzzer would report.
#[test]
fn each_job_is_recorded() {
    let corpus = Corpus::wanted();
    for job in Job::ALL {
        let (tapes, inputs) = recordings(job);
        let all = tapes.join(&[NEXT_TAPE][..]);
        corpus.write(&format!("{}.tapes", job.name()), &all);
        assert_eq!(Job::named(job.name()), Some(job));
        for (number, input) in inputs.iter().enumerate() {
            // A tape as it is; one with an answer changed into itself is the same. What was kept, or a plan, goes with the first one.
            if input.len() == 1 || number == 0 {
                assert_eq!(job.attack(&all, input), [0, 0], "{} {number}: the panel asks as it did", job.name());
            }
            corpus.write(&format!("{}/{number}", job.name()), input);
        }
    }
}

/// Each function that reads an answer understands one that was recorded.
#[test]
fn each_reader_of_answers_has_one() {
    let corpus = Corpus::wanted();
    let mut words = BTreeSet::new();
    let mut read = BTreeSet::new();
    for (place, answer) in recorded_answers().into_iter().enumerate() {
        let parsed = answers::answer(&answer);
        for (number, _) in answers::READERS.iter().enumerate().filter(|(_, reader)| reader(&parsed)) {
            let input = [&[number_of(number)], &*answer].concat();
            attack("answers", b"", &input);
            corpus.write(&format!("answers/{number}-{place}"), &input);
            read.insert(number);
        }
        if let Ok(value) = serde_json::from_slice(&answer) {
            note_words(&mut words, &value);
        }
    }
    assert_eq!(read, (0..answers::READERS.len()).collect());
    assert!(words.contains("total_pages"));
    corpus.write("answers.dict", dictionary(&words).as_bytes());
}

/// Each function that reads a text understands one of those from which the search begins.
#[test]
fn each_reader_of_texts_has_one() {
    let corpus = Corpus::wanted();
    let mut words = names_in_events();
    let mut read = BTreeSet::new();
    for (place, text) in texts().into_iter().enumerate() {
        for (number, reader) in texts::READERS.iter().enumerate() {
            let is_understood = reader(&text);
            if is_understood || place % texts::READERS.len() == number {
                let input = [&[number_of(number)], text.as_bytes()].concat();
                attack("texts", b"", &input);
                corpus.write(&format!("texts/{number}-{place}"), &input);
            }
            read.extend(is_understood.then_some(number));
        }
        if let Ok(value) = serde_json::from_str(&text) {
            note_words(&mut words, &value);
        }
    }
    assert_eq!(read, (0..texts::READERS.len()).collect());
    corpus.write("texts.dict", dictionary(&words).as_bytes());
}

/// Each kind of file is written with the texts from which the search begins.
#[test]
fn each_file_has_texts() {
    let corpus = Corpus::wanted();
    let tapes = recordings(Job::Plan).0.join(&[NEXT_TAPE][..]);
    corpus.write("files.tapes", &tapes);
    let texts: Vec<String> = hostile::texts().into_values().flatten().filter(|text| text.len() < 100).collect();
    for number in 0..files::ALL.len() {
        for (place, several) in texts.chunks(3).enumerate() {
            let several: Vec<&[u8]> = several.iter().map(String::as_bytes).collect();
            let input = [&[number_of(number)], &*several.join(&[DIVIDER][..])].concat();
            attack("files", &tapes, &input);
            corpus.write(&format!("files/{number}-{place}"), &input);
        }
    }
}

fn number_of(reader: usize) -> u8 {
    u8::try_from(reader).expect("a few")
}

/// Each answer that was recorded, once, and short, so that many can be tried.
fn recorded_answers() -> BTreeSet<Vec<u8>> {
    let mut answers = BTreeSet::new();
    for job in Job::ALL.into_iter().filter(|job| !matches!(job, Job::Kept | Job::Plan)) {
        for tape in recordings(job).0 {
            answers.extend(tape.split(|byte| *byte == DIVIDER).map(|answer| with_one_row(answer).unwrap_or(answer.to_vec())));
        }
    }
    answers.retain(|answer| answer.len() < 4_000);
    // What only a page of mailcow asks for.
    let refused = ENDS.iter().position(|end| *end == Ok(400)).expect("a status");
    for error in ["invalid_grant", "invalid_client"] {
        let body = json!({ "error": error }).to_string();
        answers.insert([&[END, number_of(refused)], body.as_bytes()].concat());
    }
    answers
}

/// A long list with its first row alone.
fn with_one_row(answer: &[u8]) -> Option<Vec<u8>> {
    let mut list: Value = serde_json::from_slice(answer).ok().filter(|_| answer.len() > 1_000)?;
    let rows = if list.is_array() { &mut list } else { list.get_mut("results")? };
    rows.as_array_mut()?.truncate(1);
    if let Some(pagination) = list.get_mut("pagination") {
        (pagination["count"], pagination["total_pages"]) = (json!(1), json!(1));
    }
    Some(list.to_string().into_bytes())
}

/// The form with the switches of the login pages, without the rest of its long page.
fn login_switches(page: &[u8]) -> Option<&[u8]> {
    let page = std::str::from_utf8(page).ok()?;
    let begin = page[..page.find("data-id=\"custom_login\"")?].rfind("<form")?;
    let form = &page[begin..];
    form.as_bytes().get(..form.find("</form>")? + "</form>".len())
}

/// Texts of the kinds that are read; short ones, of which many can be tried.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = hostile::texts().into_values().flatten().filter(|text| text.len() < 1_000).collect();
    texts.extend(
        [
            "https://mailcow.company:8443/admin/system",
            "mail.company",
            "https://authentik.company/sso/if/admin/#/core/applications",
            "https://authentik.company/sso/application/o/token/",
            "https://[::1]:9000/",
            "xn--bcher-kva.example",
            "2026-07a",
            "2026.8.0-rc1",
            "2026-11-30T01:56:04.123456Z",
            "https://mailcow.company\nhttps://authentik.company/",
            "E-mail address;App password needed\r\n\"anna@company.example\";yes\r\n",
            "E-mail address,App password needed\n'=1+1,sign in\n",
            "1001",
            "{\"a\": [1, \"b\"]}\n{ \"a\":[1,\"\\u0062\"] }",
            r#"{"kind":"go","section":"check"}"#,
            r#"{"kind":"click","tab":1,"url":"https://mailcow.company/admin"}"#,
            r#"{"failed":"no_option"}"#,
            r#"{"defaultTemplate":"staff","loginProvisioning":false}"#,
            r#"{"cost":"ready","domain":"company.example","group":null,"inWave":true}"#,
            r#"{"kind":null,"silent":true}"#,
            r#"[{"kind":"title","parts":[{"kind":"text","text":"1. a"},{"kind":"value","text":"`b`"}]},{"kind":"step","parts":[{"kind":"link","text":"https://a.example/?b"}]}]"#,
            r#"[["User","Name"],["=1","a;-b"]]"#,
            r#"{"authorizeUrl":"https://a.example/","clientId":" a","clientSecret":"b","mappers":["c"],"templates":[""],"ignoreSslError":true}"#,
            MAPPING_EXPRESSION,
        ]
        .map(str::to_owned),
    );
    // As Python reads them: a redirect URI after its expression.
    for expression in [r"https://mailcow\.company(/.*)?", r"^https?://(?:mail|web)[a-z\d-]+\.[^/]+/?$", ".*", "((a*)*)+b?"] {
        texts.push(format!("{expression}\nhttps://mailcow.company/"));
    }
    let rule = |group: &str| TemplateRule { group: group.into(), template: "with \"quotes\"".into() };
    texts.push(template_expression(&[rule("staff"), rule("\u{2028}")]));
    texts.extend(names_in_events().iter().map(|kind| json!({ "kind": kind }).to_string()));
    texts.extend(recordings(Job::Kept).1.iter().flat_map(|recording| input::kept(recording).into_values()));
    let plan = |file: &Vec<u8>| serde_json::from_slice::<Value>(file).expect("JSON")["draft"].to_string();
    texts.extend(recordings(Job::Plan).1.iter().map(plan));
    for tape in recordings(Job::Mailcow).0 {
        let forms = pieces(&tape).into_iter().filter_map(|piece| String::from_utf8(piece.body).ok());
        texts.extend(forms.filter(|form| form.contains("controls") && form.len() < 4_000));
    }
    texts
}

/// What an event may be called, as its reader says itself.
fn names_in_events() -> BTreeSet<String> {
    let error = serde_json::from_str::<Event>(r#"{"kind":"?"}"#).err().expect("no event").to_string();
    error.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

/// Notes what a value calls its members, and short texts in it: the fuzzer puts them together anew.
fn note_words(words: &mut BTreeSet<String>, value: &Value) {
    match value {
        Value::Object(members) => {
            words.extend(members.keys().cloned());
            members.values().for_each(|value| note_words(words, value));
        }
        Value::Array(items) => items.iter().for_each(|value| note_words(words, value)),
        Value::String(text) => words.extend(Some(text.clone())),
        _ => {}
    }
}

/// A dictionary as libFuzzer reads it.
fn dictionary(words: &BTreeSet<String>) -> String {
    let is_plain = |word: &&String| {
        (2..=24).contains(&word.len()) && word.bytes().all(|byte| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~'))
    };
    words.iter().filter(is_plain).flat_map(|word| ["\"", word, "\"\n"]).collect()
}
