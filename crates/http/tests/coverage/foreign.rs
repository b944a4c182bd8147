//! Things of others: answered byte for byte like what does not exist, whether their ids stand in a path, a query or a body,
//! and left as they were.

use tonalite_core::portal_user::Role;
use tonalite_testkit::Visitor;

use crate::calls::{Call, calls, fill, told};
use crate::world::{ABSENT, Of, ROLES, Things, World};

struct View<'w> {
    world: &'w World,
    of: Of,
    role: Role,
    who: Visitor,
    own: Things,
    others: Things,
}

impl View<'_> {
    fn label(&self, call: &Call, whose: Of, noun: &str) -> String {
        let role = self.role.as_str();
        format!("{} as {role} of {:?} with the {noun} of {whose:?}", call.row.what, self.of)
    }

    /// Asks with the thing of others and with what does not exist; gives the status that answers both.
    async fn compare(
        &self,
        call: &Call,
        what: &str,
        noun: &'static str,
        place: Place,
    ) -> Result<u16, String> {
        let (theirs, absent) = (self.own.with_that_of(noun, &self.others), self.own.with_absent(noun));
        let n = self.world.number();
        let ask = async |things: &Things| {
            let path = call.path(if place == Place::Path { things } else { &self.own });
            let body = call.body(self.world, if place == Place::Body { things } else { &self.own }, n).await;
            let query = match place {
                Place::Query(narrows) => fill(narrows, things, n),
                Place::Path | Place::Body => call.query(&self.own),
            };
            call.ask(&self.who, &path, &query, &body).await
        };
        let (answer, like) = (ask(&theirs).await, ask(&absent).await);
        let id = &self.others.0[noun];
        let (told_of_theirs, told_of_absent) = (told(&answer, id), told(&like, ABSENT));
        if told_of_theirs != told_of_absent {
            return Err(format!(
                "{what}: not as what does not exist:\n{told_of_theirs}\n---\n{told_of_absent}"
            ));
        }
        Ok(answer.status.as_u16())
    }
}

#[derive(Clone, Copy, PartialEq)]
/// Where the id stands.
enum Place {
    Path,
    Query(&'static str),
    Body,
}

#[tokio::test]
async fn what_is_of_another_tenant_is_like_what_does_not_exist() {
    // One with the same parent, and one of another provider.
    try_views(&[(Of::B, Of::A), (Of::C, Of::A)], &ROLES).await;
}

#[tokio::test]
async fn what_is_of_a_parent_is_like_what_does_not_exist() {
    // And a parent of others: its children's neighbours.
    try_views(&[(Of::A, Of::Operator), (Of::Operator, Of::B)], &ROLES).await;
}

#[tokio::test]
async fn what_is_outside_the_narrowing_is_like_what_does_not_exist() {
    try_views(&[(Of::FirstOfA, Of::SecondOfA)], &ROLES).await;
}

/// The other ways round, as administrators, who may most.
#[tokio::test]
async fn what_is_foreign_is_like_what_does_not_exist() {
    let views = [
        (Of::A, Of::B),
        (Of::A, Of::C),
        (Of::OtherProvider, Of::A),
        (Of::Provider, Of::C),
        (Of::A, Of::Provider),
        (Of::A, Of::Platform),
        (Of::Operator, Of::Provider),
        (Of::Operator, Of::Platform),
    ];
    try_views(&views, &[Role::Admin]).await;
}

/// Who asks, and whose things they ask for.
async fn try_views(views: &[(Of, Of)], roles: &[Role]) {
    let world = World::with(roles).await;
    let before = world.stored().await;
    let calls = calls();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for &(of, whose) in views {
        for &role in roles {
            let (own, others) = (world.things[&of.home()].clone(), world.things[&whose].clone());
            let who = world.person(of, role);
            let view = View { world: &world, of, role, who, own, others };
            for call in &calls {
                for (noun, place) in places(call, &view.others) {
                    let what = view.label(call, whose, noun);
                    let status = match view.compare(call, &what, noun, place).await {
                        Ok(status) => status,
                        Err(told) => {
                            wrong.push(told);
                            continue;
                        }
                    };
                    tried += 1;
                    // Who may not do it anyway is refused before or after the thing is looked up: both tell nothing.
                    // Who is narrowed may not change what is the whole customer's, whatever stands in it.
                    let may = of != Of::FirstOfA
                        && ![call.row.refusal, call.row.at_home].contains(&call.expected(of, role));
                    let right: &[u16] = match place {
                        Place::Path | Place::Query(_) => &[call.row.foreign],
                        Place::Body if call.is_page => &[404, 422],
                        Place::Body => &[422],
                    };
                    if !right.contains(&status) && (may || status != call.row.refusal) {
                        wrong.push(format!("{what}: {status}, not {right:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 300, "{tried}");
    assert_eq!(world.stored().await, before, "somebody changed what is not theirs");
}

/// Where a row names things that the others have.
fn places(call: &Call, others: &Things) -> Vec<(&'static str, Place)> {
    let mut places = Vec::new();
    let has = |noun: &&'static str| others.0.contains_key(noun);
    places.extend(call.nouns_of_path().into_iter().filter(has).map(|noun| (noun, Place::Path)));
    for narrows in call.row.narrows.iter().copied().chain([call.row.query]) {
        places.extend(call.nouns_in(narrows, others).into_iter().map(|noun| (noun, Place::Query(narrows))));
    }
    places.extend(call.nouns_in(call.row.body, others).into_iter().map(|noun| (noun, Place::Body)));
    places
}

#[tokio::test]
async fn a_file_tells_nothing_of_others() {
    let world = World::of_admins().await;
    let admin = world.person(Of::A, Role::Admin);
    let import = async |site: &str| {
        let path = "/api/v1/imports";
        let file = format!("mac,device_type,site\n001565eeeeee,Yealink T54W,{site}\n");
        let begun = admin.send(axum::http::Method::POST, path, Some("text/csv"), file.into()).await;
        let import = crate::world::id(&crate::world::expect(begun, 202));
        world.carry_on(&import).await;
        let rows = admin.get(&format!("/api/v1/imports/{import}/rows")).await;
        let file = admin.get(&format!("/api/v1/imports/{import}/rows.csv")).await;
        // Names of the same length, so that nothing else differs.
        [rows, file].map(|answer| told(&answer, site).replace(&import, "<import>"))
    };
    let (foreign, absent) = (import("Beryl site 1").await, import("Zoryl site 1").await);
    assert_eq!(foreign, absent, "a site of others is not as one that does not exist");
    let own = import("Amaranth site 1").await;
    assert_ne!(own[0], absent[0], "one's own site is found: else this test could not fail");
}
