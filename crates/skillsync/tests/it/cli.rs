//! The commands, as a person or a script runs them.

use serde_json::Value;
use skillsync::storage::Db;
use skillsync::testing::TestDatabase;

use crate::graphql::KEYS;
use crate::program::{Program, finish};
use crate::world::{Reply, client, number, rows};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test]
async fn keys_are_those_of_the_first_api() {
    let program = Program::new();
    for (title, style, cache_key, lookup_key) in KEYS {
        let keys = json(&program.printed(&["lesson", "key", title, "--style", style, "--number", "1", "--json"]).await);
        assert_eq!(keys["cacheKey"], cache_key);
        assert_eq!(keys["canonicalTitle"], title.to_lowercase());
        if let Some(lookup_key) = lookup_key {
            assert_eq!(keys["lookupKey"], lookup_key);
        }
        assert_eq!(keys.as_object().map(serde_json::Map::len), Some(3));
        let text = program.printed(&["lesson", "key", title, "--style", style]).await;
        assert!(text.contains(cache_key) && text.lines().count() == 3, "{text}");
    }
    assert!(!program.home().join("data").exists(), "a key needs no database");
}

#[tokio::test]
async fn a_lesson_is_written_once_and_shown_as_text_or_json() {
    let program = Program::new();
    let get = ["lesson", "get", "Git Basics", "--style", "reading", "--json"];
    let first = json(&program.printed(&get).await);
    let again = json(&program.printed(&get).await);
    assert_eq!((&first["wasCached"], &again["wasCached"]), (&Value::Bool(false), &Value::Bool(true)));
    assert_eq!((&first["id"], &first["content"]), (&again["id"], &again["content"]));
    assert_eq!((&first["version"], &first["aiModelVersion"]), (&1.into(), &"starter-library".into()));
    let text = program.printed(&["lesson", "get", "git  BASICS", "--style", "hands-on"]).await;
    assert!(!text.contains('\u{1b}'), "no colours where nobody looks");
    assert!(text.contains("Hint 1:") && text.lines().count() > 50, "{text}");
    let db = Db::open_file(&program.database(), 1).await.expect("the database opens");
    assert_eq!((rows(&db, "lessons").await, number(&db, "SELECT SUM(views) FROM tallies").await), (2, 3));
    db.close().await;
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_with_a_reason() {
    let program = Program::new();
    for (arguments, code, said) in [
        (&["lesson", "get", ""][..], 1, "The title is empty"),
        (&["lesson", "get", "Git", "--number", "0"], 1, "from 1 to 2147483647, not 0"),
        (&["lesson", "get", "Git", "--number", "-1"], 1, "not -1"),
        (&["lesson", "get", "Git", "--number", "x"], 2, "invalid value 'x'"),
        (&["lesson", "get", "Git", "--style", "banana"], 2, "`banana` is not a learning style"),
        (&["lesson", "get", "Git", "--language", "not a tag"], 2, "not a language tag"),
        (&["lesson", "get", "Zig Comptime", "--style", "reading"], 1, "No language model is connected"),
        (&["lesson", "export", "Git Basics"], 1, "there is no such lesson yet\nhint:"),
        (&["lesson", "import", "absent.md"], 1, "cannot read absent.md"),
        (&["lesson"], 2, "Usage:"),
        (&["banana"], 2, "unrecognized subcommand"),
    ] {
        let finished = program.run(arguments).await;
        assert_eq!((finished.code, finished.out.as_str()), (Some(code), ""), "{arguments:?}: {finished:?}");
        assert!(finished.err.contains(said), "{arguments:?}: {}", finished.err);
        assert!(!finished.err.contains("panicked") && !finished.err.contains(".rs:"), "{}", finished.err);
    }
}

#[tokio::test]
async fn what_is_exported_can_be_imported_as_it_was() {
    let (one, other) = (Program::new(), Program::new());
    for (title, style) in [("Git Basics", "mixed"), ("Python Functions", "hands_on"), ("Python Variables", "reading")] {
        let asked = json(&one.printed(&["lesson", "get", title, "--style", style, "--json"]).await);
        let text = one.printed(&["lesson", "export", title, "--style", style]).await;
        let file = other.write(&format!("{style}.md"), &text);
        let said = other.printed(&["lesson", "import", &file]).await;
        assert!(said.starts_with("Imported \"") && said.contains("as lesson"), "{said}");
        let imported = json(&other.printed(&["lesson", "get", title, "--style", style, "--json"]).await);
        assert_eq!(imported["content"], asked["content"], "{title}");
        assert_eq!((&imported["aiModelVersion"], &imported["wasCached"]), (&"import".into(), &Value::Bool(true)));
        let again = other.home().join("again.md").display().to_string();
        other.printed(&["lesson", "export", title, "--style", style, "--output", &again]).await;
        assert_eq!(std::fs::read_to_string(&again).expect("the file"), text);
    }
}

#[tokio::test]
async fn a_broken_file_is_named_with_its_line_and_nothing_is_stored() {
    let program = Program::new();
    program.printed(&["lesson", "get", "Git Basics", "--style", "reading", "--json"]).await;
    let good = program.printed(&["lesson", "export", "Git Basics", "--style", "reading"]).await;
    let good_file = program.write("good.md", &good);
    let marker = good.lines().position(|line| line.starts_with("<!-- @block")).expect("a block") + 1;
    let broken = good.replacen("<!-- @block ", "<!-- @block banana ", 1);
    let broken_file = program.write("broken.md", &broken);
    let finished = program.run(&["lesson", "import", &good_file, &broken_file]).await;
    assert_eq!((finished.code, finished.out.as_str()), (Some(1), ""), "{finished:?}");
    assert!(finished.err.contains("broken.md") && finished.err.contains(&format!("line {marker}")), "{}", finished.err);
    let not_text = program.home().join("bytes.md");
    std::fs::write(&not_text, b"\xff\xfe").expect("a file");
    let finished = program.run(&["lesson", "import", &not_text.display().to_string()]).await;
    assert_eq!(finished.code, Some(1));
    assert!(finished.err.contains("bytes.md"), "{}", finished.err);
    let db = Db::open_file(&program.database(), 1).await.expect("the database opens");
    assert_eq!(rows(&db, "lessons").await, 1, "nor was the good one");
    db.close().await;
}

/// Four processes bring one fresh database up to date at the same time.
async fn migrate_by_four(url: Option<&str>) {
    let program = Program::new();
    let command = || {
        let mut command = program.command(&["migrate"]);
        command.envs(url.map(|url| ("DATABASE_URL", url)));
        finish(command)
    };
    let (a, b, c, d) = tokio::join!(command(), command(), command(), command());
    for finished in [a, b, c, d] {
        assert_eq!(finished.code, Some(0), "{finished:?}");
        assert!(finished.out.ends_with("database is up to date.\n"), "{finished:?}");
    }
    let mut lesson = program.command(&["lesson", "get", "Git Basics", "--json"]);
    lesson.envs(url.map(|url| ("DATABASE_URL", url)));
    assert_eq!(finish(lesson).await.code, Some(0), "the tables are whole");
}

#[tokio::test]
async fn four_processes_migrate_one_sqlite_file() {
    migrate_by_four(None).await;
}

#[tokio::test]
async fn four_processes_migrate_one_postgres_schema() {
    let Some(database) = TestDatabase::postgres().await else { return };
    // A schema of its own within this test's, which the program finds empty.
    let Db::Postgres(pool) = &database.db else { unreachable!("it is PostgreSQL") };
    let drop_all = "DO $$ DECLARE name TEXT; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
            EXECUTE format('DROP TABLE %I CASCADE', name);
        END LOOP; END $$";
    sqlx::query(drop_all).execute(pool).await.expect("an empty schema");
    migrate_by_four(Some(&database.url)).await;
    assert_eq!(rows(&database.db, "lessons").await, 1);
    database.close().await;
}

#[tokio::test]
async fn the_doctor_says_what_is_well_and_what_to_mend() {
    let program = Program::new();
    let finished = program.run(&["doctor"]).await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    for part in ["ok    Database", "note  Model", "OPENAI_BASE_URL", "Disk", "Port"] {
        assert!(finished.out.contains(part), "{part}: {}", finished.out);
    }
    // A port that was free a moment ago: nobody answers there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr()).expect("a port").port();
    let mut command = program.command(&["doctor"]);
    command.env("OPENAI_BASE_URL", format!("http://127.0.0.1:{port}/v1")).env("OPENAI_API_KEY", "sk-very-secret");
    let finished = finish(command).await;
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(
        finished.out.contains("BAD   Model") && finished.out.contains("hint: check OPENAI_BASE_URL"),
        "{}",
        finished.out
    );
    assert!(!finished.out.contains("very-secret") && !finished.err.contains("very-secret"), "{finished:?}");
    let file = program.write("file", "not a directory");
    let mut command = program.command(&["doctor"]);
    command.env("DATABASE_URL", format!("sqlite://{file}/skillsync.sqlite"));
    let finished = finish(command).await;
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(
        finished.out.contains("BAD   Database") && finished.out.contains("hint: check DATABASE_URL"),
        "{}",
        finished.out
    );
}

#[tokio::test]
async fn schemas_references_and_completions_are_printed() {
    let program = Program::new();
    let sdl = program.printed(&["schema", "graphql"]).await;
    assert!(sdl.contains("getOrGenerateLesson(") && sdl.contains("scalar LearningStyle"), "{sdl}");
    let schema = json(&program.printed(&["schema", "lesson"]).await);
    assert!(jsonschema::validator_for(&schema).is_ok());
    for (what, part) in [("configuration", "SKILLSYNC_SERVER_LISTEN"), ("command-line", "skillsync lesson get")] {
        assert!(program.printed(&["schema", what]).await.contains(part), "{what}");
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(program.printed(&["completions", shell]).await.contains("skillsync"), "{shell}");
    }
    assert!(program.printed(&["--version"]).await.starts_with("skillsync "));
    assert!(program.printed(&["--help"]).await.contains("Usage: skillsync"));
    assert!(!program.home().join("data").exists(), "none of this needs a database");
}

#[tokio::test]
async fn serve_says_where_to_look_and_stops_when_told() {
    let program = Program::new();
    let server = program.serve(&[]).await;
    for part in [
        format!("Learn     http://{}/\n", server.address),
        format!("API       http://{}/graphiql\n", server.address),
        format!("Database  {}\n", program.database().display()),
        "Model     none; the starter library answers".into(),
    ] {
        assert!(server.announced.contains(&part), "{part}: {}", server.announced);
    }
    let client = client();
    let health = Reply::to(client.get(format!("http://{}/healthz", server.address))).await;
    assert_eq!((health.status.as_u16(), health.text.as_str()), (200, "ok\n"));
    let address = server.address;
    let taken = program.run(&["serve", "--listen", &address.to_string()]).await;
    assert_eq!(taken.code, Some(1));
    assert!(
        taken.err.contains(&format!("cannot listen on {address}")) && taken.err.contains("--listen"),
        "{}",
        taken.err
    );
    // The client keeps its connection open, which must not keep the server from stopping.
    let (code, rest) = server.terminate().await;
    assert_eq!((code, rest.as_str()), (Some(0), ""));
    assert!(client.get(format!("http://{address}/healthz")).send().await.is_err(), "nobody listens any more");
}
