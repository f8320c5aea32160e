//! Definitions of attributes of users and groups, which are enforced since 2026.8 (docs/contract/authentik.md, section 8).

/// The objects whose attributes a definition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeOf {
    Users,
    Groups,
}

/// The type of an attribute's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeType {
    /// A text or a number.
    Text,
    Number,
    Boolean,
}

/// A definition of an attribute.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "as authentik has them")]
pub struct ObjectAttribute {
    /// Whose attribute.
    pub of: AttributeOf,
    /// Name of the attribute; a dot leads into an object.
    pub key: String,
    /// Whether it is enforced.
    pub enabled: bool,
    /// Type of the value, or of each value of an array.
    pub kind: AttributeType,
    /// Whether the value is an array.
    pub is_array: bool,
    /// Whether no two objects may have the same value. An object counts as another one of itself.
    pub is_unique: bool,
    /// Whether it has to be there.
    pub is_required: bool,
    /// What a text has to match from its first to its last character; empty for any.
    pub regex: String,
}

impl ObjectAttribute {
    /// An enabled definition of a text that demands nothing else.
    #[must_use]
    pub fn new(of: AttributeOf, key: &str) -> Self {
        Self {
            of,
            key: key.to_owned(),
            enabled: true,
            kind: AttributeType::Text,
            is_array: false,
            is_unique: false,
            is_required: false,
            regex: String::new(),
        }
    }
}
