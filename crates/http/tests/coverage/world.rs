//! One world for all rows: two providers, an operator, three customers with two sites each, and one of everything at each.
//! What belongs to whom carries a word that nothing else holds, so that one can see where it turns up.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Value, json};
use tonalite_core::access::Actor;
use tonalite_core::party::{Feature, NewParty, Party};
use tonalite_core::portal_user::{PortalUser, Role};
use tonalite_core::secret::Secret;
use tonalite_core::site::{NewSite, Site};
use tonalite_testkit::{Answer, PASSWORD, TestPortal, Visitor};

pub(crate) use crate::parties::Of;
use Of::{A, B, C, FirstOfA, Operator, OtherProvider, Platform, Provider, SecondOfA};

/// An id that nothing has.
pub(crate) const ABSENT: &str = "019b0000-0000-7000-8000-000000000000";

pub(crate) const ROLES: [Role; 4] = [Role::Viewer, Role::Support, Role::Manager, Role::Admin];

/// Ids of one's things by their nouns, as rows name them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Things(pub(crate) BTreeMap<&'static str, String>);

impl Things {
    pub(crate) fn with(mut self, noun: &'static str, id: impl ToString) -> Things {
        self.0.insert(noun, id.to_string());
        self
    }

    /// The same with one thing of somebody else.
    pub(crate) fn with_that_of(&self, noun: &'static str, others: &Things) -> Things {
        self.clone().with(noun, &others.0[noun])
    }

    pub(crate) fn with_absent(&self, noun: &'static str) -> Things {
        self.clone().with(noun, ABSENT)
    }
}

pub(crate) struct World {
    pub(crate) portal: TestPortal,
    people: BTreeMap<(Of, &'static str), (String, Visitor)>,
    pub(crate) things: BTreeMap<Of, Things>,
    /// What must not be seen by whom it does not belong to.
    pub(crate) canaries: BTreeMap<Of, Vec<String>>,
    next: AtomicU32,
}

impl World {
    pub(crate) async fn make() -> World {
        World::with(&ROLES).await
    }

    /// The same with administrators alone: each sign-in takes its time.
    pub(crate) async fn of_admins() -> World {
        World::with(&[Role::Admin]).await
    }

    /// The same with these roles; there is always an administrator.
    pub(crate) async fn with(roles: &[Role]) -> World {
        let portal = TestPortal::start().await;
        let tree = portal.tree.clone();
        let other_provider = below(&portal, &tree.platform, "provider", OtherProvider).await;
        let customer_c = below(&portal, &other_provider, "customer", C).await;
        let mut world = World {
            portal,
            people: BTreeMap::new(),
            things: BTreeMap::new(),
            canaries: BTreeMap::new(),
            next: AtomicU32::new(1),
        };
        for (of, party) in [
            (Platform, &tree.platform),
            (Provider, &tree.provider),
            (Operator, &tree.operator),
            (A, &tree.a.party),
            (FirstOfA, &tree.a.party),
            (B, &tree.b.party),
            (OtherProvider, &other_provider),
            (C, &customer_c),
        ] {
            for &role in roles {
                world.hire(of, role, party, &tree.a.sites[0]).await;
            }
            let things = world.things.remove(&of).unwrap_or_default();
            world.things.insert(of, things.with("party", party.id));
        }
        for (of, parent) in [(A, &tree.operator), (B, &tree.provider), (C, &other_provider)] {
            let things = world.things.remove(&of).unwrap().with("parent", parent.id);
            world.things.insert(of, things);
        }
        world.switch(&tree.provider, &tree.operator, &other_provider).await;
        let sites_of_c = [world.site(&customer_c, "c1").await, world.site(&customer_c, "c2").await];
        for (of, site) in
            [(A, &tree.a.sites[0]), (SecondOfA, &tree.a.sites[1]), (B, &tree.b.sites[0]), (C, &sites_of_c[0])]
        {
            world.plant(of, site).await;
        }
        world.rename(&tree).await;
        world
    }

    /// What was called by common words gets names that can be told.
    async fn rename(&self, tree: &tonalite_testkit::Tree) {
        let admin = self.person(Platform, Role::Admin);
        for (of, party) in
            [(Provider, &tree.provider), (Operator, &tree.operator), (A, &tree.a.party), (B, &tree.b.party)]
        {
            let body = json!({ "name": format!("{} party", of.word()) });
            expect(admin.patch(&format!("/api/v1/parties/{}", party.id), body).await, 200);
        }
        for (of, site, n) in [
            (A, &tree.a.sites[0], 1),
            (SecondOfA, &tree.a.sites[1], 2),
            (B, &tree.b.sites[0], 1),
            (B, &tree.b.sites[1], 2),
        ] {
            let body = json!({ "name": format!("{} site {n}", of.word()) });
            expect(admin.patch(&format!("/api/v1/sites/{}", site.id), body).await, 200);
        }
    }

    async fn switch(&self, provider: &Party, operator: &Party, other_provider: &Party) {
        for party in [provider, operator, other_provider] {
            self.portal.switch(party.id, Feature::LineStateExport, Some(true)).await;
        }
    }

    async fn site(&self, customer: &Party, name: &str) -> Site {
        let system = Actor::system();
        let name = format!("Cobalt site {name}");
        let new = NewSite::parse(&name, None, Some("Europe/Paris"), None, |_| true).unwrap();
        let customer = system.manage(customer.clone()).unwrap();
        self.portal.app.create_site(&system, customer, new, self.portal.now()).await.unwrap()
    }

    /// Makes a portal user and signs it in, as people do it.
    async fn hire(&mut self, of: Of, role: Role, party: &Party, first_site: &Site) {
        let from = if of == FirstOfA { "narrowed" } else { of.word() };
        let username = format!("{from}-{}", role.as_str()).to_lowercase();
        let user = portal_user(&self.portal, party, &username, role).await;
        if of == FirstOfA {
            self.portal.narrow(&user, &[first_site]).await;
        }
        if role == Role::Admin && [A, B, C].contains(&of) {
            let things = self.things.remove(&of).unwrap_or_default();
            self.things.insert(of, things.with("portal_user", user.id));
        }
        let visitor = sign_in(&self.portal, &username).await;
        self.people.insert((of, role.as_str()), (username, visitor));
    }

    pub(crate) fn person(&self, of: Of, role: Role) -> Visitor {
        self.people[&(of, role.as_str())].1.clone()
    }

    /// The values of all session cookies.
    pub(crate) fn cookies(&self) -> Vec<String> {
        let cookies = self.people.values().filter_map(|(_, visitor)| visitor.header(&header::COOKIE));
        cookies.map(|cookie| cookie.split_once('=').unwrap().1.to_owned()).collect()
    }

    /// The same person in a session of its own.
    pub(crate) async fn anew(&self, of: Of, role: Role) -> Visitor {
        sign_in(&self.portal, &self.people[&(of, role.as_str())].0).await
    }

    pub(crate) fn anonymous(&self) -> Visitor {
        self.portal.anonymous()
    }

    /// A number that was not given before: four digits.
    pub(crate) fn number(&self) -> u32 {
        3000 + self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// One of everything at a site, all with the owner's word in its name.
    async fn plant(&mut self, of: Of, site: &Site) {
        let whose = if of == SecondOfA { A } else { of };
        let (word, owner) = (of.word(), self.person(whose, Role::Admin));
        let party = self.things[&whose].0["party"].clone();
        let n = self.number();
        let mac = format!("0015652{n:05}");
        let api = |path: &str| format!("/api/v1/{path}");
        let user = json!({ "site_id": site.id.to_string(), "name": format!("{word} user"), "extension": n.to_string() });
        let user = id(&expect(owner.post(&api("users"), user).await, 201));
        let device = json!({
            "site_id": site.id.to_string(), "device_type_id": "yealink-t54w", "mac": mac, "name": format!("{word} phone"),
        });
        let device = id(&expect(owner.post(&api("devices"), device).await, 201));
        let line = json!({ "user_id": user });
        expect(owner.put(&api(&format!("devices/{device}/lines/1/user")), line).await, 200);
        let reboot =
            id(&expect(owner.post(&api(&format!("devices/{device}/reboots")), json!({})).await, 202));
        let base_mac = format!("0004132{n:05}");
        let base = json!({ "site_id": site.id.to_string(), "device_type_id": "snom-m700", "mac": base_mac });
        let base = id(&expect(owner.post(&api("devices"), base).await, 201));
        let system = json!({ "party_id": party, "name": format!("{word} wards"), "device_ids": [base] });
        let dect_system = id(&expect(owner.post(&api("dect-systems"), system).await, 201));
        let dect_reboot = id(&expect(
            owner.post(&api(&format!("dect-systems/{dect_system}/reboots")), json!({})).await,
            202,
        ));
        let mut things = self.things.remove(&of).unwrap_or_default();
        if of != SecondOfA {
            let token = json!({ "name": format!("{word} script") });
            let token = id(&expect(owner.post(&api("tokens"), token).await, 201));
            let export = json!({ "party_id": party });
            let export = id(&expect(owner.post(&api("exports/line-states"), export).await, 202));
            self.portal.advance_exports(tonalite_core::time::Span::from_secs(30));
            let file = format!("mac,device_type,site,name\n{mac},Yealink T54W,{},{word} row\n", site.name);
            let import = self.import(&owner, &party, file).await;
            things = things.with("token", token).with("export", export).with("import", import);
        }
        let ids = [&user, &device, &reboot, &base, &dect_system, &dect_reboot];
        let known = self.canaries.entry(of).or_default();
        known.extend(ids.into_iter().cloned());
        known.extend([shown(&mac), shown(&base_mac), site.id.to_string(), mac, base_mac, word.to_owned()]);
        if of != SecondOfA {
            known.push(party);
        }
        let things = things
            .with("site", site.id)
            .with("user", user)
            .with("device", device)
            .with("reboot", reboot)
            .with("base", base)
            .with("dect_system", dect_system)
            .with("dect_reboot", dect_reboot);
        self.things.insert(of, things);
    }

    /// An import, carried on until it waits for somebody.
    async fn import(&self, who: &Visitor, party: &str, file: String) -> String {
        let path = format!("/api/v1/imports?party_id={party}");
        let answer = who.send(Method::POST, &path, Some("text/csv"), Body::from(file)).await;
        let id = id(&expect(answer, 202));
        self.carry_on(&id).await;
        id
    }

    pub(crate) async fn carry_on(&self, import: &str) {
        let clock = self.portal.clock.clone();
        self.portal.app.drive_import(import.parse().unwrap(), clock.as_ref()).await.unwrap();
    }

    /// The things of customer A, with one made anew: for a call that takes it away.
    pub(crate) async fn fresh(&self, noun: &str, things: &Things) -> Things {
        let site = &self.portal.tree.a.sites[0];
        let owner = self.person(A, Role::Admin);
        let n = self.number();
        let base =
            async || self.portal.add_device(site, "snom-m700", Some(&format!("0004133{n:05}"))).await.id;
        let import = async || {
            let file = format!("mac,device_type,site\n0015653{n:05},Yealink T54W,{} site 1\n", A.word());
            self.import(&owner, &things.0["party"], file).await
        };
        let made = things.clone();
        match noun {
            "" | "token" | "session" | "export" => made,
            "device" => {
                let device =
                    self.portal.add_device(site, "yealink-t54w", Some(&format!("0015654{n:05}"))).await;
                let user = self.portal.add_user(site, "Somebody", &n.to_string()).await;
                self.portal.assign_line(&device, 1, &user).await;
                made.with("device", device.id)
            }
            "site" => {
                let body = json!({ "party_id": things.0["party"], "name": format!("Site {n}") });
                made.with("site", id(&expect(owner.post("/api/v1/sites", body).await, 201)))
            }
            "user" => made.with("user", self.portal.add_user(site, "Somebody", &n.to_string()).await.id),
            "portal_user" => {
                let party = &self.portal.tree.a.party;
                let user = portal_user(&self.portal, party, &format!("leaver-{n}"), Role::Viewer).await;
                made.with("portal_user", user.id)
            }
            "base" => made.with("base", base().await),
            "dect_system" => {
                let base = base().await;
                let body = json!({ "party_id": things.0["party"], "name": "Some", "device_ids": [base.to_string()] });
                let system = id(&expect(owner.post("/api/v1/dect-systems", body).await, 201));
                made.with("dect_system", system).with("base", base)
            }
            "import" => made.with("import", import().await),
            "applied_import" => {
                let import = import().await;
                let path = format!("/api/v1/imports/{import}/apply");
                expect(owner.post(&path, json!({})).await, 202);
                self.carry_on(&import).await;
                made.with("import", import)
            }
            other => panic!("no row can have a fresh {other}: make one here"),
        }
    }

    /// Fails when an answer tells something that its asker must not see; what was sent may come back.
    pub(crate) fn check_nothing_of_others(&self, asker: Option<Of>, what: &str, answer: &Answer, sent: &str) {
        let others = asker.map_or(Of::ALL.to_vec(), Of::foreign_to);
        let mut text = answer.text();
        for (name, value) in &answer.headers {
            text += &format!("\n{name}: {}", String::from_utf8_lossy(value.as_bytes()));
        }
        for of in others {
            let people = self
                .people
                .iter()
                .filter(|((whose, _), _)| *whose == of && !asker.is_some_and(|asker| of.is_above(asker)));
            let names = people.map(|(_, (username, _))| username);
            for canary in self.canaries.get(&of).into_iter().flatten().chain(names) {
                let told = text.contains(canary.as_str()) && !sent.contains(canary.as_str());
                assert!(!told, "{what} tells {asker:?} {canary:?}, which is {of:?}'s: {text}");
            }
        }
    }

    /// How many acts are in the audit log.
    pub(crate) async fn audited(&self) -> usize {
        self.portal.dump(|table| table == "audit").await.len()
    }

    /// All that is stored but what every request leaves behind: refusals in the audit log, and when somebody was last seen.
    pub(crate) async fn stored(&self) -> Vec<String> {
        self.portal.dump(|table| !["audit", "session", "api_token"].contains(&table)).await
    }
}

/// An address as people read it.
fn shown(mac: &str) -> String {
    let pairs: Vec<&str> = (0..6).map(|at| &mac[at * 2..at * 2 + 2]).collect();
    pairs.join(":")
}

async fn below(portal: &TestPortal, parent: &Party, kind: &str, of: Of) -> Party {
    let system = Actor::system();
    let parent = system.administer(parent.clone()).unwrap();
    let new = NewParty::parse(kind, &format!("{} party", of.word()), None).unwrap();
    portal.app.create_party(&system, parent, new, portal.now()).await.unwrap()
}

async fn portal_user(portal: &TestPortal, party: &Party, username: &str, role: Role) -> PortalUser {
    let system = Actor::system();
    let party = system.administer(party.clone()).unwrap();
    let password = Secret::new(PASSWORD.to_owned());
    portal.app.create_portal_user(&system, party, username, password, role, None, portal.now()).await.unwrap()
}

async fn sign_in(portal: &TestPortal, username: &str) -> Visitor {
    let visitor = portal.anonymous();
    let body = json!({ "username": username, "password": PASSWORD });
    let answer = expect(visitor.post("/api/v1/session", body).await, 204);
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    visitor.with(header::COOKIE, &cookie)
}

#[track_caller]
pub(crate) fn expect(answer: Answer, status: u16) -> Answer {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    answer
}

pub(crate) fn id(answer: &Answer) -> String {
    let document: Value = answer.json();
    document["id"].as_str().unwrap_or_else(|| panic!("no id in {document}")).to_owned()
}
