//! One line on its way into the sealed stream.

use zeroize::Zeroize;

/// The cells of one line, wiped when it is begun anew and when it is dropped. It may hold opened values, so it can be
/// neither printed nor copied, and only the writers of this module read it.
pub(crate) struct CopyRow {
    text: String,
    ends: Vec<usize>,
}

impl CopyRow {
    /// With room for a usual line at once: a buffer that grows leaves copies behind.
    pub(super) fn new() -> Self {
        Self { text: String::with_capacity(16 * 1024), ends: Vec::with_capacity(64) }
    }

    /// Adds to the open cell. The vault calls this, and whoever writes what is no secret.
    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Ends the open cell and opens the next.
    pub(super) fn end_cell(&mut self) {
        self.ends.push(self.text.len());
    }

    /// Begins the next line.
    pub(super) fn clear(&mut self) {
        self.text.zeroize();
        self.ends.clear();
    }

    /// The ended cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.text.get(start..*end).unwrap_or_default())
    }
}

impl Drop for CopyRow {
    fn drop(&mut self) {
        self.clear();
    }
}
