/**
 * The demo page's two conveniences: its links to the chat open the launcher, and a question is copied by a click.
 * Without this script the links lead to the chat's own page, and a question is copied as any text is.
 */

const panel = document.querySelector("#try");
const status = panel.querySelector("[role=status]");

for (const link of document.querySelectorAll(".chat")) {
  link.addEventListener("click", (event) => {
    if (!window.lethe) return; // the launcher did not load: the link does what links do
    event.preventDefault();
    window.lethe.open();
  });
}

for (const button of panel.querySelectorAll(".copy")) {
  button.addEventListener("click", async () => {
    const question = button.parentElement.querySelector(".asked");
    mark(button, await copied(question));
  });
}

/** Copies the question's text; where the browser does not allow it, selects it, and says false. */
async function copied(question) {
  try {
    await navigator.clipboard.writeText(question.textContent);
    return true;
  } catch {
    // No clipboard for this page (no secure origin, or the visitor said no): the visitor copies what is selected.
    getSelection().selectAllChildren(question);
    return false;
  }
}

/** Says what became of the click, aloud too, and shows which question was the last. */
function mark(button, isCopied) {
  for (const other of panel.querySelectorAll(".copy.done")) other.classList.remove("done");
  button.classList.toggle("done", isCopied);
  status.textContent = isCopied ? panel.dataset.copied : panel.dataset.selected;
}
