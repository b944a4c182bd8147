//! Assigned lines: who is faster, secrets and their change, what the registrar loads.

use tonalite_core::Error;
use tonalite_core::id::LineKey;
use tonalite_core::line::{Algorithms, LineUse};
use tonalite_core::line_state::{LineState, StateDetail};
use tonalite_core::party::SipDomain;
use tonalite_core::registration::{RegistrarLine, SealedSecret};
use tonalite_core::time::{Span, Timestamp};
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW, line_ref};
use crate::writer::{Live, binding};

#[tokio::test]
async fn a_port_is_given_once() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let (anne, bob) = (f.user(&site, "100").await.unwrap(), f.user(&site, "200").await.unwrap());
        let device = f.device(&site, 0x0015_6500_0001).await;
        let (a, b) = tokio::join!(f.try_line(&device, 1, &anne), f.try_line(&device, 1, &bob));
        let winners = [(a.unwrap(), &anne), (b.unwrap(), &bob)];
        let winner = winners.iter().find(|(key, _)| key.is_some()).expect("one must win");
        assert_eq!(winners.iter().filter(|(key, _)| key.is_some()).count(), 1);

        let line = f.store.find_line(device.key, 1).await.unwrap().unwrap();
        assert_eq!((Some(line.key), line.user_key), (winner.0, winner.1.key));
        assert_eq!((line.user_id, line.user_name.as_str()), (winner.1.id, "Anne"));
        assert_eq!(line.extension, winner.1.details.extension.as_str());
        assert_eq!((line.port, line.line_use, line.number), (1, LineUse::Primary, None));
        assert_eq!(f.read(device.key).await.unwrap().lines_assigned, 1, "counted once");
        assert_eq!(f.store.find_line(device.key, 2).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn lines_come_by_port_and_go_once() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let user = f.user(&site, "100").await.unwrap();
        let device = f.device(&site, 0x0015_6500_0001).await;
        for port in [3, 1, 2] {
            f.line(&device, port, &user).await;
        }
        let lines = f.store.find_lines_of_device(device.key).await.unwrap();
        assert_eq!(lines.iter().map(|line| line.port).collect::<Vec<_>>(), [1, 2, 3]);
        let audit = f.audit(&f.customer);
        f.store.delete_line(&lines[1], &audit).await.unwrap();
        assert!(matches!(f.store.delete_line(&lines[1], &audit).await, Err(Error::NotFound)));
        assert_eq!(f.read(device.key).await.unwrap().lines_assigned, 2, "uncounted once");
        let domain = SipDomain::parse("sip.example.net").unwrap();
        assert!(f.store.has_lines_in_domain(&domain).await.unwrap());
        assert!(!f.store.has_lines_in_domain(&SipDomain::parse("other.example").unwrap()).await.unwrap());

        f.store.delete_device(device.key, &audit).await.unwrap();
        assert!(!f.store.has_lines_in_domain(&domain).await.unwrap());
        let gone = f.try_line(&device, 4, &user).await;
        assert!(matches!(gone, Err(Error::NotFound)), "a line of a device that was just removed: {gone:?}");
    })
    .await;
}

#[tokio::test]
async fn a_new_secret_stands_beside_the_old_until_it_is_promoted() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let user = f.user(&site, "100").await.unwrap();
        let device = f.device(&site, 0x0015_6500_0001).await;
        let line = f.line(&device, 1, &user).await;
        let audit = f.audit(&f.customer);
        let credential = async || f.store.find_registrar_line(line.key).await.unwrap().unwrap().credential;
        let promote = async |secret: &[u8]| {
            f.store.promote_secret(line.key, &SealedSecret(secret.into())).await.unwrap()
        };
        assert!(!promote(&[1, 2, 3]).await, "in force already");
        assert_eq!(credential().await.secret.0, [1, 2, 3]);

        let both = Algorithms { md5: true, sha256: true };
        let until = NOW + Span::from_hours(24);
        for secret in [[4], [5]] {
            f.store
                .set_next_secret(line.key, &SealedSecret(secret.into()), until, both, &audit)
                .await
                .unwrap();
        }
        let beside = credential().await;
        assert_eq!(beside.secret.0, [1, 2, 3]);
        assert_eq!(
            beside.next.map(|(secret, until)| (secret.0, until)),
            Some((vec![5], until)),
            "the newest"
        );
        assert_eq!(beside.sip.algorithms, both);
        assert_eq!(beside.sip.username, line.sip.username, "the phone keeps its name");

        assert!(promote(&[5]).await);
        assert!(!promote(&[5]).await, "once");
        let alone = credential().await;
        assert_eq!((alone.secret.0.as_slice(), alone.next.is_none()), ([5].as_slice(), true));
        assert_eq!(alone.sip.algorithms, both);

        // A phone used the one before the newest: that is in force now, and the newest stands beside it.
        for secret in [[6], [7]] {
            let md5 = Algorithms::default();
            f.store
                .set_next_secret(line.key, &SealedSecret(secret.into()), until, md5, &audit)
                .await
                .unwrap();
        }
        assert!(promote(&[6]).await);
        let beside = credential().await;
        assert_eq!(beside.secret.0, [6]);
        assert_eq!(beside.next.map(|(secret, until)| (secret.0, until)), Some((vec![7], until)));

        let nowhere = LineKey(1_000_000);
        let absent = f.store.set_next_secret(nowhere, &SealedSecret(vec![1]), until, both, &audit).await;
        assert!(matches!(absent, Err(Error::NotFound)), "{absent:?}");
        assert!(f.store.find_registrar_line(nowhere).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn the_registrar_loads_every_line_and_nobody_ages_by_our_absence() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let site = f.site(&f.customer, "Lyon").await.unwrap();
        let user = f.user(&site, "100").await.unwrap();
        let device = f.device(&site, 0x0015_6500_0001).await;
        let (used, unused) = (f.line(&device, 1, &user).await, f.line(&device, 2, &user).await);
        let live = Live::start(&f.store);
        live.writer.add_device(line_ref(&device, &used).device, NOW).await;
        live.writer.add_line(line_ref(&device, &used), NOW).await;
        let mut change = live.registered(&line_ref(&device, &used), NOW);
        change.stored = vec![binding(7, NOW), binding(9, NOW)];
        live.change(change).await;
        live.stop().await;

        let ready_at = NOW + Span::from_hours(5);
        let load = async |f: &Fixture| {
            let mut lines: Vec<RegistrarLine> = Vec::new();
            let highest = f.store.load_registrar_lines(ready_at, &mut |line| lines.push(line)).await.unwrap();
            lines.sort_by_key(|line| line.line.key);
            (highest, lines)
        };
        let (highest, lines) = load(&f).await;
        assert_eq!(highest, 9);
        assert_eq!(
            lines.iter().map(|line| line.line).collect::<Vec<_>>(),
            [line_ref(&device, &used), line_ref(&device, &unused)]
        );
        let known = &lines[0].registrations;
        assert_eq!((known.state, known.detail, known.since), (LineState::Registered, None, NOW));
        assert_eq!(known.registered_at, Some(NOW));
        let mut expected = [binding(7, NOW), binding(9, NOW)];
        for binding in &mut expected {
            binding.not_before = ready_at + binding.granted;
        }
        assert_eq!(known.bindings, expected, "each field of a contact is kept");
        // The line that the live schema has not heard of yet.
        let unknown = &lines[1].registrations;
        assert_eq!((unknown.state, unknown.detail), (LineState::Unregistered, Some(StateDetail::NeverSeen)));
        assert_eq!((unknown.since, unknown.registered_at), (NOW, None));
        assert_eq!(lines[0].credential.sip, used.sip);

        let (_, again) = load(&f.reopen().await).await;
        assert_eq!(again[0].registrations, lines[0].registrations, "the same after a restart");
        assert_eq!(again[1].registrations.since, Timestamp(NOW.0));
    })
    .await;
}
