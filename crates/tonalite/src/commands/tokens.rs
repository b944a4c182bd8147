//! `tonalite token`.

use anyhow::Context;
use tonalite_core::world::Clock;

use super::{told, with_app};
use crate::cli::Token;
use crate::config::Config;
use crate::world::SystemClock;

pub(crate) async fn run(config: &Config, command: Token) -> anyhow::Result<()> {
    let Token::Create { username, name } = command;
    with_app(config, async |app| {
        let session = app
            .session_from_command_line(&username)
            .await
            .map_err(told)
            .with_context(|| format!("--username {username}"))?;
        let (_, token) =
            app.create_token(&session, &name, None, None, SystemClock.now()).await.map_err(told)?;
        println!("{}", token.expose());
        Ok(())
    })
    .await
}
