//! Runs of the export of line states in the hand of a test: it holds them for as long as it needs, and lets them fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;
use tonalite_app::BeforeRun;
use tonalite_core::Error;
use tonalite_core::error::Cause;

use crate::eventually;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Go,
    Hold,
    Fail,
}

/// What stands before each run. Nothing, until the test says so.
pub struct Runs {
    mode: watch::Sender<Mode>,
    begun: Arc<AtomicUsize>,
    held: Arc<AtomicUsize>,
}

/// Counts a run for as long as it is held.
struct Held(Arc<AtomicUsize>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Runs {
    pub(crate) fn new() -> Runs {
        Runs { mode: watch::Sender::new(Mode::Go), begun: Arc::default(), held: Arc::default() }
    }

    pub(crate) fn before_run(&self) -> BeforeRun {
        let (mode, begun, held) = (self.mode.clone(), self.begun.clone(), self.held.clone());
        Arc::new(move || {
            let mut mode = mode.subscribe();
            begun.fetch_add(1, Ordering::SeqCst);
            held.fetch_add(1, Ordering::SeqCst);
            let held = Held(held.clone());
            Box::pin(async move {
                let _held = held;
                match mode.wait_for(|mode| *mode != Mode::Hold).await.map(|mode| *mode) {
                    Ok(Mode::Fail) => {
                        Err(Error::Internal(Cause::new("the test says: no space left on device")))
                    }
                    _ => Ok(()),
                }
            })
        })
    }

    /// From now on runs wait.
    pub fn hold(&self) {
        self.mode.send_replace(Mode::Hold);
    }

    /// Those that wait go on, and later ones do not wait.
    pub fn let_go(&self) {
        self.mode.send_replace(Mode::Go);
    }

    /// Those that wait fail, and so do later ones.
    pub fn fail(&self) {
        self.mode.send_replace(Mode::Fail);
    }

    /// Runs that began since the start.
    pub fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    /// Waits until so many are held.
    pub async fn are_held(&self, count: usize) {
        eventually("so many runs are held", async || {
            (self.held.load(Ordering::SeqCst) == count).then_some(())
        })
        .await;
    }
}
