//! `tonalite seed`, on both database engines: the fleet is there, its phones can register, and nothing is filled twice.

use std::collections::HashSet;
use std::time::Duration;

use tonalite_phones::{Fleet, FleetOptions, read_credentials};
use tonalite_testkit::each_engine;

use crate::installation::Installation;

const LIMIT: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_installation_is_filled_once() {
    each_engine(async |location| {
        let installation = Installation::on(location);
        let file = installation.path("credentials.txt");
        let seed = ["seed", "--devices", "1203", "--credentials", file.to_str().unwrap()];
        assert_eq!(installation.one_line(&seed), "1203 devices");

        let text = std::fs::read(&file).unwrap();
        let credentials = read_credentials(&text[..], usize::MAX).expect("as `phones` reads them");
        assert_eq!(credentials.len(), 1203);
        let names: HashSet<&String> = credentials.iter().map(|line| &line.username).collect();
        assert_eq!(names.len(), 1203, "each line has a name of its own");

        std::fs::remove_file(&file).unwrap();
        let again = installation.run(&seed).complaint();
        assert!(again.contains("empty"), "{again}");
        assert!(!file.exists(), "nothing was written for a fleet that was not made");

        let token = installation.token("root", "platform", "admin");
        let server = installation.serve();
        let api = server.api(&token);
        let list = api.get("/api/v1/devices?limit=1").must(200);
        assert_eq!((&list["total"], &list["counts"]["unregistered"]), (&1203.into(), &1203.into()));
        assert_eq!(
            list["items"][0]["lines_available"],
            list["items"][0]["lines_total"].as_u64().unwrap() - 1
        );
        let phones = credentials.into_iter().step_by(300).map(|line| line.into_phone(server.sip)).collect();
        let fleet = Fleet::start(phones, &FleetOptions::default()).await.unwrap();
        assert!(fleet.wait_until(LIMIT, |stats| stats.registered == 5).await, "{:?}", fleet.stats());
        let counts = api.get("/api/v1/devices?limit=1").must(200)["counts"].clone();
        assert_eq!((&counts["registered"], &counts["unregistered"]), (&5.into(), &1198.into()));
        fleet.shutdown(true).await;
        server.stop();
    })
    .await;
}
