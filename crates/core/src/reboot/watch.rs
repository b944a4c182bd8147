//! What happens after a phone accepted: the evidence that it started anew, that it did not, or that it stayed away.
//!
//! Evidence of a restart: it withdrew and registered anew (E1); a new Call-ID for what was registered (E2); a CSeq that began
//! anew under the same Call-ID (E3); it was silent for ten seconds, then answered again (E6).

use std::net::SocketAddr;

use crate::id::LineKey;
use crate::line_state::Binding;
use crate::time::{Span, Timestamp};

/// A shorter silence may be the network's.
const SILENCE: Span = Span::from_secs(10);

/// One binding as it was when the reboot was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The line.
    pub line: LineKey,
    /// Storage key of the binding.
    pub binding: i64,
    /// Contact as sent.
    pub contact: String,
    /// `+sip.instance`.
    pub instance: Option<String>,
    /// Call-ID of its newest REGISTER.
    pub call_id: String,
    /// CSeq of its newest REGISTER.
    pub cseq: u32,
    /// Where it came from.
    pub source: SocketAddr,
    /// User-Agent.
    pub user_agent: Option<String>,
}

/// What was registered when the reboot was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot(pub Vec<Seen>);

impl Snapshot {
    /// Of the live contacts of a device.
    pub fn of(bindings: &[(LineKey, Binding)]) -> Snapshot {
        let seen = |(line, binding): &(LineKey, Binding)| Seen {
            line: *line,
            binding: binding.id,
            contact: binding.contact.clone(),
            instance: binding.instance.clone(),
            call_id: binding.call_id.clone(),
            cseq: binding.cseq,
            source: binding.source.address,
            user_agent: binding.user_agent.clone(),
        };
        Snapshot(bindings.iter().map(seen).collect())
    }
}

impl Seen {
    /// Whether a new binding is of the same phone: the same instance, the same contact, or, without an instance, the same
    /// address and User-Agent.
    fn is_same_phone(&self, line: LineKey, binding: &Binding) -> bool {
        let same_instance = self.instance.is_some() && self.instance == binding.instance;
        let same_place = self.instance.is_none()
            && binding.instance.is_none()
            && self.source.ip() == binding.source.address.ip()
            && self.user_agent == binding.user_agent;
        self.line == line && (same_instance || self.contact == binding.contact || same_place)
    }
}

/// The order in which contacts are asked: the newest first, since an older one may be what a phone left behind.
pub fn newest_first(bindings: &mut [(LineKey, Binding)]) {
    bindings.sort_by_key(|(_, binding)| std::cmp::Reverse((binding.refreshed_at, binding.id)));
}

/// How a test of the phone (OPTIONS) ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// Any final answer.
    Answered,
    /// Nothing, or no way to it.
    Silent,
    /// It was not sent: nothing is known.
    Unknown,
}

/// What the watch found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It went away.
    Down(Timestamp),
    /// It started anew.
    Back(Timestamp),
    /// Its time is over, and it was there.
    NotRestarted,
    /// Its time is over, and it is not there.
    NotBack,
}

/// The watch over one phone that accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    snapshot: Snapshot,
    /// What is older than this proves nothing.
    since: Timestamp,
    deadline: Timestamp,
    down_at: Option<Timestamp>,
    /// Lines that withdrew since, and when.
    withdrew: Vec<(LineKey, Timestamp)>,
    /// Beginning of the silence, as long as it lasts.
    silent_since: Option<Timestamp>,
    /// The last sign of life.
    heard_at: Option<Timestamp>,
    back_at: Option<Timestamp>,
}

impl Watch {
    /// Begins. `since`: when the request went out; `down_at`: for a watch that is taken up again.
    pub fn new(
        snapshot: Snapshot,
        since: Timestamp,
        deadline: Timestamp,
        down_at: Option<Timestamp>,
    ) -> Watch {
        Watch {
            snapshot,
            since,
            deadline,
            down_at,
            withdrew: Vec::new(),
            // A watch that is taken up again saw it go; that it has come back since would show.
            silent_since: down_at,
            heard_at: None,
            back_at: None,
        }
    }

    /// A line withdrew (E1 begins).
    pub fn saw_withdrawal(&mut self, line: LineKey, at: Timestamp) {
        if at >= self.since && !self.withdrew.contains(&(line, at)) {
            self.withdrew.push((line, at));
        }
    }

    /// The live contacts, as they are now.
    pub fn saw_bindings(&mut self, bindings: &[(LineKey, Binding)]) {
        for (line, binding) in bindings {
            if binding.refreshed_at < self.since {
                continue;
            }
            let anew_after_withdrawal =
                self.withdrew.iter().any(|(withdrawn, at)| withdrawn == line && *at <= binding.registered_at);
            let anew_by_itself = self.is_anew(*line, binding);
            if anew_after_withdrawal || anew_by_itself {
                let at = binding.refreshed_at;
                self.back_at = Some(self.back_at.map_or(at, |earlier| earlier.min(at)));
            } else {
                // A renewal as before: it is there, and it is the same life.
                self.heard_at = self.heard_at.max(Some(binding.refreshed_at));
            }
        }
    }

    /// A new Call-ID (E2) or a CSeq that began anew (E3), for what was registered when the reboot was asked for.
    fn is_anew(&self, line: LineKey, binding: &Binding) -> bool {
        let Snapshot(seen) = &self.snapshot;
        if let Some(before) = seen.iter().find(|seen| seen.binding == binding.id) {
            return before.call_id != binding.call_id || before.cseq > binding.cseq;
        }
        // A contact that moved under a Call-ID that is known is the same life of the phone.
        let known = |seen: &Seen| seen.line == line && seen.call_id == binding.call_id;
        !seen.iter().any(known) && seen.iter().any(|seen| seen.is_same_phone(line, binding))
    }

    /// A test that was sent at `sent_at` ended at `now`.
    pub fn saw_probe(&mut self, probe: Probe, sent_at: Timestamp, now: Timestamp) {
        match probe {
            Probe::Unknown => {}
            Probe::Silent => {
                self.silent_since.get_or_insert(sent_at);
            }
            Probe::Answered => {
                let silent = self.silent_since.take();
                if silent.is_some_and(|since| now.since(since) >= SILENCE) {
                    self.back_at.get_or_insert(now);
                }
                self.heard_at = self.heard_at.max(Some(now));
            }
        }
    }

    /// What follows from all that was seen, if it is news.
    pub fn step(&mut self, now: Timestamp) -> Option<Step> {
        if let Some(at) = self.back_at {
            return Some(Step::Back(at));
        }
        let is_silent = self.silent_since.filter(|since| now.since(*since) >= SILENCE);
        if self.down_at.is_none()
            && let Some(at) = self.withdrew.iter().map(|(_, at)| *at).min().or(is_silent)
        {
            self.down_at = Some(at);
            return Some(Step::Down(at));
        }
        if now < self.deadline {
            return None;
        }
        let gone_at = self.silent_since.max(self.withdrew.iter().map(|(_, at)| *at).max());
        // Nothing heard at all is no sign of life.
        let is_there = self.heard_at.is_some_and(|heard| gone_at.is_none_or(|gone| heard > gone));
        Some(if is_there { Step::NotRestarted } else { Step::NotBack })
    }

    /// When it went away, as far as that was seen.
    pub fn went_at(&self) -> Option<Timestamp> {
        self.down_at.or(self.withdrew.iter().map(|(_, at)| *at).min())
    }

    /// The end of the watch.
    pub const fn deadline(&self) -> Timestamp {
        self.deadline
    }
}
