//! The fleet over real loopback sockets, against a registrar of the test's own.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod registrar;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use registrar::{Registrar, Rules};
use tonalite_phones::{Behaviour, Fleet, FleetOptions, OnReboot, PhoneConfig, PhoneState, Stats};
use tonalite_sip::digest::Algorithm;

/// Far beyond what a loaded machine needs; a test that is right never waits so long.
const LIMIT: Duration = Duration::from_secs(30);

fn configs(count: usize, registrar: SocketAddr) -> Vec<PhoneConfig> {
    (0..count)
        .map(|index| {
            let user = format!("u{index:04}");
            let mut config = PhoneConfig::new(user.clone(), "one.example", format!("pw-{user}"), registrar);
            config.retry = Duration::from_millis(50);
            config
        })
        .collect()
}

fn options(max_sockets: usize) -> FleetOptions {
    FleetOptions { max_sockets, starts_per_second: 0, ..FleetOptions::default() }
}

fn all_registered(stats: &Stats) -> bool {
    stats.registered == stats.phones
}

#[tokio::test]
async fn phones_register_with_either_algorithm_and_withdraw() {
    for algorithms in [vec![Algorithm::Md5], vec![Algorithm::Sha256], vec![Algorithm::Sha256, Algorithm::Md5]]
    {
        let registrar = Registrar::start(Rules { algorithms, ..Rules::default() }).await;
        let fleet = Fleet::start(configs(5, registrar.address), &options(2000)).await.unwrap();
        assert_eq!((fleet.len(), fleet.sockets()), (5, 5));
        assert!(fleet.wait_until(LIMIT, all_registered).await, "{:?}", fleet.stats());
        let bindings = registrar.bindings();
        assert_eq!(bindings.len(), 5);
        for (user, binding) in &bindings {
            assert_eq!(
                binding.contact,
                format!("sip:{user}@{}", binding.source),
                "the contact is the source address"
            );
        }
        let ports: HashSet<u16> = bindings.values().map(|binding| binding.source.port()).collect();
        assert_eq!(ports.len(), 5, "each phone has a port of its own");
        let stats = fleet.shutdown(true).await;
        assert_eq!((stats.registered, stats.total.withdrawals), (0, 5));
        assert_eq!((registrar.bindings().len(), registrar.withdrawn().len()), (0, 5));
    }
}

#[tokio::test]
async fn phones_refresh_with_the_next_nonce_count_and_survive_a_stale_one() {
    let rules = Rules { max_expires: 1, nonce_uses: 3, ..Rules::default() };
    let registrar = Registrar::start(rules).await;
    let fleet = Fleet::start(configs(1, registrar.address), &options(1)).await.unwrap();
    assert!(fleet.wait_until(LIMIT, |stats| stats.total.refreshes >= 2).await, "{:?}", fleet.stats());
    assert_eq!(registrar.bindings()["u0000"].nonce_count, 3);
    assert_eq!(fleet.stats().total.challenged, 1);
    assert!(fleet.wait_until(LIMIT, |stats| stats.total.refreshes >= 3).await, "{:?}", fleet.stats());
    assert_eq!(fleet.stats().total.challenged, 2);
    assert_eq!((fleet.stats().total.refused, fleet.stats().registered), (0, 1));
}

#[tokio::test]
async fn many_phones_share_few_sockets_and_are_told_apart() {
    let registrar = Registrar::start(Rules::default()).await;
    let fleet = Fleet::start(configs(100, registrar.address), &options(7)).await.unwrap();
    assert_eq!(fleet.sockets(), 7);
    assert!(fleet.wait_until(LIMIT, all_registered).await, "{:?}", fleet.stats());
    let bindings = registrar.bindings();
    let ports: HashSet<u16> = bindings.values().map(|binding| binding.source.port()).collect();
    assert_eq!((bindings.len(), ports.len()), (100, 7));

    // Each answers for itself: the one that vanished is mute, its neighbours on the same socket are not.
    let gone = fleet.phone(11).unwrap();
    gone.vanish().await;
    assert!(gone.wait_for(LIMIT, |state| state == PhoneState::Vanished).await);
    for (user, binding) in &bindings {
        registrar.ask("OPTIONS", binding, user).await;
    }
    assert!(fleet.wait_until(LIMIT, |stats| stats.total.options == 99).await, "{:?}", fleet.stats());
    registrar.ask("NOTIFY", &bindings["u0012"], "notify").await;
    assert!(fleet.wait_until(LIMIT, |stats| stats.total.notifies == 1).await);
    let stranger = registrar::Binding {
        contact: format!("sip:nobody@{}", bindings["u0012"].source),
        ..bindings["u0012"].clone()
    };
    registrar.ask("OPTIONS", &stranger, "stranger").await;
    let all_in = async {
        while registrar.answers().len() < 101 {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(LIMIT, all_in).await.is_ok(), "{} answers", registrar.answers().len());
    let answers = registrar.answers();
    assert!(!answers.contains(&(200, "u0011".to_owned())));
    assert!(answers.contains(&(200, "notify".to_owned())));
    assert!(answers.contains(&(404, "stranger".to_owned())));
    assert_eq!(answers.iter().filter(|(code, _)| *code == 200).count(), 100);
}

#[tokio::test]
async fn a_busy_deaf_and_demanding_registrar_is_borne() {
    let rules = Rules { busy: 3, deaf: 2, min_expires: 90, ..Rules::default() };
    let registrar = Registrar::start(rules).await;
    let mut phones = configs(4, registrar.address);
    for phone in &mut phones {
        phone.expires = 20;
    }
    let fleet = Fleet::start(phones, &options(2)).await.unwrap();
    assert!(fleet.wait_until(LIMIT, all_registered).await, "{:?}", fleet.stats());
    assert!(registrar.bindings().values().all(|binding| binding.expires == 90));
    let total = fleet.stats().total;
    assert!(total.retransmitted >= 2, "{total:?}");
    assert_eq!(total.refused, 3, "{total:?}");
    assert!(total.slowest_register >= Duration::from_millis(400), "a lost datagram costs T1: {total:?}");
}

#[tokio::test]
async fn orders_reach_the_phone_they_are_for() {
    let registrar = Registrar::start(Rules::default()).await;
    let mut phones = configs(6, registrar.address);
    phones[5].behaviour = Behaviour::WrongPassword;
    let fleet = Fleet::start(phones, &options(2)).await.unwrap();
    assert!(fleet.wait_until(LIMIT, |stats| stats.registered == 5).await, "{:?}", fleet.stats());
    let is = |wanted| move |state| state == wanted;
    let [withdrawn, vanished, refused, wrong] = [0, 1, 2, 5].map(|index| fleet.phone(index).unwrap());
    assert!(wrong.wait_for(LIMIT, is(PhoneState::Refused(401))).await);
    withdrawn.withdraw().await;
    vanished.vanish().await;
    refused.wrong_password().await;
    assert!(withdrawn.wait_for(LIMIT, is(PhoneState::Withdrawn)).await);
    assert!(vanished.wait_for(LIMIT, is(PhoneState::Vanished)).await);
    assert!(refused.wait_for(LIMIT, is(PhoneState::Refused(401))).await);
    assert_eq!(registrar.withdrawn(), ["u0000"]);
    assert!(registrar.bindings().contains_key("u0001"), "it said nothing");
    assert_eq!(fleet.stats().registered, 2);
    for handle in [withdrawn, vanished, refused, wrong] {
        handle.register().await;
    }
    assert!(fleet.wait_until(LIMIT, all_registered).await, "{:?}", fleet.stats());
    assert!(fleet.phone(6).is_none());
    let stats = fleet.shutdown(false).await;
    assert_eq!(registrar.withdrawn(), ["u0000"], "a power cut says no goodbye");
    assert_eq!(stats.total.withdrawals, 1);
}

#[tokio::test]
async fn a_flapping_phone_comes_and_goes() {
    let registrar = Registrar::start(Rules::default()).await;
    let mut phones = configs(2, registrar.address);
    let (up, down) = (Duration::from_millis(60), Duration::from_millis(60));
    phones[0].behaviour = Behaviour::Flap { up, down, withdraws: true };
    phones[1].behaviour = Behaviour::Flap { up, down, withdraws: false };
    let fleet = Fleet::start(phones, &options(2)).await.unwrap();
    assert!(fleet.wait_until(LIMIT, |stats| stats.total.registrations >= 8).await, "{:?}", fleet.stats());
    assert!(registrar.withdrawn().iter().all(|user| user == "u0000"));
    assert!(registrar.withdrawn().len() >= 2);
    fleet.shutdown(true).await;
}

/// One line of a device is told, and its neighbours restart with it, on whichever socket they are; nobody else does.
#[tokio::test]
async fn a_device_restarts_with_all_its_lines() {
    for sockets in [9, 2, 1] {
        let registrar = Registrar::start(Rules::default()).await;
        let mut phones = configs(9, registrar.address);
        for (index, phone) in phones.iter_mut().enumerate() {
            phone.reboot_time = Duration::from_millis(40);
            // 0, 1, 2 and 3, 4, 5 are devices; 6, 7, 8 have one line each, of which one says so.
            phone.group = [Some(1), Some(2), None][index / 3];
        }
        phones[6].group = Some(3);
        let fleet = Fleet::start(phones, &options(sockets)).await.unwrap();
        assert!(fleet.wait_until(LIMIT, all_registered).await, "{:?}", fleet.stats());
        let bindings = registrar.bindings();
        registrar.reboot(&bindings["u0004"], "r1").await;
        let done = |stats: &Stats| stats.total.restarts == 3 && all_registered(stats);
        assert!(fleet.wait_until(LIMIT, done).await, "{sockets}: {:?}", fleet.stats());
        let mut withdrawn = registrar.withdrawn();
        withdrawn.sort();
        assert_eq!(withdrawn, ["u0003", "u0004", "u0005"], "{sockets} sockets");
        for alone in ["u0006", "u0007"] {
            registrar.reboot(&bindings[alone], alone).await;
        }
        let done = |stats: &Stats| stats.total.restarts == 5 && all_registered(stats);
        assert!(fleet.wait_until(LIMIT, done).await, "{sockets}: {:?}", fleet.stats());
        assert_eq!(registrar.withdrawn().len(), 5);
        fleet.shutdown(false).await;
    }
}

#[tokio::test]
async fn phones_that_do_not_come_back_are_gone_until_switched_on() {
    let registrar = Registrar::start(Rules::default()).await;
    let mut phones = configs(2, registrar.address);
    for phone in &mut phones {
        phone.on_reboot = OnReboot::NeverBack;
        phone.reboot_time = Duration::from_millis(10);
        phone.group = Some(1);
    }
    let fleet = Fleet::start(phones, &options(2)).await.unwrap();
    assert!(fleet.wait_until(LIMIT, all_registered).await, "{:?}", fleet.stats());
    registrar.reboot(&registrar.bindings()["u0000"], "r1").await;
    for index in 0..2 {
        let phone = fleet.phone(index).unwrap();
        assert!(phone.wait_for(LIMIT, |state| state == PhoneState::Vanished).await);
        phone.register().await;
    }
    assert!(fleet.wait_until(LIMIT, all_registered).await, "{:?}", fleet.stats());
    assert_eq!(fleet.stats().total.restarts, 0);
}

#[tokio::test]
async fn nobody_there_means_no_answer_and_an_end_all_the_same() {
    let silent = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let fleet = Fleet::start(configs(3, silent.local_addr().unwrap()), &options(3)).await.unwrap();
    assert!(fleet.wait_until(LIMIT, |stats| stats.total.retransmitted >= 3).await);
    assert_eq!(fleet.phone(0).unwrap().state(), PhoneState::Registering);
    assert!(!fleet.wait_until(Duration::from_millis(10), all_registered).await);
    let stats = fleet.shutdown(false).await;
    assert_eq!((stats.registered, stats.phones), (0, 3));
    let empty = Fleet::start(Vec::new(), &options(3)).await.unwrap();
    assert!(empty.is_empty());
    empty.shutdown(true).await;
}

/// One source port each up to two thousand, in one process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_register_in_one_process() {
    let registrar = Registrar::start(Rules::default()).await;
    let mut options = options(2000);
    options.starts_per_second = 4000;
    let fleet = Fleet::start(configs(3000, registrar.address), &options).await.unwrap();
    assert!(fleet.sockets() > 100 && fleet.sockets() <= 2000, "{}", fleet.sockets());
    assert!(fleet.wait_until(LIMIT * 2, all_registered).await, "{:?}", fleet.stats());
    assert_eq!(registrar.bindings().len(), 3000);
    let stats = fleet.shutdown(true).await;
    assert_eq!(stats.registered, 0);
    assert_eq!(registrar.bindings().len(), 0);
}
