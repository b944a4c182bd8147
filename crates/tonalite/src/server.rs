//! Wires everything together: store and use cases, registrar, portal; starts them in order, ends them in order.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonalite_app::{App, AppConfig};
use tonalite_core::line_state::Policy;
use tonalite_core::world::{Clock, Entropy};
use tonalite_http::{HttpConfig, HttpState, Network, PublicUrl};
use tonalite_registrar::{Registrar, RegistrarConfig, StreamLimits};

use crate::config::Config;
use crate::control::ControlSocket;
use crate::key;
use crate::world::{SystemClock, SystemEntropy};

/// Opens the store and the use cases on it, for a server.
pub(crate) async fn open_app(config: &Config) -> anyhow::Result<Arc<App>> {
    try_open_app(config).await?.with_context(|| {
        format!(
            "{} is in use by another tonalite process; stop the running server first",
            config.data.display()
        )
    })
}

/// Opens the store and the use cases on it; `None` when another process holds the data folder.
pub(crate) async fn try_open_app(config: &Config) -> anyhow::Result<Option<Arc<App>>> {
    make_folder(&config.data)?;
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let sealing_key = key::load_or_make(&config.key_path(), entropy.as_ref())?;
    let app_config = AppConfig {
        retention: config.retention.kept(),
        location: config.location(),
        sealing_key,
        registrar_address: registrar_address(config, config.sip.listen),
        spool_folder: config.data.join("spool"),
        exports: config.export.settings(),
    };
    match App::open(app_config, entropy, SystemClock.now()).await {
        Ok(app) => Ok(Some(app)),
        Err(tonalite_app::OpenError::InUse(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The data holds sealed secrets, names and numbers: nobody else's business.
fn make_folder(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot make the data folder {}", path.display()))
}

/// A running server.
pub(crate) struct Server {
    pub(crate) app: Arc<App>,
    /// Where the portal listens.
    pub(crate) http: SocketAddr,
    /// Where phones register.
    pub(crate) sip: SocketAddr,
    /// Address for browsers.
    pub(crate) public_url: String,
    registrar: Registrar,
    control: ControlSocket,
    serving: JoinHandle<()>,
    upkeep: JoinHandle<()>,
    reboots: JoinHandle<()>,
    exports: JoinHandle<()>,
    imports: JoinHandle<()>,
    log_upkeep: JoinHandle<()>,
    shutdown: CancellationToken,
}

impl Server {
    /// Starts registrar and portal. Phones are answered only after their registrations have been read back.
    pub(crate) async fn start(config: &Config, app: Arc<App>) -> anyhow::Result<Server> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let metrics = PrometheusBuilder::new().install_recorder().context("metrics cannot be collected")?;

        // The portal's port first: it is cheap, and a second server on it should say so before phones move over.
        let listener = TcpListener::bind(config.http.listen)
            .await
            .with_context(|| format!("cannot listen for the portal on {}", config.http.listen))?;
        let http = listener.local_addr().context("the portal's port is unknown")?;

        let registrar_config = RegistrarConfig {
            listen: vec![config.sip.listen],
            workers: config.sip.workers,
            policy: Policy::default(),
            public_address: config.sip.public_address.clone(),
            streams: StreamLimits {
                connections: config.sip.connections,
                per_address: config.sip.connections_per_address,
                ..StreamLimits::default()
            },
        };
        let registrar =
            Registrar::start(Arc::clone(&app), registrar_config, Arc::clone(&clock), Arc::clone(&entropy))
                .await?;
        let sip = registrar.udp_addresses().first().copied().context("the registrar has no address")?;
        app.set_registrar_address(registrar_address(config, sip));

        let public_url =
            config.http.public_url.clone().unwrap_or_else(|| format!("http://{}", reachable(http)));
        let http_config = http_config(config, &public_url)?;
        if !http_config.public_url.is_https() && !http.ip().is_loopback() {
            tracing::warn!(
                url = public_url,
                "the portal's address is not https: passwords and cookies travel in clear"
            );
        }
        let trusted_proxies = http_config.trusted_proxies.clone();
        let shutdown = CancellationToken::new();
        let upkeep = tokio::spawn(keep_up(metrics.clone(), shutdown.clone()));
        let reboots = tokio::spawn(drive_reboots(Arc::clone(&app), Arc::clone(&clock), shutdown.clone()));
        let exports = tokio::spawn(drive_exports(Arc::clone(&app), Arc::clone(&clock), shutdown.clone()));
        let imports = tokio::spawn(Arc::clone(&app).run_imports(Arc::clone(&clock), shutdown.clone()));
        let log_upkeep = tokio::spawn(Arc::clone(&app).run_upkeep(Arc::clone(&clock), shutdown.clone()));
        let state = HttpState::new(
            Arc::clone(&app),
            clock,
            entropy,
            http_config,
            Arc::new(move || metrics.render()),
            shutdown.clone(),
        );
        let router = tonalite_http::router(state)?;
        let serving = tokio::spawn(tonalite_http::serve(listener, router, trusted_proxies, shutdown.clone()));
        // Last: who sends a command here may count on all the rest.
        let control = ControlSocket::open(&config.data, Arc::clone(&app)).await?;
        Ok(Server {
            app,
            http,
            sip,
            public_url,
            registrar,
            control,
            serving,
            upkeep,
            reboots,
            exports,
            imports,
            log_upkeep,
            shutdown,
        })
    }

    /// Says on standard output, in one JSON line, where everything is: for programs that start us on port 0.
    pub(crate) fn announce(&self) {
        let line = serde_json::json!({
            "event": "ready", "http": self.http.to_string(), "sip": self.sip.to_string(), "public_url": self.public_url,
        });
        println!("{line}");
    }

    /// Ends in order: no more requests, no more datagrams, everything written, the store closed.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.shutdown.cancel();
        self.serving.await.context("the portal had failed")?;
        self.control.close().await;
        self.registrar.shutdown().await;
        self.upkeep.await.context("the metrics had failed")?;
        self.reboots.await.context("the reboots had failed")?;
        self.exports.await.context("the exports had failed")?;
        self.imports.await.context("the imports had failed")?;
        self.log_upkeep.await.context("the upkeep of the audit log had failed")?;
        self.app.shutdown().await;
        Ok(())
    }
}

/// Waits for SIGINT or SIGTERM.
pub(crate) async fn stop_signal() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

fn http_config(config: &Config, public_url: &str) -> anyhow::Result<HttpConfig> {
    Ok(HttpConfig {
        public_url: PublicUrl::parse(public_url)?,
        trusted_proxies: config
            .http
            .trusted_proxies
            .iter()
            .map(|text| Network::parse(text))
            .collect::<Result<_, _>>()?,
        metrics_allowed: config.http.metrics_allowed.clone(),
    })
}

/// Histograms must be drained from time to time, or they grow without a bound.
async fn keep_up(metrics: PrometheusHandle, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(std::time::Duration::from_secs(5));
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = ticks.tick() => metrics.run_upkeep(),
        }
    }
}

/// Reboots that are under way at the end are taken up again at the next start.
async fn drive_reboots(app: Arc<App>, clock: Arc<dyn Clock>, shutdown: CancellationToken) {
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = app.drive_reboots(clock) => {}
    }
}

/// Exports that are under way at the end are cut off, and asked for again by who still wants them.
async fn drive_exports(app: Arc<App>, clock: Arc<dyn Clock>, shutdown: CancellationToken) {
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = app.drive_exports(clock) => {}
    }
}

/// `host:port` of the registrar as phones see it.
fn registrar_address(config: &Config, listen: SocketAddr) -> String {
    match &config.sip.public_address {
        Some(address) if has_port(address) => address.clone(),
        Some(host) => format!("{host}:{}", listen.port()),
        None => reachable(listen).to_string(),
    }
}

fn has_port(address: &str) -> bool {
    address.rsplit_once(':').is_some_and(|(host, port)| !host.ends_with(':') && port.parse::<u16>().is_ok())
}

/// An address that others can use: in the place of "all interfaces" the one that leads out of this machine.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        SocketAddr::new(own_address(address.ip()), address.port())
    } else {
        address
    }
}

fn own_address(unspecified: IpAddr) -> IpAddr {
    // Connecting a datagram socket sends nothing; it only asks the routing table. The target is a documentation address.
    let (from, to) = match unspecified {
        IpAddr::V4(_) => ("0.0.0.0:0", "192.0.2.1:9"),
        IpAddr::V6(_) => ("[::]:0", "[2001:db8::1]:9"),
    };
    UdpSocket::bind(from)
        .and_then(|socket| {
            socket.connect(to)?;
            socket.local_addr()
        })
        .map_or_else(
            |_| match unspecified {
                IpAddr::V4(_) => IpAddr::from([127, 0, 0, 1]),
                IpAddr::V6(_) => IpAddr::from(std::net::Ipv6Addr::LOCALHOST),
            },
            |address| address.ip(),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_may_leave_the_port_to_us() {
        for (address, complete) in
            [("sip.example.net", false), ("sip.example.net:5070", true), ("[2001:db8::1]:5060", true)]
        {
            assert_eq!(has_port(address), complete, "{address}");
        }
    }
}
