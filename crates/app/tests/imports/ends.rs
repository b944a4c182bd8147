//! How imports end: undone, cancelled, past their time, broken off by a restart.

use tonalite_app::OnError;
use tonalite_core::error::Error;
use tonalite_core::import::ImportState;
use tonalite_core::page::Limit;
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tonalite_testkit::{TestApp, Whose, each_engine};

use crate::fixture::{ADD, AT_ONCE, HEAD, carry_on, counts, device, found, import, rows, total, upload};

fn three() -> String {
    let lines: String = (1..4).map(|n| format!("00156500000{n};Yealink T54W;Lyon;Poste {n};\n")).collect();
    format!("{HEAD}{lines}")
}

fn code<T>(result: Result<T, Error>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(error) => error.code(),
    }
}

#[tokio::test]
async fn undo_takes_back_what_nobody_uses_and_says_what_it_leaves() {
    each_engine(async |location| {
        let t = TestApp::start_at(location).await;
        let actor = t.actor(Whose::A, Role::Manager).await;
        let job = import(&t, &actor, Whose::A, AT_ONCE, &three()).await;
        assert_eq!(job.undo_until, Some(t.now() + Span::from_hours(24)));
        let used = device(&t, "001565000002").await.unwrap();
        let user = t.add_user(&t.tree.a.sites[0], "Anne", "101").await;
        t.assign_line(&used, 1, &user).await;

        t.app.undo_import(&actor, job.id, t.now()).await.unwrap();
        let job = carry_on(&t, &actor, job.id).await;
        let undo = job.undo.clone().unwrap();
        assert_eq!((job.state, undo.removed, undo.kept), (ImportState::Undone, 2, 1), "{job:?}");
        assert_eq!(undo.kept_devices[0].id, used.id);
        assert!(device(&t, "001565000001").await.is_none());
        assert_eq!((total(&t, &actor).await, found(&t, &actor, "poste").await), (1, 1));
        assert_eq!(code(t.app.undo_import(&actor, job.id, t.now()).await), "import_not_applied");
        let admin = t.actor(Whose::A, Role::Admin).await;
        let log = t.app.page_audit(&admin, None, Limit::DEFAULT, None).await.unwrap().items;
        let acts: Vec<&str> =
            log.iter().map(|entry| entry.action.as_str()).filter(|a| a.starts_with("import.")).collect();
        assert_eq!(acts, ["import.undo", "import.apply", "import.read", "import.create"]);
    })
    .await;
}

#[tokio::test]
async fn a_day_later_nothing_can_be_undone_applied_or_read() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Manager).await;
    let written = import(&t, &actor, Whose::A, AT_ONCE, &three()).await;
    let planned = import(&t, &actor, Whose::A, ADD, &three()).await;
    assert_eq!(planned.state, ImportState::Planned);
    let files = || std::fs::read_dir(t.folder().join("spool")).unwrap().count();
    assert_eq!(files(), 2);
    t.advance(Span::from_hours(24));
    assert_eq!(code(t.app.undo_import(&actor, written.id, t.now()).await), "import_undo_expired");
    assert_eq!(code(t.app.apply_import(&actor, planned.id, OnError::Abort, t.now()).await), "import_expired");
    t.app.sweep_imports(t.now()).await.unwrap();
    assert_eq!(files(), 0);
    let (written, planned) =
        (t.app.import(&actor, written.id).await.unwrap(), t.app.import(&actor, planned.id).await.unwrap());
    assert_eq!((written.state, planned.state), (ImportState::Applied, ImportState::Expired));
    assert_eq!((written.undo_until, counts(&planned)), (None, (0, 0, 3, 0)));
    assert_eq!(rows(&t, &actor, planned.id, None).await, [""; 0]);
    let locale = tonalite_core::text::Language::English.locale();
    assert_eq!(code(t.app.import_result_file(&actor, written.id, None, locale).await), "import_file_gone");
    assert_eq!(total(&t, &actor).await, 3);
}

#[tokio::test]
async fn a_plan_is_cancelled_once() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Manager).await;
    let waiting = upload(&t, &actor, Whose::A, ADD, three().as_bytes()).await.unwrap();
    t.app.cancel_import(&actor, waiting.id, t.now()).await.unwrap();
    assert_eq!(carry_on(&t, &actor, waiting.id).await.state, ImportState::Cancelled);
    let plan = import(&t, &actor, Whose::A, ADD, &three()).await;
    t.app.cancel_import(&actor, plan.id, t.now()).await.unwrap();
    assert_eq!(code(t.app.cancel_import(&actor, plan.id, t.now()).await), "import_not_planned");
    assert_eq!(
        code(t.app.apply_import(&actor, plan.id, OnError::Abort, t.now()).await),
        "import_not_planned"
    );
    t.app.sweep_imports(t.now()).await.unwrap();
    assert_eq!(std::fs::read_dir(t.folder().join("spool")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_restart_takes_up_what_was_uploaded_and_what_was_asked_for() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Manager).await;
    let plan = import(&t, &actor, Whose::A, ADD, &three()).await;
    t.app.apply_import(&actor, plan.id, OnError::Abort, t.now()).await.unwrap();
    let second = upload(&t, &actor, Whose::A, AT_ONCE, three().as_bytes()).await.unwrap();
    assert_eq!(second.waits_for, Some(plan.id));
    std::fs::write(t.folder().join("spool/import-0123"), "nobody's").unwrap();

    let t = t.restart().await;
    assert!(!t.folder().join("spool/import-0123").exists());
    let (shutdown, clock) = (tokio_util::sync::CancellationToken::new(), t.clock.clone());
    let driver = tokio::spawn(std::sync::Arc::clone(&t.app).run_imports(clock, shutdown.clone()));
    // The driver runs: this waits for it.
    let second = carry_on(&t, &actor, second.id).await;
    assert_eq!((second.state, counts(&second)), (ImportState::Applied, (0, 0, 3, 0)), "after the first one");
    assert_eq!(t.app.import(&actor, plan.id).await.unwrap().state, ImportState::Applied);
    shutdown.cancel();
    driver.await.unwrap();
    assert_eq!(total(&t, &actor).await, 3);
}

#[tokio::test]
async fn so_many_wait_and_no_more() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Manager).await;
    for _ in 0..10 {
        upload(&t, &actor, Whose::A, ADD, b"x").await.unwrap();
    }
    assert_eq!(code(upload(&t, &actor, Whose::A, ADD, b"x").await), "too_many_imports");
    let files = std::fs::read_dir(t.folder().join("spool")).unwrap().count();
    assert_eq!(files, 10, "what was refused leaves nothing");
    let other = t.actor(Whose::B, Role::Manager).await;
    upload(&t, &other, Whose::B, ADD, b"x").await.unwrap();
}
