//! Ending in good order and coming back, as an upgrade does it, on both database engines.

use std::time::Duration;

use serde_json::Value;
use tonalite_phones::{Fleet, FleetOptions, PhoneConfig};
use tonalite_testkit::each_engine;

use crate::api::Api;
use crate::installation::Installation;
use crate::inventory::Line;
use crate::wait::{now, within};

const LIMIT: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn phones_stay_registered() {
    each_engine(async |location| {
        let installation = Installation::on(location);
        let token = installation.token("root", "platform", "admin");
        let server = installation.serve();
        let (http, sip) = (server.http, server.sip);
        let api = server.api(&token);
        let site = api.make_site(None);
        let lines: Vec<Line> = (0..3).map(|number| api.make_line(&site, number)).collect();
        let phones = lines.iter().map(|line| {
            let mut phone = PhoneConfig::new(&line.username, &line.domain, &line.password, sip);
            phone.retry = Duration::from_millis(50);
            phone
        });
        let fleet = Fleet::start(phones.collect(), &FleetOptions::default()).await.unwrap();
        assert!(fleet.wait_until(LIMIT, |stats| stats.registered == 3).await, "{:?}", fleet.stats());
        fleet.phone(2).unwrap().withdraw().await;
        assert!(fleet.wait_until(LIMIT, |stats| stats.total.withdrawals == 1).await, "{:?}", fleet.stats());
        let known = [("registered", None), ("registered", None), ("unregistered", Some("withdrawn"))];
        assert_eq!(states(&api, &lines), known.map(in_words));
        within(LIMIT, "two bindings", || (bindings(&api) == 2).then_some(()));

        // Nobody who follows the events holds up the end.
        let (events, asked) = (api.events(), now());
        server.stop();
        assert_eq!(events.next(LIMIT), None, "the stream ended with the server");
        assert!(asked.elapsed() < LIMIT);

        let unconfirmed = [
            ("registered", Some("unconfirmed")),
            ("registered", Some("unconfirmed")),
            ("unregistered", Some("withdrawn")),
        ];
        let server = installation.serve_at(http, sip);
        assert_eq!(states(&api, &lines), unconfirmed.map(in_words));
        within(LIMIT, "two bindings again", || (bindings(&api) == 2).then_some(()));

        // It answers with a nonce of the server's former life, is told that it is stale, and asks anew.
        fleet.phone(0).unwrap().register().await;
        let confirmed = [known[0], unconfirmed[1], known[2]];
        within(LIMIT, "the first phone is confirmed", || {
            (states(&api, &lines) == confirmed.map(in_words)).then_some(())
        });
        assert_eq!(fleet.stats().total.refused, 0, "no phone was turned away");

        // And without a goodbye, on either engine.
        server.kill();
        let server = installation.serve_at(http, sip);
        assert_eq!(states(&api, &lines), unconfirmed.map(in_words));
        fleet.shutdown(true).await;
        within(LIMIT, "all withdrew", || (bindings(&api) == 0).then_some(()));
        server.stop();
    })
    .await;
}

fn in_words((state, detail): (&str, Option<&str>)) -> (Value, Value) {
    (state.into(), detail.into())
}

/// State and detail of each device.
fn states(api: &Api, lines: &[Line]) -> [(Value, Value); 3] {
    let states = lines.iter().map(|line| {
        let status = api.get(&format!("/api/v1/devices/{}/status", line.device)).must(200);
        (status["status"].clone(), status["status_detail"].clone())
    });
    states.collect::<Vec<_>>().try_into().unwrap()
}

/// The gauge that an operator watches.
fn bindings(api: &Api) -> u64 {
    let metrics = api.get("/metrics");
    assert_eq!(metrics.status, 200);
    let gauge = metrics.body.lines().find_map(|line| line.strip_prefix("tonalite_bindings "));
    gauge.unwrap_or_else(|| panic!("no gauge: {}", metrics.body)).parse().unwrap()
}
