//! The least of HTTP/1.1 that a load needs: one connection, one question at a time, as little work as possible.
//!
//! It runs on the machine under test, so each microsecond spent here is missing there.

use std::net::SocketAddr;
use std::ops::Range;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// More than any reply has; a longer one makes it grow.
const BUFFER_BYTES: usize = 64 * 1024;

/// A connection that is kept open.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; BUFFER_BYTES] })
    }

    /// Sends a question and gives the body of the answer.
    ///
    /// # Errors
    /// As [`Connection::send`] and [`Connection::receive`] have them.
    pub async fn ask(&mut self, question: &[u8]) -> Result<&[u8]> {
        self.send(question).await?;
        self.receive().await
    }

    /// Sends a question, and does not wait for the answer.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn send(&mut self, question: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(question).await?)
    }

    /// Gives the body of the answer to what was sent.
    ///
    /// # Errors
    /// When the answer is not a 200 with its length, or has another length than it says.
    pub async fn receive(&mut self) -> Result<&[u8]> {
        let (mut filled, mut head) = (0, None);
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await?;
            if read == 0 {
                bail!("the server closed the connection");
            }
            filled += read;
            if head.is_none() {
                head = body_place(&self.buffer[..filled])?;
            }
            let Some(body) = &head else { continue };
            if filled >= body.end {
                break;
            }
            if body.end > self.buffer.len() {
                self.buffer.resize(body.end, 0);
            }
        }
        let body = head.context("an answer has a head")?;
        if filled != body.end {
            bail!("the answer is longer than it says");
        }
        Ok(&self.buffer[body])
    }
}

/// Where the body lies when all of it has come; none while the head is not complete.
fn body_place(received: &[u8]) -> Result<Option<Range<usize>>> {
    let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&received[..end]).context("the head of an answer is not text")?;
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap_or_default();
    if !status.starts_with("HTTP/1.1 200") {
        bail!("a question was answered with `{status}`");
    }
    let length =
        lines.filter_map(|line| line.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, length) = length.context("an answer does not tell its length")?;
    let begin = end + 4;
    Ok(Some(begin..begin + length.trim().parse::<usize>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_placed_when_the_head_is_complete() {
        let place = |text: &str| body_place(text.as_bytes()).map_err(|error| error.to_string());
        assert_eq!(place("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"), Ok(None));
        assert_eq!(place("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"), Ok(Some(38..43)));
        let refused = "a question was answered with `HTTP/1.1 500 Oh`".to_owned();
        assert_eq!(place("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n"), Err(refused));
        assert_eq!(place("HTTP/1.1 200 OK\r\n\r\n"), Err("an answer does not tell its length".to_owned()));
    }
}
