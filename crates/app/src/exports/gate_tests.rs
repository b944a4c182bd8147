//! The driver with runs that the test ends by hand, and a clock that it moves.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::time::Instant;
use tonalite_core::id::SiteKey;
use tonalite_testkit::{SeededEntropy, VirtualClock, eventually};

use super::*;

/// What a run of the tests makes: counted while it exists.
#[derive(Debug)]
struct File(Arc<AtomicUsize>);

impl Drop for File {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

struct Bench {
    driver: Arc<GateDriver<File>>,
    hand: Arc<VirtualClock>,
    clock: Arc<dyn Clock>,
    /// Runs under way, and files kept.
    runs: Arc<AtomicUsize>,
    files: Arc<AtomicUsize>,
}

/// One run, to be ended by the test.
type Ending = oneshot::Sender<Result<()>>;

impl Bench {
    fn new() -> Bench {
        let hand = VirtualClock::new();
        let clock: Arc<dyn Clock> = hand.clone();
        let driver = GateDriver::new(Parameters::default(), SeededEntropy::new(1));
        Bench { driver, hand, clock, runs: Arc::default(), files: Arc::default() }
    }

    fn ask(&self, session: u8, customer: i64, site: i64) -> (Waiting<File>, Ending) {
        let (ending, ended) = oneshot::channel();
        let (runs, files) = (self.runs.clone(), self.files.clone());
        let order: Order<File> = Box::new(move |_| {
            Box::pin(async move {
                // Counted down when the run ends, and when it is stopped.
                runs.fetch_add(1, Ordering::SeqCst);
                let _under_way = File(runs);
                ended.await.unwrap_or_else(|_| panic!("the test ended"))?;
                files.fetch_add(1, Ordering::SeqCst);
                Ok(File(files))
            })
        });
        let customer = PartyKey(customer);
        let key = FlightKey { customer, site: Some(SiteKey(site)), filter: "".into(), sees: None };
        let asker = Asker { name: format!("s{session}"), party: customer, tenancy: Tenancy::default() };
        let waiting = self.driver.ask(SessionId([session; 32]), key, asker, order, &self.clock);
        (waiting, ending)
    }

    fn advance(&self, seconds: i64) {
        self.hand.advance(Span::from_secs(seconds));
        self.driver.turn(&self.clock);
    }

    async fn runs_are(&self, expected: usize) {
        let counted =
            eventually("so many runs", async || (self.runs.load(Ordering::SeqCst) == expected).then_some(()));
        counted.await;
    }
}

fn ready(answer: Answer<File>) -> (Arc<File>, Source, Arc<Asker>) {
    match answer {
        Answer::Ready { file, source, asked_by, .. } => (file, source, asked_by),
        other => panic!("{other:?}"),
    }
}

fn failed(answer: &Answer<File>) -> Uuid {
    match answer {
        Answer::Failed(id) => *id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn one_run_serves_those_who_wait_and_those_who_come_in_its_window_and_its_file_goes() {
    let bench = Bench::new();
    let ((mut one, ending), (mut two, _)) = (bench.ask(1, 1, 1), bench.ask(2, 1, 1));
    assert_eq!(two.place().unwrap().asked_by.unwrap().name, "s1");
    ending.send(Ok(())).unwrap();
    let (file, source, _) = ready(one.answer().await.unwrap());
    let (shared, shared_source, asked_by) = ready(two.answer().await.unwrap());
    assert!(Arc::ptr_eq(&file, &shared));
    assert_eq!((source, shared_source, asked_by.name.as_str()), (Source::Own, Source::Shared, "s1"));
    bench.advance(4);
    let (mut three, _) = bench.ask(3, 1, 1);
    assert_eq!(ready(three.answer_now().unwrap()).1, Source::Cached);
    drop((file, shared));
    assert_eq!(bench.files.load(Ordering::SeqCst), 1, "kept for the window");
    bench.advance(1);
    assert_eq!(bench.files.load(Ordering::SeqCst), 0, "and no longer");
}

#[tokio::test]
async fn hanging_up_stops_the_run_and_frees_the_place() {
    let bench = Bench::new();
    let mut asked: Vec<_> = (1..=4).map(|n| bench.ask(n, n.into(), 1)).collect();
    bench.runs_are(3).await;
    assert!(matches!(asked[3].0.place().unwrap().standing, Standing::Queued { place: 1, .. }));
    let (first, _) = asked.remove(0);
    drop(first);
    assert!(matches!(asked[2].0.place().unwrap().standing, Standing::Running { .. }), "at once");
    // The first one's future is dropped, the fourth one's has begun.
    bench.runs_are(3).await;
    assert_eq!((bench.driver.load().running, bench.driver.load().queued), (3, 0));
    drop(asked);
    bench.runs_are(0).await;
    assert_eq!(bench.driver.load().open, 0);
    bench.advance(3600);
    assert_eq!(bench.driver.load(), Load::default());
}

#[tokio::test]
async fn the_first_may_go_while_another_stays() {
    let bench = Bench::new();
    let ((one, ending), (mut two, _)) = (bench.ask(1, 1, 1), bench.ask(2, 1, 1));
    drop(one);
    ending.send(Ok(())).unwrap();
    assert_eq!(ready(two.answer().await.unwrap()).1, Source::Shared);
}

#[tokio::test]
async fn a_delayed_one_goes_on_with_an_order_of_its_own() {
    let bench = Bench::new();
    let ((mut one, ending), (mut two, second)) = (bench.ask(1, 1, 1), bench.ask(1, 1, 2));
    ending.send(Ok(())).unwrap();
    one.answer().await.unwrap();
    bench.advance(4);
    assert!(matches!(two.place().unwrap().standing, Standing::Delayed { .. }));
    bench.advance(1);
    bench.runs_are(1).await;
    second.send(Ok(())).unwrap();
    assert_eq!(ready(two.answer().await.unwrap()).1, Source::Own);
}

#[tokio::test]
async fn a_failure_is_told_to_all_by_one_id_and_leaves_nothing() {
    let bench = Bench::new();
    let ((mut one, ending), (mut two, _)) = (bench.ask(1, 1, 1), bench.ask(2, 1, 1));
    ending.send(Err(Error::Internal(Cause::new("the disk is full")))).unwrap();
    let (one, two) = (failed(&one.answer().await.unwrap()), failed(&two.answer().await.unwrap()));
    assert_eq!(one, two);
    assert_ne!(one, Uuid::nil());
    assert_eq!(bench.files.load(Ordering::SeqCst), 0);
    bench.runs_are(0).await;
}

#[tokio::test]
async fn a_run_that_panics_has_failed() {
    let bench = Bench::new();
    let (mut one, ending) = bench.ask(1, 1, 1);
    bench.runs_are(1).await;
    drop(ending);
    failed(&one.answer().await.unwrap());
    assert_eq!(bench.driver.load().running, 0);
}

#[tokio::test]
async fn a_run_that_takes_too_long_is_stopped() {
    let bench = Bench::new();
    let ((mut one, _one), (mut two, _two)) = (bench.ask(1, 1, 1), bench.ask(2, 2, 1));
    bench.runs_are(2).await;
    bench.advance(120);
    assert_ne!(failed(&one.answer().await.unwrap()), failed(&two.answer().await.unwrap()), "two runs");
    bench.runs_are(0).await;
}

#[tokio::test]
async fn an_end_that_is_told_too_late_leaves_no_file() {
    let bench = Bench::new();
    let (mut one, ending) = bench.ask(1, 1, 1);
    bench.runs_are(1).await;
    bench.hand.advance(Span::from_secs(121));
    ending.send(Ok(())).unwrap();
    failed(&one.answer().await.unwrap());
    bench.runs_are(0).await;
    assert_eq!(bench.files.load(Ordering::SeqCst), 0);
}

/// Goes with the time of the runtime, which the test lets run when nothing else is to be done.
struct RuntimeClock(Instant);

impl Clock for RuntimeClock {
    fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.0.elapsed().as_millis()).unwrap();
        VirtualClock::START + Span(elapsed)
    }
}

#[tokio::test(start_paused = true)]
async fn deadlines_are_kept_by_themselves() {
    let mut bench = Bench::new();
    let began = Instant::now();
    bench.clock = Arc::new(RuntimeClock(began));
    let (driver, clock) = (bench.driver.clone(), bench.clock.clone());
    let driving = tokio::spawn(async move { driver.drive(clock).await });
    let _running: Vec<_> = (1..=3).map(|n| bench.ask(n, n.into(), 1)).collect();
    let (mut delayed, _) = bench.ask(1, 1, 1);
    let (mut queued, _) = bench.ask(9, 9, 1);
    assert!(matches!(queued.answer().await.unwrap(), Answer::TimedOut));
    assert_eq!(began.elapsed().as_secs(), 30);
    assert!(matches!(delayed.place().unwrap().standing, Standing::Running { shared: true, .. }));
    failed(&delayed.answer().await.unwrap());
    assert_eq!(began.elapsed().as_secs(), 120);
    driving.abort();
}
