//! What a container writes: text, until the marker says that all of it is here; after it, how the program ended.
//!
//! The marker is random and comes with the job. A program that writes it itself ends its own output early.

/// What may follow the marker: the program's value, or its error.
const ENDED_BYTES_MAX: usize = 32 * 1024 * 1024;

/// One of the two streams.
#[derive(Debug)]
pub(crate) struct Output {
    marker: Vec<u8>,
    /// Bytes that may belong to the marker, or to a character that is not complete; after the marker, what follows it.
    held: Vec<u8>,
    marked: bool,
}

impl Output {
    pub fn new(marker: &str) -> Self {
        Self {
            marker: marker.as_bytes().to_vec(),
            held: Vec::new(),
            marked: false,
        }
    }

    /// The marker has come: this stream says no more.
    pub fn is_complete(&self) -> bool {
        self.marked
    }

    /// Takes what came, and gives the text that it adds.
    pub fn take(&mut self, bytes: &[u8]) -> String {
        if self.marked {
            let room = ENDED_BYTES_MAX.saturating_sub(self.held.len());
            self.held.extend_from_slice(&bytes[..bytes.len().min(room)]);
            return String::new();
        }
        self.held.extend_from_slice(bytes);
        let at = self
            .held
            .windows(self.marker.len())
            .position(|window| window == self.marker);
        if let Some(at) = at {
            let text = String::from_utf8_lossy(&self.held[..at]).into_owned();
            self.held.drain(..at + self.marker.len());
            self.marked = true;
            return text;
        }
        let may_be_marker = (1..self.marker.len().min(self.held.len() + 1))
            .rev()
            .find(|&len| self.held.ends_with(&self.marker[..len]))
            .unwrap_or(0);
        let mut end = self.held.len() - may_be_marker;
        if let Err(error) = std::str::from_utf8(&self.held[..end])
            && error.error_len().is_none()
        {
            end = error.valid_up_to();
        }
        let text = String::from_utf8_lossy(&self.held[..end]).into_owned();
        self.held.drain(..end);
        text
    }

    /// The stream has ended: what was held back.
    pub fn rest(&mut self) -> String {
        if self.marked {
            return String::new();
        }
        String::from_utf8_lossy(&std::mem::take(&mut self.held)).into_owned()
    }

    /// The line after the marker, when all of it is here.
    pub fn ended(&self) -> Option<&[u8]> {
        if !self.marked {
            return None;
        }
        let end = self.held.iter().position(|byte| *byte == b'\n')?;
        Some(&self.held[..end])
    }
}

#[cfg(test)]
mod tests {
    use super::Output;

    #[test]
    fn text_ends_at_the_marker_wherever_the_pieces_are_cut() {
        let written = "grün MARK".to_owned() + "MARKER{\"exit_code\":3}\n";
        for cut in 1..written.len() {
            let mut output = Output::new("MARKER");
            let mut text = String::new();
            for piece in written.as_bytes().chunks(cut) {
                text.push_str(&output.take(piece));
            }
            assert_eq!(text, "grün MARK");
            assert_eq!(output.ended(), Some(&b"{\"exit_code\":3}"[..]));
        }
    }

    #[test]
    fn what_looks_like_a_marker_is_text_when_the_stream_ends() {
        let mut output = Output::new("MARKER");
        let text = output.take(b"a MARK") + &output.rest();
        assert_eq!(text, "a MARK");
        assert!(output.ended().is_none());
    }
}
