//! Empty, and never built: see the manifest beside it.
