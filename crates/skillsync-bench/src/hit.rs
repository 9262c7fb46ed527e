//! The benchmark of a hit, from filling the databases to the table.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use skillsync::ids::LessonId;
use skillsync_bench::machine::Machine;

use crate::contestants::{self, Contestant, Filled};
use crate::database::{Database, Views, check_space};
use crate::options::{Options, Plan};
use crate::report::Report;
use crate::{figures, questions, rounds, seed};

/// Runs the benchmark until it is done or a person presses Ctrl-C; either way all servers and files go away.
///
/// # Errors
/// When anything fails, an answer is wrong, or a view was not counted.
pub async fn run_or_be_stopped(options: &Options) -> Result<()> {
    tokio::select! {
        done = run(options) => done,
        _ = tokio::signal::ctrl_c() => bail!("stopped"),
    }
}

async fn run(options: &Options) -> Result<()> {
    let plan = options.plan()?;
    let machine = Machine::this();
    let folder = folder()?;
    std::fs::create_dir_all(&folder)?;
    let directory = tempfile::Builder::new().prefix("run-").tempdir_in(&folder)?;
    let filled = fill(&plan, directory.path(), options.postgres_url.as_deref()).await?;
    let mut contestants = contestants::line_up(directory.path(), &filled).await?;
    let samples = rounds::hold(&plan, &mut contestants).await?;
    check_views(&mut contestants, &filled).await?;
    let answered = contestants.iter().map(|contestant| contestant.answered).sum();
    let figures = figures::summarise(&contestants, &plan.connections, &samples);
    drop(contestants);
    for Filled { database, .. } in filled {
        Rc::into_inner(database).context("a database is still in use")?.remove().await?;
    }
    let report = Report::new(machine, &plan, answered, figures);
    report.write(&options.json)?;
    println!("{report}");
    eprintln!("the same as JSON: {}", options.json.display());
    Ok(())
}

/// Where the databases lie for as long as they are needed: on the disk that we were built on, because a temporary
/// directory may be memory.
fn folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.parent().and_then(Path::parent).context("the program lies in no build directory")?;
    Ok(target.join("bench"))
}

async fn fill(plan: &Plan, directory: &Path, postgres_url: Option<&str>) -> Result<Vec<Filled>> {
    check_space(directory, &plan.lessons)?;
    let mut filled = Vec::new();
    for &lessons in &plan.lessons {
        let mut databases = vec![Database::sqlite(directory, lessons)];
        match postgres_url {
            Some(url) => databases.push(Database::postgres(url, lessons).await?),
            None => eprintln!("PostgreSQL is left out; `cargo xtask bench` starts one"),
        }
        for database in databases {
            let began = Instant::now();
            seed::fill(&database.url, lessons)
                .await
                .with_context(|| format!("{} was not filled", database.engine()))?;
            let seconds = began.elapsed().as_secs_f64();
            eprintln!("{} was filled with {lessons} lessons in {seconds:.1} s", database.engine());
            filled.push(Filled { database: Rc::new(database), lessons });
        }
    }
    Ok(filled)
}

/// Checks that every answer was counted as a view and nothing else was: first as the API shows it, then, when all servers
/// have stopped, as it is stored.
async fn check_views(contestants: &mut [Contestant], filled: &[Filled]) -> Result<()> {
    let expected: Vec<_> = filled.iter().map(|filled| expected_views(contestants, &filled.database)).collect();
    // A server shows its own views at once, and those of another process when that one has written them.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    for (Filled { database, .. }, (hot, expected)) in filled.iter().zip(&expected) {
        let Some(hot) = hot else { continue };
        let contestant = contestants.iter().find(|contestant| is_on(contestant, database) && contestant.hot.is_some());
        let server = &contestant.context("the lesson was asked for")?.server;
        let shown = questions::read_view_count(&contestants::ask(server, &questions::view_count(*hot)).await?)?;
        ensure!(shown == expected.of_one, "{shown} views are shown where {} answers were given", expected.of_one);
    }
    for contestant in contestants.iter_mut().filter(|contestant| contestant.database.is_some()) {
        contestant.server.stop()?;
    }
    for (Filled { database, lessons }, (hot, expected)) in filled.iter().zip(&expected) {
        let stored = database.views(hot.map_or(0, |hot| hot.0)).await?;
        let place = format!("{} with {lessons} lessons", database.engine());
        ensure!(stored == *expected, "{place} holds {stored:?} where {expected:?} answers were given");
    }
    Ok(())
}

/// The views that a database must hold in the end.
fn expected_views(contestants: &[Contestant], database: &Rc<Database>) -> (Option<LessonId>, Views) {
    let mut by_hot = HashMap::new();
    for contestant in contestants.iter().filter(|contestant| is_on(contestant, database)) {
        *by_hot.entry(contestant.hot).or_insert(0) += contestant.answered;
    }
    let of_others = by_hot.remove(&None).unwrap_or(0);
    match by_hot.into_iter().next() {
        Some((hot, of_one)) => (hot, Views { of_one, of_others }),
        None => (None, Views { of_one: 0, of_others }),
    }
}

fn is_on(contestant: &Contestant, database: &Rc<Database>) -> bool {
    contestant.database.as_ref().is_some_and(|own| Rc::ptr_eq(own, database))
}
