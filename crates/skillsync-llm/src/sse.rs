//! Server-sent events, read line by line and within bounds.

use crate::Error;

/// Most bytes that wait for the end of their line. One piece of an answer takes some hundred bytes.
const MAX_PENDING_BYTES: usize = 1024 * 1024;

/// Longest stream. Every token travels in about 300 bytes of JSON, so this is far more than the longest answer.
const MAX_STREAM_BYTES: usize = 64 * 1024 * 1024;

/// Cuts a stream of bytes into the payloads of its `data:` lines.
///
/// The standard lets an event span several `data:` lines; no provider does that, each line is one JSON value. Comments,
/// event names and blank lines are passed over.
#[derive(Default)]
pub(crate) struct SseLines {
    pending: Vec<u8>,
    /// How much of `pending` is known to hold no line break, so that a slow line is not searched again with every byte.
    searched_bytes: usize,
    received_bytes: usize,
    is_foreign: bool,
}

/// How the lines of a stream of events begin: fields, comments and blank lines.
const BEGINNINGS: [&[u8]; 7] = [b"data:", b"event:", b"id:", b"retry:", b":", b"\n", b"\r\n"];

impl SseLines {
    /// Takes in what arrived. Whole lines are to be taken out before more is put in.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.received_bytes += bytes.len();
        if self.received_bytes > MAX_STREAM_BYTES {
            return Err(Error::too_large(MAX_STREAM_BYTES));
        }
        if self.pending.len() + bytes.len() > MAX_PENDING_BYTES {
            return Err(Error::too_large(MAX_PENDING_BYTES));
        }
        self.pending.extend_from_slice(bytes);
        Ok(())
    }

    /// Takes in the end of the stream: a last line without a line break counts.
    pub(crate) fn push_end(&mut self) {
        self.pending.push(b'\n');
    }

    /// The next payload, if a whole line of it is there.
    pub(crate) fn next_data(&mut self) -> Option<String> {
        loop {
            let unsearched = &self.pending[self.searched_bytes..];
            let Some(length) = unsearched.iter().position(|byte| *byte == b'\n') else {
                self.searched_bytes = self.pending.len();
                return None;
            };
            let line = self.pending.drain(..=self.searched_bytes + length).collect::<Vec<_>>();
            self.searched_bytes = 0;
            if let Some(data) = line.strip_prefix(b"data:") {
                // Broken UTF-8 becomes a replacement mark, as browsers do it; JSON around it stays readable.
                return Some(String::from_utf8_lossy(data).trim().to_owned());
            }
            // A line that is cut off before it says what it is may have been a right one.
            let cut = line.strip_suffix(b"\n").unwrap_or(&line);
            if !BEGINNINGS.iter().any(|beginning| line.starts_with(beginning) || beginning.starts_with(cut)) {
                self.is_foreign = true;
            }
        }
    }

    /// Whether a line was there that no stream of events has: something else was sent.
    pub(crate) fn is_foreign(&self) -> bool {
        self.is_foreign
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds a stream in pieces of one size and collects what comes out.
    fn read_in_pieces_of(size: usize, stream: &str) -> Vec<String> {
        let mut lines = SseLines::default();
        let mut data = Vec::new();
        for piece in stream.as_bytes().chunks(size) {
            lines.push(piece).expect("the stream is short");
            data.extend(std::iter::from_fn(|| lines.next_data()));
        }
        lines.push_end();
        data.extend(std::iter::from_fn(|| lines.next_data()));
        data
    }

    #[test]
    fn pieces_may_end_anywhere() {
        let stream = ": warming up\r\nevent: delta\r\ndata: {\"text\":\"Grüße 🦀\"}\r\n\r\ndata:2\n\ndata: [DONE]";
        for size in 1..stream.len() {
            assert_eq!(read_in_pieces_of(size, stream), ["{\"text\":\"Grüße 🦀\"}", "2", "[DONE]"], "pieces of {size}");
        }
    }

    #[test]
    fn something_else_is_told_from_a_stream_that_was_cut() {
        let is_foreign = |stream: &str| {
            let mut lines = SseLines::default();
            lines.push(stream.as_bytes()).expect("the stream is short");
            lines.push_end();
            while lines.next_data().is_some() {}
            lines.is_foreign()
        };
        let stream = ": warming up\r\nid: 7\nevent: delta\r\ndata: 1\r\n\r\nretry: 9\n";
        for length in 0..=stream.len() {
            assert!(!is_foreign(&stream[..length]), "{length}");
        }
        for other in ["<html>", "{\"a\": 1}", "data: 1\n\noops\n", "[{"] {
            assert!(is_foreign(other), "{other}");
        }
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut lines = SseLines::default();
        let refused = (0..MAX_PENDING_BYTES).find_map(|_| {
            assert_eq!(lines.next_data(), None);
            lines.push(&[b'x'; 4096]).err()
        });
        assert_eq!(refused, Some(Error::too_large(MAX_PENDING_BYTES)));
    }
}
