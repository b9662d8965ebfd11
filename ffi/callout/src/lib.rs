//! The callout.
