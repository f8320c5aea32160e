//! The endpoints of mailcow that Cowbell uses.

/// The complete list of mailcow's endpoints that Cowbell uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    Version,
    /// The stored settings of the identity provider.
    IdentityProvider,
    /// All mail domains.
    Domains,
    /// All mailboxes.
    Mailboxes,
    /// One mailbox; its address follows the path.
    Mailbox,
    /// The app passwords of one mailbox, whose address follows the path.
    AppPasswords,
    /// All templates for mailboxes.
    MailboxTemplates,
    /// All aliases.
    Aliases,
    /// All alias domains.
    AliasDomains,
    /// The newest entries of the UI log.
    UiLog,
    /// The login log: sign-ins of mail programs.
    SignInLog,
    /// A rendered page, which clears the queue of old messages.
    SystemPage,
    /// The page at which administrators sign in, and finish doing so.
    AdminPage,
    /// The page at which users sign in.
    LoginPage,
    /// Stores the settings of the identity provider.
    EditIdentityProvider,
    /// Tests whether mailcow's server reaches the token endpoint.
    TestIdentityProvider,
    /// Removes the settings of the identity provider.
    DeleteIdentityProvider,
    /// Changes mailboxes.
    EditMailboxes,
    /// Changes what the login pages show.
    EditCustomLogin,
}

impl Endpoint {
    /// The path, which follows the origin.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Version => "/api/v1/get/status/version",
            Self::IdentityProvider => "/api/v1/get/identity-provider",
            Self::Domains => "/api/v1/get/domain/all",
            Self::Mailboxes => "/api/v1/get/mailbox/all",
            Self::Mailbox => "/api/v1/get/mailbox/",
            Self::AppPasswords => "/api/v1/get/app-passwd/all/",
            Self::MailboxTemplates => "/api/v1/get/mailbox/template/all",
            Self::Aliases => "/api/v1/get/alias/all",
            Self::AliasDomains => "/api/v1/get/alias-domain/all",
            Self::UiLog => "/api/v1/get/logs/ui/1000",
            Self::SignInLog => "/api/v1/get/logs/sasl/100000",
            Self::SystemPage => "/admin/system",
            Self::AdminPage => "/admin",
            Self::LoginPage => "/",
            Self::EditIdentityProvider => "/api/v1/edit/identity-provider",
            Self::TestIdentityProvider => "/api/v1/edit/identity-provider-test",
            Self::DeleteIdentityProvider => "/api/v1/delete/identity-provider",
            Self::EditMailboxes => "/api/v1/edit/mailbox",
            Self::EditCustomLogin => "/api/v1/edit/custom_login",
        }
    }
}
