// Package kafkatest runs Apache Kafka for tests: one broker, or three, in KRaft mode on loopback.
// It needs java, and for the first run mvn, which fetches Kafka's jars (43 MB) into the user's
// cache directory. There is also what java keeps of their classes (archive).
//
//	func TestMain(m *testing.M) { os.Exit(kafkatest.Main(m)) }
//
//	func TestProducing(t *testing.T) {
//		brokers := kafkatest.Shared(t).Bootstrap()
//		…
//	}
//
// With KAFKAIO_TEST_BROKERS, a list like "10.0.0.1:9092,10.0.0.2:9092", nothing is started and the
// same tests run against that cluster.
package kafkatest
