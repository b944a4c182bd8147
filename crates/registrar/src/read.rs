//! From the headers of a REGISTER to what the rules of the trade understand. Pure; each text is bounded here.

use tonalite_core::line_state::{Policy, Register, Requested, RequestedContact, Source};
use tonalite_core::name::is_invisible;
use tonalite_core::time::Span;
use tonalite_sip::header::{Contact, Contacts, Name, expires_seconds};
use tonalite_sip::scan::List;
use tonalite_sip::uri::{Scheme, Uri};
use tonalite_sip::{Message, Request};

use crate::answer::Reply;

/// Bytes of a contact URI, an instance or an element of the path. They are kept for each binding and sent back.
const MAX_TEXT: usize = 512;

/// Bytes of a Call-ID: it is kept too, and must be kept whole to be compared.
const MAX_CALL_ID: usize = 256;

/// Characters of a User-Agent; what is longer is cut.
const MAX_USER_AGENT: usize = 160;

/// Proxies that a registration may pass (RFC 3327).
const MAX_PATH: usize = 8;

/// Reads what a REGISTER asks for.
///
/// # Errors
/// The answer that refuses it.
pub(crate) fn read_register(
    message: &Message<'_>,
    request: &Request<'_>,
    source: Source,
    policy: &Policy,
) -> Result<Register, Reply<'static>> {
    if request.call_id.len() > MAX_CALL_ID {
        return Err(Reply::Malformed(Name::CallId));
    }
    Ok(Register {
        call_id: String::from_utf8_lossy(request.call_id).into_owned(),
        cseq: request.cseq.number,
        requested: read_requested(message, policy)?,
        source,
        path: read_path(message)?,
        user_agent: message.header(Name::UserAgent).map(read_user_agent),
    })
}

fn read_requested(message: &Message<'_>, policy: &Policy) -> Result<Requested, Reply<'static>> {
    let expires = message.header(Name::Expires).map(expires_seconds);
    match Contacts::of(message).map_err(Reply::Fault)? {
        Contacts::None => Ok(Requested::Query),
        // RFC 3261 §10.2.2: the star withdraws, and must say so.
        Contacts::Star if expires == Some(0) => Ok(Requested::WithdrawAll),
        Contacts::Star => Err(Reply::BadRequest("Contact * Needs Expires 0")),
        Contacts::Some(list) => {
            if list.iter().nth(policy.max_contacts).is_some() {
                return Err(Reply::Forbidden("Too Many Contacts"));
            }
            let contacts =
                list.iter().map(|contact| read_contact(&contact, expires)).collect::<Result<_, _>>()?;
            Ok(Requested::Contacts(contacts))
        }
    }
}

fn read_contact(contact: &Contact<'_>, expires: Option<u32>) -> Result<RequestedContact, Reply<'static>> {
    let malformed = Reply::Malformed(Name::Contact);
    let uri = text(contact.address.uri_text).ok_or(malformed)?;
    match Uri::parse(uri.as_bytes()) {
        Ok(Uri { scheme: Scheme::Sip | Scheme::Sips, .. }) => {}
        _ => return Err(malformed),
    }
    let instance = match contact.instance() {
        None => None,
        Some(instance) => Some(text(&instance).ok_or(malformed)?),
    };
    let seconds = contact.expires().or(expires);
    Ok(RequestedContact {
        uri,
        instance,
        reg_id: contact.reg_id(),
        expires: seconds.map(|seconds| Span::from_secs(i64::from(seconds))),
    })
}

fn read_path(message: &Message<'_>) -> Result<Vec<String>, Reply<'static>> {
    let malformed = Reply::Malformed(Name::Path);
    let mut path = Vec::new();
    for element in message.headers(Name::Path).flat_map(List::new) {
        if path.len() == MAX_PATH {
            return Err(malformed);
        }
        path.push(element.ok().and_then(text).ok_or(malformed)?);
    }
    Ok(path)
}

/// Text that is kept and sent back as it came: UTF-8 without control characters.
fn text(bytes: &[u8]) -> Option<String> {
    if bytes.len() > MAX_TEXT || bytes.iter().any(u8::is_ascii_control) {
        return None;
    }
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

fn read_user_agent(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    // Marks that nobody sees go as well: one of them turns round whatever stands after it on a page.
    let shown = |c: char| if c.is_control() || is_invisible(c) { ' ' } else { c };
    text.chars().map(shown).take(MAX_USER_AGENT).collect()
}

/// Whether two contact URIs that were read here are the same (RFC 3261 §19.1.4).
pub(crate) fn same_contact(a: &str, b: &str) -> bool {
    a == b
        || match (Uri::parse(a.as_bytes()), Uri::parse(b.as_bytes())) {
            (Ok(a), Ok(b)) => a.is_equivalent(&b),
            _ => false,
        }
}
