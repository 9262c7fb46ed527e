//! A wrong setting is named with its place, and nothing is started.

use crate::program::{Finished, Program, finish};

#[track_caller]
fn refused(finished: &Finished, parts: &[&str]) {
    assert_eq!((finished.code, finished.out.as_str()), (Some(1), ""), "{finished:?}");
    for part in parts {
        assert!(finished.err.contains(part), "{part}: {}", finished.err);
    }
    assert!(finished.err.contains("hint: ") && !finished.err.contains("panicked"), "{}", finished.err);
}

async fn with_variable(program: &Program, name: &str, value: &str) -> Finished {
    let mut command = program.command(&["migrate"]);
    command.env(name, value);
    finish(command).await
}

#[tokio::test]
async fn a_wrong_value_in_a_file_is_named_with_its_line() {
    let program = Program::new();
    for (text, parts) in [
        ("[server]\n\nmax_body_bytes = \"many\"\n", &["settings.toml:3", "server.max_body_bytes"][..]),
        ("[server]\nlisten = \"localhost\"\n", &["settings.toml:2", "server.listen"]),
        ("[server]\nlistn = \"127.0.0.1:1\"\n", &["settings.toml:2", "server.listn", "listen"]),
        ("[voting]\napprove_percent = 101\n", &["settings.toml:2", "voting.approve_percent"]),
        ("[server\n", &["settings.toml:1", "not valid TOML"]),
        ("[models]\norder = \"openai, gemni\"\n", &["settings.toml:2", "models.order", "gemni", "gemini"]),
    ] {
        let file = program.write("settings.toml", text);
        refused(&program.run(&["migrate", "--config", &file]).await, parts);
    }
    refused(&program.run(&["migrate", "--config", "absent.toml"]).await, &["absent.toml", "cannot read"]);
    assert!(!program.home().join("data").exists(), "nothing was started");
}

#[tokio::test]
async fn a_wrong_variable_or_flag_is_named() {
    let program = Program::new();
    for (name, value, parts) in [
        ("SKILLSYNC_SERVER_LISTEN", "localhost", &["SKILLSYNC_SERVER_LISTEN"][..]),
        ("SKILLSYNC_SERVER_LISTN", "127.0.0.1:1", &["SKILLSYNC_SERVER_LISTN", "SKILLSYNC_SERVER_LISTEN"]),
        ("SKILLSYNC_VIEWS_FLUSH_INTERVAL_MS", "0", &["SKILLSYNC_VIEWS_FLUSH_INTERVAL_MS", "10"]),
        ("DATABASE_URL", "mysql://user:very-secret@host/db", &["DATABASE_URL", "postgres://"]),
        ("OPENAI_BASE_URL", "not an address", &["OPENAI_BASE_URL"]),
    ] {
        let finished = with_variable(&program, name, value).await;
        refused(&finished, parts);
        assert!(!finished.err.contains("very-secret"), "{}", finished.err);
    }
    refused(&program.run(&["serve", "--listen", "banana"]).await, &["--listen"]);
    refused(&program.run(&["migrate", "--database-url", "banana"]).await, &["--database-url"]);
}

#[tokio::test]
async fn later_layers_win() {
    let program = Program::new();
    let by_file = format!("[database]\nurl = \"sqlite://{}/file.sqlite\"\n", program.home().display());
    let file = program.write("settings.toml", &by_file);
    program.printed(&["migrate", "--config", &file]).await;
    assert!(program.home().join("file.sqlite").exists());
    let url = |name: &str| format!("sqlite://{}/{name}.sqlite", program.home().display());
    let mut command = program.command(&["migrate", "--config", &file]);
    command.env("DATABASE_URL", url("variable"));
    assert_eq!(finish(command).await.code, Some(0));
    assert!(program.home().join("variable.sqlite").exists());
    let mut command = program.command(&["migrate", "--config", &file, "--database-url", &url("flag")]);
    command.env("DATABASE_URL", url("unused"));
    assert_eq!(finish(command).await.code, Some(0));
    assert!(program.home().join("flag.sqlite").exists() && !program.home().join("unused.sqlite").exists());
}
