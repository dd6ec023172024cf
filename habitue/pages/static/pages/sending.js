// The way to the server: who works here, what time it is there, and what was kept goes out.
// One page of this phone sends at a time; an answer that got lost is asked for again.
const PATIENCE = 6000; // milliseconds
const MOST = 50; // actions in one sending
const SOON = 1000, LATE = 60000; // how long until the next try

export class Sending {
  // `changed` is called whenever the state ("online", "offline", "pin") or the outbox may be another.
  constructor(base, outbox, changed) {
    Object.assign(this, { base, outbox, changed, state: navigator.onLine ? "online" : "offline", token: "", pause: SOON });
    addEventListener("online", () => this.flush());
    addEventListener("offline", () => this.turn("offline"));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.flush(); });
  }

  // Send what waits; answers with how many the server has committed now. Tried again while something
  // waits, or while this phone does not know yet who works here.
  async flush() {
    clearTimeout(this.timer);
    const turn = `habitue ${this.base}`;
    const sent = await navigator.locks.request(turn, { ifAvailable: true }, (lock) => lock && this.sendAll());
    if (sent === null) await navigator.locks.request(turn, { mode: "shared" }, () => {}); // another page's end: what it brought is shown here, too
    const wanting = (await this.outbox.waiting()).length || !(await this.outbox.device());
    if (wanting && this.state !== "pin") {
      this.timer = setTimeout(() => this.flush(), this.pause);
      this.pause = Math.min(this.pause * 2, LATE);
    } else this.pause = SOON;
    this.changed(sent ?? 0);
    return sent ?? 0;
  }

  async sendAll() {
    let committed = 0;
    try {
      if (!(await this.meet())) return 0;
      for (const batch of batches(await this.outbox.waiting())) {
        const actions = batch.map(({ device, refused, why, who, ...action }) => action);
        const body = JSON.stringify({ device: batch[0].device, actions });
        const answer = await this.ask("queue", { method: "POST", body, headers: { "Content-Type": "application/json" } });
        if (!answer?.answers) return committed;
        await this.outbox.settle(batch, answer.answers);
        committed += answer.answers.filter((one) => one.event).length;
        this.pause = SOON;
      }
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
      this.turn("offline"); // no answer: what it was stays kept, under the same numbers
    }
    return committed;
  }

  // Who works here, by the server's own word; the device's secret where this browser has none.
  async meet() {
    const sentAt = Date.now();
    const here = await this.ask("here");
    if (!here) return false;
    this.token = here.token;
    await this.outbox.setClock(here.at - Math.round((sentAt + Date.now()) / 2));
    const known = (await this.outbox.known()).join(",");
    const told = await this.ask("device", { method: "POST", body: new URLSearchParams({ known }) });
    if (told) await this.outbox.become(told);
    return Boolean(told);
  }

  // A JSON answer; null where a PIN is wanted first. No answer at all is an exception.
  async ask(path, options = {}) {
    const headers = { ...options.headers, Accept: "application/json", "X-CSRFToken": this.token };
    const answer = await fetch(path ? `${this.base}/${path}` : this.base, { ...options, headers, signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status >= 500) throw new TypeError("the server is not well");
    if (!answer.headers.get("Content-Type")?.startsWith("application/json")) {
      this.turn("pin");
      return null;
    }
    this.turn("online");
    return answer.json();
  }

  turn(state) {
    const other = this.state !== state;
    this.state = state;
    if (other) this.changed(0);
  }
}

function* batches(actions) {
  for (let start = 0; start < actions.length; ) {
    let end = start + 1;
    while (end < actions.length && end - start < MOST && actions[end].device === actions[start].device) end++;
    yield actions.slice(start, end);
    start = end;
  }
}
