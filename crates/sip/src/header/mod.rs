//! Header fields: their names here, one file for each that is read as more than bytes.

pub mod contact;
pub mod cseq;
pub mod event;
pub mod name;
pub mod name_addr;
pub mod via;

pub use contact::{Contact, Contacts};
pub use cseq::CSeq;
pub use event::Event;
pub use name::Name;
pub use name_addr::NameAddr;
pub use via::{Rport, Via};

use crate::scan::{number, trim};

/// What a REGISTER asks for when it does not say, or says it unreadably (RFC 3261 §10.2.1.1, §20.19), in seconds.
pub const DEFAULT_EXPIRES: u32 = 3600;

/// Seconds of an `Expires` header or `expires` parameter. A number beyond 32 bits becomes the largest, anything else
/// that is no number [`DEFAULT_EXPIRES`].
#[must_use]
pub fn expires_seconds(value: &[u8]) -> u32 {
    let value = trim(value);
    number(value).unwrap_or_else(|| {
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        if digits { u32::MAX } else { DEFAULT_EXPIRES }
    })
}
