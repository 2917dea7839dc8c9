package client

import (
	"cmp"
	"context"
	"path"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// A config is one setting of a topic or a broker.
type config struct {
	Name          string  `json:"name"`
	Value         *string `json:"value"`   // nil: it has none, or is sensitive
	Default       *string `json:"default"` // Kafka's own
	Source        string  `json:"source"`
	Sensitive     bool    `json:"sensitive"`
	ReadOnly      bool    `json:"readOnly"`
	Documentation *string `json:"documentation"`
}

// configSources are where a value comes from. Brokers before Kafka 1.1 don't tell, and later ones may add sources.
var configSources = map[kmsg.ConfigSource]string{
	kmsg.ConfigSourceDynamicTopicConfig:         "topic",
	kmsg.ConfigSourceDynamicBrokerConfig:        "broker",
	kmsg.ConfigSourceDynamicDefaultBrokerConfig: "dynamic-default",
	kmsg.ConfigSourceStaticBrokerConfig:         "static",
	kmsg.ConfigSourceDefaultConfig:              "default",
}

// configs returns the settings of a topic or a broker.
func (c *client) configs(ctx context.Context, call *port.Call) (any, error) {
	var o struct {
		Topic  *string `json:"topic"`
		Broker int32   `json:"broker"`
	}
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	r := kmsg.NewDescribeConfigsRequestResource()
	if o.Topic != nil {
		r.ResourceType, r.ResourceName = kmsg.ConfigResourceTypeTopic, *o.Topic
	} else {
		r.ResourceType, r.ResourceName = kmsg.ConfigResourceTypeBroker, strconv.Itoa(int(o.Broker))
	}
	req := kmsg.NewPtrDescribeConfigsRequest()
	req.Resources = append(req.Resources, r)
	req.IncludeSynonyms, req.IncludeDocumentation = true, true
	var resp *kmsg.DescribeConfigsResponse
	var err error
	if o.Topic != nil {
		resp, err = askAny[*kmsg.DescribeConfigsResponse](ctx, c, req)
	} else {
		resp, err = ask(ctx, c, req.RequestWith)
	}
	if err != nil {
		return nil, err
	}
	configs := []config{}
	for _, r := range resp.Resources {
		if e := answerError(r.ErrorCode, r.ErrorMessage); e != nil {
			if o.Topic != nil {
				e.Topic = *o.Topic
			}
			return nil, e
		}
		for _, rc := range r.Configs {
			configs = append(configs, configOf(rc))
		}
	}
	return configs, nil
}

func configOf(rc kmsg.DescribeConfigsResponseResourceConfig) config {
	k := config{
		Name: rc.Name, Value: rc.Value, Source: cmp.Or(configSources[rc.Source], "unknown"),
		Sensitive: rc.IsSensitive, ReadOnly: rc.ReadOnly, Documentation: rc.Documentation,
	}
	for _, synonym := range rc.ConfigSynonyms {
		if synonym.Source == kmsg.ConfigSourceDefaultConfig {
			k.Default = inUnitOf(rc.Name, synonym.Name, synonym.Value)
		}
	}
	if rc.Source == kmsg.ConfigSourceDefaultConfig {
		k.Default = rc.Value
	}
	return k
}

// configUnits are the units in which Kafka has synonyms of what is in milliseconds otherwise, and brokers don't
// convert: the default of retention.ms is that of log.retention.hours (ServerTopicConfigSynonyms).
var configUnits = map[string]int64{".hours": 3_600_000, ".minutes": 60_000}

// inUnitOf returns a synonym's value in the unit of a config; nil: it has none, or it isn't known.
func inUnitOf(name, synonym string, value *string) *string {
	unit, other := configUnits[path.Ext(synonym)]
	if value == nil || !other || !strings.HasSuffix(name, ".ms") {
		return value
	}
	n, err := strconv.ParseInt(*value, 10, 32)
	if err != nil {
		return nil
	}
	if n < 0 { // no limit
		return value
	}
	return kmsg.StringPtr(strconv.FormatInt(n*unit, 10))
}
