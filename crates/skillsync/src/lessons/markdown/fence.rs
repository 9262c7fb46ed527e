//! Fenced code blocks, read and written by CommonMark's rules, so that a lesson file looks right in any viewer.

/// The line that opens a fenced code block.
pub(super) struct Fence<'a> {
    mark: char,
    length: usize,
    /// What stands behind the fence: the language.
    pub info: &'a str,
}

impl<'a> Fence<'a> {
    /// Reads a line as an opening fence: three or more backticks or tildes at its very beginning.
    pub fn opening(line: &'a str) -> Option<Self> {
        let mark = line.chars().next().filter(|first| "`~".contains(*first))?;
        let info = line.trim_start_matches(mark);
        let length = line.len() - info.len();
        (length >= 3).then(|| Self { mark, length, info: info.trim() })
    }

    /// Whether a line closes the block: at least as many of the same marks, indented by three spaces at most.
    pub fn closed_by(&self, line: &str) -> bool {
        let marks = line.trim_start_matches(' ');
        let indent = line.len() - marks.len();
        let rest = marks.trim_start_matches(self.mark);
        indent <= 3 && marks.len() - rest.len() >= self.length && rest.trim().is_empty()
    }
}

/// Writes a fenced code block. Its fence is longer than any run of backticks that begins a line of the content,
/// indented or not, so that no line of the content can close it.
pub(super) fn fenced(info: &str, content: &str) -> String {
    let run = |line: &str| line.trim_start().chars().take_while(|c| *c == '`').count();
    let longest = content.lines().map(run).max().unwrap_or(0);
    let fence = "`".repeat(3.max(longest + 1));
    if content.is_empty() { format!("{fence}{info}\n{fence}") } else { format!("{fence}{info}\n{content}\n{fence}") }
}
