// What was done without a network, kept on this phone until the server has answered it. Each action
// is numbered in the transaction that keeps it, and signed with the phone's secret, which is here as
// a key that cannot be read out again. `keep` answers only after the transaction is on the disk.
const VERSION = 1;
const TRIES = 20;
const CODE = /^[A-Za-z0-9:-]{1,64}$/;

export const able = () => Boolean(globalThis.isSecureContext && globalThis.indexedDB && crypto.subtle);

export async function open(base) {
  const asked = indexedDB.open(`habitue ${base}`, VERSION);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("devices", { keyPath: "id" });
    asked.result.createObjectStore("actions", { keyPath: ["device", "number"] });
    asked.result.createObjectStore("notes");
  };
  return new Outbox(await wanted(asked));
}

class Outbox {
  constructor(database) {
    this.database = database;
  }

  // The device that this browser is for the server now, or null.
  async device() {
    const [devices, , notes] = this.stores("readonly").stores;
    const current = await wanted(notes.get("current"));
    return (current && (await wanted(devices.get(current)))) ?? null;
  }

  // All devices that this browser was, so that none is told its secret twice.
  async known() {
    return wanted(this.stores("readonly").stores[0].getAllKeys());
  }

  // The server says who works here: a device of before, or a new one with its secret.
  async become({ device, secret, staff }) {
    if (secret) return this.admit({ device, secret, staff });
    const { stores: [, , notes], done } = this.stores("readwrite");
    notes.put(device, "current");
    await done;
  }

  async admit({ device, secret, staff }) {
    const bytes = Uint8Array.from(secret.match(/../g), (pair) => parseInt(pair, 16));
    const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const { stores: [devices, , notes], done } = this.stores("readwrite");
    devices.put({ id: device, key, staff, number: 0, last: "" });
    notes.put(device, "current");
    await done;
  }

  // Nobody works here any more: nothing new is kept; what waits goes on waiting.
  async leave() {
    const { stores: [, , notes], done } = this.stores("readwrite");
    notes.delete("current");
    await done;
  }

  async setClock(skew) {
    const { stores: [, , notes], done } = this.stores("readwrite");
    notes.put(skew, "skew");
    await done;
  }

  // Keep one action: `code`, `kind`, `size`, and a button's `reference` where it had one.
  async keep({ code, kind, size, reference = crypto.randomUUID() }) {
    if (!CODE.test(code) || !Number.isSafeInteger(size) || size < 1) throw new TypeError("nothing to keep");
    const at = Date.now();
    for (let left = TRIES; left > 0; left--) {
      const device = await this.device();
      if (!device) throw new Error("nobody works here");
      const skew = await this.skew();
      const action = { device: device.id, number: device.number + 1, reference, code, kind, size, at, skew, before: device.last };
      action.signature = await sign(device.key, action);
      if (await this.put(device, action)) return action;
    }
    throw new Error("too much at once");
  }

  // Number and action in one transaction; false when another page of this phone was quicker.
  async put(seen, action) {
    const { stores: [devices, actions], done } = this.stores("readwrite");
    const device = await wanted(devices.get(seen.id));
    const first = device?.number === seen.number;
    if (first) {
      actions.add({ ...action, refused: "" });
      devices.put({ ...device, number: action.number, last: action.signature });
    }
    await done;
    return first;
  }

  async skew() {
    return (await wanted(this.stores("readonly").stores[2].get("skew"))) ?? 0;
  }

  async all() {
    return wanted(this.stores("readonly").stores[1].getAll());
  }

  async waiting() {
    return (await this.all()).filter((one) => !one.refused);
  }

  async refused() {
    return (await this.all()).filter((one) => one.refused);
  }

  // What the server answered to each of these actions: done ones go, refused ones stay to be read.
  async settle(sent, answers) {
    const { stores: [, actions], done } = this.stores("readwrite");
    sent.forEach((action, place) => {
      const { refused, why, who } = answers[place];
      if (refused) actions.put({ ...action, refused, why, who });
      else actions.delete([action.device, action.number]);
    });
    await done;
  }

  async dismiss(action) {
    const { stores: [, actions], done } = this.stores("readwrite");
    actions.delete([action.device, action.number]);
    await done;
  }

  stores(mode) {
    const names = ["devices", "actions", "notes"];
    const transaction = this.database.transaction(names, mode, { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
    done.catch(() => {}); // whoever waits for it hears of it
    return { stores: names.map((name) => transaction.objectStore(name)), done };
  }
}

async function sign(key, one) {
  const parts = [one.device, one.number, one.reference, one.code, one.kind, one.size, one.at, one.skew, one.before];
  const signed = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(parts.join("\n")));
  return Array.from(new Uint8Array(signed), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function wanted(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
