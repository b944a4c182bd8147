//! The repository's own commands: `cargo xtask COMMAND`.
//!
//! Standard library only, and nothing of the workspace: so the first `cargo xtask` starts in a second
//! instead of compiling the portal before it can say a word. One file each; what they share lies in
//! `workspace.rs`, `process.rs` and `steps.rs`.

mod assets;
mod bench;
mod browser;
mod ci;
mod demo;
mod dist;
mod ftl;
mod help;
mod json;
mod l10n;
mod postgres;
mod process;
mod report;
mod rust_source;
mod screenshots;
mod steps;
mod supply;
mod system;
mod tidy;
mod typography;
mod workspace;

use std::process::ExitCode;

/// What every command gives back: on failure the one text that the person at the terminal reads.
type Outcome<T = ()> = Result<T, String>;

/// A command: its name, its arguments as help shows them, one line of help, and what runs it.
struct Command {
    name: &'static str,
    arguments: &'static str,
    help: &'static str,
    run: fn(&[String]) -> Outcome,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "demo",
        arguments: "[--fresh] [--port N]",
        help: "build and start the portal on made-up data, with simulated phones",
        run: demo::run,
    },
    Command {
        name: "ci",
        arguments: "[STEP…]",
        help: "install what is missing, then run every check and test (or only the steps named)",
        run: ci::run,
    },
    Command {
        name: "assets",
        arguments: "",
        help: "install the npm packages and bundle scripts and styles into web/dist",
        run: |arguments| none(arguments).and_then(|()| assets::build()),
    },
    Command {
        name: "tidy",
        arguments: "",
        help: "who may know whom, the invariants, paths in the documents, file heads and sizes",
        run: |arguments| none(arguments).and_then(|()| tidy::run()),
    },
    Command {
        name: "l10n",
        arguments: "",
        help: "English and French: same keys, same arguments, all used; typography; labels that the help names",
        run: |arguments| none(arguments).and_then(|()| l10n::run()),
    },
    Command {
        name: "postgres",
        arguments: "",
        help: "run a throw-away PostgreSQL until Ctrl-C, for single tests",
        run: |arguments| none(arguments).and_then(|()| postgres::foreground()),
    },
    Command {
        name: "bench",
        arguments: "[DEVICES,…]",
        help: "measure beside bare SQL and sqlite3, into docs/performance.md (or only at some sizes)",
        run: bench::run,
    },
    Command {
        name: "screenshots",
        arguments: "",
        help: "take the pictures of docs/images from the demo",
        run: |arguments| none(arguments).and_then(|()| screenshots::run()),
    },
    Command {
        name: "dist",
        arguments: "",
        help: "the release binary, with its assets inside",
        run: |arguments| none(arguments).and_then(|()| dist::run()),
    },
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "help".to_owned());
    let rest: Vec<String> = arguments.collect();
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print!("{}", help());
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprint!("`{name}` is no command of xtask.\n\n{}", help());
        return ExitCode::from(2);
    };
    match (command.run)(&rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nerror: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn help() -> String {
    let mut text = String::from("cargo xtask COMMAND\n\n");
    for command in COMMANDS {
        let call = format!("{} {}", command.name, command.arguments);
        text.push_str(&format!("  {call:<27} {}\n", command.help));
    }
    text
}

fn none(arguments: &[String]) -> Outcome {
    match arguments.first() {
        None => Ok(()),
        Some(argument) => Err(format!("this command takes no arguments, but was given `{argument}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_command_once() {
        let help = help();
        for command in COMMANDS {
            let start = format!("  {} ", command.name);
            assert_eq!(help.lines().filter(|line| line.starts_with(&start)).count(), 1, "{}", command.name);
        }
    }

    #[test]
    fn superfluous_arguments_are_refused() {
        assert!(none(&[]).is_ok());
        assert!(none(&["--fast".to_owned()]).is_err());
    }
}
