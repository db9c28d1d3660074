/**
 * The demo page's questions: each is typed into the chat beside it, as a visitor would, and sent.
 */

const sheet = document.querySelector("#sheet");
const frame = document.querySelector("#chat");

for (const question of document.querySelectorAll(".ask")) {
  question.addEventListener("click", () => {
    sheet.open = true;
    const chat = frame.contentDocument;
    const input = chat.querySelector("#message");
    if (!input) return; // the frame has not loaded yet
    input.value = question.textContent.trim();
    chat.querySelector("#composer").requestSubmit();
  });
}
