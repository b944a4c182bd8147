//! `Contact` of REGISTER and of its answer (RFC 3261 §10.2, RFC 5626 §4): `*`, or a list over one or more lines.

use std::borrow::Cow;

use crate::fault::Fault;
use crate::header::{Name, NameAddr, expires_seconds};
use crate::message::Message;
use crate::scan::{List, number, unquote};

/// What a message says about contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contacts<'m, 'a> {
    /// No Contact line: a REGISTER so asks for the list.
    None,
    /// `*`: all of them.
    Star,
    /// At least one address; each has been read once, so the walk cannot fail.
    Some(ContactList<'m, 'a>),
}

impl<'m, 'a> Contacts<'m, 'a> {
    /// Reads and checks all Contact lines of a message.
    ///
    /// # Errors
    /// [`Fault::Malformed`], also for a `*` that is not alone.
    pub fn of(message: &'m Message<'a>) -> Result<Self, Fault> {
        let malformed = Fault::Malformed(Name::Contact);
        let (mut stars, mut contacts) = (0_usize, 0_usize);
        for line in message.headers(Name::Contact) {
            for element in List::new(line) {
                match element.map_err(|_| malformed)? {
                    b"*" => stars += 1,
                    element => {
                        Contact::parse(element)?;
                        contacts += 1;
                    }
                }
            }
        }
        match (stars, contacts) {
            (0, 0) => Ok(Self::None),
            (1, 0) => Ok(Self::Star),
            (0, _) => Ok(Self::Some(ContactList { message })),
            _ => Err(malformed),
        }
    }
}

/// The contacts of a message, in order.
#[derive(Clone, Copy, Debug)]
pub struct ContactList<'m, 'a> {
    message: &'m Message<'a>,
}

impl PartialEq for ContactList<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for ContactList<'_, '_> {}

impl<'m, 'a> ContactList<'m, 'a> {
    /// Walks them.
    pub fn iter(&self) -> impl Iterator<Item = Contact<'a>> + use<'m, 'a> {
        // `Contacts::of` has read every element of the same bytes.
        self.message
            .headers(Name::Contact)
            .flat_map(List::new)
            .filter_map(|element| Contact::parse(element.ok()?).ok())
    }
}

/// One contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact<'a> {
    /// The address and all parameters.
    pub address: NameAddr<'a>,
}

impl<'a> Contact<'a> {
    /// Reads one element; its URI is not looked at.
    ///
    /// # Errors
    /// [`Fault::Malformed`].
    pub fn parse(element: &'a [u8]) -> Result<Self, Fault> {
        NameAddr::parse(element).map(|address| Self { address }).map_err(|_| Fault::Malformed(Name::Contact))
    }

    /// Seconds of its `expires` parameter (see [`expires_seconds`] for what is unreadable); `None`: absent.
    #[must_use]
    pub fn expires(&self) -> Option<u32> {
        self.address.param("expires").map(|param| expires_seconds(param.value.unwrap_or_default()))
    }

    /// `+sip.instance` without its quotes, `<urn:uuid:…>` (RFC 5626 §4.1).
    #[must_use]
    pub fn instance(&self) -> Option<Cow<'a, [u8]>> {
        self.address.param("+sip.instance").and_then(|param| param.value).map(unquote)
    }

    /// `reg-id` (RFC 5626 §4.2): which of the device's flows; from 1 to 2^31 − 1.
    #[must_use]
    pub fn reg_id(&self) -> Option<u32> {
        let value = self.address.param("reg-id")?.value?;
        number(value).filter(|id| (1..1 << 31).contains(id))
    }
}
