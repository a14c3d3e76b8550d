// An order's status at the counter: asked for while it can still change; a new status brings the whole page anew.
(() => {
  const live = document.getElementById("live");
  let isLeaving = false; // a new beginning would hold back whoever has chosen another page
  addEventListener("beforeunload", () => (isLeaving = true));

  const ask = async () => {
    if (document.hidden || live.contains(document.activeElement)) return wait(2);
    let next = 10; // offline: what is shown stays true as of its time
    try {
      const answer = await fetch(live.dataset.live, { headers: { Accept: "text/html" } });
      if (answer.ok) {
        if (answer.headers.get("X-Status") !== live.dataset.status) return changed(await answer.text());
        next = Number(answer.headers.get("X-Next"));
      }
    } catch {}
    wait(next);
  };

  const changed = (html) => {
    live.innerHTML = html;
    document.getElementById("say").textContent = live.querySelector("h1").textContent;
    setTimeout(() => isLeaving || location.reload(), 1500); // history and bookings have changed too
  };

  const wait = (seconds) => seconds && setTimeout(ask, seconds * 1000);
  wait(Number(live.dataset.next));
})();
