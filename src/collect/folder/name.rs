//! Names of files in a snapshot: ids as names, and paths that stay inside.
//!
//! Texts only; may ask the catalogue of calls which names the reader would take
//! for a call. Must not touch a file.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::Error;
use crate::collect::catalog::Catalog;

/// Bytes of an id's name. File systems allow 255; an attribute and `.json`
/// follow.
const LONGEST: usize = 200;
/// Bytes of a path in a snapshot: what a tar header with a prefix can hold.
pub(super) const LONGEST_PATH: usize = 900;

/// The name of the file about one parent, without `.json`: its id, with every
/// byte percent-encoded that some file system, shell or reader gives a meaning.
///
/// The reader decodes it again. An id of more than 200 encoded bytes is cut and
/// ends in `~` and a part of its digest; such a document must name its parent
/// itself.
pub fn file_name(parent: &str) -> String {
    let mut encoded = String::with_capacity(parent.len() + 8);
    let last = parent.len().saturating_sub(1);
    // The reader takes a name that ends like a call for that call.
    let like_call = Catalog::get().operation(parent).is_some();
    let betrays = parent
        .rfind(|char: char| char.is_ascii_alphabetic())
        .filter(|_| like_call);
    for (at, byte) in parent.bytes().enumerate() {
        let end = [".json", ".jsonl", ".gz", ".zst"]
            .iter()
            .any(|end| parent.get(at..) == Some(end));
        let plain = byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_' | b'=' | b'@' | b'+')
            || byte == b'.' && at != 0 && at != last && !end;
        if plain && betrays != Some(at) {
            encoded.push(char::from(byte));
        } else {
            let _infallible = write!(encoded, "%{byte:02X}");
        }
    }
    if encoded.is_empty() || is_device(&encoded) {
        // No file on Windows can be called like a device, whatever follows a dot.
        let first = encoded.bytes().next().unwrap_or(b'_');
        let rest = encoded.get(1..).unwrap_or_default();
        encoded = format!("%{first:02X}{rest}");
    }
    if encoded.len() > LONGEST {
        let digest = Sha256::digest(parent.as_bytes());
        let mut end = LONGEST - 17;
        // Not through the middle of `%2F`.
        while encoded
            .get(end.saturating_sub(2)..end)
            .is_none_or(|tail| tail.contains('%'))
        {
            end -= 1;
        }
        encoded.truncate(end);
        encoded.push('~');
        for byte in digest.iter().take(8) {
            let _infallible = write!(encoded, "{byte:02x}");
        }
    }
    encoded
}

/// <https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file>
fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase();
    let numbered = |device: &str| {
        stem.strip_prefix(device)
            .is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9']))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

/// The parts of a path that leads to a file inside a snapshot, and nowhere else
/// on any system.
pub(super) fn checked(path: &str) -> Result<Vec<&str>, Error> {
    let bad = |reason| Error::Path {
        path: path.chars().take(200).collect(),
        reason,
    };
    if path.len() > LONGEST_PATH {
        return Err(bad("it is longer than 900 bytes"));
    }
    let parts: Vec<&str> = path.split('/').collect();
    for part in &parts {
        let reason = match *part {
            "" => "it is absolute, or a part of it is empty",
            "." | ".." => "it has `.` or `..` in it",
            _ if part.len() > 255 => "a part of it is longer than 255 bytes",
            _ if part.starts_with('.') => "a part of it is hidden",
            _ if part.ends_with(['.', ' ']) => "a part of it ends in a dot or a space",
            _ if part.contains(['\\', ':', '<', '>', '"', '|', '?', '*', '!']) => {
                "it has a character that means something to a file system"
            }
            _ if part.chars().any(char::is_control) => "it has a control character",
            _ if is_device(part) => "a part of it is the name of a device",
            _ => continue,
        };
        return Err(bad(reason));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::read_text;

    #[test]
    fn ids_become_names_of_files() {
        for (id, name) in [
            ("vpc-06e3f6b6bfe139dfd", "vpc-06e3f6b6bfe139dfd"),
            (
                "arn:aws:ram:us-east-1:111122223333:resource-share/0a",
                "arn%3Aaws%3Aram%3Aus-east-1%3A111122223333%3Aresource-share%2F0a",
            ),
            ("..", "%2E%2E"),
            ("a.b.", "a.b%2E"),
            ("a.json", "a%2Ejson"),
            ("100%", "100%25"),
            ("a b!c", "a%20b%21c"),
            ("nul", "%6Eul"),
            ("com1.x", "%63om1.x"),
            ("my-describe-vpcs", "my-describe-vpc%73"),
            ("é", "%C3%A9"),
        ] {
            assert_eq!(file_name(id), name);
            assert!(checked(&file_name(id)).is_ok(), "{id}");
        }
        assert!(checked(&file_name("")).is_ok());
    }

    #[test]
    fn long_ids_are_cut_and_stay_apart() {
        let names: Vec<String> = ["a", "b"]
            .map(|end| file_name(&format!("{}{end}", "x/".repeat(400))))
            .into();
        assert_ne!(names[0], names[1]);
        for name in names {
            assert!(name.len() <= LONGEST, "{}", name.len());
            let cut = name.split('~').next().unwrap();
            assert!(cut.ends_with("%2F") || cut.ends_with('x'), "{cut}");
        }
    }

    #[test]
    fn the_reader_finds_the_parent_in_the_name() {
        for id in [
            "snDescribeVpcs",
            "arn:aws:vpc-lattice:us-east-1:111122223333:servicenetwork/sn-0a",
        ] {
            let name = file_name(id);
            let path = format!("aws/111122223333/us-east-1/ec2.DescribeVpcs/{name}.json");
            let context = crate::collect::document::Context::of(&path);
            assert_eq!(context.hint, Some(("ec2", "DescribeVpcs")), "{name}");
            assert!(
                context
                    .names
                    .iter()
                    .any(|name| name.name == id && name.certain),
                "{id}: {:?}",
                context.names
            );
        }
        assert!(read_text("x.json", "{\"Vpcs\":[]}").problems.is_empty());
    }

    #[test]
    fn paths_stay_inside() {
        for bad in [
            "",
            "/a",
            "a//b",
            "../a",
            "a/..",
            "./a",
            "a\\b",
            "C:/a",
            "a/\u{1}",
            "a/nul.json",
            ".hidden",
            "a!b",
            "a/b.",
        ] {
            assert!(checked(bad).is_err(), "{bad}");
        }
        assert!(checked(&"a/".repeat(500)).is_err());
        let good =
            "aws/111122223333/us-east-1/ec2.DescribeVpcAttribute/vpc-0.enableDnsSupport.json";
        assert_eq!(checked(good).unwrap().len(), 5);
    }
}
