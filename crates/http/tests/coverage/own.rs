//! One's own things: each role gets what its row says, at home and in the parties above; everybody else is refused.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use tonalite_core::portal_user::Role;
use tonalite_core::time::Span;
use tonalite_testkit::{Answer, Visitor, eventually};

use crate::calls::{Call, calls};
use crate::rows::Right;
use crate::world::{Of, ROLES, Things, World, id};

async fn prepare(world: &World, call: &Call, who: &Visitor, of: Of, role: Role) -> (Visitor, Things) {
    let things = world.fresh(call.row.fresh, &world.things[&Of::A]).await;
    if call.row.waits {
        world.portal.advance_exports(Span::from_secs(15));
    }
    match call.row.fresh {
        "session" => (world.anew(of, role).await, things),
        "token" => {
            let made = who.post("/api/v1/tokens", serde_json::json!({ "name": "x" })).await;
            (who.clone(), things.with("token", id(&made)))
        }
        "export" => {
            let body = serde_json::json!({ "party_id": things.0["party"] });
            let made = id(&who.post("/api/v1/exports/line-states", body).await);
            let path = format!("/api/v1/exports/{made}/file");
            eventually("the export is made", async || who.get(&path).await.status.is_success().then_some(()))
                .await;
            (who.clone(), things.with("export", made))
        }
        _ => (who.clone(), things),
    }
}

/// Asks for one's own things, and says what came back.
async fn ask(world: &World, call: &Call, who: &Visitor, things: &Things) -> Answer {
    let body = call.body(world, things, world.number()).await;
    let answer = call.ask(who, &call.path(things), &call.query(things), &body).await;
    // A few imports may be under way at a time: each is carried to its end.
    let begun = answer.headers.get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
    if let Some(id) = begun.split("/imports/").nth(1) {
        world.carry_on(id.split(['/', '?']).next().unwrap()).await;
    }
    if call.row.what.contains("import") && things.0.contains_key("import") {
        world.carry_on(&things.0["import"]).await;
    }
    answer
}

#[tokio::test]
async fn each_role_gets_what_its_row_says() {
    let world = World::make().await;
    let mut wrong = Vec::new();
    for call in calls() {
        for of in [Of::A, Of::Operator, Of::Provider, Of::Platform] {
            for role in ROLES {
                let who = world.person(of, role);
                let expected = call.expected(of, role);
                let (who, things) = match expected {
                    refusal if refusal == call.row.refusal => (who, world.things[&Of::A].clone()),
                    _ => prepare(&world, &call, &who, of, role).await,
                };
                // Once is enough for what depends on no role.
                let is_noted =
                    call.changes() && !call.row.unaudited && role == Role::Admin && of == Of::Platform;
                let before = if is_noted { world.audited().await } else { 0 };
                let answer = ask(&world, &call, &who, &things).await;
                if is_noted {
                    // An export is written down when it ends, by the run itself.
                    let what = format!("{} is in the audit log", call.row.what);
                    let noted = eventually(&what, async || (world.audited().await > before).then_some(()));
                    if AssertUnwindSafe(noted).catch_unwind().await.is_err() {
                        wrong.push(format!("not true: {what}"));
                    }
                }
                let status = answer.status.as_u16();
                if status != expected {
                    let told: String = answer.text().chars().take(160).collect();
                    let role = role.as_str();
                    wrong.push(format!(
                        "{} as {role} of {of:?}: {status}, not {expected}: {told}",
                        call.row.what
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn who_is_not_signed_in_gets_nothing() {
    let world = World::of_admins().await;
    let before = world.stored().await;
    for call in calls() {
        let things = &world.things[&Of::A];
        let answer = ask(&world, &call, &world.anonymous(), things).await;
        let sent = format!("{} {}", call.path(things), call.query(things));
        assert_eq!(answer.status.as_u16(), call.unknown_status(), "{}: {}", call.row.what, answer.text());
        world.check_nothing_of_others(None, call.row.what, &answer, &sent);
        // Not even whether it could be read.
        if !call.is_page && call.row.right != Right::Anyone && call.changes() {
            let answer = call.ask(&world.anonymous(), &call.path(things), "", "{").await;
            assert_eq!(answer.status, 401, "{}", call.row.what);
        }
    }
    assert_eq!(world.stored().await, before, "somebody unknown changed something");
}
