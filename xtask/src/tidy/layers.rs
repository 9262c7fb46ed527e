//! Which part of the source may name what: the invariants of ARCHITECTURE.md as one table.

use super::rust_text::{RustText, lines_naming};
use super::{File, Finding};

const APPLICATION: &str = "crates/skillsync/src/";
const MODELS: &str = "crates/skillsync-llm/src/";
const SOURCES: &str = "crates/skillsync-sources/src/";

/// One invariant: in these modules, outside of those, the names do not occur.
///
/// `/web` is a module at the top of the source (`web.rs` and all of `web/`), `store` one at any depth, and an empty
/// list of modules is the whole source.
struct Invariant {
    source: &'static str,
    within: &'static [&'static str],
    except: &'static [&'static str],
    names: &'static [&'static str],
    hint: &'static str,
}

const INVARIANTS: &[Invariant] = &[
    Invariant {
        source: APPLICATION,
        within: &["/generation"],
        except: &[],
        names: &["axum", "async_graphql", "sqlx"],
        hint: "generation knows no HTTP, GraphQL or SQL: pass it values, or a store to call",
    },
    Invariant {
        source: APPLICATION,
        within: &["/work"],
        except: &[],
        names: &["crate::lessons", "crate::generation", "crate::voting", "crate::accounts"],
        hint: "durable runs know no feature: let the feature hand in what work/ needs",
    },
    Invariant {
        source: APPLICATION,
        within: &["/models"],
        except: &[],
        names: &["crate::lessons", "crate::generation", "crate::voting", "crate::accounts", "axum", "async_graphql"],
        hint: "who answers a question does not depend on what it is about: hand in a kind of step",
    },
    Invariant {
        source: APPLICATION,
        within: &["graphql", "pages", "/web", "/api"],
        except: &[],
        names: &["sqlx"],
        hint: "what faces the outside queries nothing: call a use case",
    },
    Invariant {
        source: APPLICATION,
        within: &[],
        except: &["store", "/storage", "/testing"],
        names: &["sqlx::query*"],
        hint: "move the query into the feature's store.rs, one query a function",
    },
    Invariant {
        source: APPLICATION,
        within: &[],
        except: &["/config", "/cli", "/main", "/testing"],
        names: &["std::env"],
        hint: "only config/ reads the environment: add a setting there",
    },
    Invariant {
        source: APPLICATION,
        within: &["/cli", "/main"],
        except: &[],
        names: &["env::var*", "env::set_var", "env::remove_var"],
        hint: "the command line reads its arguments; the environment is read by config/",
    },
    Invariant {
        source: APPLICATION,
        within: &[],
        except: &["/clock"],
        names: &["Utc::now", "Local::now", "SystemTime::now"],
        hint: "only clock.rs asks for the time: take the Clock as an argument",
    },
    Invariant {
        source: APPLICATION,
        within: &[],
        except: &MAY_SPAWN,
        names: &["tokio::spawn", "tokio::task::spawn"],
        hint: "every task has an owner: spawn on the TaskTracker of the App",
    },
    Invariant {
        source: MODELS,
        within: &[],
        except: &[],
        names: &["lesson*", "Lesson*", "LESSON*", "sqlx", "std::env", "Utc::now", "SystemTime::now"],
        hint: "this crate is messages in, text and usage out; what it needs of the rest comes as an argument",
    },
    Invariant {
        source: SOURCES,
        within: &[],
        except: &[],
        names: &["lesson*", "Lesson*", "LESSON*", "sqlx", "std::env", "Utc::now", "SystemTime::now"],
        hint: "this crate asks sites and knows nothing of what is done with the answers; what it needs comes as an argument",
    },
];

/// The modules that may spawn tasks without a tracker, each with its reason here. None needs to: a `TaskTracker`
/// has a method `spawn` of its own.
const MAY_SPAWN: [&str; 0] = [];

/// Checks each invariant on the code before the test module of each file.
pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        let Some(text) = file.text.as_deref().filter(|_| file.path.ends_with(".rs")) else { continue };
        let text = RustText::new(text);
        for invariant in INVARIANTS.iter().filter(|invariant| invariant.holds_for(&file.path)) {
            for name in invariant.names {
                let lines = lines_naming(text.code_without_tests(), name);
                let what = format!("`{}` is named here", name.trim_end_matches('*'));
                findings.extend(lines.into_iter().map(|line| Finding::new(&file.path, line, &what, invariant.hint)));
            }
        }
    }
    findings
}

impl Invariant {
    fn holds_for(&self, path: &str) -> bool {
        let Some(path) = path.strip_prefix(self.source) else { return false };
        let lies_in = |modules: &[&str]| modules.iter().any(|module| lies_in(path, module));
        (self.within.is_empty() || lies_in(self.within)) && !lies_in(self.except)
    }
}

fn lies_in(path: &str, module: &str) -> bool {
    let mut parts = path.trim_end_matches(".rs").split('/');
    match module.strip_prefix('/') {
        Some(module) => parts.next() == Some(module),
        None => parts.any(|part| part == module),
    }
}

#[cfg(test)]
mod tests {
    use super::super::expect;

    #[test]
    fn layers_keep_to_themselves() {
        expect(
            &[
                ("crates/skillsync/src/generation/pipeline.rs", "//! Knows no sqlx.\nuse axum::Router;\n"),
                ("crates/skillsync/src/work.rs", "//! Runs.\nuse crate::{ids, lessons::Lesson};\n"),
                ("crates/skillsync/src/lessons/graphql.rs", "//! Maps.\nuse sqlx::Row;\n"),
                ("crates/skillsync/src/lessons/views.rs", "//! Views.\nconst A: u8 = sqlx::query_scalar(1);\n"),
                ("crates/skillsync/src/lessons/store.rs", "//! Store.\nconst A: u8 = sqlx::query_scalar(1);\n"),
                ("crates/skillsync-llm/src/lib.rs", "//! No lesson.\nstruct LessonReply;\nstruct Reply;\n"),
                ("crates/skillsync-sources/src/lib.rs", "//! No lesson.\nuse std::env;\nstruct Reply;\n"),
            ],
            &[
                "crates/skillsync-llm/src/lib.rs:2: `Lesson` is named here",
                "crates/skillsync-sources/src/lib.rs:2: `std::env` is named here",
                "crates/skillsync/src/generation/pipeline.rs:2: `axum` is named here",
                "crates/skillsync/src/lessons/graphql.rs:2: `sqlx` is named here",
                "crates/skillsync/src/lessons/views.rs:2: `sqlx::query` is named here",
                "crates/skillsync/src/work.rs:2: `crate::lessons` is named here",
            ],
        );
    }

    #[test]
    fn environment_time_and_tasks_have_one_place() {
        let source = "//! Ambient.\nuse std::env;\nconst A: u8 = chrono::Utc::now();\nconst B: u8 = tokio::spawn(1);\n";
        expect(
            &[
                ("crates/skillsync/src/app.rs", source),
                ("crates/skillsync/src/config/read.rs", "//! Reads.\nuse std::env::var;\n"),
                ("crates/skillsync/src/clock.rs", "//! Time.\nuse chrono::Utc::now;\n"),
                (
                    "crates/skillsync/src/main.rs",
                    "//! Runs.\nconst A: u8 = std::env::args();\nconst B: u8 = std::env::var(1);\n",
                ),
                ("crates/skillsync/src/ids.rs", "//! Ids.\n#[cfg(test)]\nmod tests {\n    use std::env;\n}\n"),
            ],
            &[
                "crates/skillsync/src/app.rs:2: `std::env` is named here",
                "crates/skillsync/src/app.rs:3: `Utc::now` is named here",
                "crates/skillsync/src/app.rs:4: `tokio::spawn` is named here",
                "crates/skillsync/src/main.rs:3: `env::var` is named here",
            ],
        );
    }
}
