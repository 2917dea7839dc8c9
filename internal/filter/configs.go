package filter

import (
	"reflect"
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// Types of resources that have configurations.
const (
	configTopic = 2
	configGroup = 32
)

// resourceCode returns the error for a type of resource.
func resourceCode(kind int64) int16 {
	switch kind {
	case configTopic:
		return errTopicAuthorization
	case configGroup:
		return errGroupAuthorization
	}
	return errClusterAuthorization
}

// handleConfigs: a topic's and a group's configuration belong to them. Those of brokers show and decide
// how the cluster is run.
func handleConfigs(c *call) {
	left := c.split("Resources", "Resources", func(entry reflect.Value) int16 {
		kind, name := entry.FieldByName("ResourceType").Int(), entry.FieldByName("ResourceName").String()
		if c.configured(kind, name) {
			return 0
		}
		return resourceCode(kind)
	})
	if left == 0 && len(c.denied) > 0 {
		c.answerEmpty()
	}
}

func (c *call) configured(kind int64, name string) bool {
	switch kind {
	case configTopic:
		return c.topic(name)
	case configGroup:
		return c.group(name)
	}
	return c.brokers(name)
}

func handleListConfigResources(c *call) {
	c.onAnswer(func(resp kmsg.Response) {
		r := resp.(*kmsg.ListConfigResourcesResponse)
		r.ConfigResources = slices.DeleteFunc(r.ConfigResources, func(res kmsg.ListConfigResourcesResponseConfigResource) bool {
			switch res.Type {
			case configTopic:
				return !c.seesTopic(res.Name)
			case configGroup:
				return !c.seesGroup(res.Name)
			}
			return false
		})
	})
}
