//! Lists of approved device types.

use tonalite_core::Error;
use tonalite_core::feature::scope_of;
use tonalite_store::{Owner, Place};
use tonalite_testkit::each_engine;

use crate::fixture::Fixture;

#[tokio::test]
async fn a_list_takes_the_place_of_the_one_before() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let audit = f.audit(&f.customer);
        // A party and a site with the same key are two owners.
        let mut site = f.site(&f.customer, "Lyon").await.unwrap();
        while site.key.0 < f.platform.key.0 {
            site = f.site(&f.customer, &format!("Lyon {}", site.key.0)).await.unwrap();
        }
        let owners = [Owner::Party(f.platform.key), Owner::Site(site.key)];
        assert_eq!(site.key.0, f.platform.key.0);
        let of = async |owner| f.store.find_approved_device_types(owner).await.unwrap();
        for owner in owners {
            assert!(of(owner).await.is_empty());
        }
        let replace = async |owner, version, ids: &[&str]| {
            f.store.replace_approved_device_types(owner, version, ids, &audit).await
        };
        replace(owners[0], 1, &["snom-d735", "yealink-t54w"]).await.unwrap();
        replace(owners[1], 1, &["poly-vvx-250"]).await.unwrap();
        replace(owners[0], 2, &["yealink-t54w", "poly-vvx-450"]).await.unwrap();
        assert_eq!(of(owners[0]).await, ["poly-vvx-450", "yealink-t54w"]);
        assert_eq!(of(owners[1]).await, ["poly-vvx-250"]);
        let both = f.store.find_lists_of_device_types(&owners).await.unwrap();
        assert_eq!(both[&owners[0]], ["poly-vvx-450", "yealink-t54w"]);
        assert_eq!(both[&owners[1]], ["poly-vvx-250"]);
        assert_eq!(f.store.find_lists_of_device_types(&owners[1..]).await.unwrap().len(), 1);

        let late = replace(owners[0], 2, &[]).await;
        assert!(matches!(late, Err(Error::Stale)), "{late:?}");
        assert_eq!(of(owners[0]).await.len(), 2, "the second writer changed nothing");
        replace(owners[0], 3, &[]).await.unwrap();
        assert!(of(owners[0]).await.is_empty());
        assert_eq!(of(owners[1]).await, ["poly-vvx-250"]);

        replace(owners[0], 4, &["a", "a"]).await.expect_err("twice the same");
        assert!(of(owners[0]).await.is_empty(), "all of it or nothing");
        let party = f.store.find_party(f.platform.id).await.unwrap().unwrap();
        assert_eq!(party.version, 4, "the version is part of all or nothing");
    })
    .await;
}

#[tokio::test]
async fn devices_are_counted_by_type_where_they_stand() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let sites = [f.site(&f.customer, "Lyon").await.unwrap(), f.site(&f.customer, "Paris").await.unwrap()];
        let elsewhere = f.site(&f.other, "Berlin").await.unwrap();
        for (site, device_type, mac) in [
            (&sites[0], "yealink-t54w", 0x0015_6500_0001),
            (&sites[0], "snom-d785", 0x0015_6500_0002),
            (&sites[1], "yealink-t54w", 0x0015_6500_0003),
            (&elsewhere, "yealink-t54w", 0x0015_6500_0004),
        ] {
            f.device_of_type(site, device_type, Some(mac)).await;
        }
        let count = async |place, types: &[&str]| f.store.count_devices_of_types(place, types).await.unwrap();
        let t54w = |count: i64| vec![("yealink-t54w".to_owned(), count)];
        let asked = ["yealink-t54w", "poly-vvx-450"];
        assert_eq!(count(Place::Site(sites[0].key), &asked).await, t54w(1));
        for (party, expected) in [(&f.customer, 2), (&f.operator, 2), (&f.provider, 3), (&f.platform, 3)] {
            assert_eq!(count(Place::Below(scope_of(party)), &asked).await, t54w(expected), "{}", party.name);
        }
        let both = count(Place::Below(scope_of(&f.customer)), &["snom-d785", "yealink-t54w"]).await;
        assert_eq!(both, [("snom-d785".to_owned(), 1), ("yealink-t54w".to_owned(), 2)]);
        assert!(count(Place::Site(sites[0].key), &[]).await.is_empty());
    })
    .await;
}
