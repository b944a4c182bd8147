//! The audit log: written with the change or not at all, read by whom it concerns, never rewritten.

use serde_json::json;
use tonalite_core::access::{Actor, Identity, Scope};
use tonalite_core::audit::{Action, AuditFilter};
use tonalite_core::id::{PartyId, PortalUserId, TokenId};
use tonalite_core::page::Page;
use tonalite_core::party::PartyKind;
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tonalite_store::{AuditRecord, AuditRow};
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW, limit, new_site, pages};
use crate::raw;

async fn rows(f: &Fixture) -> i64 {
    raw::number(&f.location, "SELECT count(*) FROM audit").await
}

#[tokio::test]
async fn what_did_not_happen_leaves_no_row() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let user = f.user(&site, "100").await.unwrap();
        let device = f.device(&site, 1).await;
        let line = f.line(&device, 1, &user).await;
        f.portal_user(&f.customer, "anne", Role::Viewer).await.unwrap();
        let audit = f.audit(&f.customer);
        let stale =
            f.store.update_site(&site, &new_site("Lyon"), &audit).await.map(|_| site.clone()).unwrap();
        let before = rows(&f).await;

        f.site(&f.customer, "lyon").await.expect_err("taken");
        f.store.update_site(&stale, &new_site("Paris"), &audit).await.expect_err("stale");
        f.store.delete_site(&site, &audit).await.expect_err("not empty");
        f.user(&site, "100").await.expect_err("taken");
        assert_eq!(f.try_device(&site, "yealink-t54w", Some(1)).await.unwrap(), None);
        assert_eq!(f.try_line(&device, 1, &user).await.unwrap(), None);
        f.portal_user(&f.customer, "anne", Role::Viewer).await.expect_err("taken");
        f.party(PartyKind::Provider, &f.platform, "Second", f.provider.sip_domain.as_ref())
            .await
            .expect_err("taken");
        f.store
            .delete_token(tonalite_core::id::PortalUserKey(1), TokenId::from_uuid(f.uuid()), &audit)
            .await
            .expect_err("none");
        assert_eq!(rows(&f).await, before);

        f.store.delete_line(&line, &audit).await.unwrap();
        f.store.delete_device(device.key, &audit).await.unwrap();
        assert_eq!(rows(&f).await, before + 2, "and what happened leaves one");
    })
    .await;
}

/// When the log cannot be written, nothing happens.
#[tokio::test]
async fn a_change_that_cannot_be_told_is_not_made() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        raw::execute(&f.location, "ALTER TABLE audit RENAME TO audit_away").await;
        f.site(&f.customer, "Paris").await.expect_err("no log");
        f.try_device(&site, "yealink-t54w", Some(1)).await.expect_err("no log");
        f.store.delete_site(&site, &f.audit(&f.customer)).await.expect_err("no log");
        raw::execute(&f.location, "ALTER TABLE audit_away RENAME TO audit").await;

        let sites = f.store.page_sites(&Actor::system(), None, limit(50), None).await.unwrap();
        assert_eq!(sites.items, std::slice::from_ref(&site));
        assert!(f.try_device(&site, "yealink-t54w", Some(1)).await.unwrap().is_some(), "the address is free");
    })
    .await;
}

#[tokio::test]
async fn a_row_is_read_as_it_was_written() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let key = f.portal_user(&f.customer, "anne", Role::Manager).await.unwrap();
        let user = f.store.find_portal_user(key).await.unwrap().unwrap();
        let (device, token) = (f.uuid(), TokenId::from_uuid(f.uuid()));
        let mut actor = f.actor(&f.customer);
        actor.identity = Identity::Token(key, user.id, token);
        actor.address = Some("192.0.2.1".into());
        let at = NOW + Span::from_secs(1);
        let record = AuditRecord::new(&actor, f.customer.key, f.customer.tenancy, Action::DeviceCreate, at)
            .on("device", device)
            .detail(json!({ "mac": "001565abcdef", "é": null }))
            .refused("mac_taken");
        f.store.add_audit(&record).await.unwrap();
        f.store.add_audit(&f.audit(&f.platform)).await.unwrap();

        let page = f.store.page_audit(&Actor::system(), None, limit(2), None).await.unwrap();
        assert_eq!(
            page.items[0],
            AuditRow {
                at,
                actor: user.id.to_string(),
                actor_name: Some("anne".into()),
                actor_party: Some("Customer".into()),
                token_id: Some(token.uuid()),
                acting_for: None,
                party_id: f.customer.id,
                party_name: "Customer".into(),
                action: "device.create".into(),
                target_kind: Some("device".into()),
                target_id: Some(device.to_string()),
                detail: json!({ "mac": "001565abcdef", "é": null }),
                address: Some("192.0.2.1".into()),
                result: "mac_taken".into(),
            }
        );
        let other = &page.items[1];
        assert_eq!((other.actor.as_str(), other.party_id), ("system", PartyId::PLATFORM));
        assert_eq!((other.target_id.as_ref(), other.result.as_str()), (None, "ok"));
        assert_eq!(other.detail, json!({}));
    })
    .await;
}

#[tokio::test]
async fn each_reads_its_own_subtree_other_first() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let acts = [
            Action::SiteCreate,
            Action::SiteUpdate,
            Action::SiteDelete,
            Action::TokenCreate,
            Action::TokenDelete,
        ];
        let [one, two, three, four, five] = acts.map(Action::as_str);
        let parties = [&f.platform, &f.provider, &f.operator, &f.customer, &f.other];
        for (action, party) in acts.into_iter().zip(parties) {
            let mut record = f.audit(party);
            record.action = action;
            record.identity =
                Identity::PortalUser(tonalite_core::id::PortalUserKey(9), PortalUserId::from_uuid(f.uuid()));
            f.store.add_audit(&record).await.unwrap();
        }
        let actions = async |actor: Actor, below: Option<Scope>| {
            let filter = AuditFilter { party: below, ..AuditFilter::default() };
            let read = async |after: Option<_>| {
                let page = f.store.page_audit(&actor, Some(&filter), limit(3), after.as_ref()).await?;
                Ok(Page { items: page.items, next: page.next })
            };
            let rows = pages(read).await.concat();
            rows.into_iter()
                .map(|row| row.action)
                .filter(|action| acts.iter().any(|own| own.as_str() == action))
                .collect::<Vec<_>>()
        };
        assert_eq!(actions(Actor::system(), None).await, [five, four, three, two, one]);
        assert_eq!(actions(f.actor(&f.provider), None).await, [five, four, three, two]);
        assert_eq!(actions(f.actor(&f.operator), None).await, [four, three]);
        assert_eq!(actions(f.actor(&f.other), None).await, [five]);
        let below = Some(Scope { kind: PartyKind::Customer, party: f.customer.key });
        assert_eq!(actions(Actor::system(), below).await, [four]);
        assert!(actions(f.actor(&f.other), below).await.is_empty(), "a filter opens nothing");
    })
    .await;
}
