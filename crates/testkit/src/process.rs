//! A child process that ends with its test, however the test ends.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};

/// A running program. Killed by its own id on drop, and waited for, so that nothing is left behind.
pub struct Process {
    child: Child,
    name: String,
}

impl Process {
    /// Starts a program; its standard output is read with [`Process::line`], the rest goes where the test's goes.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Process {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let child = child.unwrap_or_else(|error| panic!("{name} cannot be started: {error}"));
        Process { child, name }
    }

    /// The next lines of its output up to the first for which `read` gives something; blocks meanwhile.
    /// Everything after it is read and dropped in the background, so that the program never waits for us.
    ///
    /// # Panics
    /// When the output ends first.
    pub fn line<T>(&mut self, mut read: impl FnMut(&str) -> Option<T>) -> T {
        let output = self.child.stdout.take().unwrap_or_else(|| panic!("{} was read before", self.name));
        let mut lines = BufReader::new(output).lines();
        let found = lines.by_ref().map_while(Result::ok).find_map(|line| read(&line));
        let found = found.unwrap_or_else(|| panic!("{} ended without the awaited line", self.name));
        std::thread::spawn(move || lines.map_while(Result::ok).count());
        found
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it as a power cut would (SIGKILL).
    ///
    /// # Panics
    /// When the system refuses.
    pub fn kill(mut self) {
        self.child.kill().unwrap_or_else(|error| panic!("{} cannot be killed: {error}", self.name));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_ends_with_its_guard() {
        let mut process =
            Process::start(Command::new("sh").args(["-c", "echo no; echo port=7; exec sleep 600"]));
        let port = process.line(|line| line.strip_prefix("port=")?.parse::<u16>().ok());
        assert_eq!(port, 7);
        assert!(process.ended().is_none());
        let entry = format!("/proc/{}", process.id());
        drop(process);
        assert!(!std::path::Path::new(&entry).exists());
    }
}
