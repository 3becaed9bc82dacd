//! Why a file is not read. Code that only gets a file's bytes uses it to tell a rejected file from a missing one.

use std::fmt::{self, Display, Formatter};
use std::io::{self, ErrorKind};

/// Why takk does not read an existing file. Wrapped in an [`io::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is not a regular file, but what this says.
    NotRegular(&'static str),
    /// It is larger than this many bytes.
    TooLarge(u64),
    /// Its path, or a symbolic link on the way, leads outside the directory that may be read.
    Outside,
}

impl Display for Refused {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRegular(kind) => write!(formatter, "it is {kind}, not a regular file"),
            Self::TooLarge(limit) if *limit >= 1 << 20 => write!(formatter, "it is larger than {} MiB", limit >> 20),
            Self::TooLarge(limit) => write!(formatter, "it is larger than {} KiB", limit >> 10),
            Self::Outside => formatter.write_str("it leads outside the project, so takk does not read it"),
        }
    }
}

impl std::error::Error for Refused {}

impl Refused {
    /// The refusal that an I/O error wraps, if any.
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

impl From<Refused> for io::Error {
    fn from(refused: Refused) -> Self {
        let kind = match refused {
            Refused::NotRegular(_) => ErrorKind::InvalidInput,
            Refused::TooLarge(_) => ErrorKind::FileTooLarge,
            Refused::Outside => ErrorKind::PermissionDenied,
        };
        Self::new(kind, refused)
    }
}
