//! One act on many parties: their features, or their lists of device types. What will be done is worked out first, for the
//! person to confirm; what was confirmed is done as a whole, or not at all.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use tonalite_catalog::DeviceType;
use tonalite_core::access::{Actor, Administer};
use tonalite_core::audit::Action;
use tonalite_core::error::FieldError;
use tonalite_core::id::{PartyId, PartyKey};
use tonalite_core::party::{Feature, FeatureSettings, Party};
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, Owner, PartyChangeRow};

use crate::approved::{checked, narrowed};
use crate::{App, PartyQuery};

/// Parties of one act: one transaction that nobody else's waits for longer than a second or two.
pub const MOST_PARTIES: usize = 10_000;
/// Parties that are named one by one: as many as a page shows.
pub const MOST_NAMED: usize = 200;
/// Keys in one statement.
const BATCH: usize = 1_000;

/// On which parties.
#[derive(Debug, Clone)]
pub enum PartySet<'a> {
    /// These.
    Named(Vec<PartyId>),
    /// All that a list shows, at the moment of the act.
    Matching(PartyQuery<'a>),
}

/// What is to be set for each of them.
#[derive(Debug, Clone, Default)]
pub struct ManyChange {
    /// Features to set, or to clear with `None`.
    pub features: Vec<(Feature, Option<bool>)>,
    /// A list of device types; an empty one inherits again.
    pub device_types: Option<Vec<String>>,
}

/// An act that can be done: nothing is written yet.
pub struct PartyPlan {
    /// What it is done on.
    rows: Vec<PartyChangeRow>,
    /// How many have it already.
    pub unchanged: usize,
    /// Names the set of parties as it was read: who confirms it sends it back.
    pub fingerprint: String,
}

impl PartyPlan {
    /// How many parties are changed.
    pub fn changed(&self) -> usize {
        self.rows.len()
    }

    /// The first of them.
    pub fn first(&self, most: usize) -> impl Iterator<Item = &Party> {
        self.rows.iter().take(most).map(|row| &row.party)
    }
}

impl App {
    /// Works out what an act on many parties would do.
    ///
    /// # Errors
    /// [`Error::Invalid`] `not_found` for a party that is not seen, `too_many_parties`, `feature_missing`,
    /// `type_not_approved_above`; [`Error::Forbidden`].
    pub async fn plan_party_changes(
        &self,
        actor: &Actor,
        set: PartySet<'_>,
        change: &ManyChange,
        now: Timestamp,
    ) -> Result<PartyPlan> {
        let parties = self.parties_of(actor, set).await?;
        let mut errors = Vec::new();
        for (feature, on) in &change.features {
            if *on == Some(true) && !feature.exists() {
                errors.push(FieldError::new(format!("features.{}", feature.as_str()), "feature_missing"));
            }
        }
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        let mut lists = HashMap::new();
        if change.device_types.is_some() {
            for keys in parties.chunks(BATCH) {
                lists.extend(self.own_lists(keys.iter().map(|party| party.key), []).await?);
            }
        }
        let mut hash = Sha256::new();
        let (mut rows, mut unchanged) = (Vec::new(), 0);
        for party in parties {
            hash.update(format!("{}:{};", party.key.0, party.version));
            let own = lists.remove(&Owner::Party(party.key)).unwrap_or_default();
            match row(actor, party.into_inner(), change, &own, now) {
                Some(row) => rows.push(row),
                None => unchanged += 1,
            }
        }
        if let Some(ids) = change.device_types.as_deref().filter(|ids| !ids.is_empty()) {
            self.approve(&mut rows, ids).await?;
        }
        let fingerprint = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Ok(PartyPlan { rows, unchanged, fingerprint })
    }

    /// Does what was worked out: all of it, or nothing.
    ///
    /// # Errors
    /// [`Error::Stale`] when one of the parties was changed meanwhile.
    pub async fn change_parties(&self, plan: PartyPlan) -> Result<()> {
        self.store.change_parties(&plan.rows).await
    }

    async fn parties_of(&self, actor: &Actor, set: PartySet<'_>) -> Result<Vec<Administer<Party>>> {
        match set {
            PartySet::Named(ids) => {
                if ids.len() > MOST_NAMED {
                    let error = FieldError::new("party_ids", "too_many_parties").with("max", MOST_NAMED);
                    return Err(Error::Invalid(vec![error]));
                }
                let (mut parties, mut errors) = (Vec::new(), Vec::new());
                for (n, id) in ids.into_iter().enumerate() {
                    match self.find_party(actor, id).await {
                        Ok(party) => parties.push(actor.administer_from_above(party.into_inner())?),
                        Err(Error::NotFound) => {
                            errors.push(FieldError::new(format!("party_ids[{n}]"), "not_found"));
                        }
                        Err(error) => return Err(error),
                    }
                }
                if !errors.is_empty() {
                    return Err(Error::Invalid(errors));
                }
                parties.sort_by_key(|party| party.key);
                parties.dedup_by_key(|party| party.key);
                Ok(parties)
            }
            PartySet::Matching(query) => {
                let below = query.below.map(|below| below.key);
                let filter = self.party_filter(actor, PartyQuery { without_own: true, ..query }).await?;
                let most = i64::try_from(MOST_PARTIES).unwrap_or(i64::MAX);
                let found = self.store.find_parties_of(actor, &filter, most + 1).await?;
                if found.len() > MOST_PARTIES {
                    let error =
                        FieldError::new("below_party_id", "too_many_parties").with("max", MOST_PARTIES);
                    return Err(Error::Invalid(vec![error]));
                }
                // "Below" is not the party itself.
                let below =
                    found.into_iter().map(|placed| placed.party).filter(|party| Some(party.key) != below);
                let granted: Result<Vec<_>> = below.map(|party| actor.administer_from_above(party)).collect();
                let granted = granted?;
                if granted.is_empty() && !actor.role.includes(tonalite_core::portal_user::Role::Admin) {
                    return Err(Error::Forbidden);
                }
                Ok(granted)
            }
        }
    }

    /// Reads the list for each party, out of what is approved above it.
    async fn approve(&self, rows: &mut [PartyChangeRow], ids: &[String]) -> Result<()> {
        let catalog: Vec<&'static DeviceType> = self.device_types().iter().collect();
        // The same list above for all below one party: checked once.
        let mut known: HashMap<Option<PartyKey>, Vec<&'static str>> = HashMap::new();
        for row in rows.iter_mut().filter(|row| row.device_types.is_some()) {
            let parent = row.party.parent_key;
            let list = match known.get(&parent) {
                Some(list) => list.clone(),
                None => {
                    let above = match parent {
                        Some(parent) => self.approved_down_to(parent).await?,
                        None => narrowed(catalog.clone(), &[]),
                    };
                    let list = checked(ids, &above)?;
                    known.insert(parent, list.clone());
                    list
                }
            };
            row.device_types = Some(list);
        }
        Ok(())
    }
}

/// What is done on one party; `None` when it has all of it already.
fn row(
    actor: &Actor,
    party: Party,
    change: &ManyChange,
    own: &[String],
    now: Timestamp,
) -> Option<PartyChangeRow> {
    let mut features: FeatureSettings = party.features;
    let (mut before, mut after) = (serde_json::Map::new(), serde_json::Map::new());
    for (feature, on) in &change.features {
        if features.get(*feature) != *on {
            before.insert(feature.as_str().to_owned(), serde_json::json!(features.get(*feature)));
            after.insert(feature.as_str().to_owned(), serde_json::json!(on));
            features.set(*feature, *on);
        }
    }
    let mut wanted = change.device_types.clone();
    if let Some(ids) = &mut wanted {
        ids.sort_unstable();
        ids.dedup();
    }
    let mut had = own.to_vec();
    had.sort_unstable();
    let wanted = wanted.filter(|ids| *ids != had);
    let (action, detail) = match (&wanted, after.is_empty()) {
        (None, true) => return None,
        (None, false) => {
            (Action::PartyUpdate, serde_json::json!({ "features": { "before": before, "after": after } }))
        }
        (Some(ids), true) => {
            (Action::ApprovedDeviceTypesUpdate, serde_json::json!({ "before": had, "after": ids }))
        }
        (Some(ids), false) => (
            Action::PartyUpdate,
            serde_json::json!({
                "features": { "before": before, "after": after },
                "device_types": { "before": had, "after": ids },
            }),
        ),
    };
    let audit = AuditRecord::new(actor, party.key, party.tenancy, action, now)
        .on("party", party.id.uuid())
        .detail(detail);
    // An empty list is none; others are read against what is approved above.
    Some(PartyChangeRow { party, features, device_types: wanted.map(|_| Vec::new()), audit })
}
