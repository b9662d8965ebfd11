//! What a PostgreSQL session is: transaction state, portals, statements, settings.

#![forbid(unsafe_code)]
