//! HTTP/1.1 with keep-alive around whole requests and answers.

use std::convert::Infallible;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use super::control;
use super::served::{Hold, Shared};
use crate::message::{Request, Response};
use crate::world::{Outcome, Product};

/// Serves one of the products. `delay` passes before each request is looked at; others go on meanwhile.
pub(super) async fn products(listener: TcpListener, product: Product, served: Shared, delay: Duration) {
    accept(listener, move |request| {
        let served = served.clone();
        async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            let mut hold = served.borrow().hold.subscribe();
            let is_released = |hold: &Option<Hold>| hold.as_ref().is_none_or(|hold| !hold.fits(product, &request));
            // An error means that the server begins anew, which releases everything.
            drop(hold.wait_for(is_released).await);
            let outcome = served.borrow_mut().handle(product, request);
            match outcome {
                Outcome::Answer(response) => response,
                Outcome::NoAnswer | Outcome::UnknownHost => std::future::pending().await,
            }
        }
    })
    .await;
}

/// Serves the control port.
pub(super) async fn control(listener: TcpListener, served: Shared) {
    accept(listener, move |request| {
        let answer = control::answer(&mut served.borrow_mut(), &request);
        std::future::ready(answer)
    })
    .await;
}

async fn accept<F, A>(listener: TcpListener, answer: F)
where
    F: Fn(Request) -> A + Clone + 'static,
    A: Future<Output = Response> + 'static,
{
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::task::spawn_local(connection(stream, answer.clone()));
            }
            // Out of file handles: those in use must be given back first.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn connection<F, A>(stream: TcpStream, answer: F)
where
    F: Fn(Request) -> A,
    A: Future<Output = Response>,
{
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service = service_fn(|request: hyper::Request<Incoming>| async {
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes().to_vec();
        let response = answer(Request::from_parts(parts, body)).await;
        Ok::<_, hyper::Error>(response.map(|body| Full::<Bytes>::from(body).map_err(|never: Infallible| match never {})))
    });
    // A browser that goes away ends the connection with an error, which concerns nobody.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
