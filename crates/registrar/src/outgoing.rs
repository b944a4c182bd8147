//! One question to one contact, with all that its text is made of: written once for each transaction. No sockets, no
//! clock.

use tonalite_core::contact_request::ContactRequestKind;
use tonalite_core::id::LineId;
use tonalite_core::line_state::{Binding, Transport};
use tonalite_core::registration::LineRef;
use tonalite_sip::ask::{Ask, AskContact, request_uri};
use tonalite_sip::client::{Challenged, Names};
use tonalite_sip::digest::Answer;
use tonalite_sip::uri::{escape_user, with_user};
use tonalite_sip::{Fault, Method};

/// Who asks OPTIONS. Nobody is called so; a phone shows it at most in a trace.
const ASKER: &str = "ping";

/// What phones see of us in `User-Agent`. No version: it would serve those who look for old ones.
const USER_AGENT: &str = "Tonalite";

/// Everything but what changes from one transaction to the next.
pub(crate) struct Outgoing {
    pub(crate) line: LineId,
    /// Auth user, as in the user part of the address of record.
    user: String,
    from: String,
    to: String,
    contact: String,
    path: Vec<String>,
    kind: ContactRequestKind,
    transport: Transport,
    sent_by: String,
    from_tag: String,
    call_id: String,
}

impl Outgoing {
    /// `number` names this question and no other.
    pub(crate) fn new(
        line: &LineRef,
        (user, domain): (&[u8], &[u8]),
        binding: &Binding,
        kind: ContactRequestKind,
        sent_by: String,
        (names, number): (&Names, u64),
    ) -> Self {
        let (user, domain) = (String::from_utf8_lossy(user).into_owned(), String::from_utf8_lossy(domain));
        let to = format!("sip:{}@{domain}", escape_user(&user));
        let own_contact = || binding.contact.clone();
        let (from, to, contact) = match &kind {
            ContactRequestKind::Options => (format!("sip:{ASKER}@{domain}"), to, own_contact()),
            // As FreeSWITCH sends it, whose check-sync the phones of all vendors are set up for.
            ContactRequestKind::Notify { user: None, .. } => (to.clone(), to, own_contact()),
            // What is no URI stays as it is, and is refused when it is to be written.
            ContactRequestKind::Notify { user: Some(other), .. } => (
                to,
                format!("sip:{}@{domain}", escape_user(other)),
                with_user(&binding.contact, other).unwrap_or_else(own_contact),
            ),
        };
        Self {
            line: line.id,
            user,
            from,
            to,
            contact,
            path: binding.path.clone(),
            kind,
            transport: binding.source.transport,
            sent_by,
            from_tag: names.name(number, "tag"),
            call_id: names.name(number, "call"),
        }
    }

    pub(crate) fn method(&self) -> Method<'static> {
        Method::new(self.ask().method().as_bytes())
    }

    fn ask(&self) -> Ask<'_> {
        match &self.kind {
            ContactRequestKind::Options => Ask::Options,
            ContactRequestKind::Notify { event, .. } => Ask::Notify { event },
        }
    }

    /// The request as it leaves.
    ///
    /// # Errors
    /// A contact, path or event that must not stand in a request.
    pub(crate) fn write(
        &self,
        branch: &str,
        cseq: u32,
        authorization: Option<(&str, &[u8])>,
    ) -> Result<Vec<u8>, Fault> {
        let asked = AskContact {
            ask: self.ask(),
            contact: &self.contact,
            path: &self.path,
            from: &self.from,
            from_tag: &self.from_tag,
            to: &self.to,
            call_id: &self.call_id,
            cseq,
            transport: match self.transport {
                Transport::Udp => "UDP",
                Transport::Tcp => "TCP",
                Transport::Tls => "TLS",
            },
            sent_by: &self.sent_by,
            branch,
            authorization,
            user_agent: USER_AGENT,
        };
        let mut out = Vec::with_capacity(1024);
        asked.write(&mut out)?;
        Ok(out)
    }

    /// The value that answers a challenge with this password.
    pub(crate) fn answer(&self, challenged: &Challenged<'_>, password: &str, cnonce: &str) -> Vec<u8> {
        let mut value = Vec::with_capacity(320);
        challenged.challenge.answer(
            &mut value,
            &Answer {
                username: self.user.as_bytes(),
                password: password.as_bytes(),
                method: self.ask().method().as_bytes(),
                uri: request_uri(&self.contact).unwrap_or_default().as_bytes(),
                cnonce: cnonce.as_bytes(),
                nonce_count: 1,
            },
        );
        value
    }
}
