//! The API's documentation as a page, made of our own OpenAPI document and of nothing else. What it says of operations
//! is English, as in the document; what stands around it is in the reader's language.

use askama::Template;
use serde_json::Value;
use tonalite_core::text::Locale;

use super::frame::Frame;

/// `api_docs.html`
#[derive(Template)]
#[template(path = "api_docs.html")]
pub(crate) struct ApiDocsPage<'a> {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) reference: &'a Reference,
    /// Where the portal is reached, for the lines to copy.
    pub(crate) origin: String,
}

impl ApiDocsPage<'_> {
    /// What holds for all operations: anchor and text of each convention, in the order of reading.
    fn conventions(&self) -> Vec<(&'static str, String, Text)> {
        let names = ["asking", "visible", "values", "errors", "lists", "changes", "again", "events"];
        let of = |name: &'static str| {
            let title = self.t.text(&format!("api_docs-{name}"));
            (name, title, Text::of(&self.t.text(&format!("api_docs-{name}-text"))))
        };
        names.into_iter().map(of).collect()
    }

    fn is_english(&self) -> bool {
        self.t.language() == tonalite_core::text::Language::English
    }
}

/// What the document says, in the order in which people read. Made once.
#[derive(Debug)]
pub(crate) struct Reference {
    pub(crate) version: String,
    pub(crate) groups: Vec<Group>,
    /// Schemas that several operations, or other schemas, speak of.
    pub(crate) objects: Vec<Object>,
}

/// The operations on one noun.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) anchor: String,
    pub(crate) about: Text,
    pub(crate) operations: Vec<Operation>,
}

/// One operation.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its name, and its anchor.
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) summary: Text,
    pub(crate) about: Text,
    pub(crate) parameters: Vec<Field>,
    pub(crate) request: Vec<Body>,
    pub(crate) answers: Vec<Answer>,
    /// Status and meaning of each refusal.
    pub(crate) refusals: Vec<(String, Text)>,
    pub(crate) access: Access,
    /// The path with the examples of its parameters.
    pub(crate) example_path: String,
}

/// How one has to sign in for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Open,
    Session,
    Any,
}

/// A field of a body, a parameter, or a header.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// `path`, `query` or `header`; empty for a field of a body.
    pub(crate) place: String,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    pub(crate) about: Text,
}

/// A type, with the object that it leads to.
#[derive(Debug, Default)]
pub(crate) struct Kind {
    pub(crate) before: String,
    pub(crate) object: Option<String>,
    pub(crate) after: String,
}

/// What is sent or answered.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) media_type: String,
    /// Said elsewhere: the object by that name.
    pub(crate) kind: Kind,
    /// Said here.
    pub(crate) fields: Vec<Field>,
    pub(crate) example: Option<String>,
    /// The same in one line, as a shell wants it.
    pub(crate) in_one_line: String,
}

/// An answer when all is well.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: String,
    pub(crate) about: Text,
    pub(crate) headers: Vec<Field>,
    pub(crate) bodies: Vec<Body>,
}

/// A schema with a name.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) name: String,
    pub(crate) about: Text,
    /// Objects one of which it is.
    pub(crate) parts: Vec<String>,
    pub(crate) fields: Vec<Field>,
}

/// A text with words of code in it, which stand between backticks.
#[derive(Debug, Default, Clone)]
pub(crate) struct Text {
    pub(crate) paragraphs: Vec<Vec<Run>>,
}

/// A piece of a text.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) is_code: bool,
}

impl Text {
    /// Reads paragraphs, which an empty line parts, and code.
    pub(crate) fn of(text: &str) -> Text {
        let run = |(at, text): (usize, &str)| Run { text: text.replace('\n', " "), is_code: at % 2 == 1 };
        let paragraph = |text: &str| {
            text.split('`').enumerate().map(run).filter(|run| !run.text.is_empty()).collect::<Vec<_>>()
        };
        let paragraphs = text.split("\n\n").map(str::trim).filter(|text| !text.is_empty());
        Text { paragraphs: paragraphs.map(paragraph).collect() }
    }

    pub(crate) fn of_value(value: &Value) -> Text {
        Text::of(value.as_str().unwrap_or_default())
    }
}

impl Operation {
    /// A line for the shell: with the examples, and with `$TOKEN` where one signs in.
    pub(crate) fn curl(&self, origin: &str) -> String {
        let mut words = vec!["curl".to_owned()];
        if self.method != "GET" {
            words.push(format!("-X {}", self.method));
        }
        if self
            .answers
            .iter()
            .flat_map(|answer| &answer.bodies)
            .any(|body| body.media_type == "text/event-stream")
        {
            words.push("-N".to_owned());
        }
        words.push(format!("'{origin}{}'", self.example_path));
        words.push(match self.access {
            Access::Open => "-c cookies.txt".to_owned(),
            Access::Session => "-b cookies.txt".to_owned(),
            Access::Any => "-H \"Authorization: Bearer $TOKEN\"".to_owned(),
        });
        if let Some(body) = self.request.first() {
            words.push(format!("-H 'Content-Type: {}'", body.media_type));
            // A quote ends the shell's text, comes by itself, and begins it anew.
            words.push(format!("--data-binary '{}'", body.in_one_line.replace('\'', r"'\''")));
        }
        words.join(" \\\n  ")
    }
}
