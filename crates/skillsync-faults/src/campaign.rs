//! The whole story: which trials are held, in which order, and what is printed.

use std::fs;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, stream};

use crate::chance::Chance;
use crate::crowd::raise_limit_of_open_files;
use crate::database::Engine;
use crate::kind::Kind;
use crate::options::Options;
use crate::program::Program;
use crate::report::{self, Row};
use crate::verdict::Verdict;
use crate::world::{Ground, Trial};
use crate::{budget, calm, failing, interrupted, restarted, rounds};

/// A trial to be held.
#[derive(Clone, Copy, Debug)]
struct Plan {
    kind: Kind,
    engine: Engine,
    number: usize,
}

/// Holds all trials and prints the table. Gives whether all of them passed.
///
/// # Errors
/// When they could not be held at all.
pub async fn hold(options: &Options) -> Result<bool> {
    raise_limit_of_open_files();
    let program = options.program.clone().map_or_else(Program::beside_us, Program::at)?;
    let directory = folder()?.join(format!("run-{}", std::process::id()));
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory)?;
    let (postgres, waiters, is_timed) = (options.postgres(), options.waiters, !options.untimed);
    let ground = Arc::new(Ground { program, directory, postgres, waiters, is_timed });
    let seed = options.seed();
    eprintln!("seed {seed}, {}", ground.program.path.display());

    let plans = plans(options, &ground);
    ensure!(!plans.is_empty(), "there is no such trial: PostgreSQL is needed for some kinds");
    let mut rows = report::rows(plans.iter().map(|plan| (plan.kind, plan.engine)));
    let mut good = true;
    let mut note = |plan: Plan, verdicts: Vec<Verdict>| {
        for verdict in &verdicts {
            good &= verdict.is_good();
            tell(plan, seed, verdict, &ground.directory);
        }
        Row::add(&mut rows, plan.kind, plan.engine, &verdicts);
    };
    let (shared, alone): (Vec<_>, Vec<_>) = plans.into_iter().partition(|plan| plan.kind.may_share());
    let held = stream::iter(shared).map(async |plan| (plan, one(plan, seed, options.rounds, &ground).await));
    let mut held = pin!(held.buffer_unordered(options.jobs));
    while let Some((plan, verdicts)) = held.next().await {
        note(plan, verdicts);
    }
    for plan in alone {
        let verdicts = one(plan, seed, options.rounds, &ground).await;
        note(plan, verdicts);
    }
    println!("{}", report::table(seed, &rows));
    if good {
        fs::remove_dir_all(&ground.directory)?;
    }
    Ok(good)
}

/// Where trials keep their files: on the disk that we were built on, because a temporary directory may be memory.
fn folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.parent().and_then(Path::parent).context("the program lies in no build directory")?;
    Ok(target.join("faults"))
}

fn plans(options: &Options, ground: &Ground) -> Vec<Plan> {
    let mut plans = Vec::new();
    for kind in options.kinds() {
        for engine in options.engines() {
            if kind.needs_postgres() && engine != Engine::Postgres {
                continue;
            }
            if kind == Kind::Restart && ground.postgres.as_ref().is_some_and(|postgres| postgres.control.is_none()) {
                eprintln!("left out: {} on {}, whose server is not ours to restart", kind.name(), engine.as_str());
                continue;
            }
            // Rounds are counted by themselves.
            let trials = if matches!(kind, Kind::Rounds | Kind::SharedRounds) { 1 } else { options.trials };
            let numbers = (0..trials).filter(|number| options.trial.is_none_or(|only| only == *number));
            plans.extend(numbers.map(|number| Plan { kind, engine, number }));
        }
    }
    plans
}

/// Holds one trial. One that cannot be held has failed.
async fn one(plan: Plan, seed: u64, rounds: usize, ground: &Arc<Ground>) -> Vec<Verdict> {
    let Plan { kind, engine, number } = plan;
    let mut trial = Trial {
        ground: ground.clone(),
        engine,
        name: format!("{}-{}-{number}", kind.name(), engine.as_str()),
        number,
        chance: Chance::of(seed, &[kind as u64, engine as u64, number as u64]),
    };
    let mut verdict = Verdict::default();
    let held = match (kind, kind.blow()) {
        (_, Some(blow)) => interrupted::hold(blow, &mut trial, &mut verdict).await,
        (Kind::Failing, _) => failing::hold(&mut trial, &mut verdict).await,
        (Kind::Restart, _) => restarted::hold(&mut trial, &mut verdict).await,
        (Kind::Budget, _) => budget::hold(&mut trial, &mut verdict).await,
        (Kind::Rounds | Kind::SharedRounds, _) => {
            let processes = if kind == Kind::Rounds { 1 } else { 3 };
            match rounds::hold(processes, rounds, &mut trial).await {
                Ok(verdicts) => return verdicts,
                Err(error) => Err(error),
            }
        }
        _ => calm::hold(&mut trial, &mut verdict).await,
    };
    if let Err(error) = held {
        verdict.fault(format!("the trial could not be held: {error:#}"));
    }
    vec![verdict]
}

/// Tells at once what is wrong, and how to see it again.
fn tell(plan: Plan, seed: u64, verdict: &Verdict, directory: &Path) {
    let Plan { kind, engine, number } = plan;
    let (kind, engine) = (kind.name(), engine.as_str());
    if let Some(note) = &verdict.note {
        eprintln!("{kind} on {engine}, trial {number}: {note}");
    }
    if verdict.is_good() {
        return;
    }
    eprintln!("\nFAILED: {kind} on {engine}, trial {number}");
    for fault in &verdict.faults {
        eprintln!("  {fault}");
    }
    eprintln!("  files: {}", directory.join(format!("{kind}-{engine}-{number}")).display());
    eprintln!("  again: cargo xtask faults --seed {seed} --kind {kind} --engine {engine} --trial {number}");
}
