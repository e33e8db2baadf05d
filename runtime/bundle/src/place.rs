//! A place in a source, with its line as people need to see it.

use std::fmt;

/// Characters of a line that are shown; of a longer line (minified code), a window around the place.
const WINDOW: usize = 100;

/// A place in a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, relative to the root of the program.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The line, or a window of it.
    pub text: String,
    /// Characters of `text` before the caret.
    caret: usize,
    /// Characters that are marked.
    width: usize,
}

impl Place {
    /// The place of the bytes `start..end` in `source`. Offsets are moved to what lies inside.
    pub(crate) fn new(file: &str, source: &str, start: usize, end: usize) -> Self {
        let start = floor(source, start);
        let end = floor(source, end).max(start);
        let line_start = source[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = source[start..].find('\n').map_or(source.len(), |at| start + at);
        let whole = source[line_start..line_end].trim_end_matches('\r');
        let before = source[line_start..start].chars().count();
        let marked = source[start..end.min(line_end)].chars().count().max(1);
        let skip = if before > WINDOW * 3 / 4 {
            before - WINDOW / 2
        } else {
            0
        };
        let mut text: String = whole.chars().skip(skip).take(WINDOW).map(printable).collect();
        if whole.chars().nth(skip + WINDOW).is_some() {
            text.push('…');
        }
        if skip > 0 {
            text.insert(0, '…');
        }
        let caret = before - skip + usize::from(skip > 0);
        let width = marked.min(text.chars().count().saturating_sub(caret).max(1));
        let line = source[..start].matches('\n').count() + 1;
        Self {
            file: file.to_owned(),
            line,
            column: before + 1,
            text,
            caret,
            width,
        }
    }

    /// The line with its number, and below it the caret; each line ends in a newline.
    pub fn excerpt(&self) -> String {
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        let indent: String = self
            .text
            .chars()
            .take(self.caret)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        format!(
            "  {number} | {}\n  {gutter} | {indent}{}\n",
            self.text,
            "^".repeat(self.width)
        )
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A control character could move the cursor of a terminal.
fn printable(character: char) -> char {
    if character.is_control() && character != '\t' {
        '\u{fffd}'
    } else {
        character
    }
}

fn floor(source: &str, offset: usize) -> usize {
    let mut offset = offset.min(source.len());
    while !source.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_place() {
        let place = Place::new("a.js", "let a\n\tlet bé = $$;\r\n", 17, 19);
        assert_eq!(place.to_string(), "a.js:2:11");
        assert_eq!(place.excerpt(), "  2 | \tlet bé = $$;\n    | \t         ^^\n");
    }

    #[test]
    fn of_a_long_line_a_window_is_shown() {
        let source = format!("{}$$${}", "a".repeat(5_000), "b".repeat(5_000));
        let place = Place::new("a.js", &source, 5_000, 5_003);
        assert_eq!(place.column, 5_001);
        let excerpt = place.excerpt();
        let mut lines = excerpt.lines();
        let (text, caret) = (lines.next().expect("a line"), lines.next().expect("a caret"));
        assert!(text.chars().count() < WINDOW + 20, "{text}");
        assert_eq!(
            text.chars().position(|c| c == '$'),
            caret.chars().position(|c| c == '^')
        );
    }

    #[test]
    fn offsets_outside_or_inside_of_a_character_are_moved() {
        assert_eq!(Place::new("a.js", "é", 1, 99).column, 1);
        assert_eq!(Place::new("a.js", "", 7, 3).line, 1);
    }

    #[test]
    fn control_characters_do_not_reach_a_terminal() {
        assert!(!Place::new("a.js", "a\u{1b}[2Jb", 0, 1).text.contains('\u{1b}'));
    }
}
