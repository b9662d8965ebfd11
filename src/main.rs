//! The command line of IrisPG.

fn main() {}
