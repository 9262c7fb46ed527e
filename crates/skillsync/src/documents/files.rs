//! Finds the files that are meant by paths on the command line, and reads them within a bound.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::extract::format_of;

/// The most files in one go.
const MAX_FILES: usize = 10_000;

/// How deep folders may lie in each other.
const MAX_DEPTH: usize = 32;

/// The longest name, in characters.
const MAX_NAME_CHARS: usize = 300;

/// A file that is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundFile {
    /// What the document is called: the file's name, or the way to it from a folder that was named, that folder included.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
}

/// Why the files were not found.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// A file or folder cannot be read.
    #[error("cannot read {}", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// Nothing in a folder is of a kind that can be read.
    #[error(
        "there are no documents in {}\nhint: Markdown (.md), HTML (.html), PDF (.pdf) and plain text (.txt) can be added",
        .0.display()
    )]
    Nothing(PathBuf),
    /// More than [`MAX_FILES`].
    #[error("there are more than {MAX_FILES} files\nhint: add them folder by folder")]
    TooMany,
    /// The second would take the place of the first.
    #[error(
        "{} and {} have the same name, and a name belongs to one document\nhint: add the folder that holds both, so that their names tell them apart",
        .0.display(), .1.display()
    )]
    SameName(PathBuf, PathBuf),
    /// Longer than a name may be.
    #[error("the name of {} has more than {MAX_NAME_CHARS} characters\nhint: rename it, or add the file by itself", .0.display())]
    LongName(PathBuf),
}

/// The files that are meant by `paths`: files as they are, and everything in folders that can be read, in the order of
/// names. Hidden files are passed over, and links in folders are not followed.
///
/// # Errors
/// When one cannot be read or a folder has nothing in it, when there are too many, or when two have the same name.
pub fn find(paths: &[PathBuf]) -> Result<Vec<FoundFile>, FilesError> {
    let mut found = Vec::new();
    for path in paths {
        let about = fs::metadata(path).map_err(|error| FilesError::Unreadable(path.clone(), error))?;
        let name = name_of(path)?;
        if about.is_dir() {
            let before = found.len();
            walk(path, &name, MAX_DEPTH, &mut found)?;
            if found.len() == before {
                return Err(FilesError::Nothing(path.clone()));
            }
        } else {
            found.push(FoundFile { name, path: path.clone() });
        }
    }
    if found.len() > MAX_FILES {
        return Err(FilesError::TooMany);
    }
    distinct(found)
}

/// The files, each once. The same file named twice is one.
fn distinct(files: Vec<FoundFile>) -> Result<Vec<FoundFile>, FilesError> {
    let mut named: HashMap<String, PathBuf> = HashMap::new();
    let mut once = Vec::new();
    for file in files {
        if file.name.chars().count() > MAX_NAME_CHARS {
            return Err(FilesError::LongName(file.path));
        }
        match named.insert(file.name.clone(), file.path.clone()) {
            None => once.push(file),
            Some(other) if other == file.path => {}
            Some(other) => return Err(FilesError::SameName(other, file.path)),
        }
    }
    Ok(once)
}

/// The last part of a path. One such as `..` has none as written, but as a place.
fn name_of(path: &Path) -> Result<String, FilesError> {
    let name = |path: &Path| path.file_name().map(|name| printable(&name.to_string_lossy()));
    match name(path) {
        Some(name) => Ok(name),
        None => {
            let place = fs::canonicalize(path).map_err(|error| FilesError::Unreadable(path.to_owned(), error))?;
            Ok(name(&place).unwrap_or_default())
        }
    }
}

/// Names are shown in terminals, and PostgreSQL stores no zeros.
fn printable(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn walk(folder: &Path, name: &str, depth: usize, found: &mut Vec<FoundFile>) -> Result<(), FilesError> {
    let unreadable = |error| FilesError::Unreadable(folder.to_owned(), error);
    let mut entries: Vec<_> =
        fs::read_dir(folder).map_err(unreadable)?.collect::<Result<_, _>>().map_err(unreadable)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let entry_name = printable(&entry.file_name().to_string_lossy());
        if entry_name.starts_with('.') {
            continue;
        }
        let kind = entry.file_type().map_err(unreadable)?;
        let name = format!("{name}/{entry_name}");
        if kind.is_dir() && depth > 0 {
            walk(&entry.path(), &name, depth - 1, found)?;
        } else if kind.is_file() && format_of(&entry_name).is_some() {
            found.push(FoundFile { name, path: entry.path() });
        }
        if found.len() > MAX_FILES {
            return Err(FilesError::TooMany);
        }
    }
    Ok(())
}

/// The content of a file, but no more than a byte over `max_bytes`, which is enough to see that it is too large.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path, max_bytes: usize) -> Result<Vec<u8>, FilesError> {
    let unreadable = |error| FilesError::Unreadable(path.to_owned(), error);
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let bound = u64::try_from(max_bytes).unwrap_or(u64::MAX).saturating_add(1);
    file.take(bound).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}
