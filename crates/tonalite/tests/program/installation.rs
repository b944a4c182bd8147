//! A whole installation for one test: a folder, the program's command line on it, and its server on free ports.

use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tonalite_app::Location;
use tonalite_testkit::Process;

use crate::api::Api;

/// The password of every portal user made here.
pub(crate) const PASSWORD: &str = "one phone to ring them all";

/// A folder of its own, deleted with it.
pub(crate) struct Installation {
    folder: TempDir,
    /// Where the state lies, if not in files of the folder.
    database: Option<String>,
}

/// A command that ended.
pub(crate) struct Ended {
    pub(crate) success: bool,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Installation {
    pub(crate) fn new() -> Installation {
        Installation { folder: tempfile::tempdir().unwrap(), database: None }
    }

    /// On one of the database engines.
    pub(crate) fn on(location: Location) -> Installation {
        let database = match location {
            Location::Folder(_) => None,
            Location::Postgres(url) => Some(url),
        };
        Installation { database, ..Installation::new() }
    }

    /// Something beside the data.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// The program with these arguments, and with no setting but its data folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tonalite"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TONALITE_") {
                command.env_remove(name);
            }
        }
        command.args(arguments).env("TONALITE_DATA", self.data()).current_dir(self.folder.path());
        if let Some(url) = &self.database {
            command.env("TONALITE_DATABASE_URL", url);
        }
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        run(&mut self.command(arguments), "")
    }

    /// Runs a command that must succeed, and gives the one line that it prints.
    pub(crate) fn one_line(&self, arguments: &[&str]) -> String {
        self.run(arguments).one_line()
    }

    /// Makes a portal user, and a token for it.
    pub(crate) fn token(&self, username: &str, party: &str, role: &str) -> String {
        let create =
            ["user", "create", "--username", username, "--party", party, "--role", role, "--password-stdin"];
        run(&mut self.command(&create), PASSWORD).one_line();
        self.one_line(&["token", "create", "--username", username])
    }

    /// Starts the server on free ports.
    pub(crate) fn serve(&self) -> Server {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        self.serve_at(free, free)
    }

    /// Starts the server on free ports, and has it log all that it ever logs.
    pub(crate) fn serve_talkative(&self) -> Server {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        self.start(self.command(&["serve"]).env("TONALITE_LOG", "trace"), free, free)
    }

    /// Starts the server on these ports.
    pub(crate) fn serve_at(&self, http: SocketAddr, sip: SocketAddr) -> Server {
        self.start(&mut self.command(&["serve"]), http, sip)
    }

    fn start(&self, command: &mut Command, http: SocketAddr, sip: SocketAddr) -> Server {
        let log = Log(self.path("server.log"));
        let file = File::options().create(true).append(true).open(&log.0).unwrap();
        let mut process = Process::start(
            command
                .env("TONALITE_HTTP_LISTEN", http.to_string())
                .env("TONALITE_SIP_LISTEN", sip.to_string())
                .stderr(file),
        );
        let ready: Value = process.line(|line| serde_json::from_str(line).ok());
        assert_eq!(ready["event"], "ready");
        let address = |key: &str| ready[key].as_str().unwrap().parse().unwrap();
        Server { http: address("http"), sip: address("sip"), process, log }
    }
}

/// Runs a command to its end, with this on its standard input.
pub(crate) fn run(command: &mut Command, input: &str) -> Ended {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Who ends without reading is right to: the end of the pipe says the rest.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (success, code) = (output.status.success(), output.status.code());
    Ended { success, code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

impl Ended {
    /// The one line that a successful command printed.
    pub(crate) fn one_line(self) -> String {
        assert!(self.success, "{}", self.stderr);
        let mut lines = self.stdout.lines();
        let line = lines.next().unwrap_or_else(|| panic!("nothing was printed"));
        assert_eq!(lines.next(), None, "more than a line was printed: {}", self.stdout);
        line.to_owned()
    }

    /// What a command that must fail said, on standard error only.
    pub(crate) fn complaint(self) -> String {
        assert!(!self.success, "it succeeded: {}", self.stdout);
        assert_eq!(self.stdout, "", "who reads the output of a failed command finds nothing");
        self.stderr
    }
}

/// A running server; killed on drop.
pub(crate) struct Server {
    pub(crate) http: SocketAddr,
    pub(crate) sip: SocketAddr,
    process: Process,
    log: Log,
}

impl Server {
    /// Its API, by this token.
    pub(crate) fn api(&self, token: &str) -> Api {
        Api::new(self.http, token)
    }

    /// What it has written to its log in this and earlier runs.
    pub(crate) fn log(&self) -> String {
        self.log.read()
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(self) {
        self.process.kill();
    }

    /// Ends it in good order.
    pub(crate) fn stop(mut self) {
        assert!(self.process.end().success(), "the server did not end in good order");
    }
}

/// The server's log, shown when the test fails.
struct Log(PathBuf);

impl Log {
    fn read(&self) -> String {
        std::fs::read_to_string(Path::new(&self.0)).unwrap_or_default()
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the server's log:\n{}", self.read());
        }
    }
}
