package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/kafkaio/kafkaio/bridge"
)

// pageBridge returns what serves the bridge of a page, at /kafka: one to the brokers of --allow, or that of --bridge. Nil
// is none. end ends it.
func (f *execFlags) pageBridge(ctx context.Context) (h http.Handler, end func(), err error) {
	end = func() {}
	switch {
	case len(f.allow) > 0 && f.bridge != "":
		return nil, end, errors.New("--allow and --bridge exclude each other: give one of them")
	case len(f.allow) > 0:
		b, err := bridge.New(bridge.Config{Brokers: f.allow})
		if err != nil {
			return nil, end, fmt.Errorf("--allow: %w", err)
		}
		h, end = b, func() { b.Shutdown(context.WithoutCancel(ctx)) }
	case f.bridge != "":
		if h, err = forwardBridge(f.bridge); err != nil {
			return nil, end, err
		}
	default:
		return nil, end, nil
	}
	mux := http.NewServeMux()
	mux.Handle("/kafka", h)
	return mux, end, nil
}

// forwardBridge returns a handler that is the bridge at a URL. The page's origin would be a foreign one there: kafkaio is a
// client without any.
func forwardBridge(text string) (http.Handler, error) {
	target, err := url.Parse(text)
	if err != nil || target.Host == "" || (target.Scheme != "ws" && target.Scheme != "wss") {
		return nil, fmt.Errorf("--bridge %s: ws://host:port/kafka was expected, or wss://", text)
	}
	target.Scheme = map[string]string{"ws": "http", "wss": "https"}[target.Scheme]
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		url := *target
		url.RawQuery = r.In.URL.RawQuery
		r.Out.URL, r.Out.Host = &url, ""
		r.Out.Header.Del("Origin")
	}}, nil
}
