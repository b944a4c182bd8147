//! Opening a store: who may, which version, and what is mended after a crash.

use tonalite_core::filter::DeviceFilter;
use tonalite_core::line_state::{LineState, StateDetail};
use tonalite_core::registration::LineChange;
use tonalite_core::time::{Span, Timestamp};
use tonalite_store::live::Committed;
use tonalite_store::{Engine, Location, OpenError, Store};
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW, device_ref, line_ref};
use crate::raw;
use crate::writer::{Live, binding};

#[tokio::test]
async fn an_empty_place_becomes_a_store_and_stays_one() {
    each_engine(async |location| {
        let store = Store::open(&location).await.unwrap();
        let expected =
            if matches!(location, Location::Folder(_)) { Engine::Sqlite } else { Engine::Postgres };
        assert_eq!(store.engine(), expected);
        store.check().await.unwrap();
        store.close().await;
        let answer = store.check().await;
        assert!(matches!(answer, Err(tonalite_core::Error::Unavailable(_))), "closed: {answer:?}");
        drop(store);
        Store::open(&location).await.unwrap().check().await.unwrap();
    })
    .await;
}

/// A folder has one process; a PostgreSQL server keeps order among many by itself.
#[tokio::test]
async fn a_folder_in_use_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().join("data"));
    let store = Store::open(&location).await.unwrap();
    let second = Store::open(&location).await.err();
    assert!(
        matches!(&second, Some(OpenError::InUse(path)) if *path == folder.path().join("data")),
        "{second:?}"
    );
    store.check().await.expect("the first is not disturbed");
    drop(store);
    Store::open(&location).await.expect("free again");
}

#[tokio::test]
async fn a_newer_database_is_not_touched() {
    each_engine(async |location| {
        drop(Store::open(&location).await.unwrap());
        let newer = match location {
            Location::Folder(_) => "main._sqlx_migrations",
            Location::Postgres(_) => "_sqlx_migrations",
        };
        let insert = format!(
            "INSERT INTO {newer} (version, description, installed_on, success, checksum, execution_time) \
             SELECT 99, 'from the future', installed_on, success, checksum, execution_time FROM {newer} WHERE version = 1"
        );
        raw::execute(&location, &insert).await;
        let refused = Store::open(&location).await.err();
        assert!(matches!(refused, Some(OpenError::Newer(99))), "{refused:?}");
        let text = refused.map(|error| error.to_string()).unwrap_or_default();
        assert!(text.contains("newer version") && text.contains("99"), "{text}");
        raw::execute(&location, &format!("DELETE FROM {newer} WHERE version = 99")).await;
        Store::open(&location).await.expect("nothing was changed");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_opened_says_why_and_keeps_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "not a folder").unwrap();
    let refused = Store::open(&Location::Folder(file.clone())).await.err();
    assert!(matches!(&refused, Some(OpenError::File { path, .. }) if *path == file), "{refused:?}");

    let url = "postgres://anne:hunter2@127.0.0.1:nowhere/db";
    let refused = Store::open(&Location::Postgres(url.into())).await.err();
    assert!(matches!(refused, Some(OpenError::Address(_))), "{refused:?}");
    assert!(!format!("{refused:?}").contains("hunter2"));
}

/// A crash between the two files: the inventory knows what the live schema has not heard of, and the reverse.
#[tokio::test]
async fn what_a_crash_left_is_mended() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let live = Live::start(&f.store);
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let elsewhere = f.site(&f.other, "Berlin").await.unwrap();
        let user = f.user(&site, "100").await.unwrap();
        let audit = f.audit(&f.customer);

        // A device whose removal, one whose line's removal, and two whose exchange of lines were lost on the way.
        let (removed, stripped) = (f.device(&site, 1).await, f.device(&site, 2).await);
        let (exchanged, said_goodbye) = (f.device(&site, 3).await, f.device(&site, 4).await);
        for device in [&removed, &stripped, &exchanged, &said_goodbye] {
            live.writer.add_device(device_ref(device), NOW).await;
            let line = f.line(device, 1, &user).await;
            live.writer.add_line(line_ref(device, &line), NOW).await;
            let id = line.key.0;
            let mut change = live.registered(&line_ref(device, &line), NOW);
            change.stored = vec![binding(id, NOW)];
            live.change(change).await;
        }
        let second = f.line(&said_goodbye, 2, &user).await;
        let second = line_ref(&said_goodbye, &second);
        live.writer.add_line(second, NOW).await;
        let withdrawn = LineChange {
            state: LineState::Unregistered,
            detail: Some(StateDetail::Withdrawn),
            expires_at: None,
            ..live.registered(&second, NOW)
        };
        assert_eq!(live.change(withdrawn).await, Committed::Yes);
        live.stop().await;

        f.store.delete_device(removed.key, &audit).await.unwrap();
        for device in [&stripped, &exchanged, &said_goodbye] {
            let line = f.store.find_line(device.key, 1).await.unwrap().unwrap();
            f.store.delete_line(&line, &audit).await.unwrap();
        }
        f.line(&exchanged, 2, &user).await;
        // Devices that the live schema has never heard of.
        let added = f.device(&elsewhere, 5).await;
        let with_line = f.device(&site, 6).await;
        f.line(&with_line, 1, &user).await;

        let f = f.reopen().await;
        let never = Timestamp::default();
        let state = async |id| {
            let status = f.store.find_device(id, never, never).await.unwrap().unwrap().status;
            (status.state.state, status.state.detail, status.lines_registered, status.lines_assigned)
        };
        use LineState::Unregistered;
        assert_eq!(state(stripped.id).await, (Unregistered, Some(StateDetail::NoLine), 0, 0));
        assert_eq!(state(exchanged.id).await, (Unregistered, Some(StateDetail::NeverSeen), 0, 1));
        assert_eq!(state(said_goodbye.id).await, (Unregistered, Some(StateDetail::Withdrawn), 0, 1));
        assert_eq!(state(added.id).await, (Unregistered, Some(StateDetail::NoLine), 0, 0));
        assert_eq!(state(with_line.id).await, (Unregistered, Some(StateDetail::NeverSeen), 0, 1));
        for (table, rows) in [("device_state", 5), ("line_state", 3), ("binding", 0)] {
            let found = raw::number(&f.location, &format!("SELECT count(*) FROM live.{table}")).await;
            assert_eq!(found, rows, "{table}");
        }
        let gone = format!("SELECT count(*) FROM live.timeline WHERE device_id = {}", removed.key.0);
        assert_eq!(raw::number(&f.location, &gone).await, 0);
        let filter = DeviceFilter::default();
        let counts = f.store.count_devices(&f.actor(&f.customer), &filter).await.unwrap();
        assert_eq!((counts.unregistered, counts.no_line, counts.total()), (3, 1, 4));
        assert_eq!(f.store.count_devices(&f.actor(&f.other), &filter).await.unwrap().no_line, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_in_order_is_left_alone() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let live = Live::start(&f.store);
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let user = f.user(&site, "100").await.unwrap();
        let device = f.device(&site, 1).await;
        live.writer.add_device(device_ref(&device), NOW).await;
        let line = line_ref(&device, &f.line(&device, 1, &user).await);
        live.writer.add_line(line, NOW).await;
        let later = NOW + Span::from_secs(5);
        let mut change = live.registered(&line, later);
        change.stored = vec![binding(1, later)];
        live.change(change).await;
        live.stop().await;
        let read = async |f: &Fixture| {
            let never = Timestamp::default();
            let device = f.store.find_device(device.id, never, never).await.unwrap();
            let lines = f.store.find_line_states_of_device(line.device.key, never, never).await.unwrap();
            let bindings = f.store.find_bindings_of_device(line.device.key).await.unwrap();
            (device, lines, bindings)
        };
        let before = read(&f).await;
        assert_eq!(before.2.len(), 1);
        let f = f.reopen().await;
        assert_eq!(read(&f).await, before);
    })
    .await;
}
