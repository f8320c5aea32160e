//! Everything that can go wrong with each request of a verb.

use cowbell_standins::world::Product;
use cowbell_standins::world::faults::{Fault, FaultKind};

use super::Sent;
use super::stage::{AUTHENTIK, MAILCOW};

/// Calls `check` with a fault for each of the requests, once and for good, and with words for a failing test. Some faults keep the
/// request from the server, others spoil the answer to one that was performed.
pub(crate) fn at_each_request(sent: &[Sent], mut check: impl FnMut(Fault, &str)) {
    let kinds = [
        FaultKind::Html,
        FaultKind::TruncatedJson,
        FaultKind::InvalidUtf8,
        FaultKind::WrongTypes,
        FaultKind::NoAnswer,
        FaultKind::SignedOut,
        FaultKind::Status { status: 500, body: String::new(), content_type: None, retry_after_s: None },
    ];
    for (product, address) in [(Product::Authentik, AUTHENTIK), (Product::Mailcow, MAILCOW)] {
        let requests = sent.iter().filter(|request| request.url.starts_with(address)).count();
        for request in 0..u32::try_from(requests).expect("a few") {
            for kind in &kinds {
                for times in [1, 100] {
                    let fault = Fault::on(product, "/", kind.clone()).skip(request).times(times);
                    check(fault, &format!("{product:?} {kind:?} from request {request}, {times} times"));
                }
            }
        }
    }
}
