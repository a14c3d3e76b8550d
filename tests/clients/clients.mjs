// How each library is called: the same words for the same things, and nothing between them and the wire.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(import.meta.url);
const WHO = { username: "mitra-demo", key: "mitra-demo-key", secret: "mitra-demo-secret" };

const version = (name) => JSON.parse(readFileSync(new URL(`./node_modules/${name}/package.json`, import.meta.url))).version;

/** npm: digiflazz. Its base address is a field; it re-serialises a webhook's JSON before it checks the signature. */
function digiflazz(base, key = WHO.key) {
  const Digiflazz = require("digiflazz");
  const client = new Digiflazz(WHO.username, key, WHO.secret);
  client._endpoint = base;
  const middleware = Digiflazz.webhook(client);
  return {
    name: `digiflazz ${version("digiflazz")}`,
    balance: async () => (await client.cekSaldo()).deposit,
    prices: () => client.daftarHarga(),
    deposit: (amount) => client.deposit(amount, "BCA", "Mitra Demo"),
    buy: ({ sku, number, ref }) => client.transaksi(sku, number, ref),
    status: ({ sku, number, ref }) => client.transaksi(sku, number, ref, "STATUS"),
    hear(headers, text) {
      const request = { headers, body: JSON.parse(text) };
      middleware(request, { json() {} }, () => {});
      return request.digiwebhooks?.data;
    },
    takesCallback: false,
  };
}

/** npm: digiflazz-sdk. Its base address is a constant, replaced in the installed file; it has no webhook check. */
async function sdk(base, key = WHO.key) {
  const { default: create } = await import("digiflazz-sdk");
  const make = typeof create === "function" ? create : create.default;
  const client = make({ username: WHO.username, key });
  const props = ({ sku, number, ref, callback, most }) => ({
    username: WHO.username, // the library leaves it to its caller
    sku,
    customerNo: number,
    refId: ref,
    testing: false,
    msg: "",
    cbUrl: callback,
    maxPrice: most,
    allowDot: true,
  });
  return {
    name: `digiflazz-sdk ${version("digiflazz-sdk")}`,
    balance: async () => (await client.cekSaldo()).data.deposit,
    prices: async () => (await client.daftarHarga("prepaid")).data,
    deposit: async (amount) => (await client.deposit({ username: WHO.username, amount, bank: "BCA", name: "Mitra Demo" })).data,
    buy: async (wish) => (await client.transaksi(props(wish))).data,
    status: async (wish) => (await client.transaksi({ ...props(wish), cmd: "status-pasca" })).data,
    takesCallback: true,
  };
}

export const CLIENTS = { digiflazz, "digiflazz-sdk": sdk };
export { WHO };
