//! A throw-away PostgreSQL for tests: own folder, own port on 127.0.0.1, gone when we are.
//!
//! We hold the writing end of a pipe, and a *keeper* (a shell, in its own process group) waits for that pipe
//! to close. It closes with us in every case: return, failure, Ctrl-C, even SIGKILL. The keeper then stops the
//! server and deletes the folder.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

use crate::Outcome;
use crate::process::{Run, ended_within, find};
use crate::steps::say;
use crate::system::{Package, is_root, provide};

/// What tests read; set by a person too, who wants another server to be used.
pub(crate) const VARIABLE: &str = "TONALITE_TEST_POSTGRES";

/// PostgreSQL refuses to run as root. As root, the server runs as this system user.
const USER: &str = "tonalite-test";

/// 50 ms each: the server of a busy machine may take half a minute.
const LOOKS: u32 = 600;

/// What the server is started with, beside its port and folders.
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    // Each test has a database and a pool of its own, and many run at once.
    "max_connections=200",
    // The cluster does not outlive the run, so there is nothing to keep safe from a power cut. What survives
    // a kill is tested on its own server, with fsync on.
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    // English and without dates in front: these lines are read in a failure's report.
    "lc_messages=C",
    "log_min_messages=warning",
];

/// $1 = program, $2 = cluster, $3 = log, then the server's arguments. Ends the server when standard input does.
const KEEPER: &str = r#"
program=$1 data=$2 log=$3; shift 3
"$program" -D "$data" "$@" >"$log" 2>&1 </dev/null &
server=$!
read -r _
kill -INT "$server" 2>/dev/null
wait "$server"
cd / && rm -rf "${data%/*}"
"#;

/// A running server; stopped and deleted on drop.
pub(crate) struct Postgres {
    keeper: Child,
    pipe: Option<ChildStdin>,
    url: String,
}

impl Postgres {
    /// Makes a cluster and starts it.
    pub(crate) fn start() -> Outcome<Postgres> {
        let programs = programs()?;
        let owner = owner()?;
        let folder = Folder::make(owner)?;
        let (data, log) = (folder.0.join("data"), folder.0.join("log"));
        let mut initdb = as_owner(&programs.join("initdb"), owner, &folder.0);
        initdb.arg("-D").arg(&data).args(["-U", "tonalite", "-A", "trust", "-E", "UTF8", "--no-sync"]);
        // Sorts as people do, like most servers out there and unlike SQLite: a query that leans on the order
        // of bytes without saying so must fail here and not at somebody's.
        initdb.args(["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]);
        let made = initdb.output().map_err(|error| format!("cannot start initdb: {error}"))?;
        if !made.status.success() {
            return Err(format!("initdb failed: {}", String::from_utf8_lossy(&made.stderr).trim()));
        }
        let port = free_port()?;
        let mut keeper = as_owner(Path::new("/bin/sh"), owner, &folder.0);
        keeper.args(["-c", KEEPER, "keeper"]).arg(programs.join("postgres")).arg(&data).arg(&log);
        keeper.args(["-p", &port.to_string(), "-k"]).arg(&folder.0);
        for setting in SETTINGS {
            keeper.args(["-c", setting]);
        }
        // A group of its own: Ctrl-C must reach the tests, and the server only after them.
        keeper.stdin(Stdio::piped()).process_group(0);
        let mut keeper = keeper.spawn().map_err(|error| format!("cannot start PostgreSQL: {error}"))?;
        let pipe = keeper.stdin.take();
        folder.leave_to_keeper();
        let url = format!("postgres://tonalite@127.0.0.1:{port}/postgres");
        let postgres = Postgres { keeper, pipe, url };
        wait_until_ready(&data, &log)?;
        Ok(postgres)
    }

    /// Where tests find it: a superuser without a password, who may make databases.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.pipe.take());
        match ended_within(&mut self.keeper, Duration::from_secs(30)) {
            Ok(true) => {}
            // It goes on by itself; no reason to fail a run that has its result.
            Ok(false) => {
                eprintln!("PostgreSQL takes long to stop: its keeper is process {}", self.keeper.id())
            }
            Err(error) => eprintln!("{error}"),
        }
    }
}

/// `cargo xtask postgres`: runs until Ctrl-C.
pub(crate) fn foreground() -> Outcome {
    provide(&[Package::Postgres])?;
    let mut postgres = Postgres::start()?;
    say(&format!("export {VARIABLE}={}", postgres.url()));
    say("Ctrl-C stops it and deletes its data.");
    // Ends only if the keeper is ended from outside.
    let status = postgres.keeper.wait().map_err(|error| format!("cannot wait for PostgreSQL: {error}"))?;
    Err(format!("PostgreSQL's keeper ended by itself ({status})"))
}

/// The folder of the newest PostgreSQL's programs: Debian keeps them off the search path.
pub(crate) fn programs() -> Outcome<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let programs = entry.path().join("bin");
        programs.join("initdb").is_file().then_some((version, programs))
    });
    let newest = debian.max().map(|(_, programs)| programs);
    let on_path = || find("initdb").and_then(|initdb| initdb.parent().map(Path::to_path_buf));
    newest
        .or_else(on_path)
        .ok_or_else(|| "no PostgreSQL server found (Debian's package `postgresql`)".to_owned())
}

/// The user and group that the server runs as, when it cannot be ours.
fn owner() -> Outcome<Option<(u32, u32)>> {
    if !is_root()? {
        return Ok(None);
    }
    let id = |flag| Run::new("id").args([flag, USER]).output();
    if id("-u").is_err() {
        Run::new("useradd")
            .args(["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER])
            .run()?;
    }
    let number =
        |text: String| text.trim().parse().map_err(|_| format!("`id {USER}` gave no number: {text}"));
    Ok(Some((number(id("-u")?)?, number(id("-g")?)?)))
}

/// A command as that user, in that folder (ours may be closed to it).
fn as_owner(program: &Path, owner: Option<(u32, u32)>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null()).env("LC_ALL", "C.UTF-8");
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command
}

/// The server's own folder, deleted on drop until a keeper does that.
struct Folder(PathBuf);

impl Folder {
    fn make(owner: Option<(u32, u32)>) -> Outcome<Folder> {
        // A run may need one server after the other, and the keeper of the last may still be clearing up.
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("tonalite-postgres-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let problem = |error: std::io::Error| format!("cannot make {}: {error}", path.display());
        fs::DirBuilder::new().mode(0o700).create(&path).map_err(problem)?;
        let folder = Folder(path.clone());
        if let Some((user, group)) = owner {
            chown(&path, Some(user), Some(group)).map_err(problem)?;
        }
        Ok(folder)
    }

    fn leave_to_keeper(self) {
        std::mem::forget(self);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("cannot remove {}: {error}", self.0.display());
        }
    }
}

/// A port that nobody holds right now. Another program could take it before the server does; the server then
/// says so in its log, and the start fails with it.
fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|error| format!("no free port on 127.0.0.1: {error}"))
}

/// Reads the state that the server writes into its pid file, so that no other server on that port can be meant.
fn wait_until_ready(data: &Path, log: &Path) -> Outcome {
    for _ in 0..LOOKS {
        let state = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        if state.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
            return Ok(());
        }
        let said = fs::read_to_string(log).unwrap_or_default();
        if said.contains("FATAL") {
            return Err(format!("PostgreSQL did not start:\n{said}"));
        }
        sleep(Duration::from_millis(50));
    }
    let said = fs::read_to_string(log).unwrap_or_default();
    Err(format!("PostgreSQL is not ready after {} s:\n{said}", LOOKS / 20))
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    /// How many folders of servers of this process there are.
    fn folders() -> usize {
        let ours = format!("tonalite-postgres-{}-", std::process::id());
        let entries = fs::read_dir(std::env::temp_dir()).unwrap().flatten();
        entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(&ours)).count()
    }

    #[test]
    fn servers_run_beside_each_other_as_long_as_their_owners_and_leave_nothing() {
        let (first, second) = (Postgres::start().unwrap(), Postgres::start().unwrap());
        let addresses = [&first, &second].map(|postgres| {
            let mut parts = postgres.url().split(['@', '/']);
            parts.find(|part| part.starts_with("127.0.0.1:")).unwrap().to_owned()
        });
        assert!(addresses.iter().all(|address| TcpStream::connect(address).is_ok()) && folders() == 2);
        drop((first, second));
        assert!(addresses.iter().all(|address| TcpStream::connect(address).is_err()) && folders() == 0);
    }
}
