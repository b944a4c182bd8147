//! Where an export that is followed stands, in the words of the API.

/// Where an export that is followed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExportState {
    /// Waits because another export of the session is open.
    Delayed,
    /// Waits for a place to run.
    Queued,
    /// Its data are being read.
    Running,
    /// Its file can be fetched.
    Ready,
    /// Refused after its delay.
    Rejected,
    /// Waited in the queue for too long.
    TimedOut,
    /// The run failed.
    Failed,
}

impl ExportState {
    /// All of them, in the order in which they may be passed.
    pub const ALL: [ExportState; 7] = [
        ExportState::Delayed,
        ExportState::Queued,
        ExportState::Running,
        ExportState::Ready,
        ExportState::Rejected,
        ExportState::TimedOut,
        ExportState::Failed,
    ];

    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            ExportState::Delayed => "delayed",
            ExportState::Queued => "queued",
            ExportState::Running => "running",
            ExportState::Ready => "ready",
            ExportState::Rejected => "rejected",
            ExportState::TimedOut => "timed_out",
            ExportState::Failed => "failed",
        }
    }

    /// Whether it goes on by itself.
    pub const fn is_under_way(self) -> bool {
        matches!(self, ExportState::Delayed | ExportState::Queued | ExportState::Running)
    }
}
