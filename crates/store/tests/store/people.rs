//! Portal users, their sessions and tokens.

use tonalite_core::Error;
use tonalite_core::access::{Actor, Scope};
use tonalite_core::id::{PortalUserKey, TokenId};
use tonalite_core::portal_user::{Role, Username};
use tonalite_core::text::Language;
use tonalite_core::time::Span;
use tonalite_store::{SessionInsert, TokenInsert};
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW, limit, pages};
use crate::raw;

#[tokio::test]
async fn a_name_is_given_once_in_the_installation() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        assert!(!f.store.has_portal_users().await.unwrap());
        let key = f.portal_user(&f.customer, "anne", Role::Manager).await.unwrap();
        assert!(f.store.has_portal_users().await.unwrap());
        let taken = f.portal_user(&f.other, "ANNE", Role::Viewer).await;
        let Err(Error::Taken(field)) = taken else { panic!("{taken:?}") };
        assert_eq!((field.field.as_str(), field.code), ("username", "username_taken"));

        let user = f.store.find_portal_user(key).await.unwrap().unwrap();
        assert_eq!((user.username.as_str(), user.role, user.language), ("anne", Role::Manager, None));
        assert_eq!((user.party_id, user.party_name.as_str()), (f.customer.id, "Customer"));
        let by_name = f.store.find_portal_user_by_name(&Username::parse("Anne").unwrap()).await.unwrap();
        assert_eq!(by_name, Some(user));
        let hash = f.store.find_password_hash(key).await.unwrap().unwrap();
        assert_eq!(hash.expose(), "hash");
        assert!(f.store.find_password_hash(PortalUserKey(1_000_000)).await.unwrap().is_none());
        assert_eq!(f.store.find_portal_user(PortalUserKey(1_000_000)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn portal_users_are_listed_by_name_within_the_subtree() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        for (party, name) in
            [(&f.customer, "claire"), (&f.other, "bob"), (&f.customer, "anne"), (&f.provider, "dora")]
        {
            f.portal_user(party, name, Role::Viewer).await.unwrap();
        }
        let listed = async |actor: Actor, below: Option<Scope>| {
            let read = async |after: Option<_>| {
                f.store.page_portal_users(&actor, below, limit(2), after.as_ref()).await
            };
            let users = pages(read).await.concat();
            users.into_iter().map(|user| user.username).collect::<Vec<_>>()
        };
        assert_eq!(listed(Actor::system(), None).await, ["anne", "bob", "claire", "dora"]);
        assert_eq!(listed(f.actor(&f.customer), None).await, ["anne", "claire"]);
        let below = Scope { kind: f.customer.kind, party: f.customer.key };
        assert_eq!(listed(Actor::system(), Some(below)).await, ["anne", "claire"]);
        assert_eq!(listed(f.actor(&f.other), Some(below)).await, [""; 0], "a foreign subtree is empty");
    })
    .await;
}

#[tokio::test]
async fn language_and_narrowing_are_kept() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let key = f.portal_user(&f.customer, "anne", Role::Viewer).await.unwrap();
        f.store.set_portal_user_language(key, Language::French, &f.audit(&f.customer)).await.unwrap();
        assert_eq!(f.store.find_portal_user(key).await.unwrap().unwrap().language, Some(Language::French));

        let site = f.site(&f.customer, "Lyon").await.unwrap();
        assert_eq!(f.store.find_sites_of_portal_user(key).await.unwrap(), None, "no row is no narrowing");
        let row = format!("INSERT INTO portal_user_site VALUES ({}, {})", key.0, site.key.0);
        raw::execute(&f.location, &row).await;
        assert_eq!(f.store.find_sites_of_portal_user(key).await.unwrap(), Some(vec![site.key]));
    })
    .await;
}

#[tokio::test]
async fn sessions_open_are_seen_and_end() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let key = f.portal_user(&f.customer, "anne", Role::Viewer).await.unwrap();
        let audit = f.audit(&f.customer);
        let open = async |id_hash: &[u8], now| {
            let address = Some("192.0.2.1".to_owned());
            let insert = SessionInsert { id_hash, portal_user: key, now, address, user_agent: Some("test") };
            f.store.insert_session(&insert, &audit).await.unwrap();
        };
        open(b"one", NOW).await;
        open(b"two", NOW + Span::from_mins(1)).await;
        let seen_at = async |id: &[u8]| {
            f.store.find_session(id).await.unwrap().map(|row| (row.portal_user, row.created_at, row.seen_at))
        };
        assert_eq!(seen_at(b"one").await, Some((key, NOW, NOW)));
        let later = NOW + Span::from_mins(10);
        f.store.touch_session(b"one", later).await.unwrap();
        assert_eq!(seen_at(b"one").await, Some((key, NOW, later)));
        assert_eq!(f.store.find_session(b"three").await.unwrap(), None);

        // Opened too long ago; then unused too long.
        f.store.delete_old_sessions(NOW, NOW + Span::from_mins(5)).await.unwrap();
        assert_eq!(f.store.find_session(b"two").await.unwrap(), None, "not seen since");
        assert!(f.store.find_session(b"one").await.unwrap().is_some());
        f.store.delete_old_sessions(NOW + Span(1), NOW).await.unwrap();
        assert_eq!(f.store.find_session(b"one").await.unwrap(), None, "too old, though just seen");

        open(b"four", NOW).await;
        f.store.delete_session(b"four", Some(&audit)).await.unwrap();
        assert_eq!(f.store.find_session(b"four").await.unwrap(), None);
        f.store.delete_session(b"four", None).await.expect("gone already is what is wanted");
    })
    .await;
}

#[tokio::test]
async fn tokens_are_found_by_hash_and_withdrawn_by_their_owner() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let anne = f.portal_user(&f.customer, "anne", Role::Manager).await.unwrap();
        let bob = f.portal_user(&f.customer, "bob", Role::Manager).await.unwrap();
        let audit = f.audit(&f.customer);
        let make = async |portal_user, name: &str, expires_at| {
            let id = TokenId::from_uuid(f.uuid());
            let token_hash = name.as_bytes();
            let insert =
                TokenInsert { id, portal_user, name, token_hash, role: Role::Support, now: NOW, expires_at };
            f.store.insert_token(&insert, &audit).await.unwrap();
            id
        };
        let expires = Some(NOW + Span::from_hours(1));
        let first = make(anne, "first", expires).await;
        make(bob, "bobs", None).await;
        make(anne, "second", None).await;
        make(anne, "third", None).await;

        let token = f.store.find_token(b"first").await.unwrap().unwrap();
        assert_eq!((token.id, token.portal_user, token.name.as_str()), (first, anne, "first"));
        assert_eq!(
            (token.role, token.created_at, token.expires_at, token.used_at),
            (Role::Support, NOW, expires, None)
        );
        f.store.touch_token(token.key, NOW + Span(5)).await.unwrap();
        assert_eq!(f.store.find_token(b"first").await.unwrap().unwrap().used_at, Some(NOW + Span(5)));
        assert_eq!(f.store.find_token(b"none").await.unwrap(), None);

        let read = async |after: Option<_>| f.store.page_tokens(anne, limit(2), after.as_ref()).await;
        let found = pages(read).await;
        let names: Vec<Vec<&str>> =
            found.iter().map(|page| page.iter().map(|token| token.name.as_str()).collect()).collect();
        assert_eq!(names, [vec!["first", "second"], vec!["third"]]);

        let foreign = f.store.delete_token(bob, first, &audit).await;
        assert!(matches!(foreign, Err(Error::NotFound)), "{foreign:?}");
        f.store.delete_token(anne, first, &audit).await.unwrap();
        assert_eq!(f.store.find_token(b"first").await.unwrap(), None);
        assert!(matches!(f.store.delete_token(anne, first, &audit).await, Err(Error::NotFound)));
    })
    .await;
}
