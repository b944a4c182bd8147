//! The words and rules of the trade: parties, sites, devices, lines, users, who may do what, when a line is registered.
//! Pure: no I/O, no async, no clock, no randomness; nothing here is `Serialize`. Wire types live in `http::api`, rows in `store`.

pub mod access;
pub mod audit;
pub mod contact_request;
pub mod csv;
pub mod dect;
pub mod device;
pub mod error;
pub mod event;
pub mod export_gate;
pub mod feature;
pub mod filter;
pub mod id;
pub mod import;
pub mod line;
pub mod line_state;
pub mod mac;
pub mod name;
pub mod page;
pub mod party;
pub mod portal_user;
pub mod reboot;
pub mod registration;
pub mod search;
pub mod secret;
pub mod site;
pub mod text;
pub mod time;
pub mod timeline;
pub mod user;
pub mod world;

pub use error::{Error, FieldError, Result};
