//! SIP as phones speak it: messages, headers, URIs, digest, nonces, transaction keys (RFC 3261, 3581, 7616, 8760).
//! Pure: bytes in, borrowed views out. No I/O, no clock, no async, and no idea of fleets, lines or tenants.
//! `message` reads what a datagram or a frame holds; `framer` finds the frames in a byte stream.

pub mod ask;
pub mod build;
pub mod client;
pub mod digest;
pub mod fault;
pub mod framer;
pub mod header;
pub mod message;
pub mod method;
pub mod nonce;
pub mod scan;
pub mod transaction;
pub mod uri;

pub use build::{Writer, reason_phrase};
pub use fault::{Fault, Ignored};
pub use framer::{Frame, Framer};
pub use header::Name;
pub use message::{Message, Request, Response, StartLine};
pub use method::Method;
pub use uri::{Scheme, Uri};
