// Vouchers come at the fourth digit, the total follows the chosen one. Without this the form takes two steps.
addEventListener("load", () => navigator.serviceWorker?.register("/sw.js").catch(() => {}));
(() => {
  const form = document.getElementById("sale");
  if (!form) return;
  const [grid, total, say, via, others] = ["grid", "total", "say", "via", "others"].map((id) => document.getElementById(id));
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
    const focus = document.activeElement, hadFocus = grid.contains(focus);
    grid.innerHTML = html;
    const same = [...grid.querySelectorAll("[name=sku]:enabled")].find((tile) => tile.dataset.nominal === nominal);
    if (same) same.checked = true;
    const drawer = same?.closest("details");
    if (drawer) drawer.open = true;
    if (hadFocus) document.getElementById(focus.id)?.focus();
    if (hadFocus && !grid.contains(document.activeElement)) grid.querySelector("summary")?.focus();
    if (grid.querySelector("[name=sku]")) button.textContent = form.dataset.pay;
    tell(grid.querySelector(".op")?.textContent.trim() || "");
    show();
  };

  const look = async (brand) => {
    const mine = ++turn;
    asked = digits();
    grid.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams({ brand });
      for (const name of ["destination", "jenis", "days", "most", "order"]) body.set(name, form.elements[name]?.value ?? "");
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
  form.addEventListener("change", ({ target }) => {
    if (target.name === "gateway") via.textContent = target.closest("label").querySelector("b").firstChild.data;
    if ("look" in target.dataset) look(form.elements.brand?.value ?? "");
    else show();
  });
  via?.parentNode.addEventListener("click", () => others && (others.open = true));
  form.addEventListener("submit", () => button.setAttribute("aria-busy", "true"));
  addEventListener("pageshow", () => {
    button.removeAttribute("aria-busy");
    if (grid.querySelector("[name=sku]") || say.textContent) asked = digits();
    follow();
    show();
  });
})();
