//! How long a value may be used after it was read: `ttl=` of the second seed.

use std::time::Duration;

use super::error::{Error, Result};

/// How old a cached value may be for a reader: two fields with one path may have different ttls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Ttl {
    /// `None`: cached for ever.
    #[default]
    Forever,
    /// `0`: never cached, every access calls the backend.
    Never,
    /// Seconds.
    For(Duration),
}

impl Ttl {
    /// From `ttl=`: `None`, 0, or seconds. A negative number or NaN is a `Config` error.
    pub fn from_seconds(seconds: Option<f64>) -> Result<Self> {
        let Some(seconds) = seconds else { return Ok(Self::Forever) };
        if seconds.is_nan() || seconds < 0.0 {
            let error = Error::config(format!("ttl={seconds} is not a number of seconds"));
            return Err(error.hint("use 0 to never cache, or omit it to cache forever"));
        }
        if seconds == 0.0 {
            return Ok(Self::Never);
        }
        // A duration that is too long to represent means forever.
        Ok(Duration::try_from_secs_f64(seconds).map_or(Self::Forever, Self::For))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ttl_is_read_as_the_seed_says() {
        assert_eq!(Ttl::from_seconds(None).ok(), Some(Ttl::Forever));
        assert_eq!(Ttl::from_seconds(Some(0.0)).ok(), Some(Ttl::Never));
        assert_eq!(Ttl::from_seconds(Some(1.5)).ok(), Some(Ttl::For(Duration::from_millis(1500))));
        assert_eq!(Ttl::from_seconds(Some(f64::INFINITY)).ok(), Some(Ttl::Forever));
        assert!(Ttl::from_seconds(Some(-1.0)).is_err() && Ttl::from_seconds(Some(f64::NAN)).is_err());
    }
}
