//! Parties by the ten thousand: found by an index, counted by sums that are kept; what differs from above; closing.

use tonalite_core::Error;
use tonalite_core::party::{Closed, Feature, PartyKind};
use tonalite_core::search::Search;
use tonalite_store::{Differs, Engine, PartyFilter, PartyUpdate};
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW, limit};
use crate::raw;

#[tokio::test]
async fn one_of_forty_thousand_is_found_by_an_index() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let numbers = "WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 40999) ";
        let uid = match f.store.engine() {
            Engine::Sqlite => "randomblob(16)",
            Engine::Postgres => "gen_random_uuid()",
        };
        let rows = format!(
            "{numbers} INSERT INTO party (id, uid, kind, parent_id, provider_id, customer_id, name, name_folded, features, version, created_at) \
             SELECT i, {uid}, 'customer', {provider}, {provider}, i, 'Customer ' || i, 'customer ' || i, '{{}}', 1, 0 FROM n",
            provider = f.provider.key.0
        );
        // PostgreSQL wants the common table behind the INSERT, SQLite takes it there as well.
        let (with, insert) = rows.split_once("INSERT").unwrap();
        let (into, select) = insert.split_once("SELECT").unwrap();
        raw::execute(&f.location, &format!("INSERT{into} {with} SELECT{select}")).await;
        raw::execute(
            &f.location,
            "INSERT INTO party_search (rowid, document) SELECT id, name_folded FROM party WHERE id >= 1000",
        )
        .await;
        if f.store.engine() == Engine::Postgres {
            // As autovacuum does: what was just written waits in a list that makes the index look dear.
            raw::execute(&f.location, "ANALYZE party").await;
            raw::execute(&f.location, "VACUUM ANALYZE party_search").await;
        }
        let filter = |words: &str| PartyFilter {
            search: Search::parse(words).unwrap(),
            ..PartyFilter::default()
        };
        let actor = f.actor(&f.provider);
        let page = f.store.page_parties(&actor, &filter("cust 40998"), limit(50), None).await.unwrap();
        let names: Vec<&str> = page.items.iter().map(|placed| placed.party.name.as_str()).collect();
        assert_eq!(names, ["Customer 40998"]);
        let plan = f.store.explain_page_parties(&actor, &filter("40998")).await.unwrap();
        match f.store.engine() {
            Engine::Sqlite => assert!(plan.contains("s VIRTUAL TABLE INDEX"), "{plan}"),
            Engine::Postgres => assert!(plan.contains("party_search_document"), "{plan}"),
        }
        // In the order of names a page is a range of an index; nothing is sorted.
        let plan = f.store.explain_page_parties(&actor, &PartyFilter::default()).await.unwrap();
        assert!(plan.contains("party_provider_names"), "{plan}");
        assert_eq!(f.store.count_parties(&actor, &filter("customer"), 10_001).await.unwrap(), 10_001);
        assert_eq!(f.store.count_parties(&actor, &filter("customer 4099"), 10_001).await.unwrap(), 14);
    })
    .await;
}

#[tokio::test]
async fn what_differs_is_what_holds_otherwise_than_above() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let platform = f.actor(&f.platform);
        let differing = async || {
            let filter = PartyFilter { differs: Some(Differs::Features), ..PartyFilter::default() };
            let page = f.store.page_parties(&platform, &filter, limit(50), None).await.unwrap();
            page.items.into_iter().map(|placed| placed.party.name).collect::<Vec<_>>()
        };
        let set = async |of: &tonalite_core::party::Party, feature, on| {
            let party = f.store.find_party_by_key(of.key).await.unwrap().unwrap();
            let mut features = party.features;
            features.set(feature, on);
            let update = PartyUpdate {
                name: party.name.clone(),
                features,
                contact: party.contact.clone(),
                sip_domain: party.sip_domain.clone(),
            };
            f.store.update_party(&party, &update, &f.audit(&party)).await.unwrap();
        };
        assert!(differing().await.is_empty());
        set(&f.customer, Feature::DeviceReboot, Some(true)).await;
        assert!(differing().await.is_empty(), "set, but to what holds above anyway");
        set(&f.customer, Feature::LineStateExport, Some(true)).await;
        assert_eq!(differing().await, ["Customer"]);
        set(&f.provider, Feature::LineStateExport, Some(true)).await;
        assert_eq!(differing().await, ["Provider"], "now it is so above as well");
        set(&f.other, Feature::LineStateExport, Some(false)).await;
        assert_eq!(differing().await, ["Other", "Provider"]);
        set(&f.provider, Feature::LineStateExport, Some(false)).await;
        assert!(differing().await.is_empty(), "off above is off below, whatever is set there");
        set(&f.operator, Feature::DeviceReboot, Some(false)).await;
        set(&f.customer, Feature::DeviceReboot, Some(false)).await;
        assert_eq!(differing().await, ["Operator"]);
    })
    .await;
}

#[tokio::test]
async fn the_kept_counts_are_summed_for_each_party_of_a_page() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        for (site, customer, operator, n) in
            [(1, f.customer.key.0, f.operator.key.0.to_string(), 3), (2, f.other.key.0, "NULL".to_owned(), 4)]
        {
            let provider = f.provider.key.0;
            let row = format!(
                "INSERT INTO live.site_count (site_id, customer_id, operator_id, provider_id, registered, partial, aged, unregistered, no_line) \
                 VALUES ({site}, {customer}, {operator}, {provider}, {n}, 1, 2, 0, 5)"
            );
            raw::execute(&f.location, &row).await;
        }
        let parties = [&f.platform, &f.provider, &f.operator, &f.customer, &f.other];
        let mut sums = f.store.sum_counts_of_parties(&f.actor(&f.platform), &parties).await.unwrap();
        sums.sort_by_key(|(key, _)| key.0);
        let read: Vec<(i64, i64, i64)> =
            sums.iter().map(|(key, counts)| (key.0, counts.registered, counts.total())).collect();
        let key = |party: &tonalite_core::party::Party| party.key.0;
        assert_eq!(
            read,
            [
                (1, 7, 23),
                (key(&f.provider), 7, 23),
                (key(&f.operator), 3, 11),
                (key(&f.customer), 3, 11),
                (key(&f.other), 4, 12)
            ]
        );
        // The neighbour's counts are nobody's business.
        let seen = f.store.sum_counts_of_parties(&f.actor(&f.other), &parties).await.unwrap();
        assert!(seen.iter().all(|(_, counts)| counts.registered == 4 || counts.total() == 0), "{seen:?}");
    })
    .await;
}

#[tokio::test]
async fn a_party_is_closed_once_nothing_lives_below_it() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let audit = f.audit(&f.customer);
        let refused = f.store.close_party(&f.operator, NOW, &audit).await;
        let Err(Error::Conflict(field)) = refused else { panic!("{refused:?}") };
        assert_eq!((field.code, field.args[0].1.as_str()), ("party_not_empty", "1"));
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let device = f.device(&site, 0x0015_6500_0001).await;
        let left = f.store.find_party_remainder(f.customer.key).await.unwrap();
        assert_eq!((left.parties, left.devices, left.users), (0, 1, 0));
        assert!(f.store.close_party(&f.customer, NOW, &audit).await.is_err());
        f.store.delete_device(device.key, &audit).await.unwrap();
        f.store.close_party(&f.customer, NOW, &audit).await.unwrap();
        let closed = f.store.find_party(f.customer.id).await.unwrap().unwrap();
        assert_eq!(closed.closed_at, Some(NOW));
        assert!(matches!(f.store.close_party(&f.customer, NOW, &audit).await, Err(Error::Stale)));

        let names = async |closed| {
            let filter = PartyFilter { closed, kind: Some(PartyKind::Customer), ..PartyFilter::default() };
            let page = f.store.page_parties(&f.actor(&f.provider), &filter, limit(9), None).await.unwrap();
            page.items.into_iter().map(|placed| placed.party.name).collect::<Vec<_>>()
        };
        assert_eq!(names(Closed::Exclude).await, ["Other"]);
        assert_eq!(names(Closed::Only).await, ["Customer"]);
        assert_eq!(names(Closed::Include).await, ["Customer", "Other"]);
        let sites = f.store.page_sites(&f.actor(&f.provider), None, limit(9), None).await.unwrap();
        assert!(sites.items.is_empty(), "its site leaves the lists, too");
        assert!(f.store.find_site(site.id).await.unwrap().unwrap().customer_closed);
        let late = f.site(&f.customer, "Paris").await;
        assert!(matches!(late, Err(Error::Conflict(ref field)) if field.code == "party_closed"), "{late:?}");

        f.store.close_party(&f.operator, NOW, &audit).await.expect("nothing open below");
        let late = f.party(PartyKind::Customer, &f.operator, "Late", None).await;
        assert!(matches!(late, Err(Error::Conflict(ref field)) if field.code == "party_closed"), "{late:?}");
        let refused = f.store.reopen_party(&closed, &audit).await;
        assert!(matches!(refused, Err(Error::Conflict(ref field)) if field.code == "party_closed_above"));
        let operator = f.store.find_party(f.operator.id).await.unwrap().unwrap();
        f.store.reopen_party(&operator, &audit).await.unwrap();
        f.store.reopen_party(&closed, &audit).await.unwrap();
        assert_eq!(names(Closed::Exclude).await, ["Customer", "Other"]);
    })
    .await;
}
