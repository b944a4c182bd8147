//! A line on the bench: messages in, what they did out.

use tonalite_core::line_state::{
    Context, Effect, LineRegistrations, Policy, Refusal, Register, Requested, RequestedContact, Source,
    Transport,
};
use tonalite_core::time::{Span, Timestamp};

/// When a line under test was assigned.
pub(crate) const START: Timestamp = Timestamp(1_767_600_000_000);

/// Seconds after [`START`].
pub(crate) fn at(seconds: i64) -> Timestamp {
    START + Span::from_secs(seconds)
}

/// A line with the limits of the product. It grants what is asked for, so that a table can say when things happen.
#[derive(Clone)]
pub(crate) struct Bench {
    pub(crate) line: LineRegistrations,
    pub(crate) policy: Policy,
    last_id: i64,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        Bench { line: LineRegistrations::never_seen(START), policy: Policy::default(), last_id: 0 }
    }

    pub(crate) fn register(&mut self, now: Timestamp, request: &Register) -> Result<Effect, Refusal> {
        self.register_by_chance(now, request, u16::MAX)
    }

    pub(crate) fn register_by_chance(
        &mut self,
        now: Timestamp,
        request: &Register,
        chance: u16,
    ) -> Result<Effect, Refusal> {
        let last_id = &mut self.last_id;
        let mut next_id = || {
            *last_id += 1;
            *last_id
        };
        let mut context = Context {
            now,
            policy: &self.policy,
            chance,
            // URIs of these tests differ in case only where they are the same.
            same_contact: &|a, b| a.eq_ignore_ascii_case(b),
            next_id: &mut next_id,
        };
        self.line.register(request, &mut context)
    }

    pub(crate) fn expire(&mut self, now: Timestamp) -> Option<Effect> {
        self.line.expire(now, &self.policy)
    }

    /// Contacts in force.
    pub(crate) fn uris(&self) -> Vec<&str> {
        self.line.bindings.iter().map(|binding| binding.contact.as_str()).collect()
    }
}

/// A REGISTER of a phone at 192.0.2.1.
pub(crate) fn register(call_id: &str, cseq: u32, requested: Requested) -> Register {
    Register {
        call_id: call_id.into(),
        cseq,
        requested,
        source: from("192.0.2.1:5060"),
        path: Vec::new(),
        user_agent: Some("Phone 1.0".into()),
    }
}

/// The same for contacts with the seconds they ask for.
pub(crate) fn contacts(call_id: &str, cseq: u32, contacts: &[(&str, i64)]) -> Register {
    let contacts = contacts.iter().map(|(uri, seconds)| contact(uri, *seconds)).collect();
    register(call_id, cseq, Requested::Contacts(contacts))
}

pub(crate) fn contact(uri: &str, seconds: i64) -> RequestedContact {
    RequestedContact {
        uri: uri.into(),
        instance: None,
        reg_id: None,
        expires: Some(Span::from_secs(seconds)),
    }
}

pub(crate) fn from(address: &str) -> Source {
    Source { transport: Transport::Udp, address: address.parse().expect("an address") }
}
