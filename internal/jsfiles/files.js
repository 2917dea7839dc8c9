// Replaces what of Node's packages a Go program uses by files of the Handler at url, seen from dir.
// The last argument is the process on whose behalf it does so.
"use strict";

globalThis.kafkaioFiles = (url, dir, { uid, gid, pid, ppid }) => {
  const failure = (code) => Object.assign(new Error(code), { code });
  const resolve = (...segments) => {
    const parts = [];
    for (const part of [dir, ...segments].reduce((base, s) => (s.startsWith("/") ? s : `${base}/${s}`)).split("/")) {
      if (part === "..") parts.pop();
      else if (part !== "" && part !== ".") parts.push(part);
    }
    return "/" + parts.join("/");
  };
  // A path with .. is resolved by the machine, to which a link may lie on the way.
  const absolute = (path) => (path.startsWith("/") ? path : `${dir}/${path}`);
  const at = (op, args) => `${url}?op=${op}&args=${encodeURIComponent(JSON.stringify(args))}`;

  async function ask(op, args, body) {
    const response = await fetch(at(op, args), { method: "POST", body });
    const code = response.headers.get("Kafkaio-Error");
    if (code !== null) throw failure(code);
    if (!response.ok) throw failure("EIO");
    return op === "read" ? new Uint8Array(await response.arrayBuffer()) : response.json();
  }

  const answer = (promise, callback) => void promise.then((value) => callback(null, value), (error) => callback(error.code ? error : failure("EIO")));
  const call = (op, argsOf) => (...all) => answer(ask(op, argsOf(...all)), all.at(-1));
  const stats = (op, argsOf) => (...all) => answer(ask(op, argsOf(...all)).then((s) => ({ ...s, isDirectory: () => (s.mode & 0o170000) === 0o040000 })), all.at(-1));
  const path = (p) => ({ path: absolute(p) });
  const standard = globalThis.fs.write;

  Object.assign(globalThis.fs, {
    constants: { O_WRONLY: 1, O_RDWR: 2, O_CREAT: 0o100, O_EXCL: 0o200, O_TRUNC: 0o1000, O_APPEND: 0o2000, O_DIRECTORY: 0o200000 },
    write(fd, bytes, offset, length, position, callback) {
      if (fd === 1 || fd === 2) return standard(fd, bytes, offset, length, position, callback);
      answer(ask("write", { fd, position: position ?? undefined }, bytes.slice(offset, offset + length)), callback);
    },
    read(fd, bytes, offset, length, position, callback) {
      if (fd === 0) return callback(null, 0); // a page has no standard input
      const read = ask("read", { fd, length, position: position ?? undefined });
      answer(read.then((got) => (bytes.set(got, offset), got.length)), callback);
    },
    open: call("open", (p, flags, mode) => ({ ...path(p), flags, mode })),
    close: call("close", (fd) => ({ fd })),
    fstat: stats("fstat", (fd) => ({ fd })),
    stat: stats("stat", path),
    lstat: stats("lstat", path),
    readdir: call("readdir", path),
    mkdir: call("mkdir", (p, mode) => ({ ...path(p), mode })),
    rmdir: call("rmdir", path),
    unlink: call("unlink", path),
    rename: call("rename", (from, to) => ({ ...path(from), to: absolute(to) })),
    link: call("link", (from, to) => ({ ...path(from), to: absolute(to) })),
    symlink: call("symlink", (target, at) => ({ path: target, to: absolute(at) })),
    readlink: call("readlink", path),
    chmod: call("chmod", (p, mode) => ({ ...path(p), mode })),
    fchmod: call("fchmod", (fd, mode) => ({ fd, mode })),
    truncate: call("truncate", (p, size) => ({ ...path(p), size })),
    ftruncate: call("ftruncate", (fd, size) => ({ fd, size })),
    fsync: call("fsync", (fd) => ({ fd })),
    utimes: call("utimes", (p, access, modif) => ({ ...path(p), access, modif })),
  });

  globalThis.path = { resolve };
  Object.assign(globalThis.process, {
    pid,
    ppid,
    getuid: () => uid,
    geteuid: () => uid,
    getgid: () => gid,
    getegid: () => gid,
    getgroups: () => [gid],
    cwd: () => dir,
    umask: () => 0o22,
    chdir(to) {
      const request = new XMLHttpRequest(); // Go waits for it
      request.open("POST", at("stat", path(to)), false);
      request.send();
      const code = request.getResponseHeader("Kafkaio-Error");
      if (code !== null) throw failure(code);
      if ((JSON.parse(request.responseText).mode & 0o170000) !== 0o040000) throw failure("ENOTDIR");
      dir = resolve(to);
    },
  });
};
