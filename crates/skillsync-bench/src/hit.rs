//! The benchmark of a hit, from filling the databases to the table.

use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use skillsync::ids::LessonId;

use crate::contestants::{self, Contestant, Filled};
use crate::database::{Database, Views, check_space};
use crate::options::Plan;
use crate::report::Report;
use crate::{figures, questions, rounds, seed};

/// Measures hits.
///
/// # Errors
/// When anything fails, an answer is wrong, or a view was not counted.
pub async fn measure(plan: &Plan, directory: &Path, postgres_url: Option<&str>) -> Result<Report> {
    let filled = fill(plan, directory, postgres_url).await?;
    let mut contestants = contestants::line_up(directory, &filled).await?;
    let samples = rounds::hold(plan, &mut contestants).await?;
    check_views(&mut contestants, &filled).await?;
    let answered = contestants.iter().map(|contestant| contestant.answered).sum();
    let figures = figures::summarise(&contestants, &plan.connections, &samples);
    drop(contestants);
    for Filled { database, .. } in filled {
        Rc::into_inner(database).context("a database is still in use")?.remove().await?;
    }
    Ok(Report::new(plan, answered, figures))
}

async fn fill(plan: &Plan, directory: &Path, postgres_url: Option<&str>) -> Result<Vec<Filled>> {
    check_space(directory, &plan.lessons)?;
    let mut filled = Vec::new();
    for &lessons in &plan.lessons {
        let mut databases = vec![Database::sqlite(directory, &lessons.to_string())];
        if let Some(url) = postgres_url {
            databases.push(Database::postgres(url, &lessons.to_string()).await?);
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
