//! The registrar as it runs: threads around the engine, from the start to the end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tonalite_app::App;
use tonalite_core::id::LineKey;
use tonalite_core::world::{Clock, Entropy};

use crate::auth::Refusals;
use crate::commands;
use crate::config::{RegistrarConfig, StartError};
use crate::engine::Engine;
use crate::socket;
use crate::stream::{self, Streams};
use crate::worker;

/// How often the timer turns: twice within the 0.2 s that a renewal may wait to be written.
const TURN: Duration = Duration::from_millis(100);

/// How long an end waits for commits that are under way, in turns.
const FAREWELL_TURNS: usize = 20;

/// A running registrar. Dropping it without [`Registrar::shutdown`] stops its threads too, but waits for nothing.
pub struct Registrar {
    engine: Arc<Engine>,
    addresses: Vec<SocketAddr>,
    streams: Streams,
    stop: Arc<AtomicBool>,
    workers: Vec<JoinHandle<()>>,
    timer: Option<JoinHandle<()>>,
    commands: Option<tokio::task::JoinHandle<()>>,
}

impl Registrar {
    /// Reads lines and bindings back, then opens the sockets: no phone is answered before we know what we knew.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(
        app: Arc<App>,
        config: RegistrarConfig,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        // Before the reading: what changes meanwhile waits in the channel.
        let inbox = app.phones().attach();
        let ready_at = clock.now();
        let backend = Box::new(Arc::clone(&app));
        let public = config.public_address.as_deref();
        let engine = Arc::new(Engine::new(backend, clock, &*entropy, config.policy, public));
        let mut lines = 0_u64;
        let highest = app
            .load_registrar_lines(ready_at, &mut |line| {
                lines += 1;
                engine.add_line(line);
            })
            .await
            .map_err(|_| StartError::Load)?;
        engine.last_binding.store(i64::try_from(highest).unwrap_or(i64::MAX), Ordering::Relaxed);
        let bindings = engine.table.bindings();
        let mut registrar = Self::open(Arc::clone(&engine), &config, &entropy)?;
        for address in &registrar.addresses {
            tracing::info!(sip.address = %address, lines, bindings, "listening for phones over UDP and TCP");
        }
        registrar.commands = Some(tokio::spawn(commands::run(engine, inbox)));
        Ok(registrar)
    }

    /// Opens the sockets of an engine that knows its lines already, and starts its threads.
    pub(crate) fn open(
        engine: Arc<Engine>,
        config: &RegistrarConfig,
        entropy: &Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        if config.listen.is_empty() {
            return Err(StartError::NoAddress);
        }
        let workers = match config.workers {
            0 => thread::available_parallelism().map_or(1, usize::from),
            workers => workers,
        };
        // All or nothing: threads start only when every address is ours.
        let mut sockets = Vec::new();
        let mut addresses = Vec::new();
        let mut outlets = Vec::new();
        let mut listeners = Vec::new();
        for &address in &config.listen {
            let (bound, listener) =
                stream::bind(address, workers).map_err(|cause| StartError::Bind { address, cause })?;
            if let Some(first) = bound.first() {
                let local =
                    socket::local_address(first).map_err(|cause| StartError::Bind { address, cause })?;
                addresses.push(local);
                outlets.push((local, socket::outlet(first)));
            }
            sockets.extend(bound);
            listeners.push(listener);
        }
        for (local, outlet) in outlets {
            engine.flows.listen_udp(local, outlet);
        }
        let streams = Streams::open(&engine, listeners, config.streams, workers, entropy)?;
        let stop = Arc::new(AtomicBool::new(false));
        let mut registrar = Self {
            engine,
            addresses,
            streams,
            stop: Arc::clone(&stop),
            workers: Vec::new(),
            timer: None,
            commands: None,
        };
        for (number, socket) in sockets.into_iter().enumerate() {
            let (engine, stop, entropy) =
                (Arc::clone(&registrar.engine), Arc::clone(&stop), Arc::clone(entropy));
            let thread = thread::Builder::new()
                .name(format!("sip-udp-{number}"))
                .spawn(move || worker::run(&engine, &socket, &*entropy, &stop))
                .map_err(StartError::Thread)?;
            registrar.workers.push(thread);
        }
        let engine = Arc::clone(&registrar.engine);
        let timer = thread::Builder::new().name("sip-timer".into()).spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                thread::park_timeout(TURN);
                engine.turn();
            }
        });
        registrar.timer = Some(timer.map_err(StartError::Thread)?);
        Ok(registrar)
    }

    /// The UDP addresses in the order of the configuration, with the ports that were really given.
    #[must_use]
    pub fn udp_addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The TCP addresses, in the same order; the same as those for UDP.
    #[must_use]
    pub fn tcp_addresses(&self) -> &[SocketAddr] {
        &self.streams.addresses
    }

    /// Wrong passwords given for a line since its last success: evidence, not a state.
    #[must_use]
    pub fn refusals(&self, line: LineKey) -> Option<Refusals> {
        self.engine.refusals(line)
    }

    /// Takes no more messages, writes what was to be written behind, and waits up to 2 s for the commits under way.
    pub async fn shutdown(mut self) {
        if let Some(commands) = self.commands.take() {
            commands.abort();
        }
        if tokio::task::spawn_blocking(move || self.close()).await.is_err() {
            tracing::error!("the registrar did not end in good order");
        }
    }

    /// As [`Registrar::shutdown`], blocking.
    pub(crate) fn close(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.streams.drain();
        if let Some(timer) = &self.timer {
            timer.thread().unpark();
        }
        for thread in self.workers.drain(..).chain(self.timer.take()) {
            if thread.join().is_err() {
                tracing::error!("a thread of the registrar had panicked");
            }
        }
        self.engine.stop_asking();
        self.engine.turn();
        for _ in 0..FAREWELL_TURNS {
            if self.engine.pending.len() == 0 {
                break;
            }
            thread::sleep(TURN);
        }
        self.streams.close();
    }
}

impl Drop for Registrar {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(commands) = &self.commands {
            commands.abort();
        }
        self.engine.stop_asking();
    }
}
