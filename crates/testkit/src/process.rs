//! A child process that ends with its test, however the test ends.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// For one awaited line: a bound, not an expectation.
const SILENCE: Duration = Duration::from_secs(60);
/// Between two looks at a process that was asked to end.
const PAUSE: Duration = Duration::from_millis(20);
/// Looks before it has hung: half a minute.
const LOOKS: u32 = 1_500;

/// A running program. Killed by its own id on drop, and waited for, so that nothing is left behind.
pub struct Process {
    child: Child,
    name: String,
    lines: Receiver<String>,
}

impl Process {
    /// Starts a program; its standard output is read with [`Process::line`], the rest goes where `command` says, else
    /// where the test's goes.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Process {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{name} cannot be started: {error}"));
        let output = child.stdout.take().unwrap_or_else(|| panic!("{name} has no output"));
        let (sender, lines) = channel();
        // Read to the end even when nobody asks for it, so that the program never waits for us.
        std::thread::spawn(move || read_lines(output, |line| drop(sender.send(line))));
        Process { child, name, lines }
    }

    /// Goes on in its output up to the first line for which `read` gives something. Bytes that are no UTF-8 are replaced.
    ///
    /// # Panics
    /// When the output ends first, or falls silent for a minute.
    pub fn line<T>(&mut self, mut read: impl FnMut(&str) -> Option<T>) -> T {
        loop {
            match self.lines.recv_timeout(SILENCE) {
                Ok(line) => {
                    if let Some(found) = read(&line) {
                        return found;
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("{} has fallen silent", self.name),
                Err(RecvTimeoutError::Disconnected) => panic!("{} ended without the awaited line", self.name),
            }
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it as a power cut would (SIGKILL), and waits until it is gone.
    ///
    /// # Panics
    /// When the system refuses.
    pub fn kill(mut self) {
        self.child.kill().unwrap_or_else(|error| panic!("{} cannot be killed: {error}", self.name));
    }

    /// Asks it to end (SIGTERM), and waits until it has. Its last lines can still be read.
    ///
    /// # Panics
    /// When it does not end within half a minute.
    pub fn end(&mut self) -> ExitStatus {
        let kill = format!("kill -TERM {}", self.id());
        let asked = Command::new("sh").args(["-c", &kill]).status();
        assert!(asked.is_ok_and(|status| status.success()), "{} cannot be asked to end", self.name);
        for _ in 0..LOOKS {
            if let Some(status) = self.ended() {
                return status;
            }
            std::thread::sleep(PAUSE);
        }
        panic!("{} does not end when asked", self.name);
    }

    /// How it ended; `None` while it runs.
    ///
    /// # Panics
    /// When the system does not tell.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap_or_else(|error| panic!("{} cannot be asked: {error}", self.name))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_lines(output: impl Read, mut take: impl FnMut(String)) {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        take(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned());
        line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Process {
        Process::start(Command::new("sh").args(["-c", script]))
    }

    #[test]
    fn a_process_ends_with_its_guard() {
        let mut process = shell("echo no; echo port=7; exec sleep 600");
        let port = process.line(|line| line.strip_prefix("port=")?.parse::<u16>().ok());
        assert_eq!(port, 7);
        assert!(process.ended().is_none());
        let entry = format!("/proc/{}", process.id());
        drop(process);
        assert!(!std::path::Path::new(&entry).exists());
    }

    #[test]
    fn last_words_are_heard() {
        let mut process = shell("trap 'echo goodbye; exit 3' TERM; echo ready; while :; do sleep 0.01; done");
        process.line(|line| (line == "ready").then_some(()));
        assert_eq!(process.end().code(), Some(3));
        process.line(|line| (line == "goodbye").then_some(()));
    }
}
