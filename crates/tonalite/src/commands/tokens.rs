//! `tonalite token`.

use anyhow::Context;
use serde_json::{Value, json};
use tonalite_app::{ApiToken, App, Session};
use tonalite_core::world::Clock;

use super::out::{Listing, Out};
use super::told;
use super::words::{cell, maybe_time, time};
use crate::cli::{Rows, Token};
use crate::world::SystemClock;

pub(crate) async fn run(app: &App, command: Token, out: &Out) -> anyhow::Result<()> {
    match command {
        Token::Create { username, name } => {
            let session = session_of(app, &username).await?;
            let (made, token) =
                app.create_token(&session, &name, None, None, SystemClock.now()).await.map_err(told)?;
            let mut document = document(&made);
            document["token"] = json!(token.expose());
            out.answer(token.expose(), &document).await?;
            Ok(())
        }
        Token::List { username, rows } => list(app, &session_of(app, &username).await?, rows, out).await,
    }
}

async fn session_of(app: &App, username: &str) -> anyhow::Result<Session> {
    let session = app.session_from_command_line(username).await;
    session.map_err(told).with_context(|| format!("--username {username}"))
}

async fn list(app: &App, session: &Session, rows: Rows, out: &Out) -> anyhow::Result<()> {
    let mut listing = Listing::new(out, rows, &["ID", "ROLE", "CREATED", "EXPIRES", "LAST USED", "NAME"]);
    let mut after = None;
    loop {
        let page = app.page_tokens(session, listing.wanted(), after).await.map_err(told)?;
        for token in &page.items {
            let cells = vec![
                token.id.to_string(),
                token.role.as_str().to_owned(),
                time(token.created_at),
                cell(token.expires_at.map(time).as_deref()),
                cell(token.last_used_at.map(time).as_deref()),
                cell(Some(&token.name)),
            ];
            listing.row(cells, &document(token));
        }
        after = page.next;
        if !listing.goes_on(after.is_some()).await? {
            return Ok(());
        }
    }
}

fn document(token: &ApiToken) -> Value {
    json!({
        "id": token.id.to_string(),
        "name": token.name,
        "role": token.role.as_str(),
        "created_at": time(token.created_at),
        "expires_at": maybe_time(token.expires_at),
        "last_used_at": maybe_time(token.last_used_at),
    })
}
