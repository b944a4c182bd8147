//! A message in a datagram: its start line, its table of header lines, its body. Tolerant where phones are sloppy;
//! what is ambiguous is a [`Fault`], kept with the message so that the sender can be told.

use std::ops::Range;

use memchr::{memchr, memchr2};

use crate::fault::{Fault, Ignored};
use crate::header::{CSeq, Name, NameAddr, Via};
use crate::method::Method;
use crate::scan::{is_space, is_token, number, trim};
use crate::uri::{Uri, UriFault};

/// Header lines that one message may have. A REGISTER through four proxies has some forty.
pub const MAX_HEADERS: usize = 128;

/// Bytes of start line and header block together: no request that a phone makes comes near.
pub const MAX_HEADER_BYTES: usize = 16 * 1024;

/// The first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartLine<'a> {
    /// A request, for that URI.
    Request {
        /// What is asked.
        method: Method<'a>,
        /// The Request-URI as written.
        uri: &'a [u8],
    },
    /// A response.
    Status {
        /// 100 to 699; 0 where the line is at fault.
        code: u16,
        /// May be empty.
        reason: &'a [u8],
    },
}

/// Where a header line lies in the header block; ten bytes, so that the table of 128 costs little to make.
#[derive(Clone, Copy, Debug)]
struct Line {
    name: Name,
    text: Span,
    value: Span,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    start: u16,
    end: u16,
}

impl Span {
    fn new(start: usize, end: usize) -> Self {
        // The block is cut at MAX_HEADER_BYTES, far below 2^16.
        let narrow = |offset| u16::try_from(offset).unwrap_or(u16::MAX);
        Self { start: narrow(start), end: narrow(end) }
    }

    fn of(self, block: &[u8]) -> &[u8] {
        block.get(usize::from(self.start)..usize::from(self.end)).unwrap_or_default()
    }
}

/// A message whose lines could be told apart. It may still be at fault: see [`Message::request`].
#[derive(Clone, Debug)]
pub struct Message<'a> {
    start: StartLine<'a>,
    block: &'a [u8],
    lines: [Line; MAX_HEADERS],
    len: usize,
    body: &'a [u8],
    fault: Option<Fault>,
}

impl<'a> Message<'a> {
    /// Reads one datagram. Empty lines before the message are skipped; bytes after its body are cut off; a bare LF
    /// ends a line as CRLF does.
    ///
    /// # Errors
    /// What is no SIP message: nothing of it is ever answered.
    pub fn parse(datagram: &'a [u8]) -> Result<Self, Ignored> {
        let blank = datagram.iter().take_while(|&&byte| matches!(byte, b'\r' | b'\n' | 0)).count();
        let bytes = &datagram[blank..];
        let nuls = memchr::memchr_iter(0, &datagram[..blank]).count();
        if bytes.is_empty() {
            return Err(if nuls <= 4 { Ignored::KeepAlive } else { Ignored::NotSip });
        }
        let (end, next) = line_end(bytes, 0).unwrap_or((bytes.len(), bytes.len()));
        let (first, rest) = (&bytes[..end], &bytes[next..]);
        let (start, fault) = parse_start_line(first).ok_or(Ignored::NotSip)?;
        let nowhere = Span { start: 0, end: 0 };
        let no_line = Line { name: Name::Other, text: nowhere, value: nowhere };
        let cap = MAX_HEADER_BYTES.saturating_sub(bytes.len() - rest.len()).min(rest.len());
        let block = &rest[..cap];
        let mut message = Self { start, block, lines: [no_line; MAX_HEADERS], len: 0, body: b"", fault };
        let header_len = message.read_headers();
        message.read_body(&rest[header_len..]);
        Ok(message)
    }

    /// What the first line says.
    #[must_use]
    pub fn start(&self) -> StartLine<'a> {
        self.start
    }

    /// The first value of that name, trimmed; folds are still in it.
    #[must_use]
    pub fn header(&self, name: Name) -> Option<&'a [u8]> {
        self.headers(name).next()
    }

    /// All lines of that name, in order.
    pub fn headers(&self, name: Name) -> impl Iterator<Item = &'a [u8]> {
        self.lines[..self.len]
            .iter()
            .filter(move |line| line.name == name)
            .map(|line| line.value.of(self.block))
    }

    /// Every line in order: its name, the name as written, its value.
    pub fn all_headers(&self) -> impl Iterator<Item = (Name, &'a [u8], &'a [u8])> {
        self.lines[..self.len]
            .iter()
            .map(|line| (line.name, line.text.of(self.block), line.value.of(self.block)))
    }

    /// The body, as long as `Content-Length` says, else the rest of the datagram.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Checks that this is a request that may be acted on, and reads what every request has.
    ///
    /// # Errors
    /// The first fault found. [`crate::build::response`] can still answer it from this message, unless the method is
    /// ACK.
    pub fn request(&self) -> Result<Request<'a>, Fault> {
        let StartLine::Request { method, uri: uri_text } = self.start else { return Err(Fault::WrongKind) };
        let common = self.common()?;
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        if common.cseq.method != method {
            return Err(Fault::CSeqMethod);
        }
        let uri = Uri::parse(uri_text).map_err(|fault| match fault {
            UriFault::Scheme => Fault::UriScheme,
            UriFault::Malformed => Fault::RequestUri,
        })?;
        if !uri.headers.is_empty() {
            return Err(Fault::RequestUri);
        }
        let max_forwards = match self.header(Name::MaxForwards) {
            None => None,
            Some(value) => Some(number(value).ok_or(Fault::Malformed(Name::MaxForwards))?),
        };
        let Common { via, from, to, call_id, cseq } = common;
        Ok(Request { method, uri, uri_text, via, from, to, call_id, cseq, max_forwards })
    }

    /// Checks that this is a response, and reads what every response has.
    ///
    /// # Errors
    /// The first fault found; a response is never answered.
    pub fn response(&self) -> Result<Response<'a>, Fault> {
        let StartLine::Status { code, reason } = self.start else { return Err(Fault::WrongKind) };
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let Common { via, from, to, call_id, cseq } = self.common()?;
        Ok(Response { code, reason, via, from, to, call_id, cseq })
    }

    fn common(&self) -> Result<Common<'a>, Fault> {
        if matches!(self.fault, Some(Fault::Version)) {
            return Err(Fault::Version);
        }
        let need = |name| self.header(name).ok_or(Fault::Missing(name));
        let address = |name| NameAddr::parse(need(name)?).map_err(|_| Fault::Malformed(name));
        let via = Via::first(need(Name::Via)?)?;
        let (from, to) = (address(Name::From)?, address(Name::To)?);
        let call_id = need(Name::CallId)?;
        if call_id.is_empty() {
            return Err(Fault::Malformed(Name::CallId));
        }
        Ok(Common { via, from, to, call_id, cseq: CSeq::parse(need(Name::CSeq)?)? })
    }

    /// Fills the table; says how many bytes belong to the header block.
    fn read_headers(&mut self) -> usize {
        let block = self.block;
        let mut start = 0;
        loop {
            let Some((mut end, mut next)) = line_end(block, start) else {
                self.blame(Fault::HeaderBlock);
                return block.len();
            };
            if start == end {
                return next;
            }
            while let Some(b' ' | b'\t') = block.get(next)
                && let Some(more) = line_end(block, next)
            {
                (end, next) = more;
            }
            if self.len == MAX_HEADERS {
                self.blame(Fault::TooManyHeaders);
                return block.len();
            }
            match split_header(&block[start..end]) {
                None => self.blame(Fault::HeaderLine),
                Some((name, text_len, value)) => {
                    if name.stands_once() && self.header(name).is_some() {
                        self.blame(Fault::Repeated(name));
                    }
                    let text = Span::new(start, start + text_len);
                    let value = Span::new(start + value.start, start + value.end);
                    self.lines[self.len] = Line { name, text, value };
                    self.len += 1;
                }
            }
            start = next;
        }
    }

    fn read_body(&mut self, rest: &'a [u8]) {
        self.body = rest;
        if let Some(value) = self.header(Name::ContentLength) {
            let length = number(value).and_then(|length| usize::try_from(length).ok());
            match length.and_then(|length| rest.get(..length)) {
                Some(body) => self.body = body,
                None => self.blame(Fault::ContentLength),
            }
        }
    }

    /// The first fault is the one that is told.
    fn blame(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }
}

struct Common<'a> {
    via: Via<'a>,
    from: NameAddr<'a>,
    to: NameAddr<'a>,
    call_id: &'a [u8],
    cseq: CSeq<'a>,
}

/// A request that is in order as a message.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What is asked.
    pub method: Method<'a>,
    /// The Request-URI.
    pub uri: Uri<'a>,
    /// The Request-URI as written.
    pub uri_text: &'a [u8],
    /// The topmost Via.
    pub via: Via<'a>,
    /// From
    pub from: NameAddr<'a>,
    /// To
    pub to: NameAddr<'a>,
    /// Opaque and case-sensitive.
    pub call_id: &'a [u8],
    /// CSeq
    pub cseq: CSeq<'a>,
    /// `None` when absent, as RFC 2543 clients leave it.
    pub max_forwards: Option<u32>,
}

/// A response that is in order as a message.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// 100 to 699.
    pub code: u16,
    /// May be empty.
    pub reason: &'a [u8],
    /// The topmost Via: ours, when the response is for us.
    pub via: Via<'a>,
    /// From
    pub from: NameAddr<'a>,
    /// To
    pub to: NameAddr<'a>,
    /// Call-ID
    pub call_id: &'a [u8],
    /// CSeq
    pub cseq: CSeq<'a>,
}

/// Where the line that begins at `start` ends, and where the next begins; `None` when no line end follows.
fn line_end(bytes: &[u8], start: usize) -> Option<(usize, usize)> {
    let feed = start + memchr(b'\n', bytes.get(start..)?)?;
    let has_return = feed > start && bytes[feed - 1] == b'\r';
    Some((feed - usize::from(has_return), feed + 1))
}

/// `None`: not SIP at all.
pub(crate) fn parse_start_line(line: &[u8]) -> Option<(StartLine<'_>, Option<Fault>)> {
    if let Some(rest) = strip_version(line)
        && let Some(rest) = rest.strip_prefix(b" ")
    {
        return Some(parse_status_line(line, rest));
    }
    let trimmed = trim(line);
    let version_at = trimmed.iter().rposition(|&byte| is_space(byte))? + 1;
    let version = &trimmed[version_at..];
    if !strip_version(version)?.is_empty() {
        return None;
    }
    let method_end = memchr(b' ', trimmed)?;
    let method = &trimmed[..method_end];
    if !is_token(method) {
        return None;
    }
    let uri = trimmed.get(method_end + 1..version_at - 1).unwrap_or_default();
    let fault = if !version.eq_ignore_ascii_case(b"SIP/2.0") {
        Some(Fault::Version)
    } else if trimmed.len() != line.len() || uri.is_empty() || uri.iter().any(|&byte| is_space(byte)) {
        Some(Fault::StartLine)
    } else {
        None
    };
    Some((StartLine::Request { method: Method::new(method), uri }, fault))
}

fn parse_status_line<'a>(line: &'a [u8], rest: &'a [u8]) -> (StartLine<'a>, Option<Fault>) {
    let end = memchr(b' ', rest).unwrap_or(rest.len());
    let reason = rest.get(end + 1..).unwrap_or_default();
    let code = match &rest[..end] {
        digits @ [b'1'..=b'6', _, _] => number(digits).and_then(|code| u16::try_from(code).ok()),
        _ => None,
    };
    let fault = match code {
        None => Some(Fault::StatusCode),
        Some(_) if !line[..7].eq_ignore_ascii_case(b"SIP/2.0") => Some(Fault::Version),
        Some(_) => None,
    };
    (StartLine::Status { code: code.unwrap_or(0), reason }, fault)
}

/// What follows `SIP/digits.digits`.
fn strip_version(text: &[u8]) -> Option<&[u8]> {
    let (name, rest) = text.split_at_checked(4)?;
    if !name.eq_ignore_ascii_case(b"SIP/") {
        return None;
    }
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let major = digits(rest);
    let rest = rest[major..].strip_prefix(b".")?;
    let minor = digits(rest);
    (major > 0 && minor > 0).then(|| &rest[minor..])
}

/// Name, length of the name as written, and where the trimmed value lies; `None` where the line is no header.
fn split_header(line: &[u8]) -> Option<(Name, usize, Range<usize>)> {
    let colon = memchr(b':', line)?;
    let text = line[..colon].trim_ascii_end();
    let rest = &line[colon + 1..];
    let blank = rest.iter().take_while(|&&byte| is_space(byte)).count();
    let value = trim(rest);
    // A CR that ends no line would end one for a less careful reader of our answer.
    let mut ends = value;
    while let Some(at) = memchr2(b'\r', b'\n', ends) {
        let fold = &ends[at..];
        let after = fold.strip_prefix(b"\r\n").or_else(|| fold.strip_prefix(b"\n"))?;
        if !matches!(after.first(), Some(b' ' | b'\t')) {
            return None;
        }
        ends = after;
    }
    let start = colon + 1 + blank;
    is_token(text).then(|| (Name::parse(text), text.len(), start..start + value.len()))
}
