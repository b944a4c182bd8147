//! The API as a program uses it: requests by token, answers as JSON. A request a connection, since that shows best what
//! a server that dies leaves behind.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::events::EventStream;

/// A bound for every read and write: a server that hangs must fail the test, not the whole run.
const LIMIT: Duration = Duration::from_secs(30);

/// The API of one server, as one user.
#[derive(Clone)]
pub(crate) struct Api {
    address: SocketAddr,
    /// A header line, or nothing.
    authorization: String,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Api {
    /// By this token.
    pub(crate) fn new(address: SocketAddr, token: &str) -> Api {
        Api { address, authorization: format!("Authorization: Bearer {token}\r\n") }
    }

    /// By this cookie; an empty one is nobody's.
    pub(crate) fn with_cookie(address: SocketAddr, cookie: &str) -> Api {
        Api { address, authorization: format!("Cookie: {cookie}\r\n") }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body))
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some(body))
    }

    /// A request that must be answered.
    pub(crate) fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.try_send(method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// A request to a server that may die meanwhile. Only an answer that arrived whole is one.
    pub(crate) fn try_send(&self, method: &str, path: &str, body: Option<&Value>) -> io::Result<Answer> {
        let mut stream = self.request(method, path, body)?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        parse(&bytes).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
    }

    /// Opens the event stream. Once this returns, nothing that happens is missed.
    pub(crate) fn events(&self) -> EventStream {
        EventStream::open(self.request("GET", "/api/v1/events", None).unwrap())
    }

    /// HTTP/1.0: the answer then ends with the connection, and comes in one piece instead of chunks.
    fn request(&self, method: &str, path: &str, body: Option<&Value>) -> io::Result<TcpStream> {
        let mut stream = TcpStream::connect_timeout(&self.address, LIMIT)?;
        stream.set_read_timeout(Some(LIMIT))?;
        stream.set_write_timeout(Some(LIMIT))?;
        let mut request =
            format!("{method} {path} HTTP/1.0\r\nHost: {}\r\n{}", self.address, self.authorization);
        match body.map(Value::to_string) {
            None => request.push_str("\r\n"),
            Some(body) => {
                let length = body.len();
                request.push_str(&format!(
                    "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
                ));
            }
        }
        stream.write_all(request.as_bytes())?;
        Ok(stream)
    }
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let answer = Answer { status, head: head.to_owned(), body: body.to_owned() };
    let is_whole = status == 204 || answer.header("content-length")?.parse() == Ok(body.len());
    is_whole.then_some(answer)
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    /// The body of an answer that must have this status.
    pub(crate) fn must(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        if self.body.is_empty() { Value::Null } else { serde_json::from_str(&self.body).unwrap() }
    }
}
