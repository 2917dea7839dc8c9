module github.com/kafkaio/kafkaio/internal/test/guesttest

go 1.26.0

require github.com/kafkaio/kafkaio v0.1.0
