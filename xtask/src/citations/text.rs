//! A file as running text.

/// The lines of a file, joined, without the comment markers.
pub(super) struct Text {
    pub(super) joined: String,
    /// Where each line begins in `joined`.
    starts: Vec<usize>,
}

impl Text {
    pub(super) fn new(content: &str) -> Self {
        let mut text = Self { joined: String::new(), starts: Vec::new() };
        for line in content.lines() {
            text.starts.push(text.joined.len());
            text.joined.push_str(line.trim().trim_start_matches(['/', '!', '*']).trim_start());
            text.joined.push(' ');
        }
        text
    }

    /// Returns the line number of a position in the running text.
    pub(super) fn line(&self, place: usize) -> usize {
        self.starts.partition_point(|start| *start <= place)
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn comments_are_joined_and_lines_found_again() {
        let text = Text::new("/// one\n    /// two\n//! three\n * four");
        assert_eq!(text.joined, "one two three four ");
        assert_eq!(["one", "two", "three", "four"].map(|word| text.line(text.joined.find(word).unwrap_or(0))), [1, 2, 3, 4]);
    }
}
