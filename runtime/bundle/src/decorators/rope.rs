//! Text made of pieces of a source and of new text, and its mappings from those of the source.

use oxc_sourcemap::{SourceMap, SourceMapBuilder};

#[derive(Clone, Debug)]
enum Piece {
    New(String),
    /// From, to: bytes of the source.
    Source(usize, usize),
}

/// Text under construction.
#[derive(Clone, Debug, Default)]
pub(super) struct Rope {
    pieces: Vec<Piece>,
}

impl Rope {
    pub(super) fn text(text: impl Into<String>) -> Self {
        let mut rope = Self::default();
        rope.add(text);
        rope
    }

    pub(super) fn add(&mut self, text: impl Into<String>) {
        self.pieces.push(Piece::New(text.into()));
    }

    pub(super) fn source(&mut self, from: usize, to: usize) {
        if from < to {
            self.pieces.push(Piece::Source(from, to));
        }
    }

    pub(super) fn append(&mut self, other: Rope) {
        self.pieces.extend(other.pieces);
    }

    /// The text, and its mappings.
    pub(super) fn finish(&self, source: &str, mappings: &str) -> (String, String) {
        let mut text = String::with_capacity(source.len() * 5 / 4);
        let json = serde_json::json!({ "version": 3, "sources": [""], "names": [], "mappings": mappings })
            .to_string();
        let map = SourceMap::from_json_string(&json);
        let tokens = map.as_ref().map(|map| places(source, map)).unwrap_or_default();
        let mut builder = SourceMapBuilder::default();
        let id = builder.add_source_and_content("", "");
        let mut cursor = Cursor::default();
        for piece in &self.pieces {
            let (from, to) = match piece {
                Piece::New(new) => {
                    cursor.pass(new);
                    text.push_str(new);
                    continue;
                }
                Piece::Source(from, to) => (*from, *to),
            };
            let mut at = from;
            let first = tokens.partition_point(|token| token.offset < from);
            for token in tokens[first..].iter().take_while(|token| token.offset < to) {
                cursor.pass(&source[at..token.offset]);
                at = token.offset;
                builder.add_token(
                    cursor.line,
                    cursor.column,
                    token.line,
                    token.column,
                    Some(id),
                    None,
                );
            }
            cursor.pass(&source[at..to]);
            text.push_str(&source[from..to]);
        }
        let mappings = builder.into_sourcemap().to_json().mappings;
        (text, mappings)
    }
}

/// A mapping, by its offset in the generated source.
struct Mapped {
    offset: usize,
    line: u32,
    column: u32,
}

fn places(source: &str, map: &SourceMap<'_>) -> Vec<Mapped> {
    let mut found = Vec::with_capacity(map.get_tokens().len());
    let mut lines = source.split_inclusive('\n');
    let (mut line, mut start, mut text) = (0, 0, lines.next().unwrap_or_default());
    // Units of UTF-16 and bytes of the line that were passed.
    let (mut units, mut bytes) = (0, 0);
    for token in map.get_tokens() {
        while line < token.get_dst_line() {
            start += text.len();
            text = lines.next().unwrap_or_default();
            line += 1;
            (units, bytes) = (0, 0);
        }
        for character in text[bytes..].chars() {
            if units >= token.get_dst_col() {
                break;
            }
            units += character.len_utf16() as u32;
            bytes += character.len_utf8();
        }
        found.push(Mapped {
            offset: start + bytes,
            line: token.get_src_line(),
            column: token.get_src_col(),
        });
    }
    found
}

/// Line and column in units of UTF-16, from 0.
#[derive(Default)]
struct Cursor {
    line: u32,
    column: u32,
}

impl Cursor {
    fn pass(&mut self, text: &str) {
        for character in text.chars() {
            if character == '\n' {
                self.line += 1;
                self.column = 0;
            } else {
                self.column += character.len_utf16() as u32;
            }
        }
    }
}
