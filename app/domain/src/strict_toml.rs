//! TOML that remembers its lines and refuses what nobody asked for. Behind `catalog.toml` and
//! `purposes.toml`: a rule that a bank mistyped must not be a rule silently left out.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Texts, each with its line.
pub(crate) type Texts = Vec<At<String>>;

/// What is wrong with the file as a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Fault {
    /// Not TOML.
    #[error("this is not TOML, or a key stands twice")]
    Syntax,
    /// A key that has no meaning here.
    #[error("unknown key")]
    UnknownKey,
    /// Text for a list, a number for text.
    #[error("a value of the wrong type")]
    WrongType,
    /// A key that must be there.
    #[error("a key is missing that must be there")]
    MissingKey,
    /// A word that is none of the allowed ones.
    #[error("a word that is not allowed here")]
    UnknownWord,
    /// A name that is not written as names are.
    #[error("a badly formed name")]
    BadName,
    /// Empty text or an empty list.
    #[error("empty")]
    Empty,
}

/// Something and the line it stands on.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    pub(crate) line: usize,
    pub(crate) it: T,
}

impl<T> At<T> {
    pub(crate) fn parse<U>(self, make: impl FnOnce(&T) -> Option<U>, fault: Fault) -> Result<At<U>, At<Fault>> {
        match make(&self.it) {
            Some(it) => Ok(At { line: self.line, it }),
            None => Err(At { line: self.line, it: fault }),
        }
    }
}

/// A table whose keys are taken out one by one; what is left at the end is refused.
#[derive(Debug)]
pub(crate) struct Table {
    line: usize,
    lines: BTreeMap<String, usize>,
    entries: BTreeMap<String, At<Node>>,
}

#[derive(Debug)]
enum Node {
    Text(String),
    Bool(bool),
    List(Vec<At<Node>>),
    Table(Table),
    Other,
}

/// Reads the whole file.
pub(crate) fn parse(text: &str) -> Result<Table, At<Fault>> {
    let root = DeTable::parse(text)
        .map_err(|error| At { line: line_at(text, error.span().map_or(0, |span| span.start)), it: Fault::Syntax })?;
    Ok(table(text, 1, root.get_ref()))
}

fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|&b| b == b'\n').count()
}

fn table(text: &str, line: usize, from: &DeTable<'_>) -> Table {
    let mut table = Table { line, lines: BTreeMap::new(), entries: BTreeMap::new() };
    for (key, value) in from {
        let line = line_at(text, key.span().start);
        table.lines.insert(key.get_ref().to_string(), line);
        table.entries.insert(key.get_ref().to_string(), At { line, it: node(text, value) });
    }
    table
}

fn node(text: &str, value: &Spanned<DeValue<'_>>) -> Node {
    match value.get_ref() {
        DeValue::String(it) => Node::Text(it.to_string()),
        DeValue::Boolean(it) => Node::Bool(*it),
        DeValue::Array(items) => Node::List(
            items.iter().map(|item| At { line: line_at(text, item.span().start), it: node(text, item) }).collect(),
        ),
        DeValue::Table(it) => Node::Table(table(text, line_at(text, value.span().start), it)),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => Node::Other,
    }
}

const fn wrong_type<T>(line: usize) -> Result<T, At<Fault>> {
    Err(At { line, it: Fault::WrongType })
}

impl Table {
    /// The line on which the table begins.
    pub(crate) const fn line(&self) -> usize {
        self.line
    }
    /// The line of a key, taken out or not; of the table if there is no such key.
    pub(crate) fn line_of(&self, key: &str) -> usize {
        self.lines.get(key).copied().unwrap_or(self.line)
    }
    /// Whether the key is there and not taken out yet.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }
    /// Text that is not blank.
    pub(crate) fn text(&mut self, key: &str) -> Result<Option<At<String>>, At<Fault>> {
        match self.entries.remove(key) {
            None => Ok(None),
            Some(At { line, it: Node::Text(it) }) if it.trim().is_empty() => Err(At { line, it: Fault::Empty }),
            Some(At { line, it: Node::Text(it) }) => Ok(Some(At { line, it })),
            Some(At { line, .. }) => wrong_type(line),
        }
    }
    /// Text that must be there.
    pub(crate) fn required(&mut self, key: &str) -> Result<At<String>, At<Fault>> {
        self.text(key)?.ok_or(At { line: self.line, it: Fault::MissingKey })
    }
    /// Yes or no; no if it is not there.
    pub(crate) fn flag(&mut self, key: &str) -> Result<bool, At<Fault>> {
        match self.entries.remove(key) {
            None => Ok(false),
            Some(At { it: Node::Bool(it), .. }) => Ok(it),
            Some(At { line, .. }) => wrong_type(line),
        }
    }
    /// A list of texts, not empty. A plain `false` is as good as no list at all.
    pub(crate) fn texts(&mut self, key: &str) -> Result<Texts, At<Fault>> {
        match self.entries.remove(key) {
            None | Some(At { it: Node::Bool(false), .. }) => Ok(Vec::new()),
            Some(At { line, it: Node::List(items) }) => texts(line, items),
            Some(At { line, .. }) => wrong_type(line),
        }
    }
    /// Whether the word `any` stands there in place of a list; taken out if so.
    pub(crate) fn any(&mut self, key: &str) -> Result<bool, At<Fault>> {
        if !matches!(self.entries.get(key), Some(At { it: Node::Text(_), .. })) {
            return Ok(false);
        }
        let word = self.required(key)?;
        word.parse(|text| (text == "any").then_some(true), Fault::UnknownWord).map(|any| any.it)
    }
    /// A list of lists of texts.
    pub(crate) fn text_lists(&mut self, key: &str) -> Result<Vec<At<Texts>>, At<Fault>> {
        self.list(key)?
            .into_iter()
            .map(|item| match item.it {
                Node::List(items) => Ok(At { line: item.line, it: texts(item.line, items)? }),
                _ => wrong_type(item.line),
            })
            .collect()
    }
    /// A table within.
    pub(crate) fn table(&mut self, key: &str) -> Result<Table, At<Fault>> {
        match self.entries.remove(key) {
            None => Err(At { line: self.line, it: Fault::MissingKey }),
            Some(At { it: Node::Table(it), .. }) => Ok(it),
            Some(At { line, .. }) => wrong_type(line),
        }
    }
    /// Tables under one name: `[[field]]`.
    pub(crate) fn tables(&mut self, key: &str) -> Result<Vec<Table>, At<Fault>> {
        self.list(key)?
            .into_iter()
            .map(|item| match item.it {
                Node::Table(it) => Ok(it),
                _ => wrong_type(item.line),
            })
            .collect()
    }
    /// Refuses whatever was not taken out.
    pub(crate) fn finish(&self) -> Result<(), At<Fault>> {
        match self.entries.values().map(|left| left.line).min() {
            Some(line) => Err(At { line, it: Fault::UnknownKey }),
            None => Ok(()),
        }
    }

    fn list(&mut self, key: &str) -> Result<Vec<At<Node>>, At<Fault>> {
        match self.entries.remove(key) {
            None => Ok(Vec::new()),
            Some(At { it: Node::List(items), .. }) => Ok(items),
            Some(At { line, .. }) => wrong_type(line),
        }
    }
}

fn texts(line: usize, items: Vec<At<Node>>) -> Result<Texts, At<Fault>> {
    if items.is_empty() {
        return Err(At { line, it: Fault::Empty });
    }
    items
        .into_iter()
        .map(|item| match item.it {
            Node::Text(it) => Ok(At { line: item.line, it }),
            _ => wrong_type(item.line),
        })
        .collect()
}
