"""Runs a program, and ends it when the standard input closes: for programs that do not look at theirs.

    python guard.py SECONDS PROGRAM ARGUMENT…

Whoever starts this holds the other end of the pipe, so that the program ends with it, however it ends. The program gets
SECONDS to do so before it is killed. It imports nothing of ours: it is run as a file, in any environment.
"""

import os
import subprocess
import sys
import threading


def end_with_parent(program: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Wait until the pipe closes, and end the program then."""
    # Not by `sys.stdin`, whose lock a thread must not hold when the interpreter ends.
    while os.read(0, 1):
        pass
    program.terminate()
    try:
        program.wait(seconds)
    except subprocess.TimeoutExpired:
        program.kill()


def main(seconds: str, *command: str) -> int:
    """Run the program, and return its exit code, as a shell gives it."""
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=end_with_parent, args=(program, float(seconds)), daemon=True).start()
    code = program.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
