//! Attempts that were refused, folded: each minute one row for who tried what and was told why, with a count. Memory and
//! log are bounded whatever is sent; a job writes behind.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tonalite_core::Result;
use tonalite_core::access::{Actor, Identity};
use tonalite_core::audit::Action;
use tonalite_core::id::PartyKey;
use tonalite_core::party::Tenancy;
use tonalite_core::time::{Span, Timestamp};
use tonalite_store::AuditRecord;
use uuid::Uuid;

use crate::App;

/// Different refusals of one minute that are told apart. Those beyond are counted together, by code.
const TOLD_APART: usize = 1024;
/// Minutes that may wait to be written, while the database does not answer: then counting begins to overlap.
const MINUTE: Span = Span::from_mins(1);
/// Rows of one transaction.
const BATCH: usize = 200;
/// What is counted together has no path.
const OTHERS: &str = "…";

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    minute: i64,
    who: (Option<i64>, Option<Uuid>),
    acting_for: Option<PartyKey>,
    action: Action,
    /// Method and path without ids; or the name that somebody tried to sign in with.
    what: String,
    code: &'static str,
}

#[derive(Debug, Clone)]
struct Folded {
    first: Timestamp,
    identity: Identity,
    party: PartyKey,
    address: Option<String>,
    count: u64,
}

/// Refusals that wait to be written.
#[derive(Default)]
pub(crate) struct Refusals(Mutex<HashMap<Key, Folded>>);

impl Refusals {
    fn table(&self) -> MutexGuard<'_, HashMap<Key, Folded>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, key: Key, folded: Folded) {
        let mut table = self.table();
        let full = table.len() >= TOLD_APART;
        let (key, folded) = if full && !table.contains_key(&key) {
            // One key for each action and code of our own: no more than there are of them.
            let everybody =
                Folded { identity: Identity::System, party: PartyKey::PLATFORM, address: None, ..folded };
            let key = Key { minute: 0, who: (None, None), acting_for: None, what: OTHERS.to_owned(), ..key };
            (key, everybody)
        } else {
            (key, folded)
        };
        let count = folded.count;
        table.entry(key).and_modify(|known| known.count += count).or_insert(folded);
    }

    /// Takes what is older than the minute of `now`, or everything.
    fn take(&self, now: Timestamp, everything: bool) -> Vec<(Key, Folded)> {
        let minute = minute_of(now);
        self.table().extract_if(|key, _| everything || key.minute < minute).collect()
    }
}

fn minute_of(at: Timestamp) -> i64 {
    at.0.div_euclid(MINUTE.0)
}

impl App {
    /// Notes that a request of somebody who is signed in was refused. `what` is method and path without ids: a bounded set.
    pub fn note_refusal(&self, actor: &Actor, what: String, code: &'static str, now: Timestamp) {
        let who = match &actor.identity {
            Identity::PortalUser(key, _) => (Some(key.0), None),
            Identity::Token(key, _, token) => (Some(key.0), Some(token.uuid())),
            Identity::CommandLine | Identity::System => (None, None),
        };
        let key = Key {
            minute: minute_of(now),
            who,
            acting_for: actor.acting_for,
            action: Action::RequestRefuse,
            what,
            code,
        };
        let folded = Folded {
            first: now,
            identity: actor.identity.clone(),
            party: actor.scope.party,
            address: actor.address.clone(),
            count: 1,
        };
        self.refusals.note(key, folded);
    }

    /// Notes that somebody could not sign in.
    pub(crate) fn note_refused_sign_in(
        &self,
        name: &str,
        address: Option<IpAddr>,
        code: &'static str,
        now: Timestamp,
    ) {
        let key = Key {
            minute: minute_of(now),
            who: (None, None),
            acting_for: None,
            action: Action::SessionCreate,
            what: name.to_owned(),
            code,
        };
        let folded = Folded {
            first: now,
            identity: Identity::System,
            party: PartyKey::PLATFORM,
            address: address.map(|address| address.to_string()),
            count: 1,
        };
        self.refusals.note(key, folded);
    }

    /// Writes down the refusals of the minutes before that of `now`, or all of them. Gives the number of rows.
    ///
    /// # Errors
    /// What the store says; what was not written is tried again next time.
    pub async fn write_refusals(&self, now: Timestamp, everything: bool) -> Result<usize> {
        let waiting = self.refusals.take(now, everything);
        let mut tenancies: HashMap<PartyKey, Tenancy> = HashMap::new();
        let mut written = 0;
        for (n, batch) in waiting.chunks(BATCH).enumerate() {
            let outcome = async {
                let mut records = Vec::with_capacity(batch.len());
                for (key, folded) in batch {
                    let tenancy = match tenancies.get(&folded.party) {
                        Some(tenancy) => *tenancy,
                        None => self.tenancy_of(folded.party).await?,
                    };
                    tenancies.insert(folded.party, tenancy);
                    records.push(record(key, folded, tenancy));
                }
                self.store.add_audits(&records).await
            };
            if let Err(error) = outcome.await {
                for (key, folded) in &waiting[n * BATCH..] {
                    self.refusals.note(key.clone(), folded.clone());
                }
                return Err(error);
            }
            written += batch.len();
        }
        Ok(written)
    }
}

fn record(key: &Key, folded: &Folded, tenancy: Tenancy) -> AuditRecord {
    let name = if key.action == Action::SessionCreate { "username" } else { "route" };
    AuditRecord {
        at: folded.first,
        identity: folded.identity.clone(),
        address: folded.address.clone(),
        acting_for: key.acting_for,
        party: folded.party,
        tenancy,
        action: key.action,
        target: None,
        detail: serde_json::json!({ name: key.what, "count": folded.count }),
        result: key.code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_a_few_numbers() {
        let refusals = Refusals::default();
        for n in 0..100_000_i64 {
            let key = Key {
                minute: 1,
                who: (Some(n % 7), None),
                acting_for: None,
                action: Action::RequestRefuse,
                what: format!("GET /{}", n / 10),
                code: if n % 2 == 0 { "not_found" } else { "forbidden" },
            };
            let folded = Folded {
                first: Timestamp(60_000 + n),
                identity: Identity::System,
                party: PartyKey::PLATFORM,
                address: None,
                count: 1,
            };
            refusals.note(key, folded);
        }
        assert!(refusals.take(Timestamp(60_000), false).iter().all(|(key, _)| key.minute == 0));
        let rest = refusals.take(Timestamp(120_000), false);
        assert_eq!(rest.len(), TOLD_APART);
        let told: u64 = rest.iter().map(|(_, folded)| folded.count).sum();
        assert!(told < 100_000, "the others were taken first: {told}");
        assert!(refusals.take(Timestamp(120_000), true).is_empty());
    }
}
