//! What a file comes to, and what is written of it.

use tonalite_app::OnError;
use tonalite_core::error::Error;
use tonalite_core::import::{ImportState, RowOutcome};
use tonalite_core::portal_user::Role;
use tonalite_testkit::{TestApp, Whose, each_engine};

use crate::fixture::{ADD, AT_ONCE, HEAD, apply, counts, device, found, import, result_file, rows, total};

#[tokio::test]
async fn a_plan_says_what_each_row_comes_to_and_is_written_whole() {
    each_engine(async |location| {
        let t = TestApp::start_at(location).await;
        let actor = t.actor(Whose::A, Role::Manager).await;
        let (own, other) = (&t.tree.a.sites[0], &t.tree.b.sites[0]);
        t.add_device(own, "yealink-t54w", Some("001565000001")).await;
        t.add_device(other, "yealink-t54w", Some("001565000002")).await;
        let text = format!(
            "{HEAD}001565000001;Yealink T54W;{own};;\n001565000002;Yealink T54W;{own};;\n001565000003;yealink-t54w;{own};Accueil;S1\n\
             001565000003;yealink-t54w;{own};;\n# example;yealink-t54w;{own};;\n001565000004;yealink-t54w;Nowhere;;\n\
             ;generic-sip;{own};Portier;\n001565000001;yealink-t54w;{own};Other;\nx;;;;\n",
            own = own.name
        );
        let job = import(&t, &actor, Whose::A, ADD, &text).await;
        assert_eq!(job.state, ImportState::Planned, "{job:?}");
        let expected = [
            "2 unchanged", "3 rejected R07", "4 create", "5 rejected R06", "7 rejected R13", "8 create", "9 rejected R06",
            "10 rejected R02,R09,R12",
        ];
        assert_eq!(rows(&t, &actor, job.id, None).await, expected);
        assert_eq!((counts(&job), job.comments), ((2, 0, 1, 5), 1));
        assert_eq!(rows(&t, &actor, job.id, Some(RowOutcome::Create)).await, ["4 create", "8 create"]);

        let refused = t.app.apply_import(&actor, job.id, OnError::Abort, t.now()).await;
        assert!(matches!(&refused, Err(Error::Conflict(f)) if f.code == "import_has_rejected_rows"), "{refused:?}");
        let written = apply(&t, &actor, job.id, OnError::Skip).await;
        assert_eq!((written.state, counts(&written)), (ImportState::Applied, (2, 0, 1, 5)));
        assert_eq!(total(&t, &actor).await, 3);

        let again = import(&t, &actor, Whose::A, AT_ONCE, &text).await;
        assert_eq!(counts(&again), (0, 0, 3, 5));
        assert_eq!(again.state, ImportState::Planned);
        assert_eq!(again.already_applied.map(|same| same.id), Some(job.id));
        let file = result_file(&t, &actor, job.id, Some(RowOutcome::Rejected)).await;
        let file = String::from_utf8(file).unwrap();
        assert_eq!(file.lines().count(), 6, "{file}");
        assert!(file.lines().nth(2).unwrap().starts_with("001565000003;yealink-t54w;"), "{file}");
        let device = device(&t, "001565000003").await.unwrap();
        assert_eq!(device.labels.name.as_deref(), Some("Accueil"));
        assert_eq!(found(&t, &actor, "accueil").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_right_is_written_at_once_and_again_changes_nothing() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Manager).await;
    let lines: String = (0..1234).map(|n| format!("0015650{n:05x};Yealink T54W;LYON;Poste {n};\n")).collect();
    let text = format!("{HEAD}{lines}");
    let job = import(&t, &actor, Whose::A, AT_ONCE, &text).await;
    assert_eq!((job.state, counts(&job)), (ImportState::Applied, (1234, 0, 0, 0)), "{job:?}");
    assert_eq!(total(&t, &actor).await, 1234);
    assert_eq!(found(&t, &actor, "\"poste 1233\"").await, 1);
    let job = import(&t, &actor, Whose::A, AT_ONCE, &text).await;
    assert_eq!((job.state, counts(&job)), (ImportState::Applied, (0, 0, 1234, 0)));
    assert_eq!(total(&t, &actor).await, 1234);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_why() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Manager).await;
    for (bytes, code) in [
        (&b""[..], "F01"),
        (b"mac;type\n", "F05"),
        (b"%PDF-1.7 and so on and on", "F04"),
        (b"mac;type;site\n\"00", "F07"),
        (b"mac;type;site\n\x00\x00\x00", "F03"),
    ] {
        let job = crate::fixture::upload(&t, &actor, Whose::A, AT_ONCE, bytes).await.unwrap();
        let job = crate::fixture::carry_on(&t, &actor, job.id).await;
        let error = job.error.map(|finding| finding.code.as_str());
        assert_eq!((job.state, error), (ImportState::Failed, Some(code)), "{bytes:?}");
        assert_eq!(rows(&t, &actor, job.id, None).await, [""; 0]);
    }
}

/// A workbook comes to what the same rows as CSV come to, and its result is a CSV.
#[tokio::test]
async fn a_workbook_is_read_too() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Manager).await;
    let workbook = include_bytes!("../../../core/tests/fixtures/imports/libreoffice.xlsx");
    let job = crate::fixture::upload(&t, &actor, Whose::A, AT_ONCE, workbook).await.unwrap();
    let job = crate::fixture::carry_on(&t, &actor, job.id).await;
    assert!(job.error.is_none() && job.counts.total() > 0, "{job:?}");
    assert_eq!((job.bytes_read, job.bytes), (workbook.len() as u64, workbook.len() as u64));
    let file = result_file(&t, &actor, job.id, None).await;
    let file = String::from_utf8(file).unwrap();
    assert!(file.lines().next().unwrap().ends_with(";result;error_code;error_message;suggestion"), "{file}");
    assert_eq!(file.lines().count() as u64, 1 + job.counts.total(), "{file}");
}
