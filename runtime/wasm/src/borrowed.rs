//! Lends the host of an invocation to its store, which wasmtime wants to own everything in it.

use std::ptr::NonNull;

use holm_core::Host;

/// A host that is borrowed for as long as the store lives: see [`Lent::new`].
#[derive(Debug)]
pub struct Lent(NonNull<dyn Host>);

// SAFETY: it stands for a `&mut dyn Host`, and hosts are `Send`.
unsafe impl Send for Lent {}

impl Lent {
    /// # Safety
    /// The value must be dropped before `host` can be used again by anyone else; in this crate: the store that
    /// holds it lives in the future that holds the borrow, and ends first.
    pub unsafe fn new(host: &mut dyn Host) -> Self {
        let pointer: NonNull<dyn Host + '_> = NonNull::from(host);
        // SAFETY: only the lifetime changes, and the caller promises to respect it.
        Self(unsafe { std::mem::transmute::<NonNull<dyn Host + '_>, NonNull<dyn Host + 'static>>(pointer) })
    }

    /// The same host, for use while the store that holds this value is borrowed by a suspended call.
    ///
    /// # Safety
    /// The copy is only used while nobody uses this value, and dropped before it.
    pub unsafe fn copy(&self) -> Self {
        Self(self.0)
    }

    /// The host.
    pub fn host(&mut self) -> &mut dyn Host {
        // SAFETY: `new`'s promise makes this the only borrow; `&mut self` keeps it so.
        unsafe { self.0.as_mut() }
    }
}
