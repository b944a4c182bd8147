//! Sites: names that are one name, order, what stands in the way of deleting.

use tonalite_core::Error;
use tonalite_core::access::Scope;
use tonalite_core::id::{SiteId, SiteKey};
use tonalite_core::party::PartyKind;
use tonalite_core::text::Language;
use tonalite_store::Owner;
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, limit, new_site, pages};

#[tokio::test]
async fn what_people_hold_for_one_name_is_taken() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        f.site(&f.customer, "Siège  Lyon").await.unwrap();
        for same in ["Siège  Lyon", "SIEGE LYON", "sie\u{300}ge lyon"] {
            let taken = f.site(&f.customer, same).await;
            let Err(Error::Taken(field)) = taken else { panic!("{same}: {taken:?}") };
            assert_eq!((field.field.as_str(), field.code), ("name", "site_name_taken"));
        }
        f.site(&f.other, "Siège Lyon").await.expect("another customer's names are its own");
    })
    .await;
}

#[tokio::test]
async fn sites_are_sorted_as_people_read_them() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        // Not in the order of bytes (É after z), nor of a language's rules (which would skip the hyphen).
        let sorted = ["Aix", "Agen-Nord", "Épinal", "eze", "Œuilly", "Zürich", "Zurich 2"];
        let mut by_fold = sorted;
        by_fold.sort_by_key(|name| tonalite_core::name::fold(name));
        for name in sorted.iter().rev() {
            f.site(&f.customer, name).await.unwrap();
        }
        f.site(&f.other, "Aix").await.unwrap();

        let actor = f.actor(&f.customer);
        let read = async |after: Option<_>| f.store.page_sites(&actor, None, limit(3), after.as_ref()).await;
        let found = pages(read).await;
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
        let names: Vec<&str> = found.iter().flatten().map(|site| site.name.as_str()).collect();
        assert_eq!(names, by_fold);

        // Equal names of two customers fall on a page's edge.
        let all = f.actor(&f.provider);
        let read = async |after: Option<_>| f.store.page_sites(&all, None, limit(1), after.as_ref()).await;
        assert_eq!(pages(read).await.concat().len(), 8);
    })
    .await;
}

#[tokio::test]
async fn a_list_ends_at_subtree_filter_and_narrowing() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let lyon = f.site(&f.customer, "Lyon").await.unwrap();
        let paris = f.site(&f.customer, "Paris").await.unwrap();
        f.site(&f.other, "Berlin").await.unwrap();
        let names = async |actor, below: Option<Scope>| {
            let page = f.store.page_sites(&actor, below, limit(50), None).await.unwrap();
            page.items.into_iter().map(|site| site.name).collect::<Vec<_>>()
        };
        assert_eq!(names(f.actor(&f.provider), None).await, ["Berlin", "Lyon", "Paris"]);
        assert_eq!(names(f.actor(&f.operator), None).await, ["Lyon", "Paris"]);
        assert_eq!(names(f.actor(&f.other), None).await, ["Berlin"]);
        let below = Some(Scope { kind: PartyKind::Customer, party: f.customer.key });
        assert_eq!(names(f.actor(&f.platform), below).await, ["Lyon", "Paris"]);
        assert!(names(f.actor(&f.other), below).await.is_empty(), "a filter opens nothing");
        let mut narrowed = f.actor(&f.customer);
        narrowed.sites = Some(vec![paris.key]);
        assert_eq!(names(narrowed.clone(), None).await, ["Paris"]);
        narrowed.sites = Some(Vec::new());
        assert!(names(narrowed, None).await.is_empty(), "narrowed to nothing is not all");

        assert_eq!(lyon.tenancy, f.customer.tenancy);
        assert_eq!((lyon.customer_id, lyon.customer_name.as_str()), (f.customer.id, "Customer"));
    })
    .await;
}

#[tokio::test]
async fn fields_are_written_once_by_who_read_them_last() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let lyon = f.site(&f.customer, "Lyon").await.unwrap();
        f.site(&f.customer, "Paris").await.unwrap();
        let mut new = new_site("Lyon 2");
        new.code = Some("L2".into());
        new.language = Language::French;
        let audit = f.audit(&f.customer);
        let written = f.store.update_site(&lyon, &new, &audit).await.unwrap();
        assert_eq!((written.name.as_str(), written.code.as_deref()), ("Lyon 2", Some("L2")));
        assert_eq!((written.language, written.version), (Language::French, lyon.version + 1));
        assert!(matches!(f.store.update_site(&lyon, &new, &audit).await, Err(Error::Stale)));
        let taken = f.store.update_site(&written, &new_site("paris"), &audit).await;
        assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");
        f.store.update_site(&written, &new_site("LYON 2"), &audit).await.expect("its own name is free to it");
        assert_eq!(f.store.find_site(SiteId::from_uuid(f.uuid())).await.unwrap(), None);
        assert_eq!(f.store.find_site_by_key(SiteKey(1_000_000)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn only_an_empty_site_is_deleted() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let with_device = f.site(&f.customer, "Device").await.unwrap();
        let device = f.device(&with_device, 0x0015_6500_0001).await;
        let with_user = f.site(&f.customer, "User").await.unwrap();
        f.user(&with_user, "100").await.unwrap();
        let empty = f.site(&f.customer, "Empty").await.unwrap();
        let audit = f.audit(&f.customer);
        f.store
            .replace_approved_device_types(Owner::Site(empty.key), empty.version, &["yealink-t54w"], &audit)
            .await
            .unwrap();

        for site in [&with_device, &with_user] {
            let refused = f.store.delete_site(site, &audit).await;
            let Err(Error::Conflict(field)) = refused else { panic!("{}: {refused:?}", site.name) };
            assert_eq!(field.code, "site_not_empty");
        }
        f.store.delete_site(&empty, &audit).await.unwrap();
        assert_eq!(f.store.find_site(empty.id).await.unwrap(), None);
        let left = f.store.find_approved_device_types(Owner::Site(empty.key)).await.unwrap();
        assert!(left.is_empty(), "its list goes with it");

        f.store.delete_device(device.key, &audit).await.unwrap();
        f.store.delete_site(&with_device, &audit).await.expect("empty now");
        let again = f.store.delete_site(&with_device, &audit).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
        let gone = f.try_device(&with_device, "yealink-t54w", Some(0x0015_6500_0002)).await;
        assert!(matches!(gone, Err(Error::NotFound)), "a device for a site that was just deleted: {gone:?}");
        let gone = f.user(&with_device, "101").await;
        assert!(matches!(gone, Err(Error::NotFound)), "a user for a site that was just deleted: {gone:?}");
    })
    .await;
}
