//! Whatever leaves as a file is read as it was meant, whatever the texts in it are: each file is written with hostile texts, read by a
//! reader of its format, and compared with the one that has harmless names.

use cowbell::authentik::Snapshot;
use cowbell::authentik::api::Base;
use cowbell::authentik::types::{Application, Binding, Flow, Group, KnownAttributes, Provider, RedirectUri, ScopeMapping};
use cowbell::export::{
    Block, BlockKind, Inline, Integration, SavedFile, api_body, blueprint, csv, html, markdown, plain_text, terraform,
};
use cowbell::mailcow::IdentityProvider;
use cowbell::plan::SetupDraft;
use cowbell::setup::{Access, Audience, TemplateRule};
use hcl::eval::{Context, Evaluate as _};
use html5gum::{DefaultEmitter, HtmlString, Token, Tokenizer};
use pulldown_cmark::{Event, Options, Parser};
use serde_json::{Map, Value, json};

/// Texts in a file.
pub(crate) const FIELDS: usize = 40;

/// Every kind of file.
pub(crate) const ALL: [SavedFile; 8] = [
    SavedFile::Blueprint,
    SavedFile::Terraform,
    SavedFile::MailcowApi,
    SavedFile::Plan,
    SavedFile::Report,
    SavedFile::Table,
    SavedFile::Message,
    SavedFile::HtmlMessage,
];

/// Writes files. A field is one that a server, or who loads a plan, can choose. Only a panel that has read authentik writes plans.
pub(crate) struct Writer<'a>(pub(crate) &'a dyn Fn(SetupDraft) -> String);

impl Writer<'_> {
    fn write(&self, file: SavedFile, field: &dyn Fn(usize) -> String) -> String {
        match file {
            SavedFile::Blueprint => integration(field, blueprint),
            SavedFile::Terraform => integration(field, terraform),
            SavedFile::MailcowApi => api_body(&settings(field)),
            SavedFile::Plan => (self.0)(draft(field)),
            SavedFile::Report => markdown(&report(field)),
            SavedFile::Table => csv(&table(field)),
            SavedFile::Message => plain_text(&message(field)),
            SavedFile::HtmlMessage => html(&field(0), &message(field)),
        }
    }

    /// What a file says with harmless texts.
    pub(crate) fn harmless(&self, file: SavedFile) -> Value {
        read(file, &self.write(file, &marker))
    }

    /// Writes a file with these texts, and asserts that it differs from the harmless one in nothing else.
    pub(crate) fn compare(&self, file: SavedFile, harmless: &Value, field: &dyn Fn(usize) -> String) {
        let text = self.write(file, field);
        let texts: Vec<String> = (0..FIELDS).map(|at| carried(file, &field(at))).collect();
        let mut expected = normalised(file, harmless, &|text| with_texts(text, &texts));
        if file == SavedFile::MailcowApi {
            drop_empty_rows(&mut expected["attr"]);
        }
        // What is empty is no token.
        if let (SavedFile::HtmlMessage, Some(tokens)) = (file, expected.as_array_mut()) {
            tokens.retain(|token| token["text"] != "");
        }
        let found = normalised(file, &read(file, &text), &|text| {
            if file == SavedFile::Table { without_guards(text) } else { text.into() }
        });
        let [expected, found] =
            [expected, found].map(|value| if file == SavedFile::Report { with_numbers_as_text(&value) } else { value });
        if expected != found {
            let short: String = text.chars().take(6_000).collect();
            panic!("{file:?} with {:?}…\n{short}\n{expected:#}\n{found:#}", field(0).chars().take(80).collect::<String>());
        }
    }
}

fn integration(field: &dyn Fn(usize) -> String, export: fn(&Integration<'_>) -> String) -> String {
    // Primary keys have to differ, as they do in reality.
    let key = |at: usize| format!("{}-{at}", field(at));
    let mut snapshot = Snapshot::stock(Base::typed("authentik.company").expect("an address").0);
    let mapping = |at: usize, managed: Option<String>| ScopeMapping {
        pk: key(at),
        managed,
        name: field(at + 1),
        scope_name: field(at + 2),
        expression: field(at + 3),
    };
    snapshot.mappings = vec![mapping(0, None), mapping(4, Some(field(8))), mapping(9, None)];
    snapshot.authorization_flows = vec![Flow { pk: key(13), slug: field(14), name: field(15) }];
    snapshot.certificates[0].name = field(16);
    let uri = |at: usize, kind: Option<String>| RedirectUri {
        matching_mode: field(at),
        redirect_uri_type: kind,
        ..RedirectUri::strict(field(at + 1))
    };
    let provider = Provider {
        pk: 7,
        name: field(17),
        authorization_flow: Some(key(13)),
        invalidation_flow: Some(key(18)),
        property_mappings: snapshot.mappings.iter().map(|mapping| mapping.pk.clone()).collect(),
        client_type: field(19),
        client_id: field(20),
        client_secret: None,
        signing_key: Some(snapshot.certificates[0].pk.clone()),
        redirect_uris: vec![uri(21, None), uri(23, Some(field(25)))],
        grant_types: Some(vec![field(26), field(27)]),
        access_token_validity: field(28),
        assigned_application_slug: None,
        authentication_flow: None,
        has_secret_object: false,
        previews_claims: Some(true),
    };
    let application = Application {
        pk: key(29),
        name: field(30),
        slug: field(31),
        provider: Some(7),
        meta_launch_url: field(32),
        group: field(33),
        needs_all: false,
    };
    snapshot.groups = vec![Group {
        pk: key(34),
        name: field(35),
        parents: Vec::new(),
        parent: None,
        attributes: KnownAttributes::default(),
        members: 1,
    }];
    let binding =
        Binding { pk: key(36), group: Some(key(34)), user: None, negate: true, enabled: false, order: 3, expiring: false };
    let of_user = Binding { group: None, user: Some(4), ..binding.clone() };
    snapshot.add_bindings(application.pk.clone(), vec![binding, of_user]);
    export(&Integration { snapshot: &snapshot, provider: &provider, application: Some(&application) })
}

fn settings(field: &dyn Fn(usize) -> String) -> IdentityProvider {
    let stored = json!({
        "authsource": "generic-oidc",
        "authorize_url": field(0), "token_url": field(1), "userinfo_url": field(2), "client_id": field(3), "client_secret": "CANARY",
        "redirect_url": field(4), "redirect_url_extra": [field(5)], "client_scopes": field(6), "default_template": field(7),
        "mappers": [field(8)], "templates": [field(9)], "login_provisioning": "1", "server_url": field(10),
    });
    serde_json::from_value(stored).expect("settings")
}

fn draft(field: &dyn Fn(usize) -> String) -> SetupDraft {
    let some = |at| Some(field(at));
    SetupDraft {
        mailcow: field(0),
        additional_hosts: vec![field(1)],
        previous_hosts: vec![field(2)],
        application_name: some(3),
        application_slug: some(4),
        application_group: some(5),
        launch_url: some(6),
        provider_name: some(7),
        mapping_name: some(8),
        authorization_flow: some(9),
        invalidation_flow: some(10),
        signing_key: some(11),
        audience: Audience::Groups { groups: vec![field(12)] },
        access: Some(Access::Groups { groups: vec![field(13)] }),
        templates: Some(vec![TemplateRule { group: field(14), template: field(15) }]),
        ..SetupDraft::default()
    }
}

fn report(field: &dyn Fn(usize) -> String) -> Vec<Block> {
    let block = |kind, parts| Block { kind, parts };
    let text = |text: &str| Inline::Text(text.into());
    let value = |at| Inline::Value(field(at));
    vec![
        block(BlockKind::Title, vec![text("Sign-in to "), value(0), text(" with authentik")]),
        block(BlockKind::Paragraph, vec![value(1), text(", version "), value(2), value(3), text(".")]),
        block(BlockKind::Heading, vec![value(4)]),
        block(BlockKind::Item, vec![text("Client ID: "), value(5)]),
        block(BlockKind::Item, vec![value(6), text(" `and` "), value(7), text("`"), value(8)]),
        block(BlockKind::Item, vec![text("1. = - + # [x] @name <b> $x$ a_b_c **d** ~~e~~ | f | ![g](h) &amp; \\. \\")]),
        block(BlockKind::Paragraph, vec![text(" - no item "), value(9)]),
        block(BlockKind::Paragraph, vec![value(10)]),
    ]
}

pub(crate) fn message(field: &dyn Fn(usize) -> String) -> Vec<Block> {
    let block = |kind, parts| Block { kind, parts };
    let text = |text: &str| Inline::Text(text.into());
    let value = |at| Inline::Value(field(at));
    vec![
        block(BlockKind::Title, vec![text("From "), value(1), text(" on")]),
        block(BlockKind::Paragraph, vec![text("Hello "), value(2), text(",")]),
        block(BlockKind::Paragraph, vec![value(3)]),
        block(BlockKind::Heading, vec![value(4), text("</h2> &amp; \"'"), Inline::Text(field(5))]),
        block(BlockKind::Step, vec![text("Open "), Inline::Link(format!("https://mail.company/{}", field(6))), text(".")]),
        block(BlockKind::Step, vec![value(7), value(8)]),
        block(BlockKind::Item, vec![value(9)]),
        block(BlockKind::Paragraph, vec![value(10)]),
    ]
}

fn table(field: &dyn Fn(usize) -> String) -> Vec<Vec<String>> {
    let row = |begin: usize| (begin..begin + 3).map(field).collect();
    vec![vec!["User".into(), "Name; other".into(), "E-mail".into()], row(0), row(3)]
}

/// Reads a file as what it says.
fn read(file: SavedFile, text: &str) -> Value {
    match file {
        SavedFile::Blueprint => of_yaml(yaml_serde::from_str(text).expect("one document of YAML")),
        SavedFile::Terraform => of_body(&hcl::parse(text).expect("HCL")),
        SavedFile::MailcowApi | SavedFile::Plan => serde_json::from_str(text).expect("JSON"),
        SavedFile::Report => of_markdown(text),
        SavedFile::Table => of_csv(text, b','),
        SavedFile::Message => text.split(ENDS_OF_LINES).collect(),
        SavedFile::HtmlMessage => of_html(text),
    }
}

/// Where some program or other begins a new line.
const ENDS_OF_LINES: [char; 10] = ['\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}'];

fn of_yaml(value: yaml_serde::Value) -> Value {
    match value {
        yaml_serde::Value::Tagged(tagged) => json!({ tagged.tag.to_string(): of_yaml(tagged.value) }),
        yaml_serde::Value::Sequence(items) => items.into_iter().map(of_yaml).collect(),
        yaml_serde::Value::Mapping(members) => {
            let name = |value: yaml_serde::Value| value.as_str().expect("a name").to_owned();
            members.into_iter().map(|(key, value)| (name(key), of_yaml(value))).collect::<Map<_, _>>().into()
        }
        scalar => yaml_serde::from_value(scalar).expect("a scalar"),
    }
}

fn of_body(body: &hcl::Body) -> Value {
    let of_structure = |structure: &hcl::Structure| match structure {
        hcl::Structure::Attribute(attribute) => json!({ attribute.key.to_string(): of_expression(&attribute.expr) }),
        hcl::Structure::Block(block) => {
            let labels: Vec<&str> = block.labels.iter().map(hcl::BlockLabel::as_str).collect();
            json!({ block.identifier.to_string(): [labels, of_body(&block.body)] })
        }
    };
    body.iter().map(of_structure).collect()
}

/// A value of Terraform, templates evaluated: one that refers to anything cannot be.
fn of_expression(expression: &hcl::Expression) -> Value {
    match expression {
        hcl::Expression::Array(items) => items.iter().map(of_expression).collect(),
        hcl::Expression::Object(members) => {
            members.iter().map(|(key, value)| (key.to_string(), of_expression(value))).collect::<Map<_, _>>().into()
        }
        hcl::Expression::FuncCall(call) => {
            assert_eq!(call.name.to_string(), "join", "{call:?}");
            let [separator, lines] = &call.args[..] else { panic!("{call:?}") };
            let lines = of_expression(lines);
            let lines: Vec<&str> = lines.as_array().expect("a list").iter().filter_map(Value::as_str).collect();
            lines.join(of_expression(separator).as_str().expect("a text")).into()
        }
        hcl::Expression::Traversal(path) => json!({ "path": format!("{path:?}") }),
        other => serde_json::to_value(other.evaluate(&Context::new()).expect("a constant")).expect("JSON"),
    }
}

/// The events of a document; of adjacent texts one, because their division says nothing.
pub(crate) fn of_markdown(text: &str) -> Value {
    let options = Options::all() - Options::ENABLE_SMART_PUNCTUATION;
    let mut found: Vec<Value> = Vec::new();
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Code(code) => found.push(json!({ "code": &*code })),
            Event::Text(text) => match found.last_mut().and_then(|last| last.get_mut("text")) {
                Some(Value::String(last)) => last.push_str(&text),
                _ => found.push(json!({ "text": &*text })),
            },
            other => found.push(json!({ "event": format!("{other:?}") })),
        }
    }
    found.into()
}

pub(crate) fn of_csv(text: &str, separator: u8) -> Value {
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let of_row = |row: csv::StringRecord| row.iter().map(Value::from).collect::<Value>();
    reader.records().map(|row| of_row(row.expect("a row"))).collect()
}

/// The tokens of a document, as a browser reads it; of adjacent texts one, because their division says nothing.
fn of_html(text: &str) -> Value {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let shown = |text: &HtmlString| String::from_utf8(text.to_vec()).expect("UTF-8");
    let mut found: Vec<Value> = Vec::new();
    for token in Tokenizer::new_with_emitter(text, emitter) {
        match token.expect("a token") {
            Token::StartTag(tag) => {
                let of = |(name, value): (&HtmlString, &HtmlString)| (shown(name), Value::from(shown(value)));
                let attributes = tag.attributes.iter().map(|(name, value)| of((name, &value.value))).collect::<Map<_, _>>();
                found.push(json!({ "start": shown(&tag.name), "attributes": attributes }));
            }
            Token::EndTag(tag) => found.push(json!({ "end": shown(&tag.name) })),
            Token::String(text) => match found.last_mut().and_then(|last| last.get_mut("text")) {
                Some(Value::String(last)) => last.push_str(&shown(&text.value)),
                _ => found.push(json!({ "text": shown(&text.value) })),
            },
            Token::Doctype(doctype) => found.push(json!({ "doctype": shown(&doctype.name) })),
            Token::Comment(comment) => panic!("a comment: {comment:?}"),
            Token::Error(error) => panic!("{error:?} in {}", text.chars().take(3_000).collect::<String>()),
        }
    }
    found.into()
}

/// What a file says instead of a text that its format, or its reader, cannot carry.
pub(crate) fn carried(file: SavedFile, text: &str) -> String {
    match file {
        SavedFile::Report => {
            let shown = |c: char| if is_shown(c) { c.to_string() } else { format!("\\u{{{:x}}}", u32::from(c)) };
            if text.is_empty() { " ".into() } else { text.chars().map(shown).collect() }
        }
        SavedFile::Table => without_guards(text),
        SavedFile::Message | SavedFile::HtmlMessage => text.chars().map(in_a_line).collect(),
        _ => text.to_owned(),
    }
}

/// What a message has in the place of a character that its reader may not take for a part of a line.
fn in_a_line(character: char) -> char {
    let code = u32::from(character);
    let is_no_character = (0xfdd0..=0xfdef).contains(&code) || matches!(code & 0xffff, 0xfffe | 0xffff);
    let turns_around = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match character {
        '\t' => ' ',
        end if ENDS_OF_LINES.contains(&end) => ' ',
        other if is_no_character || turns_around || other.is_control() => '\u{fffd}',
        other => other,
    }
}

/// Whether a debugger shows a character, after another one.
pub(crate) fn is_shown(character: char) -> bool {
    matches!(character, '\'' | '"' | '\\') || format!("x{character}").escape_debug().to_string() == format!("x{character}")
}

pub(crate) const FORMULAS: [char; 12] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫'];

/// Removes the apostrophes that tell a spreadsheet that no formula follows.
fn without_guards(text: &str) -> String {
    FORMULAS.iter().fold(text.to_owned(), |text, sign| text.replace(&format!("'{sign}"), &sign.to_string()))
}

/// Puts texts in the place of the harmless names, and removes what Terraform does not need to say.
fn normalised(file: SavedFile, value: &Value, replace: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => replace(text).into(),
        Value::Array(items) => {
            let items = items.iter().map(|item| normalised(file, item, replace));
            let is_empty =
                |item: &Value| item.as_object().is_some_and(|one| one.len() == 1 && one.values().all(|text| text == ""));
            items.filter(|item| file != SavedFile::Terraform || !is_empty(item)).collect()
        }
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.clone(), normalised(file, value, replace))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// mailcow keeps no row with an empty claim or template, and no empty redirect URL (docs/contract/mailcow.md, section 4).
fn drop_empty_rows(attributes: &mut Value) {
    if attributes["mappers"][0] == "" || attributes["templates"][0] == "" {
        attributes["mappers"] = json!([]);
        attributes["templates"] = json!([]);
    }
    if attributes["redirect_url_extra"][0] == "" {
        attributes["redirect_url_extra"] = json!([]);
    }
}

/// The events of a document with numbers as part of the text: they need no code span.
fn with_numbers_as_text(events: &Value) -> Value {
    let mut found: Vec<Value> = Vec::new();
    for event in events.as_array().into_iter().flatten() {
        let number = event["code"].as_str().filter(|code| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit()));
        match (number.or(event["text"].as_str()), found.last_mut().and_then(|last| last.get_mut("text"))) {
            (Some(text), Some(Value::String(last))) => last.push_str(text),
            (Some(text), _) => found.push(json!({ "text": text })),
            (None, _) => found.push(event.clone()),
        }
    }
    found.into()
}

/// A harmless text, of which no part is in another one.
pub(crate) fn marker(at: usize) -> String {
    format!("Field{at}Field")
}

/// A harmless text with others in the places of the markers.
fn with_texts(text: &str, texts: &[String]) -> String {
    let mut parts = text.split("Field");
    let mut out = parts.next().unwrap_or_default().to_owned();
    while let (Some(number), Some(rest)) = (parts.next(), parts.next()) {
        out.push_str(number.parse().ok().and_then(|at: usize| texts.get(at)).expect("a marker"));
        out.push_str(rest);
    }
    out
}
