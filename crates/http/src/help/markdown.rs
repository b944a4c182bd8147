//! An article: CommonMark without HTML, made into what stands in a page. Links between articles and to pictures are written
//! so that they lead somewhere in the repository as well; here they become the portal's own.

use askama::Template;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Parser, Tag, TagEnd, html};
use tonalite_core::text::Language;

/// Where pictures lie, seen from an article.
pub(super) const PICTURES: &str = "../../images/help/";

/// One article in one language.
pub(crate) struct Article {
    /// Language.
    pub(crate) language: Language,
    /// Name of its file, and in its address.
    pub(crate) name: &'static str,
    /// Its only heading of the first level.
    pub(crate) title: String,
    /// Its first paragraph, as text.
    pub(crate) lead: String,
    /// What follows the title, as HTML.
    pub(crate) body: String,
    /// Its headings of the second level.
    pub(crate) sections: Vec<Section>,
}

/// A part of an article that the table of contents names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Section {
    /// Its id in the page.
    pub(crate) anchor: String,
    /// Its heading.
    pub(crate) title: String,
}

/// `help/picture.html`: shown small, and whole when it is selected.
#[derive(Template)]
#[template(path = "help/picture.html")]
struct PictureLink<'a> {
    address: String,
    text: &'a str,
    size: Option<(u32, u32)>,
}

/// Reads an article.
pub(crate) fn read(language: Language, name: &'static str, source: &str) -> Article {
    let mut article = Article {
        language,
        name,
        title: String::new(),
        lead: String::new(),
        body: String::new(),
        sections: Vec::new(),
    };
    let mut events = Vec::new();
    let mut parser = Parser::new(source);
    while let Some(event) = parser.next() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let (inside, title) = until_end(&mut parser, TagEnd::Heading(level));
                if level == HeadingLevel::H1 {
                    article.title = title;
                    continue;
                }
                let anchor = anchor(&title);
                let start = Tag::Heading {
                    level,
                    id: Some(anchor.clone().into()),
                    classes: Vec::new(),
                    attrs: Vec::new(),
                };
                events.push(Event::Start(start));
                events.extend(inside);
                events.push(Event::End(TagEnd::Heading(level)));
                if level == HeadingLevel::H2 {
                    article.sections.push(Section { anchor, title });
                }
            }
            Event::Start(Tag::Paragraph) if article.lead.is_empty() => {
                let (inside, text) = until_end(&mut parser, TagEnd::Paragraph);
                article.lead = text;
                events.push(Event::Start(Tag::Paragraph));
                events.extend(inside);
                events.push(Event::End(TagEnd::Paragraph));
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                let (_, text) = until_end(&mut parser, TagEnd::Image);
                events.push(picture(&dest_url, &text));
            }
            other => events.push(in_portal(other)),
        }
    }
    html::push_html(&mut article.body, events.into_iter());
    article
}

/// What stands before `end`, and its text alone.
fn until_end<'a>(parser: &mut Parser<'a>, end: TagEnd) -> (Vec<Event<'a>>, String) {
    let (mut inside, mut text) = (Vec::new(), String::new());
    for event in parser.by_ref() {
        match &event {
            Event::End(tag) if *tag == end => break,
            Event::Text(part) | Event::Code(part) => text.push_str(part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
        inside.push(in_portal(event));
    }
    (inside, text)
}

/// Markup in an article is text; a link to another article leads to its page.
fn in_portal(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(markup) | Event::InlineHtml(markup) => Event::Text(markup),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: address(dest_url), title, id })
        }
        other => other,
    }
}

fn address(link: CowStr<'_>) -> CowStr<'_> {
    let (file, place) = link.split_once('#').map_or((&*link, ""), |(file, place)| (file, place));
    match (file.strip_suffix(".md"), place) {
        (Some(article), "") => format!("/help/{article}").into(),
        (Some(article), place) => format!("/help/{article}#{place}").into(),
        (None, _) => link,
    }
}

fn picture<'a>(link: &str, text: &str) -> Event<'a> {
    let name = link.strip_prefix(PICTURES).unwrap_or(link);
    let file = super::picture(name);
    let link = PictureLink {
        address: crate::assets::asset_url(&format!("{}{name}", crate::assets::HELP)),
        text,
        size: file.and_then(|file| png_size(&file.data)),
    };
    Event::InlineHtml(link.to_string().into())
}

/// Width and height, as the first chunk of a PNG says them (PNG 3rd edition, §11.2.1).
pub(super) fn png_size(data: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| data.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    data.starts_with(b"\x89PNG\r\n\x1a\n").then_some((number(16)?, number(20)?))
}

/// The id of a heading, as GitHub makes it of the same text: so a link to it leads there in the repository, too.
pub(crate) fn anchor(title: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    title.to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}
