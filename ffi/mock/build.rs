//! Gives the library the name under which programs look for it.

fn main() {
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libirisdb.so");
    println!("cargo::rerun-if-changed=build.rs");
}
