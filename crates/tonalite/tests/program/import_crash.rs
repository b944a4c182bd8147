//! The power cut in the middle of an import: whatever the moment, none of its devices are there or all of them, and the
//! next start brings it to its end.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Row as _, SqliteConnection};
use tokio::runtime::Runtime;
use tonalite_phones::SplitMix64;

use crate::installation::{Installation, run};
use crate::wait::within;

/// Enough that the transaction takes a while, in a debug build as well.
const ROWS: i64 = 6_000;
const LIMIT: Duration = Duration::from_secs(120);

/// What the database must have come to before the server is killed; then so many milliseconds more at most.
const MOMENTS: [(&str, &str, u64); 8] = [
    ("some rows are read", "SELECT count(*) > 0 FROM import_row WHERE import_id = $1", 100),
    ("most rows are read", "SELECT count(*) > 5000 FROM import_row WHERE import_id = $1", 100),
    ("the first keys are given", "SELECT count(*) > 0 FROM import_device WHERE import_id = $1", 50),
    ("most keys are given", "SELECT count(*) > 5000 FROM import_device WHERE import_id = $1", 50),
    ("all keys are given", "SELECT count(*) = 6000 FROM import_device WHERE import_id = $1", 0),
    (
        "all keys are given, and a little later",
        "SELECT count(*) = 6000 FROM import_device WHERE import_id = $1",
        60,
    ),
    ("all keys are given, and later", "SELECT count(*) = 6000 FROM import_device WHERE import_id = $1", 250),
    ("it is written", "SELECT count(*) = 1 FROM import_job WHERE id = $1 AND state = 'applied'", 50),
];

#[test]
fn an_import_is_never_half_done() {
    let mut random = SplitMix64::new(20_261_125);
    let runtime = Runtime::new().unwrap();
    let installation = Installation::new();
    let provider = installation.one_line(&["party", "create", "--kind", "provider", "--name", "Télécom"]);
    let customer = ["party", "create", "--kind", "customer", "--name", "Clinique", "--parent", &provider];
    let customer = installation.one_line(&customer);
    let token = installation.token("claire", &customer, "manager");
    let mut server = installation.serve();
    let (http, sip) = (server.http, server.sip);
    let api = server.api(&token);
    api.post("/api/v1/sites", &json!({"party_id": customer, "name": "Lyon"})).must(201);

    let mut halves = 0;
    for (life, (moment, condition, later)) in (1..).zip(MOMENTS) {
        let file = installation.path(&format!("fleet-{life}.csv"));
        write_fleet(&file, life);
        let arguments = ["import", "devices", &file.to_string_lossy(), "--party", &customer];
        let mut command = installation.command(&arguments);
        let mut sent =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let database = installation.data().join("inventory.db");
        within(LIMIT, moment, || runtime.block_on(ask(&database, condition, life)).then_some(()));
        std::thread::sleep(random.between(Duration::ZERO, Duration::from_millis(later + 1)));
        server.kill();
        sent.wait().unwrap();

        let (devices, state) = runtime.block_on(look(&database, life));
        let all = devices == life * ROWS && state == "applied";
        let none = devices == (life - 1) * ROWS && state != "applied";
        assert!(all || none, "{moment}: {devices} devices, {state}");
        halves += i64::from(none);
        eprintln!("{moment}: {devices} devices, {state}");

        server = installation.serve_at(http, sip);
        let total = || api.get("/api/v1/devices?limit=1").must(200)["total"].as_i64();
        within(LIMIT, "the next start brings it to its end", || {
            let (devices, state) = runtime.block_on(look(&database, life));
            (devices == life * ROWS && state == "applied" && total() == Some(life * ROWS)).then_some(())
        });
        let found = api.get(&format!("/api/v1/devices?q=Poste%20{life}-5999&limit=1")).must(200);
        assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "{found}");
    }
    assert!(halves >= 3, "no kill came before the end: this has tested nothing");
    server.stop();
    runtime.block_on(whole(&installation.data().join("inventory.db")));
}

#[test]
fn the_command_says_what_is_wrong_and_where_all_of_it_is() {
    let installation = Installation::new();
    let provider = installation.one_line(&["party", "create", "--kind", "provider", "--name", "Télécom"]);
    let customer = ["party", "create", "--kind", "customer", "--name", "Clinique", "--parent", &provider];
    let customer = installation.one_line(&customer);
    let file = installation.path("fleet.csv");
    let import = |more: &[&str]| {
        let arguments = ["import", "devices", "fleet.csv", "--party", &customer];
        run(&mut installation.command(&[&arguments[..], more].concat()), "")
    };
    // Without a server.
    std::fs::write(&file, "mac;type;site\n001565000001;Yealink T54W;Lyn\n").unwrap();
    let ended = import(&["--result", "result.csv"]);
    assert_eq!(
        (ended.code, ended.stdout.contains("line 2: R13")),
        (Some(1), true),
        "{}{}",
        ended.stdout,
        ended.stderr
    );
    assert!(
        ended.stderr.contains("1 of 1 rows are wrong") && ended.stderr.contains("result.csv"),
        "{}",
        ended.stderr
    );
    let result = std::fs::read_to_string(installation.path("result.csv")).unwrap();
    assert!(result.starts_with("mac;type;site;result;error_code;"), "{result}");
    let again = import(&["--result", "result.csv"]);
    assert!(
        again.stderr.contains("result.csv") && again.code == Some(1),
        "a file that is there stays: {}",
        again.stderr
    );

    // Beside one.
    let token = installation.token("claire", &customer, "manager");
    let server = installation.serve();
    let api = server.api(&token);
    api.post("/api/v1/sites", &json!({"party_id": customer, "name": "Lyon"})).must(201);
    std::fs::write(&file, "mac;type;site\n001565000001;Yealink T54W;Lyon\n").unwrap();
    let ended = import(&["--json"]);
    let document: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(
        (ended.code, &document["state"], &document["create"]),
        (Some(0), &json!("applied"), &json!(1))
    );
    assert_eq!(api.get("/api/v1/devices").must(200)["total"], 1);
    let ended = import(&[]);
    assert!(
        ended.success && ended.stdout.contains("applied: 0 added, 0 changed, 1 there already"),
        "{}",
        ended.stdout
    );
    std::fs::write(&file, "nothing of the kind").unwrap();
    let ended = import(&[]);
    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    assert!(ended.stderr.contains("missing"), "{}", ended.stderr);
    server.stop();
}

fn write_fleet(path: &Path, life: i64) {
    let rows = (0..ROWS).map(|n| {
        // Not in order: as people's files are.
        let scattered = (n * 2_654_435_761) & 0xf_ffff;
        format!("001565{life:x}{scattered:05x};Yealink T54W;Lyon;Poste {life}-{n}\n")
    });
    std::fs::write(path, format!("mac;type;site;name\n{}", rows.collect::<String>())).unwrap();
}

async fn open(database: &Path) -> Option<SqliteConnection> {
    SqliteConnectOptions::new().filename(database).read_only(true).connect().await.ok()
}

async fn ask(database: &Path, condition: &'static str, life: i64) -> bool {
    let Some(mut connection) = open(database).await else { return false };
    let row = sqlx::query(condition).bind(life).fetch_one(&mut connection).await;
    row.is_ok_and(|row| row.get(0))
}

/// How many devices there are, and where the import of this life stands.
async fn look(database: &Path, life: i64) -> (i64, String) {
    let mut connection = open(database).await.unwrap();
    let text = "SELECT (SELECT count(*) FROM device), (SELECT state FROM import_job WHERE id = $1)";
    let row = sqlx::query(text).bind(life).fetch_one(&mut connection).await.unwrap();
    (row.get(0), row.get(1))
}

async fn whole(database: &Path) {
    let mut connection = open(database).await.unwrap();
    let verdict: String =
        sqlx::query("PRAGMA integrity_check").fetch_one(&mut connection).await.unwrap().get(0);
    assert_eq!(verdict, "ok");
    let (devices, texts): (i64, i64) = {
        let text = "SELECT (SELECT count(*) FROM device), (SELECT count(*) FROM device_search)";
        let row = sqlx::query(text).fetch_one(&mut connection).await.unwrap();
        (row.get(0), row.get(1))
    };
    assert_eq!(devices, texts, "a text for each device, and none that was left over");
}
