//! What is counted: names and labels are part of what the operator sees at `/metrics`.

use metrics::{Counter, Gauge, counter, gauge};

use crate::exchanges::Kind;

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
    /// Questions to phones that are under way.
    pub(crate) exchanges: Gauge,
    options: Asked,
    notify: Asked,
}

/// Questions to phones, of one kind.
pub(crate) struct Asked {
    pub(crate) sent: Counter,
    pub(crate) retransmitted: Counter,
    pub(crate) challenged: Counter,
    pub(crate) answered: Counter,
    pub(crate) unanswered: Counter,
    pub(crate) no_path: Counter,
    pub(crate) busy: Counter,
}

impl Asked {
    fn new(method: &'static str) -> Self {
        let outcome = |outcome: &'static str| counter!("tonalite_contact_requests_total", "method" => method, "outcome" => outcome);
        Self {
            sent: counter!("tonalite_contact_requests_sent_total", "method" => method),
            retransmitted: counter!("tonalite_contact_requests_retransmitted_total", "method" => method),
            challenged: counter!("tonalite_contact_requests_challenged_total", "method" => method),
            answered: outcome("answered"),
            unanswered: outcome("no_answer"),
            no_path: outcome("no_path"),
            busy: outcome("busy"),
        }
    }
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
            exchanges: gauge!("tonalite_contact_requests_open"),
            options: Asked::new("OPTIONS"),
            notify: Asked::new("NOTIFY"),
        }
    }

    pub(crate) fn asked(&self, kind: Kind) -> &Asked {
        match kind {
            Kind::Options => &self.options,
            Kind::Notify => &self.notify,
        }
    }
}
