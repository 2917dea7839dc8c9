package policy

import "github.com/kafkaio/kafkaio/internal/test/kafkamessage"

// entities returns the names of fields by what they are annotated with.
func entities(d *kafkamessage.Definition) map[string][]string {
	entities := map[string][]string{}
	for _, f := range d.All() {
		if f.EntityType != "" {
			entities[f.EntityType] = append(entities[f.EntityType], f.Name)
		}
	}
	return entities
}
