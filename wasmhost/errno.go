package wasmhost

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"syscall"
)

// wasiErrno is an error number of WASI preview 1, whose list is
// https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#-errno-variant
type wasiErrno uint16

const (
	wasiSuccess       wasiErrno = 0
	wasiEACCES        wasiErrno = 2
	wasiEADDRINUSE    wasiErrno = 3
	wasiEADDRNOTAVAIL wasiErrno = 4
	wasiEAFNOSUPPORT  wasiErrno = 5
	wasiECANCELED     wasiErrno = 11
	wasiECONNABORTED  wasiErrno = 13
	wasiECONNREFUSED  wasiErrno = 14
	wasiECONNRESET    wasiErrno = 15
	wasiEFAULT        wasiErrno = 21
	wasiEHOSTUNREACH  wasiErrno = 23
	wasiEINTR         wasiErrno = 27
	wasiEINVAL        wasiErrno = 28
	wasiEIO           wasiErrno = 29
	wasiEMFILE        wasiErrno = 33
	wasiEMSGSIZE      wasiErrno = 35
	wasiENETDOWN      wasiErrno = 38
	wasiENETRESET     wasiErrno = 39
	wasiENETUNREACH   wasiErrno = 40
	wasiENFILE        wasiErrno = 41
	wasiENOBUFS       wasiErrno = 42
	wasiENOENT        wasiErrno = 44
	wasiENOMEM        wasiErrno = 48
	wasiENOTCONN      wasiErrno = 53
	wasiENOTSUP       wasiErrno = 58
	wasiEPERM         wasiErrno = 63
	wasiEPIPE         wasiErrno = 64
	wasiETIMEDOUT     wasiErrno = 73
)

// errnos maps this system's numbers, as far as dialling, reading and writing return them. Windows
// has others for sockets: there, a guest gets only the text, and whether it is a timeout.
var errnos = map[syscall.Errno]wasiErrno{
	syscall.EACCES:        wasiEACCES,
	syscall.EADDRINUSE:    wasiEADDRINUSE,
	syscall.EADDRNOTAVAIL: wasiEADDRNOTAVAIL,
	syscall.EAFNOSUPPORT:  wasiEAFNOSUPPORT,
	syscall.ECANCELED:     wasiECANCELED,
	syscall.ECONNABORTED:  wasiECONNABORTED,
	syscall.ECONNREFUSED:  wasiECONNREFUSED,
	syscall.ECONNRESET:    wasiECONNRESET,
	syscall.EHOSTUNREACH:  wasiEHOSTUNREACH,
	syscall.EINVAL:        wasiEINVAL,
	syscall.EIO:           wasiEIO,
	syscall.EMFILE:        wasiEMFILE,
	syscall.EMSGSIZE:      wasiEMSGSIZE,
	syscall.ENETDOWN:      wasiENETDOWN,
	syscall.ENETRESET:     wasiENETRESET,
	syscall.ENETUNREACH:   wasiENETUNREACH,
	syscall.ENFILE:        wasiENFILE,
	syscall.ENOBUFS:       wasiENOBUFS,
	syscall.ENOENT:        wasiENOENT,
	syscall.ENOMEM:        wasiENOMEM,
	syscall.ENOTCONN:      wasiENOTCONN,
	syscall.EOPNOTSUPP:    wasiENOTSUP,
	syscall.EPERM:         wasiEPERM,
	syscall.EPIPE:         wasiEPIPE,
	syscall.ETIMEDOUT:     wasiETIMEDOUT,
}

// noSuitableAddress is the text of package net's error for a host without an address of the
// network's IP version.
const noSuitableAddress = "no suitable address found"

// errnoOf returns the WASI number for err, or 0 if none fits.
func errnoOf(err error) wasiErrno {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		if n, ok := errnos[errno]; ok {
			return n
		}
	}
	var timeout interface{ Timeout() bool }
	var address *net.AddrError
	switch {
	case errors.As(err, &address) && address.Err == noSuitableAddress:
		return wasiEAFNOSUPPORT
	case errors.As(err, &timeout) && timeout.Timeout():
		return wasiETIMEDOUT
	case errors.Is(err, fs.ErrPermission):
		return wasiEACCES
	case errors.Is(err, io.ErrClosedPipe), errors.Is(err, net.ErrClosed):
		return wasiEPIPE
	}
	return 0
}
