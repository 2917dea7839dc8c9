package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/auth"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/certfile"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/internal/loglimit"
	"github.com/kafkaio/kafkaio/web"
)

const (
	// drainTime is what clients get to finish what they are doing when the bridge ends.
	drainTime = 10 * time.Second
	// watchInterval is how often files are looked at for a change of their content.
	watchInterval = 5 * time.Second

	// Limits of HTTP. A WebSocket, once open, has its own.
	headerTime = 10 * time.Second
	answerTime = 5 * time.Minute // for the page's program over a slow line
	idleTime   = 2 * time.Minute
	maxHeaders = 32 << 10 // bytes; a token in a header has up to 16 KiB
)

// serveBridge serves until the command's context ends.
func serveBridge(c *cobra.Command, page pageFunc, flags *bridgeFlags, source *config.Source) error {
	f := source.File
	log := newLog(c, f.Log)
	ctx, cancel := context.WithCancel(c.Context())
	defer cancel()
	var pages http.Handler
	if f.Page {
		var err error
		if pages, err = page(); errors.Is(err, web.ErrNotBuilt) {
			return failed("this binary was built without the page: build with make, or set page: false")
		} else if err != nil {
			return &failure{err}
		}
	}
	s, err := newBridgeServer(ctx, f, log)
	if err != nil {
		return &failure{err}
	}
	defer s.close()
	listener, err := net.Listen("tcp", f.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return failed("port %s is taken by another program: choose another with listen or --listen", f.Listen)
	} else if err != nil {
		return failed("cannot listen at %s: %w", f.Listen, err)
	}
	defer listener.Close()
	scheme := ""
	if f.TLS != nil {
		certificate, err := certfile.Load(f.TLS.Cert, f.TLS.Key)
		if err != nil {
			return failed("the bridge's certificate: %w", err)
		}
		s.certificates = append(s.certificates, certificate)
		scheme = "s"
		listener = tls.NewListener(listener, &tls.Config{GetCertificate: certificate.Get, NextProtos: []string{"http/1.1"}})
	}
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	for _, certificate := range s.certificates {
		running.Go(func() { certificate.Watch(ctx, watchInterval, log) })
	}
	if flags.file != "" {
		hangups := make(chan os.Signal, 1)
		signal.Notify(hangups, syscall.SIGHUP)
		defer signal.Stop(hangups)
		running.Go(func() { s.watch(ctx, flags, hangups, watchInterval) })
	}
	running.Go(func() { s.warnOfUnlisted(ctx) })
	if !f.Auth.Any() {
		log.Warn("clients need no token: every program and user of this machine can use the bridge; set auth to change that")
	}
	out := newPrinter(c.OutOrStdout())
	for _, cluster := range s.clusters {
		at := fmt.Sprintf("ws%s://%s/kafka", scheme, listener.Addr())
		if cluster.isDefault {
			out.line("Serving %s at %s and at %s/%s", cluster.Name, at, at, cluster.Name)
		} else {
			out.line("Serving %s at %s/%s", cluster.Name, at, cluster.Name)
		}
	}
	if f.Page {
		out.link("Open", fmt.Sprintf("http%s://%s/", scheme, listener.Addr()))
		if len(f.Auth.Tokens) > 0 || f.Auth.JWT != nil {
			out.line("To log in with a token, add #token=TOKEN to the link.")
		}
	}
	out.line("Ctrl-C stops it.")
	if err := out.failure(); err != nil {
		return err
	}
	server := &http.Server{
		Handler:           s.proxies.Handler(s.handler(pages)),
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       headerTime,
		WriteTimeout:      answerTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeaders,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	return serveUntil(ctx, server, listener, drainTime, s.shutdown)
}

// newLog returns what the key log says, to stderr.
func newLog(c *cobra.Command, l config.Log) *slog.Logger {
	var level slog.Level
	level.UnmarshalText([]byte(l.Level)) // which is valid
	options := &slog.HandlerOptions{Level: level}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(c.ErrOrStderr(), options))
	}
	return slog.New(slog.NewTextHandler(c.ErrOrStderr(), options))
}

// newBridgeServer makes the bridges of all clusters.
func newBridgeServer(ctx context.Context, f config.File, log *slog.Logger) (*bridgeServer, error) {
	s := &bridgeServer{log: log, refusals: slog.New(loglimit.New(log.Handler()))}
	var err error
	if s.proxies, err = auth.ParseProxies(f.TrustedProxies); err != nil {
		return nil, err
	}
	state, err := s.newState(ctx, f)
	if err != nil {
		return nil, err
	}
	s.state.Store(state)
	var authorize authorizeFunc
	if f.Auth.Any() {
		authorize = s.authorize
	}
	memory, err := bridge.NewMemory(int64(f.MaxMemory))
	if err != nil {
		s.close()
		return nil, err
	}
	for _, cluster := range f.Clusters {
		b, certificate, err := clusterBridge(f, cluster, authorize, memory, log)
		if err != nil {
			s.close()
			return nil, err
		}
		if certificate != nil {
			s.certificates = append(s.certificates, certificate)
		}
		s.clusters = append(s.clusters, servedCluster{cluster, b, cluster.Default || len(f.Clusters) == 1})
	}
	return s, nil
}
