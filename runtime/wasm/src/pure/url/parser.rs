//! The basic URL parser: the standard's state machine over bytes, which works because all that it looks for
//! is ASCII and all other bytes are percent-encoded one by one.

use super::host;
use super::percent::{self, Set};
use super::record::{Path, Url, default_port, is_drive_letter, is_normalized_drive_letter, is_special};

/// The standard's states, by its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    SchemeStart,
    Scheme,
    NoScheme,
    SpecialRelativeOrAuthority,
    PathOrAuthority,
    Relative,
    RelativeSlash,
    SpecialAuthoritySlashes,
    SpecialAuthorityIgnoreSlashes,
    Authority,
    Host,
    Hostname,
    Port,
    File,
    FileSlash,
    FileHost,
    PathStart,
    Path,
    OpaquePath,
    Query,
    Fragment,
}

/// The input does not parse, or a setter's value is to be ignored.
#[derive(Debug)]
pub(super) struct Failure;

/// Parses `input`, against `base` where there is one.
pub(super) fn parse(input: &str, base: Option<&str>) -> Option<Url> {
    let base = match base {
        Some(text) => Some(parse(text, None)?),
        None => None,
    };
    let trimmed = input.trim_matches(|letter| letter <= ' ');
    let mut url = Url::default();
    run(trimmed, base.as_ref(), &mut url, None).ok()?;
    Some(url)
}

/// Runs the machine from `state` on a URL that exists: what setters do. On failure the URL may have been
/// changed in part, exactly as the standard has it.
pub(super) fn run_setter(input: &str, url: &mut Url, state: State) {
    // The setters ignore a failure.
    let _ = run(input, None, url, Some(state));
}

fn run(input: &str, base: Option<&Url>, url: &mut Url, state_override: Option<State>) -> Result<(), Failure> {
    let cleaned: Vec<u8>;
    let mut input = input.as_bytes();
    if input.iter().any(|byte| matches!(byte, b'\t' | b'\n' | b'\r')) {
        cleaned = input
            .iter()
            .copied()
            .filter(|byte| !matches!(byte, b'\t' | b'\n' | b'\r'))
            .collect();
        input = &cleaned;
    }
    let mut machine = Machine {
        input,
        base,
        url,
        state_override,
        state: state_override.unwrap_or(State::SchemeStart),
        pointer: 0,
        buffer: Vec::new(),
        at_sign_seen: false,
        password_token_seen: false,
        inside_brackets: false,
    };
    loop {
        let byte = machine.input.get(machine.pointer).copied();
        match machine.step(byte)? {
            Step::Next if byte.is_none() => return Ok(()),
            Step::Next => machine.pointer += 1,
            Step::Again => {}
            Step::Done => return Ok(()),
        }
    }
}

/// What follows a step.
enum Step {
    /// The next byte; the end, after the end of the input.
    Next,
    /// The byte at the pointer once more, in another state.
    Again,
    /// A setter is through.
    Done,
}

struct Machine<'a> {
    input: &'a [u8],
    base: Option<&'a Url>,
    url: &'a mut Url,
    state_override: Option<State>,
    state: State,
    pointer: usize,
    buffer: Vec<u8>,
    at_sign_seen: bool,
    password_token_seen: bool,
    inside_brackets: bool,
}

impl Machine<'_> {
    fn step(&mut self, byte: Option<u8>) -> Result<Step, Failure> {
        match self.state {
            State::SchemeStart => self.scheme_start(byte),
            State::Scheme => self.scheme(byte),
            State::NoScheme => self.no_scheme(byte),
            State::SpecialRelativeOrAuthority => Ok(self.special_relative_or_authority(byte)),
            State::PathOrAuthority => Ok(self.path_or_authority(byte)),
            State::Relative => Ok(self.relative(byte)),
            State::RelativeSlash => Ok(self.relative_slash(byte)),
            State::SpecialAuthoritySlashes => Ok(self.special_authority_slashes(byte)),
            State::SpecialAuthorityIgnoreSlashes => Ok(self.special_authority_ignore_slashes(byte)),
            State::Authority => self.authority(byte),
            State::Host | State::Hostname => self.host(byte),
            State::Port => self.port(byte),
            State::File => Ok(self.file(byte)),
            State::FileSlash => Ok(self.file_slash(byte)),
            State::FileHost => self.file_host(byte),
            State::PathStart => Ok(self.path_start(byte)),
            State::Path => Ok(self.path(byte)),
            State::OpaquePath => Ok(self.opaque_path(byte)),
            State::Query => Ok(self.query(byte)),
            State::Fragment => Ok(self.fragment(byte)),
        }
    }

    fn again(&mut self, state: State) -> Step {
        self.state = state;
        Step::Again
    }

    fn next(&mut self, state: State) -> Step {
        self.state = state;
        Step::Next
    }

    /// What is behind the byte at the pointer.
    fn remaining(&self) -> &[u8] {
        self.input.get(self.pointer + 1..).unwrap_or_default()
    }

    /// `/`, and for special schemes `\` as well.
    fn is_slash(&self, byte: Option<u8>) -> bool {
        byte == Some(b'/') || (byte == Some(b'\\') && self.url.is_special())
    }

    /// True where an authority ends.
    fn ends_authority(&self, byte: Option<u8>) -> bool {
        matches!(byte, None | Some(b'?' | b'#')) || self.is_slash(byte)
    }

    fn start_query(&mut self) -> Step {
        self.url.query = Some(String::new());
        self.next(State::Query)
    }

    fn start_fragment(&mut self) -> Step {
        self.url.fragment = Some(String::new());
        self.next(State::Fragment)
    }

    fn scheme_start(&mut self, byte: Option<u8>) -> Result<Step, Failure> {
        match byte {
            Some(byte) if byte.is_ascii_alphabetic() => {
                self.buffer.push(byte.to_ascii_lowercase());
                Ok(self.next(State::Scheme))
            }
            _ if self.state_override.is_none() => Ok(self.again(State::NoScheme)),
            _ => Err(Failure),
        }
    }

    fn scheme(&mut self, byte: Option<u8>) -> Result<Step, Failure> {
        match byte {
            Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.') => {
                self.buffer.push(byte.to_ascii_lowercase());
                Ok(Step::Next)
            }
            Some(b':') => {
                let scheme = self.take_buffer();
                if self.state_override.is_some() {
                    self.replace_scheme(scheme);
                    return Ok(Step::Done);
                }
                self.url.scheme = scheme;
                Ok(self.after_scheme())
            }
            _ if self.state_override.is_none() => {
                self.buffer.clear();
                self.pointer = 0;
                Ok(self.again(State::NoScheme))
            }
            _ => Err(Failure),
        }
    }

    fn replace_scheme(&mut self, scheme: String) {
        let url = &mut *self.url;
        if url.is_special() != is_special(&scheme)
            || (scheme == "file" && (url.has_credentials() || url.port.is_some()))
            || (url.scheme == "file" && url.host.as_deref() == Some(""))
        {
            return;
        }
        url.scheme = scheme;
        if url.port == default_port(&url.scheme) {
            url.port = None;
        }
    }

    fn after_scheme(&mut self) -> Step {
        if self.url.scheme == "file" {
            self.next(State::File)
        } else if self.url.is_special() {
            if self.base.is_some_and(|base| base.scheme == self.url.scheme) {
                self.next(State::SpecialRelativeOrAuthority)
            } else {
                self.next(State::SpecialAuthoritySlashes)
            }
        } else if self.remaining().first() == Some(&b'/') {
            self.pointer += 1;
            self.next(State::PathOrAuthority)
        } else {
            self.url.path = Path::Opaque(String::new());
            self.next(State::OpaquePath)
        }
    }

    fn no_scheme(&mut self, byte: Option<u8>) -> Result<Step, Failure> {
        let base = self.base.ok_or(Failure)?;
        if base.has_opaque_path() {
            if byte != Some(b'#') {
                return Err(Failure);
            }
            self.url.clone_from(base);
            return Ok(self.start_fragment());
        }
        Ok(self.again(if base.scheme == "file" {
            State::File
        } else {
            State::Relative
        }))
    }

    fn special_relative_or_authority(&mut self, byte: Option<u8>) -> Step {
        if byte == Some(b'/') && self.remaining().first() == Some(&b'/') {
            self.pointer += 1;
            self.next(State::SpecialAuthorityIgnoreSlashes)
        } else {
            self.again(State::Relative)
        }
    }

    fn path_or_authority(&mut self, byte: Option<u8>) -> Step {
        if byte == Some(b'/') {
            self.next(State::Authority)
        } else {
            self.again(State::Path)
        }
    }

    fn relative(&mut self, byte: Option<u8>) -> Step {
        let base = self
            .base
            .expect("states for relative input are entered with a base only");
        self.url.scheme.clone_from(&base.scheme);
        if self.is_slash(byte) {
            return self.next(State::RelativeSlash);
        }
        self.url.clone_from(base);
        self.url.fragment = None;
        match byte {
            Some(b'?') => self.start_query(),
            Some(b'#') => self.start_fragment(),
            None => Step::Next,
            Some(_) => {
                self.url.query = None;
                self.url.shorten_path();
                self.again(State::Path)
            }
        }
    }

    fn relative_slash(&mut self, byte: Option<u8>) -> Step {
        if self.url.is_special() && self.is_slash(byte) {
            return self.next(State::SpecialAuthorityIgnoreSlashes);
        }
        if byte == Some(b'/') {
            return self.next(State::Authority);
        }
        let base = self
            .base
            .expect("states for relative input are entered with a base only");
        self.url.username.clone_from(&base.username);
        self.url.password.clone_from(&base.password);
        self.url.host.clone_from(&base.host);
        self.url.port = base.port;
        self.again(State::Path)
    }

    fn special_authority_slashes(&mut self, byte: Option<u8>) -> Step {
        if byte == Some(b'/') && self.remaining().first() == Some(&b'/') {
            self.pointer += 1;
            self.next(State::SpecialAuthorityIgnoreSlashes)
        } else {
            self.again(State::SpecialAuthorityIgnoreSlashes)
        }
    }

    fn special_authority_ignore_slashes(&mut self, byte: Option<u8>) -> Step {
        if matches!(byte, Some(b'/' | b'\\')) {
            Step::Next
        } else {
            self.again(State::Authority)
        }
    }

    fn authority(&mut self, byte: Option<u8>) -> Result<Step, Failure> {
        if byte == Some(b'@') {
            let buffer = std::mem::take(&mut self.buffer);
            let parts = [if self.at_sign_seen { &b"%40"[..] } else { b"" }, &buffer];
            self.at_sign_seen = true;
            for &byte in parts.iter().copied().flatten() {
                if byte == b':' && !self.password_token_seen {
                    self.password_token_seen = true;
                    continue;
                }
                let to = if self.password_token_seen {
                    &mut self.url.password
                } else {
                    &mut self.url.username
                };
                percent::push(to, byte, Set::Userinfo);
            }
            return Ok(Step::Next);
        }
        if self.ends_authority(byte) {
            if self.at_sign_seen && self.buffer.is_empty() {
                return Err(Failure);
            }
            self.pointer -= self.buffer.len();
            self.buffer.clear();
            return Ok(self.again(State::Host));
        }
        self.buffer.extend(byte);
        Ok(Step::Next)
    }

    fn host(&mut self, byte: Option<u8>) -> Result<Step, Failure> {
        if self.state_override.is_some() && self.url.scheme == "file" {
            return Ok(self.again(State::FileHost));
        }
        if byte == Some(b':') && !self.inside_brackets {
            if self.buffer.is_empty() || self.state_override == Some(State::Hostname) {
                return Err(Failure);
            }
            self.set_host()?;
            return Ok(self.next(State::Port));
        }
        if self.ends_authority(byte) {
            if self.buffer.is_empty() {
                let url = &*self.url;
                if url.is_special()
                    || (self.state_override.is_some() && (url.has_credentials() || url.port.is_some()))
                {
                    return Err(Failure);
                }
            }
            self.set_host()?;
            if self.state_override.is_some() {
                return Ok(Step::Done);
            }
            return Ok(self.again(State::PathStart));
        }
        match byte {
            Some(b'[') => self.inside_brackets = true,
            Some(b']') => self.inside_brackets = false,
            _ => {}
        }
        self.buffer.extend(byte);
        Ok(Step::Next)
    }

    fn set_host(&mut self) -> Result<(), Failure> {
        let host = host::parse(&self.buffer, !self.url.is_special()).ok_or(Failure)?;
        self.buffer.clear();
        self.url.host = Some(host);
        Ok(())
    }

    fn port(&mut self, byte: Option<u8>) -> Result<Step, Failure> {
        if let Some(digit) = byte.filter(u8::is_ascii_digit) {
            self.buffer.push(digit);
            return Ok(Step::Next);
        }
        if !self.ends_authority(byte) && self.state_override.is_none() {
            return Err(Failure);
        }
        if !self.buffer.is_empty() {
            let port: u16 = self.take_buffer().parse().map_err(|_| Failure)?;
            self.url.port = Some(port).filter(|port| default_port(&self.url.scheme) != Some(*port));
            if self.state_override.is_some() {
                return Ok(Step::Done);
            }
        }
        if self.state_override.is_some() {
            return Err(Failure);
        }
        Ok(self.again(State::PathStart))
    }

    fn file(&mut self, byte: Option<u8>) -> Step {
        self.url.scheme.replace_range(.., "file");
        self.url.host = Some(String::new());
        if matches!(byte, Some(b'/' | b'\\')) {
            return self.next(State::FileSlash);
        }
        let Some(base) = self.base.filter(|base| base.scheme == "file") else {
            return self.again(State::Path);
        };
        self.url.host.clone_from(&base.host);
        self.url.path.clone_from(&base.path);
        self.url.query.clone_from(&base.query);
        match byte {
            Some(b'?') => self.start_query(),
            Some(b'#') => self.start_fragment(),
            None => Step::Next,
            Some(_) => {
                self.url.query = None;
                if starts_with_drive_letter(&self.input[self.pointer..]) {
                    self.url.path = Path::default();
                } else {
                    self.url.shorten_path();
                }
                self.again(State::Path)
            }
        }
    }

    fn file_slash(&mut self, byte: Option<u8>) -> Step {
        if matches!(byte, Some(b'/' | b'\\')) {
            return self.next(State::FileHost);
        }
        if let Some(base) = self.base.filter(|base| base.scheme == "file") {
            self.url.host.clone_from(&base.host);
            if let Path::Segments(segments) = &base.path
                && let Some(first) = segments.first()
                && is_normalized_drive_letter(first.as_bytes())
                && !starts_with_drive_letter(self.input.get(self.pointer..).unwrap_or_default())
            {
                self.url.segments().push(first.clone());
            }
        }
        self.again(State::Path)
    }

    fn file_host(&mut self, byte: Option<u8>) -> Result<Step, Failure> {
        if !matches!(byte, None | Some(b'/' | b'\\' | b'?' | b'#')) {
            self.buffer.extend(byte);
            return Ok(Step::Next);
        }
        if self.state_override.is_none() && is_drive_letter(&self.buffer) {
            // The buffer is not cleared: it becomes the first segment of the path.
            return Ok(self.again(State::Path));
        }
        if self.buffer.is_empty() {
            self.url.host = Some(String::new());
        } else {
            self.set_host()?;
            if self.url.host.as_deref() == Some("localhost") {
                self.url.host = Some(String::new());
            }
        }
        if self.state_override.is_some() {
            return Ok(Step::Done);
        }
        Ok(self.again(State::PathStart))
    }

    fn path_start(&mut self, byte: Option<u8>) -> Step {
        if self.url.is_special() {
            return if matches!(byte, Some(b'/' | b'\\')) {
                self.next(State::Path)
            } else {
                self.again(State::Path)
            };
        }
        match byte {
            Some(b'?') if self.state_override.is_none() => self.start_query(),
            Some(b'#') if self.state_override.is_none() => self.start_fragment(),
            Some(b'/') => self.next(State::Path),
            Some(_) => self.again(State::Path),
            None => {
                if self.state_override.is_some() && self.url.host.is_none() {
                    self.url.segments().push(String::new());
                }
                Step::Next
            }
        }
    }

    fn path(&mut self, byte: Option<u8>) -> Step {
        let slash = self.is_slash(byte);
        let ends = matches!(byte, Some(b'?' | b'#')) && self.state_override.is_none();
        if !slash
            && !ends
            && let Some(byte) = byte
        {
            // What is in the buffer is encoded already, and so is never encoded again.
            percent::push_to_bytes(&mut self.buffer, byte, Set::Path);
            return Step::Next;
        }
        let mut segment = self.take_buffer();
        if is_double_dot(&segment) {
            self.url.shorten_path();
            if !slash {
                self.url.segments().push(String::new());
            }
        } else if is_single_dot(&segment) {
            if !slash {
                self.url.segments().push(String::new());
            }
        } else {
            let is_file = self.url.scheme == "file";
            let segments = self.url.segments();
            if is_file && segments.is_empty() && is_drive_letter(segment.as_bytes()) {
                segment.replace_range(1.., ":");
            }
            segments.push(segment);
        }
        match byte {
            Some(b'?') if ends => self.start_query(),
            Some(b'#') if ends => self.start_fragment(),
            _ => Step::Next,
        }
    }

    fn opaque_path(&mut self, byte: Option<u8>) -> Step {
        let Some(byte) = byte else { return Step::Next };
        // A space at the end would be lost when the URL is parsed again without its query or fragment.
        let last_space = byte == b' ' && matches!(self.remaining().first(), Some(b'?' | b'#'));
        let Path::Opaque(path) = &mut self.url.path else {
            return Step::Next;
        };
        match byte {
            b'?' => self.start_query(),
            b'#' => self.start_fragment(),
            b' ' if last_space => {
                path.push_str("%20");
                Step::Next
            }
            byte => {
                percent::push(path, byte, Set::Control);
                Step::Next
            }
        }
    }

    fn query(&mut self, byte: Option<u8>) -> Step {
        match byte {
            Some(b'#') if self.state_override.is_none() => self.start_fragment(),
            Some(byte) => {
                let set = if self.url.is_special() {
                    Set::SpecialQuery
                } else {
                    Set::Query
                };
                percent::push(self.url.query.get_or_insert_default(), byte, set);
                Step::Next
            }
            None => Step::Next,
        }
    }

    fn fragment(&mut self, byte: Option<u8>) -> Step {
        if let Some(byte) = byte {
            percent::push(self.url.fragment.get_or_insert_default(), byte, Set::Fragment);
        }
        Step::Next
    }

    /// The buffer as text, where only ASCII can be in it.
    fn take_buffer(&mut self) -> String {
        let text = String::from_utf8_lossy(&self.buffer).into_owned();
        self.buffer.clear();
        text
    }
}

/// `C:` or `C|`, at the end or before what begins another part.
fn starts_with_drive_letter(text: &[u8]) -> bool {
    text.len() >= 2
        && is_drive_letter(&text[..2])
        && matches!(text.get(2), None | Some(b'/' | b'\\' | b'?' | b'#'))
}

fn is_single_dot(segment: &str) -> bool {
    segment == "." || segment.eq_ignore_ascii_case("%2e")
}

fn is_double_dot(segment: &str) -> bool {
    segment == ".."
        || segment.eq_ignore_ascii_case(".%2e")
        || segment.eq_ignore_ascii_case("%2e.")
        || segment.eq_ignore_ascii_case("%2e%2e")
}
