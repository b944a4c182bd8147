//! The list of line states: what a row tells, what narrows it, how it is paged.

use tonalite_core::portal_user::Role;

use crate::portal::Portal;

#[tokio::test]
async fn a_row_for_each_port_and_for_a_device_without_one() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Manager).await;
    let fleet = portal.fleet(&who, portal.a, "001565000001").await;
    let body = format!(
        r#"{{"site_id":"{}","device_type_id":"grandstream-ht818","mac":"001565000000"}}"#,
        fleet.site
    );
    portal.post(&who, "/api/v1/devices", &body).await.expect(201);
    for port in [1, 3] {
        let line = format!("/api/v1/devices/{}/lines/{port}/user", fleet.device);
        portal.put(&who, &line, &format!(r#"{{"user_id":"{}"}}"#, fleet.user)).await.expect(200);
    }
    let list = portal.get(&who, "/api/v1/line-states?expand=bindings").await.expect(200);
    insta::assert_snapshot!("line_states", list.snapshot());

    let all = list.json()["items"].as_array().unwrap().clone();
    for (query, ports) in [
        ("", vec![None, Some(1), Some(3)]),
        ("state=unregistered", vec![None, Some(1), Some(3)]),
        ("state=registered", vec![]),
        ("state=aged", vec![]),
        ("kind=ata", vec![None]),
        ("kind=desk", vec![Some(1), Some(3)]),
        ("device_type_id=yealink-t54w&state=unregistered", vec![Some(1), Some(3)]),
        ("q=00:15:65:00:00:01", vec![Some(1), Some(3)]),
        ("q=nowhere", vec![]),
    ] {
        let list = portal.get(&who, &format!("/api/v1/line-states?{query}")).await.expect(200).json();
        let found: Vec<Option<u64>> =
            list["items"].as_array().unwrap().iter().map(|item| item["port"].as_u64()).collect();
        assert_eq!(found, ports, "{query}");
        assert_eq!(
            (list["total"].as_u64(), &list["total_is_estimate"]),
            (Some(ports.len() as u64), &false.into())
        );
        assert!(
            list["items"].as_array().unwrap().iter().all(|item| item.get("contacts").is_none()),
            "{query}"
        );
    }
    let (mut paged, mut after) = (Vec::new(), String::new());
    loop {
        let page =
            portal.get(&who, &format!("/api/v1/line-states?limit=1&expand=bindings{after}")).await.json();
        paged.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
}

#[tokio::test]
async fn what_cannot_be_meant_is_told() {
    let portal = Portal::start().await;
    let who = portal.sign_in(portal.a, "marie", Role::Viewer).await;
    for (query, problem) in [
        ("state=no_line", "422 invalid state:unknown_value"),
        ("kind=car", "422 invalid kind:unknown_value"),
        ("device_type_id=car", "404 not_found"),
        ("expand=all", "422 invalid expand:unknown_value"),
        ("limit=201", "422 invalid limit:limit_out_of_range"),
        ("sort=mac", "422 invalid sort:unknown_parameter"),
        ("after=zz", "422 invalid after:cursor_malformed"),
    ] {
        assert_eq!(
            portal.get(&who, &format!("/api/v1/line-states?{query}")).await.problem(),
            problem,
            "{query}"
        );
    }
}
