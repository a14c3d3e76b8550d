// What the desk does without a script too, done faster: copy what is shown, tick a whole page.
(() => {
  const say = document.getElementById("say");
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      say.textContent = button.textContent = button.dataset.done;
    });
  }
  for (const whole of document.querySelectorAll("[data-ticks]")) {
    whole.closest("label").hidden = false;
    whole.addEventListener("change", () => {
      for (const box of document.getElementsByName(whole.dataset.ticks)) box.checked = whole.checked;
    });
  }
})();
