//! The power cut: the server is killed in the middle of its work, again and again, and everything that it had
//! acknowledged is there when it comes back: devices, and registrations of phones.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, RandomState};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use tokio::runtime::Runtime;
use tonalite_phones::{Fleet, FleetOptions, PhoneConfig, PhoneState, SplitMix64, instance_of_mac};

use crate::api::Api;
use crate::installation::Installation;
use crate::inventory::{Line, new_device};
use crate::wait::now;

const LIVES: u32 = 9;
const PHONES: u32 = 24;
const ADDERS: usize = 3;
/// A start takes a tenth of a second; on a busy machine, in a debug build, perhaps a few.
const START: Duration = Duration::from_secs(20);
/// Repeats a run: `TONALITE_SEED=… cargo nextest run -p tonalite crash`.
const SEED: &str = "TONALITE_SEED";

/// Everything that people and phones were told, and what they asked for without hearing back.
struct Ledger {
    devices: Mutex<Devices>,
    /// By the number of the line.
    contacts: Vec<Contact>,
}

#[derive(Default)]
struct Devices {
    /// 201 for its adding; nobody asked for its removal.
    there: BTreeSet<String>,
    /// 204 for its removal.
    gone: BTreeSet<String>,
    /// Its removal was asked for, and the answer never came.
    perhaps: BTreeSet<String>,
}

/// The contact of one line. Its phone calls itself after the life of the server that it registered in.
#[derive(Default)]
struct Contact {
    acknowledged: bool,
    may_be: BTreeSet<String>,
}

#[test]
fn nothing_acknowledged_is_lost() {
    let seed = std::env::var(SEED).ok().map(|text| text.parse().unwrap());
    let seed: u64 = seed.unwrap_or_else(|| RandomState::new().hash_one("seed"));
    eprintln!("{SEED}={seed} repeats the moments of this run");
    let mut random = SplitMix64::new(seed);
    let runtime = Runtime::new().unwrap();

    let installation = Installation::new();
    let token = installation.token("root", "platform", "admin");
    let mut server = installation.serve();
    let (http, sip) = (server.http, server.sip);
    let api = server.api(&token);
    let site = api.make_site(None);
    let lines: Vec<Line> = (0..PHONES).map(|number| api.make_line(&site, number)).collect();
    let ledger = Ledger {
        devices: Mutex::default(),
        contacts: Vec::from_iter((0..PHONES).map(|_| Contact::default())),
    };
    let mut ledger = ledger;
    let number = AtomicU32::new(PHONES);

    for life in 1..=LIVES {
        let moment = random.between(Duration::from_millis(100), Duration::from_millis(800));
        let name = format!("life-{life}");
        let fleet = runtime.block_on(switch_on(&lines, sip, &name, life));
        std::thread::scope(|scope| {
            for _ in 0..ADDERS {
                scope.spawn(|| add_devices(&api, &site, &number, &ledger.devices));
            }
            std::thread::sleep(moment);
            server.kill();
        });
        for (index, contact) in ledger.contacts.iter_mut().enumerate() {
            match fleet.phone(index).unwrap().state() {
                PhoneState::Waiting => {}
                PhoneState::Registered => {
                    *contact = Contact { acknowledged: true, may_be: [name.clone()].into() }
                }
                _ => _ = contact.may_be.insert(name.clone()),
            }
        }
        // No phone may register with the next life before that was looked at.
        runtime.block_on(fleet.shutdown(false));
        runtime.block_on(check_files(&installation, life));

        let started = now();
        server = installation.serve_at(http, sip);
        assert!(started.elapsed() < START, "a start took {:?}", started.elapsed());
        check_devices(&api, &site, &ledger);
        check_contacts(&api, &lines, &mut ledger);
    }

    let devices = ledger.devices.into_inner().unwrap();
    let acknowledged = ledger.contacts.iter().filter(|contact| contact.acknowledged).count();
    let (there, gone) = (devices.there.len(), devices.gone.len());
    eprintln!("{there} devices added, {gone} removed, {acknowledged} phones registered in {LIVES} lives");
    // Else this test has tested nothing.
    assert!(there > 50 && gone > 5 && acknowledged == lines.len(), "too little happened");
    server.stop();
}

/// Phones that are new to the server but for their instance: each has a new port, hence a new contact.
async fn switch_on(lines: &[Line], registrar: SocketAddr, name: &str, life: u32) -> Fleet {
    let phones = (0..).zip(lines).map(|(number, line)| {
        let mut phone = PhoneConfig::new(&line.username, &line.domain, &line.password, registrar);
        phone.instance = Some(instance_of_mac(0x0015_6500_0000 + number));
        phone.user_agent = name.to_owned();
        phone.retry = Duration::from_millis(50);
        phone
    });
    let options =
        FleetOptions { starts_per_second: 2 * PHONES, seed: life.into(), ..FleetOptions::default() };
    Fleet::start(phones.collect(), &options).await.unwrap()
}

/// Adds devices until the server dies, and removes every fourth.
fn add_devices(api: &Api, site: &str, number: &AtomicU32, devices: &Mutex<Devices>) {
    loop {
        let number = number.fetch_add(1, Ordering::Relaxed);
        let Ok(answer) = api.try_send("POST", "/api/v1/devices", Some(&new_device(site, number))) else {
            return;
        };
        let id = answer.must(201)["id"].as_str().unwrap().to_owned();
        if !number.is_multiple_of(4) {
            devices.lock().unwrap().there.insert(id);
            continue;
        }
        devices.lock().unwrap().perhaps.insert(id.clone());
        let Ok(answer) = api.try_send("DELETE", &format!("/api/v1/devices/{id}"), None) else { return };
        answer.must(204);
        let mut devices = devices.lock().unwrap();
        devices.perhaps.remove(&id);
        devices.gone.insert(id);
    }
}

/// On a copy: the server itself must find the files as they were left, journals and all.
async fn check_files(installation: &Installation, life: u32) {
    let copy = installation.path(&format!("copy-{life}"));
    std::fs::create_dir(&copy).unwrap();
    for entry in std::fs::read_dir(installation.data()).unwrap() {
        let path = entry.unwrap().path();
        // The socket of the server that was killed holds nothing.
        if path.is_file() {
            std::fs::copy(&path, copy.join(path.file_name().unwrap())).unwrap();
        }
    }
    for name in ["inventory.db", "live.db"] {
        check_file(&copy.join(name)).await;
    }
    std::fs::remove_dir_all(copy).unwrap();
}

async fn check_file(path: &Path) {
    let mut connection = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let verdict = sqlx::query("PRAGMA integrity_check").fetch_all(&mut connection).await.unwrap();
    let verdict: Vec<String> = verdict.iter().map(|row| row.get(0)).collect();
    assert_eq!(verdict, ["ok"], "{}", path.display());
    let orphans = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await.unwrap();
    assert_eq!(orphans.len(), 0, "{}", path.display());
    connection.close().await.unwrap();
}

/// The list holds what was promised, is in agreement with itself, and says that nobody aged.
fn check_devices(api: &Api, site: &str, ledger: &Ledger) {
    let mut listed = BTreeMap::new();
    let mut path = format!("/api/v1/devices?site_id={site}&limit=200");
    let list = loop {
        let list = api.get(&path).must(200);
        for device in list["items"].as_array().unwrap() {
            let id = device["id"].as_str().unwrap().to_owned();
            assert!(listed.insert(id, device.clone()).is_none(), "listed twice: {device}");
        }
        match list["next"].as_str() {
            Some(next) => path = format!("/api/v1/devices?site_id={site}&limit=200&after={next}"),
            None => break list,
        }
    };
    let count = |name: &str| list["counts"][name].as_u64().unwrap();
    let sum: u64 = ["registered", "partial", "aged", "unregistered", "no_line"].map(count).iter().sum();
    assert_eq!((sum, list["total"].as_u64()), (listed.len() as u64, Some(sum)), "{}", list["counts"]);
    assert_eq!(count("aged"), 0, "nobody's phone has vanished: the server was away");
    let registered = listed.values().filter(|device| device["status"] == "registered").count() as u64;
    assert_eq!(count("registered"), registered);

    let devices = ledger.devices.lock().unwrap();
    let lost: Vec<_> = devices.there.iter().filter(|id| !listed.contains_key(*id)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let back: Vec<_> = devices.gone.iter().filter(|id| listed.contains_key(*id)).collect();
    assert!(back.is_empty(), "removed and back: {back:?}");
}

/// Each line has the contact that its phone was told, or a newer one that was under way.
fn check_contacts(api: &Api, lines: &[Line], ledger: &mut Ledger) {
    for (line, contact) in lines.iter().zip(&mut ledger.contacts) {
        let (device, status) = api.look_at(&line.device);
        let contacts = status["contacts"].as_array().unwrap();
        let names: Vec<&str> =
            contacts.iter().map(|contact| contact["user_agent"].as_str().unwrap()).collect();
        let (may_be, acknowledged) = (&contact.may_be, contact.acknowledged);
        match names.as_slice() {
            [] => assert!(!acknowledged, "lost: {may_be:?}: {status}"),
            [name] => {
                assert!(may_be.contains(*name), "`{name}` in the place of {may_be:?}: {status}");
                assert_eq!(device["status"], "registered", "{device}");
                let detail = &device["status_detail"];
                assert!(*detail == Value::Null || *detail == "unconfirmed", "{device}");
                // What came back from disk stays.
                *contact = Contact { acknowledged: true, may_be: [(*name).to_owned()].into() };
            }
            _ => panic!("a phantom contact beside the phone's own: {status}"),
        }
    }
}
