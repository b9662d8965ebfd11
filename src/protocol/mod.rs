//! The PostgreSQL protocol: frames, limits, messages, state machine. Knows nothing of IRIS, SQL or sockets.

#![forbid(unsafe_code)]
