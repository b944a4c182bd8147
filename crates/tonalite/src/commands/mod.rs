//! The commands, one file a noun. A command is one function of the application, what was typed, and where its output
//! goes: the same beside a running server, which then carries it out, as without one.

mod audit;
mod credentials;
mod devices;
mod imports;
mod out;
mod parties;
mod phones;
mod screen;
mod seed;
mod serve;
mod sites;
mod tokens;
mod users;
mod words;

use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use tokio::sync::mpsc;
use tonalite_app::App;

use crate::cli::{Cli, Command, Job};
use crate::config::Config;
use crate::control::{self, Order, Password};
use crate::{demo, server};

pub(crate) use out::Out;
pub(crate) use screen::Screen;
pub(crate) use words::told;

/// Between two tries for a data folder that another command holds, or a server that has not begun or not ended yet.
const PAUSE: Duration = Duration::from_millis(100);
/// Tries: fifteen seconds, longer than a server needs to start or stop.
const TRIES: u32 = 150;

/// Runs one command.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<()> {
    let config = || Config::load(cli.config.as_deref(), std::env::vars());
    let json = cli.json;
    match cli.command {
        Command::Serve => serve::run(&config()?).await,
        Command::Demo(options) => demo::run(&options, json).await,
        Command::Job(job) => {
            let config = config()?;
            let password = if job.wants_password() { Some(Password(users::read_password()?)) } else { None };
            send(&config, Order { job, json, password }).await
        }
        Command::Phones(options) => phones::run(&options, json).await,
        Command::Config => {
            let shown = config()?.shown();
            if json {
                println!("{}", serde_json::to_string(&shown)?);
            } else {
                print!("{}", toml::to_string(&shown)?);
            }
            Ok(())
        }
        Command::Openapi => {
            println!("{}", tonalite_http::openapi_document().to_pretty_json()?);
            Ok(())
        }
    }
}

/// Has an order carried out: by the server that holds the data folder, or here.
async fn send(config: &Config, order: Order) -> anyhow::Result<()> {
    let mut screen = Screen::default();
    for _ in 0..TRIES {
        if let Some(server) = control::connect(&config.data).await? {
            return server.carry_out(&order, &mut screen).await;
        }
        if let Some(app) = server::try_open_app(config).await? {
            return carry_out_here(&app, order, &mut screen).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
    bail!(
        "{} is in use by a tonalite process that takes no commands; wait until it has ended, or end it",
        config.data.display()
    );
}

/// Without a server: closes the application in good order however the command ended.
async fn carry_out_here(app: &Arc<App>, order: Order, screen: &mut Screen) -> anyhow::Result<()> {
    let (replies, received) = mpsc::channel(1);
    let out = Out::new(order.json, replies);
    let work = async move {
        let outcome = carry_out(app, order, &out).await;
        drop(out);
        outcome
    };
    let (outcome, shown) = tokio::join!(work, screen.follow(received));
    app.shutdown().await;
    outcome.and(shown)
}

/// Carries one order out, in whichever process holds the data.
pub(crate) async fn carry_out(app: &Arc<App>, order: Order, out: &Out) -> anyhow::Result<()> {
    let outcome = match order.job {
        Job::Party(command) => parties::run(app, command, out).await,
        Job::Site(command) => sites::run(app, command, out).await,
        Job::User(command) => users::run(app, command, order.password, out).await,
        Job::Token(command) => tokens::run(app, command, out).await,
        Job::Device(command) => devices::run(app, command, out).await,
        Job::Import(command) => imports::run(app, command, out).await,
        Job::Audit(command) => audit::run(app, command, out).await,
        Job::Seed(options) => seed::run(app, &options, out).await,
        Job::Migrate => {
            let document = serde_json::json!({ "engine": words::engine(app.engine()) });
            out.answer(format!("up to date ({:?})", app.engine()), &document).await.map_err(Into::into)
        }
    };
    match outcome {
        // Who closed the output has seen enough: the command did what it should.
        Err(error) if error.is::<out::NobodyReads>() => Ok(()),
        outcome => outcome,
    }
}
