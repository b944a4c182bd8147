//! Parties: the tree and its tenancy columns, SIP domains, features, concurrent edits.

use tonalite_core::Error;
use tonalite_core::access::Scope;
use tonalite_core::id::PartyId;
use tonalite_core::party::{Feature, PartyKind, SipDomain, Tenancy};
use tonalite_core::search::Search;
use tonalite_store::{PartyFilter, PartyUpdate};
use tonalite_testkit::each_engine;

use crate::fixture::{Fixture, limit, pages};

#[tokio::test]
async fn each_party_knows_its_place() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        assert_eq!(f.platform.tenancy, Tenancy::default());
        assert_eq!(f.platform.parent_id, None);
        let provider = Some(f.provider.key);
        assert_eq!(f.provider.tenancy, Tenancy { provider, ..Tenancy::default() });
        assert_eq!(f.operator.tenancy, Tenancy { provider, operator: Some(f.operator.key), customer: None });
        let customer = Some(f.customer.key);
        assert_eq!(f.customer.tenancy, Tenancy { provider, operator: Some(f.operator.key), customer });
        assert_eq!(f.other.tenancy, Tenancy { provider, operator: None, customer: Some(f.other.key) });
        assert_eq!(f.customer.parent_id, Some(f.operator.id));

        let chain = f.store.find_ancestry(f.customer.key).await.unwrap();
        let ids: Vec<PartyId> = chain.iter().map(|party| party.id).collect();
        assert_eq!(ids, [f.platform.id, f.provider.id, f.operator.id, f.customer.id]);
    })
    .await;
}

#[tokio::test]
async fn a_list_ends_at_the_subtree() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let names = async |actor, below: Option<Scope>, kind| {
            let filter = PartyFilter { below, kind, ..PartyFilter::default() };
            let page = f.store.page_parties(&actor, &filter, limit(50), None).await.unwrap();
            page.items.into_iter().map(|placed| placed.party.name).collect::<Vec<_>>()
        };
        let all = ["Customer", "Operator", "Other", "Provider", "Tonalite"];
        assert_eq!(names(f.actor(&f.platform), None, None).await, all);
        assert_eq!(names(f.actor(&f.provider), None, None).await, all[..4]);
        assert_eq!(names(f.actor(&f.operator), None, None).await, ["Customer", "Operator"]);
        assert_eq!(names(f.actor(&f.other), None, None).await, ["Other"]);
        let below = Some(Scope { kind: PartyKind::Operator, party: f.operator.key });
        assert_eq!(names(f.actor(&f.platform), below, Some(PartyKind::Customer)).await, ["Customer"]);
        assert!(names(f.actor(&f.other), below, None).await.is_empty(), "a filter opens nothing");
    })
    .await;
}

#[tokio::test]
async fn pages_join_without_gap_or_double() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let actor = f.actor(&f.platform);
        let all = PartyFilter::default();
        let read =
            async |after: Option<_>| f.store.page_parties(&actor, &all, limit(2), after.as_ref()).await;
        let lengths: Vec<usize> = pages(read).await.iter().map(Vec::len).collect();
        assert_eq!(lengths, [2, 2, 1]);
        let read =
            async |after: Option<_>| f.store.page_parties(&actor, &all, limit(5), after.as_ref()).await;
        assert_eq!(pages(read).await.len(), 1, "a full last page is the last");
    })
    .await;
}

#[tokio::test]
async fn a_sip_domain_belongs_to_one_party() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let domain = SipDomain::parse("SIP.Example.NET").unwrap();
        let taken = f.party(PartyKind::Provider, &f.platform, "Second", Some(&domain)).await;
        let Err(Error::Taken(field)) = taken else { panic!("{taken:?}") };
        assert_eq!((field.field.as_str(), field.code), ("sip_domain", "sip_domain_taken"));
        let free = SipDomain::parse("second.example.net").unwrap();
        f.party(PartyKind::Provider, &f.platform, "Second", Some(&free)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn features_are_kept_and_the_second_writer_is_told() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let mut features = f.customer.features;
        features.set(Feature::LineStateExport, Some(true));
        features.set(Feature::ApiTokens, Some(false));
        let audit = f.audit(&f.customer);
        let contact = Some("+33 4 78 00 00 00".to_owned());
        let update = |name: &str| PartyUpdate {
            name: name.to_owned(),
            features,
            contact: contact.clone(),
            sip_domain: f.customer.sip_domain.clone(),
        };
        let written = f.store.update_party(&f.customer, &update("New name"), &audit).await.unwrap();
        assert_eq!((written.name.as_str(), written.features), ("New name", features));
        assert_eq!(written.contact, contact);
        assert_eq!(written.features.get(Feature::DeviceReboot), None, "nothing said stays nothing");
        assert_eq!(written.version, f.customer.version + 1);

        let late = f.store.update_party(&f.customer, &update("Too late"), &audit).await;
        assert!(matches!(late, Err(Error::Stale)), "{late:?}");
        let kept = f.store.find_party(f.customer.id).await.unwrap().unwrap();
        assert_eq!(kept, written);
    })
    .await;
}

#[tokio::test]
async fn a_party_is_found_by_words_of_its_name_and_says_where_it_stands() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let bakery =
            f.party(PartyKind::Customer, &f.operator, "Boulangerie L’Été & fils", None).await.unwrap();
        f.party(PartyKind::Customer, &f.provider, "Boulangerie 100 %", None).await.unwrap();
        let found = async |actor: &tonalite_core::access::Actor, words: &str| {
            let filter = PartyFilter { search: Search::parse(words).unwrap(), ..PartyFilter::default() };
            f.store.page_parties(actor, &filter, limit(50), None).await.unwrap().items
        };
        let platform = f.actor(&f.platform);
        for (words, names) in [
            ("boulang", vec!["Boulangerie 100 %", "Boulangerie L’Été & fils"]),
            ("FILS ete", vec!["Boulangerie L’Été & fils"]),
            ("100", vec!["Boulangerie 100 %"]),
            ("%", vec![]),
            ("nobody", vec![]),
        ] {
            let items = found(&platform, words).await;
            assert_eq!(
                items.iter().map(|placed| placed.party.name.as_str()).collect::<Vec<_>>(),
                names,
                "{words}"
            );
        }
        let placed = found(&platform, "fils").await.remove(0);
        assert_eq!(placed.party.id, bakery.id);
        assert_eq!(
            (placed.provider.as_deref(), placed.operator.as_deref()),
            (Some("Provider"), Some("Operator"))
        );
        assert!(found(&f.actor(&f.other), "boulang").await.is_empty(), "a search opens nothing");

        let update = PartyUpdate {
            name: "Pâtisserie".into(),
            features: bakery.features,
            contact: None,
            sip_domain: SipDomain::parse("sip.patisserie.example").ok(),
        };
        f.store.update_party(&bakery, &update, &f.audit(&bakery)).await.unwrap();
        assert_eq!(found(&platform, "patisserie").await.len(), 1, "found by its new name");
        assert_eq!(found(&platform, "sip.patis").await.len(), 1, "and by its domain");
        assert!(found(&platform, "fils").await.is_empty(), "and no more by the old one");
    })
    .await;
}

#[tokio::test]
async fn the_chains_of_several_parties_are_read_at_once() {
    each_engine(async |location| {
        let f = Fixture::new(location).await;
        let keys = [f.customer.key, f.other.key, f.platform.key];
        let chains = f.store.find_ancestries(&keys).await.unwrap();
        let ids =
            |chain: &[tonalite_core::party::Party]| chain.iter().map(|party| party.id).collect::<Vec<_>>();
        assert_eq!(
            ids(&chains[&f.customer.key]),
            [f.platform.id, f.provider.id, f.operator.id, f.customer.id]
        );
        assert_eq!(ids(&chains[&f.other.key]), [f.platform.id, f.provider.id, f.other.id]);
        assert_eq!(ids(&chains[&f.platform.key]), [f.platform.id]);
        assert!(f.store.find_ancestries(&[]).await.unwrap().is_empty());
    })
    .await;
}
