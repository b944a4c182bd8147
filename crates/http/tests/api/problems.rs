//! Every class of refusal, from the first byte to the use case; and hostile requests.

use axum::body::Body;
use axum::http::{Method, Request};
use tonalite_core::portal_user::Role;

use crate::portal::{Portal, Who};

#[tokio::test]
async fn a_problem_is_told_in_the_reader_s_language() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Manager).await;
    let mut request = Portal::request(&who, Method::POST, "/api/v1/sites", r#"{"name":"","zone":1}"#);
    request.headers_mut().insert("accept-language", "fr-CA, en;q=0.5".parse().unwrap());
    let answer = portal.send(request).await;
    insta::assert_snapshot!("problem_french", answer.snapshot());
    let english = portal.post(&who, "/api/v1/sites", r#"{"name":"","zone":1}"#).await;
    insta::assert_snapshot!("problem_english", english.snapshot());
    assert_eq!(english.header("cache-control"), "no-store");
}

#[tokio::test]
async fn bodies_are_refused_with_the_reason() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Manager).await;
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let many = format!("{{{}}}", (0..5000).map(|n| format!(r#""f{n}":0"#)).collect::<Vec<_>>().join(","));
    for (body, expected) in [
        ("{", "400 malformed_body"),
        ("\u{0}", "400 malformed_body"),
        (r#"{"name":"a",}"#, "400 malformed_body"),
        (deep.as_str(), "400 malformed_body"),
        (r#""\ud800""#, "400 malformed_body"),
        ("[]", "422 body_not_an_object"),
        ("null", "422 body_not_an_object"),
        ("{}", "422 invalid party_id:required name:required"),
        (r#"{"party_id":1,"name":[]}"#, "422 invalid party_id:wrong_type name:wrong_type"),
        (r#"{"party_id":"x","name":null}"#, "422 invalid party_id:not_found name:required"),
        (r#"{"party_id":"platform","name":"a","naem":"b"}"#, "422 invalid naem:unknown_field"),
    ] {
        assert_eq!(portal.post(&who, "/api/v1/sites", body).await.problem(), expected, "{body:.60}");
    }
    let told = portal.post(&who, "/api/v1/sites", &many).await.json();
    assert_eq!(told["errors"].as_array().map(Vec::len), Some(22), "two are missing, twenty unknown are told");
    let place = portal.post(&who, "/api/v1/sites", "{\n  \"name\": tru }").await.json();
    assert_eq!(place["detail"], "The body is not JSON: line 2, column 14.");
}

#[tokio::test]
async fn what_http_alone_knows() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Manager).await;
    let too_large = format!(r#"{{"name":"{}"}}"#, "a".repeat(1 << 20));
    assert_eq!(portal.post(&who, "/api/v1/sites", &too_large).await.problem(), "413 body_too_large");

    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "\u{1}"] {
        let mut request = Portal::request(&who, Method::POST, "/api/v1/sites", "{}");
        match content_type.parse() {
            Ok(value) => request.headers_mut().insert("content-type", value),
            Err(_) => request.headers_mut().remove("content-type"),
        };
        assert_eq!(portal.send(request).await.problem(), "415 unsupported_media_type", "{content_type:?}");
    }
    let wrong_method = portal.ask(&who, Method::PUT, "/api/v1/devices", "").await;
    assert_eq!(wrong_method.problem(), "405 method_not_allowed");
    assert_eq!(wrong_method.header("allow"), "GET,HEAD,POST");
    assert_eq!(portal.get(&who, "/api/v1/nothing").await.problem(), "404 not_found");
    assert_eq!(portal.get(&who, "/api/v1/devices/%ff").await.problem(), "404 not_found");
    assert_eq!(portal.get(&who, "/api/v1/devices/..%2f..%2fetc").await.problem(), "404 not_found");
}

#[tokio::test]
async fn parameters_are_known_or_refused() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Manager).await;
    for (query, expected) in [
        ("text=ab", "422 invalid text:unknown_parameter"),
        ("q=%20", "422 invalid q:required"),
        (&format!("q={}", "x".repeat(101)), "422 invalid q:too_long"),
        (&format!("q={}", "%27".repeat(3_000)), "422 invalid q:too_long"),
        ("q=a+b+c+d+e+f+g+h+i+j+k", "422 invalid q:too_many_words"),
        (
            "problem=yes&critical=2&lines_available=true",
            "422 invalid problem:unknown_value lines_available:unknown_value critical:unknown_value",
        ),
        ("after=1~31", "422 invalid after:cursor_of_another_list"),
        ("sitte_id=1&x", "422 invalid sitte_id:unknown_parameter x:unknown_parameter"),
        ("limit=0", "422 invalid limit:limit_out_of_range"),
        ("limit=201&after=zz", "422 invalid limit:limit_out_of_range after:cursor_malformed"),
        ("limit=1&limit=2", "422 invalid limit:duplicate_parameter"),
        ("status=fine&sort=x&kind=y", "422 invalid status:unknown_value sort:unknown_value"),
        ("kind=y", "422 invalid kind:unknown_value"),
        ("site_id=1", "404 not_found"),
        ("party_id=019b0000-0000-7000-8000-000000000000", "404 not_found"),
        ("device_type_id=no-such-model", "404 not_found"),
        ("%ff=%00", "422 invalid \u{fffd}:unknown_parameter"),
    ] {
        let path = format!("/api/v1/devices?{query}");
        assert_eq!(portal.get(&who, &path).await.problem(), expected, "{query}");
    }
    for path in ["/api/v1/me?x=1", "/api/v1/device-types?x=1", "/api/v1/tokens?x=1", "/api/v1/events?x=1"] {
        assert_eq!(portal.get(&who, path).await.problem(), "422 invalid x:unknown_parameter", "{path}");
    }
}

#[tokio::test]
async fn what_use_cases_refuse() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Manager).await;
    let viewer = portal.sign_in(portal.a, "vera", Role::Viewer).await;
    let fleet = portal.fleet(&who, portal.a, "001565000001").await;
    let device = |mac: &str| {
        format!(r#"{{"site_id":"{}","device_type_id":"yealink-t54w","mac":"{mac}"}}"#, fleet.site)
    };
    let (site, user, phone) = (&fleet.site, &fleet.user, &fleet.device);
    let absent = "019b0000-0000-7000-8000-000000000000";
    let assign = format!(r#"{{"user_id":"{user}"}}"#);
    let second = format!(r#"{{"site_id":"{site}","name":"Atelier","extension":"101"}}"#);
    let second = portal.post(&who, "/api/v1/users", &second).await.expect(201).id();
    portal.put(&who, &format!("/api/v1/devices/{phone}/lines/1/user"), &assign).await.expect(200);
    for (who, method, path, body, expected) in [
        (&who, Method::POST, "/api/v1/devices", device("001565000001"), "409 mac_taken mac:mac_taken"),
        (&who, Method::POST, "/api/v1/devices", device("1,56E+11"), "422 invalid mac:mac_spreadsheet_number"),
        (&who, Method::POST, "/api/v1/devices", device("ffffffffffff"), "422 invalid mac:mac_not_a_device"),
        (&viewer, Method::POST, "/api/v1/devices", device("001565000009"), "403 forbidden"),
        (
            &who,
            Method::POST,
            "/api/v1/devices",
            r#"{"site_id":"x","device_type_id":"y"}"#.to_owned(),
            "422 invalid site_id:not_found",
        ),
        (
            &who,
            Method::POST,
            "/api/v1/users",
            format!(
                r#"{{"site_id":"{site}","name":"","extension":"a","number":"1","email":"b","language":"c"}}"#
            ),
            "422 invalid name:required extension:extension_malformed number:number_malformed email:email_malformed language:language_unknown",
        ),
        (
            &who,
            Method::POST,
            "/api/v1/users",
            format!(r#"{{"site_id":"{site}","name":"Doppelgänger","extension":"100"}}"#),
            "409 extension_taken extension:extension_taken",
        ),
        (
            &who,
            Method::POST,
            "/api/v1/sites",
            format!(r#"{{"party_id":"{}","name":"lyon"}}"#, portal.a),
            "409 site_name_taken name:site_name_taken",
        ),
        (
            &who,
            Method::POST,
            "/api/v1/sites",
            format!(r#"{{"party_id":"{}","name":"x","time_zone":"Europe/Lyon","language":"de"}}"#, portal.a),
            "422 invalid time_zone:time_zone_unknown language:language_unknown",
        ),
        (
            &who,
            Method::PUT,
            &format!("/api/v1/devices/{phone}/lines/17/user"),
            assign.clone(),
            "404 not_found",
        ),
        (
            &who,
            Method::PUT,
            &format!("/api/v1/devices/{phone}/lines/0/user"),
            assign.clone(),
            "404 not_found",
        ),
        (
            &who,
            Method::PUT,
            &format!("/api/v1/devices/{phone}/lines/99999999999/user"),
            assign.clone(),
            "404 not_found",
        ),
        (
            &who,
            Method::PUT,
            &format!("/api/v1/devices/{phone}/lines/-1/user"),
            assign.clone(),
            "404 not_found",
        ),
        (
            &who,
            Method::PUT,
            &format!("/api/v1/devices/{phone}/lines/1/user"),
            format!(r#"{{"user_id":"{second}"}}"#),
            "409 line_taken port:line_taken",
        ),
        (
            &who,
            Method::PUT,
            &format!("/api/v1/devices/{phone}/lines/2/user"),
            format!(r#"{{"user_id":"{absent}"}}"#),
            "422 invalid user_id:not_found",
        ),
        (
            &who,
            Method::PUT,
            &format!("/api/v1/devices/{phone}/lines/2/user"),
            format!(r#"{{"user_id":"{user}","use":"sometimes"}}"#),
            "422 invalid use:unknown_value",
        ),
        (
            &who,
            Method::POST,
            &format!("/api/v1/devices/{phone}/lines/1/credentials"),
            r#"{"algorithms":["SHA-1"]}"#.to_owned(),
            "422 invalid algorithms:algorithm_unknown",
        ),
        (
            &who,
            Method::POST,
            &format!("/api/v1/devices/{phone}/lines/1/credentials"),
            r#"{"algorithms":["MD5",5]}"#.to_owned(),
            "422 invalid algorithms[1]:wrong_type",
        ),
        (
            &who,
            Method::POST,
            "/api/v1/tokens",
            r#"{"name":"x","role":"god","expires_at":"tomorrow"}"#.to_owned(),
            "422 invalid role:unknown_value expires_at:time_malformed",
        ),
        (
            &who,
            Method::POST,
            "/api/v1/tokens",
            r#"{"name":"x","expires_at":"2020-01-01T00:00:00Z"}"#.to_owned(),
            "422 invalid expires_at:expires_in_the_past",
        ),
        (&who, Method::GET, "/api/v1/audit", String::new(), "403 forbidden"),
        (
            &who,
            Method::PATCH,
            "/api/v1/me",
            r#"{"language":"de"}"#.to_owned(),
            "422 invalid language:language_unknown",
        ),
    ] {
        let answer = portal.ask(who, method, path, &body).await;
        assert_eq!(answer.problem(), expected, "{path} {body}");
    }
}

#[tokio::test]
async fn signing_in_says_nothing_and_slows_down() {
    let portal = Portal::start().await;
    portal.sign_in(portal.a, "marie", Role::Manager).await;
    let wrong = r#"{"username":"marie","password":"wrong password"}"#;
    let unknown = r#"{"username":"nobody","password":"wrong password"}"#;
    let wrong = portal.post(&Who::Nobody, "/api/v1/session", wrong).await;
    let unknown = portal.post(&Who::Nobody, "/api/v1/session", unknown).await;
    assert_eq!(wrong.problem(), "401 unauthenticated");
    assert_eq!(wrong.without_request_id(), unknown.without_request_id());
    assert_eq!(wrong.header("www-authenticate"), "Bearer");
    assert!(!wrong.headers.contains_key("set-cookie"));

    let mut last = wrong;
    for _ in 0..10 {
        last = portal.post(&Who::Nobody, "/api/v1/session", r#"{"username":"marie","password":"x"}"#).await;
        if last.status.as_u16() == 429 {
            break;
        }
    }
    assert_eq!(last.problem(), "429 too_many");
    assert!(last.header("retry-after").parse::<u32>().expect("seconds") > 0);
}

#[tokio::test]
async fn credentials_that_are_none() {
    let portal = Portal::start().await;
    for (name, value) in [
        ("cookie", "tonalite=".to_owned()),
        ("cookie", "tonalite=x".to_owned()),
        ("cookie", format!("tonalite={}", "x".repeat(5000))),
        ("cookie", ";;;=;\u{7f}".replace('\u{7f}', "?")),
        ("authorization", "Bearer tnl_".to_owned()),
        ("authorization", format!("Bearer tnl_{}", "2".repeat(56))),
        ("authorization", "Basic bWFyaWU6eA==".to_owned()),
    ] {
        let request = Request::builder().uri("/api/v1/me").header(name, &value).body(Body::empty()).unwrap();
        assert_eq!(portal.send(request).await.problem(), "401 unauthenticated", "{name}: {value:.40}");
    }
}
