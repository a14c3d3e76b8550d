// Seconds until a moment, by the server's clock: <b data-until="unix" data-now="unix" data-unit="…">.
// At the moment itself whoever shows the rest of the page is asked to look again.
(() => {
  const began = new WeakMap();

  const tick = () => {
    for (const place of document.querySelectorAll("[data-until]")) {
      if (!began.has(place)) began.set(place, performance.now());
      const gone = (performance.now() - began.get(place)) / 1000;
      const left = Math.ceil(place.dataset.until - place.dataset.now - gone);
      if (left > 0) {
        place.textContent = `· ${left} ${place.dataset.unit}`;
      } else if (!place.hidden) {
        place.hidden = true;
        document.dispatchEvent(new Event("konter:due"));
      }
    }
  };

  tick();
  setInterval(tick, 1000);
})();
