# SPDX-License-Identifier: Apache-2.0
"""What bash makes of lines when Tab is pressed behind them: completion_tty.py COMPLETION LINE..."""
import os
import pty
import re
import select
import sys
import time

pid, tty = pty.fork()
if pid == 0:
    os.environ.update(PS1="", TERM="dumb", INPUTRC="/dev/null")
    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
seen = b""


def expect(pattern, seconds=30):
    global seen
    end = time.monotonic() + seconds
    while not re.search(pattern, seen):
        left = end - time.monotonic()
        if left < 0 or not select.select([tty], [], [], left)[0]:
            sys.exit("no %s in %s" % (pattern, seen))
        seen += os.read(tty, 4096)
    found = re.search(pattern, seen)
    seen = seen[found.end():]
    return found


os.write(tty, b"bind 'set enable-bracketed-paste off'; stty -echo cols 1000; . '%s'; words() { printf '%%s|' \"$@\"; printf '#\\n'; }; echo rea''dy\n"
         % os.fsencode(sys.argv[1]))
expect(rb"ready\r\n")
for line in sys.argv[2:]:
    # the end of the line tells that the completion is there; it begins with what is called instead
    os.write(tty, line.encode() + b"\t\x01words \x05\n")
    print(expect(rb"([^\n]*\|)#\r\n")[1].decode())
