//! A REGISTER from its credentials to its answer (RFC 3261 §10.3 from step 3 on). Screening lies behind it, the rules
//! of bindings lie in `core::line_state`, the commit lies in `commit`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tonalite_core::line::Algorithms;
use tonalite_core::line_state::{Context, Effect, Refusal, Register, Requested, Source};
use tonalite_core::registration::Renewal;
use tonalite_core::time::Span;
use tonalite_sip::digest::Credentials;
use tonalite_sip::header::Name;

use crate::answer::{Answering, Reply};
use crate::auth::{Check, Proof, check_nobody};
use crate::commit::{Heard, Waiting};
use crate::engine::{Engine, Incoming, Outcome, Scratch};
use crate::read::{read_register, same_contact};
use crate::table::Shard;

/// How long after its last expiry a phone may still come with the nonce it has.
const NONCE_AFTERLIFE: Span = Span::from_secs(60);

impl Engine {
    /// Handles a screened REGISTER of a transaction that is new.
    pub(crate) fn register(self: &Arc<Self>, scratch: &mut Scratch, incoming: &Incoming<'_, '_>) -> Outcome {
        scratch.domain.clear();
        let Ok(to) = incoming.request.to.uri() else {
            return self.refuse_stranger(scratch, incoming, &Reply::Malformed(Name::To));
        };
        to.write_domain(&mut scratch.domain);
        let given = match credentials_for(incoming, &scratch.domain) {
            Ok(given) => given,
            Err(fault) => return self.refuse_stranger(scratch, incoming, &Reply::Fault(fault)),
        };
        let Some(given) = given else {
            self.meters.challenged.increment(1);
            return self.challenge(scratch, incoming, to.user.unwrap_or_default(), false);
        };
        let username = given.username();
        scratch.key.clear();
        scratch.key.extend_from_slice(&username);
        scratch.key.push(b'@');
        scratch.key.extend_from_slice(&scratch.domain);

        let mut shard = self.table.lock(&scratch.key);
        let index = shard.find(&scratch.key);
        let Some((index, slot)) = index.and_then(|index| Some((index, shard.slot_mut(index)?))) else {
            drop(shard);
            check_nobody(&given, &self.nobody, b"REGISTER");
            self.meters.wrong_password.increment(1);
            return self.challenge(scratch, incoming, &username, false);
        };
        let line = slot.line;
        let proof = slot.auth.check(
            &given,
            &Check {
                nonces: &self.nonces,
                open: &|secret| self.backend.open_secret(line.id, secret),
                now: incoming.now,
                idle: Span(self.policy.max_expires.0 + NONCE_AFTERLIFE.0),
                address: incoming.source.ip(),
                method: b"REGISTER",
            },
        );
        match proof {
            Proof::Right { renewed } => {
                scratch.proven = true;
                if renewed {
                    self.backend.confirmed(line.key, slot.auth.secret().clone());
                }
                self.register_line(scratch, incoming, &mut shard, index)
            }
            Proof::Stale => {
                drop(shard);
                self.meters.stale.increment(1);
                self.challenge(scratch, incoming, &username, true)
            }
            Proof::Wrong => {
                drop(shard);
                self.meters.wrong_password.increment(1);
                self.challenge(scratch, incoming, &username, false)
            }
            Proof::Unknown => {
                drop(shard);
                self.refuse_stranger(scratch, incoming, &Reply::Unavailable)
            }
        }
    }

    /// Who sent it is known and may speak for this line; is it the line it speaks of?
    fn register_line(
        self: &Arc<Self>,
        scratch: &mut Scratch,
        incoming: &Incoming<'_, '_>,
        shard: &mut Shard,
        index: u32,
    ) -> Outcome {
        let Some(slot) = shard.slot_mut(index) else { return Outcome::Silent };
        let mut aor = Vec::with_capacity(64);
        let is_own = |address: &tonalite_sip::header::NameAddr<'_>, aor: &mut Vec<u8>| {
            aor.clear();
            address.uri().is_ok_and(|uri| {
                uri.write_aor(aor);
                aor.strip_prefix(b"sip:") == Some(&**slot.auth.key())
            })
        };
        if !is_own(&incoming.request.to, &mut aor) || !is_own(&incoming.request.from, &mut aor) {
            return self.refuse(scratch, incoming, &Reply::Forbidden("Not Your Address"));
        }
        let source = Source { transport: incoming.transport, address: incoming.source };
        let register = match read_register(incoming.message, incoming.request, source, &self.policy) {
            Ok(register) => register,
            Err(reply) => return self.refuse(scratch, incoming, &reply),
        };
        let bindings_before = slot.registrations.bindings.len();
        let mut context = Context {
            now: incoming.now,
            policy: &self.policy,
            chance: scratch.chance.spread(),
            same_contact: &same_contact,
            next_id: &mut || self.last_binding.fetch_add(1, Ordering::Relaxed) + 1,
        };
        let effect = match slot.registrations.register(&register, &mut context) {
            Ok(effect) => effect,
            Err(Refusal::TooBrief) => {
                return self.refuse(scratch, incoming, &Reply::TooBrief(self.policy.min_expires));
            }
            Err(Refusal::OutOfOrder) => {
                tracing::info!(line.id = %slot.line.id, sip.cseq = register.cseq, "REGISTER out of order");
                return self.refuse(scratch, incoming, &Reply::OutOfOrder);
            }
        };
        self.table.count(bindings_before, slot.registrations.bindings.len());
        self.count(&register, &effect);
        let Scratch { out, chance, .. } = scratch;
        let mut answering =
            Answering { nonces: &self.nonces, chance, now: incoming.now, source: incoming.source };
        let bindings = &slot.registrations.bindings;
        if !answering.registered(out, incoming.message, incoming.transport, bindings, &effect.stored) {
            return Outcome::Silent;
        }
        let must_commit = effect.changed
            || (register.requested != Requested::Query && (slot.in_flight > 0 || slot.unsaved.is_some()));
        shard.schedule(index, &self.policy);
        if must_commit {
            self.answer_after_commit(scratch, incoming, shard, index, register, effect)
        } else {
            self.write_behind(shard, index, &effect);
            self.replies.finish(incoming.transaction, &scratch.out, incoming.now);
            Outcome::Send
        }
    }

    fn answer_after_commit(
        self: &Arc<Self>,
        scratch: &mut Scratch,
        incoming: &Incoming<'_, '_>,
        shard: &mut Shard,
        index: u32,
        register: Register,
        effect: Effect,
    ) -> Outcome {
        let waiting = Waiting {
            bytes: scratch.out.clone(),
            to: incoming.source,
            outlet: Arc::clone(incoming.outlet),
            transaction: incoming.transaction,
            since: incoming.now,
        };
        let heard = Heard {
            ip: Some(incoming.source.ip().to_canonical().to_string()),
            user_agent: register.user_agent,
        };
        match self.submit(shard, index, effect, heard, Some(waiting), incoming.now) {
            Ok(()) => Outcome::Silent,
            Err(_full) => {
                self.meters.overloaded.increment(1);
                self.reply(scratch, incoming.message, incoming.source, incoming.now, &Reply::Unavailable)
            }
        }
    }

    /// Notes what a mere renewal moved: written within 0.2 s, several at a time.
    fn write_behind(&self, shard: &mut Shard, index: u32, effect: &Effect) {
        let Some(slot) = shard.slot(index) else { return };
        let mut renewals: Vec<Renewal> = slot
            .registrations
            .bindings
            .iter()
            .filter(|binding| effect.stored.contains(&binding.id))
            .map(|binding| Renewal {
                line: slot.line,
                binding: binding.id,
                call_id: binding.call_id.clone(),
                cseq: binding.cseq,
                refreshed_at: binding.refreshed_at,
                expires_at: binding.expires_at,
                granted: binding.granted,
                observed: Vec::new(),
            })
            .collect();
        // What was observed belongs to the line; one row of several would tell it several times.
        if let Some(first) = renewals.first_mut() {
            first.observed.clone_from(&effect.observed);
        }
        for mut renewal in renewals {
            if let Some(earlier) = shard.renewals.remove(&renewal.binding) {
                renewal.observed.splice(0..0, earlier.observed);
            }
            shard.renewals.insert(renewal.binding, renewal);
        }
    }

    fn challenge(
        &self,
        scratch: &mut Scratch,
        incoming: &Incoming<'_, '_>,
        username: &[u8],
        stale: bool,
    ) -> Outcome {
        scratch.key.clear();
        scratch.key.extend_from_slice(username);
        scratch.key.push(b'@');
        scratch.key.extend_from_slice(&scratch.domain);
        let shard = self.table.lock(&scratch.key);
        let algorithms = shard
            .find(&scratch.key)
            .and_then(|index| shard.slot(index))
            .map_or(Algorithms::default(), |slot| slot.auth.algorithms());
        drop(shard);
        let realm = std::mem::take(&mut scratch.domain);
        let reply = Reply::Challenge { realm: &realm, stale, algorithms };
        let outcome = self.reply(scratch, incoming.message, incoming.source, incoming.now, &reply);
        scratch.domain = realm;
        outcome
    }

    /// Refuses somebody who has proved nothing: no state is kept of it, or strangers could push out the answers that
    /// phones may need again.
    fn refuse_stranger(
        &self,
        scratch: &mut Scratch,
        incoming: &Incoming<'_, '_>,
        reply: &Reply<'_>,
    ) -> Outcome {
        self.meters.refused.increment(1);
        self.reply(scratch, incoming.message, incoming.source, incoming.now, reply)
    }

    /// Refuses a phone of ours; kept, so that a retransmission is not judged twice.
    fn refuse(&self, scratch: &mut Scratch, incoming: &Incoming<'_, '_>, reply: &Reply<'_>) -> Outcome {
        let outcome = self.refuse_stranger(scratch, incoming, reply);
        if outcome == Outcome::Send {
            self.replies.finish(incoming.transaction, &scratch.out, incoming.now);
        }
        outcome
    }

    fn count(&self, register: &Register, effect: &Effect) {
        let counter = if register.requested == Requested::Query {
            &self.meters.queried
        } else if effect.stored.is_empty() {
            &self.meters.withdrawn
        } else if effect.changed {
            &self.meters.registered
        } else {
            &self.meters.refreshed
        };
        counter.increment(1);
    }
}

/// The credentials for our realm, of however many the request carries.
fn credentials_for<'a>(
    incoming: &Incoming<'_, 'a>,
    realm: &[u8],
) -> Result<Option<Credentials<'a>>, tonalite_sip::Fault> {
    for value in incoming.message.headers(Name::Authorization) {
        if let Some(given) = Credentials::parse(value)?
            && given.realm.eq_ignore_ascii_case(realm)
        {
            return Ok(Some(given));
        }
    }
    Ok(None)
}
