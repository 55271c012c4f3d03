//! From the bytes of a file to text: encodings of the tools that write JSON.
//!
//! UTF-8 with and without a byte order mark, and UTF-16 as Windows `PowerShell`
//! writes it. Reads no files and looks at nothing but the first characters.

/// Why bytes are not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotText {
    /// Bytes before the first one that is wrong.
    pub offset: usize,
    /// The encoding that it was taken for.
    pub encoding: &'static str,
}

/// The text of a file, without a byte order mark.
pub(super) fn decode(mut bytes: Vec<u8>) -> Result<String, NotText> {
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf16(rest, "UTF-16LE", u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, "UTF-16BE", u16::from_be_bytes),
        _ => {
            let mark = if bytes.starts_with(MARK) {
                MARK.len()
            } else {
                0
            };
            bytes.drain(..mark);
            String::from_utf8(bytes).map_err(|error| NotText {
                offset: mark + error.utf8_error().valid_up_to(),
                encoding: "UTF-8",
            })
        }
    }
}

/// The byte order mark of UTF-8.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

fn utf16(
    bytes: &[u8],
    encoding: &'static str,
    unit: fn([u8; 2]) -> u16,
) -> Result<String, NotText> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut offset = 2;
    let mut text = String::with_capacity(bytes.len() / 2);
    for char in char::decode_utf16(pairs.iter().map(|&pair| unit(pair))) {
        let char = char.map_err(|_| NotText { offset, encoding })?;
        offset += 2 * char.len_utf16();
        text.push(char);
    }
    if rest.is_empty() {
        Ok(text)
    } else {
        Err(NotText { offset, encoding })
    }
}

/// Whether the bytes begin like a JSON object or array. The first bytes of a
/// file are enough.
pub(super) fn looks_like_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let bytes = match bytes {
        [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] => rest,
        other => other,
    };
    // In UTF-16 every other byte of a JSON text's beginning is zero.
    let first = bytes
        .iter()
        .find(|&&byte| byte != 0 && !byte.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'['))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_give_the_same_text() {
        let text = "{\"é\": \"😀\"}";
        let mut little = vec![0xff, 0xfe];
        let mut big = vec![0xfe, 0xff];
        for unit in text.encode_utf16() {
            little.extend(unit.to_le_bytes());
            big.extend(unit.to_be_bytes());
        }
        let mark = [MARK, text.as_bytes()].concat();
        for bytes in [text.as_bytes().to_vec(), little, big, mark] {
            assert!(looks_like_json(&bytes));
            assert_eq!(decode(bytes).unwrap(), text);
        }
        assert_eq!(decode(b"ab\xff".to_vec()).unwrap_err().offset, 2);
        assert_eq!(decode(b"\xff\xfe{\0\0".to_vec()).unwrap_err().offset, 4);
        assert!(!looks_like_json(b"# readme"));
    }
}
