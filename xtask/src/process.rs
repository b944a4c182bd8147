//! Running other programs: always in the repository's root, with an error that says what to do.

use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::Outcome;
use crate::workspace::root;

/// How often a program with a time limit is looked at.
const GLANCE: Duration = Duration::from_millis(100);

/// How long a program may take to end after SIGTERM, before SIGKILL: enough to stop what it started.
const GRACE: Duration = Duration::from_secs(10);

/// A program about to be run.
pub(crate) struct Run {
    command: Command,
    shown: String,
    hint: &'static str,
    limit: Option<Duration>,
}

impl Run {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Run {
        let mut command = Command::new(program.as_ref());
        command.current_dir(root());
        let name = PathBuf::from(program.as_ref());
        let shown = name.file_name().unwrap_or(program.as_ref()).to_string_lossy().into_owned();
        Run { command, shown, hint: "", limit: None }
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Run {
        self.shown.push(' ');
        self.shown.push_str(&argument.as_ref().to_string_lossy());
        self.command.arg(argument);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(self, arguments: impl IntoIterator<Item = A>) -> Run {
        arguments.into_iter().fold(self, |run, argument| run.arg(argument))
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Run {
        self.command.env(name, value);
        self
    }

    /// In this folder instead of the root.
    pub(crate) fn inside(mut self, folder: impl Into<PathBuf>) -> Run {
        self.command.current_dir(folder.into());
        self
    }

    /// What to tell a person on whose machine the program is not installed.
    pub(crate) fn hint(mut self, hint: &'static str) -> Run {
        self.hint = hint;
        self
    }

    /// Ended, and a failure, when it takes longer.
    pub(crate) fn limit(mut self, limit: Duration) -> Run {
        self.limit = Some(limit);
        self
    }

    /// Runs it with our terminal, and waits for its end.
    pub(crate) fn run(mut self) -> Outcome {
        let mut child = self.command.spawn().map_err(|error| self.not_started(&error))?;
        let status = match self.limit {
            None => child.wait(),
            Some(limit) => {
                if !ended_within(&mut child, limit)? {
                    terminate(&mut child)?;
                    return Err(format!(
                        "`{}` was ended after {} s without a result",
                        self.shown,
                        limit.as_secs()
                    ));
                }
                child.wait()
            }
        };
        let status = status.map_err(|error| format!("cannot wait for `{}`: {error}", self.shown))?;
        if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status})", self.shown)) }
    }

    /// Runs it and gives its standard output; what it says on standard error is part of the failure.
    pub(crate) fn output(mut self) -> Outcome<String> {
        let output = self.command.stdin(Stdio::null()).output().map_err(|error| self.not_started(&error))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("`{}` failed ({}): {}", self.shown, output.status, said.trim()));
        }
        String::from_utf8(output.stdout).map_err(|_| format!("`{}` printed what is not UTF-8", self.shown))
    }

    /// Turns into that program: Ctrl-C then goes to it alone, and whoever waits for us waits for it.
    /// Comes back only with the reason why it could not.
    #[cfg(unix)]
    pub(crate) fn become_it(mut self) -> Outcome {
        use std::os::unix::process::CommandExt;
        let error = self.command.exec();
        Err(self.not_started(&error))
    }

    #[cfg(not(unix))]
    pub(crate) fn become_it(self) -> Outcome {
        self.run()
    }

    fn not_started(&self, error: &std::io::Error) -> String {
        match error.kind() {
            ErrorKind::NotFound if !self.hint.is_empty() => {
                format!("`{}`: not found. {}", self.shown, self.hint)
            }
            _ => format!("cannot start `{}`: {error}", self.shown),
        }
    }
}

/// Whether the child ended in time.
pub(crate) fn ended_within(child: &mut Child, limit: Duration) -> Outcome<bool> {
    // Counted in glances and not by the clock: a laptop that slept meanwhile has not spent the limit.
    for _ in 0..=(limit.as_millis() / GLANCE.as_millis()) {
        match child.try_wait() {
            Ok(Some(_)) => return Ok(true),
            Ok(None) => sleep(GLANCE),
            Err(error) => return Err(format!("cannot wait for process {}: {error}", child.id())),
        }
    }
    Ok(false)
}

/// Asks the child to end, and makes it.
fn terminate(child: &mut Child) -> Outcome {
    Run::new("kill").args(["-TERM", &child.id().to_string()]).run()?;
    if !ended_within(child, GRACE)? {
        child.kill().map_err(|error| format!("cannot end process {}: {error}", child.id()))?;
        child.wait().map_err(|error| format!("cannot wait for process {}: {error}", child.id()))?;
    }
    Ok(())
}

/// Where a program lies on the search path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path: OsString = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_program_and_its_words() {
        let failure = Run::new("sh").args(["-c", "echo no luck >&2; exit 3"]).output().unwrap_err();
        assert!(failure.contains("no luck") && failure.contains('3'), "{failure}");
        assert!(Run::new("sh").args(["-c", "exit 3"]).run().is_err());
        assert_eq!(Run::new("sh").args(["-c", "echo $WORD"]).env("WORD", "good").output().unwrap(), "good\n");
    }

    #[test]
    fn a_missing_program_comes_with_the_hint() {
        let failure = Run::new("tonalite-no-such-program").hint("Install it.").run().unwrap_err();
        assert!(failure.ends_with("not found. Install it."), "{failure}");
        assert!(find("tonalite-no-such-program").is_none());
        assert!(find("sh").is_some());
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let failure = Run::new("sleep").arg("600").limit(Duration::from_millis(200)).run().unwrap_err();
        assert!(failure.contains("was ended"), "{failure}");
    }
}
