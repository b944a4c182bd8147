//! Features and approved device types through the tree, for sessions and tokens that exist already.

use tonalite_app::{DeviceRequest, PartyChange, PartyQuery};
use tonalite_core::Error;
use tonalite_core::page::Limit;
use tonalite_core::party::Feature;
use tonalite_core::portal_user::Role;
use tonalite_testkit::{TestApp, Whose, each_engine};

#[tokio::test]
async fn what_is_switched_off_is_refused_to_who_is_signed_in_already() {
    each_engine(async |location| {
        let t = TestApp::start_at(location).await;
        let device = t.add_device(&t.tree.a.sites[0].clone(), "yealink-t54w", Some("001565abcdef")).await;
        let session = t.session(Whose::A, Role::Admin).await;
        let (_, token) = t.app.create_token(&session, "test", None, None, t.now()).await.expect("a token");
        let token_works =
            async || t.app.find_token(token.expose(), None, t.now()).await.expect("asked").is_some();
        let reboot = async || {
            let operate = session.actor.operate(device.clone()).expect("its own device");
            t.app.reboot_device(&session.actor, operate, t.now()).await
        };
        reboot().await.expect("on by default");
        assert!(token_works().await);

        // Off at the provider, on below: off, and it is the provider's that has to be switched.
        t.switch(t.tree.party(Whose::Provider).id, Feature::DeviceReboot, Some(false)).await;
        t.switch(t.tree.party(Whose::A).id, Feature::DeviceReboot, Some(true)).await;
        let Err(Error::FeatureDisabled(off)) = reboot().await else { panic!("not refused") };
        assert_eq!(off.party.map(|party| party.id), Some(t.tree.provider.id));
        assert_eq!(off.who, None, "who runs the installation");
        t.switch(t.tree.party(Whose::Provider).id, Feature::DeviceReboot, None).await;
        reboot().await.expect("on again, at once");

        t.switch(t.tree.party(Whose::Operator).id, Feature::ApiTokens, Some(false)).await;
        assert!(!token_works().await, "a token that exists stops working");
        t.switch(t.tree.party(Whose::Operator).id, Feature::ApiTokens, None).await;
        assert!(token_works().await);
    })
    .await;
}

#[tokio::test]
async fn the_features_of_a_page_of_customers_are_those_of_each() {
    each_engine(async |location| {
        let t = TestApp::start_at(location).await;
        t.switch(t.tree.party(Whose::Operator).id, Feature::LineStateExport, Some(true)).await;
        t.switch(t.tree.party(Whose::B).id, Feature::DeviceReboot, Some(false)).await;
        let keys = [Whose::A, Whose::B, Whose::A].map(|whose| t.tree.party(whose).key);
        let all = t.app.features_of_all(keys).await.expect("read");
        assert_eq!(all.len(), 2);
        let of = |whose: Whose, feature| all[&t.tree.party(whose).key].is_on(feature);
        assert!(of(Whose::A, Feature::LineStateExport) && !of(Whose::B, Feature::LineStateExport));
        assert!(of(Whose::A, Feature::DeviceReboot) && !of(Whose::B, Feature::DeviceReboot));
        for whose in [Whose::A, Whose::B] {
            let one = t.app.features_of(t.tree.party(whose).key).await.expect("read");
            assert_eq!(one.effective(), all[&t.tree.party(whose).key].effective());
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_undoes_what_was_set_above() {
    let t = TestApp::start().await;
    let (own, above) = (t.actor(Whose::A, Role::Admin).await, t.actor(Whose::Operator, Role::Admin).await);
    let a = t.tree.a.party.clone();
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let granted = above.administer(a.clone()).expect("its customer");
    t.app.set_approved_for_party(&above, granted, ids(&["yealink-t54w"]), t.now()).await.expect("set");
    let now = t.app.find_party(&own, a.id).await.expect("its own").into_inner();
    let granted = own.administer(now.clone()).expect("its own");
    let undone = t.app.set_approved_for_party(&own, granted, Vec::new(), t.now()).await;
    assert!(matches!(undone, Err(Error::Forbidden)), "{undone:?}");
    let change =
        PartyChange { features: vec![(Feature::LineStateExport, Some(true))], ..PartyChange::default() };
    let granted = own.administer(now).expect("its own");
    let switched = t.app.update_party(&own, granted, None, change, t.now()).await;
    assert!(matches!(switched, Err(Error::Forbidden)), "{switched:?}");

    let site = own.manage(t.tree.a.sites[0].clone()).expect("its own site");
    let request =
        DeviceRequest { device_type_id: "snom-d785", mac: Some("000413abcdef"), ..DeviceRequest::default() };
    let refused = t.app.create_device(&own, site, request, t.now()).await;
    let Err(Error::Invalid(fields)) = refused else { panic!("{refused:?}") };
    assert_eq!(fields[0].code, "device_type_not_approved");
}

#[tokio::test]
async fn nobody_reads_the_names_above() {
    let t = TestApp::start().await;
    for (whose, provider, operator) in [
        (Whose::Platform, Some("Provider"), Some("Operator")),
        (Whose::Operator, None, Some("Operator")),
        (Whose::A, None, None),
    ] {
        let actor = t.actor(whose, Role::Viewer).await;
        let page =
            t.app.page_parties(&actor, PartyQuery::default(), Limit::DEFAULT, None).await.expect("read");
        let a = page.items.iter().find(|placed| placed.party.id == t.tree.a.party.id).expect("seen");
        assert_eq!((a.provider.as_deref(), a.operator.as_deref()), (provider, operator), "{whose:?}");
    }
}
