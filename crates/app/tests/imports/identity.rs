//! What was exported is imported as it is: every row is there already, whatever people have called their devices.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tokio::io::AsyncReadExt;
use tonalite_app::{DeviceRequest, DeviceSheet, SheetForm};
use tonalite_core::access::Actor;
use tonalite_core::csv::device::DeviceColumn;
use tonalite_core::csv::import::Code;
use tonalite_core::csv::{Dialect, Naming, Separator};
use tonalite_core::filter::DeviceFilter;
use tonalite_core::portal_user::Role;
use tonalite_core::text::Language;
use tonalite_testkit::{TestApp, Whose};

use crate::fixture::{ADD, AT_ONCE, UPDATE, counts, import, rows};

/// Inventories that are tried.
const INVENTORIES: u32 = 4;
const DEVICES: usize = 40;
const BASES: u64 = 8;
const ALL: u64 = DEVICES as u64 + BASES;

/// What people and machines write into cells, and what a spreadsheet might take for something else.
fn label() -> impl Strategy<Value = Option<String>> {
    let hostile = prop::sample::select(vec![
        "=1+1",
        "'=1+1",
        "''=x",
        "+33478000000",
        "'+33478000000",
        "-3",
        "@sum",
        "＝x",
        "'tis",
        "L'Isle",
        "a;b",
        "a,b",
        "\"",
        "a\"b",
        "(vide)",
        "(empty)",
        "#",
        "# x",
        "0x12",
        "1,5E+10",
        "é à ’",
        "ÿ€",
        "日本",
        "🛎",
        "NULL",
        "sep=;",
        "'#",
        "Nom",
        "mac",
    ]);
    prop_oneof![
        2 => Just(None),
        3 => hostile.prop_map(|text| Some(text.to_owned())),
        3 => "['=+\\-@a-z0-9;,\" é]{1,12}".prop_map(Some),
    ]
}

fn inventory() -> impl Strategy<Value = Vec<[Option<String>; 4]>> {
    prop::collection::vec([label(), label(), label(), label()], DEVICES)
}

async fn fill(t: &TestApp, inventory: &[[Option<String>; 4]]) {
    let system = Actor::system();
    for (n, [name, serial, inventory_id, note]) in inventory.iter().enumerate() {
        let mac = format!("00156500{n:04x}");
        let has_mac = n % 5 != 4;
        let request = DeviceRequest {
            mac: has_mac.then_some(mac.as_str()),
            device_type_id: if has_mac { ["yealink-t54w", "yealink-t31p"][n % 2] } else { "generic-sip" },
            name: name.as_deref(),
            serial: serial.as_deref(),
            inventory_id: inventory_id.as_deref(),
            note: note.as_deref(),
            critical: false,
        };
        let site = system.manage(t.tree.a.sites[n % 2].clone()).unwrap();
        t.app.create_device(&system, site, request, t.now()).await.unwrap();
    }
}

/// Bases in systems and on their own, the factory default at two sites among them.
async fn fill_bases(t: &TestApp, actor: &Actor) {
    let sites = ["Lyon", "Paris"];
    let chain_ids = ["4711", "4711", "512", "512", "512", "", "9999999999", "0"];
    let mut file = "mac;type;site;name;chain id\n".to_owned();
    for (n, chain_id) in chain_ids.into_iter().enumerate() {
        file += &format!("00156577000{n};Yealink W70B;{};Base;{chain_id}\n", sites[n / 2 % 2]);
    }
    let job = import(t, actor, Whose::A, AT_ONCE, &file).await;
    assert_eq!(counts(&job), (BASES, 0, 0, 0));
}

async fn export(t: &TestApp, actor: &Actor, columns: &str, naming: Naming, dialect: Dialect) -> String {
    let sheet = DeviceSheet {
        columns: DeviceColumn::parse_list(columns, true).unwrap(),
        form: SheetForm {
            naming,
            dialect,
            zone: "Europe/Paris".into(),
            write_time: Box::new(|at| at.0.to_string()),
        },
    };
    let party = actor.view(t.tree.a.party.clone()).unwrap();
    let made =
        t.app.export_devices(actor, party, DeviceFilter::default(), &sheet, serde_json::Value::Null, t.now());
    let mut text = String::new();
    made.await.unwrap().read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn an_export_that_is_sent_back_changes_nothing() {
    let mut runner = TestRunner::deterministic();
    let forms = [
        (
            "all",
            Naming::Words(Language::French.locale()),
            Dialect { separator: Separator::Semicolon, bom: true },
        ),
        ("all", Naming::Keys, Dialect { separator: Separator::Comma, bom: false }),
        (
            "mac,device_type,lines_available,site",
            Naming::Words(Language::English.locale()),
            Dialect { separator: Separator::Tab, bom: true },
        ),
    ];
    for _ in 0..INVENTORIES {
        let inventory = inventory().new_tree(&mut runner).unwrap().current();
        let t = TestApp::start().await;
        let actor = t.actor(Whose::A, Role::Admin).await;
        let manager = t.actor(Whose::A, Role::Manager).await;
        fill(&t, &inventory).await;
        fill_bases(&t, &actor).await;
        for (columns, naming, dialect) in forms {
            let text = export(&t, &actor, columns, naming, dialect).await;
            for how in [ADD, UPDATE] {
                let job = import(&t, &actor, Whose::A, how, &text).await;
                let wrong = rows(&t, &actor, job.id, None).await;
                assert_eq!(counts(&job), (0, 0, ALL, 0), "{wrong:?}\n{text}");
                // The column that is not for them is passed over, and said to be.
                let job = import(&t, &manager, Whose::A, how, &text).await;
                let ignored = job.notices.iter().filter(|notice| notice.code == Code::N01).count();
                assert_eq!(
                    (counts(&job), ignored),
                    ((0, 0, ALL, 0), usize::from(columns == "all")),
                    "{text}"
                );
            }
        }
    }
}
