//! When a line is registered, aged or unregistered: every transition, as a function of what came and of `now`.
//! RFC 3261 §10.3 for the bindings; the words of the product for the states. No I/O, no clock, no SIP syntax:
//! contacts arrive parsed, and whether two contact URIs are the same (RFC 3261 §19.1.4) is asked of the caller.

use crate::time::{Span, Timestamp};
use crate::timeline::TimelineKind;

/// State of a line or of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LineState {
    /// Never seen, or the phone withdrew.
    Unregistered,
    /// There was a registration; it expired and the phone never withdrew it.
    Aged,
    /// At least one live binding.
    Registered,
}

impl LineState {
    /// All three.
    pub const ALL: [LineState; 3] = [LineState::Registered, LineState::Aged, LineState::Unregistered];

    /// The word used in API and CSS.
    pub const fn as_str(self) -> &'static str {
        match self {
            LineState::Unregistered => "unregistered",
            LineState::Aged => "aged",
            LineState::Registered => "registered",
        }
    }

    /// The number in storage, ordered as the states are.
    pub const fn as_i64(self) -> i64 {
        self as i64
    }

    /// Reads the number of storage.
    pub const fn from_i64(value: i64) -> Option<LineState> {
        match value {
            0 => Some(LineState::Unregistered),
            1 => Some(LineState::Aged),
            2 => Some(LineState::Registered),
            _ => None,
        }
    }
}

/// What there is to say beyond the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StateDetail {
    /// Unregistered: no phone ever registered.
    NeverSeen,
    /// Unregistered: the phone said goodbye.
    Withdrawn,
    /// Unregistered: an administrator ended the registration.
    Ended,
    /// Unregistered: the device has no assigned line.
    NoLine,
    /// Registered: expired, but still within the grace in which a late renewal may arrive.
    Overdue,
    /// Registered: not heard of since this server started.
    Unconfirmed,
}

impl StateDetail {
    /// All of them.
    pub const ALL: [StateDetail; 6] = [
        StateDetail::NeverSeen,
        StateDetail::Withdrawn,
        StateDetail::Ended,
        StateDetail::NoLine,
        StateDetail::Overdue,
        StateDetail::Unconfirmed,
    ];

    /// The word used in storage and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            StateDetail::NeverSeen => "never_seen",
            StateDetail::Withdrawn => "withdrawn",
            StateDetail::Ended => "ended",
            StateDetail::NoLine => "no_line",
            StateDetail::Overdue => "overdue",
            StateDetail::Unconfirmed => "unconfirmed",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<StateDetail> {
        Self::ALL.into_iter().find(|detail| detail.as_str() == text)
    }
}

/// State of a whole device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceState {
    /// The state.
    pub state: LineState,
    /// More about it.
    pub detail: Option<StateDetail>,
}

impl DeviceState {
    /// Registered if any line is, else aged if any is, else unregistered.
    pub fn of_lines(lines: &[(LineState, Option<StateDetail>)]) -> DeviceState {
        let Some(state) = lines.iter().map(|(state, _)| *state).max() else {
            return DeviceState { state: LineState::Unregistered, detail: Some(StateDetail::NoLine) };
        };
        let has = |detail| lines.iter().any(|(_, d)| *d == Some(detail));
        let detail = match state {
            LineState::Unregistered if has(StateDetail::Withdrawn) => Some(StateDetail::Withdrawn),
            LineState::Unregistered if has(StateDetail::Ended) => Some(StateDetail::Ended),
            LineState::Unregistered => Some(StateDetail::NeverSeen),
            LineState::Aged | LineState::Registered => None,
        };
        DeviceState { state, detail }
    }
}

/// How a message reached us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A connection.
    Tcp,
    /// An encrypted connection.
    Tls,
}

impl Transport {
    /// The word used in storage and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
            Transport::Tls => "tls",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Transport> {
        [Transport::Udp, Transport::Tcp, Transport::Tls]
            .into_iter()
            .find(|transport| transport.as_str() == text)
    }
}

/// Where a message came from: the only way back to a phone behind NAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source {
    /// Transport.
    pub transport: Transport,
    /// Address and port that the datagram carried, not those the phone claims.
    pub address: std::net::SocketAddr,
}

/// One live contact of a line (RFC 3261 §10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Storage key, unique for ever.
    pub id: i64,
    /// Contact URI as sent; echoed unchanged.
    pub contact: String,
    /// `+sip.instance`, as sent, without quotes.
    pub instance: Option<String>,
    /// `reg-id` (RFC 5626).
    pub reg_id: Option<u32>,
    /// Call-ID of the newest REGISTER.
    pub call_id: String,
    /// CSeq of the newest REGISTER.
    pub cseq: u32,
    /// Where it came from.
    pub source: Source,
    /// Path vector (RFC 3327), topmost first.
    pub path: Vec<String>,
    /// User-Agent, as sent: hostile text.
    pub user_agent: Option<String>,
    /// When this contact first registered.
    pub registered_at: Timestamp,
    /// When it was last renewed.
    pub refreshed_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// What was granted at the last renewal.
    pub granted: Span,
    /// Never expires before this: after a restart, the moment we were ready plus what was granted.
    pub not_before: Timestamp,
}

impl Binding {
    /// When it is given up: after its expiry and the grace for a renewal that is on its way.
    pub fn deadline(&self, policy: &Policy) -> Timestamp {
        self.expires_at.max(self.not_before) + policy.grace
    }
}

/// Limits of the registrar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Shorter requests are answered 423.
    pub min_expires: Span,
    /// Longer requests are shortened to this, so that *registered* is never old news.
    pub max_expires: Span,
    /// What is granted when nothing is asked (RFC 3261 §10.3 step 7), before shortening.
    pub default_expires: Span,
    /// One full UDP transaction of the phone (64·T1, RFC 3261 §17.1.2.2).
    pub grace: Span,
    /// Contacts of one line.
    pub max_contacts: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            min_expires: Span::from_secs(60),
            max_expires: Span::from_secs(600),
            default_expires: Span::from_secs(3600),
            grace: Span::from_secs(32),
            max_contacts: 5,
        }
    }
}

impl Policy {
    /// What is granted for a request, or `None` when it is too brief. `chance` (0 to 65,535) spreads the renewals of
    /// phones that came at once: between half and all of it, never below the minimum (none below twice the minimum).
    pub fn grant(&self, requested: Option<Span>, chance: u16) -> Option<Span> {
        let requested = requested.unwrap_or(self.default_expires);
        if requested < self.min_expires && requested < Span::from_secs(3600) {
            return None;
        }
        let most = requested.min(self.max_expires);
        if most < Span(self.min_expires.0 * 2) {
            return Some(most);
        }
        let spread = most.0 / 2 * i64::from(chance) / i64::from(u16::MAX);
        // Whole seconds: that is what the answer can say.
        let granted = Span((most.0 / 2 + spread) / 1000 * 1000);
        Some(granted.max(self.min_expires))
    }
}

/// One contact of a REGISTER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedContact {
    /// URI as sent.
    pub uri: String,
    /// `+sip.instance`, without quotes.
    pub instance: Option<String>,
    /// `reg-id`.
    pub reg_id: Option<u32>,
    /// `expires` of the contact, else of the message; `None` when neither was said.
    pub expires: Option<Span>,
}

/// What a REGISTER asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requested {
    /// No Contact: only a list of what there is.
    Query,
    /// `Contact: *` with `Expires: 0`.
    WithdrawAll,
    /// Contacts to add, renew or withdraw.
    Contacts(Vec<RequestedContact>),
}

/// A REGISTER that was authenticated and authorised for this line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// Call-ID.
    pub call_id: String,
    /// CSeq number.
    pub cseq: u32,
    /// What it asks for.
    pub requested: Requested,
    /// Where it came from.
    pub source: Source,
    /// Path vector.
    pub path: Vec<String>,
    /// User-Agent.
    pub user_agent: Option<String>,
}

/// Why a REGISTER changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 423: a contact asked for less than the minimum.
    TooBrief,
    /// 500: same Call-ID, CSeq not greater (RFC 3261 §10.3 step 7).
    OutOfOrder,
}

/// What a REGISTER, an expiry or an administrator did to a line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effect {
    /// Something that is known changed: commit before answering. Else it was a mere renewal.
    pub changed: bool,
    /// Bindings that were added or renewed.
    pub stored: Vec<i64>,
    /// Bindings that ended.
    pub removed: Vec<i64>,
    /// What to write into the timeline.
    pub observed: Vec<TimelineKind>,
}

/// What is known of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRegistrations {
    /// Live contacts, oldest first.
    pub bindings: Vec<Binding>,
    /// State.
    pub state: LineState,
    /// More about the state.
    pub detail: Option<StateDetail>,
    /// Since when the state holds.
    pub since: Timestamp,
    /// Last successful REGISTER.
    pub registered_at: Option<Timestamp>,
}

/// What a decision needs besides the line and the request.
pub struct Context<'a> {
    /// The present moment.
    pub now: Timestamp,
    /// Limits.
    pub policy: &'a Policy,
    /// 0 to 65,535, random: spreads expiries.
    pub chance: u16,
    /// Whether two contact URIs are the same (RFC 3261 §19.1.4).
    pub same_contact: &'a dyn Fn(&str, &str) -> bool,
    /// Draws a new binding key.
    pub next_id: &'a mut dyn FnMut() -> i64,
}

impl LineRegistrations {
    /// A line that no phone ever used.
    pub const fn never_seen(since: Timestamp) -> Self {
        LineRegistrations {
            bindings: Vec::new(),
            state: LineState::Unregistered,
            detail: Some(StateDetail::NeverSeen),
            since,
            registered_at: None,
        }
    }

    /// The earliest moment at which a binding is given up.
    pub fn next_deadline(&self, policy: &Policy) -> Option<Timestamp> {
        self.bindings.iter().map(|binding| binding.deadline(policy)).min()
    }

    /// When the last live binding expires.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.bindings.iter().map(|binding| binding.expires_at).max()
    }

    /// Applies a REGISTER: all of it or nothing.
    ///
    /// # Errors
    /// A [`Refusal`]; the line is then as before.
    pub fn register(&mut self, request: &Register, context: &mut Context<'_>) -> Result<Effect, Refusal> {
        match &request.requested {
            Requested::Query => Ok(Effect::default()),
            Requested::WithdrawAll => {
                if self.bindings.iter().any(|b| b.call_id == request.call_id && b.cseq >= request.cseq) {
                    return Err(Refusal::OutOfOrder);
                }
                let mut effect = Effect::default();
                effect.removed.extend(self.bindings.drain(..).map(|b| b.id));
                self.after_withdrawal(&mut effect, context.now);
                Ok(effect)
            }
            Requested::Contacts(contacts) => {
                let granted = self.check(request, contacts, context)?;
                let mut effect = Effect::default();
                let mut withdrew = false;
                for (contact, granted) in contacts.iter().zip(granted) {
                    match granted {
                        Some(granted) => self.bind(request, contact, granted, context, &mut effect),
                        None => {
                            withdrew = true;
                            self.unbind(contact, context, &mut effect);
                        }
                    }
                }
                if !effect.stored.is_empty() {
                    self.registered_at = Some(context.now);
                    if self.state != LineState::Registered {
                        self.enter(LineState::Registered, None, context.now);
                        effect.changed = true;
                        effect.observed.retain(|kind| *kind != TimelineKind::ReRegistered);
                        effect.observed.push(TimelineKind::Registered);
                    }
                } else if withdrew {
                    self.after_withdrawal(&mut effect, context.now);
                }
                Ok(effect)
            }
        }
    }

    /// Gives up what is past its deadline. `None` when nothing was.
    pub fn expire(&mut self, now: Timestamp, policy: &Policy) -> Option<Effect> {
        let mut effect = Effect::default();
        self.bindings.retain(|binding| {
            let live = binding.deadline(policy) > now;
            if !live {
                effect.removed.push(binding.id);
            }
            live
        });
        if effect.removed.is_empty() {
            return None;
        }
        effect.changed = true;
        if self.bindings.is_empty() {
            self.enter(LineState::Aged, None, now);
            effect.observed.push(TimelineKind::Aged);
        }
        Some(effect)
    }

    /// Ends everything on an administrator's word. `None` when there was nothing to end.
    pub fn end(&mut self, now: Timestamp) -> Option<Effect> {
        if self.bindings.is_empty() && self.state == LineState::Unregistered {
            return None;
        }
        let removed = self.bindings.drain(..).map(|b| b.id).collect();
        self.enter(LineState::Unregistered, Some(StateDetail::Ended), now);
        Some(Effect { changed: true, removed, observed: vec![TimelineKind::Ended], ..Effect::default() })
    }

    /// Checks every contact before any is applied. Per contact the grant; `None` is a withdrawal.
    fn check(
        &self,
        request: &Register,
        contacts: &[RequestedContact],
        context: &Context<'_>,
    ) -> Result<Vec<Option<Span>>, Refusal> {
        let mut granted = Vec::with_capacity(contacts.len());
        for contact in contacts {
            if let Some(i) = self.find(contact, context) {
                let binding = &self.bindings[i];
                if binding.call_id == request.call_id && request.cseq <= binding.cseq {
                    return Err(Refusal::OutOfOrder);
                }
            }
            granted.push(match contact.expires {
                Some(Span::ZERO) => None,
                expires => Some(context.policy.grant(expires, context.chance).ok_or(Refusal::TooBrief)?),
            });
        }
        Ok(granted)
    }

    fn find(&self, contact: &RequestedContact, context: &Context<'_>) -> Option<usize> {
        if let (Some(instance), Some(reg_id)) = (&contact.instance, contact.reg_id) {
            // RFC 5626 §6: with both, these alone identify the binding.
            return self
                .bindings
                .iter()
                .position(|b| b.instance.as_ref() == Some(instance) && b.reg_id == Some(reg_id));
        }
        self.bindings.iter().position(|b| (context.same_contact)(&b.contact, &contact.uri))
    }

    fn bind(
        &mut self,
        request: &Register,
        contact: &RequestedContact,
        granted: Span,
        context: &mut Context<'_>,
        effect: &mut Effect,
    ) {
        let now = context.now;
        if let Some(i) = self.find(contact, context) {
            let binding = &mut self.bindings[i];
            let moved = binding.contact != contact.uri
                || binding.source != request.source
                || binding.path != request.path
                || binding.user_agent != request.user_agent;
            let restarted = binding.call_id != request.call_id;
            if moved {
                effect.changed = true;
                effect.observed.push(TimelineKind::ReRegistered);
            } else if restarted {
                effect.observed.push(TimelineKind::Restarted);
            }
            if moved {
                binding.contact.clone_from(&contact.uri);
                binding.source = request.source;
                binding.path.clone_from(&request.path);
                binding.user_agent.clone_from(&request.user_agent);
            }
            if restarted {
                binding.call_id.clone_from(&request.call_id);
            }
            binding.cseq = request.cseq;
            binding.refreshed_at = now;
            binding.expires_at = now + granted;
            binding.granted = granted;
            binding.not_before = Timestamp::default();
            effect.stored.push(binding.id);
            return;
        }
        self.drop_replaced(request, contact, effect);
        if self.bindings.len() >= context.policy.max_contacts {
            // The oldest gives way: a phone must not be locked out by contacts that its own past left behind.
            effect.removed.push(self.bindings.remove(0).id);
        }
        let id = (context.next_id)();
        self.bindings.push(Binding {
            id,
            contact: contact.uri.clone(),
            instance: contact.instance.clone(),
            reg_id: contact.reg_id,
            call_id: request.call_id.clone(),
            cseq: request.cseq,
            source: request.source,
            path: request.path.clone(),
            user_agent: request.user_agent.clone(),
            registered_at: now,
            refreshed_at: now,
            expires_at: now + granted,
            granted,
            not_before: Timestamp::default(),
        });
        effect.changed = true;
        effect.stored.push(id);
        effect.observed.push(TimelineKind::ReRegistered);
    }

    /// A phone that restarted without a goodbye comes with a new contact: its old one must not stay as a phantom.
    /// The same instance (without `reg-id`), or the very same socket and User-Agent without any instance, is the same phone.
    fn drop_replaced(&mut self, request: &Register, contact: &RequestedContact, effect: &mut Effect) {
        self.bindings.retain(|binding| {
            let other_call = binding.call_id != request.call_id;
            let same_instance = contact.instance.is_some()
                && binding.instance == contact.instance
                && (contact.reg_id.is_none() || binding.reg_id.is_none());
            let same_socket = contact.instance.is_none()
                && binding.instance.is_none()
                && request.path.is_empty()
                && binding.source == request.source
                && binding.user_agent == request.user_agent;
            let replaced = other_call && (same_instance || same_socket);
            if replaced {
                effect.removed.push(binding.id);
            }
            !replaced
        });
    }

    fn unbind(&mut self, contact: &RequestedContact, context: &Context<'_>, effect: &mut Effect) {
        if let Some(i) = self.find(contact, context) {
            effect.removed.push(self.bindings.remove(i).id);
        }
    }

    fn after_withdrawal(&mut self, effect: &mut Effect, now: Timestamp) {
        effect.changed |= !effect.removed.is_empty();
        // A late goodbye clears the alarm of a line that had aged; one from a phone never seen says nothing.
        if self.bindings.is_empty() && (self.state != LineState::Unregistered || !effect.removed.is_empty()) {
            self.enter(LineState::Unregistered, Some(StateDetail::Withdrawn), now);
            effect.changed = true;
            effect.observed.push(TimelineKind::Withdrew);
        }
    }

    fn enter(&mut self, state: LineState, detail: Option<StateDetail>, now: Timestamp) {
        if self.state != state {
            self.since = now;
        }
        self.state = state;
        self.detail = detail;
    }
}
