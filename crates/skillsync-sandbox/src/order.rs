//! What the parent tells the child before the program runs, and how the child answers.
//!
//! Everything goes through the child's standard input: the length of the order as four bytes, the order as JSON, then the
//! program's text, and then what the program itself reads. So nothing shows in a list of processes, no file is needed,
//! and no descriptor is handed over.

use std::io::{self, Read};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::Language;

/// The first byte that the interpreter prints, before the program's own output: the jail is closed and it is up. A
/// child that ended without it says on standard error why no program was run.
pub(crate) const READY: u8 = 1;

/// The exit codes with which an interpreter tells why the program failed. A program may use them too, and then has
/// itself to thank for a wrong message.
pub(crate) const OUT_OF_MEMORY: u8 = 117;
/// See [`OUT_OF_MEMORY`].
pub(crate) const TOO_DEEP: u8 = 118;

/// An order is small; more is not read.
const LONGEST_BYTES: usize = 1024 * 1024;

/// What to do, and within which bounds.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub language: Language,
    pub task: Task,
    /// How many bytes of standard input are the program.
    pub source_bytes: usize,
    pub cpu_s: u64,
    pub memory_bytes: u64,
    /// The process id of the parent: the child ends with it.
    pub parent: u32,
    /// For Python.
    pub interpreter: Option<Interpreter>,
}

/// What to do with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Task {
    Run,
    Parse,
}

/// An interpreter on this machine and what it must be able to read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Interpreter {
    /// The program file itself, with all links followed.
    pub executable: PathBuf,
    /// The folders of its own library.
    pub folders: Vec<PathBuf>,
    /// Shared libraries, the loader among them, and other single files.
    pub files: Vec<PathBuf>,
}

impl Order {
    /// The bytes that go before the program.
    pub fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let json = serde_json::to_vec(self)?;
        let length = u32::try_from(json.len()).map_err(io::Error::other)?;
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.extend(json);
        Ok(bytes)
    }

    /// Reads an order and not one byte more.
    pub fn read(mut from: impl Read) -> io::Result<Self> {
        let mut length = [0; 4];
        from.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length) as usize;
        if length > LONGEST_BYTES {
            return Err(io::Error::other("the order is too long"));
        }
        let mut json = vec![0; length];
        from.read_exact(&mut json)?;
        Ok(serde_json::from_slice(&json)?)
    }
}
