//! What is decided about a request before anybody's state is looked at. Pure: the message and the domains, nothing else.

use tonalite_sip::header::Name;
use tonalite_sip::scan::{List, trim};
use tonalite_sip::{Message, Method, Request, Scheme};

use crate::answer::Reply;
use crate::domains::Domains;

/// What becomes of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Screened<'a> {
    /// Nothing is said.
    Drop,
    /// Answered from the message alone; no state is kept of it.
    Answer(Reply<'a>),
    /// A REGISTER for an address of one of our domains; who sends it is not known yet.
    Register,
}

/// Scanners say who they are; any answer feeds them.
const SCANNERS: [&[u8]; 4] = [b"friendly-scanner", b"sipvicious", b"sipcli", b"pplsip"];

/// Extensions that a request may demand of us.
const SUPPORTED: [&[u8]; 1] = [b"path"];

/// Screens a request that is in order as a message.
pub(crate) fn screen<'a>(message: &Message<'a>, request: &Request<'a>, domains: &Domains) -> Screened<'a> {
    if is_scanner(message) {
        return Screened::Drop;
    }
    match request.method {
        Method::Register => screen_register(message, request, domains),
        Method::Options => Screened::Answer(Reply::Capabilities),
        // The answer to our own INVITE, which we never send.
        Method::Ack => Screened::Drop,
        Method::Invite => Screened::Answer(Reply::Forbidden("No Calls Here")),
        Method::Bye | Method::Cancel => Screened::Answer(Reply::NoTransaction),
        Method::Notify | Method::Subscribe | Method::Publish | Method::Message => {
            Screened::Answer(Reply::MethodNotAllowed)
        }
        Method::Other(_) => Screened::Answer(Reply::NotImplemented),
    }
}

/// RFC 3261 §10.3, steps 1 and 2; the rest needs to know who asks.
fn screen_register<'a>(message: &Message<'a>, request: &Request<'a>, domains: &Domains) -> Screened<'a> {
    if request.max_forwards == Some(0) {
        return Screened::Answer(Reply::TooManyHops);
    }
    let mut domain = Vec::with_capacity(64);
    request.uri.write_domain(&mut domain);
    if request.uri.scheme == Scheme::Tel || !domains.is_us(&domain) {
        return Screened::Answer(Reply::NotFound);
    }
    let Ok(to) = request.to.uri() else { return Screened::Answer(Reply::Malformed(Name::To)) };
    domain.clear();
    to.write_domain(&mut domain);
    if to.user.is_none() || !domains.contains(&domain) {
        return Screened::Answer(Reply::NotFound);
    }
    if demands_the_unknown(message) {
        return Screened::Answer(Reply::BadExtension);
    }
    Screened::Register
}

/// The extensions that a request demands and we do not have.
pub(crate) fn unsupported<'a>(message: &Message<'a>) -> impl Iterator<Item = &'a [u8]> {
    message
        .headers(Name::Require)
        .flat_map(List::new)
        .filter_map(Result::ok)
        .map(trim)
        .filter(|option| !option.is_empty())
        .filter(|option| !SUPPORTED.iter().any(|known| option.eq_ignore_ascii_case(known)))
}

fn demands_the_unknown(message: &Message<'_>) -> bool {
    unsupported(message).next().is_some()
}

fn is_scanner(message: &Message<'_>) -> bool {
    let Some(agent) = message.header(Name::UserAgent) else { return false };
    SCANNERS
        .iter()
        .any(|scanner| agent.get(..scanner.len()).is_some_and(|start| start.eq_ignore_ascii_case(scanner)))
}
