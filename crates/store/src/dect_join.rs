//! Bases with the same chain ID become one DECT system of their customer: for imports, inside their transaction.

use std::collections::BTreeMap;

use tonalite_core::dect::ChainId;
use tonalite_core::id::{DectSystemId, DeviceKey};

use crate::row::row;

/// A base and the chain ID that a file says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DectJoin {
    /// The base.
    pub device: DeviceKey,
    /// The chain ID of its system.
    pub chain_id: ChainId,
    /// Public id of a system that has to be made for it.
    pub id_if_new: DectSystemId,
}

row! {
    /// Where a base is now.
    PlaceRow {
        site_id: i64,
        site_name: String,
        system_id: Option<i64>,
        chain_id: Option<i64>,
    }
}

pub(crate) const PLACE: &str = "SELECT d.site_id, s.name AS site_name, d.dect_system_id AS system_id, ds.chain_id \
     FROM device d JOIN site s ON s.id = d.site_id LEFT JOIN dect_system ds ON ds.id = d.dect_system_id \
     WHERE d.id = $1 AND d.customer_id = $2";

/// The systems that bases are in.
type Systems = Vec<Option<i64>>;

/// Bases that become one system.
pub(crate) struct Group {
    pub(crate) chain_id: ChainId,
    pub(crate) id_if_new: DectSystemId,
    /// Site of the first of them: the only one to be searched for a system with the factory default.
    pub(crate) site: i64,
    pub(crate) site_name: String,
    pub(crate) bases: Vec<i64>,
    /// The one system that all of them are in, as far as they are in one.
    pub(crate) common: Option<i64>,
    /// How many of them are in it.
    pub(crate) in_common: i64,
}

/// By chain ID; those with the factory default, which says nothing, by site as well. Who is in a system with its chain ID
/// stays there.
pub(crate) fn groups(placed: Vec<(DectJoin, PlaceRow)>) -> Vec<Group> {
    let mut groups: BTreeMap<(ChainId, i64), (Group, Systems)> = BTreeMap::new();
    for (join, place) in placed {
        if place.chain_id == Some(join.chain_id.as_i64()) {
            continue;
        }
        let site = if join.chain_id.is_factory_default() { place.site_id } else { 0 };
        let (group, systems) = groups.entry((join.chain_id, site)).or_insert_with(|| {
            let group = Group {
                chain_id: join.chain_id,
                id_if_new: join.id_if_new,
                site: place.site_id,
                site_name: place.site_name,
                bases: Vec::new(),
                common: None,
                in_common: 0,
            };
            (group, Vec::new())
        });
        group.bases.push(join.device.0);
        systems.push(place.system_id);
    }
    let finish = |(mut group, systems): (Group, Systems)| {
        let mut inside = systems.into_iter().flatten();
        if let Some(first) = inside.next() {
            let (same, others): (Vec<i64>, Vec<i64>) = inside.partition(|system| *system == first);
            if others.is_empty() {
                group.common = Some(first);
                group.in_common = i64::try_from(same.len() + 1).unwrap_or(i64::MAX);
            }
        }
        group
    };
    groups.into_values().map(finish).collect()
}

/// `$1` customer, `$2` chain ID.
pub(crate) const WITH_CHAIN: &str = "SELECT id FROM dect_system WHERE customer_id = $1 AND chain_id = $2";
/// `$1` customer, `$2` chain ID, `$3` site.
pub(crate) const WITH_CHAIN_AT_SITE: &str = "SELECT ds.id FROM dect_system ds WHERE ds.customer_id = $1 AND ds.chain_id = $2 \
     AND EXISTS (SELECT 1 FROM device b WHERE b.dect_system_id = ds.id AND b.site_id = $3) ORDER BY ds.id LIMIT 1";

/// What to call a system that a file makes: the place, since the chain ID is not for everybody.
pub(crate) fn new_name(site_name: &str) -> String {
    format!("DECT {site_name}").chars().take(tonalite_core::dect::MAX_NAME).collect()
}

/// Joins the bases of `$joins` (`&[DectJoin]`) into systems of `$customer` (`&Party`), in the transaction at hand. What is
/// not a device of the customer is passed over. A system all of whose bases get the same new ID gets it itself; else they
/// go to the customer's system with that ID, which is made where there is none. Yields how many bases changed.
macro_rules! join_dect_systems {
    ($tx:expr, $customer:expr, $joins:expr, $now:expr) => {
        $crate::dect_join::join_dect_systems!($tx, $customer, $joins, $now, |_bases| ())
    };
    // `$too_many`: is told the bases that were to become a system which has no room for them.
    ($tx:expr, $customer:expr, $joins:expr, $now:expr, $too_many:expr) => {{
        let customer: &tonalite_core::party::Party = $customer;
        let joins: &[$crate::dect_join::DectJoin] = $joins;
        let now: tonalite_core::time::Timestamp = $now;
        let mut placed = Vec::new();
        for join in joins {
            let place: Option<$crate::dect_join::PlaceRow> = sqlx::query_as($crate::dect_join::PLACE)
                .bind(join.device.0)
                .bind(customer.key.0)
                .fetch_optional(&mut *$tx)
                .await?;
            placed.extend(place.map(|place| (*join, place)));
        }
        let mut changed = 0_usize;
        for group in $crate::dect_join::groups(placed) {
            let chain_id = group.chain_id.as_i64();
            let found: Option<(i64,)> = if group.chain_id.is_factory_default() {
                sqlx::query_as($crate::dect_join::WITH_CHAIN_AT_SITE)
                    .bind(customer.key.0)
                    .bind(chain_id)
                    .bind(group.site)
                    .fetch_optional(&mut *$tx)
                    .await?
            } else {
                sqlx::query_as($crate::dect_join::WITH_CHAIN)
                    .bind(customer.key.0)
                    .bind(chain_id)
                    .fetch_optional(&mut *$tx)
                    .await?
            };
            let mut target = found.map(|(key,)| key);
            if let (None, Some(common)) = (target, group.common) {
                let renamed = sqlx::query(
                    "UPDATE dect_system SET chain_id = $1, chain_source = 'entered', version = version + 1 \
                     WHERE id = $2 AND (SELECT count(*) FROM device b WHERE b.dect_system_id = $2) = $3",
                )
                .bind(chain_id)
                .bind(common)
                .bind(group.in_common)
                .execute(&mut *$tx)
                .await?;
                target = (renamed.rows_affected() > 0).then_some(common);
            }
            let target = match target {
                Some(key) => key,
                None => {
                    let name = $crate::dect_join::new_name(&group.site_name);
                    let (key,): (i64,) = sqlx::query_as($crate::dect_system::INSERT_SYSTEM)
                        .bind(group.id_if_new.uuid())
                        .bind(customer.key.0)
                        .bind(customer.tenancy.operator.map(|key| key.0))
                        .bind(customer.tenancy.provider.map(|key| key.0))
                        .bind(&name)
                        .bind(tonalite_core::name::fold(&name))
                        .bind(chain_id)
                        .bind(tonalite_core::dect::ChainSource::Entered.as_str())
                        .bind(now.0)
                        .fetch_one(&mut *$tx)
                        .await?;
                    key
                }
            };
            for base in &group.bases {
                sqlx::query("UPDATE device SET dect_system_id = $1 WHERE id = $2")
                    .bind(target)
                    .bind(*base)
                    .execute(&mut *$tx)
                    .await?;
            }
            let (bases,): (i64,) = sqlx::query_as("SELECT count(*) FROM device WHERE dect_system_id = $1")
                .bind(target)
                .fetch_one(&mut *$tx)
                .await?;
            if bases > $crate::dect_system::most_bases() {
                let too_many = $too_many;
                too_many(&group.bases);
                return Err($crate::error::Fault::Said($crate::dect_system::full()));
            }
            changed += group.bases.len();
        }
        Ok::<usize, $crate::error::Fault>(changed)
    }};
}
pub(crate) use join_dect_systems;
