package tunnel

// ReadFull reads until p is full, and returns fewer bytes only with an error (bridge only). The goroutine
// that reads the WebSocket moves what comes straight into p, and wakes the caller once p is full.
func (st *Stream) ReadFull(p []byte) (n int, err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for n < len(p) && err == nil {
		var got int
		got, err = st.readLocked(p[n:], true)
		n += got
	}
	return n, err
}

// Buffered returns how many bytes Read returns without waiting.
func (st *Stream) Buffered() int {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.received.size
}
