//! The articles as they lie in the repository: the same in both languages, every link and picture leading somewhere.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};
use rust_embed::RustEmbed;
use tonalite_core::text::Language;

use super::{Files, GROUPS, Pictures, anchor, article, markdown, picture, source};

/// What stands in an article, as far as it must lead somewhere.
#[derive(Default)]
struct Found {
    headings: Vec<(HeadingLevel, String)>,
    links: Vec<String>,
    /// Where each picture lies, and what it says to who does not see it.
    pictures: Vec<(String, String)>,
    markup: Vec<String>,
}

fn names() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().flat_map(|(_, names)| names.iter().copied())
}

fn each() -> impl Iterator<Item = (Language, &'static str, String)> {
    let all = Language::ALL.into_iter().flat_map(|language| names().map(move |name| (language, name)));
    all.map(|(language, name)| {
        let text = source(language, name).unwrap_or_else(|| panic!("no {}/{name}.md", language.as_str()));
        (language, name, text)
    })
}

fn look(text: &str) -> Found {
    let mut found = Found::default();
    let mut open: Option<(Tag<'_>, String)> = None;
    for event in Parser::new(text) {
        match event {
            Event::Start(tag @ (Tag::Heading { .. } | Tag::Image { .. })) => {
                open = Some((tag, String::new()))
            }
            Event::End(TagEnd::Heading(level)) => found.headings.push((level, open.take().unwrap().1)),
            Event::End(TagEnd::Image) => {
                let (Tag::Image { dest_url, .. }, text) = open.take().unwrap() else { panic!("nested") };
                found.pictures.push((dest_url.to_string(), text));
            }
            Event::Start(Tag::Link { dest_url, .. }) => found.links.push(dest_url.to_string()),
            Event::Html(markup) | Event::InlineHtml(markup) => found.markup.push(markup.to_string()),
            Event::Text(part) | Event::Code(part) => {
                if let Some((_, text)) = &mut open {
                    text.push_str(&part);
                }
            }
            _ => {}
        }
    }
    found
}

#[test]
fn both_languages_have_the_articles_of_the_index_and_no_others() {
    let listed: BTreeSet<String> =
        Language::ALL.iter().flat_map(|l| names().map(|name| format!("{}/{name}.md", l.as_str()))).collect();
    let there: BTreeSet<String> = Files::iter().map(String::from).collect();
    assert_eq!(listed, there);
    assert_eq!(names().count() * 2, listed.len(), "an article stands twice in the index");
}

#[test]
fn an_article_is_built_alike_in_both_languages() {
    let shape = |language: Language, name: &str| {
        let found = look(&source(language, name).unwrap());
        let of_language = format!("/{}/", language.as_str());
        let pictures = found.pictures.iter().map(|(link, _)| link.replace(&of_language, "/"));
        let levels: Vec<_> = found.headings.iter().map(|(level, _)| *level).collect();
        let links = found.links.iter().map(|link| link.split('#').next().unwrap_or_default().to_owned());
        (levels, pictures.collect::<Vec<_>>(), links.collect::<BTreeSet<_>>())
    };
    for name in names() {
        assert_eq!(shape(Language::English, name), shape(Language::French, name), "{name}");
    }
}

#[test]
fn headings_are_in_order_and_their_anchors_different() {
    for (language, name, text) in each() {
        let found = look(&text);
        let (first, rest) = found.headings.split_first().unwrap();
        assert_eq!(first.0, HeadingLevel::H1, "{language:?} {name} begins with its title");
        let mut above = HeadingLevel::H1;
        for (level, title) in rest {
            assert!(*level != HeadingLevel::H1 && *level as u8 <= above as u8 + 1, "{name}: {title}");
            above = *level;
        }
        let anchors: BTreeSet<String> = found.headings.iter().map(|(_, title)| anchor(title)).collect();
        assert_eq!(anchors.len(), found.headings.len(), "{language:?} {name}: two headings alike");
    }
}

#[test]
fn every_link_leads_to_an_article_and_to_a_heading_in_it() {
    for (language, name, text) in each() {
        for link in look(&text).links {
            let (file, place) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() { name } else { file.strip_suffix(".md").unwrap_or_default() };
            let target = source(language, target).unwrap_or_else(|| panic!("{name}: {link} leads nowhere"));
            let there =
                place.is_empty() || look(&target).headings.iter().any(|(_, title)| anchor(title) == place);
            assert!(there, "{language:?} {name}: there is no heading for {link}");
        }
    }
}

#[test]
fn every_picture_is_there_in_the_language_of_the_article_says_what_it_shows_and_is_small() {
    let mut shown = BTreeSet::new();
    for (language, name, text) in each() {
        for (link, text) in look(&text).pictures {
            let file = link.strip_prefix(markdown::PICTURES).unwrap_or_else(|| panic!("{name}: {link}"));
            assert!(
                file.starts_with(language.as_str()),
                "{language:?} {name}: {link} is the other language's"
            );
            let data =
                picture(file).unwrap_or_else(|| panic!("{name}: no {link}; see cargo xtask screenshots"));
            let (width, height) =
                markdown::png_size(&data.data).unwrap_or_else(|| panic!("{link} is no PNG"));
            assert!((300..=1400).contains(&width) && height <= 1400, "{link} has {width} × {height}");
            assert!(
                text.chars().count() >= 20,
                "{language:?} {name}: {link} needs a text for who cannot see it"
            );
            shown.insert(file.to_owned());
        }
    }
    let there: BTreeSet<String> = Pictures::iter().map(String::from).collect();
    assert_eq!(shown, there, "pictures that no article shows");
    let bytes: usize = there.iter().filter_map(|name| Some(picture(name)?.data.len())).sum();
    assert!(bytes < 4 << 20, "all pictures together have {bytes} bytes, and every binary carries them");
}

#[test]
fn an_article_holds_no_markup_of_its_own_and_what_looks_like_it_is_text() {
    for (language, name, text) in each() {
        assert_eq!(look(&text).markup, Vec::<String>::new(), "{language:?} {name}");
    }
    let text = "# A\n\nB <script>alert(1)</script>\n\n<div onclick=\"x\">\n\n![<b>](\"><script>)\n";
    let body = markdown::read(Language::English, "a", text).body;
    assert!(!body.contains("<script") && !body.contains("<div") && !body.contains("<b>"), "{body}");
}

#[test]
fn links_and_pictures_become_those_of_the_portal() {
    let text = "# Reboot `it`\n\nA *b* [c](states.md#aged), [d](#e-f).\n\n## E, f!\n\n## G\n\n\
                ![What it shows](../../images/help/en/reboot-ask.png)\n";
    let article = markdown::read(Language::English, "reboot", text);
    assert_eq!((article.title.as_str(), article.lead.as_str()), ("Reboot it", "A b c, d."));
    let sections: Vec<_> = article.sections.iter().map(|s| (s.anchor.as_str(), s.title.as_str())).collect();
    assert_eq!(sections, [("e-f", "E, f!"), ("g", "G")]);
    for part in [
        "<a href=\"/help/states#aged\">c</a>",
        "<a href=\"#e-f\">d</a>",
        "<h2 id=\"e-f\">E, f!</h2>",
        "<img src=\"/assets/help/en/reboot-ask.png?v=",
        "alt=\"What it shows\" loading=\"lazy\"",
    ] {
        assert!(article.body.contains(part), "{part} is not in {}", article.body);
    }
    assert!(!article.body.contains("<h1"), "{}", article.body);
}

#[test]
fn the_explanations_of_states_lead_to_their_headings() {
    for language in Language::ALL {
        let article = article(language, "states").unwrap();
        for state in ["registered", "aged", "unregistered", "no_line"] {
            let word = language.locale().text(&format!("state-{state}"));
            let anchor = anchor(&word);
            assert!(article.sections.iter().any(|section| section.anchor == anchor), "{language:?}: {word}");
        }
    }
}

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/templates"]
struct Templates;

#[test]
fn every_help_link_of_a_template_leads_to_an_article() {
    let mut count = 0;
    for name in Templates::iter() {
        let text = String::from_utf8(Templates::get(&name).unwrap().data.into_owned()).unwrap();
        for rest in text.split("{% let help = \"").skip(1) {
            let (article, _) = rest.split_once('"').unwrap();
            assert!(names().any(|name| name == article), "{name}: there is no article {article}");
            count += 1;
        }
    }
    assert!(count >= 5, "{count} links found");
}
