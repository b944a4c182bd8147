//! OPTIONS and NOTIFY outside any dialog, to one registered contact (RFC 3261 §11, RFC 6665 §4, RFC 3327 §5): the text
//! of the request. The contact, its path and the event come from strangers and from tables: each is read before it is
//! written.

use crate::build;
use crate::fault::Fault;
use crate::header::{Event, Name, NameAddr};
use crate::uri::{Scheme, Uri};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask<'a> {
    /// OPTIONS: is anybody there?
    Options,
    /// NOTIFY without a body. It answers no subscription, so it says at once that there is none.
    Notify {
        /// Value of `Event`.
        event: &'a str,
    },
}

/// A request to one contact.
#[derive(Clone, Copy, Debug)]
pub struct AskContact<'a> {
    /// What is asked.
    pub ask: Ask<'a>,
    /// The contact's URI as it registered it.
    pub contact: &'a str,
    /// Its Path, topmost first: the route of the request. Loose routing only, as RFC 3327 §5.1 demands of whoever writes a
    /// Path.
    pub path: &'a [String],
    /// URI of who asks.
    pub from: &'a str,
    /// Tag of who asks.
    pub from_tag: &'a str,
    /// The address of record.
    pub to: &'a str,
    /// The same for a request and its repetition with credentials.
    pub call_id: &'a str,
    /// One more for the repetition.
    pub cseq: u32,
    /// `UDP`, `TCP` or `TLS`
    pub transport: &'a str,
    /// Host and port at which we are asked.
    pub sent_by: &'a str,
    /// Branch of this transaction.
    pub branch: &'a str,
    /// Name and value of the header with our credentials.
    pub authorization: Option<(&'a str, &'a [u8])>,
    /// Who we are.
    pub user_agent: &'a str,
}

impl AskContact<'_> {
    /// Writes the request.
    ///
    /// # Errors
    /// A contact, path or event that must not stand in a request.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), Fault> {
        let method = self.ask.method();
        let target = request_uri(self.contact).ok_or(Fault::RequestUri)?;
        let mut routes = Vec::with_capacity(self.path.len());
        for element in self.path {
            routes.push(route(element).ok_or(Fault::Malformed(Name::Path))?);
        }
        if let Ask::Notify { event } = self.ask {
            Event::parse(event.as_bytes())?;
        }
        let Self { transport, sent_by, .. } = self;
        let mut writer = build::request(out, method, target.as_bytes())
            .header_fmt("Via", format_args!("SIP/2.0/{transport} {sent_by};branch={};rport", self.branch))
            .header("Max-Forwards", "70")
            .header_fmt("From", format_args!("<{}>;tag={}", self.from, self.from_tag))
            .header_fmt("To", format_args!("<{}>", self.to))
            .header("Call-ID", self.call_id)
            .header_fmt("CSeq", format_args!("{} {method}", self.cseq));
        writer = match *transport {
            "UDP" => writer.header_fmt("Contact", format_args!("<sip:{sent_by}>")),
            other => writer.header_fmt(
                "Contact",
                format_args!("<sip:{sent_by};transport={}>", other.to_ascii_lowercase()),
            ),
        };
        for NameAddr { uri_text, params, .. } in routes {
            writer = writer.header_with("Route", |out| {
                out.push(b'<');
                out.extend_from_slice(uri_text);
                out.push(b'>');
                out.extend_from_slice(params.as_bytes());
            });
        }
        writer = match self.ask {
            Ask::Options => writer.header("Accept", "application/sdp"),
            Ask::Notify { event } => writer.header("Event", event).header("Subscription-State", "terminated"),
        };
        if let Some((name, value)) = self.authorization {
            writer = writer.header(name, value);
        }
        writer.header("User-Agent", self.user_agent).finish();
        Ok(())
    }
}

impl Ask<'_> {
    /// The method's name.
    #[must_use]
    pub fn method(self) -> &'static str {
        match self {
            Self::Options => "OPTIONS",
            Self::Notify { .. } => "NOTIFY",
        }
    }
}

/// A contact as a Request-URI: as it is, but for headers, which must not stand there (RFC 3261 §19.1.1).
#[must_use]
pub fn request_uri(contact: &str) -> Option<&str> {
    let uri = Uri::parse(contact.as_bytes()).ok()?;
    if uri.scheme == Scheme::Tel {
        return None;
    }
    // The headers are the tail, and a `?` stands before them, even where there are none.
    let head = contact.get(..contact.len() - uri.headers.len())?;
    Some(head.strip_suffix('?').unwrap_or(head))
}

fn route(element: &str) -> Option<NameAddr<'_>> {
    let is_plain = !element.bytes().any(|byte| byte.is_ascii_control());
    let address = NameAddr::parse(element.as_bytes()).ok().filter(|_| is_plain)?;
    let uri = address.uri().ok()?;
    (uri.scheme != Scheme::Tel).then_some(address)
}
