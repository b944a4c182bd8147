//! Lists of approved device types.

use tonalite_store::Owner;
use tonalite_testkit::each_engine;

use crate::fixture::Fixture;

#[tokio::test]
async fn a_list_takes_the_place_of_the_one_before() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let audit = f.audit(&f.customer);
        // A party and a site with the same key are two owners.
        let owners = [Owner::Party(tonalite_core::id::PartyKey(site.key.0)), Owner::Site(site.key)];
        for owner in owners {
            assert!(f.store.find_approved_device_types(owner).await.unwrap().is_empty());
        }
        f.store
            .replace_approved_device_types(owners[0], &["snom-d735", "yealink-t54w"], &audit)
            .await
            .unwrap();
        f.store.replace_approved_device_types(owners[1], &["poly-vvx-250"], &audit).await.unwrap();
        f.store
            .replace_approved_device_types(owners[0], &["yealink-t54w", "poly-vvx-450"], &audit)
            .await
            .unwrap();
        let of = async |owner| f.store.find_approved_device_types(owner).await.unwrap();
        assert_eq!(of(owners[0]).await, ["poly-vvx-450", "yealink-t54w"]);
        assert_eq!(of(owners[1]).await, ["poly-vvx-250"]);
        f.store.replace_approved_device_types(owners[0], &[], &audit).await.unwrap();
        assert!(of(owners[0]).await.is_empty());
        assert_eq!(of(owners[1]).await, ["poly-vvx-250"]);

        f.store
            .replace_approved_device_types(owners[0], &["a", "a"], &audit)
            .await
            .expect_err("twice the same");
        assert!(of(owners[0]).await.is_empty(), "all of it or nothing");
    })
    .await;
}
