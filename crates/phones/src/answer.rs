//! The phone as the one who is asked: OPTIONS get 200, calls are declined, NOTIFY is for `reboot`.
//! Without state otherwise: a retransmitted request gets the same bytes again.

use std::net::SocketAddr;
use std::time::Duration;

use tonalite_sip::{Message, Method, Uri, build, reason_phrase};

use crate::outbox::Outbox;
use crate::phone::Phone;
use crate::reboot::OnReboot;

/// Methods that a desk phone lists.
pub(crate) const ALLOW: &str = "INVITE, ACK, OPTIONS, CANCEL, BYE, NOTIFY";

impl Phone {
    /// Answers a request, to where it came from.
    pub(crate) fn answer(
        &mut self,
        now: Duration,
        from: SocketAddr,
        message: &Message<'_>,
        out: &mut Outbox,
    ) {
        if self.config.on_reboot == OnReboot::Silent {
            return;
        }
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
                    return self.on_notify(now, from, (message, &request), out);
                }
                // Nobody sits here to take a call.
                Method::Invite => 486,
                Method::Cancel | Method::Bye => 481,
                _ => 405,
            },
        };
        self.reply(from, message, code, None, out);
    }

    /// Sends a response, with a challenge where one is given; tells what it was, unless nobody knows whom to answer.
    pub(crate) fn reply(
        &self,
        from: SocketAddr,
        message: &Message<'_>,
        code: u16,
        challenge: Option<&[u8]>,
        out: &mut Outbox,
    ) -> Option<Vec<u8>> {
        let mut bytes = out.buffer();
        let tag = Some(self.boot.tag.as_bytes());
        let mut writer = build::response(&mut bytes, message, from, code, reason_phrase(code), tag).ok()?;
        if code == 200 || code == 405 {
            writer =
                writer.header("Allow", ALLOW).header_fmt("Contact", format_args!("<{}>", self.contact_uri));
        }
        if let Some(challenge) = challenge {
            writer = writer.header("WWW-Authenticate", challenge);
        }
        writer.header("User-Agent", &self.config.user_agent).finish();
        let copy = bytes.clone();
        out.send(from, bytes);
        Some(copy)
    }

    /// Whether a Request-URI means this phone: by its contact's user, since NAT and proxies change the rest.
    fn is_me(&self, uri: &Uri<'_>) -> bool {
        Uri::parse(self.contact_uri.as_bytes()).is_ok_and(|mine| mine.user == uri.user)
    }
}
