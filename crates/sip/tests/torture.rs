//! What phones and scanners throw at a registrar, each message with the verdict that it must get. Most cases follow
//! RFC 4475 and RFC 5118 (whose names they bear), written anew and shortened; the rest was met in the field.

use tonalite_sip::header::Contacts;
use tonalite_sip::{Message, Method, StartLine};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Accept,
    Answer(u16),
    Drop,
}
use Verdict::{Accept, Answer, Drop};

/// What a registrar does with the bytes before it looks at who sent them.
fn verdict(datagram: &[u8]) -> Verdict {
    let Ok(message) = Message::parse(datagram) else { return Drop };
    match message.start() {
        StartLine::Status { .. } => message.response().map_or(Drop, |_| Accept),
        StartLine::Request { method, .. } => {
            let result = message.request().and_then(|_| Contacts::of(&message));
            match result {
                Ok(_) => Accept,
                Err(_) if method == Method::Ack => Drop,
                Err(fault) => fault.status().map_or(Drop, Answer),
            }
        }
    }
}

const VIA: &str = "Via: SIP/2.0/UDP 192.0.2.15;branch=z9hG4bKkdjuw\n";
const FROM: &str = "From: <sip:caller@example.net>;tag=323\n";
const TO: &str = "To: <sip:user@example.com>\n";
const CALL: &str = "Call-ID: case.0ha0isndaksdj@192.0.2.15\n";
const END: &str = "Max-Forwards: 70\nContent-Length: 0\n\n";

/// A request with all it needs; `extra` lines stand before the end.
fn request(method: &str, line: &str, extra: &str) -> Vec<u8> {
    wire(&format!("{line}\n{VIA}{FROM}{TO}{CALL}CSeq: 8 {method}\n{extra}{END}"))
}

/// Line feeds become CRLF.
fn wire(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

fn register(extra: &str) -> Vec<u8> {
    request("REGISTER", "REGISTER sip:example.com SIP/2.0", extra)
}

fn options(line: &str) -> Vec<u8> {
    request("OPTIONS", line, "")
}

/// A request whose header block is all the case's own.
fn bare(text: &str) -> Vec<u8> {
    wire(&format!("OPTIONS sip:user@example.com SIP/2.0\n{text}\n"))
}

fn cases() -> Vec<(&'static str, Verdict, Vec<u8>)> {
    let full = format!("{VIA}{FROM}{TO}{CALL}CSeq: 8 OPTIONS\n");
    vec![
        // RFC 4475 §3.1.1: valid
        (
            "wsinv",
            Accept,
            wire(
                "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\nTO :\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\n\
                 from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\n  ;\n  tag = 98asjd8\nMaX-fOrWaRdS: 0068\nCall-ID: wsinv.ndaksdj@192.0.2.1\n\
                 Content-Length   : 3\ncseq: 0009\n  INVITE\nVia  : SIP  /   2.0\n /UDP\n    192.0.2.2;branch=390skdjuw\ns :\n\
                 NewFangledHeader:   newfangled value\n continued newfangled value\nUnknownHeaderWithUnusualValue: ;;,,;;,;\nContent-Type: application/sdp\n\
                 Route:\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\nv:  SIP  / 2.0  / TCP     spindle.example.com   ;\n  branch  =   z9hG4bK9ikj8  ,\n \
                 SIP  /    2.0   / UDP  192.168.255.111   ; branch=\n z9hG4bK30239\nm:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\n      newvalue ;\n  \
                 secondparam ; q = 0.33\n\nv=0",
            ),
        ),
        (
            "intmeth",
            Accept,
            request(
                "!interesting-Method0123456789_*+`.%indeed'~",
                "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
                "Extension: \"BEL:\\\u{7} NUL:\\\0 DEL:\\\u{7f}\"\n",
            ),
        ),
        (
            "esc01",
            Accept,
            request(
                "INVITE",
                "INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0",
                "Contact: <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>\n",
            ),
        ),
        ("esc02", Accept, request("RE%47IST%45R", "RE%47IST%45R sip:registrar.example.com SIP/2.0", "")),
        (
            "escnull",
            Accept,
            register("Contact: <sip:%00@host5.example.com>\nContact: <sip:%00%00@host5.example.com>\n"),
        ),
        (
            "lwsdisp",
            Accept,
            bare(&format!("{VIA}From: caller<sip:caller@example.com>;tag=323\n{TO}{CALL}CSeq: 60 OPTIONS\nl: 0\n")),
        ),
        (
            "longreq",
            Accept,
            register(&format!(
                "Contact: \"{}\" <sip:{}@host5.example.net>;{}\nUnknown-{}: {}\n",
                "I have a user name of extreme proportion ".repeat(20),
                "amazinglylongcallername".repeat(20),
                "unknownparam".repeat(30),
                "long-".repeat(40),
                "value ".repeat(400),
            )),
        ),
        (
            "dblreq",
            Accept,
            [register(""), wire("INVITE sip:joe@example.com SIP/2.0\nt: sip:joe@example.com\n\n")].concat(),
        ),
        ("semiuri", Accept, options("OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0")),
        (
            "transports",
            Accept,
            bare(&format!("Via: SIP/2.0/UNKNOWN t5.example.com;branch=z9hG4bKkasjdf\n{full}")),
        ),
        (
            "mpart01",
            Accept,
            [
                wire(&format!(
                    "MESSAGE sip:kumiko@example.org SIP/2.0\n{VIA}{FROM}{TO}{CALL}CSeq: 127 MESSAGE\nContent-Type: multipart/mixed;boundary=7a9cbec02ceef655\nContent-Length: 8\n\n"
                )),
                b"--\r\n\x00\xff\xfe\r\n"[..8].to_vec(),
            ]
            .concat(),
        ),
        (
            "unreason",
            Accept,
            wire(&format!("SIP/2.0 200 = 2**3 * 5**2 \u{43d}\u{43e} \u{441}\u{442}\u{43e}\n{full}\n")),
        ),
        ("noreason", Accept, wire(&format!("SIP/2.0 100 \n{full}\n"))),
        ("noreason without its blank", Accept, wire(&format!("SIP/2.0 100\n{full}\n"))),
        // §3.1.2: invalid
        (
            "badinv01",
            Answer(400),
            bare(&format!(
                "Via: SIP/2.0/UDP 192.0.2.15;;,;,,\n{FROM}{TO}{CALL}CSeq: 8 OPTIONS\nContact: \"Joe\" <sip:joe@example.org>;;;;\n"
            )),
        ),
        ("badinv01, its contact alone", Answer(400), register("Contact: \"Joe\" <sip:joe@example.org>;;;;\n")),
        ("clerr", Answer(400), bare(&format!("{full}Content-Length: 9999\n\nv=0"))),
        ("ncl", Answer(400), bare(&format!("{full}Content-Length: -999\n"))),
        (
            "scalar02, CSeq",
            Answer(400),
            bare(&format!("{VIA}{FROM}{TO}{CALL}CSeq: 36893488147419103232 OPTIONS\n")),
        ),
        ("CSeq of 2^32", Answer(400), bare(&format!("{VIA}{FROM}{TO}{CALL}CSeq: 4294967296 OPTIONS\n"))),
        ("CSeq of 2^31", Answer(400), bare(&format!("{VIA}{FROM}{TO}{CALL}CSeq: 2147483648 OPTIONS\n"))),
        ("CSeq of 2^31 - 1", Accept, bare(&format!("{VIA}{FROM}{TO}{CALL}CSeq: 2147483647 OPTIONS\n"))),
        ("scalar02, expires", Accept, register("Expires: 10000000000000000000000000000000000000000000000\n")),
        ("scalarlg", Drop, wire(&format!("SIP/2.0 503 Service Unavailable\n{VIA}{FROM}{TO}{CALL}CSeq: 9292394834772304023312 OPTIONS\n\n"))),
        ("quotbal", Answer(400), bare(&format!("{VIA}{FROM}To: \"Mr. J. User <sip:j.user@example.com>\n{CALL}CSeq: 8 OPTIONS\n"))),
        ("ltgtruri", Answer(400), options("OPTIONS <sip:user@example.com> SIP/2.0")),
        ("lwsruri", Answer(400), options("OPTIONS sip:user@example.com; lr SIP/2.0")),
        ("lwsstart", Answer(400), options("OPTIONS  sip:user@example.com  SIP/2.0")),
        ("trws", Answer(400), options("OPTIONS sip:remote-target@example.com SIP/2.0  ")),
        ("escruri", Answer(400), options("OPTIONS sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0")),
        ("baddate", Accept, bare(&format!("{full}Date: Fri, 01 Jan 2010 16:00:00 EST\n"))),
        ("regbadct", Answer(400), register("Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E\n")),
        ("badaspec", Accept, bare(&format!("{VIA}{FROM}t: \"Watson, Thomas\" < sip:t.watson@example.org >\n{CALL}CSeq: 8 OPTIONS\n"))),
        ("baddn", Accept, bare(&format!("{VIA}From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43\n{TO}{CALL}CSeq: 8 OPTIONS\n"))),
        ("badvers", Answer(505), options("OPTIONS sip:t.watson@example.org SIP/7.0")),
        ("mismatch01", Answer(400), request("INVITE", "OPTIONS sip:user@example.com SIP/2.0", "")),
        ("mismatch02", Answer(400), request("INVITE", "NEWMETHOD sip:user@example.com SIP/2.0", "")),
        ("bigcode", Drop, wire(&format!("SIP/2.0 4294967301 better not break the receiver\n{full}\n"))),
        ("a code of four digits", Drop, wire(&format!("SIP/2.0 2000 OK\n{full}\n"))),
        ("a code below 100", Drop, wire(&format!("SIP/2.0 099 Odd\n{full}\n"))),
        // §3.2, §3.3: transaction and application layer
        ("badbranch", Accept, bare(&format!("Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK\n{FROM}{TO}{CALL}CSeq: 8 OPTIONS\n"))),
        ("insuf", Answer(400), wire("INVITE sip:user@example.com SIP/2.0\nCSeq: 193942 INVITE\nVia: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf\nl: 0\n\n")),
        ("no Via: nobody to answer", Drop, bare(&format!("{FROM}{TO}{CALL}CSeq: 8 OPTIONS\n"))),
        ("unkscm", Answer(416), options("OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0")),
        ("novelsc", Answer(416), options("OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0")),
        ("no scheme", Answer(400), options("OPTIONS example.com SIP/2.0")),
        ("bext01", Accept, register("Require: nothingSupportsThis, nothingSupportsThisEither\n")),
        ("regaut01", Accept, register("Authorization: NoOneKnowsThisScheme opaque-data=here\n")),
        ("multi01", Answer(400), bare(&format!("{full}CSeq: 59 OPTIONS\nCall-ID: b\nTo: <sip:other@example.net>\n"))),
        ("mcl01", Answer(400), bare(&format!("{full}Content-Length: 0\nContent-Length: 5\n"))),
        ("zeromf", Accept, bare(&format!("{full}Max-Forwards: 0\n"))),
        ("Max-Forwards that is no number", Answer(400), bare(&format!("{full}Max-Forwards: many\n"))),
        ("cparam01", Accept, register("Contact: sip:+19725552222@gw1.example.net;unknownparam\n")),
        ("cparam02", Accept, register("Contact: <sip:+19725552222@gw1.example.net;unknownparam>\n")),
        ("regescrt", Accept, register("Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>\n")),
        ("inv2543", Accept, wire("INVITE sip:UserB@example.com SIP/2.0\nVia: SIP/2.0/UDP iftgw.example.com\nFrom: <sip:+13035551111@ift.client.example.net;user=phone>\nTo: sip:+16505552222@ss1.example.net;user=phone\nCall-ID: inv2543.1717@ift.client.example.com\nCSeq: 56 INVITE\n\n")),
        // RFC 5118
        ("ipv6-good", Accept, wire(&format!("REGISTER sip:[2001:db8::10] SIP/2.0\nVia: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111\n{FROM}{TO}{CALL}CSeq: 8 REGISTER\nContact: \"Caller\" <sip:caller@[2001:db8::1]>\n{END}"))),
        ("ipv6-bad", Answer(400), options("OPTIONS sip:2001:db8::10 SIP/2.0")),
        ("port-ambiguous", Accept, options("OPTIONS sip:[2001:db8::10:5070] SIP/2.0")),
        ("port-unambiguous", Accept, options("OPTIONS sip:[2001:db8::10]:5070 SIP/2.0")),
        ("via-received-param-with-delim", Accept, bare(&format!("Via: SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111\n{FROM}{TO}{CALL}CSeq: 8 OPTIONS\n"))),
        ("via-received-param-no-delim", Accept, bare(&format!("Via: SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3\n{FROM}{TO}{CALL}CSeq: 8 OPTIONS\n"))),
        ("ipv6-bug-abnf-3-colons", Accept, options("OPTIONS sip:user@[2001:db8:::192.0.2.1] SIP/2.0")),
        ("ipv4-mapped-ipv6", Accept, bare(&format!("Via: SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19\n{FROM}{TO}{CALL}CSeq: 8 OPTIONS\n"))),
        // met in the field
        ("two contacts, a quoted comma", Accept, register("Contact: \"a, b\" <sip:a@192.0.2.1>;+sip.instance=\"<urn:uuid:1>\";reg-id=1, <sip:b@192.0.2.2>\n")),
        ("contact *", Accept, register("Contact: *\nExpires: 0\n")),
        ("contact * among others", Answer(400), register("Contact: *, <sip:a@192.0.2.1>\n")),
        ("contact * twice", Answer(400), register("Contact: *\nContact: *\n")),
        ("contact with an open bracket", Answer(400), register("Contact: <sip:a@192.0.2.1\n")),
        ("contact with text after it", Answer(400), register("Contact: <sip:a@192.0.2.1> b\n")),
        ("an empty element among contacts", Answer(400), register("Contact: <sip:a@192.0.2.1>,,<sip:b@192.0.2.1>\n")),
        ("20,000 brackets", Answer(400), register(&format!("Contact: {}\n", "<".repeat(15_000)))),
        ("a `;` at the very end", Accept, register("Contact: <sip:a@192.0.2.1>;expires=60;\n")),
        ("Latin-1 in a name", Accept, register("Contact: X\n").latin1()),
        ("keep-alive before the request", Accept, [b"\r\n\r\n".to_vec(), register("")].concat()),
        ("bare line feeds", Accept, register("").into_iter().filter(|&byte| byte != b'\r').collect()),
        ("a bare CR within a line", Answer(400), register("X-Odd: a\rContact: <sip:evil@192.0.2.66>\n")),
        ("a line without a colon", Answer(400), register("no colon here\n")),
        ("a line without a name", Answer(400), register(": value\n")),
        ("no empty line at the end", Answer(400), wire(&format!("OPTIONS sip:example.com SIP/2.0\n{full}"))),
        ("129 lines", Answer(400), register(&"X-Line: 1\n".repeat(129))),
        ("120 lines", Accept, register(&"X-Line: 1\n".repeat(120))),
        ("header block beyond the cap", Answer(400), register(&format!("X-Long: {}\n", "x".repeat(17_000)))),
        ("lower-case version", Accept, options("OPTIONS sip:example.com sip/2.0")),
        ("lower-case method", Accept, request("options", "options sip:example.com SIP/2.0", "")),
        ("tel URI", Accept, options("OPTIONS tel:+33142278186;phone-context=example.com SIP/2.0")),
        ("port 0", Answer(400), options("OPTIONS sip:example.com:0 SIP/2.0")),
        ("port 65536", Answer(400), options("OPTIONS sip:example.com:65536 SIP/2.0")),
        ("empty user", Answer(400), options("OPTIONS sip:@example.com SIP/2.0")),
        ("a faulty ACK is never answered", Drop, wire(&format!("ACK sip:user@example.com SIP/2.0\n{VIA}{FROM}{CALL}CSeq: 8 ACK\n\n"))),
        ("keep-alive", Drop, b"\r\n\r\n".to_vec()),
        ("four NULs", Drop, b"\0\0\0\0".to_vec()),
        ("nothing", Drop, Vec::new()),
        ("a STUN binding request", Drop, b"\0\x01\0\0\x21\x12\xa4\x42abcdefghijkl".to_vec()),
        ("HTTP", Drop, wire("GET / HTTP/1.1\nHost: example.com\n\n")),
        ("noise", Drop, b"\xff\xfe\x00\x01 \r\n\r\n".to_vec()),
    ]
}

/// A change to a case that its text cannot express.
trait Latin1 {
    fn latin1(self) -> Vec<u8>;
}

impl Latin1 for Vec<u8> {
    /// A contact whose name is `Accueil René` in ISO 8859-1.
    fn latin1(self) -> Vec<u8> {
        let text = String::from_utf8(self).expect("the case is ASCII");
        let (before, after) = text.split_once("Contact: X").expect("the case has this line");
        [before.as_bytes(), b"Contact: \"Accueil Ren\xe9\" <sip:a@192.0.2.1>", after.as_bytes()].concat()
    }
}

#[test]
fn each_message_gets_its_verdict() {
    let wrong: Vec<String> = cases()
        .into_iter()
        .filter_map(|(name, expected, bytes)| {
            let found = verdict(&bytes);
            let fault = Message::parse(&bytes).map(|message| message.request().map(|_| ()));
            (found != expected).then(|| format!("{name}: expected {expected:?}, found {found:?} ({fault:?})"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_case_cut_short_or_damaged_panics() {
    for (_, _, bytes) in cases() {
        for end in 0..bytes.len().min(2_000) {
            verdict(&bytes[..end]);
        }
        for at in (0..bytes.len()).step_by(7) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x15;
            verdict(&damaged);
        }
    }
}
