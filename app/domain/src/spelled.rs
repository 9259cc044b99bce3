//! Reading a text that stands for something, as it is parsed: without a copy of it, since a log has many.

use serde::Deserializer;
use serde::de::{Error, Visitor};
use std::fmt;

/// What `parse` makes of a text; an error if it makes nothing.
pub(crate) fn spelled<'de, D: Deserializer<'de>, T, E: fmt::Display>(
    d: D,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, D::Error> {
    d.deserialize_str(Spelled(parse))
}

struct Spelled<P>(P);

impl<P, T, E> Visitor<'_> for Spelled<P>
where
    P: FnOnce(&str) -> Result<T, E>,
    E: fmt::Display,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<X: Error>(self, text: &str) -> Result<T, X> {
        (self.0)(text).map_err(X::custom)
    }
}
