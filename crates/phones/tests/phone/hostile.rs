//! Hostile words: they arrive as they were meant, and break out of nothing on the way.

use tonalite_phones::PhoneConfig;
use tonalite_sip::header::Contacts;
use tonalite_sip::scan::unquote;
use tonalite_sip::{Message, Name};

use super::bench::{Bench, REGISTRAR, config, options};

#[test]
fn hostile_words_arrive_and_stay_where_they_belong() {
    let hostile = PhoneConfig::hostile("k7q2", "one.example", "s3cret", REGISTRAR.parse().unwrap());
    let name = hostile.display_name.clone().unwrap();
    assert!(name.starts_with(b"<script>alert(1)</script>") && std::str::from_utf8(&name).is_err());
    let user_agent = hostile.user_agent.clone();
    assert!(user_agent.starts_with('=') && user_agent.contains("<script>"));
    assert!(user_agent.chars().any(char::is_control));
    for config in [hostile, config().with_hostile_words()] {
        let instance = config.instance.is_some();
        let bench = Bench::new(config);
        let bytes = bench.sent.last().unwrap();
        let message = Message::parse(bytes).unwrap();
        let request = message.request().unwrap();
        assert_eq!(request.to.uri_text, b"sip:k7q2@one.example");
        assert_eq!(request.from.uri_text, b"sip:k7q2@one.example");
        assert!(request.from.tag().is_some());
        assert_eq!(message.header(Name::UserAgent), Some(user_agent.as_bytes()));
        let Ok(Contacts::Some(list)) = Contacts::of(&message) else { panic!("no contact") };
        let contact = list.iter().next().unwrap();
        assert_eq!(list.iter().count(), 1);
        assert_eq!(contact.address.uri_text, b"sip:k7q2@198.51.100.7:40000");
        assert_eq!(contact.instance().is_some(), instance);
        let shown = message.header(Name::To).unwrap();
        let end = shown.len() - b" <sip:k7q2@one.example>".len();
        assert_eq!(*unquote(&shown[..end]), *name);
    }
}

#[test]
fn a_hostile_phone_answers_like_any_other() {
    let mut bench = Bench::registered(config().with_hostile_words(), 600);
    assert_eq!(bench.receive(&options("k7q2")), 1);
    let answer = bench.sent.last().unwrap();
    assert!(Message::parse(answer).unwrap().response().is_ok_and(|response| response.code == 200));
}
