//! The writer task: takes operations from a bounded queue, in order, and commits them in groups.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tonalite_core::id::{DeviceKey, LineKey};
use tonalite_core::registration::{DeviceRef, LineChange, LineRef, Renewal};
use tonalite_core::timeline::{Stamp, TimelineKind};

use super::apply::CommitReport;
use super::batch::Batch;
use crate::Store;

/// Operations that may wait. At 20,000 changes a second this is the work of a second: who finds it full answers 503.
const QUEUE: usize = 16_384;
/// Operations of one group: large enough that the price of a commit vanishes, small enough that nobody waits long for it.
const GROUP: usize = 512;

/// Whether an operation is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// It is.
    Yes,
    /// The store is in trouble; the operation is kept in memory and tried again with the next group.
    No,
}

/// Told once the fate of an operation is known. Runs on the writer's task: it must not block.
pub type Done = Box<dyn FnOnce(Committed) + Send>;

/// The queue is full, or the writer has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

pub(crate) enum Op {
    Change(Box<LineChange>),
    Renew(Vec<Renewal>),
    DeviceAdded(DeviceRef, Stamp),
    DeviceRemoved(DeviceRef, Vec<LineKey>),
    DevicesAdded(Vec<DeviceRef>, Stamp),
    DevicesChanged(Vec<DeviceRef>, Stamp),
    DevicesRemoved(Vec<DeviceRef>),
    LineAdded(LineRef, Stamp),
    LineRemoved(LineRef, Stamp),
    Note(DeviceKey, Stamp, TimelineKind, Option<u16>),
}

/// The way to the writer. Cheap to clone.
#[derive(Clone)]
pub struct LiveWriter {
    queue: mpsc::Sender<(Op, Option<Done>)>,
}

impl LiveWriter {
    /// Starts the writer on a store; `report` is called after every commit, in order, and must not block.
    /// The task ends when every handle is gone and all is written.
    pub fn start(
        store: Arc<Store>,
        report: impl Fn(CommitReport) + Send + Sync + 'static,
    ) -> (LiveWriter, tokio::task::JoinHandle<()>) {
        let (queue, inbox) = mpsc::channel(QUEUE);
        let task = tokio::spawn(run(store, inbox, report));
        (LiveWriter { queue }, task)
    }

    /// A change of what is known about a line. Never blocks; committed in the order submitted.
    ///
    /// # Errors
    /// [`Full`]: nothing was taken.
    pub fn change(&self, change: LineChange, done: Done) -> Result<(), Full> {
        self.queue.try_send((Op::Change(Box::new(change)), Some(done))).map_err(|_| Full)
    }

    /// Renewals of what is known already: written behind.
    ///
    /// # Errors
    /// [`Full`]: nothing was taken.
    pub fn renew(&self, renewals: Vec<Renewal>) -> Result<(), Full> {
        self.queue.try_send((Op::Renew(renewals), None)).map_err(|_| Full)
    }

    /// A device is in the inventory now.
    pub async fn add_device(&self, device: DeviceRef, stamp: impl Into<Stamp>) -> Committed {
        self.and_wait(Op::DeviceAdded(device, stamp.into())).await
    }

    /// A device and these lines left the inventory.
    pub async fn remove_device(&self, device: DeviceRef, lines: Vec<LineKey>) -> Committed {
        self.and_wait(Op::DeviceRemoved(device, lines)).await
    }

    /// Devices are in the inventory now: some hundreds at once, and nobody is told of each.
    pub async fn add_devices(&self, devices: Vec<DeviceRef>, stamp: impl Into<Stamp>) -> Committed {
        self.and_wait(Op::DevicesAdded(devices, stamp.into())).await
    }

    /// Devices were changed and perhaps moved to another site of their customer: some hundreds at once, without lines
    /// where they moved.
    pub async fn change_devices(&self, devices: Vec<DeviceRef>, stamp: impl Into<Stamp>) -> Committed {
        self.and_wait(Op::DevicesChanged(devices, stamp.into())).await
    }

    /// Devices without lines left the inventory: some hundreds at once.
    pub async fn remove_devices(&self, devices: Vec<DeviceRef>) -> Committed {
        self.and_wait(Op::DevicesRemoved(devices)).await
    }

    /// A line was assigned.
    pub async fn add_line(&self, line: LineRef, stamp: impl Into<Stamp>) -> Committed {
        self.and_wait(Op::LineAdded(line, stamp.into())).await
    }

    /// A line was taken back.
    pub async fn remove_line(&self, line: LineRef, stamp: impl Into<Stamp>) -> Committed {
        self.and_wait(Op::LineRemoved(line, stamp.into())).await
    }

    /// A row of the timeline.
    pub async fn note(
        &self,
        device: DeviceKey,
        stamp: impl Into<Stamp>,
        kind: TimelineKind,
        port: Option<u16>,
    ) -> Committed {
        self.and_wait(Op::Note(device, stamp.into(), kind, port)).await
    }

    /// Waits until everything submitted so far has been tried.
    pub async fn barrier(&self) -> Committed {
        self.and_wait(Op::Renew(Vec::new())).await
    }

    async fn and_wait(&self, op: Op) -> Committed {
        let (tell, told) = oneshot::channel();
        let done: Done = Box::new(move |committed| {
            let _ = tell.send(committed);
        });
        if self.queue.send((op, Some(done))).await.is_err() {
            return Committed::No;
        }
        told.await.unwrap_or(Committed::No)
    }
}

async fn run(
    store: Arc<Store>,
    mut inbox: mpsc::Receiver<(Op, Option<Done>)>,
    report: impl Fn(CommitReport) + Send + Sync + 'static,
) {
    let mut batch = Batch::default();
    let mut waiting: Vec<Done> = Vec::new();
    loop {
        // What failed is tried again every second even when nothing new arrives.
        let first = if batch.is_empty() {
            inbox.recv().await
        } else {
            match tokio::time::timeout(Duration::from_secs(1), inbox.recv()).await {
                Ok(received) => received,
                Err(_) => {
                    commit(&store, &mut batch, &mut waiting, &report).await;
                    continue;
                }
            }
        };
        let Some((op, done)) = first else { break };
        batch.add(op);
        waiting.extend(done);
        for _ in 1..GROUP {
            let Ok((op, done)) = inbox.try_recv() else { break };
            batch.add(op);
            waiting.extend(done);
        }
        commit(&store, &mut batch, &mut waiting, &report).await;
    }
    if !batch.is_empty() {
        commit(&store, &mut batch, &mut waiting, &report).await;
    }
}

async fn commit(
    store: &Store,
    batch: &mut Batch,
    waiting: &mut Vec<Done>,
    report: &(impl Fn(CommitReport) + Sync),
) {
    let committed = match store.apply_live(batch).await {
        Ok(told) => {
            *batch = Batch::default();
            report(told);
            Committed::Yes
        }
        Err(error) => {
            tracing::error!(error.code = error.code(), error = ?error, "live state cannot be committed; kept in memory");
            batch.trim();
            Committed::No
        }
    };
    for done in waiting.drain(..) {
        done(committed);
    }
}
