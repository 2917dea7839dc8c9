// The types of the package are those that were promised, as far as they exist. tsc checks this file; nothing
// runs it.
import type * as Ours from "kafkaio";
import type * as Promised from "./promise.js";

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** What there is so far of the client. */
type Admin = Pick<Promised.Admin, keyof Ours.Admin>;
type SoFar = Omit<Pick<Promised.Kafka, keyof Ours.Kafka>, "admin" | "consume" | "frames">;

const checks: {
  record: Same<Ours.KafkaRecord, Promised.KafkaRecord>;
  batch: Same<Ours.Batch, Promised.Batch>;
  progress: Same<Ours.Progress, Promised.Progress>;
  consumer: Same<Ours.Consumer, Pick<Promised.Consumer, keyof Ours.Consumer>>;
  consume: Ours.ConsumeOptions extends Promised.ConsumeOptions ? true : false;
  position: Same<Ours.Position, Promised.Position>;
  options: Same<Ours.ConnectOptions, Promised.ConnectOptions>;
  frames: Same<Parameters<Ours.Kafka["frames"]>, Parameters<Promised.Kafka["frames"]>>;
  /** Beside what was promised, a frame may be redacted as "secret" or be unreadable, and a field be unpacked. */
  frame: Same<Omit<Ours.Frame, "redacted" | "unreadable" | "decode">, Omit<Promised.Frame, "redacted" | "decode">>;
  field: Same<Omit<Ours.Field, "fields" | "unpacked">, Omit<Promised.Field, "fields">>;
  kafka: Same<Omit<Ours.Kafka, "admin" | "consume" | "frames">, SoFar>;
  admin: Same<Ours.Admin, Admin>;
  produce: Same<Ours.ProduceOptions, Promised.ProduceOptions>;
  newRecord: Same<Ours.NewRecord, Promised.NewRecord>;
  socket: Same<Ours.KafkaSocket, Promised.KafkaSocket>;
  status: Same<Ours.Status, Promised.Status>;
  error: Same<Ours.KafkaError, Promised.KafkaError>;
  is: Same<typeof Ours.KafkaError.is, typeof Promised.KafkaError.is>;
  connect: Same<Parameters<typeof Ours.connect>, Parameters<typeof Promised.connect>>;
} = {
  record: true, batch: true, progress: true, consumer: true, consume: true, position: true, options: true, kafka: true,
  frames: true, frame: true, field: true,
  admin: true, produce: true, newRecord: true, socket: true, status: true, error: true, is: true, connect: true,
};
export default checks;
