package tunnel

import "sync/atomic"

// A Memory bounds what all sessions of a bridge hold together. Nil bounds nothing.
//
// Sessions share it by dynamic thresholds (Choudhury and Hahne, IEEE/ACM ToN 6(2), 1998): a session may
// take more only if sharesLeft times its new total stays free. The more sessions stall, the less each
// holds, and a newcomer still finds room.
type Memory struct {
	limit int64
	used  atomic.Int64
}

const sharesLeft = 8

// NewMemory returns a Memory of limit bytes.
func NewMemory(limit int64) *Memory { return &Memory{limit: limit} }

// Take takes n bytes and reports true, or reports false if fewer are free.
func (m *Memory) Take(n int64) bool { return m.take(n, 0) }

// take is Take, but leaves at least least bytes free.
func (m *Memory) take(n, least int64) bool {
	if m == nil {
		return true
	}
	for {
		used := m.used.Load()
		if n+least > m.limit-used {
			return false
		}
		if m.used.CompareAndSwap(used, used+n) {
			return true
		}
	}
}

// Give gives back n bytes.
func (m *Memory) Give(n int64) {
	if m != nil {
		m.used.Add(-n)
	}
}

// A share counts what one session holds of a Memory.
type share struct {
	memory *Memory
	held   atomic.Int64
}

// take takes n bytes and reports true, or reports false if that would leave the others too little.
func (s *share) take(n int) bool {
	if s.memory == nil || n == 0 {
		return true
	}
	if !s.memory.take(int64(n), sharesLeft*(s.held.Load()+int64(n))) {
		return false
	}
	s.held.Add(int64(n))
	return true
}

// has reports whether take would succeed.
func (s *share) has(n int) bool {
	m := s.memory
	return m == nil || int64(n)+sharesLeft*(s.held.Load()+int64(n)) <= m.limit-m.used.Load()
}

// must takes n bytes even if none are free. Its callers are bounded by other limits.
func (s *share) must(n int) {
	if s.memory != nil {
		s.memory.used.Add(int64(n))
		s.held.Add(int64(n))
	}
}

func (s *share) give(n int) {
	if s.memory != nil {
		s.held.Add(int64(-n))
		s.memory.Give(int64(n))
	}
}
