package suite

import "testing"

func TestClient(t *testing.T) { Run(t, FromEnv(t)) }
