// Each version of TypeScript compiles this against the package's types; nothing runs it.
import { connect, KafkaError, type Batch, type Code, type ConnectOptions, type Kafka, type KafkaRecord } from "kafkaio";

const options: ConnectOptions = { bridge: new URL("wss://tools.example/kafka"), token: async (why, signal) => `${why} ${signal.aborted}` };

export async function tail(topic: string): Promise<bigint> {
  await using kafka: Kafka = await connect(options);
  let next = 0n;
  for await (const batch of kafka.consume({ topics: [topic], from: { last: 10 }, until: "end" })) {
    const { records, skipped }: Batch = batch;
    for (const record of records) show(record);
    next = batch.next + skipped.gaps;
  }
  return next;
}

function show(record: KafkaRecord): string {
  const [name, value] = record.headers[0] ?? ["", null];
  return `${record.text("key")} ${record.json<{ id: number }>().id} ${name} ${value?.byteLength}`;
}

export async function write(kafka: Kafka): Promise<Code | bigint> {
  const one = await kafka.produce({ topic: "t", value: null });
  const [first] = await kafka.produce([{ topic: "t", value: "v", headers: [["h", null]] }]);
  if (first && "error" in first) return first.error.code;
  try {
    await kafka.admin.createTopic({ name: "t", configs: { "retention.ms": "1" } });
  } catch (error) {
    if (KafkaError.is(error, "TOPIC_ALREADY_EXISTS")) return error.code;
  }
  return one.offset;
}

// @ts-expect-error a value must be given
connect().then((kafka) => kafka.produce({ topic: "t" }));
// @ts-expect-error there is no such option
connect({ brige: "wss://tools.example/kafka" });
