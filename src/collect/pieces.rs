//! Large files in pieces, each a document of its own.
//!
//! A file is cut between the items of its outermost array, and each piece is
//! closed and opened again as the file around it demands, so that pieces are
//! read like files. Follows strings and depth only; whether it is JSON shows
//! when the pieces are read.

use std::io::{self, Read};

/// A part of a file that is a document of its own.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub text: Vec<u8>,
    /// Bytes at the beginning that are not in the file.
    pub prefix: usize,
    /// Offset in the file of what follows them.
    pub start: u64,
    /// Lines of the file before it.
    pub lines: u64,
    /// Keys down to the array that goes on here, and the position in it.
    pub resumed: Option<(Vec<Vec<u8>>, u32)>,
}

/// Cuts what it reads into pieces.
pub(super) struct Pieces<R> {
    reader: R,
    target: usize,
    limit: usize,
    scan: Scan,
    piece: Piece,
    /// How much of the piece was looked at.
    seen: usize,
    offset: u64,
    done: bool,
}

/// What is known about the place that was reached.
#[derive(Debug, Default)]
struct Scan {
    string: bool,
    escape: bool,
    /// Start of the string or of the last one, in the piece.
    quote: usize,
    last: Vec<u8>,
    depth: usize,
    /// Keys of the objects around the outermost array.
    keys: Vec<Vec<u8>>,
    /// Depth inside the outermost array; 0 outside of one.
    array: usize,
    items: u32,
}

impl<R: Read> Pieces<R> {
    /// Cuts pieces of about `target` bytes; an item larger than `limit` is an
    /// error.
    pub(super) fn new(reader: R, target: usize, limit: usize) -> Self {
        Self {
            reader,
            target,
            limit,
            scan: Scan::default(),
            piece: Piece::default(),
            seen: 0,
            offset: 0,
            done: false,
        }
    }

    /// The next piece.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece>> {
        if self.done {
            return Ok(None);
        }
        loop {
            if let Some(cut) = self.look() {
                return Ok(Some(self.cut(cut)));
            }
            if self.piece.text.len() > self.limit {
                self.done = true;
                return Err(io::Error::other(format!(
                    "one item is larger than {} bytes",
                    self.limit
                )));
            }
            let before = self.piece.text.len();
            let block = (self.target / 4).clamp(64, 1 << 20) as u64;
            self.reader
                .by_ref()
                .take(block)
                .read_to_end(&mut self.piece.text)?;
            if self.piece.text.len() == before {
                self.done = true;
                return Ok(Some(std::mem::take(&mut self.piece)));
            }
        }
    }

    /// Looks at what was read; the position after a comma to cut at.
    fn look(&mut self) -> Option<usize> {
        while self.seen < self.piece.text.len() {
            if self.token() && self.seen - self.piece.prefix >= self.target {
                return Some(self.seen);
            }
        }
        None
    }

    /// Goes on to the next byte that matters; whether it is a comma between
    /// items of the outermost array.
    fn token(&mut self) -> bool {
        let rest = self.piece.text.get(self.seen..).unwrap_or_default();
        let at = self.seen;
        let wanted = if self.scan.escape {
            self.scan.escape = false;
            self.seen += 1;
            return false;
        } else if self.scan.string {
            memchr::memchr2(b'"', b'\\', rest)
        } else {
            rest.iter()
                .position(|byte| matches!(byte, b'"' | b'{' | b'[' | b'}' | b']' | b',' | b':'))
        };
        let Some(skip) = wanted else {
            self.seen = self.piece.text.len();
            return false;
        };
        self.seen += skip + 1;
        let byte = rest.get(skip).copied().unwrap_or_default();
        if !self.scan.string {
            return self.scan.step(byte, at + skip);
        }
        self.scan.escape = byte == b'\\';
        self.scan.string = self.scan.escape;
        if !self.scan.string && self.scan.array == 0 {
            self.scan.last = self
                .piece
                .text
                .get(self.scan.quote..self.seen)
                .unwrap_or_default()
                .to_vec();
        }
        false
    }

    /// Ends the piece before the comma and begins the next one behind it.
    fn cut(&mut self, after: usize) -> Piece {
        let rest = self.piece.text.split_off(after);
        let mut piece = std::mem::take(&mut self.piece);
        let body = piece.text.get(piece.prefix..).unwrap_or_default();
        self.offset = piece.start + body.len() as u64;
        let lines = piece.lines + memchr::memchr_iter(b'\n', body).count() as u64;
        piece.text.pop();
        piece.text.push(b']');
        piece
            .text
            .extend(std::iter::repeat_n(b'}', self.scan.keys.len()));
        let mut text = Vec::with_capacity(self.target + self.target / 4);
        for key in &self.scan.keys {
            text.push(b'{');
            text.extend_from_slice(key);
            text.push(b':');
        }
        text.push(b'[');
        let prefix = text.len();
        text.extend_from_slice(&rest);
        self.seen = prefix;
        let resumed = Some((self.scan.keys.clone(), self.scan.items));
        self.piece = Piece {
            text,
            prefix,
            start: self.offset,
            lines,
            resumed,
        };
        piece
    }
}

impl Scan {
    /// Takes a byte outside of strings; whether it is a comma between items of
    /// the outermost array.
    fn step(&mut self, byte: u8, at: usize) -> bool {
        match byte {
            b'"' => {
                self.string = true;
                self.quote = at;
            }
            b'{' | b'[' => {
                self.depth += 1;
                if byte == b'[' && self.array == 0 {
                    self.array = self.depth;
                    self.items = 0;
                }
            }
            b'}' | b']' => {
                if self.array == self.depth {
                    self.array = 0;
                }
                self.depth = self.depth.saturating_sub(1);
                if self.array == 0 {
                    self.keys.truncate(self.depth);
                }
            }
            b':' if self.array == 0 => {
                self.keys.truncate(self.depth.saturating_sub(1));
                self.keys.push(self.last.clone());
            }
            b',' if self.array != 0 && self.array == self.depth => {
                self.items = self.items.saturating_add(1);
                return true;
            }
            _ => {}
        }
        false
    }
}

/// Where the items of the outermost arrays of a file begin, with their positions
/// in their arrays.
pub(super) fn items(reader: impl Read) -> Vec<(u64, u32)> {
    let mut pieces = Pieces::new(reader, usize::MAX, usize::MAX);
    let mut items = Vec::new();
    let mut offset = 0;
    loop {
        pieces.piece.text.clear();
        pieces.seen = 0;
        // What cannot be read has no items.
        let read = pieces
            .reader
            .by_ref()
            .take(1 << 20)
            .read_to_end(&mut pieces.piece.text);
        if read.is_err() || pieces.piece.text.is_empty() {
            return items;
        }
        while pieces.seen < pieces.piece.text.len() {
            let outside = pieces.scan.array == 0;
            let item = pieces.token();
            if item || (outside && pieces.scan.array != 0) {
                items.push((offset + pieces.seen as u64, pieces.scan.items));
            }
        }
        offset += pieces.piece.text.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str, target: usize) -> Vec<Piece> {
        let mut pieces = Pieces::new(text.as_bytes(), target, 1 << 20);
        std::iter::from_fn(|| pieces.next().unwrap()).collect()
    }

    #[test]
    fn pieces_are_documents() {
        let text = "{\"x\": {\"A\": [{\"a\": \"],{\\\"\"},\n {\"b\": [1, 2]}, 3]}, \"B\": [4, 5],\n \"t\": 1}";
        let pieces = all(text, 1);
        let texts: Vec<_> = pieces
            .iter()
            .map(|piece| {
                std::str::from_utf8(&piece.text)
                    .unwrap()
                    .replace(['\n', ' '], "")
            })
            .collect();
        assert_eq!(
            texts,
            [
                "{\"x\":{\"A\":[{\"a\":\"],{\\\"\"}]}}",
                "{\"x\":{\"A\":[{\"b\":[1,2]}]}}",
                "{\"x\":{\"A\":[3]},\"B\":[4]}",
                "{\"B\":[5],\"t\":1}"
            ]
        );
        assert_eq!(pieces[2].resumed.as_ref().unwrap().1, 2);
        assert_eq!(pieces[3].lines, 1);
        for piece in &pieces[1..] {
            let start = usize::try_from(piece.start).unwrap();
            assert_eq!(text.as_bytes()[start], piece.text[piece.prefix]);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_cut(bytes: Vec<u8>, target in 1_usize..50) {
            let mut pieces = Pieces::new(bytes.as_slice(), target, 1 << 20);
            let mut body = 0;
            while let Ok(Some(piece)) = pieces.next() {
                body += piece.text.len();
            }
            prop_assert!(body >= bytes.len() || bytes.is_empty());
        }
    }
}
