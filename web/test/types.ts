// The types of the package are those that were promised, as far as they exist. tsc checks this file; nothing
// runs it.
import type * as Ours from "kafkaio";
import type * as Promised from "./promise.js";

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** What was promised of admin for now. GroupDetail has beside that why an offset isn't known, and Config a source more. */
type Admin = Omit<Promised.Admin, "acls" | "quotas" | "setConfigs" | "deleteRecords" | "group" | "configs">;
type WithoutCauses<G extends { offsets: object[] }> = Omit<G, "offsets"> & { offsets: Omit<G["offsets"][number], "error">[] };
type Compared = "admin" | "consume" | "frames";

const checks: {
  record: Same<Ours.KafkaRecord, Promised.KafkaRecord>;
  batch: Same<Ours.Batch, Promised.Batch>;
  progress: Same<Ours.Progress, Promised.Progress>;
  consumer: Same<Ours.Consumer, Promised.Consumer>;
  consume: Ours.ConsumeOptions extends Promised.ConsumeOptions ? true : false;
  consumeOptions: Same<Exclude<keyof Ours.ConsumeOptions, "onRetry">, keyof Promised.ConsumeOptions>;
  position: Same<Ours.Position, Promised.Position>;
  options: Same<Ours.ConnectOptions, Promised.ConnectOptions>;
  frames: Same<Parameters<Ours.Kafka["frames"]>, Parameters<Promised.Kafka["frames"]>>;
  /** Beside what was promised, a frame may be redacted as "secret" or be unreadable, and a field be unpacked. */
  frame: Same<Omit<Ours.Frame, "redacted" | "unreadable" | "decode">, Omit<Promised.Frame, "redacted" | "decode">>;
  field: Same<Omit<Ours.Field, "fields" | "unpacked">, Omit<Promised.Field, "fields">>;
  kafka: Same<Omit<Ours.Kafka, Compared>, Omit<Promised.Kafka, Compared>>;
  admin: Same<Omit<Ours.Admin, "group" | "configs">, Admin>;
  config: Same<Omit<Ours.Config, "source">, Omit<Promised.Config, "source">>;
  source: Same<Exclude<Ours.Config["source"], "unknown">, Promised.Config["source"]>;
  group: Same<WithoutCauses<Ours.GroupDetail>, WithoutCauses<Promised.GroupDetail>>;
  produce: Same<Ours.ProduceOptions, Promised.ProduceOptions>;
  newRecord: Same<Ours.NewRecord, Promised.NewRecord>;
  socket: Same<Ours.KafkaSocket, Promised.KafkaSocket>;
  status: Same<Ours.Status, Promised.Status>;
  error: Same<Ours.KafkaError, Promised.KafkaError>;
  is: Same<typeof Ours.KafkaError.is, typeof Promised.KafkaError.is>;
  connect: Same<Parameters<typeof Ours.connect>, Parameters<typeof Promised.connect>>;
} = {
  record: true, batch: true, progress: true, consumer: true, consume: true, consumeOptions: true, position: true, options: true, kafka: true,
  frames: true, frame: true, field: true,
  admin: true, config: true, source: true, group: true, produce: true, newRecord: true, socket: true, status: true, error: true, is: true, connect: true,
};
export default checks;
