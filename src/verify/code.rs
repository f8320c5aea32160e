//! The catalogue of findings.

use serde::{Deserialize, Serialize, Serializer};
use tsify::Tsify;

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Checked and correct.
    Good,
    /// Worth knowing; nothing to do.
    Info,
    /// Could not be determined; the reason is in the evidence.
    Unknown,
    /// Works, but with an effect that users may not expect.
    Warning,
    /// A sign-in fails.
    Problem,
}

/// The source of a finding: what has to be read before it can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeenIn {
    /// What is typed in mailcow's form, or stored by it.
    Form,
    /// authentik's answer to the browser about the client credentials.
    Probe,
    /// mailcow's server, which tests the connection to authentik.
    Server,
    /// What both products have stored.
    Both,
    /// mailcow's API.
    Mailcow,
    /// authentik's API.
    Authentik,
    /// mailcow's log, authentik's events, or both.
    Logs,
    /// The browser: tab, network, page.
    Browser,
}

/// The outcome of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It ends in the existing mailbox.
    SignsIn,
    /// It ends in a mailbox that mailcow creates.
    NewMailbox,
    /// It is refused as long as the mailbox has a password of its own, which its user signs in with until it is switched.
    NotSwitched,
    /// It is refused.
    Refused,
    /// It could not be determined.
    Unknown,
}

impl Outcome {
    /// All outcomes, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::SignsIn, Self::NewMailbox, Self::NotSwitched, Self::Refused, Self::Unknown];

    /// The outcome of a sign-in with this verdict; unknown for a code that is not a verdict.
    #[must_use]
    pub fn of(verdict: Code) -> Self {
        verdict.outcome().unwrap_or(Self::Unknown)
    }

    /// Whether it certainly ends in no mailbox now.
    #[must_use]
    pub fn is_refused(self) -> bool {
        matches!(self, Self::NotSwitched | Self::Refused)
    }
}

/// A section of the panel in which something is fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum FixSection {
    /// By changing the setup.
    Setup,
    /// By the plan, which changes authentik.
    Plan,
    /// By filling in mailcow's form.
    Mailcow,
}

/// Declares the catalogue once: meaning, name, facts that its text shows, severity; then, if there is one, `|` with the outcome
/// of a sign-in with this verdict, and `=>` with the section in which it is fixed. Each group is preceded by the source of its
/// findings.
macro_rules! codes {
    ($([$seen:ident] $(
        $(#[$doc:meta])* $name:ident $(($($fact:ident),+))? = $severity:ident $(| $outcome:ident)? $(=> $section:ident)?,
    )*)*) => {
        /// A stable name for each possible finding of a check. The panel has its text under `finding_<code>`, the remedy under
        /// `finding_<code>_remedy`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Tsify)]
        #[serde(rename_all = "snake_case")]
        pub enum Code {
            $($($(#[$doc])* $name,)*)*
        }

        impl Code {
            /// All codes, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$($(Self::$name,)*)*];

            /// Its name for the panel. From a table, which is smaller in WebAssembly than the derived `match`.
            pub(crate) fn name(self) -> String {
                const NAMES: &[&str] = &[$($(stringify!($name),)*)*];
                let mut name = String::new();
                for letter in NAMES[self as usize].chars() {
                    if letter.is_ascii_uppercase() && !name.is_empty() {
                        name.push('_');
                    }
                    name.push(letter.to_ascii_lowercase());
                }
                name
            }

            /// Its severity.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self {
                    $($(Self::$name => Severity::$severity,)*)*
                }
            }

            /// The source of its findings.
            #[must_use]
            pub fn seen_in(self) -> SeenIn {
                match self {
                    $($(Self::$name => SeenIn::$seen,)*)*
                }
            }

            /// The outcome of a sign-in, for a verdict about a user or an address, or for what concerns everybody; `None` for every
            /// other code.
            #[must_use]
            pub fn outcome(self) -> Option<Outcome> {
                match self {
                    $($($(Self::$name => Some(Outcome::$outcome),)?)*)*
                    _ => None,
                }
            }

            /// The section in which it is fixed; `None` if there is none. A finding about a field of mailcow's form is fixed in
            /// the form (see [`super::FindingDetails::fixed_in`]).
            #[must_use]
            pub fn fixed_in(self) -> Option<FixSection> {
                match self {
                    $($($(Self::$name => Some(FixSection::$section),)?)*)*
                    _ => None,
                }
            }

            /// Names of the facts that each finding with this code carries, in order: placeholders such as `{path}` of its text.
            #[must_use]
            pub fn evidence(self) -> &'static [&'static str] {
                match self {
                    $($(Self::$name => &[$($(stringify!($fact)),+)?],)*)*
                }
            }
        }
    };
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

codes! {
    // Any field.
    [Form]

    /// The field is valid. Fact: none; the finding names the field.
    FieldGood = Good,
    /// The field is empty although mailcow needs it.
    FieldEmpty = Problem | Refused,
    /// Spaces or line breaks around the value; mailcow stores and sends them as they are.
    SurroundingSpace = Problem | Refused,
    /// A line break inside the value.
    LineBreak = Problem | Refused,
    /// A space inside a value that has none.
    InnerSpace = Problem | Refused,
    /// An invisible character, such as a zero-width space. Facts: its code point (`U+200B`), its position from 1.
    InvisibleCharacter(character, position) = Problem | Refused,
    /// A character outside ASCII, which authentik never uses in such a value. Facts: its code point, its position from 1.
    NonAsciiCharacter(character, position) = Problem | Refused,
    /// Quotation marks around the value.
    QuoteMarks = Problem | Refused,

    // Client ID and client secret as typed.

    /// The client ID is the one registered in authentik. Fact: name of the provider.
    ClientIdMatches(provider) = Good,
    /// The client secret is the one registered in authentik.
    ClientSecretMatches = Good,
    /// Client ID and client secret are swapped.
    CredentialsSwapped = Problem | Refused,
    /// Judging by their lengths, client ID and client secret are swapped; only a guess.
    CredentialsLookSwapped = Warning,
    /// Both fields have the same text.
    CredentialsEqual = Problem | Refused,
    /// Part of the registered client ID is missing. Facts: its length, the registered length.
    ClientIdTruncated(length, expected) = Problem | Refused,
    /// The client ID belongs to another provider of this authentik. Facts: name of that provider, name of the expected one.
    ClientIdOfOtherProvider(other, provider) = Problem,
    /// The client ID is not the registered one. Facts: the registered one, name of the provider.
    ClientIdDiffers(expected, provider) = Problem | Refused,
    /// mailcow signs its users in at another authentik, with a client of the same ID. Facts: the origin that mailcow has, that of the
    /// registered client.
    SettingsOfOtherAuthentik(stored, registered) = Problem,
    /// Someone has changed mailcow's settings since Cowbell wrote or showed them, so that they are not overwritten or removed. Fact:
    /// mailcow's names of the settings.
    SettingsChangedMeanwhile(fields) = Problem,
    /// It looks like a client ID that authentik generated, but has another length; only a guess. Facts: its length, the usual
    /// length.
    ClientIdOddLength(length, expected) = Warning,
    /// Part of the registered client secret is missing. Facts: its length, the registered length.
    ClientSecretTruncated(length, expected) = Problem,
    /// The client ID is correct and the secret is not: it was changed in authentik, or mistyped. Fact: name of the provider.
    ClientSecretDiffers(provider) = Problem,
    /// It looks like a client secret that authentik generated, but has another length; only a guess. Facts: its length, the usual
    /// length.
    ClientSecretOddLength(length, expected) = Warning,

    // Endpoints.

    /// The text is not a web address.
    EndpointNotUrl = Problem | Refused,
    /// The host is the placeholder of a guide. Fact: the host.
    EndpointPlaceholder(host) = Problem | Refused,
    /// The address starts with `http:`; codes and secrets would be sent unencrypted, and a redirect to https loses the request.
    EndpointNotSecure = Problem | Unknown,
    /// Only the trailing slash is missing.
    EndpointWithoutSlash = Problem | Refused,
    /// It is the address of the discovery document, which mailcow does not use.
    EndpointIsDiscovery = Problem | Refused,
    /// It is an address with the application's slug; the three endpoints have none. Fact: the slug.
    EndpointHasSlug(slug) = Problem | Refused,
    /// It is another endpoint. Fact: the last part of its path, such as `token`.
    EndpointSwapped(actual) = Problem | Refused,
    /// It is at mailcow instead of authentik. Fact: the host.
    EndpointAtMailcow(host) = Problem | Refused,
    /// It is at another host than authentik or the other endpoints. Facts: the host, the other one.
    EndpointAtOtherHost(host, expected) = Warning | Unknown,
    /// The path is not one of authentik's. Fact: the path.
    EndpointUnknownPath(path) = Problem | Refused,
    /// It is not the address that authentik specifies. Fact: that address.
    EndpointDiffers(expected) = Problem | Refused,

    // Redirect URLs.

    /// The text is not a web address.
    RedirectNotUrl = Problem | Refused,
    /// The address is registered in authentik, byte for byte.
    RedirectRegistered = Good,
    /// Only the trailing slash differs from what is registered. Fact: the registered address.
    RedirectSlashDiffers(expected) = Problem | Refused,
    /// A trailing slash, which has to be registered as well; it is not known whether it is.
    RedirectTrailingSlash = Warning,
    /// The address starts with `http:`. Fact: the address with https.
    RedirectNotSecure(expected) = Problem | Refused,
    /// It is a page that does not complete the sign-in. Fact: the path.
    RedirectHasPath(path) = Problem | Refused,
    /// It is not registered in authentik. Facts: the address, what is registered.
    RedirectNotRegistered(url, registered) = Problem | Refused,
    /// It depends on a registered regular expression of a form that is not known. Fact: the expression.
    RedirectMatchUnknown(expression) = Unknown,
    /// It is an additional one with a port, which mailcow may never choose. Fact: the port.
    RedirectPortNotCompared(port) = Warning,
    /// An additional host name of the setup has a port, at which mailcow may never choose its redirect URL. Fact: the host.
    AdditionalHostWithPort(host) = Warning,
    /// It is at another host than this page of mailcow. Facts: the host, the host of the page.
    RedirectAtOtherHost(host, page) = Warning,

    // Scopes.

    /// Scopes are separated by something other than a space.
    ScopesNotSeparatedBySpaces = Problem | Refused,
    /// The field is empty; mailcow then requests its own list, which works.
    ScopesEmpty = Info,
    /// Without `openid` authentik refuses to return the user's claims.
    ScopeOpenidMissing = Problem | Refused => Mailcow,
    /// Without `email` mailcow cannot find the mailbox.
    ScopeEmailMissing = Problem | Refused => Mailcow,
    /// Without `profile` new mailboxes have no name.
    ScopeProfileMissing = Warning,
    /// With `offline_access` mailcow redeems a refresh token at each page, and a refusal ends the session without a line in a log.
    ScopeOfflineAccess = Warning,
    /// A scope that neither product knows. Fact: the scope.
    ScopeUnknown(scope) = Warning,
    /// The provider has no mapping for a scope without which every sign-in fails. Fact: the scope.
    ScopeNotMapped(scope) = Problem | Refused => Plan,

    // Mailboxes.

    /// No default template and no mapping: users without a mailbox are refused.
    DefaultTemplateEmpty = Warning => Mailcow,
    /// A template that does not exist in mailcow. Fact: its name.
    TemplateNotFound(template) = Problem,
    /// An empty row between others: after saving, every sign-in ends on an empty page.
    MappingEmptyRow = Problem,
    /// A row of the mapping has a claim value without a template, or a template without a value. Fact: number of the row from 1.
    MappingRowIncomplete(row) = Problem,
    /// A template in use makes inactive mailboxes. Fact: its name.
    TemplateInactive(template) = Problem | Refused => Mailcow,
    /// Users of mailboxes from this template cannot create app passwords, so no mail program works for them. Fact: its name.
    TemplateWithoutAppPasswords(template) = Warning,
    /// Users of mailboxes from this template may not use `SOGo`. Fact: its name.
    TemplateWithoutSogo(template) = Warning,
    /// "Auto-create users on login" is off: users without a mailbox are refused.
    LoginProvisioningOff = Warning => Mailcow,
    /// "Ignore SSL Errors" is on: an attacker between the two servers can read the secret.
    IgnoreSslErrorOn = Warning,

    // The client credentials, verified by authentik.
    [Probe]

    /// authentik accepts the client credentials.
    CredentialsRight = Good,
    CredentialsWrongClientId = Problem | Refused,
    /// The client ID is correct, the secret is wrong.
    CredentialsWrongSecret = Problem | Refused,
    /// The client ID or the secret is wrong; authentik does not say which.
    CredentialsWrong = Problem | Refused,
    /// authentik does not answer this mailcow: its address is not among the registered redirect URIs. Fact: the address.
    CredentialsOriginNotRegistered(origin) = Problem => Plan,
    /// authentik hides its answer: the client ID is unknown, or this mailcow's address is not registered. Fact: the address.
    CredentialsHidden(origin) = Problem,
    /// The provider's grant types do not include authorization codes (authentik 2026.5 and later).
    CredentialsGrantTypeMissing = Problem | Refused => Plan,
    /// The provider is a public client, for which authentik accepts any secret.
    CredentialsPublicClient = Warning => Plan,
    /// authentik accepts any secret: the client is public, or codes are not allowed.
    CredentialsAnySecretAccepted = Unknown,
    /// The browser cannot reach the endpoint: name, network or certificate. Fact: the host.
    CredentialsUnreachable(host) = Problem,
    /// The server that answers is not a token endpoint. Fact: HTTP status.
    CredentialsNotOauth(status) = Problem,
    /// authentik's answer is not usable. Fact: HTTP status.
    CredentialsUnexpected(status) = Unknown,
    /// No answer came: time-out, tab closed or run cancelled.
    CredentialsNoAnswer = Unknown,
    /// They were not tested, because a service worker of the page could read them. Fact: origin of the page.
    CredentialsServiceWorker(origin) = Unknown,
    /// Not tested, because client ID, secret or token endpoint have to be corrected first.
    CredentialsNotAsked = Unknown,
    /// The credentials were not tested, because no authentik with this token endpoint was opened. Fact: its host.
    CredentialsUnknownEndpoint(host) = Unknown,

    // mailcow's server.
    [Server]

    /// mailcow's server gets an answer from the token endpoint; this verifies name, network and certificate only. Fact: the
    /// address.
    ServerReachesToken(url) = Good,
    /// mailcow's server gets no answer from the token endpoint. Fact: the address.
    ServerCannotReachToken(url) = Problem | Refused,
    /// mailcow's answer to its own connection test is mixed with messages of other requests.
    ServerReachUnclear = Unknown,
    /// The field has something else than a token endpoint of authentik, which may be a secret: it was not sent to mailcow.
    TokenEndpointNotTested = Unknown,

    // What is stored, compared with the setup.
    [Both]

    /// A mapping may send something other than a text as `mailcow_template`. Fact: name of the mapping.
    TemplateClaimNotText(mapping) = Warning,
    /// authentik's objects match the setup.
    ProviderInSync = Good,
    /// Some of authentik's objects differ from the setup. Fact: how many.
    ProviderDiffers(count) = Problem => Plan,
    /// The provider has an authentication flow of its own, which may be for others. Fact: name of the provider.
    OwnAuthenticationFlow(provider) = Warning,
    /// authentik was not read, or the setup is unknown.
    ProviderNotCompared = Unknown => Setup,
    /// mailcow has stored the desired settings.
    SettingsInSync = Good,
    /// Some of mailcow's stored settings differ from the desired ones. Fact: how many.
    SettingsDiffer(count) = Warning => Mailcow,
    /// mailcow has no settings for Generic-OIDC.
    SettingsMissing = Problem | Refused => Mailcow,
    /// Everything but the client secret is as desired; the secret cannot be compared, because authentik does not show it.
    SecretNotCompared = Unknown,
    /// mailcow's settings were read, but not what authentik has registered.
    SettingsNotCompared = Unknown,
    /// mailcow was not read.
    MailcowNotChecked = Unknown,

    // mailcow's administration.
    [Mailcow]

    /// No one is signed in to mailcow.
    MailcowNotSignedIn = Problem,
    /// mailcow waits for the second factor of the administrator.
    MailcowSecondFactorPending = Problem,
    /// mailcow demands that the administrator sets up a second factor first.
    MailcowSecondFactorSetupPending = Problem,
    /// mailcow demands that the administrator changes the password first.
    MailcowNewPasswordPending = Problem,
    /// The account is not an administrator of mailcow.
    MailcowNotAdministrator = Problem,
    /// mailcow is older than 2025-03 and has no identity providers.
    MailcowTooOld = Problem,
    /// The server that answers is not mailcow. Facts: path, HTTP status.
    MailcowNotMailcow(path, status) = Problem,
    /// mailcow is overloaded or under maintenance. Facts: path, HTTP status.
    MailcowUnavailable(path, status) = Unknown,
    /// mailcow's answer is unexpected. Facts: path, HTTP status.
    MailcowUnexpected(path, status) = Unknown,
    /// mailcow refused the change. Fact: its reason.
    MailcowRefused(reason) = Problem,
    /// Mailboxes sign in with Keycloak or LDAP, so mailcow refuses another type of provider. Fact: how many.
    MailboxesOfOtherProvider(count) = Problem,
    /// Mailboxes sign in with Generic-OIDC, so mailcow does not delete the provider. Fact: how many.
    MailboxesInUse(count) = Problem,
    /// Another type of provider is configured and would be replaced. Fact: the type.
    OtherProviderConfigured(provider) = Warning,
    /// The mailboxes could not be counted, so it is not known whether one signs in with another type of provider.
    MailboxesUnknown = Unknown,
    /// The login page offers single sign-on only, and there is no provider for it.
    LoginPageClosed = Problem => Mailcow,
    /// The login page offers single sign-on only, and mailboxes sign in with a password. Fact: how many.
    LoginPageHidesPassword(count) = Warning,
    /// mailcow is older than 2025-05 and cannot hide the password form of its login page.
    LoginPageNotCustomizable = Problem,
    /// Someone has changed what mailcow's login pages show since Cowbell wrote or showed it, so that it is left. Fact: mailcow's names
    /// of the switches.
    LoginPageChangedMeanwhile(fields) = Problem,
    /// Cowbell has changed mailcow's login pages, and afterwards they are not so. Fact: mailcow's names of the switches.
    LoginPageNotKept(fields) = Problem,
    /// mailcow has no template for mailboxes: no mailbox can be created at a sign-in.
    NoTemplates = Problem,
    /// mailcow has no active mail domain.
    NoActiveDomain = Problem,
    /// The stored attribute mapping has empty rows or was never stored: every sign-in ends on an empty page.
    StoredMappingBroken = Problem | Refused => Mailcow,

    // Failed sign-ins, from the logs of both products.
    [Logs]

    /// mailcow refused a sign-in for a reason that Cowbell does not know. Fact: mailcow's message.
    SignInRefused(reason) = Problem,
    /// authentik refused the password, or the account is inactive; it does not say which. Fact: the user name as typed.
    PasswordRefusedByAuthentik(username) = Warning,
    /// mailcow refused a password typed in its own form for a mailbox that signs in with authentik. Fact: the name as typed.
    PasswordRefusedByMailcow(address) = Warning,
    /// A user signed in to authentik for mailcow, but got no code: because of a policy, or of the consent screen. Fact: the user
    /// name.
    NotAuthorized(username) = Warning => Setup,
    /// authentik did not accept the code: it was used before, or has expired. (A refused refresh token leaves no line in a log.)
    CodeRefused = Warning,
    /// mailcow's server does not trust authentik's certificate. Fact: the address.
    ServerDistrustsCertificate(url) = Problem,
    /// mailcow's server cannot resolve authentik's name, although browsers can. Fact: the address.
    ServerCannotResolve(url) = Problem,
    /// mailcow's server got no JSON from the token or user info endpoint: a proxy in between, or a wrong address.
    ServerGotNoJson = Problem,
    /// The expression of a scope mapping fails. Fact: name of the mapping.
    MappingFails(mapping) = Problem => Plan,
    /// authentik sent mailcow no e-mail address; without its events the reason is unknown.
    NoEmailClaim = Problem,
    /// mailcow could not create the mailbox. Fact: its address.
    MailboxNotCreated(address) = Problem,
    /// mailcow's log was not read: the reasons are only there.
    MailcowLogNotRead = Unknown,
    /// mailcow's log is empty, although it records every sign-in of an administrator.
    MailcowLogEmpty = Unknown,
    /// authentik's events were not read: only they show who tried to sign in and what authentik refused.
    EventsNotRead = Unknown,
    /// authentik has no event about any sign-in, not even the administrator's own.
    EventsEmpty = Unknown,
    /// The clocks of the two servers differ. Fact: by how many seconds.
    ClocksDiffer(seconds) = Warning,

    // A request without an answer, to either product. Fact: the requested path.
    [Browser]

    /// No response came in time.
    SendTimeout(path) = Unknown,
    /// The browser could not connect.
    SendNoConnection(path) = Unknown,
    /// The response is too long to be valid.
    SendAnswerTooLarge(path) = Unknown,
    SendAnswerNotText(path) = Unknown,
    /// The server answered with a redirect.
    SendRedirected(path) = Unknown,
    /// A service worker of the page could read the client secret, so it was not sent.
    SendServiceWorker = Unknown,
    /// The tab was closed, shows another page, or the permission for it ended.
    SendTabGone = Unknown,
    /// The administrator cancelled the run.
    SendCancelled = Unknown,

    // mailcow's form.

    /// The page does not contain the form.
    FormMissing = Problem,
    /// The form exists but is hidden.
    FormHidden = Problem,
    /// Something covers a text field of the form, or cuts it off.
    FormCovered = Problem,
    /// The form or one of its fields is there more than once, or a field is of another kind than mailcow's.
    FormAmbiguous = Problem,
    /// The form, one of its buttons or one of its fields sends to another address.
    FormElsewhere = Problem,
    /// The form has more rows, or longer values, than Cowbell reads.
    FormTooLarge = Problem,
    /// The page did not react as mailcow's does.
    FormNotDone = Problem,
    /// The page did not answer in time.
    FormSilent = Problem,
    /// The form has no such field; the finding names it.
    FormFieldMissing = Problem,
    /// The page is inside a frame.
    FormInFrame = Problem,
    /// The page was not loaded over https.
    FormNotSecure = Problem,
    /// authentik does not redirect users to this page's address. Fact: the address.
    FormAtForeignOrigin(origin) = Problem,
    /// The provider is for this page's mailcow, too, but another one was set up. Facts: this one, that one.
    FormAtOtherMailcow(origin, expected) = Problem,
    /// The registered endpoints are not those of one authentik over https.
    EndpointsUnusable = Problem,
    /// A field of the form does not have the desired value after filling in; the finding names it.
    FormDiffers = Problem,

    // Reading and changing authentik.
    [Authentik]

    /// No one is signed in to authentik in this tab, or the session has ended.
    AuthentikNotSignedIn = Problem,
    /// The administrator impersonates another user. Facts: the administrator, that user.
    AuthentikImpersonating(original, username) = Problem,
    /// The signed-in user lacks a permission. Facts: code name of the permission, path in the API.
    AuthentikNotAllowed(permission, path) = Problem,
    /// authentik takes the write for a forgery. Facts: its message, path in the API.
    AuthentikForgery(detail, path) = Problem,
    /// authentik does not recognise the origin of its own page: a proxy does not tell it, or is not trusted. Facts: its
    /// message, path in the API.
    AuthentikOriginRefused(detail, path) = Problem,
    /// authentik names endpoints at another origin than that of its page. Facts: the origin of the page, the one it names.
    AuthentikElsewhere(expected, actual) = Problem | Refused,
    /// authentik was opened at an address of this machine, which mailcow and users do not reach. Fact: the address.
    AuthentikAtLoopback(address) = Problem,
    /// It was opened at an address that only its own network knows. Fact: the address.
    AuthentikAtPrivateAddress(address) = Warning,
    /// Its brand is for another host name, which may be the one that users know. Fact: that name.
    AuthentikOtherName(name) = Info,
    /// The address looks like authentik's, but another server answers.
    AuthentikNotAuthentik = Problem,
    /// The version is older than 2024.12. Fact: the version.
    AuthentikTooOld(version) = Problem,
    /// A newer version does not have a field that Cowbell writes, and would ignore it. Facts: name of the field, the version.
    AuthentikFieldUnknown(field, version) = Problem,
    /// It answers 503: starting, or in maintenance. Fact: the path.
    AuthentikMaintenance(path) = Unknown,
    /// It rejected the request (400). Facts: its message, the path.
    AuthentikRejected(detail, path) = Problem,
    /// The definition of an object attribute does not allow a write. Facts: key of the attribute, authentik's message.
    ObjectAttributeRefuses(attribute, detail) = Problem,
    /// The definition of an object attribute does not allow writes of users; one of a group may still be. Facts: key of the
    /// attribute, authentik's message.
    ObjectAttributeRefusesUsers(attribute, detail) = Problem => Setup,
    /// An object no longer exists. Fact: the path.
    AuthentikNotFound(path) = Problem,
    /// It answered with a web page instead of data. Facts: the path, the status.
    AuthentikAnswerHtml(path, status) = Unknown,
    /// The data is truncated or not JSON. Facts: the path, the status.
    AuthentikAnswerBroken(path, status) = Unknown,
    /// The data has unexpected fields or types. Facts: the path, the status.
    AuthentikAnswerUnexpected(path, status) = Unknown,
    /// An unexpected status. Facts: the path, the status.
    AuthentikAnswerStatus(path, status) = Unknown,
    /// A list changed while it was read. Facts: the path, entries that were read, entries that there are.
    AuthentikListIncomplete(path, read, count) = Unknown,
    /// The client secret is not known, so a removed provider could not be restored. Fact: its name.
    RemovalNotRestorable(provider) = Problem,
    /// authentik may hide bindings of the application, which a restoration would lose. Fact: the permission that shows them.
    RemovalBindingsHidden(permission) = Problem,
    /// Someone changed an object after the plan was made; nothing of it was overwritten. Fact: its name.
    ObjectChangedMeanwhile(name) = Problem,
    /// An object is part of something else since the question about a removal named it. Fact: its name.
    ObjectChangedSinceShown(name) = Problem,
    /// authentik accepted the write, but its response shows another value. Facts: the object's name, the field.
    ObjectNotKept(name, field) = Problem,
    /// Something was requested before the product that it needs was read.
    NothingObserved = Info,
    /// A field of the draft is invalid.
    DraftInvalid = Problem,
    /// The plan no longer matches what it was made from.
    PlanOutdated = Info,
    /// Another run is in progress.
    RunBusy = Info,
    /// authentik has no provider for this mailcow.
    ClientMissing = Problem | Refused => Plan,
    /// The provider that mailcow uses has no application, and authentik authorizes nobody for such a provider.
    ApplicationMissing = Problem | Refused => Plan,
    /// The client secret is not known, so that a save would remove it from mailcow.
    ClientSecretUnknown = Problem,

    // Rotating the client secret on both sides.
    [Both]

    /// Both sides have the new client secret.
    SecretRotated = Good,
    /// mailcow did not accept the new client secret, and the old one was restored in authentik.
    SecretRestored = Warning,
    /// authentik and mailcow may have different client secrets now.
    SecretHalfRotated = Problem,

    // Verdicts about a user or an address.

    /// The mailbox exists and is active.
    SignsIn = Good | SignsIn,
    /// The same, but authentik spells the address with capital letters, and `SOGo` gets that spelling.
    SignsInOtherSpelling = Warning | SignsIn,
    /// mailcow creates the mailbox at the first sign-in.
    GetsMailbox = Info | NewMailbox,
    /// The user may not sign in to authentik.
    UserInactive = Problem | Refused,
    /// A service account.
    UserServiceAccount = Problem | Refused,
    /// The user has no e-mail address.
    UserWithoutEmail = Problem | Refused,
    /// authentik sends no claim `email` for the user, although there is an address: a mapping failed.
    EmailClaimMissing = Problem | Refused => Plan,
    /// The claim `email` is not simply the user's address, and authentik was not queried about this user.
    EmailClaimUnknown = Unknown | Unknown,
    /// The bindings of the application deny access to the user.
    AccessDenied = Problem | Refused => Setup,
    /// Access depends on bindings that only authentik can evaluate.
    AccessUnknown = Unknown | Unknown,
    /// The mailbox signs in with a password stored by mailcow.
    MailboxHasPassword = Problem | NotSwitched,
    /// The mailbox signs in with another type of provider.
    MailboxOfOtherProvider = Problem | Refused,
    MailboxInactive = Problem | Refused,
    /// The mailbox is inactive, and the mapped template activates it at the sign-in.
    MailboxReactivated = Warning | SignsIn,
    /// The mailbox is active, and the mapped template deactivates it at the sign-in.
    MailboxDeactivated = Problem | Refused,
    /// Whether the mailbox is active at the sign-in depends on a template, and it is not known whether mailcow applies it.
    MailboxActiveUnknown = Unknown | Unknown,
    /// The mailboxes or the aliases could not be read.
    MailboxesNotRead = Unknown | Unknown,
    /// The domain of the address is inactive. Fact: the domain.
    DomainInactive(domain) = Problem | Refused,
    /// mailcow has no such domain. Fact: the domain.
    DomainMissing(domain) = Problem | Refused,
    /// The domain is an alias domain, which has no mailboxes of its own. Facts: the domain, its target domain.
    AddressAtAliasDomain(domain, target) = Problem | Refused,
    /// The address is an alias. Fact: its target.
    AddressIsAlias(goto) = Problem | Refused,
    /// The domain has letters outside ASCII; mailcow stores it in another form and does not find it in this one. Fact: that form.
    AddressInternational(ascii) = Problem | Refused,
    /// An address of a form for which mailcow's behaviour is unknown.
    AddressOdd = Unknown | Unknown,
    /// No mailbox, and "Auto-create users on login" is off.
    AutoCreateOff = Problem | Refused => Mailcow,
    /// No mailbox, and no template to create one from.
    TemplateNone = Problem | Refused => Mailcow,
    /// No mailbox, and its template does not exist.
    TemplateMissing = Problem | Refused => Mailcow,
    /// No mailbox, and the claim `mailcow_template` decides which template is used.
    TemplateUnknown = Unknown | Unknown,
    /// No mailbox, and the domain has reached its limit of mailboxes. Fact: the domain.
    DomainFull(domain) = Problem | Refused,
    /// No mailbox, and the template's quota is larger than what the domain has left. Fact: the domain.
    QuotaTooLarge(domain) = Problem | Refused,
    /// No mailbox, the domain has a limit, and mailcow does not say the template's quota. Fact: the domain.
    QuotaUnknown(domain) = Unknown | Unknown,

    // In addition to such verdicts.

    /// A domain has fewer mailboxes left than users need. Facts: the domain, how many are needed, how many are left.
    DomainShort(domain, needed, left) = Warning,
    /// Inactive mailboxes that mailcow activates again at the next sign-in. Fact: how many users.
    MailboxesReactivated(count) = Warning,
    /// Users who may not sign in to authentik, but whose mailboxes are active. Fact: how many.
    InactiveUsersWithMailbox(count) = Warning,
    /// Several users have the same address, and thus the same mailbox. Facts: how many addresses, one of them.
    AddressesShared(count, address) = Warning,
    /// Users who can sign in to mailcow may change their own address. Fact: how many.
    UsersMayChangeAddress(count) = Warning,
    /// Whether users may change their own address could not be read. Fact: the permission that this needs.
    AddressChangeUnknown(permission) = Unknown,
    /// authentik's claim differs from the computed one. Facts: the user name, the claim, the user's address.
    ClaimDiffers(name, claim, address) = Warning,
    /// Whether a user may use the application differs from what was computed. Fact: the user name.
    AccessDiffers(name) = Warning,
    /// authentik was not queried whether its claims match the computed ones.
    ClaimsNotCompared = Unknown,
    /// No user of authentik has the address.
    AddressOfNobody = Warning,
    /// mailcow did not change how a mailbox signs in. Facts: the address, mailcow's reason.
    MailboxNotSwitched(address, reason) = Problem,
    /// Someone has changed a mailbox since it was read, so Cowbell left it. Fact: the address.
    MailboxChangedMeanwhile(address) = Problem,
    /// Someone has deleted a mailbox since it was read. Fact: the address.
    MailboxGone(address) = Problem,
}
