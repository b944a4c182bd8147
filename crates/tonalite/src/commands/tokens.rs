//! `tonalite token`.

use tonalite_core::world::Clock;

use super::told;
use crate::cli::Token;
use crate::config::Config;
use crate::server;
use crate::world::SystemClock;

pub(crate) async fn run(config: &Config, command: Token) -> anyhow::Result<()> {
    let Token::Create { username, name } = command;
    let app = server::open_app(config).await?;
    let session = app.session_from_command_line(&username).await.map_err(told)?;
    let (_, token) = app.create_token(&session, &name, None, None, SystemClock.now()).await.map_err(told)?;
    println!("{}", token.expose());
    app.shutdown().await;
    Ok(())
}
