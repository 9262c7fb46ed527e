//! Both databases have the same migrations: one file name, written in the two dialects.

use super::{File, Finding};

const FOLDERS: [&str; 2] = ["migrations/sqlite/", "migrations/postgres/"];

/// Reports every migration that one of the databases lacks.
pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (folder, other) in [(FOLDERS[0], FOLDERS[1]), (FOLDERS[1], FOLDERS[0])] {
        for file in files {
            let Some(name) = file.path.strip_prefix(folder).filter(|name| name.ends_with(".sql")) else { continue };
            let twin = format!("{other}{name}");
            if !files.iter().any(|file| file.path == twin) {
                let what = format!("the other database has no {twin}");
                findings.push(Finding::new(
                    &file.path,
                    1,
                    what,
                    "write it there too, be it with nothing but a comment",
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::expect;

    #[test]
    fn migrations_come_in_pairs() {
        let name = "0001_lessons.sql";
        let (sqlite, postgres) = (format!("migrations/sqlite/{name}"), format!("migrations/postgres/{name}"));
        expect(&[(&sqlite, "SELECT 1;\n"), (&postgres, "SELECT 1;\n")], &[]);
        expect(&[(&postgres, "SELECT 1;\n")], &[&format!("{postgres}:1: the other database has no {sqlite}")]);
    }
}
