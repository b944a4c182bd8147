//! `tonalite serve`.

use std::sync::Arc;

use tonalite_app::App;
use tonalite_core::access::Actor;
use tonalite_core::id::PartyId;
use tonalite_core::portal_user::Role;
use tonalite_core::secret::Secret;
use tonalite_core::world::{Clock, random_name};

use super::told;
use crate::config::Config;
use crate::server::{self, Server};
use crate::world::SystemClock;

pub(crate) async fn run(config: &Config) -> anyhow::Result<()> {
    let app = server::open_app(config).await?;
    make_first_admin(&app).await?;
    let server = Server::start(config, Arc::clone(&app)).await?;
    tracing::info!(http = %server.http, sip = %server.sip, url = server.public_url, "ready");
    server.announce();
    server::stop_signal().await?;
    tracing::info!("stopping");
    server.stop().await
}

/// A fresh installation has nobody who could sign in. There is no default password: one is drawn, and shown this once.
async fn make_first_admin(app: &App) -> anyhow::Result<()> {
    if app.has_portal_users().await.map_err(told)? {
        return Ok(());
    }
    let actor = Actor::system();
    let password = random_name(20, app.entropy());
    let platform = app.find_party(&actor, PartyId::PLATFORM).await.map_err(told)?;
    let platform = actor.administer(platform.into_inner()).map_err(told)?;
    app.create_portal_user(
        &actor,
        platform,
        "admin",
        Secret::new(password.clone()),
        Role::Admin,
        None,
        SystemClock.now(),
    )
    .await
    .map_err(told)?;
    eprintln!("First start. Sign in as: admin   password: {password}   (shown this once)");
    Ok(())
}
