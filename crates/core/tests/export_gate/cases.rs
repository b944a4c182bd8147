//! The cases of the contract, played on a virtual clock. Three run at once, ten wait, a run takes 2 s unless said.

use tonalite_core::export_gate::Parameters;

use crate::simulator::{lines, play, told};

const CASES: &[(&str, &str, &str)] = &[
    ("01 one", "a 0 s1 c1/x", "a 200 2; runs 1"),
    (
        "02 the second parallel one of a session is delayed",
        "a 0 s1 c1/x; b 1 s1 c1/y",
        "a 200 2; b 200 8; runs 2",
    ),
    (
        "03 the third is refused",
        "a 0 s1 c1/x; b 1 s1 c1/y; c 1.5 s1 c1/z",
        "c 429 1.5 retry 5; a 200 2; b 200 8; runs 2",
    ),
    (
        "04 a double click",
        "a 0 s1 c1/x; b 0.2 s1 c1/x",
        "a 200 2; b 200 5.2 cached, age 5200; runs 1",
    ),
    ("05 again in the window", "a 0 s1 c1/x; b 3 s1 c1/x", "a 200 2; b 429 3 retry 2; runs 1"),
    ("06 the window is over", "a 0 s1 c1/x; b 5 s1 c1/y", "a 200 2; b 200 7; runs 2"),
    ("06b the window is over, the same", "a 0 s1 c1/x; b 5 s1 c1/x", "a 200 2; b 200 7; runs 2"),
    ("07 two users share a run", "a 0 s1 c1/x; b 1 s2 c1/x", "a 200 2; b 200 2 shared; runs 1"),
    (
        "08 the second user is given what the first made",
        "a 0 s1 c1/x; b 3 s2 c1/x",
        "a 200 2; b 200 3 cached, age 3000; runs 1",
    ),
    (
        "09 another site of the same customer",
        "a 0 s1 c1/x; b 3 s2 c1/y",
        "a 200 2; b 429 3 retry 2; runs 1",
    ),
    (
        "10 the cache ends to the millisecond",
        "a 0 s1 c1/x; b 6.999 s2 c1/x; c 7 s3 c1/x",
        "a 200 2; b 200 6.999 cached, age 6999; c 200 9; runs 2",
    ),
    (
        "11 fourteen customers at once",
        "a 0 s1 c1/x; b 0 s2 c2/x; c 0 s3 c3/x; d 0 s4 c4/x; e 0 s5 c5/x; f 0 s6 c6/x; g 0 s7 c7/x; h 0 s8 c8/x
         i 0 s9 c9/x; j 0 t1 d1/x; k 0 t2 d2/x; l 0 t3 d3/x; m 0 t4 d4/x; n 0 t5 d5/x",
        "n 429 0 retry 5; a 200 2; b 200 2; c 200 2; d 200 4; e 200 4; f 200 4; g 200 6; h 200 6; i 200 6
         j 200 8; k 200 8; l 200 8; m 200 10; runs 13",
    ),
    (
        "12 waited too long",
        "a 0 s1 c1/x 40; b 0 s2 c2/x 40; c 0 s3 c3/x 40; d 0 s4 c4/x 40",
        "d 408 30; a 200 40; b 200 40; c 200 40; runs 3",
    ),
    (
        "13 waiting in vain leaves no window",
        "a 0 s1 c1/x 31; b 0 s2 c2/x 31; c 0 s3 c3/x 31; d 0 s4 c4/x 31; e 30.5 s4 c4/x 1",
        "d 408 30; a 200 31; b 200 31; c 200 31; e 200 32; runs 4",
    ),
    (
        "14 a failure is everybody's, and uses up the window",
        "a 0 s1 c1/x fails; b 1 s2 c1/x fails; c 3 s3 c1/x; d 6 s2 c1/x",
        "a 500 2; b 500 2; c 429 3 retry 2; d 200 8; runs 2",
    ),
    (
        "12b a place that becomes free at the last moment is in time",
        "a 0 s1 c1/x 30; b 0 s2 c2/x 40; c 0 s3 c3/x 40; d 0 s4 c4/x",
        "a 200 30; d 200 32; b 200 40; c 200 40; runs 4",
    ),
    ("15a a run that ends at the last moment", "a 0 s1 c1/x 120", "a 200 120; runs 1"),
    ("15 a run that does not end", "a 0 s1 c1/x 500", "a 500 120; runs 1"),
    (
        "16 hanging up frees the place, not the window",
        "a 0 s1 c1/x 10; b 0 s2 c2/x 10; c 0 s3 c3/x 10; d 0 s4 c4/x 10; a leaves 1; e 2 s1 c1/x",
        "e 429 2 retry 3; b 200 10; c 200 10; d 200 11; runs 4",
    ),
    (
        "17 the first hangs up, the other stays",
        "a 0 s1 c1/x; b 1 s2 c1/x; a leaves 1.5",
        "b 200 2 shared; runs 1",
    ),
    (
        "18 hanging up in the queue leaves nothing",
        "a 0 s1 c1/x 10; b 0 s2 c2/x 10; c 0 s3 c3/x 10; d 0 s4 c4/x 1; d leaves 1; e 2 s4 c4/x 1",
        "a 200 10; b 200 10; c 200 10; e 200 11; runs 4",
    ),
    (
        "19 the delayed one hangs up",
        "a 0 s1 c1/x; b 1 s1 c1/y; b leaves 2.5; c 2.6 s1 c1/y",
        "a 200 2; c 429 2.6 retry 3; runs 1",
    ),
    (
        "20 a customer has one place in the queue, and the small one starts first",
        "a 0 s1 c1/x 20; b 0 s2 c2/x 21; c 0 s3 big/x 22; d 6 s4 big/y; e 12 s5 big/z; f 13 s6 small/x",
        "e 429 12 retry 5; a 200 20; b 200 21; c 200 22; f 200 22; d 200 23; runs 5",
    ),
    (
        "21 the small one before the big one",
        "a 0 s1 c1/x 100; b 0 s2 c2/x 100; c 0 s3 big/x 10; d 6 s4 big/y 5; e 7 s5 small/x 5",
        "c 200 10; e 200 15; d 200 20; a 200 100; b 200 100; runs 5",
    ),
    (
        "22 who asks for the same rows shares, whatever their language",
        "a 0 provider c1/x; b 1 operator c1/x",
        "a 200 2; b 200 2 shared; runs 1",
    ),
    (
        "23 who sees fewer rows does not share",
        "a 0 admin c1/ALL; b 1 clerk c1/ALL narrowed",
        "b 429 1 retry 4; a 200 2; runs 1",
    ),
];

#[test]
fn the_cases_of_the_contract() {
    for (case, script, expected) in CASES {
        let expected: Vec<String> = lines(expected).map(|words| words.join(" ")).collect();
        let simulator = play(Parameters::default(), script);
        assert_eq!(told(&simulator), expected, "{case}");
        let load = simulator.gate.load();
        assert_eq!((load.open, load.running, load.queued), (0, 0, 0), "{case}: something is left");
    }
}

#[test]
fn what_an_operator_may_choose_instead() {
    let usual = Parameters::default();
    let own = Parameters { same_session_cached: true, ..usual };
    let all = Parameters { queue_counts_running: true, queue: 4, ..usual };
    let two = Parameters { running: 2, ..usual };
    let places = Parameters { places_per_customer: 2, ..usual };
    let long = Parameters { window: tonalite_core::time::Span::from_secs(20), ..usual };
    for (case, parameters, script, expected) in [
        (
            "the same session is served from the cache",
            own,
            "a 0 s1 c1/x; b 3 s1 c1/x",
            "a 200 2; b 200 3 cached, age 3000; runs 1",
        ),
        (
            "the running ones are counted",
            all,
            "a 0 s1 c1/x; b 0 s2 c2/x; c 0 s3 c3/x; d 0 s4 c4/x; e 0 s5 c5/x",
            "e 429 0 retry 5; a 200 2; b 200 2; c 200 2; d 200 4; runs 4",
        ),
        (
            "two run at once",
            two,
            "a 0 s1 c1/x; b 0 s2 c2/x; c 0 s3 c3/x",
            "a 200 2; b 200 2; c 200 4; runs 3",
        ),
        (
            "of two places of a customer the second starts a window after the first",
            places,
            "a 0 s1 c1/x 20; b 0 s2 c2/x 20; c 0 s3 c3/x 20; d 0 s4 c4/x; e 6 s5 c4/y",
            "a 200 20; b 200 20; c 200 20; d 200 22; e 200 27; runs 5",
        ),
        (
            "with a longer window the delayed one is refused at the end of its delay",
            long,
            "a 0 s1 c1/x; b 1 s1 c1/y",
            "a 200 2; b 429 6 retry 14; runs 1",
        ),
    ] {
        let expected: Vec<String> = lines(expected).map(|words| words.join(" ")).collect();
        assert_eq!(told(&play(parameters, script)), expected, "{case}");
    }
}
