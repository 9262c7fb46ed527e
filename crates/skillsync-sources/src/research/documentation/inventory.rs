//! The inventory of a site that Sphinx made: every page, section and name with its address.
//!
//! Format: <https://sphobjinv.readthedocs.io/en/stable/syntax.html>. Four lines in the clear, then a packed list of lines
//! `name domain:role priority address title`.

use std::io::Read;

use flate2::read::ZlibDecoder;

use crate::SourceError;

const FIRST_LINE: &[u8] = b"# Sphinx inventory version 2";

/// Most bytes that are unpacked: the inventories of the largest projects have about ten million.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Longest line that is an entry and no attack.
const MAX_LINE_BYTES: usize = 2_000;

/// A page, a section of one, or a name explained on one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) title: String,
    /// Below the site's base.
    pub(super) address: String,
}

/// Reads an inventory: its pages, then their sections, then what else it names.
pub(super) fn read(inventory: &[u8]) -> Result<Vec<Entry>, SourceError> {
    if !inventory.starts_with(FIRST_LINE) {
        return Err(SourceError::Garbage);
    }
    let head = inventory.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(3);
    let (end, _) = head.ok_or(SourceError::Garbage)?;
    let mut list = Vec::new();
    ZlibDecoder::new(&inventory[end + 1..]).take(MAX_BYTES).read_to_end(&mut list).map_err(|_| SourceError::Garbage)?;
    let mut entries = String::from_utf8_lossy(&list).lines().filter_map(entry).collect::<Vec<_>>();
    entries.sort_by_key(|(rank, _)| *rank);
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}

/// Reads a line. The name may hold spaces, so that the role is the first word with a colon before a number.
fn entry(line: &str) -> Option<(u8, Entry)> {
    if line.len() > MAX_LINE_BYTES {
        return None;
    }
    let words = line.split(' ').collect::<Vec<_>>();
    let role = (1..words.len().saturating_sub(2))
        .find(|place| words[*place].contains(':') && words[place + 1].parse::<i32>().is_ok())?;
    let name = words[..role].join(" ");
    let address = words[role + 2];
    let title = words.get(role + 3..).map(|title| title.join(" ")).unwrap_or_default();
    let rank = match words[role] {
        "std:doc" => 0,
        "std:label" => 1,
        _ => 2,
    };
    let address = match address.strip_suffix('$') {
        Some(beginning) => format!("{beginning}{name}"),
        None => address.to_owned(),
    };
    let title = if title.is_empty() || title == "-" { name } else { title };
    Some((rank, Entry { title, address }))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    fn inventory(lines: &str) -> Vec<u8> {
        let head =
            "# Sphinx inventory version 2\n# Project: P\n# Version: 1\n# The remainder is compressed using zlib.\n";
        let mut packed = ZlibEncoder::new(head.as_bytes().to_vec(), Compression::default());
        packed.write_all(lines.as_bytes()).expect("memory");
        packed.finish().expect("memory")
    }

    #[test]
    fn pages_come_before_sections_and_names() {
        let entries = read(&inventory(
            "list.append py:method 1 library/stdtypes.html#$ -\n\
             tut-listcomps std:label -1 tutorial/datastructures.html#$ List Comprehensions\n\
             tutorial/datastructures std:doc -1 tutorial/datastructures.html Data Structures\n\
             a name with spaces std:term 1 glossary.html#term-$ -\nbroken line\n",
        ))
        .expect("an inventory");
        let entry = |title: &str, address: &str| Entry { title: title.into(), address: address.into() };
        assert_eq!(
            entries,
            [
                entry("Data Structures", "tutorial/datastructures.html"),
                entry("List Comprehensions", "tutorial/datastructures.html#tut-listcomps"),
                entry("list.append", "library/stdtypes.html#list.append"),
                entry("a name with spaces", "glossary.html#term-a name with spaces"),
            ]
        );
    }

    #[test]
    fn what_is_no_inventory_is_garbage() {
        for bytes in
            [&b""[..], b"<html>", b"# Sphinx inventory version 2\n", b"# Sphinx inventory version 2\n#\n#\n#\nnot zlib"]
        {
            assert_eq!(read(bytes), Err(SourceError::Garbage));
        }
    }

    #[test]
    fn an_inventory_that_swells_is_read_to_the_bound() {
        let swelling = inventory(&"x ".repeat(20 * 1024 * 1024));
        assert!(swelling.len() < 1_000_000, "{} bytes", swelling.len());
        assert_eq!(read(&swelling), Ok(Vec::new()));
    }
}
