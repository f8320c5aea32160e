//! Applications, bindings, flows and certificates.

use uuid::Uuid;

use crate::authentik::time::Micros;

/// An application: the tile that users see, and whose bindings say who may use it.
#[derive(Clone, Debug)]
pub struct Application {
    /// Primary key; also the target of its bindings.
    pub pk: Uuid,
    /// Name; not unique.
    pub name: String,
    /// Unique slug.
    pub slug: String,
    /// Its provider.
    pub provider: Option<i64>,
    /// Heading under which it is listed.
    pub group: String,
    /// Whether all bindings have to agree instead of any.
    pub needs_all: bool,
    /// Where the tile leads.
    pub meta_launch_url: String,
    /// Description.
    pub meta_description: String,
    /// Publisher.
    pub meta_publisher: String,
    /// Icon.
    pub meta_icon: String,
    /// Names of its entitlements, which are deleted with it.
    pub entitlements: Vec<String>,
    /// Whether the tile is hidden (2026.5 and later).
    pub meta_hide: bool,
    /// Whether the tile opens a new tab.
    pub open_in_new_tab: bool,
}

impl Application {
    /// An application with the defaults of the API.
    #[must_use]
    pub fn new(pk: Uuid, name: &str, slug: &str) -> Self {
        Self {
            pk,
            name: name.to_owned(),
            slug: slug.to_owned(),
            provider: None,
            group: String::new(),
            needs_all: false,
            meta_launch_url: String::new(),
            meta_description: String::new(),
            meta_publisher: String::new(),
            meta_icon: String::new(),
            entitlements: Vec::new(),
            meta_hide: false,
            open_in_new_tab: false,
        }
    }
}

/// Who a binding lets pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Members of a group, or of a group below it.
    Group(Uuid),
    /// One user.
    User(i64),
    /// Whom an expression policy lets pass, of which nobody but authentik knows the result: users with an even primary key.
    Policy(Uuid),
}

/// A binding of a group, user or policy to an application.
#[derive(Clone, Debug)]
pub struct Binding {
    /// Primary key.
    pub pk: Uuid,
    /// Primary key of the application.
    pub target: Uuid,
    /// Who passes.
    pub bound: Bound,
    /// Whether the result is turned round.
    pub negate: bool,
    /// Whether it counts.
    pub enabled: bool,
    /// Place among the bindings of the target.
    pub order: i64,
    /// Seconds that evaluation may take.
    pub timeout: i64,
    /// What counts when evaluation fails.
    pub failure_result: bool,
    /// When it ends; `None` for one that does not (2026.8 and later).
    pub expires: Option<Micros>,
}

impl Binding {
    /// A binding with the defaults of the API.
    #[must_use]
    pub fn new(pk: Uuid, target: Uuid, bound: Bound) -> Self {
        Self { pk, target, bound, negate: false, enabled: true, order: 0, timeout: 30, failure_result: false, expires: None }
    }

    /// Whether it has not ended.
    #[must_use]
    pub fn is_live(&self, now: Micros) -> bool {
        self.expires.is_none_or(|end| end > now)
    }
}

/// What a flow is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Designation {
    /// Signing in.
    Authentication,
    /// Between sign-in and code.
    Authorization,
    /// Signing out.
    Invalidation,
}

impl Designation {
    /// Every designation that the API accepts as a filter.
    pub const NAMES: [&'static str; 7] =
        ["authentication", "authorization", "invalidation", "enrollment", "unenrollment", "recovery", "stage_configuration"];

    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Authorization => "authorization",
            Self::Invalidation => "invalidation",
        }
    }
}

/// What a stage of a flow does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageKind {
    /// Asks who it is.
    Identification,
    /// Asks for the password.
    Password,
    /// Asks for a second factor, of those who have one: nobody has one here.
    SecondFactor,
    /// Starts the session.
    Login,
    /// Ends the session.
    Logout,
    /// Asks whether the application may have the claims.
    Consent,
}

/// A stage of a flow.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    /// Primary key.
    pub pk: Uuid,
    /// What it does.
    pub kind: StageKind,
}

/// A flow.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Primary key.
    pub pk: Uuid,
    /// Key of its bindings.
    pub binding_pk: Uuid,
    /// Name in the admin interface.
    pub name: String,
    /// Unique slug.
    pub slug: String,
    /// Heading of its pages.
    pub title: String,
    /// What it is for.
    pub designation: Designation,
    /// Who may start it.
    pub authentication: String,
    /// Policies that are bound to it.
    pub policies: Vec<Uuid>,
    /// Its stages.
    pub stages: Vec<Stage>,
}

impl Flow {
    /// Whether it has a stage of this kind.
    #[must_use]
    pub fn has(&self, kind: StageKind) -> bool {
        self.stages.iter().any(|stage| stage.kind == kind)
    }
}

/// A certificate, with or without its private key.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// Primary key.
    pub pk: Uuid,
    /// Unique name.
    pub name: String,
    /// Distinguished name.
    pub subject: String,
    /// End of validity.
    pub expires: Micros,
    /// Kind of key: `rsa`, `ec`, `dsa`, `ed25519`, `ed448`.
    pub key_type: String,
    /// Whether the private key is there.
    pub has_key: bool,
    /// Identifier of a certificate that authentik keeps itself.
    pub managed: Option<String>,
}
