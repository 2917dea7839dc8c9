import { Changes } from "./changes.js";
import type { Job } from "./redrive_job.js";
import { RedriveRun } from "./redrive_run.js";
import { RedriveScan } from "./redrive_scan.js";
import { RedriveSent } from "./redrive_sent.js";
import type { Session } from "./session.js";

/** A redrive: what it would send, and what it has sent. It goes on while other pages are looked at. */
export class RedriveStore {
  readonly changes = new Changes();
  scan: RedriveScan | undefined;
  run: RedriveRun | undefined;
  #sent = new RedriveSent();

  constructor(private session: Session) {}

  /** Counts what a job would send, unless another one is sending. */
  async preview(job: Job): Promise<void> {
    const kafka = this.session.kafka;
    if (!kafka || this.run?.isSending) return;
    this.scan?.stop();
    this.scan = new RedriveScan(job, this.changes, this.#sent);
    this.run = new RedriveRun(this.scan, this.changes);
    this.changes.emit();
    await this.scan.run(kafka);
  }

  /** Sends what was found, or goes on with it. */
  async send(): Promise<void> {
    const { scan, run } = this;
    if (!this.session.kafka || !run || scan?.state === "scanning") return;
    await run.send(this.session.kafka);
  }

  /** Sends again what failed and isn't stored. */
  async resend(): Promise<void> {
    if (this.session.kafka) await this.run?.resend(this.session.kafka);
  }
}
