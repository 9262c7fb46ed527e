//! What a miss is compared with: a client that asks the provider itself for all parts of a lesson, and does nothing with them.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Result, ensure};
use axum::body::Bytes;
use skillsync_bench::client::Connection;

/// The questions for one lesson, as the program has put them: the plan's first, then those of its parts.
pub type Calls = Arc<[Bytes]>;

/// A client with a connection for each part, since they are asked for side by side.
pub struct Caller {
    calls: Calls,
    connections: Vec<Connection>,
}

impl Caller {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens, or there are no questions.
    pub async fn connect(address: SocketAddr, calls: Calls) -> Result<Self> {
        ensure!(calls.len() > 1, "a lesson has a plan and parts");
        let mut connections = Vec::new();
        for _ in 1..calls.len() {
            connections.push(Connection::open(address).await?);
        }
        Ok(Self { calls, connections })
    }

    /// Asks for a whole lesson: the plan, and when it is there, all parts at once. Gives the bytes of the answers.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn ask(&mut self) -> Result<usize> {
        let mut bytes = self.connections[0].ask(&self.calls[0]).await?.len();
        for (connection, call) in self.connections.iter_mut().zip(&self.calls[1..]) {
            connection.send(call).await?;
        }
        for connection in &mut self.connections {
            bytes += connection.receive().await?.len();
        }
        Ok(bytes)
    }
}
