//! What is counted: names and labels are part of what the operator sees at `/metrics`.

use metrics::{Counter, Gauge, counter, gauge};

/// Handles are taken once: looking a counter up for each datagram would cost more than counting.
pub(crate) struct Meters {
    pub(crate) bindings: Gauge,
    pub(crate) registered: Counter,
    pub(crate) refreshed: Counter,
    pub(crate) withdrawn: Counter,
    pub(crate) queried: Counter,
    pub(crate) challenged: Counter,
    pub(crate) stale: Counter,
    pub(crate) wrong_password: Counter,
    pub(crate) refused: Counter,
    pub(crate) retransmitted: Counter,
    pub(crate) overloaded: Counter,
    pub(crate) uncommitted: Counter,
    pub(crate) renewals_lost: Counter,
    pub(crate) aged: Counter,
    pub(crate) faulty: Counter,
    pub(crate) ignored: Counter,
    pub(crate) other: Counter,
}

impl Meters {
    pub(crate) fn new() -> Self {
        let outcome = |outcome: &'static str| counter!("tonalite_register_total", "outcome" => outcome);
        let datagram = |kind: &'static str| counter!("tonalite_sip_datagrams_total", "kind" => kind);
        Self {
            bindings: gauge!("tonalite_bindings"),
            registered: outcome("registered"),
            refreshed: outcome("refreshed"),
            withdrawn: outcome("withdrawn"),
            queried: outcome("queried"),
            challenged: outcome("challenged"),
            stale: outcome("stale_nonce"),
            wrong_password: outcome("wrong_password"),
            refused: outcome("refused"),
            retransmitted: outcome("retransmitted"),
            overloaded: outcome("overloaded"),
            uncommitted: outcome("uncommitted"),
            renewals_lost: counter!("tonalite_renewals_lost_total"),
            aged: counter!("tonalite_bindings_expired_total"),
            faulty: datagram("faulty"),
            ignored: datagram("ignored"),
            other: datagram("other_request"),
        }
    }
}
