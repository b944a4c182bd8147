//! What a reading of the log is narrowed to, and what of it can be forgotten.

use serde_json::json;
use tonalite_core::access::{Actor, Identity};
use tonalite_core::audit::{Action, ActionFilter, AuditFilter, ByWhom, Outcome};
use tonalite_core::page::Page;
use tonalite_core::portal_user::Role;
use tonalite_core::search::Search;
use tonalite_core::time::Span;
use tonalite_store::AuditRecord;
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW, limit, pages};
use crate::raw;

#[tokio::test]
async fn each_filter_lets_through_what_it_says() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let anne = f.portal_user(&f.customer, "anne", Role::Admin).await.unwrap();
        let person = f.store.find_portal_user(anne).await.unwrap().unwrap();
        let thing = f.uuid();
        let acts = [
            (Identity::CommandLine, Action::DeviceCreate, "ok", json!({ "mac": "001565abcdef" })),
            (Identity::PortalUser(anne, person.id), Action::DeviceDelete, "forbidden", json!({})),
            (Identity::System, Action::SessionCreate, "unauthenticated", json!({ "username": "mallory" })),
        ];
        for (n, (identity, action, result, detail)) in (1..).zip(acts) {
            let mut record = AuditRecord::new(
                &Actor::system(),
                f.customer.key,
                f.customer.tenancy,
                action,
                NOW + Span(n * 1000),
            );
            record.identity = identity;
            record.result = result;
            f.store.add_audit(&record.on("device", thing).detail(detail)).await.unwrap();
        }
        let mark = AuditFilter { target: Some(thing), ..AuditFilter::default() };
        let search = |text: &str| Search::parse(text).unwrap();
        for (filter, expected) in [
            (AuditFilter { ..mark.clone() }, "session.create device.delete device.create"),
            (AuditFilter { by: Some(ByWhom::CommandLine), ..mark.clone() }, "device.create"),
            (AuditFilter { by: Some(ByWhom::System), ..mark.clone() }, "session.create"),
            (AuditFilter { by: Some(ByWhom::Person(Some(anne))), ..mark.clone() }, "device.delete"),
            (AuditFilter { by: Some(ByWhom::Person(None)), ..mark.clone() }, ""),
            (
                AuditFilter { action: ActionFilter::parse("devices"), ..mark.clone() },
                "device.delete device.create",
            ),
            (AuditFilter { action: ActionFilter::parse("device.create"), ..mark.clone() }, "device.create"),
            (AuditFilter { outcome: Some(Outcome::Ok), ..mark.clone() }, "device.create"),
            (AuditFilter { outcome: Some(Outcome::Refused), ..mark.clone() }, "session.create device.delete"),
            (AuditFilter { from: Some(NOW + Span(2000)), ..mark.clone() }, "session.create device.delete"),
            (AuditFilter { to: Some(NOW + Span(2000)), ..mark.clone() }, "device.create"),
            (AuditFilter { search: search("00:15:65:ab"), ..mark.clone() }, "device.create"),
            (AuditFilter { search: search("MALLORY"), ..mark.clone() }, "session.create"),
            (AuditFilter { search: search("anne"), ..mark.clone() }, "device.delete"),
            (AuditFilter { search: search("nobody"), ..mark.clone() }, ""),
        ] {
            let read = async |after: Option<_>| {
                let page =
                    f.store.page_audit(&Actor::system(), Some(&filter), limit(1), after.as_ref()).await?;
                Ok(Page { items: page.items, next: page.next })
            };
            let found: Vec<String> = pages(read).await.concat().into_iter().map(|row| row.action).collect();
            assert_eq!(found.join(" "), expected, "{filter:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_person_is_forgotten_and_the_seals_hold() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let user = f.user(&site, "100").await.unwrap();
        let named = |action, detail| f.audit_of(action).on("user", user.id.uuid()).detail(detail);
        let said = json!({ "name": { "before": "Anne", "after": "Anna" }, "site": "Lyon" });
        f.store.add_audit(&named(Action::UserCreate, said.clone())).await.unwrap();
        f.store.seal_audit(NOW).await.unwrap();
        let newest = async || {
            let page = f.store.page_audit(&Actor::system(), None, limit(1), None).await.unwrap();
            page.items[0].clone()
        };
        assert_eq!(newest().await.detail, said);
        assert_eq!(f.store.find_user_traces(&user).await.unwrap().mentions.len(), 1);

        let device = f.device(&site, 1).await;
        let line = f.line(&device, 1, &user).await;
        let refused =
            f.store.erase_user(&user, &named(Action::UserErase, json!({}))).await.expect_err("a line");
        assert_eq!(refused.code(), "user_has_lines");
        f.store.delete_line(&line, &f.audit(&f.customer)).await.unwrap();
        f.store.erase_user(&user, &named(Action::UserErase, json!({}))).await.unwrap();
        assert_eq!(f.store.find_user(user.id).await.unwrap(), None);
        let left =
            raw::number(&f.location, "SELECT count(*) FROM audit_personal WHERE detail LIKE '%Ann%'").await;
        let hashed = raw::number(&f.location, "SELECT count(*) FROM audit WHERE detail LIKE '%Ann%'").await;
        assert_eq!((left, hashed), (0, 0));
        assert_eq!(f.store.verify_audit().await.unwrap().faults, []);
        assert!(f.store.erase_user(&user, &named(Action::UserErase, json!({}))).await.is_err(), "only once");
    })
    .await;
}

#[tokio::test]
async fn somebody_who_signed_in_is_forgotten_but_not_taken_for_another() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let anne = f.portal_user(&f.customer, "anne", Role::Admin).await.unwrap();
        let user = f.store.find_portal_user(anne).await.unwrap().unwrap();
        let mut act = f.audit_of(Action::SiteCreate);
        act.identity = Identity::PortalUser(anne, user.id);
        f.store.add_audit(&act).await.unwrap();
        assert_eq!(f.store.find_portal_user_traces(&user).await.unwrap().acts, 1);

        let audit = f.audit_of(Action::PortalUserErase).on("portal_user", user.id.uuid());
        f.store.erase_portal_user(&user, NOW, &audit).await.unwrap();
        assert!(f.store.find_portal_user_by_id(user.id).await.unwrap().is_none());
        let by = AuditFilter { by: Some(ByWhom::Person(Some(anne))), ..AuditFilter::default() };
        let row =
            f.store.page_audit(&Actor::system(), Some(&by), limit(9), None).await.unwrap().items.remove(0);
        assert_eq!((row.actor, row.actor_name), (user.id.to_string(), None));
        let again = f.portal_user(&f.customer, "anne", Role::Viewer).await.unwrap();
        assert_ne!(again, anne, "the name is free for somebody else, who is somebody else");
        let listed = f.store.page_portal_users(&Actor::system(), None, limit(9), None).await.unwrap();
        assert_eq!(listed.items.into_iter().map(|user| user.key).collect::<Vec<_>>(), [again]);
    })
    .await;
}
