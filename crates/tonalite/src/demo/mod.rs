//! `tonalite demo`: a made-up fleet, the server, and simulated phones that really register, in one process.

mod dect;
mod fleet;
mod logins;
pub(crate) mod names;
mod phones;
mod plans;

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use tonalite_core::access::Actor;

use crate::cli::Demo;
use crate::commands::told;
use crate::config::Config;
use crate::server::{self, Server};

pub(crate) async fn run(options: &Demo, json: bool) -> anyhow::Result<()> {
    if options.fresh {
        throw_away(&options.data)?;
    }
    let config = config(options)?;
    let app = server::open_app(&config).await?;
    let logins = if app.has_portal_users().await.map_err(told)? {
        logins::read(&options.data)?
    } else {
        eprintln!("Making up a fleet…");
        let actor = Actor::system();
        let parties = fleet::make(&app, &actor).await.map_err(told)?;
        logins::make(&app, &actor, &parties, &options.data).await?
    };
    let server = Server::start(&config, Arc::clone(&app)).await?;
    let registrar = SocketAddr::from(([127, 0, 0, 1], server.sip.port()));
    let phones = phones::start(&app, registrar).await?;
    if !json && std::io::stdout().is_terminal() {
        eprintln!("\nTonalite runs at {}\n\n{}", server.public_url, logins::table(&logins));
        eprintln!(
            "{} simulated phones register with {}; your own may too.",
            phones.len(),
            app.registrar_address()
        );
        eprintln!("Data in {}; Ctrl-C ends it all.", options.data.display());
    } else {
        eprint!("Tonalite runs at {}\n{}", server.public_url, logins::table(&logins));
        server.announce();
    }
    server::stop_signal().await?;
    eprintln!("Stopping…");
    phones.shutdown(true).await;
    server.stop().await
}

/// The demo has a configuration of its own: variables of an installation on the same machine must not leak into it.
fn config(options: &Demo) -> anyhow::Result<Config> {
    let mut config = Config { data: options.data.clone(), ..Config::default() };
    let port = match options.port {
        Some(port) => port,
        None => free_or_any("127.0.0.1", 8080, |address| std::net::TcpListener::bind(address).map(drop))?,
    };
    config.http.listen = SocketAddr::from(([127, 0, 0, 1], port));
    // All interfaces, so that a telephone on the desk can register too.
    let port = free_or_any("0.0.0.0", 5060, |address| std::net::UdpSocket::bind(address).map(drop))?;
    config.sip.listen = SocketAddr::from(([0, 0, 0, 0], port));
    Ok(config)
}

/// The usual port, or any free one where it is taken; which one it became is printed.
fn free_or_any(
    ip: &str,
    usual: u16,
    bind: impl Fn(SocketAddr) -> std::io::Result<()>,
) -> anyhow::Result<u16> {
    let address: SocketAddr = format!("{ip}:{usual}").parse()?;
    match bind(address) {
        Ok(()) => Ok(usual),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            eprintln!("Port {usual} is in use; taking any free one.");
            Ok(0)
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on {address}")),
    }
}

/// Deletes what an earlier demo left, and nothing else.
fn throw_away(folder: &Path) -> anyhow::Result<()> {
    let Ok(mut entries) = std::fs::read_dir(folder) else { return Ok(()) };
    if entries.next().is_none() {
        return Ok(());
    }
    if !logins::path(folder).is_file() {
        bail!("{} was not made by a demo: --fresh leaves it alone", folder.display());
    }
    std::fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))
}
