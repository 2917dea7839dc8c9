//go:build js

package main

import (
	"context"
	"errors"
	"syscall/js"
)

// promise runs f in a goroutine of its own and returns a Promise of its result.
func promise(f func() (any, error)) js.Value {
	executor := js.FuncOf(func(_ js.Value, args []js.Value) any {
		resolve, reject := args[0], args[1]
		go func() {
			if value, err := f(); err != nil {
				reject.Invoke(jsError(err))
			} else {
				resolve.Invoke(value)
			}
		}()
		return nil
	})
	defer executor.Release() // a Promise calls its executor before its constructor returns
	return js.Global().Get("Promise").New(executor)
}

var errRejected = errors.New("the promise was rejected")

// await waits for a Promise that JavaScript returned; any other value is its own result.
func await(ctx context.Context, v js.Value) (js.Value, error) {
	if v.Type() != js.TypeObject || v.Get("then").Type() != js.TypeFunction {
		return v, nil
	}
	type result struct {
		value js.Value
		err   error
	}
	done := make(chan result, 1)
	settle := func(err error) js.Func {
		return js.FuncOf(func(_ js.Value, args []js.Value) any {
			r := result{err: err}
			if len(args) > 0 {
				r.value = args[0]
			}
			done <- r
			return nil
		})
	}
	resolved, rejected := settle(nil), settle(errRejected)
	v.Call("then", resolved, rejected)
	select {
	case r := <-done:
		resolved.Release()
		rejected.Release()
		return r.value, r.err
	case <-ctx.Done():
		// The callbacks stay: the Promise may still settle, and done has room for that.
		return js.Undefined(), ctx.Err()
	}
}

// guard calls a function of the page. If that throws, guard writes the error to the console and goes on.
func guard(f js.Value, args ...any) (result js.Value) {
	defer func() {
		if thrown, ok := recover().(js.Error); ok {
			js.Global().Get("console").Call("error", thrown.Value)
		}
	}()
	return f.Invoke(args...)
}
