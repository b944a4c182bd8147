//! What the registrar is told when it starts, and why it may refuse to.

use std::net::SocketAddr;

use tonalite_core::line_state::Policy;

use crate::connections::StreamLimits;

/// Where to listen and by which limits.
#[derive(Debug, Clone)]
pub struct RegistrarConfig {
    /// Addresses, each for UDP and for TCP; port 0 lets the system choose one that is free for both.
    pub listen: Vec<SocketAddr>,
    /// Threads for each address, every one with its own socket, and as many more for all connections; 0: as many as
    /// there are processors.
    pub workers: usize,
    /// Limits for expiries and contacts.
    pub policy: Policy,
    /// Host, or host and port, under which phones know us, beside their SIP domain.
    pub public_address: Option<String>,
    /// Limits for connections.
    pub streams: StreamLimits,
}

/// Why the registrar did not start. Nothing is left running.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Lines and bindings could not be read back. Without them we would call phones aged that are not.
    #[error("the registrations could not be read back")]
    Load,
    /// An address cannot be listened on.
    #[error("cannot listen for SIP on {address}: {cause}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A thread or a listener could not be started.
    #[error("cannot start a thread of the registrar: {0}")]
    Thread(std::io::Error),
    /// No address was given.
    #[error("no SIP address to listen on")]
    NoAddress,
}
