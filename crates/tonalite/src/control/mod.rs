//! The way from a command to the server that holds its data: `control.sock` in the data folder. The server carries the
//! command out with the very function that would run without it, so that its caches and its events stay true.
//! What a command does is in `commands`; here is only how it gets there and how the answer comes back.

mod client;
mod frame;
mod place;
mod server;

pub(crate) use client::connect;
pub(crate) use frame::{Order, PIECE, Password, Reply};
pub(crate) use server::ControlSocket;
