//! DECT systems: bases of one customer, one chain ID for each system, and how a file joins them.

use tonalite_core::Error;
use tonalite_core::access::Actor;
use tonalite_core::dect::{ChainId, DectRebootState, DectRebootStop, DectSystem};
use tonalite_core::device::Device;
use tonalite_core::id::{DectRebootId, DectSystemId, DeviceKey, RebootId};
use tonalite_core::party::Party;
use tonalite_core::reboot::{RebootState, Snapshot};
use tonalite_core::site::Site;
use tonalite_core::time::Span;
use tonalite_store::{DectJoin, DectSystemInsert, RebootInsert};
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW, limit, pages};

fn chain(text: &str) -> Option<ChainId> {
    ChainId::parse(text).unwrap()
}

impl Fixture {
    async fn base(&self, site: &Site, mac: u64) -> Device {
        self.device_of_type(site, "snom-m700", Some(mac)).await
    }

    async fn try_system(
        &self,
        customer: &Party,
        name: &str,
        chain_id: &str,
        bases: &[DeviceKey],
    ) -> tonalite_core::Result<DectSystem> {
        let id = DectSystemId::from_uuid(self.uuid());
        let insert = DectSystemInsert { id, customer, name, chain_id: chain(chain_id), bases, now: NOW };
        self.store.insert_dect_system(&insert, &self.audit(customer)).await
    }

    async fn system(&self, name: &str, chain_id: &str, bases: &[DeviceKey]) -> DectSystem {
        self.try_system(&self.customer, name, chain_id, bases).await.unwrap()
    }

    /// Name and chain ID of the system of a device.
    async fn system_of(&self, device: &Device) -> Option<(String, String)> {
        let id = self.read(device.key).await?.dect?.system;
        let system = self.store.find_dect_system(id).await.unwrap()?;
        Some((system.name, system.chain.map(|(chain_id, _)| chain_id.to_string()).unwrap_or_default()))
    }

    async fn join(&self, rows: &[(&Device, &str)]) -> tonalite_core::Result<usize> {
        let join = |(device, text): &(&Device, &str)| DectJoin {
            device: device.key,
            chain_id: chain(text).unwrap(),
            id_if_new: DectSystemId::from_uuid(self.uuid()),
        };
        let joins: Vec<DectJoin> = rows.iter().map(join).collect();
        self.store.join_dect_systems(&self.customer, &joins, NOW, &self.audit(&self.customer)).await
    }
}

fn expected(name: &str, chain_id: &str) -> Option<(String, String)> {
    Some((name.to_owned(), chain_id.to_owned()))
}

#[tokio::test]
async fn a_system_groups_bases_at_several_sites() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let lyon = f.site(&f.customer, "Lyon").await.unwrap();
        let paris = f.site(&f.customer, "Paris").await.unwrap();
        let (a, b) = (f.base(&lyon, 0x0004_1300_0001).await, f.base(&paris, 0x0004_1300_0002).await);
        assert_eq!(a.dect, None);
        let system = f.system("Clinic", "48213", &[a.key]).await;
        assert_eq!((system.bases, system.version), (1, 1));
        assert_eq!(
            system.chain.map(|(id, source)| (id.to_string(), source.as_str())),
            Some(("48213".into(), "entered"))
        );
        let alone = f.read(a.key).await.unwrap();
        assert_eq!(
            alone.dect.as_ref().map(|m| (m.system, &*m.name, m.has_others)),
            Some((system.id, "Clinic", false))
        );
        assert!(alone.secondary_base_of().is_none(), "the only base is no secondary one");

        let audit = f.audit(&f.customer);
        f.store.add_dect_base(&system, b.key, &audit).await.unwrap();
        let bases = f.store.find_dect_bases(system.key, NOW, NOW).await.unwrap();
        assert_eq!(bases.iter().map(|base| base.key).collect::<Vec<_>>(), [a.key, b.key]);
        assert!(bases.iter().all(|base| base.secondary_base_of().is_some()));
        let user = f.user(&lyon, "100").await.unwrap();
        f.line(&a, 1, &user).await;
        assert!(f.read(a.key).await.unwrap().secondary_base_of().is_none(), "it has a line of its own");

        // A device that is removed leaves its system; the system stays.
        f.store.delete_device(a.key, &audit).await.unwrap();
        f.store.remove_dect_base(system.key, b.key, &audit).await.unwrap();
        let again = f.store.remove_dect_base(system.key, b.key, &audit).await;
        assert!(matches!(again, Err(Error::NotFound)));
        let empty = f.store.find_dect_system(system.id).await.unwrap().expect("it is kept without bases");
        assert_eq!(empty.bases, 0);

        // Another customer's device is not taken.
        let elsewhere = f.site(&f.other, "Elsewhere").await.unwrap();
        let foreign = f.base(&elsewhere, 0x0004_1300_0009).await;
        assert!(matches!(f.store.add_dect_base(&system, foreign.key, &audit).await, Err(Error::NotFound)));
        assert!(matches!(f.try_system(&f.customer, "X", "", &[foreign.key]).await, Err(Error::NotFound)));
        assert_eq!(f.read(foreign.key).await.unwrap().dect, None);

        f.store.add_dect_base(&system, b.key, &audit).await.unwrap();
        f.store.delete_dect_system(system.key, &audit).await.unwrap();
        assert_eq!(f.read(b.key).await.unwrap().dect, None);
        assert!(matches!(f.store.delete_dect_system(system.key, &audit).await, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_chain_id_is_unique_at_its_customer_except_the_factory_default() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let first = f.system("First", "48213", &[]).await;
        let refused = f.try_system(&f.customer, "Second", "48213", &[]).await;
        assert!(
            matches!(&refused, Err(Error::Taken(field)) if field.code == "chain_id_taken"),
            "{refused:?}"
        );
        f.try_system(&f.other, "Neighbour", "48213", &[]).await.unwrap();
        for name in ["Fresh", "Fresh too"] {
            f.system(name, "512", &[]).await;
        }
        for name in ["Unset", "Unset too"] {
            f.system(name, "", &[]).await;
        }
        let audit = f.audit(&f.customer);
        let other = f.system("Third", "48214", &[]).await;
        let refused = f.store.update_dect_system(&other, "Third", chain("48213"), &audit).await;
        assert!(
            matches!(&refused, Err(Error::Taken(field)) if field.code == "chain_id_taken"),
            "{refused:?}"
        );
        let found = f.store.find_dect_system_by_chain(f.customer.key, chain("48213").unwrap()).await.unwrap();
        assert_eq!(found.map(|system| system.id), Some(first.id));

        let cleared = f.store.update_dect_system(&first, "First again", None, &audit).await.unwrap();
        assert_eq!((cleared.chain, cleared.version, &*cleared.name), (None, 2, "First again"));
        f.store.update_dect_system(&other, "Third", chain("48213"), &audit).await.unwrap();
        let stale = f.store.update_dect_system(&first, "Late", None, &audit).await;
        assert!(matches!(stale, Err(Error::Stale)));
    })
    .await;
}

#[tokio::test]
async fn the_list_is_paged_by_name_and_shows_what_one_sees() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let lyon = f.site(&f.customer, "Lyon").await.unwrap();
        let paris = f.site(&f.customer, "Paris").await.unwrap();
        let base = f.base(&paris, 0x0004_1300_0001).await;
        for name in ["Été", "alpha", "Beta"] {
            f.system(name, "", &[]).await;
        }
        f.system("Gamma", "", &[base.key]).await;
        f.try_system(&f.other, "Neighbour", "", &[]).await.unwrap();
        let names = async |actor: &Actor, rows: u16| -> Vec<Vec<String>> {
            let read = async |after: Option<_>| {
                f.store.page_dect_systems(actor, None, limit(rows), after.as_ref()).await
            };
            let pages = pages(read).await;
            pages.into_iter().map(|page| page.into_iter().map(|system| system.name).collect()).collect()
        };
        let customer = f.actor(&f.customer);
        assert_eq!(names(&customer, 2).await, [["alpha", "Beta"], ["Été", "Gamma"]]);
        assert_eq!(names(&Actor::system(), 9).await.concat(), ["alpha", "Beta", "Été", "Gamma", "Neighbour"]);
        let at = |site: &Site| Actor { sites: Some(vec![site.key]), ..customer.clone() };
        assert_eq!(names(&at(&paris), 9).await.concat(), ["Gamma"]);
        assert!(names(&at(&lyon), 9).await.concat().is_empty());
        let below = Some(tonalite_core::access::Scope { kind: f.other.kind, party: f.other.key });
        let page = f.store.page_dect_systems(&Actor::system(), below, limit(9), None).await.unwrap();
        assert_eq!(page.items.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn rows_with_one_chain_id_join_one_system() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let lyon = f.site(&f.customer, "Lyon").await.unwrap();
        let paris = f.site(&f.customer, "Paris").await.unwrap();
        let elsewhere = f.site(&f.other, "Elsewhere").await.unwrap();
        let a = f.base(&lyon, 0x0004_1300_0001).await;
        let b = f.base(&paris, 0x0004_1300_0002).await;
        let c = f.base(&paris, 0x0004_1300_0003).await;
        let foreign = f.base(&elsewhere, 0x0004_1300_0004).await;
        let there = f.system("Warehouse", "700", &[]).await;

        // New: named after the place, never after the ID. What is there is used. Foreign devices are passed over.
        let changed =
            f.join(&[(&a, "48213"), (&b, "48213"), (&c, "700"), (&foreign, "48213")]).await.unwrap();
        assert_eq!(changed, 3);
        assert_eq!(f.system_of(&a).await, expected("DECT Lyon", "48213"));
        assert_eq!(f.system_of(&b).await, expected("DECT Lyon", "48213"));
        assert_eq!(f.system_of(&c).await, expected("Warehouse", "700"));
        assert_eq!(f.system_of(&foreign).await, None);
        // The same file twice changes nothing.
        assert_eq!(f.join(&[(&a, "48213"), (&b, "48213"), (&c, "700")]).await.unwrap(), 0);

        // All bases of a system with a new ID: it is the system that changed.
        let before = f.read(a.key).await.unwrap().dect.unwrap().system;
        assert_eq!(f.join(&[(&a, "48300"), (&b, "48300")]).await.unwrap(), 2);
        assert_eq!(f.read(a.key).await.unwrap().dect.unwrap().system, before);
        assert_eq!(f.system_of(&b).await, expected("DECT Lyon", "48300"));
        // One of two: it goes, the other stays.
        f.join(&[(&b, "48400")]).await.unwrap();
        assert_eq!(f.system_of(&a).await, expected("DECT Lyon", "48300"));
        assert_eq!(f.system_of(&b).await, expected("DECT Paris", "48400"));
        // Two systems exchange their IDs.
        f.join(&[(&a, "48400"), (&b, "48300")]).await.unwrap();
        assert_eq!(f.system_of(&a).await.unwrap().1, "48400");
        assert_eq!(f.system_of(&b).await.unwrap().1, "48300");
        assert_eq!(f.store.find_dect_system(there.id).await.unwrap().unwrap().bases, 1);
    })
    .await;
}

#[tokio::test]
async fn the_factory_default_joins_only_what_stands_together() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let lyon = f.site(&f.customer, "Lyon").await.unwrap();
        let paris = f.site(&f.customer, "Paris").await.unwrap();
        let a = f.base(&lyon, 0x0004_1300_0001).await;
        let b = f.base(&lyon, 0x0004_1300_0002).await;
        let c = f.base(&paris, 0x0004_1300_0003).await;
        f.join(&[(&a, "512"), (&c, "512")]).await.unwrap();
        f.join(&[(&b, "512")]).await.unwrap();
        let system = async |device: &Device| f.read(device.key).await.unwrap().dect.unwrap().system;
        assert_eq!(system(&a).await, system(&b).await);
        assert_ne!(system(&a).await, system(&c).await);
        assert_eq!(f.system_of(&c).await, expected("DECT Paris", "512"));
    })
    .await;
}

#[tokio::test]
async fn a_system_has_room_for_so_many_bases() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let lyon = f.site(&f.customer, "Lyon").await.unwrap();
        let system = f.system("Hall", "700", &[]).await;
        let mut bases = Vec::new();
        for n in 0..251 {
            bases.push(f.try_device(&lyon, "snom-m700", Some(0x0004_1300_0000 + n)).await.unwrap().unwrap());
        }
        let join = |device: &DeviceKey| DectJoin {
            device: *device,
            chain_id: chain("700").unwrap(),
            id_if_new: DectSystemId::from_uuid(f.uuid()),
        };
        let joins: Vec<DectJoin> = bases.iter().map(join).collect();
        let audit = f.audit(&f.customer);
        let full = f.store.join_dect_systems(&f.customer, &joins, NOW, &audit).await;
        assert!(matches!(&full, Err(Error::Conflict(field)) if field.code == "dect_system_full"), "{full:?}");
        assert_eq!(f.store.find_dect_system(system.id).await.unwrap().unwrap().bases, 0, "all or nothing");
        f.store.join_dect_systems(&f.customer, &joins[1..], NOW, &audit).await.unwrap();
        let full = f.store.add_dect_base(&system, bases[0], &audit).await;
        assert!(matches!(&full, Err(Error::Conflict(field)) if field.code == "dect_system_full"), "{full:?}");
        assert_eq!(f.store.find_dect_bases(system.key, NOW, NOW).await.unwrap().len(), 250);
    })
    .await;
}

#[tokio::test]
async fn a_reboot_of_a_system_is_read_back_and_ends_once() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let lyon = f.site(&f.customer, "Lyon").await.unwrap();
        let (a, b) = (f.base(&lyon, 0x0004_1300_0001).await, f.base(&lyon, 0x0004_1300_0002).await);
        let system = f.system("Clinic", "", &[a.key, b.key]).await;
        let audit = f.audit(&f.customer);
        let actor = Actor::system();
        let insert = async || {
            let id = DectRebootId::from_uuid(f.uuid());
            let bases = [a.key, b.key];
            let key =
                f.store.insert_dect_reboot(id, &system, &actor.identity, &bases, NOW, &audit).await.unwrap();
            key.map(|key| (id, key))
        };
        let (id, key) = insert().await.unwrap();
        assert_eq!(insert().await, None, "one at a time");
        let run = f.store.find_dect_reboot(id).await.unwrap().unwrap();
        assert_eq!(
            (run.state, run.stop, run.system_id, run.bases.len()),
            (DectRebootState::Running, None, system.id, 2)
        );
        assert!(run.bases.iter().all(|base| base.reboot.is_none()));

        let reboot = RebootId::from_uuid(f.uuid());
        let snapshot = Snapshot(Vec::new());
        let asked =
            RebootInsert { id: reboot, device: &a, identity: &actor.identity, snapshot: &snapshot, now: NOW };
        f.store.insert_reboot(&asked, &audit).await.unwrap();
        assert!(f.store.update_dect_reboot_base(key, a.key, reboot, NOW + Span(5)).await.unwrap());
        let run = f.store.find_newest_dect_reboot(system.key).await.unwrap().unwrap();
        assert_eq!(run.bases[0].reboot, Some((reboot, RebootState::Requested)));
        assert_eq!((run.bases[1].reboot, run.updated_at), (None, NOW + Span(5)));

        f.store.end_dect_reboot(key, Some(DectRebootStop::NotBack), NOW + Span(9)).await.unwrap();
        f.store.end_dect_reboot(key, None, NOW + Span(10)).await.unwrap();
        assert!(!f.store.update_dect_reboot_base(key, b.key, reboot, NOW).await.unwrap(), "it is over");
        let run = f.store.find_dect_reboot(id).await.unwrap().unwrap();
        assert_eq!(
            (run.state, run.stop, run.updated_at),
            (DectRebootState::Stopped, Some(DectRebootStop::NotBack), NOW + Span(9))
        );

        // What an earlier life of the program left is stopped, and nothing else is touched.
        let (second, _) = insert().await.unwrap();
        assert_eq!(f.store.interrupt_dect_reboots(NOW, NOW + Span(20)).await.unwrap(), 0, "it is ours");
        assert_eq!(f.store.interrupt_dect_reboots(NOW + Span(1), NOW + Span(20)).await.unwrap(), 1);
        let run = f.store.find_dect_reboot(second).await.unwrap().unwrap();
        assert_eq!((run.state, run.stop), (DectRebootState::Stopped, Some(DectRebootStop::Interrupted)));
        assert_eq!(f.store.find_dect_reboot(id).await.unwrap().unwrap().stop, Some(DectRebootStop::NotBack));

        // It goes with its system.
        f.store.delete_dect_system(system.key, &audit).await.unwrap();
        assert_eq!(f.store.find_dect_reboot(id).await.unwrap(), None);
    })
    .await;
}
