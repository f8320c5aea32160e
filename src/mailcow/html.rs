//! The tags of a page, as a browser sees them: what looks like a tag in a comment, a script or a text field is none.

/// Elements whose content is text up to their own end tag.
const RAW: [&str; 9] = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"];

/// A tag with its attributes as they are written: nothing is decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    is_end: bool,
}

impl<'a> Tag<'a> {
    /// Whether it begins an element of this kind.
    pub(super) fn begins(&self, name: &str) -> bool {
        !self.is_end && self.name.eq_ignore_ascii_case(name)
    }

    /// Whether it ends one.
    pub(super) fn ends(&self, name: &str) -> bool {
        self.is_end && self.name.eq_ignore_ascii_case(name)
    }

    /// The value of an attribute, empty for one without: of several, the first one counts.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

/// Returns the tags of a page in their order, without those in a `<template>`, which are no part of it.
pub(super) fn tags(page: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut templates = 0_usize;
    Tags { rest: page }.filter(move |tag| {
        if tag.begins("template") {
            templates += 1;
        } else if tag.ends("template") {
            templates = templates.saturating_sub(1);
        }
        templates == 0
    })
}

struct Tags<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            self.rest = &self.rest[self.rest.find('<')? + 1..];
            if let Some(comment) = self.rest.strip_prefix("!--") {
                self.rest = after_comment(comment)?;
                continue;
            }
            let (is_end, rest) = self.rest.strip_prefix('/').map_or((false, self.rest), |rest| (true, rest));
            if !rest.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
                // Browsers take these for comments; anything else is text.
                if is_end || rest.starts_with(['!', '?']) {
                    self.rest = &self.rest[self.rest.find('>')?..];
                }
                continue;
            }
            let (tag, rest) = parse(rest, is_end)?;
            self.rest = RAW.iter().find(|raw| tag.begins(raw)).map_or(rest, |raw| at_end_tag(rest, raw));
            return Some(tag);
        }
    }
}

/// What follows a comment; `None` if it does not end.
fn after_comment(comment: &str) -> Option<&str> {
    if let Some(rest) = comment.strip_prefix('>').or_else(|| comment.strip_prefix("->")) {
        return Some(rest);
    }
    let ends = ["-->", "--!>"].into_iter().filter_map(|end| Some(comment.find(end)? + end.len()));
    ends.min().map(|end| &comment[end..])
}

/// The end tag of an element with text; nothing is left if there is none.
fn at_end_tag<'a>(text: &'a str, name: &str) -> &'a str {
    let is_end = |at: &usize| {
        let rest = text[at + 2..].split_at_checked(name.len());
        rest.is_some_and(|(found, rest)| found.eq_ignore_ascii_case(name) && rest.starts_with(is_after_name))
    };
    text.match_indices("</").map(|(at, _)| at).find(is_end).map_or("", |at| &text[at..])
}

fn is_after_name(letter: char) -> bool {
    is_space(letter) || matches!(letter, '/' | '>')
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r' | '\x0C')
}

/// A tag from its name on, and what follows it; `None` if it does not end.
fn parse(text: &str, is_end: bool) -> Option<(Tag<'_>, &str)> {
    let (name, mut rest) = text.split_at(text.find(is_after_name)?);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|letter| is_space(letter) || letter == '/');
        if let Some(rest) = rest.strip_prefix('>') {
            return Some((Tag { name, attributes, is_end }, rest));
        }
        // An equals sign at its beginning is a part of the name.
        let first = rest.chars().next()?.len_utf8();
        let end = rest[first..].find(|letter| is_after_name(letter) || letter == '=')? + first;
        let (attribute, after) = rest.split_at(end);
        let value;
        (value, rest) = match after.trim_start_matches(is_space).strip_prefix('=') {
            Some(after) => parse_value(after.trim_start_matches(is_space))?,
            None => ("", after),
        };
        attributes.push((attribute, value));
    }
}

fn parse_value(text: &str) -> Option<(&str, &str)> {
    if let Some(quote) = text.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        return text[1..].split_once(quote);
    }
    Some(text.split_at(text.find(|letter| is_space(letter) || letter == '>')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(page: &str) -> Vec<&str> {
        tags(page).filter(|tag| !tag.is_end).map(|tag| tag.attribute("n").unwrap_or(tag.name)).collect()
    }

    #[test]
    fn attributes_are_found_however_they_are_written() {
        for page in [
            "<input type=checkbox n=\"x\" checked>",
            "<INPUT checked N='x'/>",
            "<input\n\tchecked = \"\"\n n = x >",
            "<input checked=checked n=x n=y>",
            "<input a='<b n=\">' checked n=\"x\">",
            "<input =n=1 checked n=x>",
        ] {
            let found: Vec<_> = tags(page).collect();
            let [tag] = &found[..] else { panic!("{page}: {found:?}") };
            assert!(tag.begins("input") && !tag.ends("input"), "{page}");
            assert_eq!(tag.attribute("n"), Some("x"), "{page}");
            assert!(tag.attribute("checked").is_some() && tag.attribute("type").is_none_or(|kind| kind == "checkbox"), "{page}");
        }
    }

    #[test]
    fn what_only_looks_like_a_tag_is_none() {
        for page in [
            "<!-- <b> --><a>",
            "<!--><a>",
            "<!---><a>",
            "<!-- > <b> --!><a>",
            "<!DOCTYPE b><a>",
            "<?b <b ?><a>",
            "</ b><a>",
            "1 <2 <a>",
            "<template><b><template></template><b></template><a>",
        ] {
            assert_eq!(names(page).last(), Some(&"a"), "{page}");
            assert!(!names(page).contains(&"b"), "{page}: {:?}", names(page));
        }
        for raw in RAW {
            let page = format!("<{raw} n=1><b></{raw}x><b></ {raw}><b><!-- </{}\n><a>", raw.to_uppercase());
            assert_eq!(names(&page), ["1", "a"], "{page}");
        }
    }

    #[test]
    fn what_does_not_end_has_no_tags() {
        for page in ["<!-- <b>", "<script><b>", "<b", "<b n", "<b n=", "<b n='<b>", "<!b", "<", "</", "<textarea></textare"] {
            assert!(!names(page).contains(&"b"), "{page}: {:?}", names(page));
        }
    }
}
