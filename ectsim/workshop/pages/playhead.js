// The page's own clock: months go by between two orders of the facilitator. Reduced motion steps by years.

const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Playhead {
  /** ticked(month) at every frame while it plays and after every order; ended() when the last month is reached. */
  constructor(ticked, ended = () => {}) {
    Object.assign(this, { ticked, ended, month: 0, last: 120, playing: false, pace: 6 });
  }

  /** Month as it is shown. */
  get shown() {
    return calm.matches && this.playing ? 12 * Math.floor(this.month / 12) : this.month;
  }

  set({ month, playing, pace }, last) {
    this.month = Math.min(month, last);
    Object.assign(this, { last, pace });
    const starts = playing && !this.playing;
    this.playing = playing && this.month < last;
    this.ticked(this.shown);
    if (starts && this.playing) {
      this.before = null;
      requestAnimationFrame((now) => this.step(now));
    }
  }

  step(now) {
    if (!this.playing) return;
    if (this.before !== null) this.month = Math.min(this.last, this.month + ((now - this.before) / 1000) * this.pace);
    this.before = now;
    if (this.month >= this.last) {
      this.playing = false;
      this.ticked(this.shown);
      this.ended();
      return;
    }
    this.ticked(this.shown);
    requestAnimationFrame((later) => this.step(later));
  }
}
