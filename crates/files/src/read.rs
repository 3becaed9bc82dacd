//! Reads a regular file, up to a size limit.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use takk_model::Refused;

/// How a file is opened: a FIFO without a writer does not block, a terminal does not become the controlling one, and no child process
/// inherits the file.
pub(super) const READ: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

/// The bytes of the file at `path`, which may be anywhere.
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    whole(regular(open(path)?)?, limit)
}

/// The same for a path that a person typed, which may also be what the shell passes: `/dev/stdin`, and `/dev/fd/63` for `<(command)`.
pub fn given(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    if is_handed_over(path) {
        return stream(&mut File::open(path)?, limit);
    }
    read(path, limit)
}

/// The rest of a stream.
pub fn stream(source: &mut dyn Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    read_into(source, &mut bytes, limit)?;
    Ok(bytes)
}

/// The rest of a stream, into a buffer that the caller may have allocated in memory that is wiped.
pub fn read_into(source: &mut dyn Read, buffer: &mut Vec<u8>, limit: u64) -> io::Result<()> {
    let read = source.take(limit.saturating_add(1)).read_to_end(buffer)?;
    if read as u64 > limit { Err(Refused::TooLarge(limit).into()) } else { Ok(()) }
}

/// The bytes of a regular file.
pub(super) fn whole((mut file, size): (File, u64), limit: u64) -> io::Result<Vec<u8>> {
    if size > limit {
        return Err(Refused::TooLarge(limit).into());
    }
    // One more byte leaves room for the read that finds the end.
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0).saturating_add(1));
    read_into(&mut file, &mut bytes, limit)?;
    Ok(bytes)
}

/// The file and its size in bytes, if it is a regular file.
pub(super) fn regular(file: impl Into<File>) -> io::Result<(File, u64)> {
    let file = file.into();
    let metadata = file.metadata()?;
    let kind = metadata.file_type();
    if kind.is_file() { Ok((file, metadata.len())) } else { Err(Refused::NotRegular(kind_of(kind)).into()) }
}

/// The type of a directory entry, in words.
pub(super) fn kind_of(kind: std::fs::FileType) -> &'static str {
    match kind {
        _ if kind.is_dir() => "a directory",
        _ if kind.is_fifo() => "a FIFO",
        _ if kind.is_socket() => "a socket",
        _ if kind.is_char_device() || kind.is_block_device() => "a device",
        _ if kind.is_symlink() => "a symbolic link",
        _ => "something else",
    }
}

fn open(path: &Path) -> io::Result<OwnedFd> {
    let flags = i32::try_from((READ & !OFlags::CLOEXEC).bits()).unwrap_or_default();
    match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        // The error of opening a socket.
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) => {
            Err(Refused::NotRegular("a socket").into())
        }
        opened => opened.map(OwnedFd::from),
    }
}

fn is_handed_over(path: &Path) -> bool {
    path == Path::new("/dev/stdin")
        || ["/dev/fd", "/proc/self/fd"].iter().any(|directory| {
            path.strip_prefix(directory).is_ok_and(|number| number.to_str().is_some_and(|text| text.parse::<u32>().is_ok()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_ends_is_read() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("file");
        std::fs::write(&file, "four").expect("written");
        assert_eq!(read(&file, 4).expect("read"), b"four");
        assert_eq!(Refused::of(&read(&file, 3).expect_err("too large")), Some(Refused::TooLarge(3)));
        assert_eq!(Refused::of(&read(Path::new("/dev/zero"), 4).expect_err("endless")), Some(Refused::NotRegular("a device")));
        assert_eq!(Refused::of(&read(directory.path(), 4).expect_err("no file")), Some(Refused::NotRegular("a directory")));
        let socket = directory.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
        assert_eq!(Refused::of(&read(&socket, 4).expect_err("no file")), Some(Refused::NotRegular("a socket")));
        // A file that grows while it is read, and one whose size the system does not report.
        assert_eq!(Refused::of(&stream(&mut std::io::repeat(1), 100).expect_err("endless")), Some(Refused::TooLarge(100)));
        assert!(read(Path::new("/proc/self/status"), 1 << 16).expect("read").len() > 100);
    }

    #[test]
    fn what_a_shell_hands_over_is_a_stream() {
        for path in ["/dev/stdin", "/dev/fd/63", "/proc/self/fd/0"] {
            assert!(is_handed_over(Path::new(path)), "{path}");
        }
        for path in ["/dev/zero", "/dev/fd", "/dev/fd/x", "/dev/fd/../zero", "stdin"] {
            assert!(!is_handed_over(Path::new(path)), "{path}");
        }
    }
}
