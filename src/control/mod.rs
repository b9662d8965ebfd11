//! What supervisor and workers say to each other: the control socket and the shared page.
