//! The event stream as a program reads it.

use std::io::{BufRead as _, BufReader};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use crate::wait::now;

/// Events as they come; closed on drop.
pub(crate) struct EventStream {
    connection: TcpStream,
    events: Receiver<Event>,
}

/// One event.
#[derive(Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) data: Value,
}

impl EventStream {
    /// Reads the head of the answer here, the events on a thread.
    pub(crate) fn open(connection: TcpStream) -> EventStream {
        let mut reader = BufReader::new(connection.try_clone().unwrap());
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert!(line.contains(" 200 "), "no event stream: {line}");
        while line != "\r\n" {
            line.clear();
            assert!(reader.read_line(&mut line).unwrap() > 0, "the head has no end");
        }
        // A comment comes every now and then; a stream of nothing may be silent for longer than an answer may.
        connection.set_read_timeout(None).unwrap();
        let (sender, events) = channel();
        std::thread::spawn(move || {
            let (mut name, mut data) = (String::new(), String::new());
            for line in reader.lines().map_while(Result::ok) {
                if let Some(value) = line.strip_prefix("event:") {
                    name = value.trim().to_owned();
                } else if let Some(value) = line.strip_prefix("data:") {
                    data.push_str(value.trim());
                } else if line.is_empty() && !name.is_empty() {
                    let event = Event {
                        name: std::mem::take(&mut name),
                        data: serde_json::from_str(&std::mem::take(&mut data)).unwrap(),
                    };
                    if sender.send(event).is_err() {
                        return;
                    }
                }
            }
        });
        EventStream { connection, events }
    }

    /// The next event; `None` when `limit` passes first, or the stream ended.
    pub(crate) fn next(&self, limit: Duration) -> Option<Event> {
        self.events.recv_timeout(limit).ok()
    }

    /// Passes over events up to the next `device.status` of this device; panics when `limit` passes first.
    pub(crate) fn status_of(&self, device: &str, limit: Duration) -> Value {
        let started = now();
        loop {
            let left = limit.saturating_sub(started.elapsed());
            let event = self.next(left).unwrap_or_else(|| panic!("no device.status within {limit:?}"));
            if event.name == "device.status" && event.data["device_id"] == device {
                return event.data;
            }
        }
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        // Gone already is what we want.
        let _ = self.connection.shutdown(Shutdown::Both);
    }
}
