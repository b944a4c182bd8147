//! Devices one by one: addresses, fields, deleting, keys.

use tonalite_core::Error;
use tonalite_core::device::Labels;
use tonalite_core::id::DeviceId;
use tonalite_core::line_state::{DeviceState, LineState, StateDetail};
use tonalite_core::mac::Mac;
use tonalite_store::{DeviceFields, DeviceInsert};
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW, new_device};

const MAC: u64 = 0x0015_6500_0001;

#[tokio::test]
async fn what_is_written_is_read_back() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let mut new = new_device("yealink-t54w", Some(0x0000_0000_0001));
        new.critical = true;
        new.labels = Labels {
            name: Some("Accueil “é” 😀".into()),
            serial: Some("S1".into()),
            inventory_id: Some("I1".into()),
            note: Some("n".repeat(500)),
        };
        let id = DeviceId::from_uuid(f.uuid());
        let insert = DeviceInsert { id, site: &site, device: &new, lines_total: 16, now: NOW };
        let key = f.store.insert_device(&insert, &f.audit(&f.customer)).await.unwrap().unwrap();

        let device = f.store.find_device(id, NOW, NOW).await.unwrap().unwrap();
        assert_eq!((device.key, device.id, device.mac), (key, id, new.mac));
        assert_eq!((&device.labels, device.critical), (&new.labels, true));
        assert_eq!(
            (device.device_type.as_str(), device.created_at, device.version),
            ("yealink-t54w", NOW, 1)
        );
        assert_eq!((device.site_id, device.site_name.as_str()), (site.id, "Lyon"));
        assert_eq!((device.customer_id, device.customer_name.as_str()), (f.customer.id, "Customer"));
        assert_eq!(device.tenancy, f.customer.tenancy);
        assert_eq!((device.lines_total, device.lines_assigned, device.lines_available()), (16, 0, 16));
        // Not yet in the live schema: it reads as what it will be in a moment.
        let no_line = DeviceState { state: LineState::Unregistered, detail: Some(StateDetail::NoLine) };
        assert_eq!((device.status.state, device.status.since), (no_line, NOW));

        let by_mac = f.store.find_device_by_mac(new.mac.unwrap(), NOW, NOW).await.unwrap();
        assert_eq!(by_mac, Some(device));
        assert_eq!(f.store.find_device_by_mac(Mac::from_u64(2).unwrap(), NOW, NOW).await.unwrap(), None);
        assert_eq!(f.store.find_device(DeviceId::from_uuid(f.uuid()), NOW, NOW).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_address_is_taken_wherever_it_is() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let elsewhere = f.site(&f.other, "Berlin").await.unwrap();
        f.device(&site, MAC).await;
        for site in [&site, &elsewhere] {
            assert_eq!(f.try_device(site, "yealink-t54w", Some(MAC)).await.unwrap(), None);
        }
        // Types without an address do not collide.
        for _ in 0..3 {
            f.device_of_type(&site, "generic-sip", None).await;
        }
    })
    .await;
}

#[tokio::test]
async fn of_two_who_add_the_same_phone_at_once_one_has_it() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let add = || f.try_device(&site, "yealink-t54w", Some(MAC));
        let (a, b, c, d) = tokio::join!(add(), add(), add(), add());
        let added = [a, b, c, d].into_iter().filter(|outcome| outcome.as_ref().unwrap().is_some()).count();
        assert_eq!(added, 1);
    })
    .await;
}

#[tokio::test]
async fn fields_are_written_once_by_who_read_them_last() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let device = f.device(&site, MAC).await;
        let labels = Labels { name: Some("Reception".into()), ..Labels::default() };
        let audit = f.audit(&f.customer);
        f.store
            .update_device(&device, &DeviceFields { labels: &labels, critical: true }, &audit)
            .await
            .unwrap();
        let written = f.read(device.key).await.unwrap();
        assert_eq!((&written.labels, written.critical, written.version), (&labels, true, 2));
        let late = DeviceFields { labels: &Labels::default(), critical: false };
        let late = f.store.update_device(&device, &late, &audit).await;
        assert!(matches!(late, Err(Error::Stale)), "{late:?}");
        assert_eq!(f.read(device.key).await.unwrap().labels, labels);
    })
    .await;
}

#[tokio::test]
async fn deleting_tells_the_lines_that_went_with_it() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let user = f.user(&site, "100").await.unwrap();
        let (device, kept) = (f.device(&site, MAC).await, f.device(&site, MAC + 1).await);
        let mut lines = vec![f.line(&device, 3, &user).await.key, f.line(&device, 1, &user).await.key];
        let other_line = f.line(&kept, 1, &user).await;

        let audit = f.audit(&f.customer);
        let mut told = f.store.delete_device(device.key, &audit).await.unwrap();
        lines.sort();
        told.sort();
        assert_eq!(told, lines);
        assert_eq!(f.store.find_device(device.id, NOW, NOW).await.unwrap(), None);
        assert_eq!(f.store.find_lines_of_device(kept.key).await.unwrap(), [other_line]);
        let again = f.store.delete_device(device.key, &audit).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
        f.device(&site, MAC).await;
    })
    .await;
}

/// What is still under way for a device that is gone must never meet another under its key.
#[tokio::test]
async fn a_key_is_given_once() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let user = f.user(&site, "100").await.unwrap();
        let audit = f.audit(&f.customer);
        let mut seen = Vec::new();
        for _ in 0..3 {
            let device = f.device(&site, MAC).await;
            let line = f.line(&device, 1, &user).await;
            assert!(
                !seen.contains(&(device.key.0, 0)) && !seen.contains(&(line.key.0, 1)),
                "a key came again"
            );
            seen.extend([(device.key.0, 0), (line.key.0, 1)]);
            f.store.delete_device(device.key, &audit).await.unwrap();
        }
        let gone = f.site(&f.customer, "Gone").await.unwrap();
        f.store.delete_site(&gone, &audit).await.unwrap();
        assert_ne!(f.site(&f.customer, "New").await.unwrap().key, gone.key);
    })
    .await;
}
