//! The catalogue of findings.

use serde::{Deserialize, Serialize, Serializer};
use tsify::Tsify;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Checked and in order.
    Good,
    /// Worth knowing; nothing to do.
    Info,
    /// Could not be found out; the reason is in the evidence.
    Unknown,
    /// Works, but somebody will be surprised.
    Warning,
    /// Sign-in will fail.
    Problem,
}

/// Where a finding is seen: what has to be looked at before it can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeenIn {
    /// What is typed in mailcow's form, or stored by it.
    Form,
    /// authentik's answer to the browser about the pair of client ID and client secret.
    Probe,
    /// mailcow's server, asked to reach authentik.
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

/// How a sign-in ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// In the mailbox that is there.
    SignsIn,
    /// In a mailbox that mailcow makes.
    NewMailbox,
    /// At a refusal.
    Refused,
    /// It could not be found out.
    Unknown,
}

impl Outcome {
    /// Every outcome, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::SignsIn, Self::NewMailbox, Self::Refused, Self::Unknown];

    /// How a sign-in with this verdict ends; unknown for a code that is no verdict.
    #[must_use]
    pub fn of(verdict: Code) -> Self {
        verdict.outcome().unwrap_or(Self::Unknown)
    }
}

/// A place of the panel where something is fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum FixSection {
    /// By other choices.
    Setup,
    /// By the plan, which changes authentik.
    Plan,
    /// By filling mailcow's form.
    Mailcow,
}

/// Declares the catalogue once: meaning, name, facts that its text shows, severity; then, where there is one, `|` how a sign-in with
/// this verdict ends, and `=>` where the panel leads whoever wants to fix it. In front of each group where it is seen.
macro_rules! codes {
    ($([$seen:ident] $(
        $(#[$doc:meta])* $name:ident $(($($fact:ident),+))? = $severity:ident $(| $outcome:ident)? $(=> $section:ident)?,
    )*)*) => {
        /// A stable name for each thing a check can say. The panel finds its words under `finding_<code>`, the remedy under
        /// `finding_<code>_remedy`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Tsify)]
        #[serde(rename_all = "snake_case")]
        pub enum Code {
            $($($(#[$doc])* $name,)*)*
        }

        impl Code {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$($(Self::$name,)*)*];

            /// Its name for the panel. From a table, which takes less than the derived `match`.
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

            /// How grave it is.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self {
                    $($(Self::$name => Severity::$severity,)*)*
                }
            }

            /// Where it is seen.
            #[must_use]
            pub fn seen_in(self) -> SeenIn {
                match self {
                    $($(Self::$name => SeenIn::$seen,)*)*
                }
            }

            /// How a sign-in ends, of a verdict about a user or an address; `None` for every other code.
            #[must_use]
            pub fn outcome(self) -> Option<Outcome> {
                match self {
                    $($($(Self::$name => Some(Outcome::$outcome),)?)*)*
                    _ => None,
                }
            }

            /// Where it is fixed; `None` where the panel cannot lead to it. Whatever is about a field of mailcow's form is fixed
            /// there (see [`super::FindingDetails::fixed_in`]).
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

    /// The field is in order. Fact: none; the finding names the field.
    FieldGood = Good,
    /// The field is empty although mailcow needs it.
    FieldEmpty = Problem,
    /// Blanks or line breaks around the value; mailcow stores and sends them as they are.
    SurroundingSpace = Problem,
    /// A line break inside the value.
    LineBreak = Problem,
    /// A blank inside a value that has none.
    InnerSpace = Problem,
    /// A character that nobody sees, such as a zero-width space. Facts: its code point (`U+200B`), its position from 1.
    InvisibleCharacter(character, position) = Problem,
    /// A character outside ASCII, which authentik never puts into such a value. Facts: its code point, its position from 1.
    NonAsciiCharacter(character, position) = Problem,
    /// Quotation marks around the value.
    QuoteMarks = Problem,

    // Client ID and client secret as typed.

    /// The client ID is the one registered at authentik. Fact: name of the provider.
    ClientIdMatches(provider) = Good,
    /// The client secret is the one registered at authentik.
    ClientSecretMatches = Good,
    /// Client ID and client secret are in each other's field.
    CredentialsSwapped = Problem,
    /// By their lengths client ID and client secret are in each other's field; only a guess.
    CredentialsLookSwapped = Warning,
    /// The same text is in both fields.
    CredentialsEqual = Problem,
    /// Part of the registered client ID is missing. Facts: its length, the right length.
    ClientIdTruncated(length, expected) = Problem,
    /// The client ID belongs to another provider of this authentik. Facts: name of that provider, name of the right one.
    ClientIdOfOtherProvider(other, provider) = Problem,
    /// The client ID is not the registered one. Facts: the registered one, name of the provider.
    ClientIdDiffers(expected, provider) = Problem,
    /// It looks like a client ID that authentik made, but has another length; only a guess. Facts: its length, the usual length.
    ClientIdOddLength(length, expected) = Warning,
    /// Part of the registered client secret is missing. Facts: its length, the right length.
    ClientSecretTruncated(length, expected) = Problem,
    /// The client ID is right and the secret is not: it was changed at authentik, or mistyped. Fact: name of the provider.
    ClientSecretDiffers(provider) = Problem,
    /// It looks like a client secret that authentik made, but has another length; only a guess. Facts: its length, the usual length.
    ClientSecretOddLength(length, expected) = Warning,

    // Endpoints.

    /// The text is no web address.
    EndpointNotUrl = Problem,
    /// The host is the placeholder of a guide. Fact: the host.
    EndpointPlaceholder(host) = Problem,
    /// The address begins with `http:`; codes and secrets would travel unprotected, and a redirect to https loses the request.
    EndpointNotSecure = Problem,
    /// Only the slash at the end is missing.
    EndpointWithoutSlash = Problem,
    /// It is the address of the discovery document, which mailcow does not read.
    EndpointIsDiscovery = Problem,
    /// It is an address with the application's slug; the three endpoints have none. Fact: the slug.
    EndpointHasSlug(slug) = Problem,
    /// It is another endpoint. Fact: the last part of its path, such as `token`.
    EndpointSwapped(actual) = Problem,
    /// It leads to mailcow instead of authentik. Fact: the host.
    EndpointAtMailcow(host) = Problem,
    /// It leads to another host than authentik or the other endpoints. Facts: the host, the other one.
    EndpointAtOtherHost(host, expected) = Warning,
    /// The path is not one of authentik's. Fact: the path.
    EndpointUnknownPath(path) = Problem,
    /// It is not the address that authentik gives. Fact: that address.
    EndpointDiffers(expected) = Problem,

    // Redirect URLs.

    /// The text is no web address.
    RedirectNotUrl = Problem,
    /// The address is registered at authentik, letter by letter.
    RedirectRegistered = Good,
    /// Only the slash at the end differs from what is registered. Fact: the registered address.
    RedirectSlashDiffers(expected) = Problem,
    /// A slash at the end, which has to be registered as well; it is not known whether it is.
    RedirectTrailingSlash = Warning,
    /// The address begins with `http:`. Fact: the address with https.
    RedirectNotSecure(expected) = Problem,
    /// It leads to a page that does not end the sign-in. Fact: the path.
    RedirectHasPath(path) = Problem,
    /// It is not registered at authentik. Facts: the address, what is registered.
    RedirectNotRegistered(url, registered) = Problem,
    /// It leads to another host than this page of mailcow. Facts: the host, the host of the page.
    RedirectAtOtherHost(host, page) = Warning,

    // Scopes.

    /// Scopes are separated by something else than a blank.
    ScopesNotSeparatedBySpaces = Problem,
    /// The field is empty; mailcow then asks for its own list, which works.
    ScopesEmpty = Info,
    /// Without `openid` authentik refuses to say who signed in.
    ScopeOpenidMissing = Problem | Refused => Mailcow,
    /// Without `email` mailcow does not know which mailbox is meant.
    ScopeEmailMissing = Problem | Refused => Mailcow,
    /// Without `profile` new mailboxes have no name.
    ScopeProfileMissing = Warning,
    /// With `offline_access` mailcow redeems a refresh token at each page.
    ScopeOfflineAccess = Warning,
    /// A scope that neither product knows. Fact: the scope.
    ScopeUnknown(scope) = Warning,
    /// The provider has no mapping for a scope without which nobody can sign in. Fact: the scope.
    ScopeNotMapped(scope) = Problem | Refused => Plan,

    // Mailboxes.

    /// No default template and no mapping: whoever has no mailbox yet is refused.
    DefaultTemplateEmpty = Warning => Mailcow,
    /// A template that does not exist in mailcow. Fact: its name.
    TemplateNotFound(template) = Problem,
    /// An empty row between others: after saving, every sign-in ends on a blank page.
    MappingHole = Problem,
    /// A row of the mapping has a claim value without a template, or a template without a value. Fact: number of the row from 1.
    MappingRowIncomplete(row) = Problem,
    /// "Auto-create users on login" is off: whoever has no mailbox yet is refused.
    LoginProvisioningOff = Warning => Mailcow,
    /// "Ignore SSL Errors" is on: anybody between the two servers can read the secret.
    IgnoreSslErrorOn = Warning,

    // The pair of client ID and client secret, asked at authentik.
    [Probe]

    /// authentik accepts the pair.
    CredentialsRight = Good,
    CredentialsWrongClientId = Problem,
    /// The client ID is right, the secret is wrong.
    CredentialsWrongSecret = Problem,
    /// The client ID or the secret is wrong; authentik does not say which.
    CredentialsWrong = Problem,
    /// authentik does not let this mailcow ask: its address is not among the registered redirect URIs. Fact: the address.
    CredentialsOriginNotRegistered(origin) = Problem => Plan,
    /// authentik hides its answer: the client ID is unknown, or this mailcow's address is not registered. Fact: the address.
    CredentialsHidden(origin) = Problem,
    /// The provider does not allow codes to be redeemed (authentik 2026.5 and later).
    CredentialsGrantTypeMissing = Problem => Plan,
    /// The provider is a public client, for which authentik accepts any secret.
    CredentialsPublicClient = Warning => Plan,
    /// authentik accepts any secret: the client is public, or codes are not allowed.
    CredentialsAnySecretAccepted = Unknown,
    /// The browser cannot reach the endpoint: name, network or certificate. Fact: the host.
    CredentialsUnreachable(host) = Problem,
    /// What answers is no token endpoint. Fact: HTTP status.
    CredentialsNotOauth(status) = Problem,
    /// authentik gave no usable answer. Fact: HTTP status.
    CredentialsUnexpected(status) = Unknown,
    /// No answer came: time-out, tab closed or run stopped.
    CredentialsNoAnswer = Unknown,
    /// Not asked, because client ID, secret or token endpoint have to be put right first.
    CredentialsNotAsked = Unknown,

    // mailcow's server.
    [Server]

    /// mailcow's server gets an answer from the token endpoint; this proves name, network and certificate only. Fact: the address.
    ServerReachesToken(url) = Good,
    /// mailcow's server gets no answer from the token endpoint. Fact: the address.
    ServerCannotReachToken(url) = Problem,
    /// mailcow's answer to its own connection test is mixed with messages of other calls.
    ServerReachUnclear = Unknown,

    // What is stored, against what is wanted.
    [Both]

    /// authentik's objects are as wanted.
    ProviderInSync = Good,
    /// Some of authentik's objects are not as wanted. Fact: how many.
    ProviderDiffers(count) = Problem => Plan,
    /// authentik was not looked at, or it is not known what is wanted.
    ProviderNotCompared = Unknown => Setup,
    /// mailcow has stored what is wanted.
    SettingsInSync = Good,
    /// Some of mailcow's stored settings are not as wanted. Fact: how many.
    SettingsDiffer(count) = Warning => Mailcow,
    /// mailcow has no settings for Generic-OIDC.
    SettingsMissing = Problem | Refused => Mailcow,
    /// mailcow's settings were read, but not what authentik has registered.
    SettingsNotCompared = Unknown,
    /// mailcow was not looked at.
    MailcowNotChecked = Unknown,

    // mailcow's administration.
    [Mailcow]

    /// Nobody is signed in to mailcow.
    MailcowNotSignedIn = Problem,
    /// The account is not an administrator of mailcow.
    MailcowNotAdministrator = Problem,
    /// mailcow is older than 2025-03 and has no identity providers.
    MailcowTooOld = Problem,
    /// Something else than mailcow answers. Facts: path, HTTP status.
    MailcowNotMailcow(path, status) = Problem,
    /// mailcow is busy or under maintenance. Facts: path, HTTP status.
    MailcowUnavailable(path, status) = Unknown,
    /// mailcow answered something unexpected. Facts: path, HTTP status.
    MailcowUnexpected(path, status) = Unknown,
    /// mailcow refused the change. Fact: its reason.
    MailcowRefused(reason) = Problem,
    /// Mailboxes sign in with Keycloak or LDAP, so mailcow refuses another type of provider. Fact: how many.
    MailboxesOfOtherProvider(count) = Problem,
    /// Mailboxes sign in with Generic-OIDC, so mailcow does not let go of the provider. Fact: how many.
    MailboxesInUse(count) = Problem,
    /// Another type of provider is configured and would be replaced. Fact: the type.
    OtherProviderConfigured(provider) = Warning,
    /// The mailboxes could not be counted, so that it is not known whether one signs in with another type of provider.
    MailboxesUnknown = Unknown,
    /// mailcow has no template for mailboxes: no mailbox can be created at a sign-in.
    NoTemplates = Problem,
    /// mailcow has no active mail domain.
    NoActiveDomain = Problem,
    /// The stored attribute mapping has holes or was never stored: every sign-in ends on a blank page.
    StoredMappingBroken = Problem | Refused => Mailcow,

    // Sign-ins that failed, by the logs of both products.
    [Logs]

    /// mailcow refused a sign-in for a reason that Cowbell does not know. Fact: the reason in mailcow's words.
    SignInRefused(reason) = Problem,
    /// authentik refused the password, or the account is inactive; it does not say which. Fact: the user name as typed.
    PasswordRefusedByAuthentik(username) = Warning,
    /// mailcow refused a password typed in its own form for a mailbox that signs in with authentik. Fact: the name as typed.
    PasswordRefusedByMailcow(address) = Warning,
    /// Somebody signed in to authentik on the way to mailcow, but got no code: a policy, or the question for consent. Fact: the user name.
    NotLetOn(username) = Warning => Setup,
    /// authentik did not accept the code, or the refresh token: it was used before, or too late.
    CodeRefused = Warning,
    /// mailcow's server does not trust authentik's certificate. Fact: the address.
    ServerDistrustsCertificate(url) = Problem,
    /// mailcow's server cannot resolve authentik's name, although browsers can. Fact: the address.
    ServerCannotResolve(url) = Problem,
    /// mailcow's server got no JSON from the token or user info endpoint: a proxy in between, or a wrong address.
    ServerGotNoJson = Problem,
    /// The expression of a scope mapping fails. Fact: name of the mapping.
    MappingFails(mapping) = Problem => Plan,
    /// authentik gave mailcow no e-mail address; without its events it is not known why.
    NoEmailClaim = Problem,
    /// mailcow could not create the mailbox. Fact: its address.
    MailboxNotCreated(address) = Problem,
    /// mailcow's log was not read: only there are the reasons.
    MailcowLogNotRead = Unknown,
    /// mailcow's log is empty, although every sign-in of an administrator is written there.
    MailcowLogEmpty = Unknown,
    /// authentik's events were not read: only they say who tried and what authentik refused.
    EventsNotRead = Unknown,
    /// authentik has no event about any sign-in, not even the administrator's own.
    EventsEmpty = Unknown,
    /// The two servers' clocks differ. Fact: by how many seconds.
    ClocksDiffer(seconds) = Warning,

    // A request without an answer, to either product. Fact: the path that was asked.
    [Browser]

    /// Nothing came in time.
    SendTimeout(path) = Unknown,
    /// The browser could not connect.
    SendNoConnection(path) = Unknown,
    /// The answer is too long to be right.
    SendAnswerTooLarge(path) = Unknown,
    SendAnswerNotText(path) = Unknown,
    /// The server wanted to send the browser elsewhere.
    SendRedirected(path) = Unknown,
    /// The tab was closed, shows another page, or the permission for it ended.
    SendTabGone = Unknown,
    /// The administrator stopped the run.
    SendCancelled = Unknown,

    // mailcow's form.

    /// The form is not in this page.
    FormMissing = Problem,
    /// The form is there but hidden.
    FormHidden = Problem,
    /// The form has no such field; the finding names it.
    FormFieldMissing = Problem,
    /// The page is inside another page.
    FormInFrame = Problem,
    /// The page was not loaded over https.
    FormNotSecure = Problem,
    /// authentik does not send people back to this page's address. Fact: the address.
    FormAtForeignOrigin(origin) = Problem,
    /// A field of the form is not what it should be after filling; the finding names it.
    FormDiffers = Problem,

    // Reading and changing authentik.
    [Authentik]

    /// Nobody is signed in to authentik in this tab, or the session has ended.
    AuthentikNotSignedIn = Problem,
    /// The administrator acts as somebody else. Facts: who it is, as whom.
    AuthentikImpersonating(original, username) = Problem,
    /// The signed-in user may not do this. Facts: code name of the permission, path in the API.
    AuthentikNotAllowed(permission, path) = Problem,
    /// The address looks like authentik's, but something else answers.
    AuthentikNotAuthentik = Problem,
    /// The version is older than 2024.12. Fact: the version.
    AuthentikTooOld(version) = Problem,
    /// It answers 503: starting, or in maintenance. Fact: the path.
    AuthentikMaintenance(path) = Unknown,
    /// It said what it does not like (400). Facts: its words, the path.
    AuthentikRejected(detail, path) = Problem,
    /// An object is not there any more. Fact: the path.
    AuthentikNotFound(path) = Problem,
    /// A web page came instead of data. Facts: the path, the status.
    AuthentikAnswerHtml(path, status) = Unknown,
    /// The data ends in the middle or is no JSON. Facts: the path, the status.
    AuthentikAnswerBroken(path, status) = Unknown,
    /// The data has other fields or types than authentik has. Facts: the path, the status.
    AuthentikAnswerUnexpected(path, status) = Unknown,
    /// A status that means nothing here. Facts: the path, the status.
    AuthentikAnswerStatus(path, status) = Unknown,
    /// Somebody changed an object after the plan was made; nothing of it was overwritten. Fact: its name.
    ObjectChangedMeanwhile(name) = Problem,
    /// authentik said yes, but its answer shows something else. Facts: the object's name, the field.
    ObjectNotKept(name, field) = Problem,
    /// A verb came before what it needs was read.
    NothingObserved = Info,
    /// A field of the set-up cannot stay as it is.
    DraftInvalid = Problem,
    /// Something is no longer what the plan was made from.
    PlanOutdated = Info,
    /// Another run is under way.
    RunBusy = Info,
    /// authentik has no provider for this mailcow.
    ClientMissing = Problem | Refused => Plan,

    // Changing the client secret on both sides.
    [Both]

    /// Both sides have the new client secret.
    SecretRotated = Good,
    /// mailcow did not take the new client secret, and authentik has its old one again.
    SecretTakenBack = Warning,
    /// authentik and mailcow may have different client secrets now.
    SecretHalfRotated = Problem,

    // Verdicts about a user or an address.

    /// The mailbox is there and open.
    SignsIn = Good | SignsIn,
    /// The same, but authentik spells the address with capital letters, and `SOGo` gets that spelling.
    SignsInOtherSpelling = Warning | SignsIn,
    /// mailcow makes the mailbox at the first sign-in.
    GetsMailbox = Info | NewMailbox,
    /// The user may not sign in to authentik.
    UserInactive = Problem | Refused,
    /// An account of a program.
    UserServiceAccount = Problem | Refused,
    /// The user has no e-mail address.
    UserWithoutEmail = Problem | Refused,
    /// authentik gives no claim `email` for the user, although there is an address: a mapping failed.
    EmailClaimMissing = Problem | Refused => Plan,
    /// The claim `email` is not simply the user's address, and authentik was not asked about this user.
    EmailClaimUnknown = Unknown | Unknown,
    /// The bindings of the application keep the user out.
    AccessDenied = Problem | Refused => Setup,
    /// Bindings that only authentik can evaluate decide.
    AccessUnknown = Unknown | Unknown,
    /// The mailbox signs in with a password that mailcow keeps.
    MailboxHasPassword = Problem | Refused,
    /// The mailbox signs in with another type of provider.
    MailboxOfOtherProvider = Problem | Refused,
    MailboxInactive = Problem | Refused,
    /// The mailboxes or the aliases could not be read.
    MailboxesNotRead = Unknown | Unknown,
    /// The domain of the address is inactive. Fact: the domain.
    DomainInactive(domain) = Problem | Refused,
    /// mailcow has no such domain. Fact: the domain.
    DomainMissing(domain) = Problem | Refused,
    /// The domain is an alias domain, which has no mailboxes of its own. Facts: the domain, the one it stands for.
    AddressAtAliasDomain(domain, target) = Problem | Refused,
    /// The address is an alias. Fact: where it leads.
    AddressIsAlias(goto) = Problem | Refused,
    /// The domain has letters outside ASCII; mailcow stores it in another form and does not find it under this one. Fact: that form.
    AddressInternational(ascii) = Problem | Refused,
    /// The address is unlike any of which it is known what mailcow does with it.
    AddressOdd = Unknown | Unknown,
    /// No mailbox, and "Auto-create users on login" is off.
    AutoCreateOff = Problem | Refused => Mailcow,
    /// No mailbox, and no template to make one of.
    TemplateNone = Problem | Refused => Mailcow,
    /// No mailbox, and its template does not exist.
    TemplateMissing = Problem | Refused => Mailcow,
    /// No mailbox, and the claim `mailcow_template` decides about the template.
    TemplateUnknown = Unknown | Unknown,
    /// No mailbox, and the domain has none left. Fact: the domain.
    DomainFull(domain) = Problem | Refused,
    /// No mailbox, and the template gives more space than the domain has left. Fact: the domain.
    QuotaTooLarge(domain) = Problem | Refused,

    // Beside such verdicts.

    /// A domain has fewer mailboxes left than users want. Facts: the domain, how many want one, how many are left.
    DomainShort(domain, wanted, left) = Warning,
    /// Several users have one address, and so one mailbox. Facts: how many addresses, one of them.
    AddressesShared(count, address) = Warning,
    /// authentik's claim is not what was computed. Facts: who was asked about, the claim, their address.
    ClaimDiffers(name, claim, address) = Warning,
    /// Whether somebody may use the application is not what was computed. Fact: who was asked about.
    AccessDiffers(name) = Warning,
    /// authentik was not asked whether its claims are as computed.
    ClaimsNotCompared = Unknown,
    /// No user of authentik has the address.
    AddressOfNobody = Warning,
    /// mailcow kept the way in which a mailbox signs in. Facts: the address, mailcow's reason.
    MailboxNotSwitched(address, reason) = Problem,
}
