//! The export of devices through the whole router: its forms for people and programs, hostile text, its page.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use axum::http::{StatusCode, header};
use serde_json::json;
use tonalite_core::csv::guard;
use tonalite_core::device::Device;
use tonalite_core::line_state::LineState;
use tonalite_core::portal_user::Role;
use tonalite_core::registration::{DeviceRef, LineChange, LineRef};
use tonalite_core::time::Span;
use tonalite_testkit::{Answer, TestPortal, Visitor, Whose};

const PATH: &str = "/api/v1/exports/devices.csv";

/// Rows of cells, by the rules of RFC 4180.
fn read(text: &str, separator: char) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => quoted = !quoted,
            c if c == separator && !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted && chars.next_if_eq(&'\n').is_some() => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(!quoted && row.is_empty() && cell.is_empty(), "the file ends in the middle: {text}");
    rows
}

fn file(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.text()
}

/// Says that the phone on this line registered, and what it calls itself.
async fn register(portal: &TestPortal, device: &Device, port: u16, user_agent: &str) {
    let user = portal.add_user(&portal.tree.a.sites[0], "=HYPERLINK(\"http://evil\")", "1001").await;
    let line = portal.assign_line(device, port, &user).await;
    let of = DeviceRef { key: device.key, id: device.id, site: device.site_key, tenancy: device.tenancy };
    let change = LineChange {
        line: LineRef { key: line.key, id: line.id, port, device: of },
        at: portal.now(),
        state: LineState::Registered,
        detail: None,
        since: portal.now(),
        registered_at: Some(portal.now()),
        expires_at: Some(portal.now() + Span::from_secs(300)),
        stored: Vec::new(),
        removed: Vec::new(),
        observed: Vec::new(),
        ip: Some("192.0.2.7".into()),
        user_agent: Some(user_agent.into()),
    };
    portal.app.live().change(change, Box::new(drop)).unwrap();
    portal.app.flush().await;
}

async fn in_french(portal: &TestPortal, whose: Whose) -> Visitor {
    let visitor = portal.signed_in(whose, Role::Viewer).await;
    visitor.patch("/api/v1/me", json!({ "language": "fr" })).await;
    visitor
}

async fn two_devices(portal: &TestPortal) -> Device {
    let [lyon, paris] = &portal.tree.a.sites;
    let device = portal.add_device(lyon, "yealink-t54w", Some("001565abcdef")).await;
    portal.add_device(paris, "yealink-w70b", Some("001565000001")).await;
    portal.add_device(&portal.tree.b.sites[0], "yealink-t54w", Some("001565000002")).await;
    device
}

#[tokio::test]
async fn a_program_gets_the_articles_four_columns_by_their_keys() {
    let portal = TestPortal::start().await;
    two_devices(&portal).await;
    let program = portal.with_token(Whose::A, Role::Viewer).await;
    let answer = program.with(header::ACCEPT_ENCODING, "gzip, br").get(PATH).await;
    assert_eq!(
        file(&answer),
        "mac,device_type,lines_available,site\r\n\
         00:15:65:00:00:01,\"Yealink W70B\",10,\"Paris\"\r\n\
         00:15:65:ab:cd:ef,\"Yealink T54W\",16,\"Lyon\"\r\n"
    );
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-store");
    let name = answer.header("content-disposition");
    assert!(name.starts_with("attachment; filename=\"tonalite-devices-customer-a-all-20"), "{name}");
    assert!(name.contains("Z.csv\"; filename*=UTF-8''tonalite-devices-Customer-A-all-20"), "{name}");
}

#[tokio::test]
async fn a_person_gets_what_a_spreadsheet_opens() {
    let portal = TestPortal::start().await;
    two_devices(&portal).await;
    let reader = in_french(&portal, Whose::A).await;
    let answer = reader.get(PATH).await;
    assert_eq!(
        file(&answer),
        "\u{feff}Adresse MAC;Type d’appareil;Lignes disponibles;Site\r\n\
         00:15:65:00:00:01;\"Yealink W70B\";10;\"Paris\"\r\n\
         00:15:65:ab:cd:ef;\"Yealink T54W\";16;\"Lyon\"\r\n"
    );
    assert!(answer.header("content-disposition").contains("\"tonalite-appareils-customer-a-tous-20"));
    let site = portal.tree.a.sites[0].id;
    let of_site = reader.get(&format!("{PATH}?site_id={site}&columns=mac,status,status_since")).await;
    assert_eq!(file(&of_site).lines().next(), Some("\u{feff}Adresse MAC;État;Depuis (Europe/Paris)"));
    assert!(of_site.header("content-disposition").contains("-customer-a-lyon-20"));

    let english = portal.signed_in(Whose::A, Role::Viewer).await.with(header::ACCEPT_LANGUAGE, "fr");
    english.patch("/api/v1/me", json!({ "language": "en" })).await;
    let text = file(&english.get(PATH).await);
    assert!(text.starts_with("\u{feff}MAC address,Device type,Available lines,Site\r\n"), "{text}");
}

#[tokio::test]
async fn every_part_of_the_form_can_be_asked_for() {
    let portal = TestPortal::start().await;
    two_devices(&portal).await;
    let program = portal.with_token(Whose::A, Role::Viewer).await;
    let reader = in_french(&portal, Whose::A).await;
    for (who, query, first) in [
        (&program, "lang=fr", "Adresse MAC,Type d’appareil,Lignes disponibles,Site"),
        (&program, "lang=en&sep=;", "MAC address;Device type;Available lines;Site"),
        (&program, "sep=tab&bom=1", "\u{feff}mac\tdevice_type\tlines_available\tsite"),
        (&program, "sep=%09&bom=true", "\u{feff}mac\tdevice_type\tlines_available\tsite"),
        (&program, "columns=site,status_since&lang=en", "Site,Since (UTC)"),
        (&program, "columns=status_since&lang=en&tz=Asia/Tokyo", "Since (Asia/Tokyo)"),
        (&program, "columns=status_since&tz=Asia/Tokyo", "status_since"),
        (&reader, "lang=raw", "mac,device_type,lines_available,site"),
        (&reader, "sep=comma&bom=false", "Adresse MAC,Type d’appareil,Lignes disponibles,Site"),
        (&reader, "columns=checked_at", "\u{feff}Vérifié le (Europe/Paris)"),
    ] {
        let text = file(&who.get(&format!("{PATH}?{query}")).await);
        assert_eq!(text.lines().next(), Some(first), "{query}");
    }
    let cell = async |query: &str| {
        let text = file(&program.get(&format!("{PATH}?columns=checked_at&{query}")).await);
        text.lines().nth(1).unwrap_or_default().to_owned()
    };
    let utc = cell("").await;
    assert!(utc.ends_with('Z') && utc.contains('T'), "{utc}");
    assert!(cell("tz=Asia/Tokyo").await.ends_with("+09:00"));
    let local = cell("lang=en&tz=Asia/Tokyo").await;
    assert_eq!((local.len(), local.as_bytes()[10]), (19, b' '), "{local}");

    let wrong =
        program.get(&format!("{PATH}?columns=mac,nonsense&lang=de&sep=x&bom=maybe&tz=Mars/Olympus")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told = wrong.json();
    let fields: Vec<&str> =
        told["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["columns", "lang", "sep", "bom", "tz"]);
    assert_eq!(told["errors"][0]["message"], "There is no column “nonsense”.");
    let dect = program.get(&format!("{PATH}?columns=dect_chain_id")).await;
    assert_eq!(dect.status, StatusCode::UNPROCESSABLE_ENTITY, "absent, not empty");
}

#[tokio::test]
async fn hostile_text_comes_out_harmless_and_comes_back() {
    let portal = TestPortal::start().await;
    let device = two_devices(&portal).await;
    let user_agent = "=cmd|' /C calc'!A0 \"x\"\r\n;,\t\u{202e}😀";
    register(&portal, &device, 1, user_agent).await;
    let manager = portal.with_token(Whose::A, Role::Manager).await;
    let texts = json!({
        "name": "=1+1;\"Accueil\", 😀", "serial": "'=x", "inventory_id": "+33478000000", "note": "@SUM(A1)",
    });
    let changed = manager.patch(&format!("/api/v1/devices/{}", device.id), texts.clone()).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());

    for separator in [';', ',', '\t'] {
        let sep = if separator == '\t' { "tab".to_owned() } else { separator.to_string() };
        let answer = manager.get(&format!("{PATH}?columns=all&sep={sep}")).await;
        let rows = read(&file(&answer), separator);
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().all(|row| row.len() == rows[0].len()));
        let cell = |key: &str| {
            let at = rows[0].iter().position(|heading| heading == key);
            rows[2][at.unwrap_or_else(|| panic!("no column {key}"))].clone()
        };
        for row in &rows {
            for cell in row {
                assert!(!guard::needs_guard(cell) || cell.starts_with('\''), "{cell:?}");
            }
        }
        for (key, expected) in [
            ("user_agent", user_agent),
            ("assigned_to", "=HYPERLINK(\"http://evil\")"),
            ("name", texts["name"].as_str().unwrap()),
            ("serial", "'=x"),
            ("inventory_id", "+33478000000"),
            ("note", "@SUM(A1)"),
            ("mac", "00:15:65:ab:cd:ef"),
            ("status", "registered"),
            ("status_detail", ""),
            ("lines_total", "16"),
            ("lines_available", "15"),
            ("lines_registered", "1"),
            ("ip", "192.0.2.7"),
            ("customer", "Customer A"),
            ("device_id", &device.id.to_string()),
        ] {
            assert_eq!(guard::decode(&cell(key)), expected, "{key}");
        }
        assert_eq!(cell("name"), "'=1+1;\"Accueil\", 😀");
        assert_eq!(cell("serial"), "''=x");
        assert!(!rows[0].contains(&"dect_chain_id".to_owned()));
    }
    let french = in_french(&portal, Whose::A).await;
    let text = file(&french.get(&format!("{PATH}?columns=status,status_detail")).await);
    assert!(text.ends_with("\"non enregistré\";\"aucune ligne attribuée\"\r\n\"enregistré\";\r\n"), "{text}");
}

#[tokio::test]
async fn filters_narrow_and_what_is_foreign_does_not_exist() {
    let portal = TestPortal::start().await;
    let device = two_devices(&portal).await;
    register(&portal, &device, 1, "Yealink").await;
    let program = portal.with_token(Whose::A, Role::Viewer).await;
    let provider = portal.with_token(Whose::Provider, Role::Viewer).await;
    let (a, b) = (portal.tree.a.party.id, portal.tree.b.party.id);
    let [lyon, paris] = portal.tree.a.sites.each_ref().map(|site| site.id);
    for (who, query, macs) in [
        (&program, String::new(), &["01", "ef"][..]),
        (&program, format!("party_id={a}"), &["01", "ef"]),
        (&program, format!("site_id={lyon}"), &["ef"]),
        (&program, format!("site_id={paris}"), &["01"]),
        (&program, "kind=dect_base".into(), &["01"]),
        (&program, "device_type_id=yealink-t54w".into(), &["ef"]),
        (&program, "status=registered".into(), &["ef"]),
        (&program, "status=aged".into(), &[]),
        (&program, "sort=-created_at".into(), &["01", "ef"]),
        (&provider, String::new(), &["01", "02", "ef"]),
        (&provider, format!("party_id={b}"), &["02"]),
        (&provider, format!("party_id={a}&status=unregistered"), &["01"]),
    ] {
        let rows = read(&file(&who.get(&format!("{PATH}?columns=mac&{query}")).await), ',');
        let found: Vec<&str> = rows[1..].iter().map(|row| &row[0][row[0].len() - 2..]).collect();
        assert_eq!(found, macs, "{query}");
    }
    let foreign = portal.tree.b.sites[0].id;
    for query in [format!("party_id={b}"), format!("site_id={foreign}"), "device_type_id=none".into()] {
        let answer = program.get(&format!("{PATH}?{query}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{query}: {}", answer.text());
    }
    let stranger = portal.anonymous().get(PATH).await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn too_many_and_a_full_disk_are_said_before_the_first_byte() {
    let portal = TestPortal::start().await;
    two_devices(&portal).await;
    let program = portal.with_token(Whose::A, Role::Viewer).await;
    std::fs::write(portal.folder().join("spool"), "in the way").unwrap();
    let failed = program.get(PATH).await;
    assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(failed.header("content-type"), "application/problem+json");
    assert!(!failed.text().contains("spool"), "{}", failed.text());
    std::fs::remove_file(portal.folder().join("spool")).unwrap();
    for _ in 0..29 {
        file(&program.get(PATH).await);
    }
    let refused = program.get(PATH).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!((refused.header("retry-after"), &refused.json()["code"]), ("2", &json!("too_many")));
    let mut left = std::fs::read_dir(portal.folder().join("spool")).unwrap();
    assert!(left.next().is_none(), "the spool is empty");
}

#[tokio::test]
async fn the_page_offers_all_and_what_it_shows() {
    let portal = TestPortal::start().await;
    two_devices(&portal).await;
    let lyon = portal.tree.a.sites[0].id;
    let viewer = portal.signed_in(Whose::A, Role::Viewer).await.with(header::ACCEPT, "text/html");
    let page = viewer.get("/devices").await.text();
    assert!(page.contains("href=\"/devices/export\"") && page.contains("Export all devices"), "{page}");
    let query = format!("site={lyon}&status=no_line");
    let page = viewer.with(header::ACCEPT_LANGUAGE, "fr").get(&format!("/devices?{query}")).await.text();
    assert!(page.contains("Exporter les résultats affichés"), "{page}");
    assert!(page.contains(&format!("/devices/export?site={lyon}&#38;status=no_line\"")), "{page}");

    let all = viewer.with(header::ACCEPT_LANGUAGE, "fr").get("/devices/export").await;
    assert!(file(&all).starts_with("\u{feff}Adresse MAC;") && all.text().lines().count() == 3);
    // The list's own columns stand in its address, and are not the file's.
    let shown = viewer.get(&format!("/devices/export?{query}&after=&columns=users&tz=Asia/Tokyo")).await;
    let (text, columns) = (file(&shown), |text: &str| text.lines().next().unwrap().split(',').count());
    assert_eq!((text.lines().count(), columns(&text)), (2, 4), "{text}");
    assert!(text.contains("\r\n00:15:65:ab:cd:ef,"), "{text}");
    let more = viewer.get(&format!("/devices/export?all_columns=1&{query}&columns=users")).await;
    assert!(columns(&file(&more)) > 10, "{}", file(&more));
    let found = viewer.get("/devices/export?q=w70b&sort=-mac").await;
    assert!(
        file(&found).ends_with("\r\n00:15:65:00:00:01,\"Yealink W70B\",10,\"Paris\"\r\n"),
        "{}",
        file(&found)
    );

    for (query, status) in [
        ("site=nonsense", StatusCode::NOT_FOUND),
        (&format!("site={}", portal.tree.b.sites[0].id), StatusCode::NOT_FOUND),
        ("type=nonsense", StatusCode::NOT_FOUND),
        ("status=%3Cb%3E", StatusCode::UNPROCESSABLE_ENTITY),
        ("columns=%3Cb%3E", StatusCode::UNPROCESSABLE_ENTITY),
        ("tz=%3Cb%3E", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let refused = viewer.get(&format!("/devices/export?{query}")).await;
        assert_eq!(refused.status, status, "{query}");
        assert!(refused.header("content-type").starts_with("text/html"), "{query}");
        assert!(!refused.text().contains("<b>"), "{query}");
    }
    let away = portal.anonymous().with(header::ACCEPT, "text/html").get("/devices/export").await;
    assert_eq!(away.status, StatusCode::SEE_OTHER);
}
