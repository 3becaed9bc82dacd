//! Reads numbers and texts from the bytes of a response: `None` if it is shorter than it claims.

/// The unread part of a response.
pub(crate) struct Cursor<'b>(pub &'b [u8]);

impl<'b> Cursor<'b> {
    pub(crate) fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    pub(super) fn u16_be(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn i16_be(&mut self) -> Option<i16> {
        self.array().map(i16::from_be_bytes)
    }

    pub(crate) fn i32_be(&mut self) -> Option<i32> {
        self.array().map(i32::from_be_bytes)
    }

    pub(super) fn u32_be(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn u16_le(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn i32_le(&mut self) -> Option<i32> {
        self.array().map(i32::from_le_bytes)
    }

    pub(super) fn f64_le(&mut self) -> Option<f64> {
        self.array().map(f64::from_le_bytes)
    }

    /// A little-endian length of four bytes, followed by that many bytes.
    pub(super) fn counted_le(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.i32_le()?).ok()?;
        self.take(length)
    }

    /// A big-endian length of four bytes, followed by that many bytes.
    pub(super) fn counted_be(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.u32_be()?).ok()?;
        self.take(length)
    }

    /// A length of one byte, followed by that many bytes.
    pub(super) fn short(&mut self) -> Option<&'b [u8]> {
        let length = self.byte()?;
        self.take(usize::from(length))
    }

    /// The bytes up to the next zero, which is skipped.
    pub(super) fn until_zero(&mut self) -> Option<&'b [u8]> {
        let length = self.0.iter().position(|byte| *byte == 0)?;
        let text = self.take(length)?;
        self.take(1)?;
        Some(text)
    }
}
