//! A small tree in an empty store, and short ways to add to it:
//! a provider, its operator with a customer, and another customer directly below the provider.

use std::sync::Arc;

use tonalite_core::Result;
use tonalite_core::access::{Actor, Scope};
use tonalite_core::audit::Action;
use tonalite_core::device::{Device, Labels, NewDevice};
use tonalite_core::id::{
    DeviceId, DeviceKey, LineId, LineKey, PartyId, PortalUserId, PortalUserKey, SiteId, UserId,
};
use tonalite_core::line::{Algorithms, Line, LineUse, SipIdentity};
use tonalite_core::mac::Mac;
use tonalite_core::page::{Cursor, Limit, Page};
use tonalite_core::party::{Party, PartyKind, SipDomain};
use tonalite_core::portal_user::{Role, Username};
use tonalite_core::registration::{DeviceRef, LineRef, SealedSecret};
use tonalite_core::site::{NewSite, Site};
use tonalite_core::time::Timestamp;
use tonalite_core::user::{NewUser, User};
use tonalite_core::world::new_id;
use tonalite_store::{AuditRecord, DeviceInsert, LineInsert, Location, PortalUserInsert, Store};
use tonalite_testkit::{SeededEntropy, VirtualClock};
use uuid::Uuid;

/// When everything happens that says nothing else.
pub(crate) const NOW: Timestamp = VirtualClock::START;

/// An opened store with a tree.
pub(crate) struct Fixture {
    pub(crate) store: Arc<Store>,
    pub(crate) location: Location,
    pub(crate) platform: Party,
    pub(crate) provider: Party,
    pub(crate) operator: Party,
    /// Below the operator.
    pub(crate) customer: Party,
    /// Below the provider itself.
    pub(crate) other: Party,
    entropy: Arc<SeededEntropy>,
}

impl Fixture {
    pub(crate) async fn new(location: Location) -> Fixture {
        let store = Arc::new(Store::open(&location).await.unwrap());
        let entropy = SeededEntropy::new(1);
        let platform = store.find_party(PartyId::PLATFORM).await.unwrap().unwrap();
        let mut fixture = Fixture {
            provider: platform.clone(),
            operator: platform.clone(),
            customer: platform.clone(),
            other: platform.clone(),
            platform,
            store,
            location,
            entropy,
        };
        let domain = SipDomain::parse("sip.example.net").unwrap();
        let root = fixture.platform.clone();
        fixture.provider =
            fixture.party(PartyKind::Provider, &root, "Provider", Some(&domain)).await.unwrap();
        let provider = fixture.provider.clone();
        fixture.operator = fixture.party(PartyKind::Operator, &provider, "Operator", None).await.unwrap();
        let operator = fixture.operator.clone();
        fixture.customer = fixture.party(PartyKind::Customer, &operator, "Customer", None).await.unwrap();
        fixture.other = fixture.party(PartyKind::Customer, &provider, "Other", None).await.unwrap();
        fixture
    }

    /// Closes the store in good order and opens it again.
    pub(crate) async fn reopen(mut self) -> Fixture {
        self.store.close().await;
        let location = self.location.clone();
        drop(Arc::into_inner(self.store).expect("somebody still holds the store"));
        self.store = Arc::new(Store::open(&location).await.unwrap());
        self
    }

    pub(crate) fn uuid(&self) -> Uuid {
        new_id(NOW, self.entropy.as_ref())
    }

    /// Somebody with all rights on a party's subtree.
    pub(crate) fn actor(&self, party: &Party) -> Actor {
        Actor { scope: Scope { kind: party.kind, party: party.key }, ..Actor::system() }
    }

    /// A record of an act on behalf of a party.
    pub(crate) fn audit(&self, party: &Party) -> AuditRecord {
        AuditRecord::new(&Actor::system(), party.key, party.tenancy, Action::FleetCreate, NOW)
    }

    /// A record of this act of the program, for the customer.
    pub(crate) fn audit_of(&self, action: Action) -> AuditRecord {
        AuditRecord::new(&Actor::system(), self.customer.key, self.customer.tenancy, action, NOW)
    }

    pub(crate) async fn party(
        &self,
        kind: PartyKind,
        parent: &Party,
        name: &str,
        domain: Option<&SipDomain>,
    ) -> Result<Party> {
        let id = PartyId::from_uuid(self.uuid());
        self.store.insert_party(id, kind, parent, name, domain, None, NOW, self.audit(parent)).await
    }

    pub(crate) async fn site(&self, customer: &Party, name: &str) -> Result<Site> {
        let id = SiteId::from_uuid(self.uuid());
        self.store.insert_site(id, customer, &new_site(name), NOW, &self.audit(customer)).await
    }

    /// `None`: the address is taken.
    pub(crate) async fn try_device(
        &self,
        site: &Site,
        device_type: &str,
        mac: Option<u64>,
    ) -> Result<Option<DeviceKey>> {
        let device = new_device(device_type, mac);
        let id = DeviceId::from_uuid(self.uuid());
        let insert = DeviceInsert { id, site, device: &device, lines_total: 4, now: NOW };
        self.store.insert_device(&insert, &self.audit(&self.customer)).await
    }

    pub(crate) async fn device(&self, site: &Site, mac: u64) -> Device {
        self.device_of_type(site, "yealink-t54w", Some(mac)).await
    }

    pub(crate) async fn device_of_type(&self, site: &Site, device_type: &str, mac: Option<u64>) -> Device {
        let key = self.try_device(site, device_type, mac).await.unwrap().expect("the address is taken");
        self.read(key).await.expect("what was added is there")
    }

    /// A device by its key, the long way: keys have no reader of their own.
    pub(crate) async fn read(&self, key: DeviceKey) -> Option<Device> {
        let limit = Limit::parse("200").unwrap();
        let filter = tonalite_core::filter::DeviceFilter::default();
        let page = self.store.page_devices(&Actor::system(), &filter, limit, None, NOW, NOW).await.unwrap();
        assert_eq!(page.next, None, "more devices than this reads");
        page.items.into_iter().find(|device| device.key == key)
    }

    pub(crate) async fn user(&self, site: &Site, extension: &str) -> Result<User> {
        let new = NewUser::parse("Anne", extension, None, None, None)?;
        let id = UserId::from_uuid(self.uuid());
        self.store.insert_user(id, site, &new, NOW, &self.audit(&self.customer)).await
    }

    /// `None`: the port is taken.
    pub(crate) async fn try_line(&self, device: &Device, port: u16, user: &User) -> Result<Option<LineKey>> {
        let id = LineId::from_uuid(self.uuid());
        let sip = SipIdentity {
            username: format!("u{}", id.uuid().simple()),
            domain: SipDomain::parse("sip.example.net").unwrap(),
            algorithms: Algorithms::default(),
        };
        let insert = LineInsert {
            id,
            device,
            port,
            user,
            line_use: LineUse::Primary,
            sip: &sip,
            secret: &SealedSecret(vec![1, 2, 3]),
            now: NOW,
        };
        self.store.insert_line(&insert, &self.audit(&self.customer)).await
    }

    pub(crate) async fn line(&self, device: &Device, port: u16, user: &User) -> Line {
        self.try_line(device, port, user).await.unwrap().expect("the port is taken");
        self.store.find_line(device.key, port).await.unwrap().expect("what was added is there")
    }

    pub(crate) async fn portal_user(
        &self,
        party: &Party,
        username: &str,
        role: Role,
    ) -> Result<PortalUserKey> {
        let insert = PortalUserInsert {
            id: PortalUserId::from_uuid(self.uuid()),
            party: party.key,
            username: &Username::parse(username).unwrap(),
            password_hash: "hash",
            role,
            language: None,
            now: NOW,
        };
        self.store.insert_portal_user(&insert, &self.audit(party)).await
    }
}

pub(crate) fn new_site(name: &str) -> NewSite {
    NewSite::parse(name, None, None, None, |_| true).unwrap()
}

pub(crate) fn new_device(device_type: &str, mac: Option<u64>) -> NewDevice {
    NewDevice {
        mac: mac.map(|mac| Mac::from_u64(mac).unwrap()),
        device_type: device_type.to_owned(),
        labels: Labels::default(),
        critical: false,
    }
}

pub(crate) fn device_ref(device: &Device) -> DeviceRef {
    DeviceRef { key: device.key, id: device.id, site: device.site_key, tenancy: device.tenancy }
}

pub(crate) fn line_ref(device: &Device, line: &Line) -> LineRef {
    LineRef { key: line.key, id: line.id, port: line.port, device: device_ref(device) }
}

pub(crate) fn limit(rows: u16) -> Limit {
    Limit::parse(&rows.to_string()).unwrap()
}

/// Walks a list to its end, page by page; gives the pages.
pub(crate) async fn pages<T>(read: impl AsyncFn(Option<Cursor>) -> Result<Page<T>>) -> Vec<Vec<T>> {
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = read(after).await.unwrap();
        pages.push(page.items);
        assert!(pages.len() < 100, "a list without an end");
        after = page.next;
        if after.is_none() {
            return pages;
        }
        // A cursor travels as text.
        after = after.map(|cursor| Cursor::decode(&cursor.encode()).unwrap());
    }
}
