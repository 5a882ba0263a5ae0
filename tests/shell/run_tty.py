# SPDX-License-Identifier: Apache-2.0
"""A shell with job control on a terminal: what becomes of keys when a command runs under licensefs run."""
import os
import pty
import re
import select
import sys
import time

pid, tty = pty.fork()
if pid == 0:
    os.environ["PS1"] = "> "
    os.execvp("bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"])

seen = b""


def expect(pattern, seconds=50):
    global seen
    end = time.monotonic() + seconds
    while not re.search(pattern, seen):
        left = end - time.monotonic()
        if left < 0 or not select.select([tty], [], [], left)[0]:
            print("no", pattern, "in", seen)
            sys.exit(1)
        seen += os.read(tty, 4096)
    seen = seen[re.search(pattern, seen).end() :]


def key(text):
    os.write(tty, text.encode())


under = "licensefs run '%s' --view commercial -- " % sys.argv[1]
said = []
key("stty -echo\n")
expect(rb"> ")
key(under + "sh -c 'test -t 0 && echo a-\"\"terminal; exec sleep 60'\n")
expect(rb"a-terminal")
said.append("terminal")
key("\x03")
key("echo sta''tus=$?\n")
expect(rb"status=130")
said.append("interrupted")
# no shell: one that is stopped between vfork and exec of its child never says so
key(under + "python3 -c 'import sys; print(\"be\" + \"gun\", flush=True); sys.stdin.read(); sys.exit(5)'\n")
expect(rb"begun")
key("\x1a")
expect(rb"Stopped")
said.append("stopped")
key("fg; echo sta''tus=$?\n")
time.sleep(0.1)
key("\x04")
said.append("continued")
expect(rb"status=5")
said.append("5")
print(*said)
