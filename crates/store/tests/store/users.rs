//! Users of sites: extensions, order, who sees them.

use tonalite_core::Error;
use tonalite_core::id::UserId;
use tonalite_core::text::Language;
use tonalite_core::user::NewUser;
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW, limit, pages};

#[tokio::test]
async fn what_is_written_is_read_back() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let new =
            NewUser::parse("Zoé", "0100", Some("+33478000000"), Some("zoe@example.net"), Some("fr")).unwrap();
        let id = UserId::from_uuid(f.uuid());
        let user = f.store.insert_user(id, &site, &new, NOW, &f.audit(&f.customer)).await.unwrap();
        assert_eq!(user.details, new);
        assert_eq!((user.site_id, user.tenancy, user.version), (site.id, site.tenancy, 1));
        assert_eq!(user.details.language, Some(Language::French));
        assert_eq!(f.store.find_user(id).await.unwrap(), Some(user));
        assert_eq!(f.store.find_user(UserId::from_uuid(f.uuid())).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_extension_is_given_once_at_a_site() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        f.user(&site, "100").await.unwrap();
        let taken = f.user(&site, "100").await;
        let Err(Error::Taken(field)) = taken else { panic!("{taken:?}") };
        assert_eq!((field.field.as_str(), field.code), ("extension", "extension_taken"));
        assert_eq!(field.args, [("value", "100".to_owned())]);
        f.user(&site, "0100").await.expect("a leading zero makes another extension");
        let paris = f.site(&f.customer, "Paris").await.unwrap();
        f.user(&paris, "100").await.expect("another site has its own");
    })
    .await;
}

#[tokio::test]
async fn a_list_ends_at_subtree_site_and_narrowing() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let lyon = f.site(&f.customer, "Lyon").await.unwrap();
        let paris = f.site(&f.customer, "Paris").await.unwrap();
        let berlin = f.site(&f.other, "Berlin").await.unwrap();
        for (site, extension) in [(&lyon, "1"), (&paris, "2"), (&berlin, "3"), (&lyon, "4"), (&lyon, "5")] {
            f.user(site, extension).await.unwrap();
        }
        let extensions = async |actor, site| {
            let read = async |after: Option<_>| {
                f.store.page_users(&actor, site, None, limit(2), after.as_ref()).await
            };
            let users = pages(read).await.concat();
            users.iter().map(|user| user.details.extension.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(extensions(f.actor(&f.platform), None).await, ["1", "2", "3", "4", "5"]);
        assert_eq!(extensions(f.actor(&f.operator), None).await, ["1", "2", "4", "5"]);
        assert_eq!(extensions(f.actor(&f.customer), Some(lyon.key)).await, ["1", "4", "5"]);
        assert!(extensions(f.actor(&f.other), Some(lyon.key)).await.is_empty(), "a filter opens nothing");
        let mut narrowed = f.actor(&f.customer);
        narrowed.sites = Some(vec![paris.key]);
        assert_eq!(extensions(narrowed, None).await, ["2"]);
    })
    .await;
}
