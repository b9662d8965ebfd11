//! The only room that crosses into C: library loading, value stack, strings, errors, and the safe API over them.
