//! Who may import what where: as it is when it is done, and not as it was when it was asked for.

use tonalite_app::OnError;
use tonalite_core::access::Actor;
use tonalite_core::error::Error;
use tonalite_core::import::ImportState;
use tonalite_core::page::Limit;
use tonalite_core::party::Feature;
use tonalite_core::portal_user::Role;
use tonalite_testkit::{TestApp, Whose};

use crate::fixture::{ADD, AT_ONCE, HEAD, apply, carry_on, counts, device, import, rows, upload};

const ONE: &str = "001565000001;Yealink T54W;Lyon;;\n";

#[tokio::test]
async fn only_managers_of_the_customer_see_and_touch_its_imports() {
    let t = TestApp::start().await;
    let manager = t.actor(Whose::A, Role::Manager).await;
    let job = import(&t, &manager, Whose::A, ADD, &format!("{HEAD}{ONE}")).await;
    for (whose, role, code) in [
        (Whose::A, Role::Admin, "ok"),
        (Whose::Operator, Role::Manager, "ok"),
        (Whose::Platform, Role::Manager, "ok"),
        (Whose::A, Role::Support, "forbidden"),
        (Whose::A, Role::Viewer, "forbidden"),
        (Whose::B, Role::Admin, "not_found"),
        (Whose::B, Role::Viewer, "not_found"),
    ] {
        let actor = t.actor(whose, role).await;
        let said = |result: tonalite_core::Result<()>| result.map_or_else(|error| error.code(), |()| "ok");
        let results = [
            said(t.app.import(&actor, job.id).await.map(|_| ())),
            said(t.app.page_import_rows(&actor, job.id, None, None, Limit::DEFAULT).await.map(|_| ())),
            said(upload(&t, &actor, Whose::A, ADD, b"x").await.map(|_| ())),
        ];
        assert_eq!(results, [code; 3], "{whose:?} {role:?}");
        if code != "ok" {
            let results = [
                said(t.app.apply_import(&actor, job.id, OnError::Skip, t.now()).await.map(|_| ())),
                said(t.app.undo_import(&actor, job.id, t.now()).await.map(|_| ())),
                said(t.app.cancel_import(&actor, job.id, t.now()).await),
            ];
            assert_eq!(results, [code; 3], "{whose:?} {role:?}");
        }
    }
}

#[tokio::test]
async fn who_is_narrowed_to_a_site_imports_there_and_sees_no_other() {
    let t = TestApp::start().await;
    let admin = t.actor(Whose::A, Role::Admin).await;
    let others = import(&t, &admin, Whose::A, ADD, &format!("{HEAD}{ONE}")).await;
    t.add_device(&t.tree.a.sites[1], "yealink-t54w", Some("001565000009")).await;
    let mut narrowed = t.actor(Whose::A, Role::Manager).await;
    t.narrow(&t.portal_user(Whose::A, Role::Manager).await, &[&t.tree.a.sites[0]]).await;
    narrowed.sites = Some(vec![t.tree.a.sites[0].key]);
    let text = format!(
        "{HEAD}{ONE}001565000002;Yealink T54W;Paris;;\n001565000009;Yealink T54W;Lyon;;\n001565000008;Yealink T54W;Nowhere;;\n"
    );
    let job = import(&t, &narrowed, Whose::A, ADD, &text).await;
    let expected = ["2 create", "3 rejected R13", "4 rejected R07", "5 rejected R13"];
    assert_eq!(rows(&t, &narrowed, job.id, None).await, expected);
    assert!(matches!(t.app.import(&narrowed, others.id).await, Err(Error::NotFound)));
    let customer = narrowed.view(t.tree.a.party.clone()).unwrap();
    let page = t.app.page_imports(&narrowed, &customer, Limit::DEFAULT, None).await.unwrap();
    assert_eq!(page.items.iter().map(|job| job.id).collect::<Vec<_>>(), [job.id]);
}

#[tokio::test]
async fn rights_and_approvals_count_when_it_is_written() {
    let t = TestApp::start().await;
    let system = Actor::system();
    let manager = t.actor(Whose::A, Role::Manager).await;
    let job = import(&t, &manager, Whose::A, ADD, &format!("{HEAD}{ONE}")).await;
    let site = system.administer(t.tree.a.sites[0].clone()).unwrap();
    let only = vec!["yealink-t31p".to_owned()];
    t.app.set_approved_at_site(&system, site.clone(), only, t.now()).await.unwrap();
    let job = apply(&t, &manager, job.id, OnError::Abort).await;
    assert_eq!((job.state, counts(&job)), (ImportState::Planned, (0, 0, 0, 1)));
    assert_eq!(rows(&t, &manager, job.id, None).await, ["2 rejected R11"]);
    let read_now = import(&t, &manager, Whose::A, ADD, &format!("{HEAD}{ONE}")).await;
    assert_eq!(rows(&t, &manager, read_now.id, None).await, ["2 rejected R11"]);
    let site = system.administer(t.app.find_site(&system, site.id).await.unwrap().into_inner()).unwrap();
    t.app.set_approved_at_site(&system, site, Vec::new(), t.now()).await.unwrap();

    let job = upload(&t, &manager, Whose::A, AT_ONCE, format!("{HEAD}{ONE}").as_bytes()).await.unwrap();
    t.switch(t.tree.a.party.id, Feature::DeviceImport, Some(false)).await;
    let job = carry_on(&t, &manager, job.id).await;
    assert_eq!((job.state, counts(&job)), (ImportState::Planned, (1, 0, 0, 0)), "switched off meanwhile");
    let refused = upload(&t, &manager, Whose::A, ADD, b"x").await;
    assert!(matches!(refused, Err(Error::FeatureDisabled(off)) if off.feature == Feature::DeviceImport));
    assert!(device(&t, "001565000001").await.is_none());
}

#[tokio::test]
async fn addresses_of_others_are_told_slowly_and_never_whose_they_are() {
    let t = TestApp::start().await;
    let manager = t.actor(Whose::A, Role::Manager).await;
    for n in 0..12 {
        t.add_device(&t.tree.b.sites[0], "yealink-t54w", Some(&format!("0015650000{n:02}"))).await;
    }
    let lines: String = (0..12).map(|n| format!("0015650000{n:02};Yealink T54W;Lyon;;\n")).collect();
    for _ in 0..10 {
        let job = import(&t, &manager, Whose::A, ADD, &format!("{HEAD}{lines}")).await;
        assert_eq!(counts(&job), (0, 0, 0, 12));
        let (said, _) = t.app.page_import_rows(&manager, job.id, None, None, Limit::DEFAULT).await.unwrap();
        let whole = format!("{said:?}");
        assert!(!whole.contains("Berlin") && !whole.contains("Customer B"), "{whole}");
        t.app.cancel_import(&manager, job.id, t.now()).await.unwrap();
    }
    let refused = upload(&t, &manager, Whose::A, ADD, b"x").await;
    assert!(matches!(refused, Err(Error::TooMany(_))), "ten files of that kind are enough for a while");
}
