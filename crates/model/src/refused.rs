//! Why a file is not read. Code that only gets a file's bytes uses it to tell a rejected file from a missing one.

use std::fmt::{self, Display, Formatter};
use std::io::{self, ErrorKind};

/// Why a file is not read although it is there. It comes as the inner error of an [`io::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is not a regular file, but this.
    NotRegular(&'static str),
    /// It holds more than so many bytes.
    TooLarge(u64),
    /// Its path, or a link on the way, leads out of the directory that is read.
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
    /// The refusal that an error is about.
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
