//! The loopback server: both products on a port each, and a control port for tests.
//!
//! | module | what is there |
//! |---|---|
//! | [`options`] | the command line |
//! | `served` | what the ports share |
//! | `http1` | HTTP around the pure stand-ins |
//! | `control` | the control port |
//! | `colleague` | somebody else, for measurements |
//! | `passed` | what came, for measurements |

mod colleague;
mod control;
mod http1;
pub mod options;
mod passed;
mod served;

use std::cell::RefCell;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;

use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::world::Product;
use options::Options;
use served::Served;

/// Serves until the process is told to stop. Prints one line of JSON with the three origins when it is ready.
///
/// # Errors
/// When a port is taken.
pub fn run(options: Options) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, serve(options))
}

async fn serve(options: Options) -> io::Result<()> {
    let port = |offset: u16| {
        if options.port_base == 0 { 0 } else { options.port_base + offset }
    };
    let authentik = listen(port(0)).await?;
    let mailcow = listen(port(1)).await?;
    let control = listen(port(2)).await?;
    let origin =
        |name: &str, listener: &TcpListener| listener.local_addr().map(|address| format!("http://{name}:{}", address.port()));
    let authentik_origin =
        origin(options.host.as_deref().unwrap_or("authentik.localhost"), &authentik)? + &options.authentik_path;
    let mailcow_origin = origin(options.host.as_deref().unwrap_or("mailcow.localhost"), &mailcow)?;
    let ready = json!({
        "authentik": authentik_origin,
        "mailcow": mailcow_origin,
        "control": origin("127.0.0.1", &control)?,
    });
    let served = Rc::new(RefCell::new(Served::new(options.demo, &authentik_origin, &mailcow_origin)));
    let mut stdout = io::stdout();
    writeln!(stdout, "{ready}")?;
    stdout.flush()?;

    tokio::task::spawn_local(http1::products(authentik, Product::Authentik, served.clone(), options.delay));
    tokio::task::spawn_local(http1::products(mailcow, Product::Mailcow, served.clone(), options.delay));
    tokio::task::spawn_local(http1::control(control, served));
    if options.until_stdin_closes { stdin_closed().await } else { std::future::pending().await }
}

async fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

/// Waits until whoever started the server is gone.
async fn stdin_closed() -> io::Result<()> {
    let mut ignored = [0; 64];
    while tokio::io::stdin().read(&mut ignored).await? > 0 {}
    Ok(())
}
