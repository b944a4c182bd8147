//! Keys of requests that are carried out once.

use tonalite_core::id::PortalUserKey;
use tonalite_core::time::{Span, Timestamp};
use tonalite_store::Remembered;
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, NOW};

const ANNE: PortalUserKey = PortalUserKey(1);
const BOB: PortalUserKey = PortalUserKey(2);

async fn claim(f: &Fixture, user: PortalUserKey, fingerprint: &[u8], now: Timestamp) -> Remembered {
    f.store.claim_idempotency_key(user, "key", fingerprint, now, now - Span::from_hours(24)).await.unwrap()
}

#[tokio::test]
async fn a_request_is_carried_out_once() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        assert_eq!(claim(&f, ANNE, b"a", NOW).await, Remembered::New);
        assert_eq!(claim(&f, ANNE, b"a", NOW).await, Remembered::Underway);
        assert_eq!(claim(&f, ANNE, b"b", NOW).await, Remembered::Different);
        assert_eq!(claim(&f, BOB, b"b", NOW).await, Remembered::New, "everybody's keys are their own");

        f.store.remember_answer(ANNE, "key", 201, "{\"é\":1}").await.unwrap();
        assert_eq!(claim(&f, ANNE, b"a", NOW).await, Remembered::Answered(201, "{\"é\":1}".into()));
        assert_eq!(claim(&f, ANNE, b"b", NOW).await, Remembered::Different);
        assert_eq!(claim(&f, BOB, b"b", NOW).await, Remembered::Underway);

        f.store.forget_idempotency_key(BOB, "key").await.unwrap();
        assert_eq!(claim(&f, BOB, b"c", NOW).await, Remembered::New, "free again");
        let tomorrow = NOW + Span::from_hours(24);
        assert_eq!(claim(&f, ANNE, b"a", tomorrow).await, Remembered::Answered(201, "{\"é\":1}".into()));
        assert_eq!(claim(&f, ANNE, b"z", tomorrow + Span(1)).await, Remembered::New, "forgotten after a day");
    })
    .await;
}

#[tokio::test]
async fn of_requests_that_come_at_once_one_goes_ahead() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let go = || claim(&f, ANNE, b"a", NOW);
        let (a, b, c, d) = tokio::join!(go(), go(), go(), go());
        let news = [a, b, c, d].into_iter().filter(|remembered| *remembered == Remembered::New).count();
        assert_eq!(news, 1);
    })
    .await;
}
