//! The program as it is shipped, from outside: the real binary on a folder and free ports of its own, its command line,
//! its API over HTTP, phones by other makers, and the power cut. What needs no process is tested where it lives.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod api;
mod beside;
mod command_line;
mod crash;
mod events;
mod foreign_phones;
mod hostile_words;
mod import_crash;
mod installation;
mod inventory;
mod restart;
mod seed;
mod tenants;
mod tools;
mod wait;
