//! What the operator decides about the portal's HTTP side, parsed. Reading files and environment is the binary's work.

use std::net::IpAddr;

use axum::http::Uri;

/// Settings of the HTTP side.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Address under which browsers reach the portal.
    pub public_url: PublicUrl,
    /// Reverse proxies whose `X-Forwarded-For` is believed. Nobody else's is.
    pub trusted_proxies: Vec<Network>,
    /// Addresses, beside loopback, that may read `/metrics`.
    pub metrics_allowed: Vec<IpAddr>,
}

/// A setting that cannot be used, with what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not an origin.
    #[error(
        "`{0}` is not a public address: write scheme and host, such as https://portal.example.net, without a path"
    )]
    PublicUrl(String),
    /// Not a network.
    #[error("`{0}` is not an address or a network: write 192.0.2.7 or 10.0.0.0/8")]
    Network(String),
    /// The OpenAPI document is not JSON.
    #[error("the OpenAPI document cannot be written: {0}")]
    OpenApi(String),
}

/// Scheme, host and port of the portal, exactly as a browser writes them in `Origin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    https: bool,
}

impl PublicUrl {
    /// Reads `https://host[:port]`, with or without the last `/`. A path is refused: the portal lives at the root.
    ///
    /// # Errors
    /// [`ConfigError::PublicUrl`].
    pub fn parse(text: &str) -> Result<PublicUrl, ConfigError> {
        let refused = || ConfigError::PublicUrl(text.to_owned());
        let uri: Uri = text.trim().parse().map_err(|_| refused())?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(refused()),
        };
        let authority = uri.authority().ok_or_else(refused)?;
        let bare = authority.as_str().find('@').is_none() && !authority.host().is_empty();
        if !bare || !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(refused());
        }
        // Browsers lower-case the host and leave the scheme's own port out: any other spelling would never match.
        let host = authority.host().to_ascii_lowercase();
        let scheme = if https { "https" } else { "http" };
        let own_port = if https { 443 } else { 80 };
        let origin = match authority.port_u16() {
            Some(port) if port != own_port => format!("{scheme}://{host}:{port}"),
            _ => format!("{scheme}://{host}"),
        };
        Ok(PublicUrl { origin, https })
    }

    /// The origin, without a `/` at the end.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether browsers come over TLS: then cookies are `Secure`.
    pub const fn is_https(&self) -> bool {
        self.https
    }
}

/// One address, or a network in CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Reads `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`.
    ///
    /// # Errors
    /// [`ConfigError::Network`].
    pub fn parse(text: &str) -> Result<Network, ConfigError> {
        let refused = || ConfigError::Network(text.to_owned());
        let (address, prefix) = match text.trim().split_once('/') {
            None => (text.trim(), None),
            Some((address, prefix)) => (address, Some(prefix)),
        };
        let address: IpAddr = address.parse().map_err(|_| refused())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => most,
            Some(prefix) => prefix.parse().ok().filter(|bits| *bits <= most).ok_or_else(refused)?,
        };
        Ok(Network { address, prefix })
    }

    /// Whether the address lies in the network. IPv4 in IPv6 clothes (`::ffff:…`) counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= u32::from(self.prefix)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= u32::from(self.prefix)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_url_is_what_browsers_send_as_origin() {
        for (text, origin) in [
            ("https://Portal.Example.NET/", "https://portal.example.net"),
            ("https://portal.example.net:443", "https://portal.example.net"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
        ] {
            assert_eq!(PublicUrl::parse(text).map(|url| url.origin().to_owned()), Ok(origin.to_owned()));
        }
        for bad in
            ["", "portal.example.net", "ftp://x", "https://x/path", "https://x/?a", "https://u@x", "https://"]
        {
            assert!(PublicUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn networks() {
        for (network, address, inside) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "192.0.2.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "::ffff:192.0.2.7", true),
            ("192.0.2.7", "192.0.2.6", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
        ] {
            let network = Network::parse(network).unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), inside, "{network:?} {address}");
        }
        for bad in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "x", "10.0.0.0/-1", "10.0.0.0/"] {
            assert!(Network::parse(bad).is_err(), "{bad}");
        }
    }
}
