//! What every handler shares: the use cases, the time, chance, settings, and the bound on event streams.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tonalite_app::App;
use tonalite_core::time::Timestamp;
use tonalite_core::world::{Clock, Entropy};

use crate::config::HttpConfig;
use crate::streams::Streams;

/// Renders the metrics as Prometheus reads them.
pub type MetricsText = Arc<dyn Fn() -> String + Send + Sync>;

/// Changes under way at once, those included whose askers hung up: the store makes one after the other anyhow.
const MOST_CHANGES: usize = 1024;

/// Cheap to clone; given to every handler.
#[derive(Clone)]
pub struct HttpState(Arc<Shared>);

struct Shared {
    app: Arc<App>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    config: HttpConfig,
    metrics_text: MetricsText,
    streams: Streams,
    changes: Arc<Semaphore>,
    shutdown: CancellationToken,
}

impl HttpState {
    /// Joins what the binary (or a test) has made. `shutdown` ends the event streams, which would otherwise never end.
    pub fn new(
        app: Arc<App>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        config: HttpConfig,
        metrics_text: MetricsText,
        shutdown: CancellationToken,
    ) -> HttpState {
        let streams = Streams::new(entropy.as_ref());
        let changes = Arc::new(Semaphore::new(MOST_CHANGES));
        HttpState(Arc::new(Shared { app, clock, entropy, config, metrics_text, streams, changes, shutdown }))
    }

    /// The use cases.
    pub fn app(&self) -> &Arc<App> {
        &self.0.app
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The clock itself, for what goes on after the request.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        self.0.clock.clone()
    }

    /// Where request ids and nonces come from.
    pub fn entropy(&self) -> &dyn Entropy {
        self.0.entropy.as_ref()
    }

    /// Settings.
    pub fn config(&self) -> &HttpConfig {
        &self.0.config
    }

    pub(crate) fn metrics_text(&self) -> String {
        (self.0.metrics_text)()
    }

    pub(crate) fn streams(&self) -> &Streams {
        &self.0.streams
    }

    pub(crate) fn changes(&self) -> Arc<Semaphore> {
        self.0.changes.clone()
    }

    pub(crate) fn shutdown(&self) -> &CancellationToken {
        &self.0.shutdown
    }
}
