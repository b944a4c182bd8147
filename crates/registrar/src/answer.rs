//! The answers that the registrar gives, as SIP. One place for their codes and headers.

use std::net::SocketAddr;

use tonalite_core::line::Algorithms;
use tonalite_core::line_state::{Binding, Transport};
use tonalite_core::time::{Span, Timestamp};
use tonalite_sip::digest::{Algorithm, Challenge};
use tonalite_sip::header::Name;
use tonalite_sip::nonce::Nonces;
use tonalite_sip::{Fault, Message, Writer, build, reason_phrase};

use crate::chance::Chance;
use crate::date::SipDate;
use crate::screen::unsupported;

/// What we do for whom.
const ALLOW: &str = "REGISTER, OPTIONS";

/// A 200 by datagram that is longer than this names only the contacts that the request was about: fragments are lost behind many a NAT,
/// and a phone that never sees its 200 registers for ever.
const MAX_DATAGRAM: usize = 1_300;

/// Every answer but the 200 to a REGISTER.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply<'a> {
    /// 400, 416, 505
    Fault(Fault),
    /// 400
    Malformed(Name),
    /// 400 with a reason of its own.
    BadRequest(&'static str),
    /// 401
    Challenge { realm: &'a [u8], stale: bool, algorithms: Algorithms },
    /// 403
    Forbidden(&'static str),
    /// 404
    NotFound,
    /// 405
    MethodNotAllowed,
    /// 420
    BadExtension,
    /// 423
    TooBrief(Span),
    /// 481
    NoTransaction,
    /// 483
    TooManyHops,
    /// 500: CSeq not above the last one of the same Call-ID.
    OutOfOrder,
    /// 501
    NotImplemented,
    /// 503
    Unavailable,
    /// 200 to OPTIONS
    Capabilities,
}

impl Reply<'_> {
    fn code(&self) -> Option<u16> {
        Some(match self {
            Self::Fault(fault) => fault.status()?,
            Self::Malformed(_) | Self::BadRequest(_) => 400,
            Self::Challenge { .. } => 401,
            Self::Forbidden(_) => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::BadExtension => 420,
            Self::TooBrief(_) => 423,
            Self::NoTransaction => 481,
            Self::TooManyHops => 483,
            Self::OutOfOrder => 500,
            Self::NotImplemented => 501,
            Self::Unavailable => 503,
            Self::Capabilities => 200,
        })
    }
}

/// What answers are made with.
pub(crate) struct Answering<'a> {
    pub(crate) nonces: &'a Nonces,
    pub(crate) chance: &'a mut Chance,
    pub(crate) now: Timestamp,
    pub(crate) source: SocketAddr,
}

impl Answering<'_> {
    /// Writes an answer into `out`; `false` when this request is not to be answered.
    pub(crate) fn reply(&mut self, out: &mut Vec<u8>, message: &Message<'_>, reply: &Reply<'_>) -> bool {
        let Some(code) = reply.code() else { return false };
        let text;
        let reason = match reply {
            Reply::Fault(fault) => {
                text = fault.to_string();
                text.as_str()
            }
            Reply::Malformed(name) => {
                text = Fault::Malformed(*name).to_string();
                &text
            }
            Reply::BadRequest(reason) | Reply::Forbidden(reason) => reason,
            Reply::OutOfOrder => "CSeq Out of Order",
            _ => reason_phrase(code),
        };
        let tag = self.chance.tag();
        let Ok(writer) = build::response(out, message, self.source, code, reason, Some(&tag)) else {
            return false;
        };
        let writer = match reply {
            Reply::Challenge { realm, stale, algorithms } => {
                self.challenge(writer, realm, *stale, *algorithms)
            }
            Reply::TooBrief(least) => {
                writer.header_fmt("Min-Expires", format_args!("{}", least.seconds_up()))
            }
            Reply::Unavailable => {
                writer.header_fmt("Retry-After", format_args!("{}", self.chance.retry_after()))
            }
            Reply::BadExtension => writer.header_with("Unsupported", |out| {
                for (at, option) in unsupported(message).enumerate() {
                    if at > 0 {
                        out.extend_from_slice(b", ");
                    }
                    out.extend_from_slice(option);
                }
            }),
            Reply::MethodNotAllowed | Reply::NotImplemented => writer.header("Allow", ALLOW),
            Reply::Capabilities => {
                writer.header("Allow", ALLOW).header("Accept", "application/sdp").header("Supported", "path")
            }
            _ => writer,
        };
        writer.finish();
        true
    }

    /// One challenge for each algorithm, the strongest first (RFC 8760 §2.4).
    fn challenge<'o>(
        &mut self,
        mut writer: Writer<'o>,
        realm: &[u8],
        stale: bool,
        algorithms: Algorithms,
    ) -> Writer<'o> {
        let offers = [(algorithms.sha256, Algorithm::Sha256), (algorithms.md5, Algorithm::Md5)];
        let now = u32::try_from(self.now.seconds()).unwrap_or(0);
        for (_, algorithm) in offers.into_iter().filter(|(offered, _)| *offered) {
            let mut nonce = Vec::with_capacity(40);
            self.nonces.issue(realm, now, self.chance.next(), &mut nonce);
            let challenge =
                Challenge { realm, nonce: &nonce, opaque: None, algorithm, qop_auth: true, stale };
            writer = writer.header_with("WWW-Authenticate", |out| challenge.write(out));
        }
        writer
    }

    /// Writes the 200 to a REGISTER: all contacts of the line (RFC 3261 §10.3 step 8), or, where that would not fit a
    /// datagram, those with the keys in `own`.
    pub(crate) fn registered(
        &mut self,
        out: &mut Vec<u8>,
        message: &Message<'_>,
        transport: Transport,
        bindings: &[Binding],
        own: &[i64],
    ) -> bool {
        let tag = self.chance.tag();
        self.write_registered(out, message, &tag, bindings.iter())
            && (transport != Transport::Udp || out.len() <= MAX_DATAGRAM || {
                let own = bindings.iter().filter(|binding| own.contains(&binding.id));
                self.write_registered(out, message, &tag, own)
            })
    }

    fn write_registered<'b>(
        &self,
        out: &mut Vec<u8>,
        message: &Message<'_>,
        tag: &[u8],
        bindings: impl Iterator<Item = &'b Binding>,
    ) -> bool {
        let Ok(mut writer) = build::response(out, message, self.source, 200, "OK", Some(tag)) else {
            return false;
        };
        for path in message.headers(Name::Path) {
            writer = writer.header("Path", path);
        }
        for binding in bindings {
            writer = writer.header_with("Contact", |out| write_contact(out, binding, self.now));
        }
        writer.header_fmt("Date", format_args!("{}", SipDate(self.now))).header("Supported", "path").finish();
        true
    }
}

fn write_contact(out: &mut Vec<u8>, binding: &Binding, now: Timestamp) {
    use std::io::Write as _;
    // In the grace after its expiry a contact still lives; 0 would say that it does not.
    let left = binding.expires_at.since(now).seconds_up().max(1);
    // Writing into a Vec cannot fail.
    let _ = write!(out, "<{}>;expires={left}", binding.contact);
    if let Some(instance) = &binding.instance {
        out.extend_from_slice(b";+sip.instance=\"");
        for byte in instance.bytes() {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.push(b'"');
    }
    if let Some(reg_id) = binding.reg_id {
        let _ = write!(out, ";reg-id={reg_id}");
    }
}
