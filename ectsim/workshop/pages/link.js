// The websocket: says hello, comes back by itself when the connection is lost, hands messages on.

const FIRST_WAIT = 300, LONGEST_WAIT = 4000, GAP = 130, MOST_UNSENT = 20, FINAL = new Set(["token", "removed", "role"]);

/** Connects as hello() says; calls heard(message) for each message and changed(status) with "open", "lost", "refused". */
export class Link {
  constructor(hello, heard, changed) {
    Object.assign(this, { hello, heard, changed, wait: FIRST_WAIT, stopped: false, unsent: [], waiting: new Map(), sent: new Map() });
    this.connect();
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  connect() {
    clearTimeout(this.timer);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/ws`);
    this.socket.addEventListener("open", () => this.send("hello", this.hello()));
    this.socket.addEventListener("message", (event) => this.receive(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => {
      if (this.stopped) return;
      this.changed("lost");
      this.timer = setTimeout(() => this.connect(), this.wait);
      this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
    });
  }

  receive(message) {
    if (message.type === "welcome") {
      this.wait = FIRST_WAIT;
      this.changed("open");
      for (const unsent of this.unsent.splice(0)) this.socket.send(unsent);
    }
    if (message.type === "refused") {
      if (FINAL.has(message.reason) || message.reason === "code") this.stop();
      this.changed("refused", message.reason);
    }
    this.heard(message);
  }

  /** Tries at once, when a connection may be back. */
  hurry() {
    if (!this.stopped && this.socket.readyState === WebSocket.CLOSED) this.connect();
  }

  /** Sends now, or once the connection is back. */
  send(type, values = {}) {
    const message = JSON.stringify({ type, ...values });
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(message);
    else if (this.unsent.length < MOST_UNSENT) this.unsent.push(message);
  }

  /** Sends at once, or soon where one of that type was just sent; of those that wait, the last. */
  sendLatest(type, values) {
    const due = (this.sent.get(type) ?? -GAP) + GAP - performance.now();
    const running = this.waiting.has(type);
    this.waiting.set(type, values);
    if (running) return;
    const go = () => {
      this.sent.set(type, performance.now());
      this.send(type, this.waiting.get(type));
      this.waiting.delete(type);
    };
    if (due <= 0) go();
    else setTimeout(go, due);
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.socket.close();
  }
}
