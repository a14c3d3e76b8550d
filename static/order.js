// The part of an order's page that changes: asked for less and less often, and not while nobody looks.
addEventListener("load", () => navigator.serviceWorker?.register("/sw.js").catch(() => {}));
(() => {
  const copy = document.getElementById("copy");
  const live = document.getElementById("live"), say = document.getElementById("say");
  let tag = live.dataset.tag, next = Number(live.dataset.next), unchanged = 0, timer;

  const offerCopy = () => {
    for (const button of live.querySelectorAll("[data-copy]")) {
      button.hidden = !navigator.clipboard;
      button.onclick = async () => {
        await navigator.clipboard.writeText(button.dataset.copy);
        say.textContent = button.textContent = button.dataset.done;
      };
    }
  };

  // Counted from what the server said, whatever this phone's clock says.
  const tick = () => {
    const clock = live.querySelector("[data-left]");
    if (!clock) return;
    const bar = clock.querySelector("progress"), now = performance.now() / 1000;
    clock.ends ??= now + bar.value;
    const left = Math.max(0, Math.round(clock.ends - now));
    bar.value = left;
    const two = (n) => String(n).padStart(2, "0"), hours = Math.floor(left / 3600), minutes = Math.floor(left / 60) % 60;
    const text = `${hours ? `${hours}.${two(minutes)}` : minutes}.${two(left % 60)}`;
    clock.querySelector(".left").textContent = `· ${clock.dataset.left.replace("{time}", text)}`;
    if (left || clock.over) return;
    clock.over = true; // the page has another thing to say now
    next = 1;
    wait();
  };

  const show = (html) => {
    const hadFocus = live.contains(document.activeElement);
    live.innerHTML = html;
    if (hadFocus) live.focus();
    const status = live.querySelector(".status");
    say.textContent = [...status.querySelectorAll("h1,p")].map((part) => part.textContent.trim()).join(" ");
    document.title = status.querySelector("h1").textContent + document.title.slice(document.title.indexOf(" · "));
    offerCopy();
    tick();
  };

  const wait = () => {
    clearTimeout(timer);
    if (next && !document.hidden) timer = setTimeout(look, next * 1000);
  };

  const look = async () => {
    try {
      const headers = { "If-None-Match": tag };
      const answer = await fetch(`${live.dataset.live}&n=${unchanged}`, { headers, cache: "no-store" });
      const html = await answer.text();
      if (!copy.hidden) return location.reload();
      say.className = "hide";
      if (answer.status === 304) unchanged += 1;
      if (answer.status === 200) {
        unchanged = 0;
        show(html);
      }
      tag = answer.headers.get("ETag") || tag;
      next = answer.headers.has("X-Next") ? Number(answer.headers.get("X-Next")) : 10;
    } catch {
      say.textContent = live.dataset.offline;
      if (copy.hidden) say.className = "note warn"; // a copy says so already
      next = 10;
    }
    wait();
  };

  addEventListener("online", () => copy.hidden || look());
  document.addEventListener("konter:due", look);
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (next && !document.hidden) look();
  });
  live.addEventListener("submit", ({ submitter }) => submitter?.matches(".btn") && submitter.setAttribute("aria-busy", "true"));
  offerCopy();
  tick();
  setInterval(tick, 1000);
  wait();
})();
