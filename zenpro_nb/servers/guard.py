"""Run a program, and end it when the standard input closes: for programs that do not read their own standard input.

    python guard.py SECONDS PROGRAM ARGUMENT…

The caller keeps the other end of the pipe, and the program ends when the caller ends for any reason. The program gets
SECONDS to end before it is killed. This file imports nothing of the package: it runs as a script in any environment.
"""

import os
import subprocess
import sys
import threading


def end_with_parent(program: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Wait until the pipe closes, then end the program."""
    # Not with `sys.stdin`: a thread must not hold its lock when the interpreter ends.
    while os.read(0, 1):
        pass
    program.terminate()
    try:
        program.wait(seconds)
    except subprocess.TimeoutExpired:
        program.kill()


def main(seconds: str, *command: str) -> int:
    """Run the program, and return its exit code as a shell reports it."""
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=end_with_parent, args=(program, float(seconds)), daemon=True).start()
    code = program.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
