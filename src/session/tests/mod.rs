//! The session over an engine that answers by a script: what it asks IRIS, and what it tells the
//! client.

mod cost;
mod handles;
mod plan;
mod play;
