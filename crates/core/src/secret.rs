//! A value that must not be seen by accident: no `Debug`, no `Display`, no `Serialize`.
//! To use it, one writes `.expose()`, which is easy to find in a review.

/// A password, a token or key bytes.
#[derive(Clone)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. The caller answers for where it goes.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Takes the value out.
    pub fn into_exposed(self) -> T {
        self.0
    }
}
