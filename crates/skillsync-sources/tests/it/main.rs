//! The crate from outside: sites on this machine answer in the form in which the real ones do, or fail as those do.

mod addresses;
mod failing;
mod links;
mod research;
mod server;
mod sites;
