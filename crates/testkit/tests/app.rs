//! The testkit itself: its application starts, keeps what it was told over a restart, and is the same each time.

use tonalite_app::Engine;
use tonalite_core::access::Scope;
use tonalite_core::portal_user::Role;
use tonalite_core::secret::Secret;
use tonalite_testkit::{PASSWORD, TestApp, Whose, each_engine};

#[tokio::test]
async fn what_was_made_is_there_after_a_restart() {
    let mut engines = Vec::new();
    let seen = std::sync::Mutex::new(&mut engines);
    each_engine(async |location| {
        let t = TestApp::start_at(location).await;
        let site = t.tree.a.sites[0].clone();
        let device = t.add_device(&site, "yealink-t54w", Some("001565000001")).await;
        let user = t.add_user(&site, "Anne", "100").await;
        t.assign_line(&device, 1, &user).await;
        let before = t.credentials(&device, 1).await;
        seen.lock().unwrap().push(t.app.engine());
        let t = t.restart().await;
        assert_eq!(t.credentials(&device, 1).await, before);
        assert_eq!(before.2, "sip.example.net");
    })
    .await;
    assert_eq!(engines, [Engine::Sqlite, Engine::Postgres]);
}

#[tokio::test]
async fn portal_users_sign_in_with_the_password_they_have() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Manager).await;
    assert_eq!(actor.scope, Scope { kind: t.tree.a.party.kind, party: t.tree.a.party.key });
    let password = Secret::new(PASSWORD.to_owned());
    let (_, session) = t.app.sign_in("a-manager", password, None, None, t.now()).await.unwrap();
    assert_eq!(session.actor, actor);
    assert_eq!(t.portal_user(Whose::A, Role::Manager).await, session.portal_user, "made once");
}
