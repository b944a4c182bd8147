//! `Via` (RFC 3261 §20.42, RFC 3581): whom the answer goes to, and the branch that names the transaction.

use crate::fault::Fault;
use crate::header::Name;
use crate::scan::{List, Param, Params, find_outside, is_token, port, trim};
use crate::uri::parse_host_port;

/// Branches of RFC 3261 begin so; only these identify a transaction by themselves.
pub const MAGIC_COOKIE: &[u8] = b"z9hG4bK";

/// One hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via<'a> {
    /// Transport in the sender's case: `UDP`, `TCP`, `TLS`, or whatever it claims.
    pub transport: &'a [u8],
    /// Host of *sent-by*, in the sender's case.
    pub host: &'a [u8],
    /// Port of *sent-by*, when written.
    pub port: Option<u16>,
    /// `branch`, `rport`, `received` and others.
    pub params: Params<'a>,
}

/// What the sender says about its source port (RFC 3581).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rport {
    /// Nothing: answer to the port in *sent-by*, by the letter of RFC 3261.
    Absent,
    /// `;rport`: answer to where it came from, and say so.
    Asked,
    /// `;rport=N`: filled in by the peer that answered.
    Given(u16),
}

impl<'a> Via<'a> {
    /// The first hop of a header line's value.
    ///
    /// # Errors
    /// [`Fault::Malformed`].
    pub fn first(value: &'a [u8]) -> Result<Self, Fault> {
        let first = List::new(value).next().and_then(Result::ok).unwrap_or_default();
        Self::parse(first)
    }

    /// One element: `SIP/2.0/UDP host:port;branch=…`, with white space wherever RFC 3261 allows it.
    ///
    /// # Errors
    /// [`Fault::Malformed`].
    pub fn parse(element: &'a [u8]) -> Result<Self, Fault> {
        Self::read(trim(element)).ok_or(Fault::Malformed(Name::Via))
    }

    fn read(element: &'a [u8]) -> Option<Self> {
        let (protocol, rest) = split_at_byte(element, b'/')?;
        let (version, rest) = split_at_byte(rest, b'/')?;
        let rest = trim(rest);
        let space = rest.iter().position(|&byte| crate::scan::is_space(byte))?;
        let (transport, rest) = rest.split_at(space);
        if !is_token(trim(protocol)) || !is_token(trim(version)) || !is_token(transport) {
            return None;
        }
        let rest = trim(rest);
        let (sent_by, params) = rest.split_at(find_outside(rest, b';').ok()?.unwrap_or(rest.len()));
        let (host, port) = read_sent_by(trim(sent_by))?;
        Some(Self { transport, host, port, params: Params::parse(params).ok()? })
    }

    /// The transaction's name; empty without one.
    #[must_use]
    pub fn branch(&self) -> &'a [u8] {
        self.value("branch").unwrap_or_default()
    }

    /// What the sender says about its source port.
    #[must_use]
    pub fn rport(&self) -> Rport {
        match self.params.get("rport") {
            None => Rport::Absent,
            Some(Param { value: Some(value), .. }) => port(value).map_or(Rport::Asked, Rport::Given),
            Some(_) => Rport::Asked,
        }
    }

    /// The address that the peer saw us send from, as written (an IPv6 address with or without brackets).
    #[must_use]
    pub fn received(&self) -> Option<&'a [u8]> {
        self.value("received")
    }

    fn value(&self, name: &str) -> Option<&'a [u8]> {
        self.params.get(name).and_then(|param| param.value)
    }
}

fn split_at_byte(text: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(byte, text)?;
    Some((&text[..at], &text[at + 1..]))
}

/// `host : port`, where white space may stand around the colon.
fn read_sent_by(text: &[u8]) -> Option<(&[u8], Option<u16>)> {
    if let Some(parts) = parse_host_port(text) {
        return Some(parts);
    }
    let colon = memchr::memrchr(b':', text)?;
    let (host, none) = parse_host_port(trim(&text[..colon]))?;
    let port = port(trim(&text[colon + 1..]))?;
    none.is_none().then_some((host, Some(port)))
}
