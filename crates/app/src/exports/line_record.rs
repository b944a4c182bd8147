//! The neutral form of a line-state export: one record for each row, with every column and every contact, in no language
//! and no zone. It lives as long as the process and a private file, so it has no version and no need for one.
//!
//! A record is its length (four bytes, little-endian) and its fields in order. Numbers have seven bits a byte, the lowest
//! first; texts their length before them; what may be absent is one more, with zero for absent.

use std::borrow::Cow;

use tonalite_core::line::LineUse;
use tonalite_core::line_state::{LineState, StateDetail, Transport};
use tonalite_core::mac::Mac;
use tonalite_core::time::Timestamp;
use tonalite_store::{LineContact, LineRecord, PortRecord};

const TRANSPORTS: [Transport; 3] = [Transport::Udp, Transport::Tcp, Transport::Tls];

/// A row as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NeutralLine<'a> {
    pub(crate) customer: &'a str,
    pub(crate) site: &'a str,
    pub(crate) mac: Option<Mac>,
    pub(crate) device_name: Option<&'a str>,
    pub(crate) device_type: &'a str,
    pub(crate) port: Option<PortRecord<'a>>,
    pub(crate) state: LineState,
    pub(crate) detail: Option<StateDetail>,
    pub(crate) since: Timestamp,
    pub(crate) registered_at: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
    /// Of its DECT system; shown only to those who may see it.
    pub(crate) dect_chain_id: Option<&'a str>,
    /// The newest first.
    pub(crate) contacts: Vec<LineContact<'a>>,
}

/// Writes records from rows: those of one line, which come one after the other, become one.
#[derive(Default)]
pub(crate) struct Records {
    key: Option<(i64, Option<i64>)>,
    head: Vec<u8>,
    contacts: Vec<(i64, Vec<u8>)>,
    /// Records that are complete, until somebody takes them.
    pub(crate) bytes: Vec<u8>,
    /// How many those were in all.
    pub(crate) written: u64,
}

impl Records {
    /// Adds a row.
    pub(crate) fn add(&mut self, row: &LineRecord<'_>) {
        if self.key != Some(row.key) {
            self.flush();
            self.key = Some(row.key);
            write_head(&mut self.head, row);
        }
        if let Some((id, contact)) = &row.contact {
            let mut bytes = Vec::new();
            write_contact(&mut bytes, contact);
            self.contacts.push((*id, bytes));
        }
    }

    /// Completes the last record.
    pub(crate) fn flush(&mut self) {
        if self.key.take().is_none() {
            return;
        }
        // Keys of contacts grow with time.
        self.contacts.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
        number(&mut self.head, self.contacts.len() as u64);
        for (_, contact) in self.contacts.drain(..) {
            self.head.extend_from_slice(&contact);
        }
        let length = u32::try_from(self.head.len()).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.append(&mut self.head);
        self.written += 1;
    }
}

fn write_head(to: &mut Vec<u8>, row: &LineRecord<'_>) {
    text(to, &row.customer);
    text(to, &row.site);
    number(to, row.mac.map_or(0, |mac| mac.as_u64() + 1));
    optional_text(to, row.device_name.as_deref());
    text(to, &row.device_type);
    match &row.port {
        None => number(to, 0),
        Some(port) => {
            number(to, u64::from(port.port) + 1);
            number(to, u64::from(port.line_use == LineUse::Shared));
            text(to, &port.sip_username);
            text(to, &port.sip_domain);
            text(to, &port.user);
            text(to, &port.extension);
            optional_text(to, port.number.as_deref());
        }
    }
    number(to, place(&LineState::ALL, row.state));
    number(to, row.detail.map_or(0, |detail| place(&StateDetail::ALL, detail) + 1));
    time(to, row.since);
    optional_time(to, row.registered_at);
    optional_time(to, row.expires_at);
    optional_text(to, row.chain_id.map(|chain_id| chain_id.to_string()).as_deref());
}

fn write_contact(to: &mut Vec<u8>, contact: &LineContact<'_>) {
    text(to, &contact.address.to_string());
    number(to, place(&TRANSPORTS, contact.transport));
    optional_text(to, contact.user_agent.as_deref());
    time(to, contact.expires_at);
}

fn place<T: PartialEq>(all: &[T], one: T) -> u64 {
    all.iter().position(|own| *own == one).unwrap_or(0) as u64
}

fn number(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn text(to: &mut Vec<u8>, text: &str) {
    number(to, text.len() as u64);
    to.extend_from_slice(text.as_bytes());
}

fn optional_text(to: &mut Vec<u8>, text: Option<&str>) {
    number(to, text.map_or(0, |text| text.len() as u64 + 1));
    to.extend_from_slice(text.unwrap_or_default().as_bytes());
}

fn time(to: &mut Vec<u8>, at: Timestamp) {
    to.extend_from_slice(&at.0.to_le_bytes());
}

fn optional_time(to: &mut Vec<u8>, at: Option<Timestamp>) {
    number(to, u64::from(at.is_some()));
    if let Some(at) = at {
        time(to, at);
    }
}

/// Takes the first record off the bytes; `Ok(None)`: it is not there in full.
///
/// # Errors
/// The bytes are no record: the disk gave back something else than was written.
pub(crate) fn take<'a>(bytes: &mut &'a [u8]) -> Result<Option<NeutralLine<'a>>, Damaged> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| Damaged)?;
    let Some((record, after)) = rest.split_at_checked(length) else { return Ok(None) };
    let mut fields = Fields(record);
    let line = read(&mut fields).ok_or(Damaged)?;
    if !fields.0.is_empty() {
        return Err(Damaged);
    }
    *bytes = after;
    Ok(Some(line))
}

/// A record that makes no sense.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Damaged;

impl std::fmt::Display for Damaged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a record of a neutral export makes no sense")
    }
}

impl std::error::Error for Damaged {}

fn read<'a>(fields: &mut Fields<'a>) -> Option<NeutralLine<'a>> {
    let (customer, site) = (fields.text()?, fields.text()?);
    let mac = match fields.number()? {
        0 => None,
        mac => Some(Mac::from_u64(mac - 1)?),
    };
    let (device_name, device_type) = (fields.optional_text()?, fields.text()?);
    let port = match fields.number()? {
        0 => None,
        port => Some(PortRecord {
            port: u16::try_from(port - 1).ok()?,
            line_use: if fields.number()? == 0 { LineUse::Primary } else { LineUse::Shared },
            sip_username: Cow::Borrowed(fields.text()?),
            sip_domain: Cow::Borrowed(fields.text()?),
            user: Cow::Borrowed(fields.text()?),
            extension: Cow::Borrowed(fields.text()?),
            number: fields.optional_text()?.map(Cow::Borrowed),
        }),
    };
    let state = fields.one_of(&LineState::ALL)?;
    let detail = match fields.number()? {
        0 => None,
        place => Some(*StateDetail::ALL.get(usize::try_from(place - 1).ok()?)?),
    };
    let since = fields.time()?;
    let (registered_at, expires_at) = (fields.optional_time()?, fields.optional_time()?);
    let dect_chain_id = fields.optional_text()?;
    let count = fields.number()?;
    let contact = |_| {
        Some(LineContact {
            address: fields.text()?.parse().ok()?,
            transport: fields.one_of(&TRANSPORTS)?,
            user_agent: fields.optional_text()?.map(Cow::Borrowed),
            expires_at: fields.time()?,
        })
    };
    let contacts = (0..count).map(contact).collect::<Option<Vec<_>>>()?;
    Some(NeutralLine {
        customer,
        site,
        mac,
        device_name,
        device_type,
        port,
        state,
        detail,
        since,
        registered_at,
        expires_at,
        dect_chain_id,
        contacts,
    })
}

/// What is left of a record.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        all.get(usize::try_from(self.number()?).ok()?).copied()
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        self.bytes(length)
    }

    fn optional_text(&mut self) -> Option<Option<&'a str>> {
        match self.number()? {
            0 => Some(None),
            more => self.bytes(more - 1).map(Some),
        }
    }

    fn bytes(&mut self, length: u64) -> Option<&'a str> {
        let (text, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    fn time(&mut self) -> Option<Timestamp> {
        let (time, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        Some(Timestamp(i64::from_le_bytes(*time)))
    }

    fn optional_time(&mut self) -> Option<Option<Timestamp>> {
        match self.number()? {
            0 => Some(None),
            _ => self.time().map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tonalite_core::dect::ChainId;

    use super::*;

    fn row<'a>(key: (i64, Option<i64>), texts: &'a [String], times: &[i64]) -> LineRecord<'a> {
        let text = |n: usize| Cow::Borrowed(texts[n].as_str());
        let optional = |n: usize| Some(text(n)).filter(|text| !text.is_empty());
        let port = key.1.map(|_| PortRecord {
            port: times[0].unsigned_abs() as u16,
            line_use: if times[1] % 2 == 0 { LineUse::Primary } else { LineUse::Shared },
            sip_username: text(0),
            sip_domain: text(1),
            user: text(2),
            extension: text(3),
            number: optional(4),
        });
        LineRecord {
            key,
            customer: text(5),
            site: text(6),
            mac: Mac::from_u64(times[2].unsigned_abs() >> 16),
            device_name: optional(7),
            device_type: text(0),
            port,
            state: LineState::ALL[times[3].unsigned_abs() as usize % 3],
            detail: StateDetail::ALL.get(times[3].unsigned_abs() as usize % 8).copied(),
            since: Timestamp(times[0]),
            registered_at: Some(Timestamp(times[1])).filter(|at| at.0 > 0),
            expires_at: Some(Timestamp(times[2])).filter(|at| at.0 > 0),
            chain_id: ChainId::from_i64(times[1]),
            contact: None,
        }
    }

    fn contact<'a>(port: u16, user_agent: &'a str) -> LineContact<'a> {
        LineContact {
            address: if port.is_multiple_of(2) {
                ([192, 0, 2, 9], port).into()
            } else {
                ([1, 2, 3, 4, 5, 6, 7, 8], port).into()
            },
            transport: TRANSPORTS[usize::from(port) % 3],
            user_agent: Some(user_agent).filter(|text| !text.is_empty()).map(Cow::Borrowed),
            expires_at: Timestamp(i64::from(port)),
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back_in_whatever_pieces(
            texts in prop::collection::vec(".{0,20}", 8),
            times in prop::collection::vec(any::<i64>(), 4),
            ports in prop::collection::vec(any::<u16>(), 0..4),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut records = Records::default();
            let keys = [(1, Some(1)), (1, Some(2)), (2, None)];
            for key in keys {
                let row = row(key, &texts, &times);
                match key.1.is_some() && !ports.is_empty() {
                    true => for (id, port) in (1..).zip(&ports) {
                        records.add(&LineRecord { contact: Some((id, contact(*port, &texts[1]))), ..row.clone() });
                    },
                    false => records.add(&row),
                }
            }
            records.flush();
            prop_assert_eq!(records.written, 3);
            let (bytes, mut read) = (records.bytes, Vec::new());
            let mut unread = bytes.as_slice();
            while let Some(line) = take(&mut unread).unwrap() {
                read.push(line);
            }
            prop_assert!(unread.is_empty());
            for (key, line) in keys.into_iter().zip(&read) {
                let row = row(key, &texts, &times);
                prop_assert_eq!((line.customer, line.site, line.mac), (&*row.customer, &*row.site, row.mac));
                prop_assert_eq!((line.device_name, line.device_type), (row.device_name.as_deref(), &*row.device_type));
                prop_assert_eq!(&line.port, &row.port);
                prop_assert_eq!((line.state, line.detail, line.since), (row.state, row.detail, row.since));
                prop_assert_eq!((line.registered_at, line.expires_at), (row.registered_at, row.expires_at));
                let chain_id = row.chain_id.map(|chain_id| chain_id.to_string());
                prop_assert_eq!(line.dect_chain_id, chain_id.as_deref());
                let newest_first: Vec<_> = match key.1 {
                    Some(_) => ports.iter().rev().map(|port| contact(*port, &texts[1])).collect(),
                    None => Vec::new(),
                };
                prop_assert_eq!(&line.contacts, &newest_first);
            }
            // A piece that ends anywhere gives what is whole in it, and waits for the rest.
            let mut piece = &bytes[..cut.index(bytes.len())];
            let mut whole = 0;
            while let Some(line) = take(&mut piece).unwrap() {
                prop_assert_eq!(&line, &read[whole]);
                whole += 1;
            }
            prop_assert!(whole < 3);
        }

        #[test]
        fn no_bytes_are_taken_for_more_than_they_are(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut framed = u32::try_from(bytes.len()).unwrap().to_le_bytes().to_vec();
            framed.extend(&bytes);
            prop_assert!(!matches!(take(&mut framed.as_slice()), Ok(None)));
            let _ = take(&mut bytes.as_slice());
        }
    }
}
