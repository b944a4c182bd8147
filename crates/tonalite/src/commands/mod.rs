//! The commands, one file a noun.

mod parties;
mod phones;
mod seed;
mod serve;
mod tokens;
mod users;

use anyhow::anyhow;
use tonalite_app::App;
use tonalite_core::Error;
use tonalite_core::text::Language;

use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::{demo, server};

/// Runs one command.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<()> {
    let config = || Config::load(cli.config.as_deref(), std::env::vars());
    match cli.command {
        Command::Serve => serve::run(&config()?).await,
        Command::Demo(options) => demo::run(&options).await,
        Command::Party(command) => parties::run(&config()?, command).await,
        Command::User(command) => users::run(&config()?, command).await,
        Command::Token(command) => tokens::run(&config()?, command).await,
        Command::Seed(options) => seed::run(&config()?, &options).await,
        Command::Phones(options) => phones::run(&options).await,
        Command::Migrate => {
            with_app(&config()?, async |app| {
                println!("up to date ({:?})", app.engine());
                Ok(())
            })
            .await
        }
        Command::Config => {
            print!("{}", config()?.shown()?);
            Ok(())
        }
        Command::Openapi => {
            println!("{}", tonalite_http::openapi_document().to_pretty_json()?);
            Ok(())
        }
    }
}

/// Opens the application for one act, and closes it in good order however that ended.
async fn with_app(config: &Config, act: impl AsyncFnOnce(&App) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let app = server::open_app(config).await?;
    let outcome = act(&app).await;
    app.shutdown().await;
    outcome
}

/// An error in the words of the catalogue, every wrong field in a line of its own.
pub(crate) fn told(error: Error) -> anyhow::Error {
    let locale = Language::English.locale();
    if let Error::Internal(cause) = &error {
        return anyhow!("{}: {}", locale.error(&error), cause.for_log());
    }
    let mut text = locale.error(&error);
    if let Error::Invalid(fields) = &error {
        for field in fields {
            text.push_str(&format!("\n  {}: {}", field.field, locale.field_error(field)));
        }
    }
    anyhow!(text)
}
