// The page for developers: signatures are made here, in the browser, and nothing that is typed leaves it.
(() => {
  const text = new TextEncoder();
  const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  // MD5 as in RFC 1321; the browser has none, and the Digiflazz dialect signs with it.
  const SHIFTS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
  const SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));

  const md5 = (message) => {
    const given = text.encode(message);
    const padded = new Uint8Array((((given.length + 8) >> 6) + 1) * 64);
    padded.set(given);
    padded[given.length] = 0x80;
    const words = new DataView(padded.buffer);
    words.setUint32(padded.length - 8, given.length << 3, true);
    words.setUint32(padded.length - 4, given.length >>> 29, true);
    const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
    for (let at = 0; at < padded.length; at += 64) {
      let [a, b, c, d] = state;
      for (let i = 0; i < 64; i += 1) {
        const round = i >> 4;
        const mixed = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round];
        const word = [i, (5 * i + 1) % 16, (3 * i + 5) % 16, (7 * i) % 16][round];
        const sum = (a + mixed + SINES[i] + words.getUint32(at + word * 4, true)) | 0;
        const shift = SHIFTS[round][i % 4];
        [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
      }
      [a, b, c, d].forEach((value, i) => { state[i] = (state[i] + value) | 0; });
    }
    const out = new DataView(new ArrayBuffer(16));
    state.forEach((value, i) => out.setUint32(i * 4, value, true));
    return hex(new Uint8Array(out.buffer));
  };

  const hmac = async (key, message) => {
    const made = await crypto.subtle.importKey("raw", text.encode(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return hex(new Uint8Array(await crypto.subtle.sign("HMAC", made, text.encode(message))));
  };

  const value = (form, name) => form.querySelector(`[data-part=${name}]`).value;

  const kinds = {
    native: async (form) => {
      const parts = ["timestamp", "method", "path", "body"].map((name) => value(form, name));
      parts[1] = parts[1].toUpperCase();
      const key = value(form, "key");
      return { message: parts.join("."), sign: key ? `v1=${await hmac(key, parts.join("."))}` : "–" };
    },
    digiflazz: async (form) => {
      const message = ["username", "key", "salt"].map((name) => value(form, name)).join("");
      return { message: `md5(${message})`, sign: md5(message) };
    },
  };

  for (const word of document.querySelectorAll("[data-scriptless]")) word.hidden = true;

  for (const form of document.querySelectorAll("[data-calculator]")) {
    // Without https a browser has no crypto.subtle: then the page says so, and the form stays away.
    const works = form.dataset.calculator === "digiflazz" || (window.crypto && crypto.subtle);
    form.hidden = !works;
    document.getElementById(`no-${form.dataset.calculator}`).hidden = works;
    if (!works) continue;
    const show = async () => {
      const { message, sign } = await kinds[form.dataset.calculator](form);
      form.querySelector("[data-message]").textContent = message;
      form.querySelector("[data-sign]").textContent = sign;
    };
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", show);
    form.querySelector("[data-now]")?.addEventListener("click", () => {
      form.querySelector("[data-part=timestamp]").value = Math.floor(Date.now() / 1000);
      show();
    });
    show();
  }

  // The samples with the visitor's own key: typed once, put into what is shown here.
  const own = document.getElementById("own");
  const fill = () => {
    for (const place of document.querySelectorAll(".sample .code")) {
      place.dataset.original ??= place.textContent;
      let shown = place.dataset.original;
      for (const field of own.querySelectorAll("[data-instead]")) {
        if (field.value.trim()) shown = shown.replaceAll(field.dataset.instead, () => field.value.trim());
      }
      place.textContent = shown;
    }
  };
  if (own) {
    own.hidden = false;
    own.addEventListener("submit", (event) => event.preventDefault());
    own.addEventListener("input", fill);
  }

  const say = document.getElementById("say");
  for (const button of document.querySelectorAll("[data-copies]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
      say.textContent = button.textContent = button.dataset.done;
    });
  }
})();
