//! The phone as the one who is asked: OPTIONS and NOTIFY get 200, calls are declined.
//! Without state: a retransmitted request gets the same bytes again.

use std::net::SocketAddr;

use tonalite_sip::{Message, Method, Uri, build, reason_phrase};

use crate::outbox::Outbox;
use crate::phone::Phone;

/// Methods that a desk phone lists.
pub(crate) const ALLOW: &str = "INVITE, ACK, OPTIONS, CANCEL, BYE, NOTIFY";

impl Phone {
    /// Answers a request, to where it came from.
    pub(crate) fn answer(&mut self, from: SocketAddr, message: &Message<'_>, out: &mut Outbox) {
        let code = match message.request() {
            Err(fault) => match fault.status() {
                Some(code) => code,
                None => return,
            },
            Ok(request) => match request.method {
                Method::Ack => return,
                _ if !self.is_me(&request.uri) => 404,
                Method::Options => {
                    out.tally.options += 1;
                    200
                }
                Method::Notify => {
                    out.tally.notifies += 1;
                    200
                }
                // Nobody sits here to take a call.
                Method::Invite => 486,
                Method::Cancel | Method::Bye => 481,
                _ => 405,
            },
        };
        let mut bytes = out.buffer();
        let tag = Some(self.boot.tag.as_bytes());
        // Without a Via that can be read, nobody knows whom to answer.
        let Ok(mut writer) = build::response(&mut bytes, message, from, code, reason_phrase(code), tag)
        else {
            return;
        };
        if code == 200 || code == 405 {
            writer =
                writer.header("Allow", ALLOW).header_fmt("Contact", format_args!("<{}>", self.contact_uri));
        }
        writer.header("User-Agent", &self.config.user_agent).finish();
        out.send(from, bytes);
    }

    /// Whether a Request-URI means this phone: by its contact's user, since NAT and proxies change the rest.
    fn is_me(&self, uri: &Uri<'_>) -> bool {
        Uri::parse(self.contact_uri.as_bytes()).is_ok_and(|mine| mine.user == uri.user)
    }
}
