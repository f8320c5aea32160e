//! `/core/users/` (docs/contract/authentik.md, section 8).

use http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    fields::{Fields, OPTIONAL, REQUIRED},
    list, object_attributes, partial,
};
use crate::{
    authentik::{
        access::{Caller, Reach},
        call::Call,
        refusal::Refusal,
        resource::USER,
        state::{AttributeOf, State, User, UserList, UserType},
        time,
    },
    message::{self, Response},
};

/// The picture that every user without one has.
pub(super) const AVATAR: &str = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=";

const KEYS: [list::Key<User>; 7] = [
    ("username", |user| user.username.clone()),
    ("name", |user| user.name.clone()),
    ("email", |user| user.email.clone()),
    ("is_active", |user| user.is_active.to_string()),
    ("last_login", |user| format!("{:020}", user.last_login.unwrap_or_default())),
    ("date_joined", |user| format!("{:020}", user.date_joined)),
    ("last_updated", |user| format!("{:020}", user.last_updated)),
];

/// A user as the API shows it.
pub(super) fn show(state: &State, user: &User, with_groups: bool, with_roles: bool) -> Value {
    let profile = state.profile;
    let mut shown = json!({
        "pk": user.pk,
        "username": user.username,
        "name": user.name,
        "is_active": user.is_active,
        "last_login": user.last_login.map(time::iso),
        "is_superuser": state.is_superuser(user),
        "groups": user.groups,
        "groups_obj": null,
        "email": user.email,
        "avatar": AVATAR,
        "attributes": user.attributes,
        "uid": user.uid(),
        "path": user.path,
        "type": user.kind.name(),
        "uuid": user.uuid,
    });
    if with_groups {
        shown["groups_obj"] =
            user.groups.iter().filter_map(|pk| state.groups.get(pk)).map(|group| partial::group(state, group)).collect();
    }
    if profile.has_date_joined() {
        shown["date_joined"] = json!(time::iso(user.date_joined));
    }
    if profile.has_password_change_date() {
        shown["password_change_date"] = json!(time::iso(user.password_change_date));
    }
    if profile.has_last_updated() {
        shown["last_updated"] = json!(time::iso(user.last_updated));
    }
    if profile.has_user_roles() {
        shown["roles"] = json!(user.roles);
        shown["roles_obj"] = with_roles.then(|| state.role_names(&user.roles)).into();
    }
    shown
}

/// A field of a user as text.
type Text = fn(&User) -> String;

/// What a list of users is narrowed to.
struct Filter<'a> {
    visible: Reach,
    is_active: Option<bool>,
    is_superuser: Option<bool>,
    kinds: Vec<&'a str>,
    groups: Option<Vec<Uuid>>,
    exact: Vec<(Text, &'a str)>,
    path_startswith: Option<&'a str>,
    attributes: Vec<AttributeLookup>,
    search: Option<&'a str>,
    compared: Option<(Text, list::Comparison<'a>)>,
}

impl<'a> Filter<'a> {
    fn new(state: &State, call: &'a Call, visible: Reach) -> Result<Self, Refusal> {
        let exact: [(&str, Text); 5] = [
            ("username", |user| user.username.clone()),
            ("email", |user| user.email.clone()),
            ("name", |user| user.name.clone()),
            ("uuid", |user| user.uuid.to_string()),
            ("path", |user| user.path.clone()),
        ];
        let kinds = call.params("type");
        if let Some(unknown) = kinds.iter().find(|kind| !UserType::ALL.iter().any(|known| known.name() == **kind)) {
            return Err(list::no_such_choice("type", unknown));
        }
        let search = call.param("search").filter(|search| !search.is_empty());
        let compared =
            search.filter(|_| state.profile.has_query_language()).and_then(list::Comparison::parse).and_then(|compared| {
                let (_, value) = exact.iter().find(|(name, _)| *name == compared.field)?;
                Some((*value, compared))
            });
        Ok(Self {
            visible,
            is_active: call.flag("is_active"),
            is_superuser: call.flag("is_superuser"),
            kinds,
            groups: groups_of(state, call)?,
            exact: exact.into_iter().filter_map(|(name, value)| Some((value, call.param(name)?))).collect(),
            path_startswith: call.param("path_startswith"),
            attributes: call.param("attributes").map_or(Ok(Vec::new()), attribute_lookups)?,
            search: search.filter(|_| compared.is_none()),
            compared,
        })
    }

    /// Whether nobody is left out, so that a page can be cut from the directory as it is.
    fn is_open(&self) -> bool {
        self.visible == Reach::Everything
            && self.is_active.is_none()
            && self.is_superuser.is_none()
            && self.kinds.is_empty()
            && self.groups.is_none()
            && self.exact.is_empty()
            && self.path_startswith.is_none()
            && self.attributes.is_empty()
            && self.search.is_none()
            && self.compared.is_none()
    }

    fn lets(&self, state: &State, user: &User) -> bool {
        self.is_active.is_none_or(|active| user.is_active == active)
            && (self.kinds.is_empty() || self.kinds.contains(&user.kind.name()))
            && self.groups.as_ref().is_none_or(|groups| groups.iter().any(|pk| user.groups.contains(pk)))
            && self.exact.iter().all(|(value, wanted)| value(user) == *wanted)
            && self.path_startswith.is_none_or(|path| user.path.starts_with(path))
            && self.attributes.iter().all(|lookup| lookup.matches(&user.attributes))
            && self.is_superuser.is_none_or(|wanted| state.is_superuser(user) == wanted)
            && self.search.is_none_or(|search| {
                let uuid = user.uuid.to_string();
                list::matches(search, &[&user.username, &user.name, &user.email, &uuid])
            })
            && self.compared.as_ref().is_none_or(|(value, compared)| compared.passes(&value(user)))
            && (self.visible == Reach::Everything || self.visible.covers(&user.pk.to_string()))
    }
}

pub(super) fn list(state: &mut State, call: &Call, caller: &Caller) -> Result<Response, Refusal> {
    let filter = Filter::new(state, call, USER.visible(state, caller)?)?;
    let with_groups = call.flag("include_groups") != Some(false);
    let with_roles = call.flag("include_roles") != Some(false);
    if filter.is_open() && call.param("ordering").is_none_or(|ordering| ordering == "username") {
        let page = list::Page::new(call, state, state.users.len())?;
        let results = state.users.range(page.start, page.end).map(|user| show(state, user, with_groups, with_roles)).collect();
        return Ok(page.answer(state.profile, Some(&USER), results));
    }
    let found = selected(state, call, &filter);
    let answer = list::paged(call, state, Some(&USER), &found.pks, |pk| {
        state.users.get(*pk).map_or(Value::Null, |user| show(state, user, with_groups, with_roles))
    });
    state.user_list = Some(found);
    answer
}

/// The users that a request names, taken from the last list if it was the same and nobody was changed since.
fn selected(state: &mut State, call: &Call, filter: &Filter) -> UserList {
    let paging = ["page", "page_size", "include_groups", "include_roles"];
    let rest: Vec<_> = call.query.iter().filter(|(name, _)| !paging.contains(&name.as_str())).collect();
    let query = format!("{:?} {:?} {rest:?}", filter.visible, filter.groups);
    // Who is a superuser depends on groups, too: such a list is made anew each time.
    let revision = state.users.revision();
    if let Some(last) = state.user_list.take()
        && filter.is_superuser.is_none()
        && last.query == query
        && last.revision == revision
    {
        return last;
    }
    let mut users: Vec<&User> = state.users.iter().filter(|user| filter.lets(state, user)).collect();
    list::order(call, &mut users, &KEYS);
    UserList { query, revision, pks: users.iter().map(|user| user.pk).collect() }
}

pub(super) fn retrieve(state: &State, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    USER.may("view", key, state, caller)?;
    Ok(message::json(StatusCode::OK, &show(state, find(state, key)?, true, true)))
}

/// Changes a user. `attributes` is replaced as a whole (recordings 356 to 358).
pub(super) fn update(state: &mut State, call: &Call, caller: &Caller, key: &str) -> Result<Response, Refusal> {
    USER.may("change", key, state, caller)?;
    let mut user = find(state, key)?.clone();
    let body = call.json()?;
    read(state, Fields::new(&body, call.method == http::Method::PATCH), &mut user)?;
    object_attributes::enforce(state, AttributeOf::Users, &body)?;
    if user.kind == UserType::InternalServiceAccount {
        return Err(Refusal::field("non_field_errors", "Can't modify internal service account users"));
    }
    user.last_updated = state.now;
    USER.audit("model_updated", &json!(user.pk), &user.name, state, call, Some(caller.user));
    if !user.is_active {
        state.sessions.retain(|_, session| session.user != Some(user.pk));
    }
    let pk = user.pk;
    let username = user.username.clone();
    let renamed = state.users.get(pk).is_some_and(|stored| stored.username != username);
    if renamed {
        state.users.rename(pk, &username);
    }
    if let Some(stored) = state.users.get_mut(pk) {
        *stored = user;
    }
    Ok(message::json(StatusCode::OK, &show(state, find(state, key)?, true, true)))
}

fn find<'a>(state: &'a State, key: &str) -> Result<&'a User, Refusal> {
    key.parse().ok().and_then(|pk| state.users.get(pk)).ok_or_else(|| USER.missing())
}

fn read(state: &State, mut fields: Fields, user: &mut User) -> Result<(), Refusal> {
    if let Some(username) = fields.text("username", REQUIRED) {
        if state.users.named(&username).is_some_and(|other| other.pk != user.pk) {
            fields.error("username", "This field must be unique.");
        }
        user.username = username;
    }
    if let Some(name) = fields.text("name", super::fields::Text { blank: true, ..REQUIRED }) {
        user.name = name;
    }
    if let Some(email) = fields.text("email", OPTIONAL) {
        if !email.is_empty() && !looks_like_address(&email) {
            fields.error("email", "Enter a valid email address.");
        }
        user.email = email;
    }
    if let Some(active) = fields.boolean("is_active") {
        user.is_active = active;
    }
    if let Some(attributes) = fields.dictionary("attributes") {
        user.attributes = attributes;
    }
    if let Some(path) = fields.text("path", OPTIONAL) {
        user.path = path;
    }
    let groups = fields.references("groups", |pk| state.groups.contains_key(&pk));
    if let Some(groups) = groups {
        user.groups = groups;
    }
    fields.done()
}

fn looks_like_address(email: &str) -> bool {
    email
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.') && !email.contains(char::is_whitespace))
}

/// The groups that a request names, by name or key; an unknown one is refused (recording 332).
fn groups_of(state: &State, call: &Call) -> Result<Option<Vec<Uuid>>, Refusal> {
    let mut found = Vec::new();
    for name in call.params("groups_by_name") {
        let group = state.group_named(name).ok_or_else(|| list::no_such_choice("groups_by_name", name))?;
        found.push(group.pk);
    }
    for key in call.params("groups_by_pk") {
        let pk = Uuid::parse_str(key)
            .ok()
            .filter(|pk| state.groups.contains_key(pk))
            .ok_or_else(|| list::no_such_choice("groups_by_pk", key))?;
        found.push(pk);
    }
    Ok((!found.is_empty()).then_some(found))
}

/// A condition on one attribute.
enum AttributeLookup {
    Equals(Vec<String>, Value),
    IsNull(Vec<String>, bool),
}

impl AttributeLookup {
    fn matches(&self, attributes: &Map<String, Value>) -> bool {
        match self {
            Self::Equals(path, wanted) => dig(attributes, path) == Some(wanted),
            Self::IsNull(path, null) => dig(attributes, path).is_none() == *null,
        }
    }
}

/// The conditions in the parameter `attributes` (recordings 343 to 348).
fn attribute_lookups(text: &str) -> Result<Vec<AttributeLookup>, Refusal> {
    let refused = |message: &str| Refusal::invalid(json!([message]));
    let value: Value = serde_json::from_str(text).map_err(|_| refused("filter: failed to parse JSON"))?;
    let Value::Object(conditions) = value else {
        return Err(refused("filter: value must be key:value mapping"));
    };
    Ok(conditions
        .into_iter()
        .map(|(key, value)| {
            let path: Vec<String> = key.split("__").map(str::to_owned).collect();
            match path.split_last() {
                Some((last, path)) if last == "isnull" && !path.is_empty() => {
                    AttributeLookup::IsNull(path.to_vec(), value == json!(true))
                }
                _ => AttributeLookup::Equals(path, value),
            }
        })
        .collect())
}

fn dig<'a>(attributes: &'a Map<String, Value>, path: &[String]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(attributes.get(first)?, |value, key| value.get(key))
}
