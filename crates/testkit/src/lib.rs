//! What tests stand on: a clock that is moved by hand, randomness from a seed, both database engines, and a running
//! application with a made-up tree. For tests only: no crate depends on this one but as a dev-dependency.

mod app;
mod clock;
mod entropy;
mod eventually;
mod process;
mod stores;
mod tree;

pub use app::{PASSWORD, TestApp};
pub use clock::VirtualClock;
pub use entropy::SeededEntropy;
pub use eventually::eventually;
pub use process::Process;
pub use stores::{POSTGRES, each_engine};
pub use tree::{Customer, Tree, Whose};
