//! Keys in memory: masked with one key of this process, in a page of its own that is locked and excluded from core dumps.
//!
//! A server holds many keys, and the limit on locked memory is small (64 KiB in many containers): with masking, one page is enough. Traces
//! of a key in use (a schedule, a copy on the stack) are overwritten. If the system cannot lock memory, takk runs without.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use shrouded::{Expose, ShroudedArray};
use zeroize::{Zeroize, Zeroizing};

use crate::digest::mac;

/// The length of every key, in bytes.
pub const LENGTH: usize = 32;

/// How much of the stack below a use of a key is overwritten: more than ciphers and digests need.
const STACK: usize = 16 << 10;

/// The key that masks the others, generated when the first one is guarded.
static PROCESS: LazyLock<ShroudedArray<LENGTH>> = LazyLock::new(|| {
    let fill =
        |bytes: &mut [u8; LENGTH]| getrandom::fill(bytes).expect("the system has random bytes: every key is made of them");
    ShroudedArray::new_with(fill).expect("a page of memory")
});

/// Each mask is used once.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A key, masked. A copy of it, such as a move leaves behind, reveals nothing without the key of the process.
#[derive(Clone)]
pub(crate) struct Guarded {
    number: u64,
    masked: [u8; LENGTH],
}

impl Guarded {
    /// Guards the key that `fill` writes, without leaving a copy of it.
    pub(crate) fn filled<E>(fill: impl FnOnce(&mut [u8; LENGTH]) -> Result<(), E>) -> Result<Self, E> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let made = masked(number, fill);
        overwrite_stack();
        made
    }

    pub(crate) fn with<T>(&self, work: impl FnOnce(&[u8; LENGTH]) -> T) -> T {
        let done = unmasked(self, work);
        overwrite_stack();
        done
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.masked.zeroize();
    }
}

// Neither of the two is inlined: everything they leave is below their callers' frames, where it is overwritten.

#[inline(never)]
fn masked<E>(number: u64, fill: impl FnOnce(&mut [u8; LENGTH]) -> Result<(), E>) -> Result<Guarded, E> {
    let mut key = Zeroizing::new([0; LENGTH]);
    fill(&mut key)?;
    xor(&mut key, &mask(number));
    Ok(Guarded { number, masked: *key })
}

#[inline(never)]
fn unmasked<T>(guarded: &Guarded, work: impl FnOnce(&[u8; LENGTH]) -> T) -> T {
    let mut key = Zeroizing::new(guarded.masked);
    xor(&mut key, &mask(guarded.number));
    work(&key)
}

fn mask(number: u64) -> Zeroizing<[u8; LENGTH]> {
    Zeroizing::new(mac(PROCESS.expose(), &[&number.to_be_bytes()]))
}

fn xor(key: &mut [u8; LENGTH], mask: &[u8; LENGTH]) {
    for (byte, other) in key.iter_mut().zip(mask) {
        *byte ^= other;
    }
}

#[inline(never)]
fn overwrite_stack() {
    let mut stack = [0_u8; STACK];
    std::hint::black_box(&mut stack);
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs::{self, File};
    use std::os::unix::fs::FileExt;

    use super::*;
    use crate::keys::{DataKey, MasterKey};
    use crate::seal::{open, seal};
    use crate::{Random, SystemRandom};

    /// An RNG whose bytes can be searched for, and that is otherwise as random as needed.
    struct Known;

    /// What `Known` generates for every key, kept masked so that the search does not find this copy.
    const HIDDEN: [u8; LENGTH] = *b"\x9a\x91\x88\x5b\xc1\x07\xfe\x2d\x66\x13\x99\xe0\x40\x7b\xd5\x38\x9b\x90\x89\x5a\xc2\x06\xff\x2c\x67\x12\x98\xe1\x41\x7a\xd4\x39";
    const MASK: u8 = 0x5a;

    impl Random for Known {
        fn fill(&self, bytes: &mut [u8]) -> crate::Result<()> {
            if bytes.len() != LENGTH {
                return SystemRandom.fill(bytes);
            }
            for (byte, hidden) in bytes.iter_mut().zip(HIDDEN) {
                *byte = hidden ^ std::hint::black_box(MASK);
            }
            Ok(())
        }
    }

    /// How often the key appears in what a core dump of this process would contain, and whether a page of it is locked and excluded.
    fn found() -> (usize, bool) {
        let memory = File::open("/proc/self/mem").expect("one's own memory");
        let maps = fs::read_to_string("/proc/self/smaps").expect("one's own memory");
        let (mut range, mut count, mut is_guarded) = ((0, 0), 0, false);
        for line in maps.lines() {
            let first = line.split(' ').next().unwrap_or_default();
            if let Some((start, end)) = first.split_once('-').filter(|_| !first.ends_with(':')) {
                let number = |text| u64::from_str_radix(text, 16).unwrap_or(0);
                range = (number(start), number(end));
            } else if let Some(flags) = line.strip_prefix("VmFlags:") {
                let has = |flag| flags.split(' ').any(|known| known == flag);
                is_guarded |= has("dd") && has("lo");
                if has("rd") && has("wr") && !has("dd") {
                    count += searched(&memory, range);
                }
            }
        }
        (count, is_guarded)
    }

    fn searched(memory: &File, (start, end): (u64, u64)) -> usize {
        let mut page = [0_u8; 4096 + LENGTH];
        let mut count = 0;
        for at in (start..end).step_by(4096) {
            let length = usize::try_from(end - at).unwrap_or(usize::MAX).min(page.len());
            let Ok(read) = memory.read_at(&mut page[..length], at) else { continue };
            count += page[..read].windows(LENGTH).filter(|bytes| bytes.iter().zip(HIDDEN).all(|(b, h)| *b ^ MASK == h)).count();
            page.fill(0);
        }
        count
    }

    #[test]
    fn no_key_is_where_a_core_dump_would_have_it() {
        let master = MasterKey::generate(&Known).expect("a key");
        let digits = master.to_hex();
        let master = MasterKey::from_hex(&digits).expect("a key");
        let data = DataKey::generate(&master, &Known).expect("a key");
        let wrapped = data.wrap(&master, "shop", "prod", &SystemRandom).expect("wrapped");
        let data = DataKey::unwrap(&wrapped, &master, "shop", "prod").expect("it is the one");
        let sealed = seal(data.values(), b"about", b"a value", &SystemRandom).expect("sealed");
        assert_eq!(open(data.values(), b"about", &sealed).expect("opened").as_slice(), b"a value");
        let kept = [master.wrapping(), data.state(), data.manifests()];
        let (count, is_guarded) = found();
        assert_eq!(count, 0, "copies of the key in memory");
        let may_lock =
            rustix::process::getrlimit(rustix::process::Resource::Memlock).current.is_none_or(|most| most >= 64 << 10);
        assert!(is_guarded || !may_lock, "no page is locked and left out of dumps");
        // The search finds an actual copy.
        let copy = Box::new(HIDDEN.map(|hidden| hidden ^ std::hint::black_box(MASK)));
        assert!(found().0 > 0, "it looks where a copy is");
        drop((copy, kept));
    }
}
