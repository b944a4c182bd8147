//! Simulated phones: real SIP over real sockets, thousands in one process, for the demo, tests and load.
//! A [`Phone`] is a state machine without I/O, clock or chance of its own; a [`Fleet`] runs many over sockets.
//! They register and can be reached; they carry no calls. Nothing here is secret: their randomness is a seed's.

mod answer;
mod cell;
mod config;
mod credentials;
mod fleet;
mod group;
mod hostile;
mod outbox;
mod phone;
mod random;
mod reboot;
mod register;
mod shared;
mod stats;
mod stream;

pub use config::{Behaviour, Password, PhoneConfig, instance_of_mac};
pub use credentials::{Credential, CredentialError, CredentialFault, read_credentials};
pub use fleet::{Fleet, FleetError, FleetOptions, PhoneHandle};
pub use outbox::{Datagram, Outbox, Tally};
pub use phone::{Command, Phone, PhoneState, Place};
pub use random::SplitMix64;
pub use reboot::OnReboot;
pub use stats::Stats;
pub use stream::Transport;
