//! Writing JSON text.

use std::fmt;

use serde::ser::{self, Impossible, Serialize, Serializer};

use super::{Map, Value, WrongShape};

/// A value that derives `Serialize` as JSON text. Absent values (`None`) of a struct are left out, as TypeScript expects it.
///
/// Only what Cowbell's own types need is understood: no floating-point numbers, no maps.
///
/// # Errors
/// When the value has something else.
pub fn to_text(value: &impl Serialize) -> Result<String, WrongShape> {
    let mut writer = Writer { text: String::new(), absent: false };
    value.serialize(&mut writer)?;
    Ok(writer.text)
}

/// Adds a text in quotation marks.
pub fn quote(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            '\0'..' ' => {
                out.push_str("\\u00");
                out.push(hex(letter as u32 >> 4));
                out.push(hex(letter as u32 & 15));
            }
            _ => out.push(letter),
        }
    }
    out.push('"');
}

fn hex(digit: u32) -> char {
    char::from_digit(digit, 16).unwrap_or_default()
}

/// Adds a value.
pub(super) fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(on) => out.push_str(if *on { "true" } else { "false" }),
        Value::Number(digits) => out.push_str(digits),
        Value::String(text) => quote(text, out),
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => write_object(fields, out),
    }
}

/// Adds an object.
pub(super) fn write_object(fields: &Map, out: &mut String) {
    out.push('{');
    for (position, (name, item)) in fields.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        quote(name, out);
        out.push(':');
        write(item, out);
    }
    out.push('}');
}

struct Writer {
    text: String,
    /// The last value was `None`.
    absent: bool,
}

impl Writer {
    /// Begins an element of the list or object that `open` began; returns where.
    fn begin(&mut self, open: u8) -> usize {
        let begin = self.text.len();
        if self.text.as_bytes().last() != Some(&open) {
            self.text.push(',');
        }
        begin
    }

    fn begin_field(&mut self, name: &str) -> usize {
        let begin = self.begin(b'{');
        quote(name, &mut self.text);
        self.text.push(':');
        self.absent = false;
        begin
    }

    fn end_field(&mut self, begin: usize) {
        if std::mem::take(&mut self.absent) {
            self.text.truncate(begin);
        }
    }
}

/// A list or an object that has been begun.
struct Open<'a> {
    writer: &'a mut Writer,
    close: &'static str,
}

impl Open<'_> {
    fn close(self) {
        self.writer.text.push_str(self.close);
        self.writer.absent = false;
    }
}

impl ser::Error for WrongShape {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Values that Cowbell's types do not have.
macro_rules! never {
    ($($method:ident($($kind:ty),*) -> $ok:ty;)*) => {
        $(fn $method(self, $(_: $kind),*) -> Result<$ok, WrongShape> {
            Err(WrongShape)
        })*
    };
}

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = WrongShape;
    type SerializeSeq = Open<'a>;
    type SerializeTuple = Open<'a>;
    type SerializeTupleStruct = Impossible<(), WrongShape>;
    type SerializeTupleVariant = Impossible<(), WrongShape>;
    type SerializeMap = Impossible<(), WrongShape>;
    type SerializeStruct = Open<'a>;
    type SerializeStructVariant = Impossible<(), WrongShape>;

    never! {
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }

    fn serialize_bool(self, on: bool) -> Result<(), WrongShape> {
        self.text.push_str(if on { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, number: i8) -> Result<(), WrongShape> {
        self.serialize_i64(number.into())
    }

    fn serialize_i16(self, number: i16) -> Result<(), WrongShape> {
        self.serialize_i64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Result<(), WrongShape> {
        self.serialize_i64(number.into())
    }

    fn serialize_i64(self, number: i64) -> Result<(), WrongShape> {
        self.text.push_str(&number.to_string());
        Ok(())
    }

    fn serialize_u8(self, number: u8) -> Result<(), WrongShape> {
        self.serialize_u64(number.into())
    }

    fn serialize_u16(self, number: u16) -> Result<(), WrongShape> {
        self.serialize_u64(number.into())
    }

    fn serialize_u32(self, number: u32) -> Result<(), WrongShape> {
        self.serialize_u64(number.into())
    }

    fn serialize_u64(self, number: u64) -> Result<(), WrongShape> {
        self.text.push_str(&number.to_string());
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Result<(), WrongShape> {
        quote(text, &mut self.text);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), WrongShape> {
        self.absent = true;
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), WrongShape> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), WrongShape> {
        self.text.push_str("null");
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), WrongShape> {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), WrongShape> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), WrongShape> {
        let mut open = self.serialize_struct(name, 1)?;
        ser::SerializeStruct::serialize_field(&mut open, name, value)?;
        open.close();
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'a>, WrongShape> {
        self.text.push('[');
        Ok(Open { writer: self, close: "]" })
    }

    fn serialize_tuple(self, length: usize) -> Result<Open<'a>, WrongShape> {
        self.serialize_seq(Some(length))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'a>, WrongShape> {
        self.text.push('{');
        Ok(Open { writer: self, close: "}" })
    }
}

impl ser::SerializeSeq for Open<'_> {
    type Ok = ();
    type Error = WrongShape;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WrongShape> {
        self.writer.begin(b'[');
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), WrongShape> {
        self.close();
        Ok(())
    }
}

impl ser::SerializeTuple for Open<'_> {
    type Ok = ();
    type Error = WrongShape;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WrongShape> {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<(), WrongShape> {
        self.close();
        Ok(())
    }
}

impl ser::SerializeStruct for Open<'_> {
    type Ok = ();
    type Error = WrongShape;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), WrongShape> {
        let begin = self.writer.begin_field(name);
        value.serialize(&mut *self.writer)?;
        self.writer.end_field(begin);
        Ok(())
    }

    fn end(self) -> Result<(), WrongShape> {
        self.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct View {
        some_text: Option<String>,
        absent: Option<u32>,
        inner: Vec<Option<Inner>>,
        number: i64,
    }

    #[derive(Serialize)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Inner {
        Empty,
        Full { pair: (u8, &'static str), last: Option<bool> },
    }

    #[test]
    fn what_is_absent_is_left_out() {
        let inner = vec![None, Some(Inner::Empty), Some(Inner::Full { pair: (1, "[{"), last: None })];
        let view = View { some_text: Some("\"\\\n\u{1f}ä".into()), absent: None, inner, number: -1 };
        assert_eq!(
            to_text(&view).as_deref(),
            Ok(concat!(
                r#"{"someText":"\"\\\u000a\u001fä","inner":[null,{"kind":"empty"},{"kind":"full","pair":[1,"[{"]}],"#,
                r#""number":-1}"#
            ))
        );
        let first_absent = View { some_text: None, absent: Some(1), inner: Vec::new(), number: 0 };
        assert_eq!(to_text(&first_absent).as_deref(), Ok(r#"{"absent":1,"inner":[],"number":0}"#));
    }

    #[test]
    fn it_writes_as_serde_json_does() {
        let view = View { some_text: Some("🔔".into()), absent: Some(0), inner: vec![Some(Inner::Empty)], number: i64::MIN };
        let ours: serde_json::Value = serde_json::from_str(&to_text(&view).unwrap()).unwrap();
        assert_eq!(ours, serde_json::to_value(&view).unwrap());
    }
}
