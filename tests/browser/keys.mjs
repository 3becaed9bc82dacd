// Moving through a page with the Tab key.

import assert from "node:assert/strict";

/** Presses Tab until something whose name is that, or begins with it, has the focus. */
export async function tabTo(page, name) {
  for (let count = 0; count < 200; count += 1) {
    await page.keyboard.press("Tab");
    const found = (await page.evaluate(focused)).name ?? "";
    if (found === name || found.startsWith(`${name},`)) return;
  }
  assert.fail(`Tab does not reach ${name}`);
}

/** What has the focus: its place among all elements, its name, and whether one sees it. Runs in the page. */
export function focused() {
  const element = document.activeElement;
  if (element === document.body || !element) return { at: -1 };
  const label = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
  // A link may go over two lines.
  const box = element.getClientRects()[0] ?? element.getBoundingClientRect();
  const middle = document.elementFromPoint(box.x + Math.min(box.width / 2, 20), box.y + Math.min(box.height / 2, 10));
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return {
    at: [...document.querySelectorAll("*")].indexOf(element),
    name: label.trim().replace(/\s+/g, " "),
    isVisible: element.contains(middle) || (middle?.contains(element) ?? false),
    hasOutline: outlineStyle !== "none" && parseFloat(outlineWidth) > 0,
  };
}
