// What pages do beyond plain HTML. Nothing that they show needs it.
"use strict";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

// 32 letters and digits are 190 bits. Bytes that would make some letters more likely are left out.
function generated() {
  let text = "";
  while (text.length < 32) {
    const byte = crypto.getRandomValues(new Uint8Array(1))[0];
    if (byte < 248) text += LETTERS[byte % 62];
  }
  return text;
}

function button(text, label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "plain";
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", () => act(made));
  return made;
}

// Shows what is typed, and hides it again.
function showing(input, name) {
  return button("Show", "Show the text for " + name, (made) => {
    input.type = input.type === "password" ? "text" : "password";
    made.textContent = input.type === "password" ? "Show" : "Hide";
  });
}

for (const input of document.querySelectorAll("input[data-value]")) {
  const name = input.labels[0].textContent.trim().split(/\s/)[0];
  const generate = button("Generate", "Generate a value for " + name, () => {
    input.value = generated();
    input.focus();
  });
  input.nextElementSibling.append(showing(input, name), generate);
}

const tick = document.getElementById("tick");
if (tick) {
  const boxes = tick.closest("form").querySelectorAll("input[name=name]");
  const all = button("Select all", "Select all of them", () => {
    const isTicked = [...boxes].every((box) => box.checked);
    for (const box of boxes) box.checked = !isTicked;
  });
  if (boxes.length > 1) tick.append(all);
}

const filter = document.getElementById("filter");
const grid = document.getElementById("grid");
if (filter && grid && grid.tBodies[0].rows.length > 8) {
  const label = document.createElement("label");
  label.textContent = "Find ";
  const input = document.createElement("input");
  input.type = "search";
  input.autocomplete = "off";
  label.append(input);
  filter.append(label);
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toUpperCase();
    for (const row of grid.tBodies[0].rows) row.hidden = !row.textContent.toUpperCase().includes(wanted);
  });
}
