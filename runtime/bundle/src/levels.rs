//! How deep a source of TypeScript or JSX can nest at most, whatever its grammar makes of it.
//!
//! What `<T>(` means depends on the grammar around it, and in JSX a quotation mark may be text, so the tokens of such a source cannot
//! be told without parsing it, and the parser recurses. But no construct contains another without a bracket, an operator or a
//! keyword: names, numbers, spaces, quotation marks, commas and what closes never make a level. So these are not counted, and
//! what can make one is, in comments and strings as well. In what people and generators write a level costs five bytes or more.

/// Punctuation that opens, continues or precedes an operand.
const OPENS: &[u8] = b"([{<>=+-*/%!~&|^?:.@`";

/// Words that an expression, a type or a statement follows without punctuation in between, or that begin what has large frames.
const KEYWORDS: &[&str] = &[
    "as",
    "asserts",
    "async",
    "await",
    "class",
    "delete",
    "do",
    "else",
    "extends",
    "for",
    "function",
    "if",
    "in",
    "infer",
    "instanceof",
    "is",
    "keyof",
    "module",
    "namespace",
    "new",
    "of",
    "readonly",
    "satisfies",
    "switch",
    "try",
    "typeof",
    "unique",
    "void",
    "while",
    "with",
    "yield",
];
/// What such a word counts.
const KEYWORD_LEVELS: usize = 2;

/// An upper bound of the levels in this source.
pub(crate) fn levels_at_most(source: &str) -> usize {
    let mut levels = 0;
    let mut word_start = None;
    let bytes = source.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') {
            word_start.get_or_insert(at);
            continue;
        }
        if let Some(start) = word_start.take() {
            levels += keyword_levels(&bytes[start..at]);
        }
        levels += usize::from(OPENS.contains(byte));
    }
    levels + word_start.map_or(0, |start| keyword_levels(&bytes[start..]))
}

fn keyword_levels(word: &[u8]) -> usize {
    let is_keyword = (2..=10).contains(&word.len())
        && word[0].is_ascii_lowercase()
        && KEYWORDS.iter().any(|keyword| keyword.as_bytes() == word);
    if is_keyword { KEYWORD_LEVELS } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_nest_costs_nothing() {
        assert_eq!(levels_at_most("abc, 'def' 12; }])\n_if $new ifx return const"), 0);
        assert_eq!(levels_at_most("(a)"), 1);
        assert_eq!(levels_at_most("new new a"), 4);
        assert_eq!(levels_at_most("keyof"), 2);
        assert_eq!(levels_at_most("a.b`${c}`"), 4);
    }
}
