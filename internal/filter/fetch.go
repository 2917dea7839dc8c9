package filter

import (
	"math"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// finalEpoch is the session epoch of a fetch that names all that it wants, and begins no session.
const finalEpoch = -1

// handleFetch: fetches are without sessions, since those remember topics: a later fetch would name none of
// them, and would read on what the client lost the right to.
func handleFetch(c *call) {
	req := c.req.(*kmsg.FetchRequest)
	if req.ReplicaID >= 0 || req.ReplicaState.ID >= 0 {
		c.denyFollower()
		return
	}
	if req.SessionID != 0 || req.SessionEpoch != 0 && req.SessionEpoch != finalEpoch {
		c.answerEmpty()
		c.local.(*kmsg.FetchResponse).ErrorCode = errFetchSessionIDNotFound
		return
	}
	req.SessionEpoch = finalEpoch
	req.ForgottenTopics = nil
	for i := range req.Topics {
		for j := range req.Topics[i].Partitions { // what only followers say, in tags
			p := &req.Topics[i].Partitions[j]
			p.ReplicaDirectoryID, p.HighWatermark = [16]byte{}, math.MaxInt64
		}
	}
	handleTopics(c)
}
