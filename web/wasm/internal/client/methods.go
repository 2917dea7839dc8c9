package client

import "github.com/kafkaio/kafkaio/web/wasm/internal/port"

// methods are what the page may call.
func (c *client) methods() map[string]port.Method {
	return map[string]port.Method{
		"connect": c.connect,
		"status":  c.statuses,

		"frames":      c.frames,
		"decodeFrame": c.decodeFrame,

		"produce":      c.produce,
		"partitionFor": c.partitionFor,

		"cluster":          c.cluster,
		"topics":           c.topics,
		"topic":            c.topic,
		"offsets":          c.offsets,
		"configs":          c.configs,
		"groups":           c.groups,
		"group":            c.group,
		"logDirs":          c.logDirs,
		"createTopic":      c.createTopic,
		"createPartitions": c.createPartitions,
		"deleteTopic":      c.deleteTopic,
		"deleteGroup":      c.deleteGroup,
		"resetOffsets":     c.resetOffsets,

		"socket":         c.openSocket,
		"socket.send":    onSocket((*socket).send),
		"socket.receive": onSocket((*socket).receive),
		"socket.request": onSocket((*socket).request),

		"consume":          c.consume,
		"consume.pause":    onConsumer(pauseConsumer),
		"consume.seek":     onConsumer(seekConsumer),
		"consume.progress": onConsumer(progressOfConsumer),
		"consume.commit":   onConsumer(c.commitConsumed),
		"record":           c.record,
	}
}
