//! What callers hold: where programs are run, how many at once, and whether they can be run here at all.

use std::fmt;
use std::io;
use std::sync::Arc;

use tokio::sync::{OnceCell, Semaphore};

use crate::order::{Interpreter, Order, Task};
use crate::running::{self, Heard, Jailer, Stopped};
use crate::{Ended, Language, Limits, Parsed, Program, Ran, SandboxError, python, verdict};

/// Runs programs. It is cheap to clone, and clones share the bound on how many run at once.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

enum Inner {
    Jail(Box<Jail>),
    Scripted(Box<dyn Fn(&Program<'_>) -> Ran + Send + Sync>),
    None,
}

struct Jail {
    jailer: Jailer,
    limits: Limits,
    places: Semaphore,
    python: OnceCell<Result<Interpreter, String>>,
    javascript: OnceCell<Result<(), String>>,
}

/// What can be run: with an interpreter where the language needs one.
type Means = Option<Interpreter>;

impl Sandbox {
    /// Programs run in children that `jailer` starts, at most so many at once; others wait for a place.
    #[must_use]
    pub fn new(jailer: Jailer, limits: Limits, most_at_once: usize) -> Self {
        let places = Semaphore::new(most_at_once.clamp(1, Semaphore::MAX_PERMITS));
        let (python, javascript) = (OnceCell::new(), OnceCell::new());
        Self { inner: Arc::new(Inner::Jail(Box::new(Jail { jailer, limits, places, python, javascript }))) }
    }

    /// Answers as a test wants, without any process. Everything parses.
    #[must_use]
    pub fn scripted(answer: impl Fn(&Program<'_>) -> Ran + Send + Sync + 'static) -> Self {
        Self { inner: Arc::new(Inner::Scripted(Box::new(answer))) }
    }

    /// Where nothing can be run, because the operator does not want it.
    #[must_use]
    pub fn none() -> Self {
        Self { inner: Arc::new(Inner::None) }
    }

    /// Runs a program to its end, or to the end of its bounds. When the future is dropped, the program is killed.
    ///
    /// # Errors
    /// When the program was not run at all. That a program fails is no error.
    pub async fn run(&self, program: &Program<'_>) -> Result<Ran, SandboxError> {
        match &*self.inner {
            Inner::Jail(jail) => jail.carry_out(Task::Run, program).await,
            Inner::Scripted(answer) => Ok(answer(program)),
            Inner::None => Err(switched_off(program.language)),
        }
    }

    /// Compiles a program without running it. Compilers are programs with a bad day too, so this happens in the jail.
    ///
    /// # Errors
    /// When it was not tried at all.
    pub async fn parse(&self, language: Language, source: &str) -> Result<Parsed, SandboxError> {
        let program = Program { language, source, input: "" };
        let ran = match &*self.inner {
            Inner::Jail(jail) => jail.carry_out(Task::Parse, &program).await?,
            Inner::Scripted(_) => return Ok(Parsed::Good),
            Inner::None => return Err(switched_off(language)),
        };
        Ok(match ran.ended {
            Ended::Finished => Parsed::Good,
            Ended::Failed => Parsed::Bad { message: ran.errors },
            ended => Parsed::Bad { message: format!("{}\n{}", ended.message(), ran.errors).trim_end().to_owned() },
        })
    }

    /// Whether programs in this language can be run here. It is tried once with a small program and then remembered.
    ///
    /// # Errors
    /// When they cannot, with the reason; or when the trial itself broke, and then it is tried again the next time.
    pub async fn availability(&self, language: Language) -> Result<(), SandboxError> {
        match &*self.inner {
            Inner::Jail(jail) => jail.means(language).await.map(|_| ()),
            Inner::Scripted(_) => Ok(()),
            Inner::None => Err(switched_off(language)),
        }
    }
}

fn switched_off(language: Language) -> SandboxError {
    SandboxError::Unavailable { language, why: "running programs is switched off on this server".to_owned() }
}

impl Jail {
    /// Waits for a place and runs one child.
    async fn carry_out(&self, task: Task, program: &Program<'_>) -> Result<Ran, SandboxError> {
        let means = self.means(program.language).await?;
        let _place = self.places.acquire().await.map_err(io::Error::other)?;
        let heard = self.start(task, program, means).await?;
        if !heard.ready {
            return Err(SandboxError::Broken(io::Error::other(reason(&heard))));
        }
        Ok(verdict::ran(&heard, &self.limits))
    }

    async fn start(&self, task: Task, program: &Program<'_>, means: Means) -> io::Result<Heard> {
        let order = Order {
            language: program.language,
            task,
            source_bytes: program.source.len(),
            cpu_s: self.limits.cpu.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX),
            memory_bytes: self.limits.memory_bytes,
            parent: std::process::id(),
            interpreter: means,
        };
        running::run(&self.jailer, &order, (program.source, program.input), &self.limits).await
    }

    async fn means(&self, language: Language) -> Result<Means, SandboxError> {
        let means = match language {
            Language::Python => self.python.get_or_try_init(|| self.find_python()).await?.clone().map(Some),
            Language::JavaScript => {
                self.javascript.get_or_try_init(|| self.try_javascript()).await?.clone().map(|()| None)
            }
        };
        means.map_err(|why| SandboxError::Unavailable { language, why })
    }

    /// The first interpreter on the machine that runs a small program in the jail.
    async fn find_python(&self) -> io::Result<Result<Interpreter, String>> {
        let mut reasons = Vec::new();
        for candidate in python::CANDIDATES {
            let tried = match python::examine(candidate).await {
                Ok(interpreter) => self
                    .try_out(Language::Python, python::TRIAL, Some(interpreter.clone()))
                    .await?
                    .map(|()| interpreter),
                Err(why) => Err(why),
            };
            match tried {
                Ok(interpreter) => return Ok(Ok(interpreter)),
                Err(why) => reasons.push(format!("{candidate}: {why}")),
            }
        }
        Ok(Err(reasons.join("; ")))
    }

    async fn try_javascript(&self) -> io::Result<Result<(), String>> {
        self.try_out(Language::JavaScript, "console.log('ready')", None).await
    }

    /// Whether a program that prints `ready` does.
    async fn try_out(&self, language: Language, source: &str, means: Means) -> io::Result<Result<(), String>> {
        let heard = match self.start(Task::Run, &Program { language, source, input: "" }, means).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Err(format!("{} is not there to be started", self.jailer.program.display())));
            }
            heard => heard?,
        };
        if matches!(heard.stopped, Stopped::OutOfTime) {
            // That is said of a busy moment, and a busy moment is not to be remembered.
            return Err(io::Error::from(io::ErrorKind::TimedOut));
        }
        let good = heard.ready && heard.output == b"ready\n";
        Ok(if good { Ok(()) } else { Err(reason(&heard)) })
    }
}

/// Why a child did not do its work, from its last words.
fn reason(heard: &Heard) -> String {
    let said = String::from_utf8_lossy(&heard.errors);
    let said = said.trim();
    if said.is_empty() { format!("it ended without a word ({:?})", heard.stopped) } else { said.to_owned() }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, limits) = match &*self.inner {
            Inner::Jail(jail) => ("jail", Some(&jail.limits)),
            Inner::Scripted(_) => ("scripted", None),
            Inner::None => ("none", None),
        };
        formatter.debug_struct("Sandbox").field("kind", &kind).field("limits", &limits).finish()
    }
}
