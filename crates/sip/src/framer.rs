//! Messages out of a byte stream (RFC 3261 §18.3, RFC 5626 §4.4.1): where each one ends, pings between them, and the
//! point from which nobody can tell any more. How the pieces came is without influence on what they yield.

use memchr::memchr;

use crate::fault::Fault;
use crate::header::Name;
use crate::message::{MAX_HEADER_BYTES, MAX_HEADERS, Message, parse_start_line};
use crate::scan::number;

/// Bytes of one line: a header with a certificate or a long Path fits, a stream without line ends does not.
pub const MAX_LINE_BYTES: usize = 8 * 1024;

/// Bytes of one body. Phones send reports and descriptions of calls, of a few kilobytes at most.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// What comes next in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'f> {
    /// One whole message, as [`Message::parse`] takes it.
    Message(&'f [u8]),
    /// A double line end between messages: to be answered with [`PONG`].
    Ping,
    /// It cannot be known where the next message would begin: after an answer, if one is due, the stream must be closed.
    /// Nothing follows.
    Broken {
        /// The message as far as it is understood; its head may lack its end.
        head: &'f [u8],
        /// What to tell the sender; `None`: it is no SIP at all.
        fault: Option<Fault>,
    },
}

/// What a ping is answered with.
pub const PONG: &[u8] = b"\r\n";

/// The bytes of one stream that are not yet used up. Holds at most one incomplete message, that is
/// [`MAX_HEADER_BYTES`] and [`MAX_BODY_BYTES`], beside what was last pushed; nothing while the stream rests.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: Vec<u8>,
    /// Where the message at hand, or what stands before it, begins.
    start: usize,
    /// How far line ends were looked for: no byte is looked at twice.
    scanned: usize,
    /// Where the line at hand begins.
    line: usize,
    /// Lines seen of the message at hand, folds aside; at 0 the start line is awaited.
    lines: usize,
    /// Where the message at hand ends, once its header block is read.
    end: Option<usize>,
    /// The last thing before here was a single line end.
    half_ping: bool,
    is_broken: bool,
}

/// What the scan of a head ended with.
enum Head {
    Incomplete,
    /// The block ends here.
    Complete(usize),
    Broken(Option<Fault>),
}

impl Framer {
    /// A stream of which nothing came yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what came. Call [`Framer::frame`] until it yields nothing before more is pushed, or memory is not bounded.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.is_broken {
            return;
        }
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.scanned -= self.start;
            self.line -= self.start;
            self.end = self.end.map(|end| end - self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next frame, if it is complete.
    pub fn frame(&mut self) -> Option<Frame<'_>> {
        if self.is_broken {
            return None;
        }
        if self.scanned == self.start {
            if self.skip_line_ends() {
                return Some(Frame::Ping);
            }
            if self.buffer[self.start..] == *b"\r" {
                return None;
            }
        }
        if self.start == self.buffer.len() {
            // Thousands of connections rest for minutes: none keeps memory for that.
            *self = Self { half_ping: self.half_ping, ..Self::default() };
            return None;
        }
        let end = match self.end {
            Some(end) => end,
            None => match self.scan_head() {
                Head::Incomplete => return None,
                Head::Broken(fault) => return Some(self.give_up(self.line, fault)),
                Head::Complete(head_end) => match self.body_len(head_end) {
                    Err(fault) => return Some(self.give_up(head_end, fault)),
                    Ok(length) => *self.end.insert(head_end + length),
                },
            },
        };
        if self.buffer.len() < end {
            return None;
        }
        let start = self.start;
        (self.start, self.scanned, self.line, self.lines, self.end) = (end, end, end, 0, None);
        self.half_ping = false;
        Some(Frame::Message(&self.buffer[start..end]))
    }

    /// Skips what may stand between messages; true at the second of two line ends.
    fn skip_line_ends(&mut self) -> bool {
        let mut is_ping = false;
        while !is_ping && self.buffer[self.start..].starts_with(b"\r\n") {
            self.start += 2;
            is_ping = self.half_ping;
            self.half_ping = !self.half_ping;
        }
        (self.scanned, self.line) = (self.start, self.start);
        is_ping
    }

    /// Looks for the empty line that ends the header block, from where the last look ended.
    fn scan_head(&mut self) -> Head {
        loop {
            let feed = memchr(b'\n', &self.buffer[self.scanned..]).map(|at| self.scanned + at);
            self.scanned = feed.map_or(self.buffer.len(), |feed| feed + 1);
            // The same bytes must be too many whether they came with their line end or before it.
            if self.scanned - self.line > MAX_LINE_BYTES || self.scanned - self.start > MAX_HEADER_BYTES {
                return Head::Broken((self.lines > 0).then_some(Fault::HeaderBlock));
            }
            let Some(feed) = feed else { return Head::Incomplete };
            let line = &self.buffer[self.line..feed];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if self.lines == 0 {
                if parse_start_line(line).is_none() {
                    return Head::Broken(None);
                }
                self.lines = 1;
            } else if line.is_empty() {
                return Head::Complete(self.scanned);
            } else if !matches!(line.first(), Some(b' ' | b'\t')) || self.lines == 1 {
                if self.lines > MAX_HEADERS {
                    return Head::Broken(Some(Fault::TooManyHeaders));
                }
                self.lines += 1;
            }
            self.line = self.scanned;
        }
    }

    /// How long the body is: without a word about it, nobody knows where the next message begins (RFC 3261 §20.14).
    fn body_len(&self, head_end: usize) -> Result<usize, Option<Fault>> {
        let message = Message::parse(&self.buffer[self.start..head_end]).map_err(|_| None)?;
        let mut lengths = message.headers(Name::ContentLength);
        let value = lengths.next().ok_or(Fault::Missing(Name::ContentLength))?;
        if lengths.next().is_some() {
            return Err(Some(Fault::Repeated(Name::ContentLength)));
        }
        let length = number(value).and_then(|length| usize::try_from(length).ok());
        length.filter(|&length| length <= MAX_BODY_BYTES).ok_or(Some(Fault::ContentLength))
    }

    fn give_up(&mut self, until: usize, fault: Option<Fault>) -> Frame<'_> {
        self.is_broken = true;
        Frame::Broken { head: &self.buffer[self.start..until], fault }
    }
}
