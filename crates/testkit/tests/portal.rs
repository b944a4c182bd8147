//! The portal of the testkit: who it sends requests for is who the portal sees.

use serde_json::json;
use tonalite_core::portal_user::Role;
use tonalite_testkit::{TestPortal, Whose};

#[tokio::test]
async fn each_visitor_is_who_it_says() {
    let portal = TestPortal::start().await;
    assert_eq!(portal.anonymous().get("/api/v1/me").await.status, 401);
    for visitor in
        [portal.signed_in(Whose::A, Role::Viewer).await, portal.with_token(Whose::A, Role::Viewer).await]
    {
        let me = visitor.get("/api/v1/me").await;
        assert_eq!(me.status, 200);
        assert_eq!(me.json()["username"], "a-viewer");
        let refused = visitor.post("/api/v1/users", json!({})).await;
        assert!(refused.status.is_client_error(), "{refused:?}");
    }
}
