//! The rules of RFC 3261 §10.3 for the contacts of one line, and what each does to its state.

use super::{Binding, LineState, Policy, Source, StateDetail};
use crate::time::{Span, Timestamp};
use crate::timeline::TimelineKind;

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
                self.settle(&mut effect);
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
                || binding.instance != contact.instance
                || binding.reg_id != contact.reg_id
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
                binding.instance.clone_from(&contact.instance);
                binding.reg_id = contact.reg_id;
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

    /// Of what a message with several contacts did one after the other, keeps what stands in the end.
    fn settle(&self, effect: &mut Effect) {
        effect.stored.sort_unstable();
        effect.stored.dedup();
        effect.stored.retain(|id| self.bindings.iter().any(|binding| binding.id == *id));
        effect.changed |= !effect.removed.is_empty();
        if effect.stored.is_empty() {
            effect.observed.clear();
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
