// One client's whole life against a running Konter: node life.mjs <client> <portal>
// Prints a line for each step and ends with 1 if one was not as it should be.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { CLIENTS, WHO } from "./clients.mjs";

const [which, portal] = process.argv.slice(2);
const BASE = `${portal}/h2h/digiflazz/v1`;
const RUN = `${which}-${process.pid}-${Date.now().toString(36)}`;
const PATIENCE = 150_000;
const ENDINGS = {
  890: ["Sukses"],
  232: ["Gagal"],
  233: ["Sukses"],
  234: ["Gagal"],
  240: ["Sukses"],
  241: ["Pending"],
  242: ["Sukses"],
  243: ["Sukses"],
  244: ["Sukses"],
  245: ["Sukses"],
  246: ["Sukses", "Gagal"],
  247: ["Sukses"],
};
const SKU = "TSEL10";
const client = await CLIENTS[which](BASE);
const heard = [];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const ear = createServer((request, answer) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    heard.push({ headers: request.headers, text: Buffer.concat(parts).toString("utf8") });
    answer.end("{}");
  });
});
await new Promise((done) => ear.listen(0, "127.0.0.1", done));
const callback = `http://127.0.0.1:${ear.address().port}/hook`;

async function step(what, act) {
  const said = await act();
  console.log(`${client.name}: ${what}${said === undefined ? "" : `: ${said}`}`);
}

async function native(method, path, body) {
  const headers = { authorization: `Bearer ${WHO.key}`, "content-type": "application/json" };
  const answer = await fetch(`${portal}/api/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.status === 204 ? null : answer.json();
}

async function ended(wish) {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const said = await client.buy(wish);
    if (said.status !== "Pending" || Date.now() > until) return said;
    await sleep(1_500);
  }
}

/** The whole list is given once in five minutes (rc 83), as by Digiflazz. */
async function patiently(ask) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (tries > 20) throw error;
      await sleep(16_000);
    }
  }
}

function verified({ headers, text }) {
  const proof = `sha1=${createHmac("sha1", WHO.secret).update(text).digest("hex")}`;
  assert.equal(headers["x-hub-signature"], proof);
  assert.equal(headers["user-agent"], "Digiflazz-Hookshot");
  const own = client.hear?.(headers, text);
  if (client.hear) assert.ok(own, "the library's own check refuses the signature");
  return own ?? JSON.parse(text).data;
}

const hook = await native("POST", "webhooks/", { url: callback, format: "digiflazz" });
try {
  let start;
  await step("balance", async () => (start = await client.balance()));
  assert.equal(typeof start, "number");

  let price;
  await step("price list", async () => {
    const list = await patiently(() => client.prices());
    price = list.find((row) => row.buyer_sku_code === SKU).price;
    assert.ok(list.length > 20 && list.every((row) => Number.isInteger(row.price)));
    return `${list.length} products, ${SKU} ${price}`;
  });

  const wish = (end, extra = {}) => ({
    sku: SKU.toLowerCase(),
    number: `0812${String(process.pid).padStart(5, "0").slice(-5)}${end}`,
    ref: `${RUN}-${end}`,
    callback: client.takesCallback ? callback : undefined,
    ...extra,
  });
  await step("a first answer", async () => {
    const said = await client.buy(wish(890));
    assert.ok(["Pending", "Sukses"].includes(said.status));
    assert.deepEqual([said.price, said.buyer_sku_code, said.ref_id], [price, SKU, wish(890).ref]);
    return `${said.status} rc ${said.rc}`;
  });

  const results = new Map();
  await Promise.all(
    Object.entries(ENDINGS).map(async ([end, expected]) => {
      if (end === "241") await client.buy(wish(end)).then(() => sleep(5_000));
      const said = end === "241" ? await client.buy(wish(end)) : await ended(wish(end));
      results.set(end, said);
      assert.ok(expected.includes(said.status), `${end}: ${JSON.stringify(said)}`);
      if (said.status === "Sukses") assert.ok(said.sn, `${end}: no serial number`);
      await step(`number …${end}`, () => `${said.status} rc ${said.rc}`);
    }),
  );

  await step("the same again", async () => {
    const before = await client.balance();
    const again = await client.buy(wish(890));
    const status = await client.status(wish(890));
    assert.deepEqual([again.sn, again.status], [results.get("890").sn, "Sukses"]);
    assert.deepEqual([status.sn, status.status], [again.sn, "Sukses"]);
    assert.equal(await client.balance(), before);
    return `sn ${again.sn}`;
  });
  await step("what was paid", async () => {
    const kept = [...results.values()].filter((said) => said.status !== "Gagal").reduce((sum, said) => sum + said.price, 0);
    assert.equal(await client.balance(), start - kept);
    return start - (await client.balance());
  });

  await step("refusals", async () => {
    const rcs = [];
    const stranger = await CLIENTS[which](BASE, "wrong");
    for (const refused of [
      () => client.buy(wish(890, { number: "081299999999" })),
      () => client.buy(wish(890, { ref: `${RUN}-x`, sku: "none" })),
      () => stranger.balance(),
    ]) {
      const error = await refused().then(
        (said) => assert.fail(`taken: ${JSON.stringify(said)}`),
        (error) => error,
      );
      rcs.push(error.data?.rc ?? error.message);
    }
    return rcs.join(" · ");
  });

  await step("webhooks", async () => {
    const finals = Object.keys(ENDINGS).filter((end) => end !== "241");
    const until = Date.now() + 30_000;
    const told = () => new Map(heard.map((each) => verified(each)).map((data) => [data.ref_id, data]));
    while (told().size < finals.length && Date.now() < until) await sleep(500);
    for (const end of finals) {
      const data = told().get(wish(end).ref);
      assert.ok(data, `nothing was told of ${end}`);
      assert.deepEqual([data.status, data.sn], [results.get(end).status, results.get(end).sn]);
    }
    return `${heard.length} heard, every signature checked${client.hear ? " by the library" : ""}`;
  });

  await step("a ping", async () => {
    const answer = await fetch(`${BASE}/report/hooks/${hook.code}/pings`, { method: "POST" });
    assert.equal((await answer.json()).hook_id, hook.code);
    const isPing = (each) => each.headers["x-digiflazz-event"] === "ping";
    for (let tries = 0; tries < 40 && !heard.some(isPing); tries += 1) await sleep(250);
    const ping = JSON.parse(heard.find(isPing).text);
    assert.equal(ping.hook_id, hook.code);
    return `hook ${ping.hook_id}`;
  });

  await step("a deposit ticket", async () => {
    const there = await fetch(`${BASE}/deposit`, { method: "POST" });
    if (there.status === 404) return "this Konter sells none";
    const ticket = await client.deposit(200_000);
    assert.equal(ticket.rc, "00");
    assert.ok(ticket.amount >= 200_000 && ticket.notes);
    return `${ticket.amount} ${ticket.notes}`;
  });
} finally {
  await native("DELETE", `webhooks/${hook.code}/`);
  ear.close();
}
