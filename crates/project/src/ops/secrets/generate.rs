//! Generates values for secrets that nobody else issues.

use zeroize::Zeroizing;

use takk_model::Manifest;
use takk_model::error::{Error, Result};
use takk_model::visible::shell_word;
use takk_value::Wanted;
use takk_vault::{Random, SecretValue, SystemRandom};

/// Whether a value for the name can be generated.
pub fn is_generable(manifest: &Manifest, name: &str) -> bool {
    manifest.field(name).is_some_and(takk_value::is_generable)
}

/// Generates a value for the name, or says why none can be generated.
pub fn generate(manifest: &Manifest, name: &str) -> Result<SecretValue> {
    let refused = |why: String| {
        Error::usage(format!("cannot generate a value for `{name}`: {why}"))
            .hint(format!("run `takk secrets set {word}` to enter it", word = shell_word(name)))
    };
    let setting = manifest.field(name).ok_or_else(|| refused("it is a part of another variable".to_owned()))?;
    let mut failed = None;
    let mut random = |buffer: &mut [u8]| {
        if let Err(error) = SystemRandom.fill(buffer) {
            failed = Some(error);
        }
    };
    let made: Result<Zeroizing<String>, _> = takk_value::generate(&Wanted { setting }, &mut random);
    if let Some(error) = failed {
        return Err(Error::system(error.to_string()).hint("try again"));
    }
    let mut made = made.map_err(|refusal| refused(refusal.to_string()))?;
    Ok(SecretValue::new(std::mem::take(&mut *made)))
}
