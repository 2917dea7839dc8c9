// How many records arrive per second, as a number and as a chart of the last minute.

import { byId } from "./dom.js";

const seconds = 60;
const averaged = 5; // seconds

export class Rate {
  #perSecond = new Array(seconds).fill(0); // the current second is the last
  #age = 0; // seconds since reset

  constructor() {
    this.number = byId("rate");
    this.chart = byId("rate-chart", SVGSVGElement);
    this.bars = Array.from({ length: seconds }, (_, i) => {
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of [["x", i + 0.15], ["width", 0.7], ["y", 24], ["height", 0]]) bar.setAttribute(String(name), String(value));
      this.chart.append(bar);
      return bar;
    });
    setInterval(() => this.#tick(), 1000);
  }

  reset() {
    this.#perSecond.fill(0);
    this.#age = 0;
    this.#draw();
  }

  count(records) {
    this.#perSecond[seconds - 1] += records;
  }

  #tick() {
    this.#age++;
    this.#draw();
    this.#perSecond.shift();
    this.#perSecond.push(0);
  }

  #draw() {
    const over = Math.min(averaged, Math.max(1, this.#age));
    const rate = this.#perSecond.slice(-over).reduce((a, b) => a + b, 0) / over;
    this.number.textContent = rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString();
    const most = Math.max(4, ...this.#perSecond);
    this.#perSecond.forEach((n, i) => {
      const height = (n / most) * 24;
      this.bars[i].setAttribute("y", String(24 - height));
      this.bars[i].setAttribute("height", String(height));
    });
  }
}
