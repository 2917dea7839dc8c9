module github.com/kafkaio/kafkaio/web/compress

go 1.26.0

require github.com/andybalholm/brotli v1.2.8
