//! Signals of a process that connects to IRIS.
