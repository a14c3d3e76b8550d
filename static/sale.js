// Vouchers come at the fourth digit, the total follows the chosen one. Without this the form takes two steps.
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
    if (!tile) return;
    total.children[0].textContent = form.dataset.total;
    total.children[1].textContent = tile.dataset.price;
  };

  const swap = (html) => {
    const nominal = chosen()?.dataset.nominal;
    const hadFocus = grid.contains(document.activeElement);
    grid.innerHTML = html;
    const same = [...grid.querySelectorAll("[name=sku]:enabled")].find((tile) => tile.dataset.nominal === nominal);
    if (same) same.checked = true;
    if (same?.closest("details")) same.closest("details").open = true;
    if (hadFocus) grid.querySelector("summary")?.focus();
    say.textContent = grid.querySelector(".op,.error")?.textContent.trim() || "";
    if (grid.querySelector("[name=sku]")) button.textContent = form.dataset.pay;
    total.children[1].textContent = "";
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
      if (answer.ok || answer.status === 422) swap(html);
      follow();
    } catch {
      asked = "";
      say.textContent = form.dataset.offline;
    }
    grid.setAttribute("aria-busy", "false");
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
  form.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-kind]");
    if (!tab || !destination.value) return;
    event.preventDefault(); // the number goes along
    form.insertAdjacentHTML("beforeend", '<input type="hidden" name="look">');
    form.lastElementChild.value = tab.dataset.kind;
    form.submit();
  });
  form.addEventListener("submit", () => button.setAttribute("aria-busy", "true"));
  addEventListener("pageshow", () => {
    button.removeAttribute("aria-busy");
    if (grid.querySelector("[name=sku]")) asked = digits();
    follow();
    show();
  });
})();
