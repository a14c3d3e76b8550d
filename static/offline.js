// Without internet: the way back or on, and the orders that this phone has copies of.
(() => {
  const [kept, again, back] = ["kept", "again", "back"].map((id) => document.getElementById(id));
  const isSending = document.getElementById("lost").hidden;
  (isSending ? back : again).hidden = false;
  again.onclick = () => location.reload();
  back.onclick = () => history.back();
  // A page that was to be opened opens by itself; what was to be sent is for the person to send.
  addEventListener("online", async () => {
    if (!isSending && (await fetch(location.href, { method: "HEAD" }).catch(() => null))) location.reload();
  });

  const list = async () => {
    const orders = await caches.open("orders");
    for (const { url } of (await orders.keys()).reverse()) {
      const page = new DOMParser().parseFromString(await (await orders.match(url, { ignoreVary: true })).text(), "text/html");
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = url;
      link.textContent = page.title;
      item.append(link);
      kept.querySelector("ul").append(item);
      kept.hidden = false;
    }
  };
  document.getElementById("forget").onclick = async () => {
    await caches.delete("orders");
    kept.hidden = true;
  };
  list();
})();
