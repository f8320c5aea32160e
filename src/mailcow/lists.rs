//! Lists as mailcow stores them: JSON arrays, objects with gaps where an entry was empty, or nothing (docs/contract/mailcow.md,
//! section 3; docs/contract/e2e.md, case z).

use serde_json::Value;

/// How mailcow stored a list. Anything but [`ListShape::Dense`] in `mappers` or `templates` makes every sign-in end on an empty
/// page (docs/contract/e2e.md, cases z, z2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListShape {
    /// Never stored.
    #[default]
    Missing,
    /// An object whose keys have gaps.
    Holes,
    /// An array.
    Dense,
}

/// One row of the attribute mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Value of the claim `mailcow_template`.
    pub claim: String,
    /// Name of its template.
    pub template: String,
}

/// The attribute mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mappings {
    /// The complete rows, in mailcow's order.
    pub rows: Vec<Mapping>,
    /// How it was stored.
    pub shape: ListShape,
}

impl Mappings {
    /// Joins the settings `mappers` and `templates` by their keys, as mailcow does at a sign-in. Omits rows without a
    /// counterpart: they have no effect.
    pub(super) fn of(mappers: Option<&Value>, templates: Option<&Value>) -> Self {
        let shape = shape(mappers).min_with(shape(templates));
        let templates = entries(templates);
        let rows = entries(mappers)
            .into_iter()
            .filter_map(|(key, claim)| {
                let (_, template) = templates.iter().find(|(other, _)| *other == key)?;
                Some(Mapping { claim, template: template.clone() })
            })
            .collect();
        Self { rows, shape }
    }

    /// The same rows in arrays without gaps.
    #[must_use]
    pub fn dense(&self) -> Self {
        Self { rows: self.rows.clone(), shape: ListShape::Dense }
    }

    /// Sets the template of a claim value.
    pub(super) fn set(&mut self, claim: &str, template: &str) {
        match self.rows.iter_mut().find(|row| row.claim == claim) {
            Some(row) => template.clone_into(&mut row.template),
            None => self.rows.push(Mapping { claim: claim.to_owned(), template: template.to_owned() }),
        }
    }

    /// The claim values, in order.
    pub fn claims(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|row| row.claim.as_str())
    }

    /// The templates, in order.
    pub fn templates(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|row| row.template.as_str())
    }
}

impl ListShape {
    /// The worse of two shapes.
    fn min_with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Missing, _) | (_, Self::Missing) => Self::Missing,
            (Self::Holes, _) | (_, Self::Holes) => Self::Holes,
            (Self::Dense, Self::Dense) => Self::Dense,
        }
    }
}

/// The texts of a list, whatever its shape; empty ones are omitted.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    entries(value).into_iter().map(|(_, text)| text).collect()
}

fn shape(value: Option<&Value>) -> ListShape {
    match value {
        Some(Value::Array(_)) => ListShape::Dense,
        Some(Value::Object(_)) => ListShape::Holes,
        _ => ListShape::Missing,
    }
}

/// Keys and texts, in the order of the keys; empty texts are omitted.
fn entries(value: Option<&Value>) -> Vec<(usize, String)> {
    let mut entries = Vec::new();
    let mut add = |key: usize, item: &Value| {
        if let Some(text) = item.as_str().filter(|text| !text.is_empty()) {
            let at = entries.partition_point(|(other, _)| *other <= key);
            entries.insert(at, (key, text.to_owned()));
        }
    };
    match value {
        Some(Value::Array(items)) => items.iter().enumerate().for_each(|(key, item)| add(key, item)),
        Some(Value::Object(items)) => {
            for (key, item) in items {
                if let Ok(key) = key.parse() {
                    add(key, item);
                }
            }
        }
        Some(item) => add(0, item),
        None => {}
    }
    entries
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn holes_are_joined_by_key() {
        // Recording 160.
        let mappings =
            Mappings::of(Some(&json!({"0": "sales", "2": "staff"})), Some(&json!({"0": "OIDC Users", "2": "Default"})));
        assert_eq!(mappings.shape, ListShape::Holes);
        assert_eq!(mappings.claims().collect::<Vec<_>>(), ["sales", "staff"]);
        assert_eq!(mappings.templates().collect::<Vec<_>>(), ["OIDC Users", "Default"]);
        assert_eq!(mappings.dense().shape, ListShape::Dense);
    }

    #[test]
    fn rows_without_a_partner_and_foreign_types_are_left_out() {
        let mappings = Mappings::of(Some(&json!(["a", 7, "", "d"])), Some(&json!({"0": "Default", "x": "y"})));
        assert_eq!(mappings.claims().collect::<Vec<_>>(), ["a"]);
        assert_eq!(Mappings::of(None, Some(&json!([]))).shape, ListShape::Missing);
        assert_eq!(texts(Some(&json!("one"))), ["one"]);
    }
}
