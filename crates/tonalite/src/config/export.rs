//! The numbers of the export contract, in whole seconds.

use anyhow::bail;
use serde::{Deserialize, Serialize};
use tonalite_app::ExportSettings;
use tonalite_core::export_gate::Parameters;
use tonalite_core::time::Span;

/// Exports of line states.
#[derive(Debug, Clone, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Export {
    /// Seconds after a start in which neither the session nor the customer starts another, and after its end in which its
    /// file serves others.
    window: u32,
    /// Seconds that the second parallel request of a session waits.
    delay: u32,
    /// Runs at once: 2 or 3.
    running: usize,
    /// Requests that wait for one of these.
    queue: usize,
    /// Whether the running ones are counted in `queue`.
    queue_counts_running: bool,
    /// Seconds in the queue at the most.
    wait: u32,
    /// Seconds that a run may take.
    generation: u32,
    /// Places of one customer in the queue.
    places_per_customer: usize,
    /// Whether a session is served its own finished file again within the window.
    same_session_cached: bool,
}

impl Default for Export {
    fn default() -> Self {
        let usual = Parameters::default();
        let seconds = |span: Span| u32::try_from(span.seconds_up()).unwrap_or(u32::MAX);
        Export {
            window: seconds(usual.window),
            delay: seconds(usual.delay),
            running: usual.running,
            queue: usual.queue,
            queue_counts_running: usual.queue_counts_running,
            wait: seconds(usual.wait),
            generation: seconds(usual.generation),
            places_per_customer: usual.places_per_customer,
            same_session_cached: usual.same_session_cached,
        }
    }
}

impl Export {
    /// As the application wants them.
    pub(crate) fn settings(&self) -> ExportSettings {
        let span = |seconds: u32| Span::from_secs(seconds.into());
        let contract = Parameters {
            window: span(self.window),
            delay: span(self.delay),
            running: self.running,
            queue: self.queue,
            queue_counts_running: self.queue_counts_running,
            wait: span(self.wait),
            generation: span(self.generation),
            places_per_customer: self.places_per_customer,
            same_session_cached: self.same_session_cached,
        };
        ExportSettings { contract, ..ExportSettings::default() }
    }

    /// Refuses what the contract does not allow.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        match self.settings().contract.check() {
            Ok(()) => Ok(()),
            Err(wrong) => bail!("export.{}: {}", wrong.name, wrong.expected),
        }
    }
}
