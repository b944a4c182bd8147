//! The key that seals SIP secrets: a file of 32 bytes in hexadecimal, mode 0600, made by whichever command comes first.
//! It is never part of the database: a copy of the data without it opens no secret.

use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, bail};
use tonalite_core::secret::Secret;
use tonalite_core::world::{Entropy, random_bytes};

/// Reads the key, or makes it where there is none.
pub(crate) fn load_or_make(path: &Path, entropy: &dyn Entropy) -> anyhow::Result<Secret<[u8; 32]>> {
    match std::fs::File::options().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            let key = random_bytes::<32>(entropy);
            let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            file.write_all(text.as_bytes())
                .and_then(|()| file.write_all(b"\n"))
                .and_then(|()| file.sync_all())
                .with_context(|| format!("cannot write the key file {}", path.display()))?;
            Ok(Secret::new(key))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => read(path),
        Err(error) => Err(error).with_context(|| format!("cannot make the key file {}", path.display())),
    }
}

fn read(path: &Path) -> anyhow::Result<Secret<[u8; 32]>> {
    let shown = path.display();
    let mode = std::fs::metadata(path)
        .with_context(|| format!("cannot read the key file {shown}"))?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        bail!("the key file {shown} can be read by others (mode {:o}); run: chmod 600 {shown}", mode & 0o777);
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the key file {shown}"))?;
    parse(text.trim())
        .map(Secret::new)
        .with_context(|| format!("the key file {shown} is damaged: 64 hexadecimal digits are expected"))
}

fn parse(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut key = [0; 32];
    for (byte, digits) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::SystemEntropy;

    #[test]
    fn a_key_is_made_once_kept_and_kept_private() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("secret.key");
        let made = load_or_make(&path, &SystemEntropy)?;
        assert_eq!(load_or_make(&path, &SystemEntropy)?.expose(), made.expose());
        assert_eq!(std::fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);

        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640))?;
        assert!(
            load_or_make(&path, &SystemEntropy).is_err_and(|error| error.to_string().contains("chmod 600"))
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        std::fs::write(&path, "abc")?;
        assert!(
            load_or_make(&path, &SystemEntropy).is_err_and(|error| error.to_string().contains("damaged"))
        );
        Ok(())
    }
}
