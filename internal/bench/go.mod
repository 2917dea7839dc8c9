module github.com/kafkaio/kafkaio/internal/bench

go 1.26.0

require (
	github.com/andybalholm/brotli v1.2.8
	github.com/coder/websocket v1.8.15
	github.com/kafkaio/kafkaio v0.0.0
)

require github.com/twmb/franz-go/pkg/kmsg v1.15.0 // indirect

replace github.com/kafkaio/kafkaio => ../..
