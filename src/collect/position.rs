//! From an offset in a JSON text to its pointer and line.
//!
//! Works on text that may be broken and never fails. Reads no files and knows
//! no kinds.

/// A container that the place is inside of.
enum Frame {
    Object { key: (usize, usize), name: bool },
    Array { index: u64 },
}

/// The pointer of what stands at each offset. A place inside a key is the place
/// of its value. `offsets` must be ascending.
pub(super) fn pointers(text: &str, offsets: &[usize]) -> Vec<String> {
    let bytes = text.as_bytes();
    let mut found = Vec::with_capacity(offsets.len());
    let mut wanted = offsets.iter().copied().peekable();
    let mut stack: Vec<Frame> = Vec::new();
    let mut at = 0;
    while let Some(&want) = wanted.peek() {
        let Some(&byte) = bytes.get(at) else { break };
        let mut end = at + 1;
        match byte {
            b'"' => {
                end = string_end(bytes, at);
                if let Some(Frame::Object { key, name }) = stack.last_mut()
                    && *name
                {
                    *key = (at, end);
                }
            }
            b'{' => stack.push(Frame::Object {
                key: (0, 0),
                name: true,
            }),
            b'[' => stack.push(Frame::Array { index: 0 }),
            b',' => match stack.last_mut() {
                Some(Frame::Object { name, .. }) => *name = true,
                Some(Frame::Array { index }) => *index += 1,
                None => {}
            },
            b':' => {
                if let Some(Frame::Object { name, .. }) = stack.last_mut() {
                    *name = false;
                }
            }
            _ => {}
        }
        if want < end {
            // An opening bracket is the place of what it opens.
            let open = matches!(byte, b'{' | b'[');
            let frames = stack
                .get(..stack.len() - usize::from(open))
                .unwrap_or_default();
            let pointer = render(text, frames);
            while wanted.next_if(|&other| other < end).is_some() {
                found.push(pointer.clone());
            }
        }
        if matches!(byte, b'}' | b']') {
            stack.pop();
        }
        at = end;
    }
    found.resize(offsets.len(), render(text, &stack));
    found
}

fn render(text: &str, frames: &[Frame]) -> String {
    let mut pointer = String::new();
    for frame in frames {
        match frame {
            Frame::Array { index } => {
                pointer.push('/');
                pointer.push_str(&index.to_string());
            }
            Frame::Object {
                key: (start, end), ..
            } if end > start => {
                let name = text.get(*start..*end).unwrap_or_default();
                let name: String = serde_json::from_str(name)
                    .unwrap_or_else(|_| name.trim_matches('"').to_owned());
                push_part(&mut pointer, &name);
            }
            Frame::Object { .. } => {}
        }
    }
    pointer
}

/// Adds a part to a pointer, escaped as RFC 6901 wants it.
pub(super) fn push_part(pointer: &mut String, part: &str) {
    pointer.push('/');
    for char in part.chars() {
        match char {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// Where the string that begins at `at` ends, after its closing quote.
pub(super) fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut next = at + 1;
    while let Some(rest) = bytes.get(next..) {
        match memchr::memchr2(b'"', b'\\', rest) {
            Some(skip) if rest.get(skip) == Some(&b'"') => return next + skip + 1,
            Some(skip) => next += skip + 2,
            None => break,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_name_the_value_at_an_offset() {
        let text = "{\"a\": [1, {\"b/c\": \"x\\\"y\"}], \"d\": {}}";
        let at = |needle: &str| text.find(needle).unwrap();
        let offsets = [at("[1"), at("1,"), at("b/c"), at("x\\"), at("d\"")];
        assert_eq!(
            pointers(text, &offsets),
            ["/a", "/a/0", "/a/1/b~1c", "/a/1/b~1c", "/d"]
        );
        assert_eq!(pointers("[[", &[1, 7]), ["/0", "/0/0"]);
    }
}
