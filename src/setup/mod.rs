//! The integration model: what the administrator wants, in terms that are independent of both products.
//!
//! `authentik/` and `mailcow/` both depend on this module and not on each other. The data that mailcow needs from authentik is a
//! [`Registration`]; what the administrator decides is a [`Setup`].

mod address;
mod expression;
mod model;
mod parties;
pub(crate) mod pattern;
mod redirect;
mod registration;
mod secret;
mod shown;
mod token_endpoint;

pub use address::{AddressError, AddressNote, CheckedAddress, Origin, Reach};
pub use expression::{
    MAPPING_EXPRESSION, MAPPING_EXPRESSION_WITH_GROUPS, TEMPLATE_SCOPE, TemplateRule, is_own_expression, same_expression,
    template_expression, template_rules,
};
pub use model::{Access, Audience, SCOPES, Setup, VerifiedBy};
pub use parties::{Disagreement, Parties};
pub use redirect::completes_sign_in;
#[cfg(test)]
pub(crate) use registration::example;
pub use registration::{Endpoints, Registration};
pub use secret::{
    CLIENT_ID_LENGTH, CLIENT_SECRET_LENGTH, ClientCredentials, ClientSecret, Fingerprint, Secret, generate_client_secret,
    generate_credentials,
};
pub use shown::Shown;
pub use token_endpoint::TokenEndpoint;
