//! IrisPG.
