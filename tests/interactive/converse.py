"""Runs a command in a terminal of 80 columns and answers its questions.

Reads JSON from the standard input: {"command": [...], "env": {...}, "cwd": "...", "steps": [["text to wait for", "text to type"], ...]}.
It types when the command waits; with "at_once", as soon as the text is on the screen.
Prints JSON: {"code": exit status, "screen": all output to the terminal, "echo": whether the terminal echoes input at the end}.
The text to type may also be an action: "SIGNAL 15" sends a signal, "COLUMNS 50" makes the window narrower, "HANG UP" closes it, "RUN ..."
runs a command outside of the terminal. A step that times out ends the conversation with the code null. "steps" run in order; "answers"
maps a question to the text to type, every time that it is asked.
"""

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

PATIENCE = 60.0


def main() -> None:
    """Holds the conversation."""
    script = json.load(sys.stdin)
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(script["cwd"])
        os.execvpe(script["command"][0], script["command"], script["env"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    screen, seen, steps = b"", 0, [tuple(step) for step in script.get("steps", [])]
    answers = {re.compile(question.encode()): answer for question, answer in script.get("answers", {}).items()}
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 0.2)
        if ready:
            try:
                chunk = os.read(terminal, 65536)
            except OSError:
                chunk = b""
            if not chunk:
                _, status = os.waitpid(child, 0)
                report(os.waitstatus_to_exitcode(status), screen, terminal)
                return
            screen += chunk
            deadline = time.monotonic() + PATIENCE
            if not script.get("at_once"):
                continue
        # The text to wait for is on the screen.
        plain = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", screen[seen:])
        if steps and steps[0][0].encode() in plain:
            typed = steps.pop(0)[1]
        else:
            found = [(m.start(), answer) for question, answer in answers.items() for m in question.finditer(plain)]
            if not found:
                continue
            typed = max(found)[1]
        seen = len(screen)
        if typed.startswith("SIGNAL "):
            os.kill(child, int(typed.split()[1]))
        elif typed.startswith("COLUMNS "):
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(typed.split()[1]), 0, 0))
        elif typed.startswith("RUN "):
            subprocess.run(typed[4:], shell=True, check=True, capture_output=True, cwd=script["cwd"], env=script["env"])
            os.write(terminal, b" \x7f")
        elif typed == "HANG UP":
            os.close(terminal)
            report(ended(child), screen, None)
            return
        else:
            write(terminal, typed.encode())
    os.kill(child, 9)
    report(None, screen, terminal)


def write(terminal: int, data: bytes) -> None:
    """Types everything, as fast as the other side reads it."""
    while data:
        data = data[os.write(terminal, data[:1000]) :]


def ended(child: int) -> int | None:
    """The exit status of a child that should end by itself."""
    for _ in range(100):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.1)
    os.kill(child, 9)
    return None


def report(code: int | None, screen: bytes, terminal: int | None) -> None:
    """Prints the result."""
    echo = terminal is not None and bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
    json.dump({"code": code, "screen": screen.decode(errors="replace"), "echo": echo}, sys.stdout)


if __name__ == "__main__":
    main()
