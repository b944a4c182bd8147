//! The client's side of REGISTER: the exchange from the first request to its last answer — challenges, too short an
//! expiry, retransmissions (RFC 3261 §10.2, §17.1.2, §22), and when to try again.

use std::time::Duration;

use tonalite_sip::client::{Challenged, TIMER_F, TimerE, is_answer_to};
use tonalite_sip::digest::{Answer, Challenge};
use tonalite_sip::header::Contacts;
use tonalite_sip::{Message, Method, Name, Response, Uri, build};

use crate::outbox::Outbox;
use crate::phone::{Phone, PhoneState};
use crate::stream::Transport;

/// After 403 phones wait long, since it means that somebody decided so (Grandstream: 1,200 s).
const AFTER_FORBIDDEN: Duration = Duration::from_secs(1200);
/// A registrar that asks for a longer silence is believed for an hour.
const LONGEST_RETRY_AFTER: u32 = 3600;
/// Challenges that are answered in one exchange: the first, and two more that only say that the nonce was stale.
const MOST_CHALLENGES: u8 = 3;

/// What a REGISTER is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be reachable.
    Register,
    /// To be so no longer: `Expires: 0`.
    Withdraw,
}

/// A challenge that was answered and, where the registrar allows it, may be answered again with the next count.
pub(crate) struct Auth {
    /// The challenge header as it came.
    line: Vec<u8>,
    answer_in: &'static str,
    nonce_count: u32,
}

/// From the first REGISTER to the answer that settles it.
pub(crate) struct Exchange {
    purpose: Purpose,
    began: Duration,
    challenges: u8,
    lengthened: bool,
    branch: String,
    cseq: u32,
    request: Vec<u8>,
    timer: TimerE,
    resend_at: Duration,
    gives_up_at: Duration,
}

impl Exchange {
    /// When silence has to be acted on.
    pub(crate) fn due_at(&self) -> Duration {
        self.resend_at.min(self.gives_up_at)
    }
}

impl Phone {
    /// Begins an exchange; one that is under way is forgotten.
    pub(crate) fn begin(&mut self, now: Duration, purpose: Purpose, out: &mut Outbox) {
        self.attempt_at = None;
        if matches!(self.state, PhoneState::Waiting) {
            self.state = PhoneState::Registering;
        }
        let reuses = self.config.reuses_nonce;
        // Without qop there is no count, and each nonce is good for one answer.
        self.auth.take_if(|auth| {
            !reuses || !Challenge::parse(&auth.line).is_some_and(|challenge| challenge.qop_auth)
        });
        self.exchange = Some(Exchange {
            purpose,
            began: now,
            challenges: 0,
            lengthened: false,
            branch: String::new(),
            cseq: 0,
            request: Vec::new(),
            timer: TimerE::new(),
            resend_at: now,
            gives_up_at: now + TIMER_F,
        });
        self.transmit(now, out);
    }

    /// Sends the exchange's request in a transaction of its own: next CSeq, new branch.
    fn transmit(&mut self, now: Duration, out: &mut Outbox) {
        let Some(mut exchange) = self.exchange.take() else { return };
        self.boot.cseq += 1;
        exchange.cseq = self.boot.cseq;
        exchange.branch = format!("z9hG4bK{:x}.{:016x}", self.place.index, self.random.next());
        exchange.timer = TimerE::new();
        exchange.gives_up_at = now + TIMER_F;
        // Over a connection nothing is sent twice (RFC 3261 §17.1.2.2, timer E).
        exchange.resend_at = match self.transport {
            Transport::Udp => now + exchange.timer.wait(),
            Transport::Tcp => exchange.gives_up_at,
        };
        let mut request = std::mem::take(&mut exchange.request);
        self.write_request(&exchange, &mut request);
        let mut datagram = out.buffer();
        datagram.clear();
        datagram.extend_from_slice(&request);
        exchange.request = request;
        out.send(self.config.registrar, datagram);
        self.exchange = Some(exchange);
    }

    fn write_request(&mut self, exchange: &Exchange, request: &mut Vec<u8>) {
        let expires = match exchange.purpose {
            Purpose::Register => self.expires,
            Purpose::Withdraw => 0,
        };
        let authorization = self.authorization();
        let protocol = match self.transport {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
        };
        let name = self.config.quoted_name();
        let mut writer = build::request(request, "REGISTER", self.request_uri.as_bytes())
            .header_fmt(
                "Via",
                format_args!("SIP/2.0/{protocol} {};branch={};rport", self.place.address, exchange.branch),
            )
            .header("From", [&name[..], format!("<{}>;tag={}", self.aor, self.boot.tag).as_bytes()].concat())
            .header("To", [&name[..], format!("<{}>", self.aor).as_bytes()].concat())
            .header("Call-ID", &self.boot.call_id)
            .header_fmt("CSeq", format_args!("{} REGISTER", exchange.cseq))
            .header("Contact", self.contact(&name));
        if let Some((name, value)) = authorization {
            writer = writer.header(name, value);
        }
        writer
            .header("Max-Forwards", "70")
            .header("User-Agent", &self.config.user_agent)
            .header_fmt("Expires", format_args!("{expires}"))
            .header("Allow", crate::answer::ALLOW)
            .header("Supported", "path")
            .finish();
    }

    fn contact(&self, name: &[u8]) -> Vec<u8> {
        let mut contact = [name, b"<", self.contact_uri.as_bytes(), b">"].concat();
        if let Some(urn) = &self.config.instance {
            contact.extend_from_slice(format!(";+sip.instance=\"<{urn}>\"").as_bytes());
        }
        contact.extend_from_slice(&self.config.contact_params);
        contact
    }

    /// The answer to the challenge at hand, and the header that it belongs into.
    fn authorization(&mut self) -> Option<(&'static str, Vec<u8>)> {
        let cnonce = format!("{:016x}", self.random.next());
        let auth = self.auth.as_mut()?;
        auth.nonce_count += 1;
        let challenge = Challenge::parse(&auth.line)?;
        let right = self.config.password.as_bytes();
        let wrong;
        let password = if self.wrong_password {
            wrong = [b"not-", right].concat();
            &wrong
        } else {
            right
        };
        let mut value = Vec::with_capacity(320);
        challenge.answer(
            &mut value,
            &Answer {
                username: self.config.auth_user().as_bytes(),
                password,
                method: b"REGISTER",
                uri: self.request_uri.as_bytes(),
                cnonce: cnonce.as_bytes(),
                nonce_count: auth.nonce_count,
            },
        );
        Some((auth.answer_in, value))
    }

    /// The registrar has been silent for long enough to do something.
    pub(crate) fn on_silence(&mut self, now: Duration, out: &mut Outbox) {
        let Some(exchange) = &mut self.exchange else { return };
        if now < exchange.gives_up_at {
            exchange.resend_at = now + exchange.timer.fired();
            let mut datagram = out.buffer();
            datagram.clear();
            datagram.extend_from_slice(&exchange.request);
            out.tally.retransmitted += 1;
            out.send(self.config.registrar, datagram);
            return;
        }
        let purpose = exchange.purpose;
        self.exchange = None;
        self.auth = None;
        out.tally.no_answer += 1;
        if purpose == Purpose::Withdraw {
            self.state = PhoneState::Withdrawn;
            return;
        }
        if self.state != PhoneState::Registered {
            self.state = PhoneState::NoAnswer;
        }
        self.try_again(now, self.config.retry);
    }

    /// An answer has come; one that belongs to no request of this moment is dropped.
    pub(crate) fn on_response(&mut self, now: Duration, message: &Message<'_>, out: &mut Outbox) {
        let Ok(response) = message.response() else { return };
        let Some(exchange) = &mut self.exchange else { return };
        let (branch, cseq) = (exchange.branch.as_bytes(), exchange.cseq);
        if !is_answer_to(message, &response, branch, cseq, Method::Register) {
            return;
        }
        match response.code {
            ..200 => {
                let wait = exchange.timer.proceeding();
                if self.transport == Transport::Udp {
                    exchange.resend_at = now + wait;
                }
            }
            200..300 => self.on_success(now, message, out),
            401 | 407 => self.on_challenge(now, &response, message, out),
            423 => self.on_too_brief(now, message, out),
            code => self.on_refusal(now, code, message, out),
        }
    }

    fn on_success(&mut self, now: Duration, message: &Message<'_>, out: &mut Outbox) {
        let Some(exchange) = self.exchange.take() else { return };
        if exchange.purpose == Purpose::Withdraw {
            out.tally.withdrawals += 1;
            self.state = PhoneState::Withdrawn;
            return;
        }
        let took = now.saturating_sub(exchange.began);
        out.tally.register_time += took;
        out.tally.slowest_register = out.tally.slowest_register.max(took);
        let granted = Duration::from_secs(u64::from(self.granted(message).max(1)));
        self.registered_until = Some(now + granted);
        // Phones renew somewhere between half and nine tenths of what they were given.
        self.attempt_at = Some(now + self.random.between(granted / 2, granted * 9 / 10));
        if self.state == PhoneState::Registered {
            out.tally.refreshes += 1;
        } else {
            out.tally.registrations += 1;
            self.state = PhoneState::Registered;
            self.plan_step(now);
        }
    }

    /// Seconds that the registrar gave to this phone's contact (RFC 3261 §10.2.4).
    fn granted(&self, message: &Message<'_>) -> u32 {
        let Ok(mine) = Uri::parse(self.contact_uri.as_bytes()) else { return self.expires };
        let listed = match Contacts::of(message) {
            Ok(Contacts::Some(list)) => list
                .iter()
                .find(|contact| contact.address.uri().is_ok_and(|uri| uri.is_equivalent(&mine)))
                .and_then(|contact| contact.expires()),
            _ => None,
        };
        let general = || message.header(Name::Expires).map(tonalite_sip::header::expires_seconds);
        listed.or_else(general).unwrap_or(self.expires)
    }

    fn on_challenge(
        &mut self,
        now: Duration,
        response: &Response<'_>,
        message: &Message<'_>,
        out: &mut Outbox,
    ) {
        let found = Challenged::find(message, response.code);
        let Some(exchange) = &mut self.exchange else { return };
        let answered = exchange.challenges;
        match found {
            Some(Challenged { line, challenge, answer_in })
                if answered == 0 || challenge.stale && answered < MOST_CHALLENGES =>
            {
                exchange.challenges += 1;
                out.tally.challenged += 1;
                self.auth = Some(Auth { line: line.to_vec(), answer_in, nonce_count: 0 });
                self.transmit(now, out);
            }
            _ => {
                self.auth = None;
                self.on_refusal(now, response.code, message, out);
            }
        }
    }

    fn on_too_brief(&mut self, now: Duration, message: &Message<'_>, out: &mut Outbox) {
        let wanted = message.header(Name::MinExpires).and_then(tonalite_sip::scan::number).unwrap_or(0);
        match &mut self.exchange {
            Some(exchange) if !exchange.lengthened && wanted > self.expires => {
                exchange.lengthened = true;
                // The registrar may challenge the request anew: it is another one.
                exchange.challenges = 0;
                self.expires = wanted;
                self.transmit(now, out);
            }
            _ => self.on_refusal(now, 423, message, out),
        }
    }

    fn on_refusal(&mut self, now: Duration, code: u16, message: &Message<'_>, out: &mut Outbox) {
        let Some(exchange) = self.exchange.take() else { return };
        out.tally.refused += 1;
        if exchange.purpose == Purpose::Withdraw {
            self.state = PhoneState::Withdrawn;
            return;
        }
        // A server in trouble says nothing about the registration that it gave before.
        let keeps = self.state == PhoneState::Registered && (code >= 500 || matches!(code, 408 | 480));
        if !keeps {
            self.registered_until = None;
            self.state = PhoneState::Refused(code);
        }
        match message.header(Name::RetryAfter).and_then(leading_number) {
            Some(seconds) => {
                let asked = Duration::from_secs(u64::from(seconds.min(LONGEST_RETRY_AFTER)));
                self.attempt_at = Some(now + self.random.between(asked, asked * 5 / 4));
            }
            None if code == 403 => self.try_again(now, AFTER_FORBIDDEN.max(self.config.retry)),
            None => self.try_again(now, self.config.retry),
        }
    }

    fn try_again(&mut self, now: Duration, at_least: Duration) {
        self.attempt_at = Some(now + self.random.between(at_least, at_least.saturating_mul(2)));
    }
}

/// `Retry-After: 18 (restarting);duration=60` begins with its seconds.
fn leading_number(value: &[u8]) -> Option<u32> {
    let value = tonalite_sip::scan::trim(value);
    let end = value.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(value.len());
    tonalite_sip::scan::number(&value[..end])
}
