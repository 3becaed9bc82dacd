//! Generates a text that matches a pattern: walks the parsed pattern, and draws one branch at each choice.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind};
use zeroize::Zeroizing;

use super::sample::Sampler;

/// The maximum length of a generated text, in bytes, and the maximum number of visited parts of a pattern.
const MOST: usize = 4096;

/// A text from the pattern, with unbounded repetitions (`+`, `{20,}`) repeated `repeats` times if possible. Anchors and the like are
/// ignored, so the caller has to check whether it matches. `None` for a pattern that this engine does not support, that nothing matches, or
/// whose text would be too long.
pub(super) fn along(pattern: &str, repeats: u32, sampler: &mut Sampler<'_>) -> Option<Zeroizing<String>> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut walk = Walk { repeats, steps: 0, text: Zeroizing::new(String::with_capacity(2 * MOST)), sampler };
    walk.walk(&hir)?;
    Some(walk.text)
}

struct Walk<'w, 'r> {
    repeats: u32,
    steps: usize,
    text: Zeroizing<String>,
    sampler: &'w mut Sampler<'r>,
}

impl Walk<'_, '_> {
    fn walk(&mut self, hir: &Hir) -> Option<()> {
        self.steps += 1;
        if self.steps > MOST || self.text.len() > MOST {
            return None;
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => {
                let literal = std::str::from_utf8(&literal.0).ok()?;
                if self.text.len() + literal.len() > MOST {
                    return None;
                }
                self.text.push_str(literal);
            }
            HirKind::Class(Class::Unicode(class)) => {
                let drawn = self.one_of(class)?;
                self.text.push(drawn);
            }
            HirKind::Class(Class::Bytes(_)) => return None,
            HirKind::Repetition(repetition) => {
                let most = repetition.max.unwrap_or(u32::MAX).max(repetition.min);
                for _ in 0..self.repeats.clamp(repetition.min, most) {
                    self.walk(&repetition.sub)?;
                }
            }
            HirKind::Capture(capture) => self.walk(&capture.sub)?,
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.walk(part))?,
            HirKind::Alternation(ways) => {
                let way = self.sampler.below(u32::try_from(ways.len()).ok()?);
                self.walk(&ways[way as usize])?;
            }
        }
        Some(())
    }

    /// A character of the class, preferably one that can be typed.
    fn one_of(&mut self, class: &ClassUnicode) -> Option<char> {
        let within = |first, last| {
            let mut narrowed = class.clone();
            narrowed.intersect(&ClassUnicode::new([ClassUnicodeRange::new(first, last)]));
            narrowed
        };
        let classes = [within('!', '~'), within(' ', ' '), within('\u{a1}', char::MAX)];
        let class = classes.iter().find(|class| !class.ranges().is_empty())?;
        let count = class.iter().map(ClassUnicodeRange::len).sum::<usize>();
        let mut at = self.sampler.below(u32::try_from(count).ok()?) as usize;
        for range in class.iter() {
            if at < range.len() {
                return (range.start()..=range.end()).nth(at);
            }
            at -= range.len();
        }
        None
    }
}
