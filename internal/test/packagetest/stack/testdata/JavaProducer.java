import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes what Java's producer can write to the topics PREFIX.codecs, PREFIX.odd and PREFIX.transactions. */
public class JavaProducer {
  static String brokers;
  static String prefix;

  public static void main(String[] args) throws Exception {
    brokers = args[0];
    prefix = args[1];
    codecs();
    odd();
    transactions();
    System.out.println("written");
    Runtime.getRuntime().halt(0); // without closing the producer whose transaction is open
  }

  static KafkaProducer<byte[], byte[]> producer(Map<String, Object> config) {
    Map<String, Object> all = new HashMap<>(config);
    all.put("bootstrap.servers", brokers);
    all.put("key.serializer", ByteArraySerializer.class.getName());
    all.put("value.serializer", ByteArraySerializer.class.getName());
    return new KafkaProducer<>(all);
  }

  static byte[] bytes(String s) {
    return s == null ? null : s.getBytes(StandardCharsets.UTF_8);
  }

  /** 100 records of each codec, in batches of several. */
  static void codecs() {
    for (String codec : new String[] {"none", "gzip", "snappy", "lz4", "zstd"}) {
      try (var p = producer(Map.of("compression.type", codec, "linger.ms", 100, "batch.size", 40000))) {
        for (int i = 0; i < 100; i++) {
          p.send(new ProducerRecord<>(prefix + ".codecs", bytes(codec), bytes(i + " " + "text ".repeat(200))));
        }
      }
    }
  }

  static void odd() throws Exception {
    String topic = prefix + ".odd";
    try (var p = producer(Map.of())) {
      p.send(new ProducerRecord<>(topic, bytes("tombstone"), null)).get();
      p.send(new ProducerRecord<>(topic, null, bytes("no key"))).get();
      p.send(new ProducerRecord<>(topic, bytes(""), bytes(""))).get();
      p.send(new ProducerRecord<>(topic, new byte[] {(byte) 0xff, 0, (byte) 0x80}, new byte[] {(byte) 0xc3, 0x28})).get();
      var headers = new ProducerRecord<>(topic, bytes("headers"), bytes(""));
      headers.headers().add("a", bytes("1")).add("a", null).add("a", bytes("")).add("", bytes("no name")).add("\u4f60", new byte[] {(byte) 0xff});
      p.send(headers).get();
      p.send(new ProducerRecord<>(topic, 0, Long.MAX_VALUE, bytes("timestamp"), bytes("max"))).get();
      p.send(new ProducerRecord<>(topic, 0, 0L, bytes("timestamp"), bytes("0"))).get();
    }
  }

  /** Offsets: 0-2 and a marker, 4-5 and a marker, 7 and a marker, 9-10. */
  static void transactions() throws Exception {
    String topic = prefix + ".transactions";
    var p = producer(Map.of("transactional.id", prefix));
    p.initTransactions();
    transact(p, topic, 3, "committed");
    p.commitTransaction();
    transact(p, topic, 2, "aborted");
    p.abortTransaction();
    transact(p, topic, 1, "committed");
    p.commitTransaction();
    transact(p, topic, 2, "open");
  }

  static void transact(KafkaProducer<byte[], byte[]> p, String topic, int n, String value) throws Exception {
    p.beginTransaction();
    for (int i = 0; i < n; i++) {
      p.send(new ProducerRecord<>(topic, bytes(value + " " + i)));
    }
    p.flush();
  }
}
