// A button that prints, for browsers that can; without it, the browser's menu does.
(() => {
  const button = document.getElementById("print");
  button.hidden = false;
  document.getElementById("by-hand").hidden = true;
  button.addEventListener("click", () => window.print());
})();
