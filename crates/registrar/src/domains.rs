//! The SIP domains that have lines: what is not among them is nobody's here.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{PoisonError, RwLock};

/// Domains with the number of their lines, and the names by which phones may address the server itself.
pub(crate) struct Domains {
    lines: RwLock<HashMap<Box<[u8]>, usize>>,
    /// Host of the public address, in lower case.
    public_host: Option<Box<[u8]>>,
}

impl Domains {
    /// `public_address` as configured: a host, perhaps with a port.
    pub(crate) fn new(public_address: Option<&str>) -> Self {
        let public_host = public_address.map(|address| {
            let host = match address.rsplit_once(':') {
                Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
                _ => address,
            };
            host.to_ascii_lowercase().into_bytes().into_boxed_slice()
        });
        Self { lines: RwLock::default(), public_host }
    }

    /// A line of this domain came.
    pub(crate) fn add(&self, domain: &[u8]) {
        let mut lines = self.lines.write().unwrap_or_else(PoisonError::into_inner);
        *lines.entry(domain.into()).or_default() += 1;
    }

    /// A line of this domain went.
    pub(crate) fn remove(&self, domain: &[u8]) {
        let mut lines = self.lines.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = lines.get_mut(domain) {
            *count -= 1;
            if *count == 0 {
                lines.remove(domain);
            }
        }
    }

    /// Whether lines of this domain exist; lower case.
    pub(crate) fn contains(&self, domain: &[u8]) -> bool {
        self.lines.read().unwrap_or_else(PoisonError::into_inner).contains_key(domain)
    }

    /// Whether a Request-URI of this host means us: one of the domains, our public name, or a bare address, which a
    /// phone writes that was told nothing else.
    pub(crate) fn is_us(&self, host: &[u8]) -> bool {
        let bare = host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]")).unwrap_or(host);
        self.public_host.as_deref() == Some(host)
            || std::str::from_utf8(bare).is_ok_and(|text| text.parse::<IpAddr>().is_ok())
            || self.contains(host)
    }
}
