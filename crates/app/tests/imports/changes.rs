//! Devices that are there already: what a file may change of them, and what has changed since a plan was made.

use tonalite_app::{DeviceChange, OnError};
use tonalite_core::access::Actor;
use tonalite_core::csv::import::Code;
use tonalite_core::import::{ImportState, RowOutcome};
use tonalite_core::page::Limit;
use tonalite_core::portal_user::Role;
use tonalite_testkit::{TestApp, Whose, each_engine};

use crate::fixture::{ADD, HEAD, UPDATE, apply, counts, device, found, import, rows, total};

#[tokio::test]
async fn differences_are_an_error_or_a_change() {
    each_engine(async |location| {
        let t = TestApp::start_at(location).await;
        let actor = t.actor(Whose::A, Role::Manager).await;
        let [lyon, paris] = &t.tree.a.sites;
        t.add_device(lyon, "yealink-t54w", Some("001565000001")).await;
        let assigned = t.add_device(lyon, "yealink-t54w", Some("001565000002")).await;
        let user = t.add_user(lyon, "Anne", "101").await;
        t.assign_line(&assigned, 1, &user).await;
        let _ = paris;
        let text = format!(
            "{HEAD}001565000001;Yealink T31P;Paris;Accueil;S1\n001565000002;Yealink T31P;Paris;;\n\
             001565000002;Yealink T54W;Lyon;;\n"
        );
        let job = import(&t, &actor, Whose::A, ADD, &text).await;
        assert_eq!(
            rows(&t, &actor, job.id, None).await,
            ["2 rejected R08", "3 rejected R08", "4 rejected R06"]
        );
        let (said, _) = t.app.page_import_rows(&actor, job.id, None, None, Limit::DEFAULT).await.unwrap();
        assert_eq!(said[0].findings[0].arg("fields"), Some("device_type,site,name,serial"));

        let job = import(&t, &actor, Whose::A, UPDATE, &text).await;
        let expected = ["2 update", "3 rejected R15,R16", "4 rejected R06"];
        assert_eq!(rows(&t, &actor, job.id, None).await, expected);
        let (said, _) = t
            .app
            .page_import_rows(&actor, job.id, Some(RowOutcome::Update), None, Limit::DEFAULT)
            .await
            .unwrap();
        let changes: Vec<String> = said[0]
            .changes
            .iter()
            .map(|change| {
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                format!("{}: {} → {}", change.column.key(), text(&change.before), text(&change.after))
            })
            .collect();
        assert_eq!(
            changes,
            [
                "device_type: Yealink T54W → Yealink T31P",
                "name:  → Accueil",
                "serial:  → S1",
                "site: Lyon → Paris"
            ]
        );
        let job = apply(&t, &actor, job.id, OnError::Skip).await;
        assert_eq!((job.state, counts(&job)), (ImportState::Applied, (0, 1, 0, 2)));
        let changed = device(&t, "001565000001").await.unwrap();
        assert_eq!((changed.site_name.as_str(), changed.device_type.as_str()), ("Paris", "yealink-t31p"));
        assert_eq!((changed.lines_total, changed.version), (2, 2));
        assert_eq!(found(&t, &actor, "accueil paris").await, 1);
        let at_paris = tonalite_core::filter::DeviceFilter {
            site: Some(paris.key),
            ..tonalite_core::filter::DeviceFilter::default()
        };
        assert_eq!(
            t.app.count_devices(&actor, &at_paris).await.unwrap().total(),
            1,
            "the counts have moved along"
        );
        assert_eq!(total(&t, &actor).await, 2);
    })
    .await;
}

#[tokio::test]
async fn empty_keeps_and_the_word_for_it_clears() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Manager).await;
    let text = |name: &str| format!("{HEAD}001565000001;Yealink T54W;Lyon;{name};S1\n");
    let job = import(&t, &actor, Whose::A, ADD, &text("Accueil")).await;
    apply(&t, &actor, job.id, OnError::Abort).await;
    assert_eq!(counts(&import(&t, &actor, Whose::A, ADD, &text("")).await), (0, 0, 1, 0));
    let job = import(&t, &actor, Whose::A, UPDATE, &text("(vide)")).await;
    apply(&t, &actor, job.id, OnError::Abort).await;
    let labels = device(&t, "001565000001").await.unwrap().labels;
    assert_eq!((labels.name, labels.serial.as_deref()), (None, Some("S1")));
}

#[tokio::test]
async fn what_changed_since_the_plan_stops_all_of_it_and_is_named() {
    each_engine(async |location| {
        let t = TestApp::start_at(location).await;
        let actor = t.actor(Whose::A, Role::Manager).await;
        let lyon = &t.tree.a.sites[0];
        let there = t.add_device(lyon, "yealink-t54w", Some("001565000001")).await;
        let text = format!(
            "{HEAD}001565000001;Yealink T54W;Lyon;New;\n001565000002;Yealink T54W;Lyon;;\n001565000003;Yealink T54W;Lyon;;\n\
             ;generic-sip;Lyon;Portier;\n"
        );
        let job = import(&t, &actor, Whose::A, UPDATE, &text).await;
        assert_eq!(counts(&job), (3, 1, 0, 0));
        t.advance(tonalite_core::time::Span::from_secs(1));
        let system = Actor::system();
        let change = DeviceChange { note: Some("seen".into()), ..DeviceChange::default() };
        let mine = actor.manage(there.clone()).unwrap();
        t.app.update_device(&actor, mine, None, change, t.now()).await.unwrap();
        t.add_device(lyon, "yealink-t54w", Some("001565000003")).await;
        let request = tonalite_app::DeviceRequest {
            device_type_id: "generic-sip",
            name: Some("Portier"),
            ..tonalite_app::DeviceRequest::default()
        };
        let site = system.manage(lyon.clone()).unwrap();
        t.app.create_device(&system, site, request, t.now()).await.unwrap();

        let job = apply(&t, &actor, job.id, OnError::Abort).await;
        assert_eq!((job.state, counts(&job)), (ImportState::Planned, (1, 0, 0, 3)), "{job:?}");
        let expected = ["2 rejected R22", "3 create", "4 rejected R22", "5 rejected R22"];
        assert_eq!(rows(&t, &actor, job.id, None).await, expected);
        let (said, _) = t.app.page_import_rows(&actor, job.id, None, None, Limit::DEFAULT).await.unwrap();
        let who = |n: usize| said[n].findings.iter().find(|f| f.code == Code::R22).unwrap().arg("who");
        assert_eq!((who(0), who(2)), (Some("a-manager"), Some("system")));
        assert!(device(&t, "001565000002").await.is_none(), "nothing was written");
        assert_eq!(found(&t, &actor, "new").await, 0);

        let job = apply(&t, &actor, job.id, OnError::Skip).await;
        assert_eq!((job.state, counts(&job)), (ImportState::Applied, (1, 0, 0, 3)));
        assert!(device(&t, "001565000002").await.is_some());
    })
    .await;
}

/// The check that runs before the transaction finds most of it; what comes in between is found by the transaction itself.
#[tokio::test]
async fn types_without_an_address_are_told_apart_by_site_and_name() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Manager).await;
    let text = format!(
        "{HEAD};generic-sip;Lyon;Portier;\n;generic-sip;Paris;Portier;\n;generic-sip;Lyon;Portier;\n;generic-sip;Lyon;;\n"
    );
    let job = import(&t, &actor, Whose::A, ADD, &text).await;
    let expected = ["2 create", "3 create", "4 rejected R24", "5 rejected R24"];
    assert_eq!(rows(&t, &actor, job.id, None).await, expected);
    apply(&t, &actor, job.id, OnError::Skip).await;
    let job = import(&t, &actor, Whose::A, ADD, &text).await;
    let expected = ["2 unchanged", "3 unchanged", "4 rejected R24", "5 rejected R24"];
    assert_eq!(rows(&t, &actor, job.id, None).await, expected);
    // Without a column of names: as many as there are.
    let text = "mac;type;site\n;generic-sip;Lyon\n;generic-sip;Paris\n;generic-sip;Lyon\n";
    let job = import(&t, &actor, Whose::A, ADD, text).await;
    assert_eq!(rows(&t, &actor, job.id, None).await, ["2 unchanged", "3 unchanged", "4 rejected R24"]);
}
