//! The starter library: lessons written by people and compiled into the program, so that a new server has something to
//! serve before any model is set up.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error;
use std::sync::LazyLock;

use rust_embed::RustEmbed;

use crate::lessons::key::{Identity, LookupKey};
use crate::lessons::markdown::{LessonFile, ParseError, parse};
use crate::lessons::request::LessonRequest;

/// The files of `library/`. A checkout without the folder builds a program with an empty library.
#[derive(RustEmbed)]
#[folder = "../../library"]
#[allow_missing = true]
struct Files;

/// Lessons by what they answer.
pub struct Library {
    lessons: Vec<LessonFile>,
    by_key: HashMap<LookupKey, usize>,
}

/// A file that is no lesson of the library.
#[derive(Debug, thiserror::Error)]
enum BrokenFile {
    #[error("the file is not UTF-8")]
    NotText(#[from] std::str::Utf8Error),
    #[error("the file is not a lesson")]
    NotALesson(#[from] ParseError),
    #[error("another file already answers the same request")]
    Repeated,
}

impl Library {
    /// The library that was compiled in. A broken file fails the tests; should one ship nevertheless, it is skipped and
    /// logged, since a lesson less is better than a server that does not start.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<Library> = LazyLock::new(|| {
            let (library, broken) = Library::read(embedded_files());
            for (path, error) in broken {
                let cause = error.source().map(ToString::to_string).unwrap_or_default();
                tracing::error!(%path, %error, cause, "a lesson of the starter library was skipped");
            }
            library
        });
        &EMBEDDED
    }

    /// Takes up every lesson among the files, and tells which could not be.
    fn read(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> (Self, Vec<(String, BrokenFile)>) {
        let (mut library, mut broken) = (Self { lessons: Vec::new(), by_key: HashMap::new() }, Vec::new());
        for (path, bytes) in files.into_iter().filter(|(path, _)| path.contains('/') && path.ends_with(".md")) {
            if let Err(error) = library.add(&bytes) {
                broken.push((path, error));
            }
        }
        (library, broken)
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), BrokenFile> {
        let lesson = parse(std::str::from_utf8(bytes)?)?;
        match self.by_key.entry(LookupKey::of(&lesson.request)) {
            Entry::Occupied(_) => return Err(BrokenFile::Repeated),
            Entry::Vacant(place) => place.insert(self.lessons.len()),
        };
        self.lessons.push(lesson);
        Ok(())
    }

    /// The lesson that answers a request. As on any hit, titles and profiles are compared, not only their hashes.
    pub fn find(&self, request: &LessonRequest) -> Option<&LessonFile> {
        let found = self.lessons.get(*self.by_key.get(&LookupKey::of(request))?)?;
        Identity::of(&found.request).is_of(request).then_some(found)
    }

    /// All lessons, ordered by their files' paths.
    pub fn lessons(&self) -> impl Iterator<Item = &LessonFile> {
        self.lessons.iter()
    }
}

/// Every compiled-in file, ordered by path.
fn embedded_files() -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> =
        Files::iter().filter_map(|path| Some((path.to_string(), Files::get(&path)?.data.into_owned()))).collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::markdown::write;
    use crate::lessons::request::{LearningStyle, StepTitle};

    #[test]
    fn every_embedded_lesson_is_whole_and_survives_export() {
        let (library, broken) = Library::read(embedded_files());
        let told = |(path, error): (String, BrokenFile)| format!("{path}: {error}: {:?}", error.source());
        let broken: Vec<String> = broken.into_iter().map(told).collect();
        assert_eq!(broken, Vec::<String>::new());
        assert!(library.lessons().count() >= 12, "the starter library is not complete");
        for lesson in library.lessons() {
            let topic = lesson.request.step_title.given();
            assert_eq!(lesson.document.problems(), Vec::<String>::new(), "{topic}");
            assert_eq!(parse(&write(lesson)).as_ref(), Ok(lesson), "{topic}");
            assert_eq!(library.find(&lesson.request), Some(lesson), "{topic}");
        }
    }

    #[test]
    fn every_embedded_file_is_named_after_its_style() {
        let lessons = embedded_files().into_iter().filter(|(path, _)| path.contains('/') && path.ends_with(".md"));
        for (path, bytes) in lessons {
            let lesson = parse(&String::from_utf8(bytes).expect("UTF-8")).expect("a lesson");
            let end = format!(".{}.md", lesson.request.learning_style);
            assert!(path.ends_with(&end), "{path} should end with {end}");
        }
    }

    #[test]
    fn broken_and_repeated_files_are_skipped_and_told() {
        let lesson = "---\ntopic: Git Basics\nstyle: reading\ntitle: t\ndescription: d\nminutes: 5\n---\n\n\
                      <!-- @block prose a -->\n\nText.\n";
        let files = [
            ("README.md", "not a lesson, and no lesson is expected here"),
            ("git/basics.reading.md", lesson),
            ("git/broken.reading.md", "no head"),
            ("git/notes.txt", "not a lesson either"),
            ("git/repeated.reading.md", &lesson.replace("Git Basics", "git  basics")),
        ];
        let (library, broken) = Library::read(files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())));
        let broken: Vec<(&str, String)> =
            broken.iter().map(|(path, error)| (path.as_str(), error.to_string())).collect();
        assert_eq!(
            broken,
            [
                ("git/broken.reading.md", "the file is not a lesson".to_owned()),
                ("git/repeated.reading.md", "another file already answers the same request".to_owned()),
            ]
        );
        let asked = |title: &str, style| LessonRequest::new(StepTitle::parse(title).expect("a title"), style);
        assert!(library.find(&asked("GIT BASICS", LearningStyle::Reading)).is_some());
        assert!(library.find(&asked("Git Basics", LearningStyle::Mixed)).is_none());
        assert_eq!(library.lessons().count(), 1);
    }
}
