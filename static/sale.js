// Vouchers come at the fourth digit, the total follows the chosen one. Without this the form takes two steps.
addEventListener("load", () => navigator.serviceWorker?.register("/sw.js").catch(() => {}));
(() => {
  const form = document.getElementById("sale");
  if (!form) return;
  const [grid, total, say] = ["grid", "total", "say"].map((id) => document.getElementById(id));
  const { destination, jenis } = form.elements;
  const button = form.querySelector(".pay .btn");
  let asked = "", turn = 0;

  const digits = () => destination.value.replace(/\D/g, "").replace(/^(00)?620?(?=8)/, "0").replace(/^8/, "08");
  const chosen = () => grid.querySelector("[name=sku]:checked");

  const show = () => {
    const tile = chosen();
    total.children[1].textContent = tile ? tile.dataset.price : "";
    if (tile || grid.querySelector("[name=sku]")) total.children[0].textContent = form.dataset[tile ? "total" : "choose"];
  };

  const tell = (text, isWrong) => {
    say.textContent = text;
    say.className = isWrong ? "error" : "hide";
  };

  const swap = (html) => {
    const nominal = chosen()?.dataset.nominal;
    const hadFocus = grid.contains(document.activeElement);
    grid.innerHTML = html;
    const same = [...grid.querySelectorAll("[name=sku]:enabled")].find((tile) => tile.dataset.nominal === nominal);
    if (same) same.checked = true;
    const drawer = same?.closest("details");
    if (drawer) drawer.open = true;
    if (hadFocus) grid.querySelector("summary")?.focus();
    if (grid.querySelector("[name=sku]")) button.textContent = form.dataset.pay;
    tell(grid.querySelector(".op")?.textContent.trim() || "");
    show();
  };

  const look = async (brand) => {
    const mine = ++turn;
    asked = digits();
    grid.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams({ destination: destination.value, jenis: jenis.value, brand });
      const answer = await fetch(form.dataset.quote, { method: "POST", body, headers: { Accept: "text/html" } });
      const html = await answer.text();
      if (mine !== turn) return;
      if (answer.ok) swap(html);
      else if (answer.status === 422) tell(new DOMParser().parseFromString(html, "text/html").body.textContent.trim(), true);
      follow();
    } catch {
      asked = "";
      tell(form.dataset.offline, true);
    } finally {
      if (mine === turn) grid.removeAttribute("aria-busy");
    }
  };

  const follow = () => {
    const now = digits(), length = grid.querySelector("[data-digits]")?.dataset.digits || 4;
    if (jenis.value !== "pln" && now.length > 3 && now.slice(0, length) !== asked.slice(0, length)) look("");
  };

  destination.addEventListener("input", follow);
  destination.addEventListener("change", () => {
    if (/^08\d{8,11}$/.test(digits())) destination.value = digits().replace(/^(.{4})(.{4})/, "$1-$2-");
  });
  form.addEventListener("change", ({ target }) => (target.name === "brand" ? look(target.value) : show()));
  form.addEventListener("submit", () => button.setAttribute("aria-busy", "true"));
  addEventListener("pageshow", () => {
    button.removeAttribute("aria-busy");
    if (grid.querySelector("[name=sku]") || say.textContent) asked = digits();
    follow();
    show();
  });
})();
