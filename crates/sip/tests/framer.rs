//! Streams and the frames that they must yield, however the bytes were split on their way.

use proptest::prelude::*;
use tonalite_sip::framer::{MAX_BODY_BYTES, MAX_LINE_BYTES};
use tonalite_sip::message::{MAX_HEADER_BYTES, MAX_HEADERS};
use tonalite_sip::{Fault, Frame, Framer, Message, Name};

#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    Message(Vec<u8>),
    Ping,
    Broken(Vec<u8>, Option<Fault>),
}

fn drain(framer: &mut Framer, seen: &mut Vec<Seen>) {
    while let Some(frame) = framer.frame() {
        seen.push(match frame {
            Frame::Message(bytes) => Seen::Message(bytes.to_vec()),
            Frame::Ping => Seen::Ping,
            Frame::Broken { head, fault } => Seen::Broken(head.to_vec(), fault),
        });
    }
}

fn frames<'b>(pieces: impl IntoIterator<Item = &'b [u8]>) -> Vec<Seen> {
    let (mut framer, mut seen) = (Framer::new(), Vec::new());
    for piece in pieces {
        framer.push(piece);
        drain(&mut framer, &mut seen);
    }
    seen
}

/// At once and byte by byte; both must be the same.
fn frames_of(stream: &[u8]) -> Vec<Seen> {
    let whole = frames([stream]);
    assert_eq!(frames(stream.chunks(1)), whole, "byte by byte");
    whole
}

const HEAD: &str = "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n";

fn message(extra: &str, body: &str) -> String {
    format!("{HEAD}{extra}Content-Length: {}\r\n\r\n{body}", body.len())
}

fn whole(text: &str) -> Seen {
    Seen::Message(text.as_bytes().to_vec())
}

#[test]
fn messages_and_pings_come_out_one_by_one() {
    let (bare, with_body) = (message("", ""), message("", "v=0\r\n\r\n"));
    let compact = format!("{HEAD}l:\r\n 3\r\n\r\nabc");
    let line_feeds = message("", "x").replace("\r\n", "\n");
    let answer = "SIP/2.0 200 OK\r\nl: 0\r\n\r\n";
    for (stream, expected) in [
        (String::new(), vec![]),
        (bare.clone(), vec![whole(&bare)]),
        (format!("{bare}{with_body}{bare}"), vec![whole(&bare), whole(&with_body), whole(&bare)]),
        (format!("{compact}{line_feeds}{answer}"), vec![whole(&compact), whole(&line_feeds), whole(answer)]),
        ("\r\n".into(), vec![]),
        ("\r\n\r\n".into(), vec![Seen::Ping]),
        (format!("\r\n{bare}"), vec![whole(&bare)]),
        // A single line end on either side of a message is no ping.
        (format!("\r\n{bare}\r\n"), vec![whole(&bare)]),
        (
            format!("\r\n\r\n\r\n{bare}\r\n\r\n\r\n\r\n"),
            vec![Seen::Ping, whole(&bare), Seen::Ping, Seen::Ping],
        ),
        (bare[..bare.len() - 1].into(), vec![]),
        (with_body[..with_body.len() - 1].into(), vec![]),
    ] {
        assert_eq!(frames_of(stream.as_bytes()), expected, "{stream:?}");
    }
}

#[test]
fn where_the_next_message_begins_must_be_known() {
    let twice = "Content-Length: 0\r\n";
    for (extra, fault) in [
        (String::new(), Fault::Missing(Name::ContentLength)),
        ("Content-Length: -1\r\n".into(), Fault::ContentLength),
        ("Content-Length: 99999999999999999999\r\n".into(), Fault::ContentLength),
        ("Content-Length: \r\n".into(), Fault::ContentLength),
        (format!("l: {}\r\n", MAX_BODY_BYTES + 1), Fault::ContentLength),
        (format!("{twice}l: 0\r\n"), Fault::Repeated(Name::ContentLength)),
    ] {
        let head = format!("{HEAD}{extra}\r\n");
        let seen = frames_of(format!("{head}{}", message("", "")).as_bytes());
        assert_eq!(seen, [Seen::Broken(head.into_bytes(), Some(fault))], "{extra:?}");
    }
}

#[test]
fn what_is_not_sip_ends_it() {
    for stream in [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\u{16}\u{3}\u{1}\n",
        "\n",
        "\rx\n",
        "hello\r\n",
        "\0\0\0\0\r\n",
    ] {
        assert_eq!(frames_of(stream.as_bytes()), [Seen::Broken(Vec::new(), None)], "{stream:?}");
    }
    let message = message("", "");
    let seen = frames_of(format!("{message}garbage\r\n{message}").as_bytes());
    assert_eq!(seen, [whole(&message), Seen::Broken(Vec::new(), None)]);
}

#[test]
fn each_limit_is_kept_and_reached() {
    let line = |length: usize| format!("X: {}\r\n", "x".repeat(length - 5));
    let start = HEAD.len();
    let tail = "Content-Length: 0\r\n\r\n";
    // As many bytes as are allowed in one line, and one more.
    let seen = frames_of(message(&line(MAX_LINE_BYTES), "").as_bytes());
    assert!(matches!(seen[..], [Seen::Message(_)]), "{seen:?}");
    let seen = frames_of(message(&line(MAX_LINE_BYTES + 1), "").as_bytes());
    assert_eq!(seen, [Seen::Broken(HEAD.into(), Some(Fault::HeaderBlock))]);
    let seen = frames_of(&vec![b'x'; MAX_LINE_BYTES + 1]);
    assert_eq!(seen, [Seen::Broken(Vec::new(), None)]);
    // In the header block.
    let rest = MAX_HEADER_BYTES - start - tail.len() - MAX_LINE_BYTES;
    let full = format!("{}{}", line(MAX_LINE_BYTES), line(rest));
    let seen = frames_of(message(&full, "").as_bytes());
    assert!(matches!(seen[..], [Seen::Message(_)]), "{seen:?}");
    let over = format!("{}{}", line(MAX_LINE_BYTES), line(rest + 1));
    let seen = frames_of(message(&over, "").as_bytes());
    assert!(matches!(seen[..], [Seen::Broken(_, Some(Fault::HeaderBlock))]), "{seen:?}");
    // In lines, the Via and the Content-Length counted; folds are none of their own.
    let lines = |count: usize| "X: y\r\n z\r\n".repeat(count);
    let seen = frames_of(message(&lines(MAX_HEADERS - 2), "").as_bytes());
    assert!(
        matches!(&seen[..], [Seen::Message(bytes)] if Message::parse(bytes).unwrap().all_headers().count() == MAX_HEADERS)
    );
    let seen = frames_of(message(&lines(MAX_HEADERS - 1), "").as_bytes());
    assert!(matches!(seen[..], [Seen::Broken(_, Some(Fault::TooManyHeaders))]), "{seen:?}");
    // In the body.
    let seen = frames_of(message("", &"b".repeat(MAX_BODY_BYTES)).as_bytes());
    assert!(matches!(seen[..], [Seen::Message(_)]));
}

#[test]
fn a_broken_head_still_says_whom_to_answer() {
    let stream = format!("{HEAD}From: <sip:a>\r\nX: {}\r\n", "x".repeat(MAX_LINE_BYTES));
    let [Seen::Broken(head, Some(Fault::HeaderBlock))] = &frames_of(stream.as_bytes())[..] else { panic!() };
    assert!(Message::parse(head).unwrap().header(Name::Via).is_some());
}

/// Pieces of streams, good and bad, that meet in any order.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => "[a-z\r\n]{0,40}".prop_map(|body| message("", &body).into_bytes()),
        1 => Just(message("X: folded\r\n line\r\n", "").into_bytes()),
        2 => Just(b"\r\n".to_vec()),
        2 => Just(b"\r\n\r\n".to_vec()),
        1 => Just(message("", "x").replace("\r\n", "\n").into_bytes()),
        1 => Just(format!("{HEAD}\r\n").into_bytes()),
        1 => Just(message(&"X: y\r\n".repeat(MAX_HEADERS), "").into_bytes()),
        1 => Just(message(&"X: y\r\n".repeat(3_000), "").into_bytes()),
        1 => proptest::collection::vec(any::<u8>(), 0..60),
    ]
}

proptest! {
    #[test]
    fn no_split_changes_what_comes_out(
        pieces in proptest::collection::vec(piece(), 0..6),
        mut cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let stream = pieces.concat();
        let whole = frames([&stream[..]]);
        prop_assert_eq!(&frames(stream.chunks(1)), &whole);
        let mut at: Vec<usize> = cuts.drain(..).map(|cut| cut.index(stream.len() + 1)).collect();
        at.extend([0, stream.len()]);
        at.sort_unstable();
        let split = at.windows(2).map(|pair| &stream[pair[0]..pair[1]]);
        prop_assert_eq!(&frames(split), &whole);
        // What is called whole is whole for the parser too: the length it promises is there, and nothing is left.
        for seen in &whole {
            if let Seen::Message(bytes) = seen {
                let message = Message::parse(bytes).unwrap();
                prop_assert!(bytes.ends_with(message.body()));
                let length = message.header(Name::ContentLength).and_then(tonalite_sip::scan::number);
                prop_assert_eq!(length, u32::try_from(message.body().len()).ok());
            }
        }
    }
}
