
// A sentence, in which names stand between backticks.
function sentence(text) {
  return text.split("`").map((part, at) => {
    if (at % 2 === 0) return part;
    const name = document.createElement("code");
    name.textContent = part;
    return name;
  });
}

// The form of values: what is typed is checked as pydantic would, and nothing of it is kept.
for (const form of document.querySelectorAll("form[data-checks]")) {
  const ask = async (route, name, value) => {
    const body = new URLSearchParams({ csrf: form.elements.csrf.value, name, value });
    const answer = await fetch(form.getAttribute("action").replace(/set$/, route), { method: "POST", body });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  for (const input of form.querySelectorAll("[data-declared]")) {
    const field = input.closest(".field");
    const verdict = field.querySelector(".verdict");
    const name = input.dataset.declared;
    let turn = 0;
    const say = (text, isWrong) => {
      verdict.replaceChildren(...sentence(text));
      field.classList.toggle("refused", isWrong);
      if (isWrong) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    };
    const check = async (own) => {
      if (!input.value) return say("", false);
      let found;
      try {
        found = await ask("check", name, input.value);
      } catch {
        return;
      }
      if (own === turn) say(found.said || "", found.verdict === "refused");
    };
    let waiting;
    input.addEventListener("input", () => {
      const own = ++turn;
      clearTimeout(waiting);
      waiting = setTimeout(() => check(own), 350);
    });

    if (input.type !== "password") continue;
    const buttons = input.nextElementSibling;
    buttons.append(showing(input, name));
    if ("generable" in input.dataset) {
      buttons.append(button("Generate", "Generate a value for " + name, async () => {
        try {
          input.value = (await ask("generate", name, "")).value;
        } catch {
          return say("Could not generate a value.", false);
        }
        say("", false);
        input.focus();
      }));
    }
  }
}

// An address that is tried before it is stored: what was typed stays in its field.
for (const form of document.querySelectorAll("form[data-tests]")) {
  const input = form.querySelector("[data-shown]");
  input.nextElementSibling.append(showing(input, "the address"));
  const test = form.querySelector("button[formaction]");
  const verdict = form.querySelector(".verdict");
  test?.addEventListener("click", async (event) => {
    event.preventDefault();
    verdict.textContent = "Connecting...";
    const body = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(test.getAttribute("formaction"), { method: "POST", body, headers: { accept: "application/json" } });
      const waits = answer.headers.get("retry-after");
      verdict.textContent = answer.ok ? (await answer.json()).said : waits ? `Too many tests: try again in ${waits} seconds.` : "This could not be tested: reload the page, and try again.";
    } catch {
      verdict.textContent = "The server does not respond.";
    }
  });
}
