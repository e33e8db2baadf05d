//! Bounds how deep a JavaScript source nests, before a recursive parser sees it.
//!
//! The parser descends once for every open bracket and for every construct that contains itself at its right end
//! (`!!!x`, `a => b => c`, `a = b = c`, `else if …`). A hostile file of a few megabytes could so overflow any
//! stack, which ends the whole process. This scan walks the tokens without recursion and counts an upper bound of
//! that depth. It is no parser: it knows just enough of the grammar to tell a regular expression from a division
//! and a block from an object. Where a wrong guess would let it miss brackets (`await /`, HTML-like comments), it
//! refuses the file. Anything that it finds malformed it leaves to the parser for a good message, but then the
//! parser gets the text up to that place only.

/// Deepest nesting that is accepted. Hand-written and generated programs stay below a tenth of it; the stack
/// of the loading thread ([`crate::parse::STACK_BYTES`]) is sized for it with room to spare.
pub(crate) const NESTING_MAX: u32 = 1_500;

/// What the scan found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nesting {
    /// The whole source is safe to parse.
    Bounded,
    /// Something does not fit before this offset; only the text up to it is safe to parse.
    MalformedAt(usize),
    /// Nested deeper than [`NESTING_MAX`] from this offset on.
    TooDeepAt(usize),
    /// A form that is not accepted, at this offset: what it is, and what to write instead.
    RefusedAt(usize, &'static str, &'static str),
}

/// Scans a source.
pub(crate) fn nesting(source: &str) -> Nesting {
    let mut scan = Scan {
        source,
        bytes: source.as_bytes(),
        at: 0,
        frames: vec![Frame::new(Bracket::Block { then_operand: false })],
        total: 0,
        previous: Previous::Start,
        newline: true,
        settle: Settle::No,
    };
    match scan.run() {
        Ok(()) => Nesting::Bounded,
        Err(stop) => stop,
    }
}

/// An open bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bracket {
    /// Statements: a block, a function body.
    Block {
        then_operand: bool,
    },
    Object,
    Class {
        then_operand: bool,
    },
    Group,
    /// The head of `if`, `for`, `while`, `with`.
    Control,
    /// Parameters; whether the function is an expression.
    Parameters {
        then_operand: bool,
    },
    Square,
    /// `${`
    Template,
}

#[derive(Debug)]
struct Frame {
    bracket: Bracket,
    /// Open statements that end in a statement: `if`, `else`, `for`, labels.
    statements: u32,
    /// Open expressions that end in an expression.
    expressions: u32,
    /// The next parenthesis is the head of a control statement.
    control: bool,
    /// The next parenthesis holds parameters of a function; whether it is an expression.
    function: Option<bool>,
    /// Classes whose body is still to come; whether they are expressions.
    classes: Vec<bool>,
    /// `?` whose `:` is still to come.
    conditionals: u32,
    /// The next word is the name of a member.
    at_key: bool,
}

impl Frame {
    fn new(bracket: Bracket) -> Self {
        let at_key = matches!(bracket, Bracket::Object | Bracket::Class { .. });
        Self {
            bracket,
            statements: 0,
            expressions: 0,
            control: false,
            function: None,
            classes: Vec::new(),
            conditionals: 0,
            at_key,
        }
    }
}

/// What stands before the current token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Previous {
    /// A statement may start here.
    Start,
    /// An operand has ended: `/` divides.
    Operand,
    /// An operand must follow.
    Operator,
    /// `.` or `?.`: a name must follow.
    Dot,
    Arrow,
    Export,
    Class,
    /// `)` after parameters.
    Parameters {
        then_operand: bool,
    },
    /// `await`, `yield`, `of`: an operator or a name.
    Unclear,
}

/// Whether what is open in this bracket ends before the next token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Settle {
    No,
    /// After `;`
    Unless,
    /// After `}`: only if the next token cannot go on with an expression.
    AfterBrace,
}

struct Scan<'a> {
    source: &'a str,
    bytes: &'a [u8],
    at: usize,
    frames: Vec<Frame>,
    total: u32,
    previous: Previous,
    newline: bool,
    settle: Settle,
}

type Step = Result<(), Nesting>;

impl Scan<'_> {
    fn run(&mut self) -> Step {
        if self.source.starts_with("#!") {
            self.skip_line();
        }
        loop {
            self.skip_space()?;
            let Some(&byte) = self.bytes.get(self.at) else {
                return Ok(());
            };
            match byte {
                b'"' | b'\'' => {
                    self.begin_operand();
                    self.string(byte)?;
                }
                b'`' => {
                    self.settle = Settle::No;
                    self.at += 1;
                    self.template()?;
                }
                b'0'..=b'9' => self.number(),
                b'.' if self.peek(1).is_some_and(|next| next.is_ascii_digit()) => self.number(),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | b'\\' | b'#' | 0x80.. => self.word()?,
                b'/' => self.slash()?,
                // The parser takes them, and descends for each; the engine does not know them.
                b'@' => {
                    let help = "name the file .ts";
                    return Err(Nesting::RefusedAt(self.at, "decorators are for TypeScript", help));
                }
                b'(' | b'[' | b'{' => self.open(byte)?,
                b')' | b']' | b'}' => self.close(byte)?,
                _ => self.punctuator(byte)?,
            }
            self.newline = false;
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn top(&mut self) -> &mut Frame {
        self.frames
            .last_mut()
            .expect("the outermost frame is never popped")
    }

    fn deeper(&mut self) -> Step {
        self.total += 1;
        if self.total > NESTING_MAX {
            Err(Nesting::TooDeepAt(self.at))
        } else {
            Ok(())
        }
    }

    fn expression(&mut self) -> Step {
        self.top().expressions += 1;
        self.deeper()
    }

    fn statement(&mut self) -> Step {
        self.top().statements += 1;
        self.deeper()
    }

    fn end_expressions(&mut self) {
        let ended = std::mem::take(&mut self.top().expressions);
        self.total -= ended;
    }

    fn end_statements(&mut self) {
        self.end_expressions();
        let top = self.top();
        top.conditionals = 0;
        let ended = std::mem::take(&mut top.statements);
        self.total -= ended;
    }

    /// A token that cannot go on with an expression: if one was complete, it has ended.
    fn begin_operand(&mut self) {
        let asi = self.newline && self.previous == Previous::Operand;
        if self.settle != Settle::No || asi {
            self.end_statements();
        }
        self.settle = Settle::No;
        if asi && matches!(self.top().bracket, Bracket::Class { .. }) {
            self.top().at_key = true;
        }
    }

    /// A token that could go on with an expression that ended in `}`.
    fn begin_operator(&mut self) {
        if self.settle == Settle::Unless {
            self.end_statements();
        }
        self.settle = Settle::No;
    }

    fn skip_line(&mut self) {
        while let Some(character) = self.source[self.at..].chars().next() {
            if matches!(character, '\n' | '\r' | '\u{2028}' | '\u{2029}') {
                return;
            }
            self.at += character.len_utf8();
        }
    }

    fn skip_space(&mut self) -> Step {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' | b'\r' => {
                    self.newline = true;
                    self.at += 1;
                }
                b' ' | b'\t' | 0x0b | 0x0c => self.at += 1,
                b'/' if self.peek(1) == Some(b'/') => self.skip_line(),
                b'/' if self.peek(1) == Some(b'*') => {
                    let Some(end) = self.source[self.at + 2..].find("*/") else {
                        return Err(Nesting::MalformedAt(self.bytes.len()));
                    };
                    let comment = &self.source[self.at..self.at + 2 + end];
                    self.newline |= comment.contains(['\n', '\r', '\u{2028}', '\u{2029}']);
                    self.at += end + 4;
                }
                b'<' if self.source[self.at..].starts_with("<!--") => return Err(self.html_comment()),
                b'-' if self.newline && self.source[self.at..].starts_with("-->") => {
                    return Err(self.html_comment());
                }
                0x80.. => {
                    let character = self.source[self.at..].chars().next().expect("there is a byte");
                    if !character.is_whitespace() && character != '\u{feff}' {
                        return Ok(());
                    }
                    self.newline |= matches!(character, '\u{2028}' | '\u{2029}');
                    self.at += character.len_utf8();
                }
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    fn html_comment(&self) -> Nesting {
        Nesting::RefusedAt(
            self.at,
            "ambiguous syntax",
            "`<!--` and `-->` are comments in scripts and operators in modules; put a space in between, or use //",
        )
    }

    fn string(&mut self, quote: u8) -> Step {
        self.at += 1;
        loop {
            match self.peek(0) {
                None => return Err(Nesting::MalformedAt(self.bytes.len())),
                Some(b'\n' | b'\r') => return Err(Nesting::MalformedAt(self.at)),
                Some(b'\\') => {
                    // A line continuation may be two bytes long.
                    self.at += if self.peek(1) == Some(b'\r') && self.peek(2) == Some(b'\n') {
                        3
                    } else {
                        2
                    };
                }
                Some(byte) => {
                    self.at += 1;
                    if byte == quote {
                        self.previous = Previous::Operand;
                        return Ok(());
                    }
                }
            }
        }
    }

    /// The text of a template, from after its opening or after the `}` of a substitution.
    fn template(&mut self) -> Step {
        loop {
            match self.peek(0) {
                None => return Err(Nesting::MalformedAt(self.bytes.len())),
                Some(b'\\') => self.at += 2,
                Some(b'`') => {
                    self.at += 1;
                    self.previous = Previous::Operand;
                    return Ok(());
                }
                Some(b'$') if self.peek(1) == Some(b'{') => {
                    self.at += 2;
                    self.frames.push(Frame::new(Bracket::Template));
                    self.previous = Previous::Operator;
                    return self.deeper();
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn number(&mut self) {
        self.begin_operand();
        let start = self.at;
        while let Some(byte) = self.peek(0) {
            let exponent = matches!(byte, b'+' | b'-')
                && self.at > start
                && matches!(self.bytes[self.at - 1], b'e' | b'E')
                && !matches!(self.bytes.get(start + 1), Some(b'x' | b'X'));
            if !byte.is_ascii_alphanumeric() && byte != b'.' && byte != b'_' && !exponent {
                break;
            }
            self.at += 1;
        }
        self.previous = Previous::Operand;
    }

    fn word(&mut self) -> Step {
        let start = self.at;
        for character in self.source[start..].chars() {
            let part = match character {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '$' | '\\' | '#' => true,
                // The braces of an escape `\u{61}`; a word without an escape ends at them.
                '{' => self.source[start..self.at].ends_with("\\u"),
                '}' => self.source[start..self.at]
                    .rfind("\\u{")
                    .is_some_and(|at| !self.source[start + at..self.at].contains('}')),
                other => !other.is_ascii() && !other.is_whitespace() && other != '\u{feff}',
            };
            if !part {
                break;
            }
            self.at += character.len_utf8();
        }
        let word = &self.source[start..self.at];
        if self.previous == Previous::Dot {
            self.previous = Previous::Operand;
            return Ok(());
        }
        // These go on with what is open; every other word starts something.
        match word {
            "else" | "while" | "catch" | "finally" | "in" | "instanceof" | "of" | "as" | "from"
            | "extends" => {
                self.settle = Settle::No;
            }
            _ => self.begin_operand(),
        }
        if self.top().at_key {
            self.previous = Previous::Operand;
            return Ok(());
        }
        self.keyword(word)
    }

    fn keyword(&mut self, word: &str) -> Step {
        let starts_statement = matches!(self.previous, Previous::Start | Previous::Export);
        self.previous = match word {
            "if" | "for" | "while" | "with" => {
                self.top().control = true;
                self.statement()?;
                Previous::Operator
            }
            "else" | "do" => {
                self.statement()?;
                Previous::Start
            }
            "try" | "finally" => Previous::Start,
            "case" => {
                self.end_statements();
                Previous::Operator
            }
            // What is exported so is an expression, whose braces are an object, or a declaration.
            "default" if self.previous == Previous::Export => Previous::Export,
            "default" => {
                self.end_statements();
                Previous::Start
            }
            "typeof" | "void" | "delete" | "new" => {
                self.expression()?;
                Previous::Operator
            }
            "await" | "yield" => {
                self.expression()?;
                Previous::Unclear
            }
            "of" if self.top().bracket == Bracket::Control => Previous::Unclear,
            "return" | "throw" | "in" | "instanceof" | "extends" | "import" => Previous::Operator,
            "function" => {
                self.top().function = Some(!starts_statement);
                self.expression()?;
                Previous::Operator
            }
            "class" => {
                self.top().classes.push(!starts_statement);
                self.expression()?;
                Previous::Class
            }
            "export" => Previous::Export,
            // What follows decides: `async function` at the start of a statement is a declaration.
            "async" if starts_statement => {
                if self.source[self.at..].trim_start().starts_with("function") {
                    Previous::Start
                } else {
                    Previous::Operand
                }
            }
            _ => Previous::Operand,
        };
        Ok(())
    }

    fn slash(&mut self) -> Step {
        match self.previous {
            Previous::Operand | Previous::Parameters { .. } | Previous::Dot => {
                self.begin_operator();
                self.at += 1;
                self.previous = Previous::Operator;
                Ok(())
            }
            Previous::Unclear => Err(Nesting::RefusedAt(
                self.at,
                "ambiguous syntax",
                "this can be read as a division and as a regular expression; put the regular expression in parentheses",
            )),
            _ => {
                self.begin_operand();
                self.regular_expression()
            }
        }
    }

    fn regular_expression(&mut self) -> Step {
        let (mut in_class, mut escaped) = (false, false);
        self.at += 1;
        for (offset, character) in self.source[self.at..].char_indices() {
            match character {
                '\n' | '\r' | '\u{2028}' | '\u{2029}' => return Err(Nesting::MalformedAt(self.at + offset)),
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => {
                    self.at += offset + 1;
                    while self.peek(0).is_some_and(|byte| byte.is_ascii_alphanumeric()) {
                        self.at += 1;
                    }
                    self.previous = Previous::Operand;
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(Nesting::MalformedAt(self.bytes.len()))
    }

    fn open(&mut self, byte: u8) -> Step {
        let previous = self.previous;
        let bracket = match byte {
            b'[' => {
                self.begin_operator();
                Bracket::Square
            }
            b'(' => {
                self.begin_operator();
                self.parenthesis()
            }
            _ => {
                let bracket = self.brace(previous);
                // An object may stand inside of an expression that goes on; a block starts a new statement.
                if bracket != Bracket::Object {
                    self.begin_operator();
                }
                self.settle = Settle::No;
                bracket
            }
        };
        self.at += 1;
        self.frames.push(Frame::new(bracket));
        self.previous = match bracket {
            Bracket::Block { .. } => Previous::Start,
            _ => Previous::Operator,
        };
        self.deeper()
    }

    fn parenthesis(&mut self) -> Bracket {
        let top = self.top();
        if std::mem::take(&mut top.control) {
            return Bracket::Control;
        }
        if let Some(then_operand) = top.function.take() {
            return Bracket::Parameters { then_operand };
        }
        if top.at_key {
            return Bracket::Parameters { then_operand: false };
        }
        Bracket::Group
    }

    fn brace(&mut self, previous: Previous) -> Bracket {
        let top = self.top();
        let class_body = matches!(previous, Previous::Operand | Previous::Class);
        match previous {
            Previous::Parameters { then_operand } => Bracket::Block { then_operand },
            // `static { … }`
            Previous::Operand if top.at_key && matches!(top.bracket, Bracket::Class { .. }) => {
                Bracket::Block { then_operand: false }
            }
            _ if class_body && !top.classes.is_empty() => Bracket::Class {
                then_operand: top.classes.pop().expect("it is not empty"),
            },
            Previous::Start | Previous::Arrow | Previous::Operand => Bracket::Block { then_operand: false },
            _ => Bracket::Object,
        }
    }

    fn close(&mut self, byte: u8) -> Step {
        let bracket = self.top().bracket;
        let fits = match bracket {
            Bracket::Square => byte == b']',
            Bracket::Group | Bracket::Control | Bracket::Parameters { .. } => byte == b')',
            _ => byte == b'}',
        };
        self.at += 1;
        if !fits || self.frames.len() == 1 {
            return Err(Nesting::MalformedAt(self.at));
        }
        self.end_statements();
        self.frames.pop();
        self.total -= 1;
        self.settle = if byte == b'}' {
            Settle::AfterBrace
        } else {
            Settle::No
        };
        self.previous = match bracket {
            Bracket::Control => Previous::Start,
            Bracket::Parameters { then_operand } => Previous::Parameters { then_operand },
            Bracket::Block { then_operand: false } | Bracket::Class { then_operand: false } => {
                let top = self.top();
                top.at_key |= matches!(top.bracket, Bracket::Class { .. });
                Previous::Start
            }
            Bracket::Template => {
                self.settle = Settle::No;
                return self.template();
            }
            _ => Previous::Operand,
        };
        Ok(())
    }

    fn punctuator(&mut self, byte: u8) -> Step {
        let prefix = !matches!(self.previous, Previous::Operand | Previous::Parameters { .. });
        match byte {
            b';' => {
                self.settle = Settle::Unless;
                let top = self.top();
                top.at_key = matches!(top.bracket, Bracket::Class { .. });
                self.at += 1;
                self.previous = Previous::Start;
                return Ok(());
            }
            b',' => {
                self.begin_operator();
                self.end_expressions();
                let top = self.top();
                top.at_key = top.bracket == Bracket::Object;
            }
            b':' => {
                self.begin_operator();
                let top = self.top();
                top.at_key = false;
                if top.conditionals > 0 {
                    top.conditionals -= 1;
                } else if matches!(top.bracket, Bracket::Block { .. }) {
                    // A label or `case`: a statement follows.
                    self.statement()?;
                    self.at += 1;
                    self.previous = Previous::Start;
                    return Ok(());
                }
            }
            b'?' if self.peek(1) == Some(b'.') && !self.peek(2).is_some_and(|next| next.is_ascii_digit()) => {
                self.begin_operator();
                self.at += 2;
                self.previous = Previous::Dot;
                return Ok(());
            }
            b'.' => {
                self.begin_operator();
                let spread = self.source[self.at..].starts_with("...");
                self.at += if spread { 3 } else { 1 };
                self.previous = if spread { Previous::Operator } else { Previous::Dot };
                return Ok(());
            }
            b'+' | b'-' if self.peek(1) == Some(byte) => {
                // After a line end it belongs to what follows.
                if prefix || self.newline {
                    self.begin_operand();
                    self.expression()?;
                    self.previous = Previous::Operator;
                } else {
                    self.begin_operator();
                }
                self.at += 2;
                return Ok(());
            }
            b'=' if self.peek(1) == Some(b'>') => {
                self.begin_operator();
                self.expression()?;
                self.at += 2;
                self.previous = Previous::Arrow;
                return Ok(());
            }
            b'=' => {
                self.begin_operator();
                self.top().at_key = false;
                self.expression()?;
                while self.peek(1) == Some(b'=') {
                    self.at += 1;
                }
            }
            b'*' if self.peek(1) == Some(b'*') => {
                self.begin_operator();
                self.expression()?;
                self.at += 1;
            }
            // The star of a generator stands where no operand has ended.
            b'*' if prefix => {
                self.at += 1;
                return Ok(());
            }
            b'!' | b'~' | b'+' | b'-' if prefix => {
                if matches!(byte, b'!' | b'~') && self.peek(1) != Some(b'=') {
                    self.begin_operand();
                } else {
                    self.begin_operator();
                }
                self.expression()?;
            }
            b'?' => {
                self.begin_operator();
                self.expression()?;
                if self.peek(1) == Some(b'?') {
                    self.at += 1;
                } else {
                    self.top().conditionals += 1;
                }
            }
            b'!' | b'<' | b'>' => {
                self.begin_operator();
                // A comparison, not an assignment: `!=`, `<=`, `>=` with all their equal signs.
                while self.peek(1) == Some(b'=') {
                    self.at += 1;
                }
            }
            _ => self.begin_operator(),
        }
        self.at += 1;
        self.previous = Previous::Operator;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeat(pieces: &str) -> String {
        pieces.repeat(NESTING_MAX as usize + 1)
    }

    #[test]
    fn every_form_that_contains_itself_is_counted() {
        for piece in [
            "(",
            "[",
            "{",
            "a(",
            "a[",
            "{a:",
            "({a:",
            "`${",
            "!",
            "~",
            "- ",
            "+ ",
            "++",
            "typeof ",
            "void ",
            "new ",
            "await ",
            "yield ",
            "delete ",
            "a => ",
            "async a => ",
            "a = ",
            "a += ",
            "a ** ",
            "a ? ",
            "a ? b : ",
            "if (a) ",
            "if (a) b; else ",
            "if (a) {} else ",
            "for (;;) ",
            "while (a) ",
            "with (a) ",
            "do ",
            "a: ",
            "class extends ",
            "function f() {",
            "() => {",
            "{ a() {",
            "class { a() {",
            "x = {} ? {} : ",
            "case a: {",
            "a = 1, (",
            "/[(]/.test(",
            "a\n/ b / (",
            "'(' + (",
            "`(` + (",
            "(a, ",
            "[a, ",
            "a?.(",
            "!function () {",
            "return (",
            "a++ / (",
            "a = {}\n/ (",
            "static {",
        ] {
            let source = repeat(piece);
            assert!(
                matches!(nesting(&source), Nesting::TooDeepAt(_)),
                "{piece} is not counted: {:?}",
                nesting(&source)
            );
        }
    }

    #[test]
    fn what_stands_side_by_side_is_not_nested() {
        for piece in [
            "a();\n",
            "a()\n",
            "a = 1\n",
            "a = 1;",
            "let a = b => c\n",
            "if (a) b; ",
            "if (a) {} ",
            "if (a) {} else {}\n",
            "f(x => y), ",
            "a = 1, ",
            "x + ",
            "x.y.z().",
            "'(' + ",
            "\"{\" + ",
            "`(` + ",
            "// (\n",
            "/* ( */",
            "a = /[(]/g;",
            "x = a / b / c\n",
            "function f() {}\n",
            "function f() {} /[(]/;\n",
            "class A { a() {} b() {} }\n",
            "for (const a of b) {}\n",
            "case 1: ",
            "!function () {}();",
            "const { a, b: { c } } = d\n",
            "export function f(){}\n",
            "a ? b : c;",
            "x = {a: 1, b: {c: 2}};",
            "a\n++b\n",
            "x = y => {}\n",
            "if (a) /[(]/.test(b)\n",
            "do a(); while (b)\nx;",
            "a: for (;;) break a;",
            "a['('] = b.if(c)\n",
            "a <= b && ",
            "a !== b || ",
            "`${a}${`${b}`}` + ",
        ] {
            let source = repeat(piece);
            assert_eq!(nesting(&source), Nesting::Bounded, "{piece} is counted as nested");
        }
    }

    #[test]
    fn members_of_an_exported_object_are_no_labels() {
        let members = "'a': 1, b: x => y, default: 2,\n".repeat(2_000);
        assert_eq!(
            nesting(&format!("export default {{ {members} }};")),
            Nesting::Bounded
        );
        let deep = format!("export default {{ a: {}", "{ a: ".repeat(2_000));
        assert!(matches!(nesting(&deep), Nesting::TooDeepAt(_)));
    }

    #[test]
    fn brackets_in_strings_do_not_close_those_in_code() {
        assert!(matches!(
            nesting(&repeat("(')' + (\"]\" + (`)` + (/[)]/ + ")),
            Nesting::TooDeepAt(_)
        ));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        assert!(matches!(nesting("await / (1) / 2"), Nesting::RefusedAt(6, ..)));
        assert!(matches!(nesting("a <!-- b"), Nesting::RefusedAt(2, ..)));
        assert!(matches!(nesting("a\n --> b"), Nesting::RefusedAt(3, ..)));
        assert!(matches!(nesting("a;\n@b class C {}"), Nesting::RefusedAt(3, ..)));
        assert_eq!(nesting("while (n --> 0);"), Nesting::Bounded);
    }

    #[test]
    fn the_parser_gets_no_more_than_what_was_scanned() {
        assert_eq!(nesting("a = 'b\n((("), Nesting::MalformedAt(6));
        assert_eq!(nesting("a)((("), Nesting::MalformedAt(2));
        assert_eq!(nesting("/* ((("), Nesting::MalformedAt(6));
    }
}
