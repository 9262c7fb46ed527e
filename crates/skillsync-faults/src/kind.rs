//! What is done to the program.

use clap::ValueEnum;

use crate::interrupted::Blow;

/// A kind of trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Kind {
    /// Nothing fails
    Calm,
    /// kill -9 between two steps
    Boundary,
    /// kill -9 while a step is under way
    Step,
    /// SIGSTOP past the lease, then SIGCONT
    Freeze,
    /// SIGTERM while a lesson is being written
    Stop,
    /// The provider fails in each known way while many wait
    Failing,
    /// PostgreSQL is restarted while a lesson is being written
    Restart,
    /// Many ask at once for what nobody asked for before, on one process
    Rounds,
    /// The same on three processes that share PostgreSQL
    SharedRounds,
    /// Many ask for more than there is money for
    Budget,
}

impl Kind {
    /// All of them, in the order in which they are held.
    pub fn all() -> &'static [Self] {
        Self::value_variants()
    }

    /// The name as the command line has it.
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Whether other trials may be held at the same time. Those that have a crowd, or take a server down, may not.
    pub fn may_share(self) -> bool {
        matches!(self, Self::Calm | Self::Boundary | Self::Step | Self::Freeze | Self::Stop)
    }

    /// Whether it needs PostgreSQL.
    pub fn needs_postgres(self) -> bool {
        matches!(self, Self::Restart | Self::SharedRounds)
    }

    /// What happens to the first process, where that is all that happens.
    pub fn blow(self) -> Option<Blow> {
        match self {
            Self::Boundary => Some(Blow::KillAtBoundary),
            Self::Step => Some(Blow::KillInStep),
            Self::Freeze => Some(Blow::Freeze),
            Self::Stop => Some(Blow::Stop),
            _ => None,
        }
    }
}
