// A guest in Rust: it sends its third argument to an address, and prints what comes back until the end, or one datagram.
// wasmhost's ABI.md describes the socket file. The calls are those of wasi-libc, which Rust's standard library is built on.
use std::ffi::CString;
use std::io::{self, Read, Write};
use std::os::raw::{c_char, c_int, c_void};

extern "C" {
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn close(fd: c_int) -> c_int;
    fn read(fd: c_int, buf: *mut c_void, len: usize) -> isize;
    fn write(fd: c_int, buf: *const c_void, len: usize) -> isize;
    fn pread(fd: c_int, buf: *mut c_void, len: usize, offset: i64) -> isize;
    fn pwrite(fd: c_int, buf: *const c_void, len: usize, offset: i64) -> isize;
    fn poll(fds: *mut PollFd, count: usize, timeout: c_int) -> c_int;
}

// Numbers of wasi-libc.
const O_RDWR: c_int = 0x1400_0000;
const READABLE: i16 = 1;
const WRITABLE: i16 = 2;
const EIO: i32 = 29;

// Offsets of the socket file.
const REQUEST: i64 = 0;
const CLOSE_WRITE: i64 = 1 << 16;
const READ_FAILURE: i64 = 1 << 16;
const WRITE_FAILURE: i64 = 2 << 16;

#[repr(C)]
struct PollFd {
    fd: c_int,
    events: i16,
    revents: i16,
}

struct Socket {
    fd: c_int,
}

impl Socket {
    fn dial(network: &str, addr: &str) -> io::Result<Socket> {
        let path = CString::new("/dev/kafkaio/socket.v1")?;
        let s = Socket { fd: unsafe { open(path.as_ptr(), O_RDWR) } };
        if s.fd < 0 {
            return Err(io::Error::last_os_error());
        }
        s.ask(format!("{}\n{}\n{}", s.fd, network, addr).as_bytes(), REQUEST)?;
        s.wait_for(WRITABLE, || unsafe { pread(s.fd, [0u8; 1].as_mut_ptr().cast(), 1, REQUEST) })?;
        s.outcome(REQUEST)?;
        Ok(s)
    }

    fn ask(&self, text: &[u8], offset: i64) -> io::Result<()> {
        match unsafe { pwrite(self.fd, text.as_ptr().cast(), text.len(), offset) } {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    }

    // wait_for makes a call again each time the socket is ready, until it returns anything but EAGAIN.
    fn wait_for(&self, events: i16, mut call: impl FnMut() -> isize) -> io::Result<usize> {
        loop {
            let n = call();
            if n >= 0 {
                return Ok(n as usize);
            }
            let err = io::Error::last_os_error();
            if err.kind() != io::ErrorKind::WouldBlock {
                return Err(err);
            }
            let mut fds = PollFd { fd: self.fd, events, revents: 0 };
            if unsafe { poll(&mut fds, 1, -1) } < 0 {
                return Err(io::Error::last_os_error());
            }
        }
    }

    // outcome reads a record, and returns the error that it tells of.
    fn outcome(&self, offset: i64) -> io::Result<()> {
        let mut b = vec![0u8; 1 << 16];
        let n = self.wait_for(WRITABLE, || unsafe { pread(self.fd, b.as_mut_ptr().cast(), b.len(), offset) })?;
        let text = String::from_utf8_lossy(&b[..n]);
        let lines: Vec<&str> = text.splitn(6, '\n').collect();
        match lines[..] {
            ["0", _, _, _, _, ""] => Ok(()),
            [errno, _, _, _, _, why] => Err(io::Error::new(io::ErrorKind::Other, format!("{} (errno {})", why, errno))),
            _ => Err(io::Error::new(io::ErrorKind::InvalidData, "no record")),
        }
    }

    // reason returns why a read or a write failed.
    fn reason(&self, err: io::Error, offset: i64) -> io::Error {
        match err.raw_os_error() {
            Some(EIO) => self.outcome(offset).err().unwrap_or(err),
            _ => err,
        }
    }
}

impl Read for &Socket {
    fn read(&mut self, b: &mut [u8]) -> io::Result<usize> {
        self.wait_for(READABLE, || unsafe { read(self.fd, b.as_mut_ptr().cast(), b.len()) }).map_err(|e| self.reason(e, READ_FAILURE))
    }
}

impl Write for &Socket {
    fn write(&mut self, b: &[u8]) -> io::Result<usize> {
        self.wait_for(WRITABLE, || unsafe { write(self.fd, b.as_ptr().cast(), b.len()) }).map_err(|e| self.reason(e, WRITE_FAILURE))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        unsafe { close(self.fd) };
    }
}

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let socket = Socket::dial(&args[1], &args[2])?;
    let text = args[3].repeat(args.get(4).map_or(1, |n| n.parse().unwrap()));
    (&socket).write_all(text.as_bytes())?;
    let mut answer = vec![0; 1 << 16];
    if args[1] == "udp" {
        let n = (&socket).read(&mut answer)?;
        answer.truncate(n);
    } else {
        socket.ask(&[1], CLOSE_WRITE)?;
        answer.clear();
        (&socket).read_to_end(&mut answer)?;
    }
    io::stdout().write_all(&answer)
}
