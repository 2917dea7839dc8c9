// The types of the package are those that were promised, as far as they exist. tsc checks this file; nothing
// runs it.
import type * as Ours from "kafkaio";
import type * as Promised from "./promise.js";

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** What there is so far of the client. */
type Admin = Pick<Promised.Admin, keyof Ours.Admin>;
type SoFar = Omit<Pick<Promised.Kafka, keyof Ours.Kafka>, "admin"> & { readonly admin: Admin };

const checks: {
  options: Same<Ours.ConnectOptions, Promised.ConnectOptions>;
  kafka: Same<Ours.Kafka, SoFar>;
  admin: Same<Ours.Admin, Admin>;
  produce: Same<Ours.ProduceOptions, Promised.ProduceOptions>;
  record: Same<Ours.NewRecord, Promised.NewRecord>;
  socket: Same<Ours.KafkaSocket, Promised.KafkaSocket>;
  status: Same<Ours.Status, Promised.Status>;
  error: Same<Ours.KafkaError, Promised.KafkaError>;
  is: Same<typeof Ours.KafkaError.is, typeof Promised.KafkaError.is>;
  connect: Same<Parameters<typeof Ours.connect>, Parameters<typeof Promised.connect>>;
} = { options: true, kafka: true, admin: true, produce: true, record: true, socket: true, status: true, error: true, is: true, connect: true };
export default checks;
