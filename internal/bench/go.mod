module github.com/kafkaio/kafkaio/internal/bench

go 1.26.0

replace github.com/kafkaio/kafkaio => ../..
