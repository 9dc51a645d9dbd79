//! JSON that people write: fixtures, and bodies of the control API.
//!
//! Serde takes a list where an object is expected, for the members in the order of the struct: a
//! mistake that would go unseen, and that no JSON Schema allows. Here an object is an object, at every
//! depth, and an error tells its place.

mod place;
mod text;

use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use self::place::located;
pub use self::text::parsed;

/// Why a text cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct JsonError {
    /// The place as `users[0].name`; `.` for the whole.
    pub path: String,
    /// The place as a JSON Pointer ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)).
    pub pointer: String,
    /// What was found, and what is allowed.
    pub problem: String,
}

/// Reads one value, behind which nothing may follow.
///
/// # Errors
///
/// [`JsonError`] when it is no JSON, or not of the type's shape.
pub fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = T::deserialize(Strict(&mut reader)).map_err(|error| located(text, &error))?;
    reader.end().map_err(|error| JsonError {
        path: ".".to_owned(),
        pointer: String::new(),
        problem: error.to_string(),
    })?;
    Ok(value)
}

/// A step of a JSON Pointer.
pub fn escaped(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

/// Reads as what is inside does, and its parts so too.
struct Strict<T>(T);

/// The visitor of a struct.
struct Object<V>(V);

macro_rules! read_as_inside {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            self.0.$method(Strict(visitor))
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    read_as_inside! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32
        deserialize_i64 deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32
        deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char
        deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
        deserialize_option deserialize_unit deserialize_seq deserialize_map
        deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        members: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_struct(name, members, Object(visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_unit_struct(name, Strict(visitor))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_newtype_struct(name, Strict(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_tuple(length, Strict(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_tuple_struct(name, length, Strict(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_enum(name, variants, Strict(visitor))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Object<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Strict(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<V::Value, A::Error> {
        Err(A::Error::custom("invalid type: list, expected an object"))
    }
}

macro_rules! visit_as_inside {
    ($($method:ident($kind:ty))*) => {
        $(fn $method<E: Error>(self, value: $kind) -> Result<V::Value, E> {
            self.0.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Strict<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visit_as_inside! {
        visit_bool(bool) visit_i8(i8) visit_i16(i16) visit_i32(i32) visit_i64(i64)
        visit_i128(i128) visit_u8(u8) visit_u16(u16) visit_u32(u32) visit_u64(u64)
        visit_u128(u128) visit_f32(f32) visit_f64(f64) visit_char(char) visit_str(&str)
        visit_borrowed_str(&'de str) visit_string(String) visit_bytes(&[u8])
        visit_borrowed_bytes(&'de [u8]) visit_byte_buf(Vec<u8>)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inside: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Strict(inside))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inside: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Strict(inside))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Strict(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Strict(members))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Strict(variant))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inside: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict(inside))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Strict<A> {
    type Error = A::Error;
    type Variant = Strict<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let (value, variant) = self.0.variant_seed(seed)?;
        Ok((value, Strict(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Strict(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(length, Strict(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        members: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(members, Object(visitor))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::Value;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Inner {
        number: Option<i64>,
        text: Option<String>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Choice {
        Plain,
        Number(u8),
        Inner(Inner),
        Struct { pair: (u8, u8) },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct New(Inner);

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Outer {
        inner: Option<Inner>,
        list: Vec<Inner>,
        map: BTreeMap<String, Inner>,
        choice: Option<Choice>,
        new: Option<New>,
        any: Value,
    }

    #[test]
    fn an_object_is_read_at_every_depth() {
        let text = r#"{"inner":{"number":1},"list":[{},{"text":"x"}],"map":{"a":{"number":-2}},
            "choice":{"struct":{"pair":[1,2]}},"new":{"text":null},"any":[{"a":[null,1.5,true]}]}"#;
        let read: Outer = read(text.as_bytes()).unwrap();
        assert_eq!((read.list.len(), read.map["a"].number), (2, Some(-2)));
        assert_eq!(read.choice, Some(Choice::Struct { pair: (1, 2) }));
        assert_eq!(read.any, serde_json::json!([{ "a": [null, 1.5, true] }]));
        for (text, choice) in [
            (r#""plain""#, Choice::Plain),
            (r#"{"number":7}"#, Choice::Number(7)),
            (r#"{"inner":{}}"#, Choice::Inner(Inner::default())),
        ] {
            assert_eq!(super::read::<Choice>(text.as_bytes()), Ok(choice), "{text}");
        }
    }

    #[test]
    fn a_list_is_no_object_at_any_depth() {
        for (text, path, pointer) in [
            ("[]", ".", ""),
            (r#"{"inner":[]}"#, "inner", "/inner"),
            (r#"{"list":[{},[1]]}"#, "list[1]", "/list/1"),
            (r#"{"map":{"a/b":[]}}"#, "map.a/b", "/map/a~1b"),
            (r#"{"choice":{"inner":[]}}"#, "choice.inner", "/choice/inner"),
            (r#"{"choice":{"struct":[[1,2]]}}"#, "choice.struct", "/choice/struct"),
            (r#"{"new":[]}"#, "new", "/new"),
        ] {
            let error = read::<Outer>(text.as_bytes()).unwrap_err();
            assert_eq!((error.path.as_str(), error.pointer.as_str()), (path, pointer), "{text}");
            assert!(error.problem.contains("list, expected an object"), "{text}: {error}");
        }
    }

    #[test]
    fn what_else_is_wrong_is_told_with_its_place() {
        for (text, pointer, problem) in [
            (r#"{"inner":{"number":"1"}}"#, "/inner/number", "invalid type: string"),
            (r#"{"inner":{"other":1}}"#, "/inner/other", "unknown field `other`"),
            (r#"{"list":{}}"#, "/list", "invalid type: map, expected a sequence"),
            (r#"{"choice":"none"}"#, "/choice", "unknown variant `none`"),
            ("{} {}", "", "trailing characters"),
            ("", "", "EOF"),
        ] {
            let error = read::<Outer>(text.as_bytes()).unwrap_err();
            assert_eq!(error.pointer, pointer, "{text}");
            assert!(error.problem.contains(problem), "{text}: {error}");
        }
    }
}
