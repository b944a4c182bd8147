//! SIP clients by other makers, from their Debian packages. A test that cannot run them has failed.

use std::net::UdpSocket;
use std::process::Command;

/// A program of a Debian package.
pub(crate) fn tool(name: &str, package: &str) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    assert!(is_there, "{name} is missing: install the Debian package {package}");
    Command::new(name)
}

/// A UDP port that was free a moment ago, for clients that cannot be told to choose.
pub(crate) fn free_port() -> u16 {
    UdpSocket::bind("0.0.0.0:0").unwrap().local_addr().unwrap().port()
}
