//! The column of chain ids: bases that a file gives the same one become one DECT system.

use tonalite_app::OnError;
use tonalite_core::access::Actor;
use tonalite_core::import::ImportState;
use tonalite_core::page::Limit;
use tonalite_core::portal_user::Role;
use tonalite_testkit::{TestApp, Whose};

use crate::fixture::{ADD, UPDATE, apply, carry_on, counts, device, import, result_file, rows};

const HEAD: &str = "mac;type;site;name;Chain ID\n";

/// Each system as `name chain bases`.
async fn systems(t: &TestApp) -> Vec<String> {
    let system = Actor::system();
    let page = t.app.page_dect_systems(&system, None, Limit::DEFAULT, None).await.unwrap();
    let said = page.items.iter().map(|system| {
        let chain = system.chain.map_or_else(String::new, |(chain_id, _)| chain_id.to_string());
        format!("{} {chain} {}", system.name, system.bases)
    });
    let mut said: Vec<String> = said.collect();
    said.sort();
    said
}

fn base(n: u32, site: &str, chain_id: &str) -> String {
    format!("00156577{n:04x};Yealink W70B;{site};Base {n};{chain_id}\n")
}

#[tokio::test]
async fn bases_with_one_chain_id_become_one_system() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Admin).await;
    let file = [
        HEAD,
        &base(1, "Lyon", "4711"),
        &base(2, "Paris", "04711"),
        &base(3, "Lyon", "512"),
        &base(4, "Lyon", "512"),
        &base(5, "Paris", "512"),
        &base(6, "Lyon", ""),
    ]
    .concat();
    let job = import(&t, &actor, Whose::A, ADD, &file).await;
    assert_eq!((counts(&job), job.notices.len()), ((6, 0, 0, 0), 0));
    let job = apply(&t, &actor, job.id, OnError::Abort).await;
    assert_eq!(job.state, ImportState::Applied);
    assert_eq!(systems(&t).await, ["DECT Lyon 4711 2", "DECT Lyon 512 2", "DECT Paris 512 1"]);
    for how in [ADD, UPDATE] {
        let again = import(&t, &actor, Whose::A, how, &file).await;
        assert_eq!(counts(&again), (0, 0, 6, 0));
    }
    t.app.undo_import(&actor, job.id, t.now()).await.unwrap();
    assert_eq!(device(&t, "001565770001").await, None);
    assert_eq!(systems(&t).await, [""; 0], "systems that it made go when they are empty");
}

#[tokio::test]
async fn another_chain_id_is_a_difference_and_clearing_leaves_the_system() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Admin).await;
    let first = [HEAD, &base(1, "Lyon", "4711"), &base(2, "Lyon", "4711")].concat();
    let job = import(&t, &actor, Whose::A, ADD, &first).await;
    apply(&t, &actor, job.id, OnError::Abort).await;
    let changed = [HEAD, &base(1, "Lyon", "99"), &base(2, "Lyon", "(empty)")].concat();
    let job = import(&t, &actor, Whose::A, ADD, &changed).await;
    assert_eq!(rows(&t, &actor, job.id, None).await, ["2 rejected R08", "3 rejected R08"]);
    let job = import(&t, &actor, Whose::A, UPDATE, &changed).await;
    let (planned, _) = t.app.page_import_rows(&actor, job.id, None, None, Limit::DEFAULT).await.unwrap();
    let shown: Vec<_> = planned
        .iter()
        .flat_map(|row| &row.changes)
        .map(|change| (change.column.key(), change.before.as_deref(), change.after.as_deref()))
        .collect();
    assert_eq!(shown, [("dect_chain_id", Some("4711"), Some("99")), ("dect_chain_id", Some("4711"), None)]);
    // Somebody without the right neither sees it, nor writes it.
    let manager = t.actor(Whose::A, Role::Manager).await;
    let (seen, _) = t.app.page_import_rows(&manager, job.id, None, None, Limit::DEFAULT).await.unwrap();
    assert!(seen.iter().all(|row| row.changes.is_empty()));
    let text = String::from_utf8(result_file(&t, &manager, job.id, None).await).unwrap();
    assert!(!text.contains("Chain ID") && !text.contains("99"), "{text}");
    assert!(t.app.apply_import(&manager, job.id, OnError::Abort, t.now()).await.is_err());
    apply(&t, &actor, job.id, OnError::Abort).await;
    // The other base has left it, so that it is the system which gets the new one.
    assert_eq!(systems(&t).await, ["DECT Lyon 99 1"]);
}

#[tokio::test]
async fn for_everybody_else_the_column_is_ignored() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Manager).await;
    let job = import(&t, &actor, Whose::A, ADD, &[HEAD, &base(1, "Lyon", "4711")].concat()).await;
    assert_eq!(job.notices.iter().map(|notice| notice.code.as_str()).collect::<Vec<_>>(), ["N01"]);
    apply(&t, &actor, job.id, OnError::Abort).await;
    assert_eq!(systems(&t).await, [""; 0]);
}

#[tokio::test]
async fn a_system_that_would_be_too_large_is_not_written() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Admin).await;
    let mut file = HEAD.to_owned();
    (1..=251).for_each(|n| file += &base(n, "Lyon", "4711"));
    file += &base(252, "Lyon", "5");
    let job = import(&t, &actor, Whose::A, ADD, &file).await;
    t.app.apply_import(&actor, job.id, OnError::Abort, t.now()).await.unwrap();
    let job = carry_on(&t, &actor, job.id).await;
    assert_eq!((job.state, counts(&job)), (ImportState::Planned, (1, 0, 0, 251)));
    assert_eq!(rows(&t, &actor, job.id, None).await[0], "2 rejected R26");
    assert_eq!((systems(&t).await, device(&t, "001565770001").await), (Vec::new(), None));
    apply(&t, &actor, job.id, OnError::Skip).await;
    assert_eq!(systems(&t).await, ["DECT Lyon 5 1"]);
}
