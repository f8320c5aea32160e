//! Every exchange with authentik's API, held against authentik's own schema of the version that is played.

use std::cell::RefCell;
use std::rc::Rc;

use cowbell_standins::authentik::Authentik;
use cowbell_standins::message::{Request, Response};
use cowbell_standins::schema::{Exchange, Judge};
use cowbell_standins::world::{Product, World};

/// Where a signed-in page goes by itself; Cowbell never does.
const OF_PAGES: &str = "/flows/executor/";

/// Lets a test fail at the first exchange that deviates: a request of Cowbell's, or what the stand-in itself answers, whatever a
/// fault makes of it.
pub(crate) fn of_every_exchange(world: &mut World) -> Rc<RefCell<Judge>> {
    let judge = Rc::new(RefCell::new(Judge::default()));
    let notes = Rc::clone(&judge);
    world.after_answer(move |authentik, product, request, response| {
        if product == Product::Authentik {
            hold(&mut notes.borrow_mut(), authentik, request, response);
        }
    });
    judge
}

fn hold(judge: &mut Judge, authentik: &Authentik, request: &Request, response: Option<&Response>) {
    let state = authentik.state();
    // The development version has no schema here.
    if state.has_secret_objects {
        return;
    }
    let path = request.uri().path().strip_prefix(&state.site.path("api/v3"));
    let Some(path) = path.filter(|path| !path.starts_with(OF_PAGES)) else { return };
    let exchange = Exchange {
        method: request.method(),
        path,
        query: request.uri().query().unwrap_or_default(),
        body: request.body(),
        answer: response.map(|response| (response.status(), response.body().as_slice())),
    };
    let version = state.profile.version();
    let found = judge.judge(version, &exchange);
    let found: Vec<String> = found.iter().map(|deviation| format!("\n  {deviation}")).collect();
    assert!(found.is_empty(), "{} {path} deviates from the schema of authentik {version}:{}", request.method(), found.concat());
}
