//! What tests stand on: a clock that is moved by hand, randomness from a seed, both database engines, and the running
//! program in parts: application, portal, registrar. No crate depends on this one but as a dev-dependency.

mod app;
mod clock;
mod contact;
mod dump;
mod entropy;
mod eventually;
mod kept_log;
#[cfg(feature = "portal")]
mod portal;
mod process;
#[cfg(feature = "registrar")]
mod registrar;
mod runs;
mod stores;
mod tree;

pub use app::{PASSWORD, TestApp};
pub use clock::VirtualClock;
pub use contact::register_contact;
pub use entropy::SeededEntropy;
pub use eventually::eventually;
pub use kept_log::KeptLog;
#[cfg(feature = "portal")]
pub use portal::{Answer, TestPortal, Visitor};
pub use process::Process;
#[cfg(feature = "registrar")]
pub use registrar::TestRegistrar;
pub use runs::Runs;
pub use stores::{ENGINE, POSTGRES, each_engine};
pub use tree::{Customer, Tree, Whose};
