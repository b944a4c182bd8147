//! Reboots as stored: one row each, changed with every step, ended by a later one and with their device.

use tonalite_core::access::{Actor, Identity};
use tonalite_core::device::Device;
use tonalite_core::id::{LineKey, RebootId, RebootKey};
use tonalite_core::portal_user::Role;
use tonalite_core::reboot::{Reboot, RebootReason, RebootState, Seen, Snapshot};
use tonalite_core::time::Span;
use tonalite_store::RebootInsert;
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW, limit};

fn snapshot() -> Snapshot {
    Snapshot(vec![Seen {
        line: LineKey(3),
        binding: 9,
        contact: "sip:k7@192.0.2.9:5060".into(),
        instance: Some("urn:uuid:1".into()),
        call_id: "c-1@\"hostile\"".into(),
        cseq: 41,
        source: ([192, 0, 2, 9], 5060).into(),
        user_agent: None,
    }])
}

impl Fixture {
    async fn reboot(&self, device: &Device, identity: &Identity) -> (Reboot, Vec<RebootId>) {
        let id = RebootId::from_uuid(self.uuid());
        let insert = RebootInsert { id, device, identity, snapshot: &snapshot(), now: NOW };
        let audit = self.audit(&self.customer);
        let (key, superseded) = self.store.insert_reboot(&insert, &audit).await.unwrap();
        let reboot = self.store.find_reboot(id).await.unwrap().expect("it is written down");
        assert_eq!(reboot.key, key);
        (reboot, superseded)
    }
}

#[tokio::test]
async fn a_reboot_is_read_back_as_it_was_written() {
    each_engine(async |location| {
        let fixture = Fixture::new(location).await;
        let site = fixture.site(&fixture.customer, "Lyon").await.unwrap();
        let device = fixture.device(&site, 0x0015_6500_0001).await;
        let user = fixture.portal_user(&fixture.customer, "anne", Role::Support).await.unwrap();
        let id = tonalite_core::id::PortalUserId::from_uuid(fixture.uuid());
        let (mut reboot, superseded) = fixture.reboot(&device, &Identity::PortalUser(user, id)).await;
        assert_eq!(superseded, []);
        assert_eq!((reboot.state, reboot.requested_at), (RebootState::Requested, NOW));
        assert_eq!((reboot.device_id, reboot.site, reboot.tenancy), (device.id, site.key, device.tenancy));
        assert_eq!(reboot.asked_by.as_deref(), Some("anne"));
        assert_eq!(reboot.snapshot, snapshot());

        reboot.state = RebootState::Refused;
        (reboot.code, reboot.reason) = (Some(481), Some(RebootReason::NotSupported));
        reboot.phrase = Some("No \u{0}such thing".into());
        reboot.answered_at = Some(NOW + Span(5));
        reboot.down_at = Some(NOW + Span(6));
        reboot.back_at = Some(NOW + Span(7));
        reboot.deadline = Some(NOW + Span(8));
        reboot.updated_at = NOW + Span(9);
        assert!(fixture.store.update_reboot(&reboot).await.unwrap());
        let stored = fixture.store.find_reboot(reboot.id).await.unwrap();
        assert_eq!(stored, Some(Reboot { phrase: Some("No \u{fffd}such thing".into()), ..reboot.clone() }));
        reboot.state = RebootState::Back;
        assert!(!fixture.store.update_reboot(&reboot).await.unwrap(), "what is over stays as it ended");
    })
    .await;
}

#[tokio::test]
async fn a_later_reboot_takes_the_place_of_an_earlier_one_of_the_same_device() {
    each_engine(async |location| {
        let fixture = Fixture::new(location).await;
        let site = fixture.site(&fixture.customer, "Lyon").await.unwrap();
        let device = fixture.device(&site, 0x0015_6500_0001).await;
        let other = fixture.device(&site, 0x0015_6500_0002).await;
        let (first, _) = fixture.reboot(&device, &Identity::System).await;
        let (of_other, none) = fixture.reboot(&other, &Identity::System).await;
        assert_eq!(none, []);
        let (second, superseded) = fixture.reboot(&device, &Identity::System).await;
        assert_eq!(superseded, [first.id]);
        let stored = fixture.store.find_reboot(first.id).await.unwrap().unwrap();
        assert_eq!(stored.state, RebootState::Superseded);
        assert!(!fixture.store.update_reboot(&first).await.unwrap());

        let ids = |reboots: Vec<Reboot>| reboots.iter().map(|reboot| reboot.id).collect::<Vec<_>>();
        let of_device = fixture.store.find_reboots_of_device(device.key, limit(10)).await.unwrap();
        assert_eq!(ids(of_device), [second.id, first.id]);
        let unfinished = fixture.store.find_unfinished_reboots(RebootKey(0), limit(10)).await.unwrap();
        assert_eq!(ids(unfinished), [of_other.id, second.id]);
        let rest = fixture.store.find_unfinished_reboots(of_other.key, limit(10)).await.unwrap();
        assert_eq!(ids(rest), [second.id]);
    })
    .await;
}

#[tokio::test]
async fn a_reboot_and_its_audit_record_are_one_and_go_with_the_device() {
    each_engine(async |location| {
        let fixture = Fixture::new(location).await;
        let site = fixture.site(&fixture.customer, "Lyon").await.unwrap();
        let device = fixture.device(&site, 0x0015_6500_0001).await;
        let records = async || {
            let page = fixture.store.page_audit(&Actor::system(), None, limit(200), None).await.unwrap();
            page.items.len()
        };
        let before = records().await;
        let (reboot, _) = fixture.reboot(&device, &Identity::System).await;
        assert_eq!(records().await, before + 1);

        fixture.store.delete_device(device.key, &fixture.audit(&fixture.customer)).await.unwrap();
        assert_eq!(fixture.store.find_reboot(reboot.id).await.unwrap(), None);
        assert!(!fixture.store.update_reboot(&reboot).await.unwrap());
        let id = RebootId::from_uuid(fixture.uuid());
        let insert = RebootInsert {
            id,
            device: &device,
            identity: &Identity::System,
            snapshot: &Snapshot::default(),
            now: NOW,
        };
        let refused = fixture.store.insert_reboot(&insert, &fixture.audit(&fixture.customer)).await;
        assert!(matches!(refused, Err(tonalite_core::Error::NotFound)), "{refused:?}");
    })
    .await;
}
