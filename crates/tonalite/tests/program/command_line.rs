//! The command line as administrators meet it: what it prints, what it refuses, and in which words.

use std::time::Duration;

use serde_json::{Value, json};
use tonalite_testkit::Process;

use crate::api::Api;
use crate::installation::{Installation, PASSWORD, run};
use crate::wait::within;

const LIMIT: Duration = Duration::from_secs(30);

/// Asserts that a complaint says all of this, and is free of the debris of errors.
#[track_caller]
fn assert_says(complaint: &str, words: &[&str]) {
    for word in words {
        assert!(complaint.contains(word), "`{word}` is not said: {complaint}");
    }
    for debris in ["Error {", "Some(", "panicked", "{ ", "sqlx"] {
        assert!(!complaint.contains(debris), "`{debris}` is for programmers: {complaint}");
    }
}

#[test]
fn parties_users_and_tokens_are_made() {
    let installation = Installation::new();
    let provider =
        ["party", "create", "--kind", "provider", "--name", "Télécom", "--sip-domain", "sip.example.net"];
    let provider = installation.one_line(&provider);
    let customer = ["party", "create", "--kind", "customer", "--name", "Clinique", "--parent", &provider];
    let customer = installation.one_line(&customer);
    let token = installation.token("claire", &customer, "manager");
    assert!(token.starts_with("tnl_"), "{token}");

    let server = installation.serve();
    let api = server.api(&token);
    let me = api.get("/api/v1/me").must(200);
    assert_eq!(
        (&me["username"], &me["role"], &me["via"]),
        (&"claire".into(), &"manager".into(), &"token".into())
    );
    assert_eq!(me["party"]["id"], customer.as_str());
    assert_eq!(api.get(&format!("/api/v1/parties/{customer}")).must(200)["name"], "Clinique");

    let session = json!({"username": "claire", "password": PASSWORD});
    let stranger = Api::with_cookie(server.http, "");
    let cookie = stranger.post("/api/v1/session", &session);
    cookie.must(204);
    let cookie = cookie.header("set-cookie").unwrap().split(';').next().unwrap();
    assert_eq!(Api::with_cookie(server.http, cookie).get("/api/v1/me").must(200)["via"], "session");
    assert_eq!(stranger.get("/api/v1/me").status, 401);
    server.stop();
}

#[test]
fn what_is_wrong_is_said_in_words() {
    let installation = Installation::new();
    let absent = "01a20adf-0399-7655-9391-752f4d876390";
    let user = |party: &str, password: &str| {
        let arguments = [
            "user",
            "create",
            "--username",
            "claire",
            "--party",
            party,
            "--role",
            "admin",
            "--password-stdin",
        ];
        run(&mut installation.command(&arguments), password)
    };
    assert_says(&user(absent, PASSWORD).complaint(), &["--party"]);
    assert_says(&user("clinique", PASSWORD).complaint(), &["clinique", "UUID"]);
    assert_says(&user("platform", "short").complaint(), &["password"]);
    assert_says(&user("platform", "").complaint(), &["no password"]);
    user("platform", PASSWORD).one_line();
    assert_says(&user("platform", PASSWORD).complaint(), &["in use"]);

    let refused =
        |arguments: &[&str], words: &[&str]| assert_says(&installation.run(arguments).complaint(), words);
    refused(&["party", "create", "--kind", "customer", "--name", "C", "--parent", absent], &["--parent"]);
    refused(&["party", "set", absent, "--feature", "api_tokens=on"], &[absent]);
    refused(&["party", "create", "--kind", "provider", "--name", ""], &["name"]);
    refused(
        &["party", "create", "--kind", "provider", "--name", "P", "--sip-domain", "not a domain"],
        &["sip_domain"],
    );
    refused(&["party", "create", "--kind", "castle", "--name", "C"], &["castle", "provider"]);
    refused(&["token", "create", "--username", "nobody"], &["nobody"]);
    refused(&["phones", "--credentials", "absent.csv", "--registrar", "127.0.0.1:5060"], &["absent.csv"]);
    refused(&["serve", "--config", "absent.toml"], &["absent.toml"]);
    refused(&["reboot"], &["reboot"]);

    // Who was refused has closed the store as in good times: nothing is left that a copy of one file would miss.
    let files = std::fs::read_dir(installation.data()).unwrap().map(|entry| entry.unwrap().file_name());
    let journals = files.filter(|name| name.to_string_lossy().contains(".db-")).collect::<Vec<_>>();
    assert!(journals.is_empty(), "{journals:?}");
}

#[test]
fn features_are_switched() {
    let installation = Installation::new();
    let provider = installation.one_line(&["party", "create", "--kind", "provider", "--name", "Télécom"]);
    let set = |features: &[&str]| {
        let features = features.iter().flat_map(|feature| ["--feature", feature]);
        let arguments: Vec<&str> = ["party", "set", &provider].into_iter().chain(features).collect();
        installation.run(&arguments)
    };
    let shown = set(&["device_reboot=on", "line_state_export=off"]);
    assert!(shown.success, "{}", shown.stderr);
    assert!(shown.stdout.contains("device_reboot=on\n"), "{}", shown.stdout);
    assert!(shown.stdout.contains("line_state_export=off\n"), "{}", shown.stdout);
    // The rest stays, and is shown too.
    let shown = set(&["line_state_export=on"]);
    assert!(shown.stdout.contains("device_reboot=on\n") && shown.stdout.contains("line_state_export=on\n"));
    assert_eq!(shown.stdout.lines().count(), 5, "{}", shown.stdout);

    for (feature, words) in [
        ("telepathy=on", &["telepathy", "device_reboot"][..]),
        ("device_reboot=maybe", &["maybe", "on, off or inherit"]),
        ("device_reboot", &["device_reboot", "KEY=on"]),
    ] {
        assert_says(&set(&[feature]).complaint(), words);
    }
    // Tokens that are switched off are no way in.
    let customer = ["party", "create", "--kind", "customer", "--name", "Clinique", "--parent", &provider];
    let customer = installation.one_line(&customer);
    let token = installation.token("claire", &customer, "viewer");
    assert!(set(&["api_tokens=off"]).success);
    let server = installation.serve();
    assert_ne!(server.api(&token).get("/api/v1/me").status, 200);
}

#[test]
fn a_second_server_says_to_stop_the_first() {
    let installation = Installation::new();
    let server = installation.serve();
    let complaint = installation.run(&["serve"]).complaint();
    assert_says(&complaint, &["stop the running server first", "data"]);
    assert_eq!(Api::with_cookie(server.http, "").get("/readyz").must(200)["status"], "ready");
    server.stop();
    assert!(installation.one_line(&["migrate"]).contains("up to date"));
}

#[test]
fn refusals_and_mistakes_in_usage_are_told_apart() {
    let installation = Installation::new();
    let code = |arguments: &[&str]| installation.run(arguments).code;
    let absent = "01a20adf-0399-7655-9391-752f4d876390";
    assert_eq!(code(&["party", "show", "platform"]), Some(0));
    assert_eq!(code(&["party", "show", absent]), Some(1));
    assert_eq!(code(&["party", "show", "clinique"]), Some(2));
    assert_eq!(code(&["party", "set", "platform", "--feature", "telepathy=on"]), Some(2));
    assert_eq!(
        code(&["party", "set", "platform", "--feature", "provisioning=on"]),
        Some(2),
        "does not exist yet"
    );
    assert_eq!(code(&["party", "set", "platform"]), Some(2), "nothing to set");
    assert_eq!(
        code(&["party", "set", "platform", "--feature", "api_tokens=off"]),
        Some(1),
        "nobody is above"
    );
    assert_eq!(code(&["device", "show", "00:15:65"]), Some(2));
    assert_eq!(code(&["device", "list", "--limit", "0"]), Some(2));
    // Several wrong fields still make one line.
    let wrong = ["party", "create", "--kind", "provider", "--name", "", "--sip-domain", "not a domain"];
    let complaint = installation.run(&wrong).complaint();
    assert_says(&complaint, &["name:", "sip_domain:"]);
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
}

#[test]
fn programs_get_json() {
    let installation = Installation::new();
    let one = |arguments: &[&str]| -> Value {
        serde_json::from_str(&installation.one_line(&[arguments, &["--json"]].concat())).unwrap()
    };
    let provider = one(&["party", "create", "--kind", "provider", "--name", "Télécom"]);
    assert_eq!(
        (&provider["kind"], &provider["features_effective"]["device_reboot"]),
        (&"provider".into(), &true.into())
    );
    let id = provider["id"].as_str().unwrap();
    let switched = one(&["party", "set", id, "--feature", "device_reboot=off"]);
    assert_eq!((&switched["features"], &switched["id"]), (&json!({"device_reboot": false}), &provider["id"]));
    assert_eq!(one(&["party", "show", id]), switched);
    let inherits = one(&["party", "set", id, "--feature", "device_reboot=inherit", "--contact", "04 78"]);
    assert_eq!((&inherits["features"], &inherits["contact"]), (&json!({}), &"04 78".into()));
    assert_eq!(one(&["party", "set", id, "--contact", ""])["contact"], Value::Null);
    assert_eq!(one(&["party", "list", "--search", "TELE"])["id"], provider["id"]);
    installation.token("claire", id, "viewer");
    let token = one(&["token", "create", "--username", "claire", "--name", "wall"]);
    assert!(token["token"].as_str().unwrap().starts_with("tnl_"), "{token}");
    assert_eq!(one(&["migrate"])["engine"], "sqlite");
    assert_eq!(one(&["config"])["http"]["listen"], "127.0.0.1:8080");

    let listed = |arguments: &[&str]| -> Vec<Value> {
        let ended = installation.run(&[arguments, &["--json"]].concat());
        assert!(ended.success && ended.stderr.is_empty(), "{}", ended.stderr);
        ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    assert_eq!(listed(&["party", "list"]).len(), 2);
    assert_eq!(listed(&["party", "list", "--kind", "provider"])[0]["id"], id);
    assert_eq!(listed(&["user", "list", "--party", id])[0]["username"], "claire");
    assert!(listed(&["user", "list", "--limit", "1"]).len() == 1 && listed(&["site", "list"]).is_empty());
    let tokens = listed(&["token", "list", "--username", "claire"]);
    assert_eq!(tokens.len(), 2);
    assert!(tokens.iter().all(|token| token["token"].is_null()), "shown once: {tokens:?}");
}

#[test]
fn the_configuration_is_shown_without_its_secret() {
    let installation = Installation::new();
    let shown = run(
        installation
            .command(&["config"])
            .env("TONALITE_DATABASE_URL", "postgres://tonalite:hunter2@db.example.net/tonalite")
            .env("TONALITE_HTTP_LISTEN", "127.0.0.1:8081"),
        "",
    );
    assert!(shown.success, "{}", shown.stderr);
    assert!(!format!("{}{}", shown.stdout, shown.stderr).contains("hunter2"), "{}", shown.stdout);
    assert!(shown.stdout.contains("db.example.net/tonalite") && shown.stdout.contains("127.0.0.1:8081"));
    // What is shown is what is read.
    let path = installation.path("shown.toml");
    std::fs::write(&path, installation.run(&["config"]).stdout).unwrap();
    let again = installation.run(&["config", "--config", path.to_str().unwrap()]);
    assert_eq!(again.stdout, installation.run(&["config"]).stdout, "{}", again.stderr);
    assert!(!installation.data().exists(), "asking for the configuration makes nothing");
}

#[test]
fn a_setting_that_is_not_read_is_refused() {
    let installation = Installation::new();
    let misspelt = run(installation.command(&["serve"]).env("TONALITE_HTPP_LISTEN", "127.0.0.1:0"), "");
    assert_says(&misspelt.complaint(), &["TONALITE_HTPP_LISTEN", "TONALITE_HTTP_LISTEN"]);
    let path = installation.path("wrong.toml");
    for (text, word) in [("[http]\nlisten_on = '127.0.0.1:0'\n", "listen_on"), ("= nothing", "wrong.toml")] {
        std::fs::write(&path, text).unwrap();
        let complaint = installation.run(&["serve", "--config", path.to_str().unwrap()]).complaint();
        assert!(complaint.contains(word), "{complaint}");
    }
    assert!(!installation.data().exists(), "nothing is made of a wrong configuration");
}

#[test]
fn the_api_is_described() {
    let installation = Installation::new();
    let printed: Value = serde_json::from_str(&installation.run(&["openapi"]).stdout).unwrap();
    assert!(printed["openapi"].as_str().unwrap().starts_with("3."));
    assert!(printed["paths"]["/api/v1/devices"]["post"].is_object());
    assert!(!installation.data().exists(), "asking for the document makes nothing");
    let server = installation.serve();
    let served = Api::with_cookie(server.http, "").get("/api/openapi.json").must(200);
    assert_eq!(served, printed, "the server describes itself in the same words");
}

#[test]
fn the_first_start_shows_a_password_once() {
    let installation = Installation::new();
    let server = installation.serve();
    let log = server.log();
    let shown = log.lines().find(|line| line.contains("First start")).unwrap();
    let mut words = shown.split_whitespace().skip_while(|word| *word != "password:");
    let password = words.nth(1).unwrap();
    let stranger = Api::with_cookie(server.http, "");
    let sign_in = |password: &str| {
        stranger.post("/api/v1/session", &json!({"username": "admin", "password": password}))
    };
    assert_eq!(sign_in("admin").status, 401);
    let answer = sign_in(password);
    answer.must(204);
    let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap();
    let me = Api::with_cookie(server.http, cookie).get("/api/v1/me").must(200);
    assert_eq!((&me["role"], &me["party"]["id"]), (&"admin".into(), &"platform".into()));
    server.stop();

    let server = installation.serve();
    assert_eq!(server.log().matches("First start").count(), 1, "shown once, in the first of two runs");
    // The session has outlived the restart.
    assert_eq!(Api::with_cookie(server.http, cookie).get("/api/v1/me").status, 200);
}

#[test]
fn simulated_phones_register_and_tell_their_rates() {
    let installation = Installation::new();
    let token = installation.token("root", "platform", "admin");
    let server = installation.serve();
    let api = server.api(&token);
    let site = api.make_site(None);
    let lines: Vec<_> = (0..3).map(|number| api.make_line(&site, number)).collect();
    let rows = lines.iter().map(|line| format!("{};{};{}\n", line.username, line.domain, line.password));
    std::fs::write(installation.path("phones.csv"), rows.collect::<String>()).unwrap();

    let registrar = server.sip.to_string();
    let arguments = ["phones", "--credentials", "phones.csv", "--registrar", &registrar, "--count", "2"];
    let mut phones = Process::start(&mut installation.command(&arguments));
    let rates = phones.line(|line| line.starts_with("2 of 2 registered").then(|| line.to_owned()));
    assert!(rates.contains("a second") && rates.contains("0 refused"), "{rates}");
    let registered = || api.get("/api/v1/devices").must(200)["counts"]["registered"].as_u64();
    assert_eq!(registered(), Some(2));
    assert!(phones.end().success());
    phones.line(|line| (line == "0 registered at the end, 2 withdrew").then_some(()));
    within(LIMIT, "both unregistered", || (registered() == Some(0)).then_some(()));
    assert_eq!(api.look_at(&lines[0].device).1["status_detail"], "withdrawn");
}

#[test]
fn help() {
    let installation = Installation::new();
    let mut text = String::new();
    for command in [
        "",
        "serve",
        "demo",
        "party",
        "party create",
        "party set",
        "party list",
        "party show",
        "site",
        "site list",
        "user",
        "user create",
        "user list",
        "token",
        "token create",
        "token list",
        "device",
        "device list",
        "device show",
        "phones",
        "migrate",
        "config",
        "openapi",
    ] {
        let arguments: Vec<&str> =
            command.split(' ').filter(|word| !word.is_empty()).chain(["--help"]).collect();
        let shown = installation.run(&arguments);
        assert!(shown.success && shown.stderr.is_empty(), "{}", shown.stderr);
        text.push_str(&format!("$ tonalite {}\n{}\n", arguments.join(" "), shown.stdout));
    }
    insta::assert_snapshot!(text);
}
