//! Writers of requests and responses, into a buffer that is used again and again.

use std::fmt;
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};

use memchr::memchr;

use crate::fault::Fault;
use crate::header::{Name, Rport, Via};
use crate::message::Message;
use crate::scan::{find_outside, trim_end};

/// The end of a message under construction: headers first, then one of the `finish` calls.
#[must_use = "a message without its end is none"]
pub struct Writer<'o> {
    out: &'o mut Vec<u8>,
}

/// Begins a request: clears the buffer and writes the start line. Nothing is added by itself, not even a Via.
pub fn request<'o>(out: &'o mut Vec<u8>, method: &str, uri: &[u8]) -> Writer<'o> {
    out.clear();
    out.extend_from_slice(method.as_bytes());
    out.push(b' ');
    extend_line(out, uri);
    out.extend_from_slice(b" SIP/2.0\r\n");
    Writer { out }
}

/// Begins a response: clears the buffer and writes the status line and what RFC 3261 §8.2.6 copies from the request —
/// all Via (the first with `received` and `rport`), From, To, Call-ID, CSeq —, each value byte for byte.
///
/// `source` is where the request came from. `to_tag` is added where the To has none; `None` only for a 100.
///
/// # Errors
/// [`Fault::Missing`] without a Via that can be read: then nobody knows whom to answer.
pub fn response<'o>(
    out: &'o mut Vec<u8>,
    request: &Message<'_>,
    source: SocketAddr,
    code: u16,
    reason: &str,
    to_tag: Option<&[u8]>,
) -> Result<Writer<'o>, Fault> {
    out.clear();
    // Writing into a Vec cannot fail, here and below.
    let _ = write!(out, "SIP/2.0 {code} ");
    extend_line(out, reason.as_bytes());
    out.extend_from_slice(b"\r\n");
    let mut vias = request.headers(Name::Via);
    let top = vias.next().ok_or(Fault::Missing(Name::Via))?;
    write_top_via(out, top, source)?;
    for via in vias {
        write_header(out, "Via", via);
    }
    for name in [Name::From, Name::To, Name::CallId, Name::CSeq] {
        let Some(value) = request.header(name) else { continue };
        write_header(out, name.as_str(), value);
        if name == Name::To
            && let Some(tag) = to_tag
            && crate::header::NameAddr::parse(value).is_ok_and(|to| to.tag().is_none())
        {
            out.truncate(out.len() - 2);
            out.extend_from_slice(b";tag=");
            out.extend_from_slice(tag);
            out.extend_from_slice(b"\r\n");
        }
    }
    Ok(Writer { out })
}

impl Writer<'_> {
    /// Adds a header line. A line end within the value becomes a blank: nobody can smuggle a line of their own.
    pub fn header(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        write_header(self.out, name, value.as_ref());
        self
    }

    /// Adds a header line from `format_args!`.
    pub fn header_fmt(self, name: &str, value: fmt::Arguments<'_>) -> Self {
        self.header_with(name, |out| {
            let _ = out.write_fmt(value);
        })
    }

    /// Adds a header line whose value `write` appends.
    pub fn header_with(self, name: &str, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b": ");
        let start = self.out.len();
        write(self.out);
        defuse(&mut self.out[start..]);
        self.out.extend_from_slice(b"\r\n");
        self
    }

    /// Ends the message without a body.
    pub fn finish(self) {
        self.out.extend_from_slice(b"Content-Length: 0\r\n\r\n");
    }

    /// Ends the message with a body.
    pub fn finish_with_body(self, content_type: &str, body: &[u8]) {
        write_header(self.out, "Content-Type", content_type.as_bytes());
        let _ = write!(self.out, "Content-Length: {}\r\n\r\n", body.len());
        self.out.extend_from_slice(body);
    }
}

fn write_header(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    extend_line(out, value);
    out.extend_from_slice(b"\r\n");
}

/// Appends a value, folds of the sender included, but no line end that would begin a new header.
fn extend_line(out: &mut Vec<u8>, value: &[u8]) {
    let start = out.len();
    out.extend_from_slice(value);
    if memchr::memchr2(b'\r', b'\n', value).is_some() {
        defuse(&mut out[start..]);
    }
}

/// Blanks CR and LF, except where they form a fold.
fn defuse(value: &mut [u8]) {
    let mut at = 0;
    while at < value.len() {
        let fold = matches!(&value[at..], [b'\r', b'\n', b' ' | b'\t', ..]);
        if fold {
            at += 3;
        } else {
            if matches!(value[at], b'\r' | b'\n') {
                value[at] = b' ';
            }
            at += 1;
        }
    }
}

/// The first hop with what RFC 3581 §4 and RFC 3261 §18.2.1 add; the rest of the line as it came.
fn write_top_via(out: &mut Vec<u8>, line: &[u8], source: SocketAddr) -> Result<(), Fault> {
    let via = Via::first(line)?;
    let source_ip = source.ip().to_canonical();
    let end = find_outside(line, b',').ok().flatten().unwrap_or(line.len());
    let (first, others) = line.split_at(end);
    let head = &first[..memchr(b';', first).unwrap_or(first.len())];
    out.extend_from_slice(b"Via: ");
    extend_line(out, trim_end(head));
    let rport = via.rport() != Rport::Absent;
    for param in via.params.iter() {
        if param.name.eq_ignore_ascii_case(b"received") || param.name.eq_ignore_ascii_case(b"rport") {
            continue;
        }
        out.push(b';');
        extend_line(out, param.name);
        if let Some(value) = param.value {
            out.push(b'=');
            extend_line(out, value);
        }
    }
    if rport || !is_address(via.host, source_ip) {
        let _ = write!(out, ";received={source_ip}");
    }
    if rport {
        let _ = write!(out, ";rport={}", source.port());
    }
    extend_line(out, others);
    out.extend_from_slice(b"\r\n");
    Ok(())
}

/// Whether a *sent-by* host is that very address.
fn is_address(host: &[u8], address: IpAddr) -> bool {
    let bare = host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]")).unwrap_or(host);
    std::str::from_utf8(bare).ok().and_then(|text| text.parse::<IpAddr>().ok()) == Some(address)
}

/// The usual words for a status code.
#[must_use]
pub fn reason_phrase(code: u16) -> &'static str {
    match code {
        100 => "Trying",
        180 => "Ringing",
        200 => "OK",
        202 => "Accepted",
        302 => "Moved Temporarily",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        416 => "Unsupported URI Scheme",
        420 => "Bad Extension",
        423 => "Interval Too Brief",
        439 => "First Hop Lacks Outbound Support",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        482 => "Loop Detected",
        483 => "Too Many Hops",
        486 => "Busy Here",
        489 => "Bad Event",
        500 => "Server Internal Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "Version Not Supported",
        _ => match code / 100 {
            1 => "Progress",
            2 => "OK",
            3 => "Redirection",
            4 => "Client Error",
            5 => "Server Error",
            _ => "Failure",
        },
    }
}
