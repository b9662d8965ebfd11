//! Passwords: how they are kept and compared, and those changed through Callin.

use super::{Admin, AdminError, file, sha256};
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;

/// Name of the file that holds passwords changed through Callin; it wins over the
/// administration file and takes the flag `change` away.
const CHANGES: &str = "irismock.passwords";

/// How a password is checked: always as a salted SHA-256, so that the work does not depend on the
/// user. (A simulator's secret guards nothing; a real instance takes PBKDF2.)
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Password {
    salt: String,
    /// The digest, or `None` when no password fits.
    digest: Option<[u8; 32]>,
}

impl Password {
    /// No password fits.
    pub(crate) fn none() -> Self {
        Self { salt: String::new(), digest: None }
    }

    /// This password fits.
    pub(crate) fn plain(password: &str) -> Self {
        Self::salted("", password)
    }

    fn salted(salt: &str, password: &str) -> Self {
        let digest = sha256::digest(format!("{salt}{password}").as_bytes());
        Self { salt: salt.to_owned(), digest: Some(digest) }
    }

    /// A stored hash: `sha256:SALT:HEX`, the digest of the salt followed by the password in UTF-8.
    pub(super) fn stored(text: &str) -> Result<Self, String> {
        let wrong = || "a hash is of the form sha256:SALT:HEX".to_owned();
        let rest = text.strip_prefix("sha256:").ok_or_else(wrong)?;
        let (salt, hex) = rest.split_once(':').ok_or_else(wrong)?;
        if hex.len() != 64 || !hex.is_ascii() {
            return Err(wrong());
        }
        let mut digest = [0; 32];
        for (index, byte) in digest.iter_mut().enumerate() {
            let pair = hex.get(index * 2..index * 2 + 2).ok_or_else(wrong)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self { salt: salt.to_owned(), digest: Some(digest) })
    }

    /// The form that [`Password::stored`] reads.
    fn to_stored(&self) -> String {
        let mut text = format!("sha256:{}:", self.salt);
        for byte in self.digest.unwrap_or_default() {
            // Writing to a string does not fail.
            let _written = write!(text, "{byte:02x}");
        }
        text
    }

    /// Whether a password fits; the time does not tell how much of it does.
    pub(crate) fn matches(&self, given: &str) -> bool {
        let computed = sha256::digest(format!("{}{given}", self.salt).as_bytes());
        let known = self.digest.unwrap_or_default();
        let pairs = computed.iter().zip(known);
        let difference = pairs.fold(0_u8, |sum, (a, b)| black_box(sum | (a ^ b)));
        difference == 0 && self.digest.is_some()
    }
}

/// Applies the passwords that were changed through Callin.
pub(super) fn apply_changes(admin: &mut Admin) -> Result<(), AdminError> {
    let path = admin.directory.join(CHANGES);
    let Some(text) = file::read(&path)? else { return Ok(()) };
    for (index, line) in text.lines().enumerate() {
        let words = file::words(line);
        let [name, stored] = words.as_slice() else { continue };
        let password = Password::stored(stored)
            .map_err(|reason| AdminError::Line { line: index + 1, reason })?;
        let name = name.to_lowercase();
        for user in admin.users.iter_mut().filter(|user| user.name.to_lowercase() == name) {
            user.password = password.clone();
            user.change = false;
        }
    }
    Ok(())
}

/// Keeps a changed password.
pub(super) fn record_change(directory: &Path, user: &str, new: &str) -> std::io::Result<()> {
    let path = directory.join(CHANGES);
    let before = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let salt = format!("{:x}", std::process::id());
    let line = format!("\"{user}\" {}\n", Password::salted(&salt, new).to_stored());
    let draft = directory.join(format!("{CHANGES}.{}", std::process::id()));
    std::fs::write(&draft, before + &line)?;
    std::fs::rename(&draft, &path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_hash_fits_its_password_only() {
        let stored = Password::salted("pepper", "Grüße").to_stored();
        let password = Password::stored(&stored).unwrap();
        assert!(password.matches("Grüße"));
        assert!(!password.matches("Gruesse"));
        assert!(!Password::none().matches(""));
        assert!(Password::stored("sha256:a:zz").is_err());
        assert!(Password::stored("md5:a:zz").is_err());
    }
}
