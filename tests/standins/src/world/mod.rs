//! Both products joined: requests find the right one by host, and mailcow's server reaches authentik.
//! What can go wrong between browser and server, and between the servers, is in [`faults`]; what people do wrong, in [`mistakes`].

pub mod faults;
pub mod mistakes;
mod product;

use crate::authentik::Authentik;
use crate::language::Language;
use crate::mailcow::Mailcow;
use crate::message::{ConnectError, Request, Response, TrustAnyCertificate, Upstream, empty, html};
use faults::{Faults, Instead, UpstreamFault};
use http::{Method, StatusCode};

pub use product::Product;

/// What came of a request.
#[derive(Debug)]
pub enum Outcome {
    /// The answer.
    Answer(Response),
    /// A fault: nobody ever answers.
    NoAnswer,
    /// No product has this host name.
    UnknownHost,
}

impl Outcome {
    /// The answer, if there is one.
    #[must_use]
    pub fn answer(self) -> Option<Response> {
        match self {
            Self::Answer(response) => Some(response),
            Self::NoAnswer | Self::UnknownHost => None,
        }
    }
}

/// What is called before a request is answered, with both products and the request: a test can be another administrator.
pub type Hook = Box<dyn FnMut(&mut Authentik, &mut Mailcow, Product, &Request)>;

/// What is called with each exchange: a product as it is afterwards, the request, and what the product itself answered, before a
/// fault spoiled it; `None` if a fault answered in its place.
pub type Witness = Box<dyn FnMut(&Authentik, Product, &Request, Option<&Response>)>;

/// Both stand-ins.
pub struct World {
    /// The identity provider.
    pub authentik: Authentik,
    /// The mail server.
    pub mailcow: Mailcow,
    /// What goes wrong.
    pub faults: Faults,
    authentik_origin: String,
    hook: Option<Hook>,
    witness: Option<Witness>,
}

/// What a demo is made of.
#[derive(Clone, Debug)]
pub struct Demo {
    /// Version of authentik.
    pub authentik_profile: crate::authentik::Profile,
    /// Version of mailcow.
    pub mailcow_profile: crate::mailcow::Profile,
    /// Users of authentik.
    pub users: usize,
    /// People who have a mailbox with a password.
    pub mailboxes: usize,
    /// Decides names and ids.
    pub seed: u64,
    /// Whether somebody has begun the integration by hand and given up.
    pub half_made: bool,
    /// The language in which both speak.
    pub language: Language,
}

impl Default for Demo {
    /// The recorded versions, 200 users, nothing begun.
    fn default() -> Self {
        Self {
            authentik_profile: crate::authentik::Profile::V2026_2,
            mailcow_profile: crate::mailcow::Profile::V2026_07,
            users: 200,
            mailboxes: crate::mailcow::DEMO_MAILBOXES,
            seed: 1,
            half_made: false,
            language: Language::default(),
        }
    }
}

impl World {
    /// Joins two products. mailcow knows its own origin; authentik's address may have a base path.
    #[must_use]
    pub fn new(authentik: Authentik, authentik_origin: &str, mailcow: Mailcow) -> Self {
        Self {
            authentik,
            mailcow,
            faults: Faults::default(),
            authentik_origin: authentik_origin.to_owned(),
            hook: None,
            witness: None,
        }
    }

    /// Both with data for a demo.
    #[must_use]
    pub fn demo(demo: &Demo, authentik_origin: &str, mailcow_origin: &str) -> Self {
        let authentik = Authentik::demo(demo.authentik_profile, authentik_origin, demo.users, demo.seed);
        let mailcow = Mailcow::demo_of(demo.mailcow_profile, mailcow_origin, demo.seed, demo.mailboxes);
        let mut world = Self::new(authentik, authentik_origin, mailcow);
        world.speak(demo.language);
        if demo.half_made {
            world.authentik.add_half_made_attempt(mailcow_origin);
        }
        world
    }

    /// Lets both products speak a language from now on.
    pub fn speak(&mut self, language: Language) {
        self.authentik.state_mut().language = language;
        self.mailcow.state_mut().language = language;
    }

    /// Moves both clocks to a time, in milliseconds since 1970, and with them everything that has happened since the beginning.
    pub fn move_to(&mut self, now_ms: i64) {
        let mailcow = self.mailcow.state_mut();
        let seconds = now_ms / 1_000 - mailcow.now;
        mailcow.now += seconds;
        let times = mailcow.mailboxes.iter_mut().flat_map(|mailbox| [Some(&mut mailbox.created), mailbox.modified.as_mut()]);
        times.flatten().for_each(|time| *time += seconds);
        mailcow.sasl_log.iter_mut().for_each(|entry| entry.datetime += seconds);
        mailcow.app_passwords.iter_mut().for_each(|password| password.created += seconds);
        mailcow.domains.iter_mut().for_each(|domain| domain.created += seconds);
        mailcow.templates.iter_mut().for_each(|template| template.created += seconds);
        let authentik = self.authentik.state_mut();
        let micros = now_ms * 1_000 - authentik.now;
        authentik.now += micros;
        for user in authentik.users.iter_mut() {
            let times = [&mut user.date_joined, &mut user.password_change_date, &mut user.last_updated];
            times.into_iter().chain(user.last_login.as_mut()).for_each(|time| *time += micros);
        }
        authentik.certificates.iter_mut().for_each(|certificate| certificate.expires += micros);
    }

    /// Scheme, host and port of a product; authentik's may have a base path behind it.
    #[must_use]
    pub fn origin(&self, product: Product) -> &str {
        match product {
            Product::Authentik => &self.authentik_origin,
            Product::Mailcow => &self.mailcow.state().origin,
        }
    }

    /// Calls `hook` before each request from now on.
    pub fn before_request(&mut self, hook: impl FnMut(&mut Authentik, &mut Mailcow, Product, &Request) + 'static) {
        self.hook = Some(Box::new(hook));
    }

    /// Calls `witness` with each exchange from now on.
    pub fn after_answer(&mut self, witness: impl FnMut(&Authentik, Product, &Request, Option<&Response>) + 'static) {
        self.witness = Some(Box::new(witness));
    }

    /// Answers a request to `host`, an origin or a host with its port.
    pub fn handle(&mut self, host: &str, request: Request) -> Outcome {
        let wanted = authority(host);
        let found = [Product::Authentik, Product::Mailcow]
            .into_iter()
            .find(|product| authority(self.origin(*product)).eq_ignore_ascii_case(wanted));
        found.map_or(Outcome::UnknownHost, |product| self.handle_at(product, request))
    }

    /// Answers a request that has reached a product, whatever host it names.
    pub fn handle_at(&mut self, product: Product, mut request: Request) -> Outcome {
        if let Some(hook) = &mut self.hook {
            hook(&mut self.authentik, &mut self.mailcow, product, &request);
        }
        let fault = self.faults.take(product, &request);
        match fault.as_ref().map_or(Instead::Nothing, |fault| fault.instead(&mut request)) {
            Instead::Answer(response) => {
                self.tell(product, &request, None);
                Outcome::Answer(response)
            }
            Instead::NoAnswer => {
                self.tell(product, &request, None);
                Outcome::NoAnswer
            }
            Instead::Nothing => {
                let sent = self.witness.is_some().then(|| request.clone());
                let response = self.answer(product, request);
                if let Some(sent) = sent {
                    self.tell(product, &sent, Some(&response));
                }
                Outcome::Answer(match fault {
                    Some(fault) => fault.spoil(response),
                    None => response,
                })
            }
        }
    }

    fn answer(&mut self, product: Product, request: Request) -> Response {
        match product {
            Product::Authentik => self.authentik.handle(request),
            Product::Mailcow => {
                let mut link = Link {
                    authentik: &mut self.authentik,
                    authority: authority(&self.authentik_origin),
                    fault: self.faults.upstream,
                };
                self.mailcow.handle(request, &mut link)
            }
        }
    }

    fn tell(&mut self, product: Product, request: &Request, response: Option<&Response>) {
        if let Some(witness) = &mut self.witness {
            witness(&self.authentik, product, request, response);
        }
    }
}

/// Host and port of an address.
fn authority(address: &str) -> &str {
    let behind_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
    behind_scheme.split('/').next().unwrap_or_default()
}

/// The network between mailcow's server and authentik.
struct Link<'a> {
    authentik: &'a mut Authentik,
    authority: &'a str,
    fault: Option<UpstreamFault>,
}

impl Upstream for Link<'_> {
    fn call(&mut self, request: Request) -> Result<Response, ConnectError> {
        let asked = request.uri().authority().map_or("", http::uri::Authority::as_str);
        if !asked.eq_ignore_ascii_case(self.authority) {
            let is_address = request.uri().host().is_some_and(|host| host.parse::<std::net::IpAddr>().is_ok());
            return Err(if is_address { ConnectError::Refused } else { ConnectError::UnknownHost });
        }
        match self.fault {
            Some(UpstreamFault::UnknownHost) => Err(ConnectError::UnknownHost),
            Some(UpstreamFault::Refused) => Err(ConnectError::Refused),
            Some(UpstreamFault::UntrustedCertificate) if request.extensions().get::<TrustAnyCertificate>().is_none() => {
                Err(ConnectError::UntrustedCertificate)
            }
            // The connection test gives up after 7 seconds, the sign-in never does (docs/contract/mailcow.md, section 10).
            Some(UpstreamFault::Slow) if request.method() == Method::OPTIONS => Err(ConnectError::TimedOut),
            Some(UpstreamFault::ProxyPage) => {
                Ok(html(StatusCode::FORBIDDEN, "<!DOCTYPE html><title>Just a moment...</title>".to_owned()))
            }
            Some(UpstreamFault::ServerError) => Ok(empty(StatusCode::INTERNAL_SERVER_ERROR)),
            Some(UpstreamFault::UntrustedCertificate | UpstreamFault::Slow) | None => Ok(self.authentik.handle(request)),
        }
    }
}
