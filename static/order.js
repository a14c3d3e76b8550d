// The part of an order's page that changes: asked for less and less often, not at all while nobody looks.
(() => {
  const live = document.getElementById("live");
  let turn = 0;

  const offerCopy = () => {
    for (const button of live.querySelectorAll("[data-copy]")) {
      button.hidden = !navigator.clipboard;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = button.dataset.done;
      });
    }
  };

  const isBusy = () => live.contains(document.activeElement) && /INPUT|SUMMARY/.test(document.activeElement.tagName);

  const ask = async () => {
    if (document.hidden || isBusy()) return wait(2);
    let next = 5;
    try {
      const answer = await fetch(`${live.dataset.live}&n=${++turn}`);
      if (answer.ok) {
        const html = await answer.text();
        if (html !== live.innerHTML) live.innerHTML = html;
        offerCopy();
        next = Number(answer.headers.get("X-Next"));
      }
    } catch {
      next = 10; // offline: what is shown stays true as of its time
    }
    wait(next);
  };

  const wait = (seconds) => seconds && setTimeout(ask, seconds * 1000);
  offerCopy();
  wait(Number(live.dataset.next));
})();
